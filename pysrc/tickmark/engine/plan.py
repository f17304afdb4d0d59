"""Questions to a model that build on each other: a checked, directed graph of tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

from tickmark.errors import PlanError, TickmarkError
from tickmark.llm.model import Prompt
from tickmark.model.usage import Usage

if TYPE_CHECKING:
    from pydantic import BaseModel


@dataclass(frozen=True, slots=True)
class Done:
    """A task with its answer: an instance of the task's form, or the text where it has none.

    `cached` tells that no call was made for it; `parts` in how many questions it was asked, since
    the whole was too long for the model.
    """

    value: object
    usage: Usage = field(default_factory=Usage)
    cached: bool = False
    parts: int = 1


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

PromptMaker: TypeAlias = Callable[[Mapping[str, Outcome]], Prompt]
"""Makes a prompt from the outcomes of the tasks that it comes after, by their ids."""


@dataclass(frozen=True, slots=True)
class Split:
    """How a question that is too long for the model is asked in parts.

    `halves` gives the two halves of a prompt, or None where it cannot be cut any more; `join` makes
    one value of the values of all parts, in their order. `lost` makes a value that stands for a
    part whose question failed for good while others have answers; without it such a part fails the
    task.
    """

    halves: Callable[[Prompt], tuple[Prompt, Prompt] | None]
    join: Callable[[Sequence[object]], object]
    lost: Callable[[Prompt, TickmarkError], object] | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """One question.

    `prompt` is the prompt, or makes it from the outcomes of the tasks named in `after`, by their
    ids; it then runs in a thread of its own and may raise a TickmarkError, which fails the task. To
    a prompt that stands as it is, the answers of its parents are added. `form` is what the
    answer has to fit, None for plain text. Of the tasks that are ready, one with a higher
    `priority` starts first. A `tolerant` task is asked even where a parent failed or was skipped;
    any other is skipped then. Of tasks of one `family`, whose prompts share a long beginning, one
    goes ahead, so that the others find the beginning in the provider's cache. A task with `split`
    is asked in parts where it is too long.
    """

    id: str
    prompt: Prompt | PromptMaker
    form: type[BaseModel] | None = None
    after: tuple[str, ...] = ()
    priority: int = 0
    tolerant: bool = False
    family: str = ""
    split: Split | None = None

    def prompt_after(self, parents: Mapping[str, Outcome]) -> Prompt:
        """The prompt behind the outcomes of its parents."""
        if not isinstance(self.prompt, Prompt):
            return self.prompt(parents)
        if not self.after:
            return self.prompt
        told = "\n\n".join(f"Answer to {name}:\n{_told(parents.get(name))}" for name in self.after)
        return replace(self.prompt, answers="\n\n".join(filter(None, (self.prompt.answers, told))))


class Plan:
    """Tasks in the order of their input, known to have distinct ids, known parents and no cycle.

    `places` tells where a task stands in that order. By place, `children` are the places of the
    tasks that come directly after a task, and `parents` the number of tasks that it comes directly
    after; neither is to be changed. Raises PlanError that names the tasks, for a cycle its whole
    path.
    """

    __slots__ = ("children", "parents", "places", "tasks")

    def __init__(self, tasks: Sequence[Task]) -> None:
        self.tasks = tuple(tasks)
        places = {task.id: place for place, task in enumerate(self.tasks)}
        if len(places) < len(self.tasks):
            raise PlanError(f"Two tasks have the id {_twice(self.tasks)!r}; give each its own.")
        self.places: Mapping[str, int] = places
        self.parents: list[int] = [0] * len(places)
        self.children: list[Sequence[int]] = [()] * len(places)
        for place, task in enumerate(self.tasks):
            after = task.after
            if not after:
                continue
            if len(after) > 1:
                after = tuple(dict.fromkeys(after))
            self.parents[place] = len(after)
            for parent in after:
                found = places.get(parent)
                if found is None:
                    message = f"Task {task.id!r} comes after {parent!r}, which is no task."
                    raise PlanError(message)
                behind = self.children[found]
                if isinstance(behind, list):
                    behind.append(place)
                else:
                    self.children[found] = [place]
        circle = self._circle()
        if circle:
            path = " -> ".join(repr(name) for name in circle)
            raise PlanError(f"Tasks wait for each other in a circle: {path}.")

    def __len__(self) -> int:
        return len(self.tasks)

    def __iter__(self) -> Iterator[Task]:
        return iter(self.tasks)

    def __getitem__(self, task_id: str) -> Task:
        return self.tasks[self.places[task_id]]

    def _circle(self) -> list[str]:
        """The ids of tasks that come after each other, the first one at the end again; or none."""
        waits = self.parents.copy()
        free = [place for place, count in enumerate(waits) if not count]
        for place in free:
            # Grows while it is gone through.
            for child in self.children[place]:
                waits[child] -= 1
                if not waits[child]:
                    free.append(child)
        if len(free) == len(waits):
            return []
        # Each task that is left comes after another one that is left: going back ends in a circle.
        place = next(place for place, count in enumerate(waits) if count)
        walked: dict[int, None] = {}
        while place not in walked:
            walked[place] = None
            after = (self.places[name] for name in self.tasks[place].after)
            place = next(parent for parent in after if waits[parent])
        path = list(walked)
        circle = [place, *reversed(path[path.index(place) :])]
        return [self.tasks[one].id for one in circle]


def _twice(tasks: Sequence[Task]) -> str:
    """The first id that is there twice."""
    seen: set[str] = set()
    for task in tasks:
        if task.id in seen:
            return task.id
        seen.add(task.id)
    return ""


def _told(outcome: Outcome | None) -> str:
    """What a dependent is told of a parent."""
    match outcome:
        case Done(value=str(text)):
            return text
        case Done(value=value):
            dump = getattr(value, "model_dump_json", None)
            return str(dump()) if dump is not None else str(value)
        case _:
            return "(no answer)"
