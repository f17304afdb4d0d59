"""Figure `cpu`: what a call costs on the processor, over the bare client."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tests.benchmarks.engine_load.bulk import Bulk, complete, cpu_per_call, fastest, rounds
from tests.benchmarks.engine_load.bulk import told as told_runs
from tests.benchmarks.engine_load.children import Found
from tests.benchmarks.engine_load.load import Load
from tests.benchmarks.engine_load.loopback import Loopback
from tests.benchmarks.engine_load.rows import answered_goal, load_average
from tests.benchmarks.region_scores.goals import Report, at_most

FIGURE = "processor time a call: 8 KB questions, 1 KB answers, connections warm"
NAMES = ("SDK", "tickmark", "LangChain", "litellm")
COUNT = 800
CASES = ((10, 0.05), (50, 0.2))
"""Threads and the seconds that an answer takes: half idle, so that nobody waits for a core."""

OWN_MS = 0.5


def figure(server: Loopback, *, repeats: int) -> Iterator[Report]:
    """One report for each number of threads."""
    for threads, latency in CASES:
        bulk = Bulk(count=COUNT, threads=threads)
        runs = rounds(server, Load(latency=latency), bulk, NAMES, repeats)
        yield report(threads, latency, runs)


def report(threads: int, latency: float, runs: Mapping[str, Sequence[Found]]) -> Report:
    """What the rounds say."""
    spent = {name: cpu_per_call(fastest(found, "cpu")) for name, found in runs.items()}
    floor = spent["SDK"]
    lines = (
        (
            f"  {threads} threads x {latency * 1000:.0f} ms, least of {len(runs['SDK'])}"
            f"{load_average()}"
        ),
        f"  {'':12}{'CPU ms/call':>13}{'over the SDK':>14}",
        *(f"  {name:12}{one:13.2f}{one - floor:14.2f}" for name, one in spent.items()),
    )
    over = at_most(f"{threads} threads, over the SDK", spent["tickmark"] - floor, OWN_MS, "ms")
    answered = answered_goal(f"{threads} threads", complete(runs["tickmark"]))
    return Report(
        lines,
        {"threads": threads, "ms": spent, "runs": told_runs(dict(runs))},
        (over, answered),
    )
