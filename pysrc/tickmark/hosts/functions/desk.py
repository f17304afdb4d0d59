"""The desk that answers calls of worksheet functions without ever waiting."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final

from tickmark.analyses.saved import Saved
from tickmark.errors import ArgumentPending
from tickmark.hosts.functions import states
from tickmark.hosts.functions.backroom import Backroom
from tickmark.hosts.functions.call import Call, Caller, Table
from tickmark.hosts.functions.control import Control, Wishes
from tickmark.hosts.functions.cost import cost
from tickmark.hosts.functions.courier import Courier
from tickmark.hosts.functions.desk_view import DeskView
from tickmark.hosts.functions.failures import Failures
from tickmark.hosts.functions.feedback import without_feedback
from tickmark.hosts.functions.kept import Kept, KeptAnswer
from tickmark.hosts.functions.key_search import KeySearch
from tickmark.hosts.functions.lane import OpenModel
from tickmark.hosts.functions.lru import Lru
from tickmark.hosts.functions.outbox import Outbox
from tickmark.hosts.functions.question import Body, Item, Question
from tickmark.hosts.functions.registry import Entry, Registry
from tickmark.hosts.functions.status import status
from tickmark.hosts.functions.steward import Pace, Steward
from tickmark.hosts.functions.waiting import Stage, Waiting
from tickmark.llm.calibration import UNCALIBRATED, Calibrated
from tickmark.llm.ledger import Ledger
from tickmark.llm.prices import Price
from tickmark.settings import Settings
from tickmark.write.xml_text import LONGEST_TEXT, cut_to

CUT: Final = " … [cut]"
WATCHERS: Final = 1000

_BROKEN: Final = f"{states.PREFIX}error: the call did not arrive whole; recalculate"


class Desk:
    """Answers at once: what is kept, a state such as `#LLM wait`, or why there is no answer.

    Safe for many threads. `settings` tells those of this moment and may raise SettingError;
    `open_model` opens the model, `saved` reads the workbook at a path, `ledger` is only read,
    `learnt` tells the calibrated token estimate of this moment.
    `changed` gets, from a thread of the desk, the cells that are to be calculated again; it has to
    return soon.
    """

    def __init__(
        self,
        *,
        settings: Callable[[], Settings],
        bodies: Mapping[str, Body],
        kept: Kept,
        open_model: OpenModel,
        keys: KeySearch,
        price: Callable[[Settings], Price],
        ledger: Ledger,
        control: Control,
        saved: Callable[[str], Saved | None],
        changed: Callable[[Sequence[Caller]], None],
        learnt: Callable[[], Calibrated] = lambda: UNCALIBRATED,
        failures: Failures | None = None,
        pace: Pace = Pace(),  # noqa: B008 - frozen
    ) -> None:
        self._settings = settings
        self._bodies = bodies
        self._kept = kept
        self._control = control
        self._changed = changed
        self._failures = failures or Failures()
        self._ledger = ledger
        self._keys = keys
        self._waiting = Waiting(pace.formula)
        self._registry = Registry()
        self._watchers: Lru[Caller, Caller] = Lru(WATCHERS)
        self._wishes: Wishes | None = None
        self._steward = Steward(pace, gathered=self._gathered, changed=self._tell, look=self._look)
        tell = self._steward.tell
        self._outbox = Outbox(kept, self._waiting, self._failures, tell)
        self._courier = Courier(
            open_model, keys, self._waiting, self._outbox, started=self._started
        )
        self._backroom = Backroom(
            settings=settings,
            price=price,
            learnt=learnt,
            keys=keys,
            saved=saved,
            kept=kept,
            waiting=self._waiting,
            outbox=self._outbox,
            courier=self._courier,
            tell=tell,
        )
        self._view = DeskView(self._registry, self._waiting, self._outbox, ledger, settings)
        self._steward.start()

    def answer(self, call: Call) -> Table:
        """The value of a call now; never raises and never waits."""
        try:
            return _fitting(self._answered(call))
        except Exception as error:  # noqa: BLE001 - whatever goes wrong stands in the cell
            return self._failed(call, error)

    def refresh(self, callers: Collection[Caller] | None = None) -> None:
        """Forget the answers of these cells, or of all known ones, and have them ask anew.

        Returns at once; what is on its way already stays there.
        """
        self._backroom.do(lambda: self._refresh(callers))

    def idle(self, timeout: float) -> bool:
        """Whether nothing is under way any more within so many seconds; what is held may stay.

        The user's wishes are looked at once before.
        """
        end = time.monotonic() + timeout
        self._steward.look_now(timeout)
        while not self._is_idle():
            if time.monotonic() >= end:
                return False
            time.sleep(0.002)
        return True

    def close(self, seconds: float = 10.0) -> None:
        """End all threads; calls in flight get so many seconds to come home.

        Those that take longer are kept by the cache of the model when they come.
        """
        end = time.monotonic() + seconds
        self._steward.close(seconds)
        self._backroom.close(max(0.0, end - time.monotonic()))
        self._courier.close(max(0.0, end - time.monotonic()))
        self._kept.close()
        self._ledger.close()

    def _answered(self, call: Call) -> Table:
        if call.function == "LLM_COST":
            return self._watched(call, cost(call, self._view))
        if call.function == "LLM_STATUS":
            return self._watched(call, status(call, self._view))
        body = self._bodies.get(call.function)
        if body is None:
            return states.single(states.value(f"{call.function[:40]} is no function of Tickmark"))
        settings = self._settings()
        try:
            asked = body(without_feedback(call), settings)
        except ArgumentPending:
            return self._without_question(call, states.WAIT)
        if isinstance(asked, Question):
            return self._table(call, asked, settings)
        self._without_question(call, "")
        return asked

    def _table(self, call: Call, question: Question, settings: Settings) -> Table:
        place = settings.base_url
        found = self._found(question, place)
        missing = [item for item, one in zip(question.items, found, strict=True) if one is None]
        state = self._state(call, question, missing, settings) if missing else ""
        if call.caller is not None and not call.wizard:
            keys = tuple(item.keys for item in question.items)
            self._registry.note(Entry(call.caller, call.function, keys, state, place))
        if state:
            return states.single(state)
        return question.present([one.answer for one in found if one is not None])

    def _found(self, question: Question, place: str) -> list[KeptAnswer | None]:
        """Kept answers of the items; what is on its way is not looked for in the store."""
        found = [self._kept.in_memory(item.keys, place) for item in question.items]
        for at, item in enumerate(question.items):
            if found[at] is None and self._waiting.stage(item.keys) is None:
                # What came home in between is in memory now, which is looked at first.
                found[at] = self._kept.in_memory(item.keys, place) or self._kept.in_store(
                    item.keys, place
                )
        return found

    def _state(
        self, call: Call, question: Question, missing: Sequence[Item], settings: Settings
    ) -> str:
        """What the cell shows while items are missing, which are asked for where they may be."""
        if call.wizard:
            return states.WIZARD
        state = self._why_not(call, question, missing, settings)
        if state:
            if call.caller is not None:
                self._waiting.withdraw(call.caller, unless=[item.keys[0] for item in missing])
            return state
        fresh = {item.keys[0] for item in missing if self._kept.was_forgotten(item.keys)}
        place = settings.base_url
        stage, new = self._waiting.ask(question, missing, call.caller, place=place, fresh=fresh)
        if new:
            self._steward.gather()
        calls, usd = self._backroom.consent.held
        return states.consent(calls, usd) if stage is Stage.HELD and calls else states.WAIT

    def _why_not(
        self, call: Call, question: Question, missing: Sequence[Item], settings: Settings
    ) -> str:
        """Why nothing may be asked now; "" where it may."""
        if not question.free and settings.needs_key and self._keys.is_absent:
            self._backroom.look_for_key(call.caller)
            return states.NO_KEY
        for item in missing:
            failure = self._failures.resting(item.keys)
            if failure is not None:
                return failure.text
        if question.free:
            return ""
        if self._backroom.is_paused and not self._all_sent(missing):
            if call.caller is not None:
                self._backroom.tell_when_resumed(call.caller)
            return states.PAUSED
        return self._too_dear(question, missing)

    def _all_sent(self, items: Sequence[Item]) -> bool:
        return all(
            self._waiting.stage(item.keys) in {Stage.QUEUED, Stage.RUNNING} for item in items
        )

    def _too_dear(self, question: Question, items: Sequence[Item]) -> str:
        """The state of a question whose estimate exceeds its own bound, as far as it is known."""
        if question.max_cost is None:
            return ""
        estimates = [self._backroom.estimated(item.keys) for item in items]
        usd = sum(one or 0.0 for one in estimates)
        if None in estimates or usd <= question.max_cost:
            return ""
        return f"{states.PREFIX}budget: about {usd:.4f} USD, more than its max_cost"

    def _without_question(self, call: Call, state: str) -> Table:
        """Note a cell that waits for nothing of its own; its state as a table."""
        if call.caller is not None and not call.wizard:
            self._waiting.withdraw(call.caller)
            self._registry.note(Entry(call.caller, call.function, state=state))
        return states.single(state)

    def _watched(self, call: Call, table: Table) -> Table:
        """Remember a cell that shows cost or status, to be told whenever others are."""
        if call.caller is not None:
            self._watchers.put(call.caller, call.caller)
        return table

    def _failed(self, call: Call, error: Exception) -> Table:
        try:
            return self._without_question(call, self._failures.text(call.function, error))
        except Exception:  # noqa: BLE001 - such as a call whose caller is no caller
            return states.single(_BROKEN)

    def _gathered(self) -> None:
        self._backroom.gathered()

    def _tell(self, callers: Sequence[Caller]) -> None:
        watchers = dict.fromkeys(self._watchers.keys())
        self._changed([*(caller for caller in callers if caller not in watchers), *watchers])

    def _started(self) -> None:
        """Calls have begun: cells that show how far others are have something new to show."""
        self._steward.tell(list(self._watchers.keys()))

    def _look(self) -> None:
        """Follow the user's wishes; those from before this desk was opened are no news."""
        before, self._wishes = self._wishes, self._control.read()
        now = self._wishes
        if now.paused != (before is not None and before.paused):
            self._backroom.pause(paused=now.paused)
        if before is not None and now.refresh != before.refresh:
            self._backroom.do(lambda: self._refresh(self._meant(now)))
        if before is not None and now.run != before.run:
            self._backroom.run_held()
        self._outbox.tell_recovered()

    def _meant(self, wishes: Wishes) -> list[Caller] | None:
        """The known cells that a refresh is for; None for all."""
        if not wishes.book:
            return None
        return [
            entry.caller
            for area in wishes.areas
            for entry in self._registry.on(wishes.book, area.sheet)
            if area.meets(entry.caller.area)
        ]

    def _refresh(self, callers: Collection[Caller] | None) -> None:
        entries = (
            self._registry.entries()
            if callers is None
            else [one for caller in callers if (one := self._registry.of(caller)) is not None]
        )
        for entry in entries:
            for keys in entry.keys:
                if self._waiting.stage(keys) is None:
                    self._kept.forget(keys, entry.place)
                    self._failures.forget(keys)
        self._steward.tell([entry.caller for entry in entries])

    def _is_idle(self) -> bool:
        # In the order in which work wanders, so that none slips through.
        return (
            not self._waiting.under_way()
            and self._backroom.is_idle
            and self._courier.is_idle
            and self._steward.is_idle
        )


def _fitting(table: Table) -> Table:
    """The table with its texts cut to what a cell can hold; one empty cell for none."""
    if not table or not table[0]:
        return ((None,),)
    # A character counts for two at most.
    if all(not isinstance(one, str) or 2 * len(one) <= LONGEST_TEXT for r in table for one in r):
        return table
    return tuple(
        tuple(cut_to(one, LONGEST_TEXT, CUT) if isinstance(one, str) else one for one in row)
        for row in table
    )
