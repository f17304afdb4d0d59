"""Values of .ods, .xlsb and .xls files, read by a child process that may die."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.read.fake_soffice import unzipped
from tests.read.old_books import (
    CHART,
    DATE,
    MACROS,
    error,
    formula,
    number,
    old_book,
    setting,
    sheet,
    text,
    truth,
)
from tests.read.parts import binary_workbook, open_document, read, values, zipped
from tickmark.errors import PasswordNeeded, WorkbookRefused
from tickmark.model.grid import CellKind
from tickmark.model.workbook import SheetState
from tickmark.read import Limits, read_workbook

FAR = ("Far", ((0, 0, 1.5), (1_048_575, 16_383, 2.5)))


def cell(kind: str, value: str, text: str = "x") -> str:
    """A cell of an .ods table, such as `cell("float", 'value="1.5"')`."""
    return (
        f'<table:table-cell office:value-type="{kind}" office:{value}><text:p>{text}</text:p>'
        "</table:table-cell>"
    )


def row(*cells: str) -> str:
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


def test_values_of_an_open_document_are_typed(tmp_path: Path) -> None:
    data = open_document(
        '<table:table table:name="T">'
        + row(
            cell("float", 'value="1.5"'),
            cell("string", 'x="y"', "text"),
            cell("date", 'date-value="2024-02-29"'),
            cell("date", 'date-value="2024-02-29T12:00:00"'),
            cell("date", 'date-value="1899-12-31"'),
            cell("time", 'time-value="PT36H00M00S"'),
            cell("string", 'x="y"', "#hash"),
        )
        + "</table:table>"
    )
    book = read(tmp_path, data, name="book.ods")
    cells = [
        (one.a1, one.kind, one.value, book.styles[one.style].number_format)
        for one in book["T"].cells
    ]
    assert cells == [
        ("A1", CellKind.NUMBER, 1.5, "General"),
        ("B1", CellKind.TEXT, "text", "General"),
        ("C1", CellKind.DATE, 45351.0, "yyyy-mm-dd"),
        ("D1", CellKind.DATE, 45351.5, "yyyy-mm-dd hh:mm:ss"),
        ("E1", CellKind.DATE, 1.0, "yyyy-mm-dd"),
        ("F1", CellKind.DATE, 1.5, "[h]:mm:ss"),
        ("G1", CellKind.TEXT, "#hash", "General"),
    ]
    assert (book.format, book.formulas_available, book.failures) == ("ods", False, ())
    assert book.problems == (
        (
            "Formulas not available for this format (.ods), nor what is hidden in it, and cells "
            "with an error look empty: install LibreOffice, or switch it on again, or save the "
            "workbook as .xlsx, to have all of it checked."
        ),
    )


def test_rows_and_columns_in_front_of_the_cells_count(tmp_path: Path) -> None:
    data = open_document(
        '<table:table table:name="T"><table:table-row table:number-rows-repeated="4"/>'
        '<table:table-row><table:table-cell table:number-columns-repeated="2"/>'
        + cell("float", 'value="7"')
        + "</table:table-row></table:table>"
    )
    assert values(read(tmp_path, data, name="book.ods")["T"]) == {"C5": 7.0}


def test_values_of_a_binary_workbook(tmp_path: Path) -> None:
    data = binary_workbook(("One", ((0, 0, 1.5), (2, 1, 2.5))), ("Two", ((0, 0, 7.0),)))
    book = read(tmp_path, data, name="book.xlsb")
    assert {sheet.name: values(sheet) for sheet in book.sheets} == {
        "One": {"A1": 1.5, "B3": 2.5},
        "Two": {"A1": 7.0},
    }


def test_a_sheet_that_kills_the_child_is_a_failure_and_the_others_are_read(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Two cells in far corners make the library ask for 17 thousand million cells."""
    data = binary_workbook(("One", ((0, 0, 1.0),)), FAR, ("Two", ((0, 0, 7.0),)))
    book = read(tmp_path, data, name="book.xlsb")
    assert {sheet.name: values(sheet) for sheet in book.sheets} == {
        "One": {"A1": 1.0},
        "Two": {"A1": 7.0},
    }
    assert [(one.sheet, one.message) for one in book.failures] == [
        (
            "Far",
            (
                f"{tmp_path}/book.xlsb: sheet 'Far' could not be read: the program that reads it "
                "ended, for it is damaged or too large."
            ),
        )
    ]
    assert capfd.readouterr() == ("", "")


