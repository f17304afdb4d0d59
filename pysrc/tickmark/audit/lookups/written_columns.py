"""The columns of regions whose texts say numbers or dates, and which of those are suspect."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.audit.number_text import is_amount, is_date, is_year, names_codes, number_in
from tickmark.audit.region_grid import LineRole, RegionGrid
from tickmark.model.grid import CellKind, Cells
from tickmark.model.region import Role
from tickmark.structure.formulas import NO_TEMPLATE
from tickmark.structure.labels import Labels
from tickmark.structure.placeholders import is_placeholder
from tickmark.structure.regions.raster import are_years

Mask = npt.NDArray[np.bool_]

FEWEST: Final = 3
"""So many real numbers make a column one of numbers."""

_OTHER_TEXTS: Final = 10
"""A column of numbers has at least so many of them for each text that says none."""

# What a text of a cell says.
_NONE, _NUMBER, _YEAR, _DATE, _NOTHING = range(5)
_NUMERIC: Final = (_NUMBER, _YEAR)


@dataclass(frozen=True, slots=True, eq=False)
class Suspects:
    """Texts in one column of a region that say numbers or dates.

    `positions` are those of the cells on the sheet; `read` tells that a function leaves them out
    which reads them, `beside` how many real numbers or dates stand in the column.
    """

    column: int
    positions: npt.NDArray[np.int64]
    dates: bool
    read: bool
    beside: int


def said_by(cells: Cells) -> npt.NDArray[np.uint8]:
    """For each cell what its text says; 0 for all that say neither number nor date nor nothing."""
    made = np.zeros(len(cells), np.uint8)
    at = np.flatnonzero(cells.kinds == CellKind.TEXT)
    if len(at):
        numbers, which = np.unique(cells.values[at].astype(np.int64), return_inverse=True)
        said = [_said(cells.texts[number]) for number in numbers.tolist()]
        made[at] = np.array(said, np.uint8)[which]
    return made


def says_anything(said: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Which cells say a number or a date."""
    return np.asarray((said != _NONE) & (said != _NOTHING), np.bool_)


def _said(text: str) -> int:
    if number_in(text) is not None:
        return _YEAR if is_year(text) else _NUMBER
    if is_date(text):
        return _DATE
    return _NOTHING if not text.strip() or is_placeholder(text) else _NONE


def written_columns(grid: RegionGrid, said: npt.NDArray[np.uint8]) -> list[int]:
    """The columns without head in which a number or a date may be suspect, by what they say."""
    inside = said[_rows(grid)]
    years = inside == _YEAR
    telling = (inside == _NUMBER) | (inside == _DATE) | (years & _is_lone(inside)[:, None])
    return np.flatnonzero(telling.any(axis=0) & (grid.columns != LineRole.HEADER)).tolist()


def _rows(grid: RegionGrid) -> npt.NDArray[np.intp]:
    """The rows of data and totals."""
    return np.flatnonzero((grid.rows == LineRole.DATA) | (grid.rows == LineRole.TOTAL))


def _is_lone(inside: npt.NDArray[np.uint8]) -> Mask:
    """Which rows say one year; two in one row head their columns."""
    return np.asarray(np.count_nonzero(inside == _YEAR, axis=1) == 1, np.bool_)


