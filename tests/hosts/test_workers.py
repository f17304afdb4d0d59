"""Worker processes: a crash or a hang costs one job."""

from __future__ import annotations

import importlib
import os
import sys
import threading
import time
from pathlib import Path

import pytest

from tickmark.hosts.workers import Lost, in_processes


def work(job: str) -> str:
    if job == "crash":
        os._exit(7)
    if job == "hang":
        time.sleep(600)
    if job == "leave":
        threading.Timer(0.1, os._exit, (0,)).start()
    if job == "slow":
        time.sleep(1.0)
    if job.startswith("raise"):
        raise ValueError(job)
    return job.upper()


def results(jobs: list[str], *, workers: int = 2, seconds: float = 60.0) -> list[str | Lost]:
    found = dict(in_processes(work, jobs, workers=workers, seconds=seconds))
    return [found[number] for number in range(len(jobs))]


def test_every_job_comes_back_with_its_number() -> None:
    assert results(["a", "b", "c", "d", "e"]) == ["A", "B", "C", "D", "E"]


def test_a_crash_costs_its_own_job_only() -> None:
    a, crashed, b = results(["a", "crash", "b"])

    assert (a, b) == ("A", "B")
    assert crashed == Lost("the reading process ended unexpectedly (code 7)")


def test_a_job_that_raises_says_what_it_raised_and_costs_no_other() -> None:
    raised, done = results(["raise", "a"], workers=1)

    assert raised == Lost(
        "the reading process ended unexpectedly (ValueError); set TICKMARK_DEBUG=1 to see why"
    )
    assert done == "A"


def test_debugging_tells_the_last_line_of_the_error_without_paths(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TICKMARK_DEBUG", "1")

    raised, hidden = results(["raise", "raise /home/me/plan.xlsx"], workers=1)

    assert raised == Lost("the reading process ended unexpectedly (ValueError: raise)")
    assert hidden == Lost("the reading process ended unexpectedly (ValueError: raise)")


def test_work_that_cannot_be_loaded_is_named_for_every_job(tmp_path: Path) -> None:
    module = tmp_path / "work_that_breaks.py"
    module.write_text("def work(job): return job\n")
    sys.path.insert(0, str(tmp_path))
    try:
        broken = importlib.import_module("work_that_breaks").work
        module.write_text("raise LookupError('no such table')\n")
        found = dict(in_processes(broken, ["a", "b"], workers=1, seconds=60.0))
    finally:
        sys.path.remove(str(tmp_path))
        del sys.modules["work_that_breaks"]

    lost = Lost(
        "the reading process ended unexpectedly (LookupError); set TICKMARK_DEBUG=1 to see why"
    )
    assert found == {0: lost, 1: lost}


def test_a_hanging_job_is_stopped_and_the_next_is_done() -> None:
    hung, done = results(["hang", "a"], workers=1, seconds=3.0)

    assert hung == Lost("reading was stopped after 3 seconds")
    assert done == "A"


def test_with_little_memory_jobs_run_one_after_the_other_but_run() -> None:
    found = dict(
        in_processes(work, ["a", "b", "c"], workers=2, seconds=60.0, free_memory=lambda: 0)
    )

    assert found == {0: "A", 1: "B", 2: "C"}


def test_no_jobs_start_no_process() -> None:
    assert results([]) == []


def test_a_worker_that_dies_while_it_waits_costs_no_job() -> None:
    free = iter([1 << 40])
    jobs = in_processes(
        work, ["leave", "slow", "a"], workers=2, seconds=60.0, free_memory=lambda: next(free, 0)
    )

    assert dict(jobs) == {0: "LEAVE", 1: "SLOW", 2: "A"}


def test_a_set_stop_ends_all_waiting_for_jobs_under_way() -> None:
    stop = threading.Event()
    found = []
    for number, _ in in_processes(work, ["a", "hang", "b"], workers=2, seconds=60.0, stop=stop):
        found.append(number)
        if number == 2:
            stop.set()

    assert found == [0, 2]
