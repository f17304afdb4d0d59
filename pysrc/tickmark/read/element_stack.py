"""The elements of a part that are open, found among those that are looked at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from tickmark.read.element import Element
from tickmark.read.markup import Attributes
from tickmark.read.scope import UNKNOWN, Scope, root_scope

LONGEST: Final = 8_000_000
"""Characters of one element's text; LONGEST_TAG bounds those of attributes alike."""


@dataclass(slots=True, eq=False)
class _Open:
    """An open element; `alternatives` that are not `chosen` yet wait for one that is understood.

    A `mc:Choice` and what is around it stand for the element that holds them, and end unsaid.
    """

    element: Element
    scope: Scope
    silent: bool = False
    alternatives: bool = False
    chosen: bool = False


@dataclass(slots=True, eq=False)
class ElementStack:
    """Hands the elements of a part, named as written, to those that are looked at.

    `root` is the first element, whatever its name. Inside any that is not looked at nothing is
    looked at, and `unseen` counts how deep; `cut` counts texts over LONGEST.
    """

    root: Element
    open: list[_Open] = field(default_factory=list)
    unseen: int = 0
    pieces: list[str] | None = None
    length: int = 0
    cut: int = 0

    def start(self, name: str, attributes: Attributes) -> None:
        """An element begins."""
        if self.unseen:
            self.unseen += 1
            return
        if not self.open:
            self._push(self.root, root_scope(name, attributes), attributes)
            return
        around = self.open[-1]
        scope = around.scope
        if any(":" in key or key == "xmlns" for key in attributes):
            scope = scope.inner(attributes)
            attributes = scope.attributes(attributes)
        name = scope.name(name)
        element = None if around.alternatives else around.element.children.get(name)
        if element is not None:
            self._push(element, scope, attributes)
        elif not self._alternative(name, around, scope, attributes):
            self.unseen = 1

    def end(self, _name: str) -> None:
        """The element that began last ends."""
        if self.unseen:
            self.unseen -= 1
            return
        ended = self.open.pop()
        if ended.silent:
            return
        element = ended.element
        if element.text is not None:
            text = "".join(self.pieces or ())
            self.pieces = None
            if self.length > LONGEST:
                self.cut += 1
                text = text[:LONGEST].rpartition(" ")[0]  # no range ends in the middle
            element.text(text)
        if element.end is not None:
            element.end()

    def text(self, piece: str) -> None:
        """A piece of text."""
        if self.pieces is not None and not self.unseen:
            if self.length <= LONGEST:
                self.pieces.append(piece)
            self.length += len(piece)

    def _push(self, element: Element, scope: Scope, attributes: Attributes) -> None:
        self.open.append(_Open(element, scope))
        if element.text is not None:
            self.pieces = []
            self.length = 0
        if element.start is not None:
            element.start(attributes)

    def _alternative(self, name: str, around: _Open, scope: Scope, attributes: Attributes) -> bool:
        """Open an element of the compatibility vocabulary, if it is one that is to be read."""
        if around.alternatives:
            fits = name == "mc:Fallback" or (name == "mc:Choice" and _understood(scope, attributes))
            if around.chosen or not fits:
                return False
            around.chosen = True
        elif name != "mc:AlternateContent":
            return False
        alternatives = not around.alternatives
        self.open.append(_Open(around.element, scope, silent=True, alternatives=alternatives))
        return True


def _understood(scope: Scope, attributes: Attributes) -> bool:
    """Whether all vocabularies that a choice requires are read."""
    prefixes = attributes.get("Requires", "").split()
    return bool(prefixes) and all(scope.vocabulary(prefix) != UNKNOWN for prefix in prefixes)
