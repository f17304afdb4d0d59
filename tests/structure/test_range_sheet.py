"""A live range as a workbook of one sheet."""

from __future__ import annotations

from tests.ranges import live
from tickmark.model.grid import CellKind
from tickmark.model.range_content import ErrorValue, RangeContent
from tickmark.structure.range_sheet import place_of, range_workbook
from tickmark.structure.relative import formula_text


def test_cells_keep_their_addresses_kinds_and_formulas() -> None:
    content = live(
        {
            "C5": "Name",
            "D5": 45_413,
            "C6": True,
            "D6": ("=D5+1", 45_414.0),
            "C7": ErrorValue("#N/A"),
        },
        formats={"D5": "dd.mm.yyyy", "D6": "0.00"},
    )

    sheet = range_workbook(content).sheets[0]

    assert sheet.name == "Plan"
    assert [(cell.a1, cell.kind, cell.value) for cell in sheet.cells] == [
        ("C5", CellKind.TEXT, "Name"),
        ("D5", CellKind.DATE, 45413.0),
        ("C6", CellKind.BOOL, True),
        ("D6", CellKind.NUMBER, 45414.0),
        ("C7", CellKind.ERROR, "#N/A"),
    ]
    assert [formula_text(sheet, at) for at in range(5)] == ["", "", "", "=D5+1", ""]


def test_blank_cells_are_no_cells_but_a_formula_that_shows_nothing_is_one() -> None:
    sheet = range_workbook(live({"A1": None, "B1": "", "C1": ('=""', "")})).sheets[0]

    assert [cell.a1 for cell in sheet.cells] == ["C1"]


def test_a_text_that_only_looks_like_a_formula_is_a_text() -> None:
    sheet = range_workbook(live({"A1": ("=1+1", "=1+1")})).sheets[0]

    assert sheet.cells.formula_count == 0
    assert sheet.cells[0].value == "=1+1"


def test_an_array_without_cells_begins_in_a1_and_its_formulas_are_not_known() -> None:
    content = RangeContent(((1.0, 2.0), (3.0, None)))

    workbook = range_workbook(content)

    assert place_of(content).a1 == "A1:B2"
    assert [cell.a1 for cell in workbook.sheets[0].cells] == ["A1", "B1", "A2"]
    assert not workbook.formulas_available


def test_a_blank_range_is_a_sheet_without_cells() -> None:
    assert len(range_workbook(live({"B2": None})).sheets[0].cells) == 0
