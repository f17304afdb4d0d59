"""Foretelling copies in the same column: one by one and many at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.structure.formula_texts import FORMULAS
from tickmark.structure.pieces import a1_text, pieces, split
from tickmark.structure.row_pattern import RowPattern, row_pattern


def _pattern(text: str, row: int) -> RowPattern:
    return row_pattern(split(text), row)


def test_a_pattern_has_a_gap_for_each_relative_row() -> None:
    assert _pattern("SUM(A1:$B$2)*C9%+1:$3", 5) == RowPattern(
        "SUM(A%s:$B$2)*C%s%%+%s:$3", (-4, 4, -4), 5, 1_048_572
    )


@given(FORMULAS, st.integers(-19, 40))
def test_a_pattern_foretells_copies_in_its_column(text: str, rows: int) -> None:
    assert _pattern(text, 70).text(70 + rows) == a1_text(pieces(text, 70, 9), 70 + rows, 9)


def test_a_pattern_holds_only_where_no_reference_leaves_the_sheet() -> None:
    pattern = _pattern("A1+A9", 5)
    assert (pattern.first, pattern.last) == (5, 1_048_572)
    assert not pattern.holds(4, "A0+A8")
    assert pattern.holds(6, "A2+A10")
    assert not pattern.holds(6, "A2+A9")


@pytest.mark.parametrize(
    ("texts", "copies"),
    [
        (["A2+B$1", "A3+B$1", "A4+B$1"], 3),
        (["A2+B$1", "A3+B$1", "A5+B$1"], 2),
        (["A2+B$1", "A3+B$2", "A4+B$1"], 1),
        (["A9", "A3+B$1", "A4+B$1"], 0),
        (["A2+B$1", "A3+B$1", "A4+B$10"], 2),
        (["A2+B$1", "A3+B$1", "A4+B$"], 2),
        (["A2+B$1\x00A3+B$1", "A4+B$1", "A5"], 0),
    ],
)
def test_many_formulas_are_compared_at_once(texts: list[str], copies: int) -> None:
    assert _pattern("A2+B$1", 2).matches([2, 3, 4], texts) == copies


def test_rows_may_be_left_out_between_copies() -> None:
    pattern = _pattern("A2*C2", 2)
    assert pattern.matches([2, 5, 6], ["A2*C2", "A5*C5", "A6*C6"]) == 3
    assert pattern.matches([2, 5, 6], ["A2*C2", "A3*C3", "A6*C6"]) == 1


def test_rows_whose_references_would_leave_the_sheet_are_no_copies() -> None:
    assert _pattern("A1", 2).matches([1, 2], ["A0", "A1"]) == 0


@given(
    FORMULAS,
    st.lists(st.integers(60, 90), min_size=1, max_size=12, unique=True).map(sorted),
    st.sets(st.integers(0, 11)),
)
def test_comparing_at_once_finds_what_comparing_one_by_one_finds(
    text: str, rows: list[int], others: set[int]
) -> None:
    pattern = _pattern(text, 60)
    texts = [pattern.text(row) for row in rows]
    for at in others & set(range(len(rows))):
        texts[at] += "1"
    copies = min((at for at in others if at < len(rows)), default=len(rows))
    assert pattern.matches(rows, texts) == copies
