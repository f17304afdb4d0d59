"""Worker processes that read workbooks: a crash, a hang or a full memory costs one workbook.

Every worker has a pipe of its own, so that the parent knows which job a dead worker had; a
process pool of the standard library fails all its jobs instead.
"""

from __future__ import annotations

import multiprocessing
import re
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from threading import Event
from typing import Any, TypeVar

import psutil

from tickmark.hosts.interrupt import ctrl_c_held
from tickmark.settings import debugging

Job = TypeVar("Job")
Result = TypeVar("Result")

SECONDS_PER_WORKBOOK = 600.0
JOBS_PER_WORKER = 100
LEAST_FREE_MEMORY = 1 << 30
# Windows waits for 63 handles at most, two a worker.
MOST_WORKERS = 30 if sys.platform == "win32" else 256
# A set stop is seen between two waits.
HEARTBEAT_SECONDS = 0.5
_ENDED = "the reading process ended unexpectedly"
_PATH = re.compile(r"""\s*\(?['"]?(?:[A-Za-z]:)?[^\s()'"]*[/\\][^\s()'"]*['"]?\)?""")


@dataclass(frozen=True, slots=True)
class Lost:
    """A job whose worker died or took too long, and the sentence that says so."""

    message: str


@dataclass(slots=True)
class _Worker:
    process: SpawnProcess
    pipe: Connection
    done: int = 0
    job: int | None = None
    started: float = 0.0


def processes_each(workers: int, workbooks: int) -> int:
    """How many of a run's processes each workbook gets, as many being read at once as can be."""
    return max(1, workers // max(1, min(workers, workbooks)))


def fault(shown: str, error: Exception) -> str:
    """The sentence for a workbook that met a fault of Tickmark; nothing of the error's own text."""
    return (
        f"{shown} could not be analysed ({type(error).__name__}); this is a fault of Tickmark, set "
        "TICKMARK_DEBUG=1 to see it whole."
    )


def in_processes(
    work: Callable[[Job], Result],
    jobs: Sequence[Job],
    *,
    workers: int,
    seconds: float,
    stop: Event | None = None,
    free_memory: Callable[[], int] = lambda: psutil.virtual_memory().available,
) -> Iterator[tuple[int, Result | Lost]]:
    """Run jobs in processes and yield (position, result) as each ends.

    `work` and the jobs have to be picklable; `seconds` bounds one job. Further jobs wait while
    less than 1 GiB of memory is free, unless nothing is running. A set `stop` ends it: jobs under
    way are given up.
    """
    pool: list[_Worker] = []
    waiting = list(range(len(jobs)))[::-1]
    workers = min(workers, MOST_WORKERS)
    try:
        while waiting or any(worker.job is not None for worker in pool):
            if stop is not None and stop.is_set():
                return
            _feed(pool, waiting, jobs, work, workers, free_memory=free_memory)
            yield from _collect(pool, seconds)
    finally:
        for worker in pool:
            _end(worker)


def _feed(
    pool: list[_Worker],
    waiting: list[int],
    jobs: Sequence[Job],
    work: Callable[[Job], Result],
    workers: int,
    *,
    free_memory: Callable[[], int],
) -> None:
    while waiting:
        busy = sum(worker.job is not None for worker in pool)
        if busy and (busy >= workers or free_memory() < LEAST_FREE_MEMORY):
            return
        worker = next((w for w in pool if w.job is None), None)
        if worker is None:
            worker = _start(work)
            pool.append(worker)
        worker.job = waiting.pop()
        worker.started = time.monotonic()
        try:
            worker.pipe.send(jobs[worker.job])
        except OSError:
            if worker.done:
                # It died while it had nothing to do: the job is another's.
                waiting.append(worker.job)
                worker.job = None
                pool.remove(worker)
                _end(worker)


def _collect(pool: list[_Worker], seconds: float) -> Iterator[tuple[int, Any]]:
    busy = [worker for worker in pool if worker.job is not None]
    until = min(worker.started for worker in busy) + seconds
    ready = wait(
        [handle for worker in busy for handle in (worker.pipe, worker.process.sentinel)],
        timeout=min(HEARTBEAT_SECONDS, max(0.0, until - time.monotonic())),
    )
    for worker in busy:
        job = worker.job
        if job is None:
            continue
        if worker.pipe in ready or worker.process.sentinel in ready:
            yield job, _received(worker)
        elif time.monotonic() - worker.started >= seconds:
            worker.process.kill()
            worker.process.join()
            yield job, Lost(f"reading was stopped after {seconds:g} seconds")
        else:
            continue
        worker.job = None
        worker.done += 1
        if worker.done >= JOBS_PER_WORKER or not worker.process.is_alive():
            pool.remove(worker)
            _end(worker)


def _received(worker: _Worker) -> Any:  # noqa: ANN401 - what the pipe carries is typed by in_processes
    try:
        return worker.pipe.recv()
    except (EOFError, OSError):
        worker.process.join()
        return Lost(f"{_ENDED} (code {worker.process.exitcode})")


def _start(work: Callable[[Job], Result]) -> _Worker:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs,), daemon=True)
    if sys.platform != "win32":
        # Once, since its start lets Ctrl-C through again.
        resource_tracker.ensure_running()
    with ctrl_c_held():
        process.start()
    theirs.close()
    with suppress(OSError):  # a process that died at once is found out with its first job
        # Not with the process: what fails while it is loaded could not be told.
        ours.send(work)
    return _Worker(process, ours)


def _end(worker: _Worker) -> None:
    worker.pipe.close()
    worker.process.join(timeout=1.0 if worker.job is None else 0.0)
    if worker.process.is_alive():
        worker.process.kill()
        worker.process.join()
    worker.process.close()


def _serve(pipe: Connection) -> None:
    """A worker's life: Ctrl-C is the parent's to handle, a closed pipe is the end.

    The first message is the work, every further one a job, answered with its result or a Lost.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    work: Callable[[Any], Any] | None = None
    lost: Lost | None = None
    try:
        work = pipe.recv()
    except (EOFError, OSError):
        return
    except Exception as error:  # noqa: BLE001 - whatever loading the work meets
        lost = _failed(error)
    while True:
        try:
            job = pipe.recv()
        except (EOFError, OSError):
            return
        except Exception as error:  # noqa: BLE001 - whatever loading the job meets
            pipe.send(lost or _failed(error))
            continue
        if work is None:
            pipe.send(lost)
            continue
        try:
            pipe.send(work(job))
        except OSError as error:
            if pipe.closed or isinstance(error, BrokenPipeError):
                return
            pipe.send(_failed(error))
        except Exception as error:  # noqa: BLE001 - whatever the work meets
            pipe.send(_failed(error))


def _failed(error: Exception) -> Lost:
    """What is said of an error in a worker; nothing of its own text unless debugging."""
    told = type(error).__name__
    if not debugging():
        return Lost(f"{_ENDED} ({told}); set TICKMARK_DEBUG=1 to see why")
    traceback.print_exception(error)
    line = traceback.format_exception_only(error)[-1]
    shown = "".join(letter for letter in _PATH.sub("", line) if letter.isprintable())
    return Lost(f"{_ENDED} ({shown.strip() or told})")
