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
    address, name or table, and `references` how often they do, equal areas of one cell counted
    once. References within a sheet make no edge. `formulas` saves the reading where the caller
    has read them already.
    """
    import networkx as nx  # noqa: PLC0415 - costs start-up time

    if formulas is None:
        formulas = formulas_of(workbook)
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from((sheet.name for sheet in workbook.sheets), kind="sheet")
    for link in workbook.external_links:
        graph.add_node(f"[{link.index}]", kind="book", target=link.target)
    cells, references = _edges(formulas)
    for (precedent, dependent), count in sorted(cells.items()):
        if precedent not in graph:
            graph.add_node(precedent, kind="book", target="")
        number = references[precedent, dependent]
        graph.add_edge(precedent, dependent, formulas=count, references=number)
    return graph


Pairs = Counter[tuple[str, str]]


def _edges(formulas: Formulas) -> tuple[Pairs, Pairs]:
    """Formula cells and references from each sheet or workbook to another sheet."""
    cells: Pairs = Counter()
    references: Pairs = Counter()
    for number, own in enumerate(formulas.sheets):
        name = own.sheet.name
        for template, count in enumerate(own.counts().tolist()):
            areas = {(area.sheet, area.area) for area in formulas.precedents[number][template]}
            sources = Counter(source for source, _ in areas)
            sources.update(f"[{book}]" for book in formulas.books(number, template))
            for source, times in sources.items():
                if source != name:
                    cells[source, name] += count
                    references[source, name] += count * times
    return cells, references
