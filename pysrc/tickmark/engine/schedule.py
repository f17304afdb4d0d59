"""Which tasks of a plan can start: outcomes in, starts out, without threads or clocks."""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from tickmark.engine.plan import Done, Failed, Outcome, Plan, Skipped, Task
from tickmark.errors import AnswerPending

LEADERS: Final = 3
"""So many of a family go ahead one by one; where none of them reached the provider, all go."""


class Schedule:
    """The state of one run of a plan.

    A task is handed out once, by `ready` or by a later `finish`, and answered with one `finish`. Of
    tasks of one family one is handed out ahead of the others: until the provider has read its
    prompt, the others are held back. Not safe for several threads.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._waits = plan.parents.copy()
        self._outcomes: list[Outcome | None] = [None] * len(plan)
        self._open = len(plan)
        self._settled: list[int] = []
        self._alike = all(not task.priority for task in plan)
        self._families = {task.family: _Family() for task in plan if task.family}
        # Tasks that are skipped until a batch is collected.
        self._pending: set[int] = set()

    @property
    def done(self) -> bool:
        """Whether every task has its outcome."""
        return not self._open

    @property
    def outcomes(self) -> dict[str, Outcome]:
        """The outcomes so far, in the order of the plan."""
        both = zip(self._plan.places, self._outcomes, strict=True)
        return {name: outcome for name, outcome in both if outcome is not None}

    def newly_settled(self) -> list[tuple[str, Outcome]]:
        """The tasks that got their outcome since this was last asked, in that order."""
        settled, self._settled = self._settled, []
        tasks, outcomes = self._plan.tasks, self._outcomes
        return [
            (tasks[place].id, outcome)
            for place in settled
            if (outcome := outcomes[place]) is not None
        ]

    def ready(self) -> list[Task]:
        """The tasks that wait for nothing, the most urgent first; to be called once."""
        return self._go([place for place, count in enumerate(self._waits) if not count])

    def parents(self, task: Task) -> Mapping[str, Outcome]:
        """The outcomes that a task that was handed out builds on."""
        places, outcomes = self._plan.places, self._outcomes
        return {
            name: outcome for name in task.after if (outcome := outcomes[places[name]]) is not None
        }

    def finish(self, task_id: str, outcome: Outcome) -> list[Task]:
        """Take the outcome of a task; give the tasks that can start now, the most urgent first.

        Where it is not Done, all tasks behind it that are not tolerant are skipped; where its
        answer is still to be collected, the tolerant ones too.
        """
        place = self._plan.places[task_id]
        if self._outcomes[place] is not None:
            message = f"task {task_id!r} is finished already"
            raise ValueError(message)
        self._settle(place, outcome)
        if isinstance(outcome, Done):
            freed = self._freed_by(place)
        else:
            freed = self._freed_behind(place, outcome)
        name = self._plan.tasks[place].family
        if name:
            family = self._families[name]
            if family.ahead == place:
                freed += family.led_by(outcome)
        return self._go(freed) if freed else []

    def _freed_by(self, place: int) -> list[int]:
        """The places behind an answered task that wait for nothing more."""
        freed = []
        waits, outcomes = self._waits, self._outcomes
        for child in self._plan.children[place]:
            waits[child] -= 1
            if not waits[child] and outcomes[child] is None:
                freed.append(child)
        return freed

    def _freed_behind(self, place: int, outcome: Outcome) -> list[int]:
        """The places behind a task without an answer that wait for nothing more.

        Those that cannot do without it are settled.
        """
        if isinstance(outcome, Failed) and isinstance(outcome.error, AnswerPending):
            self._pending.add(place)
        freed = []
        ended = [place]
        while ended:
            parent = ended.pop()
            pending = parent in self._pending
            skipped = self._skipped_behind(parent)
            for child in self._plan.children[parent]:
                if self._outcomes[child] is not None:
                    continue
                self._waits[child] -= 1
                if pending or not self._plan.tasks[child].tolerant:
                    if pending:
                        self._pending.add(child)
                    self._settle(child, skipped)
                    ended.append(child)
                elif not self._waits[child]:
                    freed.append(child)
        return freed

    def _skipped_behind(self, place: int) -> Skipped:
        """What becomes of tasks behind a failed or skipped one: the first cause, passed on."""
        match self._outcomes[place]:
            case Skipped() as skipped:
                return skipped
            case Failed(error=error):
                name = self._plan.tasks[place].id
                if place in self._pending:
                    return Skipped(f"It builds on {name!r}, whose answer waits for its batch.")
                return Skipped(f"It builds on {name!r}, which failed: {error}")
            case _:
                return Skipped("")

    def _settle(self, place: int, outcome: Outcome) -> None:
        self._outcomes[place] = outcome
        self._settled.append(place)
        self._open -= 1

    def _go(self, places: list[int]) -> list[Task]:
        """The tasks at these places that can start, the most urgent first; others are held back."""
        tasks = self._plan.tasks
        if len(places) > 1:
            places.sort()
            if not self._alike:
                places.sort(key=lambda place: -tasks[place].priority)
        if not self._families:
            return [tasks[place] for place in places]
        return [
            task
            for place in places
            if not (task := tasks[place]).family
            or self._families[task.family].lets_go(place, task.priority)
        ]


@dataclass(slots=True)
class _Family:
    """Tasks whose prompts begin alike.

    One is `ahead`; once it is `warm`, the provider keeps the beginning and nobody is `held` back.
    """

    ahead: int | None = None
    warm: bool = False
    misses: int = 0
    held: list[tuple[int, int]] = field(default_factory=list)

    def lets_go(self, place: int, priority: int) -> bool:
        """Whether a task that is ready can start; if not, it is held back."""
        if self.warm:
            return True
        if self.ahead is None:
            self.ahead = place
            return True
        heapq.heappush(self.held, (-priority, place))
        return False

    def led_by(self, outcome: Outcome) -> list[int]:
        """The places of those that are held back no longer, once the one ahead has its outcome."""
        self.ahead = None
        missed = isinstance(outcome, Failed) and not _was_read(outcome)
        self.misses += missed
        # A kept answer reached no provider either.
        kept = isinstance(outcome, Done) and outcome.cached
        if kept or (missed and self.misses < LEADERS):
            return [heapq.heappop(self.held)[1]] if self.held else []
        self.warm = True
        released = [place for _, place in self.held]
        self.held.clear()
        return released


def _was_read(failed: Failed) -> bool:
    """Whether the provider has read the prompt, or is not going to within this run."""
    return isinstance(failed.error, AnswerPending) or failed.usage.calls > 0
