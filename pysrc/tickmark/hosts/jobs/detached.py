"""Processes that go on when the one that started them has ended."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

Launch = Callable[[Sequence[str], Path], int]
"""Starts a command in a folder and gives back the id of its process."""

MODULE: Final = "tickmark.hosts.jobs"

# Kept, so that Python does not complain about processes that are meant to live on.
_STARTED: list[subprocess.Popen[bytes]] = []


def job_command(tag: str, order_id: str) -> list[str]:
    """The command line of a job: constants and hex digits, nothing that a stranger wrote.

    -P keeps the folder it runs in out of the places that Python imports from.
    """
    return [sys.executable, "-P", "-m", MODULE, tag, order_id]


def launch(command: Sequence[str], folder: Path) -> int:
    """Start a command without window, terminal or inherited files. Raises OSError."""
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
    process = subprocess.Popen(  # noqa: S603 - a list made of constants, no shell
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        close_fds=True,
        creationflags=flags,
        start_new_session=sys.platform != "win32",
    )
    _STARTED.append(process)
    return process.pid
