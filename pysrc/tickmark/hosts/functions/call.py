"""One call of a worksheet function, as every host hands it over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from tickmark.model.address import RangeRef
from tickmark.model.range_content import RangeContent, Scalar


@dataclass(frozen=True, slots=True, order=True)
class Caller:
    """The cells that hold the formula; `book` is the full path or name of their workbook."""

    book: str
    sheet: str
    row: int
    column: int
    rows: int = 1
    columns: int = 1

    @property
    def area(self) -> RangeRef:
        """The cells as a range."""
        last_row, last_column = self.row + self.rows - 1, self.column + self.columns - 1
        return RangeRef(self.sheet, self.row, self.column, last_row, last_column)


@dataclass(frozen=True, slots=True)
class Unpacked:
    """An argument that the host could not hand over; `reason` says why and what to do."""

    reason: str


Argument: TypeAlias = Scalar | RangeContent | Unpacked
"""One argument; None where it was left out."""

Table: TypeAlias = tuple[tuple[float | str | bool | None, ...], ...]
"""What a function gives back: rows of one length, 1 by 1 for a single value."""


@dataclass(frozen=True, slots=True)
class Call:
    """A function's name in capitals, its arguments, and who calls.

    `caller` is None where the host does not tell; `wizard` tells that the user is still typing in
    the function wizard, so that nothing may be asked.
    """

    function: str
    arguments: tuple[Argument, ...]
    caller: Caller | None = None
    wizard: bool = False

    def argument(self, position: int) -> Argument:
        """The argument at a position from 0; None where it was left out."""
        return self.arguments[position] if position < len(self.arguments) else None
