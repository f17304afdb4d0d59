"""The formula graph of real workbooks: every question has an answer, circles are exact."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tickmark.errors import TickmarkError
from tickmark.model.address import CellRef
from tickmark.model.workbook import Workbook
from tickmark.read.workbook import read_workbook
from tickmark.structure.calls import Use
from tickmark.structure.cell_index import Place
from tickmark.structure.cell_search import CellSearch
from tickmark.structure.formulas import Formulas, formulas_of
from tickmark.structure.graph import graph_of

MOST_FORMULAS = 30_000


@pytest.fixture(scope="module")
def workbooks(corpus: Path) -> list[Workbook]:
    return list(_read(corpus))


def _read(corpus: Path) -> Iterator[Workbook]:
    for path in sorted(corpus.iterdir()):
        if path.suffix in {".xlsx", ".xlsm"}:
            try:
                workbook = read_workbook(path)
            except TickmarkError:
                continue
            if 0 < workbook.formula_count <= MOST_FORMULAS:
                yield workbook


def _circles(formulas: Formulas, *uses: Use) -> set[tuple[Place, ...]]:
    """The circles found by a search over all formula cells."""
    positions = [
        np.flatnonzero(
            np.array([*(template.computed for template in own.templates), False])[own.template_of]
        )
        for own in formulas.sheets
    ]
    search = CellSearch(formulas, positions, uses)
    found = {
        tuple(sorted(search.places[cell] for cell in cells))
        for cells, circle in search.components()
        if circle
    }
    assert search.spans_left >= 0
    return found


def test_circles_of_real_workbooks_are_those_of_a_search_over_all_cells(
    workbooks: list[Workbook],
) -> None:
    for workbook in workbooks:
        formulas = formulas_of(workbook)
        cycles = graph_of(formulas).cycles()
        certain = _circles(formulas, Use.VALUE)
        closed = {cell for circle in certain for cell in circle}
        possible = {
            circle
            for circle in _circles(formulas, Use.VALUE, Use.CONDITIONAL)
            if closed.isdisjoint(circle)
        }
        assert {cycle.cells for cycle in cycles.found if cycle.certain} == certain, workbook.path
        assert {cycle.cells for cycle in cycles.found if not cycle.certain} == possible
        assert cycles.complete


def test_all_questions_have_answers_for_real_workbooks(workbooks: list[Workbook]) -> None:
    for workbook in workbooks:
        graph = graph_of(formulas_of(workbook))
        levels = graph.calculation_levels()
        assert [level.number for level in levels] == list(range(graph.levels().count))
        assert sum(level.cells.count for level in levels) == int(graph.blocks.lattices.cells.sum())
        path = graph.critical_path()
        assert path.steps == sum(stage.steps for stage in path.stages)
        ordered = [name for group in graph.sheet_graph().order for name in group]
        assert sorted(ordered) == sorted(sheet.name for sheet in workbook.sheets)
        assert graph.network.number_of_nodes() == graph.statistics().nodes >= len(graph.blocks)
        for unused in graph.unused_inputs():
            assert unused.cells == unused.range.cells
        first = graph.blocks.lattices[0]
        cell = CellRef(workbook.sheets[first.sheet].name, first.top, first.left)
        assert graph.impact(cell).affected.count == graph.dependents(cell).count
        inputs = graph.inputs_of(cell)
        assert inputs.numbers.count + inputs.texts.count <= graph.precedents(cell).count
