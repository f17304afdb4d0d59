"""Copies of a formula whose structured references, such as `[@Net]`, mean something else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.model.workbook import Sheet, Table
from tickmark.structure.pieces import split
from tickmark.structure.reference import Reference, ReferenceKind
from tickmark.structure.references import split_references
from tickmark.structure.relative import shift
from tickmark.structure.scope import Scope
from tickmark.structure.skeleton import skeleton
from tickmark.structure.tables import data_rows, takes_own_row
from tickmark.structure.template import Template

MOST_OWN_TABLES: Final = 1_000
"""Tables of a sheet in which copies of a reference without table name are looked for."""

Parted = tuple[tuple[Template, ...], npt.NDArray[np.int32]]
Numbers = npt.NDArray[np.int32]


def parted_by_row(
    sheet: Sheet, templates: tuple[Template, ...], template_of: Numbers, scope: Scope
) -> Parted:
    """The templates of a sheet and the index of each cell's, parted where copies differ.

    Copies are of one template only if each of their structured references finds the formula's own
    row in the table or none does, and if those without table name mean the same table.
    """
    counts = np.bincount(template_of[template_of >= 0], minlength=len(templates))
    wanted = {
        index: moving
        for index in np.flatnonzero(counts > 1).tolist()
        if (moving := _moving(templates[index], sheet.name))
    }
    if not wanted:
        return templates, template_of
    parted, of_cell = list(templates), template_of.copy()
    for index, positions in _positions(template_of, list(wanted)):
        moving = wanted[index]
        rows = sheet.cells.rows[positions]
        columns = sheet.cells.columns[positions].astype(np.int32)
        keys = np.stack([_places(one, scope, sheet.name, rows, columns) for one in moving])
        _, first, part = np.unique(keys, axis=1, return_index=True, return_inverse=True)
        part = part.reshape(-1)
        for number in np.argsort(first).tolist():
            at = int(first[number])
            made = _begun_at(templates[index], int(rows[at]), int(columns[at]))
            if at == 0:
                parted[index] = made
            else:
                of_cell[positions[part == number]] = len(parted)
                parted.append(made)
    return tuple(parted), of_cell


def _positions(
    template_of: Numbers, wanted: list[int]
) -> Iterator[tuple[int, npt.NDArray[np.intp]]]:
    """Each wanted template and the positions of its cells in order."""
    held = np.flatnonzero(np.isin(template_of, wanted))
    held = held[np.argsort(template_of[held], kind="stable")]
    bounds = np.flatnonzero(np.diff(template_of[held])) + 1
    for positions in np.split(held, bounds):
        yield int(template_of[positions[0]]), positions


def _moving(template: Template, sheet: str) -> list[Reference]:
    """The structured references of a template whose cells depend on where it stands."""
    if template.fills is not None or not any(
        "[" in text for text in template.pieces if isinstance(text, str)
    ):
        return []
    found = split(template.text)
    written = split_references(found, skeleton(found), sheet, template.row, template.column)
    return [
        one
        for one in written
        if one.kind is ReferenceKind.TABLE
        and not one.book
        and (not one.name or takes_own_row(one.item))
    ]


def _places(
    reference: Reference, scope: Scope, sheet: str, rows: Numbers, columns: Numbers
) -> Numbers:
    """For each cell a number of the table that is meant, negative where it has no row of it."""
    places = np.zeros(len(rows), np.int32)
    own_row = takes_own_row(reference.item)
    if reference.name:
        table = scope.tables.get(reference.name.casefold())
        return places if table is None else np.where(_beside(table, rows), 1, -1).astype(np.int32)
    own = [one for one in scope.tables.values() if one.range.sheet == sheet][:MOST_OWN_TABLES]
    for number, table in enumerate(own, start=1):
        area = table.range
        inside = (rows >= area.top) & (rows <= area.bottom) & (places == 0)
        inside &= (columns >= area.left) & (columns <= area.right)
        places[inside] = number
        if own_row:
            places[inside & ~_beside(table, rows)] = -number
    return places


def _beside(table: Table, rows: Numbers) -> npt.NDArray[np.bool_]:
    """Whether each row is one of a table's data."""
    first, last = data_rows(table)
    return np.asarray((rows >= first) & (rows <= last), np.bool_)


def _begun_at(template: Template, row: int, column: int) -> Template:
    text = shift(template.text, *template.distance(row, column))
    return replace(template, text=text, row=row, column=column)
