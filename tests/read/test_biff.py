"""Records of .xls and .xlsb files that tell what other readers leave out."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from tests.read.fake_soffice import unzipped
from tests.read.old_books import (
    CHART,
    error,
    formula,
    number,
    old_stream,
    record,
    setting,
    sheet,
    truth,
)
from tests.read.parts import binary_workbook, values, zipped
from tickmark.model.book_details import BookProtection, Calculation
from tickmark.model.sheet_details import SheetProtection
from tickmark.read import Limits, biff12, read_workbook
from tickmark.read.biff import (
    is_encrypted,
    read_facts,
    records,
    without_picture_links,
)
from tickmark.read.package import open_package

DIVISION = b"\x1e\x01\x00\x1e\x00\x00\x06"
MOST = 1_000
FLAGS = b"\x06\x01"


def test_errors_are_found_sheet_by_sheet() -> None:
    stream = old_stream(
        sheet("A", number(0, 0, 1.0), formula(1, 0, DIVISION, "#DIV/0!"), error(2, 3, 0x2A)),
        sheet("B", truth(0, 0, value=True), formula(0, 1, DIVISION, 2.0)),
        sheet("C", error(0, 0, 0x99), error(65_535, 255, 0x17)),
    )
    assert read_facts(stream, MOST).errors == (
        {(2, 1): "#DIV/0!", (3, 4): "#N/A"},
        {},
        {(65_536, 256): "#REF!"},
    )
    assert read_facts(stream, 2).errors == ({(2, 1): "#DIV/0!", (3, 4): "#N/A"}, {}, {})


def test_what_lies_in_a_chart_of_a_sheet_is_not_of_the_sheet() -> None:
    chart = record(0x0809, bytes(16)) + error(0, 0, 0x2A) + record(0x000A)
    stream = old_stream(sheet("A", chart, error(1, 1, 0x17)), sheet("C", kind=CHART))
    assert read_facts(stream, MOST).errors == ({(2, 2): "#REF!"}, {})


def test_settings_and_protection_are_those_of_the_records() -> None:
    stream = old_stream(
        sheet(
            "A",
            *(setting(0x0D, 0), setting(0x0C, 7), setting(0x0F, 0), setting(0x11, 1)),
            record(0x0010, struct.pack("<d", 0.5)),
            *(setting(0x12, 1), setting(0x13, 0xABCD)),
        ),
        sheet("B", setting(0x12, 1)),
        sheet("C"),
        settings=setting(0x0E, 0) + setting(0x12, 1) + setting(0x19, 1) + setting(0x13, 5),
    )
    facts = read_facts(stream, MOST)
    assert facts.calculation == Calculation(
        mode="manual",
        iterates=True,
        most_iterations=7,
        most_change=0.5,
        as_displayed=True,
        r1c1=True,
    )
    assert facts.protection == BookProtection(structure=True, windows=True, password=True)
    assert facts.protections == (SheetProtection(password=True), SheetProtection(), None)


def test_records_that_are_cut_off_or_short_end_the_reading() -> None:
    assert list(records(b"\x01\x00\x02\x00ab\x05\x00\xff\x00x")) == [(1, 4, 2)]
    assert list(records(b"\x01")) == []
    stream = old_stream(sheet("A", record(0x06, b"ab"), record(0x0205, b""), record(0x12)))
    assert read_facts(stream, MOST).errors == ({},)


def test_encrypted_records_are_known() -> None:
    assert is_encrypted(old_stream(sheet("A"), settings=record(0x002F, bytes(54))))
    assert not is_encrypted(old_stream(sheet("A")))
    assert not is_encrypted(b"")


@pytest.mark.parametrize(
    ("drawing", "clean"),
    [
        (FLAGS + b"\x0a\x00\x00\x00", FLAGS + b"\x02\x00\x00\x00"),
        (b"\x06\x41\x0e\x00", b"\x06\x41\x02\x00"),
        (b"\x06\xc1\x04", b"\x06\xc1\x00"),
        (b"\x06\x01\x06\x01\x0a", b"\x06\x01\x02\x01\x02"),
        (FLAGS + b"\x02\x00\x00\x00", FLAGS + b"\x02\x00\x00\x00"),
        (b"\x05\x01\x0a\x00", b"\x05\x01\x0a\x00"),
        (FLAGS, FLAGS),
    ],
)
def test_links_of_pictures_are_cut(drawing: bytes, clean: bytes) -> None:
    before = old_stream(sheet("A", number(0, 0, 1.0), record(0x00EC, drawing), number(1, 0, 2.0)))
    after = old_stream(sheet("A", number(0, 0, 1.0), record(0x00EC, clean), number(1, 0, 2.0)))
    assert without_picture_links(before) == after


def test_a_link_that_lies_across_records_is_cut() -> None:
    def stream(last: bytes) -> bytes:
        other = record(0x005D, FLAGS + b"\x0a")
        first, second = record(0x00EC, b"ab\x06"), record(0x00EC, b"\x01")
        return old_stream(sheet("A", first, other, second, record(0x003C, last), other))

    assert without_picture_links(stream(b"\x0a\x00")) == stream(b"\x02\x00")


def test_what_is_no_drawing_stays() -> None:
    stream = old_stream(sheet("A", record(0x0203, FLAGS + b"\x0a" + bytes(11))))
    assert without_picture_links(stream) == stream


def test_errors_of_a_binary_workbook_are_found(tmp_path: Path) -> None:
    data = _with_errors()
    package = open_package(data, "b.xlsb", Limits())
    assert biff12.cached_errors(package, "xl/workbook.bin", MOST) == (
        {},
        {(1, 2): "#REF!", (300, 16_384): "#DIV/0!"},
        {},
    )
    path = tmp_path / "b.xlsb"
    path.write_bytes(data)
    assert values(read_workbook(path)["Two"]) == {"A1": 7.0, "B1": "#REF!", "XFD300": "#DIV/0!"}


def _with_errors() -> bytes:
    known: dict[str, bytes | str] = dict(
        unzipped(
            binary_workbook(
                ("One", ((0, 0, 1.0),)), ("Two", ((0, 0, 7.0),)), ("Gone", ((0, 0, 7.0),))
            )
        )
    )
    part = known["xl/worksheets/sheet2.bin"]
    assert isinstance(part, bytes)
    end = part.rindex(b"\x92\x01\x00")  # the end of the cells
    more = b"\x03\x09" + struct.pack("<IIB", 1, 0, 0x17)
    more += b"\x00\x11" + struct.pack("<I", 299) + bytes(13)
    more += b"\x0b\x0b" + struct.pack("<IIB", 16_383, 0, 0x07) + b"\0\0"
    more += b"\x03\x09" + struct.pack("<IIB", 16_384, 0, 0x07)  # right of the last column
    known["xl/worksheets/sheet2.bin"] = part[:end] + more + part[end:]
    del known["xl/worksheets/sheet3.bin"]
    return zipped(known)
