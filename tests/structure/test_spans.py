"""Spans of numbers."""

from __future__ import annotations

import numpy as np
import pytest

from tickmark.structure.spans import Span, spans_of


@pytest.mark.parametrize(
    ("numbers", "spans"),
    [
        ([], ()),
        ([4], ((4, 4),)),
        ([0, 1, 2], ((0, 2),)),
        ([2, 3, 5, 8, 9], ((2, 3), (5, 5), (8, 9))),
    ],
)
def test_neighbouring_numbers_are_one_span(numbers: list[int], spans: tuple[Span, ...]) -> None:
    assert spans_of(np.array(numbers, np.int64)) == spans
