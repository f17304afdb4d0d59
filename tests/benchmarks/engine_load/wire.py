"""The Messages API in bytes: what a request says, and the responses to it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

PIECES = 4
"""Of so many pieces a streamed answer consists."""

LAST_CHUNK = b"0\r\n\r\n"

_REASONS = {
    200: b"OK",
    400: b"Bad Request",
    401: b"Unauthorized",
    404: b"Not Found",
    429: b"Too Many Requests",
    529: b"Overloaded",
}
_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    404: "not_found_error",
    429: "rate_limit_error",
    529: "overloaded_error",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks for."""

    user: str
    model: str
    input_tokens: int
    max_tokens: int
    stream: bool


def asked(body: bytes) -> Asked:
    """The question in a request; raises ValueError, KeyError and TypeError for what is none."""
    content = json.loads(body)
    users = [_text(one["content"]) for one in content["messages"] if one["role"] == "user"]
    size = len(_text(content.get("system", ""))) + sum(map(len, users))
    return Asked(
        user=users[-1],
        model=content["model"],
        input_tokens=max(1, size // 4),
        max_tokens=content["max_tokens"],
        stream=bool(content.get("stream")),
    )


def response(
    status: int, body: bytes, headers: Iterable[bytes] = (), kind: bytes = b"application/json"
) -> bytes:
    """A whole response."""
    head = (b"HTTP/1.1 %d %s" % (status, _REASONS[status]), b"content-type: " + kind, *headers)
    return b"\r\n".join((*head, b"content-length: %d" % len(body), b"", body))


def stream_head(headers: Iterable[bytes]) -> bytes:
    """How a streamed answer begins."""
    head = (b"HTTP/1.1 200 OK", b"content-type: text/event-stream; charset=utf-8", *headers)
    return b"\r\n".join((*head, b"transfer-encoding: chunked", b"", b""))


def error(status: int, message: str) -> bytes:
    """The body of a refusal."""
    content = {"type": "error", "error": {"type": _TYPES[status], "message": message}}
    return json.dumps(content).encode()


def message(question: Asked, text: str, output_tokens: int, number: int) -> dict[str, Any]:
    """The answer as it is in the body of a response."""
    return {
        "id": f"msg_{number}",
        "type": "message",
        "role": "assistant",
        "model": question.model,
        "content": [{"type": "text", "text": text}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {
            "input_tokens": question.input_tokens,
            "output_tokens": output_tokens,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
            "service_tier": "standard",
        },
    }


def pieces(whole: Mapping[str, Any]) -> list[bytes]:
    """The answer as chunks of a stream: PIECES of them, the last one with its end."""
    text = whole["content"][0]["text"]
    size = -(-len(text) // PIECES)
    parts = [text[at : at + size] for at in range(0, PIECES * size, size)]
    events = [
        [_event("content_block_delta", index=0, delta={"type": "text_delta", "text": part})]
        for part in parts
    ]
    opened = {**whole, "content": [], "stop_reason": None}
    opened["usage"] = {**whole["usage"], "output_tokens": 1}
    events[0][:0] = [
        _event("message_start", message=opened),
        _event("content_block_start", index=0, content_block={"type": "text", "text": ""}),
    ]
    ended = {"stop_reason": whole["stop_reason"], "stop_sequence": None}
    usage = {"output_tokens": whole["usage"]["output_tokens"]}
    events[-1] += [
        _event("content_block_stop", index=0),
        _event("message_delta", delta=ended, usage=usage),
        _event("message_stop"),
    ]
    return [_chunk(b"".join(some)) for some in events]


def _event(kind: str, **fields: object) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **fields})}\n\n".encode()


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def _text(content: object) -> str:
    """The text of a content, which is a text or a list of blocks."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "".join(str(block.get("text", "")) for block in content if isinstance(block, dict))
    return ""
