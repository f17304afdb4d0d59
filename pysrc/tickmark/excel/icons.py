"""Pictures of the ribbon: a small part of SVG, drawn to PNG.

Understood are `rect`, `circle`, `line`, `polyline`, `polygon` and `path` with M, L, H, V, A and Z
in absolute numbers, in a view box of 0 0 32 32, with `fill`, `stroke` and `stroke-width`; strokes
end and join round. Lines lie best on odd numbers with a width of 2: sharp at 16 pixels too.
"""

from __future__ import annotations

import math
import re
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final
from xml.etree import ElementTree as ET

import numpy as np
from numpy.typing import NDArray

from tickmark.errors import InputError

BOX: Final = 32
SIZES: Final = (16, 32, 64)
PALETTE: Final[Mapping[str, str]] = {
    "ink": "#7A8288",
    "paper": "#FFFFFF",
    "shade": "#C9D3DB",
    "blue": "#2E86C8",
    "green": "#009E73",
    "orange": "#DD8500",
    "vermilion": "#D55E00",
}
"""Colours that stay apart for the colour-blind and show on white and on dark grey."""

_FINE: Final = 256  # drawn on this many points a side, then averaged to each size
_NUMBER: Final = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)")
_COMMAND: Final = re.compile(r"([A-Za-z])([^A-Za-z]*)")
_ARC_STEPS: Final = 24

Point = tuple[float, float]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Shape:
    """Outlines with their colours; "" for none."""

    outlines: Sequence[Sequence[Point]]
    fill: str
    stroke: str
    width: float


def draw(svg: str, name: str, size: int) -> bytes:
    """A square PNG of this many pixels (16, 32 or 64). Raises InputError for other SVG."""
    return _png(_averaged(_painted(_shapes(svg, name)), size))


def _painted(shapes: Sequence[_Shape]) -> NDArray[np.float64]:
    """Red, green, blue (0 to 255) and cover (0 or 1) of each fine point; later shapes cover."""
    picture = np.zeros((_FINE, _FINE, 4))
    for shape in shapes:
        if shape.fill:
            picture[_inside(shape.outlines)] = (*_rgb(shape.fill), 1)
        if shape.stroke:
            picture[_near(shape.outlines, shape.width / 2)] = (*_rgb(shape.stroke), 1)
    return picture


def _averaged(picture: NDArray[np.float64], size: int) -> NDArray[np.uint8]:
    """Colours weighted by cover, as uncovered points have none."""
    step = _FINE // size
    blocks = picture.reshape(size, step, size, step, 4)
    cover = blocks[..., 3].mean(axis=(1, 3))
    colours = (blocks[..., :3] * blocks[..., 3:]).mean(axis=(1, 3))
    weight = np.where(cover > 0, cover, 1)[..., None]
    pixels = np.concatenate([colours / weight, cover[..., None] * 255], axis=2)
    rounded: NDArray[np.uint8] = np.rint(pixels).astype(np.uint8)
    return rounded


def _png(pixels: NDArray[np.uint8]) -> bytes:
    size = pixels.shape[0]
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows, 9)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in parts
    )


