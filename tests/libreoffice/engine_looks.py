"""Fonts, borders, colours and notes of cells in Calc, as xlwings wants those of Excel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xlwings import utils
from xlwings.base_classes import _UNSET

from tests.libreoffice.engine_errors import plain_errors

if TYPE_CHECKING:
    from tests.libreoffice.engine_range import Range

_BOLD, _NORMAL = 150.0, 100.0
_SIDES = {
    "edge_top": "TopLine",
    "edge_bottom": "BottomLine",
    "edge_left": "LeftLine",
    "edge_right": "RightLine",
    "inside_horizontal": "HorizontalLine",
    "inside_vertical": "VerticalLine",
}
_WEIGHTS = {"hairline": 2, "thin": 26, "medium": 53, "thick": 88}
_NO_STYLE = 0x7FFF
_STYLES = {"continuous": 0, "dot": 1, "dash": 2, "double": 3}


def colour(value: Any) -> int:
    """A colour of xlwings (three numbers, #rrggbb, Excel's own int, None) as Calc's number."""
    if value is None:
        return -1
    if isinstance(value, str):
        value = utils.hex_to_rgb(value)
    elif isinstance(value, int):
        value = utils.int_to_rgb(value)
    red, green, blue = value
    return int(red << 16 | green << 8 | blue)


def colour_of(number: int | None) -> tuple[int, int, int] | None:
    """Calc's number of a colour as three numbers; None for no or more than one colour."""
    if number is None or number < 0:
        return None
    return number >> 16 & 255, number >> 8 & 255, number & 255


@plain_errors
class Font:
    """The font of a range; what its cells do not share is None."""

    def __init__(self, cells: Any) -> None:
        self._cells = cells

    @property
    def api(self) -> Font:
        return self

    @property
    def bold(self) -> bool | None:
        weight = self._cells.CharWeight
        return None if weight is None else weight > _NORMAL

    @bold.setter
    def bold(self, value: bool) -> None:
        self._cells.CharWeight = _BOLD if value else _NORMAL

    @property
    def italic(self) -> bool:
        return bool(self._cells.CharPosture.value == "ITALIC")

    @italic.setter
    def italic(self, value: bool) -> None:
        enum = type(self._cells.CharPosture)
        self._cells.CharPosture = enum("com.sun.star.awt.FontSlant", "ITALIC" if value else "NONE")

    @property
    def size(self) -> float | None:
        size: float | None = self._cells.CharHeight
        return size

    @size.setter
    def size(self, value: float) -> None:
        self._cells.CharHeight = value

    @property
    def color(self) -> tuple[int, int, int] | None:
        number: int | None = self._cells.CharColor
        return (0, 0, 0) if number == -1 else colour_of(number)

    @color.setter
    def color(self, value: Any) -> None:
        self._cells.CharColor = colour(value)

    @property
    def name(self) -> str | None:
        name: str | None = self._cells.CharFontName
        return name

    @name.setter
    def name(self, value: str) -> None:
        self._cells.CharFontName = value

    @property
    def Underline(self) -> int:
        return 2 if self._cells.CharUnderline else -4142

    @Underline.setter
    def Underline(self, value: int) -> None:
        self._cells.CharUnderline = 1 if value in {2, True} else 0


@plain_errors
class Border:
    """One side of a range."""

    def __init__(self, cells: Any, side: str) -> None:
        self._cells, self._side = cells, _SIDES[side]

    @property
    def line_style(self) -> str:
        line = self._line
        if not line.OuterLineWidth:
            return "none"
        names = {number: name for name, number in _STYLES.items()}
        return names.get(line.LineStyle, "continuous")

    @line_style.setter
    def line_style(self, value: str) -> None:
        line = self._line
        line.LineStyle = _STYLES.get(value, 0)
        width = 0 if value in {None, "none"} else line.OuterLineWidth or _WEIGHTS["thin"]
        line.OuterLineWidth = line.LineWidth = width
        self._put(line)

    @property
    def weight(self) -> str:
        width = self._line.OuterLineWidth
        return min(_WEIGHTS, key=lambda name: abs(_WEIGHTS[name] - width))

    @weight.setter
    def weight(self, value: str) -> None:
        line = self._line
        line.OuterLineWidth = line.LineWidth = _WEIGHTS[value]
        self._put(line)

    @property
    def color(self) -> tuple[int, int, int] | None:
        return colour_of(self._line.Color)

    @color.setter
    def color(self, value: Any) -> None:
        line = self._line
        line.Color = colour(value)
        line.OuterLineWidth = line.LineWidth = line.OuterLineWidth or _WEIGHTS["thin"]
        self._put(line)

    @property
    def _line(self) -> Any:
        return getattr(self._cells.TableBorder2, self._side)

    def _put(self, line: Any) -> None:
        if line.LineStyle == _NO_STYLE:
            line.LineStyle = _STYLES["continuous"]
        table = self._cells.TableBorder2
        for side in _SIDES.values():
            setattr(table, f"Is{side}Valid", side == self._side)
        setattr(table, self._side, line)
        self._cells.TableBorder2 = table


class Borders:
    """The sides of a range."""

    def __init__(self, cells: Any) -> None:
        self._cells = cells

    def __getitem__(self, side: str) -> Border:
        return Border(self._cells, side)

    def set(self, which: list[str], **changes: Any) -> None:
        """Sets what is given, the style last, on each side; Calc's diagonals are left alone."""
        given = {name: value for name, value in changes.items() if value is not _UNSET}
        for side in which:
            for name in ("color", "weight", "line_style"):
                if side in _SIDES and name in given:
                    setattr(self[side], name, given[name])


@plain_errors
class Note:
    """The note of one cell."""

    def __init__(self, owner: Range, cell: Any) -> None:
        self._owner, self._cell = owner, cell

    @property
    def text(self) -> str:
        return str(self._cell.Annotation.String)

    @text.setter
    def text(self, value: str) -> None:
        self._cell.Annotation.setString(value)

    @property
    def author(self) -> str:
        return str(self._cell.Annotation.Author)

    @property
    def location(self) -> Range:
        return self._owner

    def delete(self) -> None:
        notes = self._owner.sheet.cells_of.Annotations
        here = self._cell.CellAddress
        for at in range(notes.Count):
            place = notes.getByIndex(at).Position
            if (place.Row, place.Column) == (here.Row, here.Column):
                notes.removeByIndex(at)
                return
