"""Lines whose values are the sums of lines beside them, found from the values alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.structure.regions.appearance import Mask

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]

_MOST: Final = 1e100
_LEVELS: Final = 8
_LEAST: Final = 2
"""A sum of fewer lines is a copy."""
_DENSE: Final = 160
"""So many lines are compared pair by pair; of more, only those that never fall when added up."""
_BELOW: Final = 1.0
"""Totals stand below their parts unless the values tell more for the other way."""
_ALIKE: Final = 0.02
_FEWEST: Final = 1.3
_SURE: Final = 2.0
_NAMED: Final = 0.67
"""So few digits say nothing whatever the layout is, unless a line is called a total; then fewer
values need agree.
"""
_GOLDEN: Final = 0.6180339887
_LONG: Final = 2_000
_MANY_PROBES: Final = 8
_PROBES: Final = 3
_DECIMALS: Final = 6
_ROUNDED: Final = 0.005
_LEAST_ROOM: Final = 8
_FEW_LINES: Final = 48
_RELATIVE: Final = 1e-6
_MOST_DIGITS: Final = 6.0


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """The lines among which sums are looked for.

    `values` (n, m) are 0 where there is none; `live` (n, m) tells where there is one. `hints` (n)
    say how much a line looks like a total, in decimal digits of evidence, `breaks` (n) that a gap
    stands before it. Of `may` (n) only those can be totals. What `results` (n) hold is left of
    lines before them, so none of them is the last part of a line before. `share` of the values must
    agree, with `need` digits more than lines of random values would show. `turned` tells that the
    lines stand in reverse order.
    """

    values: Floats
    live: Mask
    hints: Floats
    breaks: Mask
    may: Mask
    results: Mask
    share: float = 0.5
    need: float = 1.0
    turned: bool = False

    @property
    def threshold(self) -> float:
        """Digits that random lines hardly ever show together."""
        return float(max(2 * np.log10(max(len(self.values), 1)), 2.0) + self.need)

    @property
    def flipped(self) -> Series:
        """The same lines from the last to the first."""
        breaks = np.zeros(len(self.breaks), np.bool_)
        breaks[1:] = self.breaks[:0:-1]
        return Series(
            self.values[::-1],
            self.live[::-1],
            self.hints[::-1],
            breaks,
            self.may[::-1],
            self.results[::-1],
            self.share,
            self.need,
            turned=True,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Addition:
    """A line that is the sum of others, ascending, less some; `digits` is how sure that is."""

    line: int
    parts: Numbers
    digits: float
    less: Numbers = field(default_factory=lambda: np.zeros(0, np.int64))


def amounts(values: Floats) -> tuple[Floats, Mask]:
    """Values with 0 where there is none to add, and where there is one; NaN is none.

    Values of a hundred digits count as none, those that begin after a hundred as 0.
    """
    size = np.abs(values)
    live = size < _MOST
    return np.where(live & (size > 1 / _MOST), values, 0.0), np.asarray(live, np.bool_)


def additions(series: Series) -> list[Addition]:
    """The lines that add up those before or behind them, totals of totals included."""
    count = len(series.values)
    if count < 3:
        return []
    everything = np.ones(count, np.bool_)
    after, _ = _levels(series, everything)
    before, left = _levels(series.flipped, everything)
    if not before:
        return after
    turned = [
        Addition(count - 1 - one.line, (count - 1 - one.parts)[::-1], one.digits) for one in before
    ]
    rest, _ = _levels(series, left[::-1])
    both = [*turned, *rest]
    return both if _worth(both) > _worth(after) + _BELOW else after


def may_add_up(values: Floats, may: Mask) -> bool:
    """Whether any of some lines may be the sum of those right before or behind it in a column.

    Said of many lines without a look.
    """
    count = len(values)
    if count > _FEW_LINES:
        return True
    sums = np.zeros((count + 1, values.shape[1]))
    np.cumsum(values, axis=0, out=sums[1:])
    size = np.abs(values)
    whole = np.abs(values - np.rint(values)) <= 1e-9 * np.maximum(size, 1)
    room = np.maximum(np.where(whole, 0.5, 0.05), _ROUNDED * size)
    room[(size == 0) | ~may[:, None]] = -1.0
    before = np.abs(sums[None, :] - (sums[:-1] - values)[:, None]) <= room[:, None]
    if before[np.tri(count, count + 1, -_LEAST, dtype=np.bool_)].any():
        return True
    behind = np.abs(sums[None, :] - (sums[1:] + values)[:, None]) <= room[:, None]
    return bool(behind[~np.tri(count, count + 1, _LEAST, dtype=np.bool_)].any())


def _worth(found: list[Addition]) -> float:
    return sum(one.digits for one in found)


def _levels(series: Series, still: Mask) -> tuple[list[Addition], Mask]:
    """Sums of lines right before; what is added up steps aside for the next level."""
    still = still.copy()
    done = np.zeros(len(still), np.bool_)
    found: list[Addition] = []
    for _ in range(_LEVELS):
        open_ = np.flatnonzero(still)
        if len(open_) < 3:
            break
        new = list(_level(series, open_, done))
        if not new:
            break
        for one in new:
            still[one.parts] = False
            done[one.line] = True
        found += new
    return found, still


def _level(series: Series, open_: Numbers, done: Mask) -> Iterator[Addition]:
    values = series.values[open_]
    sums = np.zeros((len(open_) + 1, values.shape[1]))
    np.cumsum(values, axis=0, out=sums[1:])
    may = series.may[open_] & ~done[open_]
    ends, starts = _pairs(values, sums, may)
    if series.turned:
        results = np.append(0, np.cumsum(series.results[open_] & ~done[open_]))
        sound = results[ends] == results[starts]
        ends, starts = ends[sound], starts[sound]
    if not len(ends):
        return
    digits = _digits(series, open_, sums, (ends, starts))
    need = series.threshold
    good = digits >= need
    ends, starts, digits = ends[good], starts[good], digits[good]
    order = np.lexsort((ends - starts, -digits, ends))
    best = order[np.unique(ends[order], return_index=True)[1]]
    ends, starts, digits = ends[best], starts[best], digits[best]
    taken = np.zeros(len(open_), np.bool_)
    for at in np.lexsort((-digits, ends - starts)).tolist():
        end, start = int(ends[at]), int(starts[at])
        if taken[start : end + 1].any():
            continue
        # A total stays open, yet not as a part of another one on this level.
        taken[start : end + 1] = True
        yield Addition(int(open_[end]), open_[start:end], float(digits[at]))


def _pairs(values: Floats, sums: Floats, may: Mask) -> tuple[Numbers, Numbers]:
    """Lines and the first of those before them that they may add up, going by a few columns."""
    count = len(values)
    weight = (np.abs(values) > 0).sum(axis=0)
    probes = np.argsort(-weight, kind="stable")[: _PROBES if count > _LONG else _MANY_PROBES]
    chosen = values[:, probes]
    fine = _tolerance(chosen)
    bound = np.maximum(fine, _ROUNDED * np.abs(chosen))
    if count <= _DENSE:
        before = sums[:-1, probes]
        many = np.arange(count)[:, None] - np.arange(count)[None, :]
        off = np.abs(before[:, None] - before[None, :] - chosen[:, None])
        room = np.minimum(fine[:, None] * (1 + np.maximum(many, 0))[:, :, None], bound[:, None])
        seen = ((off <= room) & (chosen != 0)[:, None]).any(axis=2)
        ends, starts = np.nonzero(seen & (many >= _LEAST) & may[:, None])
        return ends, starts
    found_ends, found_starts = [], []
    lines = np.flatnonzero(may)
    for probe, at in enumerate(probes.tolist()):
        if (chosen[:, probe] < 0).any():
            continue
        line = lines[chosen[lines, probe] > 0]
        room = np.minimum(fine[line, probe] * _LEAST_ROOM, bound[line, probe])
        wanted = sums[line, at] - chosen[line, probe]
        low = np.searchsorted(sums[:, at], wanted - room, "left")
        high = np.searchsorted(sums[:, at], wanted + room, "right") - 1
        for start in (low, high):
            hit = (start >= 0) & (line - start >= _LEAST) & (low <= high)
            found_ends.append(line[hit])
            found_starts.append(start[hit])
    if not found_ends:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    both = np.concatenate(found_ends) * (count + 1) + np.concatenate(found_starts)
    both = np.unique(both)
    return both // (count + 1), both % (count + 1)


def _digits(series: Series, open_: Numbers, sums: Floats, pairs: tuple[Numbers, Numbers]) -> Floats:
    """How many decimal digits agree for each pair, what the layout says added to them."""
    values, (ends, starts) = series.values[open_], pairs
    own = values[ends]
    live = series.live[open_][ends] & (own != 0)
    off = np.abs(sums[ends] - sums[starts] - own)
    fine = _tolerance(own)
    bound = np.maximum(fine, _ROUNDED * np.abs(own))
    room = np.minimum(fine * (1 + (ends - starts))[:, None], bound)
    filled = np.zeros((len(open_) + 1, values.shape[1]), np.int64)
    np.cumsum(values != 0, axis=0, out=filled[1:])
    several = filled[ends] - filled[starts] >= 2
    agree = live & (off <= room)
    # Round amounts agree by chance more often; parts with more decimals than their total less.
    grain = np.minimum(_grain(own), np.minimum(_grain(values[starts]), _grain(values[ends - 1])))
    exact = _places(own, off, grain)
    right = (agree & several).sum(axis=1)
    wrong = (live & ~agree).sum(axis=1)
    # Shares of anything come to 1 or 100, wherever such a value stands.
    whole = (own == 1) | (own == 100)
    digits = (
        _independent(_mixtures(values, own, pairs), exact, agree & several & ~whole) - 0.3 * wrong
    )
    digits += np.where((agree & several & whole).any(axis=1), _FEWEST, 0)
    share = np.where(series.hints[open_[ends]] >= _SURE, _NAMED, 1.0) * series.share
    digits[(right == 0) | (right < share * (right + wrong))] = -np.inf
    lines, firsts = open_[ends], open_[starts]
    digits[(digits < _FEWEST) & (series.hints[lines] < _SURE)] = -np.inf
    hints = np.zeros(len(series.hints) + 1)
    np.cumsum(series.hints, out=hints[1:])
    mean = (hints[lines] - hints[firsts]) / np.maximum(lines - firsts, 1)
    digits = digits + series.hints[lines] - np.minimum(mean, series.hints[lines])
    # A group that begins where something ended, and a total with a gap behind it.
    stepped = np.ones(len(open_), np.bool_)
    stepped[1:] = open_[1:] - open_[:-1] > 1
    behind = np.append(series.breaks[1:], True)
    digits += 1.0 * (series.breaks[firsts] | stepped[starts]) + 0.7 * behind[lines]
    return np.asarray(digits, np.float64)


def _mixtures(values: Floats, own: Floats, pairs: tuple[Numbers, Numbers]) -> Floats:
    """A number for each pair and column that tells how the total is made up of its lines.

    The lines are added up with weights in no order; columns in fixed proportion get one number.
    """
    ends, starts = pairs
    weights = np.arange(len(values)) * _GOLDEN % 1
    sums = np.zeros((len(values) + 1, values.shape[1]))
    np.cumsum(values * weights[:, None], axis=0, out=sums[1:])
    mean = (sums[ends] - sums[starts]) / np.where(own == 0, 1, own)
    return np.asarray((mean - 0.5) * np.sqrt(ends - starts)[:, None], np.float64)


def _independent(mixtures: Floats, digits: Floats, agree: Mask) -> Floats:
    """The digits of each pair, counting once what columns in fixed proportion show again.

    Such are percentages and other units; those have one mixture.
    """
    mixtures = np.where(agree, mixtures, np.inf)
    order = np.argsort(mixtures, axis=1)
    mixtures, digits = np.take_along_axis(mixtures, order, 1), np.take_along_axis(digits, order, 1)
    made, least = np.zeros(len(mixtures)), np.zeros(len(mixtures))
    before = np.full(len(mixtures), -np.inf)
    for share, digit in zip(mixtures.T, digits.T, strict=True):
        valid = np.isfinite(share)
        new = valid & (np.where(valid, share, 0) - before > _ALIKE)
        made += np.where(new, least, 0)
        least = np.where(new, digit, np.where(valid, np.minimum(least, digit), least))
        before = np.where(valid, share, before)
    return np.asarray(made + least, np.float64)


def digits_of(own: Floats, off: Floats, parts: Floats) -> Floats:
    """How many decimal digits of values agree with sums of parts that are off by so much."""
    return _places(own, off, np.minimum(_grain(own), _grain(parts).min(axis=0)))


def _places(own: Floats, off: Floats, grain: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        exact = np.log10(np.abs(own) / np.maximum(off, np.maximum(0.5 * grain, np.abs(own) * 1e-7)))
    return np.asarray(np.clip(np.nan_to_num(exact), 0, _MOST_DIGITS), np.float64)


def room_for(own: Floats, parts: int) -> Floats:
    """How far rounding may put the sum of so many parts off a value."""
    return np.minimum(_tolerance(own) * (1 + parts), _bound(own))


def _grain(values: Floats) -> Floats:
    """The unit of the last digit of each value that is not zero, infinite for 0."""
    fine = 2 * _tolerance(values)
    made = np.where(values == 0, np.inf, fine)
    whole = (fine == 1) & (values != 0)
    for places in range(1, _DECIMALS + 1):
        whole &= values % 10.0**places == 0
        made[whole] = 10.0**places
    return made


def _tolerance(values: Floats) -> Floats:
    """Half a unit of the last digit of each value; a millionth of it where it has many."""
    size = np.abs(values)
    unit = np.zeros(values.shape)
    rest = size > 0
    for places in range(_DECIMALS + 1):
        if not rest.any():
            break
        scaled = size * 10.0**places
        whole = rest & (np.abs(scaled - np.rint(scaled)) <= 1e-9 * np.maximum(scaled, 1))
        unit[whole] = 0.5 / 10.0**places
        rest &= ~whole
    return np.asarray(np.maximum(unit, size * _RELATIVE * 0.1) + 1e-300, np.float64)


def _bound(values: Floats) -> Floats:
    """What rounding may add up to: half a percent, at least half a unit."""
    return np.maximum(_tolerance(values), _ROUNDED * np.abs(values))
