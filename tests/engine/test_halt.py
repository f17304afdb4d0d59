"""What ends a run before its time."""

from __future__ import annotations

import pytest

from tickmark.engine.halt import Halt
from tickmark.engine.plan import Done, Failed, Outcome, Skipped
from tickmark.errors import (
    AnswerPending,
    AnswerUnusable,
    BudgetExceeded,
    ModelBusy,
    ModelDenied,
    ModelUnreachable,
    SettingError,
    TickmarkError,
    WriteRefused,
)

GONE = Failed(ModelUnreachable("Cannot be reached."))
MISFIT = Failed(AnswerUnusable("No."))


def after(*outcomes: Outcome, max_failures: int = 0) -> TickmarkError | None:
    halt = Halt(max_failures)
    for outcome in outcomes:
        halt.note(outcome)
    return halt.error


@pytest.mark.parametrize(
    "error",
    [
        ModelDenied("The key is refused."),
        BudgetExceeded("Spent."),
        SettingError("No price."),
        WriteRefused("The journal cannot be written."),
        ModelBusy("Tomorrow.", retry_after=86400.0, rate_limited=True),
    ],
)
def test_what_every_call_would_meet_ends_it(error: TickmarkError) -> None:
    assert after(Failed(error), MISFIT) is error


@pytest.mark.parametrize(
    "error",
    [
        ModelBusy("Soon.", retry_after=60.0, rate_limited=True),
        ModelBusy("Overloaded.", retry_after=86400.0),
        ModelBusy("Some time.", rate_limited=True),
        AnswerUnusable("No."),
    ],
)
def test_what_passes_or_is_the_questions_own_does_not(error: TickmarkError) -> None:
    assert after(*[Failed(error)] * 50) is None


def test_three_in_a_row_that_reach_nobody_end_it() -> None:
    kept = Done("x", cached=True)

    assert after(GONE, kept, MISFIT, GONE, GONE) is GONE.error
    assert after(GONE, GONE, Done("x"), GONE, GONE) is None


def test_so_many_failures_end_it_and_the_sentence_says_so() -> None:
    pending = Failed(AnswerPending("Handed in."))

    assert after(MISFIT, MISFIT, Skipped("No."), Done("x"), pending, max_failures=3) is None
    assert str(after(MISFIT, MISFIT, Done("x"), MISFIT, max_failures=3)) == (
        "The run was stopped after 3 failed questions, as max_failures asks; the last failed "
        "thus: No."
    )
    assert "after 1 failed question," in str(after(MISFIT, max_failures=1))
