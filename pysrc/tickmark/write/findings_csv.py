"""An audit as a CSV file: one row a finding, and one for each thing that is missing."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Final

from tickmark.audit.judging.judgement import Disposition, JudgedFinding, JudgedRun
from tickmark.model.explanation import Explanation
from tickmark.model.finding import Effect
from tickmark.write.csv_text import guarded

COLUMNS: Final = (
    *("workbook", "sheet", "cells", "severity", "tier", "rule", "message", "found", "expected"),
    *("fix", "siblings", "label", "dependents", "outputs", "output_labels", "confidence"),
    *("fingerprint", "id", "state", "reason"),
    *("explained_cause", "explained_effect", "explained_fix", "struck", "explained_by"),
)


def findings_csv(run: JudgedRun) -> str:
    """UTF-8 text with a header; no field is a formula where a spreadsheet opens it.

    `state` is `open`, `dismissed` or `suppressed` for findings, `failed` or `incomplete` for what
    could not be audited. What else is hidden has no rows.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in _rows(run):
        writer.writerow([guarded(one) if isinstance(one, str) else one for one in row])
    return stream.getvalue()


def _rows(run: JudgedRun) -> Iterator[list[str | float]]:
    listed = (*run.shown, Disposition.SUPPRESSED)
    for book in run.workbooks:
        audited = book.audited
        for one in book.of(*listed):
            yield [audited.path, *_finding(one)]
        told = (audited.error,) if audited.error else audited.problems
        for sentence in told:
            row: dict[str, str | float] = dict.fromkeys(COLUMNS, "")
            row |= {"workbook": audited.path, "message": sentence, "state": audited.status.value}
            yield list(row.values())


def _finding(judged: JudgedFinding) -> list[str | float]:
    finding = judged.finding
    effect = finding.effect or Effect()
    known = finding.effect is not None
    return [
        finding.sheet,
        ", ".join(finding.ranges),
        finding.severity.word,
        finding.tier.value,
        finding.rule,
        finding.message,
        finding.evidence.get("found", ""),
        finding.evidence.get("expected", ""),
        finding.fix,
        ", ".join(finding.siblings),
        finding.label,
        effect.dependents if known else "",
        effect.outputs if known else "",
        "; ".join(effect.labels),
        round(finding.confidence, 4),
        finding.fingerprint,
        judged.id,
        judged.disposition.value,
        judged.reason,
        *_explanation(judged.explanation),
    ]


def _explanation(made: Explanation | None) -> list[str | float]:
    if made is None:
        return [""] * 5
    return [made.cause, made.effect, made.fix, made.struck, made.author.value]
