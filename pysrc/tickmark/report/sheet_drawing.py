"""The map of sheets as a drawing: boxes from left to right in the order of calculation."""

from __future__ import annotations

import math
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Final

from tickmark.report.sheet_layers import Layers, Link, layers_of
from tickmark.report.wording import counted, plain

MOST_BOXES: Final = 80
MOST_LINKS: Final = 240

_WIDTH: Final = 168
_HEIGHT: Final = 46
_ACROSS: Final = 78
_NEARER: Final = 54
_MANY_LAYERS: Final = 5
_ROOM: Final = _HEIGHT + 14
_MARGIN: Final = 12
_NAME_WIDTH: Final = 16.5
_THINNEST, _THICKEST = 1.2, 6.0
_ARROW: Final = 7


@dataclass(frozen=True, slots=True)
class Station:
    """What the map draws as a box: a sheet, or another workbook (`is_book`).

    `always` tells that it is drawn without any link too.
    """

    name: str
    caption: str
    is_book: bool = False
    always: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """A station drawn at `x`, `y`; `number` is its place among the stations.

    `name` is cut to fit, `title` whole. `circled` tells that it feeds itself by way of others.
    """

    number: int
    x: float
    y: float
    name: str
    caption: str
    title: str
    is_book: bool
    circled: bool


@dataclass(frozen=True, slots=True)
class Curve:
    """A link as an SVG path of some stroke width, with the path of the head of its arrow."""

    link: Link
    path: str
    head: str
    width: float
    title: str
    circled: bool
    backward: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """The whole map, and what is not in it.

    Stations without link stand below the others; `apart` are those of them that are not drawn,
    `left_out` connected stations beyond MOST_BOXES, `links_left_out` counts links without curve.
    `circles` are groups of stations that feed each other in turn.
    """

    width: int
    height: int
    box_width: int
    box_height: int
    boxes: tuple[Box, ...]
    curves: tuple[Curve, ...]
    apart: tuple[int, ...]
    left_out: tuple[int, ...]
    links_left_out: int
    circles: tuple[tuple[int, ...], ...]


def drawing_of(stations: Sequence[Station], links: Mapping[Link, int]) -> Drawing:
    """Draw stations and the links between them, each with the number of its references.

    An arrow runs from the precedent to the dependent. Of more than MOST_BOXES connected stations
    or MOST_LINKS links the heaviest are drawn.
    """
    between = {link: weight for link, weight in links.items() if link[0] != link[1]}
    weights: Counter[int] = Counter()
    for (a, b), weight in between.items():
        weights[a] += weight
        weights[b] += weight
    heaviest = sorted(weights, key=lambda one: (-weights[one], one))
    drawn = sorted(heaviest[:MOST_BOXES])
    chosen = _heaviest(between, set(drawn))
    books = [one for one in drawn if stations[one].is_book]
    layers = layers_of(drawn, chosen, room=_ROOM, first=books)
    apart = [one for one in range(len(stations)) if one not in weights]
    alone = [one for one in apart if stations[one].always][: MOST_BOXES - len(drawn)]
    plan = _plan(layers, alone)
    circled = {one for circle in layers.circles for one in circle}
    return Drawing(
        width=math.ceil(max((x for x, _ in plan.corners.values()), default=0)) + _WIDTH + _MARGIN,
        height=math.ceil(plan.bottom) + _MARGIN,
        box_width=_WIDTH,
        box_height=_HEIGHT,
        boxes=tuple(
            _box(one, stations[one], corner, one in circled)
            for one, corner in sorted(plan.corners.items())
        ),
        curves=tuple(_curves(stations, chosen, plan)),
        apart=tuple(one for one in apart if one not in plan.corners),
        left_out=tuple(sorted(heaviest[MOST_BOXES:])),
        links_left_out=len(between) - len(chosen),
        circles=layers.circles,
    )


@dataclass(frozen=True, slots=True)
class _Plan:
    """Left top corners of all boxes, the distance of layers, and where the lowest part ends."""

    layers: Layers
    pitch: float
    corners: Mapping[int, tuple[float, float]]
    bottom: float

    def x(self, layer: int) -> float:
        return _MARGIN + layer * self.pitch


def _plan(layers: Layers, alone: Sequence[int]) -> _Plan:
    """Boxes with links by layer, below them those without in rows."""
    count = max(layers.layer.values(), default=-1) + 1
    pitch = _WIDTH + (_ACROSS if count <= _MANY_LAYERS else _NEARER)
    corners = {
        one: (_MARGIN + layer * pitch, _MARGIN + layers.height[one])
        for one, layer in layers.layer.items()
    }
    routes = (height for route in layers.routes.values() for height in route)
    deepest = max((*layers.height.values(), *routes), default=None)
    top = _MARGIN + (0.0 if deepest is None else deepest + _HEIGHT + 1.5 * _MARGIN)
    across = max(count, _MANY_LAYERS)
    for place, one in enumerate(alone):
        down, right = divmod(place, across)
        corners[one] = _MARGIN + right * (_WIDTH + 2 * _MARGIN), top + down * _ROOM
    ends = [y + _HEIGHT for _, y in corners.values()]
    lanes = 0.0 if deepest is None else _MARGIN + deepest + _HEIGHT
    return _Plan(layers, pitch, corners, max((*ends, lanes)))


