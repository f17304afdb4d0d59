"""Which elements of a part are looked at, and what is called when one comes by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tickmark.read.markup import Attributes


@dataclass(frozen=True, slots=True, eq=False)
class Element:
    """An element that is looked at, with those inside it; all others are passed over.

    `children` are by the names of Scope, such as `x14:cfRule`. `start` is called with the
    attributes, `text` with the whole text when the element ends, then `end`.
    """

    start: Callable[[Attributes], None] | None = None
    end: Callable[[], None] | None = None
    text: Callable[[str], None] | None = None
    children: Mapping[str, Element] = field(default_factory=dict)
