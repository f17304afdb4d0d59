"""Keys in a row or column: where they are out of order, and what a search by halves hits."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.model.grid import CellKind

NOTHING: Final = -1
MOST_KEPT: Final = 16

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]

Key = float | str | bool
KINDS: Final = (CellKind.NUMBER, CellKind.TEXT, CellKind.BOOL)


@dataclass(frozen=True, slots=True)
class Breaks:
    """Pairs of neighbouring keys of one kind that are out of order, by the place of the first.

    `first` and `second` (n) are places of the line, as rows or columns of a sheet.
    """

    first: Numbers
    second: Numbers

    def inside(self, begins: Numbers, ends: Numbers) -> npt.NDArray[np.bool_]:
        """For each stretch of the line, whether it holds a pair."""
        at = np.searchsorted(self.first, begins)
        ahead = np.append(self.second, np.iinfo(np.int64).max)
        return np.asarray(ahead[at] <= ends, np.bool_)

    def first_inside(self, begin: int, end: int) -> tuple[int, int] | None:
        """The first pair in a stretch."""
        at = int(np.searchsorted(self.first, begin))
        if at == len(self.first) or self.second[at] > end:
            return None
        return int(self.first[at]), int(self.second[at])


@dataclass(frozen=True, eq=False)
class KeyLine:
    """The keys of one row or column in order: `places` (n), `kinds` (n, CellKind) and `keys` (n).

    Dates are numbers here; blank cells and errors are no keys. Keys of different kinds are never
    compared, as in Excel, which steps over those of another kind. Excel's own order of texts
    depends on the language and leaves some marks out, so texts are ordered in two ways, and only
    what holds in both is told.
    """

    places: Numbers
    kinds: npt.NDArray[np.uint8]
    keys: Sequence[Key]
    descending: bool = False

    def breaks(self, kind: CellKind) -> Breaks:
        """The pairs of keys of a kind that are out of order."""
        return self._breaks[kind]

    def key_at(self, place: int) -> Key:
        """The key at a place that has one."""
        return self.keys[int(np.searchsorted(self.places, place))]

    def kinds_inside(self, begin: int, end: int) -> set[CellKind]:
        """The kinds of the keys in a stretch."""
        low, high = np.searchsorted(self.places, (begin, end + 1))
        return {CellKind(int(one)) for one in np.unique(self.kinds[low:high])}

    def holds(self, key: Key, begin: int, end: int) -> bool:
        """Whether a key stands in a stretch."""
        return (
            self._ranked(_kind(key), begin, end)[0].best(self._values(key)[0])
            == (self._values(key)[0])
        )

    def is_last(self, key: Key, begin: int, end: int) -> bool:
        """Whether all keys of its kind in a stretch lie before a key, so that the last is hit."""
        ways = self._ranked(_kind(key), begin, end)
        return all(
            not len(way.ranks) or bool(way.ranks[-1] < value)
            for way, value in zip(ways, self._values(key), strict=True)
        )

    def missed(self, key: Key, begin: int, end: int) -> tuple[int, int] | None:
        """The place that a search for a key hits and the one it should; None if that may be right.

        It should hit an equal key, or else the last one before it. Either place is NOTHING where
        there is none. A miss counts where each way to halve and to order agrees on it.
        """
        found: tuple[int, int] | None = None
        for way, value in zip(self._ranked(_kind(key), begin, end), self._values(key), strict=True):
            best = way.best(value)
            for hit in (_by_keys(way, value), _by_places(way, value)):
                if (best is None) if hit == NOTHING else (way.order[hit] == best):
                    return None
                if found is None:
                    right = NOTHING if best is None else int(way.places[way.order == best][0])
                    found = (NOTHING if hit == NOTHING else int(way.places[hit]), right)
        return found

    def equal_places(self, key: Key, begin: int, end: int) -> Numbers:
        """The places of the keys in a stretch that a search for a key should hit."""
        way = self._ranked(_kind(key), begin, end)[0]
        best = way.best(self._values(key)[0])
        return way.places[way.order == best] if best is not None else way.places[:0]

    def _ranked(self, kind: CellKind, begin: int, end: int) -> tuple[_Ranked, ...]:
        """The keys of a kind in a stretch, in each order; the last few stretches are kept."""
        asked = (kind, begin, end)
        if asked not in self._kept:
            own = self._of(kind)
            low, high = np.searchsorted(own.places, (begin, end + 1)).tolist()
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[asked] = tuple(
                _Ranked(own.places[low:high], order[low:high], np.sort(order[low:high]))
                for order in own.order
            )
        return self._kept[asked]

    @cached_property
    def _kept(self) -> dict[tuple[CellKind, int, int], tuple[_Ranked, ...]]:
        return {}

    @cached_property
    def _breaks(self) -> dict[CellKind, Breaks]:
        found = {}
        for kind in KINDS:
            own = self._of(kind)
            down = np.all([order[:-1] > order[1:] for order in own.order], axis=0)
            at = np.flatnonzero(down)
            found[kind] = Breaks(own.places[at], own.places[at + 1])
        return found

    def _of(self, kind: CellKind) -> _OneKind:
        return self._by_kind[kind]

    @cached_property
    def _by_kind(self) -> dict[CellKind, _OneKind]:
        found = {}
        for kind in KINDS:
            at = np.flatnonzero(self.kinds == kind)
            keys = [self.keys[one] for one in at.tolist()]
            ways: tuple[Sequence[str], ...] = ()
            if kind is CellKind.TEXT:
                texts = [str(key) for key in keys]
                folded = ([_folded(text) for text in texts], [_letters(text) for text in texts])
                ways = tuple(sorted(set(one)) for one in folded)
                ranks = [{text: rank for rank, text in enumerate(way)} for way in ways]
                order = [
                    np.array([rank[text] for text in one], np.float64)
                    for one, rank in zip(folded, ranks, strict=True)
                ]
            else:
                order = [np.array(keys, np.float64)]
            if self.descending:
                order = [-one for one in order]
            found[kind] = _OneKind(self.places[at], tuple(order), ways)
        return found

    def _values(self, key: Key) -> tuple[float, ...]:
        """Where a key stands in each order; between two keys where it equals none."""
        own = self._of(_kind(key))
        values = [float(key)] if not isinstance(key, str) else []
        for way, fold in zip(own.ways, (_folded, _letters), strict=False):
            text = fold(str(key))
            rank = bisect_left(way, text)
            values.append(rank if way[rank : rank + 1] == [text] else rank - 0.5)
        return tuple(-value if self.descending else value for value in values)


@dataclass(frozen=True, slots=True, eq=False)
class _Ranked:
    """Keys of one kind in a stretch: places, numbers that order them, and these sorted."""

    places: Numbers
    order: Floats
    ranks: Floats

    def best(self, value: float) -> float | None:
        """The number of the key that a search should hit: the greatest up to a value."""
        at = int(self.ranks.searchsorted(value, side="right"))
        return float(self.ranks[at - 1]) if at else None


@dataclass(frozen=True, slots=True, eq=False)
class _OneKind:
    """The keys of one kind: places, numbers that order them in one way or two, texts by rank."""

    places: Numbers
    order: tuple[Floats, ...]
    ways: tuple[Sequence[str], ...]


def _kind(key: Key) -> CellKind:
    if isinstance(key, bool):
        return CellKind.BOOL
    return CellKind.TEXT if isinstance(key, str) else CellKind.NUMBER


def _folded(text: str) -> str:
    return text.casefold()


def _letters(text: str) -> str:
    """A text without case, accents and marks."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join([letter for letter in plain if letter.isalnum()])


def _by_keys(keys: _Ranked, value: float) -> int:
    """What a search hits that halves the number of keys."""
    low, high = NOTHING, len(keys.order)
    while high - low > 1:
        middle = (low + high) // 2
        if keys.order[middle] == value:
            return middle
        low, high = (middle, high) if keys.order[middle] < value else (low, middle)
    return low


def _by_places(keys: _Ranked, value: float) -> int:
    """What a search hits that halves the range and goes on to the next key of the kind."""
    if not len(keys.places):
        return NOTHING
    low, high = int(keys.places[0]) - 1, int(keys.places[-1]) + 1
    found = NOTHING
    while high - low > 1:
        middle = (low + high) // 2
        at = int(keys.places.searchsorted(middle))
        if keys.places[at] >= high:
            high = middle
        elif keys.order[at] == value:
            return at
        elif keys.order[at] < value:
            low, found = int(keys.places[at]), at
        else:
            high = middle
    return found
