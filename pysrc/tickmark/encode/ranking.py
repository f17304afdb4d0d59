"""Which cells are told exactly first, where there is room for more than the skeleton."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import MAXYEAR, MINYEAR, date
from math import log
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.encode.source import Source
from tickmark.encode.standing import Mask, Numbers, Standing, VisibleCells
from tickmark.model.grid import CellKind

HEAD: Final = 5
"""So many rows at the top of a long table come before the rest."""

TAIL: Final = 2
"""So many rows at its bottom."""

SMALL: Final = 300
"""A region of at most so many cells is told before long ones."""

_ROWS: Final = 1 << 21
_WORD: Final = re.compile(r"\w{2,}")
_FEWEST_LETTERS: Final = 3
_STEM: Final = 4
_ENDING: Final = 2


def ranked(source: Source, cells: VisibleCells, left: Mask, question: str = "") -> Numbers:
    """The cells of `left` (a mask of visible cells), those to be told first at the front.

    First come the rows and columns that the question names, with the labels of their cells, then
    other labels, results of formulas that stand alone, totals, small regions, the ends of long
    tables and at last their other rows, from top to bottom.
    """
    at = np.flatnonzero(left)
    if not len(at):
        return at
    standings, regions = cells.standings[at], cells.regions[at]
    sizes = np.bincount(cells.regions + 1)[regions + 1]
    group = np.full(len(at), 7, np.int64)
    group[_ends(cells)[at]] = 6
    group[sizes <= SMALL] = 5
    group[standings == Standing.TOTAL] = 4
    group[_outcomes(cells)[at]] = 3
    group[(cells.kinds[at] == CellKind.TEXT) & (standings == Standing.LABEL)] = 2
    if question:
        named = _named(source, cells, question)[at]
        group = np.where(named > 0, 1, group)
        return at[np.lexsort((cells.columns[at], cells.rows[at], -named, group))]
    block = np.where(group == 5, sizes, 0)  # noqa: PLR2004 - the group of small regions
    return at[np.lexsort((cells.columns[at], cells.rows[at], block, group))]


def _ends(cells: VisibleCells) -> Mask:
    """The first and last rows of data of each region."""
    body = cells.standings >= Standing.LABEL
    size = int(cells.regions.max()) + 2
    first = np.full(size, 1 << 30, np.int64)
    last = np.zeros(size, np.int64)
    np.minimum.at(first, cells.regions[body] + 1, cells.rows[body])
    np.maximum.at(last, cells.regions[body] + 1, cells.rows[body])
    own = cells.regions + 1
    mask: Mask = (cells.rows < first[own] + HEAD) | (cells.rows > last[own] - TAIL)
    return mask


def _outcomes(cells: VisibleCells) -> Mask:
    """Formulas without copies, each the only one in its row: what a model comes to."""
    formula = cells.is_formula
    _, line = np.unique((cells.regions + 1) * _ROWS + cells.rows, return_inverse=True)
    copies = np.bincount(cells.templates[formula], minlength=1)
    found = formula & (np.bincount(line, weights=formula) == 1)[line]
    found[found] = copies[cells.templates[found]] == 1
    own = np.bincount(cells.regions[found] + 1, minlength=int(cells.regions.max()) + 2)
    mask: Mask = found & (own <= SMALL)[cells.regions + 1]
    return mask


def _named(source: Source, cells: VisibleCells, question: str) -> npt.NDArray[np.float64]:
    """How much the question names the row and the column of each cell."""
    texts = source.sheet.cells.texts
    wanted = {word for word in _words(question) if len(word) >= _FEWEST_LETTERS or word.isdigit()}
    found = np.zeros(len(cells))
    if not wanted:
        return found
    is_text = cells.kinds == CellKind.TEXT
    values = source.sheet.cells.values[cells.positions]
    which = values[is_text].astype(np.intp)
    own = np.zeros(len(cells))
    own[is_text] = _weights(texts, np.bincount(which, minlength=len(texts)), wanted)[which]
    for number in {float(word) for word in wanted if word.isdecimal()}:
        same = (cells.kinds == CellKind.NUMBER) & (values == number)
        same |= (cells.kinds == CellKind.DATE) & _in_year(source, values, number)
        own[same] += _weight(max(1, int(np.count_nonzero(same))))
    if not own.any():
        return found
    for lines in (cells.rows, cells.columns):
        best = np.zeros(int(lines.max()) + 1)
        headed = own > 0
        if lines is cells.columns:
            headed &= cells.standings == Standing.HEADER
        np.maximum.at(best, lines[headed], own[headed])
        found += best[lines]
    return _with_labels(cells, found)


def _in_year(source: Source, values: npt.NDArray[np.float64], year: float) -> Mask:
    """Which serial numbers are days of a year; none of a number that is no year."""
    if not MINYEAR <= year < MAXYEAR:
        return np.zeros(len(values), np.bool_)
    first = date(1904, 1, 1) if source.workbook.date1904 else date(1899, 12, 30)
    low, high = ((date(int(year) + more, 1, 1) - first).days for more in (0, 1))
    mask: Mask = (values >= low) & (values < high)
    return mask


def _with_labels(cells: VisibleCells, named: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The same, where a text that labels a row counts as much as the cell most named beside it."""
    _, line = np.unique((cells.regions + 1) * _ROWS + cells.rows, return_inverse=True)
    best = np.zeros(int(line.max()) + 1)
    np.maximum.at(best, line, named)
    labels = (cells.standings == Standing.LABEL) & (cells.kinds == CellKind.TEXT)
    return np.where(labels, best[line], named)


def _weights(
    texts: Sequence[str], counts: npt.NDArray[np.intp], wanted: set[str]
) -> npt.NDArray[np.float64]:
    """For each text the words it shares with a question; a word in many cells says little."""
    begun: dict[str, list[str]] = {}
    for word in wanted:
        begun.setdefault(word[:_STEM], []).append(word)
    shared = [
        {one for word in _words(text) for one in begun.get(word[:_STEM], ()) if _alike(word, one)}
        for text in texts
    ]
    held: Counter[str] = Counter()
    for words, count in zip(shared, counts.tolist(), strict=True):
        for word in words:
            held[word] += count
    weights = {word: _weight(count) for word, count in held.items() if count}
    return np.array([sum(weights.get(word, 0.0) for word in words) for words in shared])


def _alike(one: str, other: str) -> bool:
    """Whether two words differ at most in a short ending, such as that of a plural."""
    if one == other or one.isdigit() or other.isdigit():
        return one == other
    length = max(_STEM, len(one) - _ENDING, len(other) - _ENDING)
    return one[:length] == other[:length]


def _weight(count: int) -> float:
    """What is in many cells says little."""
    return 1 / (1 + log(count))


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))
