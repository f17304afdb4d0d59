"""The richest encoding of a sheet that keeps to a budget of tokens."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from tickmark.encode.detail import LEANER, LOSSLESS, RICHER, SKELETON, Detail
from tickmark.encode.encoding import Encoding, Level
from tickmark.encode.plan import Draft, Plan
from tickmark.encode.ranking import ranked
from tickmark.encode.shortened import FEWEST_TOKENS, shortened
from tickmark.encode.standing import Numbers
from tickmark.model.grid import CellKind

TRIALS: Final = 6
"""So many times exact cells are added or taken away to come near to the budget."""

FORMULA_SHARE: Final = 0.5
"""Formulas are cut where they would take more of a budget."""

SHORTEST_FORMULA: Final = 24
"""No formula is cut to fewer characters for the others."""

CHARACTERS_A_TOKEN: Final = 2.5
"""Of formulas, roughly."""

CHARACTERS_A_CELL_TOKEN: Final = 3
"""Of literals, roughly."""

LONGEST_TOKEN: Final = 64
"""Different texts with more characters a token are not tried without loss."""


def within(plan: Plan, budget: int, question: str) -> Encoding:
    """As much of a sheet as a budget allows, with exact cells first that a question names."""
    for wished in (SKELETON, *LEANER):
        draft = _draft(plan, wished, budget)
        if draft is not None:
            break
    else:
        return shortened(plan, with_room(plan, LEANER[-1], budget), budget)
    if wished is SKELETON:
        if _may_fit(plan, budget):
            whole = plan.draft(LOSSLESS, plan.exact(LOSSLESS))
            if whole.tokens <= budget:
                return plan.finished(whole, Level.LOSSLESS)
        richer = (_draft(plan, detail, budget) for detail in RICHER)
        draft = next((one for one in richer if one is not None), draft)
    return plan.finished(_filled(plan, draft, budget, question))


def _draft(plan: Plan, wished: Detail, budget: int) -> Draft | None:
    """The text in a detail; nothing where it does not keep to the budget."""
    detail = with_room(plan, wished, budget)
    exact = plan.exact(detail)
    parts = plan.parts(detail, exact)
    if len(parts) * FEWEST_TOKENS > budget:
        return None
    draft = plan.draft(detail, exact, parts)
    return draft if draft.tokens <= budget else None


def with_room(plan: Plan, detail: Detail, budget: int) -> Detail:
    """A detail with formulas cut so short that all of them keep to their share of a budget."""
    lengths = np.sort(plan.formula_lengths())
    room = budget * FORMULA_SHARE * CHARACTERS_A_TOKEN
    if lengths.clip(max=detail.formula).sum() <= room:
        return detail
    # With the k shortest whole, the others share what is left.
    whole = np.concatenate(([0], np.cumsum(lengths)))
    rest = np.arange(len(lengths), -1, -1)
    shares = (room - whole) / np.maximum(rest, 1)
    longest = int(max(SHORTEST_FORMULA, shares.max()))
    return replace(detail, formula=min(detail.formula, longest))


def _may_fit(plan: Plan, budget: int) -> bool:
    """Whether a sheet could be told without loss: one token a cell that is not foreseeable."""
    cells = plan.cells
    values = plan.index.cells.values[cells.positions]
    items = []
    for lines, places in ((cells.columns, cells.rows), (cells.rows, cells.columns)):
        order = np.lexsort((places, lines))
        line, held, kind = lines[order], values[order], cells.kinds[order]
        with np.errstate(over="ignore"):
            step = np.diff(held, prepend=np.nan)
        even = (step == 0) | (step == np.append(np.nan, step[:-1]))
        same = np.append(False, (line[1:] == line[:-1]) & (kind[1:] == kind[:-1]))
        items.append(np.count_nonzero(~(even & same)))
    texts = np.unique(values[cells.kinds == CellKind.TEXT]).astype(np.intp).tolist()
    characters = sum(len(plan.index.cells.texts[text]) for text in texts)
    return bool(min(items) <= budget) and characters <= budget * LONGEST_TOKEN


def _filled(plan: Plan, best: Draft, budget: int, question: str) -> Draft:
    """Exact cells added as far as there is room."""
    detail, base = best.detail, best.exact
    order = ranked(plan.source, plan.cells, ~base, question)
    low, high = 0, len(order)
    guess = _fitting(plan, order, budget - best.tokens, detail)
    for _ in range(TRIALS):
        if low >= high:
            break
        middle = min(max(guess, low + 1), high)
        exact = base.copy()
        exact[order[:middle]] = True
        draft = plan.draft(detail, exact)
        if draft.tokens <= budget:
            best, low = draft, middle
            spare = budget - draft.tokens
            guess = middle + max(1, _fitting(plan, order[middle:], spare, detail))
        else:
            high = middle - 1
            guess = (low + high) // 2
    return best


def _fitting(plan: Plan, order: Numbers, room: int, detail: Detail) -> int:
    """About how many cells of an order keep to a number of tokens."""
    positions = plan.cells.positions[order[: room + 1]]
    texts = plan.literals.many(positions, detail.text)
    prices = np.cumsum([len(text) / CHARACTERS_A_CELL_TOKEN + 1 for text in texts])
    return int(np.searchsorted(prices, room))
