"""How severities look: a word, a symbol, a count; never a colour alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from tickmark.model.finding import Finding, Severity
from tickmark.report.wording import counted, listed, number

WORST_FIRST: Final = tuple(sorted(Severity, reverse=True))
SYMBOLS: Final = {
    Severity.HIGH: "▲",
    Severity.MEDIUM: "◆",
    Severity.LOW: "●",
    Severity.INFO: "○",
}


@dataclass(frozen=True, slots=True)
class Tally:
    """Number of findings of each severity, worst first."""

    high: int = 0
    medium: int = 0
    low: int = 0
    info: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.high + self.medium + self.low + self.info

    @property
    def counts(self) -> tuple[tuple[Severity, int], ...]:
        """(severity, number), worst first, zeros included."""
        return tuple((one, getattr(self, one.word)) for one in WORST_FIRST)

    @property
    def sentence(self) -> str:
        """`no findings`, `3 high findings` or `4 findings (1 high and 3 low)`."""
        kinds = [(one.word, n) for one, n in self.counts if n]
        if not kinds:
            return "no findings"
        if len(kinds) == 1:
            return counted(self.total, f"{kinds[0][0]} finding")
        words = listed([f"{number(n)} {word}" for word, n in kinds])
        return f"{counted(self.total, 'finding')} ({words})"

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.high + other.high,
            self.medium + other.medium,
            self.low + other.low,
            self.info + other.info,
        )


def tally(findings: Iterable[Finding]) -> Tally:
    """Count the findings of each severity."""
    seen = Counter(finding.severity.word for finding in findings)
    return Tally(**seen)


def shown(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings that are shown without asking: of the default tier, not dismissed."""
    return tuple(finding for finding in findings if finding.is_open)
