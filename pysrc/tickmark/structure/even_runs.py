"""Places on lines gathered into few runs of even steps."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tickmark.structure.lattices import MOST_STEP
from tickmark.structure.ordering import Flags, Numbers, changes, counted


class Stretches(NamedTuple):
    """m stretches of places without gap: where each begins among the places, and its length."""

    at: Numbers
    size: Numbers


class EvenRuns(NamedTuple):
    """k runs of places in even steps.

    `stretch` (k) is the stretch that a run begins in and `offset` (k) how far behind its first
    place; `size` and `step` (k) are the number of its places and their distance. `run` (m) is the
    run of the first place of each stretch; in a stretch that is `split` (m) the next place belongs
    to the next run.
    """

    stretch: Numbers
    offset: Numbers
    size: Numbers
    step: Numbers
    run: Numbers
    split: Flags


def stretches(new: Flags, places: npt.NDArray[np.integer]) -> Stretches:
    """The stretches of sorted places; `new` tells where another line or label begins."""
    begins = new.copy()
    begins[1:] |= places[1:] - places[:-1] != 1
    at = np.flatnonzero(begins)
    return Stretches(at, np.diff(at, append=len(places)))


def even_runs(new: Flags, first: Numbers, size: Numbers) -> EvenRuns:
    """Runs of stretches with their first places, sorted on each line; `new` begins a line.

    Stretches of one length in steps of at most MOST_STEP are split into runs of this step, one for
    each place of a stretch, where that makes fewer runs; all others are runs of step 1. Where two
    steps meet in one stretch it belongs to the longer chain.
    """
    if not len(first):
        none = np.empty(0, np.int64)
        return EvenRuns(none, none, none, none, none, np.empty(0, np.bool_))
    apart = np.zeros(len(first), np.int64)  # to the next stretch, 0 where it is no chain
    if len(first) > 1:
        distance = first[1:] - first[:-1]
        linked = ~new[1:] & (distance <= MOST_STEP) & (size[1:] == size[:-1])
        apart[:-1] = np.where(linked, distance, 0)
    low, high, step = chains(apart)
    chained = high - low + 1 > size[low]
    low, high, step = low[chained], high[chained], step[chained]
    split = np.zeros(len(first), np.bool_)
    chain, ahead = counted(high - low + 1)
    split[low[chain] + ahead] = True
    own = np.where(split, 0, 1)
    own[low] = size[low]
    run = np.cumsum(own) - own
    run[low[chain] + ahead] = run[low][chain]
    stretch, offset = counted(own)
    count = np.where(split, 0, size)
    count[low] = high - low + 1
    steps = np.ones(len(first), np.int64)
    steps[low] = step
    return EvenRuns(stretch, offset, count[stretch], steps[stretch], run, split)


def chains(apart: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """First and last number and distance of chains of equal distances; no two share a number.

    `apart` tells how far each place is from the next, 0 where it has none. Where two chains meet
    the shared place belongs to the longer one.
    """
    low = np.flatnonzero(changes(apart))
    high = np.append(low[1:], len(apart) - 1)
    step = apart[low]
    length = high - low
    shared = np.flatnonzero((step[1:] > 0) & (step[:-1] > 0))
    before = (length[shared] > length[shared + 1]) | (
        (length[shared] == length[shared + 1]) & (step[shared] <= step[shared + 1])
    )
    low, high = low.copy(), high.copy()
    low[shared[before] + 1] += 1
    high[shared[~before]] -= 1
    kept = (step > 0) & (low < high)
    return low[kept], high[kept], step[kept]
