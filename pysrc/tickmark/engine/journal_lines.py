"""The records of a run's journal, and the lines that they stand in."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import inf
from typing import Any, Final, TypeAlias

from tickmark.errors import (
    AnswerCut,
    AnswerUnusable,
    ModelError,
    PromptTooLong,
    RequestInvalid,
)
from tickmark.llm.model import Reply, spent_on
from tickmark.model.usage import Usage

NEWEST: Final = 1
"""The version of the lines that this module writes, the highest that it reads."""

FOR_GOOD: Final = (PromptTooLong, AnswerUnusable, RequestInvalid)
"""Failures that the same question would meet again."""

_KINDS: Final[Mapping[str, type[ModelError]]] = {
    kind.__name__: kind for kind in (AnswerCut, AnswerUnusable, PromptTooLong, RequestInvalid)
}
_SUM: Final = b',"crc":'
_OPENED: Final = b'{"kind":"opened"'
_CLOSED: Final = b'{"kind":"closed"'


@dataclass(frozen=True, slots=True)
class Opened:
    """A process began to write; `name` is that of the opening."""

    name: str
    pid: int
    started: float


@dataclass(frozen=True, slots=True)
class Closed:
    """The process with the opening of this name ended as it should."""

    name: str


@dataclass(frozen=True, slots=True)
class Sent:
    """A call is about to be sent that can cost so many USD; `call` is its number."""

    call: int
    usd: float


@dataclass(frozen=True, slots=True)
class Ended:
    """The numbers of calls that are through, and USD that they may have cost beyond their usage."""

    calls: tuple[int, ...] = ()
    doubtful_usd: float = 0.0


NONE_ENDED: Final = Ended()


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer by the content key of its prompt, with its usage."""

    key: bytes
    reply: Reply
    ended: Ended = NONE_ENDED


