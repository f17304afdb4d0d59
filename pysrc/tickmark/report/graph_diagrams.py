"""Drawings of a formula graph: its blocks in their sheets, or the sheets alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from tickmark.model.workbook import SheetState
from tickmark.report.diagram import NO_GROUP, Diagram, Edge, Node, NodeKind
from tickmark.report.wording import counted
from tickmark.structure.block_cells import BlockCells
from tickmark.structure.graph import FormulaGraph

Attributes = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Size:
    """How much a drawing may hold: nodes and edges."""

    nodes: int
    edges: int


DOT_CLEAR: Final = Size(300, 1_000)
"""What Graphviz lays out in seconds and a reader can follow."""
DOT_MOST: Final = Size(20_000, 100_000)
MERMAID_CLEAR: Final = Size(40, 120)
MERMAID_MOST: Final = Size(120, 400)
"""Mermaid itself draws no more than 500 edges and 50,000 characters."""

_KINDS: Final = {
    "block": NodeKind.FORMULAS,
    "range": NodeKind.RANGE,
    "name": NodeKind.NAME,
    "table": NodeKind.TABLE,
    "book": NodeKind.BOOK,
}


def clear_diagram(graph: FormulaGraph, clear: Size, most: Size) -> Diagram:
    """The blocks where they are few enough to be clear, else the sheets where there are several."""
    if not len(graph.blocks):
        return sheet_diagram(graph, most)
    network = graph.network
    if len(network.nodes) <= clear.nodes and len(network.edges) <= clear.edges:
        return block_diagram(graph, most)
    if not graph.sheet_graph().network.edges:
        return block_diagram(graph, clear)
    drawn = sheet_diagram(graph, most)
    blocks = counted(len(graph.blocks), "block")
    note = f"Drawn are the sheets, since {blocks} would be too many; use --level blocks for these."
    return replace(drawn, notes=(note, *drawn.notes))


def block_diagram(graph: FormulaGraph, most: Size) -> Diagram:
    """Formula blocks and the ranges, names, tables and other workbooks that they refer to.

    Of more than `most` those with most references are drawn.
    """
    network = graph.network
    circular = _circular(graph)
    weights = {
        (tail, head): int(attributes["references"])
        for tail, head, attributes in network.edges(data=True)
    }
    names, edges, notes = _chosen(list(network.nodes), weights, most, "node")
    sheets = [own.sheet.name for own in graph.formulas.sheets]
    used = {str(network.nodes[name].get("sheet", "")) for name in names}
    groups = {sheet: at for at, sheet in enumerate(sheet for sheet in sheets if sheet in used)}
    nodes = tuple(
        _node(name, network.nodes[name], groups, circular=name in circular) for name in names
    )
    return Diagram(nodes, edges, tuple(groups), notes)


def sheet_diagram(graph: FormulaGraph, most: Size) -> Diagram:
    """The sheets and other workbooks, with the number of references between them.

    Of more than `most` those with most references are drawn.
    """
    network = graph.sheet_graph().network
    weights = {
        (tail, head): int(attributes["references"])
        for tail, head, attributes in network.edges(data=True)
    }
    names, edges, notes = _chosen(list(network.nodes), weights, most, "sheet")
    sheets = {own.sheet.name: own for own in graph.formulas.sheets}
    nodes = []
    for name in names:
        attributes: Attributes = network.nodes[name]
        if attributes["kind"] == "book":
            nodes.append(Node(NodeKind.BOOK, _lines(name, str(attributes["target"]))))
            continue
        own = sheets[name]
        hidden = "" if own.sheet.state is SheetState.VISIBLE else ", hidden"
        number = own.sheet.cells.formula_count
        formulas = counted(number, "formula") if number else "no formulas"
        nodes.append(Node(NodeKind.SHEET, (name, formulas + hidden)))
    return Diagram(tuple(nodes), edges, notes=notes)


def _chosen(
    names: list[str], weights: Mapping[tuple[str, str], int], most: Size, noun: str
) -> tuple[list[str], tuple[Edge, ...], tuple[str, ...]]:
    """The nodes and edges with most references, in their order, and notes on those left out."""
    weight = dict.fromkeys(names, 0)
    for (tail, head), references in weights.items():
        weight[tail] += references
        weight[head] += references
    kept = set(sorted(names, key=lambda name: -weight[name])[: most.nodes])
    number = {name: at for at, name in enumerate(name for name in names if name in kept)}
    joined = [pair for pair in weights if pair[0] in number and pair[1] in number]
    drawn = set(sorted(joined, key=lambda pair: -weights[pair])[: most.edges])
    edges = tuple(
        Edge(number[tail], number[head], f"{weights[tail, head]:,}" if weights[tail, head] else "")
        for tail, head in joined
        if (tail, head) in drawn
    )
    notes = [
        f"{counted(left_out, what)} with the fewest references left out."
        for left_out, what in ((len(names) - len(number), noun), (len(joined) - len(edges), "edge"))
        if left_out
    ]
    return list(number), edges, tuple(notes)


def _node(name: str, attributes: Attributes, groups: Mapping[str, int], *, circular: bool) -> Node:
    kind = NodeKind.CYCLE if circular else _KINDS[attributes["kind"]]
    called = name.partition(" ")[2]
    match attributes["kind"]:
        case "block":
            lines = _lines(_cells(attributes), str(attributes["formula"]))
        case "range":
            lines = _lines(_cells(attributes))
        case "name":
            lines = _lines(called, f"={attributes['refers_to']}")
        case "book":
            lines = _lines(called, str(attributes["target"]))
        case _:
            lines = _lines(called)
    return Node(kind, lines, groups.get(str(attributes.get("sheet", "")), NO_GROUP))


def _cells(attributes: Attributes) -> str:
    """The range of a node, and how many of its cells count where it is not all of them."""
    stepped = "row_step" in attributes or "column_step" in attributes
    cells = f" ({attributes['cells']:,} cells)" if stepped else ""
    return f"{attributes['range']}{cells}"


def _lines(*lines: str) -> tuple[str, ...]:
    return tuple(line for line in lines if line)


def _circular(graph: FormulaGraph) -> set[str]:
    """The nodes of the blocks with cells in a circular reference."""
    places = [place for cycle in graph.cycles().found for place in cycle.cells]
    if not places:
        return set()
    members = BlockCells.of(graph.formulas.workbook, graph.blocks.lattices)
    numbers: set[int] = set()
    of_sheet: dict[int, list[int | None]] = {}
    for sheet, row, column in places:
        cells = graph.formulas.sheets[sheet].sheet.cells
        of_sheet.setdefault(sheet, []).append(cells.position(row, column))
    for sheet, at in of_sheet.items():
        here = members.sheet == sheet
        inside = np.isin(members.position[here], [one for one in at if one is not None])
        numbers.update(members.lattice[here][inside].tolist())
    nodes = graph.network.nodes(data=True)
    keys = [name for name, attributes in nodes if attributes["kind"] == "block"]
    return {keys[number] for number in numbers}
