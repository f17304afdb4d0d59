"""Regions as matrices: what stands where, and which rows and columns hold data, heads or totals."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from tickmark.model.address import RangeRef, cell_address
from tickmark.model.grid import CellKind
from tickmark.model.region import Region
from tickmark.structure.formulas import NO_TEMPLATE, SheetFormulas

MOST_PLACES: Final = 30_000_000
"""Larger regions get no grid; a dense table of three million rows and ten columns has one."""

BLANK: Final = -1

_NUMBER, _DATE = int(CellKind.NUMBER), int(CellKind.DATE)

Matrix: TypeAlias = npt.NDArray[np.integer]
Number = TypeVar("Number", bound=np.generic)
Line: TypeAlias = npt.NDArray[np.uint8]


class LineRole(IntEnum):
    """What a row or column of a region holds."""

    DATA = 0
    HEADER = 1
    SECTION = 2
    """A row that only names the rows below it, or writes the header anew."""
    TOTAL = 3


_DATA: Final = int(LineRole.DATA)


@dataclass(frozen=True, slots=True, eq=False)
class RegionGrid:
    """A region of h rows and w columns as matrices of the shape (h, w).

    `sheet` is the number of its sheet. `position` (int64) is the place of each cell in the arrays
    of the sheet, BLANK where there is none; `kind` (uint8, CellKind), `value` (float64: numbers and
    dates, NaN for all others) and `template` (int32, NO_TEMPLATE for constants) are those of the
    cells. `rows` (h) and `columns` (w) are LineRoles. `part` (h, int64) numbers the runs of data
    rows between heads, sections and totals, -1 for rows that hold no data. `formula_count` and
    `number_count` tell how many cells `is_formula` and `is_number` have.
    """

    sheet: int
    region: Region
    position: npt.NDArray[np.int64]
    kind: npt.NDArray[np.uint8]
    value: npt.NDArray[np.float64]
    template: npt.NDArray[np.int32]
    rows: Line
    columns: Line
    part: npt.NDArray[np.int64]
    formula_count: int
    number_count: int

    @property
    def area(self) -> RangeRef:
        """The range of the region."""
        return self.region.range

    @property
    def is_formula(self) -> npt.NDArray[np.bool_]:
        """Which cells hold a formula."""
        return np.asarray(self.template != NO_TEMPLATE, np.bool_)

    @property
    def is_number(self) -> npt.NDArray[np.bool_]:
        """Which cells hold a number that was typed; a date is none."""
        return np.asarray((self.kind == _NUMBER) & (self.template == NO_TEMPLATE), np.bool_)

    def address(self, row: int, column: int) -> str:
        """The A1 address of a cell by its 0-based row and column in the region."""
        return cell_address(self.area.top + row, self.area.left + column)


def grid_of(sheet: int, own: SheetFormulas, region: Region) -> RegionGrid | None:
    """The grid of a region of the sheet with a number; None for one that is too large."""
    area = region.range
    height, width = area.bottom - area.top + 1, area.right - area.left + 1
    if height * width > MOST_PLACES:
        return None
    cells = own.sheet.cells
    inside = cells.within(area)
    position, kind = inside.astype(np.int64), cells.kinds[inside]
    number = kind == _NUMBER
    value = np.where(number | (kind == _DATE), cells.values[inside], np.nan)
    template = own.template_of[inside]
    constant = template == NO_TEMPLATE
    if len(inside) < height * width:
        at = (cells.rows[inside] - area.top).astype(np.int64) * width
        at += cells.columns[inside] - area.left
        position = _spread(position, at, height * width, BLANK)
        kind = _spread(kind, at, height * width, 0)
        value = _spread(value, at, height * width, np.nan)
        template = _spread(template, at, height * width, NO_TEMPLATE)
    rows = _roles(height, region.header_rows)
    columns = _roles(width, region.header_columns)
    for one in (*region.sections, *region.repeated_headers):
        rows[one.top - area.top : one.bottom - area.top + 1] = LineRole.SECTION
    for one in region.total_rows:
        rows[one.top - area.top : one.bottom - area.top + 1] = LineRole.TOTAL
    for one in region.total_columns:
        columns[one.left - area.left : one.right - area.left + 1] = LineRole.TOTAL
    data = rows == _DATA
    begins = data.copy()
    begins[1:] &= ~data[:-1]
    part = np.where(data, np.cumsum(begins) - 1, -1)
    return RegionGrid(
        sheet,
        region,
        position.reshape(height, width),
        kind.reshape(height, width),
        value.reshape(height, width),
        template.reshape(height, width),
        rows,
        columns,
        part,
        formula_count=len(inside) - int(np.count_nonzero(constant)),
        number_count=int(np.count_nonzero(number & constant)),
    )


def _spread(
    values: npt.NDArray[Number], at: npt.NDArray[np.int64], size: int, blank: float
) -> npt.NDArray[Number]:
    """The values at their places among so many, with a value for those that are blank."""
    made = np.full(size, blank, values.dtype)
    made[at] = values
    return made


def _roles(size: int, heads: int) -> Line:
    roles = np.full(size, _DATA, np.uint8)
    roles[:heads] = int(LineRole.HEADER)
    return roles
