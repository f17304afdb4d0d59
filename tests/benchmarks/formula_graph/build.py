"""Figure `build`: from a workbook in memory to blocks and edges."""

from __future__ import annotations

from collections.abc import Iterator

from tests.benchmarks.formula_graph.books import FILLED_COLUMNS, SUMMARY, filled_formulas
from tests.benchmarks.formula_graph.measuring import (
    Bench,
    Found,
    Goal,
    Line,
    alternating,
    clock,
    demand,
    fastest,
    peak,
    per_second,
)

ROWS = 200_000
SMALL = 50
FORMULAS = ROWS * FILLED_COLUMNS + SUMMARY
SAMPLE_ROWS = 2_000
CHECKED_ROWS = 100
STAGES = ("formulas", "blocks", "edges")
TACO = "TACO, as published (Java, its own machine): 23,000 to 30,000/s"
WANTED = {"plain": 500_000, "shared": 1_000_000}


def build_graph(path: str, small: str) -> Found:
    """The child's part: read off the clock, then formulas, blocks and edges."""
    from tests.benchmarks.formula_graph.pairs import targets, tokenized  # noqa: PLC0415
    from tickmark.read import read_workbook  # noqa: PLC0415 - one candidate a process
    from tickmark.structure.blocks import blocks_of  # noqa: PLC0415
    from tickmark.structure.edges import edges_of  # noqa: PLC0415
    from tickmark.structure.formulas import formulas_of  # noqa: PLC0415

    warm = formulas_of(read_workbook(small))
    edges_of(warm, blocks_of(warm))
    workbook = read_workbook(path)
    with clock() as whole:
        with clock() as first:
            formulas = formulas_of(workbook)
        with clock() as second:
            blocks = blocks_of(formulas)
        with clock() as third:
            edges = edges_of(formulas, blocks)
    mb = peak()
    demand(int(blocks.lattices.cells.sum()) == FORMULAS, "The blocks do not hold all formulas.")
    sheets = [sheet.name for sheet in workbook.sheets]
    for row in range(2, ROWS + 2, ROWS // CHECKED_ROWS):
        for column, text in enumerate(filled_formulas(row), 3):
            ours, theirs = targets(edges, 0, row, column), tokenized(f"={text}", sheets, 0)
            demand(ours == theirs, f"{text} in row {row}: {ours}, by the Tokenizer {theirs}.")
    stages = dict(zip(STAGES, (first.cpu, second.cpu, third.cpu), strict=True))
    return {**whole.told(), "mb": mb, "stages": stages, "edges": len(edges), "blocks": len(blocks)}


def tokenize(parser: str) -> Found:
    """The child's part: a sample of the same formulas by a peer, text by text."""
    if parser == "openpyxl":
        from openpyxl.formula import Tokenizer as read  # noqa: N813, PLC0415
    else:
        from formualizer import parse as read  # noqa: PLC0415
    rows = range(2, ROWS + 2, ROWS // SAMPLE_ROWS)
    texts = [f"={text}" for row in rows for text in filled_formulas(row)]
    read(texts[0])
    with clock() as whole:
        for text in texts:
            read(text)
    return {**whole.told(), "formulas": len(texts)}


def figure(bench: Bench) -> Iterator[Line]:
    """Blocks and edges of a workbook already read, a million formulas filled down."""
    small = bench.book("filled", SMALL, "plain")
    forms = {form: bench.book("filled", ROWS, form) for form in WANTED}
    best = fastest(
        alternating(
            {
                **{form: ("build", path, small) for form, path in forms.items()},
                "openpyxl": ("tokenize", "openpyxl"),
                "formualizer": ("tokenize", "formualizer"),
            }
        )
    )
    speeds = {
        name: one.get("formulas", FORMULAS) / one["cpu"] if one["cpu"] else 0.0
        for name, one in best.items()
    }
    for form in WANTED:
        one = best[form]
        stages = ", ".join(f"{name} {one['stages'][name]:.2f}" for name in STAGES)
        yield (
            f"  {form}: {FORMULAS:,} formulas, {one['blocks']} blocks, {one['edges']} edges; "
            f"{one['cpu']:.2f} s CPU ({stages}), {one['mb']:.0f} MB with the workbook; "
            f"{speeds[form] / speeds['openpyxl']:.1f} x openpyxl's Tokenizer, "
            f"{speeds[form] / speeds['formualizer']:.1f} x formualizer's parser"
        )
    for peer, what in (("openpyxl", "Tokenizer"), ("formualizer", "parser")):
        one = best[peer]
        yield (
            f"  {peer}'s {what}: {per_second(one['formulas'], one['cpu'])}, measured on "
            f"{one['formulas']:,} of the formulas, texts only, no graph"
        )
    yield f"  {TACO}"
    for form, wanted in WANTED.items():
        yield Goal(
            f"blocks and edges, {form} formulas",
            f"{speeds[form]:,.0f}/s",
            f">= {wanted:,}/s",
            speeds[form] >= wanted,
        )


CHILDREN = {"build": build_graph, "tokenize": tokenize}