def _grid() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Middles of the fine points in the view box."""
    middles = (np.arange(_FINE) + 0.5) * BOX / _FINE
    x, y = np.meshgrid(middles, middles)
    return x, y


def _inside(outlines: Sequence[Sequence[Point]]) -> Mask:
    """Points that a line to the left leaves across an odd number of edges."""
    x, y = _grid()
    inside = np.zeros(x.shape, dtype=bool)
    for outline in outlines:
        for (x1, y1), (x2, y2) in zip(outline, (*outline[1:], outline[0]), strict=True):
            if y1 != y2:
                between = (y1 > y) != (y2 > y)
                inside ^= between & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
    return inside


def _near(outlines: Sequence[Sequence[Point]], distance: float) -> Mask:
    """Points no further than this from a line."""
    x, y = _grid()
    near = np.zeros(x.shape, dtype=bool)
    for outline in outlines:
        for (x1, y1), (x2, y2) in pairwise(outline):
            length = (x2 - x1) ** 2 + (y2 - y1) ** 2
            along = ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / length if length else 0 * x
            along = np.clip(along, 0, 1)
            gap = (x - x1 - along * (x2 - x1)) ** 2 + (y - y1 - along * (y2 - y1)) ** 2
            near |= gap <= distance**2
    return near


def _rgb(colour: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(colour[1:])
    return red, green, blue


def _shapes(svg: str, name: str) -> list[_Shape]:
    """Shapes in the order of painting. Raises InputError."""
    try:
        root = ET.fromstring(svg)  # noqa: S314 - a file of this package
    except ET.ParseError as error:
        raise InputError(f"The icon {name} is no SVG: {error}.") from error
    if root.get("viewBox") != f"0 0 {BOX} {BOX}":
        raise InputError(f'The icon {name} needs viewBox="0 0 {BOX} {BOX}".')
    shapes = []
    for element in root.iter():
        kind = element.tag.rpartition("}")[2]
        if kind in _OUTLINES:
            shapes.append(_shape(element, kind, name))
        elif kind not in {"svg", "g", "title"}:
            raise InputError(f"The icon {name} has a <{kind}>, which is not drawn.")
    return shapes


def _shape(element: ET.Element, kind: str, name: str) -> _Shape:
    colours = {}
    for use in ("fill", "stroke"):
        colour = element.get(use, "none")
        if colour != "none" and colour not in PALETTE.values():
            raise InputError(f"The icon {name} has the colour {colour}, which the palette lacks.")
        colours[use] = "" if colour == "none" else colour
    try:
        outlines = _OUTLINES[kind](element)
        width = float(element.get("stroke-width", "2"))
    except (TypeError, ValueError, KeyError) as error:
        raise InputError(f"The icon {name} has a <{kind}> that is not understood.") from error
    return _Shape(outlines, colours["fill"], colours["stroke"], width)


def _numbers(element: ET.Element, *names: str) -> list[float]:
    return [float(element.get(name, "0")) for name in names]


def _rect(element: ET.Element) -> list[list[Point]]:
    x, y, width, height, radius = _numbers(element, "x", "y", "width", "height", "rx")
    right, bottom = x + width, y + height
    if not radius:
        return [[(x, y), (right, y), (right, bottom), (x, bottom), (x, y)]]
    points: list[Point] = []
    for corner, (cx, cy) in enumerate(
        (
            (right - radius, y + radius),
            (right - radius, bottom - radius),
            (x + radius, bottom - radius),
            (x + radius, y + radius),
        )
    ):
        points += _turn((cx, cy), radius, (corner - 1) * math.pi / 2, math.pi / 2)
    return [[*points, points[0]]]


def _circle(element: ET.Element) -> list[list[Point]]:
    x, y, radius = _numbers(element, "cx", "cy", "r")
    return [
        [point for k in range(4) for point in _turn((x, y), radius, k * math.pi / 2, math.pi / 2)]
    ]


def _line(element: ET.Element) -> list[list[Point]]:
    x1, y1, x2, y2 = _numbers(element, "x1", "y1", "x2", "y2")
    return [[(x1, y1), (x2, y2)]]


def _polyline(element: ET.Element) -> list[list[Point]]:
    numbers = [float(text) for text in _NUMBER.findall(element.get("points", ""))]
    return [list(zip(numbers[::2], numbers[1::2], strict=True))]


def _polygon(element: ET.Element) -> list[list[Point]]:
    (points,) = _polyline(element)
    return [[*points, points[0]]]


def _path(element: ET.Element) -> list[list[Point]]:
    outlines: list[list[Point]] = []
    for letter, text in _COMMAND.findall(element.get("d", "")):
        numbers = [float(number) for number in _NUMBER.findall(text)]
        if letter == "M":
            outlines.append([])
        if letter == "Z":
            outlines[-1].append(outlines[-1][0])
            continue
        for values in _groups(numbers, {"M": 2, "L": 2, "H": 1, "V": 1, "A": 7}[letter]):
            outlines[-1] += _stroke(letter, values, outlines[-1])
    return outlines


def _groups(numbers: Sequence[float], size: int) -> Iterator[Sequence[float]]:
    if len(numbers) % size:
        raise ValueError(size)
    for start in range(0, len(numbers), size):
        yield numbers[start : start + size]


def _stroke(letter: str, values: Sequence[float], before: Sequence[Point]) -> list[Point]:
    if letter in {"M", "L"}:
        return [(values[0], values[1])]
    x, y = before[-1]
    if letter == "H":
        return [(values[0], y)]
    if letter == "V":
        return [(x, values[0])]
    return _arc((x, y), values)


def _arc(start: Point, values: Sequence[float]) -> list[Point]:
    """An arc of a circle as SVG names it: radius, which of two circles, which way, and the end."""
    radius, _, _, large, sweep, x, y = values
    dx, dy = x - start[0], y - start[1]
    chord = math.hypot(dx, dy)
    height = math.sqrt(max(radius**2 - chord**2 / 4, 0))
    side = 1 if bool(large) != bool(sweep) else -1
    centre = (
        start[0] + dx / 2 - side * height * dy / chord,
        start[1] + dy / 2 + side * height * dx / chord,
    )
    first = math.atan2(start[1] - centre[1], start[0] - centre[0])
    turn = math.atan2(y - centre[1], x - centre[0]) - first
    if sweep and turn < 0:
        turn += 2 * math.pi
    if not sweep and turn > 0:
        turn -= 2 * math.pi
    return _turn(centre, max(radius, chord / 2), first, turn)


def _turn(centre: Point, radius: float, first: float, turn: float) -> list[Point]:
    """Points on a circle from one angle on."""
    return [
        (
            centre[0] + radius * math.cos(first + turn * step / _ARC_STEPS),
            centre[1] + radius * math.sin(first + turn * step / _ARC_STEPS),
        )
        for step in range(_ARC_STEPS + 1)
    ]


_OUTLINES: Final[Mapping[str, Callable[[ET.Element], list[list[Point]]]]] = {
    "rect": _rect,
    "circle": _circle,
    "line": _line,
    "polyline": _polyline,
    "polygon": _polygon,
    "path": _path,
}
