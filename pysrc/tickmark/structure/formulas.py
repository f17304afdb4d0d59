"""The formulas of a workbook, each read once however many cells it was copied to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
import numpy.typing as npt

from tickmark.model.address import CellRef, RangeRef
from tickmark.model.workbook import Sheet, Workbook
from tickmark.structure.data_tables import data_table_inputs
from tickmark.structure.own_rows import parted_by_row
from tickmark.structure.pieces import split
from tickmark.structure.reference import Reference
from tickmark.structure.references import split_references
from tickmark.structure.scope import Scope, scope_of
from tickmark.structure.skeleton import skeleton
from tickmark.structure.spills import parted_by_spill
from tickmark.structure.template import Template
from tickmark.structure.template_reader import NO_TEMPLATE, TemplateReader
from tickmark.structure.tokens import tokens

__all__ = [
    "NO_TEMPLATE",
    "Formulas",
    "SheetFormulas",
    "Template",
    "Unparsed",
    "formulas_of",
    "sheet_formulas",
]

MOST_PRECEDENTS = 2_000_000


@dataclass(frozen=True, slots=True, eq=False)
class SheetFormulas:
    """The templates of one sheet.

    `template_of` is aligned with the sheet's cells: the index of each cell's template, or
    NO_TEMPLATE. Cells inside an array formula or data table count as formula cells.
    """

    sheet: Sheet
    templates: tuple[Template, ...]
    template_of: npt.NDArray[np.int32]

    def counts(self) -> npt.NDArray[np.int64]:
        """Number of cells of each template."""
        used = self.template_of[self.template_of != NO_TEMPLATE]
        return np.bincount(used, minlength=len(self.templates))

    def cells_of(self, template: int) -> npt.NDArray[np.intp]:
        """Positions of the cells that hold a template, in order."""
        return np.flatnonzero(self.template_of == template)


@dataclass(frozen=True, slots=True)
class Unparsed:
    """A text that is no formula: the first cell that holds it, and where it ends to be one.

    `at` counts the characters of `text` (without `=`) before that place.
    """

    cell: CellRef
    text: str
    at: int


@dataclass(frozen=True, slots=True, eq=False)
class Formulas:
    """All formulas of a workbook with their references.

    `sheets` stands in the order of the workbook. `references[s][t]` are the references of template
    t of sheet s as written in its `text`, and names that it calls; `precedents[s][t]` the areas of
    this workbook that they mean, names and tables followed, seen from the template's first cell,
    with the inputs of a data table. `unknown[s][t]` tells that the template also depends on cells
    which only its calculation can tell, as with INDIRECT and OFFSET. `unparsed` has one entry for
    each template that is no formula; what could be read of its references is kept. `complete` is
    False where a workbook has more than MOST_PRECEDENTS areas; the later ones are then missing.
    """

    workbook: Workbook
    scope: Scope
    sheets: tuple[SheetFormulas, ...]
    references: tuple[tuple[tuple[Reference, ...], ...], ...]
    precedents: tuple[tuple[tuple[Reference, ...], ...], ...]
    unknown: tuple[tuple[bool, ...], ...]
    unparsed: tuple[Unparsed, ...] = ()
    complete: bool = True

    def books(self, sheet: int, template: int) -> frozenset[str]:
        """The other workbooks that a template depends on, as written in brackets."""
        own = self.sheets[sheet].sheet.name
        return self.scope.books(self.references[sheet][template], own)

    def is_broken(self, sheet: int, template: int) -> bool:
        """Whether a template names #REF!, itself or through a defined name."""
        own = self.sheets[sheet].sheet.name
        return self.scope.is_broken(self.references[sheet][template], own)


def formulas_of(workbook: Workbook) -> Formulas:
    """Read the formulas of a workbook."""
    scope = scope_of(workbook)
    sheets = []
    readings = []
    left = MOST_PRECEDENTS
    for sheet in workbook.sheets:
        own = _parted(sheet_formulas(sheet), scope)
        reading = _Reading(own, scope)
        left = reading.read(left)
        sheets.append(own)
        readings.append(reading)
    return Formulas(
        workbook,
        scope,
        tuple(sheets),
        references=tuple(tuple(reading.references) for reading in readings),
        precedents=tuple(tuple(reading.precedents) for reading in readings),
        unknown=tuple(tuple(reading.unknown) for reading in readings),
        unparsed=tuple(one for reading in readings for one in reading.unparsed),
        complete=left > 0,
    )


def sheet_formulas(sheet: Sheet) -> SheetFormulas:
    """Read the formulas of one sheet; a copied formula is read once."""
    reader = TemplateReader(sheet)
    reader.read()
    return SheetFormulas(sheet, tuple(reader.templates), reader.template_of)


class _Reading:
    """What the templates of one sheet refer to."""

    def __init__(self, own: SheetFormulas, scope: Scope) -> None:
        self.own = own
        self.scope = scope
        self.references: list[tuple[Reference, ...]] = []
        self.precedents: list[tuple[Reference, ...]] = []
        self.unknown: list[bool] = []
        self.unparsed: list[Unparsed] = []

    def read(self, left: int) -> int:
        """Read all templates; takes and returns how many more precedents there may be."""
        scope, sheet = self.scope, self.own.sheet.name
        for template in self.own.templates:
            row, column = template.row, template.column
            found = split(template.text)
            made = skeleton(found)
            written = split_references(found, made, sheet, row, column)
            called = scope.calls(made, sheet)
            written += called
            areas: Iterable[Reference] = written
            if called or not made.plain or template.fills is not None:
                areas = self._areas(template, written)
            meant = tuple(islice(areas, left))
            left -= len(meant)
            self.references.append(written)
            self.precedents.append(meant)
            self.unknown.append(scope.is_unknown(written, made, sheet))
            if made.error >= 0:
                where = CellRef(sheet, row, column)
                self.unparsed.append(Unparsed(where, template.text, _offset(template, made.error)))
        return left

    def _areas(self, template: Template, written: tuple[Reference, ...]) -> Iterator[Reference]:
        """The areas that the references of a template mean, seen from its first cell."""
        sheet, row, column = self.own.sheet.name, template.row, template.column
        yield from self.scope.all_resolved(written, RangeRef(sheet, row, column, row, column))
        if template.fills is not None and not template.computed:
            yield from data_table_inputs(template.text, template.fills)


def _offset(template: Template, token: int) -> int:
    return sum(len(one.text) for one in islice(tokens(template.text), token))


def _parted(own: SheetFormulas, scope: Scope) -> SheetFormulas:
    """The templates with those parted whose copies mean arrays of other sizes or other tables."""
    if scope.spills:
        parts = parted_by_spill(own.sheet, own.templates, own.template_of, scope)
        own = SheetFormulas(own.sheet, *parts)
    if scope.tables:
        parts = parted_by_row(own.sheet, own.templates, own.template_of, scope)
        own = SheetFormulas(own.sheet, *parts)
    return own
