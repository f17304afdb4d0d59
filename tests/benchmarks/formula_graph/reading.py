"""Figure `reading`: from the file to blocks and edges."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tests.benchmarks.formula_graph.build import FORMULAS, ROWS, SMALL
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
)

WANTED = {"tickmark, parser": 130_000, "tickmark": 250_000}
MOST_MB = 450
PIECE = 1 << 20


def floor(path: str) -> int:
    """Inflate every part and count the formulas."""
    count = 0
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            with package.open(name) as part:
                rest = b""
                while piece := part.read(PIECE):
                    seen = rest + piece
                    rest = seen[-2:]
                    count += seen.count(b"<f>") + seen.count(b"<f ")
    return count


def graph_of_file(path: str) -> Any:  # noqa: ANN401 - types of the measured code
    from tickmark.read import read_workbook  # noqa: PLC0415 - one candidate a process
    from tickmark.structure.formulas import formulas_of  # noqa: PLC0415
    from tickmark.structure.graph import graph_of  # noqa: PLC0415

    return graph_of(formulas_of(read_workbook(path)))


def by_parser_alone(path: str) -> Any:  # noqa: ANN401 - types of the measured code
    """The same, every byte of the sheets and texts through expat."""
    from tests.read.both_ways import parser_alone  # noqa: PLC0415 - one candidate a process
    from tickmark.read import shared_strings, sheet_pass  # noqa: PLC0415

    sheet_pass.without_units = parser_alone
    shared_strings.without_units = parser_alone
    return graph_of_file(path)


def formualizer(path: str) -> Any:  # noqa: ANN401 - a type of the peer
    import formualizer as engine  # noqa: PLC0415 - one candidate a process

    return engine.load_workbook(path)


READERS: Mapping[str, Callable[[str], Any]] = {
    "floor": floor,
    "tickmark": graph_of_file,
    "tickmark, parser": by_parser_alone,
    "formualizer": formualizer,
}


def read_whole(name: str, path: str, small: str) -> Found:
    """The child's part: one reading, after a small one off the clock."""
    reader = READERS[name]
    reader(small)
    with clock() as whole:
        made = reader(path)
    mb = peak()
    count = made if isinstance(made, int) else _formulas(name, made)
    return {**whole.told(), "mb": mb, "formulas": count}


def _formulas(name: str, made: Any) -> int | None:  # noqa: ANN401 - whatever the candidate made
    if name.startswith("tickmark"):
        return int(made.blocks.lattices.cells.sum())
    held = made.get_formula("Model", ROWS + 1, 7)
    demand(bool(held), f"{name} has no formula in the last row.")
    return None


def figure(bench: Bench) -> Iterator[Line]:
    """Reading, blocks and edges together, a million formulas filled down."""
    small = bench.book("filled", SMALL, "plain")
    for form in ("plain", "shared"):
        path = bench.book("filled", ROWS, form)
        runs = alternating({name: ("read", name, path, small) for name in READERS})
        best = fastest(runs)
        least = best["floor"]["cpu"]
        yield f"  {form}{'':14}{'CPU s':>8}{'wall s':>8}{'x floor':>9}{'MB':>6}{'formulas/s':>13}"
        for name, one in best.items():
            demand(one["formulas"] in {None, FORMULAS}, f"{name} found {one['formulas']} formulas.")
            yield (
                f"  {name:20}{one['cpu']:8.2f}{one['wall']:8.2f}{one['cpu'] / least:9.1f}"
                f"{one['mb']:6.0f}{FORMULAS / one['cpu']:13,.0f}"
            )
        if form == "plain":
            goals = list(_goals(best))
    yield from goals


def _goals(best: Mapping[str, Found]) -> Iterator[Goal]:
    for name, words in (("tickmark, parser", "expat pass"), ("tickmark", "fast path")):
        one, wanted = best[name], WANTED[name]
        speed = FORMULAS / one["cpu"]
        yield Goal(
            f"reading included, {words}", f"{speed:,.0f}/s", f">= {wanted:,}/s", speed >= wanted
        )
        yield Goal(
            f"memory, {words}", f"{one['mb']:.0f} MB", f"<= {MOST_MB} MB", one["mb"] <= MOST_MB
        )


CHILDREN = {"read": read_whole}
