"""What a formula of a cell would read like in the other rows of its column, one or many at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from tickmark.model.address import MAX_ROW

_MARK: Final = "\x00"
_MOVING_ROW: Final = re.compile(r"(?<![$0-9])[0-9]+")


class RowPattern(NamedTuple):
    """A formula in one column: a `%` format that takes `row + distance` for each of `distances`.

    It holds in the rows from `first` to `last`; elsewhere a reference would leave the sheet. A
    tuple, since many are made and few are used.
    """

    format: str
    distances: tuple[int, ...]
    first: int
    last: int

    def text(self, row: int) -> str:
        """The formula of a row from `first` to `last`."""
        return self.format % tuple([row + distance for distance in self.distances])

    def holds(self, row: int, text: str) -> bool:
        """Whether the formula of a row is a copy."""
        return self.first <= row <= self.last and self.text(row) == text

    def matches(self, rows: Sequence[int], texts: Sequence[str]) -> int:
        """How many formulas are copies up to the first that is none; `rows` ascend, none is empty.

        Compares all of them at once. 0 may also mean that this cannot tell.
        """
        actual = _MARK.join(texts)
        if rows[0] < self.first or rows[-1] > self.last or actual.count(_MARK) != len(texts) - 1:
            return 0
        expected = self._joined(rows)
        if expected == actual:
            return len(texts)
        # The texts of the sheet hold no mark, so what is equal up to a mark is equal one by one.
        return expected.count(_MARK, 0, _common(expected, actual))

    def _joined(self, rows: Sequence[int]) -> str:
        """The formulas of the rows with a mark between each two."""
        texts = (self.format % ((_MARK,) * len(self.distances))).split(_MARK)
        if not self.distances:
            return _MARK.join(texts * len(rows))
        numbers = {step: _numbers(rows, step) for step in set(self.distances)}
        between = texts[-1] + _MARK + texts[0]
        if len(self.distances) == 1:
            return texts[0] + between.join(numbers[self.distances[0]]) + texts[-1]
        size = 2 * len(self.distances)
        parts = [""] * (size * len(rows))
        for at, step in enumerate(self.distances):
            parts[2 * at :: size] = numbers[step]
            behind = between if at + 1 == len(self.distances) else texts[at + 1]
            parts[2 * at + 1 :: size] = [behind] * len(rows)
        parts[-1] = texts[-1]
        return texts[0] + "".join(parts)


def row_pattern(split: Sequence[tuple[str, str]], row: int) -> RowPattern:
    """The pattern of the formula of a row, of which `split` are texts and references."""
    formats: list[str] = []
    distances: list[int] = []
    for text, reference in split:
        formats.append(text.replace("%", "%%") if "%" in text else text)
        if reference:
            written, rows = _moving(reference)
            formats.append(written)
            distances.extend([number - row for number in rows])
    if not distances:
        return RowPattern("".join(formats), (), 1, MAX_ROW)
    first, last = 1 - min(distances), MAX_ROW - max(distances)
    return RowPattern("".join(formats), tuple(distances), first, last)


@lru_cache(maxsize=16_384)
def _moving(reference: str) -> tuple[str, tuple[int, ...]]:
    """A format for a reference, and its relative rows."""
    rows = tuple(map(int, _MOVING_ROW.findall(reference)))
    return _MOVING_ROW.sub("%s", reference), rows


def _numbers(rows: Sequence[int], step: int) -> list[str]:
    first, last = rows[0], rows[-1]
    if last - first == len(rows) - 1:
        return list(map(str, range(first + step, last + step + 1)))
    return [str(row + step) for row in rows]


def _common(one: str, other: str) -> int:
    """Length of the beginning that two texts share."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if other.startswith(one[low:middle], low):
            low = middle
        else:
            high = middle - 1
    return low
