"""Tasks in processes of their own, under a limit of time and memory, two at once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

Found: TypeAlias = dict[str, Any]
"""What a task found; `failed` has the reason where it did not come to its end."""

Task: TypeAlias = Callable[..., Iterator[Found]]
"""Gives what it finds piece by piece, so that not all is lost where it is stopped."""

SCRIPT = Path(__file__).parents[1] / "encode.py"
GIGABYTES = 8
WALL = 4
"""Seconds of the clock that a child may take for each second of the processor."""


@dataclass(frozen=True, slots=True)
class Job:
    """One task with its arguments, all texts, and the seconds of the processor it may take."""

    task: str
    arguments: tuple[str, ...]
    seconds: float
    mark: Any = field(default=None, compare=False)


def done(
    jobs: Sequence[Job], run: Callable[[Job], Found] | None = None
) -> Iterator[tuple[Job, Found]]:
    """Each job with what it found, in order, as many at once as there are processors."""
    with ThreadPoolExecutor(max_workers=max(1, os.cpu_count() or 1)) as pool:
        yield from zip(jobs, pool.map(run or found_by, jobs), strict=True)


def found_by(job: Job) -> Found:
    """Run a job to its end or its limit."""
    command = [
        *(sys.executable, str(SCRIPT), "--child", job.task, str(job.seconds)),
        *job.arguments,
    ]
    found: Found = {}
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        try:
            ended = subprocess.run(  # noqa: S603 - this very benchmark
                command,
                stdout=said,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
                timeout=WALL * job.seconds,
            )
        except subprocess.TimeoutExpired:
            found["failed"] = f"> {WALL * job.seconds:.0f} s of the clock"
        else:
            if ended.returncode:
                found["failed"] = _reason(job, ended)
        said.seek(0)
        for line in said.read().splitlines():
            found |= json.loads(line)
    return found


def run_child(task: Task, seconds: str, *arguments: str) -> None:
    """The child's part: set its limits, do the task, print what is found as it is found."""
    _limit(float(seconds))
    for found in task(*arguments):
        print(json.dumps(found), flush=True)


def _reason(job: Job, ended: subprocess.CompletedProcess[str]) -> str:
    if hasattr(signal, "SIGXCPU") and ended.returncode == -signal.SIGXCPU:
        return f"> {job.seconds:.0f} s"
    lines = ended.stderr.strip().splitlines()
    return lines[-1][:200] if lines else f"exit code {ended.returncode}"


def _limit(seconds: float) -> None:
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - Windows has no such module

    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 5))
    resource.setrlimit(resource.RLIMIT_AS, (GIGABYTES * 2**30, GIGABYTES * 2**30))
