"""The switch to a write-ahead log waits for other processes, and not for ever."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from tickmark.llm.write_ahead import keep_write_ahead


def connected(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)


def locked(path: Path) -> sqlite3.Connection:
    """A connection that holds the file for itself."""
    holder = connected(path)
    holder.execute("BEGIN EXCLUSIVE")
    return holder


def mode(connection: sqlite3.Connection) -> str:
    found: str = connection.execute("PRAGMA journal_mode").fetchone()[0]
    return found


def test_the_switch_waits_until_another_has_done(tmp_path: Path) -> None:
    holder = locked(tmp_path / "one.sqlite")
    release = threading.Timer(0.2, lambda: holder.execute("COMMIT"))
    release.start()
    connection = connected(tmp_path / "one.sqlite")

    keep_write_ahead(connection, 30.0)

    assert mode(connection) == "wal"
    release.join()


def test_a_file_that_stays_locked_is_told(tmp_path: Path) -> None:
    holder = locked(tmp_path / "one.sqlite")

    with pytest.raises(sqlite3.OperationalError, match="locked"):
        keep_write_ahead(connected(tmp_path / "one.sqlite"), 0.05)

    holder.execute("COMMIT")


def test_another_error_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "no.sqlite").write_bytes(b"this is no database, but long enough to be read as one")

    with pytest.raises(sqlite3.DatabaseError, match="not a database"):
        keep_write_ahead(connected(tmp_path / "no.sqlite"), 30.0)
