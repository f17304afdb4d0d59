"""A workbook as far as its reader sees it: what look-ups tell, and which cells they told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np

from tickmark.encode.expansion import expand
from tickmark.encode.source import Source
from tickmark.encode.values import text_value
from tickmark.errors import AddressError, InputError
from tickmark.model.address import MAX_ROW, RangeRef, quote_sheet_name
from tickmark.model.shown_cells import ShownCells
from tickmark.model.workbook import SheetState
from tickmark.structure.formulas import Formulas
from tickmark.structure.graph import FormulaGraph, graph_of
from tickmark.structure.labels import Labels
from tickmark.structure.places import areas_named
from tickmark.structure.rectangles import rectangles

SHEETS_NAMED: Final = 12
LONGEST_NAME: Final = 80

Shown = tuple[tuple[str, ShownCells], ...]
"""Cells by the name of their sheet."""


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """A text for a model, and the cells that it tells about."""

    text: str
    shown: Shown = ()

    @property
    def cells(self) -> int:
        """Number of cells; one that stands in two parts of the text counts twice."""
        count = 0
        for _, one in self.shown:
            top, left, bottom, right = one.edges.T.astype(np.int64)
            count += int(((bottom - top + 1) * (right - left + 1)).sum())
        return count


def joined(parts: Sequence[Told], *, before: Iterable[str] = (), after: Iterable[str] = ()) -> Told:
    """Several parts as one, with lines before and behind them."""
    lines = (*before, *(one.text for one in parts), *after)
    return Told(
        "\n".join(filter(None, lines)), tuple(cells for one in parts for cells in one.shown)
    )


@dataclass(frozen=True, eq=False)
class ShownBook:
    """The sheets that can be seen, each without the cells that cannot; made once for a workbook.

    `sources` are those of all sheets in order; `tokens` counts the tokens of a text.
    """

    formulas: Formulas
    sources: tuple[Source, ...] = field(repr=False)
    tokens: Callable[[str], int] = field(repr=False)

    @cached_property
    def sheets(self) -> Mapping[str, Source]:
        """The sheets that can be seen, by their names in lower case; of two the first."""
        seen = (one for one in self.sources if one.sheet.state is SheetState.VISIBLE)
        return {one.sheet.name.casefold(): one for one in reversed(tuple(seen))}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the sheets that can be seen, in order."""
        known = {id(one) for one in self.sheets.values()}
        return tuple(one.sheet.name for one in self.sources if id(one) in known)

    @cached_property
    def hidden_cells(self) -> int:
        """How many cells of the workbook are never told."""
        return sum(one.hidden for one in self.sources)

    @cached_property
    def graph(self) -> FormulaGraph:
        """The graph of all formulas, those of hidden cells too."""
        return graph_of(self.formulas)

    def source(self, name: str) -> Source:
        """The sheet of a name, in any case; raises InputError where it cannot be seen."""
        plain = name.strip()
        if len(plain) > 1 and plain[0] == plain[-1] == "'":
            plain = plain[1:-1].replace("''", "'")
        for one in (name, plain):
            if one.casefold() in self.sheets:
                return self.sheets[one.casefold()]
        asked = text_value(plain, LONGEST_NAME)
        if any(one.sheet.name.casefold() == plain.casefold() for one in self.sources):
            raise InputError(f"The sheet {asked} is hidden; its cells are not shown.")
        more = len(self.names) - SHEETS_NAMED
        known = ", ".join(text_value(one, LONGEST_NAME) for one in self.names[:SHEETS_NAMED])
        rest = f" and {more} more" if more > 0 else ""
        raise InputError(f"There is no sheet {asked}; there are {known or 'none'}{rest}.")

    def areas(self, text: str, *, sheet: str = "") -> tuple[RangeRef, ...]:
        """What a text names on sheets that can be seen: cells, whole columns, a name, a table.

        Whole columns and rows reach as far as the sheet does. Raises InputError.
        """
        name, bang, rest = text.strip().removeprefix("=").rpartition("!")
        given = sheet or name if bang else sheet
        source = self.source(name if bang else sheet) if given else None
        if sheet and bang and source is not self.source(sheet):
            asked = text_value(text, LONGEST_NAME)
            raise InputError(f"{asked} is no range of the sheet {text_value(sheet, LONGEST_NAME)}.")
        try:
            found = self._named(rest, source)
        except AddressError:
            raise InputError(self._no_place(text, source)) from None
        if any(area.sheet.casefold() not in self.sheets for area in found):
            asked = text_value(text, LONGEST_NAME)
            raise InputError(f"{asked} names hidden cells, which are not shown.")
        return tuple(self._clipped(area) for area in found)

    def _named(self, text: str, source: Source | None) -> tuple[RangeRef, ...]:
        scope = self.formulas.scope
        if source is not None:
            try:
                return areas_named(scope, f"{quote_sheet_name(source.sheet.name)}!{text}")
            except AddressError:
                # A table, or a name of the whole workbook, that was asked for on a sheet.
                found = areas_named(scope, text)
                name = source.sheet.name.casefold()
                if any(area.sheet.casefold() != name for area in found):
                    raise
                return found
        if len(self.names) == 1:
            return areas_named(scope, f"{quote_sheet_name(self.names[0])}!{text}")
        return areas_named(scope, text)

    def _no_place(self, text: str, source: Source | None) -> str:
        asked = text_value(text, LONGEST_NAME)
        if source is not None:
            return f"{asked} is no range of the sheet; write it like B2:D9."
        example = f"{quote_sheet_name(self.names[0])}!B2" if self.names else "Sheet1!B2"
        return f"{asked} is no cell, range, name or table; write it like {example}."

    def _clipped(self, area: RangeRef) -> RangeRef:
        """An area, whole columns or rows only as far as the sheet is filled."""
        used = self.sheets[area.sheet.casefold()].sheet.used_range
        if used is None or (area.bottom < MAX_ROW and area.right < 1 << 14):
            return area
        bottom = max(area.top, used.bottom) if area.bottom >= MAX_ROW else area.bottom
        right = max(area.left, used.right) if area.right >= 1 << 14 else area.right
        return RangeRef(area.sheet, area.top, area.left, bottom, right)

    def visible(self, area: RangeRef) -> tuple[tuple[RangeRef, ...], int]:
        """An area without its unseen cells, and how many filled cells those are.

        An area without any stays as it is; of another its filled cells are left, as rectangles.
        One on a sheet that cannot be seen counts as a whole.
        """
        source = self.sheets.get(area.sheet.casefold())
        if source is None:
            return (), area.cells
        cells = source.sheet.cells
        inside = cells.within(area)
        seen = source.visible[inside]
        if seen.all():
            return ((), area.cells) if self._is_hidden(source, area) else ((area,), 0)
        at = inside[seen]
        found = rectangles(source.sheet.name, cells.rows[at], cells.columns[at])
        return found, len(inside) - len(at)

    def _is_hidden(self, source: Source, area: RangeRef) -> bool:
        """Whether all rows or all columns of an area are hidden."""
        sheet = source.sheet
        spans = (
            (sheet.hidden_rows, area.top, area.bottom),
            (sheet.hidden_columns, area.left, area.right),
        )
        return any(
            first <= low and high <= last
            for intervals, low, high in spans
            for first, last in intervals
        )

    def label(self, area: RangeRef) -> str:
        """What the row and the column of an area are called, "" where nothing tells."""
        name = area.sheet.casefold()
        if name not in self._labels:
            source = self.sheets[name]
            self._labels[name] = Labels(
                source.sheet, date1904=source.workbook.date1904, unseen=~source.visible
            )
        return ", ".join(filter(None, self._labels[name].parts(area)))

    def part(self, area: RangeRef, budget: int) -> Told:
        """The lines about the cells of an area, without those about the sheet."""
        source = self.sheets[area.sheet.casefold()]
        made = expand(source, area, tokens=self.tokens, budget=budget)
        lines = [
            line
            for line in made.text.split("\n")
            if not line.startswith("#") or line.startswith("# left out")
        ]
        return Told("\n".join(lines), ((source.sheet.name, made.shown()),))

    def place(self, area: RangeRef) -> str:
        """An area with its sheet and its label, such as `'P&L'!C4: Profit, 2025`."""
        label = self.label(area)
        return f"{area}: {text_value(label, LONGEST_NAME)}" if label else f"{area}:"

    @cached_property
    def _labels(self) -> dict[str, Labels]:
        return {}


def hidden_words(count: int) -> str:
    """A line about cells that are not told; "" for none."""
    if not count:
        return ""
    return f"# {count:,} hidden {'cell is' if count == 1 else 'cells are'} not shown"
