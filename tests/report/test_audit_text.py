"""The audit as text: complete, within its width, and harmless whatever cells hold."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.report.judged import (
    DEVIATION,
    DISMISSED,
    WHOLE,
    book,
    everything,
    failed,
    hostile,
    judged,
)
from tickmark.model.analysis import Status
from tickmark.report.audit_text import LOOKS, audit_text
from tickmark.report.terminal_text import shown_width, wrapped

EVERYTHING = """\
models/plan.xlsx

  'P&L'
    high    D7          inconsistent-formula  {id}
                        D7 has =B7*C6 where the copies around it would have
                        =B7*C7.
                        Feeds 37 cells, among them 2 results (Net profit, Year;
                        Cash, Year).

Not audited, or only in part
  models/broken.xlsx is damaged.

2 workbooks, 3 sheets and 400 formulas: 1 high finding new since the baseline,
2.5 per 1,000 formulas. The audit is incomplete.
Not counted: 1 known from audit.json; 1 suppressed by tickmark.toml; 1 dismissed
in Excel (1 high; --show-dismissed lists them); 1 of the tier more (--tier more
lists them); 1 of rules that are left out.
1 finding of the baseline is gone."""


def test_findings_stand_by_workbook_and_sheet_and_a_summary_tells_what_is_hidden() -> None:
    assert audit_text(everything()) == EVERYTHING.format(id=DEVIATION.fingerprint[:8])


def test_a_clean_run_is_one_sentence() -> None:
    assert audit_text(judged(book())) == "1 workbook, 3 sheets and 400 formulas: no findings."


def test_a_run_that_read_nothing_is_never_clean() -> None:
    text = audit_text(judged(failed()))

    assert "no findings" not in text
    assert text.endswith("1 workbook could not be audited.")


def test_an_incomplete_workbook_is_named_with_what_it_lacks() -> None:
    part = book(status=Status.INCOMPLETE, problems=("P&L: the sheet ends early.",))

    text = audit_text(judged(part))

    assert "  models/plan.xlsx: P&L: the sheet ends early." in text
    assert text.endswith("no findings. The audit is incomplete.")


def test_a_finding_about_the_workbook_needs_no_cell() -> None:
    text = audit_text(judged(book(replace(WHOLE, sheet=""))))

    assert "  (workbook)\n    low                 hidden-sheet" in text


def test_dismissed_findings_say_who_dismissed_them() -> None:
    text = audit_text(judged(book(DISMISSED), show=True))

    assert "    high    A9          error-value" in text
    assert "Dismissed in Excel: the warning evalError is" in text
    assert "Not counted: 1 dismissed in Excel (1 high; listed here)." in text


@pytest.mark.parametrize("width", [80, 120])
def test_hostile_texts_stay_inside_their_lines(width: int) -> None:
    text = audit_text(judged(hostile()), width=width)

    lines = text.split("\n")
    assert max(map(shown_width, lines)) <= width
    assert not [line for line in lines if line.lstrip().startswith("::")]
    assert "##[" not in text
    assert text.isprintable() is False  # only line feeds are not
    assert text.replace("\n", "").isprintable()


def test_colours_change_no_text() -> None:
    seen: list[str] = []

    def paint(look: str, text: str) -> str:
        seen.append(look)
        return f"<{text}>"

    painted = audit_text(everything(), paint=paint)

    assert painted.replace("<", "").replace(">", "") == audit_text(everything())
    assert set(seen) <= set(LOOKS)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", []),
        ("one two three", ["one two", "three"]),
        ("a verylongwordhere b", ["a", "verylong", "wordhere", "b"]),
        ("売上集計表 x", ["売上集計", "表 x"]),
    ],
)
def test_lines_break_at_blanks_and_inside_words_only_where_they_must(
    text: str, lines: list[str]
) -> None:
    assert wrapped(text, 8) == lines
