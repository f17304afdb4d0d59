"""One group of items on its way back: each outcome of a call, and the items that it answers."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Final

from tickmark.engine.plan import Done, Failed, Outcome, Skipped
from tickmark.errors import AnswerUnusable, ModelBusy, TickmarkError
from tickmark.hosts.functions.group import Group
from tickmark.hosts.functions.outbox import Outbox
from tickmark.hosts.functions.question import Answer
from tickmark.hosts.functions.waiting import Parcel

MOST_SPLITS: Final = 3
"""How often items that failed together are asked in halves: of 40, five stay together at last."""

_NEVER: Final = threading.Event()


def left_out() -> TickmarkError:
    """The failure of an item that no answer named."""
    return AnswerUnusable("The model left this out of its answer twice.")


class Delivery:
    """Settles the items of a group as the outcomes of its calls come in.

    An item that an answer left out, or answered in a form that does not fit, stays in `left`, to
    be asked once more; `misfit` says what did not fit. Items whose call had no usable answer at all
    are in `halves`, to be asked apart: one text may have spoilt it for the others. `error` is a
    fault, or a failure of a call that named no item. Waits that a set `stop` ended are no failures.
    """

    def __init__(self, group: Group, outbox: Outbox, stop: threading.Event = _NEVER) -> None:
        self._group = group
        self._outbox = outbox
        self._stop = stop
        self._settled: set[int] = set()
        self.error: Exception | None = None
        self.misfit: TickmarkError | None = None
        self.halves: list[list[Parcel]] = []

    @property
    def left(self) -> list[Parcel]:
        """The items without answer or failure."""
        parcels = self._group.parcels
        return [parcel for at, parcel in enumerate(parcels) if at not in self._settled]

    def finished(self, task: str, outcome: Outcome) -> None:
        """Take the outcome of one call; never raises."""
        if isinstance(outcome, Skipped) or self._was_stopped(outcome):
            return
        try:
            results = self._group.conclude({task: outcome})
        except TickmarkError as error:
            self.misfit = error
            results = {}
        except Exception as error:  # noqa: BLE001 - a fault in a body stands in its cells
            self.error = error
            results = {}
        self._pay(results, outcome)
        if isinstance(outcome, Failed):
            self._fail(results, outcome.error)
        else:
            self.take(results)

    def take(self, results: Mapping[int, Answer | TickmarkError]) -> None:
        """Settle items by their positions."""
        for at, result in results.items():
            if at in self._settled or not 0 <= at < len(self._group.parcels):
                continue
            parcel = self._group.parcels[at]
            if not isinstance(result, TickmarkError):
                self._answer(at, parcel, result)
            elif isinstance(result, AnswerUnusable) and not parcel.repeated:
                self.misfit = result
            else:
                self._settled.add(at)
                self._outbox.failed([parcel], result)

    def _answer(self, at: int, parcel: Parcel, answer: Answer) -> None:
        self._settled.add(at)
        try:
            self._outbox.answered(parcel, answer, self._group.model)
        except (TypeError, ValueError) as error:
            self._outbox.failed([parcel], error)

    def _fail(self, results: Mapping[int, object], error: TickmarkError) -> None:
        named = [at for at in results if 0 <= at < len(self._group.parcels)]
        named = [at for at in named if at not in self._settled]
        self._settled.update(named)
        parcels = [self._group.parcels[at] for at in named]
        if isinstance(error, AnswerUnusable) and _may_split(parcels):
            self.halves += _halved(parcels)
            return
        self._outbox.failed(parcels, error)
        if not named:
            self.error = self.error or error

    def _pay(self, results: Mapping[int, object], outcome: Outcome) -> None:
        """Let those bear the cost that the call was for; all where it named none."""
        if not isinstance(outcome, (Done, Failed)) or (
            not outcome.usage.usd and not (isinstance(outcome, Done) and not outcome.cached)
        ):
            return
        parcels = [
            parcel for at, parcel in enumerate(self._group.parcels) if at in results
        ] or self._group.parcels
        self._outbox.paid(parcels, outcome.usage.usd)

    def _was_stopped(self, outcome: Outcome) -> bool:
        return (
            self._stop.is_set()
            and isinstance(outcome, Failed)
            and isinstance(outcome.error, ModelBusy)
        )


def _may_split(parcels: Sequence[Parcel]) -> bool:
    return len(parcels) > 1 and max(parcel.splits for parcel in parcels) < MOST_SPLITS


def _halved(parcels: Sequence[Parcel]) -> list[list[Parcel]]:
    for parcel in parcels:
        parcel.splits += 1
    middle = len(parcels) // 2
    return [list(parcels[:middle]), list(parcels[middle:])]
