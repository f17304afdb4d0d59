"""The rule `error-value`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from tickmark.audit.lines.cell_roles import NO_REGION, cell_roles
from tickmark.audit.link_cells import ERRORS, broken_books
from tickmark.audit.rule import Facts, rule
from tickmark.audit.wording import addresses, counted, listed
from tickmark.model.finding import Finding, Severity
from tickmark.model.grid import CellKind
from tickmark.structure.error_roots import ErrorRoot, error_roots
from tickmark.structure.formulas import NO_TEMPLATE
from tickmark.structure.groups import connected_groups
from tickmark.structure.rectangles import rectangles
from tickmark.structure.tokens import TokenKind, tokens

CODE = "error-value"

_FIXES = {
    "#DIV/0!": "Fill the divisor, or test for an empty or zero divisor before dividing.",
    "#N/A": "Correct the key that the lookup does not find, or say what to show without a match.",
    "#NAME?": "Correct the misspelt function or name, or load the add-in that it comes from.",
    "#NUM!": "Correct the argument that the function cannot calculate with.",
    "#NULL!": "Correct the space between two references: they share no cell.",
    "#REF!": "Point the formula to cells that exist.",
    "#VALUE!": "Check the arguments of the formula: one is of a kind or size that it cannot take.",
    "#SPILL!": "Clear the cells that the result needs room in.",
}
_FROM_OTHER_BOOK = -2
_WAITING = frozenset({"#GETTING_DATA", "#BUSY!", "#CONNECT!"})


@rule(CODE, severity=Severity.HIGH)
def error_value(facts: Facts) -> Iterator[Finding]:
    """A cell shows an error value.

    What it finds:
        Cells whose value is an error such as #DIV/0! or #VALUE!, if no cell they refer to has
        the same error: the cause, not the trail. One finding covers the copies of one formula,
        the cells that touch them and those with the same error in one row or column of a table;
        the cells that only pass the error on are counted in it.

    Why it matters:
        Every result behind the cell is an error too, or hides it by IFERROR and is wrong.

    Example:
        `=C5/D5` shows #DIV/0! as D5 is empty, and the total that sums it shows #DIV/0! as well:
        the division is accused, the total is counted.

    Fix:
        Correct the cell, or handle the case in its formula in a way that a reader can see.

    Source:
        Excel's own error checking lists every such cell; naming the cause only follows from the
        references.

    Known false alarms:
        #N/A is often wanted, as a gap in a chart: it is of medium severity, low where the formula
        calls NA() itself. Values that wait for data from elsewhere are low. Formulas that name
        #REF! themselves belong to broken-reference, errors that come over a link which leads
        nowhere to broken-link.
    """
    broken = broken_books(facts.formulas)
    roots = [
        root
        for root in error_roots(facts.formulas)
        if not _names_lost_cells(facts, root) and not _is_linked(facts, root, broken)
    ]
    for (sheet, error), same in groupby(
        sorted(roots, key=lambda root: (root.sheet, root.error, root.position)),
        key=lambda root: (root.sheet, root.error),
    ):
        alike = list(same)
        cells = facts.workbook.sheets[sheet].cells
        places = [cells.place(r.position) for r in alike]
        labels = [_label(facts, root) for root in alike]
        groups = connected_groups(places, labels)
        for group in _by_line(facts, sheet, groups, places):
            yield _finding(facts, [alike[at] for at in group], [places[at] for at in group], error)


def _label(facts: Facts, root: ErrorRoot) -> int:
    """The template; one number for all formulas that take the error from another workbook."""
    template = _template(facts, root)
    if template != NO_TEMPLATE and facts.formulas.books(root.sheet, template):
        return _FROM_OTHER_BOOK
    return template


def _is_linked(facts: Facts, root: ErrorRoot, broken: frozenset[str]) -> bool:
    """Whether the error comes over a link that leads nowhere."""
    template = _template(facts, root)
    if not broken or template == NO_TEMPLATE or root.error not in ERRORS:
        return False
    return bool(facts.formulas.books(root.sheet, template) & broken)


def _by_line(
    facts: Facts,
    sheet: int,
    groups: Sequence[tuple[int, ...]],
    places: Sequence[tuple[int, int]],
) -> list[tuple[int, ...]]:
    """The groups with those joined that share a row, a column or all rows of one region."""
    roles = cell_roles(facts)[sheet]
    cells = facts.workbook.sheets[sheet].cells
    order: dict[tuple[int, str, tuple[int, ...]], int] = {}
    parent = list(range(len(groups)))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    for number, group in enumerate(groups):
        row, column = places[group[0]]
        position = cells.position(row, column)
        region = NO_REGION if position is None else int(roles.region[position])
        if region == NO_REGION:
            continue
        rows = tuple(sorted({places[at][0] for at in group}))
        columns = tuple(sorted({places[at][1] for at in group}))
        lines = [(region, "rows", rows)]
        if len(columns) == 1:
            lines.append((region, "columns", columns))
        for line in lines:
            parent[root(number)] = root(order.setdefault(line, number))
    joined: dict[int, list[int]] = {}
    for number, group in enumerate(groups):
        joined.setdefault(root(number), []).extend(group)
    return [tuple(sorted(group)) for group in joined.values()]


def _template(facts: Facts, root: ErrorRoot) -> int:
    return int(facts.formulas.sheets[root.sheet].template_of[root.position])


def _names_lost_cells(facts: Facts, root: ErrorRoot) -> bool:
    template = _template(facts, root)
    return template != NO_TEMPLATE and facts.formulas.is_broken(root.sheet, template)


def _finding(
    facts: Facts, roots: Sequence[ErrorRoot], places: Sequence[tuple[int, int]], error: str
) -> Finding:
    own = facts.formulas.sheets[roots[0].sheet]
    ranges = addresses(rectangles(own.sheet.name, *zip(*places, strict=True)))
    followers = sum(root.followers for root in roots)
    evidence = {"found": error, "cells": str(len(roots))}
    key = error
    template = _template(facts, roots[0])
    if template != NO_TEMPLATE:
        evidence["formula"] = "=" + own.templates[template].text_at(*places[0])
        key = f"{error} {own.templates[template].r1c1}"
    if followers:
        evidence["passed on to"] = counted(followers, "cell")
    verb = "shows" if len(roots) == 1 else "show"
    message = f"{counted(len(roots), 'cell')} {verb} {error} ({listed(ranges)})"
    if followers:
        message += f"; {counted(followers, 'more cell')} through it"
    return Finding(
        rule=CODE,
        severity=_severity(facts, roots, error),
        message=message + ".",
        sheet=own.sheet.name,
        ranges=ranges,
        evidence=evidence,
        fix=_fix(facts, roots, error),
        key=key,
    )


def _fix(facts: Facts, roots: Sequence[ErrorRoot], error: str) -> str:
    fix = _FIXES.get(error, "Correct the formula or the value.")
    if error == "#VALUE!" and any(_takes_text(facts, root) for root in roots):
        return "Replace the text that stands where a number is needed."
    return fix


def _takes_text(facts: Facts, root: ErrorRoot) -> bool:
    """Whether one of the single cells that a formula refers to holds a text."""
    template = _template(facts, root)
    if template == NO_TEMPLATE:
        return False
    own = facts.formulas.sheets[root.sheet]
    row, column = (
        int(own.sheet.cells.rows[root.position]),
        int(own.sheet.cells.columns[root.position]),
    )
    moved = own.templates[template].distance(row, column)
    for one in facts.formulas.precedents[root.sheet][template]:
        at = facts.formulas.scope.sheets.get(one.sheet.casefold())
        if one.area is None or one.area.cells > 1 or one.book or at is None:
            continue
        top, left, *_ = one.edges(*moved)
        there = facts.workbook.sheets[at].cells
        position = there.position(top, left)
        if position is not None and there.kinds[position] == CellKind.TEXT:
            return True
    return False


def _severity(facts: Facts, roots: Sequence[ErrorRoot], error: str) -> Severity:
    if error in _WAITING:
        return Severity.LOW
    if error != "#N/A":
        return Severity.HIGH
    templates = facts.formulas.sheets[roots[0].sheet].templates
    found = {_template(facts, root) for root in roots}
    wanted = NO_TEMPLATE not in found and all(_calls_na(templates[at].text) for at in found)
    return Severity.LOW if wanted else Severity.MEDIUM


def _calls_na(text: str) -> bool:
    return any(kind is TokenKind.FUNCTION and piece.upper() == "NA" for kind, piece in tokens(text))
