"""The rule `inconsistent-formula`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tickmark.audit.deviations.deviation import (
    Deviation,
    DeviationKind,
    Terms,
    deviation,
    token_kind,
)
from tickmark.audit.deviations.formula_classes import FormulaClasses, formula_classes
from tickmark.audit.deviations.outliers import FEWEST_ADJACENT, Outlier, outliers
from tickmark.audit.evaluation.agreement import is_equal
from tickmark.audit.quoting import shortened
from tickmark.audit.region_grid import RegionGrid
from tickmark.audit.rule import Facts, rule
from tickmark.audit.wording import addresses, counted, listed
from tickmark.model.finding import Finding, Severity
from tickmark.model.grid import CellKind
from tickmark.structure.formulas import SheetFormulas
from tickmark.structure.pieces import TWO, Area
from tickmark.structure.rectangles import rectangles
from tickmark.structure.tokens import TokenKind, displayed

CODE: Final = "inconsistent-formula"
FEWEST_COPIES: Final = 3
MOST_ALIKE: Final = 2
"""More lines that deviate at one place in one way are a row or column of their own kind."""
FEW_LINES: Final = 3
MANY_COPIES: Final = 6
SURE: Final = 0.7
MOST_PARTS: Final = 2
MOST_ON_LINE: Final = 4

_RAW: Final = {
    DeviationKind.ANCHOR: 0.4,
    DeviationKind.REFERENCE: 0.5,
    DeviationKind.SHEET: 0.55,
    DeviationKind.CONSTANT: 0.55,
    DeviationKind.NAME: 0.4,
    DeviationKind.SIGN: 0.6,
    DeviationKind.OPERATOR: 0.55,
    DeviationKind.FUNCTION: 0.45,
    DeviationKind.FACTOR: 0.6,
    DeviationKind.TERM: 0.6,
    DeviationKind.OPERAND: 0.45,
    DeviationKind.TYPED: 0.6,
}
_ADDED: Final = frozenset({DeviationKind.SIGN, DeviationKind.FACTOR, DeviationKind.TERM})
# What nobody means to do at the first or last place of a line: the opening balance and the closing
# one have other references, other functions and other numbers on purpose.
_AT_START: Final = _ADDED | {DeviationKind.ANCHOR, DeviationKind.OPERATOR}
_AT_END: Final = _AT_START | {
    DeviationKind.SHEET,
    DeviationKind.REFERENCE,
    DeviationKind.OPERAND,
    DeviationKind.CONSTANT,
}
_SUM: Final = (TokenKind.FUNCTION, "SUM")
_SHOWN: Final = 80

_ADDED_TERM: Final = (-1, -1)


@rule(CODE, severity=Severity.HIGH)
def inconsistent_formula(facts: Facts) -> Iterator[Finding]:
    """One formula deviates from the copies around it.

    What it finds:
        One to three cells of a row or column whose formula differs from the copies on both sides
        in one respect: a reference one row off, a number, a number in the place of a cell, a sign,
        a factor, the sheet, the function, a missing operand or a `$`. The lines beside it must go
        on evenly at this place. At the ends of a line more is asked for: lines beside it that do
        not change there.

    Why it matters:
        A row or column that looks like one calculation is not: the cell was edited, pasted or
        filled from the wrong place, and its result cannot be compared with the ones beside it.

    Example:
        `=IF(G41>I43,G41-I43,0)` in a column where the other rows have `=IF(G40>I40,G40-I40,0)`,
        or `=K30*1.02` where 49 other rows have `=K29*1.023`.

    Fix:
        Copy the formula of a neighbour into the cell. If it differs on purpose, put the reason
        into a labelled input or into a comment.

    Source:
        Inconsistent formulas are the error that spreadsheet programs mark themselves, with about
        one mark in five right. This rule looks at the header roles, at both directions and at
        what differs.

    Known false alarms:
        A step that happens in one cell only, such as a change of rate in one year. Totals, first
        periods, whole rows or columns of another kind, other formulas altogether, and ranges of
        sums that only end elsewhere are left alone. Of low severity is what changes no value now
        because the cells in question are equal or blank.
    """
    for number, own in enumerate(facts.formulas.sheets):
        if not own.templates:
            continue
        classes = formula_classes(own)
        for grid in facts.grids[number]:
            if grid.formula_count > FEWEST_ADJACENT:
                yield from _of_region(facts, own, classes, grid)


@dataclass(frozen=True, slots=True)
class _Accusation:
    outlier: Outlier
    deviation: Deviation
    score: float
    held: tuple[tuple[Area, Area], ...] = ()
    """The cells of the own sheet that differ, found and expected."""

    @property
    def line(self) -> tuple[bool, int]:
        """The direction of the line, and its row or column in the grid."""
        across = self.outlier.across
        return across, self.outlier.cells[0][0 if across else 1]


def _of_region(
    facts: Facts, own: SheetFormulas, classes: FormulaClasses, grid: RegionGrid
) -> Iterator[Finding]:
    best: dict[tuple[int, int], _Accusation] = {}
    for across in (True, False):
        for outlier in outliers(grid, classes, across=across):
            made = None if _is_habit(outlier) else _accusation(own, classes, grid, outlier)
            if made is None:
                continue
            for cell in outlier.cells:
                known = best.get(cell)
                if known is None or known.score < made.score:
                    best[cell] = made
    crowd = Counter(made.line for made in best.values())
    groups: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for cell, made in sorted(best.items(), key=lambda item: item[0]):
        if crowd[made.line] > max(MOST_ON_LINE, made.outlier.copies // 20):
            continue  # so many exceptions on one line are meant
        # An amount on top is one habit, however large it is in each cell.
        added = made.deviation.kind is DeviationKind.TERM
        way = _ADDED_TERM if added else (made.outlier.found, made.outlier.expected)
        groups.setdefault(way, []).append(cell)
    for cells in groups.values():
        yield _finding(facts, own, grid, cells, best[cells[0]])


def _accusation(
    own: SheetFormulas, classes: FormulaClasses, grid: RegionGrid, outlier: Outlier
) -> _Accusation | None:
    """What an outlier is accused of; None where it is likely meant."""
    found, expected = classes.terms[outlier.found], classes.terms[outlier.expected]
    row, column = outlier.cells[0]
    differs = deviation(found, expected, grid.area.top + row, grid.area.left + column)
    stands = _stands_out if outlier.inner else _ends_oddly
    if differs.kind not in _RAW or _is_deliberate(outlier, differs) or not stands(outlier, differs):
        return None
    if differs.kind is DeviationKind.TERM and _SUM in found:
        return None  # plugged-total speaks of these
    kinds = {token_kind(term) for term in expected}
    if differs.kind is DeviationKind.CONSTANT and None not in kinds:
        return None
    if _is_mere_link(differs, len(expected)) and not outlier.squared:
        return None
    held = differs.moved if TokenKind.SHEET not in kinds else ()
    targets = [(_holds_value(own, one), _holds_value(own, other)) for one, other in held]
    if (True, False) in targets:
        return None  # it steps over a blank or a head that the copies would run into
    score = (
        _RAW[differs.kind]
        + 0.1 * (outlier.agreeing >= FEW_LINES)
        + 0.05 * (outlier.copies >= MANY_COPIES + 2)
        + 0.1 * bool(outlier.squared)
        + 0.05 * differs.is_next
        + 0.1 * ((False, True) in targets)
        - 0.1 * (not outlier.inner)
        - 0.05 * bool(outlier.others)
        - 0.05 * (len(outlier.cells) > 1)
    )
    near = held or _on_own_sheet(found, expected, differs)
    return _Accusation(outlier, differs, round(min(score, 0.95), 2), near)


def _on_own_sheet(
    found: Terms, expected: Terms, differs: Deviation
) -> tuple[tuple[Area, Area], ...]:
    """The references that differ, where none of them has a sheet's name in front."""
    pairs = enumerate(zip(found, expected, strict=False))
    places = [at for at, (one, other) in pairs if one != other]
    if len(found) != len(expected) or len(places) != len(differs.moved):
        return ()
    if any(at and token_kind(found[at - 1]) is TokenKind.SHEET for at in places):
        return ()
    return differs.moved


