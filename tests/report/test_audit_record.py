"""The JSON of an audit, and the file of a baseline."""

from __future__ import annotations

import json

import pytest

from tests.report.judged import DEVIATION, ERROR, WHOLE, everything, failed, hostile, judged
from tickmark.audit.judging.baseline import Baseline, baseline_of
from tickmark.errors import InputError
from tickmark.report.audit_record import audit_record, workbook_line
from tickmark.report.baseline_text import baseline_text, parse_baseline
from tickmark.report.records import finding_record

NONE = {"high": 0, "medium": 0, "low": 0, "info": 0}


def test_the_record_has_the_promised_shape() -> None:
    run = everything()

    record = json.loads(json.dumps(audit_record(run), allow_nan=False))

    book, broken = record.pop("workbooks")
    hidden = {
        "baseline": NONE | {"medium": 1},
        "suppressed": NONE | {"low": 1},
        "dismissed": NONE | {"high": 1},
        "more": NONE | {"info": 1},
        "left-out": NONE | {"low": 1},
    }
    assert record == {
        "schema_version": 1,
        "complete": False,
        "counts": NONE | {"high": 1},
        "hidden": hidden,
        "baseline": "audit.json",
        "fixed": 1,
        "notes": [],
    }
    assert book == {
        "path": "models/plan.xlsx",
        "sha256": "ab" * 32,
        "status": "ok",
        "error": None,
        "coverage": {"sheets": 3, "cells": 1200, "formulas": 400},
        "problems": [],
        "notes": [],
        "findings": [{"id": DEVIATION.fingerprint[:8]} | finding_record(DEVIATION)],
        "suppressed": [
            {"id": WHOLE.fingerprint[:8]}
            | finding_record(WHOLE)
            | {"reason": "agreed with the client", "origin": "tickmark.toml"}
        ],
        "hidden": hidden,
        "fixed": [
            {
                "path": "models/plan.xlsx",
                "sheet": "P&L",
                "rule": "error-value",
                "label": "",
                "message": "Gone.",
                "fingerprint": "f" * 16,
                "count": 1,
                "cells": 0,
            }
        ],
    }
    assert (broken["status"], broken["sha256"], broken["error"]) == (
        "failed",
        None,
        "models/broken.xlsx is damaged.",
    )


def test_a_line_of_json_lines_is_a_workbook_of_the_record() -> None:
    run = judged(failed())

    assert workbook_line(run.workbooks[0], run.shown) == {
        "schema_version": 1,
        **audit_record(run)["workbooks"][0],  # type: ignore[index]
    }


def test_a_baseline_comes_back_from_its_file() -> None:
    entries = baseline_of([("b.xlsx", ERROR), ("a.xlsx", DEVIATION), ("b.xlsx", ERROR)])

    text = baseline_text(entries)

    assert parse_baseline(text, "audit.json") == Baseline(entries, "audit.json")
    assert text == baseline_text(entries[::-1])
    assert text.count("\n") == 4  # the frame around a line for each entry


def test_a_baseline_of_nothing_is_a_baseline() -> None:
    assert parse_baseline(baseline_text(()), "b.json") == Baseline((), "b.json")


def test_hostile_texts_reach_the_file_without_control_characters() -> None:
    book = hostile()
    text = baseline_text(baseline_of([(book.path, book.findings[0])]))

    assert text.replace("\n", "").isprintable()
    (entry,) = parse_baseline(text, "b.json").entries
    assert (entry.path, entry.fingerprint) == (book.path, book.findings[0].fingerprint)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "b.json is no baseline of Tickmark; make one with --write-baseline."),
        ("[" * 100_000, "b.json is no baseline of Tickmark; make one with --write-baseline."),
        ("[]", "b.json is no baseline of Tickmark; make one with --write-baseline."),
        ('{"findings": []}', "b.json is no baseline of Tickmark"),
        ('{"kind": "tickmark-baseline"}', "The baseline b.json lacks 'schema_version'"),
        (
            '{"kind": "tickmark-baseline", "schema_version": 2}',
            "b.json was written by another version of Tickmark; write it anew.",
        ),
        (
            '{"kind": "tickmark-baseline", "schema_version": 1, "findings": [{"path": 1}]}',
            "'path' of the baseline b.json is not a text",
        ),
    ],
)
def test_a_file_that_is_no_baseline_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(InputError) as raised:
        parse_baseline(text, "b.json")

    assert sentence in str(raised.value)
