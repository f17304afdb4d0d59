"""A prompt as the body of a request to the Messages API."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any, Final

from tickmark.errors import RequestInvalid
from tickmark.llm.model import Image, Prompt, Turn
from tickmark.llm.providers.profile import Profile

Json = dict[str, Any]

_KEEP: Final = {"type": "ephemeral"}
_TELLING = (
    "Answer with one JSON object and nothing else, without a code fence. It has to fit this JSON "
    "schema:"
)


def request_body(prompt: Prompt, profile: Profile, *, stream: bool = False) -> Json:
    """What is sent for a prompt to a server of this profile.

    A prompt of texts alone has them as strings. The provider is asked to keep long instructions
    and, of a prompt that others share, the data behind them. Raises RequestInvalid for tools or
    pictures where the server takes none.
    """
    if (prompt.tools or prompt.turns) and not profile.tools:
        raise RequestInvalid("The server cannot look things up; ask without look-ups.")
    if prompt.images and not profile.images:
        raise RequestInvalid("The server takes no pictures; ask without them.")
    kept = prompt.shared and profile.cache
    body: Json = {
        "max_tokens": prompt.max_tokens,
        "messages": _messages(prompt, profile, kept=kept),
        "model": prompt.model,
    }
    if prompt.schema is not None and profile.schema:
        body["output_config"] = {"format": {"type": "json_schema", "schema": dict(prompt.schema)}}
    if stream:
        body["stream"] = True
    if prompt.system:
        keeps = kept or (prompt.long_system and profile.cache)
        body["system"] = [_text(prompt.system, kept=True)] if keeps else prompt.system
    if prompt.tools:
        body["tools"] = [
            {"name": one.name, "description": one.description, "input_schema": dict(one.schema)}
            for one in prompt.tools
        ]
    return body


def count_body(prompt: Prompt, profile: Profile) -> Json:
    """What is sent to have the tokens of a prompt counted."""
    body = request_body(prompt, profile)
    del body["max_tokens"]
    return body


def encodable(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """A JSON value without lone surrogates, which broken files hold and UTF-8 cannot carry."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {encodable(name): encodable(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [encodable(part) for part in value]
    return value


def _messages(prompt: Prompt, profile: Profile, *, kept: bool) -> list[Json]:
    messages: list[Json] = [{"role": "user", "content": _content(prompt, profile, kept=kept)}]
    for turn in prompt.turns:
        messages += _round(turn)
    return messages


def _content(prompt: Prompt, profile: Profile, *, kept: bool) -> str | list[Json]:
    """The first message: data, pictures, question; text alone where no block is needed."""
    question = prompt.user
    if prompt.schema is not None and profile.told:
        question = f"{question}\n\n{_TELLING}\n{json.dumps(dict(prompt.schema))}"
    if not prompt.images and not (kept and prompt.data):
        return "\n\n".join(filter(None, (prompt.data, question)))
    data = [_text(prompt.data, kept=kept)] if prompt.data else []
    return [*data, *map(_picture, prompt.images), *([_text(question)] if question else [])]


def _text(text: str, *, kept: bool = False) -> Json:
    block: Json = {"type": "text", "text": text}
    return {**block, "cache_control": _KEEP} if kept else block


def _picture(image: Image) -> Json:
    source = {
        "type": "base64",
        "media_type": image.media_type,
        "data": b64encode(image.content).decode("ascii"),
    }
    return {"type": "image", "source": source}


def _round(turn: Turn) -> list[Json]:
    found = [
        {"type": "tool_result", "tool_use_id": call, "content": text} for call, text in turn.results
    ]
    said: Json = {"role": "assistant", "content": [dict(block) for block in turn.said]}
    return [said, {"role": "user", "content": found}] if found else [said]
