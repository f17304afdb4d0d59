"""The record of all calls of a user: appended only, each row chained to the one before it.

All processes of a user append to one SQLite file. The hash of a row is taken over the row and the
hash of the row before it, so that none can be changed, removed, inserted or moved without breaking
the chain; who has noted the last hash elsewhere can prove that the end was not cut off either
(llm/call_chain.py). Triggers refuse changes by mistake.
"""

from __future__ import annotations

import json
import os
import secrets
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias

from tickmark.llm.call_entry import CallEntry, canonical, chained, digest, utc_text
from tickmark.llm.ranked_lock import Rank, RankedLock
from tickmark.llm.write_ahead import shared_file
from tickmark.llm.write_behind import WriteBehind

FILE_NAME: Final = "calls.sqlite"
FORMAT: Final = 1

BUSY_SECONDS: Final = 2.0
PAUSE_SECONDS: Final = 15.0
"""After a failure nothing is tried for so long: a run must not wait for its record."""

MOST_HELD: Final = 20_000
MOST_HELD_CHARACTERS: Final = 64_000_000

_SCHEMA: Final = (
    (
        "CREATE TABLE IF NOT EXISTS entries "
        "(number INTEGER PRIMARY KEY, body TEXT NOT NULL, hash TEXT NOT NULL)"
    ),
    "CREATE TABLE IF NOT EXISTS texts (number INTEGER PRIMARY KEY, body TEXT NOT NULL)",
    (
        "CREATE TRIGGER IF NOT EXISTS no_change BEFORE UPDATE ON entries "
        "BEGIN SELECT RAISE(ABORT, 'entries of the call log are never changed'); END"
    ),
    (
        "CREATE TRIGGER IF NOT EXISTS no_removal BEFORE DELETE ON entries "
        "BEGIN SELECT RAISE(ABORT, 'entries of the call log are never removed'); END"
    ),
    (
        "CREATE TRIGGER IF NOT EXISTS only_the_next BEFORE INSERT ON entries "
        "WHEN NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM entries) "
        "BEGIN SELECT RAISE(ABORT, 'entries of the call log are only appended'); END"
    ),
    (
        "CREATE TRIGGER IF NOT EXISTS no_change_of_texts BEFORE UPDATE ON texts "
        "BEGIN SELECT RAISE(ABORT, 'texts of the call log are never changed'); END"
    ),
)
_LAST: Final = "SELECT number, hash FROM entries ORDER BY number DESC LIMIT 1"
_APPEND: Final = "INSERT INTO entries VALUES (?, ?, ?)"
MOST_AT_ONCE: Final = 64
"""Rows of one statement; each statement and each row of its own costs other threads time."""

_KEEP: Final = "INSERT INTO texts VALUES (?, ?)"


Made: TypeAlias = tuple[CallEntry, Mapping[str, object] | None]
"""An entry, and the texts that belong to it where they are kept."""


@dataclass(slots=True)
class _Waiting:
    """An entry that a thread brings, and how it is made."""

    make: Callable[[], Made]
    taken: bool = False


@dataclass(frozen=True, slots=True)
class _Row:
    """A row on its way into the file, or in memory where the file cannot be written."""

    time: str
    body: str
    texts: str = ""


@dataclass(frozen=True, slots=True)
class _Gap:
    """Entries that got lost, with the times of the first and the last one."""

    entries: int
    since: str
    until: str

    def with_one(self, moment: str) -> _Gap:
        return _Gap(self.entries + 1, self.since or moment, moment)

    def joined(self, other: _Gap) -> _Gap:
        times = sorted(filter(None, (self.since, self.until, other.since, other.until)))
        entries = self.entries + other.entries
        return _Gap(entries, times[0], times[-1]) if times else _Gap(entries, "", "")


_NO_GAP: Final = _Gap(0, "", "")


