"""Questions to a model that build on each other: a checked, directed graph of tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, TypeAlias

from tickmark.errors import PlanError, TickmarkError
from tickmark.llm.model import Prompt
from tickmark.model.usage import Usage

if TYPE_CHECKING:
    from pydantic import BaseModel


@dataclass(frozen=True, slots=True)
class Done:
    """A task with its answer: an instance of the task's form, or the text where it has none.

    `cached` tells that no call was made for it.
    """

    value: object
    usage: Usage = field(default_factory=Usage)
    cached: bool = False


@dataclass(frozen=True, slots=True)
class Failed:
    """A task whose question got no usable answer; `usage` is what was paid all the same."""

    error: TickmarkError
    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A task that was never asked; `reason` is a sentence."""

    reason: str


Outcome: TypeAlias = Done | Failed | Skipped


@dataclass(frozen=True, slots=True)
class Task:
    """One question.

    `prompt` makes the prompt from the outcomes of the tasks named in `after`, by their ids; it runs
    in a thread of its own and may raise a TickmarkError, which fails the task. `form` is what the
    answer has to fit, None for plain text. Of the tasks that are ready, one with a higher
    `priority` starts first. A `tolerant` task is asked even where a parent failed or was skipped;
    any other is skipped then.
    """

    id: str
    prompt: Callable[[Mapping[str, Outcome]], Prompt]
    form: type[BaseModel] | None = None
    after: tuple[str, ...] = ()
    priority: int = 0
    tolerant: bool = False


class Plan:
    """Tasks in the order of their input, known to have distinct ids, known parents and no cycle.

    Raises PlanError that names the tasks, for a cycle its whole path.
    """

    __slots__ = ("_tasks",)

    def __init__(self, tasks: tuple[Task, ...] | list[Task]) -> None:
        self._tasks: dict[str, Task] = {}
        for task in tasks:
            if task.id in self._tasks:
                raise PlanError(f"Two tasks have the id {task.id!r}; give each its own.")
            self._tasks[task.id] = task
        for task in tasks:
            for parent in task.after:
                if parent not in self._tasks:
                    message = f"Task {task.id!r} comes after {parent!r}, which is no task."
                    raise PlanError(message)
        try:
            TopologicalSorter({task.id: task.after for task in tasks}).prepare()
        except CycleError as error:
            path = " -> ".join(repr(name) for name in error.args[1])
            raise PlanError(f"Tasks wait for each other in a circle: {path}.") from None

    def __len__(self) -> int:
        return len(self._tasks)

    def __iter__(self) -> Iterator[Task]:
        return iter(self._tasks.values())

    def __getitem__(self, task_id: str) -> Task:
        return self._tasks[task_id]
