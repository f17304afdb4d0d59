"""Candidates in processes of their own: a task with its job in, what it found out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from tests.benchmarks.engine_load.load import answer_to

SCRIPT = Path(__file__).parents[1] / "engine.py"
SECONDS = 300.0

Found: TypeAlias = dict[str, Any]
"""What a task found; `failed` has the reason where it did not come to its end."""

Job: TypeAlias = dict[str, Any]


class Failed(Exception):
    """A candidate that did not come to its end; the text is what it said last."""


def found_by(task: str, job: Job, home: Path | None = None) -> Found:
    """Do a task in a process of its own, with a home of its own where none is given."""
    with tempfile.TemporaryDirectory() as made:
        done = subprocess.run(  # noqa: S603 - this very benchmark
            command(task, job),
            env=environment(home or Path(made)),
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        raise Failed(f"{task} {job.get('candidate', '')}: {lines[-1] if lines else 'it died'}")
    found: Found = json.loads(done.stdout.splitlines()[-1])
    return found


def command(task: str, job: Job) -> list[str]:
    """How a child is started."""
    return [sys.executable, str(SCRIPT), "--child", task, json.dumps(job)]


def environment(home: Path) -> dict[str, str]:
    """Nothing of the user's, and nothing that would talk to another machine."""
    return {
        **os.environ,  # noqa: TID251 - the children's comes from it
        "TICKMARK_HOME": str(home),
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "LANGSMITH_TRACING": "false",
        "NO_PROXY": "*",
    }


@dataclass(slots=True)
class Clock:
    """Seconds of a block: of the wall, and of the processor in all threads."""

    wall: float = 0.0
    cpu: float = 0.0


@contextmanager
def clock() -> Iterator[Clock]:
    """Measures what its block takes."""
    found = Clock()
    wall, cpu = time.perf_counter(), time.process_time()
    yield found
    found.wall, found.cpu = time.perf_counter() - wall, time.process_time() - cpu


def judged(answers: Sequence[Any], texts: Sequence[str], size: int) -> Found:
    """How many questions got their answer, a wrong one or none, and why none."""
    lost = Counter(one.problem[:120] or "empty" for one in answers if not one.text)
    wrong = sum(
        bool(one.text) and one.text != answer_to(text, size)
        for one, text in zip(answers, texts, strict=True)
    )
    lost_count = sum(lost.values())
    return {
        "count": len(texts),
        "right": len(texts) - wrong - lost_count,
        "wrong": wrong,
        "lost": lost_count,
        "problems": dict(lost.most_common(3)),
    }


def run_child(task: Callable[[Job], Found], job: str) -> None:
    """The child's part: do the task, print what it found."""
    print(json.dumps(task(json.loads(job))), flush=True)
