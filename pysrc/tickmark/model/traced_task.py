"""Where the time of one question of an analysis went."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TracedTask:
    """One task of a workbook: how it ended, how long it took, what it waited for.

    `status` is `done`, `cached` (answered without a call), `failed` or `skipped`. `seconds` is how
    long it was under way; `waits` are seconds by cause, such as `provider`, `rate` or `retry`, with
    the time before that (`parents`, `thread`). `calls` are questions sent to the provider,
    `retries` those of them that got no answer. `error` is the kind of error of a failed task.
    """

    id: str
    status: str
    seconds: float = 0.0
    waits: tuple[tuple[str, float], ...] = ()
    calls: int = 0
    retries: int = 0
    error: str = ""
