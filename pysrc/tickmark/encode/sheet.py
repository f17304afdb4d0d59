"""One sheet as text: as a skeleton, without loss, or within a budget of tokens."""

from __future__ import annotations

from functools import partial

from tickmark.encode.budget import within
from tickmark.encode.detail import LOSSLESS, SKELETON
from tickmark.encode.encoding import Encoding, Level
from tickmark.encode.plan import Tokens, plan_of
from tickmark.encode.source import Source

__all__ = ["Tokens", "encode_sheet"]


def encode_sheet(
    source: Source,
    *,
    tokens: Tokens,
    budget: int | None = None,
    level: Level | None = None,
    question: str = "",
) -> Encoding:
    """A sheet as text, counted by `tokens`.

    With a `budget` as much as it allows and never more: header and boxes of tables first, then
    exceptions, labels, formulas and types, then statistics, then exact cells, those that the
    `question` names first; the whole sheet without loss where there is room. An empty text where
    the budget does not even hold a heading. Without a budget the `level` decides, by default the
    skeleton. Addresses are those of the sheet.
    """
    plan = plan_of(source, tokens, partial(encode_sheet, tokens=tokens, level=Level.LOSSLESS))
    if budget is not None:
        return within(plan, budget, question)
    level, detail = (level, LOSSLESS) if level is Level.LOSSLESS else (Level.SKELETON, SKELETON)
    return plan.finished(plan.draft(detail, plan.exact(detail)), level)
