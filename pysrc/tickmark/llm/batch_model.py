"""The second seam to a language model: many prompts at once, answered within a day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from tickmark.errors import ModelError
from tickmark.llm.model import Prompt, Reply

MOST_PROMPTS: Final = 100_000
MOST_BYTES: Final = 256_000_000
"""Of one message batch, by the documentation of the Message Batches API."""


@dataclass(frozen=True, slots=True)
class BatchState:
    """How far a batch is: prompts of each kind, and whether all of it has ended."""

    ended: bool
    processing: int = 0
    succeeded: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class ListedBatch:
    """A batch in the provider's list; `created` is in seconds since 1970."""

    id: str
    created: float
    prompts: int
    ended: bool


class BatchModel(Protocol):
    """Anything that answers many prompts at some later time.

    Prompts go by names of at most 64 letters, digits, `-` and `_`. Raises the ModelError family and
    BudgetExceeded.
    """

    def submit(self, prompts: Mapping[str, Prompt]) -> str:
        """Hand in prompts by name; the id of the batch."""
        ...

    def state(self, batch: str) -> BatchState:
        """How far a batch is."""
        ...

    def recent(self) -> Sequence[ListedBatch]:
        """The batches that were handed in last, whoever did it; the newest first."""
        ...

    def answers(self, batch: str) -> Iterator[tuple[str, Reply | ModelError]]:
        """The answers of an ended batch by name, in any order; usage in tokens, without prices."""
        ...

    def cancel(self, batch: str) -> None:
        """Ask to end a batch; what is answered already is charged."""
        ...
