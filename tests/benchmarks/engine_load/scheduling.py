"""Figure `schedule`: the scheduler alone, beside the standard library's sorter of graphs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from graphlib import TopologicalSorter
from random import Random
from typing import TypeAlias

from tests.benchmarks.engine_load.children import Found, Job, clock, found_by
from tests.benchmarks.engine_load.loopback import Loopback
from tests.benchmarks.engine_load.rows import answered_goal, load_average
from tests.benchmarks.region_scores.goals import Goal, Report, at_most

FIGURE = "50,000 tasks handed out and finished, without threads and model"
SIZES = (25_000, 50_000, 100_000)
JUDGED = 50_000
SECONDS = 1.0
STRAIGHT = 1.5
"""Four times the tasks take at most so many times four times as long: more memory is slower memory,
for the sorter too. What grows with the square would give 4."""

PARENTS = 3
FAN = 9

Shape: TypeAlias = dict[str, tuple[str, ...]]


def shape(kind: str, count: int) -> Shape:
    """A graph by name: its tasks in order of input, with their parents."""
    names = [f"task {number}" for number in range(count)]
    match kind:
        case "alone":
            return dict.fromkeys(names, ())
        case "chain":
            return {name: tuple(names[at - 1 : at]) if at else () for at, name in enumerate(names)}
        case "sheets":
            return {
                name: () if at % FAN < FAN - 1 else tuple(names[at - FAN + 1 : at])
                for at, name in enumerate(names)
            }
        case "one for all":
            return {
                name: () if at < count - 1 else tuple(names[:-1]) for at, name in enumerate(names)
            }
        case _:
            chance = Random(9)  # noqa: S311 - the same graph each time
            return {
                name: tuple({names[chance.randrange(at)] for _ in range(PARENTS)}) if at else ()
                for at, name in enumerate(names)
            }


KINDS = ("alone", "chain", "sheets", "one for all", "random")


def scheduling_task(job: Job) -> Found:
    """The child's part: seconds of our scheduler, of checking the plan, of the sorter."""
    from tickmark.engine.plan import Done, Plan, Task  # noqa: PLC0415 - for children only
    from tickmark.engine.schedule import Schedule  # noqa: PLC0415 - likewise
    from tickmark.llm.model import Prompt  # noqa: PLC0415 - likewise

    graph = shape(job["kind"], job["count"])
    tasks = [Task(name, Prompt("m", "", name), after=after) for name, after in graph.items()]
    done = Done("yes")
    with clock() as planning:
        plan = Plan(tasks)
    ended = 0
    with clock() as ours:
        schedule = Schedule(plan)
        ready = list(schedule.ready())
        while ready:
            task = ready.pop()
            schedule.parents(task)
            ready += schedule.finish(task.id, done)
            schedule.newly_settled()
            ended += 1
        all_done = schedule.done
    with clock() as theirs:
        sorter = TopologicalSorter(graph)
        sorter.prepare()
        names = list(sorter.get_ready())
        while names:
            sorter.done(names.pop())
            names += sorter.get_ready()
    return {
        "plan": planning.cpu,
        "own": ours.cpu,
        "graphlib": theirs.cpu,
        "ended": ended * all_done,
    }


def figure(server: Loopback, *, repeats: int) -> Iterator[Report]:
    """One report over all kinds and sizes."""
    del server
    found: dict[str, list[Found]] = {}
    for kind in KINDS:
        for count in SIZES:
            runs = [found_by("scheduling", {"kind": kind, "count": count}) for _ in range(repeats)]
            least = {name: min(one[name] for one in runs) for name in runs[0]}
            found.setdefault(kind, []).append(least)
    yield report(found)


def report(found: Mapping[str, Sequence[Found]]) -> Report:
    """What the runs say."""
    lines = [
        f"  CPU seconds of {', '.join(f'{count:,}' for count in SIZES)} tasks{load_average()}",
        f"  {'':14}{'scheduler':>27}{'a task, last/first':>20}{'graphlib':>27}{'likewise':>10}",
    ]
    middle = SIZES.index(JUDGED)
    slopes = []
    for kind, runs in found.items():
        first, last = runs[0]["own"] / SIZES[0], runs[-1]["own"] / SIZES[-1]
        slopes.append(last / first)
        ours = "".join(f"{one['own']:9.3f}" for one in runs)
        theirs = "".join(f"{one['graphlib']:9.3f}" for one in runs)
        likewise = runs[-1]["graphlib"] * SIZES[0] / (runs[0]["graphlib"] * SIZES[-1])
        lines.append(f"  {kind:14}{ours}{last / first:20.2f}{theirs}{likewise:10.2f}")
    slowest = max(runs[middle]["own"] for runs in found.values())
    ended = all(
        one["ended"] == count
        for runs in found.values()
        for one, count in zip(runs, SIZES, strict=True)
    )
    checked = max(runs[middle]["plan"] for runs in found.values())
    lines.append(f"  checking a plan of {JUDGED:,} tasks: at most {checked:.3f} s more")
    goals: tuple[Goal, ...] = (
        at_most(f"{JUDGED:,} tasks, slowest graph", slowest, SECONDS, "s"),
        at_most("time a task, 4 times the tasks", max(slopes), STRAIGHT, "x"),
        answered_goal("schedule", ended),
    )
    return Report(tuple(lines), {"found": dict(found)}, goals)
