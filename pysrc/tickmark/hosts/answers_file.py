"""Where the answers to prompts go, one a line: stdout or a file."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Final

from tickmark.errors import InputError
from tickmark.hosts.private_file import read_private, write_private

_BINARY: Final = getattr(os, "O_BINARY", 0)
_FIRST_BYTES: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Note:
    """Where it is noted that a file holds the answers to all prompts of a digest."""

    path: Path
    digest: str


class AnswersFile:
    """Takes lines, each of which is out at once.

    `out` is the path, None for what `printing` prints. With `resume` a file of earlier answers is
    written anew, as soon as there is a first line. Once a line cannot be written, `fault` says why,
    `failed` is called and no more are taken: nothing is raised.
    """

    def __init__(
        self,
        out: str | None,
        printing: Callable[[str], None],
        *,
        resume: bool = False,
        failed: Callable[[], None] = lambda: None,
    ) -> None:
        self._path = Path(out) if out is not None else None
        self._printing = printing
        self._resume = resume
        self.failed = failed
        self.fault = ""
        self._file: FileIO | None = None
        self._lines = 0

    def check(self) -> None:
        """Raise InputError where the file is there already, is no file of answers, or cannot be."""
        path = self._path
        if path is None or not _is_plain(path):
            return
        if path.is_dir():
            raise InputError(f"{path} is a folder; name a file with --out.")
        if not path.exists():
            if not path.parent.is_dir():
                raise InputError(f"There is no folder {path.parent}; make it, or change --out.")
        elif not self._resume:
            raise InputError(
                f"{path} is there already; resume the run with --resume, or name another file with "
                "--out."
            )
        elif not _holds_answers(path):
            raise InputError(
                f"{path} holds something else than answers, so --resume does not write it anew; "
                "name another file with --out."
            )

    @property
    def name(self) -> str:
        """The file as it was named; "stdout" for none."""
        return str(self._path) if self._path is not None else "stdout"

    def are_those_of(self, note: Note) -> bool:
        """Whether the file holds all answers, as it was left by the run that noted it."""
        if self._path is None or not self._path.is_file():
            return False
        return read_private(note.path) == {"prompts": note.digest, "answers": self._digest()}

    def note_whole(self, note: Note) -> None:
        """Note that all answers are in the file."""
        if self._path is not None and self._path.is_file():
            with suppress(OSError):
                write_private(note.path, {"prompts": note.digest, "answers": self._digest()})

    def _digest(self) -> str:
        if self._path is None:
            return ""
        try:
            with self._path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:
            return ""

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Open the file. Raises InputError where it cannot be written."""
        if self._path is None:
            yield
            return
        self.check()
        new = not self._path.exists()
        try:
            self._file = FileIO(self._path, "w", opener=_untouched)
        except OSError as error:
            raise InputError(
                f"{self._path} cannot be written ({error.strerror}); name another file with --out."
            ) from error
        try:
            yield
        finally:
            with suppress(OSError):
                self._file.close()
            if new and not self._lines:
                with suppress(OSError):
                    self._path.unlink()

    def write(self, line: str) -> None:
        """Write a line."""
        if self.fault:
            return
        try:
            if self._file is None:
                self._printing(line)
            else:
                self._append(self._file, line)
        except BrokenPipeError:
            self._fail("The reader of the answers has left.")
        except OSError as error:
            self._fail(f"The answers cannot be written ({error.strerror or error}); make room.")
        self._lines += 1

    def _append(self, file: FileIO, line: str) -> None:
        if not self._lines:
            with suppress(OSError):
                # A pipe has no length.
                file.truncate(0)
        left = line.encode("ascii", "backslashreplace") + b"\n"
        while left:
            left = left[file.write(left) :]

    def _fail(self, why: str) -> None:
        self.fault = why
        self.failed()


def _untouched(name: str, _flags: int) -> int:
    """Opens a file for writing without emptying it."""
    return os.open(name, os.O_WRONLY | os.O_CREAT | _BINARY, 0o666)


def _is_plain(path: Path) -> bool:
    """Whether it is a file, or may become one; neither a pipe nor a device."""
    return path.is_file() or path.is_dir() or not path.exists()


def _holds_answers(path: Path) -> bool:
    """Whether a file is empty or begins with an answer, perhaps cut off."""
    try:
        with path.open("rb") as lines:
            first = lines.readline(_FIRST_BYTES)
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}); change --out.") from error
    if not first.endswith(b"\n"):
        return b'{"id": '.startswith(first[:7]) or first.startswith(b'{"id": ')
    try:
        record = json.loads(first)
    except (ValueError, RecursionError):
        return False
    return isinstance(record, dict) and {"id", "status", "usage"} <= record.keys()
