"""The folder of converted files: private, bounded, shared by processes without locks."""

from __future__ import annotations

import io
import os
import shutil
import tempfile
import time
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tickmark.read.conversion import PREFIX

MOST_BYTES: Final = 500_000_000
"""The oldest files go where all together are larger."""

_SUFFIX: Final = ".xlsx"
_PART: Final = ".part"
_ABANDONED: Final = 86_400.0
"""Seconds after which a folder or part of a conversion belongs to nobody any more."""


@dataclass(frozen=True, slots=True)
class ConvertedStats:
    """How many files are kept, and their bytes."""

    files: int
    bytes: int


@dataclass(frozen=True, slots=True)
class ConvertedFiles:
    """Files by key in a folder; a file is there whole or not at all."""

    folder: Path
    most_bytes: int = MOST_BYTES

    def prepare(self) -> None:
        """Make the folder, for the user's eyes only. Raises OSError."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder.chmod(0o700)

    def get(self, key: str) -> bytes | None:
        """A kept file, now the youngest; None where there is none that is whole."""
        path = self._path(key)
        try:
            data = path.read_bytes()
        except OSError:
            return None
        if not zipfile.is_zipfile(io.BytesIO(data)):
            return None
        with suppress(OSError):
            os.utime(path)
        return data

    def put(self, key: str, data: bytes) -> None:
        """Keep an .xlsx file and let go of the oldest; where the disk refuses nothing is kept."""
        with suppress(OSError):
            number, part = tempfile.mkstemp(suffix=_PART, dir=self.folder)
            try:
                with os.fdopen(number, "wb") as stream:
                    stream.write(data)
                Path(part).replace(self._path(key))
            except OSError:
                Path(part).unlink(missing_ok=True)
                raise
        self._trim()

    def stats(self) -> ConvertedStats:
        """What is kept now."""
        kept = self._kept()
        return ConvertedStats(len(kept), sum(size for _, size, _ in kept))

    def clear(self) -> None:
        """Let go of all files; conversions that are running go on."""
        for _, _, path in self._kept():
            with suppress(OSError):
                path.unlink(missing_ok=True)
        self._sweep()

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}{_SUFFIX}"

    def _kept(self) -> list[tuple[float, int, Path]]:
        """Time of last use, bytes and path of each kept file, the oldest first."""
        found: list[tuple[float, int, Path]] = []
        with suppress(OSError):
            for path in self.folder.glob(f"*{_SUFFIX}"):
                with suppress(OSError):
                    told = path.stat()
                    found.append((told.st_mtime, told.st_size, path))
        return sorted(found)

    def _trim(self) -> None:
        kept = self._kept()
        size = sum(one for _, one, _ in kept)
        for _, one, path in kept:
            if size <= self.most_bytes:
                break
            with suppress(OSError):
                path.unlink(missing_ok=True)
                size -= one
        self._sweep()

    def _sweep(self) -> None:
        """Remove what conversions left that were ended from outside."""
        before = time.time() - _ABANDONED
        with suppress(OSError):
            for path in self.folder.iterdir():
                if not path.name.startswith(PREFIX) and path.suffix != _PART:
                    continue
                with suppress(OSError):
                    if path.lstat().st_mtime > before:
                        continue
                    if path.is_dir() and not path.is_symlink():
                        shutil.rmtree(path, ignore_errors=True)
                    else:
                        path.unlink(missing_ok=True)
