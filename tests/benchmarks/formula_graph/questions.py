"""Figure `questions`: what depends on a cell, and on what it depends, over any number of steps."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from tests.benchmarks.formula_graph.books import CHAIN_ROWS
from tests.benchmarks.formula_graph.measuring import (
    ROUNDS,
    Bench,
    Found,
    Goal,
    Line,
    clock,
    demand,
    measured,
)
from tests.benchmarks.formula_graph.real import with_formulas

Cell: TypeAlias = tuple[int, int, int]
Asked: TypeAlias = dict[str, list[Cell]]
"""The cells asked for, as sheet, row and column, by the direction of the question."""

CELLS = 20
CANDIDATES = 400
"""Edges of which corners and ends are tried."""

DIRECTIONS = ("dependents", "precedents")
TACO = "TACO, as published: p99 25 to 31 ms, worst 159 ms (Java, its own files and machine)"


def graph_of_book(path: str) -> Any:  # noqa: ANN401 - a type of the measured code
    from tickmark.read import read_workbook  # noqa: PLC0415 - one candidate a process
    from tickmark.structure.formulas import formulas_of  # noqa: PLC0415
    from tickmark.structure.graph import graph_of  # noqa: PLC0415

    return graph_of(formulas_of(read_workbook(path)))


def question(graph: Any, direction: str) -> Callable[[Cell], Any]:  # noqa: ANN401 - a type of the measured code
    """Asks for the dependents or precedents of a cell."""
    from tickmark.model.address import CellRef  # noqa: PLC0415 - one candidate a process

    ask, names = getattr(graph, direction), graph.formulas.scope.order
    return lambda cell: ask(CellRef(names[cell[0]], cell[1], cell[2]))


def hardest(out: str, *paths: str) -> Found:
    """The child's part: the cells with most dependents, and those with most precedents.

    Tried are the corners of the first and last rectangle of an edge, and its first and last
    formula cell: those of the edges with the most formula cells, and evenly picked ones of all
    others. All get their answer counted. The next ones in rank are asked to warm up, so that no
    answer of those that count is known already.
    """
    plan = {path: _ranked(path) for path in paths}
    Path(out).write_text(json.dumps(plan), encoding="utf-8")
    return {}


def _ranked(path: str) -> Asked:
    import numpy as np  # noqa: PLC0415 - the parent needs none

    graph = graph_of_book(path)
    edges = graph.edges
    covers, cells = edges.covers(), edges.dependents
    by_size = np.argsort(-cells.cells, kind="stable")
    large, rest = by_size[: CANDIDATES // 2], by_size[CANDIDATES // 2 :]
    picked = np.concatenate([large, rest[:: max(1, 2 * len(rest) // CANDIDATES)]])
    corners = [(edges.sheet, covers[:, 0], covers[:, 1]), (edges.sheet, covers[:, 2], covers[:, 3])]
    ends = [(cells.sheet, cells.top, cells.left), (cells.sheet, cells.bottom, cells.right)]
    asked: Asked = {}
    for direction, places in zip(DIRECTIONS, (corners, ends), strict=True):
        table = np.concatenate([np.column_stack(place)[picked] for place in places])
        ask = question(graph, direction)
        counts = {cell: ask(cell).count for cell in set(map(tuple, table.tolist()))}
        ranked = sorted(counts, key=lambda cell: (-counts[cell], cell))
        asked[direction] = ranked[:CELLS]
        asked[f"{direction} warm"] = ranked[CELLS : 2 * CELLS]
    return asked


def ask_all(plan: str) -> Found:
    """The child's part: for each book, milliseconds of processor and counts of the questions."""
    asked = json.loads(Path(plan).read_text(encoding="utf-8"))
    return {"cpu": 0.0, **{path: _answers(path, cells) for path, cells in asked.items()}}


