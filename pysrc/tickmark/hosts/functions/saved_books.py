"""The saved files behind live ranges, read once for each time they are saved."""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tickmark.analyses.saved import Saved
from tickmark.errors import TickmarkError
from tickmark.settings import Settings
from tickmark.wiring import Reader, reader

WORKBOOKS: Final = 2
"""How many workbooks are kept in memory."""

_LOG: Final = logging.getLogger("tickmark.functions")

_Stamp = tuple[int, int]


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).astimezone()


def _plain_reader() -> Reader:
    return reader(Settings(), details=False, converts=False)


class SavedBooks:
    """Reads workbooks by their paths; for background threads, of which one reads at a time.

    A file that is missing, refused or damaged is None, as is a path that is no whole path of a
    file, such as the name of a workbook that was never saved or the address of one in the cloud.
    `reader` gives what reads a file, by the settings of the moment.
    """

    def __init__(
        self,
        *,
        reader: Callable[[], Reader] = _plain_reader,
        now: Callable[[], dt.datetime] = _now,
    ) -> None:
        self._reader = reader
        self._now = now
        self._lock = threading.Lock()
        self._books: OrderedDict[str, tuple[_Stamp, Saved | None]] = OrderedDict()

    def get(self, path: str) -> Saved | None:
        """The workbook as it was last saved."""
        with self._lock:
            stamp = _stamp(path)
            if stamp is None:
                self._books.pop(path, None)
                return None
            known = self._books.get(path)
            if known is None or known[0] != stamp:
                # The old one goes first: two of a large workbook may not fit.
                self._books.pop(path, None)
                while len(self._books) >= WORKBOOKS:
                    self._books.popitem(last=False)
                known = self._books[path] = (stamp, self._read(path, stamp))
            self._books.move_to_end(path)
            return known[1]

    def _read(self, path: str, stamp: _Stamp) -> Saved | None:
        try:
            workbook = self._reader()(path)
        except (TickmarkError, OSError) as error:
            _LOG.info("a saved workbook could not be read: %s", type(error).__name__)
            return None
        return Saved(workbook, self._time(stamp[0]))

    def _time(self, modified: int) -> str:
        now = self._now()
        at = dt.datetime.fromtimestamp(modified / 1e9, now.tzinfo)
        return f"{at:%H:%M}" if at.date() == now.date() else f"{at:%Y-%m-%d %H:%M}"


def _stamp(path: str) -> _Stamp | None:
    """Time of saving and size; None where there is no such file."""
    try:
        place = Path(path)
        if not place.is_absolute() or not place.is_file():
            return None
        found = place.stat()
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size
