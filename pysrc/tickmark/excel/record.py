"""The record of what installations wrote, so that removing takes exactly that."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import PurePath

from tickmark.errors import InputError

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """A file that was written, with the SHA-256 of its content."""

    path: str
    digest: str


@dataclass(frozen=True, slots=True)
class Record:
    """Files that were written and folders that were made for them."""

    entries: tuple[Entry, ...] = ()
    folders: tuple[str, ...] = ()

    def paths(self) -> tuple[str, ...]:
        """Each place once, in the order of writing."""
        return tuple(dict.fromkeys(entry.path for entry in self.entries))

    def knows(self, path: PurePath, content: bytes) -> bool:
        """Whether we wrote exactly this content there."""
        return Entry(str(path), sha256(content).hexdigest()) in self.entries

    def joined(self, entries: Sequence[Entry], folders: Sequence[str]) -> Record:
        """With further files and folders."""
        return Record(
            tuple(dict.fromkeys((*self.entries, *entries))),
            tuple(dict.fromkeys((*self.folders, *folders))),
        )


def record_bytes(record: Record) -> bytes:
    """The record as a file."""
    return json.dumps({"schema_version": SCHEMA_VERSION, **asdict(record)}, indent=1).encode()


def parse_record(content: bytes) -> Record:
    """A record from its file; raises InputError where it is none."""
    try:
        raw = json.loads(content)
        entries = tuple(Entry(str(one["path"]), str(one["digest"])) for one in raw["entries"])
        return Record(entries, tuple(str(folder) for folder in raw["folders"]))
    except (ValueError, TypeError, KeyError) as error:
        raise InputError("it is no record of an installation") from error
