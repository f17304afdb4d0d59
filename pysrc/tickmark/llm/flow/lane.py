"""The state of one model: what it may take now, and what its calls taught."""

from __future__ import annotations

from math import inf, isfinite
from typing import Final

from tickmark.llm.allowance import Allowance, Allowances
from tickmark.llm.call import Stage
from tickmark.llm.flow.breaker import PATIENCE, Breaker
from tickmark.llm.flow.bucket import TOKEN_BURST_SECONDS, Bucket
from tickmark.llm.flow.concurrency import Concurrency
from tickmark.llm.flow.ending import Ending
from tickmark.llm.flow.forecast import Forecast, counted_input
from tickmark.llm.flow.limits import UNLIMITED, Limits
from tickmark.llm.flow.pause import Pause
from tickmark.llm.flow.ticket import NOTHING, Amounts, Ticket
from tickmark.llm.model import Prompt
from tickmark.model.usage import Usage

_BURSTS: Final = (0.0, TOKEN_BURST_SECONDS, TOKEN_BURST_SECONDS)

HALF: Final = 0.5

STALE_RATIO: Final = 1.5
STALE_SECONDS: Final = 1.0

GUESSED_LATENCY: Final = 1.0
LATENCY_MEMORY: Final = 0.9

_ALIVE: Final = frozenset({Ending.ANSWERED, Ending.REFUSED})
_DOWN: Final = frozenset({Ending.OVERLOADED, Ending.TIMED_OUT, Ending.BROKEN, Ending.UNREACHED})
# What the provider turned away has used no tokens; what may have been worked on has used all.
_FREE: Final = frozenset({Ending.REFUSED, Ending.LIMITED})


