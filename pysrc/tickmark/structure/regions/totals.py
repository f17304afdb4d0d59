"""Total rows and columns of a box."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from tickmark.model.address import column_letters
from tickmark.model.region import Edge, Reason
from tickmark.structure.formulas import NO_TEMPLATE
from tickmark.structure.regions import total_columns, total_rows
from tickmark.structure.regions.appearance import Mask
from tickmark.structure.regions.headers import Header
from tickmark.structure.regions.kinds import EMPTY
from tickmark.structure.regions.looks import part
from tickmark.structure.regions.raster import Box, Raster
from tickmark.structure.regions.sums import Sums
from tickmark.structure.regions.total_formulas import Summing, summing_of
from tickmark.structure.regions.total_labels import Label
from tickmark.structure.regions.total_line import Proof, Total, formula_total
from tickmark.structure.regions.total_lines import (
    Lines,
    column_lines,
    data_box,
    numeric_cells,
    row_lines,
)
from tickmark.structure.spans import Span

_MOST_REASONS: Final = 12
_MOST_SPANS: Final = 4


@dataclass(frozen=True, slots=True)
class Totals:
    """Rows and columns of the raster that sum up others of a box, subtotals included.

    `of_rows` and `of_columns` tell for each what it sums up, in the same order. Net lines such as
    `Gross profit`, computed from rows above, are totals; differences, changes, shares and checks
    are not, nor running sums, nor sums of cells outside of the box. Means, counts and extremes of
    the data are.
    """

    rows: tuple[int, ...] = ()
    columns: tuple[int, ...] = ()
    reasons: tuple[Reason, ...] = ()
    of_rows: tuple[Total, ...] = ()
    of_columns: tuple[Total, ...] = ()


def totals_of(raster: Raster, box: Box, header: Header, sums: Sums, declared: int = 0) -> Totals:
    """The totals of a box, found by formulas, values and labels.

    `declared` rows at its bottom are totals by the word of its author.
    """
    data = data_box(box, header)
    if data is None:
        return Totals()
    numeric = numeric_cells(raster, data)
    if not numeric.any() and not declared:
        return Totals()
    summing = summing_of(raster, data, sums)
    across = column_lines(raster, box, header, data, numeric)
    found = _Finder(raster, box, header, sums, data, numeric, summing, across)
    rows = found.rows(declared)
    columns = found.columns(rows)
    of_rows = tuple(rows[line] for line in sorted(rows))
    of_columns = tuple(columns[line] for line in sorted(columns))
    return Totals(
        tuple(one.line for one in of_rows),
        tuple(one.line for one in of_columns),
        (*_row_reasons(raster, of_rows), *_column_reasons(raster, of_columns)),
        of_rows,
        of_columns,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Finder:
    """A box with its numbers."""

    raster: Raster
    box: Box
    header: Header
    sums: Sums
    data: Box
    numeric: Mask
    summing: Summing
    across: Lines

    def rows(self, declared: int) -> dict[int, Total]:
        data = self.data
        lines = row_lines(self.raster, self.box, self.header, data, self.numeric)
        summing, texts = self.summing, self.raster.texts
        known = total_rows.by_formulas(lines, summing) & lines.data
        found = {
            data.top + row: self._from_formulas(summing.down & ~summing.alone, row, across=False)
            for row in np.flatnonzero(known).tolist()
        }
        computed = 2 * self._computed(summing.down).sum(axis=1) > self.numeric.sum(axis=1)
        heads = self.across.labels
        amounts = (heads != Label.FIGURE) & (heads != Label.APART)
        for one in total_rows.by_values(lines, known, computed, amounts, texts):
            found.setdefault(one.line, one)
        known[[line - data.top for line in found]] = True
        blank = (
            part(self.raster.kinds, Box(data.top, self.box.left, data.bottom, data.right)) == EMPTY
        ).all(axis=1)
        blank[
            [row - data.top for row in self.header.sections if data.top <= row <= data.bottom]
        ] = True
        called = total_rows.by_labels(lines, known, computed, blank, texts)
        for row in np.flatnonzero(called).tolist():
            found.setdefault(data.top + row, Total(data.top + row, Proof.LABEL))
        for row in range(max(self.box.bottom - declared + 1, data.top), self.box.bottom + 1):
            found.setdefault(row, Total(row, Proof.AUTHOR))
        return found

    def columns(self, rows: dict[int, Total]) -> dict[int, Total]:
        data = self.data
        lines, summing = self.across, self.summing
        known = total_columns.by_formulas(lines, summing) & lines.data
        across = summing.across & ~summing.alone
        found = {
            data.left + column: self._from_formulas(across.T, column, across=True)
            for column in np.flatnonzero(known).tolist()
        }
        totals = np.zeros(data.height, np.bool_)
        totals[[row - data.top for row in rows]] = True
        computed = 2 * self._computed(summing.across).sum(axis=0) > self.numeric.sum(axis=0)
        for one in total_columns.by_values(lines, totals, computed, self.raster.texts):
            found.setdefault(one.line, one)
        for column in np.flatnonzero(total_columns.by_names(lines, self.raster.texts)).tolist():
            found.setdefault(data.left + column, Total(data.left + column, Proof.LABEL))
        known = np.zeros(data.width, np.bool_)
        known[[column - data.left for column in found]] = True
        like = total_columns.like_others(lines, known, self.raster.texts)
        for column in np.flatnonzero(like).tolist():
            found[data.left + column] = Total(data.left + column, Proof.LABEL)
        return found

    def _computed(self, summing: Mask) -> Mask:
        """Cells with a formula that adds nothing up, where formulas were read."""
        if not len(self.sums.figures):
            return np.zeros(summing.shape, np.bool_)
        templates = part(self.raster.templates, self.data)
        return np.asarray((templates != NO_TEMPLATE) & ~summing & self.numeric, np.bool_)

    def _from_formulas(self, cells: Mask, line: int, *, across: bool) -> Total:
        """The total that the first summing cell of a line tells."""
        other = int(np.argmax(cells[line]))
        row, column = (other, line) if across else (line, other)
        cell = (row + self.data.top, column + self.data.left)
        template = int(self.raster.templates[cell])
        origin = (self.raster.top, self.raster.left)
        return formula_total(self.sums, template, cell, origin, across=across)


def _row_reasons(raster: Raster, totals: tuple[Total, ...]) -> list[Reason]:
    def named(span: Span) -> str:
        first, last = span[0] + raster.top, span[1] + raster.top
        return f"row {first}" if first == last else f"rows {first} to {last}"

    return _reasons(Edge.TOTAL_ROWS, totals, named, "rows")


def _column_reasons(raster: Raster, totals: tuple[Total, ...]) -> list[Reason]:
    def named(span: Span) -> str:
        first, last = (column_letters(at + raster.left) for at in span)
        return f"column {first}" if first == last else f"columns {first} to {last}"

    return _reasons(Edge.TOTAL_COLUMNS, totals, named, "columns")


def _reasons(
    edge: Edge, totals: tuple[Total, ...], named: Callable[[Span], str], plural: str
) -> list[Reason]:
    """One reason for each of the first totals, and how many more there are."""
    made = [
        Reason(edge, f"{named((one.line, one.line))} {_cue(one, named)}")
        for one in totals[:_MOST_REASONS]
    ]
    more = len(totals) - _MOST_REASONS
    return [*made, Reason(edge, f"{more} more {plural} likewise")] if more > 0 else made


def _cue(total: Total, named: Callable[[Span], str]) -> str:
    if total.proof is Proof.AUTHOR:
        return "is a totals row of the table"
    if total.proof is Proof.LABEL:
        return "is called a total"
    adds = " and ".join(named(span) for span in total.adds[:_MOST_SPANS])
    adds += " and more" if len(total.adds) > _MOST_SPANS else ""
    takes = " and ".join(named(span) for span in total.takes[:_MOST_SPANS])
    less = f" less {takes}" if takes else ""
    how = "sums up" if total.proof is Proof.FORMULAS else "equals the sum of"
    return f"{how} {adds}{less}"
