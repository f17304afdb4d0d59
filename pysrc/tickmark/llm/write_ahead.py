"""SQLite files that several processes share, and their write-ahead log."""

from __future__ import annotations

import errno
import sqlite3
import time
from pathlib import Path
from typing import Final

_PAUSE: Final = 0.01
_BUSY: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})

# The lower byte of SQLite's error code is its kind.
_PASSING: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_READONLY,
    }
)
_PASSING_OF_SYSTEM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def shared_file(path: Path, seconds: float, *statements: str) -> sqlite3.Connection:
    """A connection to a file that only its owner may read, made where it is missing.

    Waits at most so many seconds for other processes, then runs the statements. Its threads may
    share the connection. Raises sqlite3.Error and OSError.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    connection = sqlite3.connect(
        path, timeout=seconds, isolation_level=None, check_same_thread=False
    )
    try:
        keep_write_ahead(connection, seconds)
        for statement in statements:
            connection.execute(statement).fetchall()
    except BaseException:
        connection.close()
        raise
    return connection


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


def may_pass(error: Exception) -> bool:
    """Whether what failed may work later: a lock or a full disk, no damage."""
    if isinstance(error, sqlite3.Error):
        # An error of the module itself, such as wrong use, has no code.
        code: int = getattr(error, "sqlite_errorcode", 0) or 0
        return code & 0xFF in _PASSING
    return isinstance(error, OSError) and error.errno in _PASSING_OF_SYSTEM
