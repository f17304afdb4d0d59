"""Copies of a formula that refer to dynamic arrays of different sizes, such as `SUM(A1#)`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from tickmark.model.address import RangeRef
from tickmark.model.workbook import Sheet
from tickmark.structure.pieces import split
from tickmark.structure.reference import Reference
from tickmark.structure.references import split_references
from tickmark.structure.relative import shift
from tickmark.structure.scope import Scope
from tickmark.structure.skeleton import skeleton
from tickmark.structure.template import Template

Parted = tuple[tuple[Template, ...], npt.NDArray[np.int32]]


def parted_by_spill(
    sheet: Sheet, templates: tuple[Template, ...], template_of: npt.NDArray[np.int32], scope: Scope
) -> Parted:
    """The templates of a sheet and the index of each cell's, one for each size of what is meant."""
    moving = {
        index: found
        for index, template in enumerate(templates)
        if (found := _moving_spills(template, sheet.name))
    }
    if not moving:
        return templates, template_of
    parted, of_cell = list(templates), template_of.copy()
    seen: set[int] = set()
    known: dict[tuple[int, tuple[tuple[int, int], ...]], int] = {}
    for position in np.flatnonzero(np.isin(template_of, list(moving))).tolist():
        index = int(template_of[position])
        template = templates[index]
        row, column = int(sheet.cells.rows[position]), int(sheet.cells.columns[position])
        distance = template.distance(row, column)
        size = tuple(_size(one, scope, *distance) for one in moving[index])
        if (index, size) not in known:
            text = shift(template.text, *distance)
            made = replace(template, text=text, row=row, column=column)
            if index in seen:
                known[index, size] = len(parted)
                parted.append(made)
            else:
                seen.add(index)
                known[index, size] = index
                parted[index] = made
        of_cell[position] = known[index, size]
    return tuple(parted), of_cell


def _moving_spills(template: Template, sheet: str) -> list[Reference]:
    if template.fills is not None or not any(
        mark in text for text in template.pieces if isinstance(text, str) for mark in _MARKS
    ):
        return []
    found = split(template.text)
    written = split_references(found, skeleton(found), sheet, template.row, template.column)
    return [one for one in written if one.spill and any(one.relative)]


_MARKS = ("#", "ANCHORARRAY")


def _size(reference: Reference, scope: Scope, rows: int, columns: int) -> tuple[int, int]:
    """Rows and columns of what is filled from the first cell of a reference that has moved."""
    top, left, _, _ = reference.edges(rows, columns)
    filled = scope.spills.get((reference.sheet.casefold(), top, left))
    return _extent(filled) if filled is not None else (1, 1)


def _extent(area: RangeRef) -> tuple[int, int]:
    return area.bottom - area.top + 1, area.right - area.left + 1
