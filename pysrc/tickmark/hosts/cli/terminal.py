"""What a run says on the terminal: data on stdout, talk and progress on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from tickmark.hosts.cli.output import emit, printable
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
from tickmark.settings import Settings

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

SCHEMA_VERSION = 1


@dataclass(slots=True)
class Terminal:
    """Shows a run to a person or, with `as_json` or `as_jsonl`, gives data to a program."""

    quiet: bool = False
    verbose: bool = False
    as_json: bool = False
    as_jsonl: bool = False
    _bar: Progress | None = None
    _task: TaskID | None = None
    _total: int = 0
    _done: int = 0
    _kept: list[Row] = field(default_factory=list)
    _records: list[dict[str, object]] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def phase(self, words: str, total: int) -> None:
        """A phase over `total` workbooks begins."""
        self._end_bar()
        self._total, self._done = total, 0
        shared = self.as_jsonl and sys.stdout.isatty()
        if self.quiet or shared or not sys.stderr.isatty() or total < 1:
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

    def result(self, analysis: Analysis) -> None:
        """One workbook is finished, in input order."""
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
        """Something the user has to know."""
        if not self.quiet:
            self._end_bar()
            print(printable(sentence), file=sys.stderr)

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

    def finished(self, run: Run, folder: Path) -> None:
        """The outcome of a run."""
        self._end_bar()
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

    def _end_bar(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = self._task = None


def _priced_record(
    priced: Sequence[WorkbookEstimate], total: Estimate, settings: Settings
) -> dict[str, object]:
    return {
        "schema_version": SCHEMA_VERSION,
        "model": settings.model,
        "max_cost": settings.max_cost,
        "total": asdict(total),
        "workbooks": [
            {"path": one.path, "error": one.error or None, "estimate": asdict(one.estimate)}
            for one in priced
        ],
    }
