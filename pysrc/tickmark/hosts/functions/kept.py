"""Answers of items, kept in memory and in the store of replies."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from tickmark.hosts.functions.lru import Lru
from tickmark.hosts.functions.question import Answer
from tickmark.llm.model import Reply
from tickmark.llm.store import ReplyStore

MEMORY: Final = 32_000_000
"""Characters of answers in memory."""

FORGOTTEN_KEYS: Final = 100_000

# Raised whenever what is kept of an item changes its form.
_SALT: Final = "answer of an item 1"
# What an entry costs beside its text.
_OVERHEAD: Final = 300


@dataclass(frozen=True, slots=True, eq=False)
class KeptAnswer:
    """An answer with what it cost once in USD, the model that gave it, and its time since 1970."""

    answer: Answer
    usd: float = 0.0
    model: str = ""
    at: float = 0.0
    size: int = 0


class Kept:
    """Finds the answer of an item by any of its keys; safe for many threads.

    `store` is only read, so that a reader never waits for a writer; `writing` is a second one over
    the same file. `place` names who answers, such as the base URL of a server of one's own: two
    places never share answers.
    """

    def __init__(
        self,
        store: ReplyStore,
        writing: ReplyStore,
        *,
        memory: int = MEMORY,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._writing = writing
        self._clock = clock
        self._memory: Lru[tuple[str, str], KeptAnswer] = Lru(memory, lambda one: one.size)
        self._forgotten: Lru[str, bool] = Lru(FORGOTTEN_KEYS)

    @property
    def warning(self) -> str:
        """One sentence where the store cannot be used, else ""."""
        return self._store.warning or self._writing.warning

    def in_memory(self, keys: Sequence[str], place: str) -> KeptAnswer | None:
        """The answer, if it is in memory."""
        for key in keys:
            found = self._memory.get((place, key))
            if found is not None:
                return found
        return None

    def in_store(self, keys: Sequence[str], place: str) -> KeptAnswer | None:
        """The answer, if it is in the store; from then on it is in memory too."""
        for key in keys:
            reply = self._store.get(_address(key, place))
            found = None if reply is None else _read(reply)
            if found is not None:
                self._remember(keys, place, found)
                return found
        return None

    def keep(
        self, keys: Sequence[str], place: str, answer: Answer, *, usd: float, model: str
    ) -> None:
        """Keep an answer under all keys of its item; raises TypeError for what is no JSON."""
        at = self._clock()
        text = json.dumps({"answer": answer, "usd": usd, "at": at})
        # As it will be found again, so that a cell never looks different after a restart.
        found = json.loads(text)["answer"]
        self._remember(keys, place, KeptAnswer(found, usd, model, at, len(text) + _OVERHEAD))
        for key in keys:
            self._writing.put(_address(key, place), Reply(text, model=model))
            self._forgotten.forget(key)

    def forget(self, keys: Sequence[str], place: str) -> None:
        """Drop the answer of an item; who asks for it next asks the model anew."""
        for key in keys:
            self._memory.forget((place, key))
            self._writing.forget(_address(key, place))
            self._forgotten.put(key, True)  # noqa: FBT003 - a mark, no switch

    def was_forgotten(self, keys: Sequence[str]) -> bool:
        """Whether the item's answer was dropped and none has been kept since."""
        return any(self._forgotten.get(key) for key in keys)

    def close(self) -> None:
        """Let go of the file; what is in memory stays."""
        self._store.close()
        self._writing.close()

    def _remember(self, keys: Sequence[str], place: str, kept: KeptAnswer) -> None:
        for key in keys:
            self._memory.put((place, key), kept)


def _address(key: str, place: str) -> bytes:
    return sha256(f"{_SALT}\n{place}\n{key}".encode("utf-8", "surrogatepass")).digest()


def _read(reply: Reply) -> KeptAnswer | None:
    try:
        record = json.loads(reply.text)
        answer = record["answer"]
        if not isinstance(answer, dict):
            return None
        usd, at = float(record["usd"]), float(record["at"])
    except (ValueError, TypeError, KeyError):
        return None
    return KeptAnswer(answer, usd, reply.model, at, len(reply.text) + _OVERHEAD)
