"""Child processes for libraries that hostile files can crash, hang or blow up, and for more cores.

A child gets its request and the file's bytes on its standard input, so that bytes decrypted in
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
from dataclasses import dataclass, field
from typing import IO

import psutil

from tickmark.read.limits import Limits, allows_more

_LOOK_EVERY = 0.25
_NO_WINDOW = 0x08000000


@dataclass(slots=True)
class Child:
    """A running child, ended at `until` in monotonic seconds.

    `stopped` says why it was ended at a limit, empty if it was not.
    """

    process: subprocess.Popen[bytes]
    input: IO[bytes]
    output: IO[bytes]
    until: float
    stopped: str = ""
    ended: threading.Event = field(default_factory=threading.Event)

    def end(self) -> None:
        """End it now, if it has not ended; pending reads and writes of its pipes come back."""
        self.ended.set()
        self.process.kill()


@contextmanager
def started(module: str, limits: Limits, *, until: float) -> Iterator[Child]:
    """Start a module of this package; whoever asks may move `until` on.

    The child is ended at the time or memory limit, and when the block is left. Raises OSError.
    """
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
        child = Child(process, process.stdin, process.stdout, until)
        watch = threading.Thread(target=_watch, args=(child, limits))
        watch.start()
        try:
            yield child
        finally:
            child.end()
            watch.join()
            with suppress(OSError):  # what it did not take any more
                child.input.close()


@contextmanager
def running(
    module: str, request: Mapping[str, object], data: bytes, limits: Limits, *, until: float
) -> Iterator[Child]:
    """Run a module of this package with one request, a JSON line, and a file.

    It is ended as `started` says; `until` is in monotonic seconds.
    """
    asked = {**request, "memory": limits.child_bytes, "seconds": limits.child_seconds}
    with started(module, limits, until=until) as child:
        question = json.dumps(asked).encode() + b"\n"
        feeder = threading.Thread(target=_feed, args=(child.input, question, data))
        feeder.start()
        try:
            yield child
        finally:
            child.end()
            feeder.join()


def no_memory(limits: Limits) -> str:
    """The clause for a child that came to its limit of memory."""
    return (
        f"it needed more than {limits.child_bytes / 1e9:g} GB of memory; "
        f"{allows_more('child_bytes')}"
    )


def no_time(limits: Limits) -> str:
    """The clause for a child that came to its limit of time."""
    return f"it took longer than {limits.child_seconds:g} seconds; {allows_more('child_seconds')}"


def _feed(pipe: IO[bytes], question: bytes, data: bytes) -> None:
    with suppress(OSError), pipe:  # a child that died reads no more
        pipe.write(question)
        pipe.write(data)


def _watch(child: Child, limits: Limits) -> None:
    """End the child at its limits; its own limits do not hold on every system."""
    while not child.ended.wait(_pause(child.until)):
        if time.monotonic() > child.until:
            child.stopped = no_time(limits)
        elif _memory(child.process.pid) > limits.child_bytes:
            child.stopped = no_memory(limits)
        else:
            continue
        child.process.kill()
        return


def _memory(number: int) -> int:
    """Bytes of memory that a process holds, 0 where the system does not say."""
    held = 0
    with suppress(psutil.Error):
        process = psutil.Process(number)
        held = int(process.memory_info().rss)
        if sys.platform == "win32":  # the Python of an environment starts the one that works
            held += sum(int(one.memory_info().rss) for one in process.children(recursive=True))
    return held


def _pause(until: float) -> float:
    return max(0.0, min(_LOOK_EVERY, until - time.monotonic()))
