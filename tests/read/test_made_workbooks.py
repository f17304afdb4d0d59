"""What real workbooks rarely hold, read from workbooks made part by part.

LibreOffice and openpyxl read them too, so that they are known to be right.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest

from tests.read.made_workbooks import MADE
from tests.read.openpyxl_reading import differences
from tests.read.parts import formulas, read, values, zipped
from tickmark.model.address import CellRef, RangeRef
from tickmark.model.annotation import Comment, Reply
from tickmark.model.book_details import BookProtection
from tickmark.model.drawing import Sparkline
from tickmark.model.fingerprint import fingerprint
from tickmark.model.grid import CellKind
from tickmark.model.sheet_details import OutlineRun, ProtectedRange, SheetDetails, SheetProtection
from tickmark.model.workbook import DefinedName, Sheet, SheetState, Workbook
from tickmark.read import read_workbook
from tickmark.structure.dates import date_text
from tickmark.structure.frames import to_frame
from tickmark.structure.relative import shift


def made(tmp_path: Path, name: str) -> Workbook:
    book = read(tmp_path, MADE[name]())
    assert (book.failures, book.problems, book.notes) == ((), (), ())
    assert [problem for sheet in book.sheets for problem in sheet.problems] == []
    return book


def only(book: Workbook) -> Sheet:
    (sheet,) = book.sheets
    return sheet


def dates(book: Workbook) -> dict[str, str]:
    """Address to text of the cells that show a date or time."""
    return {
        cell.a1: date_text(
            float(cell.value or 0),
            date1904=book.date1904,
            number_format=book.styles[cell.style].number_format,
        )
        for cell in only(book).cells
        if cell.kind is CellKind.DATE
    }


def groups(sheet: Sheet) -> dict[str, tuple[str, str]]:
    """Range to kind and text of the formulas that fill several cells."""
    cells = sheet.cells
    return {
        group.range.a1: (group.kind.value, cells.formula_texts[index])
        for index, group in cells.formula_groups.items()
    }


def test_a_strict_workbook_with_iso_dates(tmp_path: Path) -> None:
    book = made(tmp_path, "strict")
    assert dates(book) == {
        "A1": "2024-02-29",
        "B1": "2024-02-29T13:30:00",
        "C1": "13:30:00",
        "F1": "2024-02-29",
        "G1": "1900-01-31",
    }
    assert values(only(book))["A1"] == 45351.0
    assert values(only(book))["G1"] == 31.0
    assert values(only(book))["D1"] == "Text"
    assert formulas(only(book)) == {"E1": "YEAR(A1)"}


def test_the_date_system_of_1904(tmp_path: Path) -> None:
    book = made(tmp_path, "days_of_1904")
    assert book.date1904
    assert dates(book) == {
        "A1": "1904-01-01",
        "B1": "2024-02-29",
        "C1": "2024-02-29T13:30:00",
        "D1": "13:30:00",
        "E1": "36:00:00",
        "F1": "-6:00:00",
    }
    assert values(only(book))["G1"] == 43889.0
    frame = to_frame(book, RangeRef.parse("Data!A1:F1"), header_rows=0)
    assert [str(kind) for kind in frame.dtypes] == ["datetime64[ms]"] * 3 + ["timedelta64[ms]"] * 3
    assert frame.iloc[0].tolist() == [
        pd.Timestamp("1904-01-01"),
        pd.Timestamp("2024-02-29"),
        pd.Timestamp("2024-02-29 13:30"),
        pd.Timedelta("13:30:00"),
        pd.Timedelta(hours=36),
        pd.Timedelta(hours=-6),
    ]


def test_data_tables_of_one_and_two_inputs(tmp_path: Path) -> None:
    sheet = only(made(tmp_path, "data_tables"))
    assert groups(sheet) == {
        "B3:B4": ("data table", "TABLE(,A1)"),
        "B7:C7": ("data table", "TABLE(B1,)"),
        "B10:C11": ("data table", "TABLE(B1,A1)"),
    }
    assert values(sheet)["C11"] == 140.0


def test_dynamic_arrays_are_told_from_older_ones(tmp_path: Path) -> None:
    sheet = only(made(tmp_path, "arrays"))
    assert groups(sheet) == {
        "B1:B3": ("dynamic array", "A1:A3*2"),
        "C1:C3": ("array", "A1:A3*3"),
        "D1": ("dynamic array", "SUM(A1:A3*A1:A3)"),
    }
    assert [values(sheet)[at] for at in ("B2", "B3", "C2", "C3")] == [4.0, 6.0, 6.0, 9.0]


def test_a_thread_with_a_reply_stands_for_its_note(tmp_path: Path) -> None:
    assert only(made(tmp_path, "threaded_comments")).details.comments == (
        Comment(
            CellRef("Data", 1, 1),
            "Ann",
            "Why 1?",
            threaded=True,
            time="2024-03-01T10:00:00.00",
            resolved=True,
            replies=(Reply("Bob", "Agreed.", "2024-03-02T11:00:00.00"),),
        ),
    )


def test_locked_structure_and_sheets(tmp_path: Path) -> None:
    book = made(tmp_path, "locked")
    assert book.details.protection == BookProtection(structure=True, password=True, read_only=True)
    details = only(book).details
    allowed = ("formatCells", "selectLockedCells", "selectUnlockedCells")
    assert details.protection == SheetProtection(allowed=allowed)
    inputs = RangeRef.parse("Data!B2:B9")
    assert details.protected_ranges == (ProtectedRange("Inputs", (inputs,)),)


def test_sparklines(tmp_path: Path) -> None:
    assert only(made(tmp_path, "sparklines")).details == SheetDetails(
        sparklines=(
            Sparkline(CellRef("Data", 1, 4), "line", "Data!A1:C1"),
            Sparkline(CellRef("Data", 1, 5), "column", "Data!A1:C1"),
        )
    )


def test_hidden_parts_and_outlines(tmp_path: Path) -> None:
    book = made(tmp_path, "hidden")
    assert {sheet.name: sheet.state for sheet in book.sheets} == {
        "Data": SheetState.VISIBLE,
        "Hidden": SheetState.HIDDEN,
        "Deep": SheetState.VERY_HIDDEN,
    }
    sheet = book["Data"]
    assert (sheet.hidden_rows, sheet.hidden_columns) == (((3, 4),), ((2, 3),))
    assert sheet.details.row_outline == (
        OutlineRun(2, 2, 1),
        OutlineRun(3, 4, 2),
        OutlineRun(5, 5, 1, collapsed=True),
    )
    assert sheet.details.column_outline == (OutlineRun(2, 3, 1),)


def test_parts_in_utf_16(tmp_path: Path) -> None:
    sheet = made(tmp_path, "utf_16")["Übersicht"]
    assert values(sheet) == {"A1": "日本 😀", "B1": "Größe €", "C1": 2.0}
    assert formulas(sheet) == {"C1": 'LEN("日本")'}


def test_parts_with_prefixes(tmp_path: Path) -> None:
    book = made(tmp_path, "prefixed")
    assert (book.date1904, book.names) == (True, (DefinedName("one", "Data!$A$1"),))
    assert values(only(book)) == {"A1": "Text", "B1": 2.0, "C1": "in"}
    assert formulas(only(book)) == {"B1": "1+1"}
    assert only(book).merges == (RangeRef.parse("Data!D1:E1"),)


def test_parts_under_odd_names(tmp_path: Path) -> None:
    book = made(tmp_path, "odd_names")
    assert {sheet.name: values(sheet) for sheet in book.sheets} == {
        "One": {"A1": 1.0},
        "Two": {"A1": 2.0},
    }
    assert book.styles[int(book["One"].cells.styles[0])].font_size == 11


def test_members_of_shared_formulas_stand_before_and_behind_their_master(tmp_path: Path) -> None:
    sheet = only(made(tmp_path, "shared_formulas"))
    cells = sheet.cells
    shown = {}
    for cell in cells:
        group = cells.formula_groups.get(cell.formula)
        if group is not None:
            moved = cell.row - group.row, cell.column - group.column
            shown[cell.a1] = shift(cells.formula_texts[cell.formula], *moved)
    assert shown == {
        "B1": "A1*2",
        "B2": "A2*2",
        "B3": "A3*2",
        "C1": "$A1+SUM(A$1:B$3)*0+5",
        "D1": "$A1+SUM(B$1:C$3)*0+5",
    }


def test_texts_in_all_their_spellings(tmp_path: Path) -> None:
    assert values(only(made(tmp_path, "texts"))) == {
        "A1": "  two  ",
        "B1": "rich text",
        "C1": "東京",
        "D1": "a\r\nb",
        "E1": "_x000D_",
        "F1": "",
        "G1": "=1+1",
        "H1": "<b> & ]]>",
        "I1": "in line",
        "J1": "ab",
        "K1": "",
    }


def test_all_error_values(tmp_path: Path) -> None:
    sheet = only(made(tmp_path, "errors"))
    assert {cell.kind for cell in sheet.cells} == {CellKind.ERROR}
    assert list(values(sheet).values()) == [
        "#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA",
        "#SPILL!", "#CALC!", "#FIELD!",
    ]  # fmt: skip


def test_cells_without_addresses(tmp_path: Path) -> None:
    assert values(only(made(tmp_path, "without_addresses"))) == {
        "A1": 1.0,
        "B1": 2.0,
        "A2": 3.0,
        "C5": 4.0,
        "D5": 5.0,
        "A6": 6.0,
    }


def test_numbers_and_truth_values_in_all_their_spellings(tmp_path: Path) -> None:
    assert values(only(made(tmp_path, "numbers"))) == {
        "A1": 12345678901234568.0,
        "B1": 0.1,
        "C1": 1000.0,
        "D1": 1.5e-7,
        "E1": -100.0,
        "F1": 1.0,
        "G1": 0.5,
        "H1": 7.0,
        "I1": 8.0,
        "J1": 1.7976931348623157e308,
        "K1": 5e-324,
        "L1": 0.30000000000000004,
        "M1": 0.0,
        "N1": 1.0,
        "O1": True,
        "P1": False,
        "Q1": 3.0,
    }


def test_each_is_read_alike_twice_and_like_no_other(tmp_path: Path) -> None:
    prints = {name: fingerprint(made(tmp_path, name)) for name in MADE}
    assert {name: fingerprint(made(tmp_path, name)) for name in MADE} == prints
    assert len(set(prints.values())) == len(MADE)


OPENPYXL: Mapping[str, Mapping[str, list[str]]] = {
    # it looks for the styles in one place, and takes a look of its own where there are none
    "odd_names": {"font colour": ["One!A1", "Two!A1"]},
    "prefixed": {
        "font size": ["Data!A1", "Data!B1", "Data!C1"],
        "font colour": ["Data!A1", "Data!B1", "Data!C1"],
    },
    "shared_formulas": {"formula": ["Data!C1"]},  # it knows no member before its master
    "texts": {"value": ["Data!D1"]},  # it leaves escapes such as _x000D_ as they are
}


@pytest.mark.parametrize("name", [one for one in MADE if one != "strict"])  # which it reads empty
def test_openpyxl_reads_the_same(tmp_path: Path, name: str) -> None:
    book = made(tmp_path, name)
    assert differences(book, tmp_path / "book.xlsx") == OPENPYXL.get(name, {})


@pytest.fixture(scope="session")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the workbooks as LibreOffice saves them."""
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("LibreOffice is not installed")
    folder = tmp_path_factory.mktemp("made")
    for name, make in MADE.items():
        (folder / f"{name}.xlsx").write_bytes(zipped(make()))
    subprocess.run(  # noqa: S603 - the system's LibreOffice
        [
            soffice,
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            *("--headless", "--convert-to", "xlsx", "--outdir", str(folder / "out")),
            *(str(folder / f"{name}.xlsx") for name in MADE),
        ],
        capture_output=True,
        check=True,
        timeout=120,
    )
    return folder / "out"


LIBREOFFICE: Mapping[str, Mapping[str, object]] = {
    # it has no errors of newer programs
    "errors": {"H1": "#VALUE!", "I1": "#NAME?", "J1": "#NAME?", "K1": "#NAME?"},
    "numbers": {"A1": 12345678901234600.0, "L1": 0.3},  # it saves 15 digits
    # times are texts to it, and it knows no 29 February 1900 when it reads an ISO date
    "strict": {"C1": "13:30:00", "G1": 32.0},
    "texts": {"D1": "a\nb", "F1": None},  # it drops carriage returns and empty texts
}


@pytest.mark.parametrize("name", list(MADE))
def test_libreoffice_reads_the_same_values(tmp_path: Path, converted: Path, name: str) -> None:
    book = made(tmp_path, name)
    theirs = read_workbook(converted / f"{name}.xlsx")
    assert theirs.date1904 == book.date1904
    differing: dict[str, object] = {}
    for sheet in book.sheets:
        mine, other = values(sheet), values(theirs[sheet.name])
        differing |= {at: other.get(at) for at in mine | other if mine.get(at) != other.get(at)}
    assert differing == LIBREOFFICE.get(name, {})
