"""An audit as commands of GitHub Actions, which show findings beside a change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from tickmark.audit.judging.judgement import Disposition, JudgedFinding, JudgedRun
from tickmark.model.finding import Severity
from tickmark.report.audit_summary import (
    explanation_parts,
    fixed,
    hidden,
    missing,
    one_line,
    verdict,
)
from tickmark.report.rows import effect_words, where

_COMMANDS: Final = {
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "notice",
    Severity.INFO: "notice",
}


def audit_github(run: JudgedRun, locate: Callable[[str], str]) -> str:
    """One command a line; `locate` tells a workbook's path in the repository."""
    return "\n".join(_lines(run, locate))


def _lines(run: JudgedRun, locate: Callable[[str], str]) -> Iterator[str]:
    for book in run.workbooks:
        file = locate(book.audited.path)
        for one in book.of(*run.shown):
            yield _finding(one, file)
    for sentence in missing(run):
        yield command("error", sentence, title="Not audited")
    gone = fixed(run)
    parts = [verdict(run), *([f"Not counted: {'; '.join(hidden(run))}."] if hidden(run) else [])]
    yield command("notice", " ".join([*parts, *([gone] if gone else [])]), title="Tickmark audit")


def _finding(judged: JudgedFinding, file: str) -> str:
    finding = judged.finding
    dismissed = judged.disposition is Disposition.DISMISSED
    name = "notice" if dismissed else _COMMANDS[finding.severity]
    told = [one_line(finding.message)]
    fix = one_line(finding.fix)
    told += [f"Fix: {fix}"] if fix and fix not in told[0] else []
    told += [one_line(effect_words(finding.effect))] if finding.effect else []
    told += [f"({one_line(judged.reason)})"] if judged.reason else []
    told += [f"{heading}: {text}" for heading, text in explanation_parts(judged)]
    title = f"{finding.rule} {one_line(where(finding), 120)}"
    return command(name, " ".join(filter(None, told)), file=file, line="1", title=title)


def command(name: str, message: str, **properties: str) -> str:
    """One workflow command, in which no text can end early or begin another command."""
    given = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name} {given}::{_data(message)}" if given else f"::{name}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
