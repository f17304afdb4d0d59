"""What the text of an encoder tells about one sheet, whoever wrote it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from tests.benchmarks.encode_scores.told_values import told_value
from tickmark.encode.claim import Claim
from tickmark.model.address import MAX_COLUMN, MAX_ROW, RangeRef


@dataclass(frozen=True, slots=True)
class ToldSheet:
    """Claims about a sheet, and where no claim means a blank cell.

    `described` are the areas of which each filled cell has a claim; `unknown` are areas in them
    that were left out.
    """

    name: str
    claims: Sequence[Claim]
    described: tuple[RangeRef, ...] = ()
    unknown: tuple[RangeRef, ...] = field(default=())


def whole(name: str) -> RangeRef:
    """All cells that a sheet can have."""
    return RangeRef(name, 1, 1, MAX_ROW, MAX_COLUMN)


def cell_claims(
    name: str, cells: Iterable[tuple[int, int, str]], *, date1904: bool = False
) -> list[Claim]:
    """One claim for each row, column and text that is not blank."""
    return [
        Claim(
            name,
            (RangeRef(name, row, column, row, column),),
            constant=told_value(text, date1904=date1904),
        )
        for row, column, text in cells
        if text.strip()
    ]


def within_budget(
    lines: Iterable[str], budget: int, tokens: Callable[[str], int]
) -> tuple[list[str], bool]:
    """As many lines from the start as fit, joined by line breaks; and whether others do not."""
    kept: list[str] = []
    spent = 0
    cut = False
    for line in lines:
        spent += tokens(line + "\n")
        # Tokens reach over line breaks, so that the sum may be a few too many.
        if spent > budget + len(kept):
            cut = True
            break
        kept.append(line)
    while kept and tokens("\n".join(kept)) > budget:
        kept.pop()
        cut = True
    return kept, cut
