"""Random small workbooks of copied formulas, and their references cell by cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hypothesis import strategies as st

from tests.books import book, sheet
from tickmark.model.address import cell_address
from tickmark.model.workbook import Workbook

SHEETS = ("S0", "S1")
SIZE = 7
Cell = tuple[int, int, int]
Area = tuple[int, int, int, int]


@dataclass(frozen=True)
class Written:
    """A reference of the first cell of a fill: its sheet, its corners, which of them are fixed."""

    sheet: int
    area: Area
    fixed: tuple[bool, bool, bool, bool]
    wrapped: str

    def text(self) -> str:
        top, left, bottom, right = self.area
        first = _corner(top, left, self.fixed[0], self.fixed[1])
        last = _corner(bottom, right, self.fixed[2], self.fixed[3])
        return self.wrapped.format(f"{SHEETS[self.sheet]}!{first}:{last}")

    def cells(self, down: int, right: int) -> Iterator[Cell]:
        moved = [
            side if fixed else side + (down, right)[at % 2]
            for at, (side, fixed) in enumerate(zip(self.area, self.fixed, strict=True))
        ]
        for row in range(min(moved[0], moved[2]), max(moved[0], moved[2]) + 1):
            for column in range(min(moved[1], moved[3]), max(moved[1], moved[3]) + 1):
                yield self.sheet, row, column


@dataclass(frozen=True)
class Fill:
    """A formula filled into a rectangle of a sheet."""

    sheet: int
    area: Area
    references: tuple[Written, ...]

    def cells(self) -> Iterator[Cell]:
        top, left, bottom, right = self.area
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                yield self.sheet, row, column


@dataclass(frozen=True)
class Model:
    """Fills, of which the first has the cells where several overlap."""

    fills: tuple[Fill, ...]

    def owners(self) -> dict[Cell, Fill]:
        found: dict[Cell, Fill] = {}
        for fill in self.fills:
            for cell in fill.cells():
                found.setdefault(cell, fill)
        return found

    def workbook(self) -> Workbook:
        cells: list[dict[str, str | int]] = [{"Z99": 1}, {"Z99": 1}]
        for cell in self.owners():
            cells[cell[0]][cell_address(cell[1], cell[2])] = "=" + self.text(cell)
        return book({name: sheet(cells[at]) for at, name in enumerate(SHEETS)})

    def text(self, cell: Cell) -> str:
        fill = self.owners()[cell]
        down, right = cell[1] - fill.area[0], cell[2] - fill.area[1]
        moved = [
            Written(
                one.sheet,
                _shifted(one, down, right),
                one.fixed,
                one.wrapped,
            )
            for one in fill.references
        ]
        return "+".join(one.text() for one in moved)

    def precedents(self, *, uses: tuple[str, ...]) -> Mapping[Cell, set[Cell]]:
        """For each formula cell, all cells that it refers to in one of some ways."""
        return {
            cell: {
                other
                for one in fill.references
                if one.wrapped in uses
                for other in one.cells(cell[1] - fill.area[0], cell[2] - fill.area[1])
            }
            for cell, fill in self.owners().items()
        }


VALUE = "SUM({})"
CONDITIONAL = "IF(1,SUM({}))"
SELECTED = "INDEX({},1)"
POSITION = "ROWS({})"
CALCULATED = (VALUE, CONDITIONAL, SELECTED)


def _shifted(one: Written, down: int, right: int) -> Area:
    top, left, bottom, last = (
        side if fixed else side + (down, right)[at % 2]
        for at, (side, fixed) in enumerate(zip(one.area, one.fixed, strict=True))
    )
    return top, left, bottom, last


def _corner(row: int, column: int, fixed_row: bool, fixed_column: bool) -> str:
    letters = cell_address(1, column)[:-1]
    return f"{'$' * fixed_column}{letters}{'$' * fixed_row}{row}"


def models(wrapped: tuple[str, ...] = CALCULATED) -> st.SearchStrategy[Model]:
    """Models of up to six fills."""
    side = st.integers(1, SIZE)
    area = st.tuples(side, side, side, side).map(
        lambda sides: (
            min(sides[0], sides[2]),
            min(sides[1], sides[3]),
            max(sides[0], sides[2]),
            max(sides[1], sides[3]),
        )
    )
    flags = st.tuples(*[st.booleans()] * 4)
    number = st.integers(0, len(SHEETS) - 1)
    cell = st.tuples(side, side).map(lambda place: (*place, *place))
    reference = st.builds(Written, number, area | cell, flags, st.sampled_from(wrapped))
    fill = st.builds(
        Fill, number, area | cell, st.lists(reference, min_size=1, max_size=3).map(tuple)
    )
    return st.builds(Model, st.lists(fill, max_size=6).map(tuple))
