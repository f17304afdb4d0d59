"""The styles part: from the style numbers of cells to the looks that carry meaning."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from tickmark.model.workbook import Style
from tickmark.read.markup import Attributes, number, true, walk
from tickmark.read.number_formats import BUILT_IN
from tickmark.read.package import Package
from tickmark.read.texts import unescape
from tickmark.structure.number_formats import GENERAL, shows_date

_SIDES = frozenset({"left", "right", "top", "bottom", "start", "end"})


@dataclass(frozen=True, slots=True, eq=False)
class CellFormats:
    """By the style number of a cell: its index into the workbook's styles, whether it is a date.

    Both arrays have the same length, at least 1; without a styles part every number means plain.
    """

    styles: npt.NDArray[np.int32]
    is_date: npt.NDArray[np.bool_]

    @classmethod
    def plain(cls) -> CellFormats:
        """The formats of a workbook without styles."""
        return cls(np.zeros(1, np.int32), np.zeros(1, np.bool_))


@dataclass(slots=True, eq=False)
class _Found:
    formats: dict[int, str] = field(default_factory=dict)
    fonts: list[bool] = field(default_factory=list)
    fills: list[bool] = field(default_factory=list)
    borders: list[bool] = field(default_factory=list)
    cells: list[Attributes] = field(default_factory=list)


def read_styles(package: Package, part: str) -> tuple[CellFormats, tuple[Style, ...]]:
    """The cell formats, and the different styles that they stand for, the plain one first.

    Raises PartUnreadable.
    """
    found = _Found()
    path: list[str] = []

    def start(name: str, attributes: Attributes) -> None:
        path.append(name)
        section = path[1] if len(path) > 1 else ""
        reader = _SECTIONS.get(section)
        if reader is not None:
            reader(found, path[2:], attributes)

    def end(_name: str) -> None:
        path.pop()

    walk(package, part, start, end)
    styles = {Style(): 0}
    indexes = [styles.setdefault(_style(found, cell), len(styles)) for cell in found.cells]
    listed = tuple(styles)
    dates = [shows_date(style.number_format) for style in listed]
    if not indexes:
        return CellFormats.plain(), listed
    return (
        CellFormats(np.array(indexes, np.int32), np.array([dates[i] for i in indexes], np.bool_)),
        listed,
    )


def _style(found: _Found, cell: Attributes) -> Style:
    code = number(cell.get("numFmtId"))
    return Style(
        number_format=found.formats.get(code) or BUILT_IN.get(code, GENERAL),
        bold=_at(found.fonts, cell.get("fontId")),
        filled=_at(found.fills, cell.get("fillId")),
        bordered=_at(found.borders, cell.get("borderId")),
    )


def _at(flags: list[bool], place: str | None) -> bool:
    index = number(place, -1)
    return 0 <= index < len(flags) and flags[index]


def _number_format(found: _Found, path: list[str], attributes: Attributes) -> None:
    if path == ["numFmt"]:
        code = unescape(attributes.get("formatCode", ""))
        found.formats[number(attributes.get("numFmtId"), -1)] = code


def _font(found: _Found, path: list[str], attributes: Attributes) -> None:
    if path == ["font"]:
        found.fonts.append(False)
    elif path == ["font", "b"]:
        found.fonts[-1] = true(attributes.get("val", "1"))


def _fill(found: _Found, path: list[str], attributes: Attributes) -> None:
    if path == ["fill"]:
        found.fills.append(False)
    elif path == ["fill", "patternFill"]:
        found.fills[-1] = attributes.get("patternType", "none") != "none"
    elif path == ["fill", "gradientFill"]:
        found.fills[-1] = True


def _border(found: _Found, path: list[str], attributes: Attributes) -> None:
    if path == ["border"]:
        found.borders.append(False)
    elif path[:1] == ["border"] and len(path) == 2 and path[1] in _SIDES:  # noqa: PLR2004 - a side of a border
        found.borders[-1] |= attributes.get("style", "none") != "none"


def _cell_format(found: _Found, path: list[str], attributes: Attributes) -> None:
    if path == ["xf"]:
        found.cells.append(attributes)


_SECTIONS = {
    "numFmts": _number_format,
    "fonts": _font,
    "fills": _fill,
    "borders": _border,
    "cellXfs": _cell_format,
}
