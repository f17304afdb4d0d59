"""What all figures share: candidates in processes of their own, goals, and the books they read."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from os import times
from pathlib import Path
from typing import Any, TypeAlias

from tickmark.read import SUPPORTED

ROUNDS = 3
SECONDS = 600.0
GRAPH = Path(__file__).parents[1] / "graph.py"
Found: TypeAlias = dict[str, Any]
"""What a candidate prints: `cpu` and `wall` in seconds, `mb`, and what it has found."""

Child: TypeAlias = Callable[..., Found]


@dataclass(frozen=True)
class Goal:
    """A figure to reach: what it is, what was measured, what was wanted."""

    figure: str
    measured: str
    wanted: str
    reached: bool

    def __str__(self) -> str:
        said = "reached" if self.reached else "MISSED"
        return f"{self.figure:62} {self.measured:>16}  {self.wanted:<14} {said}"


Line: TypeAlias = str | Goal


@dataclass(frozen=True)
class Bench:
    """Where a run writes its books, and where real workbooks are; None without any."""

    scratch: Path
    folder: Path | None = None

    def book(self, kind: str, *arguments: object) -> Path:
        """A generated workbook; made once a run, in a process of its own.

        A child's peak of memory is at least that of its parent, which therefore stays small.
        """
        name = "-".join((kind, *map(str, arguments)))
        path = self.scratch / f"{name}.xlsx"
        if not path.exists():
            measured("make", kind, path, *arguments)
        return path

    def real(self) -> list[Path]:
        """The files of the folder that Tickmark reads, by name."""
        if self.folder is None:
            return []
        found = sorted(path for path in self.folder.rglob("*") if path.is_file())
        return [path for path in found if path.suffix.lower().removeprefix(".") in SUPPORTED]


@dataclass
class Clock:
    """Seconds of the processor, all threads and ended children together, and of the wall."""

    cpu: float = 0.0
    wall: float = 0.0

    def told(self) -> Found:
        return {"cpu": self.cpu, "wall": self.wall}


@contextmanager
def clock() -> Iterator[Clock]:
    """Measures what its block takes."""
    found = Clock()
    wall, cpu = time.perf_counter(), _processor()
    yield found
    found.cpu, found.wall = _processor() - cpu, time.perf_counter() - wall


def _processor() -> float:
    spent = times()
    return time.process_time() + spent.children_user + spent.children_system


def measured(child: str, *arguments: object) -> Found:
    """Run one candidate in a process of its own."""
    command = [sys.executable, str(GRAPH), "--child", child, *map(str, arguments)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=SECONDS)  # noqa: S603 - this very benchmark
    found: Found = json.loads(done.stdout)
    return found


def alternating(
    candidates: Mapping[str, Sequence[object]], once: Collection[str] = ()
) -> dict[str, list[Found]]:
    """ROUNDS of every candidate in turn, of some only one: name of the child and its arguments."""
    runs: dict[str, list[Found]] = {name: [] for name in candidates}
    for number in range(ROUNDS):
        for name, (child, *arguments) in candidates.items():
            if not number or name not in once:
                runs[name].append(measured(str(child), *arguments))
    return runs


def fastest(runs: Mapping[str, list[Found]]) -> dict[str, Found]:
    """The quickest run of each candidate."""
    return {name: min(found, key=lambda one: one["cpu"]) for name, found in runs.items()}


def demand(holds: bool, message: str) -> None:
    """Stop the benchmark where candidates do not agree."""
    if not holds:
        sys.exit(message)


def peak() -> float:
    """Most memory that this process has held, in MB."""
    if sys.platform == "win32":
        import psutil  # noqa: PLC0415 - the other systems know it without

        return float(psutil.Process().memory_info().peak_wset) / 2**20
    import resource  # noqa: PLC0415 - Windows has no such module

    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def per_second(count: int, seconds: float) -> str:
    return f"{count / seconds:,.0f}/s" if seconds else "-"
