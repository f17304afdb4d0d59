"""The folder of one run: `run.json`, `results.jsonl`, `report.html` and the analysed copies."""

from __future__ import annotations

import datetime as dt
import json
import os
import secrets
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from tickmark.errors import InputError
from tickmark.hosts.timeline import TIMELINE_FILE
from tickmark.model.analysis import Analysis, Status
from tickmark.model.run import Run
from tickmark.report.html import render_report
from tickmark.report.records import (
    analysis_from_record,
    analysis_record,
    run_from_record,
    run_record,
)
from tickmark.write.analysed import PATCHABLE

RUN_FILE = "run.json"
RESULTS_FILE = "results.jsonl"
REPORT_FILE = "report.html"
REQUEST_FILE = "request.json"
"""What the run was asked; hosts/run_request.py writes it."""
LONGEST_STEM = 180


def new_run_id(now: dt.datetime) -> str:
    """A name that sorts by time and is unique, such as `20261121-021530-9f3c`."""
    return f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


def call_run_id(command: str) -> str:
    """The name of a run that has no folder, such as `ask-20261121-021530-9f3c`."""
    return f"{command}-{new_run_id(dt.datetime.now(dt.UTC).astimezone())}"


def is_run_folder(folder: Path) -> bool:
    """Whether a folder holds the outputs of a run."""
    asked = (folder / RUN_FILE).is_file() or (folder / REQUEST_FILE).is_file()
    return asked and (folder / RESULTS_FILE).is_file()


def refuse_links(folder: Path) -> None:
    """Raise InputError where a run folder holds what no run makes, such as a link.

    What is written through a link that came along with a folder of strangers lands elsewhere.
    """
    for place, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = Path(place, name)
            kind = path.lstat().st_mode
            if not (stat.S_ISREG(kind) or stat.S_ISDIR(kind)):
                raise InputError(
                    f"{path} is a link or no file at all, which no run of Tickmark makes; remove "
                    "it, or leave this run alone."
                )


def default_out(folder: Path) -> Path:
    """The folder of all runs, made so that a repository around it does not track them.

    Raises InputError where it cannot be made.
    """
    try:
        folder.mkdir(exist_ok=True)
        # Never through a link that came along with strangers' files.
        with suppress(FileExistsError), (folder / ".gitignore").open("x", encoding="utf-8") as file:
            file.write("*\n")
    except OSError as error:
        message = f"{folder} cannot be written: {error.strerror}; choose a folder with --out."
        raise InputError(message) from error
    return folder


def output_places(sources: Sequence[PurePosixPath]) -> tuple[PurePosixPath, ...]:
    """Where the analysed copy of each source goes, relative to the run folder; all distinct.

    `NAME.analysed` with the source's extension, or with `.xlsx` where a companion is written; a
    companion whose name is taken keeps the source's extension inside it.
    """
    places: dict[int, PurePosixPath] = {}
    taken: set[str] = set()
    patched = [n for n, source in enumerate(sources) if _patchable(source)]
    others = [n for n, source in enumerate(sources) if not _patchable(source)]
    for number in patched + others:
        source = _short(sources[number])
        plain = source.with_name(f"{source.stem}.analysed{source.suffix}")
        wishes = [plain] if _patchable(source) else [plain.with_suffix(".xlsx"), companion(source)]
        wish = next((w for w in wishes if str(w).casefold() not in taken), None)
        count = 2
        while wish is None:
            again = wishes[-1].with_stem(f"{wishes[-1].stem} ({count})")
            wish = again if str(again).casefold() not in taken else None
            count += 1
        taken.add(str(wish).casefold())
        places[number] = wish
    return tuple(places[number] for number in range(len(sources)))


def companion(source: PurePosixPath) -> PurePosixPath:
    """Place of a companion that no patched copy and no other kind of source can have."""
    source = _short(source)
    return source.with_name(f"{source.name}.analysed.xlsx")


def _short(source: PurePosixPath) -> PurePosixPath:
    """A place whose name leaves room for what is added to it; no system takes 256 bytes."""
    stem = os.fsencode(source.stem)[:LONGEST_STEM].decode("utf-8", "ignore").rstrip(" .")
    long = len(os.fsencode(source.stem)) > LONGEST_STEM
    return source.with_name(f"{stem}{source.suffix}") if long else source


