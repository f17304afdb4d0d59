"""Reading a workbook: processor time and memory against the floor of unzipping and parsing alone.

`python run.py bench read [ROWS]` makes a workbook of ROWS x 20 cells, six columns of formulas.
Floor: inflate every part and run expat over it without handlers. Peers: python-calamine, which
reads values only, and openpyxl, which has to load twice for formulas and values.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from xml.parsers import expat

ROUNDS = 3
COLUMNS = 20
FORMULAS = 6

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml."
CONTENT_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default '
    'Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{CONTENT_TYPE}sheet.main+xml"/><Override '
    f'PartName="/xl/worksheets/sheet1.xml" ContentType="{CONTENT_TYPE}worksheet+xml"/></Types>'
)
RELATIONSHIPS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships/{kind}" Target="{target}"/></Relationships>'
)
WORKBOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://'
    'schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
    '<sheet name="Data" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


def make(path: Path, rows: int) -> None:
    """Write a workbook: fourteen columns of numbers, six of formulas with their values."""
    letters = [chr(65 + column) for column in range(COLUMNS)]
    plain = COLUMNS - FORMULAS
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("[Content_Types].xml", CONTENT_TYPES)
        book = RELATIONSHIPS.format(kind="officeDocument", target="xl/workbook.xml")
        target.writestr("_rels/.rels", book)
        target.writestr("xl/workbook.xml", WORKBOOK)
        page = RELATIONSHIPS.format(kind="worksheet", target="worksheets/sheet1.xml")
        target.writestr("xl/_rels/workbook.xml.rels", page)
        with target.open("xl/worksheets/sheet1.xml", "w") as part:
            part.write(SHEET.encode())
            for row in range(1, rows + 1):
                numbers = [row * 31 % 997 + column / 4 for column in range(plain)]
                cells = [
                    f'<c r="{letter}{row}"><v>{number!r}</v></c>'
                    for letter, number in zip(letters, numbers, strict=False)
                ]
                cells += [
                    f'<c r="{letters[plain + n]}{row}"><f>{letters[n]}{row}*2+{letters[n + 1]}{row}'
                    f"</f><v>{numbers[n] * 2 + numbers[n + 1]!r}</v></c>"
                    for n in range(FORMULAS)
                ]
                part.write(f'<row r="{row}">{"".join(cells)}</row>'.encode())
            part.write(b"</sheetData></worksheet>")


def floor(path: str) -> tuple[float, int]:
    """Inflate and parse, and do nothing with it."""
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            with package.open(name) as part:
                expat.ParserCreate().ParseFile(part)
    return 0.0, 0


def tickmark(path: str) -> tuple[float, int]:
    """Values, formulas, formats, layout."""
    from tickmark.read import read_workbook  # noqa: PLC0415 - one candidate per process

    cells = read_workbook(path).sheets[0].cells
    return float(cells.values.sum()), cells.formula_count


def calamine(path: str) -> tuple[float, int]:
    """Values only."""
    import python_calamine  # noqa: PLC0415 - one candidate per process

    rows = python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    return sum(map(sum, rows)), 0


def openpyxl(path: str) -> tuple[float, int]:
    """Values and formulas, one load for each."""
    from openpyxl import load_workbook  # noqa: PLC0415 - one candidate per process

    values = load_workbook(path, data_only=True).worksheets[0]
    formulas = load_workbook(path).worksheets[0]
    total = sum(cell.value for row in values.iter_rows() for cell in row)
    count = sum(cell.data_type == "f" for row in formulas.iter_rows() for cell in row)
    return total, count


CANDIDATES: Mapping[str, Callable[[str], tuple[float, int]]] = {
    "floor": floor,
    "tickmark": tickmark,
    "calamine": calamine,
    "openpyxl": openpyxl,
}


def measured(name: str, path: Path) -> dict[str, float]:
    """Run one candidate in a process of its own."""
    command = [sys.executable, __file__, "--candidate", name, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - this very script
    found: dict[str, float] = json.loads(done.stdout)
    return found


def candidate(name: str, path: str) -> None:
    """The child's part: run, and print what it took."""
    start = time.process_time()
    total, formulas = CANDIDATES[name](path)
    seconds = time.process_time() - start
    print(json.dumps({"total": total, "formulas": formulas, "cpu": seconds, "mb": peak()}))


def peak() -> float:
    """Most memory that this process has held, in MB."""
    if sys.platform == "win32":
        import psutil  # noqa: PLC0415 - the other systems know it without

        return float(psutil.Process().memory_info().peak_wset) / 2**20
    import resource  # noqa: PLC0415 - Windows has no such module

    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def main(rows: int) -> None:
    """Measure every candidate in turn, some rounds, and print the fastest of each."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made.xlsx"
        make(path, rows)
        runs = [{name: measured(name, path) for name in CANDIDATES} for _ in range(ROUNDS)]
    first = runs[0]
    if not (
        abs(first["tickmark"]["total"] - first["openpyxl"]["total"]) < 1
        and abs(first["tickmark"]["total"] - first["calamine"]["total"]) < 1
        and first["tickmark"]["formulas"] == first["openpyxl"]["formulas"] == rows * FORMULAS
    ):
        sys.exit("The candidates do not read the same cells.")
    best = {name: min((run[name] for run in runs), key=lambda one: one["cpu"]) for name in first}
    print(f"{rows * COLUMNS:,} cells, {rows * FORMULAS:,} formulas; CPU, best of {ROUNDS}")
    for name, one in best.items():
        ratio = one["cpu"] / best["floor"]["cpu"]
        print(f"{name:10}{one['cpu']:8.2f} s{ratio:8.1f} x floor{one['mb']:8.0f} MB")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--candidate"]:
        candidate(*sys.argv[2:4])
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
