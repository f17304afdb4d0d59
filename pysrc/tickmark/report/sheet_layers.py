"""Boxes with arrows between them in layers from left to right, as few arrows crossing as it finds.

The method is that of Sugiyama, Tagawa and Toda (1981): break circles, put boxes into layers, order
each layer by the middle of its neighbours, then place them.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

Link = tuple[int, int]
"""Numbers of two boxes; the arrow runs from the first to the second."""

_SWEEPS: Final = 12


@dataclass(frozen=True, slots=True)
class Layers:
    """Where boxes stand: layer from 0, and the height of the middle, for each box.

    `routes` holds the heights at which a link passes the layers between its two boxes, from its
    left one to its right one. `circles` are groups of boxes that reach each other; `backward` the
    links among them that run from right to left.
    """

    layer: Mapping[int, int]
    height: Mapping[int, float]
    routes: Mapping[Link, tuple[float, ...]]
    circles: tuple[tuple[int, ...], ...]
    backward: frozenset[Link]


def layers_of(
    boxes: Sequence[int],
    links: Mapping[Link, int],
    *,
    room: float,
    first: Iterable[int] = (),
) -> Layers:
    """Place boxes; `links` have weights, the heaviest of a circle run to the right.

    `room` is the distance between two boxes of a layer; a link that passes takes a fifth of it.
    The boxes in `first` have the leftmost layer to themselves.
    """
    circles = _circles(boxes, links)
    backward = frozenset(_backward(circles, links))
    forward = {(a, b): (b, a) if (a, b) in backward else (a, b) for a, b in links}
    layer = _layer(boxes, forward.values(), set(first))
    points = _Points.of(layer, forward)
    points.order()
    points.place(room)
    return Layers(
        layer,
        {box: points.height[box, layer[box]] for box in boxes},
        {link: points.route(link) for link in links},
        tuple(circle for circle in circles if len(circle) > 1),
        backward,
    )


def _circles(boxes: Sequence[int], links: Iterable[Link]) -> list[tuple[int, ...]]:
    import networkx as nx  # noqa: PLC0415 - costs start-up time

    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from(boxes)
    graph.add_edges_from(links)
    return sorted(tuple(sorted(one)) for one in nx.strongly_connected_components(graph))


def _backward(circles: Iterable[tuple[int, ...]], links: Mapping[Link, int]) -> Iterable[Link]:
    """Links against an order of each circle in which little weight runs backwards.

    The order is that of Eades, Lin and Smyth (1993): again and again the box with the greatest
    surplus of outgoing weight comes next.
    """
    of_box = {box: number for number, circle in enumerate(circles) for box in circle}
    for number, circle in enumerate(circles):
        inside = {
            (a, b): weight
            for (a, b), weight in links.items()
            if of_box[a] == number == of_box[b] and a != b
        }
        surplus = dict.fromkeys(circle, 0)
        for (a, b), weight in inside.items():
            surplus[a] += weight
            surplus[b] -= weight
        place: dict[int, int] = {}
        while surplus:
            box = max(surplus, key=lambda one: (surplus[one], -one))
            del surplus[box]
            place[box] = len(place)
            for (a, b), weight in inside.items():
                if a == box and b in surplus:
                    surplus[b] += weight
                elif b == box and a in surplus:
                    surplus[a] -= weight
        yield from (link for link in inside if place[link[0]] > place[link[1]])


def _layer(boxes: Sequence[int], forward: Iterable[Link], first: set[int]) -> dict[int, int]:
    """The layer of each box: one more than the last of those that lead to it."""
    after: dict[int, list[int]] = {box: [] for box in boxes}
    waiting = dict.fromkeys(boxes, 0)
    for a, b in forward:
        after[a].append(b)
        waiting[b] += 1
    layer = {box: int(bool(first) and box not in first) for box in boxes}
    ready = [box for box in boxes if not waiting[box]]
    while ready:
        box = ready.pop()
        for other in after[box]:
            layer[other] = max(layer[other], layer[box] + 1)
            waiting[other] -= 1
            if not waiting[other]:
                ready.append(other)
    return layer


_Point = tuple[int, int] | tuple[int, int, int]
"""A box and its layer, or the two boxes of a link and a layer that it passes."""


@dataclass(slots=True)
class _Points:
    """Boxes and passing links by layer, each joined with points of the layers beside its own."""

    columns: list[list[_Point]]
    before: dict[_Point, list[_Point]]
    behind: dict[_Point, list[_Point]]
    height: dict[_Point, float]

    @classmethod
    def of(cls, layer: Mapping[int, int], forward: Mapping[Link, Link]) -> _Points:
        columns: list[list[_Point]] = [[] for _ in range(max(layer.values(), default=-1) + 1)]
        for box, at in layer.items():
            columns[at].append((box, at))
        made = cls(columns, {}, {}, {})
        for link, (a, b) in forward.items():
            way: list[_Point] = [(a, layer[a])]
            way += [(*link, at) for at in range(layer[a] + 1, layer[b])]
            way.append((b, layer[b]))
            for point in way[1:-1]:
                columns[point[-1]].append(point)
            for one, other in pairwise(way):
                made.behind.setdefault(one, []).append(other)
                made.before.setdefault(other, []).append(one)
        return made

    def route(self, link: Link) -> tuple[float, ...]:
        """The heights at which a link passes layers."""
        points = ((*link, at) for at in range(len(self.columns)))
        return tuple(self.height[point] for point in points if point in self.height)

    def order(self) -> None:
        """Order each layer so that few links cross."""
        best, fewest = [list(one) for one in self.columns], self._crossings()
        for sweep in range(_SWEEPS):
            self._sweep(rightwards=sweep % 2 == 0)
            crossings = self._crossings()
            if crossings < fewest:
                best, fewest = [list(one) for one in self.columns], crossings
        self.columns = best

    def _sweep(self, *, rightwards: bool) -> None:
        columns = self.columns if rightwards else self.columns[::-1]
        beside = self.before if rightwards else self.behind
        for fixed, column in pairwise(columns):
            at = {point: place for place, point in enumerate(fixed)}
            middle = {
                point: _mean([at[one] for one in beside.get(point, ())], place)
                for place, point in enumerate(column)
            }
            column.sort(key=middle.__getitem__)

    def _crossings(self) -> int:
        total = 0
        for left, right in zip(self.columns, self.columns[1:], strict=False):
            at = {point: place for place, point in enumerate(right)}
            behind = (sorted(at[one] for one in self.behind.get(point, ())) for point in left)
            total += _inversions([end for ends in behind for end in ends])
        return total

    def place(self, room: float) -> None:
        """Give each point a height near the middle of its neighbours, in the order found."""
        offsets = {}
        for column in self.columns:
            down = 0.0
            for above, point in zip([None, *column], column, strict=False):
                down += _distance(above, point, room)
                offsets[point] = self.height[point] = down
        for sweep in range(_SWEEPS):
            columns = self.columns if sweep % 2 == 0 else self.columns[::-1]
            for column in columns:
                wishes = [self._wish(point) for point in column]
                self._settle(column, wishes, offsets)
        top = min(self.height.values(), default=0.0)
        self.height = {point: round(height - top, 1) for point, height in self.height.items()}

    def _wish(self, point: _Point) -> float:
        beside = [*self.before.get(point, ()), *self.behind.get(point, ())]
        return _mean([self.height[one] for one in beside], self.height[point])

    def _settle(
        self, column: Sequence[_Point], wishes: Sequence[float], offsets: Mapping[_Point, float]
    ) -> None:
        """Heights nearest to the wishes (least squares) that keep order and distances."""
        runs: list[tuple[float, int]] = []
        for point, wish in zip(column, wishes, strict=True):
            value, size = wish - offsets[point], 1
            while runs and runs[-1][0] > value:
                above, many = runs.pop()
                value = (value * size + above * many) / (size + many)
                size += many
            runs.append((value, size))
        settled = [value for value, size in runs for _ in range(size)]
        for point, value in zip(column, settled, strict=True):
            self.height[point] = value + offsets[point]


def _distance(above: _Point | None, point: _Point, room: float) -> float:
    if above is None:
        return 0.0
    passing = (len(above) > len((0, 0))) + (len(point) > len((0, 0)))
    return room * (1.0, 0.6, 0.2)[passing]


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _inversions(ends: Sequence[int]) -> int:
    """Number of pairs in the wrong order."""
    seen: list[int] = []
    total = 0
    for end in ends:
        total += len(seen) - bisect_right(seen, end)
        insort(seen, end)
    return total
