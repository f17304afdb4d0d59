"""Figure `threads`: calls of 200 ms each by 50 and by 100 threads, beside peers."""

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
from tests.benchmarks.engine_load.scores import share_of_ideal
from tests.benchmarks.region_scores.goals import Goal, Report, at_least

FIGURE = "8 KB questions, 1 KB answers after exactly 200 ms, connections warm"
LATENCY = 0.2
THREADS = (50, 100)
WAVES = 12
"""So many answers a thread."""

NAMES = ("tickmark", "SDK", "LangChain", "litellm")
IDEAL = 0.90
OVER = {"LangChain": 1.05, "litellm": 1.5}


def figure(server: Loopback, *, repeats: int) -> Iterator[Report]:
    """One report for each number of threads."""
    load = Load(latency=LATENCY)
    for threads in THREADS:
        bulk = Bulk(count=WAVES * threads, threads=threads)
        runs = rounds(server, load, bulk, NAMES, repeats)
        yield report(threads, runs)


def report(threads: int, runs: Mapping[str, Sequence[Found]]) -> Report:
    """What the rounds say."""
    best = {name: fastest(found) for name, found in runs.items()}
    lines = [
        (
            f"  {threads} threads x {LATENCY * 1000:.0f} ms, ideal {threads / LATENCY:.0f}/s, "
            f"best of {len(runs['tickmark'])}{load_average()}"
        ),
        (
            f"  {'':12}{'calls/s':>9}{'of ideal':>10}{'CPU ms/call':>13}{'p50 ms':>9}{'p99 ms':>9}"
            f"{'MB':>7}{'lost':>6}"
        ),
    ]
    shares = {}
    for name, one in best.items():
        if "failed" in one:
            lines.append(f"  {name:12}{one['failed']}"[:100])
            continue
        shares[name] = share_of_ideal(one["right"], one["wall"], threads, LATENCY)
        lines.append(
            f"  {name:12}{calls_per_second(one):9.1f}{shares[name]:10.3f}{cpu_per_call(one):13.2f}"
            f"{one['p50'] * 1000:9.0f}{one['p99'] * 1000:9.0f}{one['mb']:7.0f}"
            f"{one['wrong'] + one['lost']:6}"
        )
    told = {"threads": threads, "shares": shares, "runs": told_runs(runs)}
    return Report(tuple(lines), told, tuple(_goals(threads, shares, runs)))


def _goals(
    threads: int, shares: Mapping[str, float], runs: Mapping[str, Sequence[Found]]
) -> Iterator[Goal]:
    own = shares.get("tickmark", 0.0)
    if threads == THREADS[0]:
        yield at_least(f"{threads} threads, share of ideal", own, IDEAL)
    else:
        for name, times in OVER.items():
            if shares.get(name):
                yield at_least(f"{threads} threads, times {name}", own / shares[name], times)
    yield answered_goal(f"{threads} threads", complete(runs["tickmark"]))
