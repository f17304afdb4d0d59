"""Numbers for combinations of keys."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tickmark.encode.numbered import numbered

KEYS = st.lists(st.tuples(st.integers(-9, 9), st.integers(-(10**6), 10**6) | st.integers(0, 2)))


@given(KEYS)
def test_equal_keys_have_one_number_in_the_order_of_the_keys(keys: list[tuple[int, int]]) -> None:
    some = np.array(keys, np.int64).reshape(-1, 2)
    order = {key: number for number, key in enumerate(sorted(set(keys)))}
    assert numbered(some[:, 0], some[:, 1]).tolist() == [order[key] for key in keys]


def test_small_and_large_keys_are_numbered_alike() -> None:
    keys = np.array([7, 3, 7, 5])
    assert numbered(keys).tolist() == [2, 0, 2, 1]
    assert numbered(keys * 10**9).tolist() == [2, 0, 2, 1]
