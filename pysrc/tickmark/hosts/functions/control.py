"""The user's word to all desks at once: run what is queued, pause, refresh."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tickmark.errors import AddressError
from tickmark.hosts.private_file import write_private_text
from tickmark.model.address import RangeRef

_PAUSED: Final = "paused"
_RUN: Final = "run"
_REFRESH: Final = "refresh"
_LONGEST: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user wishes; a `run` or `refresh` that differs from an earlier one is a new wish.

    A refresh is for the cells inside `areas` of the workbook `book`, for all cells where `book` is
    "".
    """

    paused: bool = False
    run: str = ""
    refresh: str = ""
    book: str = ""
    areas: tuple[RangeRef, ...] = ()


class Control:
    """A small folder, shared by the processes of a user, that holds a file for each wish.

    Ribbon and command line write, desks read. Each wish is a file of its own that appears whole, so
    that no writer undoes another's; the files are readable by their owner only.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self) -> Wishes:
        """The wishes at this moment; none where a file is missing or damaged."""
        refresh, _, place = self._content(_REFRESH).partition("\n")
        book, areas = _place(place)
        if place and not book:
            refresh = ""
        return Wishes(self._content(_PAUSED) == "yes", self._content(_RUN), refresh, book, areas)

    def run_queued(self) -> None:
        """Send what waits for consent, in every desk. Raises OSError."""
        self._write(_RUN, secrets.token_hex(8))

    def pause(self, *, paused: bool = True) -> None:
        """Send nothing more, or go on. Raises OSError."""
        self._write(_PAUSED, "yes" if paused else "no")

    def refresh_all(self) -> None:
        """Forget the answers of all cells that desks know, and ask anew. Raises OSError."""
        self._write(_REFRESH, secrets.token_hex(8))

    def refresh(self, book: str, areas: Sequence[RangeRef]) -> None:
        """The same for the cells inside some areas of a workbook. Raises OSError."""
        edges = [[one.sheet, one.top, one.left, one.bottom, one.right] for one in areas]
        self._write(_REFRESH, f"{secrets.token_hex(8)}\n{json.dumps([book, edges])}")

    def _content(self, name: str) -> str:
        try:
            with (self._folder / name).open(encoding="ascii") as file:
                return file.read(_LONGEST)
        except (OSError, ValueError):
            return ""

    def _write(self, name: str, text: str) -> None:
        write_private_text(self._folder / name, text)


def _place(text: str) -> tuple[str, tuple[RangeRef, ...]]:
    """Workbook and areas of a refresh; "" for damaged ones."""
    try:
        book, areas = json.loads(text)
        return str(book), tuple(
            RangeRef(str(sheet), int(top), int(left), int(bottom), int(right))
            for sheet, top, left, bottom, right in areas
        )
    except (ValueError, TypeError, AddressError):
        return "", ()