def _patchable(source: PurePosixPath) -> bool:
    return source.suffix.lower().removeprefix(".") in PATCHABLE


@dataclass(slots=True)
class RunFolder:
    """A run folder; results are appended line by line, so that a killed run leaves them.

    Raises InputError where the folder cannot be made or written, or holds anything already:
    nothing is ever overwritten, least of all a source. With `resumed` it is that of an earlier run,
    whose results begin anew; what is `kept` of them is to be added again.
    """

    path: Path
    resumed: bool = False
    kept: Mapping[str, Analysis] = field(default_factory=dict)

    def __post_init__(self) -> None:
        try:
            if self.resumed:
                self.kept = _finished(self.path)
                for torn in self.path.rglob(".tickmark-*.tmp"):
                    torn.unlink()
                (self.path / RUN_FILE).unlink(missing_ok=True)
                (self.path / RESULTS_FILE).write_text("", encoding="utf-8")
                return
            self.path.mkdir(parents=True, exist_ok=True)
            if is_run_folder(self.path):
                message = f"{self.path} already holds a run; choose another folder with --out."
                raise InputError(message)
            if any(self.path.iterdir()):
                message = f"{self.path} holds other files; name a new folder with --out."
                raise InputError(message)
            (self.path / RESULTS_FILE).write_text("", encoding="utf-8")
        except OSError as error:
            message = f"{self.path} cannot be written: {error.strerror}; choose another --out."
            raise InputError(message) from error

    def append(self, analysis: Analysis) -> None:
        """Add one result; it is on its way to the disk when this returns."""
        line = json.dumps(analysis_record(analysis)) + "\n"
        with (
            _writing(self.path),
            (self.path / RESULTS_FILE).open("a", encoding="utf-8", newline="\n") as results,
        ):
            results.write(line)

    def close(self, run: Run) -> None:
        """Write `run.json` and the report over all results."""
        write_run(self.path, run)
        write_report(self.path, run)


def _finished(folder: Path) -> dict[str, Analysis]:
    """The workbooks that a run was through with, by path; of a torn last line nothing."""
    found: dict[str, Analysis] = {}
    with suppress(InputError):
        for analysis in read_results(folder):
            if analysis.status is Status.OK:
                found[analysis.path] = analysis
    return found


def write_run(folder: Path, run: Run) -> None:
    """Write `run.json` whole or not at all."""
    text = json.dumps(run_record(run), indent=2) + "\n"
    _replace(folder / RUN_FILE, text)


def write_report(folder: Path, run: Run) -> None:
    """Render the report of a run from its results; it leads to the timeline if there is one."""
    timeline = TIMELINE_FILE if (folder / TIMELINE_FILE).is_file() else ""
    _replace(folder / REPORT_FILE, render_report(run, read_results(folder), timeline=timeline))


def read_run(folder: Path) -> Run:
    """The record of a finished run; raises InputError where the folder holds none."""
    return run_from_record(_json(folder / RUN_FILE, _text(folder / RUN_FILE)))


def read_results(folder: Path) -> Iterator[Analysis]:
    """The analyses of a run, one by one, in order; raises InputError on a damaged line."""
    path = folder / RESULTS_FILE
    try:
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                yield analysis_from_record(_json(path, line))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(_unreadable(path)) from error


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(_unreadable(path)) from error


def _json(path: Path, text: str) -> dict[str, object]:
    try:
        record = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(_unreadable(path)) from error
    if not isinstance(record, dict):
        raise InputError(_unreadable(path))
    return record


def _unreadable(path: Path) -> str:
    return f"{path} cannot be read; name the folder of a finished run."


def _replace(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}.tmp")
    with _writing(path.parent):
        temporary.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
        os.replace(temporary, path)  # noqa: PTH105 - the same on all systems


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        message = (
            f"{folder} cannot be written: {error.strerror}; make room or choose another --out, "
            "then run again."
        )
        raise InputError(message) from error
