"""Each kind of error changes one formula as it says, and only where it is an error."""

from __future__ import annotations

import re
from collections.abc import Mapping
from random import Random

import pytest

from tests.benchmarks.audit_scores.mutation_kinds import (
    anchor,
    extended,
    off_by_one,
    other_sheet,
    shrunk,
    sign,
    unit,
)
from tests.benchmarks.audit_scores.sites import Site, sites
from tests.books import CellSpec, book
from tickmark.model.address import cell_address
from tickmark.structure.formulas import formulas_of

DRAWS = 60


def site(cells: Mapping[str, object], address: str, sheet: str = "Sheet1") -> Site:
    made = book(cells)
    for one in sites(formulas_of(made)):
        name = made.sheets[one.at[0]].name
        if (name, cell_address(one.row, one.column)) == (sheet, address):
            return one
    raise AssertionError(address)


def drawn(kind, one: Site) -> set[str | None]:  # noqa: ANN001 - any of the kinds
    return {kind(one, Random(seed)) for seed in range(DRAWS)}  # noqa: S311 - fixed draws


COLUMN: dict[str, CellSpec] = {f"A{row}": row for row in range(1, 9)}


def test_sites_know_the_run_they_stand_in() -> None:
    cells = {**COLUMN, **{f"B{row}": f"=A{row}*2" for row in range(1, 6)}, "D9": "=A1", "E9": "=B1"}

    middle, end, alone = site(cells, "B2"), site(cells, "B5"), site(cells, "D9")

    assert (middle.down, middle.across, middle.in_run) == ((1, 3), (0, 0), True)
    assert (end.down, end.in_run) == ((4, 0), True)
    assert (alone.across, alone.in_run) == ((0, 1), False)


def test_arrays_are_no_sites() -> None:
    assert list(sites(formulas_of(book({"A1": 1})))) == []


def test_a_range_loses_cells_at_one_end() -> None:
    one = site({**COLUMN, "A9": "=SUM(A2:A$8)"}, "A9")

    assert drawn(shrunk, one) == {
        *(f"SUM(A{row}:A$8)" for row in (3, 4, 5)),
        *(f"SUM(A2:A${row})" for row in (5, 6, 7)),
    }


def test_a_row_of_cells_is_shrunk_along_the_row() -> None:
    one = site({"A1": 1, "B1": 2, "C1": 3, "E1": "=SUM(A1:C1)"}, "E1")

    assert drawn(shrunk, one) == {"SUM(B1:C1)", "SUM(A1:B1)"}


def test_nothing_is_shrunk_that_would_lose_no_number_or_be_left_a_cell() -> None:
    blanks = site({"A4": 2, "A9": "=SUM(A1:A7)"}, "A9")
    texts = site({"A1": "x", "A2": 1, "A3": 2, "A4": "y", "A9": "=SUM(A1:A4)"}, "A9")
    two = site({"A1": 1, "A2": 1, "A9": "=SUM(A1:A2)"}, "A9")

    assert drawn(shrunk, blanks) == {None}
    assert drawn(shrunk, texts) <= {None, "SUM(A3:A4)", "SUM(A1:A2)"}
    assert drawn(shrunk, two) == {None}


def test_a_range_is_extended_onto_numbers_only() -> None:
    one = site({**COLUMN, "B2": "x", "C9": "=SUM(A3:A6)", "D9": "=SUM(A3:A8)"}, "C9")
    header = site({"A1": "x", "A2": 1, "A3": 2, "A5": "=SUM(A2:A3)"}, "A5")

    assert drawn(extended, one) == {
        *("SUM(A2:A6)", "SUM(A1:A6)"),
        *("SUM(A3:A7)", "SUM(A3:A8)"),
    }
    assert drawn(extended, header) == {None}


def test_a_reference_moves_by_one_to_a_cell_of_its_kind() -> None:
    cells = {"A1": "x", "A2": 2, "A3": 3, "B2": "y", "C2": "=A2*$A$3", "A4": "z"}

    assert drawn(off_by_one, site(cells, "C2")) == {"A3*$A$3", "A2*$A$2"}