class WrittenColumn:
    """One column of a region without its head; `said` is what each cell of the region says."""

    def __init__(
        self,
        cells: Cells,
        labels: Labels,
        grid: RegionGrid,
        column: int,
        said: npt.NDArray[np.uint8],
    ) -> None:
        rows = _rows(grid)
        self.cells, self.labels, self.grid, self.column = cells, labels, grid, column
        self.said = said[rows, column]
        self.position = grid.position[rows, column]
        self.kind = grid.kind[rows, column]
        self.value = grid.value[rows, column]
        self.typed = grid.template[rows, column] == NO_TEMPLATE
        self.first = rows[:1]
        self.lone = _is_lone(said[rows])

    def numbers(self, in_line: Mask, anyhow: Mask) -> Iterator[Suspects]:
        """The texts that say numbers, those that a function reads apart from the others."""
        real = self.kind == CellKind.NUMBER
        count = int(np.count_nonzero(real))
        suspect = self.said == _NUMBER
        suspect |= (self.said == _YEAR) & self.lone & self._like(real, count)
        suspect[: len(self.first)] &= not self._is_head()
        if not suspect.any():
            return
        mixed = self._mixed(suspect, count)
        told_apart = mixed or not self._holds_codes()
        read = suspect & ((in_line[self.position] & told_apart) | (anyhow[self.position] & mixed))
        nonzero = [self._says(at) != 0 for at in self.position[read].tolist()]
        read[read] = np.array(nonzero, np.bool_)
        if read.any():
            yield Suspects(self.column, self.position[read], dates=False, read=True, beside=count)
        rest = suspect & ~read & self.typed
        if not rest.any() or not self._informs(rest, count, mixed=mixed):
            return
        yield Suspects(self.column, self.position[rest], dates=False, read=False, beside=count)

    def dates(self, anyhow: Mask) -> Iterator[Suspects]:
        """The texts that say dates among dates."""
        suspect = (self.said == _DATE) & self.typed
        if not suspect.any():
            return
        count = int(np.count_nonzero(self.kind == CellKind.DATE))
        if not self._mixed(suspect, count):
            return
        for read in (True, False):
            at = self.position[suspect & (anyhow[self.position] == read)]
            if len(at):
                yield Suspects(self.column, at, dates=True, read=read, beside=count)

    def _mixed(self, suspect: Mask, count: int) -> bool:
        """Whether the suspects are few among real numbers, and hardly any other text is there."""
        few = int(np.count_nonzero(suspect))
        texts = (self.kind == CellKind.TEXT) & (self.said != _NOTHING) & ~suspect
        others = int(np.count_nonzero(texts))
        return count >= FEWEST and few <= count and _OTHER_TEXTS * others <= count + few

    def _like(self, real: Mask, count: int) -> Mask:
        """Which years are amounts by the numbers around them."""
        if count < FEWEST:
            return np.zeros(len(real), np.bool_)
        low, high = self.value[real].min(), self.value[real].max()
        if 2 * np.count_nonzero(are_years(self.value[real])) > count:
            return np.zeros(len(real), np.bool_)
        said = np.full(len(real), np.nan)
        for at in np.flatnonzero(self.said == _YEAR).tolist():
            said[at] = self._says(int(self.position[at]))
        return np.asarray((said >= low) & (said <= high), np.bool_)

    def _informs(self, rest: Mask, count: int, *, mixed: bool) -> bool:
        """Whether texts that no function reads are worth telling of."""
        if self.grid.region.role is Role.KEY_VALUE or self._holds_codes():
            return False
        if mixed:
            return True
        others = (self.kind == CellKind.TEXT) & ~rest & (self.said != _NOTHING)
        enough = count == 0 and int(np.count_nonzero(rest)) >= FEWEST and not others.any()
        return enough and all(
            is_amount(str(self.cells.value(at))) for at in self.position[rest].tolist()
        )

    def _is_head(self) -> bool:
        """Whether the first row is a head that was not seen, or numbers the columns."""
        if not len(self.first) or (self.grid.kind[self.first[0]] == CellKind.NUMBER).any():
            return False
        if not self.grid.region.header_rows:
            return True
        said = self._says(int(self.position[0])) if self.said[0] == _NUMBER else 0.0
        return said in {self.column + 1, self.column + 1 - self.grid.region.header_columns}

    def _holds_codes(self) -> bool:
        paths = self.grid.region.column_paths
        if any(names_codes(text) for text in (paths[self.column] if paths else ())):
            return True
        if self.grid.region.role is not Role.KEY_VALUE:
            return False
        at = np.flatnonzero(np.isin(self.said, _NUMERIC))[0]
        cell = self.cells[int(self.position[at])]
        label = self.labels.left_of(cell.row, cell.column)
        return label is not None and names_codes(label.text)

    def _says(self, position: int) -> float:
        number = number_in(str(self.cells.value(position)))
        return 0.0 if number is None else number
