"""The rules of other tools, stated anew, say what those tools say."""

from __future__ import annotations

import numpy as np
import pytest

from tests.benchmarks.region_scores.islands import islands
from tests.benchmarks.region_scores.matching import Boxes
from tests.benchmarks.region_scores.peers import (
    PEERS,
    Filled,
    current_region,
    docling,
    eight_neighbours,
    filled,
    unstructured,
    used_range,
    used_range_trimmed,
)
from tests.benchmarks.region_scores.touching_boxes import united
from tests.books import book, sheet
from tickmark.model.address import RangeRef


def drawn(picture: str, *merges: str) -> Filled:
    """The filled cells of a picture: `x` is one, `.` is none."""
    cells = {
        f"{chr(65 + column)}{row}": 1
        for row, line in enumerate(picture.split(), 1)
        for column, mark in enumerate(line)
        if mark == "x"
    }
    return filled(book({"S": sheet(cells, merges=merges)}).sheets[0])


def ranges(boxes: Boxes) -> list[str]:
    return [RangeRef("", *box).a1 for box in boxes.tolist()]


def numbers(picture: str, *, diagonal: bool) -> list[int]:
    cells = drawn(picture)
    return [*map(int, islands(cells.rows, cells.columns, diagonal=diagonal))]


def test_islands_join_by_edges_or_by_corners_too() -> None:
    picture = "xx.x x..x .xx."

    assert numbers(picture, diagonal=False) == [0, 0, 1, 0, 1, 2, 2]
    assert numbers(picture, diagonal=True) == [0, 0, 0, 0, 0, 0, 0]


def test_islands_that_meet_only_further_down_are_one() -> None:
    assert numbers("x.x.x x.x.x xxx.x ....x xxxxx", diagonal=False) == [
        *(0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1)
    ]


@pytest.mark.parametrize("diagonal", [False, True])
def test_islands_are_those_of_a_search_from_cell_to_cell(diagonal: bool) -> None:
    random = np.random.default_rng(6)
    for share in (0.2, 0.45, 0.6):
        rows, columns = np.nonzero(random.random((30, 20)) < share)
        places = list(zip(rows.tolist(), columns.tolist(), strict=True))
        found = islands(rows.astype(np.int64), columns.astype(np.int64), diagonal=diagonal)

        assert found.tolist() == searched(places, diagonal=diagonal)


def searched(places: list[tuple[int, int]], *, diagonal: bool) -> list[int]:
    island: dict[tuple[int, int], int] = {}
    count = 0
    for place in places:
        if place in island:
            continue
        waiting = [place]
        while waiting:
            row, column = waiting.pop()
            if (row, column) in island or (row, column) not in set(places):
                continue
            island[row, column] = count
            steps = [(-1, 0), (1, 0), (0, -1), (0, 1)]
            steps += [(-1, -1), (-1, 1), (1, -1), (1, 1)] if diagonal else []
            waiting += [(row + down, column + right) for down, right in steps]
        count += 1
    return [island[place] for place in places]


def test_boxes_that_touch_become_one_until_none_does() -> None:
    # The third joins the first two, and only their box reaches the fourth.
    apart = np.array([(1, 1, 2, 2), (1, 6, 2, 7), (3, 3, 3, 5), (5, 1, 5, 1), (1, 9, 4, 9)])

    assert united(apart).tolist() == [[1, 1, 3, 7], [1, 9, 4, 9], [5, 1, 5, 1]]
    assert united(np.empty((0, 4), np.int64)).tolist() == []


def test_boxes_united_are_those_of_comparing_each_with_each() -> None:
    random = np.random.default_rng(8)
    for _ in range(30):
        tops, lefts = random.integers(1, 60, 25), random.integers(1, 60, 25)
        found = np.stack(
            (tops, lefts, tops + random.integers(0, 8, 25), lefts + random.integers(0, 8, 25)), 1
        )

        assert united(found).tolist() == compared([tuple(box) for box in found.tolist()])


def compared(boxes: list[tuple[int, ...]]) -> list[list[int]]:
    left = list(boxes)
    done: list[tuple[int, ...]] = []
    while left:
        one = left.pop()
        for other in [*left, *done]:
            apart = (
                other[0] > one[2] + 1
                or one[0] > other[2] + 1
                or other[1] > one[3] + 1
                or one[1] > other[3] + 1
            )
            if not apart:
                (left if other in left else done).remove(other)
                left.append(
                    (
                        min(one[0], other[0]),
                        min(one[1], other[1]),
                        max(one[2], other[2]),
                        max(one[3], other[3]),
                    )
                )
                break
        else:
            done.append(one)
    return sorted(map(list, done))


def test_the_current_region_grows_over_corners_and_into_boxes_it_meets() -> None:
    cells = drawn("xx.x.x xx...x ..x... ...... xxx..x x.x..x xxx..x")

    assert ranges(current_region(cells)) == ["A1:D3", "A5:C7"]
    assert ranges(eight_neighbours(cells)) == ["A1:C3", "A5:C7"]


def test_docling_fills_by_edges_and_takes_what_lies_inside_a_box_with_it() -> None:
    cells = drawn("xxxxx x...x x.x.x x...x xxxxx ..... xx.... .xx.x")

    assert ranges(docling(cells)) == ["A1:E5", "A7:C8"]


def test_docling_takes_merges_as_filled_and_a_merged_text_over_headers_as_a_title() -> None:
    assert ranges(docling(drawn("x... .... xxxx", "A1:D2"))) == ["A1:D3"]
    assert ranges(docling(drawn("x... xxxx xxxx", "A1:D1"))) == ["A2:D3"]
    assert ranges(docling(drawn("xx.... xx....", "D1:F2"))) == ["A1:B2"]


def test_unstructured_joins_what_shares_rows_and_leaves_out_rows_of_one_cell_at_both_ends() -> None:
    cells = drawn("x..... ...... xx..x. xx..xx xx.... x..... ...... x..... xx....")

    assert ranges(unstructured(cells)) == ["A3:F5", "A9:B9"]
    assert ranges(unstructured(drawn("x x . .x"))) == []


def test_the_used_range_is_trimmed_of_single_cells_above_and_below() -> None:
    cells = drawn("....x ..... .xxx. .x... .xxx. ..... x....")

    assert ranges(used_range(cells)) == ["A1:E7"]
    assert ranges(used_range_trimmed(cells)) == ["B3:D5"]


@pytest.mark.parametrize("name", PEERS)
def test_no_rule_fails_on_a_sheet_without_cells_or_with_one(name: str) -> None:
    assert PEERS[name](drawn("...")).shape == (0, 4)
    assert len(PEERS[name](drawn("x"))) <= 1
