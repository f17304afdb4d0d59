"""Who is asking what: locks on single bytes of a file, which end with their process.

A row of a database could say the same, but costs a commit for each question, and outlives a process
that was killed.
"""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
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

    name: str
    descriptor: int
    users: int = 0
    taken: set[int] = field(default_factory=set)

    def lasts(self) -> bool:
        """Whether others find it; where it was removed, they have another one."""
        return bool(self.taken) or os.fstat(self.descriptor).st_nlink > 0

    def reopen(self) -> None:
        """Open what has its name now; raises OSError."""
        old, self.descriptor = self.descriptor, _opened(self.name)
        os.close(old)


_lock: Final = RankedLock(Rank.CLAIMS)
# A process has each file open once: on POSIX, closing it a second time would end all its locks.
_open: Final[dict[str, _File]] = {}


def _forget_parent() -> None:
    """What the parent of a fork holds is told by the system, as with any other process."""
    for file in _open.values():
        file.taken.clear()


if sys.platform != "win32":
    os.register_at_fork(after_in_child=_forget_parent)


class Claims:
    """The keys that this user holds, of all that users of a file hold, in this process or others.

    The file is made with the first claim, readable by its owner only, and stays empty. Safe for
    many threads; no method raises.
    """

    def __init__(self, path: Path) -> None:
        self._path = path.absolute()
        self._file: _File | None = None
        self._closed = False
        self._mine: dict[int, bytes] = {}

    def take(self, key: bytes) -> bool | None:
        """Whether the key is this user's from now on; None where the file cannot tell."""
        place = _place(key)
        with _lock:
            try:
                file = self._found()
                if file is None:
                    return None
                if place in file.taken:
                    return False
                if not file.lasts():
                    file.reopen()
                _lock_byte(file.descriptor, place)
            except OSError as error:
                return False if error.errno in _TAKEN else None
            file.taken.add(place)
            self._mine[place] = key
            return True

    def release(self, key: bytes) -> None:
        """Give a key back, where it is this user's."""
        place = _place(key)
        if self._mine.get(place) == key:
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
                    del _open[file.name]
                    with suppress(OSError):
                        os.close(file.descriptor)

    def _found(self) -> _File | None:
        """The file, opened with the first claim; raises OSError."""
        if self._file is None and not self._closed:
            name = os.path.realpath(self._path)
            file = _open.get(name)
            if file is None:
                file = _open[name] = _File(name, _opened(name))
            file.users += 1
            self._file = file
        return self._file

    def _give_back(self, place: int) -> None:
        if self._mine.pop(place, None) is None or self._file is None:
            return
        self._file.taken.discard(place)
        # Where that fails, it ends with the process.
        with suppress(OSError):
            _free_byte(self._file.descriptor, place)


def _opened(name: str) -> int:
    return os.open(name, os.O_RDWR | os.O_CREAT, 0o600)


def _place(key: bytes) -> int:
    return crc32(key) % _PLACES
