"""What a server that speaks the Messages API can do, so that the rest is left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

AUTO: Final = "auto"
HOME: Final = "api.anthropic.com"


@dataclass(frozen=True, slots=True)
class Profile:
    """The capabilities of a server.

    `schema`: it holds answers to a JSON schema (`output_config`); `told`: the schema is told in the
    prompt, alone or as well, for servers that drop what they do not know without a word. `cache`:
    it takes `cache_control`. `allowances`: it sends the rate-limit headers. `stream`: its answers
    come as server-sent events where wanted. `models`: it lists its models. The others are
    what they are called.
    """

    schema: bool = True
    told: bool = False
    cache: bool = True
    tools: bool = True
    images: bool = True
    batches: bool = True
    count: bool = True
    allowances: bool = True
    stream: bool = True
    models: bool = True

    def without(self, fields: Iterable[str]) -> Profile:
        """The profile of a server that refuses these fields of a request."""
        left = self
        for name in fields:
            left = replace(left, **_LEFT_OUT[name])
        return left


OUTPUT_CONFIG: Final = "output_config"
CACHE_CONTROL: Final = "cache_control"
STREAM: Final = "stream"
COUNT_TOKENS: Final = "count_tokens"

_LEFT_OUT: Final[Mapping[str, dict[str, bool]]] = {
    OUTPUT_CONFIG: {"schema": False, "told": True},
    CACHE_CONTROL: {"cache": False},
    STREAM: {"stream": False},
    COUNT_TOKENS: {"count": False},
}

_GATEWAY = Profile()
# Documented at docs.ollama.com (no caching, batches, counting); of output_config it reads the
# effort alone.
_OLLAMA = Profile(
    schema=False, told=True, cache=False, batches=False, count=False, allowances=False
)
# Holds to a schema since 0.22; older ones drop it without a word, so it is told as well.
_VLLM = Profile(told=True, cache=False, batches=False, allowances=False)
_LLAMA_CPP = Profile(schema=False, told=True, cache=False, batches=False, allowances=False)

PROFILES: Final[Mapping[str, Profile]] = MappingProxyType(
    {
        "anthropic": Profile(),
        "gateway": _GATEWAY,
        "ollama": _OLLAMA,
        "vllm": _VLLM,
        "llama.cpp": _LLAMA_CPP,
        # Its streams are frames of AWS, which only botocore reads.
        "bedrock": Profile(
            batches=False, count=False, allowances=False, stream=False, models=False
        ),
        "vertex": Profile(batches=False, allowances=False, models=False),
        "foundry": Profile(batches=False, models=False),
    }
)

_UNKNOWN = re.compile(
    r"extra (inputs|fields|parameters)|not (permitted|allowed|supported|recognized|accepted)"
    r"|unknown|unrecognized|unexpected|unsupported|does not support|extra_forbidden",
    re.IGNORECASE,
)
# A complaint about a part of the schema itself is no news about the field.
_FIELD = re.compile(r"\b(?:output_config(?![\w.]*\.schema)|cache_control|stream)\b")


def profile_of(server: str, base_url: str) -> Profile:
    """The profile of a server by its name; `auto` goes by the host of its URL."""
    if server == AUTO:
        host = urlsplit(base_url).hostname or ""
        return PROFILES["anthropic" if host == HOME else "gateway"]
    return PROFILES[server]


def unknown_fields(complaint: str) -> tuple[str, ...]:
    """The fields that a server rejects as unknown to it, of those that can be left out."""
    if _UNKNOWN.search(complaint) is None:
        return ()
    return tuple(dict.fromkeys(match[0] for match in _FIELD.finditer(complaint)))
