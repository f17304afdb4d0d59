"""A model that takes questions for a message batch instead of sending them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from copy import copy
from typing import NoReturn

from tickmark.errors import AnswerPending, ModelError
from tickmark.llm.cached import content_key
from tickmark.llm.model import Prompt
from tickmark.llm.ranked_lock import Rank, RankedLock

WAITS = "The question waits for a message batch; resume the run to collect the answer."


class GatheringModel:
    """Gathers the questions that nobody has answered yet; each is an AnswerPending.

    `identity` names who answers, as for CachedModel. `submitted` are the names of questions that a
    batch has taken already: they are not gathered again. `failures` are those that a batch could
    not answer, with the reason: they fail with it. What that cost was written to the journal when
    the batch was collected, and is told from there.
    """

    def __init__(
        self,
        *,
        identity: str,
        submitted: Collection[str] = (),
        failures: Mapping[str, ModelError] | None = None,
    ) -> None:
        self._identity = identity
        self._submitted = frozenset(submitted)
        self._failures = dict(failures or {})
        self._lock = RankedLock(Rank.FLIGHTS)
        self._gathered: dict[str, Prompt] = {}

    @property
    def gathered(self) -> dict[str, Prompt]:
        """The questions so far by name, which is the content key in hex digits."""
        with self._lock:
            return dict(self._gathered)

    def complete(self, prompt: Prompt) -> NoReturn:
        """Take one question."""
        name = content_key(prompt, self._identity).hex()
        if name in self._failures:
            # An error of its own for each that asks.
            failure = copy(self._failures[name])
            failure.usage = None
            raise failure
        if name not in self._submitted:
            with self._lock:
                self._gathered.setdefault(name, prompt)
        raise AnswerPending(WAITS)
