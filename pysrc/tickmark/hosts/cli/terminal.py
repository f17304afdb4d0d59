"""What a run says on the terminal: data on stdout, talk and progress on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING

from tickmark.engine.bottlenecks import bottlenecks
from tickmark.engine.totals import Totals
from tickmark.engine.trace import Trace
from tickmark.hosts.cli.output import emit, printable, terminal_width
from tickmark.hosts.cli.summary import (
    Row,
    console,
    finding_line,
    print_estimates,
    print_summary,
    row_of,
)
from tickmark.hosts.dry_run import WorkbookEstimate
from tickmark.hosts.estimate import Estimate
from tickmark.llm.model import Prompt
from tickmark.model.analysis import Analysis
from tickmark.model.run import Run
from tickmark.report.records import analysis_record, run_record
from tickmark.report.severity import shown
from tickmark.report.terminal_text import wrapped
from tickmark.report.timeline_text import bottlenecks_text
from tickmark.report.totals_text import totals_text
from tickmark.settings import Settings

if TYPE_CHECKING:
    from rich.live import Live
    from rich.progress import Progress, TaskID
    from rich.text import Text

SCHEMA_VERSION = 1
REFRESHES_PER_SECOND = 4


@dataclass(slots=True)
class Terminal:
    """Shows a run to a person or, with `as_json` or `as_jsonl`, gives data to a program.

    With `holds` the results of a run in several parts are told when it is finished, each once.
    """

    quiet: bool = False
    verbose: bool = False
    as_json: bool = False
    as_jsonl: bool = False
    holds: bool = False
    _held: dict[str, Analysis] = field(default_factory=dict)
    _bar: Progress | None = None
    _task: TaskID | None = None
    _live: Live | None = None
    _total: int = 0
    _done: int = 0
    _kept: list[Row] = field(default_factory=list)
    _records: list[dict[str, object]] = field(default_factory=list)
    _lock: RLock = field(default_factory=RLock)

    def phase(self, words: str, total: int) -> None:
        """A phase over `total` workbooks begins."""
        self._end_bar()
        self._total, self._done = total, 0
        if not self._draws or total < 1:
            return
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        self._bar = Progress(
            TextColumn("{task.description:<10}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[name]}"),
            console=console(sys.stderr),
            transient=True,
            # Data is for stdout, wherever that leads.
            redirect_stdout=False,
        )
        self._task = self._bar.add_task(words, total=total, name="")
        self._bar.start()

    def step(self, shown: str) -> None:
        """One workbook of the phase is through."""
        self._done += 1
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, advance=1, name=printable(Path(shown).name)[:24])
            if self._done == self._total:
                self._end_bar()

    @contextmanager
    def asking(self, totals: Callable[[], Totals], *, noun: str = "task") -> Iterator[None]:
        """Show on one line where questions stand, until the block ends."""
        self._end_bar()
        if not self._draws:
            yield
            return
        from rich.live import Live

        screen = console(sys.stderr)
        self._live = Live(
            get_renderable=lambda: _line(totals(), screen.width, noun),
            console=screen,
            refresh_per_second=REFRESHES_PER_SECOND,
            transient=True,
            redirect_stdout=False,
        )
        try:
            self._live.start(refresh=True)
            yield
        finally:
            self._end_bar()

    def result(self, analysis: Analysis) -> None:
        """One workbook is finished, in input order."""
        if self.holds:
            self._held[analysis.path] = analysis
        else:
            self._tell(analysis)

    def tell_held(self) -> None:
        """Tell the results that were held back."""
        self._end_bar()
        for analysis in self._held.values():
            self._tell(analysis)
        self._held.clear()

    def _tell(self, analysis: Analysis) -> None:
        if self.as_jsonl:
            emit(json.dumps(analysis_record(analysis)))
        elif self.as_json:
            self._records.append(analysis_record(analysis))
        else:
            self._kept.append(row_of(analysis))
        if not self.quiet and not sys.stderr.isatty():
            print(row_of(analysis).line(), file=sys.stderr)
        if self.verbose:
            for finding in shown(analysis.findings):
                print("  " + finding_line(finding), file=sys.stderr)

    def say(self, sentence: str) -> None:
        """Something the user has to know; from any thread, above the line of progress."""
        if not self.quiet:
            with self._lock:
                if self._live is None:
                    self._end_bar()
                told = printable(sentence)
                lines = wrapped(told, terminal_width()) if sys.stderr.isatty() else [told]
                print("\n".join(lines), file=sys.stderr)

    def prompt(self, prompt: Prompt) -> None:
        """Print a prompt exactly as it is sent; safe to call from many threads.

        On a terminal without the characters that would steer it; on stderr where stdout is for
        JSON.
        """
        rule = "=" * 20
        user = "\n\n".join(filter(None, (prompt.data, prompt.user)))
        text = (
            f"{rule} system ({prompt.model}) {rule}\n{prompt.system}\n"
            f"{rule} user {rule}\n{user}\n{rule} end {rule}"
        )
        stream = sys.stderr if self.as_json or self.as_jsonl else sys.stdout
        if stream.isatty():
            text = "\n".join(printable(line) for line in text.split("\n"))
        with self._lock:
            self._end_bar()
            if stream is sys.stderr:
                print(text, file=stream, flush=True)
            else:
                emit(text)

    def priced(self, priced: Sequence[WorkbookEstimate], settings: Settings) -> None:
        """The outcome of a dry run."""
        self._end_bar()
        total = sum((one.estimate for one in priced), Estimate())
        if self.as_json or self.as_jsonl:
            emit(json.dumps(_priced_record(priced, total, settings)))
            return
        with suppress(SystemExit):
            print_estimates(priced, total.sentence(settings.model, settings.max_cost))

    def finished(self, run: Run, folder: Path, trace: Trace | None = None) -> None:
        """The outcome of a run; `trace` is what its questions went through."""
        self.tell_held()
        if self.verbose and trace is not None and trace.tasks:
            text = bottlenecks_text(bottlenecks(trace))
            print("\n".join(map(printable, text.split("\n"))), file=sys.stderr)
        if self.as_jsonl:
            return
        if self.as_json:
            whole = {
                "schema_version": SCHEMA_VERSION,
                "complete": run.complete,
                "run": run_record(run),
                "workbooks": self._records,
            }
            emit(json.dumps(whole))
            return
        # Rich leaves with SystemExit where the reader has; the exit code stays the run's.
        with suppress(SystemExit):
            print_summary(run, self._kept, folder)

    @property
    def _draws(self) -> bool:
        """Whether there is a terminal for progress, which the data does not share."""
        shared = self.as_jsonl and sys.stdout.isatty()
        return sys.stderr.isatty() and not (self.quiet or shared)

    def _end_bar(self) -> None:
        with self._lock:
            shown, self._bar, self._live, self._task = self._bar or self._live, None, None, None
            if shown is not None:
                shown.stop()


def _line(totals: Totals, width: int, noun: str) -> Text:
    from rich.text import Text

    # The last column stays free: some terminals would begin a new line.
    text = totals_text(totals, width=width - 1, noun=noun)
    return Text(text, no_wrap=True, overflow="crop")


def _priced_record(
    priced: Sequence[WorkbookEstimate], total: Estimate, settings: Settings
) -> dict[str, object]:
    return {
        "schema_version": SCHEMA_VERSION,
        "model": settings.model,
        "max_cost": settings.max_cost,
        "total": total.record,
        "workbooks": [
            {"path": one.path, "error": one.error or None, "estimate": one.estimate.record}
            for one in priced
        ],
    }
