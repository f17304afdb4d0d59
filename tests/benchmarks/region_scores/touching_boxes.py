"""Boxes that touch or overlap become one, until none does."""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import TypeAlias

import numpy as np

from tests.benchmarks.region_scores.matching import Boxes

Box: TypeAlias = tuple[int, int, int, int]


def united(boxes: Boxes) -> Boxes:
    """The boxes around those that touch, corners included, or overlap; sorted by top, left."""
    found = sorted(map(tuple, boxes.tolist()))
    while True:
        once = _swept(found)
        if len(once) == len(found):
            return np.array(once, np.int64).reshape(-1, 4)
        found = once


def _swept(boxes: list[Box]) -> list[Box]:
    """One way down the sheet, with the boxes that reach the row by their columns."""
    done: list[Box] = []
    # (left, top, bottom, right); no two share a column or have neighbouring ones.
    reached: list[Box] = []
    for box in boxes:
        top, left, bottom, right = box
        while True:
            at = max(bisect_left(reached, (left,)) - 1, 0)
            met = False
            while at < len(reached) and reached[at][0] <= right + 1:
                other_left, other_top, other_bottom, other_right = reached[at]
                if other_bottom < box[0] - 1:
                    done.append((other_top, other_left, other_bottom, other_right))
                    del reached[at]
                elif other_right >= left - 1:
                    top, bottom = min(top, other_top), max(bottom, other_bottom)
                    left, right = min(left, other_left), max(right, other_right)
                    del reached[at]
                    met = True
                else:
                    at += 1
            if not met:
                break
        insort(reached, (left, top, bottom, right))
    done += [(top, left, bottom, right) for left, top, bottom, right in reached]
    return sorted(done)
