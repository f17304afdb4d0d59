"""Prices of calls, as genai-prices gives them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from genai_prices import Usage as Tokens
from genai_prices import calc_price

from tickmark.llm.model import Prompt, Tool, Turn
from tickmark.llm.prices import free, price, worst_usage
from tickmark.model.usage import Usage


def test_a_call_costs_its_tokens() -> None:
    assert price("claude-sonnet-5-5", Usage(1, 1000, 100)) == pytest.approx(0.003)


def test_cached_tokens_have_prices_of_their_own() -> None:
    usage = Usage(1, 1000, 100, cache_read_tokens=10_000, cache_write_tokens=2000)

    assert price("claude-sonnet-5-5", usage) == pytest.approx(0.009)


def test_a_large_prompt_has_the_higher_rate() -> None:
    assert price("claude-haiku-5-5", Usage(1, 90_000, 100)) == pytest.approx(0.00905)
    assert price("claude-haiku-5-5", Usage(1, 150_000, 100)) == pytest.approx(0.07525)


@pytest.mark.parametrize("model", ["", "no-such-model", "claude-nonesuch-9"])
def test_an_unknown_model_has_no_price(model: str) -> None:
    assert price(model, Usage(1, 1000, 100)) is None


def test_a_server_of_ones_own_is_free() -> None:
    assert free("llama3", Usage(1, 1000, 100)) == 0


@pytest.mark.parametrize("model", ["claude-opus-5-5", "claude-haiku-5-5", "claude-sonnet-4-5"])
@pytest.mark.parametrize("tokens", [10, 100_001, 250_000])
def test_the_price_is_that_of_the_library(model: str, tokens: int) -> None:
    usage = Usage(1, tokens, 700, cache_read_tokens=5000, cache_write_tokens=300)
    theirs = calc_price(
        Tokens(
            input_tokens=tokens + 5300,
            output_tokens=700,
            cache_read_tokens=5000,
            cache_write_tokens=300,
        ),
        model,
    )

    assert price(model, usage) == pytest.approx(float(theirs.total_price))


def test_the_worst_case_holds_a_full_answer_and_more_than_the_estimated_input() -> None:
    prompt = Prompt("claude-sonnet-5-5", "word " * 100, "Why?", data="A1: 1\n" * 100, max_tokens=50)
    worst = worst_usage(prompt)

    assert worst.output_tokens == 50
    assert worst.input_tokens > 300


def test_a_schema_adds_to_the_worst_case() -> None:
    plain = Prompt("claude-sonnet-5-5", "s", "u")
    formed = Prompt("claude-sonnet-5-5", "s", "u", schema={"type": "object"})

    assert worst_usage(formed).input_tokens > worst_usage(plain).input_tokens


def test_what_the_provider_adds_for_tools_and_their_results_is_in_the_worst_case() -> None:
    plain = Prompt("claude-sonnet-5-5", "s", "u")
    tools = replace(plain, tools=(Tool("t", "d", {}),))
    result = ("c1", "A1: 5")
    read = replace(tools, turns=(Turn((), (result,) * 10),))
    added = worst_usage(tools).input_tokens - worst_usage(plain).input_tokens

    assert added >= 1000
    # Each result is sent inside a fence of some 40 tokens.
    assert worst_usage(read).input_tokens - worst_usage(tools).input_tokens >= 10 * 40


def test_tools_are_kept_by_the_provider_with_long_instructions() -> None:
    prompt = Prompt("claude-sonnet-5-5", "word " * 1000, "u", tools=(Tool("t", "d " * 500, {}),))
    alone = replace(prompt, tools=())

    assert worst_usage(prompt).cache_write_tokens >= worst_usage(alone).cache_write_tokens + 500
