"""References that move with a run of copies although what they mean stands still."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from tickmark.model.address import RangeRef
from tickmark.model.grid import NO_FORMULA, CellKind
from tickmark.model.workbook import Sheet
from tickmark.structure.formulas import NO_TEMPLATE, Formulas, SheetFormulas
from tickmark.structure.reference import Edges, Reference, ReferenceKind
from tickmark.structure.template import Template

SHORTEST_RUN: Final = 3
LARGEST_TABLE: Final = 100_000
_MOST_TARGETS: Final = 1_000
"""Copies of one run whose targets are looked at."""

# The arguments of these are a table, a list or a population that all copies have in common.
TABLE_FUNCTIONS: Final = frozenset(
    {
        "VLOOKUP",
        "HLOOKUP",
        "LOOKUP",
        "XLOOKUP",
        "MATCH",
        "XMATCH",
        "INDEX",
        "RANK",
        "RANK.EQ",
        "RANK.AVG",
        "PERCENTRANK",
        "PERCENTRANK.INC",
        "SUMIF",
        "SUMIFS",
        "COUNTIF",
        "COUNTIFS",
        "AVERAGEIF",
        "AVERAGEIFS",
    }
)


_NO_NUMBERS: Final = frozenset({int(CellKind.EMPTY), int(CellKind.TEXT)})


Place: TypeAlias = tuple[str, Edges]
"""A sheet's name without regard to case, and an area on it."""


@dataclass(frozen=True, slots=True)
class Drift:
    """A run of copies of one template, and the number of the reference that drifts with it.

    `cells` are rows and columns on the sheet. `first` and `last` are the areas that the first and
    the last copy refer to; `lost` of the targets that come in on the way hold nothing, of
    `taken` in all. `table` tells that a range drifts, otherwise it is a single cell; `errors`
    counts the later copies that show an error for want of a number, and `total` tells that the
    first target adds up what all copies refer to beside it.
    """

    template: int
    cells: tuple[tuple[int, int], ...]
    reference: int
    across: bool
    first: RangeRef
    last: RangeRef
    taken: int
    lost: int
    table: bool
    strays: bool = False
    """Some of the cells that come in hold something else."""
    errors: int = 0
    total: bool = False

    @property
    def place(self) -> Place:
        """The place of the first target."""
        area = self.first
        return area.sheet.casefold(), (area.top, area.left, area.bottom, area.right)


def fixed_areas(formulas: Formulas, number: int) -> Mapping[Place, int]:
    """Areas that formulas of a sheet refer to with `$`, and a template that does so."""
    own = formulas.sheets[number]
    found: dict[Place, int] = {}
    for template, references in enumerate(formulas.references[number]):
        for one in references:
            if one.kind is ReferenceKind.AREA and one.area is not None and not any(one.relative):
                key = ((one.sheet or own.sheet.name).casefold(), one.edges())
                found.setdefault(key, template)
    return found


def drifts(formulas: Formulas, number: int) -> Iterator[Drift]:
    """The drifts of a sheet, by direction and template."""
    own = formulas.sheets[number]
    by_name = {sheet.name.casefold(): sheet for sheet in formulas.workbook.sheets}
    fixed: Mapping[Place, int] | None = None
    for across in (False, True):
        known: dict[int, list[tuple[int, Reference, Sheet]]] = {}
        for template, line, first, last in _runs(own, across=across):
            moving = known.get(template)
            if moving is None:
                known[template] = moving = [
                    (at, one, target)
                    for at, one in enumerate(formulas.references[number][template])
                    if _may_drift(one, across=across)
                    and not _goes_along(one, own.templates[template], across=across)
                    and (target := _target(one, own.sheet, by_name)) is not None
                ]
            for at, reference, target in moving:
                run = (template, line, first, last)
                found = _drift(own, run, at, reference, target, across=across)
                if found is None and reference.edges()[:2] == reference.edges()[2:]:
                    found = _stray(formulas, number, run, at, target, across=across)
                    if found is not None and not found.total:
                        fixed = fixed_areas(formulas, number) if fixed is None else fixed
                        held = found.place in fixed
                        found = found if held or found.errors else None
                if found is not None:
                    yield found


