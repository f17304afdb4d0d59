"""What the record of calls holds of each: hashes, addresses and figures, no texts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from tickmark.model.usage import Usage

LONGEST_NAME: Final = 500
"""Names of runs, tasks and places are cut to so many characters."""


@dataclass(frozen=True, slots=True)
class CallEntry:
    """One call that was sent to a model.

    `time` is when it was sent, in UTC (2026-11-21T09:30:00.125Z); `run`, `task` and `about` tell
    for whom and about what it was; `model` was asked at `host` and `answered_by` gave its name.
    `prompt` is the SHA-256 of all that shapes the answer (`Prompt.key`), `data` of the cells among
    it alone, `answer` of the answer; "" where there is none. Sizes are in characters. `usd` is None
    where the price is not known; `perhaps_charged` tells a call without a readable answer that may
    cost all the same. `outcome` is `answered`, `refused`, `cut`, `unusable`, `failed` or, in a
    batch, `handed in`; `reason` says why in a word or two, `status` is that of HTTP, 0 for none.
    A batch has two entries for each of its prompts, which share `batch` and `item`. `texts` is the
    SHA-256 of the texts that are kept beside the entry, "" where none are.
    """

    time: str = ""
    run: str = ""
    task: str = ""
    about: str = ""
    host: str = ""
    model: str = ""
    answered_by: str = ""
    prompt: str = ""
    data: str = ""
    answer: str = ""
    prompt_chars: int = 0
    data_chars: int = 0
    answer_chars: int = 0
    images: int = 0
    input_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    output_tokens: int = 0
    usd: float | None = 0.0
    perhaps_charged: bool = False
    outcome: str = ""
    reason: str = ""
    status: int = 0
    request_id: str = ""
    seconds: float = 0.0
    batch: str = ""
    item: str = ""
    texts: str = ""

    @property
    def usage(self) -> Usage:
        """Tokens and USD of the call."""
        return Usage(
            1,
            self.input_tokens,
            self.output_tokens,
            self.cache_read_tokens,
            self.cache_write_tokens,
            self.usd or 0.0,
        )

    @property
    def record(self) -> dict[str, object]:
        """All fields by their names."""
        return {name: getattr(self, name) for name in _NAMES}


_NAMES: Final = tuple(sorted(one.name for one in fields(CallEntry)))
_ENCODER: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=str)
_ONE: Final[Mapping[str, object]] = CallEntry().record


def entry_of(record: Mapping[str, object]) -> CallEntry:
    """The entry with these fields; unknown ones are passed over.

    Raises ValueError for a field of a wrong kind.
    """
    known: dict[str, object] = {}
    for name, default in _ONE.items():
        value = record.get(name, default)
        if name == "usd" and value is None:
            known[name] = None
        elif isinstance(default, float) and isinstance(value, (int, float)):
            known[name] = float(value)
        elif type(value) is type(default):
            known[name] = value
        else:
            raise ValueError(name)
    return CallEntry(**known)  # type: ignore[arg-type] # the kinds are checked above


def canonical(record: Mapping[str, object]) -> str:
    """A record as JSON of one form: names in order, no blanks, ASCII only."""
    return _ENCODER.encode(record)


def chained(previous: str, number: int, body: str) -> str:
    """The hash of a row: SHA-256 over that of the row before it and the row as canonical JSON.

    `previous` is 64 hex digits, "" before the first row; the JSON is
    `{"entry":BODY,"number":NUMBER}`.
    """
    row = f'{previous}{{"entry":{body},"number":{number}}}'
    return sha256(row.encode("utf-8", "surrogatepass")).hexdigest()


def digest(text: str) -> str:
    """SHA-256 of a text in UTF-8; "" of an empty one."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest() if text else ""


def short(name: str) -> str:
    """A name, cut where it is too long."""
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"


def utc_text(seconds: float) -> str:
    """Seconds since 1970 as 2026-11-21T09:30:00.125Z."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"
