"""The gate before a provider: calls of all threads leave through it, as fast as they may."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from math import inf
from typing import Final

from tickmark.errors import (
    BudgetExceeded,
    ModelBusy,
    ModelError,
    ModelUnreachable,
    TickmarkError,
)
from tickmark.llm.allowance import Allowances
from tickmark.llm.call import Stage, begin, current_call
from tickmark.llm.flow.breaker import PATIENCE
from tickmark.llm.flow.ending import Ending, concerns_all, ending_of
from tickmark.llm.flow.forecast import sent_bytes
from tickmark.llm.flow.lane import Lane
from tickmark.llm.flow.limits import UNLIMITED, Limits
from tickmark.llm.flow.line import OLDEST_EVERY
from tickmark.llm.flow.memory import LONGEST_LEAD, RECHECK_SECONDS, MemoryGuard
from tickmark.llm.flow.ticket import Ticket
from tickmark.llm.flow.waiting import Waiting, WaitingRoom
from tickmark.llm.model import Prompt, spent_on, uncharged
from tickmark.llm.ranked_lock import Rank, RankedLock
from tickmark.model.usage import Usage

LONGEST_PAUSE: Final = 60.0
SHORTEST_REST: Final = 1e-4
LONGEST_REST: Final = 3600.0
LINGER_SECONDS: Final = 1.0

STOPPED: Final = "The run was stopped before this question was sent."
_NO_USAGE: Final = Usage()


class Flow:
    """Lets calls leave: slots, rate limits, pauses, breaker and memory, each model on its own.

    A call holds nothing while it waits. At most `concurrency` are in flight over all models.
    `limits` are those that the user sets for each model; what the provider says goes to `told`.
    While a pause of more than `longest_pause` seconds is left, or a provider has failed for
    `patience` seconds, calls fail at once; those that wait when the provider refuses the key or the
    payment of another one fail with it. `first_calls` (0: all) of a model may leave before its
    first answer, where no limits are set. A set `stop` fails all that wait. `clock` is in seconds;
    with `sleep` the one thread that waits for a time uses that instead of its condition.
    """

    def __init__(
        self,
        *,
        concurrency: int,
        limits: Limits = UNLIMITED,
        longest_pause: float = LONGEST_PAUSE,
        patience: float = PATIENCE,
        memory: MemoryGuard | None = None,
        first_calls: int = 0,
        stop: threading.Event | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] | None = None,
    ) -> None:
        self._concurrency = concurrency
        self._limits = limits
        self._longest_pause = longest_pause
        self._patience = patience
        self._memory = memory if memory is not None else MemoryGuard()
        self._first_calls = first_calls
        self._stop = stop
        self._clock = clock
        self._sleep = sleep
        self._lock = RankedLock(Rank.FLOW)
        self._thread = threading.local()
        self._rooms: dict[str, WaitingRoom] = {}
        self._in_flight = 0
        self._large = 0
        self._turns = 0
        self._arrivals = 0
        self._keeper: Waiting | None = None
        self._alarm = inf
        self._watched = False

    def enter(self, prompt: Prompt) -> Ticket:
        """Wait until a call may leave; its end goes to `leave`.

        Raises ModelBusy and ModelUnreachable where waiting is in vain.
        """
        size = sent_bytes(prompt)
        large = size + sum(len(one.content) for one in prompt.images) >= self._memory.large
        with self._lock:
            if self._stop is not None and self._stop.is_set():
                raise ModelBusy(STOPPED)
            now = self._clock()
            room = self._room(prompt.model, now)
            lane = room.lane
            lane.refill(now, late=len(room) > 0)
            problem = self._problem(lane, now)
            if problem is not None:
                raise problem
            if not len(room) and not large and self._in_flight < self._concurrency:
                needs = lane.needs(prompt, size)
                if lane.ready_in(needs, now)[1] is None:
                    self._in_flight += 1
                    self._thread.ticket = ticket = lane.start(prompt, size, needs, now)
                    ticket.arrival = self._arrival(prompt)
                    return ticket
            mine = self._joined(room, prompt, size, large=large)
            try:
                self._wait(mine, room)
            except BaseException:
                self._give_up(mine, room)
                raise
        return self._admitted(mine, room)

    def leave(
        self, ticket: Ticket, *, usage: Usage = _NO_USAGE, error: BaseException | None = None
    ) -> None:
        """End a call that was let through, with the usage of its reply or with its error."""
        self._thread.ticket = None
        self._thread.failed = None
        ending = Ending.ANSWERED if error is None else ending_of(error)
        if isinstance(error, TickmarkError):
            usage = spent_on(error)
        with self._lock:
            now = self._clock()
            self._end(ticket, ending, usage, now)
            if ending is Ending.LIMITED and isinstance(error, ModelBusy):
                self._rooms[ticket.prompt.model].lane.limited(ticket, error.retry_after, now)
            if error is not None and concerns_all(error):
                refusal = error
                _turn_away(self._rooms[ticket.prompt.model], lambda: uncharged(refusal))
            # Not behind an open breaker: the same few calls would be the probes again and again.
            if error is not None and self._rooms[ticket.prompt.model].lane.breaker.closed:
                self._thread.failed = ticket
            self._go_on(now)

    def told(self, model: str, said: Allowances) -> None:
        """Take in what the provider says about the limits of a model; an OnAllowances."""
        ticket: Ticket | None = getattr(self._thread, "ticket", None)
        if ticket is not None and ticket.prompt.model != model:
            ticket = None
        with self._lock:
            now = self._clock()
            room = self._room(model, now)
            room.lane.refill(now, late=len(room) > 0)
            room.lane.told(said, ticket, now)
            self._go_on(now)

    def _room(self, model: str, now: float) -> WaitingRoom:
        room = self._rooms.get(model)
        if room is None:
            lane = Lane(
                now,
                limits=self._limits,
                concurrency=self._concurrency,
                patience=self._patience,
                first_calls=self._first_calls,
            )
            room = self._rooms[model] = WaitingRoom(lane)
        return room

    def _problem(self, lane: Lane, now: float) -> ModelError | None:
        """Why waiting is in vain."""
        left = lane.pause.left(now)
        if left > self._longest_pause:
            return ModelBusy(
                f"The provider's rate limit asks to wait {left:.0f} seconds; run again later.",
                retry_after=left,
                rate_limited=True,
            )
        if lane.breaker.given_up(now):
            down = ModelUnreachable(
                f"The provider has answered no call for {self._patience:.0f} seconds; check its "
                "status page and the network, and run again later."
            )
            down.given_up = True
            return down
        return None

    def _joined(self, room: WaitingRoom, prompt: Prompt, size: int, *, large: bool) -> Waiting:
        call = current_call()
        mine = Waiting(
            prompt,
            size,
            large,
            0 if call is None else call.priority,
            self._arrival(prompt),
            threading.Condition(self._lock),  # type: ignore[arg-type]
            call,
            time.monotonic(),
        )
        room.join(mine)
        self._watch()
        return mine

    def _arrival(self, prompt: Prompt) -> int:
        """When a call came; one that is tried again keeps its place."""
        failed: Ticket | None = getattr(self._thread, "failed", None)
        if failed is not None and failed.prompt is prompt:
            return failed.arrival
        self._arrivals += 1
        return self._arrivals

    def _wait(self, mine: Waiting, room: WaitingRoom) -> None:
        """Wait with the lock held, in which others go on."""
        seconds = self._dispatch(self._clock())
        if not mine.decided:
            begin(room.stage or Stage.SLOT, seconds=room.announced(seconds))
        while not mine.decided:
            rested = self._keeper is mine
            if rested:
                self._rest(mine, min(LONGEST_REST, max(SHORTEST_REST, seconds)))
            else:
                mine.condition.wait()
            if self._keeper is mine and not mine.decided:
                now = self._clock()
                # Who was just made the keeper has only to learn for how long.
                seconds = self._alarm - now
                if rested or seconds <= SHORTEST_REST:
                    seconds = self._dispatch(now)

    def _rest(self, mine: Waiting, seconds: float) -> None:
        if self._sleep is None:
            mine.condition.wait(seconds)
            return
        self._lock.release()
        try:
            self._sleep(seconds)
        finally:
            self._lock.acquire()
        if self._stop is not None and self._stop.is_set():
            self._fail_all()

    def _give_up(self, mine: Waiting, room: WaitingRoom) -> None:
        """Leave the line in the middle of a wait, as after Ctrl-C."""
        if mine.ticket is not None:
            self._end(mine.ticket, Ending.UNSENT, _NO_USAGE, self._clock())
        room.leave(mine)
        self._dispatch(self._clock())

    def _admitted(self, mine: Waiting, room: WaitingRoom) -> Ticket:
        if mine.call is not None:
            with self._lock:
                mine.call.spans.extend(room.spans(mine))
            mine.call.stage = mine.call.until = None
        if mine.ticket is None:
            raise mine.problem or ModelBusy(STOPPED)
        self._thread.ticket = mine.ticket
        return mine.ticket

    def _end(self, ticket: Ticket, ending: Ending, usage: Usage, now: float) -> None:
        room = self._rooms[ticket.prompt.model]
        self._in_flight -= 1
        self._large -= ticket.large
        room.lane.refill(now, late=len(room) > 0)
        room.lane.end(ticket, ending, usage, now)

    def _go_on(self, now: float) -> None:
        for room in self._rooms.values():
            if len(room):
                self._dispatch(now)
                return

    def _dispatch(self, now: float) -> float:
        """Let go who can, and wake who has to wait for a time: the seconds of that one.

        Only that one, the keeper, waits with a time-out; all others are woken when they may go.
        """
        one, seconds = self._survey(now)
        while one is not None and seconds <= 0:
            self._let_go(one, now)
            one, seconds = self._survey(now)
        keeper = one
        alarm = now + seconds
        if keeper is not None and (
            keeper is not self._keeper or alarm < self._alarm - SHORTEST_REST
        ):
            keeper.condition.notify()
        self._keeper, self._alarm = keeper, alarm
        return seconds

    def _survey(self, now: float) -> tuple[Waiting | None, float]:
        """The one that goes next and in how many seconds; None while only the end of a call helps.

        Of several rooms whose head may go, the more urgent head goes, and each eighth time the
        older one.
        """
        first: tuple[int, int] | None = None
        found: Waiting | None = None
        soonest = inf
        oldest_goes = self._turns % OLDEST_EVERY == OLDEST_EVERY - 1
        for room in self._rooms.values():
            if not len(room) or self._fails(room, now):
                continue
            one, left = self._look(room, now)
            if left <= 0:
                order = (0 if oldest_goes else -one.priority, one.number)
                if first is None or order < first:
                    found, first, soonest = one, order, 0.0
            elif left < soonest:
                found, soonest = one, left
        return found, soonest

    def _look(self, room: WaitingRoom, now: float) -> tuple[Waiting, float]:
        """Whose turn it is in a room, and the seconds until that one may go."""
        head = room.head(lambda one: self._has_memory(one, now), self._turns)
        if head is None:
            room.blocked(Stage.MEMORY, RECHECK_SECONDS)
            return next(iter(room)), RECHECK_SECONDS
        lane = room.lane
        lane.refill(now, late=True)
        head.needs = lane.needs(head.prompt, head.size)
        left, stage = lane.ready_in(head.needs, now)
        if stage is None and self._in_flight >= self._concurrency:
            left, stage = inf, Stage.SLOT
        if stage is None:
            return head, 0.0
        room.blocked(stage, left)
        left = min(left, RECHECK_SECONDS) if room.short_of_memory else left
        return head, max(left, SHORTEST_REST)

    def _has_memory(self, one: Waiting, now: float) -> bool:
        if not one.large or not self._in_flight or not self._memory.short(now):
            return True
        return not self._large and one.aside is not None and self._turns >= one.turn + LONGEST_LEAD

    def _let_go(self, one: Waiting, now: float) -> None:
        """Give one that may go its ticket."""
        room = self._rooms[one.prompt.model]
        room.goes(one)
        self._turns += 1
        self._in_flight += 1
        self._large += one.large
        one.ticket = room.lane.start(one.prompt, one.size, one.needs, now)
        one.ticket.large = one.large
        one.ticket.arrival = one.number
        one.condition.notify()

    def _fails(self, room: WaitingRoom, now: float) -> bool:
        """Whether waiting in a room is in vain; then all of it know."""
        if self._problem(room.lane, now) is None:
            return False
        _turn_away(room, lambda: self._problem(room.lane, now))
        return True

    def _fail_all(self) -> None:
        for room in self._rooms.values():
            _turn_away(room, lambda: ModelBusy(STOPPED))
        self._keeper, self._alarm = None, inf

    def _watch(self) -> None:
        """See to it that a thread waits for the stop while calls wait."""
        if self._stop is not None and not self._watched:
            self._watched = True
            threading.Thread(
                target=self._fail_on, args=(self._stop,), name="flow-stop", daemon=True
            ).start()

    def _fail_on(self, stop: threading.Event) -> None:
        """Fail all that wait as soon as the stop is set; ends when nobody waits any more."""
        while True:
            stopped = stop.wait(LINGER_SECONDS)
            with self._lock:
                if stopped:
                    self._fail_all()
                if stopped or not any(map(len, self._rooms.values())):
                    self._watched = False
                    return


def _turn_away(
    room: WaitingRoom, problem: Callable[[], ModelError | BudgetExceeded | None]
) -> None:
    """Fail all that wait in a room, each with an error of its own."""
    for one in list(room):
        room.leave(one)
        one.problem = problem()
        one.condition.notify()
