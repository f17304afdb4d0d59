"""Sheets as text: what each level tells, what a budget leaves out, and that nothing is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.books import book, sheet
from tests.encode.checked_claims import faults
from tests.encode.random_books import random_books
from tickmark.encode.encoding import Encoding, Level
from tickmark.encode.sheet import encode_sheet
from tickmark.encode.source import sources_of
from tickmark.llm.tokens import estimate_tokens
from tickmark.model.workbook import Workbook
from tickmark.read import read_workbook
from tickmark.structure.formulas import formulas_of

SAMPLES = sorted((Path(__file__).parents[2] / "sample_workbooks").glob("*.xlsx"))

BUDGET = {
    "A1": "Budget",
    **dict(zip(("A3", "B3", "C3", "D3"), ("Item", "Q1", "Q2", "Total"), strict=True)),
    **{f"A{row}": name for row, name in enumerate(("Rent", "Wages", "Travel", "Power"), 4)},
    **{f"B{row}": 100 * row for row in range(4, 8)},
    **{f"C{row}": 110 * row + 1 for row in range(4, 8)},
    **{f"D{row}": f"=B{row}+C{row}" for row in (4, 5, 7)},
    "D6": 1261,
    "A8": "Total",
    **{f"{column}8": f"=SUM({column}4:{column}7)" for column in "BCD"},
}


def _encoded(workbook: Workbook, *, at: int = 0, hidden: bool = False, **rest: object) -> Encoding:
    source = sources_of(formulas_of(workbook), hidden=hidden)[at]
    return encode_sheet(source, tokens=estimate_tokens, **rest)  # type: ignore[arg-type]


def test_a_skeleton_tells_labels_and_formulas_and_what_breaks_their_pattern() -> None:
    assert _encoded(book(BUDGET)).text.splitlines() == [
        "# Sheet1|A1:D8",
        "A1 Budget",
        "A3 Item|Q1|Q2|Total",
        "A4:A8 Rent|Wages|Travel|Power|Total",
        "B4:C7 <int>",
        "D4:D5,D7 =B4+C4",
        "D6 1261",
        "B8:D8 =SUM(B4:B7)",
    ]


def test_the_lossless_level_tells_every_value() -> None:
    encoding = _encoded(book(BUDGET), level=Level.LOSSLESS)
    assert encoding.level is Level.LOSSLESS
    assert encoding.summarised_cells == 0
    assert faults(encoding, estimate_tokens) == []
    assert encoding.text.splitlines() == [
        "# Sheet1|A1:D8",
        "# table A3:D8|totals 8,D",
        "A1 Budget",
        "A3 Item|Q1|Q2|Total",
        "A4:C5 Rent|400|441",
        "5 Wages|500|551",
        "D4:D5,D7 =B4+C4 -> ?",
        "A6 Travel|600|661|1261",
        "A7 Power|700|771",
        "A8 Total",
        "B8:D8 =SUM(B4:B7) -> ?",
    ]


def test_a_large_budget_gives_the_lossless_level() -> None:
    whole = _encoded(book(BUDGET), level=Level.LOSSLESS)
    assert _encoded(book(BUDGET), budget=whole.tokens).text == whole.text


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_no_budget_is_exceeded_and_no_claim_is_wrong(path: Path) -> None:
    workbook = read_workbook(path)
    for at in range(len(workbook.sheets)):
        for budget in (0, 3, 10, 25, 60, 100, 180, 300, 500, 900, 2000, 6000):
            encoding = _encoded(workbook, at=at, budget=budget)
            assert faults(encoding, estimate_tokens, budget) == [] if encoding.text else True
            assert encoding.tokens <= budget


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
@pytest.mark.parametrize("level", [Level.SKELETON, Level.LOSSLESS])
def test_every_cell_of_a_sample_is_told_once_and_rightly(path: Path, level: Level) -> None:
    workbook = read_workbook(path)
    for at in range(len(workbook.sheets)):
        for hidden in (False, True):
            encoding = _encoded(workbook, at=at, hidden=hidden, level=level)
            assert faults(encoding, estimate_tokens) == []


@given(random_books(), st.sampled_from([None, 40, 150, 600]), st.booleans())
def test_random_sheets_are_told_rightly(
    workbook: Workbook,
    budget: int | None,
    hidden: bool,
) -> None:
    for at in range(len(workbook.sheets)):
        for level in (Level.SKELETON, Level.LOSSLESS) if budget is None else (None,):
            encoding = _encoded(workbook, at=at, hidden=hidden, budget=budget, level=level)
            if encoding.text:
                assert faults(encoding, estimate_tokens, budget) == []


def test_real_sheets_are_told_rightly(corpus: Path) -> None:
    small = [path for path in sorted(corpus.iterdir()) if path.suffix in {".xlsx", ".xlsm"}]
    for path in [path for path in small if 15_000 < path.stat().st_size < 130_000]:
        workbook = read_workbook(path)
        for at in range(len(workbook.sheets)):
            for level in (Level.SKELETON, Level.LOSSLESS):
                encoding = _encoded(workbook, at=at, hidden=True, level=level)
                assert faults(encoding, estimate_tokens) == []


def test_what_is_hidden_is_counted_and_not_told() -> None:
    cells = {f"A{row}": f"open {row}" for row in range(1, 6)} | {"A6": "secret", "B2": "secret"}
    encoding = _encoded(
        book({"Plan": sheet(cells, hidden_rows=((6, 6),), hidden_columns=((2, 2),))})
    )
    assert "secret" not in encoding.text
    assert encoding.text.splitlines()[1] == "# hidden 2 cells|rows 6|columns B"
    assert (encoding.hidden_cells, encoding.shown_cells) == (2, 5)


def test_rows_that_the_question_names_come_first() -> None:
    cells: dict[str, object] = {"A1": "Town", "B1": "Population"}
    for row in range(2, 400):
        cells |= {f"A{row}": f"Town {row}", f"B{row}": 1000.5 + row * row % 977}
    cells |= {"A300": "Great Yarmouth"}
    workbook = book(cells)
    asked = _encoded(workbook, budget=150, question="How many live in Yarmouth?")
    assert "Great Yarmouth" in asked.text
    assert str(1000.5 + 300 * 300 % 977) in asked.text
    assert "Great Yarmouth" not in _encoded(workbook, budget=150).text


def test_what_has_no_room_is_named() -> None:
    encoding = _encoded(book(BUDGET), budget=30)
    assert encoding.text.splitlines()[-1].startswith("# left out ")
    assert encoding.left_out
    assert encoding.shown_cells < encoding.cells
    assert encoding.tokens <= 30
