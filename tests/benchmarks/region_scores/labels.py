"""What a person has drawn on a sheet: tables with their parts, and what stands around them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from tickmark.model.address import RangeRef


class Between(NamedTuple):
    """A count that a label does not tell better than by its bounds, both included."""

    low: int
    high: int

    def holds(self, count: int) -> bool:
        return self.low <= count <= self.high


class Totals(NamedTuple):
    """Rows or columns of totals: those that have to be found, and those that may be."""

    needed: frozenset[int]
    allowed: frozenset[int]

    def holds(self, found: frozenset[int]) -> bool:
        return self.needed <= found <= self.allowed


@dataclass(frozen=True, slots=True)
class LabelledTable:
    """A table as drawn; None for a part that the label says nothing about.

    Totals are row and column numbers of the sheet.
    """

    range: RangeRef
    header_rows: Between | None = None
    header_columns: Between | None = None
    total_rows: Totals | None = None
    total_columns: Totals | None = None


@dataclass(frozen=True, slots=True)
class LabelledSheet:
    """The labels of one sheet of a workbook file; `doubt` is what its labeller was not sure of.

    `key_value`, `titles` and `notes` are drawn on `whole` sheets only: those where everything that
    a person sees is labelled.
    """

    workbook: str
    sheet: str
    tables: tuple[LabelledTable, ...]
    whole: bool = False
    key_value: tuple[RangeRef, ...] = ()
    titles: tuple[RangeRef, ...] = ()
    notes: tuple[RangeRef, ...] = ()
    doubt: str = ""


def exactly(count: int) -> Between:
    """A count that the label tells."""
    return Between(count, count)


def just(found: frozenset[int]) -> Totals:
    """Totals that the label tells without leaving any open."""
    return Totals(found, found)
