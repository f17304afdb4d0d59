"""Plans carried out by threads that wait for the model: what can start, starts."""

from __future__ import annotations

import heapq
import itertools
import queue
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from types import TracebackType
from typing import Self

from tickmark.engine.interrupt import ctrl_c_sets
from tickmark.engine.plan import Done, Failed, Outcome, Plan, Skipped, Task
from tickmark.engine.schedule import Schedule
from tickmark.errors import (
    BudgetExceeded,
    ModelDenied,
    ModelUnreachable,
    SettingError,
    TickmarkError,
)
from tickmark.llm.answers import ask
from tickmark.llm.model import LanguageModel, spent_on

# Failures that every further call would meet as well.
FATAL = (ModelDenied, BudgetExceeded, SettingError)
UNREACHABLE_IN_A_ROW = 3
INTERRUPTED = "The run was stopped before this was asked."
# A set stop, and on Windows Ctrl-C, is seen between two waits.
HEARTBEAT_SECONDS = 0.5


class EventKind(StrEnum):
    """What happened to a task."""

    READY = "ready"
    STARTED = "started"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class Event:
    """One step of one task; `at` is in time.monotonic() seconds, `outcome` stands with FINISHED."""

    kind: EventKind
    task: str
    at: float
    outcome: Outcome | None = None


OnEvent = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class _Job:
    """A task handed out by the run of a plan."""

    run: int
    task: Task
    parents: Mapping[str, Outcome]
    inbox: queue.SimpleQueue[_Message]


@dataclass(frozen=True, slots=True)
class _Message:
    """From a thread to the run of a plan: a start, or an end with an outcome or a bug."""

    task: str
    at: float
    outcome: Outcome | None = None
    bug: BaseException | None = None

    @property
    def started(self) -> bool:
        return self.outcome is None and self.bug is None


class Runner:
    """Threads that carry out plans; `run` may be called from several threads at once.

    Tasks of an earlier plan go before those of a later one. Used as a context manager; leaving it
    waits for the calls in flight. Set `stop` (from any thread or a signal handler) to start nothing
    more: what is not asked yet is skipped. A refused key, an exhausted budget, a wrong setting, and
    three calls in a row that reach no provider stop the runner in the same way; `stopped_by` is
    that error then.
    """

    def __init__(
        self, model: LanguageModel, *, jobs: int, stop: threading.Event | None = None
    ) -> None:
        self._model = model
        self._stop = stop if stop is not None else threading.Event()
        self._pool = ThreadPoolExecutor(jobs, thread_name_prefix="tickmark-call")
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        self._queue: list[tuple[int, int, int, _Job]] = []
        self._free = jobs
        self._broken: set[int] = set()
        self._closed = False
        self._unreachable = 0
        self._stopped_by: TickmarkError | None = None

    @property
    def stopped_by(self) -> TickmarkError | None:
        """The error that stopped the runner, None while it goes on."""
        with self._lock:
            return self._stopped_by

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._lock:
            self._closed = True
        self._dispatch()
        self._pool.shutdown(wait=True)

    def run(self, plan: Plan, on_event: OnEvent | None = None) -> dict[str, Outcome]:
        """Carry out a plan; the outcomes of all its tasks, in the order of the plan.

        `on_event` is called in the caller's thread. In the main thread Ctrl-C sets the stop, so
        that the calls in flight end and what is there is returned; a second one is raised at once.
        An exception that is no TickmarkError is raised when the plan's calls in flight are through.
        """
        with ctrl_c_sets(self._stop):
            return _Run(self, plan, on_event).carry_out()

    def offer(self, jobs: Iterable[_Job]) -> None:
        """Queue jobs and start what can start."""
        with self._lock:
            for job in jobs:
                age = next(self._numbers)
                heapq.heappush(self._queue, (job.run, -job.task.priority, age, job))
        self._dispatch()

    def withdraw(self, run: int) -> None:
        """Forget what is queued of a run that ends early."""
        with self._lock:
            self._queue = [entry for entry in self._queue if entry[0] != run]
            heapq.heapify(self._queue)
            self._broken.discard(run)

    def new_run(self) -> int:
        """A number above those of all runs before."""
        return next(self._numbers)

    def flush_if_stopped(self) -> None:
        """Skip what is queued if the stop was set since the last start."""
        if self._stop.is_set():
            self._dispatch()

    def _dispatch(self) -> None:
        """Start jobs while threads are free; once stopped, skip all that are queued."""
        started = []
        with self._lock:
            why = self._why_not()
            while self._queue and (self._free or why):
                job = heapq.heappop(self._queue)[-1]
                reason = why or (INTERRUPTED if job.run in self._broken else "")
                if reason:
                    job.inbox.put(_Message(job.task.id, time.monotonic(), Skipped(reason)))
                else:
                    self._free -= 1
                    started.append((job, self._pool.submit(self._answer, job)))
        for job, future in started:
            # Outside the lock: a future that is done already calls back here.
            future.add_done_callback(partial(self._finished, job))

    def _why_not(self) -> str:
        """Why nothing may start; "" where it may."""
        if self._stopped_by is not None:
            return str(self._stopped_by)
        return INTERRUPTED if self._closed or self._stop.is_set() else ""

    def _answer(self, job: _Job) -> Outcome:
        job.inbox.put(_Message(job.task.id, time.monotonic()))
        outcome = outcome_of(job.task, self._model, job.parents)
        with self._lock:
            self._judge(outcome)
        return outcome

    def _judge(self, outcome: Outcome) -> None:
        if isinstance(outcome, Done) and not outcome.cached:
            self._unreachable = 0
        if not isinstance(outcome, Failed) or self._stopped_by is not None:
            return
        if isinstance(outcome.error, ModelUnreachable):
            self._unreachable += 1
        if isinstance(outcome.error, FATAL) or self._unreachable >= UNREACHABLE_IN_A_ROW:
            self._stopped_by = outcome.error

    def _finished(self, job: _Job, future: Future[Outcome]) -> None:
        bug = future.exception()
        outcome = future.result() if bug is None else None
        with self._lock:
            self._free += 1
            if bug is not None:
                self._broken.add(job.run)
        job.inbox.put(_Message(job.task.id, time.monotonic(), outcome, bug))
        self._dispatch()


