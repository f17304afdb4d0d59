"""Locks against double clicks: one job of a kind for a workbook at a time."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from tickmark.hosts.private_file import (
    create_private,
    private_folder,
    read_private,
    write_private_text,
)
from tickmark.llm.processes import process_start
from tickmark.settings import state_folder

_SAME_START_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Lock:
    """The lock of one button for one workbook; `token` tells whose it is."""

    path: Path
    token: str

    def acquire(self) -> bool:
        """Take the lock for this process; False where another holds it. Raises OSError.

        A lock whose process is gone is taken over.
        """
        private_folder(self.path.parent)
        if self._create():
            return True
        if _is_held(read_private(self.path)):
            return False
        self.path.unlink(missing_ok=True)
        return self._create()

    def hand_over(self, pid: int) -> None:
        """Let the process with this id hold the lock; a lock that is gone stays gone."""
        if self._is_ours():
            write_private_text(self.path, _text(self.token, pid))

    def release(self) -> None:
        """Let go, if it is ours."""
        if self._is_ours():
            self.path.unlink(missing_ok=True)

    def _create(self) -> bool:
        try:
            create_private(self.path, _text(self.token, os.getpid()))
        except FileExistsError:
            return False
        return True

    def _is_ours(self) -> bool:
        return read_private(self.path).get("token") == self.token


def job_lock(tag: str, key: str, token: str) -> Lock:
    """The lock of a button, by its tag, for the workbook with this key."""
    return Lock(state_folder() / "locks" / f"{key}-{tag}.lock", token)


def _text(token: str, pid: int) -> str:
    return json.dumps({"token": token, "pid": pid, "started": process_start(pid)})


def _is_held(record: dict[str, object]) -> bool:
    """Whether the process that a lock names is the one that took it, and runs."""
    pid, started = record.get("pid"), record.get("started")
    if not isinstance(pid, int) or not isinstance(started, (int, float)):
        return False
    now = process_start(pid)
    # Another process may have got the same number since.
    return now > 0 and abs(now - started) <= _SAME_START_SECONDS
