"""Real workbooks read as openpyxl reads them, wherever openpyxl is right."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
import pytest

from tests.read.openpyxl_reading import differences
from tests.read.parts import parts, read
from tickmark.errors import WorkbookRefused
from tickmark.model.grid import Cells
from tickmark.model.workbook import Workbook
from tickmark.read import SUPPORTED, read_workbook

SMALL = 150_000
FOLDER = Path(os.environ.get("TICKMARK_CORPUS", ""))  # noqa: TID251 - names test data, no setting
BESIDE = FOLDER.parent / "labelled" / "tables"
"""Further workbooks beside those of the corpus, where they are there."""


@dataclass(frozen=True, slots=True)
class Known:
    """A difference with its reason; `places` are all there are, or how many."""

    reason: str
    places: int | tuple[str, ...]


LINK_TEXT = "openpyxl shows the target or place of a link as the value of its empty cell"
MERGED = "openpyxl empties the cells inside merged ranges"
FRAMED = "openpyxl frames the first cell of a merged range as the range is framed"
BLACK = "openpyxl takes a solid fill without colour for black; Excel chooses the colour"

KNOWN: Mapping[str, Mapping[str, Known]] = {
    "azure_checklists__review_checklist.xlsm": {"cell unread": Known(LINK_TEXT, 3066)},
    "ironcalc__wordle.xlsx": {"no cell": Known(MERGED, ("Wordle!F17", "Wordle!F18"))},
    "times_nz__NZVehicleFleet_2023.xlsx": {
        "cell unread": Known(LINK_TEXT, ("9.1!O1", "11.1,11.2!J1")),
        "value unread": Known(LINK_TEXT, ("9.1!O1",)),
    },
    "umya__issue_216.xlsx": {"border": Known(FRAMED, ("Overview!A1", "Overview!A33"))},
    "labelled/31.xlsx": {"fill colour": Known(BLACK, ("WT&BAL!D26",))},
}

REFUSED = {
    "poi__clusterfuzz-testcase-minimized-POIXSSFFuzzer-5089447305609216.xlsx": (
        "is damaged: its zip archive cannot be opened; restore it from a backup or save it again."
    ),
    "calamine__pass_protected.xlsb": "is protected by a password; give it with --password.",
}


def workbooks(folder: Path) -> list[str]:
    """Names of the workbooks that openpyxl can read."""
    if not folder.is_dir() or folder == Path():
        return []
    return sorted(
        path.name
        for path in folder.iterdir()
        if path.suffix in {".xlsx", ".xlsm"}
        and path.name not in REFUSED
        and (folder == FOLDER or path.stat().st_size < SMALL)
    )


@pytest.fixture(autouse=True)
def without_garbage_collection() -> Iterator[None]:
    """Millions of cells of openpyxl are not looked through for garbage again and again."""
    gc.disable()
    yield
    gc.enable()
    gc.collect()


def check(path: Path, known: Mapping[str, Known]) -> None:
    read = read_workbook(path)
    assert (read.failures, read.problems) == ((), ())
    assert [sheet.problems for sheet in read.sheets if sheet.problems] == []
    found = {fact: tuple(places) for fact, places in differences(read, path).items()}
    for fact, one in known.items():
        if isinstance(one.places, int):
            assert len(found.pop(fact)) == one.places, one.reason
        else:
            assert found.pop(fact) == one.places, one.reason
    assert {fact: (len(places), places[:9]) for fact, places in found.items()} == {}


@pytest.mark.parametrize("name", workbooks(FOLDER))
def test_a_real_workbook_reads_as_openpyxl_reads_it(corpus: Path, name: str) -> None:
    check(corpus / name, KNOWN.get(name, {}))


@pytest.mark.parametrize("name", workbooks(BESIDE))
def test_a_workbook_beside_the_corpus_reads_as_openpyxl_reads_it(name: str) -> None:
    check(BESIDE / name, KNOWN.get(f"labelled/{name}", {}))


@pytest.mark.parametrize(
    ("name", "cells", "formulas"),
    [
        ("brightway__example.xlsx", 213, 0),
        ("closedxml__ceiling-floor.xlsx", 451, 276),
        ("closedxml__input.xlsx", 94, 0),
        ("excel_to_code__offset-is-weird.xlsx", 470, 445),
        ("excel_to_code__offsets.xlsx", 2543, 1129),
        ("ironcalc__wordle.xlsx", 1182, 782),
        ("poi__WithChart.xlsx", 12, 0),
        ("tidyxl__enron-constants.xlsx", 2673, 1167),
        ("web_models__DCF.xlsx", 1382, 346),
        ("xlwings__async_tests.xlsm", 5470, 221),
    ],
)
def test_cells_and_formulas_of_real_workbooks_are_counted(
    corpus: Path, name: str, cells: int, formulas: int
) -> None:
    read = read_workbook(corpus / name)
    assert (read.cell_count, read.formula_count) == (cells, formulas)


def test_every_small_real_workbook_is_read_whole_or_refused(corpus: Path) -> None:
    refused: dict[str, str] = {}
    for path in sorted(corpus.iterdir()):
        if path.suffix[1:].lower() not in SUPPORTED or path.stat().st_size > SMALL:
            continue
        try:
            read = read_workbook(path)
        except WorkbookRefused as error:
            refused[path.name] = str(error).removeprefix(f"{path} ")
            continue
        assert read.failures == ()
        assert [sheet.problems for sheet in read.sheets if sheet.problems] == []
    assert refused == REFUSED


def changed(read: Workbook, at: str, column: str, value: float) -> Workbook:
    """The workbook with one cell of its only sheet changed in one of the arrays."""
    (sheet,) = read.sheets
    array = np.array(getattr(sheet.cells, column))
    array[next(place for place, cell in enumerate(sheet.cells) if cell.a1 == at)] = value
    cells = Cells(
        **{one.name: getattr(sheet.cells, one.name) for one in fields(Cells)} | {column: array}
    )
    return replace(read, sheets=(replace(sheet, cells=cells),))


def test_the_comparison_notes_what_differs(tmp_path: Path) -> None:
    styles = (
        '<fonts count="2"><font><sz val="11"/></font><font><b/><sz val="8"/>'
        '<color rgb="FFFF0000"/></font></fonts><fills count="2"><fill><patternFill/></fill><fill>'
        '<patternFill patternType="solid"><fgColor rgb="FF00FF00"/></patternFill></fill></fills>'
        '<borders count="2"><border/><border><left style="thin"/></border></borders>'
        '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0"/>'
        '<xf numFmtId="14" fontId="1" fillId="1" borderId="1"/></cellXfs>'
    )
    cells = '<c r="A1"><v>1</v></c><c r="B1" s="1"><f>A1+1</f><v>2</v></c><c r="C1"><v>3</v></c>'
    book_part = '<definedNames><definedName name="one">Data!$A$1</definedName></definedNames>'
    plain = read(tmp_path, parts(cells, styles=styles, book=book_part))
    path = tmp_path / "book.xlsx"
    assert differences(plain, path) == {}
    assert differences(changed(plain, "A1", "values", 1.5), path) == {"value": ["Data!A1"]}
    assert differences(changed(plain, "A1", "kinds", 5), path) == {"value": ["Data!A1"]}
    assert differences(changed(plain, "B1", "formulas", -1), path) == {"formula": ["Data!B1"]}
    assert differences(changed(plain, "A1", "styles", plain.sheets[0].cells.styles[1]), path) == {
        fact: ["Data!A1"]
        for fact in (
            "number format", "bold", "font size", "font colour", "fill", "fill colour", "border",
        )
    }  # fmt: skip
    moved = changed(plain, "C1", "columns", 4)
    assert differences(moved, path) == {
        "value": ["Data!D1"],
        "no cell": ["Data!D1"],
        "cell unread": ["Data!C1"],
        "value unread": ["Data!C1"],
    }
    assert differences(replace(plain, date1904=True), path) == {
        "date1904": [""],
        "value": ["Data!B1"],
    }
    assert differences(replace(plain, names=()), path) == {"names": [""]}
    (sheet,) = plain.sheets
    hidden = replace(sheet, hidden_rows=((1, 1),), hidden_columns=((2, 3),))
    assert differences(replace(plain, sheets=(hidden,)), path) == {
        "hidden rows": ["Data"],
        "hidden columns": ["Data"],
    }
