"""A text of a model with the cells that it cites in brackets: found, checked, marked and moved.

A checked text is a sequence of pieces: words, and brackets of cited cells. As pieces it can be kept
as JSON and written again when the cells stand elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from tickmark.errors import AddressError
from tickmark.ground.moves import Follows, Move
from tickmark.model.address import MAX_ROW, RangeRef, column_number
from tickmark.model.shown_cells import ShownCells
from tickmark.structure.range_sheet import ARRAY

LONGEST_CITATION: Final = 60
LONGEST_LIST: Final = 1000
NOT_IN_DATA: Final = "not in data"


@dataclass(frozen=True, slots=True)
class Outside:
    """An area outside the range that may be cited too, such as what its formulas refer to."""

    area: RangeRef
    follows: Follows = (False, False)


@dataclass(frozen=True, slots=True)
class Grounds:
    """What an answer may cite: the range, the cells of it that were shown, and areas outside."""

    place: RangeRef
    shown: ShownCells
    outside: tuple[Outside, ...] = ()


@dataclass(frozen=True, slots=True)
class CitedCells:
    """One citation: its area if it lies in what was shown, else None; `text` as it was written."""

    text: str
    area: RangeRef | None = None
    follows: Follows = (False, False)

    @property
    def supported(self) -> bool:
        """Whether the cells were shown."""
        return self.area is not None


Piece: TypeAlias = str | tuple[CitedCells, ...]
"""Words, or the citations of one bracket."""


def check_cells(text: str, grounds: Grounds) -> CitedCells:
    """One cited address, checked.

    Supported is what lies in the range and holds a cell that was shown, or lies in an area outside
    that may be cited.
    """
    text = " ".join(text.split()).strip("[]")
    area = _area(text, grounds.place)
    if area is None:
        return CitedCells(text[:LONGEST_CITATION])
    own = area.sheet.casefold() == grounds.place.sheet.casefold()
    if own and _within(area, grounds.place) and grounds.shown.meets(area):
        return CitedCells(text[:LONGEST_CITATION], area)
    for one in grounds.outside:
        if area.sheet.casefold() == one.area.sheet.casefold() and _within(area, one.area):
            return CitedCells(text[:LONGEST_CITATION], area, one.follows)
    return CitedCells(text[:LONGEST_CITATION])


def check_list(texts: Iterable[str], grounds: Grounds) -> tuple[CitedCells, ...]:
    """Cited addresses, checked, each once; a text that lists several is taken apart."""
    parts = (part for text in texts for part in _SEPARATOR.split(text[:LONGEST_LIST]))
    return tuple(dict.fromkeys(check_cells(part, grounds) for part in parts if part.strip()))


def check_text(text: str, grounds: Grounds) -> tuple[Piece, ...]:
    """The pieces of a text; brackets without an address, such as `[sic]`, stay words.

    Control and direction-changing characters become blanks.
    """
    text = _CONTROL.sub(" ", text).strip()
    pieces: list[Piece] = []
    at = 0
    for match in _BRACKET.finditer(text):
        parts = [part.strip() for part in _SEPARATOR.split(match[1])]
        if not all(_LOOKS_LIKE_CELLS.fullmatch(part) for part in parts):
            continue
        if match.start() > at:
            pieces.append(text[at : match.start()])
        pieces.append(tuple(check_cells(part, grounds) for part in parts))
        at = match.end()
    if at < len(text):
        pieces.append(text[at:])
    return tuple(pieces)


def cited(pieces: Sequence[Piece]) -> tuple[CitedCells, ...]:
    """All citations of a text, in order."""
    return tuple(one for piece in pieces if not isinstance(piece, str) for one in piece)


def words(pieces: Sequence[Piece]) -> str:
    """The text without its citations."""
    return " ".join(piece for piece in pieces if isinstance(piece, str))


def written(pieces: Sequence[Piece], move: Move, *, cite: bool = True) -> str:
    """The text with its citations where they stand now; unsupported ones are marked.

    Without `cite` the supported ones are left out; those that are not stay, as a warning.
    """
    text = ""
    for piece in pieces:
        if isinstance(piece, str):
            # The blank before a citation that was left out goes with it.
            text = text.rstrip(" ") + piece if piece[:1] in _CLOSING else text + piece
            continue
        shown = [_written(one, move) for one in piece if cite or not one.supported]
        if shown:
            text += f"[{', '.join(shown)}]"
        else:
            text = text.rstrip(" ")
    return text.strip()


def cells_text(cells: CitedCells, move: Move) -> str:
    """One citation by itself, such as `Sheet1!C5` or `Z99 (not in data)`."""
    return _written(cells, move, mark=" ({})")


def as_json(pieces: Sequence[Piece]) -> list[object]:
    """The pieces as JSON values: a text, or a list of citations."""
    return [
        piece if isinstance(piece, str) else [cells_as_json(one) for one in piece]
        for piece in pieces
    ]


def from_json(value: object) -> tuple[Piece, ...]:
    """The pieces from `as_json`. Raises ValueError."""
    match value:
        case list():
            return tuple(
                piece if isinstance(piece, str) else tuple(cells_from_json(one) for one in piece)
                for piece in value
            )
        case _:
            raise ValueError(_BROKEN)


def cells_as_json(one: CitedCells) -> list[object]:
    """A citation as a JSON value."""
    if one.area is None:
        return [one.text]
    area = one.area
    edges = [area.top, area.left, area.bottom, area.right]
    return [one.text, area.sheet, *edges, *one.follows]


def cells_from_json(value: object) -> CitedCells:
    """A citation from `cells_as_json`. Raises ValueError."""
    match value:
        case [str(text)]:
            return CitedCells(text)
        case [
            str(text),
            str(sheet),
            int(top),
            int(left),
            int(bottom),
            int(right),
            bool(rows),
            bool(columns),
        ]:
            return CitedCells(text, RangeRef(sheet, top, left, bottom, right), (rows, columns))
        case _:
            raise ValueError(_BROKEN)


_BROKEN: Final = "a kept answer has another form"
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_CLOSING: Final = (".", ",", ";", ":", "!", "?", ")")
_BRACKET = re.compile(r"\[([^\[\]\n]{1,400})\]")
_SEPARATOR = re.compile(r"[,;](?=(?:[^']*'[^']*')*[^']*$)|\s+and\s+")
_SHEET = r"(?:'(?:[^']|'')+'|[^\s'!\[\]]+)!"
_CELL = r"\$?[A-Za-z]{1,3}\$?[1-9][0-9]{0,6}"
_COLUMNS = r"\$?[A-Za-z]{1,3}:\$?[A-Za-z]{1,3}"
_ROWS = r"\$?[1-9][0-9]{0,6}:\$?[1-9][0-9]{0,6}"
_LOOKS_LIKE_CELLS = re.compile(
    rf"(?:{_SHEET})?(?:{_CELL}(?::(?:{_SHEET})?{_CELL})?|{_COLUMNS}|{_ROWS})"
)


def _area(text: str, place: RangeRef) -> RangeRef | None:
    """The area of an address; a whole column or row is taken as far as the range goes."""
    prefix, bang, rest = text.rpartition("!")
    first, colon, last = rest.partition(":")
    try:
        if colon and first.strip("$").isalpha() and last.strip("$").isalpha():
            named = RangeRef.parse(f"{prefix}{bang}A1", sheet=place.sheet)
            edges = sorted(column_number(one.strip("$")) for one in (first, last))
            return RangeRef(named.sheet, place.top, edges[0], place.bottom, edges[1])
        if colon and first.strip("$").isdigit() and last.strip("$").isdigit():
            named = RangeRef.parse(f"{prefix}{bang}A1", sheet=place.sheet)
            lines = sorted(int(one.strip("$")) for one in (first, last))
            if lines[1] > MAX_ROW:
                return None
            return RangeRef(named.sheet, lines[0], place.left, lines[1], place.right)
        return _cells(text, place)
    except AddressError:
        return None


def _cells(text: str, place: RangeRef) -> RangeRef:
    """`B2:D9`, also where both corners name the sheet."""
    before, colon, behind = text.rpartition(":")
    if colon and "!" in behind and "!" in before:
        text = f"{before}:{behind.rpartition('!')[2]}"
    return RangeRef.parse(text, sheet=place.sheet)


def _within(area: RangeRef, place: RangeRef) -> bool:
    return place.contains(area.top, area.left) and place.contains(area.bottom, area.right)


def _written(one: CitedCells, move: Move, *, mark: str = ": {}") -> str:
    if one.area is None:
        return one.text + mark.format(NOT_IN_DATA)
    moved = move.area(one.area, one.follows)
    if moved is None:
        return one.text + mark.format("no longer on the sheet")
    return _in_array(moved) if moved.sheet == ARRAY else str(moved)


def _in_array(area: RangeRef) -> str:
    """An area of an array that stands in no cells."""
    rows = f"row {area.top}" if area.top == area.bottom else f"rows {area.top} to {area.bottom}"
    if area.left == area.right:
        return f"{rows}, column {area.left}"
    return f"{rows}, columns {area.left} to {area.right}"
