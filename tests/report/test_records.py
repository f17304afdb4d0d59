from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.report.analyses import all_kinds, clean_workbook, model_workbook, run_of
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
from tickmark.report.records import (
    analysis_from_record,
    analysis_record,
    finding_record,
    run_from_record,
    run_record,
)

NAMES = st.sampled_from(["", "P&L", "Blatt1", "売上", "P&L "])
TEXTS = st.text(st.characters(), max_size=6)
COUNTS = st.integers(0, 10**9)
REALS = st.floats(0, 1e9)


T = TypeVar("T")


def tuples(of: st.SearchStrategy[T]) -> st.SearchStrategy[tuple[T, ...]]:
    return st.lists(of, max_size=2).map(tuple)


USAGES = st.builds(Usage, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS, REALS, COUNTS)
CITATIONS = st.builds(Citation, NAMES, TEXTS, st.sampled_from(Verdict))
SHEETS = st.builds(
    SheetAnalysis,
    NAMES,
    TEXTS,
    TEXTS,
    tuples(TEXTS),
    tuples(TEXTS),
    st.builds(SheetCoverage, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS, tuples(TEXTS)),
    tuples(TEXTS),
    TEXTS,
    tuples(st.builds(Remark, TEXTS, tuples(CITATIONS))),
    tuples(TEXTS),
    tuples(TEXTS),
    TEXTS,
)
FINDINGS = st.builds(
    Finding,
    TEXTS,
    st.sampled_from(Severity),
    TEXTS,
    NAMES,
    tuples(TEXTS),
    st.dictionaries(TEXTS, TEXTS, max_size=2),
    TEXTS,
    st.floats(0, 1),
    st.sampled_from(Tier),
    TEXTS,
    tuples(TEXTS),
    TEXTS,
    st.none() | st.builds(Effect, COUNTS, COUNTS, tuples(TEXTS)),
    TEXTS,
)
TASKS = st.builds(
    TracedTask,
    TEXTS,
    st.sampled_from(["done", "failed"]),
    REALS,
    st.dictionaries(TEXTS, REALS, max_size=2).map(lambda waits: tuple(waits.items())),
    COUNTS,
    COUNTS,
    TEXTS,
)
ANALYSES = st.builds(
    Analysis,
    TEXTS,
    st.sampled_from(Status),
    TEXTS,
    TEXTS,
    TEXTS,
    TEXTS,
    TEXTS,
    TEXTS,
    TEXTS,
    TEXTS,
    tuples(SHEETS),
    st.lists(FINDINGS, max_size=4).map(tuple),
    tuples(TEXTS),
    tuples(TEXTS),
    tuples(TEXTS),
    tuples(TEXTS),
    USAGES,
    REALS,
    tuples(TASKS),
    COUNTS,
)
RUNS = st.builds(
    Run,
    TEXTS,
    TEXTS,
    TEXTS,
    TEXTS,
    tuples(TEXTS),
    TEXTS,
    TEXTS,
    REALS | st.just(math.inf),
    COUNTS,
    COUNTS,
    COUNTS,
    tuples(TEXTS),
    st.booleans(),
    TEXTS,
    st.integers(0, 130),
    USAGES,
    REALS,
    st.dictionaries(TEXTS, TEXTS, max_size=2),
)


def through_json(record: dict[str, object]) -> dict[str, object]:
    back: dict[str, object] = json.loads(json.dumps(record, allow_nan=False))
    return back


@given(ANALYSES)
def test_an_analysis_comes_back_from_json_exactly(analysis: Analysis) -> None:
    assert analysis_from_record(through_json(analysis_record(analysis))) == analysis


@given(RUNS)
def test_a_run_comes_back_from_json_exactly(run: Run) -> None:
    assert run_from_record(through_json(run_record(run))) == run


@pytest.mark.parametrize("analysis", all_kinds(), ids=lambda one: one.path[-12:])
def test_every_realistic_analysis_comes_back_too(analysis: Analysis) -> None:
    assert analysis_from_record(through_json(analysis_record(analysis))) == analysis


