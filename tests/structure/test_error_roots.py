"""Error values: the cause is told from the trail."""

from __future__ import annotations

import pytest

from tests.books import CellSpec, book, sheet
from tickmark.model.address import cell_address
from tickmark.model.workbook import Workbook
from tickmark.structure.error_roots import error_roots
from tickmark.structure.formulas import formulas_of

DIV, NA = "#DIV/0!", "#N/A"


def _roots(workbook: Workbook) -> dict[str, int]:
    found = {}
    for root in error_roots(formulas_of(workbook)):
        page = workbook.sheets[root.sheet]
        cell = page.cells[root.position]
        found[f"{page.name}!{cell_address(cell.row, cell.column)} {root.error}"] = root.followers
    return found


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"A1": ("=1/0", DIV)}, {"Sheet1!A1 #DIV/0!": 0}),
        ({"A1": DIV}, {"Sheet1!A1 #DIV/0!": 0}),
        ({"A1": ("=1/0", DIV), "A2": ("=A1+1", DIV), "A3": ("=A2", DIV)}, {"Sheet1!A1 #DIV/0!": 2}),
        ({"A1": DIV, "B9": ("=SUM(A:A)", DIV)}, {"Sheet1!A1 #DIV/0!": 1}),
        ({"A1": DIV, "A2": ("=A1", NA)}, {"Sheet1!A1 #DIV/0!": 0, "Sheet1!A2 #N/A": 0}),
        ({"A1": DIV, "A2": ("=ROW(A1)/0", DIV)}, {"Sheet1!A1 #DIV/0!": 0, "Sheet1!A2 #DIV/0!": 0}),
        ({"A1": ("=A2", DIV), "A2": ("=A1", DIV)}, {"Sheet1!A1 #DIV/0!": 1}),
        ({"A1": ("=A1", DIV)}, {"Sheet1!A1 #DIV/0!": 0}),
        ({"A1": 1, "A2": "#text"}, {}),
    ],
)
def test_a_cell_follows_where_a_direct_precedent_has_the_same_error(
    cells: dict[str, CellSpec], expected: dict[str, int]
) -> None:
    assert _roots(book(cells)) == expected


def test_an_error_is_followed_to_another_sheet() -> None:
    workbook = book({"A": {"A1": ("=B!B2*2", NA)}, "B": {"B2": ("=NA()", NA)}})
    assert _roots(workbook) == {"B!B2 #N/A": 1}


def test_members_of_a_shared_formula_follow_each_other() -> None:
    cells: dict[str, CellSpec] = {f"B{row}": NA for row in range(1, 6)}
    workbook = book({"S": sheet(cells, shared={"B2:B5": "=B1"})})
    assert _roots(workbook) == {"S!B1 #N/A": 4}
