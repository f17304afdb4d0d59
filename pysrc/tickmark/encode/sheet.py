"""One sheet as text within a budget of tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import numpy.typing as npt

from tickmark.encode.claims import (
    ClaimKind,
    Numbers,
    VisibleCells,
    claims,
    visible_cells,
    with_values,
)
from tickmark.encode.detail import DETAILS, Detail
from tickmark.encode.encoding import Encoding
from tickmark.encode.header import header_lines, left_out_line, merged_cells
from tickmark.encode.left_out import left_out_areas
from tickmark.encode.pieces import Writer
from tickmark.model.address import RangeRef
from tickmark.model.workbook import Sheet, Workbook
from tickmark.structure.formulas import sheet_formulas

INTRODUCTION = (
    "Cells as address: value; a formula stands before ->, its value behind; a cell with -> alone "
    "holds the copied formula named above; values of copies are listed by rows."
)
SEPARATOR = " | "
FEWEST_TOKENS = 2
HEADER_SHARE = 4
HEAD_SHARE = 0.75
AREAS_NAMED = (30, 10, 3, 0)


def encode_sheet(
    workbook: Workbook, sheet: Sheet, *, budget: int, tokens: Callable[[str], int]
) -> Encoding:
    """A sheet as lines of addressed cells, never over the budget as counted by `tokens`.

    As much is told cell by cell as the budget allows: first everything, then with the middle of
    long tables and the values of copied formulas summarised, then only the first and last parts of
    the sheet, the rest listed by range. Addresses are those of the sheet. Cells in hidden rows,
    columns and sheets are counted but not shown. One line holds the claims of one row; text of
    cells is quoted where it could pass for anything else, so a line break is always the encoder's.
    An empty text where the budget does not even hold a heading.
    """
    plan = _plan(workbook, sheet, tokens)
    for detail in DETAILS:
        found = claims(plan.cells, detail)
        if len(found) * FEWEST_TOKENS <= budget:
            found = with_values(plan.cells, found, detail)
        if len(found) * FEWEST_TOKENS <= budget:
            encoding = _encoding(plan, plan.header, _written(plan, detail, found))
            if encoding.tokens <= budget:
                return encoding
    return _ends(plan, claims(plan.cells, DETAILS[-1]), budget)


@dataclass(frozen=True, slots=True, eq=False)
class _Plan:
    """What stays the same however much is told."""

    sheet: Sheet
    cells: VisibleCells
    header: tuple[str, ...]
    writer: Callable[[Detail], Writer]
    tokens: Callable[[str], int]


@dataclass(frozen=True, slots=True)
class _Shown:
    """A claim and its text; `summed` where it does not tell each of its cells."""

    area: RangeRef
    text: str
    kind: int
    summed: bool


def _plan(workbook: Workbook, sheet: Sheet, tokens: Callable[[str], int]) -> _Plan:
    formulas = sheet_formulas(sheet)
    cells = visible_cells(formulas)
    hidden, merged = sheet.hidden_cells(), merged_cells(sheet)

    def writer(detail: Detail) -> Writer:
        return Writer(workbook, formulas, hidden, detail, merged)

    header = tuple(header_lines(sheet, cells))
    return _Plan(sheet, cells, header, writer, tokens)


def _written(plan: _Plan, detail: Detail, found: Numbers) -> list[_Shown]:
    writer = plan.writer(detail)
    return [_shown(plan, writer, claim) for claim in found.tolist()]


def _shown(plan: _Plan, writer: Writer, claim: Sequence[int]) -> _Shown:
    top, left, bottom, right, kind = claim
    area = RangeRef(plan.sheet.name, top, left, bottom, right)
    long = kind == ClaimKind.FORMULA and area.cells > writer.detail.values
    return _Shown(area, writer.piece(area, kind), kind, long or kind == ClaimKind.SUMMARY)


def _ends(plan: _Plan, found: Numbers, budget: int) -> Encoding:
    """The first and last claims that fit, the left-out parts named as fully as they fit."""
    header = _short_header(plan, budget // HEADER_SHARE)
    room = budget - plan.tokens("\n".join((*header, INTRODUCTION)))
    head, tail = _head_and_tail(plan, found.tolist(), room)
    while True:
        shown = head + tail
        told = _told(plan, shown)
        left_out = left_out_areas(plan.sheet.name, plan.cells, told)
        for named in AREAS_NAMED:
            encoding = _encoding(plan, header, shown, left_out, named)
            if encoding.tokens <= budget:
                return encoding
        if not shown:
            break
        if len(head) >= len(tail):
            head = head[: -max(1, len(head) // 10)]
        else:
            tail = tail[max(1, len(tail) // 10) :]
    return _encoding(plan, (), (), left_out, None)


def _short_header(plan: _Plan, budget: int) -> tuple[str, ...]:
    """The first lines of the header that keep to a budget, the sheet's name in any case."""
    kept = list(plan.header[:1])
    for line in plan.header[1:]:
        if plan.tokens("\n".join((*kept, line))) > budget:
            break
        kept.append(line)
    return tuple(kept)


