"""One workbook converted to .xlsx by LibreOffice, in a folder and with a profile of its own.

LibreOffice sees neutral names and paths only. It and all that it starts is ended at the limits of
time, memory and disk; what it says is dropped, for it may quote the file.
"""

from __future__ import annotations

import math
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import psutil

from tickmark.read.child import no_memory, no_time
from tickmark.read.limits import Limits, allows_more
from tickmark.read.office_profile import write_profile

PREFIX: Final = "tickmark-conversion-"
"""How the names of the folders begin in which conversions happen."""

INSIDE: Final = "a/b/c/d/e/f/g/h"
"""The place of the workbook within such a folder, deep enough for links that lead upwards."""

_FILTERS: Final[Mapping[str, str]] = {
    "xls": "MS Excel 97",
    "xlsb": "Calc MS Excel 2007 Binary",
    "ods": "calc8",
}
_OUTPUT: Final = "xlsx:Calc MS Excel 2007 XML"
_LOOK_EVERY: Final = 0.1
_ENDS_WITHIN: Final = 10.0
_NO_WINDOW: Final = 0x08000000


class NotConverted(Exception):
    """A workbook that LibreOffice does not convert; the text is a clause without a subject."""


def convert(program: Path, folder: Path, data: bytes, kind: str, limits: Limits) -> bytes:
    """The workbook in the bytes of an .xls, .xlsb or .ods file, as those of an .xlsx file.

    `program` is the executable, `folder` a private one for what has to be on the disk meanwhile.
    Raises NotConverted.
    """
    try:
        with _work_folder(folder) as work:
            inside = work / INSIDE
            inside.mkdir(parents=True)
            (work / "tmp").mkdir()
            write_profile(work / "profile")
            source = inside / f"book.{kind}"
            source.write_bytes(data)
            _run(_command(program, work, source), work, limits)
            return _result(inside / "book.xlsx", limits)
    except OSError as error:
        reason = error.strerror or "the system refuses"
        raise NotConverted(f"it cannot be run: {reason}") from error


@contextmanager
def _work_folder(folder: Path) -> Iterator[Path]:
    work = Path(tempfile.mkdtemp(prefix=PREFIX, dir=folder))
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _command(program: Path, work: Path, source: Path) -> list[str]:
    return [
        str(program),
        *("--headless", "--invisible", "--norestore", "--nodefault", "--nologo", "--nolockcheck"),
        f"-env:UserInstallation={(work / 'profile').as_uri()}",
        f"--infilter={_FILTERS[source.suffix[1:]]}",
        *("--convert-to", _OUTPUT, "--outdir", str(source.parent), str(source)),
    ]


def _environment(work: Path) -> dict[str, str] | None:
    """Nothing of the user's; Windows needs its own, and there LibreOffice heeds none of Python's.

    The Python inside LibreOffice takes its library from the first python3 on the path.
    """
    if sys.platform == "win32":
        return None
    return {
        "PATH": os.defpath,
        "HOME": str(work),
        "TMPDIR": str(work / "tmp"),
        "LC_ALL": "C.UTF-8",
        "SAL_USE_VCLPLUGIN": "svp",
    }


def _run(command: list[str], work: Path, limits: Limits) -> None:
    """Run LibreOffice until it ends. Raises NotConverted at a limit, OSError."""
    process = subprocess.Popen(  # noqa: S603 - the user's LibreOffice, with arguments of ours
        command,
        cwd=work,
        env=_environment(work),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        creationflags=_NO_WINDOW if sys.platform == "win32" else 0,
    )
    try:
        _limit(process.pid, limits)
        stopped = _watch(process, work, limits)
    finally:
        _end(process)
    if stopped:
        raise NotConverted(stopped)


def _limit(number: int, limits: Limits) -> None:
    """Bound it by itself too, where the system can: this process may be ended before it."""
    if sys.platform != "linux":
        return
    with suppress(psutil.Error, OSError, ValueError):
        process = psutil.Process(number)
        seconds = 2 * math.ceil(limits.child_seconds)
        process.rlimit(psutil.RLIMIT_CPU, (seconds, seconds))
        process.rlimit(psutil.RLIMIT_FSIZE, (2 * limits.total_bytes, 2 * limits.total_bytes))
        process.rlimit(psutil.RLIMIT_CORE, (0, 0))


def _watch(process: subprocess.Popen[bytes], work: Path, limits: Limits) -> str:
    """Wait for its end; why it has to be ended, empty where it ended itself."""
    until = time.monotonic() + limits.child_seconds
    while process.poll() is None:
        if time.monotonic() > until:
            return no_time(limits)
        if _memory(process.pid) > limits.child_bytes:
            return no_memory(limits)
        if _written(work) > limits.total_bytes:
            return _too_much(limits)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_LOOK_EVERY)
    return ""


def _too_much(limits: Limits) -> str:
    return f"it wrote more than {limits.total_bytes / 1e9:g} GB; {allows_more('total_bytes')}"


def _memory(number: int) -> int:
    """Bytes of memory that a process and its children hold, as far as the system tells."""
    held = 0
    with suppress(psutil.Error):
        process = psutil.Process(number)
        for one in (process, *process.children(recursive=True)):
            with suppress(psutil.Error):
                held += int(one.memory_info().rss)
    return held


def _written(work: Path) -> int:
    """Bytes of the files that are growing."""
    size = 0
    for folder in (work / INSIDE, work / "tmp"):
        with suppress(OSError):
            for one in folder.rglob("*"):
                with suppress(OSError):
                    size += one.lstat().st_size
    return size


def _end(process: subprocess.Popen[bytes]) -> None:
    """End it with all that it started; what has ended already is fine."""
    left: list[psutil.Process] = []
    with suppress(psutil.Error):
        left = psutil.Process(process.pid).children(recursive=True)
    if sys.platform != "win32":
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    for one in left:
        with suppress(psutil.Error):
            one.kill()
    process.wait()
    psutil.wait_procs(left, timeout=_ENDS_WITHIN)


def _result(path: Path, limits: Limits) -> bytes:
    if not path.is_file() or path.is_symlink():
        raise NotConverted("it could not open the file")
    size = path.stat().st_size
    if size > limits.total_bytes:
        raise NotConverted(_too_much(limits))
    return path.read_bytes()
