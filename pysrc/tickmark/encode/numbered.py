"""Numbers for combinations of keys."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

Labels = npt.NDArray[np.intp]

DENSE: Final = 4
"""Up to so many times as many numbers as keys are looked up in a table, which is quick."""


def numbered(*keys: npt.NDArray[np.integer]) -> Labels:
    """For each place a number from 0 on, the same where all keys are; in the order of the keys.

    The keys are integers in arrays of one length; the first one counts most for the order.
    """
    joined, size = np.zeros(len(keys[0]), np.int64), 1
    for key in keys if len(keys[0]) else ():
        low, high = int(key.min()), int(key.max())
        joined = joined * (high - low + 1) + (key.astype(np.int64) - low)
        size *= high - low + 1
    if size > DENSE * len(joined):
        return np.unique(joined, return_inverse=True)[1]
    present = np.zeros(size, np.bool_)
    present[joined] = True
    return (np.cumsum(present) - 1)[joined]
