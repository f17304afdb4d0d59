"""LLM_ASK: a question about cells, answered in one text that cites them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from tickmark.analyses import ask
from tickmark.analyses.range_task import answered
from tickmark.analyses.range_view import RangeView, range_view
from tickmark.analyses.saved import Saved
from tickmark.engine.plan import Outcome, Plan
from tickmark.errors import ArgumentRefused, TickmarkError
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
from tickmark.hosts.functions.states import single
from tickmark.llm.tokens import estimate_tokens
from tickmark.settings import Settings


def body(call: Call, settings: Settings) -> Table | Question:
    """One text with citations such as `[Sheet1!C5]`, or `Not in data`.

    A question that is typed into the formula is the user's own instruction. A question that is
    taken from a cell is sent as the text of that cell, among the data: whoever wrote it can ask
    about the cells, and nothing else.
    """
    options = options_of(call.argument(2), settings, taken=("cite",))
    content = content_of(call.argument(0), "data")
    told = told_by(call.argument(1), "question")
    if not told.text:
        raise ArgumentRefused("question is empty")
    request = ask.AskRequest(told.text, options.model, options.language, told.cell)
    parts = [
        *("LLM_ASK", ask.version(), options.model, options.language, options.refresh),
        *(told.text, bool(told.cell), settings.sheet_tokens),
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
        return ask.plan({at: view(item, saved) for at, item in enumerate(items)}, request)

    def conclude(
        items: Sequence[Item], saved: Saved | None, outcomes: Mapping[str, Outcome]
    ) -> Mapping[int, Answer | TickmarkError]:
        views = {at: view(items[at], saved) for at in answered(outcomes, len(items))}
        return dated(ask.conclude(views, outcomes), saved, today())

    def present(answers: Sequence[Answer]) -> Table:
        return within_limits(
            single(ask.present(read_on(answers[0], today()), content, cite=options.cite))
        )

    return Question(
        function="LLM_ASK",
        group=address(*parts, told.cell),
        items=(Item(keys_of(content, *parts), content),),
        plan=plan,
        conclude=conclude,
        present=present,
        book=content.book,
        max_cost=options.max_cost,
        fresh=bool(options.refresh),
    )