def _is_mere_link(differs: Deviation, size: int) -> bool:
    """Whether a formula that only repeats a cell repeats one that lies somewhere else."""
    return differs.kind is DeviationKind.REFERENCE and size == 1 and not differs.is_next


def _is_habit(one: Outlier) -> bool:
    """Whether so many cells around or on its line differ likewise that it is meant."""
    if one.alike > MOST_ALIKE or one.alike > one.agreeing:
        return True
    if one.others > max(1, one.copies // 10):
        return True
    stronger = one.agreeing >= FEW_LINES and one.copies >= 3 * one.held
    return bool(one.crossing) and not stronger


def _is_deliberate(one: Outlier, differs: Deviation) -> bool:
    """Whether the lines beside it show that the cell is meant to differ in this way."""
    if one.total and differs.kind is DeviationKind.FUNCTION:
        return True  # the average of a rate among sums
    forced = one.total and differs.kind in _ADDED
    return one.changing * 3 > one.agreeing and not forced


def _stands_out(one: Outlier, differs: Deviation) -> bool:
    """Whether copies on both sides are enough to expect one here."""
    if _is_far(differs) and (one.agreeing < FEW_LINES or one.changing or one.copies < MANY_COPIES):
        return False
    if one.copies < FEWEST_COPIES:
        return one.agreeing > 1 or bool(one.squared)
    plain = differs.kind in _ADDED or differs.is_next
    return one.copies > FEWEST_COPIES or plain or bool(one.agreeing or one.squared)


def _is_far(differs: Deviation) -> bool:
    """Whether references lie apart both ways, so that they may well be meant."""
    return differs.kind is DeviationKind.REFERENCE and all(differs.apart)


def _ends_oddly(one: Outlier, differs: Deviation) -> bool:
    """Whether copies on one side are enough, for the lines beside it do not change here."""
    kind = differs.kind
    if _is_far(differs):
        return False
    allowed = _AT_START if one.first else _AT_END
    if kind not in allowed and not differs.is_next:
        return False
    added = kind in _ADDED
    if one.changing and not (added and one.total):
        return False
    if one.agreeing >= FEW_LINES or one.squared:
        return True
    alone = added or kind is DeviationKind.ANCHOR
    return alone and one.copies >= FEWEST_COPIES


def _holds_value(own: SheetFormulas, area: Area) -> bool:
    """Whether a single cell holds something else than text; a range is taken to."""
    if area[0] & TWO:
        return True
    position = own.sheet.cells.position(area[1], area[2])
    if position is None:
        return False
    return own.sheet.cells.kinds[position] not in {CellKind.EMPTY, CellKind.TEXT}


def _finding(
    facts: Facts,
    own: SheetFormulas,
    grid: RegionGrid,
    cells: Sequence[tuple[int, int]],
    made: _Accusation,
) -> Finding:
    outlier, top, left = made.outlier, grid.area.top, grid.area.left
    (row, column), sibling = cells[0], outlier.siblings[0]
    found, expected = int(grid.template[cells[0]]), int(grid.template[sibling])
    has = "=" + own.templates[found].text_at(top + row, left + column)
    wanted = "=" + own.templates[expected].text_at(top + row, left + column)
    ranges = addresses(
        rectangles(
            own.sheet.name, [top + one for one, _ in cells], [left + one for _, one in cells]
        )
    )
    values = [
        facts.evaluator.value(grid.sheet, template, top + row, left + column)
        for template in (found, expected)
    ]
    same = None if None in values else bool(is_equal(values[0] or 0.0, values[1] or 0.0))
    evidence = {
        "found": has,
        "expected": wanted,
        "found R1C1": "=" + displayed(own.templates[found].r1c1),
        "expected R1C1": "=" + displayed(own.templates[expected].r1c1),
        "difference": made.deviation.kind.value,
        "copies": f"{outlier.copies:,} in its {'row' if outlier.across else 'column'}",
    }
    if outlier.agreeing:
        lines = "row" if outlier.across else "column"
        evidence["beside"] = f"{counted(outlier.agreeing, lines)} beside it do not change here"
    if same is not None:
        evidence["effect"] = "none now" if same else f"{values[0]:.15g} instead of {values[1]:.15g}"
    address = grid.address(row, column)
    message = f"{address} has {_shown(has)} where the copies around it would have {_shown(wanted)}"
    if len(cells) > 1:
        message = (
            f"{counted(len(cells), 'cell')} differ in the same way from the copies around them "
            f"({listed(ranges)}); {address} has {_shown(has)} where {_shown(wanted)} is expected"
        )
    return Finding(
        rule=CODE,
        severity=_severity(
            made, same=same, chance=same is True and _may_change(own, made, values[0])
        ),
        message=f"{message}: {_phrase(made.deviation)}.",
        sheet=own.sheet.name,
        ranges=ranges,
        evidence=evidence,
        fix=wanted,
        confidence=made.score,
        key=f"{own.templates[found].r1c1} {own.templates[expected].r1c1}",
        siblings=tuple(grid.address(*one) for one in outlier.siblings),
    )


def _may_change(own: SheetFormulas, made: _Accusation, result: float | None) -> bool:
    """Whether equal results are a coincidence that ends as soon as a figure changes.

    They are none where the cells in question are equal themselves, or blank like a template.
    """
    kind = made.deviation.kind
    if kind not in {DeviationKind.REFERENCE, DeviationKind.SIGN, DeviationKind.SHEET}:
        return kind is DeviationKind.TYPED  # it stays behind when the cell is changed
    cells = [pair for pair in made.held if not any(area[0] & TWO for area in pair)]
    if kind is DeviationKind.REFERENCE and len(cells) == len(made.deviation.moved):
        return any(_value(own, one) != _value(own, other) for one, other in cells)
    return bool(result)


def _value(own: SheetFormulas, area: Area) -> object:
    """The value of a cell, 0 for a blank one."""
    position = own.sheet.cells.position(area[1], area[2])
    return (None if position is None else own.sheet.cells.value(position)) or 0


def _severity(made: _Accusation, *, same: bool | None, chance: bool) -> Severity:
    if chance:
        return Severity.MEDIUM
    if same or made.deviation.kind is DeviationKind.ANCHOR:
        return Severity.LOW
    return Severity.HIGH if same is False and made.score >= SURE else Severity.MEDIUM


def _phrase(differs: Deviation) -> str:
    """What differs, in words."""
    if differs.kind is DeviationKind.ANCHOR:
        return "its $ signs differ, so that a copy of it refers to other cells"
    verb = "refers to" if differs.kind is DeviationKind.REFERENCE else "has"
    parts = [
        f"it {verb} {_shown(found)} instead of {_shown(expected)}"
        if found and expected
        else f"it has {_shown(found)} on top"
        if found
        else f"it lacks {_shown(expected)}"
        for found, expected in differs.texts[:MOST_PARTS]
    ]
    return " and ".join(parts)


def _shown(text: str) -> str:
    return shortened(text, most=_SHOWN)
