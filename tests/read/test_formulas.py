"""Formulas of .xlsx sheets: plain, shared, array, dynamic array, data table."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.read.parts import formulas, read_sheet, values
from tickmark.model.address import RangeRef
from tickmark.model.grid import FormulaGroup, FormulaKind


def test_a_formula_text_is_stored_once(tmp_path: Path) -> None:
    sheet = read_sheet(
        tmp_path,
        '<c r="A1"><f>SUM($D:$D)</f><v>1</v></c><c r="B1"><f ca="1">SUM($D:$D)</f><v>1</v></c>'
        '<c r="C1"><f>=1 &lt; 2</f></c>',
    )
    assert sheet.cells.formula_texts == ("SUM($D:$D)", "1 < 2")
    assert formulas(sheet) == {"A1": "SUM($D:$D)", "B1": "SUM($D:$D)", "C1": "1 < 2"}
    assert sheet.cells.formula_groups == {}


def test_a_shared_formula_is_a_master_with_members(tmp_path: Path) -> None:
    sheet = read_sheet(
        tmp_path,
        '<row r="1"><c r="B1"><f t="shared" ref="B1:B3" si="0">A1*2</f><v>2</v></c></row>'
        '<row r="2"><c r="B2"><f t="shared" si="0"/><v>4</v></c></row>'
        '<row r="3"><c r="B3"><f t="shared" si="0"></f></c></row>',
    )
    group = FormulaGroup(FormulaKind.SHARED, 1, 2, RangeRef("Data", 1, 2, 3, 2))
    assert sheet.cells.formula_groups == {0: group}
    assert formulas(sheet) == {"B1": "A1*2", "B2": "A1*2", "B3": "A1*2"}
    assert values(sheet) == {"B1": 2.0, "B2": 4.0, "B3": None}


def test_members_that_stand_before_their_master_belong_to_it(tmp_path: Path) -> None:
    sheet = read_sheet(
        tmp_path,
        '<row r="1"><c r="A1"><f t="shared" si="5"/><v>1</v></c></row>'
        '<row r="2"><c r="A2"><f t="shared" ref="A1:A2" si="5">B2+1</f><v>2</v></c></row>',
    )
    assert formulas(sheet) == {"A1": "B2+1", "A2": "B2+1"}
    group = FormulaGroup(FormulaKind.SHARED, 2, 1, RangeRef("Data", 1, 1, 2, 1))
    assert sheet.cells.formula_groups == {0: group}


def test_a_number_used_again_by_another_master_starts_another_group(tmp_path: Path) -> None:
    sheet = read_sheet(
        tmp_path,
        '<c r="A1"><f t="shared" ref="A1:B1" si="0">A9</f></c><c r="B1"><f t="shared" si="0"/></c>'
        '<c r="C1"><f t="shared" ref="C1:D1" si="0">C8</f></c><c r="D1"><f t="shared" si="0"/></c>',
    )
    assert formulas(sheet) == {"A1": "A9", "B1": "A9", "C1": "C8", "D1": "C8"}
    assert sorted(sheet.cells.formula_groups) == [0, 1]


def test_a_member_with_a_text_of_its_own_keeps_it(tmp_path: Path) -> None:
    sheet = read_sheet(
        tmp_path,
        '<c r="A1"><f t="shared" ref="A1:B1" si="0">A9</f></c>'
        '<c r="B1"><f t="shared" si="0">B7</f></c>',
    )
    assert formulas(sheet) == {"A1": "A9", "B1": "B7"}
    assert list(sheet.cells.formula_groups) == [0]


def test_members_without_master_keep_their_values_and_are_noted(tmp_path: Path) -> None:
    sheet = read_sheet(
        tmp_path,
        '<c r="A1"><f t="shared" si="3"/><v>1</v></c><c r="B1"><f t="shared" si="3"/></c>'
        '<c r="C1"><f>A1</f></c>',
    )
    assert formulas(sheet) == {"C1": "A1"}
    assert values(sheet) == {"A1": 1.0, "C1": None}
    assert sheet.problems == (
        "2 cells read without formula: the shared formula is missing (first: A1).",
    )


def test_array_and_dynamic_array_formulas_name_their_range(tmp_path: Path) -> None:
    sheet = read_sheet(
        tmp_path,
        '<c r="A1"><f t="array" ref="A1:A2">B1:B2*2</f><v>1</v></c>'
        '<c r="C1" cm="1"><f t="array" ref="C1:C4">SORT(B1:B4)</f><v>2</v></c>'
        '<c r="D1"><f t="array" ref="nonsense">B1:B2*2</f><v>3</v></c>',
    )
    assert formulas(sheet) == {"A1": "B1:B2*2", "C1": "SORT(B1:B4)", "D1": "B1:B2*2"}
    assert sheet.cells.formula_groups == {
        0: FormulaGroup(FormulaKind.ARRAY, 1, 1, RangeRef("Data", 1, 1, 2, 1)),
        1: FormulaGroup(FormulaKind.DYNAMIC_ARRAY, 1, 3, RangeRef("Data", 1, 3, 4, 3)),
        2: FormulaGroup(FormulaKind.ARRAY, 1, 4, RangeRef("Data", 1, 4, 1, 4)),
    }


@pytest.mark.parametrize(
    ("attributes", "text"),
    [
        ('dt2D="1" dtr="1" r1="A1" r2="A2"', "TABLE(A1,A2)"),
        ('dtr="1" r1="A1"', "TABLE(A1,)"),
        ('r1="A1"', "TABLE(,A1)"),
        ('r1="A1" del1="1"', "TABLE(,#REF!)"),
    ],
)
def test_a_data_table_is_written_as_excel_shows_it(
    tmp_path: Path, attributes: str, text: str
) -> None:
    sheet = read_sheet(
        tmp_path, f'<c r="B2"><f t="dataTable" ref="B2:C3" {attributes}/><v>1</v></c>'
    )
    assert formulas(sheet) == {"B2": text}
    group = FormulaGroup(FormulaKind.DATA_TABLE, 2, 2, RangeRef("Data", 2, 2, 3, 3))
    assert sheet.cells.formula_groups == {0: group}


def test_a_member_of_an_array_that_only_says_so_is_no_formula_of_its_own(tmp_path: Path) -> None:
    sheet = read_sheet(tmp_path, '<c r="A1"><f ca="1"/><v>5</v></c>')
    assert formulas(sheet) == {}
    assert values(sheet) == {"A1": 5.0}


def test_formulas_outside_of_cells_and_at_bad_addresses_are_passed_over(tmp_path: Path) -> None:
    sheet = read_sheet(
        tmp_path,
        '<row r="1"><f>9</f><is><t>x</t></is><c r="A1"><v>1</v></c><f>8</f></row>'
        '<row r="2"><c r="ZZZ9"><f t="shared" ref="A1" si="0">7</f></c></row>',
    )
    assert formulas(sheet) == {}
    assert values(sheet) == {"A1": 1.0}
