"""The bodies of the worksheet functions by their names, each loaded when it is first called."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from importlib import import_module
from typing import Final, cast

from tickmark.hosts.functions.call import Call, Table
from tickmark.hosts.functions.question import Body, Question
from tickmark.settings import Settings

MODULES: Final[Mapping[str, str]] = {
    "LLM_ANALYZE": "analyze",
    "LLM_ASK": "ask",
    "LLM_EXPLAIN": "explain",
    "LLM_AUDIT": "audit",
    "LLM_EXTRACT": "extract",
    "LLM_CLASSIFY": "classify",
    "LLM_TRANSFORM": "transform",
}
"""The module of each function; its function `body`, or the one of its own name, is the body."""

# Two threads that import modules in circles of each other get them half made.
_LOADING: Final = threading.Lock()


def bodies() -> Mapping[str, Body]:
    """All bodies; those of LLM_COST and LLM_STATUS are the desk's own."""
    return {name: _lazy(module) for name, module in MODULES.items()}


def load(module: str) -> Body:
    """The body in a module of this package."""
    with _LOADING:
        loaded = import_module(f"tickmark.hosts.functions.{module}")
    found = getattr(loaded, "body", None) or getattr(loaded, module)
    return cast("Body", found)


def _lazy(module: str) -> Body:
    def body(call: Call, settings: Settings) -> Table | Question:
        return load(module)(call, settings)

    return body
