"""The rule `number-among-formulas`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tickmark.audit.evaluation.agreement import same
from tickmark.audit.lines.interruptions import Interruption, interruptions, only_repeats
from tickmark.audit.lines.lines import lines_of
from tickmark.audit.lines.longer_sum import is_longer_sum
from tickmark.audit.places import address_at, ranges_at
from tickmark.audit.rule import Facts, rule
from tickmark.audit.wording import counted, listed
from tickmark.model.address import RangeRef, cell_address
from tickmark.model.finding import Finding, Severity
from tickmark.model.grid import NO_FORMULA, CellKind
from tickmark.structure.formulas import NO_TEMPLATE, SheetFormulas
from tickmark.structure.tokens import displayed

CODE = "number-among-formulas"
LONGEST_GAP = 3
FEWEST_FORMULAS = 4
DELIBERATE = 3
YEARS = (1900, 2100)
FEWEST_TOTALS = 2
FEWEST_REPEATS = 2
BETWEEN, INSIDE, AT_END, IN_TOTAL = 0.7, 0.6, 0.5, 0.4


@rule(CODE, severity=Severity.HIGH)
def number_among_formulas(facts: Facts) -> Iterator[Finding]:
    """A plain number stands in a run of one formula.

    What it finds:
        One to three numbers in a row or column with copies of the same formula on both sides, at
        least four in all and more than twice as many as numbers; further numbers in a row or
        column of a region that is one formula for the most part, and in a row of totals. All
        numbers in the copies of one formula make one finding. It is of high severity where the
        formula would give another number and the number does not look different from its
        neighbours, and where a check that fails depends on it.

    Why it matters:
        The number was typed or pasted over the formula: it does not follow its inputs any more,
        and everything behind it is wrong as soon as one of them changes.

    Example:
        `=C5*C6` in C7, 1200 in D7, `=E5*E6`, `=F5*F6` and `=G5*G6` in E7 to G7.

    Fix:
        Put the formula back; if the number is a deliberate override, mark it and say why.

    Source:
        Among the most frequent errors found in field studies of spreadsheets; measured on labelled
        workbooks, about half of what the plain form of this rule accuses is an error.

    Known false alarms:
        Years among years, a whole row or column of numbers across the formulas, such as the
        actual figures of one month, and opening balances, before which the formula would find
        nothing, are passed over, and so are numbers here and there in a line that only repeats the
        line beside it, and numbers that are the sum over one more cell than the sums beside them
        take. An override that is marked is still named.
    """
    for number, own in enumerate(facts.formulas.sheets):
        moving = [
            bool(found) and template.fills is None
            for template, found in zip(
                own.templates, facts.formulas.references[number], strict=True
            )
        ]
        suspects = _between(facts, number, moving)
        for suspect in _in_lines(facts, number):
            known = suspects.get(suspect.position)
            if known is None or known.confidence < suspect.confidence:
                suspects[suspect.position] = suspect
        by_template: dict[int, list[_Suspect]] = {}
        for position in sorted(suspects):
            suspect = suspects[position]
            if not _is_year(own, suspect) and not is_longer_sum(
                facts.formulas, number, suspect.template, suspect.position
            ):
                by_template.setdefault(suspect.template, []).append(suspect)
        for group in by_template.values():
            yield _finding(facts, number, group)


@dataclass(frozen=True, slots=True)
class _Suspect:
    """A number, the template around it, the nearest formula cells, and how many there are.

    `fewest` is how many follow each other without a break on the shorter of its two sides.
    """

    position: int
    template: int
    siblings: tuple[int, ...]
    formulas: int
    along_row: bool
    confidence: float = BETWEEN
    fewest: int = 0


def _between(facts: Facts, number: int, moving: Sequence[bool]) -> dict[int, _Suspect]:
    """The numbers with copies of one formula right on both sides, by position."""
    own = facts.formulas.sheets[number]
    suspects: dict[int, _Suspect] = {}
    for along_row in (True, False):
        for suspect in _suspects(own, moving, along_row=along_row):
            alone = suspect.fewest < FEWEST_REPEATS
            if alone and only_repeats(facts.formulas, number, suspect.template, across=along_row):
                continue
            known = suspects.get(suspect.position)
            if known is None or known.formulas < suspect.formulas:
                suspects[suspect.position] = suspect
    return {at: one for at, one in suspects.items() if not _is_deliberate(own, one)}


def _in_lines(facts: Facts, number: int) -> Iterator[_Suspect]:
    """The numbers in lines of regions that are one formula otherwise."""
    for grid in facts.grids[number]:
        if not grid.number_count or grid.formula_count < FEWEST_TOTALS:
            continue
        for across in (True, False):
            for one in interruptions(facts.formulas, lines_of(grid, across=across)):
                if not one.inside and _looks_beyond(facts, number, one, across=across):
                    continue
                if only_repeats(facts.formulas, number, one.template, across=across):
                    continue
                confidence = IN_TOTAL if one.total else INSIDE if one.inside else AT_END
                yield _Suspect(
                    one.position, one.template, one.siblings, one.copies, across, confidence
                )


def _looks_beyond(facts: Facts, number: int, one: Interruption, *, across: bool) -> bool:
    """Whether the formula of a line would refer from here to what is no number before the line.

    That is how the first period of a calculation shows that takes a balance from the one before it.
    """
    own = facts.formulas.sheets[number]
    cells = own.sheet.cells
    row, column = cells.place(one.position)
    moved = own.templates[one.template].distance(row, column)
    for read in facts.formulas.precedents[number][one.template]:
        at = facts.formulas.scope.sheets.get(read.sheet.casefold())
        moves = read.relative[1 if across else 0]
        if read.area is None or read.area.cells > 1 or not moves or read.book or at is None:
            continue
        top, left, _, _ = read.edges(*moved)
        if (left == column) if across else (top == row):
            continue
        there = facts.workbook.sheets[at].cells
        position = there.position(top, left)
        if position is None or there.kinds[position] == CellKind.TEXT:
            return True
        if there.kinds[position] == CellKind.EMPTY and there.formulas[position] == NO_FORMULA:
            return True
    return False


def _suspects(own: SheetFormulas, moving: Sequence[bool], *, along_row: bool) -> Iterator[_Suspect]:
    cells = own.sheet.cells
    lines, places = (cells.rows, cells.columns) if along_row else (cells.columns, cells.rows)
    order = np.lexsort((places, lines))
    line = _Line(
        order=order,
        # One number for line and place: neighbours differ by one, a new line by more.
        keys=lines[order].astype(np.int64) * (1 << 24) + places[order],
        templates=np.where(
            np.array([*moving, False], np.bool_)[own.template_of], own.template_of, NO_TEMPLATE
        )[order],
        numbers=((cells.kinds == CellKind.NUMBER) & (own.template_of == NO_TEMPLATE))[order],
    )
    for gap in range(1, LONGEST_GAP + 1):
        for first in line.gaps(gap):
            template = int(line.templates[first - 1])
            before, behind = line.run(first - 1, -1), line.run(first + gap, 1)
            if before + behind < max(FEWEST_FORMULAS, 2 * gap + 1) or min(before, behind) < min(
                gap, 2
            ):
                continue
            siblings = (int(order[first - 1]), int(order[first + gap]))
            for at in range(first, first + gap):
                yield _Suspect(
                    int(order[at]),
                    template,
                    siblings,
                    before + behind,
                    along_row,
                    fewest=min(before, behind),
                )


@dataclass(frozen=True, slots=True)
class _Line:
    """All cells of a sheet in one direction, line after line."""

    order: npt.NDArray[np.intp]
    keys: npt.NDArray[np.int64]
    templates: npt.NDArray[np.int32]
    numbers: npt.NDArray[np.bool_]

    def gaps(self, size: int) -> Iterable[int]:
        """Where exactly so many plain numbers stand between two copies of one formula."""
        count = len(self.keys) - size - 1
        if count <= 0:
            return []
        before, behind = self.templates[:count], self.templates[size + 1 :]
        found = (before == behind) & (before != NO_TEMPLATE)
        found &= self.keys[size + 1 :] - self.keys[:count] == size + 1
        for step in range(1, size + 1):
            found &= self.numbers[step : step + count]
        return [int(at) + 1 for at in np.flatnonzero(found)]

    def run(self, start: int, step: int) -> int:
        """How many copies of one formula follow each other from a cell on, without a break."""
        at = start
        template = self.templates[at]
        while (
            0 <= at + step < len(self.keys)
            and self.templates[at + step] == template
            and self.keys[at + step] - self.keys[at] == step
        ):
            at += step
        return abs(at - start) + 1


def _is_year(own: SheetFormulas, suspect: _Suspect) -> bool:
    """Whether a year stands among formulas that give years as well."""
    values = own.sheet.cells.values[[suspect.position, *suspect.siblings]]
    return bool(np.all((values >= YEARS[0]) & (values <= YEARS[1]) & (values == np.floor(values))))


def _is_deliberate(own: SheetFormulas, suspect: _Suspect) -> bool:
    """Whether the number is part of a line of numbers that crosses lines of formulas.

    Numbers beside it whose own lines hold no formulas are ordinary inputs and do not count.
    """
    cells = own.sheet.cells
    row, column = cells.place(suspect.position)
    down, across = (1, 0) if suspect.along_row else (0, 1)
    length = 1
    for sign in (-1, 1):
        at = 1
        while length < DELIBERATE and _is_crossing(
            own, row + sign * at * down, column + sign * at * across, along_row=suspect.along_row
        ):
            length += 1
            at += 1
    return length >= DELIBERATE


def _is_crossing(own: SheetFormulas, row: int, column: int, *, along_row: bool) -> bool:
    position = own.sheet.cells.position(row, column)
    if position is None or own.template_of[position] != NO_TEMPLATE:
        return False
    if own.sheet.cells.kinds[position] != CellKind.NUMBER:
        return False
    down, across = (0, 1) if along_row else (1, 0)
    return any(_is_formula(own, row + sign * down, column + sign * across) for sign in (-1, 1))


def _is_formula(own: SheetFormulas, row: int, column: int) -> bool:
    position = own.sheet.cells.position(row, column)
    return position is not None and bool(own.template_of[position] != NO_TEMPLATE)


def _finding(facts: Facts, number: int, group: Sequence[_Suspect]) -> Finding:
    own = facts.formulas.sheets[number]
    cells = own.sheet.cells
    at = [suspect.position for suspect in group]
    first = group[0]
    row, column = cells.place(first.position)
    template = own.templates[first.template]
    expected = "=" + template.text_at(row, column)
    ranges = ranges_at(own.sheet, at)
    siblings = [address_at(own.sheet, position) for position in first.siblings]
    value = f"{cells.values[first.position]:.15g}"
    address = cell_address(row, column)
    message = f"{address} holds the plain number {value} among copies of one formula"
    if len(group) > 1:
        message = (
            f"{counted(len(group), 'plain number')} stand among copies of one formula "
            f"({listed(ranges)}); {address} holds {value}"
        )
    message += f" where {expected} is expected"
    evidence = {
        "found": value,
        "expected": expected,
        "expected R1C1": "=" + displayed(template.r1c1),
    }
    given = facts.evaluator.value(number, first.template, row, column)
    if not given and not _reads_any(facts, number, first.template, row, column):
        given = None
    if given is not None:
        evidence["expected value"] = f"{given:.12g}"
        message += f", which gives {given:.12g}"
    confidence = max(suspect.confidence for suspect in group)
    differs = given is not None and not same(float(cells.values[first.position]), given)
    marked = all(_is_marked(facts, number, suspect) for suspect in group)
    if marked:
        evidence["look"] = "its fill or font colour differs from those of the formulas"
    repeats = only_repeats(facts.formulas, number, first.template, across=first.along_row)
    surely = differs and confidence >= BETWEEN and not marked and not repeats
    fix = expected
    severity = Severity.HIGH if surely else Severity.MEDIUM
    if differs and confidence <= IN_TOTAL:
        # Beside sums an average or a rate may be typed: the sum would be no better.
        severity, fix = Severity.LOW, "Replace the number by the formula that it comes from."
    return Finding(
        rule=CODE,
        severity=severity,
        message=f"{message}.",
        sheet=own.sheet.name,
        ranges=ranges,
        evidence=evidence,
        fix=fix,
        confidence=confidence,
        key=template.r1c1,
        siblings=tuple(siblings),
    )


def _reads_any(facts: Facts, number: int, template: int, row: int, column: int) -> bool:
    """Whether a formula would find anything in the cells that it refers to."""
    moved = facts.formulas.sheets[number].templates[template].distance(row, column)
    for one in facts.formulas.precedents[number][template]:
        found = facts.formulas.scope.sheets.get(one.sheet.casefold())
        if one.area is not None and found is not None:
            sheet = facts.workbook.sheets[found]
            if len(sheet.cells.within(RangeRef(sheet.name, *one.edges(*moved)))):
                return True
    return False


def _is_marked(facts: Facts, number: int, suspect: _Suspect) -> bool:
    """Whether a number looks unlike the formulas beside it, as an override that is meant."""
    cells = facts.workbook.sheets[number].cells
    own, *others = (
        facts.workbook.styles[int(cells.styles[at])] for at in (suspect.position, *suspect.siblings)
    )
    look = own.font_colour, own.fill_colour
    return all(look != (other.font_colour, other.fill_colour) for other in others)
