"""The closing words of a run on a terminal: a table, the worst findings, where the results are."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from tickmark.hosts.cli.output import printable, shell_line
from tickmark.hosts.dry_run import WorkbookEstimate
from tickmark.hosts.timeline import TIMELINE_FILE
from tickmark.model.address import quote_sheet_name
from tickmark.model.analysis import Analysis, Status
from tickmark.model.finding import Finding, Severity
from tickmark.model.run import Run
from tickmark.report.severity import shown

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

WORST_SHOWN = 10
WORST_OF_ONE = 3
ROWS_SHOWN = 60
PROBLEMS_SHOWN = 40
FEW_CALLS = 5
SUMMARIES_SHOWN = 10
SUMMARY_LENGTH = 2000
NAME_WIDTH = 44
LEAST_NAME = 24
FIGURES_WIDTH = 54
MESSAGE_WIDTH = 200

_WITH_PATH = ("Report:", "Resume:", "Timeline:")
_REQUEST = re.compile(r" ?\(request [^)]*\)")
_STYLES = {
    Severity.HIGH: "bold red",
    Severity.MEDIUM: "yellow",
    Severity.LOW: "",
    Severity.INFO: "dim",
}


@dataclass(frozen=True, slots=True)
class Row:
    """What is said of one workbook at the end of a run.

    `worst` are its first findings, `problems` its first (sheet, or "" for the workbook; sentence)
    pairs and `more_problems` the number of the others, `summary` the model's words.
    """

    path: str
    status: Status
    error: str
    sheets: int
    cells: int
    formulas: int
    counts: Mapping[Severity, int] = field(hash=False)
    worst: tuple[Finding, ...] = field(hash=False)
    problems: tuple[tuple[str, str], ...]
    summary: str = ""
    more_problems: int = 0

    def line(self) -> str:
        """One plain line, for logs and pipes."""
        if self.status is Status.FAILED:
            return printable(f"{self.path}: failed: {self.error}")
        state = "" if self.status is Status.OK else " (incomplete)"
        return printable(f"{self.path}: {counted(self.counts)}{state}")


def row_of(analysis: Analysis) -> Row:
    """The row of an analysis."""
    findings = shown(analysis.findings)
    counts = Counter(finding.severity for finding in findings)
    problems = [
        (sheet.name, sentence)
        for sheet in analysis.sheets
        for sentence in (*((sheet.error,) if sheet.error else ()), *sheet.problems)
    ]
    problems += [("", problem) for problem in analysis.problems]
    if analysis.status is Status.INCOMPLETE and not problems:
        problems = [("", note) for note in analysis.notes]
    return Row(
        path=analysis.path,
        status=analysis.status,
        error=analysis.error,
        sheets=len(analysis.sheets),
        cells=analysis.cells,
        formulas=analysis.formulas,
        counts={severity: counts[severity] for severity in Severity},
        worst=tuple(findings[:WORST_OF_ONE]),
        problems=tuple(problems[:WORST_SHOWN]),
        summary=analysis.summary[:SUMMARY_LENGTH],
        more_problems=max(0, len(problems) - WORST_SHOWN),
    )


def counted(counts: Mapping[Severity, int]) -> str:
    """Findings by severity in words, such as `2 high, 1 low`; `no findings` for none."""
    parts = [f"{counts[s]} {s.word}" for s in sorted(Severity, reverse=True) if counts[s]]
    return ", ".join(parts) if parts else "no findings"


def finding_line(finding: Finding) -> str:
    """One finding in one plain line."""
    words = (finding.severity.word, finding.rule, place(finding))
    return printable(f"{' '.join(word for word in words if word)}: {finding.message}")


def console(stream: TextIO) -> Console:
    """A terminal for tables; plain and 80 columns wide where the stream is none."""
    from rich.console import Console

    return Console(file=stream, emoji=False, width=None if stream.isatty() else 100)


def print_summary(run: Run, rows: Sequence[Row], folder: Path) -> None:
    """Table of workbooks, worst findings over all, problems, totals, and where the results are."""
    out = console(sys.stdout)
    if rows:
        _print_rows(out, rows)
    _print_worst(out, rows)
    _print_words(out, rows)
    problems = _problems(rows)
    if problems:
        out.print("\nWhat is missing", style="bold")
    for problem in problems[:PROBLEMS_SHOWN]:
        out.print(f"  {printable(problem)}", markup=False, highlight=False, soft_wrap=True)
    more = max(0, len(problems) - PROBLEMS_SHOWN) + sum(row.more_problems for row in rows)
    if more:
        noun = "problem" if more == 1 else "problems"
        out.print(f"  and {more:,} more {noun} in the report", style="dim")
    for sentence in _closing(run, rows, folder):
        # A path is to be copied as it is.
        whole = not out.is_terminal or sentence.startswith(_WITH_PATH)
        out.print(printable(sentence), markup=False, highlight=False, soft_wrap=whole)


def _problems(rows: Sequence[Row]) -> list[str]:
    """Each sentence once, with the first place it holds for and how many there are."""
    first: dict[str, str] = {}
    places: Counter[str] = Counter()
    for row in rows:
        pairs = row.problems if row.status is not Status.FAILED else (("", row.error),)
        for sheet, sentence in pairs:
            alike = _REQUEST.sub("", sentence)
            where = f"{row.path}, {quote_sheet_name(sheet)}: " if sheet else f"{row.path}: "
            named = row.path in sentence
            first.setdefault(alike, sentence if named else f"{where}{sentence}")
            places[alike] += 1
    return [
        text + (f" ({places[alike] - 1} more like it)" if places[alike] > 1 else "")
        for alike, text in first.items()
    ]


def _print_words(out: Console, rows: Sequence[Row]) -> None:
    """The model's summaries, where they are few enough to be read."""
    told = [row for row in rows if row.summary]
    if not 0 < len(told) <= SUMMARIES_SHOWN:
        return
    out.print("\nIn the model's words", style="bold")
    for row in told:
        line = _text(f"{Path(row.path).name}: ", "bold")
        line.append(printable(row.summary), style="not bold")
        out.print(line)


