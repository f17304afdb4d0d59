"""Brute force: one node a cell in networkx, as the oracle and the peer of the compressed graph."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

import networkx as nx
import numpy as np

from tests.benchmarks.formula_graph.pairs import Pairs, packed

Cell: TypeAlias = tuple[int, int, int]
"""Sheet, row and column."""

MOST_LINKS = 1_000_000


class TooLarge(Exception):
    """A graph of single cells would take too much memory."""


def formula_cells(formulas: Any) -> Pairs:  # noqa: ANN401 - a type of the measured code
    """Sheet, row and column of every formula cell, those without references too."""
    pieces = [np.empty((0, 3), np.int64)]
    for sheet, own in enumerate(formulas.sheets):
        at = np.flatnonzero(own.template_of >= 0)
        cells = own.sheet.cells
        rows, columns = cells.rows[at], cells.columns[at]
        pieces.append(np.column_stack([np.full(len(at), sheet), rows, columns]).astype(np.int64))
    return np.concatenate(pieces)


def cell_graph(pairs: Pairs, formulas: Pairs, asked: Iterable[Cell]) -> nx.DiGraph:
    """Links from cells to the formula cells that refer to them; a node is a packed cell.

    Nodes are the formula cells and the cells asked for; other cells lead nowhere. Raises TooLarge.
    """
    cells = np.concatenate([formulas, np.array(list(asked), np.int64).reshape(-1, 3)])
    nodes = np.unique(packed(cells[:, 0], cells[:, 1], cells[:, 2]))
    # By column and row within a sheet: each column of a rectangle is then one span.
    sheets, rows, columns = nodes >> 34, (nodes >> 14) & (2**20 - 1), nodes & (2**14 - 1)
    by_column = (sheets << 34) | (columns << 20) | rows
    order = np.argsort(by_column)
    by_column = by_column[order]
    used: dict[int, Pairs] = {
        sheet: np.unique(columns[sheets == sheet]) for sheet in np.unique(sheets).tolist()
    }
    heads = packed(pairs[:, 0], pairs[:, 1], pairs[:, 2])
    tails_of, heads_of, links = [], [], 0
    for head, (sheet, top, left, bottom, right) in zip(
        heads.tolist(), pairs[:, 3:].tolist(), strict=True
    ):
        own = used.get(sheet)
        if own is None:
            continue
        spanned = own[np.searchsorted(own, left - 1) : np.searchsorted(own, right)]
        first = np.searchsorted(by_column, (sheet << 34) | (spanned << 20) | (top - 1))
        last = np.searchsorted(by_column, (sheet << 34) | (spanned << 20) | (bottom - 1), "right")
        for one, other in zip(first.tolist(), last.tolist(), strict=True):
            tails_of.append(nodes[order[one:other]])
            heads_of.append(np.full(other - one, head))
            links += other - one
        if links > MOST_LINKS:
            raise TooLarge
    graph = nx.DiGraph()
    graph.add_nodes_from(nodes.tolist())
    if tails_of:
        tails, heads = np.concatenate(tails_of).tolist(), np.concatenate(heads_of).tolist()
        graph.add_edges_from(zip(tails, heads, strict=True))
    return graph


def node(cell: Cell) -> int:
    """The node of a cell."""
    sheet, row, column = cell
    return (sheet << 34) | ((row - 1) << 14) | (column - 1)


def dependents(graph: nx.DiGraph, cell: Cell) -> int:
    """Number of formula cells that depend on a cell; the cell itself if it is in a circle."""
    start = node(cell)
    found: set[int] = nx.descendants(graph, start)
    return len(found) + any(one in found or one == start for one in graph.predecessors(start))


def precedents(graph: nx.DiGraph, pairs: Pairs, heads: Pairs, cell: Cell) -> int:
    """Number of cells, empty ones too, that a cell depends on.

    `heads` are the packed formula cells of the pairs, which are sorted by them.
    """
    start = node(cell)
    asked = np.array([start, *nx.ancestors(graph, start)], np.int64)
    return covered(pairs[np.isin(heads, asked), 3:])


def covered(areas: Pairs) -> int:
    """Number of cells in rectangles of sheet, top, left, bottom, right, each cell once."""
    count = 0
    areas = np.unique(areas, axis=0)
    for sheet in np.unique(areas[:, 0]).tolist():
        own = areas[areas[:, 0] == sheet, 1:]
        rows = np.unique(np.concatenate([own[:, 0], own[:, 2] + 1]))
        lefts = np.unique(np.concatenate([own[:, 1], own[:, 3] + 1]))
        # Per strip between two columns, how many rectangles begin and end at each row.
        first, last = np.searchsorted(lefts, own[:, 1]), np.searchsorted(lefts, own[:, 3] + 1)
        top, bottom = np.searchsorted(rows, own[:, 0]), np.searchsorted(rows, own[:, 2] + 1)
        heights, widths = np.diff(rows), np.diff(lefts)
        for strip, width in enumerate(widths.tolist()):
            meets = (first <= strip) & (strip < last)
            steps = np.zeros(len(rows), np.int64)
            np.add.at(steps, top[meets], 1)
            np.add.at(steps, bottom[meets], -1)
            count += width * int(heights[np.cumsum(steps)[:-1] > 0].sum())
    return count
