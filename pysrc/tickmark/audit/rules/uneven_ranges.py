"""The rule `uneven-ranges`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from tickmark.audit.lines.cell_lines import DOWN, line_area
from tickmark.audit.places import address_at, ranges_at
from tickmark.audit.ranges.aggregate_stretches import stretches_of
from tickmark.audit.ranges.omissions import omissions_of
from tickmark.audit.ranges.paired_ranges import Misfit, Misfitting, misfits
from tickmark.audit.ranges.range_starts import Start, range_starts
from tickmark.audit.ranges.read_areas import template_cells
from tickmark.audit.ranges.uneven_extents import Uneven, uneven_extents
from tickmark.audit.rule import Facts, rule
from tickmark.audit.wording import addresses, counted, listed
from tickmark.model.address import RangeRef, cell_address
from tickmark.model.finding import Finding, Severity
from tickmark.structure.formulas import SheetFormulas
from tickmark.structure.rectangles import rectangles

CODE: Final = "uneven-ranges"
MANY: Final = 3
"""Formulas that agree, for each that does not, where the cells in question hold no numbers."""

_PARTS: Final = 4
_PAIRED: Final = (
    "SUMIF",
    "AVERAGEIF",
    "COUNTIFS",
    "MAXIFS",
    "MINIFS",
    "SUMPRODUCT",
    "CORREL",
    "SLOPE",
    "INTERCEPT",
    "RSQ",
    "COVAR",
    "LOOKUP",
    "INDEX",
)


@rule(CODE, severity=Severity.HIGH)
def uneven_ranges(facts: Facts) -> Iterator[Finding]:
    """A range reaches less far, or further, than the ranges that belong beside it.

    What it finds:
        Totals in one row or column whose ranges cover the same rows but for one or two of them;
        a SUM, AVERAGE and MAX below each other of which one takes other cells; and ranges of one
        SUMIFS, COUNTIFS, SUMPRODUCT, XLOOKUP or INDEX with MATCH that are not as long as each
        other or do not start in the same row.

    Why it matters:
        The figures beside each other are no longer comparable, and a lookup that is shifted by a
        row returns the value of the neighbour without any sign of it.

    Example:
        `=SUM(F12:F19)`, `=SUM(H11:H19)` and `=SUM(J12:J19)` in one row;
        `=SUMIF(A2:A99,"x",C1:C98)`.

    Fix:
        Give the range the rows and columns that the ones beside it have.

    Source:
        Off-by-one ranges are among the errors that field studies and inspections report most.

    Known false alarms:
        A total that deliberately covers fewer periods than its neighbours. Running totals,
        staircases of ranges, and two totals of which neither has the majority stay silent.
    """
    for number, own in enumerate(facts.formulas.sheets):
        yield from _extents(facts, number, own)
        yield from _pairs(facts, number, own)


def _extents(facts: Facts, number: int, own: SheetFormulas) -> Iterator[Finding]:
    groups: dict[tuple[object, ...], list[Uneven]] = {}
    stretches = stretches_of(facts.formulas, number)
    # What omits cells in its own column or begins with a heading has a rule of its own.
    omitting = {int(stretches.position[one.stretch]) for one in omissions_of(facts, number)}
    seen = omitting | {
        int(stretches.position[one.stretch])
        for one in range_starts(facts, number)
        if one.start is not Start.DATA
    }
    drifting: dict[tuple[int, ...], list[Uneven]] = {}
    for one in uneven_extents(facts, number):
        if not one.numbers and not one.fits and one.alike < max(MANY, MANY * one.unlike):
            continue
        if one.position in seen or omitting.intersection(one.siblings):
            continue
        seen.add(one.position)
        template = int(own.template_of[one.position])
        copies = drifting.setdefault((one.axis, one.line, template, *one.expected), [])
        copies.append(one)
        shift = (one.found[0] - one.expected[0], one.found[1] - one.expected[1])
        row = int(own.sheet.cells.rows[one.position])
        column = int(own.sheet.cells.columns[one.position])
        place = row if one.axis == DOWN else column
        groups.setdefault((one.axis, place, shift, bool(one.numbers), one.statistics), []).append(
            one
        )
    # Copies whose range moves away from what stands still in the lines beside have one cause.
    moved = {tuple(one): one for one in drifting.values() if len({of.found for of in one}) > 1}
    taken = {of.position for one in moved for of in one}
    for group in groups.values():
        left = [one for one in group if one.position not in taken]
        if left:
            yield _extent_finding(own, left, [one.position for one in left])
    for group in moved.values():
        ordered = sorted(group, key=lambda one: one.position)
        yield _extent_finding(own, ordered, _with_later_copies(own, ordered))


def _with_later_copies(own: SheetFormulas, group: Sequence[Uneven]) -> list[int]:
    """The formulas of a group and the copies right behind them, which have moved on still more."""
    cells, last = own.sheet.cells, max(group, key=lambda one: one.found)
    same = np.flatnonzero(own.template_of == own.template_of[last.position])
    along, beside = (cells.rows, cells.columns)[:: 1 if last.axis == DOWN else -1]
    same = same[(beside[same] == beside[last.position]) & (along[same] >= along[last.position])]
    same = same[np.argsort(along[same], kind="stable")]
    steps = along[same].astype(np.int64) - int(along[last.position])
    behind = same[steps == np.arange(len(same))].tolist()
    return sorted({one.position for one in group} | set(behind))


def _extent_finding(own: SheetFormulas, group: Sequence[Uneven], accused: list[int]) -> Finding:
    first = group[0]
    cells = own.sheet.cells
    at = sorted(accused)
    row, column = cells.place(first.position)
    address = cell_address(row, column)
    template = own.templates[int(own.template_of[first.position])]
    text = template.text_at(row, column)
    found, expected = (
        line_area(first.axis, first.line, *extent) for extent in (first.found, first.expected)
    )
    siblings = tuple(address_at(own.sheet, one) for one in first.siblings)
    ranges = ranges_at(own.sheet, at)
    beside = "the other figures on these cells" if first.statistics else "the totals beside it"
    message = f"{address} takes {found.a1}, but {beside} ({listed(siblings)}) reach over "
    message += expected.a1 if first.statistics else f"what would be {expected.a1} here"
    if len(at) > 1:
        message += f"; the same in {counted(len(at) - 1, 'more cell')} ({listed(ranges)})"
    differing = any(one.numbers for one in group)
    if not differing:
        message += "; the cells in question hold no numbers at present"
    replaced = _with_extent(own, first, text, found, expected)
    evidence = {"found": "=" + text, "found R1C1": "=" + template.r1c1}
    if replaced != text:
        evidence["expected"] = "=" + replaced
    evidence["formulas with the expected extent"] = str(first.alike)
    evidence["numbers in question"] = str(sum(one.numbers for one in group))
    return Finding(
        rule=CODE,
        severity=_severity(first, differing=differing),
        message=message + ".",
        sheet=own.sheet.name,
        ranges=ranges,
        evidence=evidence,
        fix="=" + replaced if replaced != text else f"Let the range cover {expected.a1}.",
        confidence=_confidence(first, differing=differing),
        key=f"{template.r1c1} {first.found[0] - first.expected[0]} "
        f"{first.found[1] - first.expected[1]}",
        siblings=siblings,
    )


def _with_extent(
    own: SheetFormulas, one: Uneven, text: str, found: RangeRef, expected: RangeRef
) -> str:
    """The formula with the expected extent, with `$` as the formulas beside it have them."""
    replaced = _moved(text, found, expected)
    cells = own.sheet.cells
    place = int(cells.rows[one.position]), int(cells.columns[one.position])
    for sibling in one.siblings:
        copied = own.templates[int(own.template_of[sibling])].text_at(*place)
        if copied.replace("$", "") == replaced.replace("$", ""):
            return copied
    return replaced


def _moved(text: str, found: RangeRef, expected: RangeRef) -> str:
    """A formula with a range in place of another, which keeps its `$`."""
    old = re.split(r"(\d+)", found.a1.replace(":", ""))[:-1]
    new = re.split(r"(\d+)", expected.a1.replace(":", ""))[:-1]
    if len(old) != _PARTS or len(new) != _PARTS:
        return text
    left, top, right, bottom = (rf"(\$?){part}" for part in old)
    pattern = rf"(?<![A-Za-z0-9$]){left}{top}:{right}{bottom}(?!\d)"
    made = "\\g<1>{}\\g<2>{}:\\g<3>{}\\g<4>{}".format(*new)
    return re.sub(pattern, made, text, count=1)


def _severity(one: Uneven, *, differing: bool) -> Severity:
    if not differing:
        # What will be entered in the cells that it lacks goes missing without a sign.
        shorter = one.expected[0] <= one.found[0] and one.found[1] <= one.expected[1]
        return Severity.MEDIUM if shorter and one.alike >= MANY else Severity.LOW
    return Severity.MEDIUM if one.statistics or one.alike < MANY else Severity.HIGH


def _confidence(one: Uneven, *, differing: bool) -> float:
    many = one.alike >= MANY
    if differing:
        return 0.9 if many and not one.statistics else 0.7
    return 0.6 if one.fits or many else 0.5


def _pairs(facts: Facts, number: int, own: SheetFormulas) -> Iterator[Finding]:
    cells = template_cells(own)
    for at, template in enumerate(own.templates):
        text = template.text.upper()
        if template.fills is not None or not any(name in text for name in _PAIRED):
            continue
        seen: set[tuple[str, int]] = set()
        for one in misfits(facts.formulas, number, at, cells[at]):
            key = (one.pair.function, one.pair.one)
            if key not in seen:
                seen.add(key)
                yield _pair_finding(facts, number, at, one)


def _pair_finding(facts: Facts, number: int, at: int, one: Misfitting) -> Finding:
    own = facts.formulas.sheets[number]
    cells = own.sheet.cells
    template = own.templates[at]
    references = facts.formulas.references[number][at]
    row, column = cells.place(one.positions[0])
    address = cell_address(row, column)
    ranges = addresses(
        rectangles(own.sheet.name, cells.rows[one.positions], cells.columns[one.positions])
    )
    first, other = (RangeRef("", *(int(edge) for edge in area[0])) for area in (one.one, one.other))
    if one.misfit is Misfit.LENGTH:
        problem = "are not as long as each other"
        fix = "Give both ranges the same first and last row (or column)."
    else:
        problem = "are as long as each other but do not start in the same line"
        fix = "Let both ranges start in the same row (or column)."
    message = f"In {address} the ranges {first.a1} and {other.a1} of {one.pair.function} {problem}"
    if len(one.positions) > 1:
        message += f"; so in {counted(len(one.positions), 'cell')} ({listed(ranges)})"
    return Finding(
        rule=CODE,
        severity=Severity.HIGH,
        message=message + ".",
        sheet=own.sheet.name,
        ranges=ranges,
        evidence={
            "found": "=" + template.text_at(row, column),
            "found R1C1": "=" + template.r1c1,
            "ranges": f"{references[one.pair.one].text} and {references[one.pair.other].text}",
        },
        fix=fix,
        confidence=0.85 if one.misfit is Misfit.LENGTH else 0.75,
        key=f"{template.r1c1} {one.misfit}",
    )
