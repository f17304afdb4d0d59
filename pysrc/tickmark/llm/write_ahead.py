"""The write-ahead log of a SQLite file that several processes share."""

from __future__ import annotations

import sqlite3
import time
from typing import Final

_PAUSE: Final = 0.01
_BUSY: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


def keep_write_ahead(connection: sqlite3.Connection, seconds: float) -> None:
    """Switch a file to a write-ahead log, waiting at most so many seconds for other processes.

    SQLite's own waiting does not hold for the switch: of processes that open a new file at once all
    but one would fail. Raises sqlite3.OperationalError where the file stays locked.
    """
    end = time.monotonic() + seconds
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").fetchall()
        except sqlite3.OperationalError as error:
            # The lower byte is the kind of the error, the rest which one of its kind.
            if error.sqlite_errorcode & 0xFF not in _BUSY or time.monotonic() >= end:
                raise
            time.sleep(_PAUSE)
        else:
            return
