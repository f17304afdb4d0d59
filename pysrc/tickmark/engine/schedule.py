"""Which tasks of a plan can start: outcomes in, starts out, without threads or clocks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tickmark.engine.plan import Done, Failed, Outcome, Plan, Skipped, Task


class Schedule:
    """The state of one run of a plan.

    A task is handed out once, by `ready` or by the `finish` of its last parent, and answered with
    one `finish`. Not safe for several threads.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._places = {task.id: place for place, task in enumerate(plan)}
        self._children: dict[str, list[str]] = {}
        self._waits: dict[str, int] = {}
        self._outcomes: dict[str, Outcome] = {}
        self._settled: list[str] = []
        for task in plan:
            parents = set(task.after)
            self._waits[task.id] = len(parents)
            for parent in parents:
                self._children.setdefault(parent, []).append(task.id)

    @property
    def done(self) -> bool:
        """Whether every task has its outcome."""
        return len(self._outcomes) == len(self._places)

    @property
    def outcomes(self) -> dict[str, Outcome]:
        """The outcomes so far, in the order of the plan."""
        return {name: self._outcomes[name] for name in self._places if name in self._outcomes}

    def newly_settled(self) -> list[tuple[str, Outcome]]:
        """The tasks that got their outcome since this was last asked, in that order."""
        settled, self._settled = self._settled, []
        return [(name, self._outcomes[name]) for name in settled]

    def ready(self) -> list[Task]:
        """The tasks that wait for nothing, the most urgent first; to be called once."""
        return self._urgent_first(task.id for task in self._plan if not task.after)

    def parents(self, task: Task) -> Mapping[str, Outcome]:
        """The outcomes that a task that was handed out builds on."""
        return {name: self._outcomes[name] for name in task.after}

    def finish(self, task_id: str, outcome: Outcome) -> list[Task]:
        """Take the outcome of a task; give the tasks that can start now, the most urgent first.

        Where it is not Done, all tasks behind it that are not tolerant are skipped.
        """
        if task_id in self._outcomes:
            message = f"task {task_id!r} is finished already"
            raise ValueError(message)
        self._settle(task_id, outcome)
        freed: list[str] = []
        ended = [task_id]
        while ended:
            parent = ended.pop()
            behind = self._outcomes[parent]
            for child in self._children.get(parent, ()):
                if child in self._outcomes:
                    continue
                self._waits[child] -= 1
                if not isinstance(behind, Done) and not self._plan[child].tolerant:
                    self._settle(child, Skipped(_reason(parent, behind)))
                    ended.append(child)
                elif self._waits[child] == 0:
                    freed.append(child)
        return self._urgent_first(freed)

    def _settle(self, task_id: str, outcome: Outcome) -> None:
        self._outcomes[task_id] = outcome
        self._settled.append(task_id)

    def _urgent_first(self, names: Iterable[str]) -> list[Task]:
        tasks = [self._plan[name] for name in names]
        return sorted(tasks, key=lambda task: (-task.priority, self._places[task.id]))


def _reason(parent: str, outcome: Outcome) -> str:
    """Why a task behind a failed or skipped one is skipped: the first cause, passed on."""
    match outcome:
        case Failed(error=error):
            return f"It builds on {parent!r}, which failed: {error}"
        case Skipped(reason=reason):
            return reason
        case Done():
            return ""