def test_a_finding_has_the_shape_of_every_json_of_tickmark() -> None:
    finding = Finding(
        "inconsistent-formula",
        Severity.HIGH,
        "Differs from its row.",
        "P&L",
        ("D7",),
        {"expected": "=B7*C7", "found": "=B7*C6"},
        "=B7*C7",
        0.9,
        Tier.DEFAULT,
        "RC[-2]*RC[-1]",
        ("C7", "E7"),
        "Revenue, Apr",
        Effect(37, 2, ("Net profit, Year",)),
        "dismissed in Excel",
    )
    assert finding_record(finding) == {
        "rule": "inconsistent-formula",
        "severity": "high",
        "tier": "default",
        "confidence": 0.9,
        "sheet": "P&L",
        "ranges": ["D7"],
        "message": "Differs from its row.",
        "evidence": {"expected": "=B7*C7", "found": "=B7*C6"},
        "fix": "=B7*C7",
        "siblings": ["C7", "E7"],
        "label": "Revenue, Apr",
        "effect": {"dependents": 37, "outputs": 2, "labels": ["Net profit, Year"]},
        "dismissed": "dismissed in Excel",
        "fingerprint": finding.fingerprint,
        "key": "RC[-2]*RC[-1]",
    }


def test_a_line_of_an_older_run_is_read_without_the_newer_fields() -> None:
    finding = Finding("error-value", Severity.HIGH, "1 cell shows #REF!.", "S", ("A1",))
    sheets = (SheetAnalysis("S"),)
    analysis = Analysis("a.xlsx", Status.OK, sheets=sheets, findings=(finding,))
    record = json.loads(json.dumps(analysis_record(analysis)))
    for name in ("siblings", "label", "effect", "dismissed"):
        del record["sheets"][0]["findings"][0][name]

    assert analysis_from_record(record) == analysis


def test_a_workbook_is_one_object_with_its_sheets_and_their_findings_inside() -> None:
    analysis = Analysis(
        path="a/b.xlsx",
        status=Status.INCOMPLETE,
        sha256="ab",
        fingerprint="cd",
        format="xlsx",
        model="m",
        sheets=(
            SheetAnalysis(
                "S",
                used_range="A1:B2",
                tables=("T (A1:B2)",),
                contents=("2 charts",),
                coverage=SheetCoverage(4, 1, 1, 0, 4, ("B2",)),
                outline=("tn", "nf"),
                summary="Two rows.",
                remarks=(Remark("It adds up.", (Citation("S", "B2", Verdict.SUPPORTED),)),),
                error="Cut short.",
            ),
        ),
        findings=(
            Finding("r", Severity.LOW, "whole workbook"),
            Finding("r", Severity.LOW, "on the sheet", "S", ("A1",)),
        ),
        contents=("macros",),
        usage=Usage(calls=1, input_tokens=10, output_tokens=2, usd=0.5),
        trace=(
            TracedTask(
                "sheet 1", "failed", 2.5, (("provider", 1.5), ("rate", 0.5)), 2, 1, "AnswerUnusable"
            ),
        ),
        trace_left_out=3,
    )
    record = analysis_record(analysis)
    sheets, findings = record.pop("sheets"), record.pop("findings")
    assert record == {
        "schema_version": 1,
        "path": "a/b.xlsx",
        "format": "xlsx",
        "sha256": "ab",
        "fingerprint": "cd",
        "status": "incomplete",
        "error": None,
        "output": "",
        "model": "m",
        "question": "",
        "summary": "",
        "coverage": {"sheets": 1, "cells": 4, "formulas": 1},
        "external_links": [],
        "contents": ["macros"],
        "problems": [],
        "notes": [],
        "usage": {
            "calls": 1,
            "input_tokens": 10,
            "output_tokens": 2,
            "cache_read_tokens": 0,
            "cache_write_tokens": 0,
            "cached_calls": 0,
            "usd": 0.5,
        },
        "cached": False,
        "seconds": 0.0,
        "trace": [
            {
                "id": "sheet 1",
                "status": "failed",
                "seconds": 2.5,
                "waits": {"provider": 1.5, "rate": 0.5},
                "calls": 2,
                "retries": 1,
                "error": "AnswerUnusable",
            }
        ],
        "trace_left_out": 3,
    }
    assert isinstance(findings, list)
    assert [one["message"] for one in findings] == ["whole workbook"]
    assert isinstance(sheets, list)
    assert [one.pop("findings")[0]["message"] for one in sheets] == ["on the sheet"]
    assert sheets == [
        {
            "name": "S",
            "state": "visible",
            "used_range": "A1:B2",
            "tables": ["T (A1:B2)"],
            "contents": ["2 charts"],
            "coverage": {
                "cells": 4,
                "formulas": 1,
                "errors": 1,
                "hidden_cells": 0,
                "shown_cells": 4,
                "left_out": ["B2"],
            },
            "outline": ["tn", "nf"],
            "summary": "Two rows.",
            "remarks": [
                {
                    "text": "It adds up.",
                    "citations": [{"sheet": "S", "range": "B2", "verdict": "supported"}],
                }
            ],
            "claims": [
                {
                    "text": "It adds up.",
                    "cited": {"sheet": "S", "range": "B2"},
                    "verdict": "supported",
                }
            ],
            "problems": [],
            "notes": [],
            "error": "Cut short.",
        }
    ]