def print_estimates(priced: Sequence[WorkbookEstimate], sentence: str) -> None:
    """Table of a dry run."""
    from rich.table import Table

    out = console(sys.stdout)
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Workbook", overflow="fold")
    for title in ("Calls", "Tokens in", "Likely USD", "At most USD"):
        table.add_column(title, justify="right")
    names = short_names([one.path for one in priced])
    for one, name in zip(priced, names, strict=True):
        cost = one.estimate
        figures = (str(cost.calls), f"{cost.input_tokens:,}", _usd(cost.likely), _usd(cost.most))
        table.add_row(_text(name), *(figures if not one.error else ("-",) * 4))
    out.print(table)
    for one in priced:
        if one.error:
            out.print(printable(one.error), markup=False, highlight=False, soft_wrap=True)
    out.print(f"{sentence} Nothing was sent.", markup=False, highlight=False, soft_wrap=True)


def _print_rows(out: Console, rows: Sequence[Row]) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Workbook", overflow="fold")
    for title in ("Sheets", "Cells", "Formulas"):
        table.add_column(title, justify="right")
    table.add_column("Findings", overflow="fold")
    table.add_column("Status")
    shown = _most_telling(rows)
    room = min(NAME_WIDTH, max(LEAST_NAME, out.width - FIGURES_WIDTH))
    names = short_names([row.path for row in rows], room)
    for row, name in zip(rows, names, strict=True):
        if row not in shown:
            continue
        if row.status is Status.FAILED:
            table.add_row(_text(name), "-", "-", "-", "-", _text("failed", "bold red"))
            continue
        table.add_row(
            _text(name),
            f"{row.sheets:,}",
            f"{row.cells:,}",
            f"{row.formulas:,}",
            counted(row.counts),
            _text(row.status.value, "" if row.status is Status.OK else "yellow"),
        )
    out.print(table)
    if len(shown) < len(rows):
        out.print(f"and {len(rows) - len(shown)} more workbooks in the report", style="dim")


def _most_telling(rows: Sequence[Row]) -> set[Row]:
    """All rows of a small run; of a large one those that failed or have the worst findings."""
    ranked = sorted(rows, key=lambda row: (row.status is not Status.OK, *_worst_first(row)))
    return set(ranked[-ROWS_SHOWN:])


def _worst_first(row: Row) -> tuple[int, ...]:
    return tuple(row.counts[severity] for severity in sorted(Severity, reverse=True))


def short_names(paths: Sequence[str], most: int = NAME_WIDTH) -> list[str]:
    """Paths below the folder that all share, cut in the middle to `most` letters."""
    shared = 0
    folders = [path.split("/")[:-1] for path in paths]
    if len(paths) > 1:
        while all(len(f) > shared and f[shared] == folders[0][shared] for f in folders):
            shared += 1
    names = ["/".join(path.split("/")[shared:]) for path in paths]
    half = most // 2
    return [n if len(n) <= most else f"{n[: half - 1]}…{n[-half:]}" for n in names]