class Lane:
    """Buckets, pause, concurrency and breaker of one model; pure, told the time with each call.

    `limits` are those that the user sets; what the provider says can only be lower. Without any,
    `first_calls` (0: all) may be in flight until the first answer tells them.
    """

    __slots__ = (
        "_buckets",
        "_configured",
        "_first_calls",
        "_heard",
        "_latency",
        "_lowered",
        "_ramp",
        "_ramped_at",
        "breaker",
        "concurrency",
        "forecast",
        "in_flight",
        "pause",
    )

    def __init__(
        self,
        now: float,
        *,
        limits: Limits = UNLIMITED,
        concurrency: int,
        patience: float = PATIENCE,
        first_calls: int = 0,
    ) -> None:
        self.in_flight = 0
        self.pause = Pause()
        self.breaker = Breaker(patience=patience)
        self.concurrency = Concurrency(concurrency)
        self.forecast = Forecast()
        self._configured = (limits.requests, limits.input_tokens, limits.output_tokens)
        self._buckets: list[Bucket | None] = [
            Bucket(limit, now, burst_seconds=burst) if limit else None
            for limit, burst in zip(self._configured, _BURSTS, strict=True)
        ]
        self._lowered = list(NOTHING)
        self._first_calls = first_calls
        self._heard = any(self._configured)
        self._latency: float | None = None
        self._ramp = 0
        self._ramped_at = -inf

    def needs(self, prompt: Prompt, size: int) -> Amounts | None:
        """What a prompt of so many bytes will take; None while nothing is limited."""
        requests, inputs, outputs = self._buckets
        if requests is None and inputs is None and outputs is None:
            return None
        return (
            1.0,
            self.forecast.input_tokens(prompt, size) if inputs is not None else 0.0,
            self.forecast.output_tokens(prompt) if outputs is not None else 0.0,
        )

    def refill(self, now: float, *, late: bool) -> None:
        """Let come in what came in; `late` where somebody was waiting."""
        for bucket in self._buckets:
            if bucket is not None:
                bucket.refill(now, late=late)

    def ready_in(self, needs: Amounts | None, now: float) -> tuple[float, Stage | None]:
        """Seconds until a call may leave and what it waits for; behind a refill.

        Infinite where only the end of another call lets it go.
        """
        left = self.pause.left(now)
        if left > 0:
            return left, Stage.PAUSE
        left = self.breaker.ready_in(now)
        if left > 0:
            return min(left, self.breaker.patience_left(now)), Stage.BREAKER
        if self.in_flight >= self._window():
            return inf, Stage.SLOT
        left = max(self._ramp_left(now), self._fill_left(needs))
        return left, Stage.RATE if left > 0 else None

    def start(self, prompt: Prompt, size: int, needs: Amounts | None, now: float) -> Ticket:
        """Let a call leave."""
        self.in_flight += 1
        ticket = Ticket(
            prompt, size, now, self.concurrency.start(), self.pause.round, self.breaker.start()
        )
        if self._ramp:
            self._ramp -= 1
            self._ramped_at = now
        if needs is not None:
            self._take(needs)
            ticket.reserved = needs
            ticket.levels = self.levels
            ticket.lowered = self._lowered_now()
        return ticket

    def end(self, ticket: Ticket, ending: Ending, usage: Usage, now: float) -> None:
        """A call is through; behind a refill."""
        self.in_flight -= 1
        if ticket.reserved is not None:
            self._settle(ticket, ticket.reserved, ending, usage, now)
        if usage.output_tokens and ending in _ALIVE:
            self.forecast.learn(ticket.prompt, ticket.size, usage)
        if ending is Ending.UNSENT or ending is Ending.UNKNOWN:
            self.breaker.withdrawn(ticket.trial)
            return
        self._heard = True
        if ending in _ALIVE:
            self._answered(ticket, now)
        elif ending is Ending.TIMED_OUT:
            self.concurrency.shrink(ticket.number)
        elif ending is Ending.OVERLOADED:
            self.concurrency.overloaded(ticket.number)
        if ending in _DOWN:
            self.breaker.failed(ticket.trial, now)

    def limited(self, ticket: Ticket, asked: float | None, now: float) -> None:
        """The provider answered a call with 429; follows its end."""
        if all(bucket is None or bucket.level >= 0 for bucket in self._buckets):
            self.concurrency.shrink(ticket.number)
        for bucket in self._buckets:
            if bucket is not None:
                bucket.lower(0.0)
        # It answers: that is what a probe was sent for.
        if ticket.trial:
            self.breaker.succeeded(ticket.trial, now)
        self.pause.begin(asked, ticket.round, now)
        self._ramp = self._window()

    def told(self, said: Allowances, ticket: Ticket | None, now: float) -> None:
        """Take in what the provider says with an answer to a call; behind a refill.

        A limit is kept where it is lower than the user's. A `remaining` lower than what we think
        is left, both then and now, lowers the level: others use the same limit.
        """
        self._heard = True
        for kind, allowance in enumerate((said.requests, said.input_tokens, said.output_tokens)):
            self._learn(kind, allowance.limit, now)
            self._follow(kind, allowance, ticket)

    @property
    def levels(self) -> Amounts:
        """What is left in each bucket; infinite without a limit."""
        requests, inputs, outputs = (
            inf if bucket is None else bucket.level for bucket in self._buckets
        )
        return requests, inputs, outputs

    def _answered(self, ticket: Ticket, now: float) -> None:
        self.concurrency.answered()
        self.pause.answered(ticket.round)
        if self.breaker.succeeded(ticket.trial, now):
            self._ramp = self._window()
        took = max(0.0, now - ticket.sent)
        past = took if self._latency is None else self._latency
        self._latency = LATENCY_MEMORY * past + (1 - LATENCY_MEMORY) * took

    def _window(self) -> int:
        window = self.concurrency.window
        if not self._heard and self._first_calls:
            return min(window, self._first_calls)
        return window

    def _ramp_left(self, now: float) -> float:
        """Seconds to the next start after a pause: not faster than a steady stream would be."""
        if not self._ramp:
            return 0.0
        latency = GUESSED_LATENCY if self._latency is None else self._latency
        gap = latency / self._window()
        return min(gap, max(0.0, self._ramped_at + gap - now))

    def _fill_left(self, needs: Amounts | None) -> float:
        if needs is None:
            return 0.0
        return max(
            0.0 if bucket is None else bucket.ready_in(need)
            for bucket, need in zip(self._buckets, needs, strict=True)
        )

    def _take(self, amounts: Amounts) -> None:
        for bucket, amount in zip(self._buckets, amounts, strict=True):
            if bucket is not None:
                bucket.take(amount)

    def _settle(
        self, ticket: Ticket, reserved: Amounts, ending: Ending, usage: Usage, now: float
    ) -> None:
        """Replace the estimate by what was used, as far as that is known."""
        requests, inputs, outputs = reserved
        if ending is Ending.UNSENT or ending is Ending.UNREACHED:
            self._take((-requests, -inputs, -outputs))
        elif counted_input(usage) or usage.output_tokens or ending in _FREE:
            back = self._worth(ticket, outputs, now)
            real_input = float(counted_input(usage)) if inputs else 0.0
            real_output = float(usage.output_tokens) if outputs else 0.0
            more = float(max(0, usage.calls - 1))
            self._take((more, real_input - inputs, real_output - back))
        elif ending is Ending.OVERLOADED:
            self._take((0.0, 0.0, -self._worth(ticket, outputs, now)))

    def _worth(self, ticket: Ticket, outputs: float, now: float) -> float:
        """What reserved output tokens are worth at the end of a call.

        Before the first answers far too many may have been reserved. A server that allows no more
        than a second's worth at once has not saved what was not used then, so that it is gone.
        """
        now_reserved = self.forecast.output_tokens(ticket.prompt)
        if outputs > STALE_RATIO * now_reserved and now - ticket.sent > STALE_SECONDS:
            return now_reserved
        return outputs

    def _learn(self, kind: int, limit: float | None, now: float) -> None:
        if limit is None or not isfinite(limit) or limit <= 0:
            return
        a_minute = min(limit, self._configured[kind] or inf)
        bucket = self._buckets[kind]
        if bucket is None:
            self._buckets[kind] = Bucket(a_minute, now, burst_seconds=_BURSTS[kind])
        else:
            bucket.resize(a_minute)

    def _follow(self, kind: int, allowance: Allowance, ticket: Ticket | None) -> None:
        bucket, remaining = self._buckets[kind], allowance.remaining
        if bucket is None or remaining is None or not isfinite(remaining):
            return
        believed = bucket.level
        if ticket is not None and ticket.reserved is not None:
            since = self._lowered[kind] - ticket.lowered[kind]
            believed = min(believed, ticket.levels[kind] - since)
        # Servers say whole numbers, rounded down.
        missing = believed - max(0.0, remaining) - HALF
        if missing > 0:
            bucket.take(missing)
            self._lowered[kind] += missing

    def _lowered_now(self) -> Amounts:
        requests, inputs, outputs = self._lowered
        return requests, inputs, outputs
