"""Repeats: which failures, how long between, and when to give up. No test waits."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from tickmark.errors import (
    AnswerUnusable,
    BudgetExceeded,
    ModelBusy,
    ModelDenied,
    ModelUnreachable,
    PromptTooLong,
    RequestInvalid,
    TickmarkError,
)
from tickmark.llm.call import Call, Stage, calling
from tickmark.llm.model import Prompt, Reply
from tickmark.llm.retrying import RetryingModel
from tickmark.llm.scripted import ScriptedModel

PROMPT = Prompt("claude-sonnet-5-5", "s", "Why?")


def failing(*errors: Exception) -> ScriptedModel:
    left = list(errors)

    def answer(_: Prompt) -> str:
        if left:
            raise left.pop(0)
        return "at last"

    return ScriptedModel(answer)


def complete(
    inner: ScriptedModel,
    *,
    attempts: int = 6,
    jitter: Callable[[], float] = lambda: 0.0,
    stop: threading.Event | None = None,
) -> tuple[Reply | TickmarkError, list[float]]:
    waits: list[float] = []
    model = RetryingModel(inner, attempts=attempts, jitter=jitter, sleep=waits.append, stop=stop)
    try:
        return model.complete(PROMPT), waits
    except TickmarkError as error:
        return error, waits


def test_an_answer_is_not_asked_for_twice() -> None:
    inner = failing()

    reply, waits = complete(inner)

    assert isinstance(reply, Reply)
    assert waits == []
    assert len(inner.prompts) == 1


def test_passing_faults_are_repeated_with_doubling_waits() -> None:
    busy, broken = ModelBusy("Overloaded."), ModelUnreachable("Broken.")

    reply, waits = complete(failing(busy, broken, busy, busy))

    assert isinstance(reply, Reply)
    assert reply.text == "at last"
    assert waits == [0.5, 1.0, 2.0, 4.0]


def test_jitter_cuts_waits_by_up_to_a_half() -> None:
    busy = ModelBusy("Overloaded.")

    assert complete(failing(busy, busy, busy), jitter=lambda: 1.0)[1] == [0.25, 0.5, 1.0]


def test_waits_are_bounded() -> None:
    _, waits = complete(failing(*[ModelBusy("Overloaded.")] * 9), attempts=10)

    assert waits == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]


def test_retry_after_is_kept_and_jitter_only_adds_to_it() -> None:
    busy = ModelBusy("Rate limit.", retry_after=7.0, rate_limited=True)

    assert complete(failing(busy))[1] == [7.0]
    assert complete(failing(busy), jitter=lambda: 1.0)[1] == [7.5]


def test_a_wait_of_a_day_is_not_waited_for() -> None:
    busy = ModelBusy("It asks to wait 86400 seconds.", retry_after=86400.0, rate_limited=True)
    inner = failing(busy)

    error, waits = complete(inner)

    assert error is busy
    assert waits == []
    assert len(inner.prompts) == 1


def test_the_last_error_is_raised_after_all_attempts() -> None:
    errors = [ModelBusy(f"Attempt {number}.") for number in range(9)]
    inner = failing(*errors)

    error, waits = complete(inner, attempts=3)

    assert error is errors[2]
    assert len(waits) == 2
    assert len(inner.prompts) == 3


@pytest.mark.parametrize(
    "kind",
    [ModelDenied, PromptTooLong, AnswerUnusable, RequestInvalid, BudgetExceeded],
)
def test_what_repeating_cannot_mend_is_not_repeated(kind: type[TickmarkError]) -> None:
    inner = failing(kind("No."))

    error, waits = complete(inner)

    assert type(error) is kind
    assert waits == []
    assert len(inner.prompts) == 1


def test_a_bug_is_not_repeated() -> None:
    inner = failing(ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        complete(inner)

    assert len(inner.prompts) == 1


def test_a_stop_ends_repeats() -> None:
    stop = threading.Event()
    stop.set()
    inner = failing(ModelBusy("Overloaded."))

    error, waits = complete(inner, stop=stop)

    assert isinstance(error, ModelBusy)
    assert waits == []


def test_a_stop_ends_a_wait() -> None:
    stop = threading.Event()
    inner = failing(ModelBusy("Overloaded.", retry_after=50.0), ModelBusy("Overloaded still."))
    model = RetryingModel(inner, stop=stop)
    timer = threading.Timer(0.05, stop.set)
    timer.start()

    with pytest.raises(ModelBusy, match="still"):
        model.complete(PROMPT)

    timer.join()


def limited(retry_after: float | None = None) -> ModelBusy:
    return ModelBusy("Rate limit.", retry_after=retry_after, rate_limited=True)


def test_the_rate_limit_uses_up_no_attempts() -> None:
    inner = failing(*[limited(1.0)] * 50, *[ModelBusy("Overloaded.")] * 5)

    reply, waits = complete(inner)

    assert isinstance(reply, Reply)
    assert waits == [1.0] * 50 + [0.5, 1.0, 2.0, 4.0, 8.0]


def test_the_rate_limit_is_waited_for_with_growing_waits_where_it_names_no_time() -> None:
    assert complete(failing(*[limited()] * 8))[1] == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]


def test_the_rate_limit_ends_patience_after_a_quarter_of_an_hour() -> None:
    inner = failing(*[limited(60.0)] * 99)

    error, waits = complete(inner)

    assert isinstance(error, ModelBusy)
    assert sum(waits) == 900


def test_patience_counts_the_time_that_calls_took_as_well() -> None:
    now = [0.0]

    def slow(_: Prompt) -> str:
        now[0] += 400
        raise limited(1.0)

    inner = ScriptedModel(slow)
    model = RetryingModel(inner, clock=lambda: now[0], sleep=lambda _: None)
    with pytest.raises(ModelBusy):
        model.complete(PROMPT)

    assert len(inner.prompts) == 4


@pytest.mark.parametrize("seconds", [0.0, -10.0])
def test_a_clock_that_stands_still_or_goes_back_makes_no_endless_repeats(seconds: float) -> None:
    now = [0.0]

    def clock() -> float:
        now[0] += seconds
        return now[0]

    inner = failing(*[limited(0.0)] * 100_000)
    model = RetryingModel(inner, patience=5, clock=clock, sleep=lambda _: None, jitter=lambda: 0.0)
    with pytest.raises(ModelBusy):
        model.complete(PROMPT)

    assert len(inner.prompts) == 101


def test_a_provider_that_was_given_up_is_not_asked_again() -> None:
    down = ModelUnreachable("It has answered no call.")
    down.given_up = True
    inner = failing(down)

    error, waits = complete(inner)

    assert error is down
    assert waits == []


def test_waits_are_noted_with_their_reason() -> None:
    overloaded = ModelBusy("Overloaded.")
    overloaded.status = 529
    with calling(Call("a")) as call:
        complete(failing(overloaded, limited(), ModelUnreachable("Broken."), ModelBusy("x")))

    assert [(span.stage, span.note) for span in call.spans] == [
        (Stage.BACKOFF, "529"),
        (Stage.BACKOFF, "rate limit"),
        (Stage.BACKOFF, "unreachable"),
        (Stage.BACKOFF, "overloaded"),
    ]


def test_threads_do_not_share_their_attempts() -> None:
    busy = ModelBusy("Overloaded.")
    lock = threading.Lock()
    tries: dict[str, int] = {}

    def twice_busy(prompt: Prompt) -> str:
        with lock:
            tries[prompt.user] = tries.get(prompt.user, 0) + 1
            if tries[prompt.user] < 3:
                raise busy
        return prompt.user

    model = RetryingModel(ScriptedModel(twice_busy), attempts=3, sleep=lambda _: None)
    threads = [
        threading.Thread(target=model.complete, args=(Prompt("m", "s", str(number)),))
        for number in range(32)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert set(tries.values()) == {3}
