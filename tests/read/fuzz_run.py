"""Mutated files through the reader in worker processes; whatever goes wrong is a finding."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

from tests.read.both_ways import content, parser_alone
from tests.read.fuzz import ZIPPED, Seed, mutated
from tests.read.guarded import Reading, read_guarded
from tickmark.hosts.workers import Lost, in_processes
from tickmark.read import Limits, blocks, shared_strings, sheet_pass

SECONDS = 30.0
SLOW = 10.0
"""Seconds of processor time that a mutation of a small file must not take."""

# Small, so that a case that blows something up is told by its sentence and not by its time.
LIMITS = Limits(sheet_cells=300_000, workbook_cells=600_000, child_seconds=10.0)


@dataclass(frozen=True, slots=True)
class Case:
    """A mutation to be read: its number, and the files that mutations start from."""

    number: int
    seeds: tuple[str, ...]
    folder: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a mutation came to; `seconds` of processor time in the worker.

    `differing` names what comes out otherwise where usual rows and texts are not read in bulk.
    """

    number: int
    name: str
    reading: Reading
    seconds: float = 0.0
    differing: tuple[str, ...] = ()

    @property
    def finding(self) -> str:
        """What has to be mended, empty where all is well."""
        reading = self.reading
        if reading.bad:
            return "\n".join((reading.fault, *reading.touched, *reading.unsound)).strip()
        if self.differing:
            return f"both ways differ in {', '.join(self.differing)}"
        if self.seconds > SLOW:
            return f"took {self.seconds:.1f} s"
        if reading.refusal and not reading.refusal.endswith("."):
            return f"no sentence: {reading.refusal}"
        return ""


def run(numbers: Iterable[int], seeds: Sequence[Path], *, workers: int = 2) -> Iterator[Outcome]:
    """Read the mutations of some numbers; a hang or a crash costs a worker and is a finding."""
    with tempfile.TemporaryDirectory() as folder:
        cases = [Case(number, tuple(map(str, seeds)), folder) for number in numbers]
        for place, result in in_processes(outcome, cases, workers=workers, seconds=SECONDS):
            if isinstance(result, Lost):
                lost = Reading(fault=result.message)
                yield Outcome(cases[place].number, "?", lost)
            else:
                yield result


def outcome(case: Case) -> Outcome:
    """Make one mutation and read it."""
    mutation = mutated(_loaded(case.seeds), case.number)
    path = Path(case.folder, mutation.name)
    path.write_bytes(mutation.data)
    begun = time.process_time()
    reading = read_guarded(path, LIMITS)
    seconds = time.process_time() - begun
    differing = () if reading.bad or mutation.kind not in ZIPPED else _differing(path, case.number)
    path.unlink()
    return Outcome(case.number, mutation.name, reading, seconds, differing)


def _differing(path: Path, number: int) -> tuple[str, ...]:
    """What the reader says otherwise when every byte goes through the parser."""
    # Blocks as small as these files need to be read without the parser at all.
    with _replaced(blocks, LEAST=0, BLOCK=200 << number % 12):
        fast = content(path, LIMITS)
    with (
        _replaced(sheet_pass, without_units=parser_alone),
        _replaced(shared_strings, without_units=parser_alone),
    ):
        slow = content(path, LIMITS)
    for told in (fast, slow):  # of several things wrong with a part, either may come first
        failures = told.get("failures", ())
        told["failures"] = [one.sheet for one in failures] if isinstance(failures, tuple) else []
    return tuple(name for name in fast | slow if fast.get(name) != slow.get(name))


@contextmanager
def _replaced(module: ModuleType, **attributes: object) -> Iterator[None]:
    before = {name: getattr(module, name) for name in attributes}
    vars(module).update(attributes)
    try:
        yield
    finally:
        vars(module).update(before)


@cache
def _loaded(paths: tuple[str, ...]) -> tuple[Seed, ...]:
    return tuple(Seed(Path(path).name, Path(path).read_bytes()) for path in paths)
