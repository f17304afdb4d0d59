"""Reading workbooks: time and memory against the floor of unzipping and parsing alone.

`python run.py bench read [ROWS]` makes a workbook of ROWS x 20 cells, 30 % of them formulas, and
reads it in turn by each candidate. Floor: inflate every part and run expat over it without
handlers. Peers: python-calamine, fastexcel, polars and pandas, which read values only, and
openpyxl, which has to load twice for formulas and values. Libraries are loaded, and a small
workbook is read, before the clock starts. Then the same workbook with shared formulas; a workbook
of four sheets and a folder of workbooks, read by one process and by one a core; and beside them
what that many processes of plain arithmetic gain on this machine.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias
from xml.parsers import expat

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

COLUMNS = 20
FORMULAS = 6
ROUNDS = 3
SMALL = "small.xlsx"
SHEETS = 4
BOOKS = 8
SECONDS = 600.0
Loaded: TypeAlias = Any
"""What a library makes of a workbook."""

EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - a day of spreadsheets has no zone


@dataclass(frozen=True)
class Account:
    """What was read, in the least that tells one reading from another."""

    numbers: int = 0
    total: float = 0.0
    texts: int = 0
    letters: int = 0
    formulas: int = 0

    def same_values(self, other: Account) -> bool:
        """Whether all but the formulas agree."""
        mine, theirs = ((one.numbers, one.texts, one.letters) for one in (self, other))
        return mine == theirs and math.isclose(self.total, other.total, rel_tol=1e-9)


@dataclass(frozen=True)
class Candidate:
    """Reads a file, and says afterwards, off the clock, what it has read."""

    read: Callable[[str], Loaded]
    account: Callable[[Loaded], Account]
    gives: str


def floor(path: str) -> None:
    """Inflate and parse, and do nothing with it."""
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            with package.open(name) as part:
                expat.ParserCreate().ParseFile(part)


def tickmark(path: str, processes: int = 1) -> Loaded:
    from tickmark.read import read_workbook  # noqa: PLC0415 - one candidate per process

    return read_workbook(path, processes=processes)


def account_of_workbook(book: Loaded) -> Account:
    import numpy as np  # noqa: PLC0415 - one candidate per process

    from tickmark.model.grid import CellKind  # noqa: PLC0415 - one candidate per process

    numbers = texts = letters = 0
    totals = []
    for cells in (sheet.cells for sheet in book.sheets):
        values = cells.values[np.isin(cells.kinds, (CellKind.NUMBER, CellKind.DATE))]
        indexes = cells.values[cells.kinds == CellKind.TEXT].astype(int)
        lengths = np.array([len(text) for text in cells.texts] or [0])
        numbers += len(values)
        texts += len(indexes)
        letters += int(lengths[indexes].sum())
        totals.append(math.fsum(values))
    return Account(numbers, math.fsum(totals), texts, letters, book.formula_count)


def account_of_rows(rows: Iterable[Iterable[Loaded]], formulas: int = 0) -> Account:
    values = [value for row in rows for value in row]
    texts = [value for value in values if isinstance(value, str)]
    numbers = [serial(value) for value in values if not isinstance(value, (str, type(None)))]
    return Account(len(numbers), math.fsum(numbers), len(texts), sum(map(len, texts)), formulas)


def serial(value: Loaded) -> float:
    """A number, or the serial number of a day."""
    if isinstance(value, dt.datetime):
        return (value - EPOCH) / dt.timedelta(days=1)
    if isinstance(value, dt.date):
        return float((value - EPOCH.date()).days)
    return float(value)


def calamine(path: str) -> Loaded:
    import python_calamine  # noqa: PLC0415 - one candidate per process

    return python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()


def fastexcel(path: str) -> Loaded:
    import fastexcel  # noqa: PLC0415 - one candidate per process

    return fastexcel.read_excel(path).load_sheet(0, header_row=None)


def account_of_arrow(sheet: Loaded) -> Account:
    import polars as pl  # noqa: PLC0415 - one candidate per process

    return account_of_rows(pl.DataFrame(sheet).iter_rows())


def polars(path: str) -> Loaded:
    import polars as pl  # noqa: PLC0415 - one candidate per process

    return pl.read_excel(path, has_header=False, engine="calamine")


def pandas(path: str) -> Loaded:
    import pandas as pd  # noqa: PLC0415 - one candidate per process

    return pd.read_excel(path, header=None, engine="calamine")


def openpyxl(path: str) -> Loaded:
    from openpyxl import load_workbook  # noqa: PLC0415 - one candidate per process

    return load_workbook(path, data_only=True).worksheets[0], load_workbook(path).worksheets[0]


def account_of_cells(loaded: Loaded) -> Account:
    values, formulas = loaded
    count = sum(cell.data_type == "f" for row in formulas.iter_rows() for cell in row)
    return account_of_rows(values.iter_rows(max_col=COLUMNS, values_only=True), count)


CANDIDATES: Mapping[str, Candidate] = {
    "floor": Candidate(floor, lambda _: Account(), "nothing"),
    "tickmark": Candidate(tickmark, account_of_workbook, "all"),
    "calamine": Candidate(calamine, account_of_rows, "values"),
    "fastexcel": Candidate(fastexcel, account_of_arrow, "values"),
    "polars": Candidate(polars, lambda frame: account_of_rows(frame.iter_rows()), "values"),
    "pandas": Candidate(
        pandas, lambda frame: account_of_rows(frame.itertuples(index=False)), "values"
    ),
    "openpyxl": Candidate(openpyxl, account_of_cells, "values, formulas"),
}


@dataclass(frozen=True)
class Measured:
    """One reading: seconds, the most memory held in MB, and what was read."""

    cpu: float
    wall: float
    mb: float
    account: Account


def measured(name: str, path: Path, processes: int = 1) -> Measured:
    """Run one candidate in a process of its own."""
    command = [sys.executable, __file__, "--candidate", name, str(path), str(processes)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603 - this very script
    found = json.loads(done.stdout)
    return Measured(**{**found, "account": Account(**found["account"])})


def candidate(name: str, path: str, processes: str) -> None:
    """The child's part: run, and print what it took."""
    one = CANDIDATES[name]
    one.read(str(Path(path).with_name(SMALL)))
    rest = (int(processes),) if name == "tickmark" else ()
    wall, cpu = time.perf_counter(), time.process_time()
    read = one.read(path, *rest)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    mb = peak()
    found = vars(one.account(read))
    print(json.dumps({"cpu": cpu, "wall": wall, "mb": mb, "account": found}))


