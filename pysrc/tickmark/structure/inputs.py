"""The numbers that a workbook's results start from, and those that nothing takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.model.address import RangeRef
from tickmark.model.grid import CellKind, Cells
from tickmark.structure.cell_set import CellSet
from tickmark.structure.coverage import Flags, areas_of, covered
from tickmark.structure.formulas import NO_TEMPLATE, Formulas, SheetFormulas
from tickmark.structure.labels import Labels, labels_of, periods
from tickmark.structure.lattices import Lattice, Lattices, Numbers
from tickmark.structure.rectangles import labelled_rectangles
from tickmark.structure.shown_areas import by_sheet, taken_areas

LONGEST_INPUT: Final = 20
"""A longer run of numbers, none of them used, is a list of data."""
_SHORTEST_COUNT: Final = 3
_YEARS: Final = (1900, 2100)
_KINDS: Final = (CellKind.NUMBER, CellKind.DATE, CellKind.BOOL)
_LINE: Final = 1 << 21


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """The constants that some formula cells depend on: numbers, dates and truth values; texts."""

    numbers: CellSet
    texts: CellSet


@dataclass(frozen=True, slots=True)
class UnusedInput:
    """Constant numbers that no formula, chart, pivot table or rule of the workbook takes.

    `certain` tells that most numbers beside them are taken, or that they stand alone with a label
    among others that are; otherwise they look like inputs but may be data or notes.
    """

    range: RangeRef
    cells: int
    label: str
    certain: bool


def inputs_among(formulas: Formulas, precedents: CellSet) -> Inputs:
    """The constants among all cells that some formula cells depend on."""
    sheets, areas = areas_of(precedents.lattices)
    numbers: list[Lattice] = []
    texts: list[Lattice] = []
    for number, own in enumerate(formulas.sheets):
        cells = own.sheet.cells
        inside = covered(cells, areas[sheets == number]) & (own.template_of == NO_TEMPLATE)
        numbers += _lattices(number, cells, inside & np.isin(cells.kinds, _KINDS))
        texts += _lattices(number, cells, inside & (cells.kinds == CellKind.TEXT))
    order = formulas.scope.order
    return Inputs(CellSet(Lattices.of(numbers), order), CellSet(Lattices.of(texts), order))


def unused_inputs_of(formulas: Formulas, used: Sequence[Flags]) -> tuple[UnusedInput, ...]:
    """The numbers that look like inputs and are taken by nothing, sheet by sheet.

    `used` tells for each sheet which of its cells formulas refer to.

    Years, dates, numbers counted on, columns of tables, pivot tables, and long lists of which
    nothing is used are no inputs, nor is anything on a sheet that formulas neither stand on nor
    refer to. Nothing is
    certain in a workbook with macros or with formulas that find their cells by INDIRECT and such.
    """
    taken = by_sheet(formulas, taken_areas(formulas))
    known = not formulas.workbook.has_macros and not any(map(any, formulas.unknown))
    found: list[UnusedInput] = []
    for number, own in enumerate(formulas.sheets):
        formula = own.template_of != NO_TEMPLATE
        if formula.any() or used[number].any():
            all_used = used[number] | covered(own.sheet.cells, taken[number])
            labels = labels_of(formulas.workbook, own.sheet)
            found += _of_sheet(own, all_used, labels, known=known)
    return tuple(found)


def _lattices(number: int, cells: Cells, chosen: Flags) -> list[Lattice]:
    at = np.flatnonzero(chosen)
    found = labelled_rectangles(cells.rows[at], cells.columns[at], np.zeros(len(at)))
    return [
        Lattice(number, top, left, bottom - top + 1, right - left + 1)
        for top, left, bottom, right in found[:, :4].tolist()
    ]


def _of_sheet(
    own: SheetFormulas, used: Flags, labels: Labels, *, known: bool
) -> Iterator[UnusedInput]:
    cells = own.sheet.cells
    constant = (cells.kinds == CellKind.NUMBER) & (own.template_of == NO_TEMPLATE)
    at = np.flatnonzero(constant)
    rows, columns = cells.rows[at].astype(np.int64), cells.columns[at].astype(np.int64)
    taken = used[at]
    down, across = _Runs(columns, rows, taken), _Runs(rows, columns, taken)
    values = cells.values[at]
    skipped = taken | periods(cells)[at]
    skipped |= down.counting(values) | across.counting(values)
    drawn = [table.range for table in own.sheet.tables]
    skipped |= _inside(rows, columns, drawn) & ~down.mostly_used()
    skipped |= _inside(rows, columns, [pivot.range for pivot in own.sheet.details.pivots])
    short = (down.length <= LONGEST_INPUT) & (across.length <= LONGEST_INPUT)
    likely = np.flatnonzero(~skipped & (down.mostly_used() | short))
    among = np.bincount(columns, weights=np.where(taken, 1, -1))[columns] >= 0
    alone = (down.length == 1) & (across.mostly_used() | among)
    certain = down.mostly_used() | alone
    found = labelled_rectangles(rows[likely], columns[likely], certain[likely] & known)
    for top, left, bottom, right, sure in found.tolist():
        area = RangeRef(own.sheet.name, top, left, bottom, right)
        label = ", ".join(text for text in labels.parts(area) if text)
        yield UnusedInput(area, area.cells, label, certain=bool(sure) and bool(label))


def _inside(rows: Numbers, columns: Numbers, areas: Iterable[RangeRef]) -> Flags:
    found = np.zeros(len(rows), np.bool_)
    for area in areas:
        found |= (
            (rows >= area.top)
            & (rows <= area.bottom)
            & (columns >= area.left)
            & (columns <= area.right)
        )
    return found


class _Runs:
    """Cells without gaps along their lines: for each cell the length of its run, and who is used.

    `lines` and `places` are row and column of each cell, or the other way round.
    """

    def __init__(self, lines: Numbers, places: Numbers, used: Flags) -> None:
        key = lines * _LINE + places
        self._order = np.argsort(key)
        key = key[self._order]
        self._run = np.cumsum(np.diff(key, prepend=key[:1] - 2) != 1) - 1
        self._runs = int(self._run[-1]) + 1 if len(key) else 0
        self.length = self._spread(np.bincount(self._run, minlength=self._runs))
        self._used = self._count(used[self._order])

    def mostly_used(self) -> Flags:
        """For each cell, whether at least half of its run is used."""
        found: Flags = (self._used > 0) & (2 * self._used >= self.length)
        return found

    def counting(self, values: npt.NDArray[np.float64]) -> Flags:
        """For each cell, whether its run counts on by one, or holds nothing but years."""
        with np.errstate(over="ignore"):
            ahead = np.diff(values[self._order], prepend=np.nan)
        first = np.diff(self._run, prepend=-1) != 0
        year = (values >= _YEARS[0]) & (values <= _YEARS[1]) & (values % 1 == 0)
        jumps = self._count(~first & (np.abs(ahead) != 1))
        others = self._count(~year[self._order])
        found: Flags = (jumps == 0) & (self.length >= _SHORTEST_COUNT)
        found |= (others == 0) & (self.length > 1)
        return found

    def _count(self, chosen: Flags) -> Numbers:
        """For each cell, how many of its run are chosen; `chosen` goes run by run."""
        return self._spread(np.bincount(self._run[chosen], minlength=self._runs))

    def _spread(self, of_run: Numbers) -> Numbers:
        found = np.empty(len(self._order), np.int64)
        found[self._order] = of_run[self._run]
        return found
