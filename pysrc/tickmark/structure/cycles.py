"""Circular references, cell by cell and exact."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tickmark.structure.calls import Use
from tickmark.structure.cell_index import CellIndex, Place
from tickmark.structure.formulas import Formulas, SheetFormulas

MOST_CELLS = 200_000
MOST_SPANS = 2_000_000


@dataclass(frozen=True, slots=True)
class Cycle:
    """Formula cells of which each depends on each other one, sorted by sheet, row and column.

    `path` runs around once: each cell refers to the next, the last to the first. `certain` tells
    that the circle closes whenever the workbook is calculated; otherwise it needs a branch of an
    IF or the like to be taken.
    """

    cells: tuple[Place, ...]
    path: tuple[Place, ...]
    certain: bool


def cycles(formulas: Formulas) -> tuple[Cycle, ...] | None:
    """All circular references by cell addresses, names and tables, first cells first.

    What INDEX picks, OFFSET and INDIRECT reach, implicit intersections and data tables are left
    out. None where the workbook is too large to tell: more than MOST_CELLS formula cells or
    MOST_SPANS columns of referenced areas with formulas in them.
    """
    if not formulas.complete or formulas.workbook.formula_count > MOST_CELLS:
        return None
    sometimes = _Search(formulas, {Use.VALUE, Use.CONDITIONAL})
    possible = sometimes.components()
    if not possible:
        return None if possible is None else ()
    always = _Search(formulas, {Use.VALUE})
    certain = always.components()
    if certain is None:
        return None
    closed = {cell for component in certain for cell in component}
    found = [always.cycle(component, certain=True) for component in certain]
    found += [
        sometimes.cycle(component, certain=False)
        for component in possible
        if closed.isdisjoint(component)
    ]
    return tuple(sorted(found, key=lambda cycle: cycle.cells))


class _Search:
    """Strongly connected components of formula cells, their edges looked up when needed.

    Tarjan's algorithm, but the neighbours of a cell are whole spans of cells: the next one not yet
    visited comes from a structure that skips the visited, and the lowest index among those on the
    stack from a tree of minima. So a column of running totals costs no more than a column of sums.
    """

    def __init__(self, formulas: Formulas, uses: set[Use]) -> None:
        self.formulas = formulas
        self.uses = uses
        self.index = CellIndex((own.sheet.cells, _computed(own)) for own in formulas.sheets)
        templates = [own.template_of.tolist() for own in formulas.sheets]
        self.template_of = [
            templates[place[0]][position]
            for place, position in zip(self.index.places, self.index.positions, strict=True)
        ]
        self.spans_left = MOST_SPANS

    def spans(self, number: int) -> list[tuple[int, int]]:
        """The formula cells that a cell depends on."""
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

    def components(self) -> list[list[int]] | None:
        """The components that hold a circle; None where the search grew too large."""
        size = len(self.index)
        unvisited = _Unvisited(size)
        stacked = _Minima(size)
        found: list[list[int]] = []
        stack: list[int] = []
        for start in range(size):
            if unvisited.next(start) != start:
                continue
            found.extend(self._from(start, unvisited, stacked, stack))
            if self.spans_left < 0:
                return None
        return found

    def _from(
        self, start: int, unvisited: _Unvisited, stacked: _Minima, stack: list[int]
    ) -> Iterator[list[int]]:
        """Visit everything that a cell depends on; yields components that hold a circle."""
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
                if len(component) > 1 or frame.refers_to_itself:
                    yield sorted(component)

    def _visit(
        self, number: int, unvisited: _Unvisited, stacked: _Minima, stack: list[int]
    ) -> _Frame:
        unvisited.remove(number)
        order = unvisited.removed
        stacked.put(number, order)
        stack.append(number)
        return _Frame(number, order, order, self.spans(number))

    def cycle(self, component: Sequence[int], *, certain: bool) -> Cycle:
        """The circle of a component, with one short way around."""
        places = self.index.places
        return Cycle(
            cells=tuple(sorted(places[number] for number in component)),
            path=tuple(places[number] for number in self._around(component)),
            certain=certain,
        )

    def _around(self, component: Sequence[int]) -> list[int]:
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


class _Minima:
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


def _computed(own: SheetFormulas) -> npt.NDArray[np.intp]:
    """The cells whose formula refers to its precedents; that of a data table does not."""
    computed = np.array([*(template.computed for template in own.templates), False], np.bool_)
    return np.flatnonzero(computed[own.template_of])


def _popped(stack: list[int], number: int, stacked: _Minima) -> list[int]:
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
