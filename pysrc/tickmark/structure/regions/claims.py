"""Ranges that claim cells for themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from tickmark.model.address import RangeRef

_MOST: Final = 10_000


def granted(areas: Sequence[RangeRef], before: Sequence[RangeRef] = ()) -> list[int]:
    """The positions of the areas that meet none of those before, nor one granted earlier.

    `before` do not overlap. At most 10,000 are granted: each is compared with all others.
    """
    if not areas:
        return []
    asked, known = _edges(areas), _edges(before)
    kept = np.empty((len(known) + min(len(areas), _MOST), 4), np.int32)
    kept[: len(known)] = known
    count = len(known)
    found: list[int] = []
    for at, (top, left, bottom, right) in enumerate(asked.tolist()):
        if count == len(kept):
            break
        other = kept[:count]
        meets = (other[:, 0] <= bottom) & (other[:, 2] >= top)
        meets &= (other[:, 1] <= right) & (other[:, 3] >= left)
        if not meets.any():
            kept[count] = asked[at]
            count += 1
            found.append(at)
    return found


def _edges(areas: Sequence[RangeRef]) -> np.ndarray:
    edges = [(one.top, one.left, one.bottom, one.right) for one in areas]
    return np.array(edges, np.int32).reshape(len(areas), 4)
