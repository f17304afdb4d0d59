"""The HTTP side of the Messages API on loopback: paths, admission, errors, streams."""

from __future__ import annotations

import json
import math
import re
import socket
import time
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any

from tests.answer_streams import events_of, wire_form
from tests.faults import Fault, Request
from tests.loopback_server import LoopbackServer
from tests.prompt_cache import tokens_of
from tests.request_rules import illegal

if TYPE_CHECKING:
    from tests.messages_api import MessagesApi

MODELS = ("claude-sonnet-5-5", "claude-haiku-5-5", "claude-opus-5-5")

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
# The paths of other doors: Bedrock's and Vertex's, where the model stands in the path.
_CLOUD = re.compile(
    r"(?:/model/|/.*/publishers/anthropic/models/)(?P<model>[^/:]+)"
    r"(?:/invoke|:rawPredict|:streamRawPredict)"
)
_BATCH = re.compile(r"/v1/messages/batches/(?P<batch>[^/]+?)(?P<what>|/results|/cancel)")


class MessagesServer(LoopbackServer):
    api: MessagesApi


class MessagesHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: MessagesServer

    def do_GET(self) -> None:
        if not self._admitted(b""):
            return
        path = self._place()
        if found := _BATCH.fullmatch(path):
            self._batch(found["batch"], found["what"])
            return
        if path == "/v1/messages/batches":
            self._send(200, self.server.api.batches.recent())
            return
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
        path = self._place()
        if found := _BATCH.fullmatch(path):
            self._batch(found["batch"], found["what"])
            return
        try:
            content = json.loads(body)
        except ValueError:
            self._refuse(400, "the body is no JSON")
            return
        cloud = _CLOUD.fullmatch(path)
        if cloud is not None and cloud["model"] != "count-tokens":
            self._message({**content, "model": cloud["model"]})
        elif path == "/v1/messages":
            self._message(content)
        elif path == "/v1/messages/count_tokens" or cloud is not None:
            self._count(content)
        elif path == "/v1/messages/batches":
            created = self.server.api.batches.create(content.get("requests"))
            if isinstance(created, str):
                self._refuse(400, created)
            else:
                self._send(200, created)
        else:
            self._refuse(404, f"not found: {path}")

    def date_time_string(self, timestamp: float | None = None) -> str:
        limits = self.server.api.limits
        return super().date_time_string(limits.wall() if limits is not None else timestamp)

    def _place(self) -> str:
        return self.path.partition("?")[0].removeprefix("/anthropic")

    def _admitted(self, body: bytes) -> bool:
        headers = {name.lower(): value for name, value in self.headers.items()}
        path = self.path.partition("?")[0]
        self.server.api.note(Request(self.command, path, headers, body))
        key = self.server.api.key
        # A resource of Foundry has its paths behind /anthropic, and another header for its key.
        foundry = path.startswith("/anthropic/") and headers.get("x-api-key") == key
        if headers.get("authorization") != f"Bearer {key}" and not foundry:
            self._refuse(401, "invalid bearer token")
            return False
        if not headers.get("anthropic-version") and b'"anthropic_version"' not in body:
            self._refuse(400, "anthropic-version: header is required")
            return False
        return True

    def _batch(self, batch: str, what: str) -> None:
        batches = self.server.api.batches
        if what == "/results":
            results = batches.results(batch)
            if results is not None:
                lines = b"".join(json.dumps(one).encode() + b"\n" for one in results)
                lines = self.server.api.spoilt_results or lines
                self._write(200, lines, {"content-type": "application/x-jsonl"})
                return
        else:
            shown = batches.cancel(batch) if what else batches.retrieve(batch)
            if shown is not None:
                self._send(200, shown)
                return
        self._refuse(404, f"not found: {batch}")

    def _count(self, content: dict[str, Any]) -> None:
        if not self.server.api.counts:
            self._refuse(404, "not found: /v1/messages/count_tokens")
        elif problem := illegal(content, self.server.api.lacks, counting=True):
            self._refuse(400, problem)
        else:
            self._send(200, {"input_tokens": tokens_of(content)})

    def _message(self, content: dict[str, Any]) -> None:
        api = self.server.api
        fault = api.begin(content)
        answered = False
        try:
            if fault.delay:
                time.sleep(fault.delay)
            if fault.broken:
                self._drop()
            elif fault.status != HTTPStatus.OK:
                self._refuse(fault.status, fault.message, fault)
            elif problem := illegal(content, api.lacks):
                self._refuse(400, problem)
            elif fault.body is not None:
                self._write(200, fault.body, fault.headers)
            elif self._within_limits(content):
                answered = self._answer(content, fault)
        finally:
            api.end(answered=answered)

    def _within_limits(self, content: dict[str, Any]) -> bool:
        limits = self.server.api.limits
        exceeded = limits.admit(tokens_of(content)) if limits is not None else ""
        if limits is None or not exceeded:
            return True
        wait = math.ceil(limits.wait(tokens_of(content)))
        told = Fault(headers={**limits.headers(), "retry-after": str(wait)})
        self._refuse(429, f"This request would exceed your rate limit of {exceeded}", told)
        return False

    def _answer(self, content: dict[str, Any], fault: Fault) -> bool:
        """Answer as the fault allows; whether it was a good answer."""
        limits = self.server.api.limits
        message = self.server.api.message(content)
        headers = dict(fault.headers)
        if limits is not None:
            limits.give(message["usage"].get("output_tokens", 0))
            headers = {**limits.headers(), **headers}
        if content.get("stream"):
            return self._stream(message, fault, headers)
        body = json.dumps(message).encode()
        half = body[: len(body) // 2]
        if fault.truncated:
            self._write(200, half, headers, length=len(body))
            self.close_connection = True
        else:
            self._write(200, half if fault.garbled else body, headers)
        return not (fault.truncated or fault.garbled)

    def _stream(self, message: dict[str, Any], fault: Fault, headers: Mapping[str, str]) -> bool:
        """Send a message piece by piece; whether it got to its end."""
        kind = {"content-type": "text/event-stream", "transfer-encoding": "chunked"}
        self._write(200, b"", {**kind, **headers}, length=-1)
        waited = False
        for number, event in enumerate(events_of(message)):
            if fault.slow_start and event["type"] == "content_block_delta" and not waited:
                time.sleep(fault.slow_start)
                waited = True
            if number == fault.cut_at and fault.stream_error:
                error = {"type": fault.stream_error, "message": fault.message}
                self._chunk(wire_form({"type": "error", "error": error}))
                break
            if number == fault.cut_at and not fault.closes:
                self._drop()
                return False
            if number == fault.cut_at:
                break
            self._chunk(b"data: {half\n\n" if fault.garbled else wire_form(event))
        self._chunk(b"")
        return fault.cut_at is None and not fault.garbled

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))

    def _drop(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

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
        """Send a response; a negative `length` is that of a stream, whose body follows."""
        sent = {"content-type": "application/json"}
        if length is None or length >= 0:
            sent["content-length"] = str(len(body) if length is None else length)
        sent["request-id"] = f"req_{len(self.server.api.seen)}"
        self.send_response(status)
        for name, value in {**sent, **headers}.items():
            self.send_header(name, value)
        self._headers_buffer.append(b"\r\n" + body)  # type: ignore[attr-defined]
        self.flush_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as inherited
        """Tests keep quiet."""


def _model(name: str) -> dict[str, Any]:
    return {
        "id": name,
        "type": "model",
        "display_name": name,
        "created_at": "2026-10-01T00:00:00Z",
        "max_input_tokens": 1_000_000,
        "max_tokens": 128_000,
    }
