"""Sheets as the paper writes them, each step on and off."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.books import book, sheet
from tickmark.api import read_workbook
from tickmark.encode.paper import paper
from tickmark.encode.paper.extraction import extracted
from tickmark.encode.paper.paper import PaperEncoding, encode_paper
from tickmark.encode.plain_texts import plain_texts
from tickmark.encode.shown_grid import shown_grid
from tickmark.errors import TickmarkError
from tickmark.model.address import parse_cell
from tickmark.model.workbook import Workbook
from tickmark.structure.regions.anchors import anchors_of

SMALL = {"A1": "Year", "B1": "Profit", "A2": 2023, "B2": 1.5, "A3": 2024, "B3": 2.5, "B4": "n/a"}
SMALL |= {"B5": 1.5, "D5": "Year"}
LONG = {"A1": "Day", "B1": "Amount"} | {
    f"{letter}{row}": float(row) if letter == "A" else row + 0.5
    for row in range(2, 61)
    for letter in "AB"
}


def encoded(workbook: Workbook, **switches: bool) -> str:
    return encode_paper(workbook, workbook.sheets[0], **switches).text


@pytest.mark.parametrize(
    ("translation", "aggregation", "text"),
    [
        (
            False,
            False,
            (
                "|A1,Year|B1,Profit|C1, |D1, \n"
                "|A2,2023|B2,1.5|C2, |D2, \n"
                "|A3,2024|B3,2.5|C3, |D3, \n"
                "|A4, |B4,n/a|C4, |D4, \n"
                "|A5, |B5,1.5|C5, |D5,Year"
            ),
        ),
        (
            True,
            False,
            "(Year|A1,D5),(Profit|B1),(2023|A2),(1.5|B2,B5),(2024|A3),(2.5|B3),(n/a|B4)",
        ),
        (
            False,
            True,
            (
                "(A1|Year),(B1|Profit),(A2:A3|YearData),(B2:B3|FloatNum),(B4|n/a),(B5|FloatNum),"
                "(D5|Year)"
            ),
        ),
        (
            True,
            True,
            "(Year|A1,D5),(Profit|B1),(YearData|A2:A3),(FloatNum|B2:B3,B5),(n/a|B4)",
        ),
    ],
)
def test_each_step_can_be_switched_off(
    translation: bool,
    aggregation: bool,
    text: str,
) -> None:
    switches = {"translation": translation, "aggregation": aggregation}
    assert encoded(book(SMALL), extraction=False, **switches) == text


def test_rows_far_from_anchors_are_dropped_and_the_others_numbered_anew() -> None:
    workbook = book(LONG)
    found = encode_paper(workbook, workbook.sheets[0])
    assert found.rows.tolist() == [1, 2, 3, 4, 5, 6, 57, 58, 59, 60]
    assert found.columns.tolist() == [1, 2]
    assert found.cells == 20
    assert found.text == "(Day|A1),(Amount|B1),(IntNum|A2:A10),(FloatNum|B2:B10)"
    assert found.in_sheet(7, 2) == (57, 2)


def test_addresses_are_those_of_the_sheet_without_extraction() -> None:
    workbook = book({"C5": "x", "D9": "y"})
    found = encode_paper(workbook, workbook.sheets[0], extraction=False)
    assert found.text == "(x|C5),(y|D9)"
    assert found.in_sheet(9, 4) == (9, 4)


def test_k_lines_around_an_anchor_are_kept() -> None:
    workbook = book(LONG)
    kept = [len(encode_paper(workbook, workbook.sheets[0], k=k).rows) for k in (1, 2, 4, 8)]
    assert kept == [4, 6, 10, 18]
    with pytest.raises(ValueError, match="k is -1"):
        encode_paper(workbook, workbook.sheets[0], k=-1)


def test_the_box_of_a_type_claims_a_text_inside_it() -> None:
    """The known flaw of the paper: C1 is a text, and the numbers around it claim it too."""
    numbers = {"A1": 1, "A2": 2, "A3": 3, "B3": 4, "C3": 5}
    workbook = book({**numbers, "C1": "a text"})
    assert encoded(workbook, extraction=False) == "(IntNum|A1:C3),(a text|C1)"


def test_hidden_cells_are_left_out_unless_asked_for() -> None:
    spec = sheet({"A1": "shown", "A2": "secret", "A3": "end"}, hidden_rows=((2, 2),))
    workbook = book({"S": spec, "T": sheet({"A1": "secret"}, state="hidden")})
    page, other = workbook.sheets
    assert encode_paper(workbook, page).text == "(shown|A1),(end|A2)"
    assert encode_paper(workbook, page).rows.tolist() == [1, 3]
    assert encode_paper(workbook, page, hidden=True).text == "(shown|A1),(secret|A2),(end|A3)"
    for switches in product((False, True), repeat=3):
        names = ("extraction", "translation", "aggregation")
        assert encode_paper(workbook, other, **dict(zip(names, switches, strict=True))).text == ""


def test_a_text_cannot_pass_for_another_tuple() -> None:
    assert encoded(book({"A1": "x|A9),(y"})) == '("x|A9),(y"|A1)'


def test_a_text_that_would_be_endless_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper, "MOST_CHARACTERS", 200_000)
    workbook = book({"A1": 1, "XFD1048576": 2})
    page = workbook.sheets[0]
    found = encode_paper(workbook, page, extraction=False, translation=False, aggregation=False)
    assert (len(found.text) < 200_000, found.complete) == (True, False)
    whole = encode_paper(workbook, page, extraction=False)
    assert (whole.text, whole.complete) == ("(IntNum|A1,XFD1048576)", True)


PAGES = st.dictionaries(
    st.tuples(st.integers(1, 80), st.sampled_from("ABCDEF")),
    st.sampled_from([1, 2.5, "a", "b", True]),
    max_size=120,
)


@given(PAGES, st.integers(0, 5))
def test_extraction_keeps_just_the_cells_that_anchors_keep(
    page: dict[tuple[int, str], object], k: int
) -> None:
    workbook = book({"S": {f"{letter}{row}": value for (row, letter), value in page.items()}})
    own = workbook.sheets[0]
    grid = extracted(workbook, own, shown_grid(workbook, own), k=k)
    kept = anchors_of(own, workbook.styles, k=k).kept(own)
    assert grid.positions.tolist() == np.flatnonzero(kept).tolist()
    assert grid.rows[grid.row_of].tolist() == own.cells.rows[kept].tolist()
    assert grid.columns[grid.column_of].tolist() == own.cells.columns[kept].tolist()


@given(PAGES)
def test_addresses_lead_back_to_the_cells_of_the_sheet(page: dict[tuple[int, str], object]) -> None:
    workbook = book({"S": {f"{letter}{row}": value for (row, letter), value in page.items()}})
    assert_addresses_lead_back(workbook)


def assert_addresses_lead_back(workbook: Workbook) -> None:
    """Every tuple of the index names cells of the sheet with its value, all kept ones once."""
    for own in workbook.sheets:
        found = encode_paper(workbook, own, aggregation=False)
        grid = extracted(workbook, own, shown_grid(workbook, own))
        texts = plain_texts(workbook, own, grid.positions)
        rows, columns = own.cells.rows[grid.positions], own.cells.columns[grid.positions]
        cells = zip(rows.tolist(), columns.tolist(), texts, strict=True)
        assert sorted(_told(found)) == sorted(cell for cell in cells if cell[2])


def _told(found: PaperEncoding) -> list[tuple[int, int, str]]:
    tuples = re.findall(r"\(((?:(?!\|[A-Z]+\d).)*)\|([A-Z0-9,:]+)\)(?:,(?=\()|\Z)", found.text)
    told = []
    for text, areas in tuples:
        for area in areas.split(","):
            first, _, last = area.partition(":")
            (top, left), (bottom, right) = parse_cell(first), parse_cell(last or first)
            told += [
                (*found.in_sheet(row, column), text)
                for row in range(top, bottom + 1)
                for column in range(left, right + 1)
            ]
    return told


def test_real_workbooks_are_written_with_every_choice_of_steps(corpus: Path) -> None:
    seen = 0
    for path in sorted(corpus.iterdir()):
        if path.stat().st_size > 500_000:
            continue
        try:
            workbook = read_workbook(path)
        except (TickmarkError, OSError):
            continue
        for own in workbook.sheets:
            for extraction, translation, aggregation in product((False, True), repeat=3):
                found = encode_paper(
                    workbook,
                    own,
                    extraction=extraction,
                    translation=translation,
                    aggregation=aggregation,
                )
                assert found.complete
                assert "\n" not in found.text or not (translation or aggregation)
            seen += 1
    assert seen
