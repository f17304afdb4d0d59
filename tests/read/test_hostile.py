"""Hostile files end in a workbook or a sentence, within time and memory, and reach nothing else."""

from __future__ import annotations

import ast
import multiprocessing
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

import pytest

from tests.read import (
    hostile_archives,
    hostile_cells,
    hostile_details,
    hostile_formats,
    hostile_markup,
)
from tests.read.guarded import ROOT, Reading, read_guarded, watch
from tests.read.hostile import Case
from tickmark.read import Limits

if sys.platform != "win32":
    import resource

CASES: Final = (
    *hostile_archives.CASES,
    *hostile_markup.CASES,
    *hostile_cells.CASES,
    *hostile_details.CASES,
    *hostile_formats.CASES,
)
SECONDS: Final = 90
"""Of CPU: the slowest files need some 20, and three times as many beside a busy neighbour."""

BYTES: Final = 1_000_000_000

FORKING: Final = "forkserver" in multiprocessing.get_all_start_methods()
if FORKING:
    # The libraries are loaded once, for all cases.
    multiprocessing.set_forkserver_preload(["tests.read.guarded"])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_hostile_file_ends_in_what_is_expected(case: Case, tmp_path: Path) -> None:
    path = tmp_path / f"{case.name}.{case.extension}"
    case.make(path)
    before = sorted(tmp_path.rglob("*"))

    reading, seconds, memory = within_bounds(path)

    assert reading == Reading(
        refusal=case.refusal.replace("{}", str(path)),
        problems=tuple(problem.replace("{}", str(path)) for problem in case.problems),
        notes=reading.notes,
        cells=reading.cells if case.cells is None else case.cells,
    )
    assert seconds < SECONDS
    assert memory[0] < BYTES
    assert memory[1] < Limits().child_bytes
    assert sorted(tmp_path.rglob("*")) == before


def within_bounds(path: Path) -> tuple[Reading, float, tuple[int, int]]:
    """A guarded reading in its own process: seconds of CPU, peaks of its and children's memory."""
    ours, theirs = multiprocessing.Pipe()
    arguments = (str(path), theirs)
    process = (
        multiprocessing.get_context("forkserver").Process(target=_read, args=arguments)
        if FORKING
        else multiprocessing.get_context("spawn").Process(target=_read, args=arguments)
    )
    process.start()
    theirs.close()
    try:
        answer: tuple[Reading, float, tuple[int, int]] = ours.recv()
    except EOFError:
        process.join()
        pytest.fail(f"the reading process ended with {process.exitcode}")
    process.join()
    return answer


def _read(path: str, pipe: Connection) -> None:
    if sys.platform == "win32":
        pipe.send((read_guarded(Path(path), analysed=False), 0.0, (0, 0)))
        return
    # What Python and its libraries have reserved is no use of memory.
    reserved = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    _lower(resource.RLIMIT_CPU, SECONDS)
    _lower(resource.RLIMIT_AS, reserved + BYTES)
    reading = read_guarded(Path(path), analysed=False)
    uses = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    seconds = sum(use.ru_utime + use.ru_stime for use in uses)
    unit = 1 if sys.platform == "darwin" else 1_024
    pipe.send((reading, seconds, tuple(use.ru_maxrss * unit for use in uses)))


def _lower(kind: int, bound: int) -> None:
    resource.setrlimit(kind, (bound, resource.getrlimit(kind)[1]))


def test_the_guard_sees_what_it_has_to_see(tmp_path: Path) -> None:
    seen = watch()
    seen.path = str(tmp_path / "book.xlsx")
    try:
        (tmp_path / "other").touch()
        Path(ROOT / "README.md").read_bytes()
        (tmp_path / "book.xlsx").touch()
    finally:
        seen.path = ""
    touched, seen.touched[:] = list(seen.touched), []
    assert [event.partition(" ")[0] for event in touched] == ["open", "open"]


def test_no_module_of_the_reader_can_reach_the_network_and_only_few_the_disk() -> None:
    net = {"ftplib", "http", "requests", "smtplib", "socket", "ssl", "urllib", "webbrowser"}
    disk = {"glob", "mmap", "os", "pathlib", "shutil", "sqlite3", "subprocess", "tempfile"}
    harmless = {"pathlib.PurePath", "urllib.parse.unquote"}
    reaching, opening = set(), set()
    for path in (ROOT / "pysrc" / "tickmark" / "read").glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        used = {name for node in ast.walk(tree) for name in _imported(node)} - harmless
        roots = {name.partition(".")[0] for name in used}
        reaching |= {path.stem} if roots & net else set()
        opening |= {path.stem} if roots & disk else set()
    assert reaching == set()
    # What is opened and started: the file itself, our own children, and LibreOffice with its files.
    assert opening == {
        *("child", "conversion", "converted_files", "early_sheet", "live", "office"),
        *("office_profile", "sheet_crew", "workbook"),
    }


def _imported(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Import):
        return {one.name for one in node.names}
    if isinstance(node, ast.ImportFrom) and node.module:
        return {f"{node.module}.{one.name}" for one in node.names}
    return set()
