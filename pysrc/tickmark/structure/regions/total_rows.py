"""Total rows: by formulas, by values, by what they are called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.structure.regions.appearance import Mask
from tickmark.structure.regions.total_formulas import Summing
from tickmark.structure.regions.total_labels import Label, without_total
from tickmark.structure.regions.total_line import Proof, Total
from tickmark.structure.regions.total_lines import Lines
from tickmark.structure.regions.total_results import with_results
from tickmark.structure.regions.total_values import Addition, Series, additions, amounts, may_add_up
from tickmark.structure.spans import spans_of

_SAMPLES: Final = 16
_LONG: Final = 2_000
"""In longer tables only rows that look like totals are compared with others."""
_COMMON: Final = 0.4
"""Labels on more of the rows than this are words of the data."""
_WEIGHTS: Final = {Label.WHOLLY: 3.0, Label.PARTLY: 2.5, Label.NET: 1.0, Label.APART: -1.0}
_MOST_NETS: Final = 200
_MOST_NAMES: Final = 20_000
_NEED: Final = 1.3
_NEED_UNNAMED: Final = 2.5
"""Where no text calls the rows anything, equal values must tell more."""


def by_formulas(lines: Lines, summing: Summing) -> Mask:
    """Rows most of whose numbers sum up cells of their columns.

    Rows that nothing calls or marks a total are none where they only pick cells.
    """
    down = summing.down & ~summing.alone
    if not down.any():
        return np.zeros(len(lines.labels), np.bool_)
    numbers = lines.numeric.sum(axis=1)
    aside = lines.numeric & ((summing.across & ~down) | (summing.down & summing.alone))
    count = down.sum(axis=1)
    apart = (lines.labels == Label.APART) & (down & summing.minus).any(axis=1)
    enough = (count > 0) & (2 * count >= numbers - aside.sum(axis=1))
    set_off = lines.breaks & np.append(~lines.data[1:], True)
    plain = (lines.labels == Label.NONE) & ~lines.bold & ~set_off
    picked = plain & (2 * (down & summing.picked).sum(axis=1) > count)
    return np.asarray(enough & ~apart & ~picked, np.bool_)


def by_values(
    lines: Lines, known: Mask, computed: Mask, summable: Mask, texts: Sequence[str]
) -> list[Total]:
    """Rows whose values are sums of rows beside them, and what is left of some after others.

    `known` are totals already, `computed` rows of formulas that add nothing up; those are totals
    only where they are called so. `summable` are the columns that can be added up.
    """
    at = np.flatnonzero(lines.data)
    if len(at) < 3:
        return []
    columns = _samples(lines, at, summable)
    if not len(columns):
        return []
    labels = lines.labels[at]
    values, live = amounts(lines.values[np.ix_(at, columns)])
    may = (labels != Label.FIGURE) & ((labels >= Label.PARTLY) | ~computed[at])
    if not may_add_up(values, may) and not (labels == Label.NET).any():
        return []
    outer, ends = _outline(lines, at, texts)
    hints = outer + np.where(known[at], 3.0, 0.0)
    if len(at) > _LONG:
        may &= (hints > 0) | lines.breaks[at]
        may[-3:] = True
        may[:2] = True
    series = Series(
        values,
        live,
        hints,
        lines.breaks[at] | ends,
        may,
        np.isin(labels, (Label.NET, Label.APART)),
        need=_NEED if (lines.heads[:, at] >= 0).any() else _NEED_UNNAMED,
    )
    found = additions(series)
    nets = (labels == Label.NET) & may
    if len(at) <= _LONG and nets.sum() <= _MOST_NETS:
        found = with_results(series, found, nets)
    return [_total(lines, at, series, one) for one in found]


def _total(lines: Lines, at: npt.NDArray[np.int64], series: Series, one: Addition) -> Total:
    """A total found by values, or by its name where the values alone may agree by chance."""
    line = lines.first + int(at[one.line])
    if one.digits - series.hints[one.line] < series.threshold - 1:
        return Total(line, Proof.LABEL)
    adds, takes = lines.first + at[one.parts], lines.first + at[one.less]
    return Total(line, Proof.VALUES, spans_of(adds), spans_of(takes))


def by_labels(lines: Lines, known: Mask, computed: Mask, blank: Mask, texts: Sequence[str]) -> Mask:
    """Rows that are called totals, where there is something that they can be the total of."""
    labels, count = lines.labels, int(lines.data.sum())
    made = np.zeros(len(labels), np.bool_)
    if not labels.any():
        return made
    wholly, partly = labels == Label.WHOLLY, (labels == Label.PARTLY) & ~known
    plain = lines.data & ~known & ~wholly & ~partly
    before = np.cumsum(plain) - plain
    shown = (~blank).astype(np.int64)
    called = np.cumsum(shown) - shown
    named = (labels == Label.WHOLLY) | (labels == Label.PARTLY)
    behind = np.append(blank[1:] | named[1:], True)
    if 2 * wholly.sum() <= max(4, count):
        made |= wholly & lines.data & ((before > 0) | (behind & (count == 1)))
        made |= wholly & ~lines.data & ~blank & (called > 0) & behind
    # Means and counts stand behind all data, or are set off from it.
    figure = lines.data & (labels == Label.FIGURE)
    rest = np.flatnonzero(lines.data & ~known & ~made & ~figure)
    if len(rest):
        figure &= (np.arange(len(labels)) > rest[-1]) | (lines.bold & (before > 1))
        if 2 * figure.sum() < count:
            made |= figure
    after_key = _named_after(lines, partly, texts)
    made |= after_key
    if not np.nan_to_num(lines.values[lines.data]).any():  # a form that nobody has filled in
        alone = lines.bold | (lines.breaks & np.append(blank[1:], True))
        made |= lines.data & (labels == Label.NET) & alone & (before > 0)
    if partly.sum() <= max(3, _COMMON * count):
        enough = np.where(lines.data, before, called) > 1
        set_off = partly & enough & ~computed & ~after_key & (lines.bold | behind)
        where = np.flatnonzero(set_off)[:_LONG].tolist()
        filled = bool(where) and bool(np.nan_to_num(lines.values[lines.data]).any())
        for line in where:
            made[line] = _plausible(lines, line, plain, filled=filled)
    return made


def _plausible(lines: Lines, line: int, plain: Mask, *, filled: bool) -> bool:
    """Whether a row can be the sum of those before it: none of them exceeds it."""
    columns = np.flatnonzero(np.isfinite(lines.values[line]))[:_SAMPLES]
    if not lines.data[line] or not len(columns):
        return True
    first = max(0, line - 200)
    group = np.flatnonzero(plain[first:line])[-2:] + first
    if len(group) < 2:
        return False
    own = lines.values[line, columns]
    near = np.nan_to_num(lines.values[np.ix_(group, columns)])
    if not own.any():  # as in a form that nobody has filled in
        return not filled
    # What is taken away may be written with either sign.
    positive = (near >= 0).any(axis=0) & (own > 0)
    larger = own[positive] >= near[:, positive].max(axis=0, initial=0)
    return bool(positive.any() and larger.mean() > 0.6)


def _named_after(lines: Lines, partly: Mask, texts: Sequence[str]) -> Mask:
    """Rows called after a key above them, as `North total` below rows of `North`."""
    made = np.zeros(len(partly), np.bool_)
    where = np.flatnonzero(partly & lines.data)
    if not len(where) or len(where) > _LONG:
        return made
    ids = np.unique(lines.heads)
    if len(ids) > _MOST_NAMES:
        return made
    names = {texts[name].strip().casefold() for name in ids.tolist() if name >= 0} - {""}
    own = lines.heads[lines.depths[where], where]
    for line, name in zip(where.tolist(), own.tolist(), strict=True):
        made[line] = name >= 0 and bool(without_total(texts[name]) & names)
    return made


def _samples(lines: Lines, at: npt.NDArray[np.int64], summable: Mask) -> npt.NDArray[np.int64]:
    """Columns with numbers in many rows, evenly chosen."""
    counts = lines.numeric.sum(axis=0)
    good = np.flatnonzero((2 * counts >= len(at)) & summable)
    if not len(good):
        good = np.flatnonzero((counts >= 3) & summable)
    if not len(good):
        good = np.flatnonzero(2 * counts >= len(at))
    if len(good) <= _SAMPLES:
        return good
    return np.asarray(good[np.linspace(0, len(good) - 1, _SAMPLES).astype(np.int64)], np.int64)


def _outline(
    lines: Lines, at: npt.NDArray[np.int64], texts: Sequence[str]
) -> tuple[npt.NDArray[np.float64], Mask]:
    """How much each row looks like a total, and which rows stand behind a group.

    The first goes by its label, bold type and the names of rows beside it; a group are rows whose
    names begin with that of the row before them.
    """
    labels = lines.labels[at]
    made = np.zeros(len(at))
    ends = np.zeros(len(at), np.bool_)
    named = (labels == Label.WHOLLY) | (labels == Label.PARTLY)
    for label, weight in _WEIGHTS.items():
        if named.sum() <= max(3, _COMMON * len(at)) or label < Label.PARTLY:
            made[labels == label] = weight
    made += np.where(lines.bold[at], 1.5, 0.0)
    made[-1] += 0.7
    nameless = (lines.heads[:, at] < 0).all(axis=0)
    if nameless.sum() <= 0.3 * len(at):
        made[nameless] += 1.5
    if len(at) > _LONG:
        return made, ends
    first = lines.heads[lines.depths[at], at]
    names = [texts[name] if name >= 0 else "" for name in first.tolist()]
    indent = np.array([len(name) - len(name.lstrip()) for name in names])
    depth = lines.depths[at] * 100 + indent
    made[:-1][depth[:-1] < depth[1:]] += 1.0
    made[1:][(depth[1:] < depth[:-1]) & (made[1:] < 1.0)] += 1.0
    head = ""
    for line, name in enumerate(names):
        if head and name.startswith(head) and len(name) > len(head):
            continue
        ends[line] = bool(head) and line > 0 and names[line - 1] != head
        if ends[line]:
            made[names.index(head, 0, line)] += 1.5
        head = name
    return made, ends
