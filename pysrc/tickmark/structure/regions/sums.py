"""Formulas of a sheet that add up cells, by their template."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from tickmark.model.address import RangeRef
from tickmark.structure.formulas import Formulas
from tickmark.structure.reference import Reference, ReferenceKind
from tickmark.structure.regions.total_terms import Terms, terms_of
from tickmark.structure.template import Template


def _none(*shape: int) -> npt.NDArray[np.int64]:
    return np.zeros(shape, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """The templates of one sheet that sum up cells of it.

    By template: `figures` (uint8, Figure: NONE for those that do not), `ranged` (bool, a function
    such as SUM takes its cells), `origins` (row and column of the cell from which its terms are
    seen) and `first` (n + 1, where its terms begin). By term: `signs` (1 or -1), `edges` (top,
    left, bottom, right) and `moves` (bool, which of them move when the formula is copied).
    """

    figures: npt.NDArray[np.uint8] = field(default_factory=lambda: np.zeros(0, np.uint8))
    ranged: npt.NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))
    origins: npt.NDArray[np.int64] = field(default_factory=lambda: _none(0, 2))
    first: npt.NDArray[np.int64] = field(default_factory=lambda: _none(1))
    signs: npt.NDArray[np.int64] = field(default_factory=lambda: _none(0))
    edges: npt.NDArray[np.int64] = field(default_factory=lambda: _none(0, 4))
    moves: npt.NDArray[np.bool_] = field(default_factory=lambda: np.zeros((0, 4), np.bool_))

    def spans(self, template: int, row: int, column: int) -> list[tuple[int, tuple[int, ...]]]:
        """Sign and area (top, left, bottom, right) of each term in a cell that holds a template."""
        moved = np.array([row, column]) - self.origins[template]
        terms = slice(int(self.first[template]), int(self.first[template + 1]))
        edges = self.edges[terms] + self.moves[terms] * np.tile(moved, 2)
        return list(zip(self.signs[terms].tolist(), map(tuple, edges.tolist()), strict=True))


def sums_of(formulas: Formulas, sheet: str) -> Sums:
    """The templates of a sheet that sum up cells of it."""
    for number, own in enumerate(formulas.sheets):
        if own.sheet.name == sheet:
            return _sums(formulas, number)
    return Sums()


def _sums(formulas: Formulas, number: int) -> Sums:
    own = formulas.sheets[number]
    count = len(own.templates)
    figures, ranged = np.zeros(count, np.uint8), np.zeros(count, np.bool_)
    origins, first = _none(count, 2), _none(count + 1)
    signs: list[int] = []
    edges: list[tuple[int, int, int, int]] = []
    moves: list[tuple[bool, bool, bool, bool]] = []
    for at, template in enumerate(own.templates):
        terms = terms_of(template)
        found = _areas(formulas, number, at, template, terms) if terms is not None else []
        if terms is not None and found:
            figures[at], ranged[at] = terms.figure, terms.ranged
            origins[at] = template.row, template.column
            for sign, area, relative in found:
                signs.append(sign)
                edges.append((area.top, area.left, area.bottom, area.right))
                moves.append(relative)
        first[at + 1] = len(signs)
    return Sums(
        figures,
        ranged,
        origins,
        first,
        np.array(signs, np.int64),
        np.array(edges, np.int64).reshape(-1, 4),
        np.array(moves, np.bool_).reshape(-1, 4),
    )


_Area = tuple[int, RangeRef, tuple[bool, bool, bool, bool]]


def _areas(
    formulas: Formulas, number: int, at: int, template: Template, terms: Terms
) -> list[_Area]:
    """The areas of the sheet that a template sums up; none where one of them is elsewhere."""
    sheet = formulas.sheets[number].sheet.name
    written = formulas.references[number][at]
    if terms.references > len(written):
        return []
    cell = RangeRef(sheet, template.row, template.column, template.row, template.column)
    made: list[_Area] = []
    for sign, slot in terms.signed:
        one = written[slot]
        if one.kind is ReferenceKind.AREA:
            meant: tuple[Reference, ...] = (one,)
        else:
            meant = tuple(formulas.scope.all_resolved((one,), cell))
        for area in meant:
            if area.area is None or area.sheet != sheet or area.book or area.last_sheet:
                return []
            still = template.fills is not None
            made.append((sign, area.area, (False,) * 4 if still else area.relative))
        if not meant:
            return []
    return made
