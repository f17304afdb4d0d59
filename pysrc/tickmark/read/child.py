"""Child processes for libraries that hostile files can crash, hang or blow up.

A child gets one JSON line and the file's bytes on its standard input, so that bytes decrypted in
memory never reach the disk, and answers on its standard output. What it says on standard error is
dropped: it may quote the file.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO

import psutil

from tickmark.read.limits import Limits

_LOOK_EVERY = 0.25
_NO_WINDOW = 0x08000000


@dataclass(slots=True)
class Child:
    """A running child; `stopped` says why it was ended by us, empty if it was not."""

    output: IO[bytes]
    stopped: str = ""


@contextmanager
def running(
    module: str, request: Mapping[str, object], data: bytes, limits: Limits, *, until: float
) -> Iterator[Child]:
    """Run a module of this package with a request and a file; `until` is in monotonic seconds.

    The child is ended at the time or memory limit, and when the block is left.
    """
    asked = {**request, "memory": limits.child_bytes, "seconds": limits.child_seconds}
    with subprocess.Popen(  # noqa: S603 - this Python with a module of this package
        # -P: the working folder may be a stranger's and hold modules of any name
        [sys.executable, "-P", "-m", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        creationflags=_NO_WINDOW if sys.platform == "win32" else 0,
    ) as process:
        if process.stdin is None or process.stdout is None:
            raise OSError("a child process without pipes")
        child = Child(process.stdout)
        ended = threading.Event()
        question = json.dumps(asked).encode() + b"\n"
        helpers = (
            threading.Thread(target=_feed, args=(process.stdin, question, data)),
            threading.Thread(target=_watch, args=(process, child, limits, until, ended)),
        )
        for helper in helpers:
            helper.start()
        try:
            yield child
        finally:
            ended.set()
            process.kill()
            for helper in helpers:
                helper.join()


def _feed(pipe: IO[bytes], question: bytes, data: bytes) -> None:
    with suppress(OSError), pipe:  # a child that died reads no more
        pipe.write(question)
        pipe.write(data)


def _watch(
    process: subprocess.Popen[bytes],
    child: Child,
    limits: Limits,
    until: float,
    ended: threading.Event,
) -> None:
    """End the child at its limits; its own limits do not hold on every system."""
    with suppress(psutil.Error):
        seen = psutil.Process(process.pid)
        while not child.stopped and not ended.wait(_pause(until)):
            if time.monotonic() > until:
                child.stopped = f"it took longer than {limits.child_seconds:g} seconds"
            elif seen.memory_info().rss > limits.child_bytes:
                child.stopped = f"it needed more than {limits.child_bytes / 1e9:g} GB of memory"
        if child.stopped:
            process.kill()


def _pause(until: float) -> float:
    return max(0.0, min(_LOOK_EVERY, until - time.monotonic()))
