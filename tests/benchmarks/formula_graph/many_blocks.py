"""Figure `blocks`: components, levels and the critical path of a graph of 10,000 blocks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.benchmarks.formula_graph.books import BLOCKS
from tests.benchmarks.formula_graph.measuring import (
    Bench,
    Found,
    Goal,
    Line,
    alternating,
    clock,
    demand,
    fastest,
)
from tests.benchmarks.formula_graph.questions import graph_of_book

SMALL = 50
MOST_MS = 100.0
STAGES = ("arcs", "components", "levels", "critical path")


def order(path: str, small: str) -> Found:
    """The child's part: our components, levels and critical path, from blocks and edges."""
    _orders(graph_of_book(small))
    graph = graph_of_book(path)
    demand(len(graph.blocks) == BLOCKS, f"{len(graph.blocks):,} blocks instead of {BLOCKS:,}.")
    with clock() as whole:
        stages = _orders(graph)
    path_found = graph.critical_path()
    components = graph.components
    blocks = components.of_node[: len(graph.blocks)]
    return {
        **whole.told(),
        "stages": stages,
        "levels": graph.levels().count,
        "components": len(set(blocks.tolist())),
        "steps": path_found.steps,
        "length": len(path_found.stages),
        "edges": len(graph.edges),
    }


def _orders(graph: Any) -> dict[str, float]:  # noqa: ANN401 - a type of the measured code
    """Milliseconds of each stage; what a stage needs is there before it."""
    asked = (lambda: graph.arcs, lambda: graph.components, graph.levels, graph.critical_path)
    taken = {}
    for name, ask in zip(STAGES, asked, strict=True):
        with clock() as own:
            ask()
        taken[name] = own.cpu * 1000
    return taken


def by_networkx(path: str) -> Found:
    """The child's part: the same by networkx on one node a block, its arcs made off the clock."""
    import networkx as nx  # noqa: PLC0415 - one candidate a process

    links, steps = block_links(path)
    graph = nx.DiGraph(links)
    graph.add_nodes_from(range(BLOCKS))
    with clock() as whole:
        condensed = nx.condensation(graph)
        levels = nx.dag_longest_path_length(condensed) + 1 if condensed else 0
    return {**whole.told(), "components": len(condensed), "levels": levels, "steps": steps}


def block_links(path: str) -> tuple[list[tuple[int, int]], int]:
    """Pairs of blocks of which the second needs the first; and the longest way cell by cell.

    The cells of a circle count as one after the other.
    """
    import networkx as nx  # noqa: PLC0415 - one candidate a process

    from tests.benchmarks.formula_graph import cell_graph, pairs  # noqa: PLC0415

    graph = graph_of_book(path)
    every = pairs.pairs_of_formulas(graph.formulas, whole_arrays=True)
    cells = cell_graph.cell_graph(every, cell_graph.formula_cells(graph.formulas), ())
    block_of = {
        cell_graph.node((block.sheet, row, block.left)): number
        for number, block in enumerate(graph.blocks.lattices)
        for row in range(block.top, block.bottom + 1)
    }
    links = {(block_of[tail], block_of[head]) for tail, head in cells.edges}
    condensed = nx.condensation(cells)
    longest: dict[int, int] = {}
    for one in nx.topological_sort(condensed):
        before = max((longest[other] for other in condensed.predecessors(one)), default=0)
        longest[one] = before + len(condensed.nodes[one]["members"])
    return sorted(links), max(longest.values())


def figure(bench: Bench) -> Iterator[Line]:
    """Components, levels and critical path of 10,000 blocks, from blocks and edges."""
    path, small = bench.book("blocks", BLOCKS), bench.book("blocks", SMALL)
    best = fastest(
        alternating({"tickmark": ("order", path, small), "networkx": ("networkx", path)})
    )
    ours, peer = best["tickmark"], best["networkx"]
    for name in ("components", "levels"):
        demand(ours[name] == peer[name], f"{ours[name]} {name}, by networkx {peer[name]}.")
    demand(ours["steps"] >= peer["steps"], "The critical path is shorter than a way of cells.")
    stages = ", ".join(f"{name} {taken:.1f}" for name, taken in ours["stages"].items())
    milliseconds = ours["cpu"] * 1000
    yield (
        f"  {BLOCKS:,} blocks, {ours['edges']:,} edges, {ours['components']:,} components, "
        f"{ours['levels']} levels, {ours['steps']} steps on the critical path"
    )
    yield f"  tickmark  {milliseconds:8.1f} ms CPU ({stages})"
    yield f"  networkx  {peer['cpu'] * 1000:8.1f} ms CPU, condensation and longest path alone"
    yield f"  the longest way cell by cell has {peer['steps']} steps"
    yield Goal(
        "components, levels, critical path of 10,000 blocks",
        f"{milliseconds:.1f} ms",
        f"< {MOST_MS:g} ms",
        milliseconds < MOST_MS,
    )


CHILDREN = {"order": order, "networkx": by_networkx}
