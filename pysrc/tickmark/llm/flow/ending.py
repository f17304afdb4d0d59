"""How a call to a model ended, as far as flow control is concerned."""

from __future__ import annotations

from enum import StrEnum
from http import HTTPStatus
from typing import Final, TypeGuard

from tickmark.errors import (
    BudgetExceeded,
    InputError,
    ModelBusy,
    ModelDenied,
    ModelError,
    ModelUnreachable,
)

_TIMEOUTS: Final = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.GATEWAY_TIMEOUT}


class Ending(StrEnum):
    """What became of a call.

    REFUSED is what concerns this one question only, such as an answer that cannot be used; UNSENT
    never left this machine; UNKNOWN tells nothing about the provider.
    """

    ANSWERED = "answered"
    REFUSED = "refused"
    LIMITED = "limited"
    OVERLOADED = "overloaded"
    TIMED_OUT = "timed out"
    BROKEN = "broken"
    UNREACHED = "unreached"
    UNSENT = "unsent"
    UNKNOWN = "unknown"


def ending_of(error: BaseException) -> Ending:
    """How a call ended that raised an error."""
    match error:
        case ModelBusy():
            return _of_busy(error)
        case ModelUnreachable():
            return _of_unreachable(error)
        case BudgetExceeded() | InputError():
            return Ending.UNSENT
        case ModelError():
            return Ending.REFUSED
        case _:
            return Ending.UNKNOWN


def concerns_all(error: BaseException) -> TypeGuard[ModelDenied | BudgetExceeded]:
    """Whether the provider refuses the key or the payment, not this one question."""
    # A budget of our own has no status, and may have room for a smaller question.
    if isinstance(error, BudgetExceeded):
        return error.status > 0
    return isinstance(error, ModelDenied)


def _of_busy(error: ModelBusy) -> Ending:
    if error.rate_limited:
        return Ending.LIMITED
    return Ending.TIMED_OUT if error.status in _TIMEOUTS else Ending.OVERLOADED


def _of_unreachable(error: ModelUnreachable) -> Ending:
    if error.timed_out:
        return Ending.TIMED_OUT
    return Ending.BROKEN if error.perhaps_charged else Ending.UNREACHED
