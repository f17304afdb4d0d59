"""Analyses and runs as JSON objects and back: `results.jsonl`, `run.json`, `analyze --json`.

The shapes carry `schema_version` 1. Numbers that JSON does not know become null or 0, so that
`json.dumps(..., allow_nan=False)` always succeeds; lone surrogates of odd file names are kept, so
dump with `ensure_ascii`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from tickmark.errors import InputError
from tickmark.model.analysis import (
    Analysis,
    Citation,
    Remark,
    SheetAnalysis,
    SheetCoverage,
    Status,
    Verdict,
)
from tickmark.model.finding import Effect, Finding, Severity, Tier
from tickmark.model.run import Run
from tickmark.model.traced_task import TracedTask
from tickmark.model.usage import Usage
from tickmark.report.fields import Fields

SCHEMA_VERSION: Final = 1


def analysis_record(analysis: Analysis) -> dict[str, object]:
    """One workbook as a line of `results.jsonl`.

    A finding stands with its sheet, or with the workbook where it names no sheet of it; `place`
    is its place in the order of the whole workbook. `claims` are the citations once more, one an
    entry, for readers that know claims only.
    """
    by_sheet: dict[str, list[dict[str, object]]] = {sheet.name: [] for sheet in analysis.sheets}
    elsewhere: list[dict[str, object]] = []
    for place, finding in enumerate(analysis.findings):
        record = finding_record(finding) | {"place": place}
        by_sheet.get(finding.sheet, elsewhere).append(record)
    return {
        "schema_version": SCHEMA_VERSION,
        "path": analysis.path,
        "format": analysis.format,
        "sha256": analysis.sha256,
        "fingerprint": analysis.fingerprint,
        "status": analysis.status.value,
        "error": analysis.error or None,
        "output": analysis.output,
        "model": analysis.model,
        "question": analysis.question,
        "summary": analysis.summary,
        "coverage": {
            "sheets": len(analysis.sheets),
            "cells": analysis.cells,
            "formulas": analysis.formulas,
        },
        # pop: of two sheets with one name the first takes the findings
        "sheets": [_sheet_record(one, by_sheet.pop(one.name, [])) for one in analysis.sheets],
        "findings": elsewhere,
        "external_links": list(analysis.external_links),
        "contents": list(analysis.contents),
        "problems": list(analysis.problems),
        "notes": list(analysis.notes),
        "usage": usage_record(analysis.usage),
        "cached": _all_cached(analysis.usage),
        "seconds": _finite(analysis.seconds),
        "trace": [_task_record(one) for one in analysis.trace],
        "trace_left_out": analysis.trace_left_out,
    }


def analysis_from_record(record: Mapping[str, object]) -> Analysis:
    """The analysis that `analysis_record` was made from. Raises InputError for another form."""
    fields = Fields(record, "A result")
    _check_version(fields)
    sheets = fields.records("sheets")
    findings = [one for sheet in sheets for one in sheet.records("findings")]
    findings += fields.records("findings")
    findings.sort(key=lambda one: one.integer("place"))
    return Analysis(
        path=fields.text("path"),
        status=fields.word("status", Status),
        sha256=fields.text("sha256"),
        fingerprint=fields.text("fingerprint"),
        format=fields.text("format"),
        output=fields.text("output"),
        error=fields.text_or_null("error"),
        model=fields.text("model"),
        question=fields.text("question"),
        summary=fields.text("summary"),
        sheets=tuple(_sheet(one) for one in sheets),
        findings=tuple(_finding(one) for one in findings),
        external_links=fields.texts("external_links"),
        contents=fields.texts("contents"),
        problems=fields.texts("problems"),
        notes=fields.texts("notes"),
        usage=_usage(fields.record("usage")),
        seconds=fields.real("seconds"),
        trace=tuple(map(_task, fields.records("trace"))),
        trace_left_out=fields.integer("trace_left_out") if fields.has("trace_left_out") else 0,
    )


def run_record(run: Run) -> dict[str, object]:
    """A run as `run.json`; `max_cost` is null where there is no limit."""
    return {
        "schema_version": SCHEMA_VERSION,
        "id": run.id,
        "version": run.version,
        "started": run.started,
        "finished": run.finished,
        "paths": list(run.paths),
        "model": run.model,
        "question": run.question,
        "max_cost": run.max_cost if math.isfinite(run.max_cost) else None,
        "workbooks": run.workbooks,
        "failed": run.failed,
        "incomplete": run.incomplete,
        "skipped": list(run.skipped),
        "complete": run.complete,
        "stopped": run.stopped,
        "exit_code": run.exit_code,
        "usage": usage_record(run.usage),
        "seconds": _finite(run.seconds),
        "bottlenecks": dict(run.bottlenecks) or None,
    }


def run_from_record(record: Mapping[str, object]) -> Run:
    """The run that `run_record` was made from. Raises InputError for another form."""
    fields = Fields(record, "A run record")
    _check_version(fields)
    return Run(
        id=fields.text("id"),
        version=fields.text("version"),
        started=fields.text("started"),
        finished=fields.text("finished"),
        paths=fields.texts("paths"),
        model=fields.text("model"),
        question=fields.text("question"),
        max_cost=fields.real("max_cost", null=math.inf),
        workbooks=fields.integer("workbooks"),
        failed=fields.integer("failed"),
        incomplete=fields.integer("incomplete"),
        skipped=fields.texts("skipped"),
        complete=fields.truth("complete"),
        stopped=fields.text("stopped"),
        exit_code=fields.integer("exit_code"),
        usage=_usage(fields.record("usage")),
        seconds=fields.real("seconds"),
        bottlenecks=fields.record("bottlenecks").content if fields.has("bottlenecks") else {},
    )


def finding_record(finding: Finding) -> dict[str, object]:
    """One finding as in every JSON of Tickmark, with its `key` for reading it back."""
    return {
        "rule": finding.rule,
        "severity": finding.severity.word,
        "tier": finding.tier.value,
        "confidence": _finite(finding.confidence),
        "sheet": finding.sheet,
        "ranges": list(finding.ranges),
        "message": finding.message,
        "evidence": dict(finding.evidence),
        "fix": finding.fix,
        "siblings": list(finding.siblings),
        "label": finding.label,
        "effect": _effect_record(finding.effect),
        "dismissed": finding.dismissed,
        "fingerprint": finding.fingerprint,
        "key": finding.key,
    }


def usage_record(usage: Usage) -> dict[str, object]:
    """Calls, tokens and US dollars."""
    return {
        "calls": usage.calls,
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "cache_read_tokens": usage.cache_read_tokens,
        "cache_write_tokens": usage.cache_write_tokens,
        "cached_calls": usage.cached_calls,
        "usd": _finite(usage.usd),
    }


def _task_record(task: TracedTask) -> dict[str, object]:
    return {
        "id": task.id,
        "status": task.status,
        "seconds": _finite(task.seconds),
        "waits": {cause: _finite(seconds) for cause, seconds in task.waits},
        "calls": task.calls,
        "retries": task.retries,
        "error": task.error or None,
    }


def _task(fields: Fields) -> TracedTask:
    waits = fields.record("waits")
    return TracedTask(
        id=fields.text("id"),
        status=fields.text("status"),
        seconds=fields.real("seconds"),
        waits=tuple((cause, waits.real(cause)) for cause in waits.names),
        calls=fields.integer("calls"),
        retries=fields.integer("retries"),
        error=fields.text_or_null("error"),
    )


def _check_version(fields: Fields) -> None:
    version = fields.integer("schema_version")
    if version != SCHEMA_VERSION:
        message = (
            f"{fields.what} has schema version {version}, and this Tickmark reads version "
            f"{SCHEMA_VERSION}; use the Tickmark that wrote it."
        )
        raise InputError(message)


def _sheet_record(sheet: SheetAnalysis, findings: Sequence[Mapping[str, object]]) -> object:
    return {
        "name": sheet.name,
        "state": sheet.state,
        "used_range": sheet.used_range,
        "tables": list(sheet.tables),
        "contents": list(sheet.contents),
        "coverage": {
            "cells": sheet.coverage.cells,
            "formulas": sheet.coverage.formulas,
            "errors": sheet.coverage.errors,
            "hidden_cells": sheet.coverage.hidden_cells,
            "shown_cells": sheet.coverage.shown_cells,
            "left_out": list(sheet.coverage.left_out),
        },
        "outline": list(sheet.outline),
        "summary": sheet.summary,
        "remarks": [_remark_record(one) for one in sheet.remarks],
        "claims": _claim_records(sheet.remarks),
        "findings": findings,
        "problems": list(sheet.problems),
        "notes": list(sheet.notes),
        "error": sheet.error or None,
    }


def _remark_record(remark: Remark) -> dict[str, object]:
    return {
        "text": remark.text,
        "citations": [
            {"sheet": one.sheet, "range": one.range, "verdict": one.verdict.value}
            for one in remark.citations
        ],
    }


def _claim_records(remarks: Iterable[Remark]) -> list[dict[str, object]]:
    return [
        {
            "text": remark.text,
            "cited": {"sheet": one.sheet, "range": one.range},
            "verdict": one.verdict.value,
        }
        for remark in remarks
        for one in remark.citations
    ]


def _sheet(fields: Fields) -> SheetAnalysis:
    coverage = fields.record("coverage")
    return SheetAnalysis(
        name=fields.text("name"),
        state=fields.text("state"),
        used_range=fields.text("used_range"),
        tables=fields.texts("tables"),
        contents=fields.texts("contents"),
        coverage=SheetCoverage(
            cells=coverage.integer("cells"),
            formulas=coverage.integer("formulas"),
            errors=coverage.integer("errors"),
            hidden_cells=coverage.integer("hidden_cells"),
            shown_cells=coverage.integer("shown_cells"),
            left_out=coverage.texts("left_out"),
        ),
        outline=fields.texts("outline"),
        summary=fields.text("summary"),
        remarks=tuple(_remark(one) for one in fields.records("remarks")),
        problems=fields.texts("problems"),
        notes=fields.texts("notes"),
        error=fields.text_or_null("error"),
    )


def _remark(fields: Fields) -> Remark:
    citations = fields.records("citations")
    return Remark(
        text=fields.text("text"),
        citations=tuple(
            Citation(one.text("sheet"), one.text("range"), one.word("verdict", Verdict))
            for one in citations
        ),
    )


def _finding(fields: Fields) -> Finding:
    evidence = fields.record("evidence")
    severities = {one.word: one for one in Severity}
    return Finding(
        rule=fields.text("rule"),
        severity=severities[fields.one_of("severity", severities)],
        message=fields.text("message"),
        sheet=fields.text("sheet"),
        ranges=fields.texts("ranges"),
        evidence={label: evidence.text(label) for label in evidence.names},
        fix=fields.text("fix"),
        confidence=fields.real("confidence"),
        tier=fields.word("tier", Tier),
        key=fields.text("key"),
        siblings=fields.texts("siblings") if fields.has("siblings") else (),
        label=fields.text("label") if fields.has("label") else "",
        effect=_effect(fields),
        dismissed=fields.text("dismissed") if fields.has("dismissed") else "",
    )


def _effect_record(effect: Effect | None) -> object:
    if effect is None:
        return None
    return {
        "dependents": effect.dependents,
        "outputs": effect.outputs,
        "labels": list(effect.labels),
    }


def _effect(fields: Fields) -> Effect | None:
    """The effect of a finding; a line of an older run may have none."""
    if not fields.has("effect"):
        return None
    effect = fields.record("effect")
    return Effect(effect.integer("dependents"), effect.integer("outputs"), effect.texts("labels"))


def _usage(fields: Fields) -> Usage:
    return Usage(
        calls=fields.integer("calls"),
        input_tokens=fields.integer("input_tokens"),
        output_tokens=fields.integer("output_tokens"),
        cache_read_tokens=fields.integer("cache_read_tokens"),
        cache_write_tokens=fields.integer("cache_write_tokens"),
        usd=fields.real("usd"),
        cached_calls=fields.integer("cached_calls"),
    )


def _all_cached(usage: Usage) -> bool:
    """Whether there were calls and not one of them reached the provider."""
    fresh = usage.input_tokens + usage.output_tokens + usage.cache_read_tokens
    return usage.cached_calls > 0 and not fresh and not usage.cache_write_tokens


def _finite(value: float) -> float:
    return value if math.isfinite(value) else 0.0
