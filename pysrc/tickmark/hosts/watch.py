"""Who wants to see the progress of a run."""

from __future__ import annotations

from typing import Protocol

from tickmark.model.analysis import Analysis


class Progress(Protocol):
    """Sees how far a run is."""

    def phase(self, words: str, total: int) -> None:
        """A phase over `total` workbooks begins."""

    def step(self, shown: str) -> None:
        """One workbook of the phase is through."""


class Watch(Progress, Protocol):
    """Sees a run; every method is called from one thread at a time."""

    def result(self, analysis: Analysis) -> None:
        """One workbook is finished, in input order."""

    def say(self, sentence: str) -> None:
        """Something the user has to know."""
