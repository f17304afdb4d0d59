"""What is measured: a name, and how it answers questions with so many threads."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

MODEL = "claude-sonnet-5-5"
KEY = "bench-key"
SYSTEM = "You answer questions about one sheet."
MAX_TOKENS = 512
TIMEOUT = 120.0


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: its text, or "" with what went wrong; seconds, and those to the first piece."""

    text: str
    seconds: float = 0.0
    first: float | None = None
    problem: str = ""


Batch: TypeAlias = Callable[[Sequence[str]], list[Answer]]
"""Answers questions, in their order."""


@dataclass(frozen=True, slots=True)
class Opening:
    """How a candidate is opened: where the server is, with how many threads.

    `retries` are repeats of failed calls by those that have no engine; `max_tokens` bounds an
    answer; `rpm`, `itpm` and `otpm` are limits that the engine is told (0: it has to find out).
    """

    url: str
    threads: int
    retries: int = 0
    max_tokens: int = MAX_TOKENS
    rpm: int = 0
    itpm: int = 0
    otpm: int = 0


Candidate: TypeAlias = Callable[[Opening], AbstractContextManager[Batch]]


@contextmanager
def sdk(to: Opening) -> Iterator[Batch]:
    """The floor: anthropic's own client and a pool of threads."""
    import anthropic  # noqa: PLC0415 - each candidate loads its own
    import httpx2  # noqa: PLC0415 - likewise

    limits = httpx2.Limits(max_connections=to.threads, max_keepalive_connections=to.threads)
    http = anthropic.DefaultHttpxClient(limits=limits)
    with (
        anthropic.Anthropic(
            api_key=KEY,
            base_url=to.url,
            max_retries=to.retries,
            timeout=TIMEOUT,
            http_client=http,
        ) as client,
        ThreadPoolExecutor(to.threads) as pool,
    ):

        def one(text: str) -> Answer:
            begun = time.monotonic()
            try:
                message = client.messages.create(
                    model=MODEL,
                    max_tokens=to.max_tokens,
                    system=SYSTEM,
                    messages=[{"role": "user", "content": text}],
                )
            except anthropic.AnthropicError as error:
                return Answer("", time.monotonic() - begun, problem=type(error).__name__)
            return Answer(message.content[0].text, time.monotonic() - begun)

        yield lambda texts: list(pool.map(one, texts))


@contextmanager
def langchain(to: Opening) -> Iterator[Batch]:
    """`.batch` of LangChain, which is a pool of threads over the same client."""
    from langchain_anthropic import ChatAnthropic  # noqa: PLC0415 - each candidate loads its own
    from langchain_core.callbacks import BaseCallbackHandler  # noqa: PLC0415 - likewise

    spent: dict[UUID, float] = {}

    class Clock(BaseCallbackHandler):
        """Notes when a call begins and ends."""

        def on_chat_model_start(self, *_: object, run_id: UUID, **__: object) -> None:
            spent[run_id] = -time.monotonic()

        def on_llm_end(self, *_: object, run_id: UUID, **__: object) -> None:
            spent[run_id] += time.monotonic()

    model = ChatAnthropic(
        model=MODEL,
        api_key=KEY,
        base_url=to.url,
        max_tokens=to.max_tokens,
        max_retries=to.retries,
        timeout=TIMEOUT,
    )

    def batch(texts: Sequence[str]) -> list[Answer]:
        spent.clear()
        found = model.batch(
            [[("system", SYSTEM), ("user", text)] for text in texts],
            config={"max_concurrency": to.threads, "callbacks": [Clock()]},
            return_exceptions=True,
        )
        # Whose time is whose is not told; the figures need only all of them.
        seconds = iter([one for one in spent.values() if one >= 0])
        return [
            Answer("", problem=type(one).__name__)
            if isinstance(one, Exception)
            else Answer(str(one.content), next(seconds))
            for one in found
        ]

    yield batch


@contextmanager
def litellm(to: Opening) -> Iterator[Batch]:
    """`batch_completion` of litellm, which is a pool of threads too."""
    import litellm as package  # noqa: PLC0415 - each candidate loads its own

    package.telemetry = False
    package.suppress_debug_info = True

    def batch(texts: Sequence[str]) -> list[Answer]:
        found = package.batch_completion(
            model=f"anthropic/{MODEL}",
            messages=[
                [{"role": "system", "content": SYSTEM}, {"role": "user", "content": text}]
                for text in texts
            ],
            max_workers=to.threads,
            api_key=KEY,
            api_base=to.url,
            max_tokens=to.max_tokens,
            num_retries=to.retries,
            timeout=TIMEOUT,
        )
        return [
            Answer("", problem=type(one).__name__)
            if isinstance(one, Exception)
            else Answer(one.choices[0].message.content, one._response_ms / 1000)  # noqa: SLF001 - the only place that has it
            for one in found
        ]

    yield batch


@contextmanager
def own(to: Opening) -> Iterator[Batch]:
    """Tickmark's engine."""
    from tests.benchmarks.engine_load.own_stack import (  # noqa: PLC0415 - loads all of it
        asked,
        our_runner,
    )

    with our_runner(to) as runner:
        yield lambda texts: asked(runner, texts, to.max_tokens)


CANDIDATES: dict[str, Candidate] = {
    "tickmark": own,
    "tickmark told": own,
    "SDK": sdk,
    "LangChain": langchain,
    "litellm": litellm,
}
