"""Sets of cells: counted exactly, told as few disjoint ranges."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickmark.structure import cell_set
from tickmark.structure.cell_set import CellSet
from tickmark.structure.lattices import Lattice, Lattices

SHEETS = ("One", "It's 2")


def _told(*lattices: Lattice) -> list[str]:
    return [str(span) for span in CellSet(Lattices.of(lattices), SHEETS).ranges]


@pytest.mark.parametrize(
    ("lattices", "expected"),
    [
        ([], []),
        ([Lattice(0, 2, 3)], ["One!C2"]),
        ([Lattice(0, 2, 3, 4, 2)], ["One!C2:D5"]),
        ([Lattice(0, 1, 1, 3, 1, 2, 1)], ["One!A1", "One!A3", "One!A5"]),
        ([Lattice(0, 1, 1, 3, 1, 2), Lattice(0, 2, 1, 2, 1, 2)], ["One!A1:A5"]),
        ([Lattice(0, 1, 1, 2, 3), Lattice(0, 3, 1, 2, 3)], ["One!A1:C4"]),
        ([Lattice(0, 1, 1, 1, 9), Lattice(0, 2, 1, 1, 4)], ["One!A1:D2", "One!E1:I1"]),
        ([Lattice(0, 1, 1, 9, 1), Lattice(0, 1, 2, 4, 1)], ["One!A1:A9", "One!B1:B4"]),
        (
            [Lattice(0, 2, 1, 1, 3), Lattice(0, 1, 2), Lattice(0, 3, 1, 1, 3)],
            ["One!B1", "One!A2:C3"],
        ),
        ([Lattice(1, 1, 1), Lattice(0, 9, 9)], ["One!I9", "'It''s 2'!A1"]),
        ([Lattice(0, 1, 1, 1_048_576, 2)], ["One!A1:B1048576"]),
    ],
)
def test_neighbours_are_joined_and_sorted(lattices: list[Lattice], expected: list[str]) -> None:
    assert _told(*lattices) == expected


def test_the_count_is_that_of_all_cells() -> None:
    lattices = Lattices.of([Lattice(0, 1, 1, 3, 2, 4, 2), Lattice(1, 1, 1, 1_048_576, 16_384)])
    assert CellSet(lattices, SHEETS).count == 17_179_869_190


_CELLS = st.sets(st.tuples(st.integers(0, 1), st.integers(1, 6), st.integers(1, 6)), max_size=40)


@given(_CELLS, st.randoms(use_true_random=False))
def test_ranges_hold_exactly_the_cells_and_do_not_depend_on_the_lattices(
    cells: set[tuple[int, int, int]], random: object
) -> None:
    order = sorted(cells)
    random.shuffle(order)  # type: ignore[attr-defined]
    one = CellSet(Lattices.of(Lattice(*cell) for cell in order), SHEETS)
    other = CellSet(Lattices.of(_runs(cells)), SHEETS)
    held = [
        (SHEETS.index(span.sheet), row, column)
        for span in one.ranges
        for row, column in product(
            range(span.top, span.bottom + 1), range(span.left, span.right + 1)
        )
    ]
    assert sorted(held) == sorted(cells)
    assert one.ranges == other.ranges
    assert one.count == other.count == len(cells)
    assert len(one.ranges) <= len(other.lattices)


def _runs(cells: set[tuple[int, int, int]]) -> list[Lattice]:
    """The cells as runs down the columns."""
    found = []
    for sheet, row, column in sorted(cells):
        if (sheet, row - 1, column) not in cells:
            height = 1
            while (sheet, row + height, column) in cells:
                height += 1
            found.append(Lattice(sheet, row, column, height))
    return found


def test_ranges_that_cross_too_often_are_still_disjoint_and_complete(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cell_set, "MOST_CUTS", 0)
    assert _told(Lattice(0, 1, 2), Lattice(0, 2, 1, 1, 3), Lattice(0, 3, 2)) == [
        "One!B1",
        "One!A2:C2",
        "One!B3",
    ]
