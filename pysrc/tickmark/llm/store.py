"""Answers kept in an SQLite file, found again by their keys."""

from __future__ import annotations

import sqlite3
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Final, TypeVar

from tickmark.llm.claims import Claims
from tickmark.llm.model import Reply
from tickmark.llm.ranked_lock import Rank, RankedLock
from tickmark.llm.reply_body import body_of, reply_of
from tickmark.llm.write_ahead import may_pass, shared_file
from tickmark.llm.write_behind import WriteBehind

T = TypeVar("T")

BUSY_SECONDS = 2.0
MOST_AT_ONCE: Final = 64
"""Answers of one statement."""

AGAIN_SECONDS: Final = 0.5
"""After a failure that may pass, such as a lock, the file is left alone for so long."""

GRACE_SECONDS: Final = 5.0
"""For so long other processes wait for answers that cannot be written, as on a full disk."""

_REPLIES: Final = (
    "CREATE TABLE IF NOT EXISTS replies "
    "(key BLOB PRIMARY KEY, made REAL NOT NULL, body BLOB NOT NULL)"
)
_KNOWN: Final = "SELECT 1 FROM replies WHERE key = ?"
_FIND: Final = "SELECT body FROM replies WHERE key = ?"
_KEEP: Final = "INSERT OR REPLACE INTO replies VALUES (?, ?, ?)"
_FORGET: Final = "DELETE FROM replies WHERE key = ?"


@dataclass(frozen=True, slots=True)
class StoreStats:
    """What a store holds: `bytes` on disk, `oldest` in seconds since 1970 (None: it is empty)."""

    entries: int
    bytes: int
    oldest: float | None


@dataclass(slots=True, eq=False)
class _Arrival:
    """What a thread wants written: time and body, or None for an answer that is to be dropped."""

    key: bytes
    kept: tuple[float, Reply] | None
    taken: bool = False


