"""Message batches as a provider keeps them: handed in, asked for, ended, fetched, cancelled."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")

Result = dict[str, Any]
ResultOf = Callable[[str, dict[str, Any]], Result]
"""The result of one request, from its name and its parameters."""


@dataclass(slots=True)
class Batch:
    requests: dict[str, dict[str, Any]]
    created: str
    polls: int = 0
    ended: bool = False
    canceling: bool = False
    results: dict[str, Result] = field(default_factory=dict)


class MessageBatches:
    """Batches end after so many `polls`, or when `end` is called; None waits for that.

    A request without a result when its batch is cancelled is canceled.
    """

    def __init__(self, result_of: ResultOf, polls: int | None = 1) -> None:
        self.polls = polls
        self._result_of = result_of
        self._batches: dict[str, Batch] = {}
        self._lock = threading.Lock()

    def create(self, requests: object) -> dict[str, Any] | str:
        """A new batch, or what is wrong with it."""
        if not isinstance(requests, list) or not requests:
            return "requests: List should have at least 1 item"
        names = [str(one.get("custom_id")) for one in requests]
        for name in names:
            if not _NAME.fullmatch(name):
                return "requests.custom_id: String should match pattern '^[a-zA-Z0-9_-]{1,64}$'"
            if names.count(name) > 1:
                return f"requests.custom_id: duplicate {name}"
        with self._lock:
            batch_id = f"msgbatch_{len(self._batches) + 1:02d}"
            params = {name: one["params"] for name, one in zip(names, requests, strict=True)}
            self._batches[batch_id] = Batch(params, datetime.now(UTC).isoformat())
        return self._shown(batch_id)

    def retrieve(self, batch_id: str) -> dict[str, Any] | None:
        """A batch; being asked for brings it nearer to its end."""
        with self._lock:
            batch = self._batches.get(batch_id)
            if batch is None:
                return None
            batch.polls += 1
            due = self.polls is not None and batch.polls >= self.polls
        if due or batch.canceling:
            self.end(batch_id)
        return self._shown(batch_id)

    def recent(self) -> dict[str, Any]:
        """The list of all batches, the newest first."""
        with self._lock:
            names = list(self._batches)[::-1]
        return {"data": [self._shown(name) for name in names], "has_more": False}

    def end(self, batch_id: str) -> None:
        """End a batch now."""
        with self._lock:
            batch = self._batches[batch_id]
            if batch.ended:
                return
            batch.ended = True
        for name, params in batch.requests.items():
            canceled = {"type": "canceled"}
            batch.results[name] = canceled if batch.canceling else self._result_of(name, params)

    def cancel(self, batch_id: str) -> dict[str, Any] | None:
        """Begin to cancel a batch."""
        with self._lock:
            batch = self._batches.get(batch_id)
            if batch is None:
                return None
            batch.canceling = True
        return self._shown(batch_id)

    def results(self, batch_id: str) -> list[dict[str, Any]] | None:
        """The results of an ended batch, the last one first; None for any other."""
        with self._lock:
            batch = self._batches.get(batch_id)
            if batch is None or not batch.ended:
                return None
            results = [{"custom_id": name, "result": one} for name, one in batch.results.items()]
        return results[::-1]

    def _shown(self, batch_id: str) -> dict[str, Any]:
        with self._lock:
            batch = self._batches[batch_id]
            counts = _counts(batch.results, len(batch.requests))
            status = "canceling" if batch.canceling else "in_progress"
            return {
                "id": batch_id,
                "type": "message_batch",
                "processing_status": "ended" if batch.ended else status,
                "request_counts": counts,
                "created_at": batch.created,
                "expires_at": "2026-11-21T10:00:00Z",
                "ended_at": "2026-11-20T10:30:00Z" if batch.ended else None,
                "cancel_initiated_at": None,
                "archived_at": None,
                # Elsewhere on purpose: a client must not carry its key there.
                "results_url": "http://results.invalid/results.jsonl" if batch.ended else None,
            }


def _counts(results: Mapping[str, Result], total: int) -> dict[str, int]:
    kinds = [one["type"] for one in results.values()]
    counts = {kind: kinds.count(kind) for kind in ("succeeded", "errored", "canceled", "expired")}
    return {"processing": total - len(kinds), **counts}
