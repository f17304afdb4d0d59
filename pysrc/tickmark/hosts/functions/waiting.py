"""Items on their way to an answer, and the cells that wait for them."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from tickmark.hosts.functions.call import Caller
from tickmark.hosts.functions.question import Item, Question


class Stage(IntEnum):
    """How far an item is."""

    GATHERED = 1
    HELD = 2
    QUEUED = 3
    RUNNING = 4


@dataclass(slots=True, eq=False)
class Asking:
    """One cell that waits for items; it is calculated again when none of them is on its way.

    `at` is when it asked last.
    """

    caller: Caller | None
    question: Question
    keys: tuple[str, ...]
    at: float
    parcels: list[Parcel] = field(default_factory=list)
    left: int = 0
    dropped: bool = False


@dataclass(slots=True, eq=False)
class Parcel:
    """An item on its way, once however many cells wait for it; `usd` is its share of the estimate.

    `fresh` passes over the model's kept answers; `repeated` tells that it was left out once,
    `splits` how often those it was sent with were halved since no answer could be used.
    """

    item: Item
    question: Question
    place: str
    fresh: bool
    stage: Stage = Stage.GATHERED
    usd: float = 0.0
    repeated: bool = False
    splits: int = 0
    askings: list[Asking] = field(default_factory=list)
    wanted: int = 0


class Waiting:
    """All parcels by the keys of their items; safe for many threads.

    Within `formula` seconds two calls of a cell may be those of two functions in one formula.
    """

    def __init__(self, formula: float = 0.0) -> None:
        self._formula = formula
        self._lock = threading.Lock()
        self._parcels: dict[str, Parcel] = {}
        self._askings: dict[Caller, Asking] = {}
        self._gathered: list[Parcel] = []

    def __len__(self) -> int:
        with self._lock:
            return len({id(parcel) for parcel in self._parcels.values()})

    def stage(self, keys: Iterable[str]) -> Stage | None:
        """How far an item is; None where it is not on its way."""
        parcel = self.parcel(keys)
        return None if parcel is None else parcel.stage

    def parcel(self, keys: Iterable[str]) -> Parcel | None:
        """The item on its way, by any of its keys."""
        with self._lock:
            return self._find(keys)

    def ask(
        self,
        question: Question,
        items: Sequence[Item],
        caller: Caller | None,
        *,
        place: str,
        fresh: Collection[str] = (),
    ) -> tuple[Stage, bool]:
        """Have a cell wait for items: the first stage among them, and whether any is new.

        `fresh` are the first keys of items to be asked anew. What the cell waited for before is
        dropped; an item for which no cell waits any more is not sent.
        """
        keys = tuple(item.keys[0] for item in items)
        with self._lock:
            before = self._askings.get(caller) if caller is not None else None
            if before is not None and before.keys == keys:
                before.at = time.monotonic()
                on_their_way = (p.stage for p in before.parcels if self._on_its_way(p))
                return min(on_their_way, default=Stage.RUNNING), False
            asking = Asking(caller, question, keys, time.monotonic())
            new = False
            for item in items:
                parcel = self._find(item.keys)
                if parcel is None:
                    is_fresh = question.fresh or item.keys[0] in fresh
                    parcel = Parcel(item, question, place, is_fresh)
                    self._parcels.update(dict.fromkeys(item.keys, parcel))
                    self._gathered.append(parcel)
                    new = True
                _join(asking, parcel)
            # Only now: what both ask for is never unwanted in between.
            if before is not None:
                self._drop(before)
            if caller is not None:
                self._askings[caller] = asking
            return min(parcel.stage for parcel in asking.parcels), new

    def withdraw(self, caller: Caller, *, unless: Sequence[str] = ()) -> None:
        """The cell waits for nothing any more, unless it waits for items with these first keys.

        What it asked just now stays: that was another function of the same formula, such as the
        inner one of `LLM_ASK(A1, LLM_ASK(B1, "which?"))`, and no cell but this one waits for it.
        """
        with self._lock:
            asking = self._askings.get(caller)
            if asking is None or (unless and asking.keys == tuple(unless)):
                return
            if time.monotonic() - asking.at >= self._formula:
                self._drop(self._askings.pop(caller))

    def take(self) -> list[Parcel]:
        """What has been gathered since; what no cell wants any more is forgotten."""
        with self._lock:
            gathered, self._gathered = self._gathered, []
            return self._still_wanted(gathered)

    def still_wanted(self, parcels: Iterable[Parcel]) -> list[Parcel]:
        """Those for which a cell waits; the others are forgotten."""
        with self._lock:
            return self._still_wanted(parcels)

    def give_up(self, asking: Asking) -> None:
        """End one cell's waiting for whatever it asked."""
        with self._lock:
            if not asking.dropped:
                self._drop(asking)
            if asking.caller is not None and self._askings.get(asking.caller) is asking:
                del self._askings[asking.caller]

    def settle(self, parcels: Iterable[Parcel]) -> list[Caller]:
        """These items are answered, failed or let go: the cells that wait for nothing more."""
        ready: dict[Caller, None] = {}
        with self._lock:
            for parcel in parcels:
                if not self._on_its_way(parcel):
                    continue
                self._remove(parcel)
                for asking in parcel.askings:
                    asking.left -= 1
                    if asking.left or asking.dropped or asking.caller is None:
                        continue
                    ready[asking.caller] = None
                    if self._askings.get(asking.caller) is asking:
                        del self._askings[asking.caller]
                parcel.askings.clear()
        return list(ready)

    def of(self, parcels: Iterable[Parcel]) -> list[Parcel]:
        """Those that are still on their way."""
        with self._lock:
            return [parcel for parcel in parcels if self._on_its_way(parcel)]

    def callers(self, parcels: Iterable[Parcel]) -> list[Caller]:
        """The cells that wait for any of these."""
        with self._lock:
            return list(
                dict.fromkeys(
                    asking.caller
                    for parcel in parcels
                    for asking in parcel.askings
                    if asking.caller is not None and not asking.dropped
                )
            )

    def askings(self, parcels: Iterable[Parcel]) -> list[Asking]:
        """What waits for any of these."""
        with self._lock:
            found = {
                id(asking): asking
                for parcel in parcels
                for asking in parcel.askings
                if not asking.dropped
            }
            return list(found.values())

    def move(self, parcels: Iterable[Parcel], stage: Stage) -> None:
        """Tell how far these are."""
        with self._lock:
            for parcel in parcels:
                parcel.stage = stage

    def under_way(self) -> list[Parcel]:
        """All but those that are held."""
        with self._lock:
            distinct = {id(p): p for p in self._parcels.values() if p.stage is not Stage.HELD}
            return list(distinct.values())

    def _find(self, keys: Iterable[str]) -> Parcel | None:
        for key in keys:
            parcel = self._parcels.get(key)
            if parcel is not None:
                return parcel
        return None

    def _on_its_way(self, parcel: Parcel) -> bool:
        return self._parcels.get(parcel.item.keys[0]) is parcel

    def _still_wanted(self, parcels: Iterable[Parcel]) -> list[Parcel]:
        wanted = []
        for parcel in parcels:
            if parcel.wanted:
                wanted.append(parcel)
            else:
                self._remove(parcel)
        return wanted

    def _remove(self, parcel: Parcel) -> None:
        for key in parcel.item.keys:
            if self._parcels.get(key) is parcel:
                del self._parcels[key]

    def _drop(self, asking: Asking) -> None:
        asking.dropped = True
        for parcel in asking.parcels:
            parcel.wanted -= 1
        asking.parcels.clear()


def _join(asking: Asking, parcel: Parcel) -> None:
    # Cells that asked for something else meanwhile are swept out now and then.
    if len(parcel.askings) > 2 * parcel.wanted + 16:
        parcel.askings = [one for one in parcel.askings if not one.dropped]
    parcel.askings.append(asking)
    parcel.wanted += 1
    asking.parcels.append(parcel)
    asking.left += 1
