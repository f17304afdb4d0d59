"""How much the lines of an encoding tell beside what is exact."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

from tickmark.encode.selection import Limits


class Header(IntEnum):
    """How many lines stand above the cells."""

    SHORT = 0
    """Name and used range, what is hidden."""
    BRIEF = 1
    """Also what is missing, and where tables and pivots are."""
    ESSENTIAL = 2
    """Also what the cells do not tell and answers depend on."""
    FULL = 3


@dataclass(frozen=True, slots=True)
class Detail:
    """Bounds on what is written out.

    `header` tells which lines stand above the cells. `rough` is the number of cells from which on a
    summary has rounded bounds; `stats` 1 gives exact bounds and the sum, 2 also the first and last
    value. `samples` is the most samples of texts, in areas of at least `sampled` cells, each cut to
    `sample_text` characters. `apart` sums up each column of a region by itself. `text` and
    `formula` are the longest texts and formulas in characters. `results` sums up those of copied
    formulas. `whole` tells every cell exactly.
    """

    header: Header = Header.BRIEF

    limits: Limits = field(default_factory=Limits)
    rough: int = 24
    stats: int = 0
    samples: int = 3
    sampled: int = 16
    sample_text: int = 24
    apart: bool = False
    text: int = 200
    formula: int = 240
    results: bool = False
    whole: bool = False


SKELETON = Detail()
"""Types, formulas and labels."""

LEANER = (
    Detail(
        header=Header.SHORT,
        limits=Limits(headers=60),
        rough=60,
        samples=2,
        sampled=40,
        sample_text=16,
        text=100,
        formula=120,
    ),
    Detail(
        header=Header.SHORT,
        limits=Limits(labels=8, rest=4, models=30, texts=2, keys=12, small=2, headers=40),
        rough=120,
        samples=1,
        sampled=120,
        sample_text=12,
        text=60,
        formula=80,
    ),
    Detail(
        header=Header.SHORT,
        limits=Limits(labels=0, rest=0, models=0, texts=0, keys=0, small=0, headers=24),
        rough=1 << 30,
        samples=0,
        text=60,
        formula=60,
    ),
)
"""Less than a skeleton, for a small budget."""

RICHER = (
    Detail(
        header=Header.FULL,
        limits=Limits(texts=8, few=6, notes=True),
        stats=2,
        apart=True,
        samples=5,
        text=400,
        formula=1000,
        results=True,
    ),
    Detail(
        header=Header.FULL,
        limits=Limits(texts=8, few=6, notes=True),
        stats=1,
        apart=True,
        samples=3,
        text=300,
        formula=600,
    ),
    Detail(
        header=Header.ESSENTIAL,
        limits=Limits(few=2, notes=True),
        rough=4,
        apart=True,
        samples=3,
        formula=400,
    ),
)
"""More than a skeleton, the richest first."""

LOSSLESS = Detail(header=Header.FULL, text=1 << 30, formula=1 << 30, whole=True)
"""Nothing is cut."""