def _heaviest(links: Mapping[Link, int], drawn: set[int]) -> dict[Link, int]:
    inside = [link for link in links if link[0] in drawn and link[1] in drawn]
    inside.sort(key=lambda link: (-links[link], link))
    return {link: links[link] for link in sorted(inside[:MOST_LINKS])}


def _box(number: int, station: Station, corner: tuple[float, float], circled: bool) -> Box:  # noqa: FBT001 - one call
    kind = "Other workbook" if station.is_book else "Sheet"
    return Box(
        number,
        *corner,
        fitted(plain(station.name, 80), _NAME_WIDTH),
        station.caption,
        f"{kind} {plain(station.name, 200)}: {station.caption}",
        station.is_book,
        circled,
    )


def fitted(text: str, width: float) -> str:
    """A text cut so that it takes about so many times the width of a small letter."""
    text = " ".join(text.split())
    ends = list(accumulate(map(_breadth, text)))
    if not ends or ends[-1] <= width:
        return text
    return text[: max(1, bisect_right(ends, width - 1.2))].rstrip() + "…"


def _breadth(character: str) -> float:
    if unicodedata.east_asian_width(character) in {"W", "F"}:
        return 1.6
    if character in _NARROW:
        return 0.65
    return 1.2 if character.isupper() or character in "mwMW%@" else 1.0


_NARROW: Final = frozenset(" .,:;|!'()[]ijlItfr-")


def _curves(stations: Sequence[Station], links: Mapping[Link, int], plan: _Plan) -> Iterable[Curve]:
    layers = plan.layers
    most = max(links.values(), default=1)
    of_box = {one: number for number, circle in enumerate(layers.circles) for one in circle}
    ports = _ports(links, plan)
    for (a, b), weight in links.items():
        backward = (a, b) in layers.backward
        left, right = (b, a) if backward else (a, b)
        width = _THINNEST + (_THICKEST - _THINNEST) * math.log1p(weight) / math.log1p(most)
        start = plan.corners[left][0] + _WIDTH, ports[(a, b), left]
        end = plan.corners[right][0], ports[(a, b), right]
        passed = _passed(plan, layers.layer[left], layers.routes[a, b])
        path, head = _path([start, *passed, end], backward)
        names = (plain(stations[one].name, 80) for one in (a, b))
        yield Curve(
            link=(a, b),
            path=path,
            head=head,
            width=round(width, 1),
            title=" to ".join(names) + f": {counted(weight, 'reference')}",
            circled=a in of_box and of_box[a] == of_box.get(b),
            backward=backward,
        )


def _ports(links: Mapping[Link, int], plan: _Plan) -> dict[tuple[Link, int], float]:
    """The height at which each link leaves or enters each of its boxes, spread over its side."""
    layers = plan.layers
    sides: dict[tuple[int, bool], list[tuple[float, Link]]] = {}
    for link in links:
        left, right = link[::-1] if link in layers.backward else link
        route = layers.routes[link]
        first = route[0] if route else layers.height[right]
        last = route[-1] if route else layers.height[left]
        sides.setdefault((left, True), []).append((first, link))
        sides.setdefault((right, False), []).append((last, link))
    found = {}
    for (box, _), members in sides.items():
        members.sort()
        step = min(9.0, (_HEIGHT - 14) / max(1, len(members) - 1))
        top = plan.corners[box][1] + _HEIGHT / 2 - step * (len(members) - 1) / 2
        for place, (_, link) in enumerate(members):
            found[link, box] = top + place * step
    return found


def _passed(plan: _Plan, layer: int, route: Iterable[float]) -> Iterable[tuple[float, float]]:
    """The points between which a link runs level, past the boxes of layers."""
    for ahead, height in enumerate(route, layer + 1):
        y = _MARGIN + height + _HEIGHT / 2
        yield from ((plan.x(ahead), y), (plan.x(ahead) + _WIDTH, y))


def _path(points: list[tuple[float, float]], backward: bool) -> tuple[str, str]:  # noqa: FBT001 - one call
    """The curve from the right side of one box to the left side of another, and its arrow head."""
    tip, out = (points[0], 1) if backward else (points[-1], -1)
    points[0 if backward else -1] = tip[0] + out * (_ARROW - 1), tip[1]
    text = [f"M{_n(points[0][0])} {_n(points[0][1])}"]
    for (x, y), (to_x, to_y) in pairwise(points):
        middle = (x + to_x) / 2
        text.append(f"C{_n(middle)} {_n(y)} {_n(middle)} {_n(to_y)} {_n(to_x)} {_n(to_y)}")
    head = f"M{_n(tip[0])} {_n(tip[1])}l{out * _ARROW}-4v8z"
    return "".join(text), head


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
