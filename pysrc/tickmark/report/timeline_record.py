"""What bounds a run as a JSON-able record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Final

from tickmark.engine.bottlenecks import Bottlenecks, Share, Spread
from tickmark.engine.trace import TaskTrace

MOST_STEPS: Final = 50


def bottlenecks_record(found: Bottlenecks) -> dict[str, object]:
    """All figures; seconds and shares are rounded to a microsecond and a millionth.

    Of a long critical path and chain the last 50 tasks stand there, and how many there are.
    """
    return {
        "sentence": found.sentence,
        "seconds": round(found.seconds, 6),
        "jobs": found.jobs,
        "busy": round(found.busy, 6),
        "one_after_another": round(found.one_after_another, 6),
        "speed_up": round(found.speed_up, 6),
        "tasks": {end.value: count for end, count in found.ends},
        "left_out": found.left_out,
        "usage": asdict(found.usage),
        "calls_per_second": round(found.calls_per_second, 6),
        "tokens_per_second": round(found.tokens_per_second, 6),
        "shares": {
            "of_end": _shares(found.of_end),
            "of_threads": _shares(found.of_threads),
            "of_tasks": _shares(found.of_tasks),
        },
        "sends": found.sends,
        "failed_sends": dict(found.failed_sends),
        "latency": _spread(found.latency),
        "first_token": _spread(found.first_token),
        "slowest": [_task(one) for one in found.slowest],
        "critical_path": {
            "seconds": round(found.critical_seconds, 6),
            "count": len(found.critical_path),
            "tasks": [_task(one) for one in found.critical_path[-MOST_STEPS:]],
        },
        "chain_count": len(found.chain),
        "chain": [
            {**_task(one.task), "took": round(one.seconds, 6), "waited_for": one.link.name.lower()}
            for one in found.chain[-MOST_STEPS:]
        ],
    }


def _shares(shares: Sequence[Share]) -> Mapping[str, Mapping[str, float]]:
    return {
        one.cause.name.lower(): {"seconds": round(one.seconds, 6), "share": round(one.share, 6)}
        for one in shares
    }


def _spread(spread: Spread | None) -> Mapping[str, float] | None:
    if spread is None:
        return None
    return {
        "count": spread.count,
        "p50": round(spread.p50, 6),
        "p99": round(spread.p99, 6),
        "most": round(spread.most, 6),
    }


def _task(task: TaskTrace) -> dict[str, object]:
    return {
        "plan": task.plan,
        "id": task.id,
        "end": task.end.value,
        "seconds": round(task.seconds, 6),
        "note": task.note,
    }
