"""Those who wait for one model, and what they wait for."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from tickmark.errors import BudgetExceeded, ModelError
from tickmark.llm.call import Call, Span, Stage
from tickmark.llm.flow.lane import Lane
from tickmark.llm.flow.line import Line
from tickmark.llm.flow.ticket import Amounts, Ticket
from tickmark.llm.model import Prompt

_STAGES: Final = (Stage.PAUSE, Stage.BREAKER, Stage.SLOT, Stage.RATE)
_ANNOUNCED: Final = frozenset({Stage.PAUSE, Stage.BREAKER})


@dataclass(slots=True, eq=False)
class Waiting:
    """One that waits, until it has a `ticket` or a `problem`; its `condition` tells of both.

    `start` is in time.monotonic() seconds, `clocks` are those of the room then. `aside` is when it
    was set aside for want of memory, and `turn` how many had left by then; `needs` is what it will
    take.
    """

    prompt: Prompt
    size: int
    large: bool
    priority: int
    number: int
    condition: threading.Condition
    call: Call | None
    start: float
    clocks: tuple[float, ...] = ()
    aside: float | None = None
    turn: int = 0
    needs: Amounts | None = None
    ticket: Ticket | None = None
    problem: ModelError | BudgetExceeded | None = None

    @property
    def decided(self) -> bool:
        """Whether it waits no more."""
        return self.ticket is not None or self.problem is not None


class WaitingRoom:
    """The line before a lane, those whom memory holds back, and clocks of what all wait for."""

    __slots__ = ("_aside", "_clocks", "_line", "_since", "lane", "stage")

    def __init__(self, lane: Lane) -> None:
        self.lane = lane
        self.stage: Stage | None = None
        self._line: Line[Waiting] = Line()
        self._aside: OrderedDict[int, Waiting] = OrderedDict()
        self._clocks = dict.fromkeys(_STAGES, 0.0)
        self._since = time.monotonic()

    def __len__(self) -> int:
        return len(self._line) + len(self._aside)

    def __iter__(self) -> Iterator[Waiting]:
        yield from self._aside.values()
        yield from self._line

    def join(self, one: Waiting) -> None:
        """Wait here."""
        if not len(self):
            self.stage = None
        self._tick(one.start)
        one.clocks = tuple(self._clocks.values())
        self._line.join(one)

    def head(self, allowed: Callable[[Waiting], bool], turn: int) -> Waiting | None:
        """Whose turn it is; None where all have to wait for memory.

        One that is not allowed is set aside, and goes first as soon as it is.
        """
        for one in self._aside.values():
            if allowed(one):
                return one
            break
        while (head := self._line.head()) is not None and not allowed(head):
            self._line.leave(head)
            self._aside[head.number] = head
            head.aside, head.turn = time.monotonic(), turn
        return head

    @property
    def short_of_memory(self) -> bool:
        """Whether somebody is set aside."""
        return bool(self._aside)

    def goes(self, one: Waiting) -> None:
        """One leaves for its call."""
        if self._aside.pop(one.number, None) is None:
            self._line.goes(one)

    def leave(self, one: Waiting) -> None:
        """One gives up; nothing where it has gone already."""
        if self._aside.pop(one.number, None) is None and one in self._line:
            self._line.leave(one)

    def blocked(self, stage: Stage, seconds: float) -> None:
        """What all wait for from now on; an announced wait is noted for each of them."""
        if stage is self.stage:
            return
        now = time.monotonic()
        self._tick(now)
        told = stage in _ANNOUNCED or self.stage in _ANNOUNCED
        self.stage = stage
        if told:
            for one in self._line:
                if one.call is not None:
                    one.call.stage, one.call.since = stage, now
                    one.call.until = now + seconds if stage in _ANNOUNCED else None

    def announced(self, seconds: float) -> float | None:
        """How long the running wait is known to last; None for what only another call can end."""
        return seconds if self.stage in _ANNOUNCED else None

    def spans(self, one: Waiting) -> list[Span]:
        """Where the time of one that waits no more has gone; each stage as one stretch."""
        now = time.monotonic()
        self._tick(now)
        end = now if one.aside is None else one.aside
        found = []
        start = one.start
        for (stage, clock), before in zip(self._clocks.items(), one.clocks, strict=True):
            took = min(clock - before, end - start)
            if took > 0:
                found.append(Span(stage, start, start + took))
                start += took
        if one.aside is not None:
            found.append(Span(Stage.MEMORY, start, now))
        return found

    def _tick(self, now: float) -> None:
        if self.stage is not None and self.stage in self._clocks:
            self._clocks[self.stage] += now - self._since
        self._since = now
