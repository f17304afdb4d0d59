"""Findings of fixed rules in a range, by code alone; on request a model says why they matter here.

The live range is laid over its sheet of the saved workbook, so that rules see what it refers to. A
range without a saved workbook is audited alone, by the rules that are right then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tickmark.analyses.forms import FindingsForm
from tickmark.analyses.kept_place import move_to, place_as_json, sentence
from tickmark.analyses.range_task import prompt_version, range_answer, range_task
from tickmark.analyses.range_view import (
    RangeView,
    Tokens,
    agrees_with,
    range_view,
    saved_sheet,
)
from tickmark.analyses.saved import Saved
from tickmark.audit.audit import audit
from tickmark.audit.catalogue import rule_named
from tickmark.audit.instructions.untold import may_be_told
from tickmark.encode.values import text_value
from tickmark.engine.plan import Outcome, Plan
from tickmark.errors import TickmarkError
from tickmark.ground.cited_text import (
    CitedCells,
    as_json,
    cells_as_json,
    cells_from_json,
    cells_text,
    check_text,
    from_json,
    written,
)
from tickmark.ground.moves import Move
from tickmark.llm.answers import schema_of
from tickmark.llm.model import Prompt
from tickmark.model.address import RangeRef, quote_sheet_name
from tickmark.model.finding import Finding, Tier
from tickmark.model.range_content import RangeContent
from tickmark.model.workbook import SheetState, Workbook
from tickmark.structure.link_numbers import as_filed
from tickmark.structure.overlay import overlaid
from tickmark.structure.range_sheet import place_of, range_workbook
from tickmark.templates import constant_text, render_text

HEADER: Final = ("Severity", "Rule", "Cell", "What", "Why", "Fix")
NO_FINDINGS: Final = "No findings"
NONE: Final = "none"

ALONE: Final = frozenset(
    {
        "broken-link",
        "broken-reference",
        "circular-reference",
        "error-value",
        "external-link",
        "instruction-text",
        "number-among-formulas",
        "outward-formula",
    }
)
"""Rules that are right about a range whose workbook is not seen."""

ANSWER_TOKENS: Final = 4000
MOST_FINDINGS: Final = 1000
MOST_EXPLAINED: Final = 40
MOST_AREAS: Final = 8
LONGEST_WHY: Final = 240
LONGEST_EVIDENCE: Final = 300

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AuditRequest:
    """What is asked; `explain` has the model say why.

    Without `rules` all are applied and what only informs is left out; of rules that are named
    everything is told. What was dismissed in Excel is counted in either case.
    """

    model: str
    rules: tuple[str, ...] = ()
    explain: bool = False
    language: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class AuditedRange:
    """A range with the findings in it; `told` are those that a model may be told, by position.

    `saved_at` is "" where the range was audited alone; `notes` then say so.
    """

    content: RangeContent
    findings: tuple[Finding, ...]
    told: tuple[int, ...]
    view: RangeView | None
    saved_at: str = ""
    notes: tuple[str, ...] = ()


def version() -> str:
    """Changes with the prompt."""
    return prompt_version("findings", FindingsForm)


def audited(
    content: RangeContent,
    saved: Saved | None,
    request: AuditRequest,
    *,
    budget: int,
    tokens: Tokens,
) -> AuditedRange:
    """The findings in a range; `budget` bounds its text for the model, as counted by `tokens`."""
    place = place_of(content)
    date1904 = saved.workbook.date1904 if saved is not None else False
    live = range_workbook(content, date1904=date1904)
    behind = saved_sheet(content, saved)
    notes: list[str] = []
    whole: Workbook | None = None
    filed = as_filed(live, saved.workbook) if saved is not None else live
    if saved is None or behind is None:
        notes.append("only the range was audited: no saved file was found")
    elif not agrees_with(filed.sheets[0], behind):
        notes.append(
            f"only the range was audited: {place.sheet} has changed since it was saved {saved.at}"
        )
    else:
        whole = overlaid(saved.workbook, filed, place)
    found = audit(whole if whole is not None else live)
    asked_for = [
        one
        for one in found
        if _is_in(one, place)
        and (one.rule in request.rules if request.rules else one.tier is Tier.DEFAULT)
        and (whole is not None or one.rule in ALONE)
    ]
    chosen = [one for one in asked_for if not one.dismissed]
    if len(chosen) < len(asked_for):
        notes.append(f"{len(asked_for) - len(chosen):,} dismissed in Excel")
    if len(chosen) > MOST_FINDINGS:
        notes.append(f"the first {MOST_FINDINGS:,} of {len(chosen):,} findings")
    if whole is None and not content.formulas:
        notes.append("formulas were not seen")
    kept = tuple(chosen[:MOST_FINDINGS])
    hidden = _hidden_names(whole) if whole is not None else ()
    told = [at for at, one in enumerate(kept) if may_be_told(one) and not _names_any(one, hidden)]
    asked = tuple(told[:MOST_EXPLAINED]) if request.explain else ()
    return AuditedRange(
        content=content,
        findings=kept,
        told=asked,
        view=range_view(content, saved, budget=budget, tokens=tokens) if asked else None,
        saved_at=saved.at if saved is not None and whole is not None else "",
        notes=tuple(notes),
    )


def plan(audits: Mapping[int, AuditedRange], request: AuditRequest) -> Plan:
    """One task for each range with findings to be told why, by its position; else none."""
    return Plan(
        tuple(
            range_task(index, _prompt(one, request), FindingsForm)
            for index, one in audits.items()
            if one.told
        )
    )


def conclude(
    audits: Mapping[int, AuditedRange], outcomes: Mapping[str, Outcome]
) -> dict[int, dict[str, object] | TickmarkError]:
    """The answer to be kept (JSON), or the error, of each range whose outcome is there.

    A range about which nothing was asked is answered in any case.
    """
    found: dict[int, dict[str, object] | TickmarkError] = {}
    for index, one in audits.items():
        if not one.told:
            found[index] = _answer(one, FindingsForm(findings=[]))
            continue
        form = range_answer(outcomes, index, FindingsForm)
        if isinstance(form, FindingsForm):
            found[index] = _answer(one, form)
        elif form is not None:
            found[index] = form
    return found


def present(
    answer: Mapping[str, object], content: RangeContent, *, header: bool = True
) -> tuple[Row, ...]:
    """A kept answer as a table, its addresses where the range is now. Raises ValueError."""
    move = move_to(answer.get("place"), content)
    findings = answer.get("findings")
    rows = [_row(one, move) for one in findings] if isinstance(findings, list) else []
    if not rows:
        rows.append((NONE, "", str(place_of(content)), NO_FINDINGS, "", ""))
    notes = answer.get("notes")
    texts = [one for one in notes if isinstance(one, str)] if isinstance(notes, list) else []
    saved_at = answer.get("saved_at")
    if isinstance(saved_at, str) and saved_at:
        texts.append(f"cells outside the range as saved {saved_at}")
    if texts:
        rows.append(("note", "", "", sentence(texts), "", ""))
    return (HEADER, *rows) if header else tuple(rows)


def _is_in(finding: Finding, place: RangeRef) -> bool:
    return finding.sheet.casefold() == place.sheet.casefold() and any(
        RangeRef.parse(area, sheet=place.sheet).meets(place) for area in finding.ranges
    )


def _hidden_names(workbook: Workbook) -> tuple[str, ...]:
    return tuple(
        f"{name}!".casefold()
        for sheet in workbook.sheets
        if sheet.state is not SheetState.VISIBLE
        for name in (sheet.name, quote_sheet_name(sheet.name))
    )


def _names_any(finding: Finding, names: Sequence[str]) -> bool:
    """Whether a finding's words name a hidden sheet; such words reach no model."""
    texts = (finding.message, finding.fix, *finding.evidence.values())
    return any(name in text.casefold() for text in texts for name in names)


