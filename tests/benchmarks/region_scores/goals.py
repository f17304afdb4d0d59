"""What a figure hands back: lines to read, the same as JSON, and goals."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure to reach: what it is, what was measured, what was wanted."""

    figure: str
    measured: str
    wanted: str
    reached: bool

    def __str__(self) -> str:
        said = "reached" if self.reached else "MISSED"
        return f"  {self.figure:44}{self.measured:>12}  {self.wanted:<12} {said}"

    def told(self) -> dict[str, Any]:
        return {
            "figure": self.figure,
            "measured": self.measured,
            "wanted": self.wanted,
            "reached": self.reached,
        }


@dataclass(frozen=True, slots=True)
class Report:
    """One part of a figure."""

    lines: tuple[str, ...]
    told: dict[str, Any]
    goals: tuple[Goal, ...] = field(default=())


def measured(
    names: Iterable[str],
    summary: Callable[[str], str],
    reports: Callable[[str], Iterable[Report]],
    say: Callable[[object], None],
) -> tuple[list[Goal], dict[str, Any]]:
    """Measure some figures and say what comes of each; all goals, and the figures as JSON."""
    goals: list[Goal] = []
    figures: dict[str, Any] = {}
    for name in names:
        begun = time.monotonic()
        say(f"\n{name}: {summary(name)}")
        for report in reports(name):
            goals += report.goals
            figures.setdefault(name, []).append(report.told)
            for line in (*report.lines, *report.goals):
                say(line)
        say(f"  ({time.monotonic() - begun:.0f} s)")
    return goals, figures


def at_least(figure: str, measured: float, wanted: float, *, percent: bool = False) -> Goal:
    """A goal reached from below."""
    form = ".1%" if percent else ".3f"
    return Goal(figure, f"{measured:{form}}", f">= {wanted:{form}}", measured >= wanted)


def at_most(figure: str, measured: float, wanted: float, unit: str = "", form: str = ".2f") -> Goal:
    """A goal reached from above."""
    end = f" {unit}" if unit else ""
    return Goal(figure, f"{measured:{form}}{end}", f"<= {wanted:{form}}{end}", measured <= wanted)
