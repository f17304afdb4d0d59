"""How much of a sheet is told cell by cell: from everything to the ends of its tables."""

from __future__ import annotations

from dataclasses import dataclass

ALL = 1 << 30


@dataclass(frozen=True, slots=True)
class Detail:
    """Bounds on what is written out.

    Of a body (rows of one pattern below each other) the first `head` and the last two rows are
    told cell by cell, the rest column by column. `values` is the longest list of the values of a
    copied formula; with `inline` the values of a longer one stand in their rows. `text` is the
    longest text in characters. `runs` is the shortest run of numbers, dates or truth values along a
    row or column that is summarised wherever it stands, `text_runs` that of texts down a column.
    """

    head: int
    values: int
    text: int
    inline: bool = False
    runs: int = ALL
    text_runs: int = ALL


DETAILS = (
    Detail(head=ALL, values=12, text=1000, inline=True),
    Detail(head=200, values=12, text=400, inline=True),
    Detail(head=80, values=12, text=300, inline=True),
    Detail(head=ALL, values=24, text=300),
    Detail(head=30, values=12, text=200, inline=True),
    Detail(head=10, values=12, text=200, inline=True),
    Detail(head=10, values=12, text=200),
    Detail(head=10, values=12, text=200, runs=12),
    Detail(head=4, values=8, text=120, runs=12),
    Detail(head=2, values=4, text=80, runs=8),
    Detail(head=2, values=4, text=80, runs=4),
    Detail(head=2, values=4, text=60, runs=4, text_runs=8),
)
"""From the richest to the barest."""
