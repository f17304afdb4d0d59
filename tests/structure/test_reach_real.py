"""Dependents and precedents of real workbooks: 200 random cells each, against a plain search."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.structure.cell_graph import CellGraph, Place, painted
from tickmark.errors import TickmarkError
from tickmark.model.address import RangeRef
from tickmark.model.workbook import Workbook
from tickmark.read.workbook import read_workbook
from tickmark.structure.blocks import blocks_of
from tickmark.structure.cell_set import CellSet
from tickmark.structure.edges import edges_of
from tickmark.structure.formulas import formulas_of
from tickmark.structure.reach import reach_of

PARTS = 6
MOST_FORMULAS = 20_000
PICKED = 100
"""Cells with a formula, and as many of those referred to."""


def _workbooks(corpus: Path, part: int) -> Iterator[Workbook]:
    for path in sorted(corpus.glob("*.xls[xm]"))[part::PARTS]:
        try:
            workbook = read_workbook(path)
        except TickmarkError:
            continue
        if 0 < workbook.formula_count <= MOST_FORMULAS:
            yield workbook


def _picked(graph: CellGraph) -> list[Place]:
    chance = random.Random(graph.workbook.sha256)  # noqa: S311 - the same cells every time
    formulas = sorted(graph.areas_of)
    found = [chance.choice(formulas) for _ in range(PICKED)]
    for _ in range(PICKED if graph.known else 0):
        number, top, left, bottom, right = chance.choice(graph.known)
        row, column = min(bottom, top + 2_000), min(right, left + 200)
        found.append((number, chance.randint(top, row), chance.randint(left, column)))
    return found


def _same(found: CellSet, expected: set[tuple[int, int, int, int, int]], graph: CellGraph) -> bool:
    own = [
        (graph.numbers[one.sheet.casefold()], one.top, one.left, one.bottom, one.right)
        for one in found.ranges
    ]
    cells, told, alone, equal = painted(expected, own)
    return equal and cells == told == alone == found.count


@pytest.mark.parametrize("part", range(PARTS))
def test_answers_on_real_workbooks_equal_a_search_over_all_cells(corpus: Path, part: int) -> None:
    for workbook in _workbooks(corpus, part):
        graph = CellGraph(workbook)
        formulas = formulas_of(workbook)
        blocks = blocks_of(formulas)
        reach = reach_of(formulas, blocks, edges_of(formulas, blocks))
        for number, start in enumerate(_picked(graph)):
            sheet, row, column = start
            area = RangeRef(workbook.sheets[sheet].name, row, column, row, column)
            for depth in (None, 1 + number % 3):
                dependents = {(s, r, c, r, c) for s, r, c in graph.dependents([start], depth)}
                told = (workbook.path, str(area), depth)
                assert _same(reach.dependents(area, depth), dependents, graph), told
                precedents = graph.precedents([start], depth)
                assert _same(reach.precedents(area, depth), precedents, graph), told
