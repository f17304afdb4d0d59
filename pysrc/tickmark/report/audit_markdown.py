"""An audit as Markdown, for comments and summaries of build servers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tickmark.audit.judging.judgement import JudgedFinding, JudgedRun, JudgedWorkbook
from tickmark.report.audit_summary import (
    explanation_parts,
    fixed,
    hidden,
    missing,
    one_line,
    verdict,
)
from tickmark.report.rows import effect_words, where
from tickmark.report.severity import SYMBOLS

MOST_ROWS: Final = 500
"""Rows of one workbook: what renders Markdown refuses longer pages."""

_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>#|~$&])")
# What turns a bare address or name into a link or a message to somebody.
_LINKED: Final = re.compile(r"(?i)(:(?=//)|@|www(?=\.)|mailto(?=:)|xmpp(?=:))")


def audit_markdown(run: JudgedRun) -> str:
    """The verdict, what is not counted, and a table of findings for each workbook."""
    return "\n".join(_lines(run)) + "\n"


def escaped(text: str, limit: int = 2_000) -> str:
    """A stranger's text on one line that shows as it is and links to nothing."""
    shown = _SPECIAL.sub(r"\\\1", one_line(text, limit))
    return _LINKED.sub("\\1\u200b", shown)


def explained(judged: JudgedFinding) -> str:
    """What is said about a finding, in one line of Markdown; "" for nothing."""
    parts = explanation_parts(judged)
    return " ".join(f"**{heading}:** {escaped(text)}" for heading, text in parts)


def _lines(run: JudgedRun) -> Iterator[str]:
    yield "# Tickmark audit"
    yield ""
    yield escaped(verdict(run))
    parts = [f"Not counted: {'; '.join(hidden(run))}."] if hidden(run) else []
    parts += [fixed(run)] if fixed(run) else []
    for part in parts:
        yield ""
        yield escaped(part)
    problems = missing(run)
    if problems:
        yield ""
        yield "**Not audited, or only in part:**"
        yield ""
        yield from (f"- {escaped(one)}" for one in problems)
    for book in run.workbooks:
        yield from _workbook(book, run)


def _workbook(book: JudgedWorkbook, run: JudgedRun) -> Iterator[str]:
    found = book.of(*run.shown)
    if not found:
        return
    yield ""
    yield f"## {escaped(book.audited.path, 400)}"
    yield ""
    yield "| Severity | Where | What | Rule |"
    yield "| --- | --- | --- | --- |"
    yield from map(_row, found[:MOST_ROWS])
    if len(found) > MOST_ROWS:
        yield ""
        yield f"And {len(found) - MOST_ROWS:,} more."


def _row(judged: JudgedFinding) -> str:
    finding = judged.finding
    told = [escaped(finding.message)]
    if finding.fix and one_line(finding.fix) not in one_line(finding.message):
        told.append(f"**Fix:** {escaped(finding.fix)}")
    told += [escaped(effect_words(finding.effect))] if finding.effect else []
    if judged.reason:
        told.append(f"({escaped(judged.reason)})")
    told.append(explained(judged))
    severity = f"{SYMBOLS[finding.severity]} {finding.severity.word}"
    what = " ".join(filter(None, told))
    return f"| {severity} | {escaped(where(finding))} | {what} | {finding.rule} {judged.id} |"
