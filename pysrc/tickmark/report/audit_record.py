"""An audit as JSON objects: `audit --json` and `--jsonl`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from tickmark.audit.judging.baseline import BaselineEntry
from tickmark.audit.judging.judgement import (
    HIDDEN,
    Disposition,
    JudgedFinding,
    JudgedRun,
    JudgedWorkbook,
    severities,
)
from tickmark.model.explanation import Explanation
from tickmark.report.records import finding_record

SCHEMA_VERSION: Final = 1

_OPEN: Final = Disposition.OPEN


def audit_record(run: JudgedRun) -> dict[str, object]:
    """The whole run as one object; `hidden` counts what is not listed, by reason and severity."""
    return {
        "schema_version": SCHEMA_VERSION,
        "complete": run.complete,
        "counts": {one.word: n for one, n in run.counts(Disposition.OPEN).items()},
        "hidden": _hidden(tuple(run.findings)),
        "baseline": run.baseline or None,
        "fixed": run.fixed,
        "notes": list(run.notes),
        "workbooks": [workbook_record(one, run.shown) for one in run.workbooks],
    }


def workbook_line(book: JudgedWorkbook, shown: Iterable[Disposition]) -> dict[str, object]:
    """One workbook as a line of JSON lines."""
    return {"schema_version": SCHEMA_VERSION} | workbook_record(book, shown)


def workbook_record(book: JudgedWorkbook, shown: Iterable[Disposition]) -> dict[str, object]:
    """One workbook; suppressed findings stand apart, each with the reason and its file."""
    audited = book.audited
    return {
        "path": audited.path,
        "sha256": audited.sha256 or None,
        "status": audited.status.value,
        "error": audited.error or None,
        "coverage": {
            "sheets": audited.sheets,
            "cells": audited.cells,
            "formulas": audited.formulas,
        },
        "problems": list(audited.problems),
        "notes": list(audited.notes),
        "findings": [judged_record(one) for one in book.of(*shown)],
        "suppressed": [
            judged_record(one) | {"reason": one.reason, "origin": one.origin}
            for one in book.of(Disposition.SUPPRESSED)
        ],
        "hidden": _hidden(book.findings),
        "fixed": [entry_record(one) for one in book.fixed],
    }


def judged_record(judged: JudgedFinding) -> dict[str, object]:
    """One finding with its id in this run, and why it is not as known as one may think.

    `explanation` is there where it was asked for.
    """
    grown = {"reason": judged.reason} if judged.disposition is _OPEN and judged.reason else {}
    made = judged.explanation
    said = {"explanation": explanation_record(made)} if made is not None else {}
    return {"id": judged.id} | finding_record(judged.finding) | grown | said


def explanation_record(explanation: Explanation) -> dict[str, object]:
    """What is said about a finding; `struck` counts the sentences that did not stay."""
    return {
        "cause": explanation.cause,
        "effect": explanation.effect,
        "fix": explanation.fix,
        "struck": explanation.struck,
        "author": explanation.author.value,
    }


def entry_record(entry: BaselineEntry) -> dict[str, object]:
    """One entry of a baseline, as in its file."""
    return {
        "path": entry.path,
        "sheet": entry.sheet,
        "rule": entry.rule,
        "label": entry.label,
        "message": entry.message,
        "fingerprint": entry.fingerprint,
        "count": entry.count,
        "cells": entry.cells,
    }


def _hidden(findings: tuple[JudgedFinding, ...]) -> dict[str, object]:
    return {
        one.value: {severity.word: n for severity, n in severities(findings, one).items()}
        for one in HIDDEN
    }
