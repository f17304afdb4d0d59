"""The seam to a language model: one method, `complete(Prompt) -> Reply`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final, Protocol, TypeVar

from tickmark.errors import BudgetExceeded, ModelError, TickmarkError
from tickmark.model.usage import Usage

E = TypeVar("E", bound=TickmarkError)

LONG_SYSTEM: Final = 2500
"""Characters."""

LONG_TEXT: Final = 64_000
_PIECE: Final = 2047
"""Bytes."""

_ENCODER: Final = json.JSONEncoder(sort_keys=True, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Image:
    """A picture in a prompt; `media_type` is such as `image/png`."""

    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Tool:
    """Something that a model may look up; `schema` is the JSON schema of its arguments."""

    name: str
    description: str
    schema: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A look-up that a model asks for; `id` ties its result to it."""

    id: str
    name: str
    arguments: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Turn:
    """One round of look-ups: what the model said, and what was found.

    `said` are the content blocks of the model's message as it sent them; `results` are pairs of the
    id of a call and its text, which is text from strangers like `Prompt.data`.
    """

    said: tuple[Mapping[str, object], ...]
    results: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Prompt:
    """Everything that shapes one answer.

    `system` holds constant instructions only, never cell text. `data` is text from strangers
    (cells, names): it is sent before `user`, inside a block with a random fence (llm/fenced.py).
    `answers` are earlier answers, sent behind `user` in such a block. `schema` is a JSON schema
    that the answer has to fit, or None for free text. `max_tokens` bounds the answer. `tools` may
    be used by the model, `turns` are the rounds of them so far (llm/reading.py).

    Three fields shape no answer: `shared` tells that other prompts begin with the same system and
    data, so that the provider should keep them; `about` names what the data was taken from, such as
    `budget.xlsx P&L!A1:F20`, for the call log; `corrects` tells that an answer to the same question
    was of another form than the asked one. Those two are never sent.
    """

    model: str
    system: str
    user: str
    data: str = ""
    answers: str = ""
    schema: Mapping[str, object] | None = None
    max_tokens: int = 4096
    images: tuple[Image, ...] = ()
    tools: tuple[Tool, ...] = ()
    turns: tuple[Turn, ...] = ()
    shared: bool = False
    about: str = ""
    corrects: bool = False
    # The key once it was asked for: three wrappers of a model ask, and it takes all texts.
    _key: str = field(default="", init=False, repr=False, compare=False)

    @property
    def long_system(self) -> bool:
        """Whether a provider should keep the instructions, since prompts of a kind share them.

        Below some 500 to 1,000 tokens no provider keeps anything.
        """
        return len(self.system) >= LONG_SYSTEM

    @property
    def texts(self) -> tuple[str, ...]:
        """All texts that are sent, for counting their tokens."""
        looked_up = (
            *(json.dumps([one.name, one.description, one.schema]) for one in self.tools),
            *(json.dumps([turn.said, turn.results]) for turn in self.turns),
        )
        return tuple(filter(None, (self.system, self.data, self.user, self.answers, *looked_up)))

    @property
    def key(self) -> str:
        """SHA-256 over all fields that shape the answer: its content address, 64 hex digits."""
        if not self._key:
            object.__setattr__(self, "_key", self._made_key())
        return self._key

    def _made_key(self) -> str:
        fields: list[object] = [
            self.model,
            self.system,
            self.user,
            self.data,
            self.schema,
            self.max_tokens,
        ]
        if self.answers or self.images or self.tools or self.turns:
            fields += [
                self.answers,
                [(one.media_type, sha256(one.content).hexdigest()) for one in self.images],
                [(one.name, one.description, one.schema) for one in self.tools],
                [(one.said, one.results) for one in self.turns],
            ]
        text = _ENCODER.encode(fields).encode("utf-8", "surrogatepass")
        if len(text) > LONG_TEXT:
            return sha256(text).hexdigest()
        # For each longer piece the hash would let other threads run, which costs more than it.
        digest = sha256()
        for start in range(0, len(text), _PIECE):
            digest.update(text[start : start + _PIECE])
        return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Reply:
    """A model's answer; `stop_reason` is the provider's word, `cached` tells a stored answer.

    Where the model asks for look-ups, `calls` are those and `said` its whole message. `first_token`
    is the seconds from sending to the first piece of a streamed answer.
    """

    text: str
    usage: Usage = field(default_factory=Usage)
    model: str = ""
    stop_reason: str = "end_turn"
    request_id: str = ""
    cached: bool = False
    calls: tuple[ToolCall, ...] = ()
    said: tuple[Mapping[str, object], ...] = ()
    first_token: float | None = None


class LanguageModel(Protocol):
    """Anything that answers a prompt; safe to call from many threads.

    Raises the ModelError family and BudgetExceeded.
    """

    def complete(self, prompt: Prompt) -> Reply:
        """Answer one prompt."""
        ...


def uncharged(error: E) -> E:
    """The same failure for those who share it: what it cost is counted once."""
    again = copy(error)
    if isinstance(again, (ModelError, BudgetExceeded)):
        again.usage = None
    return again


def spent_on(error: TickmarkError) -> Usage:
    """What the calls behind a failure cost; nothing where the error does not say."""
    usage = error.usage if isinstance(error, (ModelError, BudgetExceeded)) else None
    return usage if isinstance(usage, Usage) else Usage()
