"""A plan asked through the whole stack, as `tickmark.run` and the commands ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from tests.engine.faults.till import KEY, MODEL
from tickmark.engine.plan import Done, Outcome, Plan, Task
from tickmark.engine.run import Runner
from tickmark.errors import TickmarkError
from tickmark.hosts.line import open_line
from tickmark.llm.model import Prompt
from tickmark.model.usage import Usage
from tickmark.settings import Key, Settings


@dataclass(slots=True)
class LineRun:
    """What came of a plan, and what was said meanwhile."""

    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    stopped_by: TickmarkError | None = None

    @property
    def usage(self) -> Usage:
        """The usage of all outcomes."""
        found = (getattr(one, "usage", Usage()) for one in self.outcomes.values())
        return sum(found, Usage())

    @property
    def kinds(self) -> dict[str, str]:
        """How each task ended, in the order of the plan."""
        return {name: type(one).__name__ for name, one in self.outcomes.items()}

    @property
    def done(self) -> dict[str, object]:
        """The answers by task."""
        return {name: one.value for name, one in self.outcomes.items() if isinstance(one, Done)}


def ask(
    url: str,
    plan: Plan,
    *,
    journal: Path | None = None,
    stop: Event | None = None,
    jobs: int = 4,
    max_cost: float = 1.0,
    timeout: float = 20.0,
) -> LineRun:
    """Carry out a plan at a server."""
    settings = Settings(
        model=MODEL, base_url=url, jobs=jobs, max_cost=max_cost, timeout=timeout, log="texts"
    )
    run, stop = LineRun(), stop or Event()
    line = open_line(settings, Key(KEY, "test"), stop=stop, say=run.said.append, journal=journal)
    with line as opened, Runner(opened.model, jobs=jobs, stop=stop) as runner:
        run.outcomes = runner.run(plan)
        run.stopped_by = runner.stopped_by
    return run


def task(name: str, *after: str, max_tokens: int = 50, priority: int = 0) -> Task:
    """A task whose question is its name."""
    prompt = Prompt(MODEL, "Constant.", name, max_tokens=max_tokens)
    return Task(name, prompt, after=after, priority=priority)


def questions(count: int) -> Plan:
    """So many tasks without parents."""
    return Plan([task(f"question {number}") for number in range(count)])


def texts(folder: Path) -> bytes:
    """The bytes of all files below a folder."""
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())
