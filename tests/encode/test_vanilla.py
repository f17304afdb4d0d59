"""The plain encoding that ratios are measured against."""

from __future__ import annotations

import datetime as dt
from itertools import islice, pairwise
from pathlib import Path

import pytest

from tests.books import book, sheet
from tickmark.api import read_workbook
from tickmark.encode import vanilla as module
from tickmark.encode.vanilla import vanilla, vanilla_tokens
from tickmark.errors import TickmarkError
from tickmark.model.workbook import Workbook


def lines(workbook: Workbook, *, hidden: bool = False) -> list[str]:
    return list(vanilla(workbook, workbook.sheets[0], hidden=hidden))


def words(text: str) -> int:
    """A token counter that is exact and adds up over lines."""
    return text.count("|") + text.count(",") + sum(letter.isalnum() for letter in text)


def test_every_cell_of_the_used_range_stands_with_its_address() -> None:
    workbook = book(
        {
            "B2": "Year",
            "C2": 2024,
            "E2": 0.1,
            "B4": True,
            "C4": dt.date(2024, 5, 1),
            "D4": dt.datetime(2024, 5, 1, 14, 30),  # noqa: DTZ001 - spreadsheets know no time zone
            "E4": "#DIV/0!",
            "B5": "=C2*2",
            "C5": ("=C2*2", 4048),
            "D5": 1e20,
        }
    )
    assert lines(workbook) == [
        "|B2,Year|C2,2024|D2, |E2,0.1",
        "|B3, |C3, |D3, |E3, ",
        "|B4,TRUE|C4,2024-05-01|D4,2024-05-01T14:30:00|E4,#DIV/0!",
        "|B5, |C5,4048|D5,1e+20|E5, ",
    ]


def test_times_days_before_march_1900_and_durations_are_dates_as_excel_shows_them() -> None:
    workbook = book(
        {
            "S": sheet(
                {"A1": dt.date(1899, 12, 31), "A2": dt.date(1900, 1, 1), "A3": dt.date(1900, 1, 1)},
                formats={"A2": "[h]:mm"},
            )
        }
    )
    assert lines(workbook) == ["|A1,1900-01-01", "|A2,48:00:00", "|A3,1900-01-02"]


def test_hidden_rows_and_columns_are_passed_over_unless_asked_for() -> None:
    spec = sheet(
        {"A1": 1, "B1": 2, "C1": 3, "A2": 4, "A3": 5},
        hidden_rows=((2, 2), (1, 0)),
        hidden_columns=((2, 2), (2, 9)),
    )
    workbook = book({"S": spec})
    assert lines(workbook) == ["|A1,1", "|A3,5"]
    assert lines(workbook, hidden=True) == [
        "|A1,1|B1,2|C1,3",
        "|A2,4|B2, |C2, ",
        "|A3,5|B3, |C3, ",
    ]


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_nothing_of_a_hidden_sheet_is_told_unless_asked_for(state: str) -> None:
    workbook = book({"S": sheet({"A1": 1}, state=state)})
    assert lines(workbook) == []
    assert lines(workbook, hidden=True) == ["|A1,1"]


def test_an_empty_sheet_has_no_lines() -> None:
    workbook = book({"S": {}})
    assert lines(workbook) == []
    assert vanilla_tokens(workbook, workbook.sheets[0], len) == 0


def test_a_text_cannot_pass_for_another_cell_or_line() -> None:
    workbook = book({"A1": "x|B1,9", "B1": "a\nb", "C1": '"q"', "D1": "50% \0 %s"})
    assert lines(workbook) == ['|A1,"x|B1,9"|B1,"a\\nb"|C1,"\\"q\\""|D1,"50% \\u0000 %s"']


def test_the_lines_of_an_endless_sheet_come_one_by_one() -> None:
    workbook = book({"A1": 1, "XFD1048576": 2})
    first, second = islice(vanilla(workbook, workbook.sheets[0]), 2)
    assert first.startswith("|A1,1|B1, |C1, ")
    assert second.endswith("|XFC2, |XFD2, ")


def test_rows_that_reach_over_a_slab_are_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    cells = {f"{letter}{row}": row for row in range(1, 8) for letter in "ABC"}
    workbook = book(cells)
    expected = lines(workbook)
    monkeypatch.setattr(module, "_SLAB", 4)
    assert lines(workbook) == expected


def test_tokens_are_those_of_the_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    workbook = book({"A1": "Year", "B3": "a, b", "D12": 7, "D13": 7})
    exact = words("\n".join(lines(workbook)))
    monkeypatch.setattr(module, "_PIECE", 40)
    assert vanilla_tokens(workbook, workbook.sheets[0], words) == exact


@pytest.mark.parametrize("limit", ["MOST_CELLS", "MOST_CHARACTERS"])
def test_the_estimate_is_exact_where_tokens_add_up(
    limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbook = book({"A1": "Year", "B3": "a, b", "D12": 7, "D13": 7, "AB120": "Year", "C4": "=A1"})
    exact = words("\n".join(lines(workbook)))
    monkeypatch.setattr(module, limit, 0)
    monkeypatch.setattr(module, "_SLAB", 2)
    assert vanilla_tokens(workbook, workbook.sheets[0], words) == exact


def test_an_endless_sheet_is_counted_at_once() -> None:
    """17 billion blank cells: a bar, a comma, letters and digits each."""
    workbook = book({"A1": 1, "XFD1048576": 2})
    letters = 26 * 1 + 26**2 * 2 + (16_384 - 26 - 26**2) * 3
    digits = sum(len(rows) * len(str(rows[0])) for rows in _row_numbers())
    expected = 2 + 1_048_576 * (2 * 16_384 + letters) + 16_384 * digits
    assert vanilla_tokens(workbook, workbook.sheets[0], words) == expected


def _row_numbers() -> list[range]:
    ends = [10**digits for digits in range(7)] + [1_048_577]
    return [range(first, end) for first, end in pairwise(ends)]


def test_lines_of_real_workbooks_hold_every_visible_cell(corpus: Path) -> None:
    seen = 0
    for path in sorted(corpus.iterdir()):
        if path.stat().st_size > 100_000:
            continue
        try:
            workbook = read_workbook(path)
        except (TickmarkError, OSError):
            continue
        for page in workbook.sheets:
            filled = sum(
                part.partition(",")[2] != " "
                for line in vanilla(workbook, page)
                for part in line.split("|")[1:]
            )
            visible = ~page.hidden_cells()
            told = [cell for cell, shown in zip(page.cells, visible, strict=True) if shown]
            bars = sum(str(cell.value).count("|") for cell in told)
            blank = sum(cell.value in (None, "", " ") for cell in told)
            assert filled == len(told) - blank + bars
            seen += 1
    assert seen
