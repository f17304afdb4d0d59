"""Who is asking what: locks on single bytes of a file, which end with their process.

A row of a database could say the same, but costs a commit for each question, and outlives a process
that was killed.
"""

from __future__ import annotations

import errno
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from zlib import crc32

from tickmark.llm.ranked_lock import Rank, RankedLock

if sys.platform == "win32":
    import msvcrt

    def _lock_byte(file: int, place: int) -> None:
        os.lseek(file, place, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)

    def _free_byte(file: int, place: int) -> None:
        os.lseek(file, place, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock_byte(file: int, place: int) -> None:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)

    def _free_byte(file: int, place: int) -> None:
        fcntl.lockf(file, fcntl.LOCK_UN, 1, place)


_TAKEN: Final = frozenset({errno.EACCES, errno.EAGAIN, errno.EDEADLK})

_PLACES: Final = 2**31
"""Windows knows no more. Two keys at one place wait for each other, which is all."""


@dataclass(slots=True, eq=False)
class _File:
    """An open file of claims; the system would not tell two users of one process apart."""

    descriptor: int
    users: int = 0
    taken: set[int] = field(default_factory=set)


_lock: Final = RankedLock(Rank.CLAIMS)
# A process has each file open once: on POSIX, closing it a second time would end all its locks.
_open: Final[dict[str, _File]] = {}


class Claims:
    """The keys that this user holds, of all that users of a file hold, in this process or others.

    The file is made with the first claim, readable by its owner only, and stays empty. Safe for
    many threads; no method raises.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: _File | None = None
        self._closed = False
        self._mine: set[int] = set()

    def take(self, key: bytes) -> bool | None:
        """Whether the key is this user's from now on; None where the file cannot tell."""
        place = _place(key)
        with _lock:
            file = self._opened()
            if file is None:
                return None
            if place in file.taken:
                return False
            try:
                _lock_byte(file.descriptor, place)
            except OSError as error:
                return False if error.errno in _TAKEN else None
            file.taken.add(place)
            self._mine.add(place)
            return True

    def release(self, key: bytes) -> None:
        """Give a key back, where it is this user's."""
        place = _place(key)
        if place in self._mine:
            with _lock:
                self._give_back(place)

    def close(self) -> None:
        """Give back all keys; nothing is taken any more."""
        with _lock:
            self._closed = True
            for place in list(self._mine):
                self._give_back(place)
            file, self._file = self._file, None
            if file is not None:
                file.users -= 1
                if not file.users:
                    del _open[_name(self._path)]
                    os.close(file.descriptor)

    def _opened(self) -> _File | None:
        if self._file is None and not self._closed:
            name = _name(self._path)
            file = _open.get(name)
            if file is None:
                try:
                    file = _File(os.open(name, os.O_RDWR | os.O_CREAT, 0o600))
                except OSError:
                    return None
                _open[name] = file
            file.users += 1
            self._file = file
        return self._file

    def _give_back(self, place: int) -> None:
        if place not in self._mine or self._file is None:
            return
        self._mine.discard(place)
        self._file.taken.discard(place)
        try:
            _free_byte(self._file.descriptor, place)
        except OSError:
            # It ends with the process then.
            return


def _name(path: Path) -> str:
    return os.path.realpath(path)


def _place(key: bytes) -> int:
    return crc32(key) % _PLACES
