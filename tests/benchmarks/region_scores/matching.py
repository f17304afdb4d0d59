"""Which found boxes are the drawn ones: error of bounding boxes, greedy one-to-one.

A box is an array of top, left, bottom, right. EoB-n (error of boundary) takes two boxes as the same
where none of the four edges is off by more than n.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from tickmark.model.address import RangeRef

Boxes: TypeAlias = npt.NDArray[np.int64]
"""Shape (n, 4): top, left, bottom, right, all inclusive."""


def boxes_of(ranges: Iterable[RangeRef]) -> Boxes:
    """The ranges as an array."""
    rows = [(one.top, one.left, one.bottom, one.right) for one in ranges]
    return np.array(rows, np.int64).reshape(-1, 4)


def matched(drawn: Boxes, found: Boxes, most: int) -> list[tuple[int, int]]:
    """Pairs (index of the drawn, index of the found box) whose worst edge is off by at most `most`.

    The nearest pairs first, each box at most once.
    """
    pairs: list[tuple[int, int, int]] = []
    for number, box in enumerate(drawn):
        off = np.abs(found - box).max(axis=1)
        pairs += [(int(off[at]), number, int(at)) for at in np.flatnonzero(off <= most)]
    taken: set[int] = set()
    given: set[int] = set()
    kept = []
    for _, one, other in sorted(pairs):
        if one not in taken and other not in given:
            taken.add(one)
            given.add(other)
            kept.append((one, other))
    return sorted(kept)


def meeting(found: Boxes, box: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Which found boxes share a cell with one box."""
    return np.asarray(
        (found[:, 0] <= box[2])
        & (box[0] <= found[:, 2])
        & (found[:, 1] <= box[3])
        & (box[1] <= found[:, 3]),
        np.bool_,
    )


def meeting_any(found: Boxes, drawn: Boxes) -> int:
    """Number of found boxes that share a cell with a drawn one."""
    seen = np.zeros(len(found), np.bool_)
    for box in drawn:
        seen |= meeting(found, box)
    return int(seen.sum())


def nearest(found: Boxes, box: npt.NDArray[np.int64]) -> int | None:
    """Index of the found box that shares most with one box, by cells shared of cells in either."""
    if not len(found):
        return None
    height = np.minimum(found[:, 2], box[2]) - np.maximum(found[:, 0], box[0]) + 1
    width = np.minimum(found[:, 3], box[3]) - np.maximum(found[:, 1], box[1]) + 1
    shared = np.maximum(height, 0) * np.maximum(width, 0)
    if not shared.any():
        return None
    own = (found[:, 2] - found[:, 0] + 1) * (found[:, 3] - found[:, 1] + 1)
    other = (box[2] - box[0] + 1) * (box[3] - box[1] + 1)
    return int(np.argmax(shared / (own + other - shared)))
