"""Strongly connected components of formula cells, cell by cell and exact."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tickmark.structure.calls import Use
from tickmark.structure.cell_index import CellIndex, Place
from tickmark.structure.formulas import Formulas

MOST_SPANS = 2_000_000


class CellSearch:
    """A search over chosen formula cells and the references between them.

    Tarjan's algorithm, but the neighbours of a cell are whole spans of cells: the next one not yet
    visited comes from a structure that skips the visited, and the lowest index among those on the
    stack from a tree of minima. So a column of running totals costs no more than a column of sums.

    `positions` are those of the chosen cells for each sheet, all with a template; `uses` the uses
    of references that count. Cells are numbered from 0, see `places`.
    """

    def __init__(
        self,
        formulas: Formulas,
        positions: Sequence[npt.NDArray[np.intp]],
        uses: Collection[Use],
    ) -> None:
        self.formulas = formulas
        self.uses = uses
        self.index = CellIndex(
            (own.sheet.cells, at) for own, at in zip(formulas.sheets, positions, strict=True)
        )
        self.template_of = [
            int(formulas.sheets[place[0]].template_of[position])
            for place, position in zip(self.index.places, self.index.positions, strict=True)
        ]
        self.spans_left = MOST_SPANS

    @property
    def places(self) -> list[Place]:
        """The place of each cell by its number."""
        return self.index.places

    def spans(self, number: int) -> list[tuple[int, int]]:
        """The chosen cells that a cell depends on: first and one past the last, by column."""
        sheet, row, column = self.index.places[number]
        template = self.template_of[number]
        rows, columns = self.formulas.sheets[sheet].templates[template].distance(row, column)
        found: list[tuple[int, int]] = []
        for area in self.formulas.precedents[sheet][template]:
            if area.use in self.uses:
                other = self.formulas.scope.sheets[area.sheet.casefold()]
                found.extend(self.index.spans(other, area.edges(rows, columns)))
        self.spans_left -= len(found)
        return found

    def components(self) -> Iterator[tuple[list[int], bool]]:
        """The components as sorted numbers, each after those it depends on.

        Each comes with whether it holds a circle. Ends early where the search has seen more than
        MOST_SPANS spans; `spans_left` is then negative.
        """
        size = len(self.index)
        unvisited = _Unvisited(size)
        stacked = Minima(size)
        stack: list[int] = []
        for start in range(size):
            if unvisited.next(start) == start:
                yield from self._from(start, unvisited, stacked, stack)
            if self.spans_left < 0:
                return

    def _from(
        self, start: int, unvisited: _Unvisited, stacked: Minima, stack: list[int]
    ) -> Iterator[tuple[list[int], bool]]:
        """Visit everything that a cell depends on."""
        frames = [self._visit(start, unvisited, stacked, stack)]
        while frames and self.spans_left >= 0:
            frame = frames[-1]
            other = frame.next_unvisited(unvisited)
            if other is not None:
                frames.append(self._visit(other, unvisited, stacked, stack))
                continue
            frames.pop()
            low = min(frame.low, *(stacked.lowest(*span) for span in frame.spans), frame.order)
            if frames:
                frames[-1].low = min(frames[-1].low, low)
            if low == frame.order:
                component = _popped(stack, frame.number, stacked)
                yield sorted(component), len(component) > 1 or frame.refers_to_itself

    def _visit(
        self, number: int, unvisited: _Unvisited, stacked: Minima, stack: list[int]
    ) -> _Frame:
        unvisited.remove(number)
        order = unvisited.removed
        stacked.put(number, order)
        stack.append(number)
        return _Frame(number, order, order, self.spans(number))

    def around(self, component: Sequence[int]) -> list[int]:
        """A shortest way from the first cell of a component (sorted numbers) back to it."""
        start = min(range(len(component)), key=lambda at: self.index.places[component[at]])
        unvisited = _Unvisited(len(component))
        came_from: dict[int, int] = {}
        ring = [start]
        while ring:
            ahead: list[int] = []
            for at in ring:
                for number, end in self.spans(component[at]):
                    low, high = bisect_left(component, number), bisect_left(component, end)
                    if low <= start < high:
                        return [component[step] for step in _way(came_from, start, at)]
                    while (other := unvisited.next(low)) < high:
                        unvisited.remove(other)
                        came_from[other] = at
                        ahead.append(other)
            ring = ahead
        return [component[start]]


@dataclass(slots=True)
class _Frame:
    """A cell being visited: its order of visit, the lowest order reached, what it depends on."""

    number: int
    order: int
    low: int
    spans: list[tuple[int, int]]
    at: int = 0

    @property
    def refers_to_itself(self) -> bool:
        return any(first <= self.number < end for first, end in self.spans)

    def next_unvisited(self, unvisited: _Unvisited) -> int | None:
        while self.at < len(self.spans):
            low, high = self.spans[self.at]
            other = unvisited.next(low)
            if other < high:
                return other
            self.at += 1
        return None


class _Unvisited:
    """Numbers from 0 up to a size, of which the next one not yet removed is found at once."""

    def __init__(self, size: int) -> None:
        self._next = list(range(size + 1))
        self.removed = 0

    def next(self, number: int) -> int:
        """The first number from this one on that was not removed; the size where there is none."""
        ahead = self._next
        end = number
        while ahead[end] != end:
            end = ahead[end]
        while ahead[number] != end:
            ahead[number], number = end, ahead[number]
        return end

    def remove(self, number: int) -> None:
        self._next[number] = number + 1
        self.removed += 1


class Minima:
    """A tree over numbered places, of which the lowest value in a span is found quickly."""

    def __init__(self, size: int) -> None:
        self._size = max(size, 1)
        self._empty = size + 2
        self._tree = [self._empty] * (2 * self._size)

    def put(self, place: int, value: int | None) -> None:
        """Set a place's value; None empties it."""
        tree = self._tree
        at = place + self._size
        tree[at] = self._empty if value is None else value
        while at > 1:
            at //= 2
            tree[at] = min(tree[2 * at], tree[2 * at + 1])

    def lowest(self, first: int, end: int) -> int:
        """The lowest value from a place up to, not with, another; larger than all where empty."""
        tree = self._tree
        low, high, best = first + self._size, end + self._size, self._empty
        while low < high:
            if low % 2:
                best = min(best, tree[low])
                low += 1
            if high % 2:
                high -= 1
                best = min(best, tree[high])
            low //= 2
            high //= 2
        return best


def _popped(stack: list[int], number: int, stacked: Minima) -> list[int]:
    component: list[int] = []
    while not component or component[-1] != number:
        component.append(stack.pop())
        stacked.put(component[-1], None)
    return component


def _way(came_from: dict[int, int], start: int, end: int) -> list[int]:
    way = [end]
    while way[-1] != start:
        way.append(came_from[way[-1]])
    return way[::-1]
