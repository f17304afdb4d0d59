from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import msoffcrypto.format.ooxml
import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName

from tests.books import save
from tests.fake_excel import FakeApp, fake_excel
from tickmark.errors import PasswordNeeded, WorkbookRefused
from tickmark.read.live import read_live


@pytest.fixture
def app() -> Iterator[FakeApp]:
    with fake_excel() as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A private folder for the copy."""
    made = tmp_path / "copies"
    made.mkdir()
    return made


def test_a_copy_is_read_and_the_open_workbook_keeps_its_path(
    app: FakeApp, tmp_path: Path, folder: Path
) -> None:
    content = save(tmp_path / "a.xlsx", {"P&L": {"A1": 1, "A2": "=A1*2"}})
    book = app.open("/books/'); import os.xlsx", content=content)

    workbook = read_live(book, folder)

    assert workbook.path == book.fullname == "/books/'); import os.xlsx"
    assert [sheet.name for sheet in workbook.sheets] == ["P&L"]
    assert workbook.formula_count == 1
    assert [path.name for path in folder.iterdir()] == ["workbook.xlsx"]


def test_sheets_that_we_wrote_are_passed_over_under_whatever_name(
    app: FakeApp, tmp_path: Path, folder: Path
) -> None:
    file = openpyxl.Workbook()
    file.create_sheet("renamed").defined_names["_Tickmark_Sheet"] = DefinedName(
        "_Tickmark_Sheet", attr_text="renamed!$A$1"
    )
    file.create_sheet("Tickmark audit")
    file.save(tmp_path / "a.xlsx")
    book = app.open("/books/a.xlsx", content=tmp_path / "a.xlsx")

    workbook = read_live(book, folder)

    assert [sheet.name for sheet in workbook.sheets] == ["Sheet", "Tickmark audit"]
    assert workbook.names == ()


def test_a_workbook_never_saved_is_read_as_xlsx(app: FakeApp, tmp_path: Path, folder: Path) -> None:
    book = app.open("Book1", content=save(tmp_path / "a.xlsx", {"A1": 1}))

    workbook = read_live(book, folder)

    assert (workbook.path, workbook.format, workbook.notes) == ("Book1", "xlsx", ())


def test_a_workbook_of_which_no_copy_comes_is_refused(app: FakeApp, folder: Path) -> None:
    book = app.open("/books/a.xlsx")

    with pytest.raises(WorkbookRefused, match=r"^a\.xlsx cannot be copied; save it once"):
        read_live(book, folder)


def test_a_refusal_names_the_workbook_and_not_the_copy(
    app: FakeApp, tmp_path: Path, folder: Path
) -> None:
    (tmp_path / "broken.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    book = app.open("/books/plan.xlsx", content=tmp_path / "broken.xlsx")

    with pytest.raises(WorkbookRefused) as refused:
        read_live(book, folder)

    assert str(refused.value).startswith("plan.xlsx ")
    assert str(folder) not in str(refused.value)


def test_an_encrypted_workbook_is_refused_with_a_way_out(
    app: FakeApp, tmp_path: Path, folder: Path
) -> None:
    plain = save(tmp_path / "a.xlsx", {"A1": 1}).read_bytes()
    with (tmp_path / "locked.xlsx").open("wb") as file:
        msoffcrypto.format.ooxml.OOXMLFile(io.BytesIO(plain)).encrypt("secret", file)
    book = app.open("/books/locked.xlsx", content=tmp_path / "locked.xlsx")

    with pytest.raises(PasswordNeeded, match="take the password off"):
        read_live(book, folder)


@pytest.mark.parametrize("name", ["a.pdf", "a.", "a.b/c", "noext", "a.XLSM"])
def test_the_copy_has_a_name_of_ours_whatever_the_books_is(
    app: FakeApp, tmp_path: Path, folder: Path, name: str
) -> None:
    book = app.open(f"/books/{name}", content=save(tmp_path / "a.xlsx", {"A1": 1}))

    read_live(book, folder)

    (copy,) = folder.iterdir()
    assert copy.name in {"workbook.xlsx", "workbook.xlsm"}
