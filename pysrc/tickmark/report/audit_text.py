"""An audit as text for a terminal: findings by workbook and sheet, then what they come to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from tickmark.audit.judging.judgement import JudgedFinding, JudgedRun, JudgedWorkbook
from tickmark.model.address import quote_sheet_name
from tickmark.model.finding import Finding
from tickmark.report.audit_summary import (
    explanation_parts,
    fixed,
    hidden,
    missing,
    one_line,
    verdict,
)
from tickmark.report.rows import effect_words
from tickmark.report.terminal_text import WIDTH, fitted, padded, wrapped
from tickmark.report.wording import counted

Paint = Callable[[str, str], str]
"""Colours a text by the name of its look: a severity, `title`, `rule` or `muted`."""

LOOKS: Final = ("high", "medium", "low", "info", "title", "rule", "muted")

_SEVERITY: Final = 8
_CELLS: Final = 12
_INDENT: Final = 4
_MOST_PROBLEMS: Final = 20


def audit_text(run: JudgedRun, *, width: int = WIDTH, paint: Paint = lambda _, text: text) -> str:
    """All listed findings and a summary, in lines of a width."""
    blocks = [_workbook(book, run, width, paint) for book in run.workbooks]
    blocks = [block for block in blocks if block]
    return "\n\n".join("\n".join(lines) for lines in [*blocks, _summary(run, width, paint)])


def _workbook(book: JudgedWorkbook, run: JudgedRun, width: int, paint: Paint) -> list[str]:
    """The lines of a workbook; none where there is nothing to list."""
    by_sheet: dict[str, list[JudgedFinding]] = {}
    for one in book.of(*run.shown):
        by_sheet.setdefault(one.finding.sheet, []).append(one)
    if not by_sheet:
        return []
    lines = [paint("title", fitted(one_line(book.audited.path, 400), width))]
    for sheet, found in by_sheet.items():
        name = quote_sheet_name(one_line(sheet, 80)) if sheet else "(workbook)"
        lines += ["", "  " + paint("title", fitted(name, width - 2))]
        for one in found:
            lines += _finding(one, width, paint)
    return lines


def _finding(judged: JudgedFinding, width: int, paint: Paint) -> Iterator[str]:
    finding = judged.finding
    margin = " " * (_INDENT + _SEVERITY + _CELLS)
    room = width - len(margin)
    word = finding.severity.word
    first = " " * _INDENT + paint(word, word) + " " * (_SEVERITY - len(word))
    cells = padded(_cells(finding), _CELLS - 1) + " "
    yield first + cells + paint("rule", finding.rule) + paint("muted", f"  {judged.id}")
    told = [one_line(finding.message)]
    fix = one_line(finding.fix)
    if fix and fix not in told[0]:
        told.append(f"Fix: {fix}")
    told += [one_line(effect_words(finding.effect))] if finding.effect else []
    if judged.reason:
        told.append(one_line(judged.reason[:1].upper() + judged.reason[1:]) + ".")
    told += [f"{heading}: {text}" for heading, text in explanation_parts(judged)]
    for text in filter(None, told):
        yield from (margin + _harmless(line) for line in wrapped(text, room))


def _cells(finding: Finding) -> str:
    """The first range, and how many more there are, in the room of its column."""
    if not finding.ranges:
        return ""
    more = f" +{len(finding.ranges) - 1}" if len(finding.ranges) > 1 else ""
    return fitted(one_line(finding.ranges[0], 40), _CELLS - 1 - len(more)) + more


def _summary(run: JudgedRun, width: int, paint: Paint) -> list[str]:
    problems = missing(run)
    lines = []
    if problems:
        lines.append(paint("title", "Not audited, or only in part"))
        for problem in problems[:_MOST_PROBLEMS]:
            lines += _hanging(problem, width)
        if len(problems) > _MOST_PROBLEMS:
            lines.append(f"  and {counted(len(problems) - _MOST_PROBLEMS, 'more problem')}")
        lines.append("")
    lines += [paint("title", line) for line in wrapped(verdict(run), width)]
    parts = hidden(run)
    if parts:
        lines += [
            paint("muted", _harmless(line))
            for line in wrapped("Not counted: " + "; ".join(parts) + ".", width)
        ]
    gone = fixed(run)
    return [*lines, gone] if gone else lines


def _hanging(text: str, width: int) -> list[str]:
    lines = wrapped(text, width - 4)
    return [("  " if not at else "    ") + _harmless(line) for at, line in enumerate(lines)]


def _harmless(line: str) -> str:
    """A line that no build server takes for a command of its own, whatever a cell holds."""
    return f"·{line}" if line.startswith("::") else line
