from __future__ import annotations

from dataclasses import replace

import pytest

from tests.report.analyses import (
    clean_workbook,
    failed_workbook,
    incomplete_workbook,
    model_workbook,
    run_of,
)
from tickmark.model.analysis import Analysis
from tickmark.report.severity import Tally
from tickmark.report.verdict import Standing, run_verdict, run_warning, workbook_verdict


@pytest.mark.parametrize(
    ("standing", "found", "sentence"),
    [
        (Standing(ok=1), Tally(), "1 workbook analysed completely: no findings."),
        (
            Standing(ok=12),
            Tally(high=1, low=3),
            "12 workbooks analysed completely: 4 findings (1 high and 3 low).",
        ),
        (
            Standing(ok=9, incomplete=2, failed=1),
            Tally(medium=5),
            (
                "12 workbooks: 9 complete, 2 incomplete and 1 failed; "
                "5 medium findings in what was analysed."
            ),
        ),
        (
            Standing(ok=1, missing=8),
            Tally(),
            "9 workbooks: 1 complete and 8 not reached; no findings in what was analysed.",
        ),
        (Standing(failed=2), Tally(), "2 workbooks could not be analysed."),
        (Standing(), Tally(), "No workbook was analysed."),
    ],
)
def test_the_verdict_of_a_run_is_one_sentence(
    standing: Standing, found: Tally, sentence: str
) -> None:
    assert run_verdict(standing, found) == sentence


@pytest.mark.parametrize(
    ("analysis", "sentence"),
    [
        (clean_workbook(), "No findings, in 2 sheets, 19,144 cells and 4,818 formulas."),
        (
            model_workbook(),
            (
                "8 findings (3 high, 2 medium, 2 low and 1 info), in 5 sheets, 1,592 cells and "
                "712 formulas."
            ),
        ),
        (
            incomplete_workbook(),
            (
                "Only a part of this workbook was analysed: 36 medium findings so far, "
                "in 2 sheets, 1,600 cells and 420 formulas."
            ),
        ),
        (
            failed_workbook(),
            (
                "Not analysed: group/board/salaries.xlsx is encrypted; "
                "give its password with --password."
            ),
        ),
        (replace(failed_workbook(), error=""), "Not analysed: the reason is not known."),
    ],
    ids=["clean", "findings", "incomplete", "failed", "failed without a reason"],
)
def test_the_verdict_of_a_workbook_is_one_sentence(analysis: Analysis, sentence: str) -> None:
    assert workbook_verdict(analysis) == sentence


def test_a_whole_run_has_no_warning() -> None:
    assert run_warning(run_of((clean_workbook(),)), Standing(ok=1)) == ""


@pytest.mark.parametrize(
    ("stopped", "standing", "sentence"),
    [
        ("budget", Standing(ok=1), "The run stopped because the spending limit was reached."),
        (
            "interrupted",
            Standing(missing=1),
            "The run was interrupted. 1 workbook was never reached.",
        ),
        ("flood", Standing(ok=1), "The run stopped: flood."),
        ("", Standing(failed=2), "2 workbooks could not be analysed at all."),
        ("", Standing(incomplete=3), "3 workbooks were analysed only in part."),
        ("", Standing(ok=1), "Some task of the run failed."),
    ],
)
def test_a_run_that_is_not_complete_always_has_a_warning(
    stopped: str, standing: Standing, sentence: str
) -> None:
    run = replace(run_of(()), stopped=stopped, complete=False)
    assert run_warning(run, standing) == sentence
