"""The references of formula blocks as edges, one for each block and reference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from operator import attrgetter
from typing import Final

import numpy as np

from tickmark.model.address import MAX_COLUMN, MAX_ROW
from tickmark.structure.blocks import Blocks
from tickmark.structure.calls import Use
from tickmark.structure.edge_table import (
    BASE,
    BLOCK,
    BY_COLUMN,
    BY_ROW,
    DEPENDENTS,
    HEIGHT,
    PLACE,
    ROW_STEP,
    TARGET,
    TOP,
    USE,
    WRITTEN,
    EdgeTable,
    all_of,
    no_edges,
    split_rows,
    turned,
)
from tickmark.structure.formulas import Formulas
from tickmark.structure.ordering import Flags, Numbers, counted

USES: Final = tuple(Use)
_NUMBER_OF: Final = {use: number for number, use in enumerate(USES)}


MOST_AT_ONCE: Final = 250_000
MOST_REFERENCES: Final = 4_000_000


def block_references(formulas: Formulas, blocks: Blocks) -> Iterator[EdgeTable]:
    """The references of all blocks, in tables of whole blocks with about MOST_AT_ONCE edges.

    Some targets of a block may be told more than once. Where a relative side of a target passes a
    fixed one or leaves the sheet, a new edge begins. Ends before there are more than
    MOST_REFERENCES.
    """
    waiting: list[EdgeTable] = []
    size = left = 0
    for table in _tables(formulas, blocks):
        left += table.shape[1]
        if left > MOST_REFERENCES:
            break
        waiting.append(table)
        size += table.shape[1]
        if size >= MOST_AT_ONCE:
            yield _on_the_sheet(all_of(*waiting))
            waiting, size = [], 0
    if waiting:
        yield _on_the_sheet(all_of(*waiting))


def all_at_hand(formulas: Formulas, blocks: Blocks) -> bool:
    """Whether the blocks have at most MOST_REFERENCES references, so that none is left out."""
    total = 0
    for number, (first, end) in enumerate(_bounds(blocks)):
        if first < end:
            total += int(_counts(formulas, number)[blocks.templates[first:end]].sum())
    return total <= MOST_REFERENCES


def _tables(formulas: Formulas, blocks: Blocks) -> Iterator[EdgeTable]:
    """The references sheet by sheet, as if targets went on beyond the edges of the sheet."""
    for number, (first, end) in enumerate(_bounds(blocks)):
        if first == end:
            continue
        found = _SheetReferences.of(formulas, number)
        total = np.cumsum(found.counts[blocks.templates[first:end]])
        steps = np.arange(0, total[-1], MOST_AT_ONCE) + MOST_AT_ONCE
        for begin, stop in pairwise([0, *np.searchsorted(total, steps, side="right"), len(total)]):
            if begin < stop:
                yield found.edges(blocks, first + int(begin), first + int(stop))


def _bounds(blocks: Blocks) -> Iterator[tuple[int, int]]:
    """The first block of each sheet, and the one behind its last."""
    sheets = blocks.lattices.sheet
    last = int(sheets[-1]) if len(sheets) else -1
    return pairwise(np.searchsorted(sheets, np.arange(last + 2)).tolist())


def _counts(formulas: Formulas, sheet: int) -> Numbers:
    """Number of references of each template of a sheet."""
    precedents = formulas.precedents[sheet]
    return _numbers(map(len, precedents), len(precedents))


@dataclass(frozen=True, slots=True, eq=False)
class _SheetReferences:
    """The t templates of a sheet and their m references.

    `counts` (t) tells how many references a template has, `anchors` (2, t) its first cell, `moving`
    (t) is 1 where its references move from cell to cell, else 0. `target`, `use` (m), `sides` and
    `relative` (4, m) are those of the references, template by template.
    """

    counts: Numbers
    anchors: Numbers
    moving: Numbers
    target: Numbers
    use: Numbers
    sides: Numbers
    relative: Numbers

    @classmethod
    def of(cls, formulas: Formulas, sheet: int) -> _SheetReferences:
        """Read them from the formulas."""
        templates = formulas.sheets[sheet].templates
        found = list(chain.from_iterable(formulas.precedents[sheet]))
        count, areas = len(found), list(map(attrgetter("area"), found))
        names = list(map(attrgetter("sheet"), found))
        number = {name: formulas.scope.sheets[name.casefold()] for name in set(names)}
        uses = map(_NUMBER_OF.__getitem__, map(attrgetter("use"), found))
        relative = chain.from_iterable(map(attrgetter("relative"), found))
        return cls(
            counts=_counts(formulas, sheet),
            anchors=_columns(templates, ("row", "column")),
            moving=_numbers((one.fills is None for one in templates), len(templates)),
            target=_numbers(map(number.__getitem__, names), count),
            use=_numbers(uses, count),
            sides=_columns(areas, ("top", "left", "bottom", "right")),
            relative=np.ascontiguousarray(_numbers(relative, 4 * count).reshape(-1, 4).T),
        )

    def edges(self, blocks: Blocks, first: int, end: int) -> EdgeTable:
        """One edge for each reference of some blocks."""
        of_block = blocks.templates[first:end]
        block, place = counted(self.counts[of_block])
        template = of_block[block]
        reference = (np.cumsum(self.counts) - self.counts)[template] + place
        table = no_edges(len(block))
        table[DEPENDENTS] = blocks.lattices.table[first:end].T[:, block]
        table[TARGET], table[USE] = self.target[reference], self.use[reference]
        table[PLACE], table[BLOCK] = place, first + block
        moving = self.moving[template]
        for axis in (0, 1):
            distance = table[TOP + axis] - self.anchors[axis, template]
            step = table[ROW_STEP + axis] * (table[HEIGHT + axis] > 1)
            by = (BY_ROW, BY_COLUMN)[axis].start
            for side in (axis, axis + 2):
                moves = self.relative[side, reference] * moving
                table[BASE.start + side] = self.sides[side, reference] + moves * distance
                table[by + side] = moves * step
                table[WRITTEN] += moves << side
        return table


def _columns(rows: Sequence[object], names: Sequence[str]) -> Numbers:
    return np.stack([_numbers(map(attrgetter(name), rows), len(rows)) for name in names])


def _numbers(values: Iterable[int], count: int) -> Numbers:
    return np.fromiter(values, np.int64, count)


def _on_the_sheet(table: EdgeTable) -> EdgeTable:
    uneven = _uneven(table, 0, MAX_ROW) | _uneven(table, 1, MAX_COLUMN)
    if not uneven.any():
        return table
    steady = turned(_steady(turned(_steady(table[:, uneven], MAX_ROW)), MAX_COLUMN))
    return all_of(table[:, ~uneven], steady)


def _uneven(table: EdgeTable, axis: int, most: int) -> Flags:
    """Which targets leave the sheet or are upside down somewhere, in rows (axis 0) or columns."""
    near, far = table[BASE.start + axis], table[BASE.start + axis + 2]
    ahead = table[HEIGHT + axis] - 1
    by = (BY_ROW, BY_COLUMN)[axis].start + axis
    last_near, last_far = near + table[by] * ahead, far + table[by + 2] * ahead
    first, last = np.minimum(near, last_near), np.maximum(far, last_far)
    found: Flags = (first < 1) | (last > most) | (near > far) | (last_near > last_far)
    return found


def _steady(table: EdgeTable, most: int) -> EdgeTable:
    """The edges with targets whose rows are all on the sheet and top above bottom.

    What leaves the sheet on one side comes in on the other, as in Excel.
    """
    top, bottom = BASE.start, BASE.start + 2
    by_top, by_bottom = BY_ROW.start, BY_ROW.start + 2
    for side, by in ((top, by_top), (bottom, by_bottom)):
        table[side] = (table[side] - 1) % most + 1
        step = np.maximum(table[by], 1)
        leaves = np.where(table[by] > 0, -((table[side] - most - 1) // step), 0)
        table = split_rows(table, leaves)
        table[side] = (table[side] - 1) % most + 1
    room, narrowing = table[bottom] - table[top], table[by_top] - table[by_bottom]
    step = np.maximum(np.abs(narrowing), 1)
    meets = np.where(room < 0, -(room // step), room // step + 1)
    table = split_rows(table, np.where(np.where(room < 0, -narrowing, narrowing) > 0, meets, 0))
    rows = table[HEIGHT] - 1
    last = table[bottom] - table[top] + rows * (table[by_bottom] - table[by_top])
    swapped = (table[bottom] < table[top]) | (last < 0)
    there = table[:, swapped]
    there[[top, bottom, by_top, by_bottom]] = there[[bottom, top, by_bottom, by_top]]
    written = there[WRITTEN]
    there[WRITTEN] = written & 10 | (written & 1) << 2 | (written & 4) >> 2
    table[:, swapped] = there
    return table
