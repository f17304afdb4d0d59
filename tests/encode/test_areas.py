"""Addresses of lines: rectangles, boxes with exceptions, stripes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickmark.encode.areas import address, addresses, areas_of
from tickmark.encode.decode import decode


def described(cells: set[tuple[int, int]], label: int = 7) -> str:
    """The areas of cells of one label."""
    rows, columns = np.array(sorted(cells), np.int64).T
    found = areas_of(rows, columns, np.full(len(rows), label))
    assert set(found.labels.tolist()) | set(found.excepted_labels.tolist()) == {label}
    text = addresses([tuple(one) for one in found.rectangles.tolist()])
    excepted = addresses([tuple(one) for one in found.excepted.tolist()])
    return f"{text} except {excepted}" if excepted else text


BLOCK = {(row, column) for row in range(5, 21) for column in range(2, 7)}


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        ({(5, 2)}, "B5"),
        (BLOCK, "B5:F20"),
        (BLOCK - {(7, 3)}, "B5:F20 except C7"),
        (BLOCK - {(7, 3), (9, 4), (9, 5)}, "B5:F20 except C7,D9:E9"),
        ({(1, 1), (9, 9)}, "A1,I9"),
        ({(row, 1) for row in range(1, 30) if row % 10}, "A1:A29 except A10,A20"),
        ({(row, 2) for row in range(5, 51, 3)}, "B5:B50//3"),
        ({(row, column) for row in (5, 6) for column in range(3, 20, 2)}, "C5:S6/2"),
    ],
)
def test_cells_are_told_by_few_addresses(cells: set[tuple[int, int]], wanted: str) -> None:
    assert described(cells) == wanted


def test_rectangles_are_written_with_their_corners() -> None:
    assert [address(one) for one in ((5, 2, 5, 2), (5, 2, 9, 4), (1, 16_384, 1, 16_384))] == [
        "B5",
        "B5:D9",
        "XFD1",
    ]


def test_two_lines_are_no_stripes_and_touching_ones_neither() -> None:
    assert addresses([(1, 1, 4, 1), (1, 3, 4, 3)]) == "A1:A4,C1:C4"
    assert addresses([(1, 1, 4, 1), (1, 2, 4, 2), (1, 3, 4, 3)]) == "A1:A4,B1:B4,C1:C4"
    assert addresses([(1, 1, 4, 2), (1, 4, 4, 5), (1, 7, 4, 8)]) == "A1:B4,D1:E4,G1:H4"


def test_stripes_stand_among_other_areas() -> None:
    areas = [(1, 1, 1, 1), (3, 1, 3, 5), (5, 1, 5, 5), (7, 1, 7, 5), (9, 2, 9, 5)]
    assert addresses(areas) == "A1,A3:E7//2,B9:E9"


CELLS = st.sets(st.tuples(st.integers(1, 12), st.integers(1, 8)), min_size=1)


@given(CELLS, CELLS)
def test_the_areas_of_each_label_hold_just_its_cells(
    some: set[tuple[int, int]], others: set[tuple[int, int]]
) -> None:
    label_of = dict.fromkeys(some, 3) | dict.fromkeys(others, 5)
    rows, columns = np.array(sorted(label_of), np.int64).T
    labels = np.array([label_of[cell] for cell in sorted(label_of)])
    found = areas_of(rows, columns, labels)
    for label in (3, 5):
        told = [
            cell
            for edges in found.rectangles[found.labels == label].tolist()
            for cell in _inside(tuple(edges))
        ]
        out = [
            cell
            for edges in found.excepted[found.excepted_labels == label].tolist()
            for cell in _inside(tuple(edges))
        ]
        assert len(told) == len(set(told))
        assert len(out) == len(set(out))
        assert set(out) <= set(told)
        assert set(told) - set(out) == {cell for cell in label_of if label_of[cell] == label}


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9), st.integers(1, 3)), max_size=9))
def test_addresses_are_read_back_as_their_areas(some: list[tuple[int, int, int]]) -> None:
    areas = [(at * 9, left, at * 9 + high, left + 1) for at, (left, _, high) in enumerate(some, 1)]
    areas += [
        (200 + step, 3, 200 + step, 5) for _, step, _ in some[:1] for step in (0, step, 2 * step)
    ]
    areas += [(300, column, 302, column) for column in range(1, 20, 3)]
    (claim,) = decode(f"# S|A1:Z400\n{addresses(areas)} <num>")[0].claims
    assert [(one.top, one.left, one.bottom, one.right) for one in claim.areas] == areas


def _inside(edges: tuple[int, ...]) -> list[tuple[int, int]]:
    top, left, bottom, right = edges
    return [(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)]
