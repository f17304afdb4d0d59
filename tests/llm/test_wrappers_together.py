"""All wrappers around the provider, over real loopback HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.messages_api import KEY, Fault, MessagesApi
from tickmark.errors import BudgetExceeded, ModelBusy, ModelDenied
from tickmark.llm.cached import CachedModel
from tickmark.llm.fenced import FencedModel
from tickmark.llm.limited import LimitedModel
from tickmark.llm.metered import Meter, MeteredModel
from tickmark.llm.model import LanguageModel, Prompt
from tickmark.llm.providers.anthropic import AnthropicModel
from tickmark.llm.retrying import RetryingModel
from tickmark.llm.store import ReplyStore
from tickmark.model.usage import Usage

Build = Callable[..., LanguageModel]


@pytest.fixture
def build(tmp_path: Path) -> Iterator[Build]:
    store = ReplyStore(tmp_path / "replies.sqlite")
    providers: list[AnthropicModel] = []

    def stack(api: MessagesApi, meter: Meter) -> LanguageModel:
        provider = AnthropicModel(KEY, api.url, timeout=5)
        providers.append(provider)
        clock = [0.0]

        def sleep(seconds: float) -> None:
            clock[0] += seconds

        limited = LimitedModel(
            MeteredModel(FencedModel(provider), meter),
            concurrency=4,
            clock=lambda: clock[0],
            sleep=sleep,
        )
        return CachedModel(RetryingModel(limited, sleep=sleep), store, identity=api.url)

    yield stack
    for provider in providers:
        provider.close()
    store.close()


def prompt(number: int = 1) -> Prompt:
    return Prompt(
        "claude-sonnet-5-5",
        "Constant.",
        "Sum up.",
        data=f"# Data|A{number}\nA{number} 7",
        max_tokens=50,
    )


def test_every_item_is_answered_through_all_passing_faults(build: Build) -> None:
    faults = [
        Fault(429, headers={"retry-after": "1"}),
        Fault(529),
        Fault(500),
        Fault(broken=True),
        Fault(truncated=True),
        Fault(garbled=True),
        Fault(429),
    ]
    meter = Meter(1.0)
    with MessagesApi(faults=faults) as api:
        model = build(api, meter)
        with ThreadPoolExecutor(8) as threads:
            replies = list(threads.map(model.complete, map(prompt, range(1, 21))))

    assert [reply.text for reply in replies] == [
        f"Sheet Data: 1 cells seen; the first is A{number}: 7." for number in range(1, 21)
    ]
    assert len(api.calls) == 27
    assert meter.usage.calls == 20
    assert meter.usage.usd > 0
    assert meter.doubtful_usd > 0
    assert {request.json["system"] for request in api.calls} == {"Constant."}


def test_a_kept_answer_needs_neither_server_nor_budget(build: Build) -> None:
    with MessagesApi() as api:
        first = build(api, Meter(1.0)).complete(prompt())
        again = build(api, Meter(0.0)).complete(prompt())

    assert again.text == first.text
    assert again.usage == Usage(cached_calls=1)
    assert len(api.calls) == 1


def test_an_exhausted_budget_sends_nothing(build: Build) -> None:
    with MessagesApi() as api, pytest.raises(BudgetExceeded):
        build(api, Meter(0.0001)).complete(prompt())

    assert api.seen == []


def test_a_refused_key_is_tried_once(build: Build) -> None:
    with MessagesApi(key="other-key") as api, pytest.raises(ModelDenied):
        build(api, Meter(1.0)).complete(prompt())

    assert len(api.seen) == 1


def test_a_limit_of_a_day_fails_all_after_one_call(build: Build) -> None:
    with MessagesApi(faults=[Fault(429, headers={"retry-after": "86400"})]) as api:
        model = build(api, Meter(1.0))
        for number in range(1, 6):
            with pytest.raises(ModelBusy, match="wait 86400 seconds"):
                model.complete(prompt(number))

    assert len(api.calls) == 1


def test_the_fence_is_sent_and_the_key_of_the_cache_does_not_know_it(build: Build) -> None:
    with MessagesApi() as api:
        meter = Meter(1.0)
        build(api, meter).complete(prompt())
        build(api, meter).complete(prompt())

    (request,) = api.calls
    assert request.user.startswith('<data fence="')
    assert request.user.endswith("\n\nSum up.")
