"""Formula blocks: maximal runs of one template, the nodes of the formula graph."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from tickmark.structure.even_runs import even_runs, stretches
from tickmark.structure.formulas import NO_TEMPLATE, Formulas, SheetFormulas
from tickmark.structure.labelled_lattices import joined_runs
from tickmark.structure.lattices import Lattices, Numbers
from tickmark.structure.ordering import changes, order_by

_Integers: TypeAlias = npt.NDArray[np.integer]

_BOTH_WAYS: Final = 8


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """All formula blocks of a workbook, by sheet, top, left.

    `lattices` are their cells, each formula cell in exactly one; `templates` (int64) the index of
    each one's template in the formulas of its sheet.
    """

    lattices: Lattices
    templates: Numbers

    def __len__(self) -> int:
        return len(self.templates)


def blocks_of(formulas: Formulas) -> Blocks:
    """The blocks of a workbook's formulas, in time linear to the number of cells."""
    pieces = [_of_sheet(number, own) for number, own in enumerate(formulas.sheets)]
    table = np.concatenate([np.empty((0, 8), np.int64), *pieces])
    return Blocks(Lattices(table[:, :7]), table[:, 7])


def _of_sheet(number: int, own: SheetFormulas) -> Numbers:
    """The blocks of a sheet: rows of sheet, top, left, height, width, steps and template."""
    at = np.flatnonzero(own.template_of != NO_TEMPLATE)
    if not len(at):
        return np.empty((0, 8), np.int64)
    cells = own.sheet.cells
    rows, columns, templates = cells.rows[at], cells.columns[at], own.template_of[at]
    down = np.argsort(columns, kind="stable")
    tall = _Runs.of(templates[down], columns[down], rows[down])
    wide = _Runs.of(templates, rows, columns)
    # One way may have a run for each cell where the other has one for each column.
    ways = []
    if len(tall) <= _BOTH_WAYS * len(wide):
        ways.append(tall.lattices())
    if len(wide) <= _BOTH_WAYS * len(tall):
        ways.append(wide.lattices()[:, [1, 0, 3, 2, 5, 4, 6]])
    found = _fewest(ways, len(own.templates))
    table = np.empty((len(found), 8), np.int64)
    table[:, 0], table[:, 1:] = number, found
    return table[np.lexsort((table[:, 2], table[:, 1]))]


def _fewest(ways: list[Numbers], templates: int) -> Numbers:
    """For each template the lattices of the way that needs fewer of them."""
    if len(ways) == 1:
        return ways[0]
    counts = [np.bincount(way[:, 6], minlength=templates) for way in ways]
    first = counts[0] <= counts[1]
    return np.concatenate([ways[0][first[ways[0][:, 6]]], ways[1][~first[ways[1][:, 6]]]])


@dataclass(frozen=True, slots=True, eq=False)
class _Runs:
    """Stretches of one template without gap on lines: rows in a column or columns in a row."""

    template: Numbers
    line: Numbers
    first: Numbers
    size: Numbers

    @classmethod
    def of(cls, templates: _Integers, lines: _Integers, places: _Integers) -> _Runs:
        """The stretches of cells that are sorted by line and place."""
        found = stretches(changes(lines, templates), places)
        template, line, first = (
            part[found.at].astype(np.int64) for part in (templates, lines, places)
        )
        return cls(template, line, first, found.size)

    def __len__(self) -> int:
        return len(self.size)

    def lattices(self) -> Numbers:
        """Rows of first place and line, counts of places and lines, their steps, and template."""
        order = order_by(self.template, self.line)
        template, line, first = self.template[order], self.line[order], self.first[order]
        runs = even_runs(changes(template, line), first, self.size[order])
        template, line = template[runs.stretch], line[runs.stretch]
        place = first[runs.stretch] + runs.offset
        kept, count, step, _ = joined_runs(template, line, place, runs.size, runs.step)
        return np.stack(
            [
                place[kept],
                line[kept],
                runs.size[kept],
                count,
                runs.step[kept],
                step,
                template[kept],
            ],
            axis=1,
        )
