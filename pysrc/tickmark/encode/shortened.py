"""A sheet that has no room: its most important lines, and by range what is left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from tickmark.encode.cell_index import Edges
from tickmark.encode.detail import SKELETON, Detail
from tickmark.encode.encoding import Encoding
from tickmark.encode.left_out import left_out_areas, left_out_line
from tickmark.encode.line import Line
from tickmark.encode.lines import LineWriter
from tickmark.encode.parts import Part, PartKind
from tickmark.encode.plan import Draft, Plan
from tickmark.encode.standing import Standing

FEWEST_TOKENS: Final = 2
"""No line costs less."""

AREAS_NAMED: Final = (30, 10, 3, 0)
"""So many areas that are left out are named, as far as there is room."""

HEADER_SHARE: Final = 4
"""The lines above the cells but the first take at most this part of a budget."""

MISFITS: Final = 40
"""After so many parts without room no other is tried."""

CUT_ROOM: Final = 30
"""Tokens for which the beginning of a part is told; it takes at most half of those left."""

HALVINGS: Final = 8
"""So many times a part is made shorter to fit."""


def shortened(plan: Plan, detail: Detail, budget: int) -> Encoding:
    """The most important lines that fit, the left-out parts named as fully as they fit."""
    exact = plan.exact(detail)
    parts = plan.parts(detail, exact)
    header = _short_header(plan, budget)
    room = budget - plan.tokens("\n".join(header)) - 1
    if len(header) <= len(plan.preface.dates):
        # Without these lines nothing could be understood.
        room = 0
    chosen = list(_fitting(plan, plan.writer(detail), parts, budget, room))
    while True:
        lines = [line for _, some in sorted(chosen, key=lambda one: one[0]) for line in some]
        texts = [*header, *(line.text for line in lines)]
        told = plan.told(lines)
        left_out = left_out_areas(plan.source.sheet.name, plan.cells, told)
        for named in AREAS_NAMED if header else ():
            line = left_out_line(left_out, int(np.count_nonzero(~told)), named)
            written = [*texts, line] if left_out else texts
            text = "\n".join(written)
            tokens = plan.tokens(text) if text else 0
            if tokens <= budget:
                draft = Draft(detail, exact, lines, text, tokens)
                return plan.finished(draft, left_out=left_out)
        if not chosen:
            break
        chosen = chosen[: len(chosen) - max(1, len(chosen) // 10)]
    return plan.finished(Draft(detail, exact, (), "", 0), left_out=left_out)


def _fitting(
    plan: Plan, writer: LineWriter, parts: Sequence[Part], budget: int, room: int
) -> Iterator[tuple[int, list[Line]]]:
    """The lines of the most urgent parts that have room, with the place of each part."""
    urgent = sorted(range(len(parts)), key=lambda at: _urgency(plan, parts[at]))
    misfits = 0
    for at in urgent[: budget // FEWEST_TOKENS + 1]:
        lines = writer.lines([parts[at]])
        price = _price(plan, lines)
        if price > room:
            misfits += 1
            if misfits > MISFITS:
                break
            if room < CUT_ROOM:
                continue
            lines, price = _beginning(plan, writer, parts[at], price, room // 2)
        if lines:
            room -= price
            yield at, lines


def _urgency(plan: Plan, part: Part) -> tuple[int, int, int]:
    """Headers come first, then single formulas, labels, copies, other lists, summaries."""
    top, left, bottom, right = part.areas[0]
    size = (bottom - top + 1) * (right - left + 1)
    if part.kind is PartKind.LIST:
        (at,) = plan.index.at([top], [left])
        own = np.searchsorted(plan.cells.positions, at)
        naming = Standing.LOOSE < plan.cells.standings[own] <= Standing.LABEL
        return (0 if naming else 3, top, left)
    if part.kind is PartKind.FORMULA:
        return (1 if size == 1 and len(part.areas) == 1 else 2, top, left)
    return (4, top, left)


def _price(plan: Plan, lines: Sequence[Line]) -> int:
    return sum(plan.tokens(line.text) + 1 for line in lines)


def _beginning(
    plan: Plan, writer: LineWriter, part: Part, price: int, room: int
) -> tuple[list[Line], int]:
    """The lines of the first rows of a part, or of the first columns of its only row."""
    top, left = part.areas[0][:2]
    bottom, right = max(area[2] for area in part.areas), max(area[3] for area in part.areas)
    by_rows = bottom > top
    size = bottom - top + 1 if by_rows else right - left + 1
    for _ in range(HALVINGS):
        size = min(size * room // price, size // 2)
        if not size:
            break
        ends = (top + size - 1, right) if by_rows else (bottom, left + size - 1)
        lines = writer.lines([_until(part, *ends)])
        price = _price(plan, lines)
        if price <= room:
            return lines, price
    return [], 0


def _until(part: Part, row: int, column: int) -> Part:
    """A part without what lies below a row or right of a column."""

    def clipped(areas: Sequence[Edges]) -> tuple[Edges, ...]:
        return tuple(
            (top, left, min(bottom, row), min(right, column))
            for top, left, bottom, right in areas
            if top <= row and left <= column
        )

    return replace(part, areas=clipped(part.areas), excepted=clipped(part.excepted))


def _short_header(plan: Plan, budget: int) -> list[str]:
    """The first lines of the header that keep to their share of a budget.

    Its first, and how dates count, may take all.
    """
    kept: list[str] = []
    needed = 1 + len(plan.preface.dates)
    for line in plan.header(SKELETON):
        share = 1 if len(kept) < needed else HEADER_SHARE
        if plan.tokens("\n".join((*kept, line))) > budget // share:
            break
        kept.append(line)
    return kept
