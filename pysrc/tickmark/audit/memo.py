"""What is found out about a workbook once for all rules, and forgotten when they are through."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_kept: list[Callable[[], None]] = []


def once(function: Callable[P, T]) -> Callable[P, T]:
    """Keep the answers of a function of hashable arguments until `forget` is called."""
    kept = cache(function)
    _kept.append(kept.cache_clear)
    return kept  # type: ignore[return-value]


def forget() -> None:
    """Let go of all that `once` keeps, so that no workbook outlives its audit."""
    for clear in _kept:
        clear()
