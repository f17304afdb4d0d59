"""Answers that come piece by piece, as server-sent events."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

Json = dict[str, Any]

# The field of a block and of its pieces, of what grows other than text.
_GROWING: Final = {"thinking_delta": "thinking", "signature_delta": "signature"}


class Garbled(ValueError):
    """A stream that is none of the Messages API."""


def events(chunks: Iterable[bytes]) -> Iterator[Json]:
    """The events of a stream as JSON objects, their type in them; raises Garbled.

    Lines end with LF or CR LF. An event that its end cut short is left out.
    """
    rest = b""
    name = b""
    data: list[bytes] = []
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        for ended in lines:
            line = ended[:-1] if ended.endswith(b"\r") else ended
            if line.startswith(b"data:"):
                data.append(line[5:])
            elif line.startswith(b"event:"):
                name = line[6:]
            elif not line and data:
                yield _event(name, b"\n".join(data))
                name, data = b"", []


def _event(name: bytes, data: bytes) -> Json:
    try:
        event = json.loads(data)
    except (ValueError, RecursionError):
        event = None
    if not isinstance(event, dict):
        raise Garbled
    if "type" not in event:
        event["type"] = name.strip().decode("utf-8", "replace")
    return event


class StreamedMessage:
    """A message that grows with its events, in the form of one that comes whole.

    `usage` is what is known so far, None before the first event; `error` is the body of an error
    that the stream ended with; `ended` tells a whole message; `first_piece` is when the first piece
    of an answer came, on `clock`.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.message: Json = {"content": []}
        self.ended = False
        self.error: Json | None = None
        self.first_piece: float | None = None
        self._clock = clock
        self._parts: dict[int, list[str]] = {}
        self._partial_json: dict[int, list[str]] = {}

    @property
    def usage(self) -> Json | None:
        """The counts of tokens as told so far."""
        counts = self.message.get("usage")
        return counts if isinstance(counts, dict) else None

    def read(self, chunks: Iterable[bytes]) -> None:
        """Take in a stream to its end; raises Garbled, and what reading raises."""
        try:
            for event in events(chunks):
                self.add(event)
        except (KeyError, IndexError, TypeError, AttributeError):
            raise Garbled from None

    def add(self, event: Json) -> None:
        """Take in one event."""
        match event["type"]:
            case "content_block_delta":
                if self.first_piece is None:
                    self.first_piece = self._clock()
                self._grow(event["index"], event["delta"])
            case "content_block_start":
                self._begin(event["index"], dict(event["content_block"]))
            case "message_start":
                self.message = {"content": [], **event["message"]}
                self.message["content"] = list(self.message["content"])
            case "message_delta":
                self.message.update(event.get("delta") or {})
                told = event.get("usage") or {}
                known = {name: count for name, count in told.items() if count is not None}
                self.message["usage"] = {**(self.usage or {}), **known}
            case "message_stop":
                self._close()
                self.ended = True
            case "error":
                self.error = event
            case _:
                pass

    def _begin(self, index: int, block: Json) -> None:
        content = self.message["content"]
        if index != len(content):
            raise IndexError
        content.append(block)

    def _grow(self, index: int, delta: Json) -> None:
        kind = delta["type"]
        if kind == "text_delta":
            self._parts.setdefault(index, []).append(delta["text"])
        elif kind == "input_json_delta":
            self._partial_json.setdefault(index, []).append(delta["partial_json"])
        elif kind in _GROWING:
            name = _GROWING[kind]
            block = self.message["content"][index]
            block[name] = block.get(name, "") + delta[name]
        elif kind == "citations_delta":
            block = self.message["content"][index]
            block["citations"] = [*(block.get("citations") or []), delta["citation"]]

    def _close(self) -> None:
        """Put the pieces together; arguments of a call that were cut short are none."""
        content = self.message["content"]
        for index, parts in self._parts.items():
            block = content[index]
            block["text"] = "".join((block.get("text", ""), *parts))
        for index, parts in self._partial_json.items():
            try:
                content[index]["input"] = json.loads("".join(parts) or "{}")
            except (ValueError, RecursionError):
                content[index]["input"] = {}
