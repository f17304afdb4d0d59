"""The ranges that aggregates such as SUM take, seen from each cell that holds one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.audit.memo import once
from tickmark.audit.ranges.read_areas import areas_at, template_cells
from tickmark.model.address import MAX_COLUMN, MAX_ROW, RangeRef
from tickmark.structure.calls import Use
from tickmark.structure.formulas import Formulas, SheetFormulas
from tickmark.structure.reference import Reference, ReferenceKind
from tickmark.structure.regions.total_terms import Figure, terms_of
from tickmark.structure.template import Template

Numbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

PLUS: Final = 0
FUNCTIONS: Final = (
    "+",
    "SUM",
    "SUBTOTAL",
    "AGGREGATE",
    "AVERAGE",
    "MIN",
    "MAX",
    "COUNT",
    "COUNTA",
    "PRODUCT",
    "MEDIAN",
    "AVERAGEA",
    "MINA",
    "MAXA",
    "SUMSQ",
    "STDEV",
    "STDEV.S",
    "STDEV.P",
    "STDEVP",
    "VAR",
    "VAR.S",
    "VAR.P",
    "VARP",
)
"""What an entry is taken by; `+` stands for a cell that a sum names on its own."""
SUM, SUBTOTAL, AGGREGATE = (FUNCTIONS.index(name) for name in ("SUM", "SUBTOTAL", "AGGREGATE"))
MOST_ENTRIES: Final = 4_000_000
"""Of one sheet; further ones are left out."""

_NUMBER_OF: Final = {name: number for number, name in enumerate(FUNCTIONS)}
_FEWEST_CELLS: Final = 2


@dataclass(frozen=True, slots=True, eq=False)
class Aggregates:
    """What the aggregates of one sheet take: m entries, one for each range and formula cell.

    `areas` (m, 4) are top, left, bottom and right, on the sheet with the number `target`.
    `position`, `row` and `column` tell the formula cell, `template` its template, `reference` the
    number of the range among the references of the formula, and `function` (an index of FUNCTIONS)
    what takes it. `sums` tells which entries belong to a formula that does nothing but add up.
    Whole rows and columns, other workbooks and several sheets at once are left out.
    """

    areas: Numbers
    position: Numbers
    row: Numbers
    column: Numbers
    template: Numbers
    reference: Numbers
    function: Numbers
    target: Numbers
    sums: Mask

    def __len__(self) -> int:
        return len(self.position)

    def of(self, chosen: Mask | Numbers) -> Aggregates:
        """Some of the entries, by a mask or by their numbers."""
        return Aggregates(*(getattr(self, name)[chosen] for name in _FIELDS))

    @property
    def upright(self) -> Mask:
        """Which ranges are part of one column and more than one cell."""
        top, left, bottom, right = self.areas.T
        return np.asarray((left == right) & (bottom > top), np.bool_)

    @property
    def level(self) -> Mask:
        """Which ranges are part of one row and more than one cell."""
        top, left, bottom, right = self.areas.T
        return np.asarray((top == bottom) & (right > left), np.bool_)


_FIELDS: Final = tuple(Aggregates.__dataclass_fields__)


@once
def aggregates_of(formulas: Formulas) -> tuple[Aggregates, ...]:
    """The aggregates of each sheet, by its number; found once for all that ask about a workbook."""
    return tuple(_of_sheet(formulas, number) for number in range(len(formulas.sheets)))


def function_of(number: int) -> str:
    """The name of a function as messages say it."""
    return "sum" if number == PLUS else FUNCTIONS[number]


@dataclass(frozen=True, slots=True)
class _Taking:
    """A range that a template takes: its reference, the number of it, and by which function."""

    reference: Reference
    number: int
    function: int
    target: int
    sums: bool


def _of_sheet(formulas: Formulas, number: int) -> Aggregates:
    own = formulas.sheets[number]
    cells = own.sheet.cells
    positions = template_cells(own)
    found: list[tuple[_Taking, int, npt.NDArray[np.intp], Numbers]] = []
    left = MOST_ENTRIES
    for at, template in enumerate(own.templates):
        if template.fills is not None:
            continue
        for one in _takings(formulas, number, at, template):
            left -= len(positions[at])
            if left < 0:
                break
            areas = areas_at(own, template, one.reference, positions[at])
            found.append((one, at, positions[at], areas))
    return _joined(own, found) if found else _nothing(cells.rows.dtype)


def _nothing(_: object) -> Aggregates:
    none = np.empty(0, np.int64)
    return Aggregates(
        np.empty((0, 4), np.int64), none, none, none, none, none, none, none, np.empty(0, np.bool_)
    )


def _joined(
    own: SheetFormulas, found: list[tuple[_Taking, int, npt.NDArray[np.intp], Numbers]]
) -> Aggregates:
    sizes = [len(areas) for *_, areas in found]
    position = np.concatenate([positions for _, _, positions, _ in found]).astype(np.int64)
    cells = own.sheet.cells
    return Aggregates(
        np.concatenate([areas for *_, areas in found]),
        position,
        cells.rows[position].astype(np.int64),
        cells.columns[position].astype(np.int64),
        np.repeat(np.array([at for _, at, *_ in found], np.int64), sizes),
        np.repeat(np.array([one.number for one, *_ in found], np.int64), sizes),
        np.repeat(np.array([one.function for one, *_ in found], np.int64), sizes),
        np.repeat(np.array([one.target for one, *_ in found], np.int64), sizes),
        np.repeat(np.array([one.sums for one, *_ in found], np.bool_), sizes),
    )


def _takings(formulas: Formulas, number: int, at: int, template: Template) -> Iterator[_Taking]:
    references = formulas.references[number][at]
    ranged = [one.function in _NUMBER_OF for one in references]
    if not any(ranged) and ("+" not in template.text or len(references) < _FEWEST_CELLS):
        return
    terms = terms_of(template)
    added: set[int] = set()
    if terms is not None and terms.figure is Figure.SUM:
        added = {slot for sign, slot in terms.signed if sign > 0}
        only = len(added) == len({slot for _, slot in terms.signed}) == len(references)
    else:
        only = False
    for slot, reference in enumerate(references):
        if not ranged[slot] and slot not in added:
            continue
        for area in _areas(formulas, number, template, reference):
            target = formulas.scope.sheets.get(area.sheet.casefold(), -1)
            if target < 0 or area.area is None or _is_whole(area.area):
                continue
            if area.area.cells >= _FEWEST_CELLS and ranged[slot]:
                function = _NUMBER_OF[reference.function]
                yield _Taking(area, slot, function, target, only)
            elif area.area.cells == 1 and slot in added:
                yield _Taking(area, slot, PLUS, target, only)


def _areas(
    formulas: Formulas, number: int, template: Template, reference: Reference
) -> Iterator[Reference]:
    """The areas that a reference means; none for what is no plain range of this workbook."""
    if reference.use is Use.POSITION or reference.to_next or reference.spill or reference.book:
        return
    if reference.kind is ReferenceKind.AREA:
        if not reference.last_sheet:
            yield reference
    elif reference.kind is ReferenceKind.NAME:
        sheet = formulas.sheets[number].sheet.name
        cell = RangeRef(sheet, template.row, template.column, template.row, template.column)
        meant = list(formulas.scope.all_resolved((reference,), cell))
        if len(meant) == 1 and not meant[0].book and not meant[0].last_sheet:
            yield meant[0]


def _is_whole(area: RangeRef) -> bool:
    rows = area.top == 1 and area.bottom == MAX_ROW
    return rows or (area.left == 1 and area.right == MAX_COLUMN)
