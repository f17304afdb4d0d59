"""The shipped fake."""

from __future__ import annotations

import pytest

from tickmark.errors import ModelBusy
from tickmark.llm.model import Prompt, Reply
from tickmark.llm.scripted import ScriptedModel
from tickmark.model.usage import Usage

PROMPT = Prompt("claude-sonnet-5-5", "constant", "Why?", data="A1: 1")


def test_a_text_becomes_a_reply_with_estimated_usage() -> None:
    model = ScriptedModel(lambda prompt: f"You asked {prompt.user}")

    reply = model.complete(PROMPT)

    assert reply.text == "You asked Why?"
    assert reply.model == "claude-sonnet-5-5"
    assert reply.stop_reason == "end_turn"
    assert reply.usage == Usage(calls=1, input_tokens=12, output_tokens=6)


def test_a_reply_keeps_its_own_usage() -> None:
    model = ScriptedModel(lambda _: Reply("x", Usage(1, 2, 3), model="other"))

    assert model.complete(PROMPT) == Reply("x", Usage(1, 2, 3), model="other")


def test_prompts_are_kept_even_where_the_answer_is_an_error() -> None:
    def busy(_: Prompt) -> str:
        raise ModelBusy("Come back later.")

    model = ScriptedModel(busy)
    with pytest.raises(ModelBusy):
        model.complete(PROMPT)

    assert model.prompts == (PROMPT,)