def _prompt(one: AuditedRange, request: AuditRequest) -> Prompt:
    lines = [one.view.text if one.view is not None else "", "", "Findings of fixed rules:"]
    for number, at in enumerate(one.told, start=1):
        lines += _finding_lines(number, one.findings[at])
    return Prompt(
        model=request.model,
        system=constant_text("prompts/findings-system.md.j2"),
        data="\n".join(lines),
        user=render_text("prompts/findings-user.md.j2", language=request.language).strip(),
        schema=schema_of(FindingsForm),
        max_tokens=ANSWER_TOKENS,
        about=one.view.content.about if one.view is not None else "",
    )


def _finding_lines(number: int, finding: Finding) -> list[str]:
    cells = ", ".join(finding.ranges[:MOST_AREAS])
    message = text_value(finding.message, 2 * LONGEST_EVIDENCE)
    lines = [f"{number}. {finding.severity.word} {finding.rule}, {cells}: {message}"]
    for name, text in finding.evidence.items():
        lines.append(f"   {name}: {text_value(text, LONGEST_EVIDENCE)}")
    return lines


def _answer(one: AuditedRange, form: FindingsForm) -> dict[str, object]:
    words = {why.number: why.why for why in form.findings}
    whys: dict[int, object] = {}
    if one.view is not None:
        for number, at in enumerate(one.told, start=1):
            if words.get(number, "").strip():
                whys[at] = as_json(check_text(words[number], one.view.grounds))
    return {
        "place": place_as_json(one.content),
        "findings": [
            {
                "severity": finding.severity.word,
                "rule": finding.rule,
                "cells": [cells_as_json(cells) for cells in _cells(finding)],
                "what": finding.message,
                "why": whys.get(at) or [_why(finding)],
                "fix": finding.fix,
            }
            for at, finding in enumerate(one.findings)
        ],
        "saved_at": one.saved_at,
        "notes": list(one.notes),
    }


def _cells(finding: Finding) -> list[CitedCells]:
    areas = (RangeRef.parse(text, sheet=finding.sheet) for text in finding.ranges)
    return [CitedCells(area.a1, area) for area in areas]


def _why(finding: Finding) -> str:
    """What the rule's documentation says, as far as a cell can show it."""
    rule = rule_named(finding.rule)
    text = " ".join(rule.sections["Why it matters"].split()) if rule is not None else ""
    if len(text) <= LONGEST_WHY:
        return text
    ends = [at for at in range(LONGEST_WHY) if text[at : at + 2] in {". ", "; "}]
    return text[: ends[-1] + 1] if ends else f"{text[:LONGEST_WHY]}…"


def _row(finding: object, move: Move) -> Row:
    match finding:
        case {
            "severity": str(severity),
            "rule": str(rule),
            "cells": list(cells),
            "what": str(what),
            "why": why,
            "fix": str(fix),
        }:
            shown = [cells_text(cells_from_json(one), move) for one in cells[:MOST_AREAS]]
            more = f" and {len(cells) - MOST_AREAS} more" if len(cells) > MOST_AREAS else ""
            return (
                severity,
                rule,
                ", ".join(shown) + more,
                move.text(what),
                written(from_json(why), move),
                move.text(fix),
            )
        case _:
            raise ValueError("a kept finding has another form")
