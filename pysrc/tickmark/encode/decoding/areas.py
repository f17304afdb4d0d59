"""The areas that a line of an encoded sheet speaks of."""

from __future__ import annotations

import re
from typing import Final

from tickmark.encode.decoding.pieces import shown
from tickmark.encode.decoding.work import Work
from tickmark.errors import EncodingError
from tickmark.model.address import MAX_COLUMN, MAX_ROW, RangeRef, column_number

EXCEPT: Final = "except "
_STRIPE_COST: Final = 20
_CELL: Final = r"([A-Z]{1,3})([1-9][0-9]{0,6})"
_AREA: Final = re.compile(rf"{_CELL}(?::{_CELL})?")
_STRIPES: Final = re.compile(r"(//?)([1-9][0-9]{0,6})")
_ONE: Final = r"[A-Z]{1,3}[0-9]++(?::[A-Z]{1,3}[0-9]++)?(?:/{1,2}[0-9]++)?"
_LISTED: Final = re.compile(rf"{_ONE}(?:,{_ONE})*+")

Areas = tuple[RangeRef, ...]


def heading_of(line: str, sheet: str, work: Work) -> tuple[Areas, Areas, int]:
    """Areas and excepted areas at the start of a line, and where its body begins.

    The areas end at the first blank, in `B5,C7:D9 except C8` at the first one behind what is
    excepted. Raises EncodingError.
    """
    end = line.find(" ")
    if end < 0:
        raise EncodingError("a line has no blank between its areas and what they hold.")
    areas = areas_of(line[:end], sheet, work)
    if not line.startswith(EXCEPT, end + 1):
        return areas, (), end + 1
    begin = end + 1 + len(EXCEPT)
    behind = line.find(" ", begin)
    excepted = line[begin : len(line) if behind < 0 else behind]
    if not _LISTED.fullmatch(excepted):
        return areas, (), end + 1
    if behind < 0:
        raise EncodingError("a line tells what it excepts and nothing else.")
    return areas, areas_of(excepted, sheet, work), behind + 1


def areas_of(text: str, sheet: str, work: Work) -> Areas:
    """The areas of `B5,C7:D9`, each stripe of `C5:S16/2` as one; raises EncodingError."""
    if "," not in text and "/" not in text:
        return (area_of(text, sheet),)
    found: list[RangeRef] = []
    for part in text.split(","):
        one, slash, _ = part.partition("/")
        whole = area_of(one, sheet)
        if slash:
            found += _stripes(whole, part[len(one) :], work)
        else:
            found.append(whole)
    return tuple(found)


def area_of(text: str, sheet: str) -> RangeRef:
    """The area of `B5` or `C7:D9`; raises EncodingError."""
    match = _AREA.fullmatch(text)
    if match is None:
        raise EncodingError(f"{shown(text)} is no area; write it like B7 or B7:D9.")
    left, top = column_of(match[1]), int(match[2])
    right, bottom = (column_of(match[3]), int(match[4])) if match[3] else (left, top)
    if bottom > MAX_ROW or top > bottom or left > right:
        raise EncodingError(f"{shown(text)} does not run from its first cell to its last.")
    return RangeRef(sheet, top, left, bottom, right)


def column_of(letters: str) -> int:
    """The number of a column; raises EncodingError where there is none."""
    # `column_number` remembers only columns that exist.
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    if number > MAX_COLUMN:
        raise EncodingError(f"{letters} is no column; columns run from A to XFD.")
    return column_number(letters)


def _stripes(area: RangeRef, text: str, work: Work) -> list[RangeRef]:
    """Each second column of an area for `/2`, each third row for `//3`."""
    match = _STRIPES.fullmatch(text)
    step = int(match[2]) if match else 0
    down = match is not None and match[1] == "//"
    first, last = (area.top, area.bottom) if down else (area.left, area.right)
    if step < 2 or last == first or (last - first) % step:  # noqa: PLR2004 - each is no stripe
        raise EncodingError(f"{shown(area.a1 + text)} does not end with a stripe.")
    numbers = range(first, last + 1, step)
    work.spend(_STRIPE_COST * len(numbers))
    if down:
        return [RangeRef(area.sheet, row, area.left, row, area.right) for row in numbers]
    return [RangeRef(area.sheet, area.top, column, area.bottom, column) for column in numbers]
