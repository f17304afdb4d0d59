"""Places on a line fall into few runs of even steps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickmark.structure.even_runs import even_runs, stretches


def _runs(places: list[int]) -> list[list[int]]:
    """The places of each run on one line."""
    line = np.array(places, np.int64)
    new = np.zeros(len(line), np.bool_)
    new[:1] = True
    found = stretches(new, line)
    runs = even_runs(new[found.at], line[found.at], found.size)
    first = line[found.at][runs.stretch] + runs.offset
    return [
        list(range(begin, begin + size * step, step))
        for begin, size, step in zip(
            first.tolist(), runs.size.tolist(), runs.step.tolist(), strict=True
        )
    ]


@pytest.mark.parametrize(
    ("places", "runs"),
    [
        ([], []),
        ([4], [[4]]),
        ([1, 2, 3], [[1, 2, 3]]),
        ([1, 3, 5, 7], [[1, 3, 5, 7]]),
        ([1, 5, 9], [[1, 5, 9]]),
        ([1, 6, 11], [[1], [6], [11]]),
        ([1, 2, 3, 5, 7, 9], [[1, 2, 3], [5, 7, 9]]),
        ([1, 3, 5, 8, 11, 14], [[1, 3], [5, 8, 11, 14]]),
        ([1, 4, 6, 8, 10], [[1], [4, 6, 8, 10]]),
        ([1, 2, 4, 5, 7, 8], [[1, 4, 7], [2, 5, 8]]),
        ([1, 2, 4, 5], [[1, 2], [4, 5]]),
    ],
)
def test_places_fall_into_the_fewest_runs(places: list[int], runs: list[list[int]]) -> None:
    assert _runs(places) == runs


@given(st.sets(st.integers(1, 60)))
def test_each_place_is_in_one_run(places: set[int]) -> None:
    assert sorted(place for run in _runs(sorted(places)) for place in run) == sorted(places)


def test_lines_are_kept_apart() -> None:
    line = np.array([1, 2, 3, 4])
    new = np.array([True, False, True, False])
    found = stretches(new, line)
    assert (found.at.tolist(), found.size.tolist()) == ([0, 2], [2, 2])
