"""The rule `broken-reference`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

import numpy as np

from tickmark.audit.lines.cell_roles import NO_REGION, cell_roles
from tickmark.audit.quoting import quoted
from tickmark.audit.rule import Facts, rule
from tickmark.audit.wording import addresses, counted, listed
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.model.grid import CellKind
from tickmark.model.workbook import DefinedName
from tickmark.structure.formulas import SheetFormulas
from tickmark.structure.groups import connected_groups
from tickmark.structure.outside_formulas import (
    Holder,
    OutsideFormula,
    name_label,
    outside_formulas,
)
from tickmark.structure.rectangles import rectangles
from tickmark.structure.reference import Reference, ReferenceKind

CODE = "broken-reference"
CERTAIN = 0.95
LIKELY = 0.7
POSSIBLE = 0.5

_TECHNICAL = ("_xlnm.", "Excel_BuiltIn", "_FilterDatabase")
FIX = "Point the reference to the cells that took the place of the deleted ones, or remove it."


@rule(CODE, severity=Severity.HIGH)
def broken_reference(facts: Facts) -> Iterator[Finding]:
    """A formula, name, chart or rule refers to cells that were deleted.

    What it finds:
        #REF! inside the text of a formula, counted once for all formulas of a region, or of the
        same rows, that lost cells of the same sheet, and inside what a defined
        name refers to; in the data of charts and pivot tables and in the rules of data validations
        (medium), one finding for all of a kind on a sheet. With `--tier more` also in conditional
        formats, shapes and sparklines, and in names that no formula uses (low).

    Why it matters:
        The formula cannot be right, and nobody can see any more what it once referred to.

    Example:
        `=SUM(#REF!)+B7`, after a sheet that it summed was deleted.

    Fix:
        Point the reference to the cells that took the place of the deleted ones, or remove it.

    Source:
        Excel writes #REF! into the formula when the cells go; it is a fact of the file.

    Known false alarms:
        A formula whose value is no error has #REF! in a part that does not count, such as a branch
        that is not taken; it is of medium severity. Hidden names and print areas are passed over.
    """
    for number in range(len(facts.formulas.sheets)):
        yield from _in_formulas(facts, number)
    yield from _in_names(facts)
    yield from _outside(facts)


def _in_formulas(facts: Facts, number: int) -> Iterator[Finding]:
    own = facts.formulas.sheets[number]
    broken = [
        template
        for template, found in enumerate(facts.formulas.references[number])
        if any(reference.kind is ReferenceKind.BROKEN for reference in found)
    ]
    positions = np.flatnonzero(np.isin(own.template_of, broken))
    cells = own.sheet.cells
    for shows_error in (True, False):
        errors = np.isin(cells.kinds[positions], (CellKind.ERROR, CellKind.EMPTY))
        at = positions[errors == shows_error]
        places = list(zip(cells.rows[at].tolist(), cells.columns[at].tolist(), strict=True))
        labels = own.template_of[at].tolist()
        if not places:
            continue
        regions = cell_roles(facts)[number].region[at].tolist()
        lost = {one: _lost(facts.formulas.references[number][one]) for one in set(labels)}
        groups = [list(group) for group in connected_groups(places, labels)]
        signs = [
            {(*lost[labels[i]], "region", regions[i]) for i in group if regions[i] != NO_REGION}
            | {(*lost[labels[group[0]]], "rows", *_rows(places[i] for i in group))}
            for group in groups
        ]
        for joined in _joined(signs):
            members = sorted(i for one in joined for i in groups[one])
            yield _formula_finding(
                own, [places[i] for i in members], labels[members[0]], shows_error=shows_error
            )


def _joined(signs: Sequence[AbstractSet[tuple[object, ...]]]) -> list[list[int]]:
    """The groups that share a sign or are linked by others that do, as numbers in order."""
    numbers: dict[tuple[object, ...], int] = {}
    # The signs of one group stand beside each other, so that they touch.
    places = [(2 * at, place) for at, own in enumerate(signs) for place in range(len(own))]
    labels = [numbers.setdefault(sign, len(numbers)) for own in signs for sign in own]
    found = connected_groups(places, labels)
    return [sorted({places[i][0] // 2 for i in group}) for group in found]


def _lost(references: Sequence[Reference]) -> tuple[str, ...]:
    """What can still be told of the cells that a formula has lost: their sheets and files."""
    lost = {one.text.upper() for one in references if one.kind is ReferenceKind.BROKEN}
    return tuple(sorted({text.partition("#REF!")[0] for text in lost}))


def _rows(places: Iterable[tuple[int, int]]) -> tuple[int, int]:
    rows = [row for row, _ in places]
    return min(rows), max(rows)


def _formula_finding(
    own: SheetFormulas, places: Sequence[tuple[int, int]], template: int, *, shows_error: bool
) -> Finding:
    ranges = addresses(rectangles(own.sheet.name, *zip(*places, strict=True)))
    verb = "refers" if len(places) == 1 else "refer"
    message = f"{counted(len(places), 'formula')} {verb} to deleted cells ({listed(ranges)})"
    if not shows_error:
        message += ", though the value shown is no error"
    return Finding(
        rule=CODE,
        severity=Severity.HIGH if shows_error else Severity.MEDIUM,
        message=message + ".",
        sheet=own.sheet.name,
        ranges=ranges,
        evidence={
            "formula": "=" + own.templates[template].text_at(*places[0]),
            "cells": str(len(places)),
        },
        fix=FIX,
        confidence=CERTAIN if shows_error else LIKELY,
        key=own.templates[template].r1c1 + ("" if shows_error else " without error"),
    )


def _in_names(facts: Facts) -> Iterator[Finding]:
    formulas = facts.formulas
    broken = [
        name
        for name in facts.workbook.names
        if not name.hidden
        and not name.name.startswith(_TECHNICAL)
        and formulas.scope.is_broken_text(name.refers_to, name.sheet)
    ]
    users = _users(facts) if broken else {}
    unused = []
    for name in broken:
        cells = users.get(_key(name), 0)
        if cells:
            yield _name_finding(name, cells)
        else:
            unused.append(name)
    if unused:
        yield _unused_finding(unused)


def _users(facts: Facts) -> dict[tuple[str, str], int]:
    """For each defined name, by scope and name, the number of formula cells that use it."""
    users: dict[tuple[str, str], int] = defaultdict(int)
    scope = facts.formulas.scope
    for own, lists in zip(facts.formulas.sheets, facts.formulas.references, strict=True):
        for count, found in zip(own.counts().tolist(), lists, strict=True):
            used = {
                _key(name)
                for reference in found
                if reference.kind is ReferenceKind.NAME and not reference.book
                for name in [scope.name(reference.name, reference.sheet or own.sheet.name)]
                if name is not None
            }
            for key in used:
                users[key] += count
    return users


def _key(name: DefinedName) -> tuple[str, str]:
    return name.sheet.casefold(), name.name.casefold()


def _name_finding(name: DefinedName, cells: int) -> Finding:
    return Finding(
        rule=CODE,
        severity=Severity.HIGH,
        message=f"The name {name_label(name)}, used by {counted(cells, 'formula')}, refers to "
        "deleted cells.",
        evidence={
            "name": name_label(name),
            "refers to": "=" + name.refers_to,
            "used by": str(cells),
        },
        fix=FIX,
        confidence=CERTAIN,
        key=f"{name.sheet}!{name.name}",
    )


def _unused_finding(names: Sequence[DefinedName]) -> Finding:
    subject = "name refers" if len(names) == 1 else "names refer"
    texts = [name_label(name) for name in names]
    return Finding(
        rule=CODE,
        severity=Severity.LOW,
        message=f"{len(names):,} {subject} to deleted cells and no formula uses "
        f"{'it' if len(names) == 1 else 'them'} ({listed(texts)}).",
        evidence={"names": listed(texts, most=50)},
        fix="Delete the names in the Name Manager.",
        confidence=POSSIBLE,
        tier=Tier.MORE,
        key="unused names",
    )


_TAKES: Final = {
    Holder.CHART: "charts take",
    Holder.PIVOT: "pivot tables take",
    Holder.VALIDATION: "data validations take",
    Holder.CONDITIONAL_FORMAT: "conditional formats take",
    Holder.SHAPE: "shapes take",
    Holder.SPARKLINE: "sparklines take",
}
_SHOWN: Final = frozenset({Holder.CHART, Holder.PIVOT, Holder.VALIDATION})


def _outside(facts: Facts) -> Iterator[Finding]:
    groups: dict[tuple[str, Holder], list[OutsideFormula]] = {}
    scope = facts.formulas.scope
    for one in outside_formulas(facts.workbook):
        if one.holder in _TAKES and "#" in one.text and scope.is_broken_text(one.text, one.sheet):
            groups.setdefault((one.sheet, one.holder), []).append(one)
    for (sheet, holder), group in groups.items():
        yield _outside_finding(sheet, holder, group)


def _outside_finding(sheet: str, holder: Holder, group: Sequence[OutsideFormula]) -> Finding:
    names = list(dict.fromkeys(one.name for one in group if one.name))
    ranges = addresses(dict.fromkeys(area for one in group for area in one.ranges))
    count = len(names) or len({one.ranges for one in group})
    verb = _TAKES[holder] if count > 1 else _TAKES[holder].replace("s take", " takes")
    where = f" ({listed([quoted(name) for name in names] or ranges)})" if names or ranges else ""
    shown = holder in _SHOWN
    return Finding(
        rule=CODE,
        severity=Severity.MEDIUM if shown else Severity.LOW,
        message=f"{count:,} {verb} cells that were deleted{where}.",
        sheet=sheet,
        ranges=ranges,
        evidence={"found": group[0].text, "references": str(len(group))},
        fix=FIX,
        confidence=LIKELY,
        tier=Tier.DEFAULT if shown else Tier.MORE,
        key=f"{holder.value} {', '.join(names)}",
    )
