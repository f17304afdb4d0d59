"""The user's word to all desks at once: run what is queued, pause, refresh everything."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tickmark.hosts.private_file import write_private_text

_PAUSED: Final = "paused"
_RUN: Final = "run"
_REFRESH: Final = "refresh"
_LONGEST: Final = 100


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user wishes; a `run` or `refresh` that differs from an earlier one is a new wish."""

    paused: bool = False
    run: str = ""
    refresh: str = ""


class Control:
    """A small folder, shared by the processes of a user, that holds a file for each wish.

    Ribbon and command line write, desks read. Each wish is a file of its own that appears whole, so
    that no writer undoes another's; the files are readable by their owner only.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self) -> Wishes:
        """The wishes at this moment; none where a file is missing or damaged."""
        return Wishes(self._content(_PAUSED) == "yes", self._content(_RUN), self._content(_REFRESH))

    def run_queued(self) -> None:
        """Send what waits for consent, in every desk. Raises OSError."""
        self._write(_RUN, secrets.token_hex(8))

    def pause(self, *, paused: bool = True) -> None:
        """Send nothing more, or go on. Raises OSError."""
        self._write(_PAUSED, "yes" if paused else "no")

    def refresh_all(self) -> None:
        """Forget the answers of all cells that desks know, and ask anew. Raises OSError."""
        self._write(_REFRESH, secrets.token_hex(8))

    def _content(self, name: str) -> str:
        try:
            with (self._folder / name).open(encoding="ascii") as file:
                return file.read(_LONGEST)
        except (OSError, ValueError):
            return ""

    def _write(self, name: str, text: str) -> None:
        write_private_text(self._folder / name, text)