class ReplyStore:
    """Answers by key in one file; safe for many threads and several processes.

    No file stops a run, and no method raises. While it is locked by another process for longer than
    two seconds, or its disk is full, answers stay in memory, are found there, and are written as
    soon as it can be written again, at the latest by `close`. A file that is damaged or must not be
    written is given up: the store finds and keeps nothing. `warning` holds one sentence where
    something could not be kept (it is "" while all is well); ask for it after `close`. The file is
    readable by its owner only.

    Of processes that miss the same answer, one claims it (`claim`, in a file beside) and asks; its
    claim ends when the answer is written, or with `release` or its process. `clock` tells seconds
    that never go back. With a `linger` (in seconds) answers in quick succession are found at once,
    and written together that much later.
    """

    def __init__(
        self, path: Path, *, clock: Callable[[], float] = time.monotonic, linger: float = 0.0
    ) -> None:
        self._path = path
        self._clock = clock
        self._lock = RankedLock(Rank.STORE)
        self._connection: sqlite3.Connection | None = None
        self._claims = Claims(path.with_name(path.name + "-claims"))
        # Time and body by key, None for what is to be dropped.
        self._unwritten: dict[bytes, tuple[float, Reply] | None] = {}
        # What threads bring while another one writes: it takes theirs along.
        self._arriving: deque[_Arrival] = deque()
        self._closed = False
        self._given_up = False
        self._in_the_way = False
        self._in_the_way_since = 0.0
        self._again_at = 0.0
        self._fault = ""
        self._lost = 0
        self._behind = WriteBehind(self._write_arrived, linger=linger)
        self._safely(self._open)

    @property
    def warning(self) -> str:
        """One sentence where answers were or will be lost, else ""."""
        lost = f"{self._lost:,} answer{'s' if self._lost != 1 else ''}"
        if self._given_up:
            so = f", which loses {lost}" if self._lost else ""
            return (
                f"The cache of answers at {self._path} cannot be used ({self._fault}){so}; the run "
                "goes on without it, and `tickmark cache clear` makes it anew."
            )
        if self._lost:
            them = "it" if self._lost == 1 else "them"
            return (
                f"The cache of answers at {self._path} could not keep {lost} ({self._fault}); "
                f"who asks for {them} again pays again."
            )
        return ""

    def get(self, key: bytes) -> Reply | None:
        """The kept answer, with no usage; None where there is none."""
        body = self._safely(lambda: self._body(key))
        reply = None if body is None else reply_of(body)
        if body is not None and reply is None:
            # Nobody could claim what seems to be there.
            self.forget(key)
        return reply

    def put(self, key: bytes, reply: Reply) -> None:
        """Keep an answer and end its claim; a later one with the same key takes its place."""
        self._write(key, (time.time(), reply))

    def forget(self, key: bytes) -> None:
        """Drop an answer, if it is there."""
        self._write(key, None)

    def claim(self, key: bytes) -> bool | None:
        """Whether the caller is the one to ask; None where the file cannot tell.

        False while another living process is, and where there is an answer by now.
        """
        granted = None if self._given_up or self._closed else self._claims.take(key)
        if granted:
            granted = self._safely(lambda: not self._has(key))
            if not granted:
                self._claims.release(key)
        return granted

    def release(self, key: bytes) -> None:
        """End the claim of this process without an answer."""
        self._claims.release(key)

    def stats(self) -> StoreStats:
        """How much the store holds."""
        found = self._safely(lambda: self._rows("SELECT count(*), min(made) FROM replies"))
        entries, oldest = found[0] if found else (0, None)
        parts = (self._path.with_name(self._path.name + end) for end in ("", "-wal"))
        size = sum(part.stat().st_size for part in parts if part.is_file())
        return StoreStats(entries, size, oldest)

    def clear(self) -> bool:
        """Forget everything, and whether that worked; a damaged file is made anew."""
        done = self._safely(self._empty)
        if self._given_up:
            self._given_up, self._closed, self._lost = False, False, 0
            done = self._safely(self._remake)
        return done is not None

    def close(self) -> None:
        """Write what is still unwritten and let go; nothing is found or kept any more."""
        self._behind.close()
        with self._lock:
            self._take_in()
            if self._unwritten:
                self._in_the_way = False
                self._wait_for_others(BUSY_SECONDS)
                self._attempt(self._catch_up)
            self._closed = True
            self._lose()
            self._let_go()
            self._claims.close()

    def _has(self, key: bytes) -> bool:
        self._look()
        if key in self._unwritten:
            return self._unwritten[key] is not None
        return bool(self._rows(_KNOWN, key))

    def _body(self, key: bytes) -> bytes | None:
        self._look()
        if key in self._unwritten:
            kept = self._unwritten[key]
            return body_of(kept[1]) if kept is not None else None
        rows = self._rows(_FIND, key)
        return rows[0][0] if rows else None

    def _look(self) -> None:
        """Take in what was brought, and try again to write where something was in the way."""
        self._take_in()
        if self._in_the_way:
            self._attempt(self._catch_up)

    def _write(self, key: bytes, kept: tuple[float, Reply] | None) -> None:
        mine = _Arrival(key, kept)
        self._arriving.append(mine)
        # What is dropped must not be found by another store a moment later.
        if kept is None or not self._behind.takes():
            with self._lock:
                # Who looked for it may have taken it along without writing it.
                if not mine.taken or key in self._unwritten:
                    self._write_taken()

    def _write_arrived(self) -> None:
        with self._lock:
            self._write_taken()

    def _write_taken(self) -> None:
        self._take_in()
        if not (self._given_up or self._closed):
            self._attempt(self._catch_up)

    def _take_in(self) -> None:
        while self._arriving:
            one = self._arriving.popleft()
            one.taken = True
            if self._given_up or self._closed:
                self._lost += one.kept is not None
                self._claims.release(one.key)
            else:
                self._unwritten[one.key] = one.kept

    def _catch_up(self) -> None:
        """Write all that is unwritten, unless something was in the way a moment ago."""
        if self._in_the_way and self._clock() < self._again_at:
            self._let_others_ask()
            return
        connection = self._connection or self._open()
        if connection is None:
            return
        wanted = self._unwritten.items()
        kept = [(key, one[0], body_of(one[1])) for key, one in wanted if one is not None]
        dropped = [key for key, one in wanted if one is None]
        whole = len(kept) <= MOST_AT_ONCE and not (dropped or self._in_the_way)
        if not whole:
            connection.execute("BEGIN IMMEDIATE")
        for start in range(0, len(kept), MOST_AT_ONCE):
            some = kept[start : start + MOST_AT_ONCE]
            connection.execute(_KEEP + ", (?, ?, ?)" * (len(some) - 1), list(chain(*some)))
        for key in dropped:
            connection.execute(_FORGET, (key,))
        if connection.in_transaction:
            connection.execute("COMMIT")
        self._release_unwritten()
        if self._in_the_way:
            self._in_the_way = False
            self._wait_for_others(BUSY_SECONDS)

    def _let_others_ask(self) -> None:
        """End the claims of answers that nobody else can find for a while."""
        if self._clock() - self._in_the_way_since >= GRACE_SECONDS:
            for key in self._unwritten:
                self._claims.release(key)

    def _release_unwritten(self) -> None:
        """End the claims of what is not unwritten any more, or never will be written."""
        for key in self._unwritten:
            self._claims.release(key)
        self._unwritten.clear()

    def _open(self) -> sqlite3.Connection | None:
        if self._closed or self._given_up:
            return None
        seconds = 0.0 if self._in_the_way else BUSY_SECONDS
        self._connection = shared_file(self._path, seconds, "PRAGMA synchronous=NORMAL", _REPLIES)
        return self._connection

    def _rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        if self._connection is None:
            return []
        return self._connection.execute(statement, values).fetchall()

    def _empty(self) -> bool:
        self._release_unwritten()
        for statement in ("DELETE FROM replies", "VACUUM"):
            self._rows(statement)
        self._rows("PRAGMA wal_checkpoint(TRUNCATE)")
        return True

    def _remake(self) -> bool:
        for end in ("", "-wal", "-shm"):
            self._path.with_name(self._path.name + end).unlink(missing_ok=True)
        self._open()
        return True

    def _safely(self, act: Callable[[], T]) -> T | None:
        with self._lock:
            return self._attempt(act)

    def _attempt(self, act: Callable[[], T]) -> T | None:
        """Do it; what fails is done without for a while, or for good."""
        try:
            return act()
        except (sqlite3.Error, OSError) as error:
            self._fault = str(error)
            if may_pass(error):
                self._step_back()
            else:
                self._given_up = True
                self._lose()
                self._let_go()
            return None

    def _step_back(self) -> None:
        """Leave the file alone for a moment, and from then on never wait for it."""
        if self._connection is not None and self._connection.in_transaction:
            with suppress(sqlite3.Error):
                self._connection.rollback()
        if not self._in_the_way:
            self._wait_for_others(0.0)
            self._in_the_way_since = self._clock()
        self._in_the_way = True
        self._again_at = self._clock() + AGAIN_SECONDS
        self._let_others_ask()
        if self._unwritten:
            self._behind.try_again(AGAIN_SECONDS)

    def _wait_for_others(self, seconds: float) -> None:
        if self._connection is not None:
            self._connection.execute(f"PRAGMA busy_timeout = {seconds * 1000:.0f}")

    def _lose(self) -> None:
        self._lost += sum(kept is not None for kept in self._unwritten.values())
        self._release_unwritten()

    def _let_go(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