def test_a_sheet_that_spans_too_much_is_not_laid_out(tmp_path: Path) -> None:
    data = binary_workbook(("Wide", ((0, 0, 1.0), (99, 99, 2.0))), ("Two", ((0, 0, 7.0),)))
    book = read(tmp_path, data, name="book.xlsb", limits=Limits(dense_cells=9_999))
    assert [sheet.name for sheet in book.sheets] == ["Two"]
    assert book.failures[0].message == (
        f"{tmp_path}/book.xlsb: sheet 'Wide' could not be read: it spans 100 rows by 100 columns; "
        "--limit dense_cells=N allows more."
    )


def test_cells_over_the_limit_are_cut_with_a_note(tmp_path: Path) -> None:
    many = tuple((at, 0, float(at)) for at in range(10))
    book = read(
        tmp_path, binary_workbook(("S", many)), name="book.xlsb", limits=Limits(sheet_cells=4)
    )
    assert values(book["S"]) == {"A1": 0.0, "A2": 1.0, "A3": 2.0, "A4": 3.0}
    assert book["S"].problems == (
        "Only the first 4 cells were read; --limit sheet_cells=N allows more.",
    )
    whole = read(
        tmp_path, binary_workbook(("S", many)), name="book.xlsb", limits=Limits(sheet_cells=10)
    )
    assert whole["S"].problems == ()


def test_a_child_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    data = binary_workbook(("One", ((0, 0, 1.0),)))
    with pytest.raises(WorkbookRefused, match=r"book\.xlsb cannot be read"):
        read(tmp_path, data, name="book.xlsb", limits=Limits(child_seconds=0.0))


