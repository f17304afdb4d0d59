"""The few phrases that findings of all rules share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tickmark.model.address import RangeRef


def counted(number: int, noun: str) -> str:
    """A number with its noun: `1 cell`, `12 cells`, `1,200 cells`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def listed(texts: Sequence[str], *, most: int = 5) -> str:
    """The first few texts, and how many more there are."""
    shown = ", ".join(texts[:most])
    return shown if len(texts) <= most else f"{shown} and {len(texts) - most:,} more"


def addresses(areas: Iterable[RangeRef]) -> tuple[str, ...]:
    """Areas as A1 texts without sheet, as findings want them."""
    return tuple(area.a1 for area in areas)
