"""What an encoded sheet says about its cells, as the decoder gives it back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tickmark.model.address import RangeRef
from tickmark.model.grid import CellKind


class TypeWord(StrEnum):
    """What a summary calls the values of its cells."""

    INTEGER = "int"
    NUMBER = "num"
    PERCENT = "%"
    CURRENCY = "cur"
    DATE = "date"
    TIME = "time"
    TEXT = "text"
    BOOL = "bool"
    ERROR = "error"
    ANY = "any"

    @property
    def kind(self) -> CellKind | None:
        """The kind of all values; None where they are of several."""
        return _KINDS[self]


_KINDS: dict[TypeWord, CellKind | None] = {
    TypeWord.INTEGER: CellKind.NUMBER,
    TypeWord.NUMBER: CellKind.NUMBER,
    TypeWord.PERCENT: CellKind.NUMBER,
    TypeWord.CURRENCY: CellKind.NUMBER,
    TypeWord.DATE: CellKind.DATE,
    TypeWord.TIME: CellKind.DATE,
    TypeWord.TEXT: CellKind.TEXT,
    TypeWord.BOOL: CellKind.BOOL,
    TypeWord.ERROR: CellKind.ERROR,
    TypeWord.ANY: None,
}


@dataclass(frozen=True, slots=True)
class Value:
    """One value: a float for numbers and dates (serial), a str for texts and errors, a bool.

    EMPTY with None is a blank cell in a list, or a formula without a stored result. `length` is
    that of a text of which `value` is only the beginning, else 0.
    """

    kind: CellKind
    value: float | str | bool | None
    length: int = 0

    @property
    def exact(self) -> bool:
        """Whether the whole value is known."""
        return not self.length


@dataclass(frozen=True, slots=True)
class Summary:
    """What is told about values together.

    `low` and `high` are the least and greatest value where `bounds_exact`, else no value lies
    outside of them; None where nothing is told. `samples` are some of the different values.
    """

    word: TypeWord
    low: float | None = None
    high: float | None = None
    bounds_exact: bool = True
    total: float | None = None
    first: Value | None = None
    last: Value | None = None
    distinct: int | None = None
    true: int | None = None
    samples: tuple[Value, ...] = ()


UNKNOWN: Final = -1


@dataclass(frozen=True, slots=True)
class FormulaText:
    """The formula of the first cell of a claim, with its `=`, as Excel shows it.

    `array` is one formula for all cells; else the others hold copies. `length` is the number of
    characters of the whole formula (with `=`) where `text` is only its beginning, else 0; UNKNOWN
    for a copy of a formula of which another line tells the beginning only.
    """

    text: str
    array: bool = False
    length: int = 0


@dataclass(frozen=True, slots=True)
class Claim:
    """One line of an encoded sheet, or a part of one that lists values and formulas along a row.

    `areas` without `excepted` are its cells, in order: area by area, each row by row. Exactly one
    of these tells their values: `values`, one for each cell (blank ones of a list have kind EMPTY
    and are no claim about a filled cell); `constant`, the same for all; `summary`; none of them
    where only the `formula` is told, or where the cells are `hidden`. `merged` are the ranges of
    cells that the line says are merged. `line` is the number of the line in the text, from 1.
    """

    sheet: str
    areas: tuple[RangeRef, ...]
    excepted: tuple[RangeRef, ...] = ()
    values: tuple[Value, ...] | None = None
    constant: Value | None = None
    summary: Summary | None = None
    formula: FormulaText | None = None
    merged: tuple[RangeRef, ...] = ()
    hidden: bool = False
    line: int = 0

    def cells(self) -> Iterator[tuple[int, int]]:
        """Rows and columns of the cells, in order."""
        for area in self.areas:
            inside = [one for one in self.excepted if one.meets(area)]
            for row in range(area.top, area.bottom + 1):
                for column in range(area.left, area.right + 1):
                    if not any(one.contains(row, column) for one in inside):
                        yield row, column


@dataclass(frozen=True, slots=True)
class DecodedSheet:
    """One sheet of an encoded text: its name, used range, claims and what was left out.

    `left_out` are the areas of visible cells without a claim that the text names, `more_left_out`
    the number of those that it only counts. `header` are its other header lines as they stand,
    without `# `. `date1904` tells how the serial numbers of its dates count. `more_hidden` is the
    number of spans of hidden rows and columns that the text only counts.
    """

    name: str
    used_range: RangeRef | None
    claims: tuple[Claim, ...]
    left_out: tuple[RangeRef, ...] = ()
    header: tuple[str, ...] = ()
    more_left_out: int = 0
    date1904: bool = False
    more_hidden: int = 0
