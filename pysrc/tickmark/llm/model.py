"""The seam to a language model: one method, `complete(Prompt) -> Reply`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Protocol

from tickmark.errors import BudgetExceeded, ModelError, TickmarkError
from tickmark.model.usage import Usage


@dataclass(frozen=True, slots=True)
class Prompt:
    """Everything that shapes one answer.

    `system` holds constant instructions only, never cell text. `data` is text from strangers
    (cells, names, earlier answers): it is sent before `user`, inside a block with a random fence
    (llm/fenced.py). `schema` is a JSON schema that the answer has to fit, or None for free text.
    `max_tokens` bounds the answer.
    """

    model: str
    system: str
    user: str
    data: str = ""
    schema: Mapping[str, object] | None = None
    max_tokens: int = 4096

    @property
    def key(self) -> str:
        """SHA-256 over all fields: the content address of the answer."""
        fields = [self.model, self.system, self.user, self.data, self.schema, self.max_tokens]
        text = json.dumps(fields, sort_keys=True, ensure_ascii=False)
        return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Reply:
    """A model's answer; `stop_reason` is the provider's word, `cached` tells a stored answer."""

    text: str
    usage: Usage = field(default_factory=Usage)
    model: str = ""
    stop_reason: str = "end_turn"
    request_id: str = ""
    cached: bool = False


class LanguageModel(Protocol):
    """Anything that answers a prompt; safe to call from many threads.

    Raises the ModelError family and BudgetExceeded.
    """

    def complete(self, prompt: Prompt) -> Reply:
        """Answer one prompt."""
        ...


def spent_on(error: TickmarkError) -> Usage:
    """What the calls behind a failure cost; nothing where the error does not say."""
    usage = error.usage if isinstance(error, (ModelError, BudgetExceeded)) else None
    return usage if isinstance(usage, Usage) else Usage()
