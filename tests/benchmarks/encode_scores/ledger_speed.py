"""Figure `speed`: processor time, memory and tokens of a generated ledger, reading included."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.benchmarks.encode_scores.children import Found, Job, found_by
from tests.benchmarks.encode_scores.ledger import write_ledger
from tests.benchmarks.encode_scores.o200k import o200k
from tests.benchmarks.encode_scores.own_texts import LEVELS, level_texts, whole
from tests.benchmarks.encode_scores.peer_texts import PEERS, peer_found
from tests.benchmarks.encode_scores.restated import rule_text
from tests.benchmarks.formula_graph.measuring import peak
from tests.benchmarks.region_scores.goals import Goal, Report, at_most
from tickmark.model.workbook import Workbook
from tickmark.read import read_workbook

FIGURE = "processor time, memory and tokens of a generated ledger, reading included"
SIZES = (100_000, 1_000_000)
CANDIDATES = ("reading alone", "vanilla", "CSV", "prototype", *LEVELS)
ROUNDS = 3
SECONDS = 180.0
ENOUGH = 20.0
"""Seconds after which no further round is begun."""

TOKENS = 400
LIMITS = {100_000: 0.6, 1_000_000: 6.0}
MEGABYTES = 600


def ledger_task(path: str, cells: str) -> Iterator[Found]:
    """Write a ledger, apart from the processes that are measured."""
    write_ledger(Path(path), int(cells))
    yield {"cells": int(cells)}


def speed_task(candidate: str, path: str) -> Iterator[Found]:
    """The child's part: the fastest of some rounds, and the most memory held.

    Our own texts are counted by the estimator while they are made, as in the product.
    """
    import tickmark.encode.sheet  # noqa: F401, PLC0415 - loaded before the clock starts
    from tickmark.llm.tokens import estimate_tokens  # noqa: PLC0415 - likewise

    own: Callable[[Workbook], str] = {
        "reading alone": lambda _: "",
        **{
            level: lambda book, level=level: whole(level_texts(book, level, estimate_tokens))
            for level in LEVELS
        },
    }.get(candidate, lambda book: rule_text(candidate, book))
    spent: list[float] = []
    text = ""
    while len(spent) < ROUNDS and sum(spent) < ENOUGH:
        begun = time.process_time()
        text = own(read_workbook(Path(path), processes=1))
        spent.append(time.process_time() - begun)
    memory = peak()
    yield {"cpu": min(spent), "mb": memory, "tokens": o200k(text)}


def figure(*, quick: bool) -> Iterator[Report]:
    """One report a size."""
    with tempfile.TemporaryDirectory() as folder:
        for cells in SIZES:
            path = Path(folder) / f"ledger-{cells}.xlsx"
            found_by(Job("ledger", (str(path), str(cells)), SECONDS))
            found = {
                name: found_by(Job("speed", (name, str(path)), SECONDS)) for name in CANDIDATES
            }
            if not quick and cells == SIZES[0]:
                found |= {name: peer_found(Job("peer", (name, str(path)), 0)) for name in PEERS}
            yield _report(cells, found)


def _report(cells: int, found: dict[str, Found]) -> Report:
    lines = [
        f"  ledger of {cells:,} cells, 30 % of them formulas",
        f"  {'':16}{'CPU s':>9}{'x reading':>11}{'MB':>8}{'tokens':>13}",
    ]
    floor = found["reading alone"].get("cpu", 0.0)
    for name, one in found.items():
        if "failed" in one:
            lines.append(f"  {name:16} {one['failed']}"[:100])
            continue
        times = one["cpu"] / max(floor, 1e-6)
        lines.append(
            f"  {name:16}{one['cpu']:9.3f}{times:11.2f}{one['mb']:8.0f}{one['tokens']:13,}"
        )
    return Report(tuple(lines), {"cells": cells, "found": found}, tuple(_goals(cells, found)))


def _goals(cells: int, found: dict[str, Found]) -> Iterator[Goal]:
    own = found["skeleton"]
    limit = LIMITS[cells]
    if "failed" in own:
        yield Goal(f"skeleton of {cells:,} cells", "failed", f"<= {limit} s", reached=False)
        return
    yield at_most(f"skeleton of {cells:,} cells", own["cpu"], limit, "s")
    if cells == SIZES[0]:
        tokens = own["tokens"]
        yield Goal(f"tokens of {cells:,} cells", f"{tokens:,}", f"<= {TOKENS}", tokens <= TOKENS)
    else:
        yield at_most(f"memory for {cells:,} cells", own["mb"], MEGABYTES, "MB", ".0f")
