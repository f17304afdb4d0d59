"""LLM_AUDIT: findings of fixed rules in a range; with explain=yes in the words of a model too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from secrets import token_hex
from typing import Final

from tickmark.analyses import audit_range
from tickmark.analyses.saved import Saved
from tickmark.audit.catalogue import rules, unknown_rule
from tickmark.engine.plan import Outcome, Plan
from tickmark.errors import ArgumentRefused, TickmarkError
from tickmark.hosts.functions.call import Argument, Call, Table
from tickmark.hosts.functions.cell_limits import within_limits
from tickmark.hosts.functions.cell_texts import texts_of
from tickmark.hosts.functions.options import options_of
from tickmark.hosts.functions.question import Answer, Item, Question
from tickmark.hosts.functions.range_arguments import address, content_of, keys_of, range_of
from tickmark.hosts.functions.saved_time import dated, read_on, today
from tickmark.llm.tokens import estimate_tokens
from tickmark.settings import Settings
from tickmark.structure.range_sheet import place_of

# Findings of code alone depend on the saved workbook, whose state no calculating cell may look up,
# and cost nothing: they are found again in each session. The answer names the time of saving.
_SESSION: Final = token_hex(16)


def body(call: Call, settings: Settings) -> Table | Question:
    """Rows of Severity, Rule, Cell, What, Why and Fix, the header above unless header=no.

    Free. With explain=yes the model says of each finding why it matters here; it is asked once a
    range.
    """
    options = options_of(call.argument(2), settings, taken=("header", "explain"))
    content = content_of(call.argument(0), "range")
    if content.area is None:
        raise ArgumentRefused("range is a reference to cells, such as A1:M90")
    chosen = _rules(call.argument(1))
    request = audit_range.AuditRequest(options.model, chosen, options.explain, options.language)
    parts: list[object] = ["LLM_AUDIT", chosen, content.book.casefold(), options.refresh]
    parts.append(content.area.sheet.casefold())
    if options.explain:
        parts += [audit_range.version(), options.model, options.language, settings.sheet_tokens]
    else:
        parts += [_SESSION, place_of(content).a1]
    keys = keys_of(content, *parts)
    tokens = partial(estimate_tokens, model=options.model)

    def audited(item: Item, saved: Saved | None) -> audit_range.AuditedRange:
        return audit_range.audited(
            range_of(item), saved, request, budget=settings.sheet_tokens, tokens=tokens
        )

    def plan(items: Sequence[Item], saved: Saved | None) -> Plan:
        if not options.explain:
            return Plan(())
        audits = {at: audited(item, saved) for at, item in enumerate(items)}
        return audit_range.plan(audits, request)

    def conclude(
        items: Sequence[Item], saved: Saved | None, outcomes: Mapping[str, Outcome]
    ) -> Mapping[int, Answer | TickmarkError]:
        audits = {at: audited(item, saved) for at, item in enumerate(items)}
        return dated(audit_range.conclude(audits, outcomes), saved, today())

    def present(answers: Sequence[Answer]) -> Table:
        return within_limits(
            audit_range.present(read_on(answers[0], today()), content, header=options.header)
        )

    return Question(
        function="LLM_AUDIT",
        group=address(*keys),
        items=(Item(keys, content),),
        plan=plan,
        conclude=conclude,
        present=present,
        book=content.book,
        free=not options.explain,
        max_cost=options.max_cost,
        fresh=options.explain and bool(options.refresh),
    )


def _rules(argument: Argument) -> tuple[str, ...]:
    """Codes of the wanted rules, sorted; none where all are. Raises ArgumentRefused."""
    if argument is None:
        return ()
    texts = (text for row in texts_of(argument, "rules") for text in row)
    names = {
        part.strip().lower()
        for text in texts
        for part in text.replace(";", ",").split(",")
        if part.strip()
    }
    unknown = sorted(names - {one.code for one in rules()})
    if unknown:
        raise ArgumentRefused(unknown_rule(unknown[0][:40]).removesuffix("."))
    return tuple(sorted(names))
