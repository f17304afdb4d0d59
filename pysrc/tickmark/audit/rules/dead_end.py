"""The rule `dead-end`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.audit.hidden_parts import Hidden, HiddenPart, hidden_parts
from tickmark.audit.lines.dead_lines import DeadCells, dead_lines, gaps
from tickmark.audit.places import address_at
from tickmark.audit.region_grid import RegionGrid
from tickmark.audit.rule import Facts, rule
from tickmark.audit.wording import addresses, counted
from tickmark.model.address import RangeRef
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.model.grid import CellKind
from tickmark.model.workbook import SheetState
from tickmark.structure.coverage import covered
from tickmark.structure.expression import Operation, expression
from tickmark.structure.formulas import NO_TEMPLATE
from tickmark.structure.groups import connected_groups
from tickmark.structure.outputs import Output
from tickmark.structure.rectangles import rectangles
from tickmark.structure.references import references
from tickmark.structure.shown_areas import by_sheet, taken_areas

CODE = "dead-end"
IN_LINE, WHOLE_LINE, UNSEEN, LEFT_OVER = 0.5, 0.3, 0.7, 0.5
MOST_AREAS: Final = 1_000

_CHECK: Final = re.compile(r"\b(?:check|diff|difference|control|test|memo|note)", re.IGNORECASE)
_LEFT_OVER: Final = re.compile(
    r"(?:^|[\s_.-])(?:old|copy|backup|bak|tmp|temp|scratch|archive|unused|draft|obsolete)"
    r"(?:$|[\s_.\d-])|\(\d+\)$",
    re.IGNORECASE,
)

Flags = npt.NDArray[np.bool_]


@rule(CODE, severity=Severity.LOW)
def dead_end(facts: Facts) -> Iterator[Finding]:
    """A calculation that nothing uses and nobody sees.

    What it finds:
        Formula cells that nothing refers to and that look like steps, not like results: up to three
        cells in a row or column of one formula whose other copies are used; a line between lines
        that are used, on a sheet that feeds others; hidden formulas on which nothing depends; and
        sheets with a name such as "old" or "copy" that nothing refers to.

    Why it matters:
        A step that is left out of what follows is often an error: the sum does not take it, or the
        reference went to another cell. What is left over makes the workbook longer to read.

    Example:
        Every month of a row feeds the row below, but July, and nothing else takes July.

    Fix:
        Refer to the cells where they belong, or delete them.

    Source:
        The formula graph; charts, pivot tables, lists, formats and names count as uses.

    Known false alarms:
        Results are unused too. Ratios, percentages, texts, checks, totals, first and last lines and
        printed parts are passed over, and workbooks with macros, INDIRECT or OFFSET, where a use
        may not be seen.
    """
    formulas = facts.formulas
    if not facts.workbook.formula_count or facts.workbook.has_macros:
        return
    if any(map(any, formulas.unknown)):
        return
    seen = _Seen.of(facts)
    for number in range(len(formulas.sheets)):
        yield from _unseen(facts, seen, number)
        if formulas.sheets[number].sheet.state is SheetState.VISIBLE:
            if _is_left_over(facts, seen, number):
                yield _of_sheet(facts, number)
            else:
                yield from _in_regions(facts, seen, number)


@dataclass(frozen=True, slots=True)
class _Seen:
    """For each sheet: which cells are used, which formula cells nothing uses; who feeds others."""

    used: tuple[Flags, ...]
    dead: tuple[Flags, ...]
    feeding: tuple[bool, ...]

    @classmethod
    def of(cls, facts: Facts) -> _Seen:
        formulas = facts.formulas
        outputs = facts.graph.outputs
        taken = by_sheet(formulas, (*taken_areas(formulas), *_named(facts), *_printed(facts)))
        used, dead, feeding = [], [], []
        for number, own in enumerate(formulas.sheets):
            kinds = outputs.kinds[number]
            formula = own.template_of != NO_TEMPLATE
            final = formula & (kinds == Output.FINAL) & ~covered(own.sheet.cells, taken[number])
            used.append(formula & ~final)
            dead.append(final)
            feeding.append(bool((kinds & Output.OTHER_SHEET).any()))
        return cls(tuple(used), tuple(dead), tuple(feeding))


def _named(facts: Facts) -> Iterator[RangeRef]:
    """The areas that defined names stand for: a macro or another workbook may use them."""
    for name in facts.workbook.names:
        if name.name.startswith("_xlnm"):
            continue
        at = RangeRef(name.sheet, 1, 1, 1, 1)
        for one in facts.formulas.scope.all_resolved(references(name.refers_to, name.sheet), at):
            if one.area is not None:
                yield one.area


def _printed(facts: Facts) -> Iterable[RangeRef]:
    return (area for sheet in facts.workbook.sheets for area in sheet.details.print_areas)


def _in_regions(facts: Facts, seen: _Seen, number: int) -> Iterator[Finding]:
    used, dead = seen.used[number], seen.dead[number]
    if not dead.any() or not used.any():
        return
    for grid in facts.grids[number]:
        yield from (_of_cells(facts, number, one) for one in _joined(facts, number, grid, seen))
        if seen.feeding[number]:
            for one in dead_lines(grid, used, dead):
                if _is_step(facts, number, one):
                    yield _of_cells(facts, number, one)


def _joined(facts: Facts, number: int, grid: RegionGrid, seen: _Seen) -> Iterator[DeadCells]:
    """The gaps of a region, those of one formula and those that touch as one."""
    own = facts.formulas.sheets[number]
    cells = own.sheet.cells
    found: dict[int, DeadCells] = {}
    for gap in gaps(grid, seen.used[number], seen.dead[number]):
        for position in gap.positions.tolist():
            found.setdefault(position, gap)
    positions = sorted(found)
    places = [cells.place(at) for at in positions]
    labels = [int(own.template_of[at]) for at in positions]
    for group in connected_groups(places, labels):
        alike = [positions[at] for at in group]
        yield replace(found[alike[0]], positions=np.array(alike, np.intp))


def _is_step(facts: Facts, number: int, one: DeadCells) -> bool:
    """Whether a line of formulas looks like a step: amounts, and neither ratios nor checks."""
    own = facts.formulas.sheets[number]
    cells = own.sheet.cells
    first = int(one.positions[0])
    if (cells.kinds[one.positions] != CellKind.NUMBER).any():
        return False
    styles = facts.workbook.styles
    if any("%" in styles[style].number_format for style in cells.styles[one.positions].tolist()):
        return False
    tree = expression(own.templates[int(own.template_of[first])].text)
    if isinstance(tree, Operation) and tree.operator == "/":
        return False
    row, column = cells.place(first)
    parts = facts.labels(number).parts(RangeRef("", row, column, row, column))
    return _CHECK.search(" ".join(parts)) is None


def _of_cells(facts: Facts, number: int, one: DeadCells) -> Finding:
    own = facts.formulas.sheets[number]
    cells = own.sheet.cells
    positions = np.sort(one.positions)
    areas = rectangles(own.sheet.name, cells.rows[positions], cells.columns[positions])
    first = int(positions[0])
    row, column = cells.place(first)
    template = own.templates[int(own.template_of[first])]
    siblings = tuple(address_at(own.sheet, at) for at in one.siblings.tolist())
    where = areas[0].a1 if len(areas) == 1 else f"{areas[0].a1} and more"
    verb = "calculates" if len(positions) == 1 else "calculate"
    message = f"{where} {verb} what nothing uses, while "
    beside = "other lines of the table" if one.whole else "copies beside it"
    message += f"{one.used} of {one.beside} {beside} are used"
    return Finding(
        rule=CODE,
        severity=Severity.LOW,
        message=message + ".",
        sheet=own.sheet.name,
        ranges=addresses(areas),
        evidence={
            "found": "=" + template.text_at(row, column),
            "used beside": f"{one.used} of {one.beside}",
        },
        fix="Refer to the cells where they belong, or delete them.",
        confidence=WHOLE_LINE if one.whole else IN_LINE,
        tier=Tier.MORE,
        key=template.r1c1,
        siblings=siblings,
    )


def _unseen(facts: Facts, seen: _Seen, number: int) -> Iterator[Finding]:
    """Hidden parts with formulas on which nothing outside of them depends."""
    own = facts.formulas.sheets[number]
    cells = own.sheet.cells
    if not seen.dead[number].any():
        return
    for part in hidden_parts(number, own.sheet):
        inside = part.cells(own.sheet)
        formula = inside & (own.template_of != NO_TEMPLATE)
        if part.grouped or not (formula & seen.dead[number]).any():
            continue
        seen.dead[number][formula] = False  # told here, or a use within the part
        areas = rectangles(own.sheet.name, cells.rows[formula], cells.columns[formula])
        if len(areas) <= MOST_AREAS and not _feeds_others(facts, part, areas):
            yield _of_hidden(facts, part, int(formula.sum()), areas)


def _feeds_others(facts: Facts, part: HiddenPart, areas: Iterable[RangeRef]) -> bool:
    """Whether a formula outside of a hidden part refers to some areas of it."""
    sheet = facts.workbook.sheets[part.sheet]
    inside = part.cells(sheet)
    for area in facts.graph.reach.dependents(areas, 1).ranges:
        if area.sheet != sheet.name or not inside[sheet.cells.within(area)].all():
            return True
    return False


def _of_hidden(facts: Facts, part: HiddenPart, count: int, areas: tuple[RangeRef, ...]) -> Finding:
    sheet = facts.workbook.sheets[part.sheet]
    of_sheet = part.what is Hidden.SHEET
    lines = part.what.value[:-1] if part.lines == 1 else part.what.value
    what = "sheet" if of_sheet else f"{lines} {part.text}"
    verb = "calculates" if count == 1 else "calculate"
    message = f"{counted(count, 'formula')} in the hidden {what} {verb} what nothing outside uses"
    return Finding(
        rule=CODE,
        severity=Severity.LOW,
        message=message + ".",
        sheet=sheet.name,
        ranges=() if of_sheet else addresses(areas),
        evidence={"formulas": f"{count:,}", "hidden": what},
        fix="Delete what is left over, or show it if somebody is meant to read it.",
        confidence=UNSEEN,
        tier=Tier.MORE,
        key=f"hidden {part.what}",
    )


def _is_left_over(facts: Facts, seen: _Seen, number: int) -> bool:
    """Whether a sheet with formulas is called a copy or old, and feeds no other."""
    own = facts.formulas.sheets[number]
    details = own.sheet.details
    return (
        bool(seen.dead[number].any())
        and not seen.feeding[number]
        and not details.charts
        and not details.pivots
        and _LEFT_OVER.search(own.sheet.name) is not None
    )


def _of_sheet(facts: Facts, number: int) -> Finding:
    own = facts.formulas.sheets[number]
    count = int((own.template_of != NO_TEMPLATE).sum())
    return Finding(
        rule=CODE,
        severity=Severity.INFO,
        message=f"The sheet looks left over: {counted(count, 'formula')}, and no use of it.",
        sheet=own.sheet.name,
        evidence={"formulas": f"{count:,}"},
        fix="Delete the sheet, or give it a name that tells what it is for.",
        confidence=LEFT_OVER,
        tier=Tier.MORE,
        key="sheet",
    )
