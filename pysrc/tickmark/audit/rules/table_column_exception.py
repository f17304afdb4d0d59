"""The rule `table-column-exception`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from tickmark.audit.deviations.deviation import normal_form, terms
from tickmark.audit.deviations.formula_classes import NO_CLASS, FormulaClasses, formula_classes
from tickmark.audit.evaluation.agreement import is_equal
from tickmark.audit.places import ranges_at
from tickmark.audit.quoting import quoted, shortened
from tickmark.audit.rule import Facts, rule
from tickmark.audit.wording import counted, listed
from tickmark.model.address import cell_address
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.model.grid import CellKind
from tickmark.model.workbook import Table, TableColumn
from tickmark.structure.formulas import NO_TEMPLATE, SheetFormulas
from tickmark.structure.pieces import pieces
from tickmark.structure.tables import data_rows
from tickmark.structure.tokens import displayed

CODE: Final = "table-column-exception"
MOST_EVALUATED: Final = 200
DIFFERENT: Final = 0.75
UNKNOWN: Final = 0.5
_SHOWN: Final = 60

Positions: TypeAlias = npt.NDArray[np.intp]


@rule(CODE, severity=Severity.MEDIUM)
def table_column_exception(facts: Facts) -> Iterator[Finding]:
    """A cell does not follow the formula of its table column.

    What it finds:
        Cells in a calculated column of a table (ListObject) that hold a typed value or another
        formula, where at least half of the column follows it.

    Why it matters:
        A table column promises one calculation for all rows, and rows that are added later get it.
        An exception is easily overlooked and stays behind when the formula of the column changes.

    Example:
        `=[@Quantity]*[@Price]` in all rows of the column Amount, and 250 in one of them.

    Fix:
        Put the formula of the column back. If the row is an exception on purpose, give the table a
        column for it, such as an adjustment.

    Source:
        The formula that the table itself stores for the column; Excel marks the same cells.

    Known false alarms:
        Overrides that are wanted. Shown without asking is only what differs from the result of the
        column's formula.
    """
    for number, own in enumerate(facts.formulas.sheets):
        for table in own.sheet.tables:
            yield from _of_table(facts, number, own, table)


@dataclass(frozen=True, slots=True)
class _Column:
    """The cells of a calculated column: those that follow its formula, and those that do not."""

    table: Table
    column: TableColumn
    following: Positions
    exceptions: Positions


def _of_table(facts: Facts, number: int, own: SheetFormulas, table: Table) -> Iterator[Finding]:
    """The findings of a table: columns with exceptions in the same rows have one in common."""
    groups: dict[tuple[Tier, tuple[int, ...]], list[_Column]] = {}
    for column in table.calculated:
        if not column.formula or column.name not in table.columns:
            continue
        found = _read(own, formula_classes(own), table, column)
        if found is None:
            continue
        differing = _differing(facts, number, own, found)
        for chosen, tier in ((differing, Tier.DEFAULT), (~differing, Tier.MORE)):
            if chosen.any():
                at = found.exceptions[chosen]
                rows = tuple(own.sheet.cells.rows[at].tolist())
                groups.setdefault((tier, rows), []).append(replace(found, exceptions=at))
    for (tier, _), group in groups.items():
        yield _finding(facts, number, group, tier)


def _read(
    own: SheetFormulas, classes: FormulaClasses, table: Table, column: TableColumn
) -> _Column | None:
    """The cells of a column; None where fewer than half of them follow a formula."""
    first, last = data_rows(table)
    place = table.range.left + table.columns.index(column.name)
    cells = own.sheet.cells
    low, high = np.searchsorted(cells.rows, first), np.searchsorted(cells.rows, last, side="right")
    at = low + np.flatnonzero(cells.columns[low:high] == place)
    held = classes.class_of[own.template_of[at]]
    filled = (own.template_of[at] != NO_TEMPLATE) | (cells.kinds[at] != CellKind.EMPTY)
    at, held = at[filled], held[filled]
    wanted = normal_form(terms(pieces(column.formula, first, place), own.sheet.name))
    same = [
        one for one in np.unique(held[held != NO_CLASS]).tolist() if classes.terms[one] == wanted
    ]
    if not same:  # the stored text may be that of another row
        values, counts = np.unique(held[held != NO_CLASS], return_counts=True)
        same = [int(values[counts.argmax()])] if len(values) else []
    follows = np.isin(held, same)
    if 2 * np.count_nonzero(follows) < len(at) or follows.all():
        return None
    return _Column(table, column, at[follows], at[~follows])


def _differing(
    facts: Facts, number: int, own: SheetFormulas, found: _Column
) -> npt.NDArray[np.bool_]:
    """Which exceptions hold another value than the formula of the column gives."""
    cells = own.sheet.cells
    differing = np.zeros(len(found.exceptions), np.bool_)
    for at, position in enumerate(found.exceptions[:MOST_EVALUATED].tolist()):
        row, column = cells.place(position)
        template = int(own.template_of[_nearest(found, position)])
        value = facts.evaluator.value(number, template, row, column)
        if value is not None:
            typed = cells.values[position]
            number_like = cells.kinds[position] in {CellKind.NUMBER, CellKind.DATE}
            differing[at] = not (number_like and bool(is_equal(typed, value)))
    return differing


def _nearest(found: _Column, position: int) -> int:
    """The position of the following cell that is nearest to an exception."""
    at = int(np.searchsorted(found.following, position))
    return int(found.following[min(at, len(found.following) - 1)])


def _finding(facts: Facts, number: int, group: Sequence[_Column], tier: Tier) -> Finding:
    own, found = facts.formulas.sheets[number], group[0]
    cells = own.sheet.cells
    at = np.concatenate([one.exceptions for one in group])
    position = int(at[0])
    row, column = cells.place(position)
    sibling = _nearest(found, position)
    template = own.templates[int(own.template_of[sibling])]
    expected = "=" + template.text_at(row, column)
    has, form = _held(own, position)
    ranges = ranges_at(own.sheet, at)
    evidence = {
        "found": has,
        "expected": expected,
        "table": found.table.name,
        "column": found.column.name,
        "following": counted(len(found.following), "cell"),
    }
    if form:
        evidence |= {"found R1C1": form, "expected R1C1": "=" + displayed(template.r1c1)}
    value = facts.evaluator.value(number, int(own.template_of[sibling]), row, column)
    if value is not None:
        evidence["result of the formula"] = f"{value:.15g}"
    message = f"{cell_address(row, column)} holds {_shown(has)}"
    if len(group) > 1:
        message = f"as in {counted(len(group) - 1, 'more column')} ({listed(ranges)}), {message}"
    elif len(at) > 1:
        message = f"{counted(len(at), 'cell')} ({listed(ranges)}) do not follow it: {message}"
    return Finding(
        rule=CODE,
        severity=Severity.MEDIUM if tier is Tier.DEFAULT else Severity.LOW,
        message=f"In the calculated column {quoted(found.column.name)} of the table "
        f"{quoted(found.table.name)}, {message} where {_shown(expected)} is expected.",
        sheet=own.sheet.name,
        ranges=ranges,
        evidence=evidence,
        fix=expected,
        confidence=DIFFERENT if tier is Tier.DEFAULT else UNKNOWN,
        tier=tier,
        key=f"{found.table.name} {found.column.name} {tier}",
        siblings=_siblings(own, found.following, sibling),
    )


def _held(own: SheetFormulas, position: int) -> tuple[str, str]:
    """What a cell holds as text, and its formula in R1C1 notation or ""."""
    cells = own.sheet.cells
    number = int(own.template_of[position])
    if number == NO_TEMPLATE:
        value = cells.value(position)
        return (f"{value:.15g}" if isinstance(value, float) else _shown(str(value))), ""
    template = own.templates[number]
    text = template.text_at(*cells.place(position))
    return "=" + text, "=" + displayed(template.r1c1)


def _siblings(own: SheetFormulas, following: Positions, nearest: int) -> tuple[str, ...]:
    at = int(np.searchsorted(following, nearest))
    chosen = [int(one) for one in following[max(at - 1, 0) : at + 1]]
    return tuple(own.sheet.cells[one].a1 for one in chosen)


def _shown(text: str) -> str:
    return shortened(text, most=_SHOWN)
