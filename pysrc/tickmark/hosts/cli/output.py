"""stdout and stderr: characters that they cannot show, and readers who leave before the end."""

from __future__ import annotations

import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from contextlib import suppress

NARROW = 80
WIDE = 140

_UNPRINTABLE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)


def printable(text: str) -> str:
    """Text of strangers without the characters that steer a terminal."""
    return _UNPRINTABLE.sub("·", text)


def show_all() -> None:
    """Escape what a terminal or pipe cannot show, such as odd file names, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def shell_line(*words: str) -> str:
    """A command line that can be copied into the shell of this system."""
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)


def terminal_width() -> int:
    """Columns to write in: those of the terminal within reason, 80 where stdout is none."""
    if not sys.stdout.isatty():
        return NARROW
    return min(max(shutil.get_terminal_size().columns, NARROW), WIDE)


def emit(text: str) -> None:
    """Print data on stdout at once; once its reader has left, it goes nowhere."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        hang_up()


def emit_file(text: str) -> None:
    """Send the text of a file to stdout as it would stand in the file, in UTF-8."""
    content = text.encode("utf-8", "backslashreplace")
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
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
