"""Analyses as they come in, written in the order of their sources."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from threading import Lock

from tickmark.engine.plan import Done, Failed, Outcome
from tickmark.errors import AnswerPending, ModelUnreachable, TickmarkError
from tickmark.hosts.run_folder import RunFolder
from tickmark.hosts.stops import INCOMPLETE, INTERRUPTED, NO_PROVIDER, stop_of
from tickmark.model.analysis import Analysis, Status
from tickmark.model.finding import Severity
from tickmark.model.usage import Usage


@dataclass(slots=True)
class Results:
    """Counts and writes analyses; safe for many threads.

    A result waits until all before it are there; `finish` writes what is left, in order.
    `tell` is called once for each, in order.
    """

    folder: RunFolder
    tell: Callable[[Analysis], None]
    workbooks: int = 0
    failed: int = 0
    incomplete: int = 0
    skipped: list[str] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)
    worst: Severity | None = None
    stopped: str = ""
    _code: int = 0
    _answered: int = 0
    _unreached: int = 0
    _pending: int = 0
    _next: int = 0
    _waiting: dict[int, Analysis | None] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def add(self, number: int, analysis: Analysis | None) -> None:
        """Take the result of one source; None for a source that is passed over."""
        with self._lock:
            self._waiting[number] = analysis
            while self._next in self._waiting:
                self._write(self._waiting.pop(self._next))
                self._next += 1

    def skip(self, number: int, shown: str) -> None:
        """Pass a source over: it is an output of Tickmark itself."""
        self.skipped.append(shown)
        self.add(number, None)

    def heard(self, outcomes: Iterable[Outcome]) -> None:
        """Count which questions got an answer and which found nobody there."""
        with self._lock:
            for outcome in outcomes:
                self._answered += isinstance(outcome, Done)
                self._pending += isinstance(outcome, Failed) and isinstance(
                    outcome.error, AnswerPending
                )
                self._unreached += isinstance(outcome, Failed) and isinstance(
                    outcome.error, ModelUnreachable
                )

    def stopped_by(self, error: TickmarkError) -> None:
        """Remember the error that ended the asking for all workbooks."""
        stop = stop_of(error)
        self.stopped, self._code = stop.word, stop.code

    def interrupt(self) -> None:
        """Remember that the run was stopped from outside."""
        self.stopped, self._code = "interrupted", INTERRUPTED

    def finish(self) -> None:
        """Write what waits behind a gap, in order."""
        with self._lock:
            for number in sorted(self._waiting):
                self._write(self._waiting.pop(number))

    def _write(self, analysis: Analysis | None) -> None:
        if analysis is None:
            return
        self.workbooks += 1
        self.failed += analysis.status is Status.FAILED
        self.incomplete += analysis.status is Status.INCOMPLETE
        self.usage += analysis.usage
        for finding in analysis.findings:
            if finding.is_open and (self.worst is None or finding.severity > self.worst):
                self.worst = finding.severity
        self.folder.append(analysis)
        self.tell(analysis)

    def exit_code(self, fail_on: str) -> int:
        """Exit code of the run; the first that applies of 130, 2, 5, 4, 3, 1, 0."""
        if not self.stopped and self._unreached and not self._answered:
            self.stopped, self._code = "provider", NO_PROVIDER
        if not self.stopped and self._pending:
            self.stopped, self._code = "batch", INCOMPLETE
        if self._code:
            return self._code
        if self.failed or self.incomplete:
            return INCOMPLETE
        if fail_on != "never" and self.worst is not None:
            return int(self.worst >= Severity[fail_on.upper()])
        return 0
