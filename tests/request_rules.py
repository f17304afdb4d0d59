"""What the Messages API rejects in a request."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Collection, Iterator, Mapping
from typing import Any

MOST_BREAKPOINTS = 4
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")

_KNOWN = {
    *("max_tokens", "messages", "model", "cache_control", "container", "diagnostics"),
    *("inference_geo", "metadata", "output_config", "service_tier", "speed", "stop_sequences"),
    *("stream", "system", "thinking", "tool_choice", "tools", "anthropic_version"),
}
_TOOL_NAME = re.compile(r"[a-zA-Z0-9_-]{1,128}")


def illegal(
    content: Mapping[str, Any], lacks: Collection[str] = (), *, counting: bool = False
) -> str:
    """What the real server would reject; "" for a legal request.

    `lacks` are names of fields that this server does not know. A request that only counts tokens
    has no limit of them.
    """
    if not counting and not isinstance(content.get("max_tokens"), int):
        return "max_tokens: Field required"
    unknown = [name for name in content if name not in _KNOWN]
    unknown += [path for path in _paths(content) if path.rpartition(".")[2] in lacks]
    if unknown:
        return f"{unknown[0]}: Extra inputs are not permitted"
    breakpoints = sum(path.rpartition(".")[2] == "cache_control" for path in _paths(content))
    if breakpoints > MOST_BREAKPOINTS:
        return f"A maximum of 4 blocks with cache_control may be provided. Found {breakpoints}."
    schema = content.get("output_config", {}).get("format", {}).get("schema")
    return (
        _illegal_schema(schema)
        or _illegal_tools(content.get("tools", []))
        or _illegal_messages(content["messages"])
    )


def _paths(value: object, at: str = "") -> Iterator[str]:
    """The paths of all fields of a request, such as `system.0.cache_control`."""
    named = value.items() if isinstance(value, dict) else ()
    numbered = enumerate(value) if isinstance(value, list) else ()
    for name, part in (*named, *numbered):
        path = f"{at}.{name}".lstrip(".")
        yield path
        if name != "input":
            yield from _paths(part, path)


def _illegal_schema(schema: Mapping[str, Any] | None) -> str:
    if schema is None:
        return ""
    if schema.get("type") != "object":
        return "output_config.format.schema: the root has to be an object"
    return "" if _closed(schema) else "schema: additionalProperties must be false"


def _closed(schema: object) -> bool:
    if isinstance(schema, list):
        return all(_closed(part) for part in schema)
    if not isinstance(schema, dict):
        return True
    if schema.get("type") == "object" and schema.get("additionalProperties") is not False:
        return False
    return all(_closed(part) for part in schema.values())


def _illegal_tools(tools: list[dict[str, Any]]) -> str:
    for number, tool in enumerate(tools):
        if not _TOOL_NAME.fullmatch(str(tool.get("name"))):
            return f"tools.{number}.name: String should match pattern"
        if tool.get("input_schema", {}).get("type") != "object":
            return f"tools.{number}.input_schema.type: Field required"
    return ""


def _illegal_messages(messages: list[dict[str, Any]]) -> str:
    """Roles, pictures, and that each look-up has its result in the next message."""
    if messages and messages[0].get("role") != "user":
        return "messages.0.role: the first message has to be of the user"
    asked: list[str] = []
    for number, message in enumerate(messages):
        content = message["content"]
        blocks = content if isinstance(content, list) else []
        if content in ("", []):
            return f"messages.{number}: all messages must have non-empty content"
        found = [one["tool_use_id"] for one in blocks if one["type"] == "tool_result"]
        if sorted(found) != sorted(asked):
            return f"messages.{number}: `tool_use` ids and `tool_result` blocks do not match"
        asked = [one["id"] for one in blocks if one["type"] == "tool_use"]
        for block in blocks:
            if problem := _illegal_block(block):
                return f"messages.{number}.content: {problem}"
    return ""


def _illegal_block(block: Mapping[str, Any]) -> str:
    if block["type"] == "text" and not block.get("text"):
        return "text content blocks must be non-empty"
    if block["type"] != "image":
        return ""
    source = block["source"]
    if source.get("media_type") not in PICTURES:
        return "image.source.media_type: unknown"
    try:
        return "" if b64decode(source["data"], validate=True) else "image.source.data: empty"
    except binascii.Error:
        return "image.source.data: no base64"
