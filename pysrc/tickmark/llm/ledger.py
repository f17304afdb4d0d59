"""What was spent on which day, by all processes of a user together.

Every process reserves the most that a call can cost in one SQLite file before it sends the call,
and settles afterwards with what it did cost. A reservation whose process is gone is lifted; since
the provider may have charged its call, the amount counts as possibly charged for that day.
"""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from tickmark.errors import BudgetExceeded, ModelBusy, SettingError
from tickmark.llm.metered import Budget
from tickmark.llm.processes import lives, process_start
from tickmark.llm.ranked_lock import Rank, RankedLock
from tickmark.llm.write_ahead import shared_file
from tickmark.model.usage import Usage

T = TypeVar("T")

BUSY_SECONDS: Final = 30.0
POLL_SECONDS: Final = 0.2

_ROUNDING: Final = 1e-9

_DAYS: Final = (
    "CREATE TABLE IF NOT EXISTS days (day TEXT PRIMARY KEY, usd REAL NOT NULL DEFAULT 0, "
    "doubtful REAL NOT NULL DEFAULT 0, calls INTEGER NOT NULL DEFAULT 0)"
)
_RESERVATIONS: Final = (
    "CREATE TABLE IF NOT EXISTS reservations (id INTEGER PRIMARY KEY, day TEXT NOT NULL, "
    "usd REAL NOT NULL, pid INTEGER NOT NULL, started REAL NOT NULL)"
)
_ADD: Final = (
    "INSERT INTO days VALUES (?, ?, ?, ?) ON CONFLICT (day) DO UPDATE SET usd = usd + "
    "excluded.usd, doubtful = doubtful + excluded.doubtful, calls = calls + excluded.calls"
)
_TOTALS: Final = (
    "SELECT coalesce(sum(usd), 0.0), coalesce(sum(doubtful), 0.0), coalesce(sum(calls), 0) "
    "FROM days WHERE day = ?"
)


@dataclass(frozen=True, slots=True)
class Spent:
    """USD of one day: charged, possibly charged beside that, and set aside for calls in flight."""

    usd: float = 0.0
    doubtful: float = 0.0
    reserved: float = 0.0
    calls: int = 0

    def left_of(self, limit_usd: float) -> float:
        """What a limit has room for."""
        return max(0.0, limit_usd - self.usd - self.doubtful - self.reserved)


@dataclass(frozen=True, slots=True)
class Reservation:
    """Money set aside for one call."""

    number: int
    day: str
    usd: float


def _today() -> str:
    return dt.datetime.now(dt.UTC).astimezone().date().isoformat()


class Ledger:
    """The record of spending in one file; safe for many threads and several processes.

    `today` tells the day in local time, such as `2026-11-20`. A file that cannot be used raises
    SettingError: without it no limit can be kept, so nothing may be sent. The file is readable by
    its owner only, is made when it is first used, and holds dates and amounts, nothing else.
    """

    def __init__(self, path: Path, *, today: Callable[[], str] = _today) -> None:
        self._path = path
        self._today = today
        self._lock = RankedLock(Rank.LEDGER)
        self._connection: sqlite3.Connection | None = None
        self._pid = os.getpid()
        self._started = process_start(self._pid)

    def spent(self) -> Spent:
        """What this day has cost so far."""

        def read(connection: sqlite3.Connection) -> Spent:
            day = self._today()
            usd, doubtful, calls = _row(connection, _TOTALS, day)
            (reserved,) = _row(
                connection, "SELECT coalesce(sum(usd), 0.0) FROM reservations WHERE day = ?", day
            )
            return Spent(usd, doubtful, reserved, calls)

        return self._with(read)

    def reserve(self, usd: float, limit_usd: float) -> Reservation | Spent:
        """Set money aside under today's limit, or tell what stands in the way."""

        def attempt(connection: sqlite3.Connection) -> Reservation | Spent:
            day = self._today()
            connection.execute("BEGIN IMMEDIATE")
            self._lift_abandoned(connection)
            spent, doubtful, calls = _row(connection, _TOTALS, day)
            # What other days' calls in flight cost is theirs.
            (reserved,) = _row(
                connection, "SELECT coalesce(sum(usd), 0.0) FROM reservations WHERE day = ?", day
            )
            if spent + doubtful + reserved + usd > limit_usd + _ROUNDING:
                return Spent(spent, doubtful, reserved, calls)
            number = connection.execute(
                "INSERT INTO reservations (day, usd, pid, started) VALUES (?, ?, ?, ?)",
                (day, usd, self._pid, self._started),
            ).lastrowid
            return Reservation(number or 0, day, usd)

        return self._with(attempt)

    def settle(self, reservation: Reservation, usage: Usage, *, doubtful: bool = False) -> None:
        """End a reservation with the real usage; `doubtful` keeps it as possibly charged."""

        def write(connection: sqlite3.Connection) -> None:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("DELETE FROM reservations WHERE id = ?", (reservation.number,))
            unknown = max(0.0, reservation.usd - usage.usd) if doubtful else 0.0
            if usage.usd or unknown or usage.calls:
                connection.execute(_ADD, (reservation.day, usage.usd, unknown, usage.calls))

        self._with(write)

    def close(self) -> None:
        """Let go of the file; the next use opens it again."""
        with self._lock:
            self._let_go()

    def _lift_abandoned(self, connection: sqlite3.Connection) -> None:
        """End the reservations of processes that are gone."""
        rows = connection.execute(
            "SELECT DISTINCT pid, started FROM reservations WHERE NOT (pid = ? AND started = ?)",
            (self._pid, self._started),
        ).fetchall()
        for pid, started in rows:
            if lives(pid, started):
                continue
            theirs = "FROM reservations WHERE pid = ? AND started = ?"
            for day, usd in connection.execute(
                f"SELECT day, sum(usd) {theirs} GROUP BY day",
                (pid, started),
            ).fetchall():
                connection.execute(_ADD, (day, 0.0, usd, 0))
            connection.execute(f"DELETE {theirs}", (pid, started))

    def _with(self, act: Callable[[sqlite3.Connection], T]) -> T:
        """Act on the file under the lock, as one transaction where the act begins one."""
        with self._lock:
            try:
                connection = self._connection or self._open()
                result = act(connection)
                if connection.in_transaction:
                    connection.execute("COMMIT")
            except (sqlite3.Error, OSError) as error:
                self._let_go()
                raise SettingError(
                    f"The record of spending at {self._path} cannot be used ({error}), so no "
                    "spending limit can be kept; move the file away to begin a new one."
                ) from error
            return result

    def _open(self) -> sqlite3.Connection:
        # Full: what a power cut takes out of the record was charged all the same.
        self._connection = shared_file(
            self._path, BUSY_SECONDS, "PRAGMA synchronous=FULL", _DAYS, _RESERVATIONS
        )
        return self._connection

    def _let_go(self) -> None:
        if self._connection is not None:
            # Closing rolls back what was begun.
            self._connection.close()
            self._connection = None


