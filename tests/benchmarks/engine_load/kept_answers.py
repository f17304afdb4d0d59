"""Figure `cache`: answers found in the store by a new process, from plan to outcomes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.engine_load.bulk import Bulk, complete, cpu_per_call
from tests.benchmarks.engine_load.children import Found, found_by
from tests.benchmarks.engine_load.load import Load
from tests.benchmarks.engine_load.loopback import Loopback
from tests.benchmarks.engine_load.rows import answered_goal, load_average
from tests.benchmarks.region_scores.goals import Goal, Report, at_least

FIGURE = "8 KB questions that were answered before, by another process"
COUNT = 3_000
ASKING = 16
THREADS = (8, 50)
PER_SECOND = 5_000


def figure(server: Loopback, *, repeats: int) -> Iterator[Report]:
    """Ask once, then find: with the usual number of threads, and with many."""
    load = Load()
    server.reset(load)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        asking = found_by("bulk", Bulk(COUNT, ASKING).job("tickmark", server, load, 0), home)
        asked = int(server.stats()["requests"])
        found: dict[int, list[Found]] = {threads: [] for threads in THREADS}
        for _ in range(repeats):
            for threads in THREADS:
                job = Bulk(COUNT, threads, warm=False).job("tickmark", server, load, 0)
                found[threads].append(found_by("bulk", job, home))
        again = int(server.stats()["requests"]) - asked
    yield report(asking, found, again)


def report(asking: Found, found: dict[int, list[Found]], again: int) -> Report:
    """What the processes say; `again` is what was asked though it was kept."""
    lines = [
        f"  {COUNT:,} questions, best of {len(found[THREADS[0]])}{load_average()}",
        f"  {'':24}{'answers/s':>11}{'CPU ms each':>13}{'MB':>6}",
        _line(f"asked, {ASKING} threads", asking),
    ]
    goals: list[Goal] = []
    for threads, runs in found.items():
        best = min(runs, key=lambda one: one["wall"])
        lines.append(_line(f"kept, {threads} threads", best))
        goals.append(
            at_least(f"kept answers a second, {threads} threads", COUNT / best["wall"], PER_SECOND)
        )
    goals.append(Goal("kept questions asked again", str(again), "0", again == 0))
    every = [asking, *(one for runs in found.values() for one in runs)]
    goals.append(answered_goal("cache", complete(every)))
    return Report(tuple(lines), {"asking": asking, "found": found, "again": again}, tuple(goals))


def _line(name: str, one: Found) -> str:
    return (
        f"  {name:24}{one['count'] / one['wall']:11,.0f}{cpu_per_call(one):13.3f}{one['mb']:6.0f}"
    )
