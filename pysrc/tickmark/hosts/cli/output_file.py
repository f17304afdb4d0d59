"""A file that a command writes where the user says, and what it must not take the place of."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tickmark.errors import SettingError, WriteRefused

STDOUT = "-"
_WORKBOOK_BYTES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")


@dataclass(frozen=True, slots=True)
class OutputFile:
    """Where an option sends its text: a path, or `-` for stdout."""

    option: str
    target: str

    @property
    def is_stdout(self) -> bool:
        """Whether the text goes to stdout."""
        return self.target == STDOUT

    def check(self) -> None:
        """Refuse at once what cannot be written in the end; raises SettingError, WriteRefused."""
        if self.is_stdout:
            return
        if not self.target or self.target.startswith("-"):
            raise SettingError(
                f"{self.option} needs a file, or - for stdout; {self.target!r} is none."
            )
        path = Path(self.target)
        try:
            if path.is_dir():
                raise WriteRefused(f"{path} is a folder; give {self.option} a file in it.")
            if not path.parent.is_dir():
                raise WriteRefused(f"{path.parent} is no folder; make it, or choose another file.")
            if _is_workbook(path):
                raise WriteRefused(
                    f"{path} is a workbook, which is never written over; choose another file."
                )
        except (OSError, ValueError) as error:
            raise self._refused(error) from error

    def write(self, text: str) -> None:
        """Write the text whole or not at all, in UTF-8; raises WriteRefused."""
        from tickmark.hosts.cli.output import emit_file
        from tickmark.write.atomic_file import replacing

        if self.is_stdout:
            emit_file(text)
            return
        self.check()
        content = text.encode("utf-8", "backslashreplace")
        path = Path(self.target)
        try:
            if path.exists() and not path.is_file():  # a pipe or device stays what it is
                path.write_bytes(content)
                return
            with replacing(path) as (_, stream):
                stream.write(content)
        except (OSError, ValueError) as error:
            raise self._refused(error) from error

    def _refused(self, error: Exception) -> WriteRefused:
        reason = getattr(error, "strerror", None) or type(error).__name__
        return WriteRefused(
            f"{self.target} cannot be written ({reason}); choose another {self.option} file."
        )


def _is_workbook(path: Path) -> bool:
    """Whether a path is a workbook by its name or its first bytes."""
    from tickmark.read.limits import SUPPORTED

    if path.suffix.lower().removeprefix(".") in SUPPORTED:
        return True
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        return stream.read(8).startswith(_WORKBOOK_BYTES)
