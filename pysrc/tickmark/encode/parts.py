"""A sheet parted into what its lines tell: lists, summaries and copies of one formula."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from tickmark.encode.areas import Areas
from tickmark.encode.cell_index import CellIndex, Edges
from tickmark.encode.list_areas import list_areas
from tickmark.encode.standing import Mask, Numbers, VisibleCells
from tickmark.encode.summary_areas import summary_areas
from tickmark.model.address import RangeRef
from tickmark.model.grid import CellKind
from tickmark.structure.rectangles import labelled_rectangles


class PartKind(IntEnum):
    """What is told about the cells of a part."""

    LIST = 0
    SUMMARY = 1
    FORMULA = 2


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """The cells of one line: their areas (top, left, bottom, right) and what is told of them.

    A LIST has one rectangle, which may hold blank cells. `template` is that of a FORMULA, whose
    results are told one by one if `told`.
    """

    kind: PartKind
    areas: tuple[Edges, ...]
    excepted: tuple[Edges, ...] = ()
    template: int = -1
    told: bool = False

    def ranges(self, sheet: str) -> tuple[RangeRef, ...]:
        """The rectangles as ranges of the sheet."""
        return tuple(RangeRef(sheet, *edges) for edges in self.areas)


def parts_of(
    index: CellIndex,
    cells: VisibleCells,
    exact: Mask,
    words: npt.NDArray[np.uint8],
    *,
    apart: bool = False,
) -> list[Part]:
    """Every visible cell in just one part, in the order of the sheet.

    `exact` cells are told one by one, of a formula its result too; `words` are the codes of the
    cells' types. With `apart` each column of a region is summed up by itself.
    """
    if not len(cells):
        return []
    formula = cells.is_formula
    values = index.cells.values[cells.positions]
    found = [Part(PartKind.LIST, (one,)) for one in list_areas(index, cells, exact & ~formula)]
    found += _summaries(summary_areas(cells, ~exact & ~formula, values, words, apart=apart))
    found += _formulas(index, cells, formula, exact)
    return sorted(found, key=lambda part: (part.areas[0][0], part.areas[0][1]))


def _summaries(areas: Areas) -> list[Part]:
    excepted = _by_label(areas.excepted_labels, areas.excepted)
    return [
        Part(PartKind.SUMMARY, tuple(own), tuple(excepted.get(label, ())))
        for label, own in _by_label(areas.labels, areas.rectangles).items()
    ]


def _formulas(index: CellIndex, cells: VisibleCells, chosen: Mask, exact: Mask) -> list[Part]:
    """Parts of one template; results that are errors, and told ones, stand apart."""
    at = np.flatnonzero(chosen)
    if not len(at):
        return []
    told = exact[at] | (cells.kinds[at] == CellKind.ERROR)
    errors = np.where(
        cells.kinds[at] == CellKind.ERROR, index.cells.values[cells.positions[at]] + 1, 0
    ).astype(np.int64)
    templates = cells.templates[at].astype(np.int64)
    keys = (errors * (int(templates.max()) + 1) + templates) * 2 + told
    firsts, label = np.unique(keys, return_index=True, return_inverse=True)[1:]
    areas = labelled_rectangles(cells.rows[at], cells.columns[at], label)
    return [
        Part(
            PartKind.FORMULA,
            tuple(own),
            template=int(templates[firsts[one]]),
            told=bool(told[firsts[one]]),
        )
        for one, own in _by_label(areas[:, 4], areas[:, :4]).items()
    ]


def _by_label(labels: Numbers, rectangles: Numbers) -> dict[int, list[Edges]]:
    found: dict[int, list[Edges]] = {}
    for label, (top, left, bottom, right) in zip(labels.tolist(), rectangles.tolist(), strict=True):
        found.setdefault(label, []).append((top, left, bottom, right))
    return found
