"""The rule `missing-formula`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.audit.lines.lines import Lines, copied_along, lines_of
from tickmark.audit.lines.relations import MOST_SUMMED, Operation, Relation, relation_of
from tickmark.audit.places import ranges_at
from tickmark.audit.rule import Facts, rule
from tickmark.audit.wording import counted, listed
from tickmark.model.address import cell_address
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.model.grid import CellKind
from tickmark.structure.formulas import NO_TEMPLATE, Formulas, SheetFormulas

CODE = "missing-formula"

MOST_LINES: Final = 500
MOST_OTHERS: Final = 12
"""Lines of a region that are compared: those that hold formulas, and the last of the others."""
MOST_CHECKED: Final = 3
FEWEST_TYPED: Final = 3


@rule(CODE, severity=Severity.MEDIUM)
def missing_formula(facts: Facts) -> Iterator[Finding]:
    """A row or column of typed numbers could be calculated from its neighbours.

    What it finds:
        At least three typed numbers of a row or column that are, each of them, the sum of the
        lines beside it, or the difference, product, quotient, percentage or one constant part of
        lines near by. It is shown without asking where the line, or one with the same header,
        holds formulas too; elsewhere it informs only.

    Why it matters:
        The numbers look calculated and are not: they stay as they are when their inputs change,
        and nobody sees it.

    Example:
        A column of shares, 0.176, 0.125 and so on, is the column before it divided by one
        number; the columns of shares for other years hold that division.

    Fix:
        Replace the numbers by the formula.

    Source:
        Missing formulas are the most frequent errors in the labelled workbooks of the TASI study
        (ISSTA 2021).

    Known false alarms:
        Figures that were copied as values on purpose, such as those of a period that is closed or
        of a published table, and rounded figures that agree by chance in small tables.
    """
    for number, grids in enumerate(facts.grids):
        taken: set[int] = set()
        for grid in grids:
            if grid.number_count < FEWEST_TYPED or min(grid.position.shape) < 2:  # noqa: PLR2004
                continue
            for across in (False, True):
                for missing in _of_lines(facts.formulas, lines_of(grid, across=across)):
                    if taken.isdisjoint(missing.positions):
                        taken.update(missing.positions)
                        yield _finding(facts.formulas.sheets[number], missing)


@dataclass(frozen=True, slots=True, eq=False)
class _Missing:
    """A line of typed numbers, where they stand, and what they equal."""

    lines: Lines
    line: int
    positions: tuple[int, ...]
    relation: Relation
    witness: _Witness


class _Witness(IntEnum):
    """What tells that the numbers of a line should be formulas, the strongest last."""

    NONE = 0
    REGION = 1
    """The region holds formulas somewhere."""
    TWIN = 2
    """A line with the same header holds formulas."""
    OWN = 3
    """The line itself holds formulas at other places."""


def _of_lines(formulas: Formulas, lines: Lines) -> Iterator[_Missing]:
    if min(lines.template.shape) < 2 or len(lines.place) < FEWEST_TYPED:  # noqa: PLR2004
        return
    typed = lines.typed
    chosen = np.flatnonzero(typed.sum(axis=1) >= FEWEST_TYPED)
    if not len(chosen):
        return
    witnesses = _witnesses(lines)
    values = np.where(lines.kind == CellKind.NUMBER, lines.value, np.nan)
    proven = witnesses[chosen] >= _Witness.TWIN
    chosen = np.concatenate((chosen[proven][:MOST_LINES], chosen[~proven][-MOST_OTHERS:]))
    for line in chosen.tolist():
        low, high = max(0, line - MOST_SUMMED), line + MOST_SUMMED + 1
        witness = _Witness(int(witnesses[line]))
        relation = relation_of(
            values[low:high],
            line - low,
            typed[line],
            pairs=witness is not _Witness.NONE,
            shares=witness is _Witness.TWIN,
        )
        if relation is None:
            continue
        relation = replace(relation, operands=tuple(at + low for at in relation.operands))
        if witness < _Witness.TWIN and max(relation.operands) > line:
            # Of three typed lines any follows from the others; the last is the result.
            continue
        if _feeds(formulas, lines, line, relation):
            continue
        held = np.flatnonzero(relation.holds)
        yield _Missing(lines, line, tuple(lines.position[line, held].tolist()), relation, witness)


def _witnesses(lines: Lines) -> npt.NDArray[np.int64]:
    """For each line the _Witness that speaks for formulas in it."""
    formula = lines.formula.sum(axis=1)
    mostly = 2 * formula > (lines.position >= 0).sum(axis=1)
    found = np.full(len(lines.line), int(_Witness.REGION if formula.any() else _Witness.NONE))
    if not lines.across and lines.grid.region.column_paths:
        paths = lines.grid.region.column_paths
        heads = [paths[at][-1] if paths[at] else "" for at in lines.line.tolist()]
        twins = {head for head, most in zip(heads, mostly.tolist(), strict=True) if head and most}
        found[[head in twins for head in heads]] = _Witness.TWIN
    found[copied_along(lines).any(axis=1)] = _Witness.OWN
    return found


def _feeds(formulas: Formulas, lines: Lines, line: int, relation: Relation) -> bool:
    """Whether an operand is itself calculated from the line: then the line is an input."""
    held = np.flatnonzero(relation.holds)[:MOST_CHECKED]
    first, last = relation.operands[0], relation.operands[-1]
    operands = range(first, last + 1) if relation.operation is Operation.SUM else (first, last)
    own = formulas.sheets[lines.grid.sheet]
    for place in held.tolist():
        (row,), (column,) = lines.cells(np.array([line * len(lines.place) + place]))
        for operand in operands:
            template = int(lines.template[operand, place])
            if template == NO_TEMPLATE:
                continue
            (top,), (left,) = lines.cells(np.array([operand * len(lines.place) + place]))
            down, right = own.templates[template].distance(int(top), int(left))
            for one in formulas.precedents[lines.grid.sheet][template]:
                if one.area is None or one.book or one.sheet != own.sheet.name:
                    continue
                north, west, south, east = one.edges(down, right)
                if north <= row <= south and west <= column <= east:
                    return True
    return False


def _finding(own: SheetFormulas, missing: _Missing) -> Finding:
    cells = own.sheet.cells
    at = list(missing.positions)
    row, column = cells.place(at[0])
    ranges = ranges_at(own.sheet, at)
    expected = _formula(missing, row, column)
    value = f"{cells.values[at[0]]:.15g}"
    address = cell_address(row, column)
    confidence = {
        _Witness.OWN: 0.8,
        _Witness.TWIN: 0.7,
        _Witness.REGION: 0.5,
        _Witness.NONE: 0.3,
    }[missing.witness]
    known = missing.witness >= _Witness.TWIN
    return Finding(
        rule=CODE,
        severity=Severity.MEDIUM if known else Severity.INFO,
        message=f"{counted(len(at), 'plain number')} ({listed(ranges)}) can be calculated from "
        f"the cells near by: {address} holds {value}, which is {expected[1:]}.",
        sheet=own.sheet.name,
        ranges=ranges,
        evidence={"found": value, "expected": expected, "cells": str(len(at))},
        fix=expected,
        confidence=confidence,
        tier=Tier.DEFAULT if known else Tier.MORE,
        key=_key(missing),
    )


def _formula(missing: _Missing, row: int, column: int) -> str:
    """The formula of the first accused cell in A1 notation."""
    lines, relation = missing.lines, missing.relation
    area = lines.grid.area

    def address(operand: int) -> str:
        at = int(lines.line[operand])
        if lines.across:
            return cell_address(area.top + at, column)
        return cell_address(row, area.left + at)

    first, last = address(relation.operands[0]), address(relation.operands[-1])
    share = relation.factor
    part = f"/{1 / share:.10g}" if abs(share) < 1 else f"*{share:.10g}"
    return {
        Operation.SUM: f"=SUM({first}:{last})",
        Operation.DIFFERENCE: f"={first}-{last}",
        Operation.PRODUCT: f"={first}*{last}",
        Operation.QUOTIENT: f"={first}/{last}",
        Operation.PERCENTAGE: f"=100*{first}/{last}",
        Operation.SHARE: f"={first}{part}",
    }[relation.operation]


def _key(missing: _Missing) -> str:
    """The operation with its operands as seen from the line, wherever it stands."""
    lines, relation = missing.lines, missing.relation
    own = int(lines.line[missing.line])
    away = [int(lines.line[operand]) - own for operand in relation.operands]
    return f"{relation.operation} {'row' if lines.across else 'column'} {away}"
