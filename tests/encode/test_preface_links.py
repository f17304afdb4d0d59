"""What sheets read of each other, and under which names it may be told."""

from __future__ import annotations

import pytest

from tests.books import book, sheet
from tickmark.encode.preface_links import SheetLinks, file_name, sheet_links
from tickmark.model.workbook import DefinedName
from tickmark.structure.formulas import formulas_of


def test_references_are_counted_as_in_the_map_of_sheets() -> None:
    workbook = book(
        {
            "In": {"A1": 1},
            "Calc": sheet({"B9": "=In!A1+In!A2"}, shared={"A1:A5": "=In!B1*2"}),
            "Out": {"A1": "=Calc!A1+In!A1", "A2": "=Calc!A2", "A3": "=A1"},
        }
    )
    assert sheet_links(formulas_of(workbook)) == {
        "In": SheetLinks(read_by=(("Calc", 7), ("Out", 1))),
        "Calc": SheetLinks(reads=(("In", 7),), read_by=(("Out", 2),)),
        "Out": SheetLinks(reads=(("Calc", 2), ("In", 1))),
    }


def test_hidden_sheets_go_by_their_name_only_where_a_visible_formula_writes_it() -> None:
    rate = DefinedName("Rate", "Secret!$A$1")
    workbook = book(
        {
            "A": {"A1": "=Rate"},
            "B": {"A1": "=Secret!A1+A!A1"},
            "Secret": sheet({"A1": "=A!A1"}, state="hidden"),
            "C": sheet({"A1": "=Secret!A1", "A2": 1}, hidden_rows=((1, 1),)),
        },
        names=[rate],
    )
    found = sheet_links(formulas_of(workbook))
    assert found["A"] == SheetLinks(reads=(("", 1),), read_by=(("B", 1),), names=(rate,))
    assert found["B"].reads == (("A", 1), ("Secret", 1))
    assert found["C"] == SheetLinks()
    shown = sheet_links(formulas_of(workbook), hidden=True)
    assert shown["A"].reads == (("Secret", 1),)
    assert shown["A"].read_by == (("B", 1), ("Secret", 1))
    assert shown["C"].reads == (("Secret", 1),)


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("Budget.xlsx", "Budget.xlsx"),
        ("file:///C:\\Users\\jane\\Budget.xlsx", "Budget.xlsx"),
        ("\\\\server\\share\\a b\\Budget.xlsx", "Budget.xlsx"),
        ("/home/jane/My%20Plan.xlsx", "My Plan.xlsx"),
        ("https://example.org/x/Budget.xlsx?key=1#top", "Budget.xlsx"),
        ("Excel.Sheet|C:\\x\\Budget.xlsx", "Budget.xlsx"),
        ("/home/jane/", "jane"),
        ("", "lost"),
    ],
)
def test_other_workbooks_go_by_their_file_names(target: str, name: str) -> None:
    assert file_name(target) == name
