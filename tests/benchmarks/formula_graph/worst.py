"""Figure `worst`: what compresses badly, with its figures, good or bad."""

from __future__ import annotations

from collections.abc import Iterator

from tests.benchmarks.formula_graph.measuring import (
    ROUNDS,
    Bench,
    Found,
    Line,
    clock,
    demand,
    measured,
    per_second,
)
from tests.benchmarks.formula_graph.questions import DIRECTIONS, HEADS, answers_to

WORDS = {
    "Texts": "57,600 different texts",
    "Alternating": "2, 3, 4 patterns in turn",
    "Longer": "7 patterns in turn",
    "Chess": "chess board",
    "Transposed": "rows and columns swapped",
    "Shuffled": "no order at all",
}
STAGES = ("read", "formulas", "blocks", "edges")


def worst_case(path: str) -> Found:
    """The child's part: times of the stages; references, edges and runs of each sheet."""
    from tests.benchmarks.formula_graph import pairs  # noqa: PLC0415 - the parent needs no numpy
    from tickmark.read import read_workbook  # noqa: PLC0415 - one candidate a process
    from tickmark.structure.blocks import blocks_of  # noqa: PLC0415
    from tickmark.structure.edges import edges_of  # noqa: PLC0415
    from tickmark.structure.formulas import formulas_of  # noqa: PLC0415

    with clock() as whole:
        with clock() as first:
            workbook = read_workbook(path)
        with clock() as second:
            formulas = formulas_of(workbook)
        with clock() as third:
            blocks = blocks_of(formulas)
        with clock() as fourth:
            edges = edges_of(formulas, blocks)
    every = pairs.pairs_of_formulas(formulas, whole_arrays=True)
    once = pairs.distinct(pairs.pairs_of_edges(edges))
    demand(every.shape == once.shape and bool((every == once).all()), "The edges are not exact.")
    sheets = {}
    for number, sheet in enumerate(workbook.sheets):
        if sheet.name in WORDS:
            own = every[every[:, 0] == number]
            sheets[sheet.name] = {
                "formulas": sheet.cells.formula_count,
                "references": len(own),
                "blocks": int((blocks.lattices.sheet == number).sum()),
                "edges": int((edges.dependents.sheet == number).sum()),
                "runs": pairs.runs(own),
            }
    stages = dict(zip(STAGES, (first.cpu, second.cpu, third.cpu, fourth.cpu), strict=True))
    return {**whole.told(), "stages": stages, "sheets": sheets}


def figure(bench: Bench) -> Iterator[Line]:
    """A worst case: what runs of one formula cannot take."""
    path = bench.book("worst")
    best = min((measured("worst", path) for _ in range(ROUNDS)), key=lambda one: one["cpu"])
    heads = f"{'formulas':>9}{'references':>11}{'blocks':>8}{'edges':>8}{'kept':>9}{'runs':>9}"
    yield f"  {'':40}{heads}"
    for name, one in best["sheets"].items():
        references = one["references"]
        yield (
            f"  {name:12}{WORDS[name]:28}{one['formulas']:9,}{references:11,}{one['blocks']:8,}"
            f"{one['edges']:8,}{one['edges'] / references:9.2%}{one['runs'] / references:9.2%}"
        )
    stages = ", ".join(f"{name} {taken:.2f}" for name, taken in best["stages"].items())
    formulas = sum(one["formulas"] for one in best["sheets"].values())
    build = sum(best["stages"][name] for name in STAGES[1:])
    speed = per_second(formulas, build)
    yield f"  {best['cpu']:.2f} s CPU ({stages}): {speed} without reading"
    plan = bench.scratch / "worst.json"
    measured("hardest", plan, path)
    answers = answers_to(plan)[str(path)]
    yield f"  {'':44}{HEADS}"
    for direction in DIRECTIONS:
        yield answers.row(direction, direction)


CHILDREN = {"worst": worst_case}
