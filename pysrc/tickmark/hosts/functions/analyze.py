"""LLM_ANALYZE: what deserves attention in a range, as a table of findings that code has checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from tickmark.analyses import analyze_range
from tickmark.analyses.range_task import answered
from tickmark.analyses.range_view import RangeView, range_view
from tickmark.analyses.saved import Saved
from tickmark.engine.plan import Outcome, Plan
from tickmark.errors import TickmarkError
from tickmark.hosts.functions.call import Call, Table
from tickmark.hosts.functions.cell_limits import within_limits
from tickmark.hosts.functions.options import options_of
from tickmark.hosts.functions.question import Answer, Item, Question
from tickmark.hosts.functions.range_arguments import (
    address,
    content_of,
    keys_of,
    range_of,
    told_by,
)
from tickmark.hosts.functions.saved_time import dated, read_on, today
from tickmark.llm.tokens import estimate_tokens
from tickmark.settings import Settings


def body(call: Call, settings: Settings) -> Table | Question:
    """Rows of Finding, Evidence, Value, Check and Confidence, the header above unless header=no.

    The value is that of the first cited cell. A question from a cell is sent as the text of that
    cell, among the data.
    """
    options = options_of(call.argument(2), settings, taken=("header",))
    content = content_of(call.argument(0), "range")
    told = told_by(call.argument(1), "question")
    request = analyze_range.AnalyzeRequest(options.model, told.text, options.language, told.cell)
    parts = [
        *("LLM_ANALYZE", analyze_range.version(), options.model, options.language),
        *(options.refresh, told.text, bool(told.cell), settings.sheet_tokens),
    ]
    tokens = partial(estimate_tokens, model=options.model)

    def view(item: Item, saved: Saved | None) -> RangeView:
        return range_view(
            range_of(item),
            saved,
            budget=settings.sheet_tokens,
            tokens=tokens,
            question=told.text,
        )

    def plan(items: Sequence[Item], saved: Saved | None) -> Plan:
        views = {at: view(item, saved) for at, item in enumerate(items)}
        return analyze_range.plan(views, request)

    def conclude(
        items: Sequence[Item], saved: Saved | None, outcomes: Mapping[str, Outcome]
    ) -> Mapping[int, Answer | TickmarkError]:
        views = {at: view(items[at], saved) for at in answered(outcomes, len(items))}
        return dated(analyze_range.conclude(views, outcomes), saved, today())

    def present(answers: Sequence[Answer]) -> Table:
        return within_limits(
            analyze_range.present(read_on(answers[0], today()), content, header=options.header)
        )

    return Question(
        function="LLM_ANALYZE",
        group=address(*parts, told.cell),
        items=(Item(keys_of(content, *parts), content),),
        plan=plan,
        conclude=conclude,
        present=present,
        book=content.book,
        max_cost=options.max_cost,
        fresh=bool(options.refresh),
    )
