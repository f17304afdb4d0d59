"""Several processes that read the sheets of one workbook: this one, and children of it.

Largest first, each takes the next sheet when it is through with one. What a child leaves undone,
because it could not be started, died or came to a limit, this process reads in its turn.
"""

from __future__ import annotations

import os
import pickle
import sys
import threading
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psutil

from tickmark.read.child import Child, started
from tickmark.read.early_sheet import (
    HOME,
    EarlySheet,
    SheetPlace,
    Workplace,
    counted,
    read_early,
    spelt,
)
from tickmark.read.messages import receive, send
from tickmark.read.package import Package, may_inflate
from tickmark.read.sheet_part import BookFacts

LEAST_BYTES: Final = 20_000_000
"""What a child has to take over, unpacked: about twice the work that its start costs."""

_CHILD: Final = "tickmark.read.sheet_child"
_FREE_MEMORY: Final = 1 << 30
_NO_CHILD: Final = (
    OSError,
    EOFError,
    ValueError,
    MemoryError,
    RuntimeError,
    pickle.UnpicklingError,
)


@dataclass(slots=True, eq=False)
class Work:
    """The sheets still to be read, the largest last, and those that are read, by position.

    `inflated` are the bytes of the package that were unpacked before. `closed` tells that whoever
    has not begun yet need not begin.
    """

    package: Package
    facts: BookFacts
    waiting: list[SheetPlace]
    inflated: int
    done: dict[int, EarlySheet] = field(default_factory=dict)
    starting: list[Child] = field(default_factory=list)
    working: list[Child] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    cells: int = 0
    closed: bool = False

    def take(self) -> SheetPlace | None:
        """The next sheet; None where none is left or the workbook has as many cells as it may."""
        with self.lock:
            full = self.cells >= self.package.limits.workbook_cells
            return None if self.closed or full or not self.waiting else self.waiting.pop()

    def add(self, place: SheetPlace, early: EarlySheet) -> None:
        """Keep a sheet that was read."""
        with self.lock:
            self.done[place.number] = early
            self.cells += len(early.sheet.cells) if early.sheet is not None else 0

    def enter(self, child: Child, state: list[Child]) -> None:
        """Note that a child starts or works; it is ended where nothing is left for it."""
        with self.lock:
            if self.closed:
                child.end()
            state.append(child)

    def close(self) -> None:
        """Nothing more is taken; children that only start are ended."""
        with self.lock:
            self.closed = True
            unneeded = [child for child in self.starting if child not in self.working]
        _end(unneeded)


def cores() -> int:
    """Number of processes that can work at once."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def unasked() -> int:
    """The number of processes that 0 stands for: one a core.

    A worker of multiprocessing has others of its kind beside it, and uses itself alone.
    """
    from multiprocessing import parent_process  # noqa: PLC0415 - only large workbooks ask

    return cores() if parent_process() is None else 1


def read_ahead(
    package: Package, places: Sequence[SheetPlace], facts: BookFacts, *, processes: int
) -> dict[int, EarlySheet]:
    """Sheets by position, read by up to `processes` at once; none where children do not pay.

    For 0 see `unasked`. What is missing is to be read in its turn. `package.inflated` stays as it
    is.
    """
    children = _children(package, places, processes)
    if not children:
        return {}
    waiting = sorted(places, key=lambda place: (place.size, -place.number))
    work = Work(package, facts, waiting, package.inflated)
    crew: list[threading.Thread] = []
    try:
        with suppress(RuntimeError):  # where there are no more threads, fewer children do it
            for _ in range(children):
                one = threading.Thread(target=read_in_child, args=(work,))
                one.start()
                crew.append(one)
        read_here(work)
        work.close()
        _join(crew)
    finally:
        work.close()
        _end(work.working)
        _join(crew)
        package.inflated = work.inflated
    return work.done


def read_here(work: Work) -> None:
    """Read waiting sheets in this process."""
    while (place := work.take()) is not None:
        early = read_early(work.package, place, work.facts)
        if early is not None:
            work.add(place, early)


def read_in_child(work: Work) -> None:
    """Read waiting sheets in a child."""
    limits = work.package.limits
    until = time.monotonic() + limits.child_seconds
    with suppress(*_NO_CHILD), started(_CHILD, limits, until=until) as child:
        work.enter(child, work.starting)
        _introduce(child, work)
        work.enter(child, work.working)
        while (place := work.take()) is not None:
            child.until = time.monotonic() + limits.child_seconds
            _ask(child, work, place)


def _introduce(child: Child, work: Work) -> None:
    package = work.package
    send(
        child.input,
        Workplace(
            home=HOME,
            path=package.path,
            size=len(package.data),
            inflated=work.inflated,
            sheets=len(work.waiting),
            limits=package.limits,
            facts=counted(work.facts),
        ),
    )
    child.input.write(package.data)
    child.input.flush()
    receive(child.output)


def _ask(child: Child, work: Work, place: SheetPlace) -> None:
    send(child.input, place)
    answer = receive(child.output)
    if answer is not None:
        early, shared = answer
        work.add(place, spelt(early, shared, work.facts.strings))


def _end(children: Iterable[Child]) -> None:
    for one in children:
        one.end()


def _join(threads: Iterable[threading.Thread]) -> None:
    for one in threads:
        one.join()


def _children(package: Package, places: Sequence[SheetPlace], processes: int) -> int:
    """How many children pay; sizes are what the archive declares, which no part exceeds."""
    sizes = [place.size for place in places]
    total = sum(sizes)
    pay = (total - max(sizes, default=0)) // LEAST_BYTES
    if processes == 1 or not pay or not may_inflate(package, total):
        return 0
    most = min((processes or unasked()) - 1, len(sizes) - 1, pay)
    if most < 1 or not _is_python(sys.executable):
        return 0
    return min(most, psutil.virtual_memory().available // _FREE_MEMORY)


def _is_python(program: str) -> bool:
    """Whether a program is Python itself; where another one embeds it, it must not be started."""
    frozen = getattr(sys, "frozen", False)
    return not frozen and Path(program or "").name.lower().startswith(("python", "pypy"))
