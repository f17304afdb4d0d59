"""Items of lists in an encoded sheet: literals repeated, merged, in series, under codes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from tickmark.encode.claim import Value
from tickmark.encode.decoding.formula import Formula, formula_at, results_at
from tickmark.encode.decoding.literal import literal
from tickmark.encode.decoding.numerals import NUMBER, number
from tickmark.encode.decoding.pieces import (
    Piece,
    Quoted,
    is_formula,
    piece_of,
    pieces_of,
    shown,
    string_at,
)
from tickmark.encode.decoding.series import Series, series_of
from tickmark.errors import EncodingError
from tickmark.model.grid import CellKind

BLANK: Final = Value(CellKind.EMPTY, None)
NO_RESULT: Final = "?"
_REMEMBERED: Final = 50_000
_CODES: Final = re.compile(r"\{[a-z]{1,2}=")
_NAME: Final = re.compile(r"([a-z]{1,2})=")
_PATTERN: Final = re.compile(r'\{([^*|}"]*+)\*([^*|}"]*+)\}\|')
_SPAN: Final = r">([1-9][0-9]{0,7})(?:x([1-9][0-9]{0,7}))?"
_TIMES: Final = r"\*([1-9][0-9]{0,15})"
_SUFFIX: Final = re.compile(rf"(?:(?<=.){_SPAN})?(?:{_TIMES})?\Z")
_QUOTED_SUFFIX: Final = re.compile(rf"(?:{_SPAN})?(?:{_TIMES})?\Z")


@dataclass(frozen=True, slots=True)
class Item:
    """One item that is more than a value: one for `count` cells in a row, or a series.

    The cells are merged over `columns` and `rows` where one of these is above 1. `missing` is a
    formula's result that is not stored.
    """

    value: Value = BLANK
    count: int = 1
    columns: int = 1
    rows: int = 1
    series: Series | None = None
    missing: bool = False

    @property
    def merged(self) -> bool:
        """Whether the item tells of merged cells."""
        return self.columns > 1 or self.rows > 1


@dataclass(frozen=True, slots=True)
class FormulaItem:
    """A formula in a list along a row; `result` is None where nothing is told of it."""

    formula: Formula
    result: Value | None = None


@dataclass(frozen=True, slots=True)
class Spelling:
    """How the items of a list are written: under short names, or as the middle of a pattern.

    `known` remembers items, since lists repeat them.
    """

    date1904: bool = False
    codes: dict[str, Value] = field(default_factory=dict)
    pattern: tuple[str, str] | None = None
    known: dict[str, Value | Item] = field(default_factory=dict)


Entry = Value | Item | FormulaItem
"""What stands between two bars of a list: most often just a value for one cell."""


def spelling_at(line: str, start: int, usual: Spelling) -> tuple[Spelling, int]:
    """The codes or the pattern at the start of a body, and where its items begin."""
    if not line.startswith("{", start) or is_formula(line, start):
        return usual, start
    if _CODES.match(line, start):
        codes, start = _codes_at(line, start + 1, date1904=usual.date1904)
        return Spelling(usual.date1904, codes), start
    match = _PATTERN.match(line, start)
    if match is None:
        raise EncodingError(f"{shown(line[start:])} begins neither codes nor a pattern.")
    return Spelling(usual.date1904, pattern=(match[1], match[2])), match.end()


def items_of(line: str, start: int, spelling: Spelling, *, formulas: bool = False) -> list[Entry]:
    """The items of a line from a position on, among which may be `formulas`.

    Raises EncodingError.
    """
    known = spelling.known
    formulas = formulas and spelling.pattern is None
    found: list[Entry] = []
    for piece in pieces_of(line, start, formulas=formulas):
        if isinstance(piece, Quoted):
            found.append(_entry(piece, spelling))
            continue
        if formulas and is_formula(piece):
            found.append(_formula_item(piece, spelling))
            continue
        item = known.get(piece)
        if item is None:
            item = _entry(piece, spelling)
            if len(known) >= _REMEMBERED:
                known.clear()
            known[piece] = item
        found.append(item)
    return found


def _formula_item(text: str, spelling: Spelling) -> FormulaItem:
    formula, end = formula_at(text, 0)
    start = results_at(text, end)
    if start is None:
        return FormulaItem(formula)
    if text[start:] == NO_RESULT:
        return FormulaItem(formula, BLANK)
    return FormulaItem(formula, _value(piece_of(text[start:]), spelling))


def _entry(piece: Piece, spelling: Spelling) -> Value | Item:
    if not piece:
        return Item()
    if isinstance(piece, str) and spelling.pattern is None:
        if NUMBER.fullmatch(piece):  # most items are numbers
            return Value(CellKind.NUMBER, number(piece))
        if ".." in piece:
            series = series_of(piece, date1904=spelling.date1904)
            if series is not None:
                return Item(series=series)
    core, columns, rows, count = _parted(piece)
    if core == NO_RESULT and spelling.pattern is None:
        return Item(count=count, columns=columns, rows=rows, missing=True)
    if core == "":
        return Item(BLANK, count)
    value = _value(core, spelling)
    return value if core is piece else Item(value, count, columns, rows)


def _value(core: Piece, spelling: Spelling) -> Value:
    if spelling.pattern is not None:
        text = core.text if isinstance(core, Quoted) else core
        if isinstance(core, Quoted) and core.rest:
            raise EncodingError(f"{shown(core.rest)} stands behind a text in quotes.")
        if isinstance(core, str) and ('"' in core or not core.strip()):
            raise EncodingError(f"the text {shown(core)} has to stand in quotes.")
        before, behind = spelling.pattern
        return Value(CellKind.TEXT, f"{before}{text}{behind}")
    if isinstance(core, str) and core in spelling.codes:
        return spelling.codes[core]
    return literal(core, date1904=spelling.date1904)


def _parted(piece: Piece) -> tuple[Piece, int, int, int]:
    """A piece without its end, and the merged columns and rows and the count that this tells."""
    whole = piece.rest if isinstance(piece, Quoted) else piece
    if not whole or whole[-1] not in "0123456789" or not ("*" in whole or ">" in whole):
        return piece, 1, 1, 1
    match = (_QUOTED_SUFFIX if isinstance(piece, Quoted) else _SUFFIX).search(whole)
    if match is None or not match[0]:
        return piece, 1, 1, 1
    columns, rows, count = (int(part or 1) for part in match.groups())
    if (match[1] and columns == rows == 1) or (match[3] and count == 1):
        raise EncodingError(f"{shown(match[0])} tells of one cell only.")
    rest = whole[: match.start()]
    return (Quoted(piece.text, rest) if isinstance(piece, Quoted) else rest), columns, rows, count


def _codes_at(line: str, start: int, *, date1904: bool) -> tuple[dict[str, Value], int]:
    """The texts behind short names, and the position behind `}|`."""
    codes: dict[str, Value] = {}
    while True:
        name = _NAME.match(line, start)
        if name is None:
            raise EncodingError("a short name is missing where codes are listed.")
        text, start, last = _code_at(line, name.end(), date1904=date1904)
        if name[1] in codes:
            raise EncodingError(f"the short name {name[1]} is given twice.")
        codes[name[1]] = text
        if last:
            return codes, start


def _code_at(line: str, start: int, *, date1904: bool) -> tuple[Value, int, bool]:
    """One text of the codes, the position behind its bar, and whether it is the last."""
    piece: Piece
    if line.startswith('"', start):
        text, behind = string_at(line, start)
        end = line.find("|", behind)
        tail = line[behind:end] if end >= 0 else ""
        last = tail.endswith("}")
        piece = Quoted(text, tail[:-1] if last else tail)
    else:
        end = line.find("|", start)
        text = line[start:end] if end >= 0 else ""
        last = text.endswith("}")
        piece = text[:-1] if last else text
    if end < 0:
        raise EncodingError("the codes do not end with }|.")
    value = literal(piece, date1904=date1904)
    if value.kind is not CellKind.TEXT:
        raise EncodingError("a code stands for what is no text.")
    return value, end + 1, last
