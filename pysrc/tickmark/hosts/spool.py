"""Prepared workbooks waiting for their turn: on disk, so that memory stays bounded."""

from __future__ import annotations

import pickle
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Spool(Generic[Item]):
    """Items by number in a private temporary folder; `secret` ones stay in memory.

    The texts of an encrypted workbook never touch the disk in plain form.
    """

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="tickmark-")
        self._kept: dict[int, Item] = {}

    def __enter__(self) -> Spool[Item]:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._folder.cleanup()

    def put(self, number: int, item: Item, *, secret: bool = False) -> None:
        """Lay an item aside."""
        if secret:
            self._kept[number] = item
        else:
            self._file(number).write_bytes(pickle.dumps(item, pickle.HIGHEST_PROTOCOL))

    def take(self, number: int) -> Item:
        """Get an item back and forget it."""
        if number in self._kept:
            return self._kept.pop(number)
        path = self._file(number)
        item: Item = pickle.loads(path.read_bytes())  # noqa: S301 - written by this very process
        path.unlink()
        return item

    def _file(self, number: int) -> Path:
        return Path(self._folder.name) / f"{number}.prepared"
