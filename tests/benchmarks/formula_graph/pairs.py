"""Formula cells and what they refer to, one row a reference: the yardstick of the edges.

A pair is a row of eight int64: sheet, row and column of a formula cell; sheet, top, left, bottom
and right of a rectangle that it refers to.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from tickmark.model.address import MAX_COLUMN, MAX_ROW

Pairs: TypeAlias = npt.NDArray[np.int64]
Loaded: TypeAlias = Any
"""What the measured code makes; nothing here relies on more than its documented columns."""

WIDTH = 8
_SIZES = (MAX_ROW, MAX_COLUMN)


def pairs_of_formulas(formulas: Loaded, *, whole_arrays: bool) -> Pairs:
    """The distinct pairs of all templates, cell by cell and without any compression.

    An array formula counts once, in its first cell, or with `whole_arrays` in every cell.
    """
    pieces = [np.empty((0, WIDTH), np.int64)]
    for sheet, own in enumerate(formulas.sheets):
        cells = own.sheet.cells
        order = np.argsort(own.template_of, kind="stable")
        bounds = np.searchsorted(own.template_of[order], np.arange(len(own.templates) + 1))
        for number, template in enumerate(own.templates):
            at = order[bounds[number] : bounds[number + 1]]
            still = template.fills is not None
            if still and not whole_arrays:
                at = at[:1]
            rows, columns = cells.rows[at].astype(np.int64), cells.columns[at].astype(np.int64)
            for reference in set(formulas.precedents[sheet][number]):
                piece = np.empty((len(at), WIDTH), np.int64)
                piece[:, 0], piece[:, 1], piece[:, 2] = sheet, rows, columns
                piece[:, 3] = formulas.scope.sheets[reference.sheet.casefold()]
                down = 0 * rows if still else rows - template.row
                right = 0 * columns if still else columns - template.column
                piece[:, 4:] = _moved(reference, down, right)
                pieces.append(piece)
    return distinct(np.concatenate(pieces))


def _moved(reference: Loaded, down: Pairs, right: Pairs) -> Pairs:
    """The rectangles of a reference after copying; what leaves the sheet comes in again."""
    area = reference.area
    edges = (area.top, area.left, area.bottom, area.right)
    moved = np.stack(
        [
            (edge - 1 + (down, right)[side % 2]) % _SIZES[side % 2] + 1
            if reference.relative[side]
            else np.full(len(down), edge)
            for side, edge in enumerate(edges)
        ],
        axis=1,
    )
    first, last = moved[:, :2], moved[:, 2:]
    return np.concatenate([np.minimum(first, last), np.maximum(first, last)], axis=1)


def pairs_of_edges(edges: Loaded) -> Pairs:
    """All pairs that compressed edges stand for, as often as they do."""
    pieces = [np.empty((0, WIDTH), np.int64)]
    for number, lattice in enumerate(edges.dependents):
        i, j = (one.ravel() for one in np.indices((lattice.height, lattice.width)))
        piece = np.empty((len(i), WIDTH), np.int64)
        piece[:, 0] = lattice.sheet
        piece[:, 1] = lattice.top + i * lattice.row_step
        piece[:, 2] = lattice.left + j * lattice.column_step
        piece[:, 3] = edges.sheet[number]
        moved = edges.by_row[number] * i[:, None] + edges.by_column[number] * j[:, None]
        piece[:, 4:] = edges.base[number] + moved
        pieces.append(piece)
    return np.concatenate(pieces)


def distinct(pairs: Pairs) -> Pairs:
    """Each pair once, sorted."""
    cells = packed(pairs[:, 0], pairs[:, 1], pairs[:, 2])
    firsts = packed(pairs[:, 3], pairs[:, 4], pairs[:, 5])
    lasts = packed(pairs[:, 3], pairs[:, 6], pairs[:, 7])
    order = np.lexsort((lasts, firsts, cells))
    new = np.ones(len(order), np.bool_)
    keys = np.stack([cells, firsts, lasts], axis=1)[order]
    new[1:] = (keys[1:] != keys[:-1]).any(axis=1)
    return pairs[order[new]]


def packed(sheet: Pairs, row: Pairs, column: Pairs) -> Pairs:
    """One number a cell, in the order of sheet, row, column."""
    return (sheet << 34) | ((row - 1) << 14) | (column - 1)


def runs(pairs: Pairs) -> int:
    """How many edges the rule "one edge per R1C1 run" keeps.

    After the four patterns of TACO (Tang et al., ICDE 2023): cells below each other, without a
    gap, whose references have both corners relative, both fixed, or one of each, are one edge;
    then cells side by side; what is left is an edge each. The four patterns are tried on the
    geometry, not on `$`, in the order RR, FF, FR, RF, and references to other sheets count too.
    """
    kept = 0
    left = pairs
    for along in (1, 2):
        for first_moves, last_moves in ((1, 1), (0, 0), (0, 1), (1, 0)):
            count, left = _taken(left, along, first_moves, last_moves)
            kept += count
    return kept + len(left)


def _taken(pairs: Pairs, along: int, first_moves: int, last_moves: int) -> tuple[int, Pairs]:
    """Number of runs of one pattern along rows (1) or columns (2), and the pairs in none."""
    keys = pairs.copy()
    moves = (first_moves, last_moves)
    for corner, moving in zip((4, 6), moves, strict=True):
        keys[:, corner + along - 1] -= moving * pairs[:, along]
    others = [column for column in range(WIDTH) if column != along]
    order = np.lexsort([keys[:, along], *(keys[:, column] for column in others)])
    keys = keys[order]
    starts = np.ones(len(keys), np.bool_)
    starts[1:] = (keys[1:, others] != keys[:-1, others]).any(axis=1)
    starts[1:] |= keys[1:, along] != keys[:-1, along] + 1
    number = np.cumsum(starts) - 1
    single = np.bincount(number, minlength=1)[number] == 1
    several = int(starts.sum() - single.sum())
    return several, pairs[order[single]]


def targets(edges: Loaded, sheet: int, row: int, column: int) -> set[tuple[int, ...]]:
    """Sheet, top, left, bottom and right of all that one cell refers to, as the edges say."""
    cells = edges.dependents
    i, down = np.divmod(row - cells.top, cells.row_step)
    j, right = np.divmod(column - cells.left, cells.column_step)
    inside = (cells.sheet == sheet) & (down == 0) & (right == 0)
    inside &= (i >= 0) & (i < cells.height) & (j >= 0) & (j < cells.width)
    at = np.flatnonzero(inside)
    moved = edges.by_row[at] * i[at, None] + edges.by_column[at] * j[at, None]
    found = np.column_stack([edges.sheet[at], edges.base[at] + moved])
    return {tuple(one) for one in found.tolist()}


def tokenized(text: str, sheets: list[str], own: int) -> set[tuple[int, ...]]:
    """The same by openpyxl's Tokenizer, for formulas with plain references alone."""
    from openpyxl.formula import Tokenizer  # noqa: PLC0415 - only where it is the oracle
    from openpyxl.utils import range_boundaries  # noqa: PLC0415 - likewise

    found = set()
    for item in Tokenizer(text).items:
        if (item.type, item.subtype) == ("OPERAND", "RANGE"):
            name, _, area = item.value.rpartition("!")
            left, top, right, bottom = range_boundaries(area.replace("$", ""))
            edges = (top or 1, left or 1, bottom or MAX_ROW, right or MAX_COLUMN)
            found.add((sheets.index(name) if name else own, *edges))
    return found
