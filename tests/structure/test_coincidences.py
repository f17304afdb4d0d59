"""References of a block that meet in some cells tell these once, by the stronger use."""

from __future__ import annotations

import pytest

from tests.books import book
from tests.structure.edge_pairs import told_by_references
from tickmark.structure.block_references import block_references
from tickmark.structure.blocks import blocks_of
from tickmark.structure.coincidences import each_pair_once
from tickmark.structure.edge_table import BASE, BY_ROW, HEIGHT, TOP, USE, cells
from tickmark.structure.formulas import Formulas, formulas_of

Shown = tuple[int, int, list[int], list[int], int]


def _filled(text: str, rows: int) -> Formulas:
    return formulas_of(
        book({f"D{row}": "=" + text.format(r=row, p=row - 1) for row in range(2, rows + 2)})
    )


def _once(formulas: Formulas) -> list[Shown]:
    """First row, number of rows, target, moves and use of each edge."""
    (table,) = block_references(formulas, blocks_of(formulas))
    found = each_pair_once(table)
    assert int(cells(found).sum()) == len(told_by_references(formulas))
    return sorted(
        (column[TOP], column[HEIGHT], column[BASE], column[BY_ROW], column[USE])
        for column in found.T.tolist()
    )


STILL, DOWN = [0, 0, 0, 0], [1, 0, 1, 0]


def test_equal_references_are_one() -> None:
    assert _once(_filled("A{r}+A{r}+ROW(A{r})", 4)) == [(2, 4, [2, 1, 2, 1], DOWN, 0)]


def test_a_moving_and_a_fixed_reference_meet_in_one_row() -> None:
    assert _once(_filled("A{r}+$A$4", 5)) == [
        (2, 2, [4, 1, 4, 1], STILL, 0),
        (2, 5, [2, 1, 2, 1], DOWN, 0),
        (5, 2, [4, 1, 4, 1], STILL, 0),
    ]


def test_the_weaker_use_gives_way() -> None:
    assert _once(_filled("ROW(A{r})+$A$2", 3)) == [
        (2, 3, [2, 1, 2, 1], STILL, 0),
        (3, 2, [3, 1, 3, 1], DOWN, 3),
    ]


def test_a_running_sum_meets_its_last_cell_in_the_first_row() -> None:
    assert _once(_filled("SUM(A$2:A{r})+A{r}", 3)) == [
        (2, 3, [2, 1, 2, 1], [0, 0, 1, 0], 0),
        (3, 2, [3, 1, 3, 1], DOWN, 0),
    ]


def test_references_that_never_meet_stay_whole() -> None:
    assert _once(_filled("A{r}+$B$3+A{p}", 3)) == [
        (2, 3, [1, 1, 1, 1], DOWN, 0),
        (2, 3, [2, 1, 2, 1], DOWN, 0),
        (2, 3, [3, 2, 3, 2], STILL, 0),
    ]


def test_beyond_what_is_compared_nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tickmark.structure.coincidences.MOST_COMPARED", 0)
    formulas = _filled("A{r}+$A$4", 5)
    (table,) = block_references(formulas, blocks_of(formulas))
    assert int(cells(each_pair_once(table)).sum()) == 10
