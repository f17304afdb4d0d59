"""Old formats through the LibreOffice of this machine: formulas, layout, and nothing followed."""

from __future__ import annotations

import socket
import threading
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.read.fake_soffice import unzipped
from tests.read.old_books import DATE, error, formula, number, old_book, setting, sheet, text, truth
from tests.read.parts import formulas, open_document, values, zipped
from tests.read.real_office import plainly_converted, real_office
from tickmark.model.address import RangeRef
from tickmark.model.sheet_details import SheetProtection
from tickmark.model.workbook import DefinedName, SheetState
from tickmark.read import Limits, read_workbook
from tickmark.read.conversion import NotConverted
from tickmark.read.office import Office, converted

LINKS = 'xmlns:xlink="http://www.w3.org/1999/xlink"'
DRAW = 'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"'
SIZE = 'xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"'
NUMBER = (
    '<table:table-cell office:value-type="float" office:value="{0}"><text:p>{0}</text:p>'
    "</table:table-cell>"
)
OF = 'xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2"'
MANIFEST = (
    '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" m:version="1.2">'
    '<m:file-entry m:full-path="/" '
    'm:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
    '<m:file-entry m:full-path="content.xml" m:media-type="text/xml"/></m:manifest>'
)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return real_office(tmp_path_factory.mktemp("office"))


@pytest.fixture
def server() -> Iterator[tuple[int, list[bytes]]]:
    """A port of this machine, and the first bytes of all who came."""
    came: list[bytes] = []
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        listening.settimeout(0.1)
        done = threading.Event()

        def serve() -> None:
            while not done.is_set():
                try:
                    one, _ = listening.accept()
                except TimeoutError:
                    continue
                with one:
                    one.settimeout(1.0)
                    came.append(one.recv(1000))

        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1], came
        done.set()
        thread.join()


def frame(target: str, element: str = "image") -> str:
    """A picture or object of a table whose content lies elsewhere."""
    return (
        f'<table:shapes><draw:frame {DRAW} {SIZE} svg:width="1cm" svg:height="1cm">'
        f'<draw:{element} {LINKS} xlink:href="{target}" xlink:type="simple" xlink:show="embed" '
        'xlink:actuate="onLoad"/></draw:frame></table:shapes>'
    )


def called(formula: str) -> str:
    """A row of one cell with a formula."""
    return (
        f'<table:table-row><table:table-cell table:formula="of:={formula}" '
        'office:value-type="string"/></table:table-row>'
    )


def pixel() -> bytes:
    """A picture of one pixel."""

    def chunk(name: bytes, data: bytes) -> bytes:
        check = zlib.crc32(name + data).to_bytes(4, "big")
        return len(data).to_bytes(4, "big") + name + data + check

    head = (1).to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0])
    data = zlib.compress(b"\0\xff\0\0")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def test_an_old_workbook_has_its_formulas(office: Office, tmp_path: Path) -> None:
    data = old_book(
        sheet(
            "Data",
            *(setting(0x0D, 0), setting(0x12, 1)),
            *(number(0, 0, 1 / 3), number(1, 0, 40_000.5, DATE), text(2, 0, "x")),
            *(error(3, 0, 0x17), truth(4, 0, value=True)),
            formula(5, 0, b"\x1e\x01\x00\x1e\x00\x00\x06", "#REF!"),
            formula(6, 0, b"\x44\x00\x00\x00\xc0\x1e\x03\x00\x05", 1.0),
        ),
        sheet("Hidden", number(0, 0, 1.0), hidden=2),
        settings=setting(0x22, 1),
    )
    path = tmp_path / "b.xls"
    path.write_bytes(data)
    book = read_workbook(path, office=office)
    assert values(book["Data"]) == {
        "A1": 1 / 3,
        "A2": 40_000.5,
        "A3": "x",
        "A4": "#REF!",
        "A5": True,
        "A6": "#REF!",
        "A7": 1.0,
    }
    assert formulas(book["Data"]) == {"A6": "1/0", "A7": "A1*3"}
    assert [one.state for one in book.sheets] == [SheetState.VISIBLE, SheetState.VERY_HIDDEN]
    protection = book["Data"].details.protection
    assert isinstance(protection, SheetProtection)
    assert (book.date1904, book.details.calculation.mode) == (True, "manual")
    assert (book.problems, book.failures, book.formulas_available) == ((), (), True)


