"""stdout and stderr: characters that they cannot show, and readers who leave before the end."""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress


def show_all() -> None:
    """Escape what a terminal or pipe cannot show, such as odd file names, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def emit(text: str) -> None:
    """Print data on stdout at once; once its reader has left, it goes nowhere."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        hang_up()


def hang_up() -> None:
    """What else is printed on stdout goes nowhere."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def flush() -> None:
    """Send out what stdout and stderr still hold."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        hang_up()
    with suppress(OSError):
        sys.stderr.flush()
