"""A model whose answers stand in the journal of the run before anybody sees them."""

from __future__ import annotations

from dataclasses import replace

from tickmark.engine.journal import Journal
from tickmark.engine.journal_lines import NONE_ENDED, Ended
from tickmark.engine.journaled_budget import JournaledBudget
from tickmark.errors import BudgetExceeded, ModelError, TickmarkError
from tickmark.llm.cached import content_key, fits_prompt, found
from tickmark.llm.model import LanguageModel, Prompt, Reply, spent_on
from tickmark.model.usage import Usage


class JournaledModel:
    """Answers what the journal of the run holds from there; asks and writes down everything else.

    As the outermost wrapper it has every answer on disk before anybody sees it. An answer from the
    journal costs nothing. The first time that it is used in a process, it comes with the usage that
    it had, since that is what it cost this run; then its usage is one cached call. What a failed
    call cost is written too, so that a resumed run knows its spending and tells it with the answer.
    The answer to a correction that is of a wrong form again is not kept: a resumed run asks anew.

    `budget` is the one that the calls behind it keep to, `identity` that of CachedModel. Raises
    WriteRefused, before anything is sent, while the journal cannot be written.
    """

    def __init__(
        self,
        model: LanguageModel,
        journal: Journal,
        *,
        identity: str = "",
        budget: JournaledBudget | None = None,
    ) -> None:
        self._model = model
        self._journal = journal
        self._identity = identity
        self._budget = budget
        # What earlier parts of the run paid for questions without an answer.
        self._earlier = dict(journal.content.paid)

    def complete(self, prompt: Prompt) -> Reply:
        """Answer one prompt."""
        key = content_key(prompt, self._identity)
        known = self._journal.get(key)
        if known is not None:
            if not self._journal.use(key):
                return found(known)
            return replace(
                known, usage=self._before(key) + known.usage, cached=True, first_token=None
            )
        self._journal.check()
        try:
            reply = self._model.complete(prompt)
        except BaseException as error:
            self._failed(key, error)
            raise
        if reply.calls or reply.stop_reason != "end_turn" or _again_misfit(prompt, reply):
            self._journal.paid(key, reply.usage, self._ended())
        else:
            self._journal.append(key, reply, self._ended())
            self._journal.use(key)
        return replace(reply, usage=self._before(key) + reply.usage)

    def _failed(self, key: bytes, error: BaseException) -> None:
        """Write what a failed call cost, and tell what the question had cost before."""
        usage = spent_on(error) if isinstance(error, TickmarkError) else Usage()
        ended = self._ended()
        if usage != Usage() or ended != NONE_ENDED:
            self._journal.paid(key, usage, ended)
        if isinstance(error, (ModelError, BudgetExceeded)):
            error.usage = self._before(key) + usage

    def _before(self, key: bytes) -> Usage:
        return self._earlier.pop(key, Usage())

    def _ended(self) -> Ended:
        return self._budget.ended() if self._budget is not None else NONE_ENDED


def _again_misfit(prompt: Prompt, reply: Reply) -> bool:
    """Whether an answer is of a wrong form after that to the same question was."""
    return prompt.corrects and not fits_prompt(prompt, reply)
