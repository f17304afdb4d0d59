"""What is kept of the last analysis of a workbook: its run folder, and its findings to visit."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tickmark import __version__
from tickmark.hosts.folder import now
from tickmark.hosts.open_book import BookPlace
from tickmark.hosts.private_file import private_folder, read_private, write_private
from tickmark.hosts.run_folder import REPORT_FILE, RunFolder
from tickmark.model.analysis import Analysis, Status
from tickmark.model.run import Run
from tickmark.report.rows import where
from tickmark.report.severity import shown
from tickmark.report.wording import plain
from tickmark.settings import state_folder

RUNS_KEPT = 20
MOST_PLACES = 5_000


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """One finding to go to: the sheet and its cells ("" for the whole sheet), and what it says."""

    sheet: str
    range: str
    text: str


@dataclass(frozen=True, slots=True)
class Memory:
    """The last run over a workbook, its places, and the one that was shown last (-1: none)."""

    run_id: str
    places: tuple[FoundPlace, ...] = ()
    at: int = -1


def remember(
    place: BookPlace, analysis: Analysis, *, run_id: str, started: str, max_cost: float
) -> None:
    """Keep the results as a run folder with its report, and the findings. Raises InputError."""
    private_folder(runs_folder())
    folder = RunFolder(run_report(run_id).parent)
    folder.append(analysis)
    complete = analysis.status is Status.OK
    folder.close(
        Run(
            id=run_id,
            version=__version__,
            started=started,
            finished=now(),
            paths=(analysis.path,),
            model=analysis.model,
            question=analysis.question,
            max_cost=max_cost,
            workbooks=1,
            failed=int(analysis.status is Status.FAILED),
            incomplete=int(analysis.status is Status.INCOMPLETE),
            complete=complete,
            exit_code=0 if complete else 3,
            usage=analysis.usage,
            seconds=analysis.seconds,
        )
    )
    _forget_old_runs()
    found = shown(analysis.findings)[:MOST_PLACES]
    places = tuple(
        FoundPlace(
            one.sheet,
            "".join(one.ranges[:1]),
            f"{one.severity.word} {plain(one.rule, 80)}, {where(one)}: {plain(one.message, 300)}",
        )
        for one in found
        if one.sheet
    )
    keep(place.key, Memory(run_id, places))


def recall(key: str) -> Memory | None:
    """What is kept of the workbook with this key; None for nothing."""
    record = read_private(_file(key))
    run_id, places, at = record.get("run"), record.get("places"), record.get("at")
    if not isinstance(run_id, str) or not isinstance(places, list) or not isinstance(at, int):
        return None
    known = tuple(_place(one) for one in places if isinstance(one, dict))
    return Memory(run_id, known, at if -1 <= at < len(known) else -1)


def keep(key: str, memory: Memory) -> None:
    """Keep what is known of the workbook with this key. Raises OSError."""
    places = [{"sheet": p.sheet, "range": p.range, "text": p.text} for p in memory.places]
    write_private(_file(key), {"run": memory.run_id, "places": places, "at": memory.at})


def step(memory: Memory, by: int) -> Memory:
    """The memory at the next place, or at the one before; the ends meet."""
    if memory.at < 0:
        at = 0 if by > 0 else len(memory.places) - 1
    else:
        at = (memory.at + by) % len(memory.places)
    return replace(memory, at=at)


def runs_folder() -> Path:
    """Where the run folders of the ribbon are."""
    return state_folder() / "runs"


def run_report(run_id: str) -> Path:
    """The report of a run of the ribbon, whether it exists or not."""
    return runs_folder() / run_id / REPORT_FILE


def _place(record: Mapping[str, object]) -> FoundPlace:
    return FoundPlace(*(str(record.get(name, "")) for name in ("sheet", "range", "text")))


def _file(key: str) -> Path:
    return state_folder() / "books" / f"{key}.json"


def _forget_old_runs() -> None:
    folders = sorted(folder for folder in runs_folder().iterdir() if folder.is_dir())
    for folder in folders[:-RUNS_KEPT]:
        shutil.rmtree(folder, ignore_errors=True)
