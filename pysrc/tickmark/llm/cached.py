"""A model that never asks the same question twice."""

from __future__ import annotations

import threading
from copy import copy
from dataclasses import dataclass, field, replace
from hashlib import sha256

from tickmark.errors import BudgetExceeded, ModelError, TickmarkError
from tickmark.llm.answers import json_objects
from tickmark.llm.model import LanguageModel, Prompt, Reply
from tickmark.llm.schema import fits
from tickmark.llm.store import ReplyStore
from tickmark.model.usage import Usage

# Raised whenever the same prompt would be sent in another way.
FORM_OF_REQUEST = "messages 2026-10-21, request 1"


@dataclass(slots=True)
class _Flight:
    """One call under way, which others with the same prompt wait for."""

    landed: threading.Event = field(default_factory=threading.Event)
    reply: Reply | None = None
    error: TickmarkError | None = None


class CachedModel:
    """Finds answers in a store, asks the model for the others and keeps them.

    Kept are only answers that ended by themselves and fit their schema. `identity` names who
    answers, such as the base URL, so that two servers never share answers. Threads that ask the
    same at once share one call. A found or shared answer costs nothing: its usage is one cached
    call. As the outermost wrapper it needs no budget for them. A `fresh` one looks for none: it
    asks for every answer anew and keeps it.
    """

    def __init__(
        self, model: LanguageModel, store: ReplyStore, *, identity: str = "", fresh: bool = False
    ) -> None:
        self._model = model
        self._store = store
        self._fresh = fresh
        self._salt = f"{FORM_OF_REQUEST}\n{identity}\n"
        self._lock = threading.Lock()
        self._flights: dict[bytes, _Flight] = {}

    def complete(self, prompt: Prompt) -> Reply:
        """Answer one prompt."""
        key = sha256(f"{self._salt}{prompt.key}".encode()).digest()
        while True:
            with self._lock:
                flight = self._flights.get(key)
                own = flight is None
                if flight is None:
                    flight = self._flights[key] = _Flight()
            if own:
                return self._fly(key, prompt, flight)
            flight.landed.wait()
            if flight.error is not None:
                raise _uncharged(flight.error) from flight.error
            if flight.reply is not None:
                return _found(flight.reply)

    def _fly(self, key: bytes, prompt: Prompt, flight: _Flight) -> Reply:
        try:
            kept = None if self._fresh else self._store.get(key)
            if kept is not None:
                flight.reply = kept
                return _found(kept)
            flight.reply = reply = self._model.complete(prompt)
            if _worth_keeping(prompt, reply):
                self._store.put(key, reply)
        except TickmarkError as error:
            flight.error = error
            raise
        finally:
            with self._lock:
                del self._flights[key]
            flight.landed.set()
        return reply


def _found(reply: Reply) -> Reply:
    return replace(reply, usage=Usage(cached_calls=1), cached=True)


def _uncharged(error: TickmarkError) -> TickmarkError:
    """The same failure for those who shared the call: its cost is counted once."""
    again = copy(error)
    if isinstance(again, (ModelError, BudgetExceeded)):
        again.usage = None
    return again


def _worth_keeping(prompt: Prompt, reply: Reply) -> bool:
    if reply.stop_reason != "end_turn" or not reply.text:
        return False
    schema = prompt.schema
    return schema is None or any(fits(value, schema) for value in json_objects(reply.text))
