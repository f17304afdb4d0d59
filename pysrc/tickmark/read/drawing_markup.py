"""DrawingML parts: elements by short names, and of each set of alternatives one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from tickmark.read.markup import Attributes, Text, walk
from tickmark.read.package import Package

Opened = Callable[[tuple[str, ...], Attributes], None]
Closed = Callable[[tuple[str, ...]], None]

_VOCABULARIES: Final = {
    "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing": "xdr:",
    "http://purl.oclc.org/ooxml/drawingml/spreadsheetDrawing": "xdr:",
    "http://schemas.openxmlformats.org/drawingml/2006/main": "a:",
    "http://purl.oclc.org/ooxml/drawingml/main": "a:",
    "http://schemas.microsoft.com/office/drawing/2010/main": "a14:",
    "http://schemas.openxmlformats.org/drawingml/2006/chart": "c:",
    "http://purl.oclc.org/ooxml/drawingml/chart": "c:",
    "http://schemas.openxmlformats.org/drawingml/2006/diagram": "dgm:",
    "http://purl.oclc.org/ooxml/drawingml/diagram": "dgm:",
    "http://schemas.microsoft.com/office/drawing/2014/chartex": "cx:",
    "http://schemas.microsoft.com/office/drawing/2010/slicer": "sle:",
    "http://schemas.microsoft.com/office/drawing/2012/timeslicer": "tsle:",
    "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc:",
}
_BRANCHES: Final = frozenset({"mc:Choice", "mc:Fallback"})


def walk_drawing(
    package: Package,
    part: str,
    opened: Opened,
    closed: Closed,
    text: Text | None = None,
    *,
    understood: Callable[[], int] | None = None,
) -> None:
    """Go through a DrawingML part; raises PartUnreadable.

    `opened` and `closed` get the path of the element, itself last, in names such as `xdr:sp`; those
    of other vocabularies begin with `?:`. Of alternatives (`mc:AlternateContent`) the first is
    taken of which something is understood: for which the count that `understood` gives has grown.
    Without it the first is taken.
    """
    path = _Path(understood)

    def start(name: str, attributes: Attributes) -> None:
        if path.open(name):
            opened(path.paths[-1], attributes)

    def end(_name: str) -> None:
        if path.shown[-1]:
            closed(path.paths[-1])
        path.close()

    def piece(data: str) -> None:
        if text is not None and not path.passed_over:
            text(data)

    walk(package, part, start, end, piece)


@dataclass(slots=True, eq=False)
class _Path:
    """The open elements: `shown` tells which are handed on, `paths` are the paths of these.

    `taken` has an entry for each open set of alternatives: whether one was taken; `before` what
    `understood` gave where the open one began.
    """

    understood: Callable[[], int] | None
    paths: list[tuple[str, ...]] = field(default_factory=list)
    shown: list[bool] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    taken: list[bool] = field(default_factory=list)
    before: list[int] = field(default_factory=list)
    passed_over: int = 0

    def open(self, name: str) -> bool:
        """Open an element by its full name; whether it is handed on."""
        short = _short(name)
        shown = not self.passed_over
        if self.passed_over:
            self.passed_over += 1
        elif self.kinds and self.kinds[-1] == "mc:AlternateContent":
            shown = False
            if self.taken[-1] or short not in _BRANCHES:
                self.passed_over = 1
            elif self.understood is not None:
                self.before[-1] = self.understood()
        elif short == "mc:AlternateContent":
            shown = False
            self.taken.append(False)
            self.before.append(0)
        self.kinds.append(short)
        self.shown.append(shown)
        if shown:
            self.paths.append((*self.paths[-1], short) if self.paths else (short,))
        return shown

    def close(self) -> None:
        """Close the element that was opened last."""
        kind = self.kinds.pop()
        if self.shown.pop():
            self.paths.pop()
        if self.passed_over:
            self.passed_over -= 1
        elif kind == "mc:AlternateContent":
            self.taken.pop()
            self.before.pop()
        elif self.kinds and self.kinds[-1] == "mc:AlternateContent":
            self.taken[-1] = self.understood is None or self.understood() > self.before[-1]


def _short(name: str) -> str:
    uri, _, local = name.rpartition("}")
    return _VOCABULARIES.get(uri, "?:") + local