def _answers(path: str, asked: Asked) -> Found:
    graph = graph_of_book(path)
    found: Found = {}
    for direction in DIRECTIONS:
        ask = question(graph, direction)
        with clock() as first:
            ask((0, 1_048_576, 16_384))
        for cell in asked[f"{direction} warm"]:
            ask(tuple(cell))
        answers = []
        for cell in asked[direction]:
            begun = time.process_time()
            answer = ask(tuple(cell))
            count = answer.count
            counted = time.process_time()
            ranges = answer.ranges
            told = time.process_time()
            demand(sum(one.cells for one in ranges) == count, f"{path}: ranges of {cell}")
            answers.append(((counted - begun) * 1000, (told - begun) * 1000, count))
        found[direction] = answers
        found[f"{direction} index"] = first.cpu * 1000
    return found


def brute_force(plan: str) -> Found:
    """The child's part: the same counts, and times on one node a cell by networkx.

    Where that would be too many links, the counts come from sweeps over all references.
    """
    asked = json.loads(Path(plan).read_text(encoding="utf-8"))
    return {path: _by_force(path, cells) for path, cells in asked.items()}


def _by_force(path: str, asked: Asked) -> Found:
    from tests.benchmarks.formula_graph import cell_graph, pairs, sweeps  # noqa: PLC0415
    from tickmark.read import read_workbook  # noqa: PLC0415
    from tickmark.structure.formulas import formulas_of  # noqa: PLC0415

    formulas = formulas_of(read_workbook(path))
    every = pairs.pairs_of_formulas(formulas, whole_arrays=True)
    own = cell_graph.formula_cells(formulas)
    places = [tuple(cell) for direction in DIRECTIONS for cell in asked[direction]]
    counters: dict[str, Callable[[Cell], int]]
    try:
        graph = cell_graph.cell_graph(every, own, places)
    except cell_graph.TooLarge:
        steps = sweeps.Sweeps(every, own)
        counters = {"dependents": steps.dependents, "precedents": steps.precedents}
        links = 0
    else:
        links = graph.number_of_edges()
        heads = pairs.packed(every[:, 0], every[:, 1], every[:, 2])
        counters = {
            "dependents": lambda cell: cell_graph.dependents(graph, cell),
            "precedents": lambda cell: cell_graph.precedents(graph, every, heads, cell),
        }
    found: Found = {"links": links}
    for direction, count in counters.items():
        answers = []
        for cell in asked[direction]:
            begun = time.process_time()
            number = count(tuple(cell))
            answers.append(((time.process_time() - begun) * 1000, number))
        found[direction] = answers
    return found


def trace(path: str) -> Found:
    """The child's part: formualizer's dependents of the first cell of the chain."""
    import formualizer  # noqa: PLC0415 - one candidate a process

    book = formualizer.load_workbook(path)
    book.evaluate_all()  # its dependents are known only then
    most = 10 * CHAIN_ROWS
    with clock() as whole:
        found = book.trace(
            ["Chain!E1"],
            direction=formualizer.TraceDirection.Dependents,
            max_depth=most,
            max_nodes=most,
            max_links=most,
            max_work=2**31,
            include_values=False,
        )
    # The nodes are those found and the cell asked for.
    return {**whole.told(), "count": len(list(found.nodes)) - 1}


def figure(bench: Bench) -> Iterator[Line]:
    """All dependents and precedents, warm, of the 20 cells of each book that have the most."""
    chain = bench.book("chain", CHAIN_ROWS)
    plan = bench.scratch / "questions.json"
    measured("hardest", plan, *with_formulas(bench))
    asked = json.loads(plan.read_text(encoding="utf-8"))
    plan.write_text(json.dumps({str(chain): chain_cells(), **asked}), encoding="utf-8")
    found = answers_to(plan)
    yield f"  {'':44}{HEADS}"
    for path, one in found.items():
        for direction in DIRECTIONS:
            yield one.row(f"{Path(path).name[:32]} {direction}", direction)
    yield "  CPU ms, an answer with its count; ranges: worst with the rectangles joined and named"
    by_number = [
        2 * (CHAIN_ROWS + 1 - row) + (column == 4) for _, row, column in chain_cells()["dependents"]
    ]
    ours = [count for *_, count in found[str(chain)].rounds[0]["dependents"]]
    demand(ours == by_number, f"The chain has {by_number} dependents, not {ours}.")
    peer = measured("trace", chain)
    demand(peer["count"] == 2 * CHAIN_ROWS, f"formualizer finds {peer['count']:,} dependents.")
    yield f"  formualizer, dependents of the first cell of the chain: {peer['cpu'] * 1000:,.0f} ms"
    yield f"  {TACO}"
    times = [
        time for one in found.values() for direction in DIRECTIONS for time in one.times(direction)
    ]
    yield f"  all {len(times)} counts equal those by brute force"
    yield from goals(times)


