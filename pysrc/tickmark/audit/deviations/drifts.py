"""References that move with a run of copies although what they mean stands still."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from tickmark.model.address import RangeRef
from tickmark.model.grid import NO_FORMULA, CellKind
from tickmark.model.workbook import Sheet
from tickmark.structure.formulas import NO_TEMPLATE, Formulas, SheetFormulas
from tickmark.structure.reference import Edges, Reference, ReferenceKind
from tickmark.structure.template import Template

SHORTEST_RUN: Final = 3
LARGEST_TABLE: Final = 100_000

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


@dataclass(frozen=True, slots=True)
class Drift:
    """A run of copies of one template, and the number of the reference that drifts with it.

    `cells` are rows and columns on the sheet. `first` and `last` are the areas that the first and
    the last copy refer to; `lost` of the targets that come in on the way hold nothing, of
    `taken` in all. `table` tells that a range drifts, otherwise it is a single cell.
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


def drifts(formulas: Formulas, number: int) -> Iterator[Drift]:
    """The drifts of a sheet, by direction and template."""
    own = formulas.sheets[number]
    by_name = {sheet.name.casefold(): sheet for sheet in formulas.workbook.sheets}
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


def _is_filled(target: Sheet, row: int, column: int) -> bool:
    """Whether a cell holds anything but text."""
    at = target.cells.position(row, column)
    return at is not None and target.cells.kinds[at] not in _NO_NUMBERS


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
