"""The model that settings build, over real loopback HTTP."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.messages_api import KEY, MessagesApi
from tickmark.llm.model import Prompt
from tickmark.settings import Key, Settings
from tickmark.wiring import language_model
from tickmark.wiring.models import FIRST_CALLS

THREADS = 3 * FIRST_CALLS


@pytest.mark.parametrize(
    ("server", "most"), [("anthropic", FIRST_CALLS), ("gateway", THREADS), ("vllm", THREADS)]
)
def test_until_a_provider_has_told_its_limits_few_calls_are_in_flight(
    server: str, most: int
) -> None:
    go = threading.Event()

    def answer(_: dict[str, Any]) -> str:
        assert go.wait(30)
        return "yes"

    with MessagesApi(answer) as api, ThreadPoolExecutor(THREADS) as threads:
        settings = Settings(base_url=api.url, server=server, jobs=THREADS, max_cost=100.0)
        opened = language_model(settings, Key(KEY, "test"), stop=threading.Event(), say=print)
        with opened as model:
            prompts = [Prompt("claude-sonnet-5-5", "s", f"q{n}") for n in range(THREADS)]
            asked = [threads.submit(model.complete, prompt) for prompt in prompts]
            while len(api.calls) < most:
                time.sleep(0.005)
            # Those that may not go yet have had the time to.
            time.sleep(0.2)
            in_flight = len(api.calls)
            go.set()
            texts = {one.result().text for one in asked}

    assert in_flight == most
    assert texts == {"yes"}
    assert len(api.calls) == THREADS
