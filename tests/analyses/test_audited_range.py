"""Which findings a range is told of: what counts, unless rules are named."""

from __future__ import annotations

import pytest

from tests.books import book
from tests.ranges import BOOK, live
from tickmark.analyses import audit_range, prepared
from tickmark.analyses.audit_range import AuditedRange, AuditRequest
from tickmark.analyses.prepared import prepare
from tickmark.analyses.saved import Saved
from tickmark.model.finding import Finding, Severity, Tier

FOUND = (
    Finding("error-value", Severity.HIGH, "It shows #REF!.", "Plan", ("A1",)),
    Finding("error-value", Severity.LOW, "A hint.", "Plan", ("A2",), tier=Tier.MORE),
    Finding("dead-end", Severity.INFO, "Unused.", "Plan", ("A1",), tier=Tier.MORE),
    Finding("error-value", Severity.HIGH, "Ignored.", "Plan", ("A2",), dismissed="in Excel"),
)


def ranged(*rules: str) -> AuditedRange:
    cells = {"A1": 1.0, "A2": 2.0}
    saved = Saved(book({"Plan": dict(cells)}, path=BOOK), "today")
    request = AuditRequest(model="m", rules=rules)
    return audit_range.audited(live(dict(cells)), saved, request, budget=100, tokens=len)


@pytest.fixture(autouse=True)
def hand_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_range, "audit", lambda _workbook: FOUND)
    monkeypatch.setattr(prepared, "findings_of", lambda _facts: FOUND)


def test_a_range_is_told_what_counts_and_how_much_was_dismissed() -> None:
    one = ranged()

    assert [finding.message for finding in one.findings] == ["It shows #REF!."]
    assert one.notes == ("1 dismissed in Excel",)


def test_of_rules_that_are_named_everything_is_told() -> None:
    assert [one.message for one in ranged("error-value").findings] == ["It shows #REF!.", "A hint."]
    assert [one.message for one in ranged("dead-end").findings] == ["Unused."]


def test_only_what_counts_may_reach_a_model() -> None:
    ready = prepare(book({"Plan": {"A1": 1, "A2": 2}}), budget=0, tokens=len)

    assert ready.findings == FOUND
    assert ready.shown_findings == FOUND[:1]
