"""What can be seen of the questions of a run: how far it is, and then where its time went."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from tickmark.engine.event import Event, OnEvent
from tickmark.engine.plan import Plan
from tickmark.engine.totals import Counting, Totals
from tickmark.engine.trace import TaskTrace, Trace, Tracer

Tell: TypeAlias = Callable[[TaskTrace], None]


class Sight:
    """Follows the plans of a run, several at once where need be; safe for threads."""

    def __init__(self, jobs: int) -> None:
        self._counting = Counting()
        self._tracer = Tracer(jobs=jobs)

    def expect(self, *, plans: int, tasks: int) -> None:
        """Announce how many plans and tasks there will be in all."""
        self._counting.expect(plans=plans, tasks=tasks)

    def follow(self, plan: Plan, name: str = "", tell: Tell | None = None) -> OnEvent:
        """What takes the events of one run of a plan; `tell` gets each task that ended."""
        count = self._counting.follow(plan)
        trace = self._tracer.follow(plan, name, tell)

        def take(event: Event) -> None:
            count(event)
            trace(event)

        return take

    def totals(self) -> Totals:
        """Where the run stands now."""
        return self._counting.totals()

    def trace(self) -> Trace:
        """All tasks that ended so far."""
        return self._tracer.trace()
