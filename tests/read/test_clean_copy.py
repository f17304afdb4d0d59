"""What LibreOffice is given: a workbook without macros, objects and links that it would follow."""

from __future__ import annotations

import io
import random
import zipfile
from contextlib import suppress
from functools import partial

import pytest

from tests.read.fake_soffice import unzipped
from tests.read.old_books import number, old_book, old_stream, record, setting, sheet
from tests.read.parts import binary_workbook, open_document, relationships, zipped
from tickmark.errors import WorkbookRefused
from tickmark.read import Limits
from tickmark.read.clean_copy import clean_copy
from tickmark.read.compound import open_compound, write_compound
from tickmark.read.older_formats import Older, file_facts
from tickmark.read.package import PartUnreadable

TABLE = '<table:table table:name="T"/>'
LIMITS = Limits()


def copy(data: bytes, kind: str) -> dict[str, bytes]:
    """The parts of the copy of an .ods or .xlsb file."""
    with zipfile.ZipFile(io.BytesIO(clean_copy(data, "book", kind, LIMITS))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def document(body: str, **more: str | bytes) -> bytes:
    return zipped({**unzipped(open_document(body)), **more})


@pytest.mark.parametrize(
    ("tag", "clean"),
    [
        ('<draw:image xlink:href="http://a/b.png"/>', '<draw:image xlink:href=""/>'),
        ("<draw:image xlink:href='file:///etc/passwd'/>", '<draw:image xlink:href=""/>'),
        ('<d:image a=">" h:href = "../../b"/>', '<d:image a=">" h:href=""/>'),
        ('<draw:image href="&#x66;ile:/"/>', '<draw:image href=""/>'),
        ('<draw:image\n\nxlink:href="Object 1/../../x"/>', '<draw:image\n\nxlink:href=""/>'),
        ('<table:table-source xlink:href="//host/x.ods"/>', '<table:table-source xlink:href=""/>'),
        ('<svg:font-face-uri xlink:href="x.ttf"/>', '<svg:font-face-uri xlink:href=""/>'),
    ],
)
def test_what_would_be_opened_loses_its_target(tag: str, clean: str) -> None:
    parts = copy(document(tag, **{"styles.xml": tag}), "ods")
    assert clean in parts["content.xml"].decode()
    assert parts["styles.xml"].decode() == clean


@pytest.mark.parametrize(
    "tag",
    [
        '<text:a xlink:href="http://a/">link</text:a>',
        '<draw:a xlink:href="x.ods#T.A1"/>',
        '<draw:object xlink:href="./Object 1"/>',
        "<table:table-cell table:formula=\"of:='file:///x.ods'#$T.A1\"/>",
        "<text:p>Söhne &amp; href</text:p>",
    ],
)
def test_what_is_shown_or_is_a_part_of_the_file_stays(tag: str) -> None:
    assert tag in copy(document(tag), "ods")["content.xml"].decode()


def test_macros_pictures_and_unknown_parts_of_a_document_stay_away() -> None:
    manifest = (
        '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        '<m:file-entry m:full-path="/" m:media-type="sheet"/>'
        '<m:file-entry m:full-path="content.xml" m:media-type="text/xml"/>'
        '<m:file-entry m:full-path="Object 1/" m:media-type="chart"/>'
        '<m:file-entry m:full-path="Object 1/content.xml" m:media-type="text/xml"/>'
        '<m:file-entry m:full-path="Basic/" m:media-type="x"/></m:manifest>'
    )
    parts = copy(
        document(
            TABLE,
            **{
                "META-INF/manifest.xml": manifest,
                "Basic/Standard/M.xml": "x",
                "Scripts/python/a.py": "x",
                "Pictures/a.png": "x",
                "Object 1/content.xml": "<a/>",
                "Object 2": "ole",
                "../up.xml": "x",
                "settings.xml": "<a/>",
            },
        ),
        "ods",
    )
    assert list(parts) == [
        "mimetype",
        "content.xml",
        "Object 1/content.xml",
        "settings.xml",
        "META-INF/manifest.xml",
    ]
    told = parts["META-INF/manifest.xml"].decode()
    assert told.count("file-entry") == 5
    assert 'm:full-path="Object 1/" m:media-type="chart"' in told
    assert "Basic" not in told


@pytest.mark.parametrize(
    "part",
    [
        "<!DOCTYPE a [<!ENTITY b 'c'>]><a/>",
        "<a/>".encode("utf-16"),
        b"<?xml version='1.0' encoding='UTF-7'?><a/>",
        b"\xff<a/>",
    ],
)
def test_a_document_that_can_hide_its_links_is_not_given_away(part: str | bytes) -> None:
    with pytest.raises(PartUnreadable):
        clean_copy(document(TABLE, **{"content.xml": part}), "book", "ods", LIMITS)


def test_relationships_of_a_binary_workbook_lead_to_nothing_that_acts() -> None:
    data = zipped(
        {
            **unzipped(binary_workbook(("One", ((0, 0, 1.0),)))),
            "xl/vbaProject.bin": "x",
            "xl/media/a.png": "x",
            "xl/drawings/_rels/drawing1.xml.rels": relationships(
                ("rId1", "image", "!http://a/b.png"),
                ("rId2", "image", "../media/a.png"),
                ("rId3", "hyperlink", "!http://a/?b=1&amp;c"),
                ("rId4", "chart", "../charts/chart1.xml"),
                ("rId5", "externalLinkPath", "!file:///x.xlsb"),
                ("rId6", "oleObject", "!file:///x.doc"),
                ("rId7", "oneDay", "!http://a/"),
                ("rId8", "vbaProject", "vbaProject.bin"),
            ),
        }
    )
    parts = copy(data, "xlsb")
    told = parts["xl/drawings/_rels/drawing1.xml.rels"].decode()
    assert [f"rId{at}" for at in range(1, 9) if f'"rId{at}"' in told] == ["rId3", "rId4", "rId5"]
    assert 'Target="http://a/?b=1&amp;c" TargetMode="External"' in told
    assert set(parts) == {
        "_rels/.rels",
        "xl/_rels/workbook.bin.rels",
        "xl/workbook.bin",
        "xl/worksheets/sheet1.bin",
        "xl/drawings/_rels/drawing1.xml.rels",
    }


def test_of_an_old_workbook_only_workbook_and_properties_are_given_away() -> None:
    cells = sheet("A", number(0, 0, 1.0), record(0x00EC, b"\x06\x01\x0a\x00"))
    data = old_book(cells, **{"\x05SummaryInformation": b"s" * 5000, "MBD0001": b"object"})
    book = open_compound(clean_copy(data, "book", "xls", LIMITS))
    assert [one.name for one in book.entries if one.name] == [
        "Root Entry",
        "Workbook",
        "\x05SummaryInformation",
    ]
    assert book.stream("\x05SummaryInformation") == b"s" * 5000
    clean = old_stream(sheet("A", number(0, 0, 1.0), record(0x00EC, b"\x06\x01\x02\x00")))
    stream = book.stream("Workbook")
    assert stream is not None
    assert stream.rstrip(b"\0") == clean.rstrip(b"\0")


@pytest.mark.parametrize(
    "data",
    [
        write_compound({"WordDocument": b"x"}),
        old_book(sheet("A"), settings=setting(0x002F, 0)),
        write_compound({"Workbook": b"x"})[:700],
    ],
)
def test_what_is_no_readable_workbook_is_not_given_away(data: bytes) -> None:
    with pytest.raises(PartUnreadable):
        clean_copy(data, "book", "xls", LIMITS)


@pytest.mark.parametrize("kind", ["xls", "xlsb", "ods"])
def test_a_damaged_file_ends_in_the_deliberate_errors_alone(kind: str) -> None:
    """Bytes changed, and files cut off, the same every time."""
    chance = random.Random(7)  # noqa: S311 - no secret
    whole = {
        "xls": old_book(sheet("A", *(number(at, 0, at) for at in range(300)))),
        "xlsb": binary_workbook(("One", tuple((at, 0, float(at)) for at in range(300)))),
        "ods": document("<table:table-row/>" * 300),
    }[kind]
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(chance.choice((1, 5, 50))):
            data[chance.randrange(len(data))] = chance.randrange(256)
        if chance.random() < 0.3:
            del data[chance.randrange(len(data)) :]
        older = Older(bytes(data), "book", "", kind, LIMITS)
        for act in (
            partial(clean_copy, older.data, "book", kind, LIMITS),
            partial(file_facts, older),
        ):
            with suppress(PartUnreadable, WorkbookRefused):
                act()
