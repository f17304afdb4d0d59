"""Figure `faults`: overload, dropped connections and cut streams under an enforced limit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tests.benchmarks.engine_load.bulk import Bulk, complete, rounds
from tests.benchmarks.engine_load.bulk import told as told_runs
from tests.benchmarks.engine_load.children import Found
from tests.benchmarks.engine_load.load import Load
from tests.benchmarks.engine_load.loopback import Loopback
from tests.benchmarks.engine_load.rows import answered_goal, load_average
from tests.benchmarks.engine_load.scores import steady_rate
from tests.benchmarks.region_scores.goals import Goal, Report, at_least

FIGURE = "5 % answered 529, 1 % of connections dropped, 1 % of answers cut in the middle"
PER_SECOND = 50
SECONDS = 16
THREADS = 60
SDK_RETRIES = 2
STREAMED = 20_000
"""An answer that may be so long comes as a stream."""

LOAD = Load(latency=0.5, rpm=PER_SECOND * 60, overloaded=0.05, dropped=0.01, cut=0.01)
SETTLED = 3.0
"""Seconds after the first request that do not count."""

OF_LIMIT = 0.88


def figure(server: Loopback, *, repeats: int) -> Iterator[Report]:
    """Streamed answers, then whole ones, beside a client that repeats on its own."""
    del repeats
    count = PER_SECOND * SECONDS
    streamed = Bulk(count, THREADS, warm=False, max_tokens=STREAMED)
    yield report("streamed", rounds(server, LOAD, streamed, ("tickmark",), 1))
    whole = Bulk(count, THREADS, warm=False, retries=SDK_RETRIES)
    yield report("not streamed", rounds(server, LOAD, whole, ("tickmark", "SDK"), 1))


def report(kind: str, runs: Mapping[str, Sequence[Found]]) -> Report:
    """What the rounds say."""
    lines = [
        f"  {kind}: limit {PER_SECOND}/s, {THREADS} threads{load_average()}",
        (
            f"  {'':12}{'of limit':>10}{'answered':>10}{'lost':>6}{'requests':>10}{'429':>6}"
            f"{'faults':>8}{'seconds':>9}"
        ),
    ]
    goals: list[Goal] = []
    for name, (one, *_) in runs.items():
        if "failed" in one:
            lines.append(f"  {name:12}{one['failed']}"[:100])
            continue
        server = one["server"]
        answered = [(when, 1.0) for when, *_ in server["done"]]
        start = server["taken"][0][0] + SETTLED
        share = steady_rate(answered, start, server["fresh"]) / PER_SECOND
        faults = sum(server["faults"].values())
        lines.append(
            f"  {name:12}{share:10.3f}{one['right']:10}{one['lost']:6}{server['requests']:10}"
            f"{server['limited']:6}{faults:8}{one['wall']:9.1f}"
        )
        if name == "tickmark":
            goals.append(at_least(f"{kind}, of the limit", share, OF_LIMIT))
    goals.append(answered_goal(kind, complete(runs["tickmark"])))
    return Report(tuple(lines), {"kind": kind, "runs": told_runs(dict(runs))}, tuple(goals))
