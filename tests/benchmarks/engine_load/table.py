"""Figure `table`: one at a time, then 10, 50 and 100 at once, with latencies that differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tests.benchmarks.engine_load.bulk import (
    Bulk,
    calls_per_second,
    complete,
    cpu_per_call,
    fastest,
    rounds,
)
from tests.benchmarks.engine_load.bulk import told as told_runs
from tests.benchmarks.engine_load.children import Found
from tests.benchmarks.engine_load.load import Load
from tests.benchmarks.engine_load.loopback import Loopback
from tests.benchmarks.engine_load.rows import answered_goal, load_average
from tests.benchmarks.region_scores.goals import Report

FIGURE = "streamed answers, median 200 ms, lognormal (sigma 0.4), first piece after a quarter"
COUNTS = {1: 60, 10: 300, 50: 1000, 100: 1500}
STREAMED = 20_000


def figure(server: Loopback, *, repeats: int) -> Iterator[Report]:
    """One report over all numbers of threads."""
    runs: dict[int, list[Found]] = {}
    for threads, count in COUNTS.items():
        bulk = Bulk(count, threads, max_tokens=STREAMED)
        load = Load(latency=0.2, spread=0.4)
        times = 1 if threads == 1 else repeats
        runs[threads] = rounds(server, load, bulk, ("tickmark",), times)["tickmark"]
    yield report(runs)


def report(runs: Mapping[int, Sequence[Found]]) -> Report:
    """What the rounds say."""
    lines = [
        f"  at once is the number of threads{load_average()}",
        (
            f"  {'at once':>8}{'calls/s':>10}{'x one':>8}{'first piece ms':>16}{'p50 ms':>9}"
            f"{'p99 ms':>9}{'CPU ms/call':>13}{'MB':>6}"
        ),
    ]
    alone = calls_per_second(fastest(runs[1]))
    for threads, found in runs.items():
        one = fastest(found)
        if "failed" in one:
            lines.append(f"  {threads:8}  {one['failed']}"[:100])
            continue
        rate = calls_per_second(one)
        first = "-" if one["first"] is None else f"{one['first'] * 1000:.0f}"
        lines.append(
            f"  {threads:8}{rate:10.1f}{rate / alone if alone else 0:8.1f}{first:>16}"
            f"{one['p50'] * 1000:9.0f}{one['p99'] * 1000:9.0f}{cpu_per_call(one):13.2f}"
            f"{one['mb']:6.0f}"
        )
    told = told_runs({str(threads): list(found) for threads, found in runs.items()})
    goal = answered_goal("table", all(map(complete, runs.values())))
    return Report(tuple(lines), {"runs": told}, (goal,))
