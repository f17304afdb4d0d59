"""The main job: one question per sheet, one per workbook, and the analysis made of the answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from tickmark.analyses.forms import SheetForm, WorkbookForm
from tickmark.analyses.halves import FINDINGS, SHEET, WORKBOOK
from tickmark.analyses.prepared import Prepared, PreparedSheet
from tickmark.engine.plan import Done, Failed, Outcome, Plan, Skipped, Task
from tickmark.ground.citations import check_citations
from tickmark.llm.answers import schema_of
from tickmark.llm.model import Prompt
from tickmark.model.analysis import Analysis, Citation, Remark, SheetAnalysis, Status
from tickmark.model.finding import Finding
from tickmark.model.usage import Usage
from tickmark.templates import constant_text, render_text, template_text

WORKBOOK_TASK = "workbook"
SHEET_ANSWER_TOKENS = 4000
WORKBOOK_ANSWER_TOKENS = 2000
FINDINGS_SHOWN = 40
LONGEST_TEXT = 4000
LONGEST_MESSAGE = 500
# Characters of all readings in the workbook's prompt; each sheet has its share.
READINGS_SHOWN = 200_000

_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


def plan(prepared: Prepared, *, model: str, question: str = "") -> Plan:
    """One task per sheet that may be shown, and one for the workbook behind them.

    The workbook's task runs even where a sheet's failed; it is told which are missing. A workbook
    with nothing to show has an empty plan.
    """
    tasks = [
        Task(
            id=_sheet_task(index),
            prompt=_fixed(_sheet_prompt(prepared, sheet, model, question)),
            form=SheetForm,
            split=SHEET,
        )
        for index, sheet in enumerate(prepared.sheets)
        if sheet.text is not None
    ]
    if not tasks:
        return Plan(())

    def summed_up(parents: Mapping[str, Outcome]) -> Prompt:
        return _workbook_prompt(prepared, parents, model, question)

    last = Task(
        id=WORKBOOK_TASK,
        prompt=summed_up,
        form=WorkbookForm,
        after=tuple(task.id for task in tasks),
        tolerant=True,
        split=WORKBOOK,
    )
    return Plan((*tasks, last))


def conclude(
    prepared: Prepared,
    outcomes: Mapping[str, Outcome],
    *,
    model: str = "",
    question: str = "",
    seconds: float = 0.0,
) -> Analysis:
    """The analysis of one workbook; without outcomes it is rules only."""
    sheets = tuple(
        _concluded(sheet, outcomes.get(_sheet_task(index)))
        for index, sheet in enumerate(prepared.sheets)
    )
    problems = prepared.problems
    summary = ""
    last = outcomes.get(WORKBOOK_TASK)
    if isinstance(last, Done) and isinstance(last.value, WorkbookForm):
        summary = _plain(last.value.summary)
    elif last is not None:
        problems += (f"The workbook was not summed up: {_reason(last)}",)
    complete = not prepared.incomplete and all(isinstance(o, Done) for o in outcomes.values())
    return Analysis(
        path=prepared.path,
        status=Status.OK if complete else Status.INCOMPLETE,
        sha256=prepared.sha256,
        fingerprint=prepared.fingerprint,
        format=prepared.format,
        model=model,
        question=question,
        summary=summary,
        sheets=sheets,
        findings=prepared.findings,
        external_links=prepared.external_links,
        contents=prepared.contents,
        problems=problems,
        notes=prepared.notes,
        usage=sum((_usage(outcome) for outcome in outcomes.values()), Usage()),
        seconds=seconds,
    )


def _sheet_task(index: int) -> str:
    return f"sheet {index + 1}"


def _fixed(prompt: Prompt) -> Callable[[Mapping[str, Outcome]], Prompt]:
    return lambda _parents: prompt


def _sheet_prompt(prepared: Prepared, sheet: PreparedSheet, model: str, question: str) -> Prompt:
    if sheet.text is None:
        message = f"{sheet.facts.name} has no text to show"
        raise ValueError(message)
    own = [f for f in prepared.shown_findings if f.sheet == sheet.facts.name]
    return Prompt(
        model=model,
        system=constant_text("prompts/sheet-system.md.j2"),
        data="\n".join((sheet.text, *_finding_lines(own))),
        user=render_text("prompts/sheet-user.md.j2", question=question).strip(),
        schema=schema_of(SheetForm),
        max_tokens=SHEET_ANSWER_TOKENS,
        about=f"{prepared.path} {sheet.facts.name}!{sheet.facts.used_range}",
    )


def _workbook_prompt(
    prepared: Prepared, parents: Mapping[str, Outcome], model: str, question: str
) -> Prompt:
    lines = [*prepared.preface]
    share = READINGS_SHOWN // max(1, len(parents))
    for index, sheet in enumerate(prepared.sheets):
        if sheet.text is not None:
            lines += _within(share, _sheet_lines(sheet, parents.get(_sheet_task(index))))
    lines += _finding_lines(list(prepared.shown_findings))
    return Prompt(
        model=model,
        system=template_text("prompts/workbook-system.md"),
        data="\n".join(lines),
        user=render_text("prompts/workbook-user.md.j2", question=question).strip(),
        schema=schema_of(WorkbookForm),
        max_tokens=WORKBOOK_ANSWER_TOKENS,
        about=prepared.path,
    )


def _sheet_lines(sheet: PreparedSheet, outcome: Outcome | None) -> list[str]:
    facts = sheet.facts
    coverage = facts.coverage
    counts = (
        f"{coverage.cells} cells, {coverage.formulas} formulas, {coverage.errors} errors, "
        f"{coverage.hidden_cells} hidden cells not shown"
    )
    lines = [f"Sheet {_one_line(facts.name)}: used range {facts.used_range}, {counts}."]
    if isinstance(outcome, Done) and isinstance(outcome.value, SheetForm):
        lines.append(f"  Reading: {_one_line(outcome.value.summary)}")
        for remark in outcome.value.remarks[:FINDINGS_SHOWN]:
            cells = ", ".join(remark.cells)
            lines.append(f"  Remark: {_one_line(remark.text)} [{_one_line(cells)}]")
    elif outcome is not None:
        lines.append("  Reading: missing, this sheet was not analysed.")
    return lines


def _within(share: int, lines: list[str]) -> list[str]:
    """The first lines, the last of them cut, that keep to a number of characters."""
    kept = []
    for line in lines:
        if share <= 0:
            break
        kept.append(line[:share])
        share -= len(line)
    return kept


def _finding_lines(findings: list[Finding]) -> list[str]:
    if not findings:
        return []
    lines = ["", FINDINGS]
    for finding in findings[:FINDINGS_SHOWN]:
        place = f"{finding.sheet} {', '.join(finding.ranges[:8])}".strip() or "workbook"
        lines.append(
            f"- {finding.severity.word} {finding.rule}, {_one_line(place)}: "
            f"{_one_line(finding.message)[:LONGEST_MESSAGE]}"
        )
    if len(findings) > FINDINGS_SHOWN:
        lines.append(f"- and {len(findings) - FINDINGS_SHOWN} more")
    return lines


def _concluded(sheet: PreparedSheet, outcome: Outcome | None) -> SheetAnalysis:
    if outcome is None:
        return sheet.facts
    if not isinstance(outcome, Done) or not isinstance(outcome.value, SheetForm):
        return replace(sheet.facts, error=_reason(outcome))
    return replace(
        sheet.facts,
        summary=_plain(outcome.value.summary),
        remarks=tuple(
            Remark(_plain(remark.text), _citations(sheet, remark.cells))
            for remark in outcome.value.remarks
        ),
        notes=sheet.facts.notes + _parts(outcome),
    )


def _parts(outcome: Done) -> tuple[str, ...]:
    if outcome.parts == 1:
        return ()
    return (f"It was too long for the model and was read in {outcome.parts} parts.",)


def _citations(sheet: PreparedSheet, cells: list[str]) -> tuple[Citation, ...]:
    if sheet.used_range is None:
        return ()
    return check_citations(
        cells,
        sheet=sheet.facts.name,
        shown=sheet.shown,
        used_range=sheet.used_range,
    )


def _reason(outcome: Outcome) -> str:
    match outcome:
        case Failed():
            return str(outcome.error)
        case Skipped():
            return outcome.reason
        case Done():
            return "the answer had another form than was asked for"


def _usage(outcome: Outcome) -> Usage:
    return Usage() if isinstance(outcome, Skipped) else outcome.usage


def _one_line(text: str) -> str:
    """Text that cannot pretend to be another line of the block."""
    return _CONTROL.sub(" ", text).replace("\n", " ")[:LONGEST_TEXT]


def _plain(text: str) -> str:
    """What the model wrote, as text: no control characters, no overlong answers."""
    return _CONTROL.sub(" ", text).strip()[:LONGEST_TEXT]
