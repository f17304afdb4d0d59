"""The styles part: from the style numbers of cells to the looks that carry meaning."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

from tickmark.model.workbook import Style
from tickmark.read.colours import INDEXED, OFFICE, Palette, value
from tickmark.read.markup import Attributes, number, true, walk
from tickmark.read.number_formats import BUILT_IN
from tickmark.read.package import Package
from tickmark.read.style_sections import without_unread
from tickmark.read.texts import unescape
from tickmark.structure.number_formats import GENERAL, shows_date

_SIDES = frozenset({"left", "right", "top", "bottom", "start", "end"})
_COMPATIBILITY = "http://schemas.openxmlformats.org/markup-compatibility/2006}"
_CHOICE: Final = f"{_COMPATIBILITY}Choice"
_SILENT: Final = frozenset({f"{_COMPATIBILITY}AlternateContent", f"{_COMPATIBILITY}Fallback"})

T = TypeVar("T")


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


@dataclass(frozen=True, slots=True)
class _Font:
    bold: bool = False
    size: float = 0.0
    colour: Attributes | None = None


@dataclass(frozen=True, slots=True)
class _Fill:
    filled: bool = False
    solid: bool = False
    colour: Attributes | None = None


@dataclass(slots=True, eq=False)
class _Found:
    """What the part lists; colours as written, for the palette stands at its end.

    `unlocked` are the places in `cells` of formats whose cells can be edited on a protected sheet.
    """

    formats: dict[int, str] = field(default_factory=dict)
    fonts: list[_Font] = field(default_factory=list)
    fills: list[_Fill] = field(default_factory=list)
    borders: list[bool] = field(default_factory=list)
    cells: list[Attributes] = field(default_factory=list)
    unlocked: set[int] = field(default_factory=set)
    indexed: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class _Looks:
    """The same with colours told, and each number format by its number."""

    formats: Mapping[int, str]
    fonts: Sequence[tuple[bool, float, str]]
    fills: Sequence[tuple[bool, str]]
    borders: Sequence[bool]

    def style(self, cell: Attributes, *, locked: bool) -> Style:
        code = number(cell.get("numFmtId"))
        bold, size, colour = _at(self.fonts, cell.get("fontId"), (False, 0.0, ""))
        filled, fill_colour = _at(self.fills, cell.get("fillId"), (False, ""))
        return Style(
            number_format=self.formats.get(code) or BUILT_IN.get(code, GENERAL),
            bold=bold,
            filled=filled,
            bordered=_at(self.borders, cell.get("borderId"), False),  # noqa: FBT003 - a value
            font_colour=colour,
            fill_colour=fill_colour,
            font_size=size,
            locked=locked,
        )


def read_styles(
    package: Package, part: str, theme: Sequence[str] = OFFICE
) -> tuple[CellFormats, tuple[Style, ...]]:
    """The cell formats, and the different styles that they stand for, the plain one first.

    `theme` are the colours by theme index. Raises PartUnreadable.
    """
    found = _Found()
    path: list[str] = []
    silent: list[bool] = []  # for each open element, whether it stands for what is around it
    passed_over = 0

    def start(name: str, attributes: Attributes) -> None:
        nonlocal passed_over
        if passed_over or name == _CHOICE:  # of vocabularies that are not read
            passed_over += 1
            return
        silent.append(name in _SILENT)
        if silent[-1]:
            return
        path.append(name)
        section = path[1] if len(path) > 1 else ""
        reader = _SECTIONS.get(section)
        if reader is not None:
            reader(found, path[2:], attributes)

    def end(_name: str) -> None:
        nonlocal passed_over
        if passed_over:
            passed_over -= 1
        elif not silent.pop():
            path.pop()

    walk(package, part, start, end, chosen=without_unread)
    return _formats(found, _looks(found, theme))


def _formats(found: _Found, looks: _Looks) -> tuple[CellFormats, tuple[Style, ...]]:
    styles = {Style(): 0}
    indexes = [
        styles.setdefault(looks.style(cell, locked=at not in found.unlocked), len(styles))
        for at, cell in enumerate(found.cells)
    ]
    listed = tuple(styles)
    dates = [shows_date(style.number_format) for style in listed]
    if not indexes:
        return CellFormats.plain(), listed
    return (
        CellFormats(np.array(indexes, np.int32), np.array([dates[i] for i in indexes], np.bool_)),
        listed,
    )


def _looks(found: _Found, theme: Sequence[str]) -> _Looks:
    palette = Palette(theme, (*found.indexed, *INDEXED[len(found.indexed) :]))

    def colour(attributes: Attributes | None) -> str:
        return palette.colour(attributes) if attributes is not None else ""

    return _Looks(
        formats=found.formats,
        fonts=[(font.bold, font.size, colour(font.colour)) for font in found.fonts],
        fills=[(one.filled, colour(one.colour) if one.solid else "") for one in found.fills],
        borders=found.borders,
    )


def _at(listed: Sequence[T], place: str | None, default: T) -> T:
    """An entry of a list by its number as written, the first where none is written."""
    index = number(place)
    return listed[index] if 0 <= index < len(listed) else default


def _number_format(found: _Found, path: list[str], attributes: Attributes) -> None:
    if path == ["numFmt"]:
        code = unescape(attributes.get("formatCode", ""))
        found.formats[number(attributes.get("numFmtId"), -1)] = code


def _font(found: _Found, path: list[str], attributes: Attributes) -> None:
    if path == ["font"]:
        found.fonts.append(_Font())
    elif path == ["font", "b"]:
        found.fonts[-1] = replace(found.fonts[-1], bold=true(attributes.get("val", "1")))
    elif path == ["font", "sz"]:
        found.fonts[-1] = replace(found.fonts[-1], size=_points(attributes.get("val")))
    elif path == ["font", "color"]:
        found.fonts[-1] = replace(found.fonts[-1], colour=attributes)


def _points(text: str | None) -> float:
    try:
        size = float(text or 0)
    except ValueError:
        return 0.0
    return size if 0 < size < math.inf else 0.0


def _fill(found: _Found, path: list[str], attributes: Attributes) -> None:
    if path == ["fill"]:
        found.fills.append(_Fill())
    elif path == ["fill", "patternFill"]:
        pattern = attributes.get("patternType", "none")
        found.fills[-1] = _Fill(filled=pattern != "none", solid=pattern == "solid")
    elif path == ["fill", "patternFill", "fgColor"]:
        found.fills[-1] = replace(found.fills[-1], colour=attributes)
    elif path == ["fill", "gradientFill"]:
        found.fills[-1] = _Fill(filled=True)


def _border(found: _Found, path: list[str], attributes: Attributes) -> None:
    if path == ["border"]:
        found.borders.append(False)
    elif path[:1] == ["border"] and len(path) == 2 and path[1] in _SIDES:  # noqa: PLR2004 - a side of a border
        found.borders[-1] |= attributes.get("style", "none") != "none"


def _cell_format(found: _Found, path: list[str], attributes: Attributes) -> None:
    if path == ["xf"]:
        found.cells.append(attributes)
    elif path == ["xf", "protection"] and not true(attributes.get("locked", "1")):
        found.unlocked.add(len(found.cells) - 1)


def _palette(found: _Found, path: list[str], attributes: Attributes) -> None:
    if path == ["indexedColors", "rgbColor"] and len(found.indexed) < len(INDEXED):
        found.indexed.append(value(attributes.get("rgb", "")))


_SECTIONS = {
    "numFmts": _number_format,
    "fonts": _font,
    "fills": _fill,
    "borders": _border,
    "cellXfs": _cell_format,
    "colors": _palette,
}
