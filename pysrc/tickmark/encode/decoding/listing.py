"""The values of a list in an encoded sheet, put into the cells they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tickmark.encode.claim import Value
from tickmark.encode.decoding.cells import Places
from tickmark.encode.decoding.items import BLANK, Entry, FormulaItem, Item
from tickmark.encode.decoding.work import Work
from tickmark.errors import EncodingError
from tickmark.model.address import MAX_COLUMN, MAX_ROW, RangeRef, column_letters

_SERIES_COST = 4
_MERGE_COST = 8


@dataclass(slots=True)
class FilledList:
    """Values of a list so far, the cells that it says are merged, and formulas by their number.

    In a list of `results` every cell holds the formula, so that each item is one cell, merged or
    not; in another list an item takes the cells up that it is merged over.
    """

    places: Places
    results: bool
    work: Work
    values: list[Value] = field(default_factory=list)
    merged: list[RangeRef] = field(default_factory=list)
    formulas: list[tuple[int, FormulaItem]] = field(default_factory=list)

    def continue_at(self, label: str) -> None:
        """Check the row or column at which a line says it goes on; raises EncodingError."""
        done = len(self.values)
        if not done or done >= self.places.total:
            raise EncodingError("the list goes on behind its last cell.")
        row, column = self.places.cell(done)
        before = self.places.cell(done - 1)
        if label.isdigit():
            if int(label) != row or before[0] == row:
                raise EncodingError(f"the line goes on at row {label}, the list {_at(row, column)}")
        elif label != column_letters(column) or before[0] != row:
            raise EncodingError(f"the line goes on at column {label}, the list {_at(row, column)}")

    def add_all(self, entries: Iterable[Entry]) -> None:
        """Put what a line lists into the next cells; raises EncodingError."""
        plain: list[Value] = []
        for entry in entries:
            if isinstance(entry, Value):
                plain.append(entry)
                continue
            self._extend(plain)
            plain = []
            if isinstance(entry, FormulaItem):
                self.formulas.append((len(self.values), entry))
                self._extend([entry.result or BLANK])
            else:
                self._add(entry)
        self._extend(plain)

    def _extend(self, values: Sequence[Value]) -> None:
        self._room(len(values), 1)
        self.values.extend(values)

    def _add(self, item: Item) -> None:
        if item.missing and not self.results:
            raise EncodingError("? stands for the result of a formula, and there is none.")
        if item.series is not None:
            self._room(item.series.count, _SERIES_COST)
            self.values.extend(item.series.values())
        elif item.merged:
            for _ in range(item.count):
                self._add_merged(item)
        else:
            if self.results and item.value is BLANK and not item.missing:
                raise EncodingError("a formula has a result, or ? where none is stored.")
            self._room(item.count, 1)
            self.values.extend([item.value] * item.count)

    def _room(self, cells: int, cost: int) -> None:
        if cells > self.places.total - len(self.values):
            where = "the row" if self.places.open else "the areas"
            raise EncodingError(f"there are more items than cells in {where}.")
        self.work.spend(cells * cost)

    def _add_merged(self, item: Item) -> None:
        self._room(1, _MERGE_COST)
        place = self.places.cell(len(self.values))
        if not self.results:
            part = self.places.part_of(len(self.values))
            down = part.left == part.right and part.top < part.bottom
            if not down and (place[1] + item.columns - 1 > part.right):
                raise EncodingError("an item is merged over more cells than its row has.")
            if item.rows > 1 and part.top < part.bottom and not down:
                raise EncodingError("in a list of several rows cells are merged along rows only.")
            taken = item.rows if down else item.columns
            self._room(taken, 1)
            self.values.append(item.value)
            self.values.extend([BLANK] * (taken - 1))
        else:
            self.values.append(item.value)
        self.merged.append(merged_range(item, self.places.parts[0].sheet, *place))


def merged_range(item: Item, sheet: str, row: int, column: int) -> RangeRef:
    """The range over which the cell of an item is merged; raises EncodingError."""
    bottom, right = row + item.rows - 1, column + item.columns - 1
    if bottom > MAX_ROW or right > MAX_COLUMN:
        raise EncodingError("merged cells reach beyond the sheet.")
    return RangeRef(sheet, row, column, bottom, right)


def _at(row: int, column: int) -> str:
    return f"at {column_letters(column)}{row}."
