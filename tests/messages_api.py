"""A server on loopback that speaks the Messages API and knows nothing but the bytes it gets.

Its answers are made from the request alone, so that a wrong prompt gives a wrong answer. By hand:
`python -m tests.messages_api --port 8899`, then `ANTHROPIC_BASE_URL=http://127.0.0.1:8899` and
`ANTHROPIC_API_KEY=test-key`.
"""

from __future__ import annotations

import argparse
import sys
import threading
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping
from types import TracebackType
from typing import Any, Self

from tests.faults import Fault, Request
from tests.message_batches import MessageBatches, ResultOf
from tests.messages_handler import MODELS, MessagesHandler, MessagesServer
from tests.prompt_cache import PromptCache, tokens_of
from tests.rate_limits import RateLimits
from tests.request_answers import default_answer
from tests.request_rules import illegal

__all__ = ["KEY", "MODELS", "Answer", "Fault", "MessagesApi", "Request", "looks_up"]

KEY = "test-key"

# What a request is answered with: the text of the answer, or fields that replace those of the
# whole message, such as {"stop_reason": "refusal"}.
Answer = Callable[[dict[str, Any]], str | dict[str, Any]]


class MessagesApi:
    """`with MessagesApi() as api:` serves at `api.url` until the block ends.

    `faults` meet the next calls of /v1/messages in order, one each; `fault_of` makes one from a
    request. `seen` are all requests that came, `calls` those to /v1/messages and `requests`
    their bodies, `answered` how many got a good answer, `most_at_once` how many met.

    `limits` turns away what exceeds them, `cache` accounts for `cache_control`. The server does not
    know the fields that it `lacks`, and without `counts` counts no tokens. Batches end as told in
    tests/message_batches.py; `result_of` makes other results than answers, `spoilt_results` go out
    in place of all.
    """

    def __init__(
        self,
        answer: Answer | None = None,
        *,
        key: str = KEY,
        delay: float = 0.0,
        faults: Iterable[Fault] = (),
        fault_of: Callable[[dict[str, Any]], Fault | None] | None = None,
        limits: RateLimits | None = None,
        cache: PromptCache | None = None,
        lacks: Collection[str] = (),
        counts: bool = True,
        batch_polls: int | None = 1,
        result_of: ResultOf | None = None,
        port: int = 0,
    ) -> None:
        self.answer: Answer = answer or default_answer
        self.key = key
        self.delay = delay
        self.faults = deque(faults)
        self.fault_of = fault_of
        self.limits = limits
        self.cache = cache
        self.lacks = lacks
        self.counts = counts
        self.batches = MessageBatches(result_of or self.result_of, batch_polls)
        self.spoilt_results: bytes | None = None
        self.answered = 0
        self.most_at_once = 0
        self._seen: list[Request] = []
        self._at_once = 0
        self._lock = threading.Lock()
        self._server = MessagesServer(port, MessagesHandler)
        self._server.api = self
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def url(self) -> str:
        return self._server.url

    @property
    def connections(self) -> int:
        """How many connections clients opened so far."""
        return self._server.opened

    @property
    def seen(self) -> list[Request]:
        with self._lock:
            return list(self._seen)

    @property
    def calls(self) -> list[Request]:
        return [request for request in self.seen if request.path == "/v1/messages"]

    @property
    def requests(self) -> list[bytes]:
        return [request.body for request in self.calls]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._server.hang_up()

    def _serve(self) -> None:
        self._server.serve_forever(poll_interval=0.01)

    def note(self, request: Request) -> None:
        with self._lock:
            self._seen.append(request)

    def begin(self, content: dict[str, Any]) -> Fault:
        with self._lock:
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
            fault = self.fault_of(content) if self.fault_of is not None else None
            if fault is None and self.faults:
                fault = self.faults.popleft()
            return fault or Fault(delay=self.delay)

    def end(self, *, answered: bool) -> None:
        with self._lock:
            self._at_once -= 1
            self.answered += answered

    def message(self, content: Mapping[str, Any]) -> dict[str, Any]:
        """The whole message that answers a request."""
        answer = self.answer(dict(content))
        text = answer if isinstance(answer, str) else ""
        message = {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": content["model"],
            "content": [{"type": "text", "text": text}],
            "stop_reason": "end_turn",
            "stop_sequence": None,
            "usage": {
                "input_tokens": tokens_of(content),
                "output_tokens": max(1, len(text) // 4),
                "cache_creation_input_tokens": 0,
                "cache_read_input_tokens": 0,
                "service_tier": "standard",
                **(self.cache.usage(content) if self.cache is not None else {}),
            },
        }
        return message if isinstance(answer, str) else {**message, **answer}

    def result_of(self, name: str, params: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - others go by the name
        """The result of one request of a batch."""
        if problem := illegal(params, self.lacks):
            error = {"type": "invalid_request_error", "message": problem}
            return {"type": "errored", "error": {"type": "error", "error": error}}
        return {"type": "succeeded", "message": self.message(params)}


def looks_up(*calls: tuple[str, dict[str, Any]], text: str = "") -> dict[str, Any]:
    """An answer that asks for look-ups: the names of tools and their arguments."""
    asked = [
        {"type": "tool_use", "id": f"toolu_{number}", "name": name, "input": arguments}
        for number, (name, arguments) in enumerate(calls, start=1)
    ]
    said = [{"type": "text", "text": text}] if text else []
    return {"content": [*said, *asked], "stop_reason": "tool_use"}


def main() -> None:
    """Serve until Ctrl-C, saying what was asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8899)
    parser.add_argument("--delay", type=float, default=0.0, help="seconds an answer takes")
    options = parser.parse_args()
    with MessagesApi(port=options.port, delay=options.delay) as api:
        sys.stdout.write(f"Messages API at {api.url}, key {KEY}; Ctrl-C ends it.\n")
        sys.stdout.flush()
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            sys.stdout.write(f"{len(api.calls)} calls, {api.answered} answered.\n")


if __name__ == "__main__":
    main()