def peak() -> float:
    """Most memory that this process has held, in MB."""
    if sys.platform == "win32":
        import psutil  # noqa: PLC0415 - the other systems know it without

        return float(psutil.Process().memory_info().peak_wset) / 2**20
    import resource  # noqa: PLC0415 - Windows has no such module

    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def arithmetic() -> None:
    """Work that needs nothing but a core."""
    start = time.perf_counter()
    sum(range(40_000_000))
    print(time.perf_counter() - start)


def gain_of_arithmetic(processes: int) -> float:
    """How many times one process's work that many get done at once on this machine now."""
    command = [sys.executable, __file__, "--arithmetic"]

    def slowest(count: int) -> float:
        running = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(count)]  # noqa: S603 - this very script
        return max(float(one.communicate()[0]) for one in running)

    return processes * slowest(1) / slowest(processes)


def cells_of(path: Path) -> int:
    """A worker's part: the number of cells of one workbook."""
    return int(tickmark(str(path)).cell_count)


def read_folder(paths: list[Path], processes: int) -> tuple[float, int]:
    """Seconds for all workbooks, the start of the workers too, and their cells."""
    from tickmark.hosts.workers import in_processes  # noqa: PLC0415 - only the parent asks for it

    start = time.perf_counter()
    found = dict(in_processes(cells_of, paths, workers=processes, seconds=SECONDS))
    seconds = time.perf_counter() - start
    return seconds, sum(one for one in found.values() if isinstance(one, int))


def check(runs: Mapping[str, Measured], rows: int) -> None:
    """All candidates have read the same cells."""
    first = runs["tickmark"].account
    wrong = [
        name
        for name, one in runs.items()
        if CANDIDATES[name].gives != "nothing"
        and not (
            one.account.same_values(first)
            and (CANDIDATES[name].gives == "values" or one.account.formulas == rows * FORMULAS)
        )
    ]
    if wrong or first.numbers + first.texts != rows * COLUMNS:
        accounts = {name: one.account for name, one in runs.items()}
        sys.exit(f"Not all candidates read the same cells: {accounts}")


def fastest(runs: Iterable[Measured]) -> Measured:
    return min(runs, key=lambda one: one.cpu)


