"""The rate limits of a model."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Requests, input tokens and output tokens a minute; 0 for what is not limited or not known."""

    requests: float = 0.0
    input_tokens: float = 0.0
    output_tokens: float = 0.0


UNLIMITED = Limits()
