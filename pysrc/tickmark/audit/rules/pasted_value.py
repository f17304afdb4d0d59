"""The rule `pasted-value`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.audit.evaluation.agreement import all_same, decimals, digits, is_equal
from tickmark.audit.lines.cell_lines import ACROSS, cell_lines
from tickmark.audit.lines.interruptions import moving_templates
from tickmark.audit.lines.lines import Lines, Mask, copied_along, lines_of
from tickmark.audit.places import address_at, ranges_at
from tickmark.audit.rule import Facts, rule
from tickmark.audit.wording import counted, listed
from tickmark.model.address import RangeRef, cell_address
from tickmark.model.finding import Finding, Severity
from tickmark.structure.formulas import SheetFormulas
from tickmark.structure.reference import ReferenceKind
from tickmark.structure.tokens import displayed

CODE = "pasted-value"

MOST_TEMPLATES: Final = 4
MOST_TRIED: Final = 20_000
"""Typed numbers tried per formula and region; more of them are a table of data."""
TELLING_DIGITS: Final = 3
LINE_DIGITS: Final = 6
NO_MATCH: Final = -1
FEW_COPIES: Final = 3
"""Fewer copies do not show that a formula takes a cell from beside its own place on purpose."""
TELLING: Final = 0.8
"""The confidence in a number of at least TELLING_DIGITS."""

_STEP: Final = re.compile(r"\+?\(?R(C\[-1\]|\[-1\]C)\+\d+\)?")
"""A number after the one before it, such as years."""


@rule(CODE, severity=Severity.MEDIUM)
def pasted_value(facts: Facts) -> Iterator[Finding]:
    """A typed number is just what the formula of its line would give.

    What it finds:
        Numbers in a row or column of a region whose other cells are formulas, if the formula,
        copied to the number, gives the same number: to at least three digits, or for simple
        numbers such as 0 and 1 between two copies of the formula. A whole number that is only
        the rounded result must have others beside it that are as well. All numbers that one
        formula gives are one finding, of high severity where a check that fails depends on them.

    Why it matters:
        The formula was replaced by its value. The sheet looks right today and stays as it is when
        the inputs change.

    Example:
        B17 to D17 are `=AVERAGE(B6:B16)` and its copies; E17 is the number -0.556, which is the
        average of E6:E16.

    Fix:
        Put the formula back, or say on the sheet why the number is fixed.

    Source:
        Comparing a number with what its neighbour's formula would give follows the idea of
        CACheck (cell arrays, 2014 to 2017); here in the rows and columns of detected tables.

    Known false alarms:
        One or two formulas that take a cell of another row prove nothing where the number's own
        row holds the same value, and are passed over. Still named are actual figures that were
        typed for periods that are over, if the plan gave the same, and the first years of a
        sequence that goes on by a formula, which are of low severity.
    """
    for number, own in enumerate(facts.formulas.sheets):
        moving = moving_templates(facts.formulas, number)
        suspects: dict[int, _Suspect] = {}
        for grid in facts.grids[number]:
            if not grid.formula_count or not grid.number_count:
                continue
            for across in (True, False):
                for suspect in _suspects(
                    facts, lines_of(grid, across=across, heads=not across), number, moving
                ):
                    known = suspects.get(suspect.position)
                    if known is None or known.confidence < suspect.confidence:
                        suspects[suspect.position] = suspect
        groups: dict[tuple[RangeRef, int], list[_Suspect]] = {}
        for suspect in suspects.values():
            # Zeros and the like are told together: one of them alone proves little.
            kind = suspect.template if suspect.confidence >= TELLING else -1
            groups.setdefault((suspect.region, kind), []).append(suspect)
        for group in groups.values():
            yield _finding(own, sorted(group, key=lambda one: one.position))


@dataclass(frozen=True, slots=True)
class _Suspect:
    """A typed number, the template that gives it too, and up to two cells that hold a copy."""

    position: int
    template: int
    siblings: tuple[int, ...]
    confidence: float
    region: RangeRef


def _suspects(facts: Facts, lines: Lines, number: int, moving: Mask) -> Iterator[_Suspect]:
    if not lines.template.size:
        return
    typed = lines.typed
    witnesses = copied_along(lines)
    witnesses[witnesses] = moving[lines.template[witnesses]]
    chosen = witnesses.any(axis=1) & typed.any(axis=1)
    tried: dict[int, list[int]] = {}
    width = len(lines.place)
    for line in np.flatnonzero(chosen).tolist():
        own = lines.template[line][witnesses[line]]
        found, counts = np.unique(own, return_counts=True)
        for template in found[np.argsort(-counts, kind="stable")][:MOST_TEMPLATES].tolist():
            cells = tried.setdefault(template, [])
            if len(cells) < MOST_TRIED:
                cells += (line * width + np.flatnonzero(typed[line])).tolist()
    for template, flat in tried.items():
        at = np.array(flat, np.intp)
        rows, columns = lines.cells(at)
        given = facts.evaluator.values(number, template, rows, columns)
        held = lines.value.reshape(-1)[at]
        equal = all_same(held, given)
        if equal.any():
            # One whole number that is only near is chance.
            near = ~is_equal(held, given) & (decimals(held) == 0)
            equal &= ~near | _agree_together(equal, *np.divmod(at, width))
            yield from _judged(
                lines,
                template,
                _Agreement(
                    at,
                    np.where(equal, digits(held), NO_MATCH),
                    repeated=equal & _repeats(facts, lines, template, (rows, columns)),
                ),
            )


@dataclass(frozen=True, slots=True, eq=False)
class _Agreement:
    """How far typed numbers, by their flat index `at`, are what a formula gives.

    `points` are the digits that agree or NO_MATCH, `repeated` tells which would be the same with
    an operand of their own place.
    """

    at: npt.NDArray[np.intp]
    points: npt.NDArray[np.int64]
    repeated: Mask

    def by_line(self, width: int) -> Iterator[_Agreement]:
        """The same for each line of a region."""
        starts = np.flatnonzero(np.diff(self.at // width, prepend=-1))[1:]
        columns = (self.at, self.points, self.repeated)
        for parts in zip(*(np.split(column, starts) for column in columns), strict=True):
            yield _Agreement(*parts)


def _agree_together(equal: Mask, line: npt.NDArray[np.intp], place: npt.NDArray[np.intp]) -> Mask:
    """Which numbers agree with a formula as others in their line do, or most at their place."""
    in_line = np.bincount(line, weights=equal)[line]
    at_place = np.bincount(place, weights=equal)[place]
    most = at_place >= np.bincount(place)[place] / 2
    return np.asarray((in_line > 1) | ((at_place > 1) & most), np.bool_)


def _repeats(
    facts: Facts,
    lines: Lines,
    template: int,
    cells: tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]],
) -> Mask:
    """Which cells a formula would give the same with an operand moved to their own place.

    `=D17*I9` in F17 proves nothing about I9 where I17 holds the same number.
    """
    rows, columns = cells
    number = lines.grid.sheet
    own = facts.formulas.sheets[number]
    first, axis = own.templates[template], 1 if lines.across else 0
    found = np.zeros(len(rows), np.bool_)
    for one in facts.formulas.references[number][template]:
        area = one.area
        if one.kind is not ReferenceKind.AREA or area is None or area.cells > 1 or one.book:
            continue
        step = (area.top - first.row, area.left - first.column)
        if not one.relative[axis] or not step[axis] or one.sheet != own.sheet.name:
            continue
        top = area.top + (rows - first.row) * one.relative[0]
        left = area.left + (columns - first.column) * one.relative[1]
        beside = (top, columns) if lines.across else (rows, left)
        known = cell_lines(own.sheet)
        at = known.positions(ACROSS, top, left)
        place = known.positions(ACROSS, *beside)
        # The cell itself is no operand of its own.
        other = (at >= 0) & (place >= 0) & ((beside[0] != rows) | (beside[1] != columns))
        other &= known.is_number(at) & known.is_number(place)
        values = own.sheet.cells.values
        found |= other & is_equal(values[at], values[place])
    return found


def _judged(lines: Lines, template: int, agreement: _Agreement) -> Iterator[_Suspect]:
    """The numbers, line by line, that a template gives too."""
    width = len(lines.place)
    for own in agreement.by_line(width):
        cells, proof = own.at, own.points
        hits = proof != NO_MATCH
        if not hits.any():
            continue
        line = int(cells[0]) // width
        copies = np.flatnonzero(lines.template[line] == template)
        # A part of a column without any formula was typed on purpose.
        hits &= np.isin(lines.part[cells % width], lines.part[copies])
        for hit, digit, repeated in zip(
            (cells[hits] % width).tolist(),
            proof[hits].tolist(),
            own.repeated[hits].tolist(),
            strict=True,
        ):
            between = bool(copies[0] < hit < copies[-1])
            if repeated and not between and len(copies) < FEW_COPIES:
                continue
            confidence = _confidence(
                digit,
                int(proof[hits].sum()),
                copies=len(copies),
                complete=bool(hits.all()),
                between=between,
            )
            if confidence:
                near = copies[np.argsort(np.abs(copies - hit), kind="stable")][:2]
                yield _Suspect(
                    position=int(lines.position[line, hit]),
                    template=template,
                    siblings=tuple(lines.position[line, np.sort(near)].tolist()),
                    confidence=confidence,
                    region=lines.grid.area,
                )


def _confidence(
    digit: int, all_digits: int, *, copies: int, complete: bool, between: bool
) -> float:
    """How sure it is that a number was once a formula; 0 for a coincidence."""
    if digit >= TELLING_DIGITS:
        return 0.9 if copies > 1 else TELLING
    if between and copies > 1:
        return 0.7
    if complete and all_digits >= LINE_DIGITS and copies > 1:
        return 0.6
    return 0.0


def _finding(own: SheetFormulas, group: Sequence[_Suspect]) -> Finding:
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
    message = f"{address} holds the plain number {value}, which is what {expected} gives"
    if len(group) > 1:
        message = (
            f"{counted(len(group), 'plain number')} ({listed(ranges)}) are what the formula beside "
            f"them gives: {address} holds {value}, as {expected} would"
        )
    return Finding(
        rule=CODE,
        severity=Severity.LOW if _STEP.fullmatch(template.r1c1) else Severity.MEDIUM,
        message=f"{message}; {' and '.join(siblings)} hold{'s' * (len(siblings) == 1)} it.",
        sheet=own.sheet.name,
        ranges=ranges,
        evidence={
            "found": value,
            "expected": expected,
            "expected R1C1": "=" + displayed(template.r1c1),
        },
        fix=expected,
        confidence=max(suspect.confidence for suspect in group),
        key=template.r1c1,
        siblings=tuple(siblings),
    )
