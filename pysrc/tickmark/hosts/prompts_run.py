"""A run over prompts of everybody's own, from the first call to the last line of the answers."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from threading import Event as Stop
from typing import Final

from tickmark.engine.interrupt import ctrl_c_sets
from tickmark.engine.journal import Journal
from tickmark.engine.plan import Done, Failed, Outcome
from tickmark.engine.run import Event, EventKind
from tickmark.engine.totals import Counting
from tickmark.engine.trace import Tracer
from tickmark.errors import (
    AnswerPending,
    InputError,
    ModelUnreachable,
    SettingError,
    TickmarkError,
)
from tickmark.hosts.answers_file import AnswersFile, Note
from tickmark.hosts.estimate import Estimate, estimate
from tickmark.hosts.line import Line, await_batch, open_line, opened, told
from tickmark.hosts.private_file import private_folder
from tickmark.hosts.prompts import InOrder, Prompts, journal_name
from tickmark.hosts.run_folder import new_run_id
from tickmark.hosts.stops import INCOMPLETE, INTERRUPTED, NO_PROVIDER, WRONG, stop_of
from tickmark.hosts.timeline import write_timeline
from tickmark.hosts.watch import Watch
from tickmark.hosts.watched_runner import watched_runner
from tickmark.model.usage import Usage
from tickmark.report.wording import counted
from tickmark.settings import Key, Settings, state_folder
from tickmark.wiring import calibrated, identity_of, price_of

KEPT_SECONDS: Final = 30 * 86_400.0
"""Journals of runs that nobody resumes go after this time; no batch is kept for longer."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted of a run over prompts, beside their answers.

    `file` is the path as typed, `trace` that of the timeline.
    """

    file: str
    resume: bool = False
    batch: bool = False
    wait: bool = False
    trace: Path | None = None


def check_prices(prompts: Prompts, settings: Settings) -> None:
    """Raise SettingError for a model of unknown price."""
    price = price_of(settings)
    for model in prompts.models:
        if price(model, Usage(input_tokens=1)) is None:
            raise SettingError(
                f"The price of the model {model!r} is not known, so --max-cost cannot be kept; "
                f"name another one with --model or in {prompts.name}."
            )


def priced(prompts: Prompts, settings: Settings, *, batch: bool = False) -> Estimate:
    """What the prompts will cost."""
    price = price_of(settings, batch=batch)
    return estimate(prompts.plan, settings.model, price, calibrated())


def priced_text(
    found: Estimate,
    prompts: Prompts,
    settings: Settings,
    *,
    batch: bool = False,
    resumed: bool = False,
) -> str:
    """An estimate as a sentence."""
    named = prompts.models[0] if len(prompts.models) == 1 else f"{len(prompts.models)} models"
    return found.sentence(named, settings.max_cost, batch=batch, resumed=resumed)


def carry_out(
    prompts: Prompts,
    settings: Settings,
    key: Key | None,
    wanted: Wanted,
    *,
    watch: Watch,
    answers: AnswersFile,
) -> int:
    """Answer all prompts and write the answers; the exit code.

    Raises InputError where a file is in the way or cannot be written, WriteRefused where another
    process is at work on the same prompts, and the ModelError family where batches of an earlier
    part cannot be collected.
    """
    note = _note_of(wanted.file, prompts, settings)
    if wanted.resume and wanted.trace is None and answers.are_those_of(note):
        watch.say(f"All is answered already: {answers.name} stays as it is.")
        return 0
    with _journal(prompts, wanted, watch) as journal, answers.opened():
        asking = _Asking(prompts, settings, key, wanted, watch, journal, answers)
        batch, kept = asking.batched, bool(len(journal))
        found = priced(prompts, settings, batch=batch)
        watch.say(priced_text(found, prompts, settings, batch=batch, resumed=kept))
        answers.failed = asking.stop.set
        with ctrl_c_sets(asking.stop):
            ended = asking.whole()
        asking.order.end()
        code = ended.code(asking.stop, answers.fault)
        watch.say(_closing(ended, code, answers.fault, batched=asking.batched))
        if code == 0:
            journal.discard()
    if code == 0:
        answers.note_whole(note)
    if wanted.trace is not None and asking.tracer is not None:
        write_timeline(wanted.trace, asking.tracer.trace(), name=prompts.name)
    return code


@dataclass(slots=True)
class _Ended:
    """How the prompts of a part of a run ended."""

    outcomes: dict[str, Outcome] = field(default_factory=dict)
    stopped_by: TickmarkError | None = None

    @property
    def awaits(self) -> bool:
        """Whether answers of batches are awaited, and nothing stands in the way of them."""
        return self.stopped_by is None and any(map(_is_pending, self.outcomes.values()))

    def code(self, stop: Stop, fault: str) -> int:
        """The exit code: 0 where all is answered, else the first that applies of 130, 2, 5, 4, 3.

        `fault` is why the answers cannot be written.
        """
        failures = [one.error for one in self.outcomes.values() if isinstance(one, Failed)]
        answered = any(isinstance(one, Done) for one in self.outcomes.values())
        lost = any(isinstance(error, ModelUnreachable) for error in failures) and not answered
        if not fault and all(isinstance(one, Done) for one in self.outcomes.values()):
            return 0
        if stop.is_set() and not fault:
            return INTERRUPTED
        code = stop_of(self.stopped_by).code if self.stopped_by is not None else INCOMPLETE
        return NO_PROVIDER if lost and code != WRONG else code


@dataclass(slots=True)
class _Asking:
    prompts: Prompts
    settings: Settings
    key: Key | None
    wanted: Wanted
    watch: Watch
    journal: Journal
    answers: AnswersFile
    stop: Stop = field(default_factory=Stop)
    order: InOrder = field(init=False)
    tracer: Tracer | None = field(init=False)
    run: str = field(init=False)

    def __post_init__(self) -> None:
        self.order = InOrder(self.prompts.plan, self._write, holds=self.wanted.wait)
        # A trace of many prompts takes its room.
        self.tracer = Tracer(jobs=self.settings.jobs) if self.wanted.trace is not None else None
        self.run = new_run_id(dt.datetime.now(dt.UTC).astimezone())

    @property
    def batched(self) -> bool:
        """Whether questions go out in batches: a run that began so goes on so."""
        return self.wanted.batch or self.journal.batched

    def whole(self) -> _Ended:
        """Ask what is not answered yet; where it is wished, until all batches are collected."""
        if kept := len(self.journal):
            self.watch.say(f"Taken from the earlier run: {counted(kept, 'answer')}.")
        ended = self._part()
        while self.wanted.wait and ended.awaits and not self.stop.is_set():
            if not await_batch(
                self.settings, self.key, self.journal, stop=self.stop, say=self.watch.say
            ):
                break
            ended = self._part()
        return ended

    def _part(self) -> _Ended:
        ended = _Ended()
        plan, counting = self.prompts.plan, Counting()
        count = counting.follow(plan)
        trace = self.tracer.follow(plan) if self.tracer is not None else None

        def see(event: Event) -> None:
            count(event)
            if trace is not None:
                trace(event)
            if event.kind is EventKind.FINISHED and event.outcome is not None:
                self.order.take(event.task, event.outcome)

        self.journal.begin_again()
        say = self.watch.say
        with open_line(
            self.settings,
            self.key,
            stop=self.stop,
            say=say,
            journal=self.journal,
            batch=self.batched,
            run=self.run,
        ) as line:
            with (
                watched_runner(
                    line.model, self.settings, stop=self.stop, say=say, run=self.run
                ) as runner,
                self.watch.asking(counting.totals, noun="prompt"),
            ):
                ended.outcomes = runner.run(plan, see)
                ended.stopped_by = runner.stopped_by
            if not self.stop.is_set() and ended.awaits:
                self._hand_in(line, ended)
        return ended

    def _hand_in(self, line: Line, ended: _Ended) -> None:
        try:
            if sentence := told(line.hand_in()):
                self.watch.say(sentence)
        except TickmarkError as error:
            ended.stopped_by = error

    def _write(self, task_id: str, outcome: Outcome) -> None:
        self.answers.write(json.dumps(self.prompts.record(task_id, outcome)))


@contextmanager
def _journal(prompts: Prompts, wanted: Wanted, watch: Watch) -> Iterator[Journal]:
    """The journal of the prompts, emptied where nothing is resumed.

    Only who holds it may empty it: another process may be at work on the same prompts.
    """
    folder = _folder()
    path = folder / journal_name(wanted.file, prompts.digest)
    try:
        private_folder(folder)
        _sweep(folder, path)
    except OSError as error:
        raise InputError(
            f"{folder} cannot be written ({error.strerror}); name another place with TICKMARK_HOME."
        ) from error
    if path.exists() and not wanted.resume:
        _discard(path, prompts.name)
    with opened(path, watch.say) as journal:
        yield journal


def _folder() -> Path:
    return state_folder() / "prompts"


def _note_of(file: str, prompts: Prompts, settings: Settings) -> Note:
    """Where it is noted that these prompts are all answered, as they are asked now."""
    digest = sha256(f"{prompts.digest} {identity_of(settings)}".encode())
    for task in prompts.plan:
        digest.update(task.prompt_after({}).key.encode())
    place = _folder() / f"{journal_name(file, prompts.digest)}.whole"
    return Note(place, digest.hexdigest())


def _sweep(folder: Path, spare: Path) -> None:
    """Remove what no run has touched for long, but for the journal of this one."""
    oldest = time.time() - KEPT_SECONDS
    for path in folder.iterdir():
        with suppress(OSError):
            if path != spare and path.stat().st_mtime < oldest:
                path.unlink()


def _discard(path: Path, name: str) -> None:
    with Journal(path) as journal:
        if journal.batches() or journal.submitting is not None:
            raise InputError(
                f"An earlier run of {name} still waits for message batches: collect their answers "
                f"with --resume, or remove {path} to give them up."
            )
        journal.discard()


def _is_pending(outcome: Outcome) -> bool:
    return isinstance(outcome, Failed) and isinstance(outcome.error, AnswerPending)


def _closing(ended: _Ended, code: int, fault: str, *, batched: bool) -> str:
    """How the run ended, in a few sentences."""
    outcomes = ended.outcomes.values()
    kinds = Counter(type(one) for one in outcomes)
    pending = sum(map(_is_pending, outcomes))
    usage = sum((one.usage for one in outcomes if isinstance(one, Done | Failed)), Usage())
    failed = kinds[Failed] - pending
    left = len(outcomes) - kinds[Done] - failed
    parts = [f"{kinds[Done]:,} of {counted(len(outcomes), 'prompt')} answered"]
    parts += [f"{failed:,} failed"] if failed else []
    parts += [f"{left:,} {'waiting' if pending else 'not asked'}"] if left else []
    kept = f", {counted(usage.cached_calls, 'kept answer')}" if usage.cached_calls else ""
    told = [f"{', '.join(parts)}: {counted(usage.calls, 'call')}{kept}, {usage.usd:.4f} USD."]
    told += [str(ended.stopped_by)] if ended.stopped_by is not None else []
    told += [fault] if fault else []
    # What failed in a batch failed for good.
    goes_on = left or fault or not batched
    if code and goes_on and "--resume" not in " ".join(told):
        told.append("Go on with --resume.")
    return " ".join(told)
