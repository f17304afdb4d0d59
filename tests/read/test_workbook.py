"""Files are told apart by what they hold; what is refused is refused in one sentence."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.read.parts import (
    SHEET,
    Content,
    open_document,
    parts,
    read,
    relationships,
    values,
    zipped,
)
from tickmark.errors import PasswordNeeded, WorkbookRefused
from tickmark.read import SUPPORTED, Limits, read_workbook

CELL = '<c r="A1"><v>1</v></c>'
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
DOCTYPE = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY f SYSTEM "file:///etc/hostname">]>'


def changed(**contents: Content) -> dict[str, Content]:
    """A good workbook with some parts replaced; `SHEET` stands for the sheet's."""
    names = {"rels": "_rels/.rels", "book": "xl/workbook.xml", "sheet": SHEET}
    names |= {"strings": "xl/sharedStrings.xml", "book_rels": "xl/_rels/workbook.xml.rels"}
    return parts(CELL) | {names[key]: content for key, content in contents.items()}


def flipped() -> bytes:
    """A workbook in whose sheet a bit has turned over, so that its checksum is wrong."""
    data = bytearray(zipped(parts(CELL)))
    data[data.index(SHEET.encode()) + len(SHEET) + 20] ^= 0xFF
    return bytes(data)


def test_a_read_workbook_says_where_it_came_from(tmp_path: Path) -> None:
    book = read(tmp_path, parts(CELL))
    data = (tmp_path / "book.xlsx").read_bytes()
    assert book.path == str(tmp_path / "book.xlsx")
    assert book.sha256 == hashlib.sha256(data).hexdigest()
    assert (book.format, book.notes, book.failures) == ("xlsx", (), ())


