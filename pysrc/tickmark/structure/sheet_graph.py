"""The order of sheets by which feeds which, and the circles between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tickmark.structure.components import Components
from tickmark.structure.formulas import Formulas
from tickmark.structure.sheetmap import sheet_map

if TYPE_CHECKING:
    import networkx as nx


@dataclass(frozen=True, slots=True, eq=False)
class SheetGraph:
    """Sheets and other workbooks as a network (see sheet_map), and the order of the sheets.

    `order` are groups of sheet names: each group needs only sheets of itself and of groups before
    it. The sheets of one group are in the order of the workbook.
    """

    network: nx.DiGraph[str]
    order: tuple[tuple[str, ...], ...]

    @property
    def cycles(self) -> tuple[tuple[str, ...], ...]:
        """The groups of sheets that need each other in turn."""
        return tuple(group for group in self.order if len(group) > 1)


def sheet_graph_of(formulas: Formulas) -> SheetGraph:
    """The graph of the sheets of a workbook."""
    network = sheet_map(formulas.workbook, formulas)
    names = formulas.scope.order
    number = {name: at for at, name in enumerate(names)}
    arcs = [
        (number[precedent], number[dependent])
        for precedent, dependent in network.edges
        if precedent in number and dependent in number
    ]
    tail, head = np.array(arcs, np.int64).reshape(-1, 2).T
    components = Components.of(len(names), tail, head)
    return SheetGraph(network, _ordered(names, components, arcs))


def _ordered(
    names: tuple[str, ...], components: Components, arcs: list[tuple[int, int]]
) -> tuple[tuple[str, ...], ...]:
    """The components in an order in which none comes before what it needs, else as they stand."""
    import networkx as nx  # noqa: PLC0415 - costs start-up time

    of_node = components.of_node.tolist()
    members = components.members()
    condensed: nx.DiGraph[int] = nx.DiGraph()
    condensed.add_nodes_from(range(components.count))
    condensed.add_edges_from(
        (of_node[tail], of_node[head]) for tail, head in arcs if of_node[tail] != of_node[head]
    )
    order = nx.lexicographical_topological_sort(condensed, key=lambda one: members[one][0])
    return tuple(tuple(names[at] for at in members[one]) for one in order)
