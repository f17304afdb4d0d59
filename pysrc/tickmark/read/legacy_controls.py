"""Form controls that stand in a VML part alone, as Excel 2007 writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from tickmark.model.drawing import Shape
from tickmark.read.anchors import Anchor
from tickmark.read.controls import CONTROLS
from tickmark.read.markup import Attributes, walk
from tickmark.read.package import Package, PartUnreadable, chunks
from tickmark.read.sheet_source import SheetSource
from tickmark.read.text_budget import TextBudget
from tickmark.read.text_pieces import TextPieces
from tickmark.read.texts import unescape

_VML: Final = "urn:schemas-microsoft-com:vml}"
_OFFICE: Final = "urn:schemas-microsoft-com:office:office}"
_EXCEL: Final = "urn:schemas-microsoft-com:office:excel}"
_TOLD: Final = frozenset({"Anchor", "FmlaMacro", "FmlaLink", "FmlaRange", "FmlaTxbx"})
_NO: Final = frozenset({"f", "false", "0"})
_LINES: Final = frozenset({"br", "div"})
_OTHER_THAN_NOTE: Final = re.compile(rb"""ObjectType\s*=\s*["'](?!Note["'])""")
_BREAK: Final = re.compile(rb"<br>|</br>")
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
_IDENTITY: Final = re.compile(r"_x0000_s([0-9]{1,9})")
_OVERLAP: Final = 64
_ANCHORED: Final = ((0, "from", "col"), (2, "from", "row"), (4, "to", "col"), (6, "to", "row"))


@dataclass(slots=True, eq=False)
class _Legacy:
    """A VML part while it is read; `shapes` are by their numbers, `known` those told elsewhere."""

    sheet: str
    most: int
    texts: TextBudget
    pieces: TextPieces
    known: dict[str, Shape]
    shapes: dict[str, Shape] = field(default_factory=dict)
    drawn: Attributes = field(default_factory=dict)
    kind: str = ""
    told: dict[str, str] = field(default_factory=dict)
    caption: list[str] = field(default_factory=list)
    in_caption: bool = False
    left_out: int = 0

    def start(self, name: str, attributes: Attributes) -> None:
        if name == f"{_VML}shape":
            self.drawn = attributes
            self.kind = ""
            self.told.clear()
            self.caption.clear()
        elif name == f"{_VML}textbox":
            self.in_caption = True
            self.pieces.take()
        elif name == f"{_EXCEL}ClientData":
            self.kind = attributes.get("ObjectType", "")
        elif name.startswith(_EXCEL):
            self.pieces.take()

    def end(self, name: str) -> None:
        local = name.removeprefix(_EXCEL)
        if self.in_caption and (name in _LINES or name == f"{_VML}textbox"):
            self.caption.append(" ".join(self.pieces.take().split()))
            self.in_caption = name in _LINES
        elif local in _TOLD:
            self.told[local] = self.pieces.take()
        elif local == "UIObj" and self.pieces.take().strip().lower() not in _NO:
            self.kind = ""  # the arrow of a filter or of a list of allowed values
        elif name == f"{_VML}shape":
            self._keep()

    def _keep(self) -> None:
        identity = self._identity()
        known = self.known.get(identity)
        if known is not None:
            anchor = known.anchor or self._anchor().range(self.sheet)
            self.known[identity] = replace(known, anchor=anchor)
            return
        control = CONTROLS.get(self.kind.lower())
        if control is None:
            return
        if len(self.shapes) >= self.most:
            self.left_out += 1
            return
        text, formula, told = self.texts.text, self.texts.formula, self.told.get
        name = self.drawn.get("id", "")
        self.shapes[identity if identity not in self.shapes else f" {len(self.shapes)}"] = Shape(
            name="" if _IDENTITY.fullmatch(name) else text(unescape(name)),
            kind="control",
            text=text("\n".join(line for line in self.caption if line)),
            alt_text=text(self.drawn.get("alt")),
            anchor=self._anchor().range(self.sheet),
            link=formula(told("FmlaLink") or told("FmlaTxbx")),
            source=formula(told("FmlaRange")),
            macro=text((told("FmlaMacro") or "").strip()),
            hidden="visibility:hidden" in self.drawn.get("style", "").replace(" ", ""),
            control=control,
        )

    def _identity(self) -> str:
        for one in (self.drawn.get(f"{_OFFICE}spid"), self.drawn.get("id")):
            found = _IDENTITY.fullmatch(one or "")
            if found is not None:
                return found[1]
        return ""

    def _anchor(self) -> Anchor:
        numbers = self.told.get("Anchor", "").split(",")
        anchor = Anchor()
        for place, corner, axis in _ANCHORED:
            if place < len(numbers):
                anchor.note(corner, axis, numbers[place])
        return anchor


def read_legacy_controls(
    source: SheetSource, known: dict[str, Shape], texts: TextBudget, most: int
) -> tuple[tuple[Shape, ...], int, list[str]]:
    """The controls of VML parts that are not in `known`, how many were left out, and clauses.

    Those in `known` get the anchor that they lack. Parts with nothing but the boxes of notes are
    not parsed: they can be long, and what they hold is told by the notes.
    """
    shapes: list[Shape] = []
    clauses: list[str] = []
    left_out = 0
    for part in source.parts("vmlDrawing"):
        pieces = TextPieces(source.package.limits.string_length)
        legacy = _Legacy(source.sheet, most - len(shapes), texts, pieces, known)
        try:
            if _has_controls(source.package, part):
                walk(
                    source.package, part, legacy.start, legacy.end, pieces.add, chosen=_well_formed
                )
        except PartUnreadable as error:
            clauses.append(str(error))
        shapes += legacy.shapes.values()
        left_out += legacy.left_out
    return tuple(shapes), left_out, clauses


def _has_controls(package: Package, part: str) -> bool:
    before = b""
    for piece in chunks(package, part):
        seen = before + piece
        if seen.startswith(_UTF_16) or _OTHER_THAN_NOTE.search(seen):
            return True
        before = seen[-_OVERLAP:]
    return False


def _well_formed(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces with line breaks closed, which Excel writes as HTML does."""
    before = b""
    for piece in pieces:
        seen = before + piece
        # A tag that the next piece may end is kept back.
        cut = seen.rfind(b"<", max(len(seen) - len(b"</br>") + 1, 0))
        before = seen[cut:] if cut >= 0 else b""
        yield _BREAK.sub(_closed, seen[:cut] if cut >= 0 else seen)
    yield _BREAK.sub(_closed, before)


def _closed(found: re.Match[bytes]) -> bytes:
    return b"<br/>" if found[0] == b"<br>" else b""
