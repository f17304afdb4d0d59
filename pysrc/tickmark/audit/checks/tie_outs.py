"""Totals that must agree and do not, where no formula of the workbook says so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.audit.checks.check_lines import RELATIVE
from tickmark.audit.checks.check_words import (
    Total,
    may_name_total,
    names_cash,
    rest_of,
    total_named,
)
from tickmark.audit.evaluation.agreement import decimals
from tickmark.audit.region_grid import LineRole, RegionGrid
from tickmark.audit.rule import Facts
from tickmark.model.grid import CellKind
from tickmark.structure.formulas import NO_TEMPLATE
from tickmark.structure.number_formats import decimals_shown, shows_percent
from tickmark.structure.regions.total_words import TOTAL

MOST_NAMED: Final = 200
"""Labels of one sheet, and numbers beside one, that are looked at."""
MOST_STATEMENTS: Final = 20
FARTHEST: Final = 60
"""Rows between an opening and a closing balance."""
_FEW: Final = 2
_NOTES: Final = frozenset({"note", "notes", "note(s)", "ref", "ref.", "anm.", "anhang", "nota"})
_MOST_APART: Final = 0.2


@dataclass(frozen=True, slots=True)
class Side:
    """A cell that must agree with another: its sheet, place, label and value."""

    sheet: int
    row: int
    column: int
    label: str
    value: float


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Two cells that must agree and do not; `later` is the one to accuse.

    `kind` says what they are; `agreeing` and `compared` how many pairs of the same lines agree.
    """

    kind: str
    first: Side
    later: Side
    agreeing: int
    compared: int


@dataclass(frozen=True, slots=True)
class _Line:
    """A label that names a total, with the numbers that follow it."""

    sheet: int
    row: int
    column: int
    label: str
    total: Total
    sides: tuple[Side, ...]


def mismatches(facts: Facts) -> Iterator[Mismatch]:
    """The pairs of cells of a workbook that must agree and do not, in the order of its sheets."""
    lines = [list(_lines(facts, number)) for number in range(len(facts.formulas.sheets))]
    for number, own in enumerate(lines):
        yield from _unbalanced(facts, own)
        yield from _not_carried(facts, own)
        yield from _corners(facts, number)
    yield from _cash(facts, lines)


def _lines(facts: Facts, sheet: int) -> Iterator[_Line]:
    """The labels of a sheet that name a total, from top to bottom."""
    own = facts.formulas.sheets[sheet].sheet
    cells = own.cells
    wanted = [
        at for at, text in enumerate(cells.texts) if may_name_total(text) and total_named(text)
    ]
    if not wanted:
        return
    named = (cells.kinds == CellKind.TEXT) & np.isin(cells.values, wanted)
    for position in np.flatnonzero(named & ~own.hidden_cells())[:MOST_NAMED].tolist():
        label = str(cells.value(position)).strip()
        row, column = cells.place(position)
        sides = tuple(islice(_beside(facts, sheet, position, label), MOST_NAMED))
        if sides:
            yield _Line(sheet, row, column, label, total_named(label), sides)


def _beside(facts: Facts, sheet: int, position: int, label: str) -> Iterator[Side]:
    """The numbers to the right of a label, up to the next text that says something."""
    cells = facts.formulas.sheets[sheet].sheet.cells
    row = int(cells.rows[position])
    at = position + 1
    while at < len(cells) and cells.rows[at] == row:
        kind = cells.kinds[at]
        if kind == CellKind.TEXT and any(map(str.isalpha, str(cells.value(at)))):
            return
        style = facts.workbook.styles[int(cells.styles[at])]
        if kind == CellKind.NUMBER and not shows_percent(style.number_format):
            side = Side(sheet, row, int(cells.columns[at]), label, float(cells.values[at]))
            # The numbers of notes come first.
            if at > position + 2 or _head(facts, side) not in _NOTES:
                yield side
        at += 1


