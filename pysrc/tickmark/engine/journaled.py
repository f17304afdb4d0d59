"""A model whose answers stand in the journal of the run before anybody sees them."""

from __future__ import annotations

from dataclasses import replace

from tickmark.engine.journal import Journal
from tickmark.errors import TickmarkError
from tickmark.llm.cached import content_key, found
from tickmark.llm.model import LanguageModel, Prompt, Reply, spent_on
from tickmark.model.usage import Usage


class JournaledModel:
    """Answers what the journal of the run holds from there; asks and writes down everything else.

    As the outermost wrapper it has every answer on disk before anybody sees it. An answer from the
    journal costs nothing. The first time that it is used in a process, it comes with the usage that
    it had, since that is what it cost this run; then its usage is one cached call. What a failed
    call cost is written too, so that a resumed run knows its spending. `identity` is that of
    CachedModel. Raises WriteRefused, before anything is sent, while the journal cannot be written.
    """

    def __init__(self, model: LanguageModel, journal: Journal, *, identity: str = "") -> None:
        self._model = model
        self._journal = journal
        self._identity = identity

    def complete(self, prompt: Prompt) -> Reply:
        """Answer one prompt."""
        key = content_key(prompt, self._identity)
        known = self._journal.get(key)
        if known is not None:
            first = self._journal.use(key)
            return replace(known, cached=True, first_token=None) if first else found(known)
        self._journal.check()
        try:
            reply = self._model.complete(prompt)
        except TickmarkError as error:
            usage = spent_on(error)
            if usage != Usage():
                self._journal.paid(key, usage)
            raise
        if reply.calls or reply.stop_reason != "end_turn":
            self._journal.paid(key, reply.usage)
        else:
            self._journal.append(key, reply)
            self._journal.use(key)
        return reply
