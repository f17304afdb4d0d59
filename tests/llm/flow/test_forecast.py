"""The tokens that are reserved for a call."""

from __future__ import annotations

from dataclasses import replace

from tickmark.llm.flow.forecast import Forecast, sent_bytes
from tickmark.llm.model import Image, Prompt, Tool, Turn
from tickmark.llm.tokens import prompt_tokens
from tickmark.model.usage import Usage

PROMPT = Prompt("claude-sonnet-5-5", "System.", "User.", data="A1 7", answers="B", max_tokens=4096)


def test_bytes_of_all_texts_count_and_pictures_as_many() -> None:
    assert sent_bytes(PROMPT) == 17
    assert sent_bytes(replace(PROMPT, user="Übel")) == 17
    assert sent_bytes(replace(PROMPT, images=(Image("image/png", b"x"),))) == 17 + 3 * 4784


def test_tools_and_turns_count() -> None:
    tool, turn = Tool("find", "Finds.", {}), Turn((), (("id", "x" * 1000),))

    assert sent_bytes(replace(PROMPT, tools=(tool,), turns=(turn,))) > 1000


def test_first_the_estimate_is_taken_and_then_what_three_calls_taught() -> None:
    forecast = Forecast()
    estimated = float(prompt_tokens(PROMPT))
    seen = []
    for _ in range(4):
        seen.append(round(forecast.input_tokens(PROMPT, 1000), 6))
        forecast.learn(PROMPT, 1000, Usage(1, 300, 10))

    assert seen == [estimated, estimated, estimated, 1.05 * 300]


def test_what_is_read_from_the_providers_cache_does_not_count() -> None:
    forecast, shared = Forecast(), replace(PROMPT, shared=True)
    for _ in range(3):
        forecast.learn(shared, 1000, Usage(1, 20, 10, cache_read_tokens=9000))

    assert round(forecast.input_tokens(shared, 1000), 6) == 21
    assert forecast.input_tokens(PROMPT, 1000) == prompt_tokens(PROMPT)


def test_the_output_is_a_bounded_guess_and_then_the_average_of_answers() -> None:
    forecast = Forecast()
    assert forecast.output_tokens(PROMPT) == 1024
    assert forecast.output_tokens(replace(PROMPT, max_tokens=50)) == 50
    for tokens in (100, 300):
        forecast.learn(PROMPT, 1000, Usage(1, 1, tokens))

    assert round(forecast.output_tokens(PROMPT), 6) == 220
    assert forecast.output_tokens(replace(PROMPT, max_tokens=50)) == 50