def _unbalanced(facts: Facts, lines: Sequence[_Line]) -> Iterator[Mismatch]:
    """Total assets against total liabilities and equity, the nearest ones of a sheet."""
    waiting: list[_Line] = []
    for line in lines:
        if line.total is Total.ASSETS:
            waiting = [one for one in waiting if one.row == line.row] + [line]
        elif line.total is Total.CLAIMS and waiting:
            pairs = _matched(waiting.pop(), line)
            yield from _failing(facts, "balance sheet", pairs, few=0, share=0.0)


def _matched(first: _Line, later: _Line) -> list[tuple[Side, Side]]:
    """The sides of two lines that belong to one period: by column, or in order."""
    if first.column == later.column:
        known = {side.column: side for side in first.sides}
        return [(known[side.column], side) for side in later.sides if side.column in known]
    if len(first.sides) != len(later.sides):
        return []
    return list(zip(first.sides, later.sides, strict=True))


def _failing(
    facts: Facts,
    kind: str,
    pairs: Sequence[tuple[Side, Side]],
    *,
    few: int = 2,
    share: float = 0.66,
) -> Iterator[Mismatch]:
    """The pairs that do not agree, if at least a few and a share of all do.

    With `few` = 0 it is enough that all pairs are near each other.
    """
    pairs = [pair for pair in pairs if pair[0].value and pair[1].value]
    agreeing = [_agree(facts, *pair) for pair in pairs]
    good = sum(agreeing)
    if good < few or good < share * len(pairs):
        return
    if not good and not all(_are_near(*pair) for pair in pairs):
        return
    for (first, later), agrees in zip(pairs, agreeing, strict=True):
        if not agrees:
            yield Mismatch(kind, first, later, good, len(pairs))


def _are_near(one: Side, other: Side) -> bool:
    largest = max(abs(one.value), abs(other.value))
    return abs(one.value - other.value) <= _MOST_APART * largest


def _agree(facts: Facts, one: Side, other: Side) -> bool:
    """Whether two cells agree, but for rounding."""
    largest = max(abs(one.value), abs(other.value))
    units = _unit(facts, one) + _unit(facts, other)
    return abs(one.value - other.value) <= max(RELATIVE * largest, 0.5 * units * (1 + RELATIVE))


def _unit(facts: Facts, side: Side) -> float:
    """The last unit that a cell shows; of a typed number in no format, the last it has."""
    own = facts.formulas.sheets[side.sheet]
    position = own.sheet.cells.position(side.row, side.column)
    if position is None:
        return 0.0
    style = facts.workbook.styles[int(own.sheet.cells.styles[position])]
    shown = decimals_shown(style.number_format)
    if own.template_of[position] == NO_TEMPLATE:
        typed = int(decimals([side.value])[0])
        shown = typed if shown is None else max(shown, typed)
    return 0.0 if shown is None else min(10.0**-shown, 0.01 * abs(side.value))


def _not_carried(facts: Facts, lines: Sequence[_Line]) -> Iterator[Mismatch]:
    """Opening balances that are not the closing balance of the period before."""
    openings = [line for line in lines if line.total is Total.OPENING]
    for at, line in enumerate(openings):
        until = min(
            [one.row for one in openings[at + 1 :] if rest_of(one.label) == rest_of(line.label)]
            + [line.row + FARTHEST]
        )
        closing = next(
            (
                one
                for one in lines
                if one.total is Total.CLOSING
                and line.row < one.row < until
                and one.column == line.column
                and _alike(line.label, one.label)
            ),
            None,
        )
        if closing is not None:
            yield from _carried(facts, line, closing)


def _alike(opening: str, closing: str) -> bool:
    one, other = rest_of(opening), rest_of(closing)
    return one <= other or other <= one


def _carried(facts: Facts, opening: _Line, closing: _Line) -> Iterator[Mismatch]:
    periods = [side for side in closing.sides if not _is_total(facts, side)]
    before = {later.column: first for first, later in pairwise(periods)}
    pairs = [(before[side.column], side) for side in opening.sides if side.column in before]
    # An opening balance that is another period's closing balance belongs to that one.
    ends = np.array([side.value for side in closing.sides])
    for one in _failing(facts, "opening balance", pairs):
        apart = np.abs(ends - one.later.value)
        if not np.any(apart <= RELATIVE * np.abs(ends)):
            yield one


