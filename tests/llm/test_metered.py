"""The spending limit: nothing is sent that could exceed it, whatever the threads do."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tickmark.errors import AnswerUnusable, BudgetExceeded, ModelUnreachable, SettingError
from tickmark.llm.metered import Meter, MeteredModel
from tickmark.llm.model import LanguageModel, Prompt, Reply, spent_on
from tickmark.llm.prices import free
from tickmark.llm.retrying import RetryingModel
from tickmark.llm.scripted import ScriptedModel
from tickmark.model.usage import Usage

PROMPT = Prompt("claude-sonnet-5-5", "s", "Why?", max_tokens=1000)


def dollars(_: str, usage: Usage) -> float:
    """A tenth of a dollar a thousand tokens of answer."""
    return usage.output_tokens / 10_000


def metered(inner: LanguageModel, meter: Meter) -> MeteredModel:
    return MeteredModel(inner, meter, price=dollars)


def answering(output_tokens: int) -> ScriptedModel:
    return ScriptedModel(lambda _: Reply("x", Usage(1, 10, output_tokens)))


def test_a_reply_gets_its_price_and_the_meter_counts_it() -> None:
    meter = Meter(1.0)
    model = MeteredModel(ScriptedModel(lambda _: Reply("x", Usage(1, 1000, 100))), meter)

    reply = model.complete(PROMPT)

    assert reply.usage == Usage(1, 1000, 100, usd=0.003)
    assert meter.usage == Usage(1, 1000, 100, usd=0.003)


def test_a_call_whose_worst_case_exceeds_the_limit_is_not_sent() -> None:
    inner = answering(1)
    with pytest.raises(BudgetExceeded) as caught:
        metered(inner, Meter(0.05)).complete(PROMPT)

    assert inner.prompts == ()
    assert str(caught.value) == (
        "The spending limit of 0.0500 USD leaves no room: 0.0000 USD are spent and the next call "
        "can cost up to 0.1000 USD; set a higher limit with --max-cost to go on."
    )


def test_the_limit_counts_what_was_spent_not_what_was_set_aside() -> None:
    inner = answering(100)
    meter = Meter(0.25)
    model = metered(inner, meter)
    for _ in range(16):
        model.complete(PROMPT)

    with pytest.raises(BudgetExceeded, match=r"0\.1600 USD are spent"):
        model.complete(PROMPT)

    assert len(inner.prompts) == 16
    assert meter.usage.usd == pytest.approx(0.16)


def test_without_a_limit_everything_is_sent() -> None:
    meter = Meter(None)
    MeteredModel(answering(5), meter).complete(Prompt("of-unknown-price", "s", "u"))

    assert meter.usage == Usage(1, 10, 5)


def test_a_limit_cannot_be_kept_for_a_model_of_unknown_price() -> None:
    inner = answering(5)
    with pytest.raises(SettingError, match="'of-unknown-price' is not known"):
        MeteredModel(inner, Meter(1.0)).complete(Prompt("of-unknown-price", "s", "u"))

    assert inner.prompts == ()


def test_a_free_server_needs_no_budget() -> None:
    meter = Meter(0.0)

    assert MeteredModel(answering(5), meter, price=free).complete(PROMPT).text == "x"


def test_an_unusable_answer_is_paid_for() -> None:
    def refusing(_: Prompt) -> str:
        error = AnswerUnusable("The model refused to answer this question.")
        error.usage = Usage(1, 10, 300)
        raise error

    meter = Meter(1.0)
    with pytest.raises(AnswerUnusable) as caught:
        metered(ScriptedModel(refusing), meter).complete(PROMPT)

    assert spent_on(caught.value) == Usage(1, 10, 300, usd=0.03)
    assert meter.usage == Usage(1, 10, 300, usd=0.03)


def unreachable(*, perhaps_charged: bool) -> ScriptedModel:
    def answer(_: Prompt) -> str:
        error = ModelUnreachable("Broken.")
        error.perhaps_charged = perhaps_charged
        raise error

    return ScriptedModel(answer)


def test_what_may_have_been_charged_uses_up_the_limit() -> None:
    inner = unreachable(perhaps_charged=True)
    meter = Meter(0.25)
    model = RetryingModel(metered(inner, meter), attempts=9, sleep=lambda _: None)

    with pytest.raises(BudgetExceeded):
        model.complete(PROMPT)

    assert len(inner.prompts) == 2
    assert meter.doubtful_usd == pytest.approx(0.2)
    assert meter.usage == Usage()


def test_a_call_that_never_left_uses_up_nothing() -> None:
    inner = unreachable(perhaps_charged=False)
    meter = Meter(0.25)
    model = RetryingModel(metered(inner, meter), attempts=9, sleep=lambda _: None)

    with pytest.raises(ModelUnreachable):
        model.complete(PROMPT)

    assert len(inner.prompts) == 9
    assert meter.doubtful_usd == 0


def test_a_bug_in_the_model_leaves_its_reservation_as_doubtful() -> None:
    def buggy(_: Prompt) -> str:
        raise ZeroDivisionError

    meter = Meter(0.15)
    model = metered(ScriptedModel(buggy), meter)
    with pytest.raises(ZeroDivisionError):
        model.complete(PROMPT)
    with pytest.raises(BudgetExceeded):
        model.complete(PROMPT)


def test_a_call_waits_for_room_that_calls_in_flight_may_leave() -> None:
    started, go = threading.Event(), threading.Event()

    def slow(_: Prompt) -> Reply:
        started.set()
        assert go.wait(5)
        return Reply("x", Usage(1, 10, 100))

    inner = ScriptedModel(slow)
    model = metered(inner, Meter(0.15))
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(model.complete, PROMPT)
        assert started.wait(5)
        second = threads.submit(model.complete, PROMPT)
        sent_before = len(inner.prompts)
        go.set()
        assert [first.result().text, second.result().text] == ["x", "x"]

    assert sent_before == 1


def test_sixty_four_threads_never_spend_or_reserve_more_than_the_limit() -> None:
    meter = Meter(1.0)
    lock = threading.Lock()
    in_flight, most, sent = 0, 0.0, 0

    def answer(_: Prompt) -> Reply:
        nonlocal in_flight, most, sent
        with lock:
            in_flight += 1
            sent += 1
            # Every call in flight may still cost its worst case.
            most = max(most, meter.usage.usd + 0.1 * in_flight)
        threading.Event().wait(0.001)
        with lock:
            in_flight -= 1
            return Reply("x", Usage(1, 1, 50 + sent % 7 * 100))

    model = metered(ScriptedModel(answer), meter)

    def ask(_: int) -> bool:
        try:
            model.complete(PROMPT)
        except BudgetExceeded:
            return False
        return True

    with ThreadPoolExecutor(64) as threads:
        done = list(threads.map(ask, range(300)))

    assert 0.9 <= meter.usage.usd <= 1.0
    assert most <= 1.0 + 1e-9
    assert sum(done) == meter.usage.calls == sent
    assert not all(done)


@pytest.mark.parametrize(
    ("limit", "spent"), [(float("nan"), 0.0), (1.0, float("nan")), (0.0, 0.0), (-1.0, 0.0)]
)
def test_a_limit_that_is_no_amount_leaves_no_room_and_keeps_nobody_waiting(
    limit: float, spent: float
) -> None:
    meter = Meter(limit, Usage(usd=spent))

    with pytest.raises(BudgetExceeded):
        meter.reserve(0.1)
    assert not meter.reserve_now(0.1)
