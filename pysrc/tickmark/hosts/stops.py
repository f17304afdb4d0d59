"""Why a run ended before its time: the word for it, and its exit code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tickmark.errors import (
    AnswerPending,
    BudgetExceeded,
    InputError,
    ModelBusy,
    ModelDenied,
    ModelUnreachable,
    TickmarkError,
    TooManyFailures,
    WriteRefused,
)

INTERRUPTED: Final = 130
WRONG: Final = 2
NO_PROVIDER: Final = 5
OVER_BUDGET: Final = 4
INCOMPLETE: Final = 3


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a run ended: a `word` that reports know, or a sentence of its own; and its exit code."""

    word: str
    code: int


_STOPS: Final[tuple[tuple[type[TickmarkError], Stop], ...]] = (
    (BudgetExceeded, Stop("budget", OVER_BUDGET)),
    (ModelDenied, Stop("provider", NO_PROVIDER)),
    (ModelUnreachable, Stop("provider", NO_PROVIDER)),
    (TooManyFailures, Stop("failures", INCOMPLETE)),
    (WriteRefused, Stop("disk", INCOMPLETE)),
    (AnswerPending, Stop("batch", INCOMPLETE)),
)


def stop_of(error: TickmarkError) -> Stop:
    """What an error that ends the asking makes of a run."""
    if isinstance(error, ModelBusy) and error.rate_limited:
        return Stop("limit", INCOMPLETE)
    for kind, stop in _STOPS:
        if isinstance(error, kind):
            return stop
    return Stop(str(error), WRONG if isinstance(error, InputError) else INCOMPLETE)
