"""Where items end: kept, failed or let go, and their cells told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from tickmark.hosts.functions.call import Caller
from tickmark.hosts.functions.failures import Failure, Failures
from tickmark.hosts.functions.kept import Kept
from tickmark.hosts.functions.lru import Lru
from tickmark.hosts.functions.question import Answer
from tickmark.hosts.functions.waiting import Parcel, Waiting

REMEMBERED: Final = 300_000
RETRIES: Final = 10_000
"""Cells at most that are told again by themselves when a passing failure may be over."""


@dataclass(slots=True, eq=False)
class Payment:
    """What one item cost in this session, in USD."""

    usd: float = 0.0


class Outbox:
    """Settles parcels; safe for many threads. `tell` takes the cells to be calculated again."""

    def __init__(
        self,
        kept: Kept,
        waiting: Waiting,
        failures: Failures,
        tell: Callable[[Sequence[Caller]], None],
    ) -> None:
        self._kept = kept
        self._waiting = waiting
        self._failures = failures
        self._tell = tell
        self._payments: Lru[str, Payment] = Lru(REMEMBERED)
        self._lock = threading.Lock()
        self._later: dict[Caller, Failure] = {}

    def answered(self, parcel: Parcel, answer: Answer, model: str) -> None:
        """Keep an answer; raises TypeError or ValueError for what is no JSON."""
        paid = self.payment(parcel.item.keys)
        self._kept.keep(
            parcel.item.keys,
            parcel.place,
            answer,
            usd=paid.usd if paid is not None else 0.0,
            model=model,
        )
        self._failures.forget(parcel.item.keys)
        self._tell(self._waiting.settle([parcel]))

    def found(self, parcel: Parcel) -> None:
        """The answer is kept already."""
        self._tell(self._waiting.settle([parcel]))

    def failed(self, parcels: Sequence[Parcel], error: BaseException) -> None:
        """Remember why these have no answer."""
        told: dict[Caller, None] = {}
        for parcel in parcels:
            failure = self._failures.note(parcel.item.keys, parcel.question.function, error)
            callers = self._waiting.settle([parcel])
            told.update(dict.fromkeys(callers))
            if failure.passes:
                self._try_later(callers, failure)
        self._tell(list(told))

    def let_go(self, parcels: Sequence[Parcel]) -> list[Caller]:
        """Nothing is sent for these; their cells ask again and see why."""
        callers = self._waiting.settle(parcels)
        self._tell(callers)
        return callers

    def paid(self, parcels: Sequence[Parcel], usd: float) -> None:
        """A call for these cost something; each bears its share."""
        for parcel in parcels:
            payment = self.payment(parcel.item.keys) or Payment()
            payment.usd += usd / len(parcels)
            for key in parcel.item.keys:
                self._payments.put(key, payment)

    def payment(self, keys: Iterable[str]) -> Payment | None:
        """What an item cost in this session; None where its answer was kept before."""
        for key in keys:
            found = self._payments.get(key)
            if found is not None:
                return found
        return None

    def tell_recovered(self) -> None:
        """Tell the cells whose passing failure may be over, so that they ask again."""
        with self._lock:
            due = [caller for caller, f in self._later.items() if self._failures.over(f)]
            for caller in due:
                del self._later[caller]
        self._tell(due)

    def _try_later(self, callers: Sequence[Caller], failure: Failure) -> None:
        with self._lock:
            for caller in callers:
                if len(self._later) < RETRIES:
                    self._later[caller] = failure