class CallLog:
    """Appends entries to the file; safe for many threads and several processes.

    An entry is handed to the operating system before `append` returns: it outlives the process,
    not a power cut. With a `linger` (seconds) that holds in quiet moments only; entries in quick
    succession are handed over together, that much later. What arrives while another thread writes
    goes into the same transaction.
    Where the file cannot be written, entries wait in memory and are appended later; a run never
    stops for it. Those still waiting at the end are missing: `warning` says so in one sentence
    after `close`, and a gap with their number is chained in by whoever opens the file next. The
    file is readable by its owner only. `texts` keeps prompts and answers in a table of their own,
    from which they can be erased without breaking the chain. `clock` (seconds, never going back)
    and `busy` (seconds to wait for other processes) can be replaced.
    """

    def __init__(
        self,
        path: Path,
        *,
        texts: bool = False,
        clock: Callable[[], float] = time.monotonic,
        busy: float = BUSY_SECONDS,
        linger: float = 0.0,
    ) -> None:
        self._path = path
        self._note = path.with_suffix(".missing")
        self._clock = clock
        self._busy = busy
        self._lock = RankedLock(Rank.CALL_LOG)
        self._waiting: deque[_Waiting] = deque()
        self._held: list[_Row] = []
        self._held_characters = 0
        self._gap = _NO_GAP
        self._lost = 0
        self._problem = ""
        self._failing = False
        self._next_try = clock()
        self._fresh = True
        # The number and hash of the last row, if it is ours.
        self._end: tuple[int, str] | None = None
        self._connection: sqlite3.Connection | None = None
        self._behind = WriteBehind(self._write_waiting, linger=linger)
        self.keeps_texts = texts
        self.warning = ""

    def append(self, entry: CallEntry, texts: Mapping[str, object] | None = None) -> None:
        """Append one entry, with the texts that belong to it where they are kept."""
        self.append_made(lambda: (entry, texts))

    def append_made(self, make: Callable[[], Made]) -> None:
        """Append one entry that is made when it is written: under load many in one go."""
        waiting = _Waiting(make)
        self._waiting.append(waiting)
        if self._behind.takes():
            return
        with self._lock:
            # Another thread may have taken it along.
            if not waiting.taken:
                self._write()

    def append_all(self, entries: Iterable[Made]) -> None:
        """Append many entries at once."""
        self._waiting.extend([_Waiting(partial(_same, one)) for one in entries])
        with self._lock:
            self._write()

    def close(self) -> None:
        """Write what waits in memory and let go of the file; the next use opens it again."""
        self._behind.close()
        with self._lock:
            self._next_try = self._clock()
            self._write()
            gap = self._gap
            for one in self._held:
                gap = gap.with_one(one.time)
            if gap.entries:
                self._leave_note(gap)
            if self._lost + gap.entries:
                self.warning = (
                    f"The record of calls at {self._path} could not be written ({self._problem}): "
                    f"{_entries(self._lost + gap.entries)} missing from it; see that the disk has "
                    "room and that no other program holds the file."
                )
            self._forget()
            self._let_go()

    def _forget(self) -> None:
        """Nothing waits any more."""
        self._held, self._held_characters, self._gap = [], 0, _NO_GAP

    def _row(self, entry: CallEntry, texts: Mapping[str, object] | None) -> _Row:
        if texts is None or not self.keeps_texts:
            return _Row(entry.time, canonical(entry.record))
        body = canonical(texts)
        return _Row(entry.time, canonical(replace(entry, texts=digest(body)).record), body)

    def _write_waiting(self) -> None:
        with self._lock:
            self._write()

    def _write(self) -> None:
        """Append all that waits, or hold it in memory."""
        self._take()
        if not (self._held or self._gap.entries) or self._clock() < self._next_try:
            return
        try:
            connection = self._connection or self._open()
            if not self._went_on(connection):
                self._commit(connection)
        except (sqlite3.Error, OSError) as error:
            self._problem = str(error)
            self._failing = True
            self._next_try = self._clock() + PAUSE_SECONDS
            self._let_go()
        except BaseException:
            self._let_go()
            raise
        else:
            self._lost += self._gap.entries
            self._failing = False
            self._forget()

    def _take(self) -> None:
        while self._waiting:
            brought = self._waiting.popleft()
            brought.taken = True
            try:
                one = self._row(*brought.make())
            except Exception as error:  # noqa: BLE001 - it may be somebody else's
                self._problem = self._problem or type(error).__name__
                self._gap = self._gap.with_one(utc_text(time.time()))
                continue
            size = len(one.body) + len(one.texts)
            full = self._held_characters + size > MOST_HELD_CHARACTERS
            if self._failing and (full or len(self._held) >= MOST_HELD):
                self._gap = self._gap.with_one(one.time)
            else:
                self._held.append(one)
                self._held_characters += size

    def _went_on(self, connection: sqlite3.Connection) -> bool:
        """Whether all that waits was appended behind our own last row, in one statement.

        It is not where others have appended meanwhile: the number is theirs then, and refused.
        """
        if self._end is None or self._gap.entries or len(self._held) > MOST_AT_ONCE:
            return False
        number, last = self._end
        values: list[int | str] = []
        for one in self._held:
            if one.texts:
                return False
            number += 1
            last = chained(last, number, one.body)
            values += number, one.body, last
        more = ", (?, ?, ?)" * (len(self._held) - 1)
        try:
            connection.execute(_APPEND + more, values)
        except sqlite3.IntegrityError:
            return False
        self._end = number, last
        return True

    def _commit(self, connection: sqlite3.Connection) -> None:
        """One transaction: the chain goes on behind whatever others have appended meanwhile."""
        connection.execute("BEGIN IMMEDIATE")
        number, last = connection.execute(_LAST).fetchone() or (0, "")
        rows: list[tuple[int, str, str]] = []
        texts: list[tuple[int, str]] = []

        def add(body: str) -> None:
            nonlocal number, last
            number += 1
            last = chained(last, number, body)
            rows.append((number, body, last))

        if not number:
            add(_beginning())
        note = self._take_note() if self._fresh else _NO_GAP
        gap = self._gap.joined(note)
        if gap.entries:
            add(_gap_body(gap))
        for one in self._held:
            add(one.body)
            if one.texts:
                texts.append((number, one.texts))
        try:
            connection.executemany(_APPEND, rows)
            if texts:
                connection.executemany(_KEEP, texts)
            connection.execute("COMMIT")
        except BaseException:
            if note.entries:
                self._leave_note(note)
            raise
        self._fresh = False
        self._end = number, last

    def _open(self) -> sqlite3.Connection:
        # Normal: a commit is a write without waiting for the disk; what a power cut may take is
        # the end of the chain, never its order.
        self._fresh, self._end = True, None
        self._connection = shared_file(
            self._path, self._busy, "PRAGMA synchronous=NORMAL", *_SCHEMA
        )
        return self._connection

    def _let_go(self) -> None:
        if self._connection is not None:
            # Closing rolls back what was begun.
            with suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    def _leave_note(self, gap: _Gap) -> None:
        """Leave word of a gap beside the file, for whoever can write next."""
        with suppress(OSError):
            line = json.dumps([gap.entries, gap.since, gap.until]) + "\n"
            place = os.open(self._note, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                os.write(place, line.encode())
            finally:
                os.close(place)

    def _take_note(self) -> _Gap:
        """The gaps that other processes left word of, taken away; asked within a transaction."""
        found = _NO_GAP
        if not self._note.exists():
            return found
        with suppress(OSError):
            lines = self._note.read_text(encoding="utf-8", errors="replace").splitlines()
            self._note.unlink()
            for line in lines:
                found = found.joined(_noted(line))
        return found


def _same(made: Made) -> Made:
    return made


def _beginning() -> str:
    """The first row: its salt makes every chain one of its own."""
    record = {
        "kind": "beginning",
        "format": FORMAT,
        "time": utc_text(time.time()),
        "salt": secrets.token_hex(32),
    }
    return canonical(record)


def _gap_body(gap: _Gap) -> str:
    record = {
        "kind": "gap",
        "time": utc_text(time.time()),
        "entries": gap.entries,
        "since": gap.since,
        "until": gap.until,
    }
    return canonical(record)


def _noted(line: str) -> _Gap:
    """What a line of a note tells; nothing where it is damaged."""
    try:
        match json.loads(line):
            case [int(entries), str(since), str(until)] if entries > 0:
                return _Gap(entries, since, until)
    except (ValueError, RecursionError):
        pass
    return _NO_GAP


def _entries(number: int) -> str:
    return "1 entry is" if number == 1 else f"{number:,} entries are"
