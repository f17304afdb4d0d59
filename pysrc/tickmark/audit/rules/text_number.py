"""The rule `text-number`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.audit.lookups.lookup_keys import MistypedKeys, mistyped_keys
from tickmark.audit.lookups.written_columns import (
    FEWEST,
    Suspects,
    WrittenColumn,
    said_by,
    says_anything,
    written_columns,
)
from tickmark.audit.number_text import is_amount, number_in
from tickmark.audit.places import ranges_at
from tickmark.audit.quoting import quoted
from tickmark.audit.ranges.read_areas import ReadAreas, read_areas
from tickmark.audit.rule import Facts, rule
from tickmark.audit.wording import counted, listed
from tickmark.model.address import RangeRef, quote_sheet_name
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.model.grid import Cell, CellKind
from tickmark.model.region import Role
from tickmark.structure.coverage import covered
from tickmark.structure.formulas import NO_TEMPLATE, SheetFormulas
from tickmark.structure.reference import Reference

CODE = "text-number"

_BLIND: Final = frozenset(
    """
    AGGREGATE AVEDEV AVERAGE COUNT DEVSQ GEOMEAN HARMEAN IRR KURT LARGE MAX MEDIAN MIN MODE
    MODE.SNGL NPV PERCENTILE PERCENTILE.INC PERCENTILE.EXC PRODUCT QUARTILE QUARTILE.INC SKEW SMALL
    STDEV STDEV.P STDEV.S STDEVP SUBTOTAL SUM SUMPRODUCT SUMSQ TRIMMEAN VAR VAR.P VAR.S VARP
    """.split()  # noqa: SIM905 - forty quoted names would be harder to read
)
"""Functions that leave out texts in the cells that they are given."""

_NEAR: Final = 50
"""Rows around a cell in which others are shown that are right."""


@rule(CODE, severity=Severity.HIGH)
def text_number(facts: Facts) -> Iterator[Finding]:
    """A number or a date is stored as text.

    What it finds:
        Texts such as `1,200`, ` 12.5`, `(500)` or `12%` where a sum, an average or another
        function that leaves out texts reads the cell, and keys of a lookup that are text on one
        side and numbers on the other (both high). With all findings asked for, also single texts
        of this kind among the numbers of a column, columns of amounts that are all text, and dates
        stored as text among dates.

    Why it matters:
        The cell looks like a number, but SUM passes over it and a lookup does not find it: totals
        come out too small and nothing shows that something is missing.

    Example:
        C4 holds the text `1,200` and the total in C9, `=SUM(C2:C8)`, is 1,200 too low.

    Fix:
        Turn the text into a number (Data, Text to Columns, or multiply by 1), and look for where
        the text comes from, such as a download with blanks around its numbers.

    Source:
        Excel's functions leave out texts in the cells they are given; Excel's own error checking
        marks numbers that are stored as text.

    Known false alarms:
        Codes, years, footnote marks and headers are passed over where they are told apart: zeros
        in front, ten digits or more, the words above them. A code without any such sign that a sum
        takes in by accident is named.
    """
    said = [said_by(own.sheet.cells) for own in facts.formulas.sheets]
    telling = [number for number, one in enumerate(said) if says_anything(one).any()]
    if not telling:
        return
    blind = _blind_areas(facts)
    for number in telling:
        yield from _of_sheet(facts, number, said[number], blind[number])
    for found in mistyped_keys(facts.formulas):
        yield _of_keys(facts, found)


def _blind_areas(facts: Facts) -> tuple[ReadAreas, ...]:
    def wanted(
        own: SheetFormulas, at: int, precedents: tuple[Reference, ...]
    ) -> Iterable[Reference]:
        del own, at
        return [one for one in precedents if one.function in _BLIND]

    return read_areas(facts.formulas, wanted)


def _of_sheet(
    facts: Facts, number: int, said: npt.NDArray[np.uint8], blind: ReadAreas
) -> Iterator[Finding]:
    own = facts.formulas.sheets[number]
    flat = (blind.areas[:, 0] == blind.areas[:, 2]) | (blind.areas[:, 1] == blind.areas[:, 3])
    in_line = covered(own.sheet.cells, blind.areas[flat])
    anyhow = covered(own.sheet.cells, blind.areas)
    for grid in facts.grids[number]:
        if grid.region.role in {Role.TITLE, Role.NOTES}:
            continue
        inside = np.where(grid.position >= 0, said[grid.position], 0).astype(np.uint8)
        found: dict[tuple[bool, bool], list[Suspects]] = {}
        for column in written_columns(grid, inside):
            line = WrittenColumn(own.sheet.cells, facts.labels(number), grid, column, inside)
            for one in (*line.numbers(in_line, anyhow), *line.dates(anyhow)):
                found.setdefault((one.dates, one.read), []).append(one)
        for columns in found.values():
            for group in _touching(columns):
                yield _finding(facts, number, group, blind)


def _touching(columns: list[Suspects]) -> Iterator[list[Suspects]]:
    """Runs of columns side by side."""
    group: list[Suspects] = []
    for one in columns:
        if group and one.column > group[-1].column + 1:
            yield group
            group = []
        group.append(one)
    if group:
        yield group


def _finding(facts: Facts, number: int, group: list[Suspects], blind: ReadAreas) -> Finding:
    first = group[0]
    own = facts.formulas.sheets[number]
    cells = own.sheet.cells
    at = np.concatenate([one.positions for one in group])
    ranges = ranges_at(own.sheet, at)
    cell = cells[int(first.positions[0])]
    text = str(cell.value)
    what = "date" if first.dates else "number"
    subject = f"{cell.a1} holds the {what} {quoted(text)} as text"
    if len(at) > 1:
        subject = (
            f"{counted(len(at), what)} are stored as text ({listed(ranges)}); {cell.a1} holds "
            f"{quoted(text)}"
        )
    evidence = {"found": quoted(text)}
    value = number_in(text)
    if value is not None and not first.dates:
        evidence["expected"] = f"{value:.15g}"
    if first.beside:
        evidence[f"{what}s in the column"] = f"{first.beside:,}"
    if own.template_of[first.positions[0]] != NO_TEMPLATE:
        template = own.templates[own.template_of[first.positions[0]]]
        evidence["formula"] = "=" + template.text_at(cell.row, cell.column)
    key = f"{what} {text.strip()}"
    if first.read:
        user, formula, normal = _reader(facts, number, blind, cell.row, cell.column)
        evidence["left out by"] = f"{user} {formula}"
        subject += f"; {user} leaves {'it' if len(at) == 1 else 'them'} out"
        key = f"{what} {normal}"
    siblings = _siblings(own, cell, dates=first.dates)
    return Finding(
        rule=CODE,
        severity=Severity.HIGH if first.read else Severity.LOW,
        tier=Tier.DEFAULT if first.read else Tier.MORE,
        message=f"{subject}.",
        sheet=own.sheet.name,
        ranges=ranges,
        evidence=evidence,
        fix=f"Turn the text into a {what}, and look for where it comes from.",
        confidence=_confidence(group, text),
        key=key,
        siblings=siblings,
    )


def _confidence(group: list[Suspects], text: str) -> float:
    numbers = max(one.beside for one in group)
    if group[0].read:
        return 0.95 if numbers >= FEWEST else 0.85
    if numbers:
        return 0.75 if is_amount(text) or group[0].dates else 0.6
    return 0.5


def _reader(
    facts: Facts, number: int, blind: ReadAreas, row: int, column: int
) -> tuple[str, str, str]:
    """A cell that reads another and leaves it out, its formula, and that in R1C1 notation."""
    at = int(blind.with_cell(row, column)[0])
    sheet = int(blind.sheets[at])
    own = facts.formulas.sheets[sheet]
    cell = own.sheet.cells[int(blind.positions[at])]
    template = own.templates[int(blind.templates[at])]
    user = cell.a1 if sheet == number else f"{quote_sheet_name(own.sheet.name)}!{cell.a1}"
    return user, "=" + template.text_at(cell.row, cell.column), template.r1c1


def _siblings(own: SheetFormulas, cell: Cell, *, dates: bool) -> tuple[str, ...]:
    """The nearest real numbers or dates in the column of a cell."""
    cells = own.sheet.cells
    top = max(1, cell.row - _NEAR)
    near = cells.within(RangeRef("", top, cell.column, cell.row + _NEAR, cell.column))
    near = near[cells.kinds[near] == (CellKind.DATE if dates else CellKind.NUMBER)]
    nearest = near[np.argsort(np.abs(cells.rows[near] - cell.row), kind="stable")[:2]]
    return tuple(cells[at].a1 for at in sorted(nearest.tolist()))


def _of_keys(facts: Facts, found: MistypedKeys) -> Finding:
    own, user = facts.formulas.sheets[found.sheet], facts.formulas.sheets[found.user]
    cells = own.sheet.cells
    at = list(found.positions)
    ranges = ranges_at(own.sheet, at)
    cell, failed = cells[at[0]], user.sheet.cells[found.failed[0]]
    text = str(cell.value)
    template = user.templates[found.template]
    formula = "=" + template.text_at(failed.row, failed.column)
    name = failed.a1
    if found.user != found.sheet:
        name = f"{quote_sheet_name(user.sheet.name)}!{name}"
    sought, kept = ("a number", "text") if found.in_table else ("text", "numbers")
    subject = f"{cell.a1} holds the key {quoted(text)} as text"
    if len(at) > 1:
        subject = f"{counted(len(at), 'key')} are stored as text ({listed(ranges)})"
    return Finding(
        rule=CODE,
        severity=Severity.HIGH,
        message=f"{subject}, so that the lookup in {name} does not find it: it seeks {sought} "
        f"among {kept}.",
        sheet=own.sheet.name,
        ranges=ranges,
        evidence={
            "found": quoted(text),
            "expected": f"{number_in(text) or 0:.15g}",
            "not found by": f"{name} {formula}",
            "lookups without match": f"{len(found.failed):,}",
        },
        fix="Give both sides of the lookup keys of one type: turn the texts into numbers.",
        confidence=0.9,
        key=f"key {template.r1c1}",
    )
