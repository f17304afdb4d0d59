"""Which sheets and other workbooks feed which sheets."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tickmark.model.workbook import Workbook
from tickmark.structure.formulas import Formulas, formulas_of

if TYPE_CHECKING:
    import networkx as nx


def sheet_map(workbook: Workbook, formulas: Formulas | None = None) -> nx.DiGraph[str]:
    """Sheets and other workbooks as nodes; an edge runs from precedent to dependent.

    A sheet's node is its name, another workbook's its index in brackets, such as `[1]`; the node
    attribute `kind` is `sheet` or `book`, a book has its `target` too. The edge attribute
    `formulas` counts the formula cells of the dependent sheet that refer to the precedent, by
    address, name or table. References within a sheet make no edge. `formulas` saves the reading
    where the caller has read them already.
    """
    import networkx as nx  # noqa: PLC0415 - costs start-up time

    if formulas is None:
        formulas = formulas_of(workbook)
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from((sheet.name for sheet in workbook.sheets), kind="sheet")
    for link in workbook.external_links:
        graph.add_node(f"[{link.index}]", kind="book", target=link.target)
    for (precedent, dependent), count in sorted(_edges(formulas).items()):
        if precedent not in graph:
            graph.add_node(precedent, kind="book", target="")
        graph.add_edge(precedent, dependent, formulas=count)
    return graph


def _edges(formulas: Formulas) -> Counter[tuple[str, str]]:
    edges: Counter[tuple[str, str]] = Counter()
    for number, own in enumerate(formulas.sheets):
        counts = own.counts().tolist()
        for template, count in enumerate(counts):
            sources = {area.sheet for area in formulas.precedents[number][template]}
            sources |= {f"[{book}]" for book in formulas.books(number, template)}
            for source in sources - {own.sheet.name}:
                edges[source, own.sheet.name] += count
    return edges
