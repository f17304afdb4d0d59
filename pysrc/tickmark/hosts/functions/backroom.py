"""Behind the desk: gathered items become groups with plans, wait for consent, and are sent."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Final

from tickmark.analyses.saved import Saved
from tickmark.errors import TickmarkError
from tickmark.hosts.functions.call import Caller
from tickmark.hosts.functions.consent import Consent
from tickmark.hosts.functions.courier import Courier
from tickmark.hosts.functions.crew import Crew
from tickmark.hosts.functions.group import Group, grouped, make_plan
from tickmark.hosts.functions.kept import Kept
from tickmark.hosts.functions.key_search import KeySearch
from tickmark.hosts.functions.lru import Lru
from tickmark.hosts.functions.outbox import Outbox
from tickmark.hosts.functions.waiting import Parcel, Stage, Waiting
from tickmark.llm.calibration import Calibrated
from tickmark.llm.prices import Price
from tickmark.settings import Settings

ESTIMATES: Final = 100_000

_LOG: Final = logging.getLogger("tickmark.functions")


class Backroom:
    """Plans in one background thread and hands over to the courier; safe for many threads."""

    def __init__(
        self,
        *,
        settings: Callable[[], Settings],
        price: Callable[[Settings], Price],
        learnt: Callable[[], Calibrated],
        keys: KeySearch,
        saved: Callable[[str], Saved | None],
        kept: Kept,
        waiting: Waiting,
        outbox: Outbox,
        courier: Courier,
        tell: Callable[[Sequence[Caller]], None],
    ) -> None:
        self._settings = settings
        self._price = price
        self._learnt = learnt
        self._keys = keys
        self._saved = saved
        self._kept = kept
        self._waiting = waiting
        self._outbox = outbox
        self._courier = courier
        self._tell = tell
        self.consent = Consent()
        self._estimates: Lru[str, float] = Lru(ESTIMATES)
        self._crew = Crew("tickmark-planner", 1)
        self._lock = threading.Lock()
        self._keyless: dict[Caller, None] = {}
        self._pausing: dict[Caller, None] = {}
        self._paused = False

    @property
    def is_idle(self) -> bool:
        """Whether nothing is planned."""
        return self._crew.is_idle

    def gathered(self) -> None:
        """Plan what was gathered."""
        self._crew.submit(lambda: self._plan(self._waiting.take(), consented=False))

    def run_held(self) -> None:
        """The user's word: send all that is held."""
        self._crew.submit(lambda: self._plan(self.consent.release(), consented=True))

    @property
    def is_paused(self) -> bool:
        """Whether no calls are begun."""
        return self._paused

    def pause(self, *, paused: bool) -> None:
        """Begin no more calls, or begin again."""
        with self._lock:
            self._paused = paused
            callers = [] if paused else list(self._pausing)
            self._pausing.clear()
        if paused:
            self._courier.pause()
        self._tell([*self._waiting.callers(self.consent.parcels), *callers])

    def tell_when_resumed(self, caller: Caller) -> None:
        """The cell shows that calls are paused."""
        with self._lock:
            self._pausing[caller] = None

    def do(self, work: Callable[[], None]) -> None:
        """Have something done after what is planned now."""
        self._crew.submit(work)

    def look_for_key(self, caller: Caller | None) -> None:
        """Look for the key; the cell is told when there is one."""
        with self._lock:
            if caller is not None:
                self._keyless[caller] = None
        if self._keys.is_due:
            self._crew.submit(self._looked_for_key)

    def estimated(self, keys: Sequence[str]) -> float | None:
        """Likely USD of an item, once it was planned."""
        for key in keys:
            usd = self._estimates.get(key)
            if usd is not None:
                return usd
        return None

    def close(self, seconds: float) -> None:
        """End the thread."""
        self._crew.close(seconds)

    def _looked_for_key(self) -> None:
        if self._keys.look() is not None:
            with self._lock:
                callers = list(self._keyless)
                self._keyless.clear()
            self._tell(callers)

    def _plan(self, parcels: list[Parcel], *, consented: bool) -> None:
        try:
            self._planned(self._waiting.still_wanted(parcels), consented=consented)
        except Exception as error:  # noqa: BLE001 - a fault in a body stands in its cells
            self._outbox.failed(self._waiting.of(parcels), error)

    def _planned(self, parcels: list[Parcel], *, consented: bool) -> None:
        groups = grouped(self._not_found(parcels, after_long=consented))
        for group in groups:
            if group.question.free:
                self._courier.conclude(group, self._saved)
        asking = [group for group in groups if not group.question.free]
        if not asking:
            return
        if self._paused:
            self._let_go(asking)
            return
        settings = self._settings()
        key = self._keys.look()
        if key is None and settings.needs_key:
            callers = self._let_go(asking)
            with self._lock:
                self._keyless.update(dict.fromkeys(callers))
            return
        price, learnt = self._price(settings), self._learnt()
        ready = [made for group in asking for made in self._affordable(group, price, learnt)]
        if not ready:
            return
        self.consent.drop_unwanted(self._waiting.still_wanted)
        if consented or self.consent.admits(ready, settings, self._courier.under_way):
            self._courier.send(ready, settings, key)
        else:
            self._waiting.move([p for group in ready for p in group.parcels], Stage.HELD)
            self._tell(self._waiting.callers(self.consent.parcels))

    def _not_found(self, parcels: list[Parcel], *, after_long: bool) -> list[Parcel]:
        """Those whose answer did not come home just while they were asked for.

        After they were held for long, another process may have kept it in the store too.
        """
        missing = []
        for parcel in parcels:
            keys, place = parcel.item.keys, parcel.place
            found = self._kept.in_memory(keys, place)
            if found is None and after_long and not parcel.fresh:
                found = self._kept.in_store(keys, place)
            if found is None:
                missing.append(parcel)
            else:
                self._outbox.found(parcel)
        return missing

    def _let_go(self, groups: Sequence[Group]) -> list[Caller]:
        return self._outbox.let_go([parcel for group in groups for parcel in group.parcels])

    def _affordable(self, group: Group, price: Price, learnt: Calibrated) -> list[Group]:
        """The group with its plan, without what only cells want whose `max_cost` it exceeds."""
        while group.parcels:
            try:
                make_plan(group, self._saved, price, learnt)
            except TickmarkError as error:
                self._outbox.failed(group.parcels, error)
                return []
            except Exception as error:  # noqa: BLE001 - a fault in a body stands in its cells
                self._outbox.failed(group.parcels, error)
                return []
            for parcel in group.parcels:
                for key in parcel.item.keys:
                    self._estimates.put(key, parcel.usd)
            if not self._give_up_dear(group):
                return [group]
            wanted = self._waiting.still_wanted(group.parcels)
            if len(wanted) == len(group.parcels):
                return [group]
            group = Group(wanted)
        return []

    def _give_up_dear(self, group: Group) -> bool:
        """Whether any cell waits no more because its question is too dear for it."""
        found = False
        for asking in self._waiting.askings(group.parcels):
            bound = asking.question.max_cost
            if bound is not None and sum(parcel.usd for parcel in asking.parcels) > bound:
                self._waiting.give_up(asking)
                self._tell([asking.caller] if asking.caller is not None else [])
                found = True
        return found
