"""Who wants to see the progress of a run."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from tickmark.engine.totals import Totals
from tickmark.model.analysis import Analysis


class Progress(Protocol):
    """Sees how far a run is."""

    def phase(self, words: str, total: int) -> None:
        """A phase over `total` workbooks begins."""

    def step(self, shown: str) -> None:
        """One workbook of the phase is through."""


class Watch(Progress, Protocol):
    """Sees a run; every method but `say` is called from one thread at a time."""

    def asking(
        self, totals: Callable[[], Totals], *, noun: str = "task"
    ) -> AbstractContextManager[None]:
        """Questions are put until the block ends; `totals` tells at any time where they stand.

        `noun` is what one of them is called.
        """
        ...

    def result(self, analysis: Analysis) -> None:
        """One workbook is finished, in input order."""

    def say(self, sentence: str) -> None:
        """Something the user has to know; from any thread."""
