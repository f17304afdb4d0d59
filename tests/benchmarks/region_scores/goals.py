"""What a figure hands back: lines to read, the same as JSON, and goals."""

from __future__ import annotations

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


def at_least(figure: str, measured: float, wanted: float, *, percent: bool = False) -> Goal:
    """A goal reached from below."""
    form = ".1%" if percent else ".3f"
    return Goal(figure, f"{measured:{form}}", f">= {wanted:{form}}", measured >= wanted)


def at_most(figure: str, measured: float, wanted: float, unit: str = "", form: str = ".2f") -> Goal:
    """A goal reached from above."""
    end = f" {unit}" if unit else ""
    return Goal(figure, f"{measured:{form}}{end}", f"<= {wanted:{form}}{end}", measured <= wanted)
