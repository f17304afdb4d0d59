"""Cells one by one into columns, for formats that come without styles and formulas."""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from tickmark.model.grid import NO_FORMULA, CellKind, Cells
from tickmark.model.workbook import Style
from tickmark.read.dates import DATE_FORMAT, DATE_TIME_FORMAT, DURATION_FORMAT, TIME_FORMAT
from tickmark.read.limits import allows_more

STYLES: Final = (
    Style(),
    Style(DATE_FORMAT),
    Style(DATE_TIME_FORMAT),
    Style(TIME_FORMAT),
    Style(DURATION_FORMAT),
)
"""The styles of a workbook whose format tells no more than that a value is a date."""


@dataclass(slots=True, eq=False)
class Columns:
    """Cells added in order of row, then column; at most `longest` characters of a text."""

    longest: int
    rows: array[int] = field(default_factory=lambda: array("i"))
    columns: array[int] = field(default_factory=lambda: array("h"))
    kinds: array[int] = field(default_factory=lambda: array("B"))
    values: array[float] = field(default_factory=lambda: array("d"))
    styles: array[int] = field(default_factory=lambda: array("i"))
    texts: dict[str, int] = field(default_factory=dict)
    cut: int = 0

    def __len__(self) -> int:
        return len(self.rows)

    def add(
        self, row: int, column: int, kind: CellKind, value: float | str, style: int = 0
    ) -> None:
        """Add a cell; `style` indexes STYLES. A number that is not finite becomes text."""
        if not isinstance(value, str) and not math.isfinite(value):
            kind, value = CellKind.TEXT, str(value)
        if isinstance(value, str):
            if len(value) > self.longest:
                self.cut += 1
                value = value[: self.longest]
            value = self.texts.setdefault(value, len(self.texts))
        self.rows.append(row)
        self.columns.append(column)
        self.kinds.append(kind)
        self.values.append(value)
        self.styles.append(style)

    def cells(self) -> Cells:
        """All cells as numpy columns."""
        return Cells(
            rows=np.array(self.rows, np.int32),
            columns=np.array(self.columns, np.int16),
            kinds=np.array(self.kinds, np.uint8),
            values=np.array(self.values, np.float64),
            styles=np.array(self.styles, np.int32),
            formulas=np.full(len(self.rows), NO_FORMULA, np.int32),
            texts=tuple(self.texts),
        )

    def problems(self) -> tuple[str, ...]:
        """A sentence about texts that were cut."""
        if not self.cut:
            return ()
        told = f"Texts longer than {self.longest:,} characters were cut: {self.cut:,}"
        return (f"{told}; {allows_more('string_length')}.",)
