"""The cells of one sheet in numpy columns, so that a cell costs tens of bytes."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum, StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.model.address import RangeRef, cell_address

NO_FORMULA = -1


class CellKind(IntEnum):
    """What the value of a cell is; a formula cell has the kind of its cached value."""

    EMPTY = 0
    NUMBER = 1
    TEXT = 2
    BOOL = 3
    ERROR = 4
    DATE = 5


# To look up a member of an enumeration takes longer than all else that is done for a cell.
_NUMBERS: Final = frozenset({int(CellKind.NUMBER), int(CellKind.DATE)})
_TEXTS: Final = frozenset({int(CellKind.TEXT), int(CellKind.ERROR)})
_BOOL: Final = int(CellKind.BOOL)


class FormulaKind(StrEnum):
    """How a formula spans more than one cell."""

    SHARED = "shared"
    ARRAY = "array"
    DYNAMIC_ARRAY = "dynamic array"
    DATA_TABLE = "data table"


@dataclass(frozen=True, slots=True)
class FormulaGroup:
    """A formula that several cells share: kind, master cell and the range it fills.

    For a shared formula the text belongs to the master; a member's own text has its relative
    references shifted by the distance to the master.
    """

    kind: FormulaKind
    row: int
    column: int
    range: RangeRef


@dataclass(frozen=True, slots=True)
class Cell:
    """A view of one cell, made on demand.

    `value` is a float (numbers and dates; a date is its serial number), str (texts and error
    values such as `#REF!`), bool or None. `formula` indexes the sheet's `formula_texts`.
    """

    row: int
    column: int
    kind: CellKind
    value: float | str | bool | None
    formula: int
    style: int

    @property
    def a1(self) -> str:
        """The address without sheet, such as `C5`."""
        return cell_address(self.row, self.column)


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """All cells of a sheet that hold a value or a formula, sorted by row, then column.

    Arrays of one length n: `rows` int32 and `columns` int16 (1-based), `kinds` uint8 (CellKind),
    `values` float64 (the number; 0/1 for a bool; the date's serial number; the index into `texts`
    for texts and errors; NaN for an empty cell), `styles` int32 (index into the workbook's
    styles), `formulas` int32 (index into `formula_texts`, or NO_FORMULA). `formula_texts` have no
    leading `=`; an entry named in `formula_groups` is the master's text.
    """

    rows: npt.NDArray[np.int32]
    columns: npt.NDArray[np.int16]
    kinds: npt.NDArray[np.uint8]
    values: npt.NDArray[np.float64]
    styles: npt.NDArray[np.int32]
    formulas: npt.NDArray[np.int32]
    texts: Sequence[str] = ()
    formula_texts: Sequence[str] = ()
    formula_groups: Mapping[int, FormulaGroup] = field(default_factory=dict)

    @classmethod
    def empty(cls) -> Cells:
        """No cells at all."""
        return cls(
            rows=np.empty(0, np.int32),
            columns=np.empty(0, np.int16),
            kinds=np.empty(0, np.uint8),
            values=np.empty(0, np.float64),
            styles=np.empty(0, np.int32),
            formulas=np.empty(0, np.int32),
        )

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Cell]:
        return (self[index] for index in range(len(self)))

    def __getitem__(self, index: int) -> Cell:
        return Cell(
            row=int(self.rows[index]),
            column=int(self.columns[index]),
            kind=CellKind(int(self.kinds[index])),
            value=self.value(index),
            formula=int(self.formulas[index]),
            style=int(self.styles[index]),
        )

    def value(self, index: int) -> float | str | bool | None:
        """Value of the cell at a position of the arrays."""
        kind = int(self.kinds[index])
        raw = self.values[index]
        if kind in _NUMBERS:
            return float(raw)
        if kind in _TEXTS:
            return self.texts[int(raw)]
        return bool(raw) if kind == _BOOL else None

    def position(self, row: int, column: int) -> int | None:
        """Position of a cell in the arrays; None where the sheet has no such cell."""
        # np.searchsorted would first turn all rows into int64, for each cell that is looked up.
        low = bisect_left(self.rows, row)
        high = bisect_right(self.rows, row, low)
        at = bisect_left(self.columns, column, low, high)
        return at if at < high and self.columns[at] == column else None

    def place(self, index: int) -> tuple[int, int]:
        """Row and column of the cell at a position of the arrays."""
        return int(self.rows[index]), int(self.columns[index])

    def within(self, area: RangeRef) -> npt.NDArray[np.intp]:
        """Positions of the cells inside a range, in order."""
        low = bisect_left(self.rows, area.top)
        high = bisect_right(self.rows, area.bottom, low)
        columns = self.columns[low:high]
        inside = (columns >= area.left) & (columns <= area.right)
        return low + np.flatnonzero(inside)

    def chosen(self, at: npt.NDArray[np.intp] | npt.NDArray[np.bool_]) -> Cells:
        """Some of the cells, by their positions in order or by a mask, with their formulas."""
        return replace(
            self,
            rows=self.rows[at],
            columns=self.columns[at],
            kinds=self.kinds[at],
            values=self.values[at],
            styles=self.styles[at],
            formulas=self.formulas[at],
        )

    @property
    def formula_count(self) -> int:
        """Number of cells that hold a formula."""
        return int(np.count_nonzero(self.formulas != NO_FORMULA))
