"""Cited cells, checked against what the model was shown."""

from __future__ import annotations

import pytest

from tests.books import book, sheet
from tickmark.encode.sheet import encode_sheet
from tickmark.encode.source import source_of
from tickmark.ground.citations import check_citations
from tickmark.model.address import RangeRef
from tickmark.model.analysis import Citation, Verdict

WORKBOOK = book(
    {
        "P&L": sheet(
            {"B2": "Revenue", "C2": 120, "B3": "Cost", "C3": 80, "F9": 1},
            hidden_rows=((3, 3),),
        )
    }
)


def verdicts(*cited: str) -> list[Citation]:
    source = source_of(WORKBOOK, WORKBOOK["P&L"])
    shown = encode_sheet(source, budget=1000, tokens=lambda text: len(text) // 4 + 1).shown()
    used = RangeRef("P&L", 2, 2, 9, 6)
    return list(check_citations(cited, sheet="P&L", shown=shown, used_range=used))


@pytest.mark.parametrize("text", ["C2", "$C$2", "'P&L'!C2", "[C2]", "p&l!C2"])
def test_a_cell_that_was_shown_is_supported(text: str) -> None:
    assert [one.verdict for one in verdicts(text)] == [Verdict.SUPPORTED]


@pytest.mark.parametrize(
    "text",
    ["C3", "D5", "Z99", "A1", "Balance!C2", "A1:Z99", "C2:XFD2", "revenue", "", "=C2", "<b>C2</b>"],
)
def test_hidden_empty_foreign_and_made_up_cells_are_not_in_the_sheet(text: str) -> None:
    assert [one.verdict for one in verdicts(text)] == [Verdict.NOT_IN_SHEET]


def test_a_range_is_supported_if_one_of_its_cells_was_shown() -> None:
    assert verdicts("B2:C3") == [Citation("P&L", "B2:C3", Verdict.SUPPORTED)]


def test_a_list_in_one_text_is_taken_apart_and_repetitions_fall_away() -> None:
    assert [one.range for one in verdicts("B2, C2; 'P&L'!F9", "C2")] == ["B2", "C2", "F9"]


def test_what_is_no_address_is_kept_short() -> None:
    assert verdicts("x" * 500) == [Citation("P&L", "x" * 60, Verdict.NOT_IN_SHEET)]


def test_a_list_without_end_is_cut() -> None:
    assert len(verdicts(", ".join(f"C{row}" for row in range(1, 5000)))) < 250
