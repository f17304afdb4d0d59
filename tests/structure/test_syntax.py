"""What is a formula and what is none."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.structure.formula_texts import FORMULAS, JUNK
from tickmark.structure.syntax import first_error
from tickmark.structure.tokens import tokens

GOOD = [
    "A1",
    "-A1%^-2%",
    "IF(A1,,B1)",
    "SUM(,A1)",
    "PI( )",
    " A1 + B1 ",
    "A1:C3 B2:D4",
    "SUM((A1,B1))",
    "LAMBDA(x,x)(A1)",
    "{1,-2;#N/A,TRUE}",
    "@A1#",
    "Sheet1!A1:Sheet1!B2",
    "#REF!A1+#REF!$B$2",
    "[1]!'an item'",
    "Jan!#REF!",
    "!A1",
    "A1>=B1<>C1",
]
BAD = [
    ("", 0),
    ("A1+", 2),
    ("A1)", 1),
    ("SUM(A1", 3),
    ("(A1}", 2),
    ("A1{1}", 1),
    ("*A1", 0),
    ("A1 B1,,C1}", 4),
    ('A1"x"', 1),
    ("SUM A1)(", 3),
    ("A1&'x", 2),
    ("Sheet1!", 1),
    (",A1", 0),
]


@pytest.mark.parametrize("text", GOOD)
def test_a_formula_is_one(text: str) -> None:
    assert first_error(list(tokens(text))) == -1


@pytest.mark.parametrize(("text", "at"), BAD)
def test_the_first_token_that_does_not_fit_is_told(text: str, at: int) -> None:
    assert first_error(list(tokens(text))) == at


@given(FORMULAS)
def test_whatever_is_put_together_as_a_formula_is_one(text: str) -> None:
    assert first_error(list(tokens(text))) == -1


@given(JUNK)
def test_any_tokens_are_judged(text: str) -> None:
    found = list(tokens(text))
    assert -1 <= first_error(found) <= len(found)