def test_the_path_is_kept_as_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "b.csv").write_text("a,b\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert read_workbook("b.csv").path == "b.csv"


def test_supported_kinds() -> None:
    assert " ".join(sorted(SUPPORTED)) == "csv ods tsv xls xlsb xlsm xlsx xltm xltx"


@pytest.mark.parametrize("kind", ["xlsx", "xlsm", "xltx", "xltm"])
def test_the_extension_is_the_format_within_a_family(tmp_path: Path, kind: str) -> None:
    book = read(tmp_path, parts(CELL), name=f"Book.{kind.upper()}")
    assert (book.format, book.notes) == (kind, ())


@pytest.mark.parametrize(
    ("name", "file", "kind"),
    [
        ("book.xls", zipped(parts(CELL)), "xlsx"),
        ("book.csv", zipped(parts(CELL)), "xlsx"),
        ("book.xlsx", open_document(), "ods"),
        ("book.xls", b"a\tb\n1\t2\n", "csv"),
    ],
)
def test_a_file_with_the_name_of_another_kind_is_read_as_what_it_is(
    tmp_path: Path, name: str, file: bytes, kind: str
) -> None:
    book = read(tmp_path, file, name=name)
    extension = name.rpartition(".")[2]
    assert book.format == kind
    assert book.notes[0] == f"Its name ends in .{extension}, but its content is .{kind}."


@pytest.mark.parametrize(
    ("name", "make", "sentence"),
    [
        ("b.xlsx", lambda: b"", "{} is empty."),
        (
            "b.xlsx",
            lambda: b"a,b\n1,2\n",
            "{} is a text file and no workbook; if it is a table of values, name it .csv.",
        ),
        (
            "b.xlsx",
            lambda: bytes(range(1, 256)) * 20,
            "{} is no workbook: its content is that of no known format; it may be damaged.",
        ),
        (
            "b.csv",
            lambda: b"\x89PNG\r\n\x1a\n" + bytes(100),
            "{} is no workbook: its content is that of no known format; it may be damaged.",
        ),
        (
            "b.xls",
            lambda: b"<html><table><tr><td>1</td></tr></table></html>",
            "{} is a web page with the name of a workbook; open it in Excel and save it as .xlsx.",
        ),
        (
            "b.xls",
            lambda: b'<?xml version="1.0"?><Workbook xmlns="urn:x"/>',
            "{} is an XML file, perhaps of Excel 2003; open it in Excel and save it as .xlsx.",
        ),
        (
            "b.xls",
            lambda: bytes.fromhex("09020600") + bytes(50),
            "{} is a workbook of Excel 4 or older; open it in Excel and save it as .xlsx.",
        ),
        (
            "b.xls",
            lambda: OLE + bytes(2000),
            "{} holds no workbook: it is damaged, or an old document or mail.",
        ),
        (
            "b.xlsx",
            lambda: zipped(parts(CELL))[:900],
            (
                "{} is damaged: its zip archive cannot be opened; restore it from a backup or save "
                "it again."
            ),
        ),
        (
            "b.xlsx",
            lambda: zipped({"readme.txt": "x"}),
            "{} is a zip archive, but it holds no workbook.",
        ),
        (
            "b.xlsx",
            lambda: zipped(changed(book='<document xmlns="urn:word"/>')),
            "{} cannot be read: its main part xl/workbook.xml is not that of a workbook.",
        ),
        (
            "b.xlsx",
            lambda: zipped(changed(book="<workbook>")),
            (
                "{} cannot be read: its part xl/workbook.xml is no well-formed XML "
                "(line 1: no element found)."
            ),
        ),
        (
            "b.xlsx",
            lambda: zipped(changed(rels="<Relationships")),
            "{} is damaged: its part _rels/.rels is no well-formed XML (line 1: unclosed token).",
        ),
        (
            "b.xlsx",
            lambda: zipped(changed(rels=relationships(("r", "officeDocument", "xl/gone.xml")))),
            "{} cannot be read: its part xl/gone.xml is missing.",
        ),
        (
            "b.xlsx",
            lambda: zipped(
                changed(book_rels=relationships(("rId1", "worksheet", "../../../etc/passwd")))
            ),
            (
                "{} was refused: one of its parts is said to lie outside the file "
                "('../../../etc/passwd')."
            ),
        ),
        (
            "b.xlsx",
            lambda: zipped(
                changed(book_rels=relationships(("rId1", "worksheet", "!http://example.org/a")))
            ),
            (
                "{} was refused: one of its parts is said to lie outside the file "
                "('http://example.org/a')."
            ),
        ),
        (
            "b.xlsx",
            lambda: zipped(parts(CELL), again=((SHEET.upper(), "<worksheet/>"),)),
            (
                "{} was refused: it holds two parts of the name 'xl/worksheets/sheet1.xml', and "
                "programs differ in which of them they read."
            ),
        ),
        *(
            (
                "b.xlsx",
                lambda key=key: zipped(changed(**{key: f"{DOCTYPE}<x>&a;&f;</x>"})),
                (
                    "{} was refused: it holds a document type (DTD), which workbooks never have "
                    "and attacks use."
                ),
            )
            for key in ("rels", "book", "sheet", "strings", "book_rels")
        ),
        (
            "b.ods",
            lambda: open_document(mimetype="application/vnd.oasis.opendocument.text"),
            "{} is an OpenDocument file, but no spreadsheet.",
        ),
        (
            "b.ods",
            lambda: open_document(manifest="<manifest><encryption-data/></manifest>"),
            (
                "{} is an encrypted OpenDocument file, which cannot be opened here; save it "
                "without a password."
            ),
        ),
        (
            "b.ods",
            lambda: zipped({"content.xml": "<broken"}),
            (
                "{} cannot be read: it is damaged or not of the kind that its name says; restore "
                "it from a backup or save it again."
            ),
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_one_sentence(
    tmp_path: Path, name: str, make: Callable[[], bytes], sentence: str
) -> None:
    with pytest.raises(WorkbookRefused) as refused:
        read(tmp_path, make(), name=name)
    assert str(refused.value) == sentence.format(tmp_path / name)
    assert not isinstance(refused.value, PasswordNeeded)


def test_a_wrong_checksum_is_a_failure_of_the_sheet(tmp_path: Path) -> None:
    book = read(tmp_path, flipped())
    assert book.sheets == ()
    assert book.failures[0].message == (
        f"{tmp_path}/book.xlsx: sheet 'Data' could not be read: its part "
        "xl/worksheets/sheet1.xml is damaged inside the zip archive."
    )


def test_what_is_no_file_or_too_large_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WorkbookRefused, match="is no file"):
        read_workbook(tmp_path / "gone.xlsx")
    with pytest.raises(WorkbookRefused, match="is no file"):
        read_workbook(tmp_path)
    with pytest.raises(WorkbookRefused, match=r"has 0\.0 MB; the limit is 0\.0001 MB, set with"):
        read(tmp_path, parts(CELL), limits=Limits(file_bytes=100))


def test_an_archive_of_too_many_members_is_refused(tmp_path: Path) -> None:
    file = parts(CELL) | {f"x{place}": "" for place in range(20)}
    with pytest.raises(WorkbookRefused, match="holds more than 20 parts and was refused"):
        read(tmp_path, file, limits=Limits(zip_members=20))


def test_members_with_paths_to_the_outside_are_never_followed(tmp_path: Path) -> None:
    file = parts(CELL) | {"../../evil.txt": "x", "/abs/evil.txt": "x", "C:\\evil.txt": "x"}
    before = sorted(tmp_path.rglob("*"))
    assert values(read(tmp_path, file)["Data"]) == {"A1": 1.0}
    assert sorted(tmp_path.rglob("*")) == [*before, tmp_path / "book.xlsx"]


def test_a_part_packed_in_an_unusual_way_is_a_failure(tmp_path: Path) -> None:
    import zipfile  # noqa: PLC0415 - only to write what `zipped` does not

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts(CELL).items():
            method = zipfile.ZIP_LZMA if name == SHEET else zipfile.ZIP_STORED
            archive.writestr(name, content, compress_type=method)
    book = read(tmp_path, out.getvalue())
    assert "is packed in a way that workbooks never are" in book.failures[0].message


def test_two_readings_are_the_same(tmp_path: Path) -> None:
    first = read(tmp_path, parts(CELL))
    second = read(tmp_path, parts(CELL), name="other.xlsx")
    assert values(first["Data"]) == values(second["Data"])
    assert first.styles == second.styles
