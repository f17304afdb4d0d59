"""The formulas of a workbook, each read once however many cells it was copied to."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, islice

import numpy as np
import numpy.typing as npt

from tickmark.model.address import MAX_ROW, RangeRef
from tickmark.model.grid import NO_FORMULA, FormulaGroup, FormulaKind
from tickmark.model.workbook import Sheet, Workbook
from tickmark.structure.references import Reference, references
from tickmark.structure.relative import r1c1, row_pattern, shift
from tickmark.structure.scope import Scope, scope_of
from tickmark.structure.tokens import displayed

NO_TEMPLATE = -1
MOST_PRECEDENTS = 2_000_000
MOST_GUESSES = 3


@dataclass(frozen=True, slots=True)
class Template:
    """One formula in all cells that hold a copy of it.

    `text` (without `=`) is that of the cell at `row` and `column`, the first found. `r1c1` is the
    same in R1C1 notation. `fills` is the range of an array formula or data table, which is one
    formula for all its cells and does not move from cell to cell. `computed` is False for a data
    table, whose cells Excel fills by other means.
    """

    text: str
    r1c1: str
    row: int
    column: int
    fills: RangeRef | None = None
    computed: bool = True

    def text_at(self, row: int, column: int) -> str:
        """The formula of a cell that holds a copy, without `=`, as Excel shows it."""
        return displayed(shift(self.text, *self.distance(row, column)))

    def distance(self, row: int, column: int) -> tuple[int, int]:
        """Rows and columns by which the references of `text` have moved in a cell."""
        return (0, 0) if self.fills is not None else (row - self.row, column - self.column)


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


@dataclass(frozen=True, slots=True, eq=False)
class Formulas:
    """All formulas of a workbook with their references.

    `sheets` stands in the order of the workbook. `references[s][t]` are the references of template
    t of sheet s as written in its `text`; `precedents[s][t]` the areas of this workbook that they
    mean, names and tables followed, seen from the template's first cell. `complete` is False
    where a workbook has more than MOST_PRECEDENTS such areas; the later ones are then missing.
    """

    workbook: Workbook
    scope: Scope
    sheets: tuple[SheetFormulas, ...]
    references: tuple[tuple[tuple[Reference, ...], ...], ...]
    precedents: tuple[tuple[tuple[Reference, ...], ...], ...]
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
    sheets = tuple(sheet_formulas(sheet) for sheet in workbook.sheets)
    left = MOST_PRECEDENTS
    written = []
    meant = []
    for one in sheets:
        lists = tuple(references(each.text, one.sheet.name) for each in one.templates)
        areas = []
        for template, found in zip(one.templates, lists, strict=True):
            at = RangeRef(
                one.sheet.name, template.row, template.column, template.row, template.column
            )
            resolved = chain.from_iterable(scope.resolved(each, at) for each in found)
            areas.append(tuple(islice(resolved, left)))
            left -= len(areas[-1])
        written.append(lists)
        meant.append(tuple(areas))
    return Formulas(workbook, scope, sheets, tuple(written), tuple(meant), complete=left > 0)


def sheet_formulas(sheet: Sheet) -> SheetFormulas:
    """Read the formulas of one sheet; a copied formula is read once."""
    reader = _TemplateReader(sheet)
    reader.read()
    return SheetFormulas(sheet, tuple(reader.templates), reader.template_of)


@dataclass(slots=True)
class _Guess:
    """What one of a column's last formulas would read like in another row."""

    pattern: str
    distances: tuple[int, ...]
    template: int

    def text(self, row: int) -> str | None:
        rows = tuple(row + distance for distance in self.distances)
        if rows and (min(rows) < 1 or max(rows) > MAX_ROW):
            return None
        return self.pattern % rows


class _TemplateReader:
    """Collects templates cell by cell; most copies are recognised without being read."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.templates: list[Template] = []
        self.template_of = np.full(len(sheet.cells), NO_TEMPLATE, np.int32)
        self.known: dict[tuple[str, RangeRef | None], int] = {}
        self.guesses: dict[int, list[_Guess]] = {}
        self.of_group: dict[int, int] = {}

    def read(self) -> None:
        cells = self.sheet.cells
        for number, group in cells.formula_groups.items():
            self._group(number, cells.formula_texts[number], group)
        positions = np.flatnonzero(cells.formulas != NO_FORMULA)
        rows, columns = cells.rows[positions].tolist(), cells.columns[positions].tolist()
        numbers = cells.formulas[positions].tolist()
        texts, of_group = cells.formula_texts, self.of_group
        self.template_of[positions] = [
            of_group[number] if number in of_group else self._template(texts[number], row, column)
            for number, row, column in zip(numbers, rows, columns, strict=True)
        ]

    def _group(self, number: int, text: str, group: FormulaGroup) -> None:
        several = group.kind is not FormulaKind.SHARED and group.range.cells > 1
        table = group.kind is FormulaKind.DATA_TABLE
        fills = group.range if several or table else None
        if fills is None:
            self.of_group[number] = self._template(text, group.row, group.column)
        else:
            index = self._known(text, group.row, group.column, fills, computed=not table)
            self.of_group[number] = index
            self.template_of[self.sheet.cells.within(fills)] = index

    def _template(self, text: str, row: int, column: int) -> int:
        guesses = self.guesses.setdefault(column, [])
        for guess in guesses:
            if guess.text(row) == text:
                return guess.template
        index = self._known(text, row, column, None)
        pattern, distances = row_pattern(text, row)
        guesses.insert(0, _Guess(pattern, distances, index))
        del guesses[MOST_GUESSES:]
        return index

    def _known(
        self, text: str, row: int, column: int, fills: RangeRef | None, *, computed: bool = True
    ) -> int:
        """The index of a formula's template, a new one if no cell before had the same."""
        relative = r1c1(text, row, column)
        index = self.known.setdefault((relative, fills), len(self.templates))
        if index == len(self.templates):
            self.templates.append(Template(text, relative, row, column, fills, computed))
        return index
