"""A message of the Messages API as server-sent events."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

PIECE = 12


def events_of(message: Mapping[str, Any], piece: int = PIECE) -> Iterator[dict[str, Any]]:
    """The events of a message; texts and arguments come in pieces of so many characters."""
    usage = message["usage"]
    started = {**usage, "output_tokens": min(1, usage.get("output_tokens", 0))}
    empty: dict[str, Any] = {"content": [], "stop_reason": None, "usage": started}
    yield {"type": "message_start", "message": {**message, **empty}}
    for index, block in enumerate(message["content"]):
        shell, deltas = _pieces(block, piece)
        yield {"type": "content_block_start", "index": index, "content_block": shell}
        if index == 0:
            yield {"type": "ping"}
        for delta in deltas:
            yield {"type": "content_block_delta", "index": index, "delta": delta}
        yield {"type": "content_block_stop", "index": index}
    ending = {"stop_reason": message["stop_reason"], "stop_sequence": message.get("stop_sequence")}
    output = {"output_tokens": usage.get("output_tokens", 0)}
    yield {"type": "message_delta", "delta": ending, "usage": output}
    yield {"type": "message_stop"}


def _pieces(block: Mapping[str, Any], piece: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A block without what comes in pieces, and the pieces."""
    match block["type"]:
        case "text":
            parts = _cut(block["text"], piece)
            return {**block, "text": ""}, [{"type": "text_delta", "text": one} for one in parts]
        case "tool_use":
            parts = ["", *_cut(json.dumps(block["input"]), piece)]
            deltas = [{"type": "input_json_delta", "partial_json": one} for one in parts]
            return {**block, "input": {}}, deltas
        case "thinking":
            parts = _cut(block["thinking"], piece)
            deltas = [{"type": "thinking_delta", "thinking": one} for one in parts]
            deltas.append({"type": "signature_delta", "signature": block.get("signature", "")})
            return {**block, "thinking": "", "signature": ""}, deltas
        case _:
            return dict(block), []


def _cut(text: str, piece: int) -> list[str]:
    return [text[at : at + piece] for at in range(0, len(text), piece)]


def wire_form(event: Mapping[str, Any]) -> bytes:
    """An event as it goes over the wire."""
    return f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode()
