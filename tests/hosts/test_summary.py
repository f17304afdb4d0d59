"""The closing words of a run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.books import book
from tickmark.hosts.cli.summary import finding_line, print_summary, row_of, short_names
from tickmark.model.analysis import Analysis, SheetAnalysis, Status
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.model.run import Run

RUN = Run("id", "0.1.0", "2026-11-21T02:15:30+00:00", model="claude-x", workbooks=2)
HIGH = Finding("error-value", Severity.HIGH, "1 cell shows #REF!.", "P&L", ("C5",))


def closing(*analyses: Analysis, capsys: pytest.CaptureFixture[str], run: Run = RUN) -> str:
    print_summary(run, [row_of(one) for one in analyses], Path("out"))
    return capsys.readouterr().out


def test_findings_answers_and_the_place_of_the_report_are_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = closing(
        Analysis("books/a.xlsx", Status.OK, findings=(HIGH,), summary="It sells apples."),
        Analysis("books/b.xlsx", Status.OK),
        capsys=capsys,
    )

    assert "a.xlsx 'P&L'!C5" in out
    assert "a.xlsx: It sells apples." in out
    assert "no findings" in out
    assert "out/report.html" in out.replace("\\", "/")


def test_one_reason_for_many_sheets_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    sheets = tuple(
        SheetAnalysis(name, error=f"The server refuses the key (request r{name}).")
        for name in "abc"
    )

    out = closing(Analysis("a.xlsx", Status.INCOMPLETE, sheets=sheets), capsys=capsys)

    assert out.count("refuses the key") == 1
    assert "2 more like it" in out


def test_problems_that_are_not_named_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    sheets = tuple(SheetAnalysis(f"S{n}", error=f"It could not be read: {n}.") for n in range(12))

    out = closing(Analysis("a.xlsx", Status.INCOMPLETE, sheets=sheets), capsys=capsys)

    assert "a.xlsx, 'S0': It could not be read: 0." in out
    assert out.count("It could not be read") == 10
    assert "and 2 more problems in the report" in out


def test_the_reason_for_an_incomplete_workbook_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    out = closing(
        Analysis("a.xls", Status.INCOMPLETE, notes=("Values alone are read.",)),
        Analysis("b.xlsx", Status.FAILED, error="b.xlsx is damaged."),
        capsys=capsys,
    )

    assert "a.xls: Values alone are read." in out
    assert "  b.xlsx is damaged." in out


def test_a_clean_run_misses_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    out = closing(
        Analysis("a.xlsx", Status.OK, notes=("A chart sheet was not read.",)), capsys=capsys
    )

    assert "missing" not in out


def test_weaker_hints_are_not_counted(capsys: pytest.CaptureFixture[str]) -> None:
    hint = Finding("hidden-sheet", Severity.INFO, "Hidden.", "S", tier=Tier.MORE)

    assert "no findings" in closing(Analysis("a.xlsx", Status.OK, findings=(hint,)), capsys=capsys)


def test_dismissed_findings_are_not_counted(capsys: pytest.CaptureFixture[str]) -> None:
    found = replace(HIGH, dismissed="dismissed in Excel")

    assert "no findings" in closing(Analysis("a.xlsx", Status.OK, findings=(found,)), capsys=capsys)


@pytest.mark.parametrize(
    ("finding", "line"),
    [
        (HIGH, "high error-value 'P&L'!C5: 1 cell shows #REF!."),
        (Finding("hidden-sheet", Severity.LOW, "Hidden.", "S"), "low hidden-sheet S: Hidden."),
        (Finding("external-link", Severity.LOW, "A link."), "low external-link: A link."),
        (
            Finding("error-value", Severity.LOW, "\x1b[2Jm", "S", ("A1", "A2", "A3", "A4")),
            "low error-value S!A1, A2, A3, …: ·[2Jm",
        ),
    ],
)
def test_a_finding_is_one_plain_line(finding: Finding, line: str) -> None:
    assert finding_line(finding) == line


def test_names_lose_the_folder_they_share_and_long_ones_their_middle() -> None:
    assert short_names(["x/y/a.xlsx", "x/y/z/b.xlsx"]) == ["a.xlsx", "z/b.xlsx"]
    assert short_names(["x/y/a.xlsx"]) == ["x/y/a.xlsx"]
    assert short_names(["n" * 60 + ".xlsx"]) == ["n" * 21 + "…" + "n" * 17 + ".xlsx"]


def test_a_large_run_shows_the_workbooks_that_need_a_look(
    capsys: pytest.CaptureFixture[str],
) -> None:
    clean = [Analysis(f"clean-{number:03}.xlsx", Status.OK) for number in range(100)]
    broken = Analysis("broken.xlsx", Status.FAILED, error="broken.xlsx is damaged.")
    bad = Analysis("bad.xlsx", Status.OK, findings=(HIGH,))

    out = closing(*clean[:50], broken, *clean[50:], bad, capsys=capsys)

    assert "bad.xlsx" in out
    assert "broken.xlsx" in out
    assert "and 42 more workbooks in the report" in out


def test_a_workbook_in_memory_has_a_row_too() -> None:
    assert row_of(Analysis(book({"A1": 1}).path, Status.OK)).line() == "book.xlsx: no findings"


def test_what_bounded_a_run_is_told_with_its_timeline(capsys: pytest.CaptureFixture[str]) -> None:
    told = {"sentence": "The rate limit bounds this run.", "sends": 6}

    out = closing(
        Analysis("a.xlsx", Status.OK), capsys=capsys, run=replace(RUN, bottlenecks=told)
    ).replace("\\", "/")

    assert "\nThe rate limit bounds this run.\nTimeline: out/timeline.html\nReport: out/" in out


@pytest.mark.parametrize("told", [{}, {"sentence": "The rate limit bounds this run.", "sends": 5}])
def test_a_run_of_a_few_calls_is_bounded_by_nothing(
    told: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    out = closing(Analysis("a.xlsx", Status.OK), capsys=capsys, run=replace(RUN, bottlenecks=told))

    assert "bounds" not in out
    assert "Timeline" not in out


def test_a_stop_that_has_no_word_is_told_in_its_own_sentence(
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = closing(capsys=capsys, run=replace(RUN, stopped="Bedrock needs a region."))

    assert "\nStopped: Bedrock needs a region.\n" in out
