"""What edges say and what references say, cell by cell."""

from __future__ import annotations

from collections import Counter

import numpy as np

from tickmark.structure.edges import USES, Edges
from tickmark.structure.formulas import NO_TEMPLATE, Formulas
from tickmark.structure.lattices import MOST_STEP

Pair = tuple[int, ...]
"""Sheet, row and column of a formula cell; sheet, top, left, bottom and right of its target."""


def told_by_references(formulas: Formulas) -> dict[Pair, int]:
    """All pairs with the strongest use of each, resolved one by one."""
    found: dict[Pair, int] = {}
    for number, own in enumerate(formulas.sheets):
        cells = own.sheet.cells
        for at in np.flatnonzero(own.template_of != NO_TEMPLATE).tolist():
            index = int(own.template_of[at])
            row, column = int(cells.rows[at]), int(cells.columns[at])
            distance = own.templates[index].distance(row, column)
            for reference in formulas.precedents[number][index]:
                target = formulas.scope.sheets[reference.sheet.casefold()]
                pair = (number, row, column, target, *reference.edges(*distance))
                use = USES.index(reference.use)
                found[pair] = min(use, found.get(pair, use))
    return found


def told_by_edges(edges: Edges) -> dict[Pair, int]:
    """All pairs with their use; fails where one comes twice or an edge has no proper form."""
    check_form(edges)
    at = np.repeat(np.arange(len(edges)), edges.dependents.cells)
    starts = np.cumsum(edges.dependents.cells) - edges.dependents.cells
    i, j = np.divmod(np.arange(len(at)) - starts[at], edges.dependents.width[at])
    cells = edges.dependents
    moved = edges.by_row[at] * i[:, None] + edges.by_column[at] * j[:, None]
    rows = np.column_stack(
        [
            cells.sheet[at],
            cells.top[at] + i * cells.row_step[at],
            cells.left[at] + j * cells.column_step[at],
            edges.sheet[at],
            edges.base[at] + moved,
        ]
    )
    pairs = [tuple(row) for row in rows.tolist()]
    twice = [pair for pair, times in Counter(pairs).items() if times > 1]
    assert not twice
    return dict(zip(pairs, edges.use[at].tolist(), strict=True))


def check_form(edges: Edges) -> None:
    """Fails unless all lattices and moves are as Lattice and Edges promise."""
    cells = edges.dependents
    for count, step, moves in (
        (cells.height, cells.row_step, edges.by_row),
        (cells.width, cells.column_step, edges.by_column),
    ):
        assert (count >= 1).all()
        assert ((step >= 1) & (step <= MOST_STEP)).all()
        assert (step[count == 1] == 1).all()
        assert not moves[count == 1].any()
    for side in (0, 1):
        by_row = edges.by_row[:, side::2].any(axis=1)
        assert not (by_row & edges.by_column[:, side::2].any(axis=1)).any()
