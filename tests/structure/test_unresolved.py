"""References that lead nowhere are found with their reason, and no others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.books import book, sheet
from tickmark.model.address import CellRef
from tickmark.model.workbook import DefinedName, SheetFailure, Workbook
from tickmark.structure.formulas import formulas_of
from tickmark.structure.unresolved import Reason, Unresolved, unresolved

NAMES = (
    DefinedName("Rate", "Data!$A$1"),
    DefinedName("Gone", "#REF!"),
    DefinedName("Behind", "Gone*2"),
    DefinedName("Pi", "3.14"),
    DefinedName("Own", "Data!$A$2", sheet="Data"),
)
TABLE = sheet({"A1": "Item", "B1": "Price", "A2": 1, "B2": 2}, tables=(("Prices", "A1:B2"),))


def with_formula(text: str) -> Workbook:
    return book({"Data": {"A1": 1, "C3": text}, "Table": TABLE}, names=NAMES)


@pytest.mark.parametrize(
    ("formula", "reason", "text"),
    [
        ("=A1+#REF!", Reason.LOST, "#REF!"),
        ("=Data!#REF!", Reason.LOST, "Data!#REF!"),
        ("=Gone*2", Reason.LOST, "Gone"),
        ("=Behind", Reason.LOST, "Behind"),
        ("=Nowhere!A1", Reason.UNKNOWN_SHEET, "Nowhere!A1"),
        ("=SUM(Data:Nowhere!A1)", Reason.UNKNOWN_SHEET, "Data:Nowhere!A1"),
        ("=Nowhere!Own", Reason.UNKNOWN_SHEET, "Nowhere!Own"),
        ("=Typo+1", Reason.UNKNOWN_NAME, "Typo"),
        ("=SUM(Lost[Price])", Reason.UNKNOWN_TABLE, "Lost[Price]"),
        ("=SUM(Prices[Weight])", Reason.UNKNOWN_TABLE, "Prices[Weight]"),
    ],
)
def test_what_leads_nowhere_is_found(formula: str, reason: Reason, text: str) -> None:
    assert unresolved(formulas_of(with_formula(formula))) == (
        Unresolved(reason, text, CellRef("Data", 3, 3), 1),
    )


@pytest.mark.parametrize(
    "formula",
    [
        "=A1+Z99",
        "=data!A1",
        "=SUM(Data:Table!A1)",
        "=Rate*Pi+Own",
        "=Data!Own",
        "=SUM(Prices[Price])+SUM(Prices)",
        "=[1]Other!A1",
        "=[1]!Name",
        "=LET(x,A1,x*2)",
        "=LAMBDA(y,y+1)(A1)",
        '=IF(TRUE,"Nowhere!A1",1)',
        "=SUM({1,2})",
    ],
)
def test_what_leads_somewhere_or_into_another_workbook_is_not(formula: str) -> None:
    assert unresolved(formulas_of(with_formula(formula))) == ()


def test_each_text_comes_once_a_sheet_with_all_its_cells() -> None:
    workbook = book(
        {
            "B": {"A9": "=Typo+1", "B2": "=Typo*2", "C2": "=#REF!+Typo+Typo"},
            "A": sheet({}, shared={"A1:A50": "=B1*Typo"}),
        }
    )

    assert unresolved(formulas_of(workbook)) == (
        Unresolved(Reason.UNKNOWN_NAME, "Typo", CellRef("B", 2, 2), 3),
        Unresolved(Reason.LOST, "#REF!", CellRef("B", 2, 3), 1),
        Unresolved(Reason.UNKNOWN_NAME, "Typo", CellRef("A", 1, 1), 50),
    )


def test_a_sheet_that_could_not_be_read_is_no_unknown_one() -> None:
    workbook = replace(
        book({"Data": {"A1": "=Damaged!B2"}}), failures=(SheetFailure("Damaged", "…"),)
    )

    assert unresolved(formulas_of(workbook)) == (
        Unresolved(Reason.UNREAD_SHEET, "Damaged!B2", CellRef("Data", 1, 1), 1),
    )


def test_a_formula_that_is_none_is_told_whole() -> None:
    found = unresolved(formulas_of(book({"A1": "=SUM(B1", "A2": "=B1+"})))

    assert found == (
        Unresolved(Reason.UNREADABLE, "SUM(B1", CellRef("Sheet1", 1, 1), 1),
        Unresolved(Reason.UNREADABLE, "B1+", CellRef("Sheet1", 2, 1), 1),
    )
