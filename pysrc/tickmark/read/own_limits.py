"""Limits that a child process puts on itself before it touches a file."""

from __future__ import annotations

import sys
from contextlib import suppress


def limit_self(memory: int, seconds: float) -> None:
    """Bound this process's address space in bytes, unless 0, and its CPU time.

    On Windows nothing is bound.
    """
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - there is none on Windows

    bounds = (
        (resource.RLIMIT_AS, memory or resource.RLIM_INFINITY),
        (resource.RLIMIT_CPU, max(1, round(seconds))),
        (resource.RLIMIT_CORE, 0),
    )
    for kind, bound in bounds:
        with suppress(ValueError, OSError):  # a system that refuses: the parent watches too
            resource.setrlimit(kind, (bound, bound))
