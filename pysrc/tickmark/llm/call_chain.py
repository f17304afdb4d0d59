"""The record of calls as it is read: its entries, and whether the chain of them is whole."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tickmark.errors import InputError
from tickmark.llm.call_entry import CallEntry, chained, digest, entry_of

BUSY_SECONDS: Final = 5.0

_BEGINNING: Final = "beginning"
_GAP: Final = "gap"
_ALL: Final = "SELECT number, body, hash FROM entries ORDER BY number"
_LATEST: Final = f"{_ALL} DESC"
_ONE: Final = "SELECT number, body, hash FROM entries WHERE number = ?"
_TEXTS_OF: Final = "SELECT body FROM texts WHERE number = ?"
_TEXTS: Final = "SELECT number, body FROM texts ORDER BY number"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the record; `call` is None for the first row and for gaps, where `lost` counts."""

    number: int
    hash: str
    record: Mapping[str, object]
    call: CallEntry | None = None
    lost: int = 0

    @property
    def time(self) -> str:
        """When the call was sent, or the row made, in UTC."""
        return str(self.record.get("time", ""))


@dataclass(frozen=True, slots=True)
class Chain:
    """What a walk over the chain found.

    `rows` counts them up to the first bad one, `number` and `problem` tell which that is and what
    is wrong with it ("" where nothing is). `head` is the hash of the last good row; `noted` is the
    number of the row whose hash was asked for, 0 where there is none. `lost` are entries that could
    not be written, `texts` those kept beside the entries, `erased` those taken away.
    """

    rows: int = 0
    calls: int = 0
    lost: int = 0
    texts: int = 0
    erased: int = 0
    first: str = ""
    last: str = ""
    head: str = ""
    noted: int = 0
    number: int = 0
    problem: str = ""


