"""Figure `limits`: a server that enforces requests, input tokens or output tokens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tests.benchmarks.engine_load.bulk import Bulk, complete, rounds
from tests.benchmarks.engine_load.bulk import told as told_runs
from tests.benchmarks.engine_load.children import Found
from tests.benchmarks.engine_load.load import Load
from tests.benchmarks.engine_load.loopback import Loopback
from tests.benchmarks.engine_load.rows import answered_goal, load_average
from tests.benchmarks.engine_load.scores import steady_rate
from tests.benchmarks.region_scores.goals import Goal, Report, at_least, at_most

FIGURE = "the steady part of a run against an enforced limit; whoever asks too early gets a 429"
NAMES = ("tickmark", "tickmark told", "SDK")
PER_SECOND = 50
SECONDS = 16
THREADS = 60
LATENCY = 0.5
SDK_RETRIES = 2
INPUT = 2_000
OUTPUT = 200
SETTLED = 2.0
"""Seconds after the first request and the server's burst that do not count."""

OF_LIMIT = 0.95
MOST_LIMITED = 0.005


@dataclass(frozen=True, slots=True)
class Case:
    """One limit: its load, its size a second, and which of (1, input, output) it counts."""

    name: str
    load: Load
    per_second: float
    weight: int
    at_end: bool = False


def cases() -> tuple[Case, ...]:
    """The limits, one at a time, each worth PER_SECOND questions on average."""
    common = {"latency": LATENCY, "least_output": OUTPUT // 2, "most_output": OUTPUT * 3 // 2}
    inputs, outputs = PER_SECOND * INPUT, PER_SECOND * OUTPUT
    return (
        Case("requests", Load(**common, rpm=PER_SECOND * 60), PER_SECOND, 0),
        Case("input tokens", Load(**common, itpm=inputs * 60), inputs, 1),
        Case("output, as written", Load(**common, otpm=outputs * 60), outputs, 2, at_end=True),
        Case(
            "output, max_tokens first",
            Load(**common, otpm=outputs * 60, burst=3.0, reserves=True),
            outputs,
            2,
            at_end=True,
        ),
    )


def figure(server: Loopback, *, repeats: int) -> Iterator[Report]:
    """One report a limit; steady figures need no best of three, so there is one round."""
    del repeats
    for case in cases():
        bulk = Bulk(
            count=PER_SECOND * SECONDS,
            threads=THREADS,
            size=4 * INPUT,
            spread=0.5,
            warm=False,
            retries=SDK_RETRIES,
        )
        yield report(case, rounds(server, case.load, bulk, NAMES, 1))


def of_limit(case: Case, server: Mapping[str, object]) -> float:
    """What was let through a second while fresh questions came, as a share of the limit."""
    events: Sequence[Sequence[float]] = server["done" if case.at_end else "taken"]  # type: ignore[assignment]
    weighed = [(one[0], (1.0, one[1], one[2])[case.weight]) for one in events]
    taken: Sequence[Sequence[float]] = server["taken"]  # type: ignore[assignment]
    start = taken[0][0] + case.load.burst + SETTLED
    return steady_rate(weighed, start, float(str(server["fresh"]))) / case.per_second


def report(case: Case, runs: Mapping[str, Sequence[Found]]) -> Report:
    """What the rounds say."""
    lines = [
        f"  {case.name}: {case.per_second:,.0f}/s enforced, {THREADS} threads{load_average()}",
        (
            f"  {'':15}{'of limit':>10}{'answered':>10}{'lost':>6}{'requests':>10}{'429':>6}"
            f"{'429 share':>11}{'seconds':>9}"
        ),
    ]
    goals: list[Goal] = []
    for name, (one, *_) in runs.items():
        if "failed" in one:
            lines.append(f"  {name:15}{one['failed']}"[:100])
            continue
        server = one["server"]
        share, limited = of_limit(case, server), server["limited"] / max(1, server["requests"])
        lines.append(
            f"  {name:15}{share:10.3f}{one['right']:10}{one['lost']:6}{server['requests']:10}"
            f"{server['limited']:6}{limited:11.2%}{one['wall']:9.1f}"
        )
        if name != "SDK":
            told = "" if name == "tickmark" else ", told"
            goals += [
                at_least(f"{case.name}{told}", share, OF_LIMIT),
                at_most(f"{case.name}{told}, 429", 100 * limited, 100 * MOST_LIMITED, "%"),
            ]
    ours = all(complete(found) for name, found in runs.items() if name != "SDK")
    goals.append(answered_goal(case.name, ours))
    return Report(tuple(lines), {"limit": case.name, "runs": told_runs(dict(runs))}, tuple(goals))