class _Run:
    """One run of one plan, steered by the thread that called for it."""

    def __init__(self, runner: Runner, plan: Plan, on_event: OnEvent | None) -> None:
        self._runner = runner
        self._number = runner.new_run()
        self._schedule = Schedule(plan)
        self._on_event = on_event
        self._inbox: queue.SimpleQueue[_Message] = queue.SimpleQueue()
        self._under_way = 0
        self._bug: BaseException | None = None

    def carry_out(self) -> dict[str, Outcome]:
        try:
            self._hand_out(self._schedule.ready())
            while self._under_way:
                self._take_next()
        finally:
            self._runner.withdraw(self._number)
        if self._bug is not None:
            raise self._bug
        return self._schedule.outcomes

    def _take_next(self) -> None:
        try:
            message = self._inbox.get(timeout=HEARTBEAT_SECONDS)
        except queue.Empty:
            self._runner.flush_if_stopped()
        else:
            self._take(message)

    def _hand_out(self, tasks: list[Task]) -> None:
        now = time.monotonic()
        for task in tasks:
            self._tell(Event(EventKind.READY, task.id, now))
        self._under_way += len(tasks)
        self._runner.offer(
            _Job(self._number, task, self._schedule.parents(task), self._inbox) for task in tasks
        )

    def _take(self, message: _Message) -> None:
        if message.started:
            self._tell(Event(EventKind.STARTED, message.task, message.at))
            return
        self._under_way -= 1
        if message.outcome is None:
            self._bug = self._bug or message.bug
            return
        free = self._schedule.finish(message.task, message.outcome)
        for name, outcome in self._schedule.newly_settled():
            self._tell(Event(EventKind.FINISHED, name, message.at, outcome))
        if self._bug is None:
            self._hand_out(free)

    def _tell(self, event: Event) -> None:
        if self._on_event is not None:
            self._on_event(event)


def run(
    plan: Plan,
    model: LanguageModel,
    *,
    jobs: int,
    on_event: OnEvent | None = None,
    stop: threading.Event | None = None,
) -> dict[str, Outcome]:
    """Carry out one plan with threads of its own; see Runner."""
    with Runner(model, jobs=jobs, stop=stop) as runner:
        return runner.run(plan, on_event)


def outcome_of(task: Task, model: LanguageModel, parents: Mapping[str, Outcome]) -> Outcome:
    """Ask one task's question; deliberate errors become its failure."""
    try:
        prompt = task.prompt_after(parents)
        if task.form is None:
            reply = model.complete(prompt)
            return Done(reply.text, reply.usage, reply.cached)
        value, usage = ask(model, prompt, task.form)
    except TickmarkError as error:
        # Its frames hold the whole prompt.
        return Failed(error.with_traceback(None), spent_on(error))
    return Done(value, usage, cached=usage.calls == 0 and usage.cached_calls > 0)
