"""Results are written in the order of their sources, whatever the order they come in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tickmark.engine.plan import Done, Failed
from tickmark.errors import (
    AnswerPending,
    AnswerUnusable,
    BudgetExceeded,
    ModelBusy,
    ModelDenied,
    ModelUnreachable,
    RequestInvalid,
    SettingError,
    TickmarkError,
    TooManyFailures,
    WriteRefused,
)
from tickmark.hosts.results import Results
from tickmark.hosts.run_folder import RunFolder, read_results
from tickmark.model.analysis import Analysis, Status
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.model.run import Run
from tickmark.model.usage import Usage


def analysis(path: str, status: Status = Status.OK, *severities: Severity) -> Analysis:
    findings = tuple(Finding("error-value", severity, "m", "S", ("A1",)) for severity in severities)
    return Analysis(path, status, findings=findings, usage=Usage(calls=1, usd=0.5))


@pytest.fixture
def results(tmp_path: Path) -> Results:
    return Results(RunFolder(tmp_path / "run"), tell=lambda _analysis: None)


def written(results: Results) -> list[str]:
    return [one.path for one in read_results(results.folder.path)]


def test_a_result_waits_for_those_before_it(results: Results) -> None:
    results.add(2, analysis("c"))
    results.add(0, analysis("a"))
    assert written(results) == ["a"]

    results.skip(1, "b")
    assert written(results) == ["a", "c"]
    assert results.skipped == ["b"]
    assert (results.workbooks, results.usage.calls, results.usage.usd) == (2, 2, 1.0)


def test_a_stopped_run_writes_what_waits_behind_a_gap_in_order(results: Results) -> None:
    results.add(3, analysis("d"))
    results.add(2, analysis("c"))
    results.finish()

    assert written(results) == ["c", "d"]


@pytest.mark.parametrize(
    ("statuses", "severities", "fail_on", "code"),
    [
        ([Status.OK], [], "low", 0),
        ([Status.OK], [Severity.LOW], "medium", 0),
        ([Status.OK], [Severity.MEDIUM], "medium", 1),
        ([Status.OK], [Severity.HIGH], "never", 0),
        ([Status.FAILED], [Severity.HIGH], "high", 3),
        ([Status.INCOMPLETE], [], "never", 3),
    ],
)
def test_exit_codes_of_a_run_that_ended(
    results: Results,
    statuses: list[Status],
    severities: list[Severity],
    fail_on: str,
    code: int,
) -> None:
    for number, status in enumerate(statuses):
        results.add(number, analysis("x", status, *severities))

    assert results.exit_code(fail_on) == code


def test_hints_and_dismissed_findings_fail_no_run(results: Results) -> None:
    found = Finding("error-value", Severity.HIGH, "m", "S", ("A1",))
    others = (replace(found, tier=Tier.MORE), replace(found, dismissed="in Excel"))
    results.add(0, Analysis("x", Status.OK, findings=others))

    assert results.exit_code("low") == 0


@pytest.mark.parametrize(
    ("error", "word", "code"),
    [
        (BudgetExceeded("b"), "budget", 4),
        (ModelDenied("d"), "provider", 5),
        (ModelUnreachable("u"), "provider", 5),
        (ModelBusy("l", retry_after=90_000.0, rate_limited=True), "limit", 3),
        (TooManyFailures("f"), "failures", 3),
        (WriteRefused("w"), "disk", 3),
        (AnswerPending("p"), "batch", 3),
        (SettingError("Bedrock needs a region."), "Bedrock needs a region.", 2),
        (RequestInvalid("Too many batches."), "Too many batches.", 3),
    ],
)
def test_what_ends_the_asking_has_a_word_and_a_code(
    results: Results, error: TickmarkError, word: str, code: int
) -> None:
    results.add(0, analysis("x", Status.OK))
    results.stopped_by(error)

    assert (results.stopped, results.exit_code("high")) == (word, code)


def test_a_provider_that_never_answered_is_told_from_one_that_missed_a_call(
    results: Results, tmp_path: Path
) -> None:
    results.add(0, analysis("x", Status.INCOMPLETE))
    results.heard([Failed(ModelUnreachable("u")), Failed(AnswerUnusable("a"))])
    assert results.exit_code("never") == 5

    answered = Results(RunFolder(tmp_path / "answered"), tell=lambda _analysis: None)
    answered.add(0, analysis("x", Status.INCOMPLETE))
    answered.heard([Failed(ModelUnreachable("u")), Done("an answer")])
    assert answered.exit_code("never") == 3


def test_an_interrupt_comes_before_all_other_codes(results: Results) -> None:
    results.stopped_by(ModelDenied("d"))
    results.interrupt()

    assert results.exit_code("never") == 130


def test_a_folder_that_holds_a_run_is_not_written_again(results: Results) -> None:
    results.folder.close(Run("id", "0", "now"))

    with pytest.raises(Exception, match="already holds a run"):
        RunFolder(results.folder.path)
