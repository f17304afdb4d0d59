"""What a provider says about its rate limits with each answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Allowance:
    """One limit a minute: its size, what is left of it, and in how many seconds it is whole again.

    None stands for what the provider does not say.
    """

    limit: float | None = None
    remaining: float | None = None
    reset: float | None = None


@dataclass(frozen=True, slots=True)
class Allowances:
    """The limits of requests, input tokens and output tokens of one model."""

    requests: Allowance = Allowance()
    input_tokens: Allowance = Allowance()
    output_tokens: Allowance = Allowance()


OnAllowances: TypeAlias = Callable[[str, Allowances], None]
"""Takes the name of a model and what was said of its limits; called from the threads of calls."""