def _target(reference: Reference, own: Sheet, by_name: dict[str, Sheet]) -> Sheet | None:
    """The sheet that a plain reference to cells of this workbook lies on, else None."""
    if reference.kind is not ReferenceKind.AREA or reference.area is None:
        return None
    if reference.book or reference.last_sheet or reference.spill or reference.to_next:
        return None
    return by_name.get(reference.sheet.casefold()) if reference.sheet else own


def _may_drift(reference: Reference, *, across: bool) -> bool:
    """Whether a reference moves in a direction, as a whole, and is a table or one cell."""
    area, relative = reference.area, reference.relative
    if area is None or area.cells > LARGEST_TABLE:
        return False
    moving = (relative[1], relative[3]) if across else (relative[0], relative[2])
    if not all(moving):
        return False
    if area.cells == 1:
        return reference.function not in TABLE_FUNCTIONS
    length = area.right - area.left if across else area.bottom - area.top
    return length > 1 and reference.function in TABLE_FUNCTIONS


def _goes_along(reference: Reference, template: Template, *, across: bool) -> bool:
    """Whether a reference stays as near to its formula as it is always meant to be.

    A cell of the own row goes with it; a list that begins in the next one is what still follows.
    """
    top, left, bottom, right = reference.edges()
    ahead = left - template.column if across else top - template.row
    return ahead == (0 if (top, left) == (bottom, right) else 1)


def _runs(own: SheetFormulas, *, across: bool) -> Iterator[tuple[int, int, int, int]]:
    """The runs of copies on rows or columns: template, line, first and last place."""
    at = np.flatnonzero(own.template_of != NO_TEMPLATE)
    if not len(at):
        return
    cells, templates = own.sheet.cells, own.template_of[at]
    rows, columns = cells.rows[at].astype(np.int64), cells.columns[at].astype(np.int64)
    lines, places = (rows, columns) if across else (columns, rows)
    order = np.lexsort((places, lines, templates))
    templates, lines, places = templates[order], lines[order], places[order]
    breaks = (templates[1:] != templates[:-1]) | (lines[1:] != lines[:-1])
    breaks |= places[1:] != places[:-1] + 1
    starts = np.concatenate(([0], np.flatnonzero(breaks) + 1))
    ends = np.append(starts[1:], len(order)) - 1
    long = ends - starts + 1 >= SHORTEST_RUN
    long &= np.array([one.fills is None for one in own.templates], np.bool_)[templates[starts]]
    table = np.stack((templates[starts], lines[starts], places[starts], places[ends]), axis=1)
    yield from map(tuple, table[long].tolist())


def _drift(
    own: SheetFormulas,
    run: tuple[int, int, int, int],
    at: int,
    reference: Reference,
    target: Sheet,
    *,
    across: bool,
) -> Drift | None:
    """The drift of a reference with a run; None where it may well be meant to move."""
    template, line, *places = run
    where = [(line, place) if across else (place, line) for place in places]
    first, last = (reference.edges(*own.templates[template].distance(*one)) for one in where)
    begin, end = (1, 3) if across else (0, 2)
    if last[begin] < first[begin] or last[end] < first[end]:  # it came in on the other side
        return None
    single = first[:2] == first[2:]
    if single and _is_filled(target, last[0], last[1]):
        return None  # so that not all that comes in is blank
    taken = last[end] - first[end]
    behind = (first[2] + 1, first[1], last[2], last[3])
    if across:
        behind = (first[0], first[3] + 1, last[2], last[3])
    lost = taken - _filled(target, behind, numbers=single, across=across)
    if not lost or (single and lost < taken):
        return None
    if not _filled(target, first, numbers=single, across=across):
        return None
    cells = range(places[0], places[1] + 1)
    return Drift(
        template,
        tuple((line, place) if across else (place, line) for place in cells),
        at,
        across,
        RangeRef(target.name, *first),
        RangeRef(target.name, *last),
        taken,
        lost,
        table=not single,
    )


