"""The rule `anchor-slip`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tickmark.audit.deviations.deviation import DeviationKind, deviation
from tickmark.audit.deviations.drifts import SHORTEST_RUN, Drift, Place, drifts, fixed_areas
from tickmark.audit.deviations.formula_classes import FormulaClasses, formula_classes
from tickmark.audit.deviations.outliers import Outlier, crossing_outliers
from tickmark.audit.quoting import shortened
from tickmark.audit.region_grid import RegionGrid
from tickmark.audit.rule import Facts, rule
from tickmark.audit.wording import addresses, listed
from tickmark.model.address import cell_address
from tickmark.model.finding import Finding, Severity
from tickmark.model.grid import CellKind
from tickmark.structure.formulas import SheetFormulas
from tickmark.structure.pieces import BOTTOM, LEFT, RIGHT, TOP, TWO, Area, a1_text, placed_area
from tickmark.structure.rectangles import rectangles
from tickmark.structure.reference import Reference, ReferenceKind
from tickmark.structure.template import Template
from tickmark.structure.tokens import displayed

CODE: Final = "anchor-slip"
FEWEST_LINES: Final = 2
_SHOWN: Final = 80


@rule(CODE, severity=Severity.HIGH)
def anchor_slip(facts: Facts) -> Iterator[Finding]:
    """A `$` is missing or stands in the wrong place, so that copies refer to the wrong cells.

    What it finds:
        A formula that was copied at least three times, with a lookup table, a list or a single rate
        that moves along with the copies until it leaves its filled cells; a total that moves along
        with the shares of it, or a rate with blanks or text right behind it; and a row or column
        whose copies all refer to one cell by `$` where the lines beside it move from cell to cell.
        One run of copies is one finding.

    Why it matters:
        The first copy is right, which is the one that gets tested. The others look up in a table
        that shrinks, multiply by a blank, or repeat the first result.

    Example:
        `=VLOOKUP(A2,H2:J9,3,FALSE)` in row 2 becomes `=VLOOKUP(A3,H3:J10,3,FALSE)` in row 3: each
        row loses another line of the table.

    Fix:
        Put `$` before the row or column that must stay, as in `$H$2:$J$9`, and copy again.

    Source:
        Absolute and relative references mixed up are among the most frequent mechanical errors in
        experiments with spreadsheet users; the cells that are referred to tell them.

    Known false alarms:
        Formulas that are filled down ahead of inputs still to come are passed over where the other
        inputs are missing too. A table that has blank rows on purpose is named.
    """
    for number, own in enumerate(facts.formulas.sheets):
        if not own.templates:
            continue
        yield from _of_drifts(facts, number, own)
        classes = formula_classes(own)
        for grid in facts.grids[number]:
            if grid.formula_count < SHORTEST_RUN:
                continue
            for across in (True, False):
                yield from _of_fixed(facts, own, classes, grid, across=across)


def _of_drifts(facts: Facts, number: int, own: SheetFormulas) -> Iterator[Finding]:
    groups: dict[tuple[int, int, bool], list[Drift]] = {}
    for drift in drifts(facts.formulas, number):
        if _is_in_use(facts, number, own, drift):
            groups.setdefault((drift.template, drift.reference, drift.across), []).append(drift)
    if not groups:
        return
    fixed = fixed_areas(facts.formulas, number)
    for group in groups.values():
        yield _drift_finding(facts, number, own, group, fixed)


def _is_in_use(facts: Facts, number: int, own: SheetFormulas, drift: Drift) -> bool:
    """Whether another reference of the last copy finds something, so that it was not filled ahead.

    A formula with no other reference just repeats cells.
    """
    references = facts.formulas.references[number][drift.template]
    rows, columns = own.templates[drift.template].distance(*drift.cells[-1])
    others = [
        one.edges(rows, columns)
        for at, one in enumerate(references)
        if at != drift.reference
        and one.kind is ReferenceKind.AREA
        and one.area is not None
        and not one.book
        and (not one.sheet or one.sheet == own.sheet.name)
        and any(one.relative)
        and one.edges(rows, columns)[:2] == one.edges(rows, columns)[2:]
    ]
    cells = own.sheet.cells
    for top, left, _, _ in others:
        position = cells.position(top, left)
        if position is not None and cells.kinds[position] != CellKind.EMPTY:
            return True
    return False


def _drift_finding(
    facts: Facts,
    number: int,
    own: SheetFormulas,
    group: Sequence[Drift],
    fixed: Mapping[Place, int],
) -> Finding:
    drift = group[0]
    template = own.templates[drift.template]
    reference = facts.formulas.references[number][drift.template][drift.reference]
    cells = sorted({cell for one in group for cell in one.cells[1:]})
    start, second = drift.cells[0], drift.cells[1]
    first = drift.first
    sibling = fixed.get(drift.place)
    expected = _anchored(template, reference, drift, second)
    found = "=" + template.text_at(*second)
    evidence = {
        "found": found,
        "expected": expected,
        "found R1C1": "=" + displayed(template.r1c1),
        "first target": first.a1,
        "last target": drift.last.a1,
        "blank": f"{drift.lost} of {drift.taken} "
        f"{'columns' if drift.across else 'rows'} that come in",
        "errors": f"{drift.errors} of {len(cells)} copies" if drift.errors else "",
    }
    score = 0.6 + 0.1 * (drift.lost == drift.taken) + 0.05 * (not drift.table)
    score += 0.1 * drift.total
    siblings = [cell_address(*start)]
    if sibling is not None:
        at = own.cells_of(sibling)[0]
        siblings.append(own.sheet.cells[int(at)].a1)
        score += 0.15
    what = "The table" if drift.table else "The cell"
    ranges = addresses(rectangles(own.sheet.name, *zip(*cells, strict=True)))
    message = (
        f"{what} {first.a1} that {cell_address(*start)} refers to moves along in "
        f"{len(cells):,} copies ({listed(ranges)})"
    )
    if drift.strays:
        meant = "the total of what they refer to" if drift.total else "a cell for itself"
        message += f" up to {drift.last.a1}, although it is {meant}"
    else:
        message += f" and ends as {drift.last.a1}, beyond the filled cells"
    return Finding(
        rule=CODE,
        severity=Severity.HIGH if sibling is not None or not drift.table else Severity.MEDIUM,
        message=message + ".",
        sheet=own.sheet.name,
        ranges=ranges,
        evidence={label: text for label, text in evidence.items() if text},
        fix=f"Fix the reference with $ as in {cell_address(*second)}: {expected}"
        if expected
        else "Put $ before the row or column that must stay, and copy again.",
        confidence=round(min(score, 0.9), 2),
        key=f"{template.r1c1} {drift.reference} {'across' if drift.across else 'down'}",
        siblings=tuple(siblings),
    )


def _anchored(template: Template, reference: Reference, drift: Drift, cell: tuple[int, int]) -> str:
    """The formula of a cell with `$` where the reference drifts; "" where it cannot be told.

    A range beside the one that drifts, over the same rows or columns, drifts with it.
    """
    start = drift.cells[0]
    wanted = reference.edges(*template.distance(*start))
    extent = slice(1, None, 2) if drift.across else slice(0, None, 2)
    made: list[str | Area] = []
    for piece in template.pieces:
        if isinstance(piece, str):
            made.append(piece)
            continue
        form, top, left, bottom, right = placed_area(piece, *start)
        ends = (top, left, bottom, right) if form & TWO else (top, left, top, left)
        moving = form & (LEFT | RIGHT if drift.across else TOP | BOTTOM)
        drifts_too = bool(form & TWO) and ends[extent] == wanted[extent]
        if ends == wanted or drifts_too:
            made.append(_fixed(piece, (top, left, bottom, right), moving))
        else:
            made.append(piece)
    return "" if tuple(made) == template.pieces else "=" + displayed(a1_text(tuple(made), *cell))


def _fixed(piece: Area, placed: tuple[int, int, int, int], moving: int) -> Area:
    """A reference with the edges fixed that move, at the numbers that they have in a cell."""
    top, left, bottom, right = (
        number if moving & edge else distance
        for number, distance, edge in zip(
            placed, piece[1:], (TOP, LEFT, BOTTOM, RIGHT), strict=True
        )
    )
    return piece[0] & ~moving, top, left, bottom, right


@dataclass(frozen=True, slots=True)
class _Fixed:
    """A run of cells that all refer to the cells of one of them, and an outlier among them."""

    cells: tuple[tuple[int, int], ...]
    start: tuple[int, int]
    outlier: Outlier


def _of_fixed(
    facts: Facts, own: SheetFormulas, classes: FormulaClasses, grid: RegionGrid, *, across: bool
) -> Iterator[Finding]:
    """The runs beside lines of moving copies; `across` is the way that crosses the run."""
    groups: dict[tuple[int, int, int], list[Outlier]] = {}
    for one in crossing_outliers(grid, classes, across=across, fewest=SHORTEST_RUN):
        if one.alike >= SHORTEST_RUN - 1 and one.copies >= FEWEST_LINES:
            line = one.cells[0][1 if across else 0]
            groups.setdefault((one.found, one.expected, line), []).append(one)
    for group in groups.values():
        found = _fixed_run(own, classes, grid, group)
        if found is not None:
            yield _fixed_finding(facts, own, grid, found)


def _fixed_run(
    own: SheetFormulas, classes: FormulaClasses, grid: RegionGrid, group: Sequence[Outlier]
) -> _Fixed | None:
    """The run that a group of like outliers is; None where only one end would not be right."""
    group = sorted(group, key=lambda one: one.cells[0])
    if len(group) < SHORTEST_RUN:
        return None
    differences = []
    for one in group:
        row, column = one.cells[0]
        found, expected = classes.terms[one.found], classes.terms[one.expected]
        differs = deviation(found, expected, grid.area.top + row, grid.area.left + column)
        if differs.kind not in {DeviationKind.ANCHOR, DeviationKind.REFERENCE}:
            return None
        differences.append(differs)
    starts = [at for at, one in enumerate(differences) if one.kind is DeviationKind.ANCHOR]
    moved = [one for one in differences if one.kind is DeviationKind.REFERENCE]
    if len(starts) != 1 or len(moved) != len(group) - 1:
        return None
    targets = [other for one in moved for _, other in one.moved]
    if not all(_is_number(own, area) for area in targets):
        return None
    start = starts[0]
    rest = tuple(one.cells[0] for at, one in enumerate(group) if at != start)
    return _Fixed(rest, group[start].cells[0], group[1 if start == 0 else 0])


def _is_number(own: SheetFormulas, area: Area) -> bool:
    position = own.sheet.cells.position(area[1], area[2])
    return position is not None and own.sheet.cells.kinds[position] == CellKind.NUMBER


def _fixed_finding(facts: Facts, own: SheetFormulas, grid: RegionGrid, run: _Fixed) -> Finding:
    top, left = grid.area.top, grid.area.left
    cell, sibling = run.outlier.cells[0], run.outlier.siblings[0]
    row, column = top + cell[0], left + cell[1]
    has = own.templates[int(grid.template[cell])]
    wanted = own.templates[int(grid.template[sibling])]
    ranges = addresses(
        rectangles(
            own.sheet.name,
            [top + one for one, _ in run.cells],
            [left + one for _, one in run.cells],
        )
    )
    found, expected = "=" + has.text_at(row, column), "=" + wanted.text_at(row, column)
    values = {
        facts.evaluator.value(grid.sheet, int(grid.template[one]), top + one[0], left + one[1])
        for one in run.cells
    }
    return Finding(
        rule=CODE,
        severity=Severity.MEDIUM,
        message=f"{len(run.cells):,} copies "
        f"({listed(ranges)}) still refer to what {grid.address(*run.start)} does, held by $, where "
        f"the lines beside them move on; {cell_address(row, column)} should be "
        f"{shortened(expected, most=_SHOWN)}.",
        sheet=own.sheet.name,
        ranges=ranges,
        evidence={
            "found": found,
            "expected": expected,
            "found R1C1": "=" + displayed(has.r1c1),
            "expected R1C1": "=" + displayed(wanted.r1c1),
            "results": "all the same" if len(values) == 1 and None not in values else "differ",
        },
        fix=expected,
        confidence=0.55,
        key=f"{has.r1c1} {wanted.r1c1}",
        siblings=tuple(grid.address(*one) for one in run.outlier.siblings),
    )
