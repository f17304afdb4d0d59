"""Which cells hold which functions, and what is known of them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final, TypeAlias

from tickmark.hosts.functions.call import Caller

MEMORY: Final = 300_000
"""Cells and items of cells that are remembered."""

Keys: TypeAlias = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One cell: its function, the keys of all its items, and what it shows.

    `state` is the text of a state such as `#LLM wait`, "" for an answer. `place` names who answers.
    """

    caller: Caller
    function: str
    keys: Keys = ()
    state: str = ""
    place: str = ""


_Sheet: TypeAlias = tuple[str, str]


class Registry:
    """Cells by their places; forgets those that asked longest ago; safe for many threads."""

    def __init__(self, limit: int = MEMORY) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._entries: OrderedDict[Caller, Entry] = OrderedDict()
        self._sheets: dict[_Sheet, dict[tuple[int, int], Caller]] = {}
        self._weight = 0

    def __len__(self) -> int:
        return len(self._entries)

    def note(self, entry: Entry) -> None:
        """Remember what a cell asked and shows now."""
        caller = entry.caller
        with self._lock:
            before = self._entries.get(caller)
            if before is not None:
                self._weight += len(entry.keys) - len(before.keys)
                self._entries[caller] = entry
                self._entries.move_to_end(caller)
            else:
                self._add(entry)
            while self._weight > self._limit and len(self._entries) > 1:
                self._remove(next(iter(self._entries)))

    def of(self, caller: Caller) -> Entry | None:
        """What is known of a cell."""
        with self._lock:
            return self._entries.get(caller)

    def at(self, book: str, sheet: str, row: int, column: int) -> Entry | None:
        """The cell at a place, or the block of cells that covers it."""
        with self._lock:
            cells = self._sheets.get(_sheet(book, sheet), {})
            found = cells.get((row, column))
            if found is None:
                found = next((c for c in cells.values() if _covers(c, row, column)), None)
            return None if found is None else self._entries.get(found)

    def on(self, book: str, sheet: str | None = None) -> list[Entry]:
        """All cells of a sheet, or of a whole workbook."""
        with self._lock:
            if sheet is not None:
                callers = list(self._sheets.get(_sheet(book, sheet), {}).values())
            else:
                wanted = book.casefold()
                callers = [
                    caller
                    for (name, _), cells in self._sheets.items()
                    if name == wanted
                    for caller in cells.values()
                ]
            return [self._entries[caller] for caller in callers]

    def entries(self) -> list[Entry]:
        """All cells."""
        with self._lock:
            return list(self._entries.values())

    def _add(self, entry: Entry) -> None:
        caller = entry.caller
        cells = self._sheets.setdefault(_sheet(caller.book, caller.sheet), {})
        replaced = cells.get((caller.row, caller.column))
        if replaced is not None:
            # The same place with another extent: a block of cells was entered anew.
            self._remove(replaced)
            cells = self._sheets.setdefault(_sheet(caller.book, caller.sheet), {})
        cells[caller.row, caller.column] = caller
        self._entries[caller] = entry
        self._weight += 1 + len(entry.keys)

    def _remove(self, caller: Caller) -> None:
        entry = self._entries.pop(caller)
        self._weight -= 1 + len(entry.keys)
        name = _sheet(caller.book, caller.sheet)
        cells = self._sheets[name]
        del cells[caller.row, caller.column]
        if not cells:
            del self._sheets[name]


def _sheet(book: str, sheet: str) -> _Sheet:
    return book.casefold(), sheet.casefold()


def _covers(caller: Caller, row: int, column: int) -> bool:
    return (
        caller.rows * caller.columns > 1
        and caller.row <= row < caller.row + caller.rows
        and caller.column <= column < caller.column + caller.columns
    )
