"""Carries groups of items to the model and brings each answer back as it comes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from tickmark.analyses.saved import Saved
from tickmark.engine.run import Event, EventKind
from tickmark.errors import ModelDenied, TickmarkError
from tickmark.hosts.functions.crew import Crew
from tickmark.hosts.functions.delivery import Delivery, left_out
from tickmark.hosts.functions.group import Group
from tickmark.hosts.functions.key_search import KeySearch
from tickmark.hosts.functions.lane import Lane, OpenModel, opening_of
from tickmark.hosts.functions.outbox import Outbox
from tickmark.hosts.functions.waiting import Parcel, Stage, Waiting
from tickmark.settings import Key, Settings

CARRIERS: Final = 16
"""Groups on their way at once; the settings bound the calls at once."""

_LONG: Final = 600.0
_LOG: Final = logging.getLogger("tickmark.functions")


class Courier:
    """Sends groups in the background; safe for many threads.

    After an error that every further call would meet (a refused key, an exhausted budget, no
    connection) what was sent together fails with it, and what is asked later goes over a new lane.
    `started` is called when items of a group are under way.
    """

    def __init__(
        self,
        open_model: OpenModel,
        keys: KeySearch,
        waiting: Waiting,
        outbox: Outbox,
        *,
        started: Callable[[], None] = lambda: None,
    ) -> None:
        self._started = started
        self._open_model = open_model
        self._keys = keys
        self._waiting = waiting
        self._outbox = outbox
        self._crew = Crew("tickmark-courier", CARRIERS)
        self._lock = threading.Lock()
        self._lane: Lane | None = None
        self._lanes: set[Lane] = set()
        self._active: set[Group] = set()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is on its way."""
        return self._crew.is_idle

    @property
    def under_way(self) -> tuple[int, float]:
        """Calls and likely USD of what is sent and not answered yet."""
        with self._lock:
            active = list(self._active)
        return sum(group.calls_left for group in active), sum(group.usd_left for group in active)

    def send(self, groups: Sequence[Group], settings: Settings, key: Key | None) -> None:
        """Carry groups to the model; errors of opening it are theirs."""
        parcels = [parcel for group in groups for parcel in group.parcels]
        try:
            lane = self._open_lane(settings, key)
        except TickmarkError as error:
            self._outbox.failed(parcels, error)
            return
        self._waiting.move(parcels, Stage.QUEUED)
        self._crew.grow(settings.jobs)
        lane.enter(len(groups))
        with self._lock:
            self._active.update(groups)
        for group in groups:
            self._crew.submit(partial(self._carry, group, lane))

    def conclude(self, group: Group, saved: Callable[[str], Saved | None]) -> None:
        """Have a group answered by code alone, in the background."""
        self._waiting.move(group.parcels, Stage.QUEUED)
        self._crew.submit(partial(self._answer_free, group, saved))

    def pause(self) -> None:
        """Begin no more calls; those in flight come home, the cells of the others are told."""
        with self._lock:
            if self._lane is not None:
                self._lane.stop.set()

    def close(self, seconds: float) -> None:
        """End all threads; calls in flight get so many seconds to come home."""
        with self._lock:
            lanes = list(self._lanes)
            self._lanes.clear()
            self._lane = None
        for lane in lanes:
            lane.stop.set()
        if self._crew.close(seconds):
            for lane in lanes:
                lane.end()
        elif lanes:
            # Calls that are paid for come home and are kept, however long it takes.
            _LOG.info("the desk was closed with calls in flight")
            threading.Thread(
                target=_end_later, args=(self._crew, lanes), name="tickmark-end", daemon=True
            ).start()

    def _open_lane(self, settings: Settings, key: Key | None) -> Lane:
        """The lane of today: a new one after a stop or with other settings."""
        with self._lock:
            lane = self._lane
            if lane is not None and lane.is_open and lane.opening == opening_of(settings, key):
                return lane
            self._lane = None
            if lane is not None:
                self._lanes.discard(lane)
        if lane is not None:
            lane.retire()
        lane = Lane(self._open_model, settings, key)
        with self._lock:
            self._lane = lane
            self._lanes.add(lane)
        return lane

    def _answer_free(self, group: Group, saved: Callable[[str], Saved | None]) -> None:
        delivery = Delivery(group, self._outbox)
        try:
            question = group.question
            group.saved = saved(question.book) if question.book else None
            results = group.conclude({})
            self._outbox.paid(group.parcels, 0.0)
            delivery.take(results)
        except Exception as error:  # noqa: BLE001 - a fault in a body stands in its cells
            self._outbox.failed(delivery.left, error)
        else:
            self._outbox.failed(delivery.left, delivery.misfit or left_out())

    def _carry(self, group: Group, lane: Lane) -> None:
        try:
            self._carried(group, lane)
        except Exception as error:  # noqa: BLE001 - a fault in a body stands in its cells
            self._outbox.failed(self._waiting.of(group.parcels), error)
        finally:
            with self._lock:
                self._active.discard(group)
            if isinstance(lane.stopped_by, ModelDenied):
                self._keys.forget()
            lane.leave()

    def _carried(self, group: Group, lane: Lane) -> None:
        delivery = Delivery(group, self._outbox, lane.stop)

        def follow(event: Event) -> None:
            if event.kind is EventKind.STARTED:
                self._waiting.move(group.parcels, Stage.RUNNING)
                self._started()
            elif event.kind is EventKind.FINISHED and event.outcome is not None:
                group.calls_left -= 1
                delivery.finished(event.task, event.outcome)

        lane.runner(fresh=group.fresh).run(group.plan, follow)
        if not group.plan:
            delivery.take(group.conclude({}))
        for half in delivery.halves:
            self._ask_half(group, half, lane)
        left = delivery.left
        if not left:
            return
        error = lane.stopped_by or delivery.error
        if error is not None:
            self._outbox.failed(left, error)
        elif lane.stop.is_set():
            self._outbox.let_go(left)
        elif left[0].repeated:
            self._outbox.failed(left, delivery.misfit or left_out())
        else:
            self._repeat(group, left, lane)

    def _repeat(self, group: Group, left: list[Parcel], lane: Lane) -> None:
        """Ask once more for what an answer left out, past the kept answer that did."""
        for parcel in left:
            parcel.repeated = parcel.fresh = True
        self._carry_again(group, left, lane)

    def _ask_half(self, group: Group, half: list[Parcel], lane: Lane) -> None:
        """Ask items apart from those with which they had no usable answer."""
        if lane.stopped_by is not None:
            self._outbox.failed(half, lane.stopped_by)
        elif lane.stop.is_set():
            self._outbox.let_go(half)
        else:
            self._carry_again(group, half, lane)

    def _carry_again(self, group: Group, parcels: list[Parcel], lane: Lane) -> None:
        again = Group(parcels, group.saved, model=group.model)
        again.plan = again.question.plan(again.items, again.saved)
        self._carried(again, lane)


def _end_later(crew: Crew, lanes: Sequence[Lane]) -> None:
    while not crew.close(_LONG):
        continue
    for lane in lanes:
        lane.end()
