"""The audit as CSV: one row a finding, and no field that a spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import io

from tests.report.judged import DEVIATION, WHOLE, book, everything, hostile, judged
from tickmark.audit.judging.judgement import JudgedRun
from tickmark.model.analysis import Status
from tickmark.write.csv_text import guarded
from tickmark.write.findings_csv import COLUMNS, findings_csv


def rows(run: JudgedRun) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(findings_csv(run), newline="")))


def test_a_finding_is_a_row_with_all_that_is_known_of_it() -> None:
    (row,) = rows(judged(book(DEVIATION)))

    assert row == {
        "workbook": "models/plan.xlsx",
        "sheet": "P&L",
        "cells": "D7",
        "severity": "high",
        "tier": "default",
        "rule": "inconsistent-formula",
        "message": "D7 has =B7*C6 where the copies around it would have =B7*C7.",
        "found": "'=B7*C6",
        "expected": "'=B7*C7",
        "fix": "'=B7*C7",
        "siblings": "C7, E7",
        "label": "Revenue, Apr",
        "dependents": "37",
        "outputs": "2",
        "output_labels": "Net profit, Year; Cash, Year",
        "confidence": "0.9",
        "fingerprint": DEVIATION.fingerprint,
        "id": DEVIATION.fingerprint[:8],
        "state": "open",
        "reason": "",
        "explained_cause": "",
        "explained_effect": "",
        "explained_fix": "",
        "struck": "",
        "explained_by": "",
    }


def test_suppressed_findings_and_failures_have_rows_of_their_own() -> None:
    found = rows(everything())

    assert [(one["rule"], one["state"], one["reason"]) for one in found] == [
        ("inconsistent-formula", "open", ""),
        (WHOLE.rule, "suppressed", "agreed with the client"),
        ("", "failed", ""),
    ]
    assert found[-1]["message"] == "models/broken.xlsx is damaged."


def test_each_thing_that_is_missing_has_a_row() -> None:
    part = book(status=Status.INCOMPLETE, problems=("One.", "Two."))

    assert [(one["message"], one["state"]) for one in rows(judged(part))] == [
        ("One.", "incomplete"),
        ("Two.", "incomplete"),
    ]


def test_no_field_of_a_hostile_workbook_is_a_formula() -> None:
    (row,) = rows(judged(hostile()))

    texts = [row[name] for name in COLUMNS if name not in {"confidence", "dependents", "outputs"}]
    assert all(guarded(text) in {text, "'" + text} for text in texts)
    assert not [text for text in texts if text.startswith(("=", "+", "-", "@"))]
    assert row["found"] == "'=HYPERLINK(1)"
    assert row["expected"] == "'@SUM(1)"