class Answers:
    """The questions about one book: some rounds of ours, one of brute force."""

    def __init__(self, rounds: Sequence[Found], brute: Found) -> None:
        self.rounds = rounds
        self.brute = brute

    def times(self, direction: str, of: int = 0) -> list[float]:
        """Milliseconds of each question, the fastest of the rounds; `of` 1: with ranges."""
        several = zip(*(one[direction] for one in self.rounds), strict=True)
        return [min(answer[of] for answer in answers) for answers in several]

    def most(self, direction: str) -> int:
        return max((count for *_, count in self.rounds[0][direction]), default=0)

    def index(self, direction: str) -> float:
        return min(float(one[f"{direction} index"]) for one in self.rounds)

    def row(self, name: str, direction: str) -> str:
        """The line of a table with HEADS."""
        own, named = self.times(direction), self.times(direction, 1)
        theirs = [time for time, _ in self.brute[direction]]
        peer = f"{statistics.median(theirs):10.2f}" if self.brute["links"] else f"{'-':>10}"
        return (
            f"  {name:44}{self.most(direction):11,}{statistics.median(own):9.3f}{max(own):9.3f}"
            f"{max(named):9.3f}{self.index(direction):9.1f}{peer}"
        )


HEADS = f"{'most found':>11}{'median':>9}{'worst':>9}{'ranges':>9}{'index':>9}{'networkx':>10}"


def answers_to(plan: Path) -> dict[str, Answers]:
    """Ask all that is planned, and compare the counts with brute force."""
    rounds = [measured("ask", plan) for _ in range(ROUNDS)]
    brute = measured("brute", plan)
    found = {}
    for path in json.loads(plan.read_text(encoding="utf-8")):
        found[path] = Answers([one[path] for one in rounds], brute[path])
        for direction in DIRECTIONS:
            ours = [count for *_, count in rounds[0][path][direction]]
            theirs = [count for _, count in brute[path][direction]]
            demand(ours == theirs, f"{path}, {direction}: {ours}, by brute force {theirs}.")
    return found


def chain_cells() -> Asked:
    """Cells of the chain from its first row to its last: 10 of each column, and warm-ups."""
    rows = [1 + CHAIN_ROWS * at // 10 for at in range(10)]
    both: list[Cell] = [(0, row + 1, 4) for row in rows] + [(0, row, 5) for row in rows]
    warm: list[Cell] = [(0, row + 7, column) for _, row, column in both]
    return {
        name: cells
        for direction in DIRECTIONS
        for name, cells in ((direction, both), (f"{direction} warm", warm))
    }


def goals(times: Sequence[float]) -> Iterator[Goal]:
    """Median, 99th percentile and worst of all questions."""
    ordered = sorted(times)
    median = statistics.median(ordered)
    p99 = ordered[-(-99 * len(ordered) // 100) - 1]
    for words, value, most in (
        ("median", median, 1.0),
        ("99th percentile", p99, 10.0),
        ("worst", ordered[-1], 100.0),
    ):
        yield Goal(
            f"questions, {words} of {len(ordered)}",
            f"{value:.3f} ms",
            f"< {most:g} ms",
            value < most,
        )


CHILDREN = {"hardest": hardest, "ask": ask_all, "brute": brute_force, "trace": trace}
