"""The loop of look-ups: what is asked for is told, bounds hold, and an answer comes or an error."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from tickmark.errors import (
    AnswerCut,
    AnswerUnusable,
    BudgetExceeded,
    InputError,
    ModelBusy,
    ModelError,
    SettingError,
)
from tickmark.llm.model import Prompt, Reply, Tool, ToolCall
from tickmark.llm.reading import (
    ANSWER_NOW,
    FAULT,
    LOOKED_UP_BEFORE,
    NO_MORE,
    LookedUp,
    ReadingBounds,
    ReadingModel,
)
from tickmark.llm.scripted import ScriptedModel
from tickmark.model.usage import Usage

ECHO = Tool("echo", "Says it again.", {"type": "object"})
PROMPT = Prompt("claude-sonnet-5-5", "Be brief.", "What is it?", tools=(ECHO,))
SPENT = Usage(calls=1, input_tokens=10, output_tokens=3, usd=0.5)


def echo(arguments: Mapping[str, object]) -> str:
    return f"echo {arguments['text']}"


def asking(*texts: str, name: str = "echo", **rest: object) -> Reply:
    """A reply that asks for a look-up of each text."""
    calls = tuple(
        ToolCall(f"call {number} {text}", name, {"text": text}) for number, text in enumerate(texts)
    )
    return replace(
        Reply("Let me see.", SPENT, stop_reason="tool_use", calls=calls),
        **rest,  # type: ignore[arg-type]
    )


def scripted(*replies: Reply | str | Exception) -> ScriptedModel:
    """A model that gives these replies by the number of turns that a prompt has."""

    def reply(prompt: Prompt) -> Reply:
        found = replies[len(prompt.turns)]
        if isinstance(found, Exception):
            raise found
        return Reply(found, SPENT) if isinstance(found, str) else found

    return ScriptedModel(reply)


def test_what_the_model_asks_for_is_looked_up_and_told_to_it() -> None:
    inner = scripted(asking("a", "b"), asking("c"), "It is c.")
    seen: list[LookedUp] = []

    reply = ReadingModel(inner, {"echo": echo}, watch=seen.append).complete(PROMPT)

    assert (reply.text, reply.calls) == ("It is c.", ())
    first, second, third = inner.prompts
    assert first == PROMPT
    assert [turn.results for turn in third.turns] == [
        (("call 0 a", "echo a"), ("call 1 b", "echo b")),
        (("call 0 c", "echo c"),),
    ]
    assert second.turns == third.turns[:1]
    assert third.turns[0].said[1] == {
        "type": "tool_use",
        "id": "call 0 a",
        "name": "echo",
        "input": {"text": "a"},
    }
    assert [(one.number, one.call.arguments["text"], one.done) for one in seen] == [
        (1, "a", True),
        (2, "b", True),
        (3, "c", True),
    ]


def test_what_the_model_said_goes_back_as_it_came() -> None:
    said = ({"type": "thinking", "signature": "x"}, {"type": "tool_use", "id": "1"})
    inner = scripted(asking("a", said=said), "done")

    ReadingModel(inner, {"echo": echo}).complete(PROMPT)

    assert inner.prompts[1].turns[0].said == said


def test_the_usage_is_that_of_all_rounds() -> None:
    inner = scripted(asking("a"), asking("b"), "done")

    reply = ReadingModel(inner, {"echo": echo}).complete(PROMPT)

    assert reply.usage == Usage(calls=3, input_tokens=30, output_tokens=9, usd=1.5)
    assert not reply.cached


def test_an_answer_is_cached_where_every_round_was() -> None:
    kept = Usage(cached_calls=1)
    rounds = (asking("a", usage=kept, cached=True), Reply("done", kept, cached=True))

    reply = ReadingModel(scripted(*rounds), {"echo": echo}).complete(PROMPT)

    assert (reply.cached, reply.usage) == (True, Usage(cached_calls=2))
    once_asked = (asking("a", usage=kept, cached=True), "done")
    assert not ReadingModel(scripted(*once_asked), {"echo": echo}).complete(PROMPT).cached


@pytest.mark.parametrize(
    ("error", "usd"),
    [(BudgetExceeded("The limit is reached."), 1.0), (ModelBusy("Wait."), 1.0)],
)
def test_an_error_of_a_later_round_carries_the_usage_of_all(
    error: BudgetExceeded | ModelBusy, usd: float
) -> None:
    inner = scripted(asking("a"), asking("b"), error)

    with pytest.raises(type(error)) as caught:
        ReadingModel(inner, {"echo": echo}).complete(PROMPT)

    assert isinstance(caught.value, (ModelError, BudgetExceeded))
    assert isinstance(caught.value.usage, Usage)
    assert caught.value.usage.usd == usd


def test_what_a_failed_call_itself_cost_is_added() -> None:
    error = AnswerUnusable("Refused.")
    error.usage = Usage(calls=1, usd=0.25)

    with pytest.raises(AnswerUnusable) as caught:
        ReadingModel(scripted(asking("a"), error), {"echo": echo}).complete(PROMPT)

    assert caught.value.usage == Usage(calls=2, input_tokens=10, output_tokens=3, usd=0.75)


def test_a_wrong_setting_stops_at_once() -> None:
    with pytest.raises(SettingError):
        ReadingModel(scripted(SettingError("No.")), {"echo": echo}).complete(PROMPT)


def endless(prompt: Prompt) -> Reply:
    """Asks for something new as long as it is let."""
    if prompt.user.endswith(ANSWER_NOW):
        return Reply("I give in.", SPENT)
    return asking(str(len(prompt.turns)))


def test_after_the_last_round_an_answer_is_asked_for() -> None:
    inner = ScriptedModel(endless)

    reply = ReadingModel(inner, {"echo": echo}, bounds=ReadingBounds(rounds=3)).complete(PROMPT)

    assert reply.text == "I give in."
    assert [len(one.turns) for one in inner.prompts] == [0, 1, 2, 3]
    assert inner.prompts[-1].user == f"What is it?\n\n{ANSWER_NOW}"
    # The provider wants to know the tools that the turns were made with.
    assert inner.prompts[-1].tools == (ECHO,)


def test_a_model_that_never_answers_is_stopped() -> None:
    inner = ScriptedModel(lambda prompt: asking(str(len(prompt.turns))))

    with pytest.raises(AnswerUnusable, match="went on looking things up") as caught:
        ReadingModel(inner, {"echo": echo}, bounds=ReadingBounds(rounds=4)).complete(PROMPT)

    assert len(inner.prompts) == 5
    assert caught.value.usage == Usage(calls=5, input_tokens=50, output_tokens=15, usd=2.5)


def test_asking_for_the_same_again_gives_nothing_and_ends_the_reading() -> None:
    made: list[object] = []

    def look_up(arguments: Mapping[str, object]) -> str:
        made.append(arguments["text"])
        return "found"

    inner = ScriptedModel(lambda p: Reply("ok") if ANSWER_NOW in p.user else asking("a"))

    assert ReadingModel(inner, {"echo": look_up}).complete(PROMPT).text == "ok"
    assert made == ["a"]
    assert inner.prompts[-1].turns[1].results == (("call 0 a", LOOKED_UP_BEFORE),)
    assert len(inner.prompts) == 3


def test_the_number_of_look_ups_is_bounded_and_all_are_answered() -> None:
    inner = scripted(asking("a", "b", "c", "d"), "done")
    bounds = ReadingBounds(calls=2)

    ReadingModel(inner, {"echo": echo}, bounds=bounds).complete(PROMPT)

    last = inner.prompts[-1]
    assert [text for _, text in last.turns[0].results] == ["echo a", "echo b", NO_MORE, NO_MORE]
    assert last.user.endswith(ANSWER_NOW)


def test_the_characters_of_all_results_are_bounded() -> None:
    inner = scripted(asking("a" * 20, "b" * 90, "c"), asking("d" * 60), "done")
    bounds = ReadingBounds(characters=60)

    ReadingModel(inner, {"echo": echo}, bounds=bounds).complete(PROMPT)

    told = [text for turn in inner.prompts[-1].turns for _, text in turn.results]
    assert told == [
        "echo " + "a" * 20,
        "Not done: the result has 95 characters, and there is room for 35 only; look up less.",
        "echo c",
        "Not done: the result has 65 characters, and there is room for 29 only; look up less.",
    ]


@pytest.mark.parametrize("bounds", [ReadingBounds(rounds=0), ReadingBounds(calls=0)])
def test_without_rounds_the_model_gets_no_tools(bounds: ReadingBounds) -> None:
    inner = ScriptedModel(lambda _: "done")

    ReadingModel(inner, {"echo": echo}, bounds=bounds).complete(PROMPT)

    assert inner.prompts == (replace(PROMPT, tools=()),)


def test_a_prompt_without_tools_is_passed_on_as_it_is() -> None:
    inner = ScriptedModel(lambda _: "done")
    plain = replace(PROMPT, tools=())

    assert ReadingModel(inner, {"echo": echo}).complete(plain).text == "done"
    assert inner.prompts == (plain,)


def refused(_: Mapping[str, object]) -> str:
    message = "There is no sheet 'X'."
    raise InputError(message)


def broken(_: Mapping[str, object]) -> str:
    message = "secret /home/x"
    raise RuntimeError(message)


@pytest.mark.parametrize(
    ("look_up", "name", "told"),
    [
        (refused, "echo", "Not done: There is no sheet 'X'."),
        (broken, "echo", FAULT),
        (echo, "e\x1b[31mcho", "Not done: there is no tool 'e[31mcho'; there are echo."),
    ],
)
def test_what_goes_wrong_is_told_to_the_model(
    look_up: Callable[[Mapping[str, object]], str], name: str, told: str
) -> None:
    inner = scripted(asking("a", name=name), "done")
    seen: list[LookedUp] = []

    reading = ReadingModel(inner, {"echo": look_up, "other": echo}, watch=seen.append)

    assert reading.complete(PROMPT).text == "done"
    assert inner.prompts[1].turns[0].results == (("call 0 a", told),)
    assert [one.done for one in seen] == [False]


def test_a_fault_of_a_look_up_is_said_without_its_words() -> None:
    said: list[str] = []

    ReadingModel(scripted(asking("a"), "done"), {"echo": broken}, say=said.append).complete(PROMPT)

    assert said == [
        "A look-up of the model (echo) failed with RuntimeError; this is a fault of Tickmark."
    ]


def test_a_tool_that_the_prompt_does_not_offer_is_none() -> None:
    inner = scripted(asking("a", name="other"), "done")

    ReadingModel(inner, {"echo": echo, "other": echo}).complete(PROMPT)

    assert inner.prompts[1].turns[0].results[0][1].startswith("Not done: there is no tool 'other'")


def test_arguments_that_are_no_object_are_refused() -> None:
    call = ToolCall("1", "echo", ["a"])  # type: ignore[arg-type]
    inner = scripted(Reply("", SPENT, stop_reason="tool_use", calls=(call,)), "done")

    ReadingModel(inner, {"echo": echo}).complete(PROMPT)

    assert inner.prompts[1].turns[0].results == (
        ("1", "Not done: the arguments of echo have to be a JSON object."),
    )


def test_look_ups_that_were_cut_are_not_made() -> None:
    inner = scripted(asking("a", stop_reason="max_tokens"))

    with pytest.raises(AnswerCut, match="limit of 4096 tokens") as caught:
        ReadingModel(inner, {"echo": echo}).complete(PROMPT)

    assert caught.value.usage == SPENT


def test_one_model_stands_in_many_readings_at_once() -> None:
    def own(prompt: Prompt) -> str | Reply:
        return prompt.turns[0].results[0][1] if prompt.turns else asking("same")

    inner = ScriptedModel(own)

    def ask(number: int) -> str:
        look_ups = {"echo": lambda _: f"workbook {number}"}
        return ReadingModel(inner, look_ups).complete(replace(PROMPT, about=str(number))).text

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(ask, range(200)))

    assert answers == [f"workbook {number}" for number in range(200)]
