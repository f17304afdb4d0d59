"""Lines that sum up, or are left of, what has not been summed up before them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from tickmark.structure.regions.appearance import Mask
from tickmark.structure.regions.total_values import Addition, Floats, Series, digits_of, room_for

_MOST: Final = 40
"""So many lines are looked back on at most."""
_MOST_WANTED: Final = 300
_HINT: Final = 1.0


def with_results(series: Series, found: Sequence[Addition], nets: Mask) -> list[Addition]:
    """The sums found and those that only show once lines of results are known.

    Lines are read from the first to the last as a statement is: what a total sums up is done with,
    the total stays. A line that looks like a total may be the sum of the last ones; one of `nets`
    also one less all behind it, or a copy of a total with zeros between. A line right before the
    parts of a total that equals it is a total as well.
    """
    known = {one.line: one for one in found}
    inside = {part for one in found if one.line < one.parts[0] for part in one.parts.tolist()}
    later = {part: one for one in found for part in one.parts.tolist() if one.line > part}
    need = series.threshold
    wanted = series.may & ((series.hints >= _HINT) | nets)
    if wanted.sum() > _MOST_WANTED:
        wanted = nets
    open_: list[int] = []
    made = list(found)
    for line in range(len(series.values)):
        one = known.get(line)
        if one is None and wanted[line] and len(open_) > 1 and line not in inside:
            one = _read(series, line, open_[-_MOST:], need, known, net=bool(nets[line]))
            if one is not None and not _balanced(series, one, later.get(line)):
                known[line] = one
                made.append(one)
            else:
                one = None
        if one is not None and one.line > one.parts[0]:
            done = {*one.parts.tolist(), *one.less.tolist()}
            before = int(one.parts[0]) - 1
            if before in open_[-_MOST:] and before not in known and _equal(series, before, line, 2):
                known[before] = Addition(before, one.parts, one.digits, one.less)
                made.append(known[before])
                done.add(before)
            open_ = [part for part in open_[-1_000:] if part not in done]
        if line not in inside:
            open_.append(line)
    return made


def _balanced(series: Series, one: Addition, later: Addition | None) -> bool:
    """Whether a result only closes an account: both sides of it come to the same total."""
    if later is None or not len(one.less):
        return False
    return _equal(series, int(one.parts[0]), later.line, 1)


def _read(
    series: Series,
    line: int,
    near: list[int],
    need: float,
    known: dict[int, Addition],
    *,
    net: bool,
) -> Addition | None:
    """What a line makes of the last ones that nothing has summed up."""
    own, live = series.values[line], series.live[line] & (series.values[line] != 0)
    values = series.values[near]
    away = np.cumsum(values[::-1], axis=0)[::-1]
    nonzero = np.cumsum(values[::-1] != 0, axis=0)[::-1] > 1
    start = _best(series, line, near, (away, nonzero, live), need)
    sure = need + float(series.hints[line])
    if start >= 0:
        return Addition(line, np.array(near[start:]), sure)
    if not net:
        return None
    start = _best(series, line, near, (2 * values - away, nonzero, live), need)
    if start >= 0:
        return Addition(line, np.array(near[start : start + 1]), sure, np.array(near[start + 1 :]))
    copied = (np.abs(away - own) <= room_for(own, len(near))) & live
    copied &= ~nonzero
    same = (copied.sum(axis=1) == live.sum()) & (live.sum() > 1)
    for at in np.flatnonzero(same)[::-1].tolist():
        if near[at] in known and at < len(near) - 1:
            return Addition(line, np.array(near[at:]), sure)
    return None


def _best(
    series: Series, line: int, near: list[int], found: tuple[Floats, Mask, Mask], need: float
) -> int:
    """The place from which on the lines agree with a line; -1 for none."""
    sums, several, live = found
    own = series.values[line]
    off = np.abs(sums - own)
    agree = live & (off <= room_for(own, len(sums)))
    digits = np.where(agree & several, digits_of(own, off, series.values[near]), 0).sum(axis=1)
    right, wrong = (agree & several).sum(axis=1), (live & ~agree).sum(axis=1)
    good = (right > 0) & (right >= 2 * wrong)
    good &= digits + series.hints[line] - 0.3 * wrong >= need
    good[-1] = False
    return int(np.flatnonzero(good)[-1]) if good.any() else -1


def _equal(series: Series, line: int, total: int, least: int) -> bool:
    """Whether two lines hold the same values, so many at least."""
    one, other = series.values[line], series.values[total]
    live = series.live[line] & series.live[total] & (one != 0)
    same = np.abs(one - other) <= room_for(other, 1)
    return bool(live.sum() >= least and same[live].all() and (one[~live] == other[~live]).all())
