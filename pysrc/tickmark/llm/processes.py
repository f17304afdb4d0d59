"""Processes that hold something that others wait for, and whether they still live."""

from __future__ import annotations

from typing import Final

import psutil

# A start is counted from the boot of the system, whose time is adjusted by small steps.
_SAME_START_SECONDS: Final = 2.0


def process_start(pid: int) -> float:
    """When a process began, in seconds since 1970; 0 where there is none, or only its remains."""
    try:
        process = psutil.Process(pid)
        return 0.0 if process.status() == psutil.STATUS_ZOMBIE else process.create_time()
    except (psutil.Error, OverflowError, ValueError):
        return 0.0


def lives(pid: int, started: float) -> bool:
    """Whether the process that had this number and start is still there."""
    now = process_start(pid)
    return bool(now) and abs(now - started) <= _SAME_START_SECONDS
