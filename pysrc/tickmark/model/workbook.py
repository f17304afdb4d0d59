"""A workbook as a spreadsheet: sheets, styles, names, tables, links, and what could not be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from tickmark.model.address import RangeRef
from tickmark.model.book_details import BookDetails
from tickmark.model.grid import Cell, Cells
from tickmark.model.sheet_details import SheetDetails

Interval = tuple[int, int]


class SheetState(StrEnum):
    """Visibility of a sheet; a very hidden one cannot be shown from Excel's menus."""

    VISIBLE = "visible"
    HIDDEN = "hidden"
    VERY_HIDDEN = "veryHidden"


@dataclass(frozen=True, slots=True)
class Style:
    """The parts of a cell's format that carry meaning.

    Colours are `RRGGBB` in capitals, empty where the file leaves them to the program;
    `fill_colour` is that of a solid fill, patterns and gradients have none. `font_size` is in
    points, 0 where it is unknown. `locked` tells that the cell cannot be edited once its sheet is
    protected.
    """

    number_format: str = "General"
    bold: bool = False
    filled: bool = False
    bordered: bool = False
    font_colour: str = ""
    fill_colour: str = ""
    font_size: float = 0.0
    locked: bool = True


@dataclass(frozen=True, slots=True)
class TableColumn:
    """How a column of a table is calculated; `formula` is that of all its cells, without `=`.

    `total` is the function of the totals row (`sum`, `average`, `countNums`, …), `custom` where it
    is `total_formula`; a label may stand there instead.
    """

    name: str
    formula: str = ""
    total: str = ""
    total_label: str = ""
    total_formula: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table drawn by the author (ListObject): name, whole range, columns, header, totals.

    `calculated` are the columns with a formula or something in the totals row. `kind` tells where
    the rows come from: `worksheet`, `queryTable` or `xml`. `filter_range` has the buttons of the
    filter, `filtered` are the columns that hide rows by it.
    """

    name: str
    range: RangeRef
    columns: tuple[str, ...] = ()
    header_rows: int = 1
    totals_rows: int = 0
    calculated: tuple[TableColumn, ...] = ()
    kind: str = "worksheet"
    filter_range: RangeRef | None = None
    filtered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DefinedName:
    """A defined name; `sheet` is its scope, empty for the workbook; `refers_to` has no `=`."""

    name: str
    refers_to: str
    sheet: str = ""
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class ExternalLink:
    """Another workbook that formulas name as `[index]`; `target` is empty where it is lost."""

    index: int
    target: str
    kind: str = "workbook"


@dataclass(frozen=True, slots=True)
class SheetFailure:
    """A sheet that could not be read, and the sentence that says why."""

    sheet: str
    message: str


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """One worksheet: cells in columns and the layout around them.

    `hidden_rows` and `hidden_columns` are 1-based inclusive intervals. `problems` are sentences
    about what was not read (cells over the limit, bad addresses); a sheet with any is incomplete.
    """

    name: str
    cells: Cells
    state: SheetState = SheetState.VISIBLE
    merges: tuple[RangeRef, ...] = ()
    tables: tuple[Table, ...] = ()
    hidden_rows: tuple[Interval, ...] = ()
    hidden_columns: tuple[Interval, ...] = ()
    problems: tuple[str, ...] = ()
    details: SheetDetails = field(default_factory=SheetDetails)

    @property
    def used_range(self) -> RangeRef | None:
        """Smallest rectangle around all cells; None for an empty sheet."""
        cells = self.cells
        if not len(cells):
            return None
        return RangeRef(
            self.name,
            int(cells.rows[0]),
            int(cells.columns.min()),
            int(cells.rows[-1]),
            int(cells.columns.max()),
        )

    def cell(self, row: int, column: int) -> Cell | None:
        """The cell at a 1-based row and column, or None where there is none."""
        at = self.cells.position(row, column)
        return None if at is None else self.cells[at]

    def hidden_cells(self) -> npt.NDArray[np.bool_]:
        """For each cell, whether its row, its column or the whole sheet is hidden."""
        cells = self.cells
        if self.state is not SheetState.VISIBLE:
            return np.ones(len(cells), np.bool_)
        return _in_intervals(cells.rows, self.hidden_rows) | _in_intervals(
            cells.columns, self.hidden_columns
        )


@dataclass(frozen=True, slots=True, eq=False)
class Workbook:
    """Everything read from one file.

    `path` is as the user gave it; `format` is the lower-case extension without dot; `sha256` is
    the fingerprint of the file's bytes. `failures` and `problems` say what is missing; a workbook
    with either is incomplete. `notes` are remarks on one that is whole. `formulas_available` is
    False for formats whose formulas cannot be read, where `formula_count` 0 means nothing.
    """

    path: str
    format: str
    sha256: str
    sheets: tuple[Sheet, ...]
    styles: Sequence[Style] = (Style(),)
    names: tuple[DefinedName, ...] = ()
    external_links: tuple[ExternalLink, ...] = ()
    date1904: bool = False
    has_macros: bool = False
    formulas_available: bool = True
    failures: tuple[SheetFailure, ...] = ()
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    details: BookDetails = field(default_factory=BookDetails)

    def __getitem__(self, name: str) -> Sheet:
        for sheet in self.sheets:
            if sheet.name == name:
                return sheet
        message = f"{self.path} has no sheet {name!r}."
        raise KeyError(message)

    @property
    def cell_count(self) -> int:
        """Number of cells with a value or a formula, over all sheets."""
        return sum(len(sheet.cells) for sheet in self.sheets)

    @property
    def formula_count(self) -> int:
        """Number of formula cells, over all sheets."""
        return sum(sheet.cells.formula_count for sheet in self.sheets)


def _in_intervals(
    numbers: npt.NDArray[np.int32] | npt.NDArray[np.int16], intervals: tuple[Interval, ...]
) -> npt.NDArray[np.bool_]:
    """For each number, whether it lies in one of the intervals, which may overlap."""
    if not intervals:
        return np.zeros(len(numbers), np.bool_)
    firsts, lasts = np.array(sorted(intervals), np.int64).T
    before = np.searchsorted(firsts, numbers, side="right")
    # The interval that reaches furthest among those that begin at or before the number.
    reach = np.concatenate(([0], np.maximum.accumulate(lasts)))
    return np.asarray(numbers <= reach[before], np.bool_)
