"""What becomes of findings: open, or hidden for a reason that is counted."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from tests.report.judged import (
    DEVIATION,
    DISMISSED,
    ERROR,
    HINT,
    TODAY,
    WHOLE,
    book,
    everything,
    failed,
    judged,
    policy,
)
from tickmark.audit.judging.baseline import Baseline, baseline_of
from tickmark.audit.judging.judgement import Disposition, Judge, JudgedRun
from tickmark.audit.judging.suppression import Suppression
from tickmark.model.finding import Finding, Severity, Tier

QUIET = Suppression("agreed", rule="inconsistent-formula", origin="tickmark.toml", number=1)


def dispositions(run: JudgedRun) -> list[str]:
    return [one.disposition.value for one in run.findings]


def test_each_reason_to_hide_a_finding_is_kept_apart() -> None:
    run = everything()

    assert dispositions(run) == ["open", "baseline", "suppressed", "more", "dismissed", "left-out"]
    assert [one.reason for one in run.findings][1:3] == ["known before", "agreed with the client"]
    assert run.worst() is Severity.HIGH
    assert run.counts(Disposition.SUPPRESSED) == {
        Severity.HIGH: 0,
        Severity.MEDIUM: 0,
        Severity.LOW: 1,
        Severity.INFO: 0,
    }


def test_the_tier_more_opens_hints_and_nothing_else() -> None:
    run = judged(book(HINT, DISMISSED), tier=Tier.MORE)

    assert dispositions(run) == ["open", "dismissed"]


def test_dismissed_findings_are_listed_on_request_and_never_count() -> None:
    run = judged(book(DISMISSED), show=True)

    assert run.shown == (Disposition.OPEN, Disposition.DISMISSED)
    assert run.worst() is None


def test_of_two_findings_with_one_fingerprint_one_is_known_and_one_is_new() -> None:
    known = Baseline(baseline_of([("models/plan.xlsx", ERROR)]), "audit.json")

    run = judged(book(ERROR, ERROR), baseline=known)

    assert dispositions(run) == ["baseline", "open"]
    assert run.fixed == 0


def test_a_known_finding_that_grew_counts_again_and_says_so() -> None:
    small = replace(ERROR, ranges=("F3",))
    known = Baseline(baseline_of([("models/plan.xlsx", small)]), "audit.json")

    (one,) = judged(book(ERROR), baseline=known).findings

    assert (one.disposition, one.reason) == (
        Disposition.OPEN,
        "known before with fewer cells: 1",
    )


def test_a_baseline_knows_nothing_of_another_workbook() -> None:
    known = Baseline(baseline_of([("models/plan.xlsx", ERROR)]), "audit.json")

    run = judged(book(ERROR, path="models/other.xlsx"), baseline=known)

    assert dispositions(run) == ["open"]


def test_what_is_gone_is_told_only_of_whole_workbooks() -> None:
    known = Baseline(
        baseline_of([("models/plan.xlsx", ERROR), ("models/broken.xlsx", ERROR)]), "audit.json"
    )

    run = judged(book(DEVIATION), failed(), baseline=known)

    assert [entry.path for one in run.workbooks for entry in one.fixed] == ["models/plan.xlsx"]


def test_a_known_finding_that_is_dismissed_now_is_not_gone() -> None:
    known = Baseline(baseline_of([("models/plan.xlsx", DISMISSED)]), "audit.json")

    assert judged(book(DISMISSED), baseline=known).fixed == 0


def test_ids_are_unique_in_a_run_and_short() -> None:
    run = judged(book(DEVIATION, ERROR), book(DEVIATION, path="copy.xlsx"))

    first = DEVIATION.fingerprint[:8]
    assert [one.id for one in run.findings] == [first, ERROR.fingerprint[:8], f"{first}-2"]
    found = run.finding(f"{first}-2")
    assert found is not None
    assert found.finding is DEVIATION
    assert run.finding("nothing") is None


def test_an_id_stays_whatever_is_hidden() -> None:
    shown = judged(book(HINT, DEVIATION))
    hidden = judged(book(HINT, DEVIATION), tier=Tier.MORE, suppressions=(QUIET,))

    assert [one.id for one in shown.findings] == [one.id for one in hidden.findings]


def test_an_expired_suppression_does_not_hold_and_is_told() -> None:
    old = replace(QUIET, expires=TODAY - dt.timedelta(days=1))

    run = judged(book(DEVIATION), suppressions=(old,))

    assert dispositions(run) == ["open"]
    (note,) = run.notes
    assert note == f"{old.name} expired on 2026-11-20; it does not hold any more."


def test_an_unused_suppression_is_told() -> None:
    run = judged(book(ERROR), suppressions=(QUIET,))

    (note,) = run.notes
    assert note == f"{QUIET.name} suppressed nothing; take it out if it is not needed."


@pytest.mark.parametrize(
    "suppression",
    [
        QUIET,
        replace(QUIET, path="other.xlsx"),  # no such workbook in this run
        replace(QUIET, rule="dead-end"),  # of a hint that is not listed
        replace(QUIET, rule="volatile-function"),  # the rule is not applied
    ],
)
def test_a_suppression_that_is_used_or_was_not_asked_for_is_no_news(
    suppression: Suppression,
) -> None:
    assert judged(book(DEVIATION, HINT), suppressions=(suppression,)).notes == ()


def test_a_suppression_that_a_damaged_workbook_may_need_is_no_news() -> None:
    assert judged(failed(), suppressions=(QUIET,)).notes == ()


def test_a_suppression_sees_paths_from_its_own_folder() -> None:
    quiet = replace(QUIET, path="plan.xlsx", rule="", origin="models/tickmark.toml")
    judge = Judge(policy(suppressions=(quiet,)))

    assert [one.disposition for one in judge.judged(book(WHOLE)).findings] == [
        Disposition.SUPPRESSED
    ]


def test_findings_of_rules_that_are_left_out_are_counted() -> None:
    loud = Finding("volatile-function", Severity.HIGH, "NOW().", "S", ("A1",))

    run = judged(book(loud))

    assert run.total(Disposition.LEFT_OUT) == 1
    assert run.worst() is None
