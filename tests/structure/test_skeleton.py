"""Skeletons: formulas of one shape are read once, whatever their addresses are."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.structure.formula_texts import FORMULAS, JUNK
from tickmark.structure.pieces import split
from tickmark.structure.references import references
from tickmark.structure.skeleton import skeleton
from tickmark.structure.tokens import TokenKind, tokens

CELLS = (TokenKind.AREA, TokenKind.CELL, TokenKind.COLUMNS, TokenKind.ROWS)
MARKS = [
    "1",
    "2.5",
    '"x 1"',
    "1e5",
    "+",
    ":",
    ".",
    "#",
    "!",
    "(",
    ")",
    ",",
    "'",
    "$",
    "[",
    "-",
    ".:.",
    "LET(",
]
WORDS = ["A1", "$A$1", "A:A", "1:2", "R", "C", "[1]", "1", "e5", "X", "Sheet1!", "#REF!", "R[-1]C"]


def test_formulas_of_one_shape_have_one_skeleton() -> None:
    assert skeleton(split("SUM(A1:B2)*2")) is skeleton(split("SUM($C:$C)*2"))
    assert skeleton(split("SUM(A1:B2)*2")) is not skeleton(split("SUM(A1:B2)/2"))


def test_formulas_that_differ_in_constants_have_one_skeleton() -> None:
    assert skeleton(split('IF(A1>1.5e3,"yes",2)')) is skeleton(split('IF(B9>7,"a ""b"" 3",.5)'))
    assert skeleton(split("LOG10(A1)")) is not skeleton(split("LOG2(A1)"))


def test_a_skeleton_tells_the_functions_that_are_called() -> None:
    made = skeleton(split("_xlfn.LET(_xlpm.f,A1,_xlpm.f(1)+sum(_xlfn._xlws.SORT(B1)))"))
    assert made.calls == {"LET", "SUM", "SORT"}


@given(st.lists(st.sampled_from([*MARKS, *WORDS]), max_size=9).map("".join) | JUNK | FORMULAS)
def test_other_addresses_in_their_place_change_nothing_beside_them(text: str) -> None:
    found = split(text)
    other = list(tokens("$A$1:$A$1".join(before for before, _ in found)))
    assert [token for token in other if token.kind not in CELLS] == [
        token for token in tokens(text) if token.kind not in CELLS
    ]
    assert sum(token.kind in CELLS for token in other) == len(found) - 1


@given(st.lists(st.sampled_from([*MARKS, *WORDS]), max_size=9).map("".join) | JUNK | FORMULAS)
def test_other_constants_change_nothing(text: str) -> None:
    shared = skeleton(split(text))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tickmark.structure.skeleton._CONSTANT", re.compile("(?!)"))
        assert skeleton(split(text)) == shared


@given(FORMULAS)
def test_each_address_of_a_formula_belongs_to_one_reference(text: str) -> None:
    addresses = sum(token.kind in CELLS for token in tokens(text))
    slots = skeleton(split(text)).slots
    assert sum(len(slot.prefixes) for slot in slots) == addresses
    assert len(references(text, "S")) == len(slots)
