"""LLM_EXPLAIN: what the formula of a cell computes, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tickmark.analyses import explain
from tickmark.analyses.formula_view import formula_view
from tickmark.analyses.range_task import answered
from tickmark.analyses.saved import Saved
from tickmark.engine.plan import Outcome, Plan
from tickmark.errors import ArgumentRefused, TickmarkError
from tickmark.hosts.functions.call import Argument, Call, Table
from tickmark.hosts.functions.cell_limits import within_limits
from tickmark.hosts.functions.cell_texts import value_text
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
from tickmark.model.range_content import RangeContent
from tickmark.settings import Settings
from tickmark.structure.number_formats import GENERAL


def body(call: Call, settings: Settings) -> Table | Question:
    """One text; for a cell without a formula at once that it is a constant.

    Copies of a formula on one sheet share an answer: neither the value of the cell nor a label that
    only some of them have is part of it. On another sheet, where other labels may stand, a saved
    workbook's formula is asked about anew.
    """
    options = options_of(call.argument(2), settings)
    content = _cell(call.argument(0))
    level = told_by(call.argument(1), "level").text.lower() or explain.LEVELS[0]
    if level not in explain.LEVELS:
        raise ArgumentRefused("level is short, steps or business")
    # A text that was typed as '=A1 has itself as formula text.
    if content.formulas[0][0] in {"", content.values[0][0]}:
        return single(_constant(content))
    request = explain.ExplainRequest(options.model, level, options.language)
    sheet = content.area.sheet.casefold() if content.area is not None and content.book else ""
    parts = [
        *("LLM_EXPLAIN", explain.version(), options.model, options.language, options.refresh),
        *(level, content.book.casefold(), sheet),
    ]

    def plan(items: Sequence[Item], saved: Saved | None) -> Plan:
        views = {at: formula_view(range_of(item), saved) for at, item in enumerate(items)}
        return explain.plan(views, request)

    def conclude(
        items: Sequence[Item], saved: Saved | None, outcomes: Mapping[str, Outcome]
    ) -> Mapping[int, Answer | TickmarkError]:
        positions = answered(outcomes, len(items))
        views = {at: formula_view(range_of(items[at]), saved) for at in positions}
        return dated(explain.conclude(views, outcomes), saved, today())

    def present(answers: Sequence[Answer]) -> Table:
        return within_limits(single(explain.present(read_on(answers[0], today()), content)))

    return Question(
        function="LLM_EXPLAIN",
        group=address(*parts),
        items=(Item(keys_of(explain.formula_only(content), *parts), content),),
        plan=plan,
        conclude=conclude,
        present=present,
        book=content.book,
        max_cost=options.max_cost,
        fresh=bool(options.refresh),
    )


def _cell(argument: Argument) -> RangeContent:
    """The one cell. Raises ArgumentRefused."""
    content = content_of(argument, "cell")
    if content.area is None or content.shape != (1, 1):
        raise ArgumentRefused("cell is a reference to one cell, such as D14")
    if not content.formulas:
        raise ArgumentRefused(f"the formula of {content.area} was not seen; recalculate")
    return content


def _constant(content: RangeContent) -> str:
    value = content.values[0][0]
    shown = value_text(value, content.formats[0][0] if content.formats else GENERAL)
    return f"{content.area} is a constant, not a formula: {shown}"