def test_an_open_document_has_its_formulas_and_layout(office: Office, tmp_path: Path) -> None:
    rows = (
        "<table:table-row>" + NUMBER.format(2) + NUMBER.format(3) + "</table:table-row>"
        '<table:table-row table:visibility="collapse"><table:table-cell '
        'table:formula="of:=[.A1]/0" office:value-type="string" '
        'table:number-columns-spanned="2" table:number-rows-spanned="1">'
        "<text:p>#DIV/0!</text:p></table:table-cell><table:covered-table-cell/></table:table-row>"
        '<table:table-row><table:table-cell table:formula="of:=SUM([.A1:.B1];FALSE())" '
        'office:value-type="float" office:value="99"/></table:table-row>'
    )
    names = (
        '<table:named-expressions><table:named-range table:name="Rates" '
        'table:cell-range-address="$T.$A$1:.$B$1" table:base-cell-address="$T.$A$1"/>'
        "</table:named-expressions>"
    )
    path = tmp_path / "b.ods"
    path.write_bytes(open_document(f'<table:table {OF} table:name="T">{rows}</table:table>{names}'))
    book = read_workbook(path, office=office)
    found = book["T"]
    assert values(found) == {"A1": 2.0, "B1": 3.0, "A2": "#DIV/0!", "A3": 99.0}
    assert formulas(found) == {"A2": "A1/0", "A3": "SUM(A1:B1,FALSE)"}
    assert found.merges == (RangeRef("T", 2, 1, 2, 2),)
    assert found.hidden_rows == ((2, 2),)
    assert book.names == (DefinedName("Rates", "T!$A$1:$B$1"),)
    assert book.notes == (f"Formulas were read through {_name(book.notes)}.",)


def _name(notes: tuple[str, ...]) -> str:
    return notes[0].removeprefix("Formulas were read through ").removesuffix(".")


def test_nothing_that_a_document_names_is_opened(
    office: Office, tmp_path: Path, server: tuple[int, list[bytes]]
) -> None:
    port, came = server
    web = f"http://127.0.0.1:{port}"
    secret = tmp_path / "secret.csv"
    secret.write_text("SECRET,SECRET\n", encoding="utf-8")
    (tmp_path / "pixel.png").write_bytes(pixel())
    local, picture = secret.as_uri(), (tmp_path / "pixel.png").as_uri()
    rows = [
        called(f"COM.MICROSOFT.WEBSERVICE(&quot;{web}/w&quot;)"),
        called(f"COM.MICROSOFT.WEBSERVICE(&quot;{local}&quot;)"),
        called(f"'{web}/x.ods'#$S.A1"),
        called(f"'{local}'#$secret.A1"),
        called(f"INDIRECT(&quot;'{local}'#$secret.A1&quot;)"),
        called(f"DDE(&quot;soffice&quot;;&quot;{secret}&quot;;&quot;A1&quot;)"),
    ]
    source = (
        f'<table:table-source {LINKS} xlink:type="simple" xlink:href="{{}}" table:mode="copy-all"/>'
    )
    cell = "<table:table-row><table:table-cell/></table:table-row>"
    data = open_document(
        f'<table:table {OF} table:name="A">{frame(web + "/a.png")}{"".join(rows)}</table:table>',
        f'<table:table table:name="B">{frame(picture)}{cell}</table:table>',
        f'<table:table table:name="C">{frame(web + "/o.ods", "object")}{cell}</table:table>',
        f'<table:table table:name="D">{frame(local, "object")}{cell}</table:table>',
        f'<table:table table:name="E">{source.format(web + "/t.ods")}{cell}</table:table>',
        f'<table:table table:name="F">{source.format(local)}{cell}</table:table>',
    )
    made = converted(office, data, "b.ods", "ods", Limits())
    parts = unzipped(made)
    assert came == []
    assert [name for name in parts if "media" in name] == []
    assert not any(b"SECRET" in part for part in parts.values() if isinstance(part, bytes))


def test_a_linked_picture_of_an_old_workbook_is_not_opened(office: Office, tmp_path: Path) -> None:
    (tmp_path / "pixel.png").write_bytes(pixel())
    source = tmp_path / "b.ods"
    body = frame((tmp_path / "pixel.png").as_uri())
    source.write_bytes(
        open_document(
            f'<table:table table:name="A">{body}<table:table-row>{NUMBER.format(1)}'
            "</table:table-row></table:table>",
            manifest=MANIFEST,
        )
    )
    (old,) = plainly_converted(office, tmp_path / "plain", [source], "xls")
    data = old.read_bytes()
    assert "pixel.png".encode("utf-16-le") in data
    (again,) = plainly_converted(office, tmp_path / "again", [old], "xlsx")
    with zipfile.ZipFile(again) as archive:  # by itself it follows the link
        assert [name for name in archive.namelist() if "media" in name] == ["xl/media/image1.png"]
    parts = unzipped(converted(office, data, "b.xls", "xls", Limits()))
    assert [name for name in parts if "media" in name] == []


def test_a_damaged_file_ends_in_a_clause(office: Office) -> None:
    with pytest.raises(NotConverted, match="could not open the file"):
        converted(office, zipped({"content.xml": "<office"}), "b.ods", "ods", Limits())
