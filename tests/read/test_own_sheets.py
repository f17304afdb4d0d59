"""Results that Tickmark wrote into an open workbook are passed over, and that is said."""

from __future__ import annotations

from dataclasses import replace

from tests.books import book
from tickmark.model.workbook import DefinedName
from tickmark.read.own_sheets import without_own_sheets


def test_a_marked_sheet_is_left_out_with_its_names_and_a_note() -> None:
    workbook = book({"P&L": {"A1": 1}, "Tickmark audit": {"A1": "#REF!"}})
    marked = replace(
        workbook,
        names=(
            DefinedName("_Tickmark_Sheet", "'Tickmark audit'!$A$1", sheet="Tickmark audit"),
            DefinedName("rate", "'P&L'!$A$1"),
        ),
    )

    rest = without_own_sheets(marked)

    assert [one.name for one in rest.sheets] == ["P&L"]
    assert [name.name for name in rest.names] == ["rate"]
    assert rest.notes == (
        "Passed over, since Tickmark's mark says that it wrote them: Tickmark audit.",
    )


def test_a_workbook_without_marks_stays_as_it_is() -> None:
    workbook = book({"P&L": {"A1": 1}})
    assert without_own_sheets(workbook) is workbook


def test_a_mark_of_the_whole_workbook_takes_no_sheet() -> None:
    names = (DefinedName("_Tickmark_Sheet", "P&L!$A$1"),)
    workbook = replace(book({"P&L": {"A1": 1}}), names=names)
    assert without_own_sheets(workbook) is workbook