@dataclass(frozen=True, slots=True)
class Paid:
    """What calls cost that gave no usable answer."""

    key: bytes
    usage: Usage
    ended: Ended = NONE_ENDED


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question of a batch that failed for good, with the error and its usage."""

    key: bytes
    error: ModelError


@dataclass(frozen=True, slots=True)
class Submitting:
    """A message batch is about to be handed in; `at` is in seconds since 1970."""

    keys: tuple[bytes, ...]
    usd: float
    model: str
    at: float


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The batch that was about to be handed in never reached the provider."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """A message batch was handed in, and USD were set aside for it."""

    batch: str
    keys: tuple[bytes, ...]
    usd: float
    model: str


@dataclass(frozen=True, slots=True)
class Collected:
    """Nothing more is to come of a message batch."""

    batch: str


Record: TypeAlias = (
    Opened
    | Closed
    | Sent
    | Answered
    | Paid
    | Unanswered
    | Submitting
    | Withdrawn
    | Submitted
    | Collected
)


@dataclass(frozen=True, slots=True)
class OfNewerVersion:
    """A record of a later Tickmark, whose content this one does not know."""

    version: int


def line_of(record: Record) -> bytes:
    """One line of ASCII with its end, a checksum last."""
    body = json.dumps(_fields(record), separators=(",", ":")).encode()[:-1]
    return b"%b%b%d}\n" % (body, _SUM, zlib.crc32(body))


def record_of(line: bytes) -> Record | OfNewerVersion | None:
    """The record of a line; None for one that is damaged."""
    body, found, rest = line.rpartition(_SUM)
    try:
        if not found or int(rest.rstrip(b"}\r\n")) != zlib.crc32(body):
            return None
        fields = json.loads(body + b"}")
        version = int(fields["v"])
        return _record(fields) if version <= NEWEST else OfNewerVersion(version)
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError, RecursionError):
        return None


def may_be_torn_opening(line: bytes) -> bool:
    """Whether a line without a record is what a kill left of the first line of a journal."""
    return line.startswith(_OPENED) or _OPENED.startswith(line)


def openings(lines: Iterable[bytes]) -> tuple[Opened, ...]:
    """The openings that were not closed, in their order."""
    found: dict[str, Opened] = {}
    for line in lines:
        if line.startswith((_OPENED, _CLOSED)):
            record = record_of(line)
            if isinstance(record, Opened):
                found[record.name] = record
            elif isinstance(record, Closed):
                found.pop(record.name, None)
    return tuple(found.values())


def _fields(record: Record) -> dict[str, object]:
    """What is written; `kind` comes first, so that a line is known without being read."""
    kind, fields = _of_call(record) or _of_batch(record)
    return {"kind": kind, "v": NEWEST, **fields}


def _of_call(record: Record) -> tuple[str, dict[str, object]] | None:
    """The kind and the fields of a record of processes and calls."""
    fields: dict[str, object]
    match record:
        case Opened(name, pid, started):
            kind, fields = "opened", {"name": name, "pid": pid, "started": started}
        case Closed(name):
            kind, fields = "closed", {"name": name}
        case Sent(call, usd):
            kind, fields = "sent", {"call": call, "usd": usd}
        case Answered(key, reply, ended):
            kind = "answer"
            fields = {
                "key": key.hex(),
                "text": reply.text,
                "model": reply.model,
                "stop_reason": reply.stop_reason,
                "request_id": reply.request_id,
                "cached": reply.cached,
                "usage": _counts(reply.usage),
                **_ended_fields(ended),
            }
        case Paid(key, usage, ended):
            kind = "paid"
            fields = {"key": key.hex(), "usage": _counts(usage), **_ended_fields(ended)}
        case _:
            return None
    return kind, fields


def _of_batch(record: Record) -> tuple[str, dict[str, object]]:
    """The kind and the fields of a record of message batches."""
    fields: dict[str, object] = {}
    match record:
        case Unanswered(key, error):
            kind = "unanswered"
            fields = {
                "key": key.hex(),
                "error": type(error).__name__,
                "why": str(error),
                "stop_reason": error.stop_reason,
                "usage": _counts(spent_on(error)),
            }
        case Submitting(keys, usd, model, at):
            kind = "submitting"
            fields = {"keys": [key.hex() for key in keys], "usd": usd, "model": model, "at": at}
        case Submitted(batch, keys, usd, model):
            kind = "submitted"
            hexes = [key.hex() for key in keys]
            fields = {"batch": batch, "keys": hexes, "usd": usd, "model": model}
        case Collected(batch):
            kind, fields = "collected", {"batch": batch}
        case _:
            kind = "withdrawn"
    return kind, fields


def _ended_fields(ended: Ended) -> dict[str, object]:
    if ended == NONE_ENDED:
        return {}
    return {"ended": list(ended.calls), "doubtful_usd": ended.doubtful_usd}


def _counts(usage: Usage) -> dict[str, float]:
    return {
        "calls": usage.calls,
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "cache_read_tokens": usage.cache_read_tokens,
        "cache_write_tokens": usage.cache_write_tokens,
        "usd": usage.usd,
        "cached_calls": usage.cached_calls,
    }


def _record(fields: dict[str, Any]) -> Record | None:
    read = _READERS.get(fields["kind"])
    return read(fields) if read is not None else None


def _opened(fields: dict[str, Any]) -> Opened:
    return Opened(_text(fields, "name"), _count(fields, "pid"), _amount(fields, "started"))


def _answered(fields: dict[str, Any]) -> Answered:
    reply = Reply(
        _text(fields, "text"),
        _usage(fields),
        _text(fields, "model"),
        _text(fields, "stop_reason"),
        _text(fields, "request_id"),
        cached=bool(fields["cached"]),
    )
    return Answered(bytes.fromhex(fields["key"]), reply, _ended(fields))


def _paid(fields: dict[str, Any]) -> Paid:
    return Paid(bytes.fromhex(fields["key"]), _usage(fields), _ended(fields))


def _ended(fields: dict[str, Any]) -> Ended:
    if "ended" not in fields:
        return NONE_ENDED
    return Ended(tuple(int(call) for call in fields["ended"]), _amount(fields, "doubtful_usd"))


def _unanswered(fields: dict[str, Any]) -> Unanswered:
    error = _KINDS.get(fields["error"], AnswerUnusable)(_text(fields, "why"))
    error.stop_reason = _text(fields, "stop_reason")
    error.usage = _usage(fields)
    return Unanswered(bytes.fromhex(fields["key"]), error)


def _submitting(fields: dict[str, Any]) -> Submitting:
    keys = tuple(bytes.fromhex(key) for key in fields["keys"])
    return Submitting(keys, _amount(fields, "usd"), _text(fields, "model"), _amount(fields, "at"))


def _submitted(fields: dict[str, Any]) -> Submitted:
    keys = tuple(bytes.fromhex(key) for key in fields["keys"])
    return Submitted(_text(fields, "batch"), keys, _amount(fields, "usd"), _text(fields, "model"))


def _usage(fields: dict[str, Any]) -> Usage:
    """What a call cost; a damaged or forged line gives no money back."""
    found = fields["usage"]
    counts = {name: _count(found, name) for name in found if name != "usd"}
    return Usage(**counts, usd=_amount(found, "usd"))


def _text(fields: dict[str, Any], name: str) -> str:
    value = fields[name]
    if not isinstance(value, str):
        raise TypeError(name)
    return value


def _count(fields: dict[str, Any], name: str) -> int:
    value = fields[name]
    if not isinstance(value, int) or value < 0:
        raise ValueError(name)
    return value


def _amount(fields: dict[str, Any], name: str) -> float:
    value = float(fields[name])
    if not 0 <= value < inf:
        raise ValueError(name)
    return value


_READERS: Final[Mapping[str, Callable[[dict[str, Any]], Record]]] = {
    "opened": _opened,
    "closed": lambda fields: Closed(_text(fields, "name")),
    "sent": lambda fields: Sent(int(fields["call"]), _amount(fields, "usd")),
    "answer": _answered,
    "paid": _paid,
    "unanswered": _unanswered,
    "submitting": _submitting,
    "withdrawn": lambda _: Withdrawn(),
    "submitted": _submitted,
    "collected": lambda fields: Collected(_text(fields, "batch")),
}
