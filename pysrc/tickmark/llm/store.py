"""Answers kept in an SQLite file, found again by their keys."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from tickmark.llm.model import Reply
from tickmark.llm.write_ahead import shared_file

T = TypeVar("T")

BUSY_SECONDS = 2.0

_TABLE = (
    "CREATE TABLE IF NOT EXISTS replies "
    "(key BLOB PRIMARY KEY, made REAL NOT NULL, body BLOB NOT NULL)"
)


@dataclass(frozen=True, slots=True)
class StoreStats:
    """What a store holds: `bytes` on disk, `oldest` in seconds since 1970 (None: it is empty)."""

    entries: int
    bytes: int
    oldest: float | None


class ReplyStore:
    """Answers by key in one file; safe for many threads and several processes.

    A file that is damaged, locked for longer than two seconds or not writable never stops a run:
    from then on the store finds and keeps nothing, and `warning` holds one sentence that says so
    (it is "" while all is well). The file is readable by its owner only.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self.warning = ""
        self._safely(self._open)

    def get(self, key: bytes) -> Reply | None:
        """The kept answer, with no usage; None where there is none."""
        query = "SELECT body FROM replies WHERE key = ?"
        row = self._safely(lambda: self._rows(query, key))
        if not row:
            return None
        try:
            text, model, stop_reason, request_id = json.loads(zlib.decompress(row[0][0]))
        except (ValueError, TypeError, zlib.error):
            return None
        return Reply(
            str(text),
            model=str(model),
            stop_reason=str(stop_reason),
            request_id=str(request_id),
            cached=True,
        )

    def put(self, key: bytes, reply: Reply) -> None:
        """Keep an answer; a later one with the same key takes its place."""
        fields = [reply.text, reply.model, reply.stop_reason, reply.request_id]
        body = zlib.compress(json.dumps(fields).encode(), 1)
        insert = "INSERT OR REPLACE INTO replies VALUES (?, ?, ?)"
        self._safely(lambda: self._rows(insert, key, time.time(), body))

    def forget(self, key: bytes) -> None:
        """Drop an answer, if it is there."""
        self._safely(lambda: self._rows("DELETE FROM replies WHERE key = ?", key))

    def stats(self) -> StoreStats:
        """How much the store holds."""
        found = self._safely(lambda: self._rows("SELECT count(*), min(made) FROM replies"))
        entries, oldest = found[0] if found else (0, None)
        parts = (self._path.with_name(self._path.name + end) for end in ("", "-wal"))
        size = sum(part.stat().st_size for part in parts if part.is_file())
        return StoreStats(entries, size, oldest)

    def clear(self) -> None:
        """Forget everything; a damaged file is made anew."""
        self._safely(self._empty)
        if self.warning:
            self.close()
            self.warning = ""
            self._safely(self._remake)

    def close(self) -> None:
        """Let go of the file; nothing is found or kept any more."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _open(self) -> None:
        self._connection = shared_file(
            self._path, BUSY_SECONDS, "PRAGMA synchronous=NORMAL", _TABLE
        )

    def _rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        if self._connection is None:
            return []
        return self._connection.execute(statement, values).fetchall()

    def _empty(self) -> None:
        self._rows("DELETE FROM replies")
        self._rows("VACUUM")
        self._rows("PRAGMA wal_checkpoint(TRUNCATE)")

    def _remake(self) -> None:
        for end in ("", "-wal", "-shm"):
            self._path.with_name(self._path.name + end).unlink(missing_ok=True)
        self._open()

    def _safely(self, act: Callable[[], T]) -> T | None:
        """Do it under the lock; a failing file closes the store with its one warning."""
        with self._lock:
            try:
                return act()
            except (sqlite3.Error, OSError) as error:
                if self._connection is not None:
                    self._connection.close()
                    self._connection = None
                self.warning = self.warning or (
                    f"The cache of answers at {self._path} cannot be used ({error}); the run goes "
                    "on without it, and `tickmark cache clear` makes it anew."
                )
                return None
