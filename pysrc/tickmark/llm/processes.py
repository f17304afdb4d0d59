"""Processes that hold something that others wait for, and whether they still live."""

from __future__ import annotations

import psutil


def process_start(pid: int) -> float:
    """When a process began, in seconds since 1970; 0 where there is none, or only its remains."""
    try:
        process = psutil.Process(pid)
        return 0.0 if process.status() == psutil.STATUS_ZOMBIE else process.create_time()
    except (psutil.Error, OverflowError, ValueError):
        return 0.0
