"""Which rows a picture of a sheet shows."""

from __future__ import annotations

import numpy as np
import pytest

from tickmark.report.regions_axis import (
    Interval,
    Lanes,
    inside,
    lanes_of,
    marks_of,
    placed,
    tiles_of,
)


def runs(lanes: Lanes | None) -> list[tuple[int, int, bool]]:
    """First line, last line and whether they are a break; lanes of one line joined to runs."""
    assert lanes is not None
    found: list[tuple[int, int, bool]] = []
    for first, last, is_break in zip(lanes.firsts, lanes.lasts, lanes.breaks, strict=True):
        if found and not is_break and not found[-1][2] and first == last:
            found[-1] = (found[-1][0], int(last), False)
        else:
            found.append((int(first), int(last), bool(is_break)))
    return found


def test_few_lines_are_all_shown() -> None:
    lanes = lanes_of((1, 9), marks_of([(2, 9)], [2], []), 20)

    assert runs(lanes) == [(1, 9, False)]


def test_a_blank_stretch_is_a_break_and_a_short_one_is_shown() -> None:
    marks = marks_of([(1, 5), (10, 12), (100, 103)], [], [])

    assert runs(lanes_of((1, 103), marks, 50)) == [
        (1, 14, False),
        (15, 97, True),
        (98, 103, False),
    ]


def test_a_long_table_shows_its_top_its_bottom_and_what_differs_inside() -> None:
    marks = marks_of([(1, 50_000)], [1], [20_000])

    assert runs(lanes_of((1, 50_000), marks, 100)) == [
        (1, 14, False),
        (15, 19_987, True),
        (19_988, 20_012, False),
        (20_013, 49_987, True),
        (49_988, 50_000, False),
    ]


def test_what_differs_inside_gives_way_before_the_edges_do() -> None:
    marks = marks_of([(1, 5_000)], [1], range(10, 5_000, 5))

    assert runs(lanes_of((1, 5_000), marks, 100)) == [
        (1, 8, False),
        (9, 4_993, True),
        (4_994, 5_000, False),
    ]


def test_too_many_edges_need_tiles() -> None:
    marks = marks_of([(row, row + 2) for row in range(1, 5_000, 5)], [], [])

    assert lanes_of((1, 5_000), marks, 100) is None
    tiles = tiles_of((1, 5_000), marks, 100)
    assert (len(tiles), tiles.tile, bool(tiles.breaks.any())) == (100, 50, False)
    assert (tiles.of(1), tiles.of(51), tiles.of(5_000)) == (0, 1, 99)


def test_tiles_leave_a_blank_stretch_out() -> None:
    marks = marks_of([*((row, row) for row in range(1, 400, 2)), (1_000_000, 1_000_000)], [], [])

    tiles = tiles_of((1, 1_000_000), marks, 100)

    assert tiles.breaks.sum() == 1
    assert (len(tiles), tiles.tile) == (83, 5)
    assert tiles.lasts.tolist() == [*(tiles.firsts[1:] - 1).tolist(), 1_000_000]
    assert tiles.lasts[tiles.breaks].tolist() == [999_997]


@pytest.mark.parametrize("most", [10, 60, 300])
def test_lanes_follow_each_other_over_the_whole_span(most: int) -> None:
    random = np.random.default_rng(6)
    for _ in range(30):
        tops = np.sort(random.integers(3, 20_000, 40)).tolist()
        edges: list[Interval] = [(top, top + int(random.integers(0, 300))) for top in tops]
        last = max(bottom for _, bottom in edges)
        marks = marks_of(edges, [top + 1 for top in tops], random.integers(3, last, 50).tolist())
        lanes = lanes_of((2, last), marks, most) or tiles_of((2, last), marks, most)

        assert len(lanes) <= most
        assert (lanes.firsts[0], lanes.lasts[-1]) == (2, last)
        assert (lanes.firsts[1:] == lanes.lasts[:-1] + 1).all()
        assert lanes.of_all(np.array([2, last])).tolist() == [0, len(lanes) - 1]


def test_hidden_lines_are_known_by_their_intervals() -> None:
    lanes = lanes_of((1, 6), marks_of([(1, 6)], [], []), 20)

    assert lanes is not None
    assert inside(lanes, [(2, 3), (6, 9)]).tolist() == [False, True, True, False, False, True]
    assert not inside(lanes, []).any()


def test_lanes_stand_behind_their_gaps() -> None:
    lanes = lanes_of((1, 3), marks_of([(1, 3)], [], []), 20)
    assert lanes is not None

    axis = placed(lanes, np.array([10, 10, 20]), np.array([5, 0, 5]), 100)

    assert list(zip(axis.starts.tolist(), axis.ends.tolist(), strict=True)) == [
        (105, 115),
        (115, 125),
        (130, 150),
    ]
    assert axis.span(2, 3) == (115, 150)
