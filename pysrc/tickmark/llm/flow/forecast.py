"""How many tokens a call will count for, before it is sent."""

from __future__ import annotations

from typing import Final

from tickmark.llm.model import Prompt
from tickmark.llm.tokens import IMAGE_TOKENS, prompt_tokens
from tickmark.model.usage import Usage

CALLS_TO_TRUST: Final = 3
"""After so many calls the ratio of a model is used, which is quick; before that the estimate."""

MEMORY: Final = 0.95
"""By so much the past loses weight with each call."""

OUTPUT_CALLS: Final = 50
"""The output of so many calls makes the average."""

FIRST_GUESS: Final = 1024
"""The output tokens of the first calls, at most."""

CAUTION_INPUT: Final = 1.05
CAUTION_OUTPUT: Final = 1.1
"""By so much more than the average is reserved: it is given back at the end of the call, so that it
costs no rate, and all calls in flight together rarely need more."""

IMAGE_BYTES: Final = 3 * IMAGE_TOKENS
"""What one picture counts for among the bytes of texts."""


def sent_bytes(prompt: Prompt) -> int:
    """About how many bytes of text a prompt has, a picture counting as some more of them."""
    if prompt.tools or prompt.turns:
        size = sum(map(_bytes, prompt.texts))
    else:
        size = (
            _bytes(prompt.system)
            + _bytes(prompt.data)
            + _bytes(prompt.user)
            + _bytes(prompt.answers)
        )
    return size + IMAGE_BYTES * len(prompt.images)


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


class Forecast:
    """Learns from usage how many tokens a model counts for a byte, and how long it answers.

    Counted are the uncached input and what is written to the provider's cache, as the limits do;
    prompts that share a beginning are averaged apart, since most of them are read from there.
    """

    __slots__ = ("_answers", "_bytes", "_calls", "_output", "_tokens")

    def __init__(self) -> None:
        self._calls = [0, 0]
        self._tokens = [0.0, 0.0]
        self._bytes = [0.0, 0.0]
        self._answers = 0
        self._output: float | None = None

    def input_tokens(self, prompt: Prompt, size: int) -> float:
        """The input tokens that a prompt of so many bytes will count for."""
        kind = prompt.shared
        if self._calls[kind] < CALLS_TO_TRUST:
            return float(prompt_tokens(prompt))
        return CAUTION_INPUT * size * self._tokens[kind] / self._bytes[kind]

    def output_tokens(self, prompt: Prompt) -> float:
        """The output tokens that an answer will have."""
        if self._output is None:
            return float(min(prompt.max_tokens, FIRST_GUESS))
        return min(float(prompt.max_tokens), CAUTION_OUTPUT * self._output)

    def learn(self, prompt: Prompt, size: int, usage: Usage) -> None:
        """Take in the usage of one question."""
        kind = prompt.shared
        self._calls[kind] += 1
        self._tokens[kind] = MEMORY * self._tokens[kind] + counted_input(usage)
        self._bytes[kind] = MEMORY * self._bytes[kind] + max(1, size)
        self._answers = min(OUTPUT_CALLS, self._answers + 1)
        past = self._output or 0.0
        self._output = past + (usage.output_tokens - past) / self._answers


def counted_input(usage: Usage) -> int:
    """The input tokens of a usage that count for the limit: not those read from the cache."""
    return usage.input_tokens + usage.cache_write_tokens
