"""The summary of a formula graph, gathered from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

import numpy as np

from tickmark.model.address import CellRef, RangeRef
from tickmark.model.workbook import SheetState
from tickmark.report.cell_texts import CellTexts
from tickmark.report.graph_summary import (
    Circle,
    CriticalStep,
    GraphSummary,
    InputLine,
    LevelLine,
    OtherBook,
    SheetLine,
    Step,
    UnknownLine,
)
from tickmark.structure.cell_set import CellSet
from tickmark.structure.cycles import Cycle
from tickmark.structure.drivers import drivers_of
from tickmark.structure.graph import FormulaGraph
from tickmark.structure.lattices import Lattice, Lattices

MOST_INPUTS: Final = 25
MOST_LEVELS: Final = 1_000
MOST_STAGES: Final = 1_000

One = TypeVar("One")

_STATES: Final = {
    SheetState.VISIBLE: "",
    SheetState.HIDDEN: "hidden",
    SheetState.VERY_HIDDEN: "very hidden",
}


def summary_of(
    graph: FormulaGraph, *, problems: Sequence[str], read_seconds: float, build_seconds: float
) -> GraphSummary:
    """What is told of a graph; `problems` are those of the reading."""
    workbook = graph.formulas.workbook
    texts = CellTexts(graph.formulas)
    statistics = graph.statistics()
    cycles, path = graph.cycles(), graph.critical_path()
    drivers = drivers_of(graph.formulas, graph.reach, most=MOST_INPUTS)
    return GraphSummary(
        path=workbook.path,
        sheets=tuple(_sheets(graph)),
        order=graph.sheet_graph().order,
        books=tuple(_books(graph)),
        cells=workbook.cell_count,
        formulas=statistics.formulas,
        filled=sum(int(own.counts().sum()) for own in graph.formulas.sheets) - statistics.formulas,
        unique_formulas=statistics.unique_formulas,
        references=statistics.references,
        nodes=statistics.nodes,
        blocks=statistics.blocks,
        edges=statistics.edges,
        plain_edges=statistics.plain_edges,
        edge_ratio=statistics.edge_ratio,
        circles=tuple(_circle(one, graph.formulas.scope.order) for one in cycles.found),
        circles_complete=cycles.complete,
        levels=tuple(
            LevelLine(number, one.cells.count, one.steps, one.cells.ranges)
            for number, one in _ends(graph.calculation_levels(), MOST_LEVELS)
        ),
        level_count=statistics.levels,
        critical=tuple(
            CriticalStep(number, _step(one.cells, texts), one.steps)
            for number, one in _ends(path.stages, MOST_STAGES)
        ),
        stage_count=len(path.stages),
        steps=path.steps,
        inputs=tuple(
            InputLine(_input(one.range, one.cells, texts), one.dependents, one.exact)
            for one in drivers.found
        ),
        constants=drivers.constants,
        inputs_complete=drivers.complete,
        unused=graph.unused_inputs(),
        unresolved=graph.unresolved(),
        unknown=tuple(_unknown(graph)),
        complete=statistics.complete and graph.reach.complete,
        formulas_available=workbook.formulas_available,
        problems=tuple(problems),
        read_seconds=read_seconds,
        build_seconds=build_seconds,
    )


def _ends(found: Sequence[One], most: int) -> list[tuple[int, One]]:
    """The first few and the last one, numbered from 1; all where there are no more than `most`."""
    numbered = list(enumerate(found, 1))
    return numbered if len(numbered) <= most else [*numbered[: most - 1], numbered[-1]]


def _sheets(graph: FormulaGraph) -> Iterator[SheetLine]:
    sheets = {own.sheet.name for own in graph.formulas.sheets}
    feeds: dict[str, list[tuple[str, int]]] = {}
    for precedent, dependent, references in _feeds(graph):
        if precedent in sheets:
            feeds.setdefault(dependent, []).append((precedent, references))
    blocks = np.bincount(graph.blocks.lattices.sheet, minlength=len(graph.formulas.sheets))
    for number, own in enumerate(graph.formulas.sheets):
        name = own.sheet.name
        yield SheetLine(
            name,
            _STATES[own.sheet.state],
            own.sheet.cells.formula_count,
            int(own.counts().sum()) - own.sheet.cells.formula_count,
            int(blocks[number]),
            tuple(feeds.get(name, ())),
        )


def _books(graph: FormulaGraph) -> Iterator[OtherBook]:
    feeds: dict[str, list[tuple[str, int]]] = {}
    for precedent, dependent, references in _feeds(graph):
        feeds.setdefault(precedent, []).append((dependent, references))
    for node, attributes in graph.sheet_graph().network.nodes(data=True):
        if attributes["kind"] == "book":
            yield OtherBook(node, str(attributes["target"]), tuple(feeds.get(node, ())))


def _feeds(graph: FormulaGraph) -> list[tuple[str, str, int]]:
    """Precedent, dependent and number of references, of sheets and books, most first."""
    edges = graph.sheet_graph().network.edges(data=True)
    found = [(tail, head, int(attributes["references"])) for tail, head, attributes in edges]
    return sorted(found, key=lambda feed: -feed[2])


def _circle(cycle: Cycle, order: tuple[str, ...]) -> Circle:
    cells = CellSet(Lattices.of(Lattice(*place) for place in cycle.cells), order)
    return Circle(
        ranges=cells.ranges,
        cells=len(cycle.cells),
        path=tuple(CellRef(order[sheet], row, column) for sheet, row, column in cycle.path),
        certain=cycle.certain,
        intended=cycle.intended,
    )


def _step(cells: CellSet, texts: CellTexts) -> Step:
    """The first rectangle of some cells, and how many they are."""
    first = cells.ranges[0]
    return Step(first, cells.count, texts.label(first), texts.formula(first), texts.value(first))


def _input(area: RangeRef, cells: int, texts: CellTexts) -> Step:
    value = texts.value(area) if area.cells == 1 else ""
    return Step(area, cells, texts.label(area), "", value)


def _unknown(graph: FormulaGraph) -> Iterator[UnknownLine]:
    formulas = graph.formulas
    for own, flags in zip(formulas.sheets, formulas.unknown, strict=True):
        counts = own.counts().tolist()
        for template, unknown, cells in zip(own.templates, flags, counts, strict=True):
            if unknown:
                cell = CellRef(own.sheet.name, template.row, template.column)
                text = template.text_at(template.row, template.column)
                yield UnknownLine(cell, f"={text}", cells)
