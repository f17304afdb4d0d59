"""A call that was let through, with what was reserved for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

from tickmark.llm.model import Prompt

Amounts: TypeAlias = tuple[float, float, float]
"""Of requests, input tokens and output tokens."""

NOTHING: Final[Amounts] = (0.0, 0.0, 0.0)


@dataclass(slots=True)
class Ticket:
    """Given back with the end of the call.

    `reserved` are the amounts, None where nothing was known to be limited; `levels` what was left
    behind them, and `lowered` by how much headers had lowered that until then. `number`, `round`
    and `trial` are those of concurrency, pause and breaker. `sent` is in seconds of the flow's
    clock; `arrival` tells who of those that waited came first.
    """

    prompt: Prompt
    size: int
    sent: float
    number: int
    round: int
    trial: int
    reserved: Amounts | None = None
    levels: Amounts = NOTHING
    lowered: Amounts = NOTHING
    large: bool = False
    arrival: int = 0
