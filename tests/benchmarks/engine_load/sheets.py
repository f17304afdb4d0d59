"""Figure `dag`: ten sheets, eight questions each, a summary a sheet and one of the workbook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tests.benchmarks.engine_load.children import Failed, Found, Job, clock, found_by, judged
from tests.benchmarks.engine_load.load import Load
from tests.benchmarks.engine_load.loopback import Loopback
from tests.benchmarks.engine_load.questions import question, questions
from tests.benchmarks.engine_load.rows import answered_goal, load_average
from tests.benchmarks.engine_load.scores import critical_path, greedy_span, lower_bound
from tests.benchmarks.region_scores.goals import Goal, Report, at_most

FIGURE = "10 sheets x 8 questions, a summary each, one of all; latencies lognormal (sigma 0.6)"
SHEETS = 10
QUESTIONS = 8
BYTES = 4000
LOAD = Load(latency=0.2, spread=0.6)
THREADS = (3, 10, 100)
JUDGED = (3, 100)
"""Far below and above where work over limit is as long as the critical path: near it no order of
the tasks reaches the bound, since the summaries come last."""

OVER_BOUND = 1.1


@dataclass(frozen=True, slots=True)
class Book:
    """The tasks by name in the order of input, with the names that each comes after."""

    after: Mapping[str, tuple[str, ...]]

    @property
    def levels(self) -> tuple[tuple[str, ...], ...]:
        """Questions, summaries of sheets, the summary of the workbook."""
        sizes: dict[int, list[str]] = {0: [], QUESTIONS: [], SHEETS: []}
        for name, parents in self.after.items():
            sizes[len(parents)].append(name)
        return tuple(tuple(names) for names in sizes.values())

    def seconds(self, load: Load) -> dict[str, float]:
        """How long the server takes for each."""
        return {name: load.seconds(name) for name in self.after}


def book() -> Book:
    """The tasks of the workbook, sheet by sheet."""
    after: dict[str, tuple[str, ...]] = {}
    for sheet in range(SHEETS):
        asked = tuple(f"sheet {sheet} question {number}" for number in range(QUESTIONS))
        after |= dict.fromkeys(asked, ())
        after[f"sheet {sheet} summary"] = asked
    after["workbook"] = tuple(f"sheet {sheet} summary" for sheet in range(SHEETS))
    return Book(after)


def sheets_task(job: Job) -> Found:
    """The child's part: the whole graph at once, or one level after the other."""
    from tests.benchmarks.engine_load.candidates import Opening  # noqa: PLC0415 - for children only
    from tests.benchmarks.engine_load.own_stack import (  # noqa: PLC0415 - likewise
        answers_of,
        asked,
        our_runner,
        prompt_of,
    )
    from tickmark.engine.plan import Done, Plan, Task  # noqa: PLC0415 - likewise

    made, to = book(), Opening(job["url"], job["threads"])
    tasks = {
        name: Task(name, prompt_of(question(name, BYTES), to.max_tokens), after=after)
        for name, after in made.after.items()
    }
    with our_runner(to) as runner:
        asked(runner, questions("warming", to.threads, BYTES), to.max_tokens)
        with clock() as spent:
            if job["levels"]:
                answers = {}
                for level in made.levels:
                    parents = {name: Done(one.text) for name, one in answers.items()}
                    plan = Plan(Task(name, tasks[name].prompt_after(parents)) for name in level)
                    answers |= answers_of(runner, plan)
            else:
                answers = answers_of(runner, Plan(tasks.values()))
    names = list(made.after)
    found = judged([answers[name] for name in names], names, LOAD.answer_bytes)
    return {**found, "wall": spent.wall, "cpu": spent.cpu}


def figure(server: Loopback, *, repeats: int) -> Iterator[Report]:
    """One report over all numbers of threads, and one at a time."""
    runs: dict[tuple[int, bool], list[Found]] = {(1, False): [_run(server, 1, levels=False)]}
    for _ in range(repeats):
        for threads in THREADS:
            for levels in (False, True):
                one = _run(server, threads, levels=levels)
                runs.setdefault((threads, levels), []).append(one)
    yield report(runs)


def _run(server: Loopback, threads: int, *, levels: bool) -> Found:
    server.reset(LOAD)
    job = {"url": server.url, "threads": threads, "levels": levels}
    try:
        return found_by("sheets", job)
    except Failed as failure:
        return {"failed": str(failure), "count": 1, "right": 0, "wall": float("inf")}


def report(runs: Mapping[tuple[int, bool], Sequence[Found]]) -> Report:
    """What the rounds say beside what the graph allows."""
    made = book()
    seconds = made.seconds(LOAD)
    walls = {case: min(one["wall"] for one in found) for case, found in runs.items()}
    alone = walls[1, False]
    lines = [
        (
            f"  work {sum(seconds.values()):.2f} s, critical path "
            f"{critical_path(seconds, made.after):.2f} s; one at a time took {alone:.2f} s"
            f"{load_average()}"
        ),
        (
            f"  {'at once':>8}{'bound s':>9}{'ideal s':>9}{'engine s':>10}{'x bound':>9}"
            f"{'x ideal':>9}{'by level s':>12}{'speed: x levels':>17}{'x one':>7}"
        ),
    ]
    goals: list[Goal] = []
    for threads in THREADS:
        bound = lower_bound(seconds, made.after, threads)
        ideal = greedy_span(seconds, made.after, threads)
        own, by_level = walls[threads, False], walls[threads, True]
        lines.append(
            f"  {threads:8}{bound:9.2f}{ideal:9.2f}{own:10.2f}{own / bound:9.3f}{own / ideal:9.3f}"
            f"{by_level:12.2f}{by_level / own:17.2f}{alone / own:7.1f}"
        )
        if threads in JUDGED:
            goals.append(at_most(f"{threads} at once, times the bound", own / bound, OVER_BOUND))
        goals.append(at_most(f"{threads} at once, times the ideal", own / ideal, OVER_BOUND))
    lines.append("  bound: critical path or work over limit; ideal: this order, without any loss")
    right = all(one["right"] == one["count"] for found in runs.values() for one in found)
    goals.append(answered_goal("dag", right))
    told = {
        f"{threads} {'levels' if by else 'graph'}": list(f) for (threads, by), f in runs.items()
    }
    return Report(tuple(lines), {"runs": told}, tuple(goals))
