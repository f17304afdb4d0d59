"""The summary of what some cells are computed from, or of what is computed from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

import numpy as np

from tickmark.model.address import RangeRef
from tickmark.report.cell_texts import CellTexts
from tickmark.report.trace_summary import Direction, Neighbour, TraceSummary
from tickmark.structure.cell_set import CellSet
from tickmark.structure.coverage import areas_of, covered
from tickmark.structure.formulas import NO_TEMPLATE, Formulas
from tickmark.structure.graph import FormulaGraph
from tickmark.structure.places import areas_named
from tickmark.structure.unresolved import Reason, lost_references

MOST_DIRECT: Final = 1_000
MOST_RANGES: Final = 100_000


def trace(
    graph: FormulaGraph,
    named: str,
    *,
    direction: Direction | None = None,
    depth: int | None = None,
    problems: Sequence[str] = (),
) -> TraceSummary:
    """Trace what a text names: a cell, a range, a defined name or a table.

    Without a direction it is precedents where one of the cells holds a formula, else dependents.
    Raises AddressError where the text means no cells of the workbook.
    """
    formulas = graph.formulas
    places = areas_named(formulas.scope, named)
    texts = CellTexts(formulas)
    if direction is None:
        direction = Direction.PRECEDENTS if _computed(formulas, places) else Direction.DEPENDENTS
    forward = direction is Direction.DEPENDENTS
    ask, ask_back = graph.reach.precedents, graph.reach.dependents
    if forward:
        ask, ask_back = ask_back, ask
    answer = ask(places, depth)
    near = answer if depth == 1 else ask(places, 1)
    direct = near.ranges
    if not forward and len(places) == 1 and places[0].cells == 1:
        direct = _as_written(graph, places[0], texts) or direct
    return TraceSummary(
        path=formulas.workbook.path,
        named=named,
        places=places,
        at=_neighbour(places[0], texts),
        direction=direction,
        depth=depth,
        direct=tuple(_neighbour(one, texts) for one in direct[:MOST_DIRECT]),
        direct_ranges=len(direct),
        direct_cells=near.count,
        ranges=answer.ranges[:MOST_RANGES],
        all_ranges=len(answer.ranges),
        count=answer.count,
        sheets=_by_sheet(answer),
        unknown=_unknown(graph, places, answer, forward=forward),
        unresolved=_lost(graph, places[0], texts),
        books=_books(graph, places[0], texts),
        opposite=ask_back(places, None).count,
        complete=formulas.complete and graph.reach.complete,
        formulas_available=formulas.workbook.formulas_available,
        problems=tuple(problems),
    )


def _computed(formulas: Formulas, places: Sequence[RangeRef]) -> bool:
    for area in places:
        own = formulas.sheets[formulas.scope.sheets[area.sheet.casefold()]]
        if (own.template_of[own.sheet.cells.within(area)] != NO_TEMPLATE).any():
            return True
    return False


def _neighbour(area: RangeRef, texts: CellTexts) -> Neighbour:
    return Neighbour(
        area,
        texts.label(area),
        texts.formula(area),
        texts.r1c1(area),
        texts.value(area) if area.cells == 1 else "",
    )


def _as_written(graph: FormulaGraph, cell: RangeRef, texts: CellTexts) -> tuple[RangeRef, ...]:
    """What the formula of a cell refers to, in the order in which it does, each once."""
    found = texts.template(cell)
    if found is None:
        return ()
    sheet, number = found
    template = graph.formulas.sheets[sheet].templates[number]
    distance = template.distance(cell.top, cell.left)
    areas = (
        RangeRef(one.sheet, *one.edges(*distance))
        for one in graph.formulas.precedents[sheet][number]
    )
    return tuple(dict.fromkeys(areas))


def _by_sheet(answer: CellSet) -> tuple[tuple[str, int], ...]:
    """The cells of each sheet, in the order of the workbook."""
    counts = np.bincount(
        answer.lattices.sheet, answer.lattices.cells, minlength=len(answer.sheets)
    ).astype(np.int64)
    pairs = zip(answer.sheets, counts.tolist(), strict=True)
    return tuple((sheet, cells) for sheet, cells in pairs if cells)


def _unknown(
    graph: FormulaGraph, places: Sequence[RangeRef], answer: CellSet, *, forward: bool
) -> int:
    """Formula cells that may hide more of the answer.

    Of precedents those among the traced cells and the answer; of dependents all of the workbook
    that are not in the answer anyway.
    """
    total = 0
    sheets, areas = areas_of(answer.lattices)
    numbers = graph.formulas.scope.sheets
    for number, (own, flags) in enumerate(
        zip(graph.formulas.sheets, graph.formulas.unknown, strict=True)
    ):
        if not any(flags):
            continue
        unknown = np.array([*flags, False], np.bool_)[own.template_of]
        mine = [
            (area.top, area.left, area.bottom, area.right)
            for area in places
            if not forward and numbers[area.sheet.casefold()] == number
        ]
        inside = np.concatenate([areas[sheets == number], np.array(mine).reshape(-1, 4)])
        reached = covered(own.sheet.cells, inside.astype(np.int64))
        total += int(np.count_nonzero(unknown & ~reached if forward else unknown & reached))
    return total


def _lost(graph: FormulaGraph, cell: RangeRef, texts: CellTexts) -> tuple[tuple[str, Reason], ...]:
    """References of a cell's formula that lead nowhere."""
    found = texts.template(cell)
    return () if found is None else tuple(islice(lost_references(graph.formulas, *found), 20))


def _books(graph: FormulaGraph, cell: RangeRef, texts: CellTexts) -> tuple[str, ...]:
    """The other workbooks that a cell's formula refers to, with their files where known."""
    found = texts.template(cell)
    if found is None:
        return ()
    targets = {str(one.index): one.target for one in graph.formulas.workbook.external_links}
    return tuple(_named(sorted(graph.formulas.books(*found)), targets))


def _named(books: Sequence[str], targets: dict[str, str]) -> Iterator[str]:
    for book in books:
        yield f"[{book}] {targets.get(book, '')}".strip()
