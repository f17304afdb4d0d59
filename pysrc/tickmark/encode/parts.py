"""A sheet parted into what its lines tell: lists, summaries and copies of one formula."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from tickmark.encode.areas import areas_of
from tickmark.encode.cell_index import CellIndex, Edges
from tickmark.encode.standing import Mask, Numbers, VisibleCells
from tickmark.model.address import RangeRef
from tickmark.model.grid import CellKind
from tickmark.structure.rectangles import labelled_rectangles

BRIDGED = 3
"""A list runs on over fewer blank cells than this."""

TALL = 12
"""From so many rows of data on, columns of different types are summed up apart."""

LONG = 200
"""From so many rows of data on, each of a few columns is summed up by itself."""

FEW_COLUMNS = 30

_WIDTH = 1 << 15
_KINDS = 8


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
    found = _lists(index, cells, exact & ~formula)
    values = index.cells.values[cells.positions]
    found += _summaries(cells, values, ~exact & ~formula, words, apart=apart)
    found += _formulas(index, cells, formula, exact)
    return sorted(found, key=lambda part: (part.areas[0][0], part.areas[0][1]))


def _lists(index: CellIndex, cells: VisibleCells, chosen: Mask) -> list[Part]:
    at = np.flatnonzero(chosen)
    if not len(at):
        return []
    rows, columns = cells.rows[at], cells.columns[at]
    regions = np.where(_beside_singles(cells, chosen)[at], 0, cells.regions[at] + 2)
    positions = cells.positions[at]
    alone = regions == 0
    labels = np.where(alone, -rows, regions)
    ranks = index.ranks[positions]
    tall = _runs(columns, rows, cells.bottoms[at], labels, ranks)[:, [1, 0, 3, 2, 4]]
    wide = _runs(rows, columns, cells.rights[at], labels, positions)
    tall[:, 4], wide[:, 4] = np.maximum(tall[:, 4], 0), np.maximum(wide[:, 4], 0)
    size = int(regions.max()) + 1
    is_tall = _prices(tall, size) < _prices(wide, size)
    best = np.concatenate((tall[is_tall[tall[:, 4]]], wide[~is_tall[wide[:, 4]]]))
    return [
        Part(PartKind.LIST, ((top, left, bottom, right),))
        for top, left, bottom, right in best[:, :4].tolist()
    ]


def _beside_singles(cells: VisibleCells, chosen: Mask) -> Mask:
    """Told cells followed in their row by a formula without copies, where most of a column are.

    A label then stands in one line with the formula that it names.
    """
    formula = cells.is_formula
    counts = np.bincount(cells.templates[formula], minlength=1)
    single = np.zeros(len(cells), np.bool_)
    single[formula] = counts[cells.templates[formula]] == 1
    found = np.zeros(len(cells), np.bool_)
    found[:-1] = (
        chosen[:-1]
        & single[1:]
        & (cells.rows[1:] == cells.rows[:-1])
        & (cells.columns[1:] - cells.columns[:-1] <= BRIDGED)
    )
    if found.any():
        _, column = np.unique(cells.regions * _WIDTH + cells.columns, return_inverse=True)
        told = np.bincount(column, weights=chosen)
        beside = np.bincount(column, weights=found)
        found &= (beside * 2 > told)[column]
    return found


def _runs(
    lines: Numbers, places: Numbers, ends: Numbers, labels: Numbers, ranks: Numbers
) -> Numbers:
    """Runs along lines, those of neighbouring lines joined: (n, 5) line, place, line, place, label.

    A run goes on over blank cells, since `ranks` count the filled cells along the lines; `ends`
    are the last places of merged cells.
    """
    order = np.lexsort((places, lines))
    lines, places, labels, ranks = lines[order], places[order], labels[order], ranks[order]
    last_places = ends[order]
    starts = _starts(
        (lines[1:] != lines[:-1])
        | (labels[1:] != labels[:-1])
        | (ranks[1:] != ranks[:-1] + 1)
        | (places[1:] - last_places[:-1] > BRIDGED)
    )
    stops = np.append(starts[1:], len(lines)) - 1
    line, first, last, label = lines[starts], places[starts], last_places[stops], labels[starts]
    order = np.lexsort((line, last, first, label))
    line, first, last, label = line[order], first[order], last[order], label[order]
    starts = _starts(
        (label[1:] != label[:-1])
        | (first[1:] != first[:-1])
        | (last[1:] != last[:-1])
        | (line[1:] != line[:-1] + 1)
    )
    stops = np.append(starts[1:], len(line)) - 1
    return np.stack([line[starts], first[starts], line[stops], last[stops], label[starts]], axis=1)


def _prices(found: Numbers, size: int) -> npt.NDArray[np.float64]:
    """About how many tokens the addresses of lists cost, for each label."""
    heights, widths = found[:, 2] - found[:, 0] + 1, found[:, 3] - found[:, 1] + 1
    price = np.where(
        heights == 1, 4, np.where(widths == 1, 6, np.minimum(6 + 3 * (heights - 1), 6 * widths))
    )
    blank = heights * widths * 1e-3
    priced = np.bincount(found[:, 4], weights=price + blank, minlength=size)
    return np.asarray(priced, np.float64)


def _by_rows(
    values: npt.NDArray[np.float64], block: Numbers, rows: Numbers, columns: Numbers
) -> Mask:
    """For each cell whether the rows of its block differ in size more than its columns do."""
    sizes = np.sign(values) * np.log1p(np.abs(np.nan_to_num(values)))
    shares = []
    _, own = np.unique(block, return_inverse=True)
    for lines in (rows, columns):
        _, line = np.unique(block * (1 << 21) + lines, return_inverse=True)
        counts = np.bincount(line)
        spread = sizes - (np.bincount(line, weights=sizes) / counts)[line]
        # Lines of a single cell would explain everything.
        left = np.bincount(own, weights=spread**2)
        shares.append(left / np.maximum(1, np.bincount(own) - np.bincount(own[_firsts(line)])))
    found: Mask = (shares[0] < shares[1])[own]
    return found


def _firsts(line: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    return np.unique(line, return_index=True)[1]


def _summaries(
    cells: VisibleCells,
    values: npt.NDArray[np.float64],
    chosen: Mask,
    words: npt.NDArray[np.uint8],
    *,
    apart: bool,
) -> list[Part]:
    """Parts of one region and kind; in tall regions, of columns of one type."""
    at = np.flatnonzero(chosen)
    if not len(at):
        return []
    rows, columns, kinds = cells.rows[at], cells.columns[at], cells.kinds[at].astype(np.int64)
    values = values[at]
    block = (cells.regions[at] + 1) * _KINDS + kinds
    _, column_of = np.unique(block * _WIDTH + columns, return_inverse=True)
    size = int(column_of.max()) + 1
    if apart:
        line = np.where(_by_rows(values, block, rows, columns), -rows, columns)
        _, label = np.unique(block * (1 << 22) + line, return_inverse=True)
    else:
        bits = np.zeros(size, np.int64)
        np.bitwise_or.at(bits, column_of, 1 << words[at].astype(np.int64))
        tall = cells.heights[at] >= TALL
        blocks, block_of = np.unique(block, return_inverse=True)
        per_block = np.bincount(block_of[_firsts(column_of)], minlength=len(blocks))
        alone = (cells.heights[at] >= LONG) & (per_block[block_of] <= FEW_COLUMNS)
        mark = np.where(alone, (1 << 16) + columns, np.where(tall, bits[column_of], 0))
        _, label = np.unique(block * (1 << 18) + mark, return_inverse=True)
    areas = areas_of(rows, columns, label)
    return _collected(areas.labels, areas.rectangles, areas.excepted_labels, areas.excepted)


def _collected(
    labels: Numbers, rectangles: Numbers, excepted_labels: Numbers, excepted: Numbers
) -> list[Part]:
    by_label: dict[int, list[Edges]] = {}
    for label, (top, left, bottom, right) in zip(labels.tolist(), rectangles.tolist(), strict=True):
        by_label.setdefault(label, []).append((top, left, bottom, right))
    without: dict[int, list[Edges]] = {}
    for label, (top, left, bottom, right) in zip(
        excepted_labels.tolist(), excepted.tolist(), strict=True
    ):
        without.setdefault(label, []).append((top, left, bottom, right))
    return [
        Part(PartKind.SUMMARY, tuple(areas), tuple(without.get(label, ())))
        for label, areas in by_label.items()
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
    by_label: dict[int, list[Edges]] = {}
    for top, left, bottom, right, one in areas.tolist():
        by_label.setdefault(one, []).append((top, left, bottom, right))
    return [
        Part(
            PartKind.FORMULA,
            tuple(own),
            template=int(templates[firsts[one]]),
            told=bool(told[firsts[one]]),
        )
        for one, own in by_label.items()
    ]


def _starts(changed: Mask) -> npt.NDArray[np.intp]:
    return np.concatenate(([0], np.flatnonzero(changed) + 1))
