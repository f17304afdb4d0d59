"""The exact values of an area as a list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import numpy.typing as npt

from tickmark.encode.lists.codes import codes, codes_text
from tickmark.encode.lists.items import ListItems, area_lines, cell_lines, list_items
from tickmark.encode.lists.patterns import Pattern, pattern_of
from tickmark.encode.lists.repeats import repeats
from tickmark.encode.lists.series import Segment, series
from tickmark.encode.lists.spans import merged_items
from tickmark.encode.literals.cells import Literals
from tickmark.encode.values import quoted
from tickmark.model.address import RangeRef
from tickmark.model.grid import CellKind

NUMBERED = 20
BLANK = -1

_SAMPLED = 5_000
_WORTH = 0.95
"""A way that asks more of the reader has to cost so much less."""
_FEWEST_PACKED = 4
_FEWEST_QUOTED = 3

Tokens = Callable[[str], int]
Positions = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]


def list_body(
    literals: Literals,
    area: RangeRef,
    positions: Sequence[int] | npt.NDArray[np.integer],
    *,
    tokens: Tokens,
    merged: Mapping[tuple[int, int], tuple[int, int]] | None = None,
    numbered: int = NUMBERED,
    packed: bool = True,
    longest: int | None = None,
) -> str:
    """The body of a claim that tells each value of one area; one literal where all are the same.

    `positions` are those of its cells in the sheet's arrays, row by row, BLANK for a blank cell.
    `merged` maps the row and column of the first cell of a merge to its rows and columns. A new
    line begins after `numbered` items at the latest (0: never), and with each row of an area of
    several rows and columns. `packed` tells whether names for long texts and shared parts of texts
    may be used, which is done where that costs fewer tokens as counted by `tokens`. A text of more
    than `longest` characters is cut.
    """
    at = np.asarray(positions, np.intp)
    cells = _cells(literals, at, longest)
    spans = merged_items(area, cells.texts, merged) if merged else []
    if not spans and cells.alike:
        return cells.texts[0]
    if area.top != area.bottom and area.left != area.right:
        cells.first[:: area.right - area.left + 1] = True
    ways = cells.ways(spans, packed=packed and not spans)
    return area_lines(_fewest(ways, len(at), tokens), area, numbered)


def results_body(
    literals: Literals,
    areas: Sequence[RangeRef],
    positions: Sequence[int] | npt.NDArray[np.integer],
    *,
    tokens: Tokens,
    numbered: int = NUMBERED,
    packed: bool = True,
    longest: int | None = None,
) -> str:
    """The results of a formula in all cells of its areas; one literal where all are the same.

    `positions` are those of the cells, area by area, each row by row. Everything else is as in
    `list_body`, but a line may hold cells of more than one area and row where there are several
    areas.
    """
    at = np.asarray(positions, np.intp)
    cells = _cells(literals, at, longest)
    if cells.alike:
        return cells.texts[0]
    if len(areas) == 1 and areas[0].cells == len(at):
        return list_body(
            literals,
            areas[0],
            at,
            tokens=tokens,
            numbered=numbered,
            packed=packed,
            longest=longest,
        )
    items = _fewest(cells.ways([], packed=packed), len(at), tokens)
    return cell_lines(items, literals.cells.rows[at], literals.cells.columns[at], numbered)


@dataclass(frozen=True, slots=True, eq=False)
class _ListCells:
    """The cells of a list: positions, literals (empty for a blank one), and which hold texts.

    `first` marks the cells that begin a row of their own; texts longer than `longest` are cut.
    """

    literals: Literals
    positions: Positions
    texts: list[str]
    is_text: Mask
    first: Mask
    longest: int | None = None

    @property
    def alike(self) -> bool:
        """Whether all cells hold the same value."""
        return self.texts[0] != "" and self.texts.count(self.texts[0]) == len(self.texts)

    def ways(self, spans: list[Segment], *, packed: bool) -> Iterator[ListItems]:
        """The ways to write the list: plain, then with names for texts or a pattern."""
        yield self._plain(self.texts, spans)
        if not packed or np.count_nonzero(self.is_text) < _FEWEST_PACKED:
            return
        repeated = len(set(self.texts)) < len(self.texts)
        names = codes(self._runs_of_texts()) if repeated else {}
        if names:
            own = set(names.values())
            texts = [
                names.get(text) or (quoted(text) if text in own else text) for text in self.texts
            ]
            yield self._plain(texts, [], codes_text(names))
        if np.all(self.is_text | (self.positions == BLANK)):
            yield from self._patterned()

    def _plain(self, texts: list[str], spans: list[Segment], head: str = "") -> ListItems:
        taken = sorted([*spans, *repeats(texts, self.first, spans)])
        taken += series(self.literals, self.positions, texts, first=self.first, taken=taken)
        return list_items(texts, sorted(taken), head)

    def _patterned(self) -> Iterator[ListItems]:
        cells = self.literals.cells
        indexes = cells.values[self.positions[self.is_text]].astype(np.intp)
        raw = {index: cells.texts[index] for index in np.unique(indexes).tolist()}
        if self.longest is not None and max(map(len, raw.values())) > self.longest:
            return
        pattern = pattern_of(list(raw.values()))
        if pattern is None:
            if sum(text[:1] == '"' for text in self.texts) < _FEWEST_QUOTED:
                return
            # Texts that look like numbers need no quotes where all are texts.
            pattern = Pattern("", "")
        rests = dict(zip(raw, pattern.rests(raw.values()), strict=True))
        texts = [""] * len(self.texts)
        for place, index in zip(
            np.flatnonzero(self.is_text).tolist(), indexes.tolist(), strict=True
        ):
            texts[place] = rests[index]
        yield list_items(texts, repeats(texts, self.first), pattern.head)

    def _runs_of_texts(self) -> Iterator[str]:
        """The texts of the list, each once for the times it stands in a row."""
        runs = groupby(zip(self.texts, self.is_text.tolist(), strict=True))
        return (text for (text, is_text), _ in runs if is_text)


def _cells(literals: Literals, at: Positions, longest: int | None) -> _ListCells:
    filled = at != BLANK
    if filled.all():
        texts = literals.many(at, longest)
        is_text = literals.cells.kinds[at] == CellKind.TEXT
    else:
        texts = [""] * len(at)
        for place, text in zip(
            np.flatnonzero(filled).tolist(), literals.many(at[filled], longest), strict=True
        ):
            texts[place] = text
        is_text = filled.copy()
        is_text[filled] = literals.cells.kinds[at[filled]] == CellKind.TEXT
    return _ListCells(literals, at, texts, is_text, np.zeros(len(at), np.bool_), longest)


def _fewest(ways: Iterator[ListItems], cells: int, tokens: Tokens) -> ListItems:
    """The way with the fewest tokens, as counted over the first cells of a long list."""
    best = next(ways)
    fewest = None
    scale = max(1.0, cells / _SAMPLED)
    for way in ways:
        if fewest is None:
            fewest = tokens(best.joined(_SAMPLED)) * scale
        cost = tokens(way.joined(_SAMPLED)) * scale + tokens(way.head)
        if cost < fewest * _WORTH:
            best, fewest = way, cost
    return best