class DailyBudget:
    """Today's limit as the budget of a model: what all processes spend together stays below it.

    `reserve` waits while only calls in flight, of any process, stand in the way. A set `stop` ends
    the waiting with ModelBusy. Calls that cost nothing leave no trace.
    """

    def __init__(
        self,
        ledger: Ledger,
        limit_usd: float,
        *,
        stop: threading.Event | None = None,
        sleep: Callable[[float], object] | None = None,
    ) -> None:
        self._ledger = ledger
        self._limit = limit_usd
        self._stop = stop or threading.Event()
        self._sleep = sleep or self._stop.wait
        self._lock = RankedLock(Rank.BUDGET)
        self._open: dict[float, list[Reservation]] = {}

    @property
    def limit_usd(self) -> float | None:
        """USD a day."""
        return self._limit

    def reserve(self, usd: float) -> None:
        """Set aside the most that a call can cost; raises BudgetExceeded where no room is left."""
        if usd <= 0:
            return
        while not isinstance(found := self._ledger.reserve(usd, self._limit), Reservation):
            gone = found.usd + found.doubtful
            if gone + usd > self._limit + _ROUNDING:
                raise BudgetExceeded(_refusal(gone, usd, self._limit))
            if self._stop.is_set():
                raise ModelBusy("The run was stopped before this question was sent.")
            self._sleep(POLL_SECONDS)
        with self._lock:
            self._open.setdefault(usd, []).append(found)

    def settle(self, reserved_usd: float, usage: Usage, *, doubtful: bool = False) -> None:
        """End a reservation of this amount with the real usage.

        Where the record cannot be written, the amount stays reserved: an answer that is paid for
        is worth more than an exact record.
        """
        if reserved_usd <= 0:
            return
        with self._lock:
            reservation = self._open[reserved_usd].pop()
            if not self._open[reserved_usd]:
                del self._open[reserved_usd]
        with suppress(SettingError):
            self._ledger.settle(reservation, usage, doubtful=doubtful)


class JointBudget:
    """Two budgets that every call has to fit."""

    def __init__(self, first: Budget, second: Budget) -> None:
        self._first = first
        self._second = second

    @property
    def limit_usd(self) -> float | None:
        """The lower limit; None where neither has one."""
        limits = [one.limit_usd for one in (self._first, self._second)]
        return min((limit for limit in limits if limit is not None), default=None)

    def reserve(self, usd: float) -> None:
        """Set aside in both or in none; raises BudgetExceeded where one has no room left."""
        self._first.reserve(usd)
        try:
            self._second.reserve(usd)
        except BaseException:
            self._first.settle(usd, Usage())
            raise

    def settle(self, reserved_usd: float, usage: Usage, *, doubtful: bool = False) -> None:
        """End the reservation in both."""
        self._first.settle(reserved_usd, usage, doubtful=doubtful)
        self._second.settle(reserved_usd, usage, doubtful=doubtful)


def _refusal(gone: float, usd: float, limit: float) -> str:
    remedy = "raise daily_cost in your settings or wait for tomorrow."
    if gone >= limit / 2 or limit <= 0:
        return f"Today's {limit:.2f} USD are spent; {remedy}"
    return (
        f"The next call can cost {usd:.4f} USD, more than is left of today's {limit:.2f}; {remedy}"
    )


def _row(connection: sqlite3.Connection, query: str, *values: object) -> tuple[Any, ...]:
    row: tuple[Any, ...] = connection.execute(query, values).fetchone()
    return row
