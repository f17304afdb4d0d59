"""One line of an encoding: addresses, and what is told about their cells."""

from __future__ import annotations

from dataclasses import dataclass

from tickmark.encode.cell_index import Edges
from tickmark.encode.parts import PartKind


@dataclass(frozen=True, slots=True)
class Line:
    """One claim: addresses, body, the areas meant without the excepted ones, and its kind.

    `constant` tells that the body is one value, which all its cells have. `untold` are the areas
    of cells whose values the body does not tell one by one.
    """

    addresses: str
    body: str
    areas: tuple[Edges, ...]
    excepted: tuple[Edges, ...]
    kind: PartKind
    constant: bool = False
    untold: tuple[Edges, ...] = ()

    @property
    def text(self) -> str:
        """The line as it is written; a long list goes over several lines of text."""
        return f"{self.addresses} {self.body}"
