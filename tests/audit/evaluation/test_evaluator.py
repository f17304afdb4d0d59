"""What formulas give on cached values, and where that is not told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.books import CellSpec, book, sheet
from tickmark.audit.evaluation.agreement import is_equal
from tickmark.audit.evaluation.evaluator import Evaluator
from tickmark.model.address import parse_cell
from tickmark.model.grid import CellKind
from tickmark.model.workbook import DefinedName, Workbook
from tickmark.read import read_workbook
from tickmark.structure.formulas import formulas_of

CELLS: dict[str, CellSpec] = {
    "A1": 10,
    "A2": 4,
    "A3": "text",
    "A4": True,
    "A6": -2.5,
    "B1": ("=1/0", "#DIV/0!"),
    "B2": ("=A1", None),
    "B3": ("=A1", 10),
    "B4": "",
    "B5": "OK",
}


def _value(
    formula: str, cells: dict[str, CellSpec] | None = None, *, at: str = "H9"
) -> float | None:
    """What a formula gives in a cell of a sheet with the values above."""
    workbook = book(
        {
            "Main": {**(CELLS if cells is None else cells), at: (formula, 0)},
            "Other data": {"A1": 7, "A2": 8, "A3": ("=A1+A2", 15)},
        },
        names=(
            DefinedName("Rate", "0.25"),
            DefinedName("Low", "-3"),
            DefinedName("Base", "'Other data'!$A$1:$A$2"),
            DefinedName("Again", "Base"),
            DefinedName("Before", "'Main'!G1"),
            DefinedName("Made", "SUM('Other data'!$A$1:$A$2)"),
        ),
    )
    formulas = formulas_of(workbook)
    row, column = parse_cell(at)
    position = workbook.sheets[0].cells.position(row, column)
    assert position is not None
    template = int(formulas.sheets[0].template_of[position])
    return Evaluator(formulas).value(0, template, row, column)


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=A1+A2*2", 18.0),
        ("=(A1-A2)/A2", 1.5),
        ("=-A2^2", 16.0),
        ("=2^3^2", 64.0),
        ("=A1%", 0.1),
        ("=A1+A4", 11.0),
        ("=A1+A5", 10.0),
        ("=A5", 0.0),
        ("=B3*2", 20.0),
        ("=0.3-0.2-0.1", 0.0),
        ("=SUM(A1:A6)", 11.5),
        ("=SUM(A1,A2,3,TRUE)", 18.0),
        ("=SUM(A:A)", 11.5),
        ("=SUM(1:1)", None),
        ("=AVERAGE(A1:A6)", 11.5 / 3),
        ("=MIN(A1:A6)", -2.5),
        ("=MAX(A1:A6,20)", 20.0),
        ("=MIN(A7:A8)", 0.0),
        ("=COUNT(A1:A6)", 3.0),
        ("=COUNTA(A1:A6)", 5.0),
        ("=PRODUCT(A1:A6)", -100.0),
        ("=PRODUCT(A7:A8)", 0.0),
        ("=ABS(A6)", 2.5),
        ("=ROUND(2.345,2)", 2.35),
        ("=ROUND(1.005,2)", 1.01),
        ("=ROUND(-2.5,0)", -3.0),
        ("=ROUND(1250,-2)", 1300.0),
        ("=ROUNDDOWN(-2.59,1)", -2.5),
        ("=ROUNDUP(2.11,1)", 2.2),
        ("=INT(-2.5)", -3.0),
        ("=IF(A1>A2,A1,A2)", 10.0),
        ("=IF(A1<A2,A1)", None),
        ("=IF(A5=0,1,2)", 1.0),
        ('=IF(A5="",1,2)', 1.0),
        ('=IF(B4="",1,2)', 1.0),
        ('=IF(B5="ok",1,2)', 1.0),
        ('=IF(A1="ok",1,2)', 2.0),
        ("=IF(A4,5,B1)", 5.0),
        ("=IF(AND(A1>1,A2>1),5,6)", 5.0),
        ("=IF(NOT(A1>1),5,6)", 6.0),
        ("=IF(A1,A5,1)", 0.0),
        ("=IFERROR(A1/A2,0)", 2.5),
        ("='Other data'!A1*A1", 70.0),
        ("=SUM('Other data'!A1:A3)", 30.0),
        ("=Rate*A1", 2.5),
        ("=Low*A1", -30.0),
        ("=SUM(Base)", 15.0),
        ("=SUM(Again)*2", 30.0),
    ],
)
def test_a_formula_gives_what_excel_gives(formula: str, value: float | None) -> None:
    found = _value(formula)
    assert found == (None if value is None else pytest.approx(value, rel=1e-15))


@pytest.mark.parametrize(
    "formula",
    [
        "=A3+1",
        "=B1+1",
        "=SUM(A1,B1)",
        "=SUM(B1:B3)",
        "=B2*2",
        "=B4+1",
        "=1/A5",
        "=0^0",
        "=SQRT(A6)",
        "=AVERAGE(A7:A8)",
        "=A1:A2*2",
        "=SUM(H1:H9)",
        "=H9+1",
        "=SUM(A1:A6 A2:B3)",
        "=SUM((A1,A2))",
        "=SUM({1,2})",
        "=RAND()*A1",
        "=NOW()",
        "=VLOOKUP(A1,A1:B3,2)",
        "=OFFSET(A1,1,0)",
        "=[1]Sheet1!A1*2",
        "=Missing*2",
        "=Made*2",
        "=Nowhere!A1",
        "=#REF!+1",
        '="a"&"b"',
        "=A1>A2",
        "=A3",
        "=LET(x,1,x)",
        "=IFERROR(B1,0)",
        "=IF(A3,1,2)",
        "=A1+",
    ],
)
def test_what_is_not_certain_is_not_told(formula: str) -> None:
    assert _value(formula) is None


def test_a_relative_name_is_seen_from_the_cell_that_uses_it() -> None:
    # A relative name is stored as cell A1 sees it: six columns to the right.
    assert _value("=Before*2", {"H9": 6}, at="B9") == 12.0


def test_a_template_is_calculated_in_cells_that_do_not_hold_it() -> None:
    workbook = book({"A1": 1, "A2": 2, "A3": 3, "B1": ("=A1*10", 10), "B2": 5})
    assert Evaluator(formulas_of(workbook)).value(0, 0, 3, 2) == 30.0
    assert Evaluator(formulas_of(workbook)).value(0, 0, 1, 1) is None  # left of column A


def test_a_row_of_a_table_is_taken_inside_of_the_table_only() -> None:
    cells: dict[str, CellSpec] = {
        "A1": "Net",
        "B1": "Gross",
        "A2": 100,
        "A3": 200,
        "A4": 300,
        "B2": ("=Sales[[#This Row],[Net]]*2", 200),
        "B3": ("=Sales[[#This Row],[Net]]*2", 400),
    }
    workbook = book({"Sheet1": sheet(cells, tables=(("Sales", "A1:B3"),))})
    evaluator = Evaluator(formulas_of(workbook))
    assert [evaluator.value(0, 0, row, 2) for row in (2, 3, 4)] == [200.0, 400.0, None]


def test_running_totals_of_a_long_column_are_exact() -> None:
    count = 100_000
    cells: dict[str, CellSpec] = {f"A{row}": row * 0.25 for row in range(1, count + 1)}
    workbook = book({"Sheet1": sheet(cells, shared={f"B1:B{count}": "=SUM(A$1:A1)"})})
    formulas = formulas_of(workbook)
    rows = np.arange(1, count + 1)
    found = Evaluator(formulas).values(0, 0, rows, np.full(count, 2))
    assert found.tolist() == np.cumsum(rows * 0.25).tolist()


def test_small_sums_beside_huge_numbers_keep_their_digits() -> None:
    cells: dict[str, CellSpec] = {f"A{row}": 1e17 if row <= 300 else 0.1 for row in range(1, 601)}
    workbook = book({"Sheet1": sheet(cells, shared={"B1:B301": "=SUM(A1:A300)"})})
    formulas = formulas_of(workbook)
    assert Evaluator(formulas).value(0, 0, 301, 2) == pytest.approx(30.0, rel=1e-12)


def test_many_cells_at_once_give_what_they_give_alone() -> None:
    workbook = book(
        {
            "A1": 2,
            "B1": "x",
            "C1": 4,
            "D1": ("=1/0", "#DIV/0!"),
            "A2": 3,
            "A3": ("=IF(A1>3,SUM($A$1:A2)/A1,MAX(A1,A2))", 3),
        }
    )
    formulas = formulas_of(workbook)
    evaluator = Evaluator(formulas)
    template = int(formulas.sheets[0].template_of[-1])
    columns = np.arange(1, 6)
    found = evaluator.values(0, template, np.full(5, 3), columns)
    alone = [evaluator.value(0, template, 3, int(column)) for column in columns]
    assert [None if np.isnan(one) else one for one in found] == alone
    assert alone == [3.0, None, 2.25, None, 0.0]


def test_a_huge_workbook_ends_in_silence_instead_of_time() -> None:
    cells: dict[str, CellSpec] = {f"A{row}": 1.0 for row in range(1, 5_001)}
    workbook = book({"Sheet1": sheet(cells, shared={"B1:B5000": "=MAX(A$1:A1)"})})
    found = Evaluator(formulas_of(workbook)).values(0, 0, np.arange(1, 5_001), np.full(5_000, 2))
    assert np.all(np.isnan(found))  # twelve million cells would have to be looked at


QUICK = (
    "excel_to_code__model.xlsx",
    "excel_to_code__offsets.xlsx",
    "times_nz__gas.xlsx",
    "times_nz__livestock_horticulture_irrigation_patch.xlsx",
    "tidyxl__enron-constants.xlsx",
    "web_models__DCF.xlsx",
)


@pytest.mark.parametrize("name", QUICK)
def test_real_formulas_give_their_cached_values(corpus: Path, name: str) -> None:
    told, right = _agreement(read_workbook(str(corpus / name)))
    assert told >= 300
    assert right >= 0.999 * told


def _agreement(workbook: Workbook) -> tuple[int, int]:
    """How many formula cells are told, and how many of them as they were saved."""
    formulas = formulas_of(workbook)
    evaluator = Evaluator(formulas)
    told = right = 0
    for number, own in enumerate(formulas.sheets):
        cells = own.sheet.cells
        numeric = np.isin(cells.kinds, (CellKind.NUMBER, CellKind.DATE))
        for template in range(len(own.templates)):
            at = own.cells_of(template)
            found = evaluator.values(number, template, cells.rows[at], cells.columns[at])
            known = ~np.isnan(found)
            near = is_equal(found, cells.values[at]) | (np.abs(found - cells.values[at]) < 1e-9)
            told += int(np.count_nonzero(known))
            right += int(np.count_nonzero(known & numeric[at] & near))
    return told, right
