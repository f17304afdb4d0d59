"""Calls of worksheet functions as hosts send them: tuples from COM, lists from JSON lines.

An argument is one of::

    ("missing",)
    ("value", scalar)
    ("values", rows)
    ("range", book, sheet, top, left, values, formulas, formats)
    ("problem", text)

`values` and `formulas` are rows of scalars and of texts, or the lone scalar of one cell; `formats`
is flat: runs of (top offset, left offset, rows, columns, number format), offsets from 0. `range
1904` in place of `range` tells that the workbook counts its days from 1904. An error is an int from
COM and `{"error": "#N/A"}` in JSON. The context is (book, sheet, top, left, rows,
columns, wizard) of the calling cells; top 0 where the host does not know them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from tickmark.errors import AddressError
from tickmark.hosts.functions.call import Argument, Call, Caller, Table, Unpacked
from tickmark.model.address import MAX_COLUMN, MAX_ROW, RangeRef
from tickmark.model.range_content import ErrorValue, RangeContent, Rows, Scalar
from tickmark.structure.number_formats import shows_date, shows_duration

# Excel's numbers of errors (xlErrNull and so on) as the status codes that COM makes of them.
_FIRST_ERROR: Final = -2_146_828_288

COM_ERRORS: Final[Mapping[int, str]] = {
    _FIRST_ERROR + number: text
    for number, text in {
        2000: "#NULL!",
        2007: "#DIV/0!",
        2015: "#VALUE!",
        2023: "#REF!",
        2029: "#NAME?",
        2036: "#NUM!",
        2042: "#N/A",
        2043: "#GETTING_DATA",
        2045: "#SPILL!",
        2046: "#CONNECT!",
        2047: "#BLOCKED!",
        2048: "#UNKNOWN!",
        2049: "#FIELD!",
        2050: "#CALC!",
        2051: "#BUSY!",
    }.items()
}
"""Texts of error values by the int that COM sends for them."""

_GENERAL: Final = "General"
_RANGES: Final = {"range": 0, "range 1904": 1_462}
"""Kinds of ranges, and the days that their dates lack of those counted from 1900."""

_RUN_LENGTH: Final = 5
_BROKEN: Final = (
    "an argument did not arrive whole; recalculate, and restart the program if it stays"
)


def call_from(function: str, packed: Sequence[object], context: Sequence[object]) -> Call:
    """A call as the functions know it; an argument that is not of the form becomes Unpacked."""
    arguments: list[Argument] = []
    for one in packed:
        try:
            arguments.append(_argument(one))
        except (ValueError, TypeError):
            arguments.append(Unpacked(_BROKEN))
    return Call(function.upper(), tuple(arguments), _caller(context), _wizard(context))


def rows_for_json(table: Table) -> list[list[float | str | bool | None]]:
    """A table as lists for JSON; numbers that JSON does not know become the text `#NUM!`."""
    return [
        [
            "#NUM!" if isinstance(value, float) and not math.isfinite(value) else value
            for value in row
        ]
        for row in table
    ]


def _caller(context: Sequence[object]) -> Caller | None:
    match context:
        case [str(book), str(sheet), top, left, rows, columns, *_]:
            edges = [_whole(number) for number in (top, left, rows, columns)]
            if all(edge is not None and edge > 0 for edge in edges):
                return Caller(book, sheet, *(edge or 1 for edge in edges))
            return None
        case _:
            return None


def _wizard(context: Sequence[object]) -> bool:
    return len(context) > 6 and context[6] is True  # noqa: PLR2004 - position in the context


def _argument(packed: object) -> Argument:
    """Raises ValueError or TypeError where the parts do not fit together."""
    match packed:
        case ["missing"]:
            return None
        case ["value", scalar]:
            return _scalar(scalar)
        case ["values", rows]:
            return RangeContent(_rows(rows))
        case [str(kind), str(book), str(sheet), top, left, *content] if kind in _RANGES:
            values, formulas, formats = content
            found = _range(book, sheet, (top, left), (values, formulas, formats))
            return _later(found, _RANGES[kind])
        case ["problem", str(text)]:
            return Unpacked(text)
        case _:
            raise TypeError(_BROKEN)


def _range(
    book: str, sheet: str, corner: tuple[object, object], content: tuple[object, object, object]
) -> RangeContent:
    """Raises ValueError where the parts do not fit together."""
    top, left = (_whole(number) for number in corner)
    values = _rows(content[0])
    rows, columns = len(values), len(values[0])
    if top is None or left is None or not (1 <= top <= MAX_ROW and 1 <= left <= MAX_COLUMN):
        raise AddressError(_BROKEN)
    area = RangeRef(sheet, top, left, top + rows - 1, left + columns - 1)
    return RangeContent(
        values,
        area,
        book,
        _formulas(content[1], values),
        _formats(content[2], rows, columns),
    )


def _later(content: RangeContent, days: int) -> RangeContent:
    """The content with its dates so many days later; times and durations stay."""
    if not days or not content.formats:
        return content
    values = tuple(
        tuple(
            value + days if isinstance(value, float) and value >= 1 and _is_date(code) else value
            for value, code in zip(row, codes, strict=True)
        )
        for row, codes in zip(content.values, content.formats, strict=True)
    )
    return replace(content, values=values)


def _is_date(number_format: str) -> bool:
    return shows_date(number_format) and not shows_duration(number_format)


def _rows(value: object) -> Rows:
    """Raises ValueError for rows of unequal length and for none."""
    if not isinstance(value, (list, tuple)):
        return ((_scalar(value),),)
    rows = tuple(tuple(_scalar(one) for one in row) for row in _lines(value))
    if not rows or not rows[0] or any(len(row) != len(rows[0]) for row in rows):
        raise ValueError(_BROKEN)
    return rows


def _lines(value: Sequence[object]) -> list[Sequence[object]]:
    """Rows; an array of one dimension is one row, as Excel holds {1,2,3}."""
    if not any(isinstance(row, (list, tuple)) for row in value):
        return [value]
    rows: list[Sequence[object]] = [row for row in value if isinstance(row, (list, tuple))]
    if len(rows) != len(value):
        raise ValueError(_BROKEN)
    return rows


def _scalar(value: object) -> Scalar:
    """Raises TypeError for what no cell can hold."""
    match value:
        case None | bool() | str():
            return value
        case int() if value in COM_ERRORS:
            return ErrorValue(COM_ERRORS[value])
        case float() | int():
            return float(value) if math.isfinite(value) else ErrorValue("#NUM!")
        case {"error": str(text)}:
            return ErrorValue(text)
        case _:
            raise TypeError(_BROKEN)


def _formulas(value: object, values: Rows) -> tuple[tuple[str, ...], ...]:
    """Formula texts, "" for a constant; empty where none were seen."""
    if value is None or (isinstance(value, (list, tuple)) and not value):
        return ()
    rows = _rows(value)
    if (len(rows), len(rows[0])) != (len(values), len(values[0])):
        raise ValueError(_BROKEN)
    return tuple(
        tuple(_formula(text, value) for text, value in zip(texts, line, strict=True))
        for texts, line in zip(rows, values, strict=True)
    )


def _formula(text: Scalar, value: Scalar) -> str:
    # A text that was typed as '=A1 has itself as formula text and as value: it computes nothing.
    return text if isinstance(text, str) and text.startswith("=") and text != value else ""


def _formats(value: object, rows: int, columns: int) -> tuple[tuple[str, ...], ...]:
    """Number formats of all cells; empty where none were seen. Raises ValueError."""
    if not isinstance(value, (list, tuple)) or not value:
        return ()
    if len(value) % _RUN_LENGTH:
        raise ValueError(_BROKEN)
    grid = [[_GENERAL] * columns for _ in range(rows)]
    for start in range(0, len(value), _RUN_LENGTH):
        *edges, number_format = value[start : start + _RUN_LENGTH]
        top, left, height, width = (_offset(edge) for edge in edges)
        if not isinstance(number_format, str):
            raise TypeError(_BROKEN)
        width = min(width, columns - left)
        for row in grid[top : top + height]:
            row[left : left + width] = [number_format] * max(0, width)
    return tuple(tuple(row) for row in grid)


def _offset(value: object) -> int:
    number = _whole(value)
    if number is None or number < 0:
        raise ValueError(_BROKEN)
    return number


def _whole(value: object) -> int | None:
    """A number without fraction as an int; VBA sends Long and Double alike."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return int(value) if math.isfinite(value) and value == int(value) else None