def test_a_range_moves_by_one_as_a_whole() -> None:
    one = site({**COLUMN, "C9": "=SUM(A3:A6)"}, "C9")

    assert drawn(off_by_one, one) == {"SUM(A2:A5)", "SUM(A4:A7)"}


@pytest.mark.parametrize(
    ("formula", "wrong"),
    [
        ("=A{row}*2", {"A$3*2", "A$1*2"}),
        ("=A{row}*$F$1", {"A$3*$F$1", "A$1*$F$1", "A4*$F2", "A4*$F4"}),
        ("=$F$1", {"$F2", "$F4"}),
    ],
)
def test_a_wrong_anchor_gives_what_a_copy_would_have_got(formula: str, wrong: set[str]) -> None:
    cells = {**COLUMN, "F1": 1, **{f"B{row}": formula.format(row=row) for row in range(1, 6)}}

    found = drawn(anchor, site(cells, "B4"))

    assert found == wrong
    assert drawn(anchor, site(cells, "B1")) == {None}


def test_an_anchor_slips_along_a_row_of_copies_too() -> None:
    cells = {"A1": 1, "B1": 2, "C1": 3, "A2": "=A1*$F$1", "B2": "=B1*$F$1", "C2": "=C1*$F$1"}

    assert drawn(anchor, site(cells, "C2")) == {"$B1*$F$1", "$A1*$F$1", "C1*G$1", "C1*H$1"}


def test_one_end_of_a_range_or_both_lose_or_gain_an_anchor() -> None:
    cells = {**COLUMN, **{f"B{row}": f"=SUM(A$1:A{row})" for row in range(1, 6)}}

    assert drawn(anchor, site(cells, "B3")) == {
        *("SUM(A2:A3)", "SUM(A3:A3)"),
        *("SUM(A$1:A$2)", "SUM(A$1:A$1)"),
    }


def test_one_sign_between_operands_is_flipped() -> None:
    one = site({**COLUMN, "C1": "=-A1+A2-(A3-1)*2E+3"}, "C1")

    assert drawn(sign, one) == {
        "-A1-A2-(A3-1)*2E+3",
        "-A1+A2+(A3-1)*2E+3",
        "-A1+A2-(A3+1)*2E+3",
    }


def test_a_formula_without_plus_and_minus_gets_a_minus() -> None:
    assert drawn(sign, site({**COLUMN, "C1": "=SUM(A1:A3)*2"}, "C1")) == {"-SUM(A1:A3)*2"}
    assert drawn(sign, site({**COLUMN, "C1": "=A1>A2"}, "C1")) == {None}


def test_a_factor_stands_behind_the_whole_formula() -> None:
    product = drawn(unit, site({**COLUMN, "C1": "=A1*A2"}, "C1"))
    total = drawn(unit, site({**COLUMN, "C1": "=A1+(A2)"}, "C1"))

    assert {"A1*A2*1000", "A1*A2/12"} < product
    assert {"(A1+(A2))*1000", "(A1+(A2))/12"} < total
    assert all(re.fullmatch(r".*[*/](1000|100|12)", text or "") for text in product | total)


def test_a_reference_finds_the_same_place_on_another_sheet() -> None:
    three = {
        "Jan": {"B2": 1},
        "Feb 2": {"B2": 2},
        "Mar": {"B2": "text"},
        "Total": {"A1": "=Jan!B2*A2", "A2": 3},
    }

    assert drawn(other_sheet, site(three, "A1", "Total")) == {"'Feb 2'!B2*A2"}


def test_a_reference_without_sheet_may_get_one() -> None:
    two = {"Plan": {"A1": 1, "A2": "=A1*2"}, "Actual": {"A1": 5}}

    assert drawn(other_sheet, site(two, "A2", "Plan")) == {"Actual!A1*2"}
    assert drawn(other_sheet, site({"A1": 1, "A2": "=A1*2"}, "A2")) == {None}


def test_whole_columns_and_other_workbooks_are_left_alone() -> None:
    one = site({**COLUMN, "C1": "=SUM(A:A)+[1]Sheet1!A1"}, "C1")

    for kind in (shrunk, extended, off_by_one, other_sheet):
        assert drawn(kind, one) == {None}
