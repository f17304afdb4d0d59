"""Copied formulas: shifted text, R1C1 notation, members of shared formulas."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.formula.translate import Translator

from tests.books import book, sheet
from tickmark.model.address import cell_address
from tickmark.model.grid import FormulaGroup, FormulaKind
from tickmark.model.workbook import Sheet
from tickmark.structure.relative import formula_text, r1c1, shift


@pytest.mark.parametrize(
    ("text", "rows", "columns", "expected"),
    [
        ("A1+$A1+A$1+$A$1", 2, 1, "B3+$A3+B$1+$A$1"),
        ("SUM(A1:B2)", 1, 1, "SUM(B2:C3)"),
        ("A:A+$A:B", 5, 1, "B:B+$A:C"),
        ("1:1+$1:2", 1, 5, "2:2+$1:3"),
        ("Sheet1!A1+'A1'!B1+[1]S!C1", 1, 0, "Sheet1!A2+'A1'!B2+[1]S!C2"),
        ('LOG10(A1)&"A1"', 1, 0, 'LOG10(A2)&"A1"'),
        ("Rate*TAX1x+A1.B", 1, 1, "Rate*TAX1x+A1.B"),
        ("Sales[A1]+Sales[@A1]", 1, 1, "Sales[A1]+Sales[@A1]"),
        ("A1 + B1", 1, 0, "A2 + B2"),
        ("A1", -1, 0, "A1048576"),
        ("A1", 0, -1, "XFD1"),
        ("XFD1048576", 1, 1, "A1"),
        ("A2:A1048576", 1, 0, "A1:A3"),
        ("SUM(A$5:A10)", -8, 0, "SUM(A2:A$5)"),
        ("SUM($D1:F1)", 0, -4, "SUM(B1:$D1)"),
        ("A1#+@B1", 1, 0, "A2#+@B2"),
        ('A1&"open', 1, 0, 'A2&"open'),
        ("A1", 0, 0, "A1"),
    ],
)
def test_copying_moves_what_is_relative_and_nothing_else(
    text: str, rows: int, columns: int, expected: str
) -> None:
    assert shift(text, rows, columns) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A1+B2+$C$3", "R[-1]C[-1]+RC+R3C3"),
        ("SUM(B$1:B1)", "SUM(R1C:R[-1]C)"),
        ("A:$C", "C[-1]:C3"),
        ("1:$3", "R[-1]:R3"),
        ("Sheet1!C4", "Sheet1!R[2]C[1]"),
        ('"A1"&LOG10(Rate)', '"A1"&LOG10(Rate)'),
    ],
)
def test_references_are_told_from_the_cell_b2(text: str, expected: str) -> None:
    assert r1c1(text, 2, 2) == expected


COLUMNS = st.integers(30, 60)
ROWS = st.integers(30, 60)
CELLS = st.builds(
    lambda row, column, one, two: (
        one + cell_address(row, column).rstrip("0123456789") + two + str(row)
    ),
    ROWS,
    COLUMNS,
    st.sampled_from(["", "$"]),
    st.sampled_from(["", "$"]),
)
FORMULAS = st.lists(
    CELLS
    | st.sampled_from(
        ["+", "*", "SUM(", ")", ",", '"A1"', "Sheet2!", "'x y'!", "Rate", "10%", ":"]
    ),
    max_size=12,
).map("+".join)


@given(FORMULAS, st.integers(-20, 20), st.integers(-20, 20))
def test_a_copy_has_the_same_r1c1_text_in_its_own_cell(text: str, rows: int, columns: int) -> None:
    assert r1c1(shift(text, rows, columns), 5 + rows, 5 + columns) == r1c1(text, 5, 5)


@given(FORMULAS, st.integers(-20, 20), st.integers(-20, 20))
def test_a_copy_moved_back_is_the_formula_again(text: str, rows: int, columns: int) -> None:
    assert shift(shift(text, rows, columns), -rows, -columns) == text


@given(st.lists(CELLS, min_size=1, max_size=6), st.integers(-20, 20), st.integers(-20, 20))
def test_shifting_agrees_with_openpyxl(cells: list[str], rows: int, columns: int) -> None:
    text = "SUM(" + ",".join(cells) + ')&"A1"'
    theirs = Translator("=" + text, origin="BB70").translate_formula(
        row_delta=rows, col_delta=columns
    )
    assert "=" + shift(text, rows, columns) == theirs


@given(st.text(max_size=40))
def test_any_text_can_be_shifted_and_told_in_r1c1(text: str) -> None:
    assert shift(shift(text, 1, 1), -1, -1).casefold() == text.casefold()  # columns in upper case
    assert r1c1(text, 3, 3) == r1c1(shift(text, 2, 5), 5, 8)


def _texts(page: Sheet) -> dict[str, str]:
    return {cell.a1: formula_text(page, at) for at, cell in enumerate(page.cells)}


def test_members_of_a_shared_formula_get_their_own_text() -> None:
    page = book({"S": sheet({"A1": 1}, shared={"B2:C3": "=A1*$A$1"})}).sheets[0]
    assert _texts(page) == {
        "A1": "",
        "B2": "=A1*$A$1",
        "C2": "=B1*$A$1",
        "B3": "=A2*$A$1",
        "C3": "=B2*$A$1",
    }


def test_an_ordinary_formula_is_its_text_wherever_it_stands() -> None:
    page = book({"A1": "=$B$1", "A2": "=$B$1"}).sheets[0]
    assert _texts(page) == {"A1": "=$B$1", "A2": "=$B$1"}


def test_an_array_formula_does_not_move() -> None:
    page = book({"S": sheet({}, shared={"A1:A2": "=B1:B2*2"})}).sheets[0]
    area = page.cells.formula_groups[0].range
    page.cells.formula_groups[0] = FormulaGroup(FormulaKind.ARRAY, 1, 1, area)  # type: ignore[index]
    assert _texts(page) == {"A1": "=B1:B2*2", "A2": "=B1:B2*2"}


def test_prefixes_that_only_files_carry_are_not_shown() -> None:
    stored = '=_xlfn.LET(_xlpm.x,_xlfn._xlws.FILTER(A1:A9,B1:B9),_xlpm.x&"_xlfn.x")'
    page = book({"C1": stored}).sheets[0]
    assert _texts(page) == {"C1": '=LET(x,FILTER(A1:A9,B1:B9),x&"_xlfn.x")'}