def single(folder: Path, rows: int) -> Iterator[str]:
    """One sheet: every candidate; shared formulas beside plain ones."""
    plain, shared = folder / "plain.xlsx", folder / "shared.xlsx"
    write(plain, rows)
    write(shared, rows, shared=True)
    runs, members = [], []
    for _ in range(ROUNDS):
        runs.append({name: measured(name, plain) for name in CANDIDATES})
        members.append({name: measured(name, shared) for name in ("floor", "tickmark")})
        check(runs[-1], rows)
        check(members[-1], rows)
    best = {name: fastest(run[name] for run in runs) for name in CANDIDATES}
    least = best["floor"].cpu
    yield f"{rows * COLUMNS:,} cells, {rows * FORMULAS:,} formulas; best of {ROUNDS}"
    yield f"{'':10}{'CPU s':>8}{'wall s':>8}{'x floor':>9}{'MB':>6}  gives"
    for name, one in best.items():
        times = f"{one.cpu:8.2f}{one.wall:8.2f}{one.cpu / least:9.1f}"
        yield f"{name:10}{times}{one.mb:6.0f}  {CANDIDATES[name].gives}"
    with_shared = {name: fastest(run[name] for run in members) for name in members[0]}
    ours = with_shared["tickmark"].cpu
    yield (
        f"All formulas shared: {ours:.2f} s CPU, {ours / best['tickmark'].cpu:.2f} x the plain "
        f"ones, {ours / with_shared['floor'].cpu:.1f} x its own floor"
    )


def many(folder: Path, rows: int) -> Iterator[str]:
    """Several sheets and several workbooks: one process and one a core."""
    from tickmark.read.sheet_crew import cores  # noqa: PLC0415 - only the parent asks for it

    sheets = folder / "sheets.xlsx"
    write(sheets, rows, sheets=SHEETS)
    books = [folder / f"book{number}.xlsx" for number in range(BOOKS)]
    write(books[0], rows // 2)
    for copy in books[1:]:
        copy.write_bytes(books[0].read_bytes())
    counts = (1, cores())
    by_sheets: dict[int, list[float]] = {count: [] for count in counts}
    by_books: dict[int, list[float]] = {count: [] for count in counts}
    gains = []
    for _ in range(ROUNDS):
        gains.append(gain_of_arithmetic(counts[-1]))
        for count in counts:
            one = measured("tickmark", sheets, count)
            seconds, cells = read_folder(books, count)
            read = one.account.numbers + one.account.texts, one.account.formulas, cells
            whole = SHEETS * rows
            if read != (whole * COLUMNS, whole * FORMULAS, BOOKS * (rows // 2) * COLUMNS):
                sys.exit(f"Cells are missing: {read}")
            by_sheets[count].append(one.wall)
            by_books[count].append(seconds)
    yield f"{counts[-1]} processes of plain arithmetic do {max(gains):.1f} x the work of one"
    for words, walls in (
        (f"{SHEETS} sheets of {rows * COLUMNS:,} cells", by_sheets),
        (f"{BOOKS} workbooks of {rows // 2 * COLUMNS:,} cells", by_books),
    ):
        alone, together = (min(walls[count]) for count in counts)
        yield (
            f"{words}: {alone:.2f} s wall by 1 process, {together:.2f} s by {counts[-1]}, "
            f"{alone / together:.1f} x as fast"
        )


def write(path: Path, rows: int, *, sheets: int = 1, shared: bool = False) -> None:
    """Make a workbook, in a process of its own: a child's peak is at least that of its parent."""
    made = [str(path), str(rows), str(sheets), "shared" if shared else "plain"]
    subprocess.run([sys.executable, __file__, "--make", *made], check=True)  # noqa: S603 - this very script


def make(path: str, rows: str, sheets: str, formulas: str) -> None:
    """The child's part."""
    from tests.large_book import write_large_book  # noqa: PLC0415 - its parent stays small

    write_large_book(Path(path), int(rows), sheets=int(sheets), shared=formulas == "shared")


def main(rows: int) -> None:
    """Measure, some rounds, and print the fastest of each."""
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder) / SMALL, 5)
        for part in (single, many):
            for line in part(Path(folder), rows):
                print(line, flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--candidate"]:
        candidate(*sys.argv[2:5])
    elif sys.argv[1:2] == ["--make"]:
        make(*sys.argv[2:6])
    elif sys.argv[1:2] == ["--arithmetic"]:
        arithmetic()
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
