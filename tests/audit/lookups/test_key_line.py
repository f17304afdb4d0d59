"""Keys in a line: order, breaks, and what a search by halves hits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickmark.audit.lookups.key_line import NOTHING, Key, KeyLine
from tickmark.model.grid import CellKind

NUMBERS = st.lists(st.integers(-50, 50), min_size=1, max_size=40)
TEXTS = st.lists(st.text("abcABC é-1", max_size=4), min_size=1, max_size=20)


def _kind(key: Key) -> CellKind:
    if isinstance(key, bool):
        return CellKind.BOOL
    return CellKind.TEXT if isinstance(key, str) else CellKind.NUMBER


def _line(keys: Sequence[Key | None], *, descending: bool = False) -> KeyLine:
    """Keys from place 1 on; None leaves a place blank."""
    known = [(place, key) for place, key in enumerate(keys, 1) if key is not None]
    return KeyLine(
        np.array([place for place, _ in known], np.int64),
        np.array([_kind(key) for _, key in known], np.uint8),
        [key for _, key in known],
        descending,
    )


@given(NUMBERS, st.integers(-60, 60))
def test_a_search_in_sorted_numbers_never_misses(keys: list[int], wanted: int) -> None:
    line = _line([float(key) for key in sorted(keys)])
    falling = _line([float(key) for key in sorted(keys, reverse=True)], descending=True)

    for one in (line, falling):
        assert one.breaks(CellKind.NUMBER).first_inside(1, len(keys)) is None
        assert one.missed(float(wanted), 1, len(keys)) is None


@given(TEXTS, st.text("abcé", max_size=4))
def test_a_search_in_texts_without_breaks_in_either_order_never_misses(
    keys: list[str], wanted: str
) -> None:
    ordered: list[str] = sorted(keys, key=str.casefold)
    line = _line(ordered)

    assert line.breaks(CellKind.TEXT).first_inside(1, len(keys)) is None
    assert line.missed(wanted, 1, len(keys)) is None


@given(NUMBERS, st.integers(-60, 60))
def test_a_miss_names_a_better_key_than_the_one_that_is_hit(keys: list[int], wanted: int) -> None:
    line = _line([float(key) for key in keys])

    missed = line.missed(float(wanted), 1, len(keys))

    if missed is not None:
        hit, right = missed
        best = max((key for key in keys if key <= wanted), default=None)
        assert (right == NOTHING) if best is None else (line.key_at(right) == best)
        assert hit == NOTHING or line.key_at(hit) != best


@pytest.mark.parametrize(
    ("keys", "kind", "pair"),
    [
        ([1.0, 3.0, 2.0], CellKind.NUMBER, (2, 3)),
        ([3.0, None, 2.0], CellKind.NUMBER, (1, 3)),
        ([3.0, "a", 2.0], CellKind.NUMBER, (1, 3)),
        (["b", 1.0, "a"], CellKind.TEXT, (1, 3)),
        ([True, False], CellKind.BOOL, (1, 2)),
        ([1.0, "a", 2.0, "b"], CellKind.NUMBER, None),
        (["a-b", "ab", "A B"], CellKind.TEXT, None),
        ([], CellKind.TEXT, None),
    ],
)
def test_keys_are_compared_with_the_next_of_their_kind(
    keys: list[Key | None], kind: CellKind, pair: tuple[int, int] | None
) -> None:
    assert _line(keys).breaks(kind).first_inside(1, 9) == pair


def test_only_what_lies_in_the_stretch_counts() -> None:
    line = _line([1.0, 9.0, 2.0, 3.0, 4.0])

    assert line.breaks(CellKind.NUMBER).inside(
        np.array([1, 3, 2, 2]), np.array([2, 5, 3, 2])
    ).tolist() == [False, False, True, False]
    assert line.missed(3.0, 3, 5) is None


def test_a_search_in_no_keys_misses_nothing() -> None:
    assert _line([]).missed(1.0, 1, 9) is None
    assert _line(["a"]).missed(1.0, 1, 9) is None
    assert not _line([]).holds("a", 1, 9)
