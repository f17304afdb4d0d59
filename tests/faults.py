"""Requests as they came over the wire, and what a server does wrong with them on purpose."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.request_answers import user_text


@dataclass(frozen=True, slots=True)
class Fault:
    """One scripted misbehaviour.

    `delay` (seconds) comes first; then the connection is dropped (`broken`), or the body of a good
    answer is cut in half (`truncated`), or its length is right and its JSON is not (`garbled`), or
    an error with `status` goes out. A status of 200 with none of these answers as usual, or with
    `body` as it is (its kind is told by a content-type in `headers`).

    A stream waits `slow_start` seconds before its first piece. Before its event with the number
    `cut_at` the connection is dropped, or the stream `closes` as if it were whole, or an error of
    the type `stream_error` comes.
    """

    status: int = 200
    message: str = "scripted fault"
    error_code: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    broken: bool = False
    truncated: bool = False
    garbled: bool = False
    body: bytes | None = None
    slow_start: float = 0.0
    cut_at: int | None = None
    closes: bool = False
    stream_error: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came over the wire."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        value = json.loads(self.body)
        assert isinstance(value, dict)
        return value

    @property
    def user(self) -> str:
        return user_text(self.json)
