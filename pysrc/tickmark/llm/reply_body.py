"""Replies as bytes, for the store of answers."""

from __future__ import annotations

import json
import zlib
from typing import Final

from tickmark.llm.model import Reply, ToolCall

WORTH_COMPRESSING: Final = 2000
"""Bytes: below, setting up the compression costs more than all the rest."""


def body_of(reply: Reply) -> bytes:
    """A reply as it is kept, without its usage."""
    fields: list[object] = [reply.text, reply.model, reply.stop_reason, reply.request_id]
    if reply.calls:
        calls = [[one.id, one.name, dict(one.arguments)] for one in reply.calls]
        fields += [calls, [dict(block) for block in reply.said]]
    body = json.dumps(fields).encode()
    return body if len(body) < WORTH_COMPRESSING else zlib.compress(body, 1)


def reply_of(body: bytes) -> Reply | None:
    """The reply that was kept; None where it cannot be read."""
    try:
        text, model, stop_reason, request_id, *asked = json.loads(
            body if body.startswith(b"[") else zlib.decompress(body)
        )
        calls, said = asked or ((), ())
        return Reply(
            str(text),
            model=str(model),
            stop_reason=str(stop_reason),
            request_id=str(request_id),
            cached=True,
            calls=tuple(ToolCall(one, name, dict(arguments)) for one, name, arguments in calls),
            said=tuple(map(dict, said)),
        )
    except (AttributeError, ValueError, TypeError, RecursionError, zlib.error):
        return None
