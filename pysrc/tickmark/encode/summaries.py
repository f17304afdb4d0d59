"""Cells told together: their type, bounds, sum and some of their values."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from itertools import islice
from math import fsum, isfinite

import numpy as np
import numpy.typing as npt

from tickmark.encode.claim import TypeWord
from tickmark.encode.detail import Detail
from tickmark.encode.literals.cells import Literals
from tickmark.encode.literals.numbers import number_literal
from tickmark.encode.type_words import word_of
from tickmark.model.grid import Cells

Positions = npt.NDArray[np.intp]

ALL = 3
"""All texts of an area are samples where they are at most so many more than asked for."""

SHORT = 5
"""The value of a single cell of at most so many characters is told instead of its type."""

DIGITS = 3
"""Rough bounds have so many significant digits."""

_NUMBERS = (TypeWord.INTEGER, TypeWord.NUMBER, TypeWord.PERCENT, TypeWord.CURRENCY)
_ORDERED = (*_NUMBERS, TypeWord.DATE, TypeWord.TIME)


@dataclass(frozen=True, slots=True, eq=False)
class Summaries:
    """Writes summaries of cells of one sheet; `words` are the codes of their types."""

    cells: Cells
    literals: Literals
    words: npt.NDArray[np.uint8]

    def body(self, positions: Positions, detail: Detail) -> str:
        """`<int ~3..95>` or `<text 12 distinct>|EUR|USD`; positions in the order of the cells."""
        word = word_of(self.words[positions])
        stats, samples = self._told(word, positions, detail)
        inside = " ".join((word.value, *stats))
        return "|".join((f"<{inside}>", *samples))

    def same(self, positions: Positions, detail: Detail) -> str:
        """The one value that all cells have; nothing where they differ or it is long."""
        values = self.cells.values[positions]
        first = values[0]
        if (values != first).any() or (np.signbit(values) != np.signbit(first)).any():
            return ""
        if len(np.unique(self.cells.kinds[positions])) > 1:
            return ""
        literal = self.literals.of(int(positions[0]))
        longest = detail.sample_text if len(positions) > 1 else SHORT
        return literal if len(literal) <= longest else ""

    def _told(
        self, word: TypeWord, positions: Positions, detail: Detail
    ) -> tuple[list[str], list[str]]:
        if word in _ORDERED:
            return self._ordered(word, positions, detail), []
        if word is TypeWord.TEXT:
            return self._texts(positions, detail)
        if word is TypeWord.BOOL and len(positions) >= detail.rough:
            true = int(np.count_nonzero(self.cells.values[positions]))
            return [f"{true} true"], []
        return [], []

    def _ordered(self, word: TypeWord, positions: Positions, detail: Detail) -> list[str]:
        values = self.cells.values[positions]
        if detail.stats:
            low, high = (positions[np.argmin(values)], positions[np.argmax(values)])
            told = [f"{self.literals.of(int(low))}..{self.literals.of(int(high))}"]
            if word in _NUMBERS:
                told += _sum(values)
            if detail.stats > 1:
                told.append(f"first {self.literals.of(int(positions[0]))}")
                told.append(f"last {self.literals.of(int(positions[-1]))}")
            return told
        if len(positions) < detail.rough:
            return []
        least, most = float(values.min()), float(values.max())
        if word in _NUMBERS:
            return [rough_bounds(least, most)]
        low, high = (positions[np.argmin(values)], positions[np.argmax(values)])
        return [f"{self.literals.of(int(low))}..{self.literals.of(int(high))}"]

    def _texts(self, positions: Positions, detail: Detail) -> tuple[list[str], list[str]]:
        if len(positions) < detail.sampled or not detail.samples:
            return [], []
        indexes, firsts = np.unique(self.cells.values[positions], return_index=True)
        order = np.argsort(firsts)
        # A file may hold one text several times.
        different: dict[str, int] = {}
        for index, first in zip(indexes[order].tolist(), firsts[order].tolist(), strict=True):
            different.setdefault(self.cells.texts[int(index)], first)
        count = len(different)
        most = count if count <= detail.samples + ALL else detail.samples
        samples = [
            self.literals.of(int(positions[first]), detail.sample_text)
            for first in islice(different.values(), most)
        ]
        return [f"{count} distinct"], samples


def _sum(values: npt.NDArray[np.float64]) -> list[str]:
    """The exact sum; nothing where it is too large for a number."""
    try:
        return [f"sum {number_literal(fsum(values.tolist()))}"]
    except OverflowError:
        return []


def rough_bounds(low: float, high: float) -> str:
    """Bounds that no value passes: exact where that is short, else rounded outwards after `~`."""
    exact = f"{number_literal(low)}..{number_literal(high)}"
    least, most = _rounded(low, ROUND_FLOOR), _rounded(high, ROUND_CEILING)
    rough = f"~{number_literal(least)}..{number_literal(most)}"
    return exact if len(exact) <= len(rough) + 2 else rough


def _rounded(value: float, rounding: str) -> float:
    """A number of few digits on one side of another."""
    if not isfinite(value):
        return value
    rounded = float(Context(prec=DIGITS, rounding=rounding).plus(Decimal(value)))
    return rounded if isfinite(rounded) else value
