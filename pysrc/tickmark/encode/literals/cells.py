"""The values of a sheet's cells as literals of the notation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from tickmark.encode.literals.dates import date_literal, date_literals
from tickmark.encode.literals.numbers import (
    NO_NUMBER,
    number_literal,
    number_literals,
    percent_literals,
)
from tickmark.encode.literals.texts import cut_literal, error_literal, text_literal, text_literals
from tickmark.model.grid import CellKind, Cells
from tickmark.model.workbook import Sheet, Style, Workbook
from tickmark.structure.number_formats import shows_duration, shows_percent

NO_VALUE = NO_NUMBER
"""A formula without a stored result."""

_FEW = 24
# Members of an enumeration are slow to look up for each cell.
_NUMBER, _TEXT = int(CellKind.NUMBER), int(CellKind.TEXT)

Positions = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Literals:
    """Writes the values of the cells of one sheet, those of formulas too; made by `literals_of`.

    A literal gives back the kind and exactly the value. `percent` and `duration` tell for each
    style of the workbook whether its number format shows one; `known` are literals of texts that
    were written before, by their index.
    """

    cells: Cells
    styles: Sequence[Style]
    percent: Mask
    duration: Mask
    date1904: bool = False
    known: dict[int, str] = field(default_factory=dict)

    def of(self, position: int, longest: int | None = None) -> str:
        """The literal of one cell; a text of more than `longest` characters is cut."""
        return self._few(np.array([position], np.intp), longest)[0]

    def many(self, positions: npt.ArrayLike, longest: int | None = None) -> list[str]:
        """The literals of cells, quick for very many."""
        at = np.asarray(positions, np.intp)
        if len(at) < _FEW:
            return self._few(at, longest)
        kinds = self.cells.kinds[at]
        present = np.flatnonzero(np.bincount(kinds, minlength=len(CellKind))).tolist()
        if len(present) == 1:
            return self._of_kind(present[0], at, longest)
        found = np.empty(len(at), object)
        for kind in present:
            where = kinds == kind
            found[where] = self._of_kind(kind, at[where], longest)
        texts: list[str] = found.tolist()
        return texts

    def number(self, value: float) -> str:
        """A number that is no cell, such as a sum."""
        return number_literal(value)

    def text(self, text: str, longest: int | None = None) -> str:
        """A text that is no cell, or the beginning of a cell's."""
        return text_literal(text) if longest is None else cut_literal(text, longest)

    def _few(self, at: Positions, longest: int | None) -> list[str]:
        cells = self.cells
        kinds, values = cells.kinds[at].tolist(), cells.values[at].tolist()
        percent = self.percent[cells.styles[at]].tolist()
        return [
            number_literal(value)
            if kind == _NUMBER and not as_percent
            else self._text(int(value), longest)
            if kind == _TEXT
            else self._other(position)
            for position, kind, value, as_percent in zip(
                at.tolist(), kinds, values, percent, strict=True
            )
        ]

    def _text(self, index: int, longest: int | None) -> str:
        if longest is not None and len(self.cells.texts[index]) > longest:
            return cut_literal(self.cells.texts[index], longest)
        literal = self.known.get(index)
        if literal is None:
            literal = self.known[index] = text_literal(self.cells.texts[index])
        return literal

    def _other(self, position: int) -> str:
        cells = self.cells
        value = cells.value(position)
        match CellKind(int(cells.kinds[position])):
            case CellKind.NUMBER:
                return percent_literals(cells.values[position : position + 1])[0]
            case CellKind.BOOL:
                return "TRUE" if value else "FALSE"
            case CellKind.ERROR:
                return error_literal(str(value))
            case CellKind.DATE:
                return date_literal(
                    float(cells.values[position]),
                    date1904=self.date1904,
                    number_format=self.styles[int(cells.styles[position])].number_format,
                )
            case _:
                return NO_VALUE

    def _of_kind(self, kind: int, at: Positions, longest: int | None) -> list[str]:
        if kind == CellKind.NUMBER:
            return self._numbers(at)
        if kind == CellKind.TEXT:
            indexes, which = np.unique(self.cells.values[at], return_inverse=True)
            raw = [self.cells.texts[index] for index in indexes.astype(np.intp).tolist()]
            texts = list(
                text_literals(raw)
                if longest is None
                else (cut_literal(text, longest) for text in raw)
            )
            return [texts[one] for one in which.tolist()]
        if kind == CellKind.DATE:
            return self._dates(at)
        return [self._other(position) for position in at.tolist()]

    def _numbers(self, at: Positions) -> list[str]:
        values = self.cells.values[at]
        percent = self.percent[self.cells.styles[at]]
        if not percent.any():
            return number_literals(values)
        if percent.all():
            return percent_literals(values)
        found = np.empty(len(at), object)
        found[percent] = percent_literals(values[percent])
        found[~percent] = number_literals(values[~percent])
        texts: list[str] = found.tolist()
        return texts

    def _dates(self, at: Positions) -> list[str]:
        serials, which = np.unique(self.cells.values[at], return_inverse=True)
        texts, missing = date_literals(serials, date1904=self.date1904)
        found = [texts[one] for one in which.tolist()]
        others = self.duration[self.cells.styles[at]]
        if len(missing):
            others |= np.isin(which, missing)
        for one in np.flatnonzero(others).tolist():
            found[one] = self._other(int(at[one]))
        return found


def literals_of(workbook: Workbook, sheet: Sheet) -> Literals:
    """What writes the values of the cells of a sheet of the workbook."""
    styles = workbook.styles
    used = np.zeros(len(styles), np.bool_)
    used[sheet.cells.styles] = True
    percent, duration = np.zeros_like(used), np.zeros_like(used)
    for style in np.flatnonzero(used).tolist():
        code = styles[style].number_format
        percent[style] = shows_percent(code)
        duration[style] = shows_duration(code)
    return Literals(sheet.cells, styles, percent, duration, workbook.date1904)