def _is_total(facts: Facts, side: Side) -> bool:
    """Whether a column sums up periods."""
    head = facts.labels(side.sheet).above(side.row, side.column)
    return head is not None and bool(set(head.text.casefold().split()) & (TOTAL | {"ytd", "fy"}))


def _cash(facts: Facts, lines: Sequence[Sequence[_Line]]) -> Iterator[Mismatch]:
    """Closing cash of a cash-flow statement against cash on the balance sheet."""
    held = [
        line
        for own in lines
        for line in own
        if line.total is Total.CASH
        and any(one.total is Total.ASSETS and one.row > line.row for one in own)
    ]
    ends = [
        line
        for own in lines
        for line in own
        if line.total is Total.CLOSING and names_cash(line.label)
    ]
    for end in ends[:MOST_STATEMENTS]:
        for line in held[:MOST_STATEMENTS]:
            if line.sheet == end.sheet:
                continue
            known = {_head(facts, side): side for side in end.sides}
            known.pop("", None)
            pairs = [
                (known[_head(facts, side)], side)
                for side in line.sides
                if _head(facts, side) in known
            ]
            yield from _failing(facts, "closing cash", pairs, few=1, share=0.5)


def _head(facts: Facts, side: Side) -> str:
    """What heads the column of a cell, "" for nothing."""
    head = facts.labels(side.sheet).above(side.row, side.column)
    return head.text.casefold() if head is not None else ""


def _corners(facts: Facts, sheet: int) -> Iterator[Mismatch]:
    """The corners of tables that are the sum of neither the total row nor the total column."""
    for grid in facts.grids[sheet]:
        if not grid.region.total_rows or not grid.region.total_columns:
            continue
        rows, columns = _totals(grid.rows), _totals(grid.columns)
        if rows is None or columns is None:
            continue
        found = _corner(facts, grid, rows, columns)
        if found is not None:
            yield found


def _totals(roles: npt.NDArray[np.uint8]) -> int | None:
    """The only line of totals, the last one of its region."""
    found = np.flatnonzero(roles == LineRole.TOTAL)
    return int(found[0]) if len(found) == 1 and found[0] == len(roles) - 1 else None


def _corner(facts: Facts, grid: RegionGrid, row: int, column: int) -> Mismatch | None:
    corner = float(grid.value[row, column])
    down = np.flatnonzero(grid.rows == LineRole.DATA)
    across = np.flatnonzero(grid.columns == LineRole.DATA)
    if np.isnan(corner) or len(down) < _FEW or len(across) < _FEW:
        return None
    body = np.nan_to_num(grid.value[np.ix_(down, across)])
    beside = np.nan_to_num(grid.value[down, column])
    below = np.nan_to_num(grid.value[row, across])
    last = 10.0 ** -float(_decimals(grid.value[np.ix_(down, across)]))
    slack = 0.5 * last * (len(down) + len(across) + 1)
    size = RELATIVE * float(np.sum(np.abs(body)))
    ties = np.all(np.abs(body.sum(axis=1) - beside) <= slack + size)
    ties &= np.all(np.abs(body.sum(axis=0) - below) <= slack + size)
    total = float(beside.sum())
    if not ties or not total or abs(total - corner) <= slack + size:
        return None
    top, left = grid.area.top, grid.area.left
    labels = facts.labels(sheet=grid.sheet)
    name = labels.left_of(top + row, left + column)
    head = labels.above(top + row, left + column)
    return Mismatch(
        "cross-foot",
        Side(grid.sheet, top + int(down[0]), left + column, head.text if head else "", total),
        Side(grid.sheet, top + row, left + column, name.text if name else "", corner),
        len(down) + len(across),
        len(down) + len(across) + 1,
    )


def _decimals(values: npt.NDArray[np.float64]) -> int:
    """The most decimals of numbers, among those that end."""
    found = decimals(values[~np.isnan(values)])
    ending = found[found < 10]  # noqa: PLR2004 - longer ones were calculated
    return int(ending.max()) if len(ending) else 10
