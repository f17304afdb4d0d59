"""What a call costs, from the price data of genai-prices that is installed with Tickmark."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from tickmark.llm.model import Prompt
from tickmark.llm.tokens import FENCE_TOKENS, IMAGE_TOKENS, TokenCounter, token_bound
from tickmark.model.usage import Usage

if TYPE_CHECKING:
    from decimal import Decimal

    from genai_prices.types import TieredPrices

# What the provider adds to a request: roles, the fence, and the instructions for a schema.
FRAME_TOKENS = 100
SCHEMA_TOKENS = 400
# The instructions that the provider adds for tools: several hundred tokens with every model.
TOOLS_TOKENS = 1000

# USD of the tokens of one call to a named model; None where the price is not known.
Price = Callable[[str, Usage], float | None]

BATCH_SHARE = 0.5
"""Of all token prices, by the documentation of the Message Batches API."""

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class _Rate:
    """USD per million tokens; a step (start, rate) holds for prompts above its start."""

    base: float
    steps: tuple[tuple[int, float], ...] = ()

    def at(self, input_tokens: int) -> float:
        rates = [rate for start, rate in self.steps if input_tokens > start]
        return rates[-1] if rates else self.base


@dataclass(frozen=True, slots=True)
class _Rates:
    input: _Rate
    output: _Rate
    cache_read: _Rate
    cache_write: _Rate


def price(model: str, usage: Usage) -> float | None:
    """USD of the tokens of one call; None for a model of unknown price.

    Prices may step up with the size of a prompt, so several calls are priced one by one.
    """
    rates = _rates(model)
    if rates is None:
        return None
    size = usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens
    total = (
        usage.input_tokens * rates.input.at(size)
        + usage.cache_read_tokens * rates.cache_read.at(size)
        + usage.cache_write_tokens * rates.cache_write.at(size)
        + usage.output_tokens * rates.output.at(size)
    )
    return total / _MILLION


def halved(price: Price) -> Price:
    """What the tokens of one question of a message batch cost: half of what a call does."""

    def of_batches(model: str, usage: Usage) -> float | None:
        whole = price(model, usage)
        return None if whole is None else whole * BATCH_SHARE

    return of_batches


def free(model: str, usage: Usage) -> float:  # noqa: ARG001 - has the shape of price
    """The price of a call to a server of one's own: nothing."""
    return 0.0


def worst_usage(prompt: Prompt, bound: TokenCounter = token_bound) -> Usage:
    """The tokens that one call can cost at most; `bound` is that of a text with a model."""
    tokens = FRAME_TOKENS + sum(bound(text, prompt.model) for text in prompt.texts)
    tokens += IMAGE_TOKENS * len(prompt.images)
    if prompt.schema is not None:
        tokens += SCHEMA_TOKENS + bound(json.dumps(prompt.schema), prompt.model)
    if prompt.tools:
        tokens += TOOLS_TOKENS + FENCE_TOKENS * sum(len(turn.results) for turn in prompt.turns)
    # What the provider is asked to keep costs more than what it only reads; tools stand before the
    # instructions, and are kept with them.
    written = tokens if prompt.shared or (prompt.tools and prompt.long_system) else 0
    if prompt.long_system and not written:
        written = bound(prompt.system, prompt.model)
    return Usage(
        calls=1,
        input_tokens=tokens - written,
        output_tokens=prompt.max_tokens,
        cache_write_tokens=written,
    )


@lru_cache(maxsize=64)
def _rates(model: str) -> _Rates | None:
    from genai_prices.data_snapshot import (  # noqa: PLC0415 - loads pydantic and the price data
        get_snapshot,
    )

    try:
        _, found = get_snapshot().find_provider_model(model, None, None, None)
    except LookupError:
        return None
    prices = found.get_prices(datetime.now(UTC))
    if prices.input_mtok is None or prices.output_mtok is None:
        return None
    entry = _rate(prices.input_mtok)
    return _Rates(
        input=entry,
        output=_rate(prices.output_mtok),
        cache_read=_rate(prices.cache_read_mtok) if prices.cache_read_mtok is not None else entry,
        cache_write=(
            _rate(prices.cache_write_mtok) if prices.cache_write_mtok is not None else entry
        ),
    )


def _rate(value: Decimal | TieredPrices) -> _Rate:
    tiers = getattr(value, "tiers", None)
    if tiers is None:
        return _Rate(float(value))  # type: ignore[arg-type]
    base = float(value.base)  # type: ignore[union-attr]
    return _Rate(base, tuple((tier.start, float(tier.price)) for tier in tiers))
