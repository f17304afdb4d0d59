"""A run as one self-contained HTML file: no network, no script, every text escaped."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final
from urllib.parse import quote

from tickmark.model.analysis import Analysis, Status
from tickmark.model.run import Run
from tickmark.model.usage import Usage
from tickmark.report.picture import KINDS
from tickmark.report.rows import Row
from tickmark.report.section import Entry, Limits, Section, entry, section
from tickmark.report.severity import SYMBOLS, WORST_FIRST, Tally
from tickmark.report.verdict import RULES_ONLY, Standing, run_verdict, run_warning
from tickmark.report.wording import cost, counted, dollars, duration, moment, number, plain
from tickmark.templates import render_html, template_text

MOST_SECTIONS: Final = 300
MOST_SKIPPED: Final = 200

_PAGE_ROWS: Final = 6_000
_PAGE_PICTURES: Final = 900
_TOP: Final = 5
_STYLE: Final = "reports/run.css"


@dataclass(slots=True)
class _Totals:
    """Counts over all workbooks of a run."""

    ok: int = 0
    incomplete: int = 0
    failed: int = 0
    sheets: int = 0
    cells: int = 0
    formulas: int = 0
    errors: int = 0
    hidden: int = 0

    def add(self, analysis: Analysis) -> None:
        """Count one more workbook."""
        self.ok += analysis.status is Status.OK
        self.incomplete += analysis.status is Status.INCOMPLETE
        self.failed += analysis.status is Status.FAILED
        self.sheets += len(analysis.sheets)
        self.cells += analysis.cells
        self.formulas += analysis.formulas
        self.errors += sum(one.coverage.errors for one in analysis.sheets)
        self.hidden += sum(one.coverage.hidden_cells for one in analysis.sheets)


@dataclass(frozen=True, slots=True)
class _Top:
    """One of the findings to look at first."""

    word: str
    symbol: str
    workbook: str
    row: Row


def render_report(run: Run, analyses: Iterable[Analysis], *, timeline: str = "") -> str:
    """The report of a run, its workbooks in the order given.

    `timeline` is the file of its timeline, relative to the report ("" for none).

    Holds one analysis at a time. The first 300 workbooks with something to say have a section;
    the table of all workbooks is complete. The text is free of lone surrogates.
    """
    totals, found = _Totals(), Tally()
    entries: list[Entry] = []
    sections: list[Section] = []
    limits = _limits(run.workbooks)
    for place, analysis in enumerate(analyses, 1):
        totals.add(analysis)
        entries.append(entry(analysis, place))
        found += entries[-1].tally
        _admit(sections, section(analysis, place, limits))
    standing = Standing(
        totals.ok,
        totals.incomplete,
        totals.failed,
        max(0, run.workbooks - len(entries)),
    )
    style = sha256(template_text(_STYLE).encode()).digest()
    return render_html(
        "reports/run.html.j2",
        run=run,
        style_hash="sha256-" + base64.b64encode(style).decode(),
        title=_title(entries, standing.total),
        verdict=run_verdict(standing, found),
        warning=run_warning(run, standing),
        rules_only="" if run.model else RULES_ONLY,
        facts=_facts(run),
        timeline=quote(timeline),
        question=plain(run.question),
        standing=standing,
        totals=totals,
        found=found,
        bar=_bar(found),
        cost=_cost(run),
        top=_top(sections, len(entries)),
        entries=entries,
        sections=sections,
        with_section={one.entry.place: one.anchor for one in sections},
        skipped=[plain(path, 400) for path in run.skipped[:MOST_SKIPPED]],
        severities=[(one.word, SYMBOLS[one]) for one in WORST_FIRST],
        kinds=KINDS,
        number=number,
        counted=counted,
        plain=plain,
    )


def _limits(workbooks: int) -> Limits:
    """What a workbook may take so that the page stays small enough to be mailed."""
    share = max(1, min(workbooks, MOST_SECTIONS))
    return Limits(
        rows=max(20, min(200, _PAGE_ROWS // share)),
        pictures=max(6, min(80, _PAGE_PICTURES // share)),
    )


def _admit(sections: list[Section], one: Section) -> None:
    """Keep a section where there is room; one that has something to say takes a silent one's."""
    if len(sections) < MOST_SECTIONS:
        sections.append(one)
        return
    silent = [at for at, kept in enumerate(sections) if not kept.speaks] if one.speaks else []
    if silent:
        del sections[silent[-1]]
        sections.append(one)


def _title(entries: list[Entry], workbooks: int) -> str:
    if len(entries) == workbooks == 1:
        return f"Analysis of {entries[0].name}"
    return f"Analysis of {counted(workbooks, 'workbook')}"


def _facts(run: Run) -> tuple[tuple[str, str], ...]:
    pairs = (
        ("Model", plain(run.model, 80) or "none, rules only"),
        ("Finished" if run.finished else "Started", moment(run.finished or run.started)),
        ("Took", duration(run.seconds) if run.seconds else ""),
        ("Run", plain(run.id, 80)),
        ("Tickmark", plain(run.version, 40)),
    )
    return tuple((label, text) for label, text in pairs if text)


def _cost(run: Run) -> tuple[str, str]:
    """The amount, and the sentence under it."""
    usage = run.usage
    if not run.model and usage == Usage():
        return "$0.00", "No model was asked."
    read = usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens
    parts = [f"{counted(usage.calls, 'call')}, {number(usage.cached_calls)} from cache"]
    if read or usage.output_tokens:
        parts.append(f"{number(read)} tokens in, {number(usage.output_tokens)} out")
    if run.max_cost and math.isfinite(run.max_cost):
        parts.append(f"limit {dollars(run.max_cost)}")
    return cost(usage), "; ".join(parts)


def _bar(found: Tally) -> list[tuple[str, float, float]]:
    """(severity, start, length) of a bar 100 wide, where even one finding can be seen."""
    weights = [(one.word, max(n, found.total / 50)) for one, n in found.counts if n]
    whole = sum(weight for _, weight in weights)
    parts, start = [], 0.0
    for word, weight in weights:
        length = 100 * weight / whole
        parts.append((word, round(start, 2), round(length, 2)))
        start += length
    return parts


def _top(sections: list[Section], workbooks: int) -> list[_Top]:
    """The worst few findings, at most two of a rule in a workbook; none where all fit one look."""
    if sum(one.rows for one in sections) <= _TOP and workbooks == 1:
        return []
    candidates = [
        (group.severity, _Top(group.severity.word, group.symbol, one.entry.name, row))
        for one in sections
        for group in one.groups
        for row in group.rows[:2]
    ]
    candidates.sort(key=lambda pair: -pair[0])
    return [top for _, top in candidates[:_TOP]]
