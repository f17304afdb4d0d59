"""Figure `edges`: how many edges stand for all references."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.benchmarks.formula_graph.measuring import (
    Bench,
    Found,
    Goal,
    Line,
    clock,
    demand,
    measured,
)
from tests.benchmarks.formula_graph.real import with_formulas

FEWEST = 5_000
"""References below which a workbook says little about compression."""

MOST = 0.02


def kept(*paths: str) -> Found:
    """The child's part: references, edges and runs of each workbook, and a check of the edges."""
    return {"found": {path: _kept(path) for path in paths}}


def _kept(path: str) -> Found:
    from tickmark.read import read_workbook  # noqa: PLC0415 - one candidate a process
    from tickmark.structure.blocks import blocks_of  # noqa: PLC0415
    from tickmark.structure.edges import edges_of  # noqa: PLC0415
    from tickmark.structure.formulas import formulas_of  # noqa: PLC0415

    workbook = read_workbook(path)
    with clock() as whole:
        formulas = formulas_of(workbook)
        blocks = blocks_of(formulas)
        edges = edges_of(formulas, blocks)
    told = {
        "formulas": workbook.formula_count,
        "blocks": len(blocks),
        "edges": edges.kept,
        "plain": len(edges),
    }
    return {**whole.told(), **told, **counted(formulas, edges, path)}


def counted(formulas: Any, edges: Any, path: str) -> Found:  # noqa: ANN401 - types of the measured code
    """Distinct references and runs, after a proof that the edges say the same, cell by cell."""
    from tests.benchmarks.formula_graph.pairs import (  # noqa: PLC0415 - the parent needs no numpy
        distinct,
        pairs_of_edges,
        pairs_of_formulas,
        runs,
    )

    every = pairs_of_formulas(formulas, whole_arrays=True)
    told = pairs_of_edges(edges)
    once = distinct(told)
    same = every.shape == once.shape and bool((every == once).all())
    demand(same, f"{path}: {len(every):,} references, by the edges {len(once):,}.")
    pairs = pairs_of_formulas(formulas, whole_arrays=False)
    return {"references": len(pairs), "twice": len(told) - len(once), "runs": runs(pairs)}


def figure(bench: Bench) -> Iterator[Line]:
    """Edges kept of distinct references of real workbooks, as pairs of formula and rectangle."""
    found = measured("kept", *with_formulas(bench))["found"]
    large = {path: one for path, one in found.items() if one["references"] > FEWEST}
    if not large:
        yield f"  no workbook with more than {FEWEST:,} references; name a folder by --folder"
        return
    small = [one for path, one in found.items() if path not in large]
    heads = "".join(f"{one:>9}" for one in ("kept", "plain", "runs"))
    yield f"  {'workbook':52}{'references':>11}{'blocks':>8}{'edges':>8}{heads}"
    for path, one in large.items():
        yield _row(Path(path).name, one)
    total = _sum(large.values())
    yield _row(f"{len(large)} workbooks", total)
    if small:
        yield _row(f"{len(small)} smaller ones", _sum(small))
    yield "  kept: edges, one that is repeated in even distances counted once; plain: each counted"
    yield "  runs: the rule of one edge per R1C1 run (RR, FF, FR, RF; no steps), on the same pairs"
    yield "  as published on other files: TACO 4.99 % (Enron) and 1.94 % (Github), mean over files"
    ratio = total["edges"] / total["references"]
    yield Goal(
        f"edges kept of references, workbooks with > {FEWEST:,}",
        f"{ratio:.2%}",
        f"<= {MOST:.1%}",
        ratio <= MOST,
    )


def _sum(found: Any) -> Found:  # noqa: ANN401 - an iterable of what children print
    several = list(found)
    return {name: sum(one[name] for one in several) for name in ("references", *_COUNTS)}


_COUNTS = ("blocks", "edges", "plain", "runs")


def _row(name: str, one: Found) -> str:
    references = one["references"]
    return (
        f"  {name[:51]:52}{references:11,}{one['blocks']:8,}{one['edges']:8,}"
        f"{one['edges'] / max(1, references):9.2%}{one['plain'] / max(1, references):9.2%}"
        f"{one['runs'] / max(1, references):9.2%}"
    )


CHILDREN = {"kept": kept}
