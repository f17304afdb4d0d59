"""The content of a range as a spreadsheet program shows it at this moment, before any saving."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from tickmark.model.address import RangeRef


@dataclass(frozen=True, slots=True)
class ErrorValue:
    """The value of a cell in error, such as `#N/A`."""

    text: str


Scalar: TypeAlias = float | str | bool | ErrorValue | None
"""The value of one cell; None for a blank one, a date is its serial number."""

Rows: TypeAlias = tuple[tuple[Scalar, ...], ...]
"""Values of a rectangle, row by row, all rows of one length."""


@dataclass(frozen=True, slots=True)
class RangeContent:
    """Values, formulas, number formats and place of a rectangle of cells.

    `area` is None for an array that stands in no cells; `book` is the full path of its workbook, ""
    where it was never saved or is not known. `formulas` (with `=`, "" where a cell holds none) and
    `formats` have the shape of `values`, or are empty where they were not seen.
    """

    values: Rows
    area: RangeRef | None = None
    book: str = ""
    formulas: tuple[tuple[str, ...], ...] = ()
    formats: tuple[tuple[str, ...], ...] = ()

    @property
    def about(self) -> str:
        """The file name of its workbook, and its place in it, as far as they are known."""
        book = self.book.replace("\\", "/").rpartition("/")[2]
        place = str(self.area) if self.area is not None else "a value"
        return f"{book} {place}".strip()

    @property
    def shape(self) -> tuple[int, int]:
        """Number of rows and of columns."""
        return len(self.values), len(self.values[0]) if self.values else 0
