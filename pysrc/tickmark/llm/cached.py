"""A model that never asks the same question twice."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Final

from tickmark.errors import ModelBusy, TickmarkError
from tickmark.llm.answers import json_objects
from tickmark.llm.call import Stage, begin, spent
from tickmark.llm.model import LanguageModel, Prompt, Reply, uncharged
from tickmark.llm.ranked_lock import Rank, RankedLock
from tickmark.llm.schema import fits
from tickmark.llm.store import ReplyStore
from tickmark.model.usage import Usage

# Raised whenever the same prompt would be sent in another way.
FORM_OF_REQUEST = "messages 2026-10-21, request 1"

PATIENCE_SECONDS: Final = 1800.0
"""For so long another process is waited for that asks the same."""

_FIRST_PAUSE: Final = 0.02
_LONGEST_PAUSE: Final = 0.25


def content_key(prompt: Prompt, identity: str = "") -> bytes:
    """SHA-256 over all that shapes an answer: the prompt, who answers, and how it is asked."""
    return sha256(f"{FORM_OF_REQUEST}\n{identity}\n{prompt.key}".encode()).digest()


def found(reply: Reply) -> Reply:
    """An answer that is there already: its usage is one cached call."""
    return replace(reply, usage=Usage(cached_calls=1), cached=True, first_token=None)


def fits_prompt(prompt: Prompt, reply: Reply) -> bool:
    """Whether an answer has the form that the prompt asks for."""
    schema = prompt.schema
    return schema is None or any(fits(value, schema) for value in json_objects(reply.text))


@dataclass(slots=True)
class _Flight:
    """One call under way, which others with the same prompt wait for."""

    landed: threading.Event = field(default_factory=threading.Event)
    reply: Reply | None = None
    error: TickmarkError | None = None


class CachedModel:
    """Finds answers in a store, asks the model for the others and keeps them.

    Kept are only answers that ended by themselves and fit their schema, and what a model asks to
    have looked up before it answers. `identity` names who
    answers, such as the base URL, so that two servers never share answers. Threads that ask the
    same at once share one call, and so do processes that share the file of the store: one asks, the
    others wait until it has the answer, fails or is gone. A found or shared answer costs nothing:
    its usage is one cached call. As the outermost wrapper it needs no budget for them. A `fresh`
    one looks for none: it asks for every answer anew and keeps it.

    A set `stop` ends the waiting for another process with ModelBusy; after `PATIENCE_SECONDS` it is
    no longer waited for. `clock` (seconds, never going back) and `sleep` can be replaced.
    """

    def __init__(
        self,
        model: LanguageModel,
        store: ReplyStore,
        *,
        identity: str = "",
        fresh: bool = False,
        stop: threading.Event | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] | None = None,
    ) -> None:
        self._model = model
        self._store = store
        self._identity = identity
        self._fresh = fresh
        self._stop = stop or threading.Event()
        self._clock = clock
        self._sleep = sleep or self._stop.wait
        self._lock = RankedLock(Rank.FLIGHTS)
        self._flights: dict[bytes, _Flight] = {}
        self._missed = False

    def complete(self, prompt: Prompt) -> Reply:
        """Answer one prompt."""
        key = content_key(prompt, self._identity)
        while True:
            with self._lock:
                flight = self._flights.get(key)
                own = flight is None
                if flight is None:
                    flight = self._flights[key] = _Flight()
            if own:
                return self._fly(key, prompt, flight)
            start = begin(Stage.SHARED)
            flight.landed.wait()
            spent(Stage.SHARED, start)
            if flight.error is not None:
                raise uncharged(flight.error) from flight.error
            if flight.reply is not None:
                return found(flight.reply)

    def _fly(self, key: bytes, prompt: Prompt, flight: _Flight) -> Reply:
        try:
            kept = None if self._fresh else self._kept(key)
            if kept is not None:
                flight.reply = kept
                return found(kept)
            flight.reply = reply = self._ask(key, prompt)
        except TickmarkError as error:
            flight.error = error
            raise
        finally:
            with self._lock:
                del self._flights[key]
            flight.landed.set()
        return reply

    def _ask(self, key: bytes, prompt: Prompt) -> Reply:
        keeps = False
        try:
            reply = self._model.complete(prompt)
            keeps = _worth_keeping(prompt, reply)
        finally:
            if not (keeps or self._fresh):
                self._store.release(key)
        if keeps:
            self._store.put(key, reply)
        return reply

    def _kept(self, key: bytes) -> Reply | None:
        """The kept answer; None where this process has the claim to ask."""
        start = begin(Stage.KEPT)
        # Where the last answer had to be asked for, this one most probably has to be too.
        kept = None if self._missed else self._store.get(key)
        claimed = self._store.claim(key) if kept is None else None
        if kept is None and not claimed:
            # There is one after all, or it came in between, or the file could not tell.
            kept = self._store.get(key)
        self._missed = kept is None
        spent(Stage.KEPT, start)
        return kept if kept is not None or claimed is not False else self._shared(key)

    def _shared(self, key: bytes) -> Reply | None:
        """The answer that another process is asking for; None where this one has to ask."""
        start, since, pause = begin(Stage.SHARED), self._clock(), _FIRST_PAUSE
        try:
            while self._clock() - since < PATIENCE_SECONDS:
                if self._stop.is_set():
                    raise ModelBusy("The run was stopped before this question was sent.")
                self._sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
                claimed = self._store.claim(key)
                kept = None if claimed else self._store.get(key)
                if kept is not None or claimed is not False:
                    return kept
        finally:
            spent(Stage.SHARED, start, note="another process")
        return None


def _worth_keeping(prompt: Prompt, reply: Reply) -> bool:
    if reply.calls:
        return reply.stop_reason == "tool_use"
    if reply.stop_reason != "end_turn" or not reply.text:
        return False
    return fits_prompt(prompt, reply)
