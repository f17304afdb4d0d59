"""The vanilla text of the published method: `|A1,value|B1,value`, blank cells included."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.benchmarks.encode_scores.plain_cells import PlainSheet
from tests.benchmarks.encode_scores.told_sheet import ToldSheet, cell_claims, whole
from tickmark.model.address import RangeRef, column_letters, parse_cell

_FIRST = re.compile(r"\|([A-Z]{1,3}[1-9][0-9]{0,6}),")


def vanilla_lines(sheet: PlainSheet) -> Iterator[str]:
    """One line a row of the used range."""
    _, left, _, right = sheet.box
    letters = [column_letters(column) for column in range(left, right + 1)] if left else []
    for row, line in sheet.lines():
        yield "".join(f"|{column}{row},{text}" for column, text in zip(letters, line, strict=True))


def vanilla_told(name: str, text: str, *, cut: bool, date1904: bool = False) -> ToldSheet:
    """What a vanilla text tells; `cut` where rows at its end are missing."""
    found = _FIRST.match(text)
    if found is None:
        return ToldSheet(name, (), () if cut else (whole(name),))
    top, left = parse_cell(found[1])
    cells = list(_cells(text, top, left))
    bottom = cells[-1][0]
    rows = RangeRef(name, 1, 1, bottom, whole(name).right)
    claims = cell_claims(name, cells, date1904=date1904)
    return ToldSheet(name, claims, (rows if cut else whole(name),))


def _cells(text: str, top: int, left: int) -> Iterator[tuple[int, int, str]]:
    """Row, column and text of each cell; a value ends where the next address begins."""
    at, row = 0, top
    first = column_letters(left)
    while at < len(text):
        end = text.find(f"\n|{first}{row + 1},", at)
        end = len(text) if end < 0 else end
        column = left
        while at < end:
            at += len(f"|{column_letters(column)}{row},")
            behind = text.find(f"|{column_letters(column + 1)}{row},", at, end)
            behind = end if behind < 0 else behind
            yield row, column, text[at:behind]
            at, column = behind, column + 1
        at, row = end + 1, row + 1
