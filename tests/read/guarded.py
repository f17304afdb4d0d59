"""A reading under guard: what it opens beside its file, what escapes it, what it leaves unsound."""

from __future__ import annotations

import dataclasses
import os
import pickle
import sys
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np

from tickmark.analyses.prepared import prepare
from tickmark.errors import TickmarkError
from tickmark.model.address import MAX_COLUMN, MAX_ROW
from tickmark.model.grid import NO_FORMULA, CellKind
from tickmark.model.workbook import Sheet, Workbook
from tickmark.read import Limits, read_workbook

ROOT = Path(__file__).parents[2]

CHECKED_CELLS = 100_000
"""A workbook of more is not looked through for what is unsound, which costs more than reading."""

# Python and the libraries, and what psutil and pipes need of the system.
_OWN_PLACES = tuple(
    str(place)
    for place in (
        *(sys.prefix, sys.base_prefix, sys.base_exec_prefix, ROOT / "pysrc", ROOT / "tests"),
        *(os.devnull, "/proc/"),
    )
)
_FORBIDDEN = (
    *("socket.", "os.exec", "os.fork", "os.link", "os.mkdir", "os.posix_spawn", "os.remove"),
    *("os.rename", "os.rmdir", "os.spawn", "os.startfile", "os.symlink", "os.system"),
    *("os.truncate", "ctypes.dlopen", "ftplib.", "http.client.", "shutil.", "smtplib."),
    *("sqlite3.", "tempfile.", "urllib.", "webbrowser.", "winreg.", "pty."),
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of a file.

    `refusal` is the sentence of a deliberate error. `problems` are the sentences about what is
    missing, behind the sheet's name for those of one sheet. The rest has to be empty: `fault` is
    the traceback of an error that nobody meant, `touched` what was opened or started that must not
    be, `unsound` what the workbook has that no workbook may.
    """

    refusal: str = ""
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    cells: int = 0
    fault: str = ""
    touched: tuple[str, ...] = ()
    unsound: tuple[str, ...] = ()

    @property
    def bad(self) -> bool:
        """Whether something happened that never may."""
        return bool(self.fault or self.touched or self.unsound)


@dataclass(slots=True)
class Watch:
    """What this process opens or starts beside `path` and Python itself, noted while `path` is set.

    `watch()` makes the one of a process; it costs next to nothing while it sleeps.
    """

    path: str = ""
    touched: list[str] = field(default_factory=list)

    def hook(self, event: str, arguments: tuple[object, ...]) -> None:
        """Note an event of Python's audit if it must not be."""
        if self.path and not _allowed(event, arguments, self.path):
            self.touched.append(f"{event} {arguments!r:.200}")


@cache
def watch() -> Watch:
    """The watch of this process."""
    made = Watch()
    sys.addaudithook(made.hook)
    return made


def read_guarded(
    path: Path,
    limits: Limits | None = None,
    *,
    password: str | None = None,
    analysed: bool = True,
) -> Reading:
    """Read a file, and with `analysed` make it ready for analysis, as `tickmark analyze` does."""
    seen = watch()
    seen.touched.clear()
    seen.path = str(path)
    try:
        workbook = read_workbook(path, limits or Limits(), password=password)
        unsound = tuple(_unsound(workbook)) if workbook.cell_count <= CHECKED_CELLS else ()
        if analysed:
            prepare(workbook, budget=500, tokens=len)
    except TickmarkError as error:
        return Reading(refusal=str(error), touched=tuple(seen.touched))
    except BaseException:  # noqa: BLE001 - also what Rust calls a panic
        return Reading(fault=traceback.format_exc(), touched=tuple(seen.touched))
    finally:
        seen.path = ""
    return Reading(
        problems=tuple(_problems(workbook)),
        notes=workbook.notes,
        cells=workbook.cell_count,
        touched=tuple(seen.touched),
        unsound=unsound,
    )


def _allowed(event: str, arguments: tuple[object, ...], path: str) -> bool:
    if event == "open":
        opened = arguments[0]
        if isinstance(opened, int):
            return True
        text = os.fsdecode(opened) if isinstance(opened, (str, bytes)) else str(opened)
        return text == path or text.startswith(_OWN_PLACES)
    if event == "subprocess.Popen":
        command = arguments[1]
        if not isinstance(command, list) or command[:3] != [sys.executable, "-P", "-m"]:
            return False
        return str(command[3]).startswith("tickmark.read.")
    return not event.startswith(_FORBIDDEN)


def _problems(workbook: Workbook) -> Iterator[str]:
    yield from (failure.message for failure in workbook.failures)
    yield from workbook.problems
    for sheet in workbook.sheets:
        yield from (f"{sheet.name}: {problem}" for problem in sheet.problems)


def _unsound(workbook: Workbook) -> Iterator[str]:
    """What no reading may leave behind, whatever the file says."""
    for sheet in workbook.sheets:
        yield from (f"{sheet.name}: {fault}" for fault in _unsound_sheet(sheet, workbook))
    if pickle.loads(pickle.dumps(workbook)).cell_count != workbook.cell_count:  # noqa: S301 - our own
        yield "it does not travel between processes"
    for text in _texts(workbook):
        try:
            text.encode()
        except UnicodeEncodeError:
            yield f"a text that no file can hold: {text!a:.80}"


def _unsound_sheet(sheet: Sheet, workbook: Workbook) -> Iterator[str]:
    cells = sheet.cells
    columns = (cells.rows, cells.columns, cells.kinds, cells.values, cells.styles, cells.formulas)
    if len({len(column) for column in columns}) != 1:
        yield "columns of different lengths"
        return
    keys = cells.rows.astype(np.int64) * (MAX_COLUMN + 1) + cells.columns
    textual = (cells.kinds == CellKind.TEXT) | (cells.kinds == CellKind.ERROR)
    indexes = cells.values[textual]
    numeric = cells.values[(cells.kinds == CellKind.NUMBER) | (cells.kinds == CellKind.DATE)]
    sound = {
        "cells out of order": bool(np.all(np.diff(keys) > 0)),
        "rows": _between(cells.rows, 1, MAX_ROW),
        "columns": _between(cells.columns, 1, MAX_COLUMN),
        "kinds": _between(cells.kinds, 0, max(CellKind)),
        "texts": _between(indexes, 0, len(cells.texts) - 1) and bool(np.all(indexes % 1 == 0)),
        "numbers": bool(np.isfinite(numeric).all()),
        "styles": _between(cells.styles, 0, len(workbook.styles) - 1),
        "formulas": _between(cells.formulas, NO_FORMULA, len(cells.formula_texts) - 1),
        "groups": set(cells.formula_groups) <= set(range(len(cells.formula_texts))),
        "merges": all(span.bottom <= MAX_ROW for span in sheet.merges),
        "hidden rows": all(1 <= a <= b <= MAX_ROW for a, b in sheet.hidden_rows),
        "hidden columns": all(1 <= a <= b <= MAX_COLUMN for a, b in sheet.hidden_columns),
        "problems": all(problem.endswith(".") for problem in sheet.problems),
    }
    yield from (name for name, good in sound.items() if not good)


def _between(numbers: np.ndarray, least: int, most: int) -> bool:
    return not len(numbers) or bool(numbers.min() >= least and numbers.max() <= most)


def _texts(value: object) -> Iterator[str]:
    """All texts inside a value of the model."""
    if isinstance(value, str):
        yield value
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for one in dataclasses.fields(value):
            yield from _texts(getattr(value, one.name))
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from _texts(key)
            yield from _texts(one)
    elif isinstance(value, (tuple, list)):
        for one in value:
            yield from _texts(one)
