"""Which areas formula cells read, seen from each cell that holds a copy of the formula."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.audit.memo import once
from tickmark.model.address import MAX_COLUMN, MAX_ROW
from tickmark.structure.formulas import NO_TEMPLATE, Formulas, SheetFormulas
from tickmark.structure.reference import Reference
from tickmark.structure.template import Template

Numbers = npt.NDArray[np.int64]

MOST_AREAS: Final = 4_000_000
"""Further ones are left out."""


@dataclass(frozen=True, slots=True, eq=False)
class ReadAreas:
    """m areas of one sheet, each with the formula cell that reads it.

    `areas` (m, 4) are top, left, bottom and right; `sheets`, `templates` and `positions` (m) tell
    the formula cell: the number of its sheet, its template, its place in the sheet's arrays.
    """

    areas: Numbers
    sheets: Numbers
    templates: Numbers
    positions: Numbers

    def with_cell(self, row: int, column: int) -> Numbers:
        """Which of the areas hold a cell, by their number."""
        areas = self.areas
        found = (areas[:, 0] <= row) & (areas[:, 2] >= row)
        return np.flatnonzero(found & (areas[:, 1] <= column) & (areas[:, 3] >= column))


Wanted = Callable[[SheetFormulas, int, tuple[Reference, ...]], Iterable[Reference]]
"""Takes a sheet, a template and its precedents; gives those that are wanted."""


def read_areas(formulas: Formulas, wanted: Wanted) -> tuple[ReadAreas, ...]:
    """For each sheet, by its number, the wanted areas on it that formula cells of any sheet read.

    Copies of a formula each read their own area.
    """
    found: list[list[tuple[Numbers, int, int, Numbers]]] = [[] for _ in formulas.sheets]
    left = MOST_AREAS
    for number, own in enumerate(formulas.sheets):
        positions = template_cells(own)
        chosen: list[tuple[int, Reference]] = []
        targets: list[int] = []
        for at, precedents in enumerate(formulas.precedents[number]):
            for reference in wanted(own, at, precedents):
                left -= len(positions[at])
                if reference.area is None or left < 0:
                    continue
                target = formulas.scope.sheets.get(reference.sheet.casefold(), -1)
                if target >= 0:
                    chosen.append((at, reference))
                    targets.append(target)
        if chosen:
            areas, ends = areas_of_cells(own, chosen)
            for (at, _), target, (first, last) in zip(
                chosen, targets, pairwise((0, *ends.tolist())), strict=True
            ):
                found[target].append((areas[first:last], number, at, positions[at]))
    return tuple(map(_joined, found))


@once
def template_cells(own: SheetFormulas) -> list[npt.NDArray[np.intp]]:
    """The positions of the cells of each template of a sheet."""
    order = np.argsort(own.template_of, kind="stable")
    order = order[np.searchsorted(own.template_of[order], NO_TEMPLATE, side="right") :]
    ends = np.cumsum(own.counts()).tolist()
    return [order[first:last] for first, last in pairwise((0, *ends))]


def areas_of_cells(
    own: SheetFormulas, chosen: Sequence[tuple[int, Reference]]
) -> tuple[Numbers, Numbers]:
    """As `areas_at` for templates with one reference each, in all of their cells.

    The areas, one after the other, shape (n, 4), and where those of each template end.
    """
    positions, cells = template_cells(own), own.sheet.cells
    ends = np.cumsum([len(positions[at]) for at, _ in chosen])
    which = np.repeat(np.arange(len(chosen)), np.diff(ends, prepend=0))
    at = np.concatenate([positions[one] for one, _ in chosen])
    templates = [own.templates[one] for one, _ in chosen]
    start = np.array([(one.row, one.column) for one in templates])[which]
    rows, columns = cells.rows[at] - start[:, 0], cells.columns[at] - start[:, 1]
    moves = np.array(
        [
            one.fills is None and moving
            for one, (_, reference) in zip(templates, chosen, strict=True)
            for moving in reference.relative
        ]
    ).reshape(-1, 4)[which]
    made = np.array([reference.edges() for _, reference in chosen], np.int64)[which]
    for side, (moved, most) in enumerate(((rows, MAX_ROW), (columns, MAX_COLUMN)) * 2):
        made[:, side] = (made[:, side] + moved * moves[:, side] - 1) % most + 1
    return _ordered(made), ends


def areas_at(
    own: SheetFormulas,
    template: Template,
    reference: Reference,
    positions: npt.NDArray[np.intp],
) -> Numbers:
    """What a reference means in the cells of a template: top, left, bottom, right, shape (n, 4).

    What leaves the sheet on one side comes in on the other. Raises ValueError for a reference
    without area.
    """
    made = np.empty((len(positions), 4), np.int64)
    made[:] = reference.edges()
    if template.fills is not None or not any(reference.relative):
        return made
    cells = own.sheet.cells
    rows = cells.rows[positions].astype(np.int64) - template.row
    columns = cells.columns[positions].astype(np.int64) - template.column
    for side, (moved, most) in enumerate(((rows, MAX_ROW), (columns, MAX_COLUMN)) * 2):
        if reference.relative[side]:
            made[:, side] = (made[:, side] + moved - 1) % most + 1
    return _ordered(made)


def _ordered(areas: Numbers) -> Numbers:
    """Areas by any two opposite corners as top, left, bottom, right."""
    first, last = areas[:, :2].copy(), areas[:, 2:].copy()
    np.minimum(first, last, out=areas[:, :2])
    np.maximum(first, last, out=areas[:, 2:])
    return areas


def _joined(parts: list[tuple[Numbers, int, int, Numbers]]) -> ReadAreas:
    if not parts:
        none = np.empty(0, np.int64)
        return ReadAreas(np.empty((0, 4), np.int64), none, none, none)
    sizes = [len(areas) for areas, *_ in parts]
    return ReadAreas(
        np.concatenate([areas for areas, *_ in parts]),
        np.repeat([number for _, number, *_ in parts], sizes),
        np.repeat([at for _, _, at, _ in parts], sizes),
        np.concatenate([positions for *_, positions in parts]).astype(np.int64),
    )