def _print_worst(out: Console, rows: Sequence[Row]) -> None:
    found = [
        (row.path, finding)
        for row in rows
        for finding in row.worst
        if finding.severity >= Severity.MEDIUM
    ]
    found.sort(key=lambda pair: -pair[1].severity)
    if not found:
        return
    from rich.table import Table

    out.print("\nWorst findings", style="bold")
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 1, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for path, finding in found[:WORST_SHOWN]:
        message = printable(finding.message)
        cut = "…" if len(message) > MESSAGE_WIDTH else ""
        line = _text(f"{Path(path).name} {place(finding)}\n", "bold", breaks=True)
        line.append(f"{message[:MESSAGE_WIDTH]}{cut}", style="not bold")
        table.add_row(_text(finding.severity.word, _STYLES[finding.severity]), line)
    out.print(table)
    total = sum(row.counts[Severity.HIGH] + row.counts[Severity.MEDIUM] for row in rows)
    if total > min(len(found), WORST_SHOWN):
        more = total - min(len(found), WORST_SHOWN)
        out.print(f"  and {more} more of high or medium severity in the report", style="dim")


def _closing(run: Run, rows: Sequence[Row], folder: Path) -> list[str]:
    totals: Counter[Severity] = Counter()
    for row in rows:
        totals.update(row.counts)
    books = f"{run.workbooks} workbook" + ("" if run.workbooks == 1 else "s")
    sentences = ["", f"{books}: {counted(dict(totals) | {s: totals[s] for s in Severity})}."]
    if run.failed or run.incomplete:
        sentences.append(f"Not whole: {run.failed} failed, {run.incomplete} incomplete.")
    if run.skipped:
        sentences.append(f"Passed over as Tickmark's own output: {len(run.skipped)}.")
    if run.model:
        usage = run.usage
        calls = "1 call" if usage.calls == 1 else f"{usage.calls:,} calls"
        sentences.append(
            f"{run.model}: {calls}, {usage.cached_calls} from the cache, {usage.usd:.4f} USD."
        )
    else:
        sentences.append("Rules only: no model was asked.")
    if run.stopped:
        sentences.append(_STOPPED.get(run.stopped, f"Stopped: {run.stopped}"))
    if run.stopped or (run.model and not run.complete):
        sentences.append(f"Resume: {_resuming(run, folder)}")
    sentences += _pace(run, folder)
    sentences.append(f"Report: {folder / 'report.html'}")
    return sentences


def _resuming(run: Run, folder: Path) -> str:
    """The command that goes on with a run, with more to spend where that was too little."""
    more = ("--max-cost", f"{2 * run.max_cost:g}") if run.stopped == "budget" else ()
    return shell_line("tickmark", "analyze", "--resume", str(folder), *more)


def _pace(run: Run, folder: Path) -> Iterator[str]:
    """What bounded a run of more than a few calls, and where its timeline is."""
    told, sends = run.bottlenecks.get("sentence"), run.bottlenecks.get("sends")
    if isinstance(told, str) and isinstance(sends, int) and sends > FEW_CALLS:
        yield told
        yield f"Timeline: {folder / TIMELINE_FILE}"


_STOPPED = {
    "budget": "Stopped by the spending limit; resume with a higher --max-cost, answers stay.",
    "provider": "Stopped: the provider cannot be reached or refuses the key (tickmark key test).",
    "interrupted": "Stopped before the end; what is done has been kept.",
    "limit": "Stopped: the provider's rate limit asks to wait too long; resume the run later.",
    "failures": "Stopped: too many questions failed (max_failures).",
    "disk": "Stopped: the record of answers cannot be written; make room and resume the run.",
    "batch": "Answers of a message batch are awaited; resume the run to collect them.",
}


def place(finding: Finding) -> str:
    """Where a finding is, in short, such as `'P&L'!C5, C7`; empty for the whole workbook."""
    cells = ", ".join(finding.ranges[:3]) + (", …" if len(finding.ranges) > 3 else "")  # noqa: PLR2004 - three places name a pattern
    sheet = quote_sheet_name(finding.sheet) if finding.sheet else ""
    return f"{sheet}!{cells}" if sheet and cells else sheet + cells


def _text(text: str, style: str = "", *, breaks: bool = False) -> Text:
    from rich.text import Text

    end = "\n" if breaks else ""
    return Text(printable(text.removesuffix("\n")) + end, style=style)


def _usd(amount: float | None) -> str:
    return "?" if amount is None else f"{amount:.4f}"
