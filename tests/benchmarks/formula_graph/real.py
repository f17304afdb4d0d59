"""Figure `real`: workbooks of real life, from the file to blocks and edges."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.benchmarks.formula_graph.build import SMALL
from tests.benchmarks.formula_graph.measuring import (
    Bench,
    Found,
    Goal,
    Line,
    alternating,
    clock,
    demand,
    fastest,
    measured,
    per_second,
)
from tests.benchmarks.formula_graph.reading import floor, graph_of_file

WANTED = 80_000
FEWEST = 100
"""Formulas below which a file says nothing about speed."""


def formulas_in(path: str) -> int:
    """Number of formulas that Tickmark reads from a file; 0 where it refuses it."""
    from tickmark.errors import TickmarkError  # noqa: PLC0415 - one candidate a process
    from tickmark.read import read_workbook  # noqa: PLC0415

    try:
        return read_workbook(path).formula_count
    except TickmarkError:
        return 0


def survey(*paths: str) -> Found:
    """The child's part: which workbooks have formulas, each once."""
    from hashlib import sha256  # noqa: PLC0415 - only here

    seen = set()
    counts = {}
    for path in paths:
        digest = sha256(Path(path).read_bytes()).digest()
        if digest not in seen and (count := formulas_in(path)):
            counts[path] = count
        seen.add(digest)
    return {"formulas": counts}


def tokenizer(path: str) -> int:
    """openpyxl: load, then every formula through its Tokenizer."""
    from openpyxl import load_workbook  # noqa: PLC0415 - one candidate a process
    from openpyxl.formula import Tokenizer  # noqa: PLC0415

    count = 0
    for sheet in load_workbook(path).worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    # Array formulas and data tables come as objects that hold their text.
                    text = getattr(cell.value, "text", cell.value)
                    if isinstance(text, str):
                        Tokenizer(text)
                    count += 1
    return count


def formualizer(path: str) -> int:
    import formualizer as engine  # noqa: PLC0415 - one candidate a process

    engine.load_workbook(path)
    return 0


READERS: Mapping[str, Callable[[str], Any]] = {
    "floor": floor,
    "tickmark": graph_of_file,
    "openpyxl": tokenizer,
    "formualizer": formualizer,
}


def read_folder(name: str, small: str, *paths: str) -> Found:
    """The child's part: each workbook by one candidate; what it refuses is left out."""
    import contextlib  # noqa: PLC0415 - the parent has no use for it
    import io  # noqa: PLC0415 - likewise
    import warnings  # noqa: PLC0415 - likewise

    warnings.simplefilter("ignore")
    reader = READERS[name]
    reader(small)
    files: dict[str, float] = {}
    refused = []
    with clock() as whole, contextlib.redirect_stderr(io.StringIO()):
        for path in paths:
            try:
                with clock() as own:
                    reader(path)
                files[path] = own.cpu
            except Exception as error:  # noqa: BLE001 - a peer's refusal is its answer
                demand(name != "tickmark", f"{path}: {error!r}")
                refused.append(path)
    return {**whole.told(), "files": files, "refused": refused}


def with_formulas(bench: Bench) -> dict[str, int]:
    """The real workbooks with formulas, each once, and how many they have."""
    counts: dict[str, int] = measured("survey", *bench.real())["formulas"]
    return counts


def figure(bench: Bench) -> Iterator[Line]:
    """Real workbooks together, reading included."""
    counts = with_formulas(bench)
    if not counts:
        yield "  no workbooks with formulas; name a folder by --folder or TICKMARK_CORPUS"
        return
    small = bench.book("filled", SMALL, "plain")
    paths = [path for path in counts if path.endswith((".xlsx", ".xlsm"))]
    left_out = [Path(path).name for path in counts if path not in set(paths)]
    total = sum(counts[path] for path in paths)
    runs = alternating(
        {name: ("folder", name, small, *paths) for name in READERS}, once=("openpyxl",)
    )
    best = fastest(runs)
    yield (
        f"  {len(paths)} workbooks, {total:,} formulas"
        + (f"; not of Excel's XML and left out: {', '.join(left_out)}" if left_out else "")
    )
    least = sum(best["floor"]["files"].values())
    for name, one in best.items():
        read = one["files"]
        formulas = sum(counts[path] for path in read)
        cpu = sum(read.values())
        yield (
            f"  {name:12}{cpu:8.2f} s CPU{cpu / least:8.1f} x floor{one['mb']:7.0f} MB"
            f"{formulas / cpu:12,.0f}/s   {len(one['refused'])} refused"
        )
    ours = best["tickmark"]["files"]
    slow = sorted(
        (path for path in paths if counts[path] >= FEWEST),
        key=lambda path: counts[path] / ours[path],
    )
    for path in slow[:5]:
        yield (
            f"  slow: {Path(path).name}: {per_second(counts[path], ours[path])}, "
            f"{counts[path]:,} formulas, {ours[path]:.2f} s"
        )
    speed = total / sum(ours.values())
    yield Goal(
        "real workbooks together, reading included",
        f"{speed:,.0f}/s",
        f">= {WANTED:,}/s",
        speed >= WANTED,
    )


CHILDREN = {"survey": survey, "folder": read_folder}
