"""A model that keeps to a spending limit.

The wrappers of a model stand in this order, the outermost first:
`CachedModel(RetryingModel(LimitedModel(MeteredModel(CalibratingModel(FencedModel(provider))))))`.
A cached answer needs no budget and no slot; every send, repeats too, is checked against the
budget; money is reserved only while a call is in flight, not while it waits for a slot or a pause.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Protocol

from tickmark.errors import BudgetExceeded, InputError, ModelError, SettingError
from tickmark.llm.call import Stage, begin, spent
from tickmark.llm.model import LanguageModel, Prompt, Reply, spent_on
from tickmark.llm.prices import Price, price, worst_usage
from tickmark.llm.ranked_lock import Rank, RankedLock
from tickmark.llm.tokens import TokenCounter, token_bound
from tickmark.model.usage import Usage

_ROUNDING = 1e-9


class Budget(Protocol):
    """What a metered model asks before each call, and tells after it."""

    @property
    def limit_usd(self) -> float | None:
        """The limit; None for none."""
        ...

    def reserve(self, usd: float) -> None:
        """Set aside the most that a call can cost; raises BudgetExceeded without room for it."""
        ...

    def settle(self, reserved_usd: float, usage: Usage, *, doubtful: bool = False) -> None:
        """End a reservation with the real usage.

        `doubtful` keeps what is beyond the known usage as possibly charged.
        """
        ...


class Meter:
    """What a run has spent, and how much of its limit is left; safe for many threads.

    `limit_usd` is None for no limit, `usage` what was spent before, as by the first part of a run
    that is resumed, and `doubtful_usd` what may have been charged beside it. What is spent,
    reserved by calls in flight and possibly charged for calls without a readable answer never
    exceeds the limit, as long as no call costs more than its reservation.
    """

    def __init__(
        self,
        limit_usd: float | None = None,
        usage: Usage | None = None,
        doubtful_usd: float = 0.0,
    ) -> None:
        self.limit_usd = limit_usd
        self._changed = threading.Condition(RankedLock(Rank.BUDGET))  # type: ignore[arg-type]
        self._usage = usage or Usage()
        self._reserved = 0.0
        self._doubtful = doubtful_usd

    @property
    def usage(self) -> Usage:
        """The known usage of all calls so far."""
        with self._changed:
            return self._usage

    @property
    def doubtful_usd(self) -> float:
        """USD at most for calls that were sent and got no readable answer; not in `usage`."""
        with self._changed:
            return self._doubtful

    def reserve(self, usd: float) -> None:
        """Set aside the most that a call can cost, before it is sent.

        Waits while only calls in flight stand in the way, since they may cost less than was set
        aside for them. Raises BudgetExceeded when the limit has no room left.
        """
        start = 0.0
        with self._changed:
            while not self._has_room(usd, self._reserved):
                if self.limit_usd is not None and not self._has_room(usd):
                    gone = self._usage.usd + self._doubtful
                    lost = f", {_usd(self._doubtful)} perhaps," if self._doubtful else ""
                    raise BudgetExceeded(
                        f"The spending limit of {_usd(self.limit_usd)} leaves no room: "
                        f"{_usd(gone)}{lost} are spent and the next call can cost up to "
                        f"{_usd(usd)}; set a higher limit with --max-cost to go on."
                    )
                start = start or begin(Stage.BUDGET)
                self._changed.wait()
            self._reserved += usd
        if start:
            spent(Stage.BUDGET, start)

    def reserve_now(self, usd: float) -> bool:
        """Set aside an amount if there is room for it at once; waits for nothing."""
        with self._changed:
            if not self._has_room(usd, self._reserved):
                return False
            self._reserved += usd
            return True

    def _has_room(self, usd: float, reserved: float = 0.0) -> bool:
        """Whether an amount fits beside what is gone; no figure that is none leaves room."""
        if self.limit_usd is None:
            return True
        gone = self._usage.usd + self._doubtful + reserved
        return gone + usd <= self.limit_usd + _ROUNDING

    def settle(self, reserved_usd: float, usage: Usage, *, doubtful: bool = False) -> None:
        """End a reservation with the real usage; `doubtful` keeps it as possibly charged."""
        with self._changed:
            self._reserved -= reserved_usd
            self._usage += usage
            if doubtful:
                self._doubtful += max(0.0, reserved_usd - usage.usd)
            self._changed.notify_all()


class MeteredModel:
    """Reserves the worst case of each call before it is sent, and settles with its usage.

    The usage of replies and failures gets its price. Raises BudgetExceeded where the limit leaves
    no room, and SettingError where there is a limit and the model has no known price. `price` tells
    USD from model and usage (`prices.free` for servers of one's own), `bound` the most tokens of a
    text.
    """

    def __init__(
        self,
        model: LanguageModel,
        meter: Budget,
        *,
        price: Price = price,
        bound: TokenCounter = token_bound,
    ) -> None:
        self._model = model
        self._meter = meter
        self._price = price
        self._bound = bound

    def complete(self, prompt: Prompt) -> Reply:
        """Answer one prompt."""
        worst = self._price(prompt.model, worst_usage(prompt, self._bound))
        if worst is None:
            if self._meter.limit_usd is not None:
                message = (
                    f"The price of the model {prompt.model!r} is not known, so a spending limit "
                    "cannot be kept; name another model with --model."
                )
                raise SettingError(message)
            worst = 0.0
        self._meter.reserve(worst)
        usage, doubtful = Usage(), True
        try:
            reply = self._model.complete(prompt)
            usage, doubtful = self._priced(prompt, reply.usage), False
        except (ModelError, BudgetExceeded) as error:
            usage = self._priced(prompt, spent_on(error))
            doubtful = isinstance(error, ModelError) and error.perhaps_charged
            error.usage = usage
            raise
        except InputError:
            # A setting in the way: nothing was sent.
            doubtful = False
            raise
        finally:
            self._meter.settle(worst, usage, doubtful=doubtful)
        return replace(reply, usage=usage)

    def _priced(self, prompt: Prompt, usage: Usage) -> Usage:
        return replace(usage, usd=self._price(prompt.model, usage) or 0.0)


def _usd(amount: float) -> str:
    return f"{amount:.2f} USD" if amount >= 1 else f"{amount:.4f} USD"
