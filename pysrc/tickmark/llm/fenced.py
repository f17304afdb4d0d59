"""Cell text inside a block whose end nobody can forge."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tickmark.errors import ModelError
from tickmark.llm.batch_model import BatchModel, BatchState, ListedBatch
from tickmark.llm.model import LanguageModel, Prompt, Reply

FENCE_BYTES = 8


def fence_of(data: str, secret: bytes) -> str:
    """16 hex digits that only the holder of the secret can foretell.

    Equal data has an equal fence under one secret, so that a provider can cache the block.
    """
    return hmac.new(secret, data.encode("utf-8", "surrogatepass"), "sha256").hexdigest()[
        : 2 * FENCE_BYTES
    ]


def fenced(prompt: Prompt, secret: bytes) -> Prompt:
    """The prompt as it is sent: what strangers or models wrote, each text in a fenced block.

    The blocks become part of `user`; only data that other prompts share stays by itself, so that
    the provider can keep it.
    """
    data = _block("data", prompt.data, secret)
    answers = _block("answers", prompt.answers, secret)
    before = "" if prompt.shared else data
    return replace(
        prompt,
        data=data if prompt.shared else "",
        user="\n\n".join(filter(None, (before, prompt.user, answers))),
        answers="",
        turns=tuple(
            replace(
                turn,
                results=tuple((call, _block("data", text, secret)) for call, text in turn.results),
            )
            for turn in prompt.turns
        ),
    )


def _block(name: str, text: str, secret: bytes) -> str:
    if not text:
        return ""
    fence = fence_of(text, secret)
    return f'<{name} fence="{fence}">\n{text}\n</{name} fence="{fence}">'


@dataclass(frozen=True, slots=True)
class FencedModel:
    """A model that receives every prompt with its data fenced; `show` sees each just before.

    The secret is random per process and object, so a fence is new in every run.
    """

    model: LanguageModel
    show: Callable[[Prompt], None] | None = None
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def complete(self, prompt: Prompt) -> Reply:
        """Answer one prompt."""
        sent = fenced(prompt, self.secret)
        if self.show is not None:
            self.show(sent)
        return self.model.complete(sent)


@dataclass(frozen=True, slots=True)
class FencedBatches:
    """A model for batches that receives every prompt with its data fenced."""

    model: BatchModel
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def submit(self, prompts: Mapping[str, Prompt]) -> str:
        """Hand in prompts by name; the id of the batch."""
        return self.model.submit(
            {name: fenced(prompt, self.secret) for name, prompt in prompts.items()}
        )

    def state(self, batch: str) -> BatchState:
        """How far a batch is."""
        return self.model.state(batch)

    def recent(self) -> Sequence[ListedBatch]:
        """The batches that were handed in last, whoever did it."""
        return self.model.recent()

    def answers(self, batch: str) -> Iterator[tuple[str, Reply | ModelError]]:
        """The answers of an ended batch by name."""
        return self.model.answers(batch)

    def cancel(self, batch: str) -> None:
        """Ask to end a batch."""
        self.model.cancel(batch)
