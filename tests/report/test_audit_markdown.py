"""The audit as Markdown: tables that no text breaks, and nothing that links."""

from __future__ import annotations

import re

import pytest

from tests.report.judged import DEVIATION, DISMISSED, book, everything, hostile, judged
from tickmark.report.audit_markdown import audit_markdown, escaped


def test_the_page_has_the_verdict_what_is_hidden_and_a_table_for_each_workbook() -> None:
    lines = audit_markdown(everything()).split("\n")

    assert lines[:3] == [
        "# Tickmark audit",
        "",
        (
            "2 workbooks, 3 sheets and 400 formulas: 1 high finding new since the baseline, 2.5 "
            "per 1,000 formulas. The audit is incomplete."
        ),
    ]
    assert lines[4].startswith("Not counted: 1 known from audit.json; 1 suppressed by")
    assert "1 finding of the baseline is gone." in lines
    assert "- models/broken.xlsx is damaged." in lines
    assert lines[-6:] == [
        "## models/plan.xlsx",
        "",
        "| Severity | Where | What | Rule |",
        "| --- | --- | --- | --- |",
        (
            "| ▲ high | 'P\\&L'!D7 | D7 has =B7\\*C6 where the copies around it would have "
            "=B7\\*C7. Feeds 37 cells, among them 2 results (Net profit, Year; Cash, Year). | "
            f"inconsistent-formula {DEVIATION.fingerprint[:8]} |"
        ),
        "",
    ]


def test_dismissed_findings_say_so() -> None:
    assert "(dismissed in Excel: the warning" in audit_markdown(judged(book(DISMISSED), show=True))


def test_hostile_texts_stay_in_their_cell_and_link_to_nothing() -> None:
    page = audit_markdown(judged(hostile()))

    (row,) = [line for line in page.split("\n") if line.startswith("| ▲")]
    assert len(re.findall(r"(?<!\\)\|", row)) == 5
    assert not re.search(r"(?<!\\)[<>\[\]`*_]", row.replace("**Fix:**", ""))
    assert "://" not in page
    assert "@all" not in page
    assert "##[" not in page


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a_b*c", "a\\_b\\*c"),
        ("[x](y)", "\\[x\\](y)"),
        ("<b>", "\\<b\\>"),
        ("a|b", "a\\|b"),
        ("two\nlines", "two lines"),
        ("@all", "@\u200ball"),
        ("http://x", "http:\u200b//x"),
        ("www.x.org", "www\u200b.x.org"),
        ("10 % of 3.50 + 2 - 1 (net)", "10 % of 3.50 + 2 - 1 (net)"),
    ],
)
def test_special_signs_show_as_they_are(text: str, shown: str) -> None:
    assert escaped(text) == shown
