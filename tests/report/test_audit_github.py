"""The audit as workflow commands: one a line, and no text breaks out of its own."""

from __future__ import annotations

import re

from tests.report.judged import (
    DEVIATION,
    DISMISSED,
    ERROR,
    WHOLE,
    book,
    everything,
    failed,
    hostile,
    judged,
)
from tickmark.report.audit_github import audit_github, command


def lines(*books: object, show: bool = False) -> list[str]:
    run = judged(*books, show=show)  # type: ignore[arg-type]
    return audit_github(run, lambda path: path).split("\n")


def test_each_finding_is_an_annotation_of_its_file() -> None:
    found = lines(book(DEVIATION, ERROR, WHOLE))

    assert found == [
        (
            "::error file=models/plan.xlsx,line=1,title=inconsistent-formula 'P&L'!D7::D7 has "
            "=B7*C6 where the copies around it would have =B7*C7. Feeds 37 cells, among them 2 "
            "results (Net profit, Year; Cash, Year)."
        ),
        (
            "::warning file=models/plan.xlsx,line=1,title=error-value 'P&L'!F3%3AF4%2C H9::2 cells "
            "show #DIV/0! (F3:F4). Fix: Fill the divisor."
        ),
        "::notice file=models/plan.xlsx,line=1,title=hidden-sheet old::The sheet is very hidden.",
        (
            "::notice title=Tickmark audit::1 workbook, 3 sheets and 400 formulas: 3 findings "
            "(1 high, 1 medium and 1 low), 7.5 per 1,000 formulas."
        ),
    ]


def test_what_could_not_be_audited_is_an_error() -> None:
    assert lines(failed())[0] == "::error title=Not audited::models/broken.xlsx is damaged."


def test_what_is_hidden_is_counted() -> None:
    last = audit_github(everything(), lambda path: path).split("\n")[-1]

    assert "1 suppressed by tickmark.toml" in last
    assert "1 known from audit.json" in last


def test_dismissed_findings_are_notices_only() -> None:
    assert lines(book(DISMISSED), show=True)[0].startswith("::notice file=")


def test_hostile_texts_stay_inside_their_command() -> None:
    found = lines(hostile())

    assert len(found) == 2
    head = re.match(r"::error file=([^,:]*),line=1,title=([^,:]*)::", found[0])
    assert head is not None
    assert head[1].endswith("%2C%3A%25.xlsx")
    assert "##[" not in "".join(found)
    assert "".join(found).isprintable()


def test_a_command_keeps_line_breaks_and_signs_as_codes() -> None:
    assert command("error", "50%\r\n::x::", title="a:b,c\n%") == (
        "::error title=a%3Ab%2Cc%0A%25::50%25%0D%0A::x::"
    )
    assert command("notice", "done") == "::notice::done"
