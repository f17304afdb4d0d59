"""A budget that survives a kill: what is set aside for a call is in the journal before it is sent.

A call that was in flight when its process was killed may have been answered, and charged. Nobody
knows; so the next part of the run counts the most that it can have cost.
"""

from __future__ import annotations

import itertools
import threading
from typing import Final

from tickmark.engine.journal import Journal
from tickmark.engine.journal_lines import NONE_ENDED, Ended
from tickmark.errors import WriteRefused
from tickmark.llm.metered import Budget
from tickmark.model.usage import Usage

# Of all runs of this process, so that no two calls in one journal share a number.
_NUMBERS: Final = itertools.count()


class _Thread(threading.local):
    """What a thread has sent since it last wrote about it."""

    def __init__(self) -> None:
        self.calls: list[int] = []
        self.doubtful_usd = 0.0


class JournaledBudget:
    """A budget whose reservations are written to the journal of the run.

    The JournaledModel around it writes that they ended, together with the answer: `ended` tells it
    which. Calls that cost nothing leave no trace. Raises WriteRefused, before anything is sent,
    while the journal cannot be written.
    """

    def __init__(self, budget: Budget, journal: Journal) -> None:
        self._budget = budget
        self._journal = journal
        self._mine = _Thread()

    @property
    def limit_usd(self) -> float | None:
        """That of the budget."""
        return self._budget.limit_usd

    def reserve(self, usd: float) -> None:
        """Set aside the most that a call can cost; raises BudgetExceeded without room for it."""
        self._budget.reserve(usd)
        if usd <= 0:
            return
        call = next(_NUMBERS)
        self._mine.calls.append(call)
        self._journal.sent(call, usd)
        try:
            self._journal.check()
        except WriteRefused:
            self._budget.settle(usd, Usage())
            raise

    def settle(self, reserved_usd: float, usage: Usage, *, doubtful: bool = False) -> None:
        """End a reservation with the real usage."""
        self._budget.settle(reserved_usd, usage, doubtful=doubtful)
        if doubtful:
            self._mine.doubtful_usd += max(0.0, reserved_usd - usage.usd)

    def ended(self) -> Ended:
        """The calls of this thread that ended since it was last asked."""
        mine = self._mine
        if not mine.calls and not mine.doubtful_usd:
            return NONE_ENDED
        ended = Ended(tuple(mine.calls), mine.doubtful_usd)
        mine.calls, mine.doubtful_usd = [], 0.0
        return ended
