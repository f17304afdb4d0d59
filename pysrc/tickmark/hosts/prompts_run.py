"""A run over prompts of everybody's own, from the first call to the last line of the answers."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event as Stop
from typing import Final, TextIO

from tickmark.engine.interrupt import ctrl_c_sets
from tickmark.engine.plan import Done, Failed, Outcome, Plan
from tickmark.engine.run import Event, EventKind, Runner
from tickmark.engine.trace import Tracer
from tickmark.errors import (
    AnswerPending,
    BudgetExceeded,
    InputError,
    ModelDenied,
    ModelUnreachable,
    TickmarkError,
)
from tickmark.hosts.estimate import Estimate, estimate
from tickmark.hosts.line import Line, open_line, told
from tickmark.hosts.prompts import InOrder, journal_of, prompt_record
from tickmark.hosts.run_folder import new_run_id
from tickmark.hosts.timeline import write_timeline
from tickmark.hosts.watch import Watch
from tickmark.model.usage import Usage
from tickmark.report.wording import counted
from tickmark.settings import Key, Settings
from tickmark.wiring import calibrated, price_of

POLL_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted of a run over prompts, beside their answers.

    `file` is the path as typed, `out` the file for the answers (None: stdout), `trace` that of the
    timeline.
    """

    file: str
    out: str | None
    resume: bool = False
    batch: bool = False
    wait: bool = False
    trace: Path | None = None
    poll_seconds: float = POLL_SECONDS


@dataclass(slots=True)
class _Ended:
    """How the prompts of a run ended."""

    outcomes: dict[str, Outcome] = field(default_factory=dict)
    stopped_by: TickmarkError | None = None

    @property
    def waits(self) -> bool:
        """Whether answers of a batch are awaited."""
        return any(_is_pending(one) for one in self.outcomes.values())

    def code(self, stop: Stop) -> int:
        """The exit code: the first that applies of 130, 5, 4, 3, 0."""
        failures = [one.error for one in self.outcomes.values() if isinstance(one, Failed)]
        lost = any(isinstance(error, ModelUnreachable) for error in failures)
        answered = any(isinstance(one, Done) for one in self.outcomes.values())
        if stop.is_set():
            return 130
        if isinstance(self.stopped_by, (ModelDenied, ModelUnreachable)) or (lost and not answered):
            return 5
        if isinstance(self.stopped_by, BudgetExceeded):
            return 4
        return 0 if all(isinstance(one, Done) for one in self.outcomes.values()) else 3


def priced(plan: Plan, settings: Settings) -> Estimate:
    """What the prompts will cost."""
    return estimate(plan, settings.model, price_of(settings), calibrated())


def carry_out(plan: Plan, settings: Settings, key: Key | None, wanted: Wanted, watch: Watch) -> int:
    """Answer all prompts and write the answers; the exit code.

    Raises InputError where the file of the answers is there already or cannot be written.
    """
    journal = journal_of(wanted.file)
    if not wanted.resume:
        if wanted.out is not None and Path(wanted.out).exists():
            raise InputError(
                f"{wanted.out} is there already; resume the run with --resume, or name another "
                "file with --out."
            )
        journal.unlink(missing_ok=True)
    asking = _Asking(plan, settings, key, wanted, watch, journal, Tracer(jobs=settings.jobs))
    with ctrl_c_sets(asking.stop):
        ended = asking.part()
        while wanted.wait and ended.waits and not asking.stop.is_set():
            watch.say("Waiting for message batches; Ctrl-C leaves them at work.")
            asking.stop.wait(wanted.poll_seconds)
            ended = asking.part()
    code = ended.code(asking.stop)
    watch.say(_closing(ended, code))
    if wanted.trace is not None:
        write_timeline(wanted.trace, asking.tracer.trace())
    if code == 0:
        journal.unlink(missing_ok=True)
    return code


@dataclass(slots=True)
class _Asking:
    plan: Plan
    settings: Settings
    key: Key | None
    wanted: Wanted
    watch: Watch
    journal: Path
    tracer: Tracer
    stop: Stop = field(default_factory=Stop)

    def part(self) -> _Ended:
        """Ask what is not answered yet, and write all answers."""
        ended = _Ended()
        line = open_line(
            self.settings,
            self.key,
            stop=self.stop,
            say=self.watch.say,
            journal=self.journal,
            batch=self.wanted.batch,
            run=new_run_id(dt.datetime.now(dt.UTC).astimezone()),
        )
        with line as opened, _answers(self.wanted.out) as answers:

            def give(task_id: str, outcome: Outcome) -> None:
                answers(json.dumps(prompt_record(task_id, outcome)))

            order = InOrder(self.plan, give)
            follow = self.tracer.follow(self.plan)

            def see(event: Event) -> None:
                follow(event)
                if event.kind is EventKind.FINISHED and event.outcome is not None:
                    self.watch.step(event.task)
                    order.take(event.task, event.outcome)

            self.watch.phase("Asking", len(self.plan))
            with Runner(opened.model, jobs=self.settings.jobs, stop=self.stop) as runner:
                ended.outcomes = runner.run(self.plan, see)
                ended.stopped_by = runner.stopped_by
            if self.wanted.batch and not self.stop.is_set() and ended.stopped_by is None:
                _hand_in(opened, ended, self.watch)
        return ended


def _hand_in(line: Line, ended: _Ended, watch: Watch) -> None:
    try:
        sentence = told(line.hand_in())
    except TickmarkError as error:
        ended.stopped_by = error
        sentence = str(error)
    if sentence:
        watch.say(sentence)


@contextmanager
def _answers(out: str | None) -> Iterator[Callable[[str], None]]:
    """What writes a line of the answers, at once."""
    if out is None:
        yield lambda line: _write(sys.stdout, line)
        return
    try:
        with Path(out).open("w", encoding="utf-8", newline="\n") as file:
            yield lambda line: _write(file, line)
    except OSError as error:
        message = f"{out} cannot be written ({error.strerror}); name another file with --out."
        raise InputError(message) from error


def _write(file: TextIO, line: str) -> None:
    try:
        file.write(line + "\n")
        file.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise InputError(
            f"The answers cannot be written ({error.strerror}); make room and go on with --resume."
        ) from error


def _is_pending(outcome: Outcome) -> bool:
    return isinstance(outcome, Failed) and isinstance(outcome.error, AnswerPending)


def _closing(ended: _Ended, code: int) -> str:
    kinds = Counter(type(one) for one in ended.outcomes.values())
    pending = sum(map(_is_pending, ended.outcomes.values()))
    usage = sum(
        (one.usage for one in ended.outcomes.values() if isinstance(one, Done | Failed)), Usage()
    )
    parts = [f"{kinds[Done]:,} of {counted(len(ended.outcomes), 'prompt')} answered"]
    if failed := kinds[Failed] - pending:
        parts.append(f"{failed:,} failed")
    if left := len(ended.outcomes) - kinds[Done] - failed:
        parts.append(f"{left:,} not asked" if not pending else f"{left:,} waiting")
    kept = f", {usage.cached_calls:,} kept answers" if usage.cached_calls else ""
    sentence = f"{', '.join(parts)}: {counted(usage.calls, 'call')}{kept}, {usage.usd:.4f} USD."
    if ended.stopped_by is not None:
        sentence += f" {ended.stopped_by}"
    return sentence + (" Go on with --resume." if code else "")
