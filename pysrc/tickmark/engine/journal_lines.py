"""The records of a run's journal, and the lines that they stand in."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from tickmark.llm.model import Reply
from tickmark.model.usage import Usage

NEWEST: Final = 1
"""The version of the lines that this module writes, the highest that it reads."""

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
class Answered:
    """An answer by the content key of its prompt, with its usage."""

    key: bytes
    reply: Reply


@dataclass(frozen=True, slots=True)
class Paid:
    """What calls cost that gave no usable answer."""

    key: bytes
    usage: Usage


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


Record: TypeAlias = Opened | Closed | Answered | Paid | Submitted | Collected


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
    except (ValueError, TypeError, KeyError, AttributeError):
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
    match record:
        case Opened():
            about = {"name": record.name, "pid": record.pid, "started": record.started}
            return {"kind": "opened", "v": NEWEST, **about}
        case Closed():
            return {"kind": "closed", "v": NEWEST, "name": record.name}
        case Answered(key, reply):
            return {
                "kind": "answer",
                "v": NEWEST,
                "key": key.hex(),
                "text": reply.text,
                "model": reply.model,
                "stop_reason": reply.stop_reason,
                "request_id": reply.request_id,
                "cached": reply.cached,
                "usage": _counts(reply.usage),
            }
        case Paid(key, usage):
            return {"kind": "paid", "v": NEWEST, "key": key.hex(), "usage": _counts(usage)}
        case Submitted():
            return {
                "kind": "submitted",
                "v": NEWEST,
                "batch": record.batch,
                "keys": [key.hex() for key in record.keys],
                "usd": record.usd,
                "model": record.model,
            }
        case Collected():
            return {"kind": "collected", "v": NEWEST, "batch": record.batch}


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


def _answered(fields: dict[str, Any]) -> Answered:
    reply = Reply(
        fields["text"],
        Usage(**fields["usage"]),
        fields["model"],
        fields["stop_reason"],
        fields["request_id"],
        cached=fields["cached"],
    )
    return Answered(bytes.fromhex(fields["key"]), reply)


def _submitted(fields: dict[str, Any]) -> Submitted:
    keys = tuple(bytes.fromhex(key) for key in fields["keys"])
    return Submitted(fields["batch"], keys, fields["usd"], fields["model"])


_READERS: Final[Mapping[str, Callable[[dict[str, Any]], Record]]] = {
    "opened": lambda fields: Opened(fields["name"], fields["pid"], fields["started"]),
    "closed": lambda fields: Closed(fields["name"]),
    "answer": _answered,
    "paid": lambda fields: Paid(bytes.fromhex(fields["key"]), Usage(**fields["usage"])),
    "submitted": _submitted,
    "collected": lambda fields: Collected(fields["batch"]),
}
