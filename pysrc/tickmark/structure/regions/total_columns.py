"""Total columns: by formulas, and by values with the help of what they are called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.structure.regions.appearance import Mask
from tickmark.structure.regions.total_formulas import Summing
from tickmark.structure.regions.total_labels import Label, labels_of, without_total
from tickmark.structure.regions.total_line import Proof, Total
from tickmark.structure.regions.total_lines import Lines
from tickmark.structure.regions.total_values import Addition, Series, additions, amounts, may_add_up
from tickmark.structure.spans import spans_of

_SAMPLES: Final = 16
_HINTS: Final = {Label.WHOLLY: 2.5, Label.PARTLY: 2.0}
_MOST_REPEATS: Final = 12
_FEW: Final = 3


def by_formulas(lines: Lines, summing: Summing) -> Mask:
    """Columns most of whose numbers sum up cells of their rows."""
    across = (summing.across & ~summing.alone).T
    if not across.any():
        return np.zeros(len(lines.labels), np.bool_)
    named = np.isin(lines.labels, (Label.WHOLLY, Label.PARTLY))
    across &= ~summing.minus.T | named[:, None]
    aside = (lines.numeric & summing.down.T & ~across).sum(axis=1)
    count = across.sum(axis=1)
    return np.asarray((count > 0) & (2 * count >= lines.numeric.sum(axis=1) - aside), np.bool_)


def by_values(lines: Lines, totals: Mask, computed: Mask, texts: Sequence[str]) -> list[Total]:
    """Columns whose values are sums of columns beside them; `totals` are the total rows.

    Where the innermost headers repeat, as under years or regions, columns of one header are
    compared with each other.
    """
    rows = _samples(lines, totals)
    if not len(rows):
        return []
    found: dict[int, Total] = {}
    for at in [_countable(lines, rows), *_repeats(lines)]:
        for one in _additions(lines, at, rows, computed):
            line = lines.first + int(at[one.line])
            parts = spans_of(lines.first + at[one.parts])
            if line not in found and _sound(lines, at, one, texts):
                found[line] = Total(line, Proof.VALUES, parts)
    return list(found.values())


def by_names(lines: Lines, texts: Sequence[str]) -> Mask:
    """Columns called as in pivot tables: `Grand Total`, or `Total` and the header of another.

    In a form that nobody has filled in, also a last column called `Total`.
    """
    made = np.zeros(len(lines.labels), np.bool_)
    if not lines.heads.size:
        return made
    if lines.data.sum() > _FEW and not np.nan_to_num(lines.values[lines.data]).any():
        last = int(np.flatnonzero(lines.data)[-1])
        made[last] = lines.labels[last] == Label.WHOLLY
    heads = {texts[at].strip().casefold() for at in np.unique(lines.heads).tolist() if at >= 0} - {
        ""
    }
    for line in np.flatnonzero(np.isin(lines.labels, (Label.WHOLLY, Label.PARTLY))).tolist():
        for at in lines.heads[:, line].tolist():
            text = texts[at].strip().casefold() if at >= 0 else ""
            last = line == len(made) - 1 and text in {"grand total", "gesamtergebnis"}
            made[line] |= last or bool(without_total(text) & heads)
    return made


def like_others(lines: Lines, known: Mask, texts: Sequence[str]) -> Mask:
    """Columns called a total in the very words of known ones, as under each of several groups."""
    if not lines.heads.size or not known.any():
        return np.zeros(len(lines.labels), np.bool_)
    wanted = np.unique(lines.heads[:, known & (lines.labels == Label.WHOLLY)])
    called = labels_of(texts, wanted[wanted >= 0].tolist())
    words = [at for at, label in called.items() if label is Label.WHOLLY]
    alike = np.isin(lines.heads, words).any(axis=0) if words else np.zeros_like(known)
    return np.asarray(lines.data & ~known & alike, np.bool_)


def _samples(lines: Lines, totals: Mask) -> npt.NDArray[np.int64]:
    """Rows with many numbers, evenly chosen."""
    counts = lines.numeric.sum(axis=0)
    counts[totals] = 0
    good = np.flatnonzero(counts >= 3)
    if len(good) <= _SAMPLES:
        return good
    return np.asarray(good[np.linspace(0, len(good) - 1, _SAMPLES).astype(np.int64)], np.int64)


def _countable(lines: Lines, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Columns of data without those of shares, where others hold whole amounts."""
    values = lines.values[:, rows]
    with np.errstate(invalid="ignore"):
        small = (np.abs(values) <= 1.5) | np.isnan(values)
        broken = (values % 1 != 0) & np.isfinite(values)
    shares = lines.data & small.all(axis=1) & broken.any(axis=1)
    if 2 * shares.sum() > lines.data.sum():
        return np.flatnonzero(lines.data)
    return np.flatnonzero(lines.data & ~shares)


def _repeats(lines: Lines) -> list[npt.NDArray[np.int64]]:
    """Columns that share the innermost header with two others at least."""
    if len(lines.heads) < 2:
        return []
    inner = lines.heads[-1]
    found, counts = np.unique(inner[lines.data], return_counts=True)
    several = found[(counts >= 3) & (found >= 0)]
    if not 2 <= len(several) <= _MOST_REPEATS:
        return []
    return [np.flatnonzero(lines.data & (inner == text)) for text in several.tolist()]


def _additions(
    lines: Lines, at: npt.NDArray[np.int64], rows: npt.NDArray[np.int64], computed: Mask
) -> list[Addition]:
    if len(at) < 3:
        return []
    values, live = amounts(lines.values[np.ix_(at, rows)])
    labels = lines.labels[at]
    may = (labels != Label.APART) & ~computed[at]
    if not may_add_up(values, may):
        return []
    hints = np.zeros(len(at))
    for label, weight in _HINTS.items():
        hints[labels == label] = weight
    return additions(
        Series(
            values,
            live,
            hints,
            lines.breaks[at],
            may,
            np.isin(labels, (Label.NET, Label.APART)),
            share=0.5,
            need=1.5,
        )
    )


def _sound(lines: Lines, at: npt.NDArray[np.int64], one: Addition, texts: Sequence[str]) -> bool:
    """Whether a column that has another name than a total is one all the same.

    Two columns that make up a third are often three quantities: start, duration and end.
    """
    label = lines.labels[at[one.line]]
    if label in {Label.WHOLLY, Label.PARTLY} or len(one.parts) > 2:
        return True
    heads = lines.heads[:, at[one.line]] if lines.heads.size else np.zeros(0, np.int32)
    return not any(texts[head].strip() for head in heads.tolist() if head >= 0)
