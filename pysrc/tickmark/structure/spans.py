"""Spans: stretches of numbers right behind one another, such as rows of a sheet."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Span = tuple[int, int]
"""First and last number, inclusive."""


def spans_of(numbers: npt.NDArray[np.integer]) -> tuple[Span, ...]:
    """Ascending numbers, none of them twice, as spans."""
    if not len(numbers):
        return ()
    if numbers[-1] - numbers[0] == len(numbers) - 1:
        return ((int(numbers[0]), int(numbers[-1])),)
    cuts = np.flatnonzero(np.diff(numbers) > 1)
    firsts = np.concatenate(([numbers[0]], numbers[cuts + 1])).tolist()
    lasts = np.concatenate((numbers[cuts], [numbers[-1]])).tolist()
    return tuple(zip(firsts, lasts, strict=True))
