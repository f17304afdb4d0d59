"""The task that most figures measure: independent questions, answered by one candidate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from tests.benchmarks.engine_load.children import Failed, Found, Job, clock, found_by, judged
from tests.benchmarks.engine_load.load import Load
from tests.benchmarks.engine_load.loopback import Loopback
from tests.benchmarks.engine_load.questions import questions
from tests.benchmarks.engine_load.scores import percentile

BYTES = 8000
"""A question has about so many characters."""


@dataclass(frozen=True, slots=True)
class Bulk:
    """How many questions of what size are asked, with how many threads.

    `spread` is by how much sizes differ. With `warm` as many questions as threads go ahead, so that
    all connections are open. The others are those of an Opening; `tickmark told` alone is told the
    limits that are enforced.
    """

    count: int
    threads: int
    size: int = BYTES
    spread: float = 0.0
    warm: bool = True
    retries: int = 0
    max_tokens: int = 512

    def job(self, candidate: str, server: Loopback, load: Load, number: int) -> Job:
        """What the child is told."""
        limits = {"rpm": int(load.rpm), "itpm": int(load.itpm), "otpm": int(load.otpm)}
        return {
            **asdict(self),
            "candidate": candidate,
            "url": server.url,
            "answer_bytes": load.answer_bytes,
            "salt": f"{candidate} {number}",
            "limits": limits if candidate == "tickmark told" else {},
        }


def bulk_task(job: Job) -> Found:
    """The child's part."""
    from tests.benchmarks.engine_load.candidates import (  # noqa: PLC0415 - for children only
        CANDIDATES,
        Opening,
    )
    from tests.benchmarks.formula_graph.measuring import peak  # noqa: PLC0415 - likewise

    texts = questions(job["salt"], job["count"], job["size"], job["spread"])
    warming = questions("warming " + job["salt"], job["threads"], job["size"])
    opening = Opening(
        job["url"], job["threads"], job["retries"], job["max_tokens"], **job["limits"]
    )
    with CANDIDATES[job["candidate"]](opening) as batch:
        if job["warm"]:
            batch(warming)
        with clock() as spent:
            answers = batch(texts)
    seconds = [one.seconds for one in answers if one.text]
    firsts = [one.first for one in answers if one.first is not None]
    return {
        **judged(answers, texts, job["answer_bytes"]),
        "wall": spent.wall,
        "cpu": spent.cpu,
        "mb": peak(),
        "p50": percentile(seconds, 50),
        "p99": percentile(seconds, 99),
        "first": percentile(firsts, 50) if firsts else None,
    }


def rounds(
    server: Loopback, load: Load, bulk: Bulk, candidates: Sequence[str], count: int
) -> dict[str, list[Found]]:
    """Some rounds of all candidates in turn, each with what the server saw."""
    runs: dict[str, list[Found]] = {name: [] for name in candidates}
    for number in range(count):
        for name in candidates:
            server.reset(load)
            try:
                found = found_by("bulk", bulk.job(name, server, load, number))
            except Failed as failure:
                found = {"failed": str(failure), "count": bulk.count, "right": 0}
            runs[name].append({**found, "server": server.stats()})
    return runs


def fastest(runs: Iterable[Found], by: str = "wall") -> Found:
    """The round that took least, of those that came to their end; a failed one where none did."""
    return min(runs, key=lambda one: ("failed" in one, one.get(by, 0.0)))


def complete(runs: Iterable[Found]) -> bool:
    """Whether every question of every round got its answer."""
    return all(one["right"] == one["count"] for one in runs)


def calls_per_second(found: Found) -> float:
    """Right answers a second."""
    wall = found.get("wall", 0.0)
    return float(found["right"] / wall) if wall else 0.0


def cpu_per_call(found: Found) -> float:
    """Milliseconds of the processor a question."""
    return float(found.get("cpu", 0.0) * 1000 / found["count"])


def told(runs: dict[str, list[Found]]) -> dict[str, list[Found]]:
    """The rounds for a file, without each single request."""
    many = ("taken", "done")
    return {
        name: [
            {**one, "server": {k: v for k, v in one["server"].items() if k not in many}}
            for one in some
        ]
        for name, some in runs.items()
    }
