"""Levels, stages and steps of the calculation: equal to a plain search over all cells."""

from __future__ import annotations

import networkx as nx
import pytest
from hypothesis import given, settings

from tests.books import book, sheet
from tests.formula_models import CALCULATED, Cell, Model, models
from tickmark.model.workbook import Workbook
from tickmark.structure import block_index
from tickmark.structure.formulas import formulas_of
from tickmark.structure.graph import FormulaGraph, graph_of


def _graph(workbook: Workbook) -> FormulaGraph:
    return graph_of(formulas_of(workbook))


def _one(shared: dict[str, str]) -> FormulaGraph:
    return _graph(book({"S": sheet({"A1": 1}, shared=shared)}))


@pytest.mark.parametrize(
    ("shared", "steps"),
    [
        ({"B2:B100": "=A2"}, 1),
        ({"B2:B100": "=B1+A2"}, 99),
        ({"B1:B99": "=B2"}, 99),
        ({"B2:M2": "=A2"}, 12),
        ({"B2:B100": "=SUM(B$1:B1)"}, 99),
        ({"B3:B100": "=B1"}, 49),
        ({"B2:K20": "=A2+B1"}, 28),
        ({"B2:B100": "=C1", "C2:C100": "=B2"}, 198),
        ({"B2:B100": "=C1", "C2:C100": "=B1"}, 99),
        ({"B2:M2": "=A3", "B3:M3": "=B2", "B4:M4": "=SUM(A2:A3)+A4"}, 36),
        ({"B2:B9": "=B10"}, 1),
        ({"B2:B9": "=B$1", "B1": "=A1"}, 2),
        ({"A2": "=A3", "A3": "=A2"}, 2),
        ({"A2:A5": "=SUM(A$2:A$5)"}, 4),
    ],
)
def test_the_critical_path_counts_steps_one_after_the_other(
    shared: dict[str, str], steps: int
) -> None:
    path = _one(shared).critical_path()
    assert (path.steps, all(stage.counted for stage in path.stages)) == (steps, True)


def test_a_long_running_total_is_counted_without_a_look_at_its_cells(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tickmark.structure.calculation.MOST_CELLS", 0)
    graph = _one({"B2:B30001": "=B1+A2"})
    assert graph.critical_path().steps == 30_000
    assert graph.cycles().found == ()


def test_a_level_holds_what_can_be_calculated_in_parallel_and_its_chains() -> None:
    graph = _one({"B2:B9": "=A2*2", "C2:C9": "=C1+B2", "D2:D9": "=A2+1", "E1": "=SUM(C2:D9)"})
    found = [
        (
            level.number,
            [area.a1 for area in level.cells.ranges],
            [([area.a1 for area in chain.cells.ranges], chain.steps) for chain in level.chains],
            level.steps,
        )
        for level in graph.calculation_levels()
    ]
    assert found == [
        (0, ["B2:B9", "D2:D9"], [], 1),
        (1, ["C2:C9"], [(["C2:C9"], 8)], 8),
        (2, ["E1"], [], 1),
    ]
    path = graph.critical_path()
    assert [str(stage.cells.ranges[0]) for stage in path.stages] == ["S!B2:B9", "S!C2:C9", "S!E1"]
    assert path.steps == 10


def test_what_is_too_large_to_follow_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tickmark.structure.calculation.MOST_CELLS", 3)
    path = _one({"B2:B5": "=IF(B$3,A2,0)"}).critical_path()
    assert (path.steps, [stage.counted for stage in path.stages]) == (4, [False])


def test_a_workbook_without_formulas_has_no_levels() -> None:
    graph = _graph(book({"A1": 1}))
    assert (graph.levels().count, graph.calculation_levels()) == (0, ())
    assert (graph.critical_path().steps, graph.critical_path().stages) == (0, ())


def _block_of(graph: FormulaGraph) -> dict[Cell, int]:
    return {
        (lattice.sheet, row, column): number
        for number, lattice in enumerate(graph.blocks.lattices)
        for top, left, bottom, right in lattice.rectangles()
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
    }


def _cell_graph(model: Model) -> nx.DiGraph[Cell]:
    found: nx.DiGraph[Cell] = nx.DiGraph()
    precedents = model.precedents(uses=CALCULATED)
    found.add_nodes_from(precedents)
    found.add_edges_from(
        (other, cell) for cell, others in precedents.items() for other in others & precedents.keys()
    )
    return found


def _longest(graph: nx.DiGraph[int], weights: dict[int, int]) -> dict[int, int]:
    """The weight of the longest way to each node of a graph without circles, without its own."""
    until: dict[int, int] = {}
    for node in nx.topological_sort(graph):
        until[node] = max(
            (until[one] + weights[one] for one in graph.predecessors(node)), default=0
        )
    return until


def _chain(cells: nx.DiGraph[Cell]) -> int:
    condensed = nx.condensation(cells)
    sizes = {node: len(condensed.nodes[node]["members"]) for node in condensed}
    until = _longest(condensed, sizes)
    return max(until[node] + sizes[node] for node in condensed)


@settings(max_examples=150, deadline=None)
@given(models())
def test_levels_and_steps_are_those_of_a_search_over_all_cells(model: Model) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(block_index, "FAN", 2)
        graph = _graph(model.workbook())
        cells, block_of = _cell_graph(model), _block_of(graph)
        assert set(cells.nodes) == block_of.keys()
        blocks: nx.DiGraph[int] = nx.DiGraph()
        blocks.add_nodes_from(range(len(graph.blocks)))
        blocks.add_edges_from((block_of[one], block_of[other]) for one, other in cells.edges)
        condensed = nx.condensation(blocks)
        until = _longest(condensed, dict.fromkeys(condensed, 1))
        expected = [until[condensed.graph["mapping"][block]] for block in blocks]
        assert graph.levels().of_block.tolist() == expected
        steps = {
            node: _chain(
                cells.subgraph(
                    [one for one in cells if block_of[one] in condensed.nodes[node]["members"]]
                )
            )
            for node in condensed
        }
        until = _longest(condensed, steps)
        longest = max((until[node] + steps[node] for node in condensed), default=0)
        assert graph.critical_path().steps == longest
        chains = [chain for level in graph.calculation_levels() for chain in level.chains]
        assert sorted((chain.blocks[0], chain.steps) for chain in chains) == sorted(
            (min(condensed.nodes[node]["members"]), steps[node])
            for node in steps
            if steps[node] > 1
        )
