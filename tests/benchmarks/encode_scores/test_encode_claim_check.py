"""The check of claims finds what is wrong, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.benchmarks.encode_scores.address_check import Addressed, addressed
from tests.benchmarks.encode_scores.claim_check import Account, SheetTruth, checked
from tests.benchmarks.encode_scores.told_sheet import ToldSheet
from tests.books import book
from tickmark.encode.claim import Claim, DecodedSheet, FormulaText, Summary, TypeWord, Value
from tickmark.model.address import RangeRef
from tickmark.model.grid import CellKind

CELLS = {
    "A1": "Item",
    "B1": "Price",
    "A2": "x",
    "A3": "y",
    "A4": "x",
    "B2": 1.5,
    "B3": 2.5,
    "B4": 4.0,
    "C2": ("=B2*2", 3.0),
    "C3": ("=B3*2", 5.0),
    "C4": ("=B4*2", 8.0),
}


def area(a1: str) -> RangeRef:
    return RangeRef.parse(a1, sheet="Sheet1")


def text(value: str, length: int = 0) -> Value:
    return Value(CellKind.TEXT, value, length)


def number(value: float) -> Value:
    return Value(CellKind.NUMBER, value)


HEADER = Claim("Sheet1", (area("A1:B1"),), values=(text("Item"), text("Price")), line=2)
NAMES = Claim("Sheet1", (area("A2:A4"),), values=(text("x"), text("y"), text("x")), line=3)
PRICES = Claim(
    "Sheet1",
    (area("B2:B4"),),
    summary=Summary(
        TypeWord.NUMBER, low=1.5, high=4.0, total=8.0, first=number(1.5), last=number(4.0)
    ),
    line=4,
)
TWICE = Claim(
    "Sheet1",
    (area("C2:C4"),),
    values=(number(3.0), number(5.0), number(8.0)),
    formula=FormulaText("=B2*2"),
    line=5,
)
TRUE = (HEADER, NAMES, PRICES, TWICE)


def account(*claims: Claim, left_out: tuple[RangeRef, ...] = ()) -> Account:
    told = DecodedSheet("Sheet1", area("A1:C4"), claims, left_out=left_out)
    return checked(told, SheetTruth(book(CELLS).sheets[0]))


def test_true_claims_over_all_cells_have_no_fault() -> None:
    assert account(*TRUE) == Account(cells=11, once=11, exact=8, claims=4)


def test_a_cell_without_a_claim_is_missed_unless_it_was_left_out() -> None:
    told = account(*TRUE[:3])
    named = account(*TRUE[:3], left_out=(area("C2:C4"),))

    assert (told.once, told.left_out, told.said) == (8, 0, ["Sheet1!C2 has no claim"])
    assert (named.once, named.left_out, named.said) == (8, 3, [])


def test_a_cell_in_two_claims_is_wrong() -> None:
    again = Claim("Sheet1", (area("A1"),), constant=text("Item"), line=6)

    assert account(*TRUE, again).said == ["Sheet1!A1 has 2 claims"]
    assert account(*TRUE, again).wrong == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (replace(NAMES, values=(text("x"), text("y"), text("z"))), "Sheet1!A4 is 'x', not 'z'"),
        (replace(NAMES, values=(text("x"), text("y"))), "2 values for 3 cells"),
        (
            replace(NAMES, values=(text("x"), Value(CellKind.EMPTY, None), text("x"))),
            "tells a filled cell as blank",
        ),
        (
            replace(NAMES, areas=(area("A2:A5"),), values=(*NAMES.values, text("q"))),  # type: ignore[misc]
            "tells a value of a blank cell",
        ),
        (
            replace(PRICES, summary=Summary(TypeWord.INTEGER)),
            "not all numbers are whole",
        ),
        (replace(PRICES, summary=Summary(TypeWord.TEXT)), "not all cells are text"),
        (
            replace(PRICES, summary=Summary(TypeWord.NUMBER, low=1.5, high=3.0)),
            "bounds are 1.5..4.0, not 1.5..3.0",
        ),
        (
            replace(PRICES, summary=Summary(TypeWord.NUMBER, 2.0, 9.0, bounds_exact=False)),
            "1.5..4.0 is not within 2.0..9.0",
        ),
        (
            replace(PRICES, summary=Summary(TypeWord.NUMBER, total=8.5)),
            "the sum is 8.0, not 8.5",
        ),
        (
            replace(PRICES, summary=Summary(TypeWord.NUMBER, first=number(4.0))),
            "the first is 1.5, not 4.0",
        ),
        (
            replace(NAMES, values=None, summary=Summary(TypeWord.TEXT, distinct=3)),
            "2 different values, not 3",
        ),
        (
            replace(NAMES, values=None, summary=Summary(TypeWord.TEXT, samples=(text("z"),))),
            "no cell holds 'z'",
        ),
        (
            replace(TWICE, formula=FormulaText("=B2*3")),
            "Sheet1!C2 has another formula",
        ),
        (
            replace(TWICE, formula=FormulaText("=B$2*2")),
            "Sheet1!C2 has another formula",
        ),
        (
            replace(TWICE, formula=FormulaText("=B2*2", array=True)),
            "Sheet1!C2 is no array formula",
        ),
        (replace(TWICE, formula=None), "Sheet1!C2 has a formula"),
        (
            replace(PRICES, formula=FormulaText("=A2")),
            "Sheet1!B2 has no formula",
        ),
        (
            Claim("Sheet1", (area("C1"),), constant=text("?"), line=9),
            "holds 1 blank cells",
        ),
    ],
)
def test_each_kind_of_wrong_claim_is_found(wrong: Claim, said: str) -> None:
    others = [one for one in TRUE if one.areas[0].left != wrong.areas[0].left or one is HEADER]
    found = account(*others, wrong)

    assert found.wrong > 0
    assert any(one.endswith(f"line {wrong.line}: {said}") for one in found.said)


def test_a_text_that_was_cut_claims_its_beginning_and_length() -> None:
    right = account(
        HEADER, PRICES, TWICE, replace(NAMES, values=(text("x", 1), text("y"), text("x")))
    )
    wrong = account(
        HEADER, PRICES, TWICE, replace(NAMES, values=(text("x", 9), text("y"), text("x")))
    )

    assert (right.wrong, right.exact) == (0, 7)
    assert wrong.wrong == 3


def test_cells_that_a_claim_excepts_are_none_of_its_own() -> None:
    most = Claim("Sheet1", (area("A2:A4"),), excepted=(area("A3"),), constant=text("x"), line=3)
    one = Claim("Sheet1", (area("A3"),), constant=text("y"), line=4)

    assert account(HEADER, PRICES, TWICE, most, one) == Account(
        cells=11, once=11, exact=8, claims=5
    )


def test_addresses_of_other_encoders_are_right_where_their_value_is_there() -> None:
    claims = (
        Claim("Sheet1", (area("A1"), area("B1")), constant=text("Item")),
        Claim("Sheet1", (area("B2:B5"),), summary=Summary(TypeWord.NUMBER)),
        Claim("Sheet1", (area("C2:C4"),), formula=FormulaText("=B2*2")),
    )
    truth = SheetTruth(book(CELLS).sheets[0])

    assert addressed(ToldSheet("Sheet1", claims), truth) == Addressed(
        cells=11, covered=7, exact=1, addresses=9, wrong=2
    )
