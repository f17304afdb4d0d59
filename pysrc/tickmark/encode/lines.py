"""The lines of an encoding: what is told about each part of a sheet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tickmark.encode.areas import address, addresses
from tickmark.encode.cell_index import CellIndex, Edges, positions_of
from tickmark.encode.detail import Detail
from tickmark.encode.joined_lines import as_others, chained, indexed
from tickmark.encode.line import Line
from tickmark.encode.lists.bodies import list_body, results_body
from tickmark.encode.literals.cells import Literals
from tickmark.encode.literals.formulas import formula_text
from tickmark.encode.merges import Merged
from tickmark.encode.parts import Part, PartKind
from tickmark.encode.source import Source
from tickmark.encode.summaries import Summaries
from tickmark.model.address import RangeRef, cell_address

Positions = npt.NDArray[np.intp]

ROWS_PREFERRED = 1.1
"""A block is listed row by row where that costs at most so much more than column by column."""

MOST_ROWS = 60


@dataclass(frozen=True, eq=False)
class LineWriter:
    """Writes parts of one sheet."""

    source: Source
    literals: Literals
    summaries: Summaries
    detail: Detail
    tokens: Callable[[str], int]
    index: CellIndex
    merged: Merged

    def lines(self, parts: Sequence[Part]) -> list[Line]:
        """The lines of parts, in their order; bare summaries of one type share a line."""
        found: list[Line] = []
        shared: dict[str, tuple[int, list[Edges]]] = {}
        first_of: dict[int, str] = {}
        for part in parts:
            if part.kind is PartKind.LIST:
                found += self._list(part)
            elif part.kind is PartKind.FORMULA:
                found.append(self._formula(part, first_of))
            else:
                line = self._summary(part)
                if line.excepted or line.constant or " " in line.body or line.body[-1] != ">":
                    found.append(line)
                    continue
                at, areas = shared.setdefault(line.body, (len(found), []))
                areas.extend(line.areas)
                if at == len(found):
                    found.append(line)
        for body, (at, areas) in shared.items():
            found[at] = _summed(tuple(areas), (), body)
        joined = as_others(chained(self.source, found, self.merged), self.tokens)
        return indexed(joined)

    def positions(self, part: Part) -> Positions:
        """The positions of a part's cells in the sheet's arrays, area by area, row by row."""
        return positions_of(self.index, part.areas, part.excepted)

    def _formula(self, part: Part, first_of: dict[int, str]) -> Line:
        template = self.source.formulas.templates[part.template]
        top, left = part.areas[0][:2]
        text = formula_text(template, top, left, self.detail.formula)
        untold: tuple[Edges, ...] = ()
        if template.fills is None:
            first = first_of.setdefault(part.template, cell_address(top, left))
            copied = f"=<{first}>"
            if first != cell_address(top, left) and len(copied) < len(text):
                text = copied
        positions = self.positions(part)
        # A summary of one value would be longer, and could not stand among others in a row.
        if part.told or (self.detail.results and len(positions) == 1):
            ranges = part.ranges(self.source.sheet.name)
            results = results_body(
                self.literals, ranges, positions, tokens=self.tokens, longest=self.detail.text
            )
        elif self.detail.results:
            same = self.summaries.same(positions, self.detail)
            results = same or self.summaries.body(positions, self.detail)
            untold = () if same else part.areas
        else:
            results, untold = "", part.areas
        body = f"{text} -> {results}" if results else text
        return Line(addresses(part.areas), body, part.areas, (), part.kind, untold=untold)

    def _summary(self, part: Part) -> Line:
        positions = self.positions(part)
        same = self.summaries.same(positions, self.detail)
        if not same:
            body = self.summaries.body(positions, self.detail)
            return _summed(part.areas, part.excepted, body)
        constant = not part.excepted
        text = _addresses(part.areas, part.excepted)
        return Line(text, same, part.areas, part.excepted, part.kind, constant)

    def _list(self, part: Part) -> list[Line]:
        (edges,) = part.areas
        top, left, bottom, right = edges
        positions = self._with_blanks(edges)
        if np.count_nonzero(positions >= 0) == 1:
            # Its item tells how far a merged cell reaches.
            return [self._listed((top, left, top, left), positions[:1])]
        if top == bottom or left == right:
            return [self._listed(edges, positions)]
        rows = self._listed(edges, positions)
        if bottom - top < right - left or bottom - top == 1:
            return [rows]
        grid = positions.reshape(bottom - top + 1, right - left + 1)
        columns = [
            self._listed((top, column, bottom, column), grid[:, column - left])
            for column in range(left, right + 1)
        ]
        by_rows = self.tokens(rows.text)
        by_columns = sum(self.tokens(line.text) + 1 for line in columns)
        factor = ROWS_PREFERRED if bottom - top < MOST_ROWS else 1
        return [rows] if by_rows <= factor * by_columns else columns

    def _listed(self, edges: Edges, positions: Positions) -> Line:
        area = RangeRef(self.source.sheet.name, *edges)
        body = list_body(
            self.literals,
            area,
            positions,
            tokens=self.tokens,
            merged=self.merged,
            longest=self.detail.text,
        )
        top, left, bottom, _ = edges
        first = int(positions[0])
        constant = first >= 0 and body == self.literals.of(first, self.detail.text)
        # A list along a row needs its first cell only.
        shown = (top, left, top, left) if top == bottom and not constant else edges
        return Line(address(shown), body, (edges,), (), PartKind.LIST, constant)

    def _with_blanks(self, edges: Edges) -> Positions:
        """The positions of all cells of a rectangle, row by row; -1 for a blank one."""
        top, left, bottom, right = edges
        cells = self.index.cells
        inside = self.index.within(edges)
        size = (bottom - top + 1) * (right - left + 1)
        if len(inside) == size:
            return inside
        found = np.full(size, -1, np.intp)
        at = (cells.rows[inside] - top).astype(np.intp) * (right - left + 1)
        found[at + cells.columns[inside] - left] = inside
        return found


def _summed(areas: tuple[Edges, ...], excepted: tuple[Edges, ...], body: str) -> Line:
    text = _addresses(areas, excepted)
    return Line(text, body, areas, excepted, PartKind.SUMMARY, untold=areas)


def _addresses(areas: tuple[Edges, ...], excepted: tuple[Edges, ...]) -> str:
    text = addresses(areas)
    return f"{text} except {addresses(excepted)}" if excepted else text
