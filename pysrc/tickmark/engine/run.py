"""Plans carried out by threads that wait for the model: what can start, starts."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from tickmark.engine.asking import outcome_of
from tickmark.engine.event import Event, EventKind, OnEvent
from tickmark.engine.halt import Halt
from tickmark.engine.interrupt import ctrl_c_sets
from tickmark.engine.plan import Outcome, Plan, Skipped, Task
from tickmark.engine.plan_run import PlanRun
from tickmark.engine.progress import Progress, UnderWay
from tickmark.engine.ready_queue import ReadyQueue
from tickmark.engine.telemetry import TaskSpan
from tickmark.errors import TickmarkError
from tickmark.llm.call import Call, calling
from tickmark.llm.model import LanguageModel
from tickmark.llm.ranked_lock import Rank, RankedLock

__all__ = ["INTERRUPTED", "Event", "EventKind", "OnEvent", "Runner", "outcome_of", "run"]

INTERRUPTED: Final = "The run was stopped before this was asked."
LEAVING_SECONDS: Final = 1.0

# The stop is a plain event that anybody may set: while all calls hang, only a caller that looks now
# and then sees it. On Windows the main thread hears Ctrl-C only between two waits.
HEARTBEAT_SECONDS = 0.5


@dataclass(slots=True, eq=False)
class _Job:
    """A task that waits for a thread."""

    run: PlanRun
    task: Task


@dataclass(slots=True, eq=False)
class _Work:
    """A task that a thread has taken, and what came of it."""

    job: _Job
    under_way: UnderWay
    parents: Mapping[str, Outcome]
    outcome: Outcome | None = None
    bug: BaseException | None = None


class Runner:
    """Threads that carry out plans; `run` may be called from several threads at once.

    Of the tasks that are ready, those of an earlier plan go first, then those of a higher priority;
    every eighth start takes the one that waits longest. Used as a context manager; leaving it waits
    for the calls in flight, except after a KeyboardInterrupt. Set `stop` (from any thread or a
    signal handler) to start nothing more: what is not asked yet is skipped. What Halt names, such
    as a refused key or `max_failures` failed tasks, stops the runner in the same way; `stopped_by`
    is that error then. With `task_span` each task is asked inside a span of telemetry.
    """

    def __init__(
        self,
        model: LanguageModel,
        *,
        jobs: int,
        stop: threading.Event | None = None,
        max_failures: int = 0,
        task_span: TaskSpan | None = None,
    ) -> None:
        if jobs < 1:
            message = "a runner needs at least one thread"
            raise ValueError(message)
        self._model = model
        self._jobs = jobs
        self._stop = stop if stop is not None else threading.Event()
        self._halt = Halt(max_failures)
        self._task_span = task_span
        self._numbers = itertools.count()
        self._lock = RankedLock(Rank.RUNNER)
        self._more = threading.Condition(self._lock)  # type: ignore[arg-type]
        self._queue: ReadyQueue[_Job] = ReadyQueue()
        self._runs: dict[int, PlanRun] = {}
        self._under_way: dict[int, UnderWay] = {}
        self._threads: list[threading.Thread] = []
        self._hired = 0
        # Threads that wait for a job, and those that were called to one and are not there yet.
        self._idle = 0
        self._called = 0
        self._closed = False
        self._at = time.monotonic()

    @property
    def stopped_by(self) -> TickmarkError | None:
        """The error that stopped the runner, None while it goes on."""
        return self._halt.error

    @property
    def progress(self) -> Progress:
        """How far it is; takes no lock, so that it can be asked while everything stands still."""
        calls = tuple(self._under_way.values())
        return Progress(self._at, len(self._runs), len(self._queue), calls)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None and issubclass(kind, KeyboardInterrupt):
            self._leave()
            return
        with self._lock:
            self._closed = True
            self._skip_if_stopped()
            self._more.notify_all()
        for thread in self._threads:
            thread.join()

    def run(
        self, plan: Plan, on_event: OnEvent | None = None, *, name: str = ""
    ) -> dict[str, Outcome]:
        """Carry out a plan; the outcomes of all its tasks, in the order of the plan.

        `on_event` is called in the caller's thread, while the threads go on. `name` tells the plan
        from others in telemetry. In the main thread
        Ctrl-C sets the stop, so that the calls in flight end and what is there is returned; a
        second one is raised at once. An exception that is no TickmarkError is raised when the
        plan's calls in flight are through. Raises RuntimeError within a task of the same runner.
        """
        if threading.get_ident() in self._under_way:
            message = "a task cannot run a plan on its own runner, which might wait for it for ever"
            raise RuntimeError(message)
        run = PlanRun(plan, next(self._numbers), listens=on_event is not None, name=name)
        with ctrl_c_sets(self._stop):
            try:
                self._begin(run)
                while run.follow(on_event, HEARTBEAT_SECONDS):
                    if self._stop.is_set():
                        with self._lock:
                            self._skip_if_stopped()
            finally:
                self._withdraw(run)
        return run.outcomes()

    def _begin(self, run: PlanRun) -> None:
        """Queue the tasks that wait for nothing."""
        with self._lock:
            self._runs[run.number] = run
            self._at = now = time.monotonic()
            self._add(run, run.begin(now))
            self._skip_if_stopped()
            self._tell(run)
            hire = self._call_threads()
        if hire:
            self._hire()

    def _withdraw(self, run: PlanRun) -> None:
        """Forget what is queued of a run that ends early."""
        with self._lock:
            if self._runs.pop(run.number, None) is not None:
                self._queue.drop(run.number)

    def _leave(self) -> None:
        """End all runs, whatever is in flight."""
        # The thread that was interrupted may hold the lock for ever.
        locked = self._lock.acquire(timeout=LEAVING_SECONDS)
        self._closed = True
        for run in tuple(self._runs.values()):
            self._queue.drop(run.number)
            run.close()
        self._runs.clear()
        if locked:
            self._more.notify_all()
            self._lock.release()

    def _call_threads(self) -> bool:
        """Call idle threads to what is queued; whether one more is to be hired for it."""
        wanted = len(self._queue) - self._called
        if wanted <= 0:
            return False
        woken = min(wanted, self._idle)
        if woken:
            self._idle -= woken
            self._called += woken
            self._more.notify(woken)
        if wanted == woken or self._hired == self._jobs:
            return False
        self._hired += 1
        self._called += 1
        return True

    def _hire(self) -> None:
        """Start one thread more, which hires the next one; where the system has none, do without.

        A thread does not keep a process alive: leaving the runner waits for it, unless Ctrl-C asked
        to leave at once.
        """
        name = f"tickmark-call-{next(self._numbers)}"
        thread = threading.Thread(target=self._work, name=name, daemon=True)
        try:
            thread.start()
        except RuntimeError:
            with self._lock:
                self._called -= 1
                self._hired -= 1
                self._jobs = self._hired
                if not self._hired:
                    raise
        else:
            self._threads.append(thread)

    def _work(self) -> None:
        """Do one job after the other until the runner is closed."""
        thread = threading.current_thread()
        work: _Work | None = None
        try:
            with self._lock:
                self._called -= 1
            while True:
                with self._lock:
                    if work is not None:
                        self._end(work, thread.name)
                        # While it waits, a thread keeps no prompt and no answer.
                        work = None
                    job = self._next_job()
                    if job is None:
                        return
                    work = self._start(job, thread)
                    job = None
                    hire = self._call_threads()
                if hire:
                    self._hire()
                self._answer(work)
        except BaseException as error:  # noqa: BLE001 - a bug in here must not leave callers waiting
            self._break(error)

    def _answer(self, work: _Work) -> None:
        """Get the outcome of a task, without any lock."""
        try:
            with calling(work.under_way.call):
                if self._task_span is None:
                    work.outcome = self._asked(work)
                    return
                with self._task_span(work.job.task.id, work.job.run.name) as tell:
                    work.outcome = self._asked(work)
                    tell(work.outcome)
        except BaseException as error:  # noqa: BLE001 - raised in the caller's thread
            work.bug = error

    def _asked(self, work: _Work) -> Outcome:
        return outcome_of(work.job.task, self._model, work.parents, why_not=self._why_not)

    def _next_job(self) -> _Job | None:
        """Wait for a job; None once the runner is closed."""
        while True:
            self._skip_if_stopped()
            if self._queue:
                return self._queue.take()
            if self._closed:
                return None
            self._idle += 1
            self._more.wait()
            self._called -= 1

    def _start(self, job: _Job, thread: threading.Thread) -> _Work:
        self._at = now = time.monotonic()
        ident = thread.ident or 0
        under_way = UnderWay(ident, now, Call(job.task.id, job.task.priority))
        self._under_way[ident] = under_way
        parents = job.run.start(job.task, now, thread.name)
        job.run.hand_over()
        return _Work(job, under_way, parents)

    def _end(self, work: _Work, thread: str) -> None:
        run, task = work.job.run, work.job.task
        self._at = now = time.monotonic()
        del self._under_way[work.under_way.thread]
        if work.outcome is None:
            run.fail(work.bug or RuntimeError("a task without an outcome"))
            self._queue.drop(run.number)
        else:
            self._halt.note(work.outcome)
            free = run.end(task, work.outcome, now, work.under_way, thread)
            if run.number in self._runs:
                self._add(run, free)
        self._tell(run)

    def _add(self, run: PlanRun, tasks: list[Task]) -> None:
        for task in tasks:
            self._queue.add(_Job(run, task), run.number, task.priority)

    def _tell(self, run: PlanRun) -> None:
        """Tell a caller what happened, and that its run is over where it is."""
        run.hand_over()
        if run.is_over and self._runs.pop(run.number, None) is not None:
            run.close()

    def _why_not(self) -> str:
        """Why nothing may start; "" where it may."""
        if self._halt.error is not None:
            return str(self._halt.error)
        return INTERRUPTED if self._closed or self._stop.is_set() else ""

    def _skip_if_stopped(self) -> None:
        """Once nothing may start, skip all that is queued."""
        reason = self._why_not() if self._queue else ""
        if not reason:
            return
        self._at = now = time.monotonic()
        skipped = Skipped(reason)
        runs = {}
        while self._queue:
            job = self._queue.take()
            runs[job.run.number] = job.run
            self._add(job.run, job.run.skip(job.task, skipped, now))
        for run in runs.values():
            self._tell(run)

    def _break(self, bug: BaseException) -> None:
        """Let all callers meet a bug of the runner itself."""
        with self._lock:
            self._closed = True
            for run in self._runs.values():
                self._queue.drop(run.number)
                run.close(bug)
            self._runs.clear()
            self._more.notify_all()


def run(
    plan: Plan,
    model: LanguageModel,
    *,
    jobs: int,
    on_event: OnEvent | None = None,
    stop: threading.Event | None = None,
    max_failures: int = 0,
) -> dict[str, Outcome]:
    """Carry out one plan with threads of its own; see Runner."""
    with Runner(model, jobs=jobs, stop=stop, max_failures=max_failures) as runner:
        return runner.run(plan, on_event)
