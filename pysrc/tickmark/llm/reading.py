"""A model that looks things up before it answers: the loop of read-only tools.

It stands around the wrappers that retry, limit and meter, so that every round passes all of them,
and around the cache too: each round is then kept by its own key, in which the results of the rounds
before stand. A cache around the loop would give an old answer where what is looked up has changed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from tickmark.errors import AnswerCut, AnswerUnusable, BudgetExceeded, ModelError, TickmarkError
from tickmark.llm.model import LanguageModel, Prompt, Reply, ToolCall, Turn, spent_on
from tickmark.model.usage import Usage

LookUp: TypeAlias = Callable[[Mapping[str, object]], str]
"""Gives the text for some arguments; raises a TickmarkError that says what is wrong with them."""

ANSWER_NOW: Final = "No more look-ups are possible: answer now, from what you were given."
NO_MORE: Final = "Not done: no more look-ups are possible."
LOOKED_UP_BEFORE: Final = "Not done again: you looked this up before; its result stands above."
FAULT: Final = "Not done: this look-up failed, by no fault of yours; go on without it."

_LONGEST_NAME: Final = 60
_LONGEST_REFUSAL: Final = 600


@dataclass(frozen=True, slots=True)
class ReadingBounds:
    """The most that one answer may look up.

    `rounds` are replies that ask for look-ups, `calls` look-ups, `characters` those of all results.
    """

    rounds: int = 6
    calls: int = 24
    characters: int = 80_000


@dataclass(frozen=True, slots=True)
class LookedUp:
    """One look-up and what the model got for it.

    `number` counts the look-ups of one prompt from 1. Where it was not `done`, `text` says why.
    """

    number: int
    call: ToolCall
    text: str
    done: bool


class ReadingModel:
    """Answers prompts with tools; what the model asks for is looked up and told, round by round.

    `look_ups` are what the tools of a prompt do, by name. Nothing is kept between prompts, so that
    one inner model can stand in many of these, each with look-ups of its own, in many threads.
    Where a bound is reached, or a round brings nothing new, one last round says that no more can be
    looked up. Wrong arguments and faults of a look-up are told to the model; `say` takes a sentence
    about a fault, `watch` sees each look-up. The usage is that of all rounds, in errors too. Raises
    AnswerUnusable where the model does not answer even then.
    """

    def __init__(
        self,
        model: LanguageModel,
        look_ups: Mapping[str, LookUp],
        *,
        bounds: ReadingBounds | None = None,
        watch: Callable[[LookedUp], None] | None = None,
        say: Callable[[str], None] | None = None,
    ) -> None:
        self._model = model
        self._look_ups = look_ups
        self._bounds = bounds or ReadingBounds()
        self._watch = watch
        self._say = say

    def complete(self, prompt: Prompt) -> Reply:
        """Answer one prompt; one without tools is passed on as it is."""
        if not prompt.tools:
            return self._model.complete(prompt)
        if not self._bounds.rounds or not self._bounds.calls:
            return self._model.complete(replace(prompt, tools=()))
        reading = _Reading(self._bounds)
        while True:
            reply = self._round(prompt, reading)
            if not reply.calls:
                return replace(reply, usage=reading.usage, cached=reading.cached)
            prompt = replace(prompt, turns=(*prompt.turns, self._turn(prompt, reply, reading)))
            if reading.ended:
                prompt = replace(prompt, user=f"{prompt.user}\n\n{ANSWER_NOW}".strip())

    def _round(self, prompt: Prompt, reading: _Reading) -> Reply:
        """The reply of one round, its usage counted; raises for one that leads nowhere."""
        last = reading.ended
        try:
            reply = self._model.complete(prompt)
        except (ModelError, BudgetExceeded) as error:
            error.usage = reading.usage + spent_on(error)
            raise
        reading.usage += reply.usage
        reading.cached = reading.cached and reply.cached
        dead_end = _dead_end(prompt, reply, last=last)
        if dead_end is not None:
            dead_end.usage = reading.usage
            raise dead_end
        return reply

    def _turn(self, prompt: Prompt, reply: Reply, reading: _Reading) -> Turn:
        """What was asked for in one reply, and a result for each of it."""
        reading.rounds += 1
        offered = {one.name for one in prompt.tools}
        results = []
        news = False
        for call in reply.calls:
            text, done = self._result(call, offered, reading)
            news = news or done
            reading.told += 1
            results.append((call.id, text))
            if self._watch is not None:
                self._watch(LookedUp(reading.told, _sound(call), text, done))
        reading.ended = not news or reading.rounds >= self._bounds.rounds or reading.full
        return Turn(reply.said or _said(reply), tuple(results))

    def _result(self, call: ToolCall, offered: set[str], reading: _Reading) -> tuple[str, bool]:
        """The text for one look-up, and whether it is the result of it."""
        refusal = _refusal(call, offered & self._look_ups.keys(), reading)
        if refusal:
            return refusal, False
        reading.calls += 1
        try:
            text = self._look_ups[call.name](call.arguments)
        except TickmarkError as error:
            return f"Not done: {error}"[:_LONGEST_REFUSAL], False
        except Exception as error:  # noqa: BLE001 - a fault of one look-up must not lose the answer
            if self._say is not None:
                self._say(
                    f"A look-up of the model ({call.name}) failed with {type(error).__name__}; "
                    "this is a fault of Tickmark."
                )
            return FAULT, False
        left = self._bounds.characters - reading.characters
        if len(text) > left:
            size = f"the result has {len(text):,} characters, and there is room for {left:,} only"
            return f"Not done: {size}; look up less.", False
        reading.characters += len(text)
        return text, True


@dataclass(slots=True)
class _Reading:
    """How far the look-ups for one prompt have come."""

    bounds: ReadingBounds
    usage: Usage = field(default_factory=Usage)
    cached: bool = True
    rounds: int = 0
    calls: int = 0
    characters: int = 0
    told: int = 0
    ended: bool = False
    asked: set[tuple[str, str]] = field(default_factory=set)

    @property
    def full(self) -> bool:
        """Whether nothing more may be looked up."""
        return self.calls >= self.bounds.calls or self.characters >= self.bounds.characters


def _dead_end(prompt: Prompt, reply: Reply, *, last: bool) -> ModelError | None:
    """Why a reply that asks for look-ups is no way to go on; None where it is, or asks for none."""
    if not reply.calls:
        return None
    if reply.stop_reason == "max_tokens":
        return AnswerCut(
            f"The model's look-ups were cut at its limit of {prompt.max_tokens} tokens."
        )
    if last:
        return AnswerUnusable("The model went on looking things up instead of answering.")
    return None


def _refusal(call: ToolCall, offered: set[str], reading: _Reading) -> str:
    """Why something is not looked up at all; "" where it is, and then it is noted as asked for."""
    if call.name not in offered:
        names = ", ".join(sorted(offered))
        return f"Not done: there is no tool {_quoted(call.name)}; there are {names}."
    if not isinstance(call.arguments, Mapping):
        return f"Not done: the arguments of {call.name} have to be a JSON object."
    asked = (call.name, _canonical(call.arguments))
    if asked in reading.asked:
        return LOOKED_UP_BEFORE
    if reading.full:
        return NO_MORE
    reading.asked.add(asked)
    return ""


def _said(reply: Reply) -> tuple[Mapping[str, object], ...]:
    """The content blocks of a message whose model gave none, such as a scripted one."""
    text = ({"type": "text", "text": reply.text},) if reply.text else ()
    calls = (
        {"type": "tool_use", "id": one.id, "name": one.name, "input": dict(_sound(one).arguments)}
        for one in reply.calls
    )
    return (*text, *calls)


def _sound(call: ToolCall) -> ToolCall:
    """A call whose arguments are an object, whatever the model sent."""
    return call if isinstance(call.arguments, Mapping) else replace(call, arguments={})


def _canonical(arguments: Mapping[str, object]) -> str:
    return json.dumps(dict(arguments), sort_keys=True, default=str)


def _quoted(name: str) -> str:
    return repr("".join(c for c in str(name)[:_LONGEST_NAME] if c.isprintable()))