def _stray(
    formulas: Formulas,
    number: int,
    run: tuple[int, int, int, int],
    at: int,
    target: Sheet,
    *,
    across: bool,
) -> Drift | None:
    """The drift of one cell from its place to others, some of which are filled.

    Either the first target is the total of what the copies refer to beside it, or a cell for itself
    in a line from which the copies take nothing else. A lag and a moving window are neither.
    """
    own = formulas.sheets[number]
    template, line, *places = run
    cells = tuple(
        (line, place) if across else (place, line) for place in range(places[0], places[1] + 1)
    )
    references = formulas.references[number][template]
    moved = [own.templates[template].distance(*one) for one in (cells[0], cells[-1])]
    first, last = (references[at].edges(*one) for one in moved)
    axis = 1 if across else 0
    if last[axis] - first[axis] != len(cells) - 1 or places[0] <= first[axis] <= places[1]:
        return None
    targets = [
        (first[0], first[1] + step) if across else (first[0] + step, first[1])
        for step in range(min(len(cells), _MOST_TARGETS))
    ]
    if not _is_filled(target, *targets[0]):
        return None
    beside = [
        [one.edges(*distance) for distance in moved]
        for index, one in enumerate(references)
        if index != at and _is_moving_cell(one, own.sheet, across=across)
    ]
    total = first[axis] > places[1] and any(
        _adds_up(formulas, target, targets[0], ends) for ends in beside if target is own.sheet
    )
    if not total:
        if _is_filled(target, *targets[1]) or _shows_error(own.sheet, *cells[0]):
            return None
        same_line = any(ends[0][1 - axis] == first[1 - axis] for ends in beside)
        if not beside or (target is own.sheet and (same_line or first[1 - axis] == line)):
            return None
    wrong = [not _is_filled(target, *one) for one in targets[1:]]
    pairs = zip(cells[1:], wrong, strict=False)
    errors = sum(blank and _shows_error(own.sheet, *cell) for cell, blank in pairs)
    if not any(wrong):
        return None
    return Drift(
        template,
        cells,
        at,
        across,
        RangeRef(target.name, *first),
        RangeRef(target.name, *last),
        len(wrong),
        sum(wrong),
        table=False,
        strays=True,
        errors=errors,
        total=total,
    )


def _is_moving_cell(reference: Reference, own: Sheet, *, across: bool) -> bool:
    """Whether a reference is one cell of the own sheet that moves in a direction."""
    if reference.kind is not ReferenceKind.AREA or reference.area is None or reference.book:
        return False
    if reference.sheet and reference.sheet.casefold() != own.name.casefold():
        return False
    return reference.area.cells == 1 and reference.relative[1 if across else 0]


def _adds_up(formulas: Formulas, target: Sheet, cell: tuple[int, int], ends: list[Edges]) -> bool:
    """Whether a cell of the sheet has a formula that takes a range from one end to another."""
    number = next(at for at, one in enumerate(formulas.sheets) if one.sheet is target)
    own = formulas.sheets[number]
    position = target.cells.position(*cell)
    template = NO_TEMPLATE if position is None else int(own.template_of[position])
    if template == NO_TEMPLATE:
        return False
    distance = own.templates[template].distance(*cell)
    for one in formulas.references[number][template]:
        if one.kind is not ReferenceKind.AREA or one.area is None or one.book:
            continue
        if one.sheet and one.sheet.casefold() != own.sheet.name.casefold():
            continue
        top, left, bottom, right = one.edges(*distance)
        if all(top <= end[0] <= bottom and left <= end[1] <= right for end in ends):
            return True
    return False


def _shows_error(sheet: Sheet, row: int, column: int) -> bool:
    at = sheet.cells.position(row, column)
    return at is not None and sheet.cells.kinds[at] == CellKind.ERROR


def _is_filled(target: Sheet, row: int, column: int) -> bool:
    """Whether a cell holds anything but text."""
    at = target.cells.position(row, column)
    if at is None:
        return False
    kind = target.cells.kinds[at]
    # A formula that no program has calculated yet is no blank.
    waits = kind == CellKind.EMPTY and target.cells.formulas[at] != NO_FORMULA
    return bool(waits or kind not in _NO_NUMBERS)


def _filled(target: Sheet, edges: Edges, *, numbers: bool, across: bool) -> int:
    """How many columns (`across`) or rows of an area hold anything, or anything but text."""
    top, left, bottom, right = edges
    cells = target.cells
    inside = cells.within(RangeRef(target.name, top, left, bottom, right))
    kinds = cells.kinds[inside]
    # A formula that no program has calculated yet is no blank.
    held = (kinds != CellKind.EMPTY) | (cells.formulas[inside] != NO_FORMULA)
    inside = inside[held & ~(numbers & (kinds == CellKind.TEXT))]
    return len(set((cells.columns if across else cells.rows)[inside].tolist()))