def _head_and_tail(
    plan: _Plan, found: Sequence[Sequence[int]], room: int
) -> tuple[list[_Shown], list[_Shown]]:
    """Claims from the top, and fewer from the bottom, whose texts together keep to the room."""
    writer = plan.writer(DETAILS[-1])
    head, left = _fitting(plan, writer, found, room * HEAD_SHARE)
    last = found[len(head) :][::-1]
    tail, _ = _fitting(plan, writer, last, left + room * (1 - HEAD_SHARE))
    return head, tail[::-1]


def _fitting(
    plan: _Plan, writer: Writer, found: Iterable[Sequence[int]], room: float
) -> tuple[list[_Shown], float]:
    """The first claims that keep to the room, and the room left."""
    shown: list[_Shown] = []
    for claim in found:
        one = _shown(plan, writer, claim)
        room -= plan.tokens(one.text + SEPARATOR)
        if room < 0:
            return shown, 0
        shown.append(one)
    return shown, room


def _told(plan: _Plan, shown: Iterable[_Shown]) -> npt.NDArray[np.bool_]:
    """Which visible cells the claims tell about."""
    cells = plan.sheet.cells
    told = np.zeros(len(cells), np.bool_)
    for one in shown:
        told[cells.within(one.area)] = True
    chosen: npt.NDArray[np.bool_] = told[plan.cells.positions]
    return chosen


def _summarised(plan: _Plan, shown: Sequence[_Shown]) -> int:
    """How many visible cells no claim tells by themselves."""
    cells = plan.sheet.cells
    summed = np.zeros(len(cells), np.bool_)
    for one in shown:
        if one.summed:
            # The first is named as such.
            summed[cells.within(one.area)[1:]] = True
    if summed.any():
        for one in shown:
            if one.kind == ClaimKind.VALUE:
                summed[cells.within(one.area)] = False
    return int(np.count_nonzero(summed[plan.cells.positions]))


def _encoding(
    plan: _Plan,
    header: Sequence[str],
    shown: Sequence[_Shown],
    left_out: Sequence[RangeRef] = (),
    named: int | None = 0,
) -> Encoding:
    """The finished text; `named` areas of those left out are named in it, None for no word."""
    told = int(np.count_nonzero(_told(plan, shown))) if left_out else len(plan.cells)
    lines = list(header)
    if shown:
        lines.append(INTRODUCTION)
        rows = groupby(shown, key=lambda one: one.area.top)
        lines.extend(SEPARATOR.join(one.text for one in row) for _, row in rows)
    if left_out and named is not None:
        lines.append(left_out_line(left_out, len(plan.cells) - told, most=named))
    text = "\n".join(lines)
    return Encoding(
        text=text,
        legend={one.area.a1: one.area for one in shown if one.kind != ClaimKind.VALUE},
        tokens=plan.tokens(text) if text else 0,
        shown_cells=told,
        left_out=tuple(area.a1 for area in left_out),
        hidden_cells=len(plan.sheet.cells) - len(plan.cells),
        summarised_cells=_summarised(plan, shown),
    )
