"""The accounting of a provider's prompt cache: who writes a prefix, who reads it."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.request_answers import user_text

CHARACTERS_A_TOKEN = 4


def tokens_of(content: Mapping[str, Any]) -> int:
    """The input tokens of a request: a quarter of the characters of instructions and question."""
    return max(1, (len(_words(content.get("system", ""))) + len(user_text(content))) // 4)


def _words(content: object) -> str:
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "".join(str(part.get("text", "")) for part in parts)


@dataclass(slots=True)
class PromptCache:
    """Keeps what ends with `cache_control`, once an answer to it has begun.

    Prefixes of fewer than `minimum` tokens are not kept, silently.
    """

    minimum: int = 0
    _kept: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def usage(self, content: Mapping[str, Any]) -> dict[str, int]:
        """The input counts of an answer that begins now; its prefixes can be read from now on."""
        total = tokens_of(content)
        with self._lock:
            marks = [mark for mark in _marks(content) if mark[1] >= self.minimum]
            read = max((size for name, size in marks if name in self._kept), default=0)
            written = max((size for _, size in marks), default=0)
            self._kept.update(name for name, _ in marks)
        return {
            "input_tokens": max(0, total - max(read, written)),
            "cache_read_input_tokens": read,
            "cache_creation_input_tokens": max(0, written - read),
        }


def _marks(content: Mapping[str, Any]) -> list[tuple[str, int]]:
    """All prefixes that end with a breakpoint: their bytes, and their tokens."""
    blocks = [*content.get("tools", [])]
    system = content.get("system", [])
    blocks += system if isinstance(system, list) else [{"text": system}]
    for message in content["messages"]:
        said = message["content"]
        blocks += said if isinstance(said, list) else [{"text": said}]
    found = []
    prefix, size = str(content.get("model")), 0
    for block in blocks:
        kept = {name: part for name, part in block.items() if name != "cache_control"}
        prefix += json.dumps(kept, sort_keys=True)
        size += len(str(block.get("text", "")))
        if "cache_control" in block:
            found.append((prefix, size // CHARACTERS_A_TOKEN))
    return found