def test_a_workbook_is_cached_only_if_no_call_reached_the_provider() -> None:
    clean = clean_workbook()
    assert clean.usage == Usage(cached_calls=3)
    assert analysis_record(clean)["cached"] is True
    assert analysis_record(model_workbook())["cached"] is False
    assert analysis_record(replace(clean, usage=Usage()))["cached"] is False


def test_numbers_that_json_does_not_know_never_reach_it() -> None:
    broken = replace(
        clean_workbook(),
        seconds=math.nan,
        usage=Usage(usd=math.inf),
        findings=(Finding("r", Severity.LOW, "m", confidence=math.nan),),
    )
    text = json.dumps(analysis_record(broken), allow_nan=False)
    assert analysis_from_record(json.loads(text)).seconds == 0.0
    unlimited = replace(run_of(()), max_cost=math.inf, seconds=-math.inf)
    assert run_record(unlimited)["max_cost"] is None
    assert run_from_record(through_json(run_record(unlimited))).max_cost == math.inf


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("path", 5, "'path' of a result is not a text; give a file Tickmark wrote."),
        (
            "status",
            "fine",
            (
                "'status' of a result is not one of ok, incomplete, failed; "
                "give a file Tickmark wrote."
            ),
        ),
        (
            "sheets",
            {},
            "'sheets' of a result is not a list of objects; give a file Tickmark wrote.",
        ),
        ("sheets", [1], "'sheets' of a result is not an object; give a file Tickmark wrote."),
        ("sheets", [{}], "A result lacks 'findings'; give a file that Tickmark wrote."),
        (
            "notes",
            ["a", None],
            "'notes' of a result is not a list of texts; give a file Tickmark wrote.",
        ),
        ("usage", None, "'usage' of a result is not an object; give a file Tickmark wrote."),
        ("seconds", True, "'seconds' of a result is not a number; give a file Tickmark wrote."),
        ("seconds", 10**400, "'seconds' of a result is not a number; give a file Tickmark wrote."),
        (
            "schema_version",
            2,
            (
                "A result has schema version 2, and this Tickmark reads version 1; "
                "use the Tickmark that wrote it."
            ),
        ),
        (
            "schema_version",
            True,
            "'schema_version' of a result is not a whole number; give a file Tickmark wrote.",
        ),
    ],
)
def test_a_record_of_another_form_is_refused_in_one_sentence(
    field: str, value: object, sentence: str
) -> None:
    with pytest.raises(InputError) as caught:
        analysis_from_record(analysis_record(clean_workbook()) | {field: value})
    assert str(caught.value) == sentence


def test_a_record_that_lacks_a_field_is_refused() -> None:
    record = run_record(run_of(()))
    del record["complete"]
    with pytest.raises(InputError, match=r"^A run record lacks 'complete'; give a file"):
        run_from_record(record)
    with pytest.raises(InputError, match=r"^A result lacks 'schema_version'"):
        analysis_from_record({})
    with pytest.raises(InputError, match=r"^A result lacks 'schema_version'"):
        analysis_from_record([])  # type: ignore[arg-type]


def test_fields_of_a_later_tickmark_are_passed_over() -> None:
    record = analysis_record(clean_workbook()) | {"later": {"more": 1}}
    assert analysis_from_record(record) == clean_workbook()
