"""The inputs of a workbook on which most of its formulas depend."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.model.address import RangeRef
from tickmark.model.grid import CellKind
from tickmark.structure.components import Components
from tickmark.structure.formulas import NO_TEMPLATE, Formulas
from tickmark.structure.lattices import Numbers
from tickmark.structure.outputs import referenced
from tickmark.structure.reach import Reach
from tickmark.structure.rectangles import labelled_rectangles, rectangles
from tickmark.structure.strand_table import FROM, INTO
from tickmark.structure.strands import Strands

MOST_BITS: Final = 2_000_000_000
MOST_FOLLOWED: Final = 60_000
MOST_SPLIT: Final = 30
MOST_AREAS: Final = 1_000
_BITS_AT_ONCE: Final = 8_192


@dataclass(frozen=True, slots=True)
class Driver:
    """Constants that formulas refer to together: the rectangle around them, and their number.

    `dependents` counts the formula cells that depend on any of them, over all steps; where it is
    not `exact`, there are at most so many.
    """

    range: RangeRef
    cells: int
    dependents: int
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Drivers:
    """The inputs with most dependents, most first; `constants` counts the cells of all there are.

    Not `complete` where there were too many formulas to be sure that none with more was passed
    over; with far too many, none is found.
    """

    found: tuple[Driver, ...]
    constants: int
    complete: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Input:
    """A node of the strands without formula: its constants, and the rectangle around them."""

    node: int
    range: RangeRef
    rows: npt.NDArray[np.int32]
    columns: npt.NDArray[np.int16]

    @property
    def cells(self) -> int:
        """Number of constants."""
        return len(self.rows)

    @property
    def is_small(self) -> bool:
        """Whether each constant is looked at by itself."""
        return self.cells <= MOST_SPLIT


@dataclass(frozen=True, slots=True, eq=False)
class _Behind:
    """What is behind each input, as numbers of blocks and of their cells."""

    blocks: Numbers
    cells: Numbers


def drivers_of(formulas: Formulas, reach: Reach, *, most: int = 10) -> Drivers:
    """The `most` inputs on which most formula cells depend.

    All cells of the blocks behind an input bound the number of its dependents from above, so only
    a few inputs have to be followed cell by cell, and no more than some MOST_FOLLOWED blocks are.
    """
    inputs = _inputs(formulas, reach)
    total = sum(one.cells for one in inputs)
    if not inputs:
        return Drivers((), 0, reach.complete)
    numbers = np.array([one.node for one in inputs], np.int64)
    behind = _behind(reach.strands, numbers)
    if behind is None:
        return Drivers((), total, complete=False)
    order = np.argsort(-behind.cells, kind="stable").tolist()
    found: list[Driver] = []
    left = MOST_FOLLOWED
    for at in order:
        bound = int(behind.cells[at])
        if len(found) >= most and found[most - 1].dependents >= bound:
            break
        one = inputs[at]
        left -= int(behind.blocks[at]) * len(one.rows) if one.is_small else int(behind.blocks[at])
        if left >= 0 or not found:
            found += _asked(reach, one)
        else:
            found.append(Driver(one.range, one.cells, bound, exact=False))
        found.sort(key=lambda driver: -driver.dependents)
    complete = reach.complete and all(driver.exact for driver in found[:most])
    return Drivers(tuple(found[:most]), total, complete)


def _asked(reach: Reach, one: _Input) -> list[Driver]:
    """An input followed cell by cell: neighbours on which the same cells depend stay together."""
    sheet = one.range.sheet
    if not one.is_small:
        areas = rectangles(sheet, one.rows, one.columns)
        asked = areas if len(areas) <= MOST_AREAS else (one.range,)
        return [Driver(one.range, one.cells, reach.dependents(asked).count)]
    counts = [
        reach.dependents(RangeRef(sheet, row, column, row, column)).count
        for row, column in zip(one.rows.tolist(), one.columns.tolist(), strict=True)
    ]
    found: list[Driver] = []
    for *edges, count in labelled_rectangles(one.rows, one.columns, np.array(counts)).tolist():
        area = RangeRef(sheet, *edges)
        if area.cells == 1 or reach.dependents(area).count == count:
            found.append(Driver(area, area.cells, count))
        else:
            found += [
                Driver(RangeRef(sheet, row, column, row, column), 1, count)
                for row in range(area.top, area.bottom + 1)
                for column in range(area.left, area.right + 1)
            ]
    return [driver for driver in found if driver.dependents]


def _inputs(formulas: Formulas, reach: Reach) -> list[_Input]:
    """The nodes without formula that hold constants which formulas refer to."""
    found: list[_Input] = []
    strands = reach.strands
    lattices = strands.lattices
    used = referenced(formulas, reach.edges)
    nodes = np.unique(strands.table[:, FROM])
    for number in nodes[(nodes >= strands.formulas) & (nodes < len(lattices))].tolist():
        tile = lattices[number]
        own = formulas.sheets[tile.sheet]
        name, cells = own.sheet.name, own.sheet.cells
        at = cells.within(RangeRef(name, tile.top, tile.left, tile.bottom, tile.right))
        constant = (own.template_of[at] == NO_TEMPLATE) & (cells.kinds[at] != CellKind.EMPTY)
        at = at[constant & used[tile.sheet][at]]
        at = at[(cells.rows[at] - tile.top) % tile.row_step == 0]
        at = at[(cells.columns[at] - tile.left) % tile.column_step == 0]
        if len(at):
            rows, columns = cells.rows[at], cells.columns[at]
            edges = int(rows[0]), int(columns.min()), int(rows[-1]), int(columns.max())
            found.append(_Input(number, RangeRef(name, *edges), rows, columns))
    return found


def _behind(strands: Strands, inputs: Numbers) -> _Behind | None:
    """What is behind the nodes of inputs; None where it takes more than MOST_BITS to tell."""
    tail, head = strands.table[:, FROM], strands.table[:, INTO]
    components = Components.of(strands.nodes, tail, head)
    of_block = components.of_node[: strands.formulas]
    blocks = np.bincount(of_block, minlength=components.count)
    cells = np.zeros(components.count, np.int64)
    np.add.at(cells, of_block, strands.lattices.cells[: strands.formulas])
    heavy = np.flatnonzero(blocks)
    if len(heavy) * components.count > MOST_BITS:
        return None
    tails, heads = components.of_node[tail], components.of_node[head]
    between = np.flatnonzero(tails != heads)
    order = between[np.argsort(-tails[between], kind="stable")]
    arcs = list(zip(tails[order].tolist(), heads[order].tolist(), strict=True))
    found = _Behind(np.zeros(len(inputs), np.int64), np.zeros(len(inputs), np.int64))
    wanted = components.of_node[inputs].tolist()
    for start in range(0, len(heavy), _BITS_AT_ONCE):
        part = heavy[start : start + _BITS_AT_ONCE]
        sets = _reached(components.count, part, arcs)
        for weights, totals in ((blocks, found.blocks), (cells, found.cells)):
            masks = list(_masks(weights[part]))
            totals += [
                sum((sets[one] & mask).bit_count() << bit for bit, mask in masks) for one in wanted
            ]
    return found


def _reached(count: int, heavy: Numbers, arcs: list[tuple[int, int]]) -> list[int]:
    """For each component the set of heavy ones in it and behind it, as bits of a number."""
    sets = [0] * count
    for bit, number in enumerate(heavy.tolist()):
        sets[number] = 1 << bit
    for tail, head in arcs:
        sets[tail] |= sets[head]
    return sets


def _masks(weights: Numbers) -> Iterator[tuple[int, int]]:
    """For each binary digit the set of numbers that have it."""
    for bit in range(int(weights.max(initial=0)).bit_length()):
        digits = ((weights >> bit) & 1).astype(np.bool_)
        packed = np.packbits(digits, bitorder="little").tobytes()
        yield bit, int.from_bytes(packed, "little")
