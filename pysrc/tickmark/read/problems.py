"""What was wrong with the cells of a sheet: counted by kind, told in one sentence each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from tickmark.read.limits import allows_more


class Problem(StrEnum):
    """A kind of trouble; the value is the sentence, with `{n}` for "3 cells"."""

    ADDRESS = "{n} skipped: what stands as address is none"
    TWICE = "{n} found twice in the file: the last one was read"
    TYPE = "{n} read as text: the type of the value is unknown"
    NUMBER = "{n} read as text: the value is no number"
    SHARED = "{n} read without value: the text is missing from the shared strings"
    STYLE = "{n} read without format: the style is missing"
    LONG_TEXT = "{n} read in part: the text is too long"
    LONG_FORMULA = "{n} read without formula: it is too long"
    DEEP_FORMULA = "{n} read without formula: its parentheses stand too deep inside each other"
    NO_MASTER = "{n} read without formula: the shared formula is missing"


_LIMITS = {
    Problem.LONG_TEXT: "string_length",
    Problem.LONG_FORMULA: "formula_length",
    Problem.DEEP_FORMULA: "formula_depth",
}


@dataclass(slots=True)
class Problems:
    """A tally of problems; `first` is where each kind was met first."""

    counts: dict[Problem, int] = field(default_factory=dict)
    first: dict[Problem, str] = field(default_factory=dict)

    def add(self, problem: Problem, where: str, count: int = 1) -> None:
        """Count a problem; `where` is the address of its first cell."""
        self.counts[problem] = self.counts.get(problem, 0) + count
        self.first.setdefault(problem, where[:20])

    def add_all(self, problem: Problem, addresses: Sequence[str]) -> None:
        """Count a problem of several cells."""
        if addresses:
            self.add(problem, addresses[0], len(addresses))

    def sentences(self) -> tuple[str, ...]:
        """One sentence per kind: how many cells, what about them, and the first of them."""
        return tuple(self._sentence(problem) for problem in Problem if problem in self.counts)

    def _sentence(self, problem: Problem) -> str:
        told = problem.format(n=_cells(self.counts[problem]))
        limit = _LIMITS.get(problem)
        raised = f"; {allows_more(limit)}" if limit else ""
        return f"{told} (first: {self.first[problem]}){raised}."


def _cells(count: int) -> str:
    return "1 cell" if count == 1 else f"{count:,} cells"