def test_the_child_loads_no_module_from_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("json.py", "tickmark.py", "python_calamine.py", "sitecustomize.py"):
        (tmp_path / name).write_text("raise SystemExit(3)", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    book = read(tmp_path, binary_workbook(("One", ((0, 0, 1.0),))), name="book.xlsb")
    assert values(book["One"]) == {"A1": 1.0}


def test_cells_of_an_old_workbook_are_typed(tmp_path: Path) -> None:
    data = old_book(
        sheet(
            "Data",
            *(number(0, 0, 1.5), number(0, 1, 45_351.5, DATE), number(0, 2, 0.25, DATE)),
            *(text(1, 0, "caf\xe9"), truth(1, 1, value=True), error(1, 2, 0x2A)),
            *(formula(2, 0, b"\x1e\x02\x00", 2.0), formula(2, 1, b"\x1e\x02\x00", "#DIV/0!")),
        ),
        sheet("Later", number(4, 4, 7.0), hidden=1),
    )
    book = read(tmp_path, data, name="book.xls")
    cells = [
        (one.a1, one.kind, one.value, book.styles[one.style].number_format)
        for one in book["Data"].cells
    ]
    assert cells == [
        ("A1", CellKind.NUMBER, 1.5, "General"),
        ("B1", CellKind.DATE, 45_351.5, "yyyy-mm-dd hh:mm:ss"),
        ("C1", CellKind.DATE, 0.25, "hh:mm:ss"),
        ("A2", CellKind.TEXT, "caf\xe9", "General"),
        ("B2", CellKind.BOOL, True, "General"),
        ("C2", CellKind.ERROR, "#N/A", "General"),
        ("A3", CellKind.NUMBER, 2.0, "General"),
        ("B3", CellKind.ERROR, "#DIV/0!", "General"),
    ]
    assert values(book["Later"]) == {"E5": 7.0}
    assert book["Later"].state is SheetState.HIDDEN
    assert (book.failures, book.notes, book.has_macros) == ((), (), False)
    assert book.problems == (
        (
            "Formulas not available for this format (.xls), nor what is hidden in it: install "
            "LibreOffice, or switch it on again, or save the workbook as .xlsx, to have all of it "
            "checked."
        ),
    )


def test_dates_of_1904_are_told_in_the_other_system(tmp_path: Path) -> None:
    data = old_book(sheet("Data", number(0, 0, 40_000.0, DATE)), settings=setting(0x22, 1))
    book = read(tmp_path, data, name="book.xls")
    assert (values(book["Data"]), book.date1904) == ({"A1": 41_462.0}, False)


def test_chart_and_macro_sheets_are_named_and_the_others_read(tmp_path: Path) -> None:
    data = old_book(
        sheet("Chart", kind=CHART),
        sheet("One", number(0, 0, 1.0), error(0, 1, 0x17)),
        sheet("Macros", kind=MACROS),
        sheet("Two", number(0, 0, 2.0)),
    )
    book = read(tmp_path, data, name="book.xls")
    assert {one.name: values(one) for one in book.sheets} == {
        "One": {"A1": 1.0, "B1": "#REF!"},
        "Two": {"A1": 2.0},
    }
    assert book.notes[:2] == (
        "'Chart' is a chart sheet; it has no cells.",
        "'Macros' is a sheet of Excel 4.0 macros; it was not read.",
    )
    assert (book.failures, book.has_macros) == ((), True)


def test_of_two_sheets_with_one_name_the_second_is_a_failure(tmp_path: Path) -> None:
    data = old_book(sheet("Data", number(0, 0, 1.0)), sheet("DATA", number(0, 0, 2.0)))
    book = read(tmp_path, data, name="book.xls")
    assert [(one.name, values(one)) for one in book.sheets] == [("Data", {"A1": 1.0})]
    assert [one.message for one in book.failures] == [
        f"{tmp_path}/book.xls: sheet 'DATA' could not be read: another sheet has the same name."
    ]


def test_macros_of_an_open_document_are_known(tmp_path: Path) -> None:
    table = '<table:table table:name="T">' + row(cell("float", 'value="1"')) + "</table:table>"
    known = unzipped(open_document(table))
    lists = {"Basic/script-lc.xml": "x", "Basic/Standard/script-lb.xml": "x"}
    assert not read(tmp_path, zipped({**known, **lists}), name="a.ods").has_macros
    for part in ("Basic/Standard/Module1.xml", "Scripts/python/a.py"):
        assert read(tmp_path, zipped({**known, **lists, part: "x"}), name="a.ods").has_macros


@pytest.mark.parametrize(
    ("name", "cells", "sheets"),
    [
        ("poi__31749.xls", 1049, 1),
        ("poi__45538_classic_Header.xls", 591, 7),
        ("useeior__2-digit_2012_Codes.xls", 6630, 1),
        ("roo__Bibelbund.ods", 26_985, 1),
        ("sheetjs_test_files__apachepoi_34775.xls.xlsb", 2012, 5),
    ],
)
def test_real_workbooks_hold_as_many_values_as_libreoffice_finds(
    corpus: Path, name: str, cells: int, sheets: int
) -> None:
    book = read_workbook(corpus / name)
    assert (book.cell_count, len(book.sheets), book.failures) == (cells, sheets, ())
    assert all(sheet.state is SheetState.VISIBLE for sheet in book.sheets)


def test_chart_sheets_of_a_real_workbook_are_named(corpus: Path) -> None:
    book = read_workbook(corpus / "sheetjs_test_files__apachepoi_34775.xls.xlsb")
    assert book.notes[0] == "'Chart1' is a chart sheet; it has no cells."
    assert len(book.notes) == 4


def test_real_encrypted_and_broken_workbooks_are_refused(corpus: Path) -> None:
    protected = corpus / "calamine__pass_protected.xlsb"
    with pytest.raises(PasswordNeeded) as needed:
        read_workbook(protected)
    assert str(needed.value) == f"{protected} is protected by a password; give it with --password."
    with pytest.raises(PasswordNeeded, match="does not open with the password"):
        read_workbook(protected, password="wrong")  # noqa: S106 - opens nothing
    broken = next(corpus.glob("poi__clusterfuzz*"))
    with pytest.raises(WorkbookRefused, match="is damaged: its zip archive cannot be opened"):
        read_workbook(broken)
