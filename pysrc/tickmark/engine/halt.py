"""What ends a run before its time: outcomes in, the error that stops it out."""

from __future__ import annotations

from typing import Final

from tickmark.engine.plan import Done, Failed, Outcome
from tickmark.errors import (
    AnswerPending,
    BudgetExceeded,
    ModelBusy,
    ModelDenied,
    ModelUnreachable,
    SettingError,
    TickmarkError,
    TooManyFailures,
    WriteRefused,
)

FATAL: Final = (ModelDenied, BudgetExceeded, SettingError, WriteRefused)
"""Failures that every further call would meet as well."""

UNREACHABLE_IN_A_ROW: Final = 3
LONGEST_WAIT: Final = 60.0
"""A rate limit that asks for more seconds than these, such as that of a day, ends a run."""


class Halt:
    """Watches the outcomes of a run; not safe for several threads.

    `error` is what stops the run: a refused key, an exhausted budget, a wrong setting, a record
    that cannot be written, a rate limit of more than a minute, three calls in a row that reach no
    provider, or `max_failures` failed tasks (0: any number may fail). None while it goes on.
    """

    def __init__(self, max_failures: int = 0) -> None:
        self.error: TickmarkError | None = None
        self._max_failures = max_failures
        self._failures = 0
        self._unreachable = 0

    def note(self, outcome: Outcome) -> None:
        """Take the outcome of a task that was asked."""
        if isinstance(outcome, Done):
            if not outcome.cached:
                self._unreachable = 0
        elif isinstance(outcome, Failed) and self.error is None:
            self._failed(outcome.error)

    def _failed(self, error: TickmarkError) -> None:
        if isinstance(error, AnswerPending):
            return
        self._failures += 1
        if isinstance(error, ModelUnreachable):
            self._unreachable += 1
        if (
            isinstance(error, FATAL)
            or _is_long_limit(error)
            or self._unreachable >= UNREACHABLE_IN_A_ROW
        ):
            self.error = error
        elif self._max_failures and self._failures >= self._max_failures:
            questions = "question" if self._failures == 1 else "questions"
            self.error = TooManyFailures(
                f"The run was stopped after {self._failures} failed {questions}, as max_failures "
                f"asks; the last failed thus: {error}"
            )


def _is_long_limit(error: TickmarkError) -> bool:
    return (
        isinstance(error, ModelBusy)
        and error.rate_limited
        and error.retry_after is not None
        and error.retry_after > LONGEST_WAIT
    )
