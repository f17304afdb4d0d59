"""Figure `speed`: processor time and memory of regions on generated sheets."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

from tests.benchmarks.formula_graph.measuring import peak
from tests.benchmarks.region_scores.goals import Goal, Report, at_most

Told: TypeAlias = dict[str, Any]

FIGURE = "processor time on generated sheets, beside reading and formulas"
SCRIPT = Path(__file__).parents[1] / "regions.py"
ROUNDS = 3
SECONDS = 180.0
"""After so long a candidate is stopped and its goals are missed."""

CASES = (
    ("ledger", 50_000),
    ("islands", 5_000),
    ("islands", 10_000),
    ("chess board", 300_000),
    ("corners", 2),
    ("diagonal", 100_000),
)
WANTED = 1.5
"""Seconds for the ledger of 1 M cells, on top of reading and formulas."""

TWICE = 2.6
"""Most that twice the islands may take: 2 with some room for the clock."""

QUICK = 5.0
"""Seconds for each sheet that is built to be slow: what a user would still wait for."""

BYTES_A_CELL = 500.0
SMALL = 64.0
"""MB that any sheet may take, however few its cells."""


def run_child(kind: str, count: str) -> None:
    """The child's part: make the sheet, find its regions, print what it took."""
    import numpy as np  # noqa: PLC0415 - the parent stays small

    from tests.benchmarks.region_scores.made_sheets import SHEETS  # noqa: PLC0415 - likewise
    from tickmark.structure.formulas import formulas_of  # noqa: PLC0415 - likewise
    from tickmark.structure.regions.detect import regions_of  # noqa: PLC0415 - likewise

    regions_of(formulas_of(SHEETS["islands"](4)))
    workbook = SHEETS[kind](int(count))
    formulas = formulas_of(workbook)
    cells = workbook.sheets[0].cells
    floors, takes = [], []
    for _ in range(ROUNDS):
        begun = time.process_time()
        np.lexsort((cells.columns, cells.rows))
        floors.append(time.process_time() - begun)
        begun = time.process_time()
        found = regions_of(formulas)
        takes.append(time.process_time() - begun)
        if sum(takes) > QUICK:
            break
    told = {
        "cells": len(cells),
        "formulas": cells.formula_count,
        "regions": sum(map(len, found.values())),
        "floor": min(floors),
        "cpu": min(takes),
        "mb": peak(),
    }
    if min(takes) < QUICK:
        # What is slow would take minutes while every allocation is followed.
        tracemalloc.start()
        regions_of(formulas)
        told["more_mb"] = tracemalloc.get_traced_memory()[1] / 2**20
    print(json.dumps(told))


def figure() -> Iterator[Report]:
    """The times of all sheets, then their goals."""
    lines = [
        "  floor: one np.lexsort over rows and columns of the same cells, same process;",
        "  CPU: regions_of alone; MB: peak of the process; more: most that it allocates",
        f"  {'sheet':22}{'cells':>10}{'regions':>9}{'CPU s':>9}{'x floor':>9}{'MB':>8}{'more':>8}",
    ]
    goals: list[Goal] = []
    told: dict[str, Told] = {}
    for kind, count in CASES:
        one = _measured(kind, count)
        told[f"{kind} {count}"] = one
        lines.append(_row(kind, count, one))
        goals += _goals(kind, count, one)
    half, whole = (told[f"islands {count}"].get("cpu") for count in (5_000, 10_000))
    if half and whole:
        goals.append(at_most("10,000 islands to 5,000", whole / half, TWICE, "x"))
    yield Report(tuple(lines), told, tuple(goals))


def _goals(kind: str, count: int, one: Told) -> Iterator[Goal]:
    limit = WANTED if kind == "ledger" else QUICK
    name = f"{kind}, {count:,}" + (" rows" if kind == "ledger" else "")
    if "failed" in one:
        yield Goal(f"regions of {name}", one["failed"], f"<= {limit:.2f} s", reached=False)
        return
    yield at_most(f"regions of {name}", one["cpu"], limit, "s")
    most = SMALL + BYTES_A_CELL * one["cells"] / 1e6
    if "more_mb" in one:
        yield at_most(f"memory for regions of {name}", one["more_mb"], most, "MB", ".0f")


def _row(kind: str, count: int, one: Told) -> str:
    name = f"{kind} {count:,}"
    if "failed" in one:
        return f"  {name:22} failed: {one['failed']}"
    ratio = one["cpu"] / max(one["floor"], 1e-6)
    more = f"{one['more_mb']:8.0f}" if "more_mb" in one else f"{'-':>8}"
    return (
        f"  {name:22}{one['cells']:10,}{one['regions']:9,}{one['cpu']:9.3f}{ratio:9.1f}"
        f"{one['mb']:8.0f}{more}"
    )


def _measured(kind: str, count: int) -> Told:
    """What the child found; `failed` where it took too long or died."""
    command = [sys.executable, str(SCRIPT), "--child", kind, str(count)]
    try:
        done = subprocess.run(  # noqa: S603 - this very benchmark
            command, stdout=subprocess.PIPE, text=True, check=True, timeout=SECONDS
        )
    except subprocess.TimeoutExpired:
        return {"failed": f"> {SECONDS:.0f} s"}
    except subprocess.CalledProcessError as error:
        return {"failed": f"exit code {error.returncode}"}
    found: Told = json.loads(done.stdout)
    return found
