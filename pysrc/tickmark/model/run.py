"""One run over many workbooks: what was asked, with which settings, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tickmark.model.usage import Usage


@dataclass(frozen=True, slots=True)
class Run:
    """The record that `run.json` holds.

    `id` names the run folder; `started` and `finished` are ISO 8601 with offset; `model` is "" for
    rules only; `complete` is False as soon as one workbook, sheet or task failed, the budget ended
    or the run was stopped. `stopped` says why a run ended early ("", "budget", "provider",
    "interrupted", "limit", "failures", "disk", "batch": answers of a message batch are awaited, or
    a sentence). `bottlenecks` is what bounded it, as report/timeline_record.py tells it; empty
    where no question was put.
    """

    id: str
    version: str
    started: str
    finished: str = ""
    paths: tuple[str, ...] = ()
    model: str = ""
    question: str = ""
    max_cost: float = 0.0
    workbooks: int = 0
    failed: int = 0
    incomplete: int = 0
    skipped: tuple[str, ...] = ()
    complete: bool = True
    stopped: str = ""
    exit_code: int = 0
    usage: Usage = field(default_factory=Usage)
    seconds: float = 0.0
    bottlenecks: Mapping[str, object] = field(default_factory=dict, hash=False)