class CallRecord:
    """Reads the file of a call log, which may be written meanwhile; alters nothing.

    Every method raises InputError, with one sentence, for a file that is damaged or no call log.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def exists(self) -> bool:
        """Whether there is a record at all."""
        return self._path.exists()

    def rows(self, *, newest_first: bool = False) -> Iterator[Row]:
        """All rows in their order."""
        with closing(self._open()) as connection:
            for found in self._rows(connection, _LATEST if newest_first else _ALL):
                yield self._row(*found)

    def row(self, number: int) -> Row | None:
        """The row of a number."""
        with closing(self._open()) as connection:
            for found in self._rows(connection, _ONE, number):
                return self._row(*found)
        return None

    def texts(self, number: int) -> Mapping[str, object] | None:
        """The texts of a row; None where none are kept."""
        with closing(self._open()) as connection:
            for (body,) in self._rows(connection, _TEXTS_OF, number):
                with suppress(ValueError, TypeError, RecursionError):
                    found = json.loads(body)
                    if isinstance(found, dict):
                        return found
                raise InputError(self._damaged(f"the texts of entry {number} are unreadable"))
        return None

    def walk(self, head: str = "") -> Chain:
        """Walk the whole chain; `head` is a hash, or its beginning, to be looked for in it."""
        with closing(self._open()) as connection:
            # One transaction: entries and texts of the same moment.
            self._run(connection, "BEGIN")
            walk = _Walk(head)
            for number, body, found in self._rows(connection, _ALL):
                if not walk.step(number, body, found):
                    return walk.chain()
            for number, body in self._rows(connection, _TEXTS):
                if not walk.text(number, body):
                    break
            return walk.chain()

    def _row(self, number: int, body: object, found: object) -> Row:
        try:
            record = _parsed(body)
            kind = record.get("kind", "")
            call = entry_of(record) if kind == "" else None
        except ValueError:
            raise InputError(self._damaged(f"entry {number} is unreadable")) from None
        lost = record.get("entries") if kind == _GAP else 0
        return Row(number, str(found), record, call, lost if isinstance(lost, int) else 0)

    def _open(self) -> sqlite3.Connection:
        place = self._path.absolute().as_uri()
        try:
            connection = sqlite3.connect(f"{place}?mode=ro", timeout=BUSY_SECONDS, uri=True)
        except (sqlite3.Error, OSError) as error:
            raise InputError(self._damaged(str(error))) from None
        connection.isolation_level = None
        try:
            connection.execute("SELECT number, body, hash FROM entries LIMIT 1").fetchall()
        except sqlite3.Error as error:
            connection.close()
            if not isinstance(error, sqlite3.OperationalError) or self._begun():
                raise InputError(self._damaged(str(error))) from None
            # A copy in a folder that cannot be written, where SQLite has no place for its files.
            connection = sqlite3.connect(f"{place}?immutable=1", uri=True)
            connection.isolation_level = None
        return connection

    def _begun(self) -> bool:
        """Whether the write-ahead log beside the file holds something."""
        beside = self._path.with_name(self._path.name + "-wal")
        return beside.exists() and beside.stat().st_size > 0

    def _rows(
        self, connection: sqlite3.Connection, query: str, *values: object
    ) -> Iterator[tuple[Any, ...]]:
        try:
            yield from connection.execute(query, values)
        except sqlite3.Error as error:
            raise InputError(self._damaged(str(error))) from None

    def _run(self, connection: sqlite3.Connection, statement: str) -> None:
        for _ in self._rows(connection, statement):
            pass

    def _damaged(self, what: str) -> str:
        return (
            f"The record of calls at {self._path} cannot be read ({what}); it is damaged or no "
            "such record: look for a copy of it, or move it away to begin a new one."
        )


class _Walk:
    """The state of a walk over the chain."""

    def __init__(self, head: str) -> None:
        self._wanted = head
        self._last = ""
        self._rows = self._calls = self._lost = self._noted = 0
        self._kept = 0
        self._hashes: dict[int, str] = {}
        self._first = self._latest = ""
        self._bad = (0, "")

    def step(self, number: int, body: object, found: object) -> bool:
        """Take the next row; False for a bad one."""
        expected = self._rows + 1
        if number != expected:
            # The chain is the proof, the number says where it is broken.
            return self._fail(min(number, expected), _misnumbered(number, expected))
        if not isinstance(body, str) or chained(self._last, number, body) != found:
            return self._fail(number, "it was changed, or one before it was removed or replaced")
        try:
            record = _parsed(body)
            call = entry_of(record) if "kind" not in record else None
        except ValueError:
            return self._fail(number, "it is no entry of a call log")
        if (record.get("kind") == _BEGINNING) != (number == 1):
            return self._fail(number, "the record does not begin there")
        self._rows, self._last = number, found
        self._count(record, call)
        if call is not None and call.texts:
            self._hashes[number] = call.texts
        if self._wanted and found.startswith(self._wanted):
            self._noted = number
        return True

    def text(self, number: int, body: object) -> bool:
        """Take the texts of a row; False where they are not those of its call."""
        wanted = self._hashes.pop(number, "")
        if not wanted or not isinstance(body, str) or digest(body) != wanted:
            return self._fail(number, "its texts are not those of the call")
        self._kept += 1
        return True

    def chain(self) -> Chain:
        """What was found so far."""
        number, problem = self._bad
        return Chain(
            rows=self._rows,
            calls=self._calls,
            lost=self._lost,
            texts=self._kept,
            erased=0 if problem else len(self._hashes),
            first=self._first,
            last=self._latest,
            head=self._last,
            noted=self._noted,
            number=number,
            problem=problem,
        )

    def _count(self, record: Mapping[str, object], call: CallEntry | None) -> None:
        time = str(record.get("time", ""))
        self._first = min(self._first or time, time)
        self._latest = max(self._latest, time)
        if call is not None:
            self._calls += 1
        elif record.get("kind") == _GAP and isinstance(lost := record.get("entries"), int):
            self._lost += lost

    def _fail(self, number: int, problem: str) -> bool:
        self._bad = (number, problem)
        return False


def _misnumbered(number: int, expected: int) -> str:
    return "it is missing" if number > expected else "it was inserted"


def _parsed(body: object) -> Mapping[str, object]:
    """The JSON object in a body; raises ValueError for anything else."""
    try:
        record = json.loads(body) if isinstance(body, str) else None
    except RecursionError:
        record = None
    if isinstance(record, dict):
        return record
    raise ValueError(body)
