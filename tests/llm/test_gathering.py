"""Questions gathered for a message batch."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tickmark.errors import AnswerPending, ModelError, PromptTooLong
from tickmark.llm.cached import content_key
from tickmark.llm.gathering import GatheringModel
from tickmark.llm.model import Prompt, spent_on
from tickmark.model.usage import Usage

PROMPT = Prompt("claude-sonnet-5-5", "", "Why?")
OTHER = Prompt("claude-sonnet-5-5", "", "Who?")
NAME, OTHER_NAME = (content_key(one, "there").hex() for one in (PROMPT, OTHER))


def failure_of(model: GatheringModel, prompt: Prompt) -> ModelError:
    with pytest.raises(ModelError) as caught:
        model.complete(prompt)
    return caught.value


def test_each_question_is_gathered_once_and_waits() -> None:
    model = GatheringModel(identity="there")

    with ThreadPoolExecutor(8) as threads:
        failures = list(threads.map(lambda one: failure_of(model, one), [PROMPT, OTHER] * 20))

    assert {type(one) for one in failures} == {AnswerPending}
    assert model.gathered == {NAME: PROMPT, OTHER_NAME: OTHER}
    # As the Message Batches API wants its names.
    assert all(len(name) == 64 and name.isalnum() for name in model.gathered)


def test_what_a_batch_has_taken_is_not_gathered_again() -> None:
    model = GatheringModel(identity="there", submitted=[NAME])

    assert isinstance(failure_of(model, PROMPT), AnswerPending)
    assert model.gathered == {}


def test_what_a_batch_could_not_answer_fails_and_is_not_charged_again() -> None:
    known = PromptTooLong("too long")
    known.usage = Usage(1, 100)
    model = GatheringModel(identity="there", failures={NAME: known})

    first, second = failure_of(model, PROMPT), failure_of(model, PROMPT)

    assert [type(one) for one in (first, second)] == [PromptTooLong] * 2
    assert [str(one) for one in (first, second)] == ["too long"] * 2
    assert (spent_on(first), spent_on(second)) == (Usage(), Usage())
    assert first is not second
    assert first is not known
    assert spent_on(known) == Usage(1, 100)
    assert model.gathered == {}
