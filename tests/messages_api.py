"""A server on loopback that speaks the Messages API and knows nothing but the bytes it gets.

Its answers are made from the request alone, so that a wrong prompt gives a wrong answer. By hand:
`python -m tests.messages_api --port 8899`, then `ANTHROPIC_BASE_URL=http://127.0.0.1:8899` and
`ANTHROPIC_API_KEY=test-key`.
"""

from __future__ import annotations

import argparse
import json
import socket
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from tests.request_answers import default_answer, user_text

KEY = "test-key"
MODELS = ("claude-sonnet-5-5", "claude-haiku-5-5", "claude-opus-5-5")

# What a request is answered with: the text of the answer, or fields that replace those of the
# whole message, such as {"stop_reason": "refusal"}.
Answer = Callable[[dict[str, Any]], str | dict[str, Any]]

_ERROR_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    529: "overloaded_error",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One scripted misbehaviour.

    `delay` (seconds) comes first; then the connection is dropped (`broken`), or the body of a good
    answer is cut in half (`truncated`), or its length is right and its JSON is not (`garbled`), or
    an error with `status` goes out. A status of 200 with none of these answers as usual.
    """

    status: int = 200
    message: str = "scripted fault"
    error_code: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    broken: bool = False
    truncated: bool = False
    garbled: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came over the wire."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        value = json.loads(self.body)
        assert isinstance(value, dict)
        return value

    @property
    def user(self) -> str:
        return user_text(self.json)


class MessagesApi:
    """`with MessagesApi() as api:` serves at `api.url` until the block ends.

    `faults` meet the next calls of /v1/messages in order, one each; `fault_of` makes one from a
    request. `seen` are all requests that came, `calls` those to /v1/messages and `requests`
    their bodies, `answered` how many got a good answer, `most_at_once` how many met.
    """

    def __init__(
        self,
        answer: Answer | None = None,
        *,
        key: str = KEY,
        delay: float = 0.0,
        faults: Iterable[Fault] = (),
        fault_of: Callable[[dict[str, Any]], Fault | None] | None = None,
        port: int = 0,
    ) -> None:
        self.answer: Answer = answer or default_answer
        self.key = key
        self.delay = delay
        self.faults = deque(faults)
        self.fault_of = fault_of
        self.answered = 0
        self.most_at_once = 0
        self._seen: list[Request] = []
        self._at_once = 0
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.api = self
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

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


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512
    api: MessagesApi

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(address, handler)
        self._sockets: set[socket.socket] = set()
        self._lock = threading.Lock()

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as inherited
        with self._lock:
            self._sockets.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401 - as inherited
        with self._lock:
            self._sockets.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as inherited
        """A client that hangs up is no news."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    def hang_up(self) -> None:
        with self._lock:
            sockets = list(self._sockets)
        for one in sockets:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        if self._admitted(b""):
            path = self.path.partition("?")[0]
            named = path.removeprefix("/v1/models").strip("/")
            if not path.startswith("/v1/models") or (named and named not in MODELS):
                self._refuse(404, f"not found: {path}")
            elif named:
                self._send(200, _model(named))
            else:
                data = [_model(name) for name in MODELS]
                page = {"data": data, "has_more": False, "first_id": None, "last_id": None}
                self._send(200, page)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if not self._admitted(body):
            return
        try:
            content = json.loads(body)
        except ValueError:
            self._refuse(400, "the body is no JSON")
            return
        match self.path.partition("?")[0]:
            case "/v1/messages":
                self._message(content)
            case "/v1/messages/count_tokens":
                self._send(200, {"input_tokens": _tokens(content)})
            case path:
                self._refuse(404, f"not found: {path}")

    def _admitted(self, body: bytes) -> bool:
        headers = {name.lower(): value for name, value in self.headers.items()}
        path = self.path.partition("?")[0]
        self.server.api.note(Request(self.command, path, headers, body))
        if headers.get("authorization") != f"Bearer {self.server.api.key}":
            self._refuse(401, "invalid bearer token")
            return False
        if not headers.get("anthropic-version"):
            self._refuse(400, "anthropic-version: header is required")
            return False
        return True

    def _message(self, content: dict[str, Any]) -> None:
        api = self.server.api
        fault = api.begin(content)
        answered = False
        try:
            if fault.delay:
                time.sleep(fault.delay)
            if fault.broken:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
            elif fault.status != HTTPStatus.OK:
                self._refuse(fault.status, fault.message, fault)
            elif problem := _illegal(content):
                self._refuse(400, problem)
            else:
                body = json.dumps(_message_of(content, api.answer(content))).encode()
                answered = not (fault.truncated or fault.garbled)
                self._answer(body, fault)
        finally:
            api.end(answered=answered)

    def _answer(self, body: bytes, fault: Fault) -> None:
        half = body[: len(body) // 2]
        if fault.truncated:
            self._write(200, half, fault.headers, length=len(body))
            self.close_connection = True
        else:
            self._write(200, half if fault.garbled else body, fault.headers)

    def _refuse(self, status: int, message: str, fault: Fault | None = None) -> None:
        error: dict[str, Any] = {"type": _ERROR_TYPES.get(status, "api_error"), "message": message}
        if fault is not None and fault.error_code:
            error["details"] = {"error_code": fault.error_code}
        self._send(status, {"type": "error", "error": error}, fault.headers if fault else {})

    def _send(self, status: int, value: object, headers: Mapping[str, str] | None = None) -> None:
        self._write(status, json.dumps(value).encode(), headers or {})

    def _write(
        self, status: int, body: bytes, headers: Mapping[str, str], *, length: int | None = None
    ) -> None:
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body) if length is None else length))
        self.send_header("request-id", f"req_{len(self.server.api.seen)}")
        for name, value in headers.items():
            self.send_header(name, value)
        self._headers_buffer.append(b"\r\n" + body)  # type: ignore[attr-defined]
        self.flush_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as inherited
        """Tests keep quiet."""


def _illegal(content: Mapping[str, Any]) -> str:
    """What the real server would reject; "" for a legal request."""
    if not isinstance(content.get("max_tokens"), int):
        return "max_tokens: Field required"
    gone = [name for name in ("temperature", "top_p", "top_k") if name in content]
    if gone:
        return f"{gone[0]}: Extra inputs are not permitted"
    schema = content.get("output_config", {}).get("format", {}).get("schema")
    if schema is not None and schema.get("type") != "object":
        return "output_config.format.schema: the root has to be an object"
    return "" if schema is None or _closed(schema) else "schema: additionalProperties must be false"


def _closed(schema: object) -> bool:
    if isinstance(schema, list):
        return all(_closed(part) for part in schema)
    if not isinstance(schema, dict):
        return True
    if schema.get("type") == "object" and schema.get("additionalProperties") is not False:
        return False
    return all(_closed(part) for part in schema.values())


def _message_of(content: Mapping[str, Any], answer: str | dict[str, Any]) -> dict[str, Any]:
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
            "input_tokens": _tokens(content),
            "output_tokens": max(1, len(text) // 4),
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
            "service_tier": "standard",
        },
    }
    return message if isinstance(answer, str) else {**message, **answer}


def _tokens(content: Mapping[str, Any]) -> int:
    return max(1, (len(str(content.get("system", ""))) + len(user_text(content))) // 4)


def _model(name: str) -> dict[str, Any]:
    return {
        "id": name,
        "type": "model",
        "display_name": name,
        "created_at": "2026-10-01T00:00:00Z",
        "max_input_tokens": 1_000_000,
        "max_tokens": 128_000,
    }


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
