"""What is said of an audit as a whole: what was looked through, found, hidden and missed."""

from __future__ import annotations

import re
from typing import Final

from tickmark.audit.judging.judgement import HIDDEN, Disposition, JudgedFinding, JudgedRun
from tickmark.model.analysis import Status
from tickmark.model.explanation import Author
from tickmark.model.finding import Severity
from tickmark.report.severity import Tally
from tickmark.report.wording import counted, listed, number, plain

MOST_ORIGINS: Final = 3
_MOST_TEXT: Final = 2_000
# What changes the direction of reading or begins a line: a text could pose as another one.
_STEERING: Final = re.compile("[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def one_line(text: str, limit: int = _MOST_TEXT) -> str:
    """A stranger's text on one line, cut to `limit` characters, fit for any terminal and file."""
    shown = " ".join(_STEERING.sub("\ufffd", plain(text, limit)).split())
    # Build servers take what follows these signs for a command, wherever on a line it stands.
    return shown.replace("##[", "## [")


def explanation_parts(judged: JudgedFinding) -> tuple[tuple[str, str], ...]:
    """What is said about a finding: a heading and one line of text for each part."""
    made = judged.explanation
    if made is None:
        return ()
    parts = (("Cause", made.cause), ("Effect", made.effect), ("What to do", made.fix))
    told = [(heading, one_line(text)) for heading, text in parts if text]
    if made.author is Author.RULE:
        told.append(("Source", "the documentation of the rule; no model was told of the finding."))
    return tuple(told)


def tally_of(run: JudgedRun, disposition: Disposition) -> Tally:
    """The findings with a disposition, counted by severity."""
    return Tally(**{one.word: n for one, n in run.counts(disposition).items()})


def verdict(run: JudgedRun) -> str:
    """One sentence: how much was looked through, and what was found in it."""
    books = len(run.workbooks)
    failed = sum(one.audited.status is Status.FAILED for one in run.workbooks)
    sheets = sum(one.audited.sheets for one in run.workbooks)
    where = listed(
        [counted(books, "workbook"), counted(sheets, "sheet"), counted(run.formulas, "formula")]
    )
    if not books:
        return "No workbook was audited."
    if failed == books:
        return f"{counted(books, 'workbook')} could not be audited."
    found = tally_of(run, Disposition.OPEN)
    new = " new since the baseline" if run.baseline and found.total else ""
    sentence = f"{where}: {found.sentence}{new}{_rate(run, found.total)}."
    return sentence if run.complete else f"{sentence} The audit is incomplete."


def _rate(run: JudgedRun, found: int) -> str:
    if not found or not run.formulas:
        return ""
    return f", {1000 * found / run.formulas:.1f} per 1,000 formulas"


def hidden(run: JudgedRun) -> tuple[str, ...]:
    """For each reason to hide findings, how many there are; those of severity high apart."""
    told = []
    for disposition in HIDDEN:
        total = run.total(disposition)
        if not total:
            continue
        high = run.counts(disposition)[Severity.HIGH]
        bits = [f"{number(high)} high"] if high else []
        bits += [_option(run, disposition)]
        listed_bits = "; ".join(filter(None, bits))
        aside = f" ({listed_bits})" if listed_bits else ""
        told.append(f"{number(total)} {_words(run, disposition)}{aside}")
    return tuple(told)


def _words(run: JudgedRun, disposition: Disposition) -> str:
    return {
        Disposition.OPEN: "open",
        Disposition.MORE: "of the tier more",
        Disposition.DISMISSED: "dismissed in Excel",
        Disposition.SUPPRESSED: f"suppressed by {_origins(run)}",
        Disposition.BASELINE: f"known from {one_line(run.baseline, 80)}",
        Disposition.LEFT_OUT: "of rules that are left out",
    }[disposition]


def _option(run: JudgedRun, disposition: Disposition) -> str:
    """How the findings are listed."""
    if disposition is Disposition.MORE:
        return "--tier more lists them"
    if disposition is Disposition.DISMISSED:
        return "listed here" if run.show_dismissed else "--show-dismissed lists them"
    return ""


def _origins(run: JudgedRun) -> str:
    """The bare names of the files whose suppressions were used."""
    names = {one.origin.replace("\\", "/").rpartition("/")[2]: None for one in _suppressed(run)}
    shown = [one_line(name, 40) for name in names]
    return ", ".join(shown[:MOST_ORIGINS])


def _suppressed(run: JudgedRun) -> list[JudgedFinding]:
    return [one for one in run.findings if one.disposition is Disposition.SUPPRESSED]


def fixed(run: JudgedRun) -> str:
    """How many findings of the baseline are gone; empty for none."""
    if not run.fixed:
        return ""
    were = "finding of the baseline is", "findings of the baseline are"
    return f"{counted(run.fixed, *were)} gone."


def missing(run: JudgedRun) -> tuple[str, ...]:
    """Sentences about what could not be audited, each with its workbook."""
    told = []
    for book in run.workbooks:
        audited = book.audited
        path = one_line(audited.path, 400)
        sentences = (audited.error,) if audited.error else audited.problems
        for sentence in sentences:
            text = one_line(sentence)
            told.append(text if path in text else f"{path}: {text}")
    return tuple(told)
