"""The child process that reads values with python-calamine: a file in, JSON lines out.

The request is `{"first": 0, "most": 5000000, "dense": 50000000, ...}`. The answer is a line
`{"sheets": [[name, kind, state], ...]}` or `{"refused": why}`, then for each sheet from `first`
on `{"begin": i}`, lines `{"rows": [...], "columns": [...], "values": [...], "dates": [...]}`
and `{"end": i, "merges": [...], "cut": false}` or `{"failed": i, "why": why}`, at last
`{"done": true}`. `dates` holds, for each value, an index into the date formats, 0 for none.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import sys
from collections.abc import Iterator
from typing import Any

from tickmark.read.dates import serial_number, serial_of_time
from tickmark.read.limits import allows_more
from tickmark.read.own_limits import limit_self

CELLS_PER_LINE = 5_000
DATE, DATE_TIME, TIME, DURATION = 1, 2, 3, 4

_DURATION = re.compile(r"PT([0-9]{1,9})H([0-9]{1,2})M([0-9]{1,2}(?:\.[0-9]{1,9})?)S")
_LETTERS = re.compile("[^a-z]")

Cell = tuple[int, int, Any, int]


def main() -> None:
    """Answer one request."""
    request = json.loads(sys.stdin.buffer.readline())
    limit_self(request["memory"], request["seconds"])
    _answer(request, sys.stdin.buffer.read())


def _answer(request: dict[str, Any], data: bytes) -> None:
    import python_calamine  # noqa: PLC0415 - only behind the limits

    try:
        book = python_calamine.load_workbook(io.BytesIO(data))
    except python_calamine.PasswordError:
        _say({"refused": "password"})
        return
    except (python_calamine.CalamineError, OSError, ValueError):
        _say({"refused": "damaged"})
        return
    listed = [(one.name, _word(one.typ), _word(one.visible)) for one in book.sheets_metadata]
    _say({"sheets": listed})
    for place in range(request["first"], len(listed)):
        if listed[place][1] != "worksheet":
            continue
        _say({"begin": place})
        try:
            _sheet(book.get_sheet_by_index(place), place, request)
        except (python_calamine.CalamineError, OSError, ValueError):
            _say({"failed": place, "why": "its part of the file is damaged"})
    _say({"done": True})


def _word(member: object) -> str:
    """The name of an enumeration's member in lower-case letters: `ChartSheet` is `chartsheet`."""
    return _LETTERS.sub("", str(member).rpartition(".")[2].lower())


def _sheet(sheet: Any, place: int, request: dict[str, Any]) -> None:  # noqa: ANN401 - ships no types
    if sheet.height * sheet.width > request["dense"]:
        why = (
            f"it spans {sheet.height:,} rows by {sheet.width:,} columns; "
            f"{allows_more('dense_cells')}"
        )
        _say({"failed": place, "why": why})
        return
    line: list[Cell] = []
    count = 0
    for cell in _cells(sheet, leap_1900=request["leap_1900"]):
        if count >= request["most"]:
            break
        count += 1
        line.append(cell)
        if len(line) >= CELLS_PER_LINE:
            _say_cells(line)
    else:
        count = -1
    _say_cells(line)
    merges = [(*first, *last) for first, last in sheet.merged_cell_ranges or ()]
    _say({"end": place, "merges": merges, "cut": count >= 0})


def _cells(sheet: Any, *, leap_1900: bool) -> Iterator[Cell]:  # noqa: ANN401 - ships no types
    left = (sheet.start or (0, 0))[1] + 1
    for row, values in enumerate(sheet.iter_rows(), start=1):
        for column, value in enumerate(values, start=left):
            if value != "":
                yield row, column, *_payload(value, leap_1900=leap_1900)


def _payload(value: Any, *, leap_1900: bool) -> tuple[Any, int]:  # noqa: ANN401 - any value of a cell
    match value:
        case bool() | int() | float():
            return value, 0
        case str():
            return _duration(value)
        case dt.date():  # also a dt.datetime
            return _moment(value, leap_1900=leap_1900)
        case dt.time():
            return serial_of_time(value), TIME
        case dt.timedelta():
            return value / dt.timedelta(days=1), DURATION
        case _:
            return str(value), 0


def _duration(text: str) -> tuple[float | str, int]:
    """A text, or the duration that an .ods cell of more than a day comes as."""
    found = _DURATION.fullmatch(text)
    if found is None:
        return text, 0
    hours, minutes, seconds = (float(part) for part in found.groups())
    return (hours + minutes / 60 + seconds / 3600) / 24, DURATION


def _moment(day: dt.date, *, leap_1900: bool) -> tuple[float, int]:
    if isinstance(day, dt.datetime):
        return serial_number(day, leap_1900=leap_1900), DATE_TIME
    midnight = dt.datetime.combine(day, dt.time())
    return serial_number(midnight, leap_1900=leap_1900), DATE


def _say_cells(cells: list[Cell]) -> None:
    if cells:
        names = ("rows", "columns", "values", "dates")
        _say(dict(zip(names, zip(*cells, strict=True), strict=True)))
        cells.clear()


def _say(message: dict[str, Any]) -> None:
    sys.stdout.buffer.write(json.dumps(message, ensure_ascii=True).encode() + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
