"""A server on loopback that keeps account: who asked what how often, and what was charged."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.messages_api import Fault, MessagesApi
from tests.prompt_cache import tokens_of
from tests.request_answers import user_text

KEY = "k3y-of-a-gateway-never-to-be-shown"
MODEL = "claude-sonnet-5-5"
INPUT_USD, OUTPUT_USD = 2e-6, 10e-6
"""What a token of that model costs."""


class Till:
    """Answers questions, by the first line of their text, and charges for each answer.

    An answer is charged when it is made, whatever becomes of it on its way. `fault_of` is told a
    question and how often it has come by now. `most_usd` is what may be charged at most at any
    time; `broke_limit` tells the first amount above it.
    """

    def __init__(
        self,
        answer: Callable[[str], str | dict[str, Any]] = lambda question: f"<{question}>",
        fault_of: Callable[[str, int], Fault | None] = lambda _question, _nth: None,
    ) -> None:
        self.answer_to = answer
        self.fault_of = fault_of
        self.asked: Counter[str] = Counter()
        self.charged: Counter[str] = Counter()
        self.calls = self.input_tokens = self.output_tokens = 0
        self.most_usd = float("inf")
        self.broke_limit = 0.0
        self.came = threading.Condition()

    @property
    def usd(self) -> float:
        """All that was charged so far."""
        return self.input_tokens * INPUT_USD + self.output_tokens * OUTPUT_USD

    def meet(self, content: dict[str, Any]) -> Fault | None:
        """Count a request; the fault that it meets."""
        question = question_of(content)
        with self.came:
            self.asked[question] += 1
            nth = self.asked[question]
            self.came.notify_all()
        return self.fault_of(question, nth)

    def answer(self, content: dict[str, Any]) -> str | dict[str, Any]:
        """Answer a request and charge for it."""
        question = question_of(content)
        answer = self.answer_to(question)
        text = answer if isinstance(answer, str) else ""
        with self.came:
            self.charged[question] += 1
            self.calls += 1
            self.input_tokens += tokens_of(content)
            self.output_tokens += max(1, len(text) // 4)
            if self.usd > self.most_usd + 1e-9:
                self.broke_limit = self.broke_limit or self.usd
            self.came.notify_all()
        return answer

    def wait_for(self, answers: int, seconds: float = 30.0) -> None:
        """Wait until so many answers were charged."""
        with self.came:
            assert self.came.wait_for(lambda: self.calls >= answers, seconds)


def question_of(content: dict[str, Any]) -> str:
    return user_text(content).partition("\n")[0]


@contextmanager
def serving(till: Till, *, delay: float = 0.0, port: int = 0) -> Iterator[MessagesApi]:
    """A server with this till."""
    with MessagesApi(till.answer, key=KEY, fault_of=till.meet, delay=delay, port=port) as api:
        yield api
