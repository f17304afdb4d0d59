"""Baselines: findings counted by fingerprint, and what is gone."""

from __future__ import annotations

from dataclasses import replace

from tickmark.audit.judging.baseline import Baseline, BaselineEntry, accused, baseline_of
from tickmark.model.finding import Finding, Severity


def finding(key: str, rule: str = "error-value") -> Finding:
    return Finding(rule, Severity.HIGH, f"About {key}.", "S", ("A1",), key=key, label="Total")


ONE, TWO = finding("one"), finding("two")


def test_findings_of_one_fingerprint_are_one_entry_with_their_number() -> None:
    entries = baseline_of([("b.xlsx", ONE), ("a.xlsx", TWO), ("b.xlsx", ONE)])

    assert entries == (
        BaselineEntry("a.xlsx", "S", "error-value", TWO.fingerprint, "Total", "About two.", 1, 1),
        BaselineEntry("b.xlsx", "S", "error-value", ONE.fingerprint, "Total", "About one.", 2, 1),
    )


def test_the_order_of_findings_changes_nothing() -> None:
    pairs = [("b.xlsx", ONE), ("a.xlsx", TWO), ("a.xlsx", ONE)]

    assert baseline_of(pairs) == baseline_of(pairs[::-1])


def test_what_is_gone_is_counted_down() -> None:
    known = Baseline(baseline_of([("a.xlsx", ONE)] * 3 + [("a.xlsx", TWO)]), "b.json")

    (gone,) = known.fixed("a.xlsx", [ONE, TWO], {"error-value"})

    assert (gone.fingerprint, gone.count) == (ONE.fingerprint, 2)


def test_what_is_not_looked_at_is_not_gone() -> None:
    known = Baseline(baseline_of([("a.xlsx", ONE)]), "b.json")

    assert known.fixed("a.xlsx", [], {"dead-end"}) == ()
    assert known.fixed("other.xlsx", [], {"error-value"}) == ()


def test_a_finding_with_more_cells_than_before_is_not_the_known_one() -> None:
    known = Baseline(baseline_of([("a.xlsx", replace(ONE, ranges=("A1:A3",)))]), "b.json")

    assert not known.known("a.xlsx").meets(replace(ONE, ranges=("A1:A3", "A9")))
    assert known.known("a.xlsx").meets(replace(ONE, ranges=("B5:B6", "B9")))
    assert accused(replace(ONE, ranges=("A1:B3", "D9"))) == 7
