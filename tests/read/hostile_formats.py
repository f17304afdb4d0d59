"""Hostile files of the other formats: what makes their library abort must not be ours to die of."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from pathlib import Path

from tests.read.hostile import Case, Repeated, entity, write
from tests.read.hostile_archives import bytes_of
from tests.read.parts import binary_workbook, open_document, zipped

OLE = bytes.fromhex("d0cf11e0a1b11ae1")
CELL = (
    '<table:table-cell office:value-type="float" office:value="1"{}><text:p>1</text:p>'
    "</table:table-cell>"
)


def table(cell: str, row: str = "") -> bytes:
    """An .ods file of one table of one cell."""
    return open_document(
        f'<table:table table:name="T"><table:table-row{row}>{cell}</table:table-row></table:table>'
    )


def text(begin: str, piece: str, times: int) -> Callable[[Path], None]:
    """What writes a text over and over."""

    def make(path: Path) -> None:
        with path.open("wb") as file:
            file.writelines(Repeated(piece, times, begin))

    return make


def compound(sector: bytes) -> bytes:
    """An OLE container that says it holds a workbook and whose tables are of one sector."""
    head = OLE + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(10)
    head += struct.pack("<5L", 1, 0, 0, 4096, 0) + struct.pack("<4L", 1, 0, 0, 0)
    head += bytes(436 - 4) + sector
    return head.ljust(512, b"\0") + "Workbook".encode("utf-16-le") + sector * 300


def nested(path: Path) -> None:
    """Content of an .ods file that is deeper than any stack."""
    write(
        path,
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": Repeated("<a>", 3_000_000),
        },
    )


DAMAGED = (
    "{} cannot be read: it is damaged or not of the kind that its name says; restore it from a "
    "backup or save it again."
)
VALUES_ALONE = (
    "Formulas not available for this format (.{kind}), nor what is hidden in it{lost}: install "
    "LibreOffice, or switch it on again, or save the workbook as .xlsx, to have all of it checked."
)
ENDED = "the program that reads it ended, for it is damaged or too large."

CASES = (
    Case(
        "web-page",
        bytes_of(b"<html><table><tr><td>1</td></tr></table></html>"),
        refusal=(
            "{} is a web page with the name of a workbook; open it in Excel and save it as .xlsx."
        ),
        extension="xls",
    ),
    Case(
        "two-far-cells-in-binary",
        bytes_of(binary_workbook(("One", ((0, 0, 1.0), (1_048_575, 16_383, 2.0))))),
        problems=(
            f"{{}}: sheet 'One' could not be read: {ENDED}",
            VALUES_ALONE.format(kind="xlsb", lost=""),
        ),
        extension="xlsb",
    ),
    Case(
        "a-cell-repeated-over-the-sheet",
        bytes_of(
            table(
                CELL.format(' table:number-columns-repeated="16384"'),
                ' table:number-rows-repeated="1048576"',
            )
        ),
        refusal=DAMAGED,
        extension="ods",
    ),
    Case(
        "a-cell-repeated-without-end",
        bytes_of(table(CELL.format(' table:number-columns-repeated="4294967295"'))),
        problems=(VALUES_ALONE.format(kind="ods", lost=", and cells with an error look empty"),),
        cells=16_384,
        extension="ods",
    ),
    Case(
        "document-type-in-a-spreadsheet",
        bytes_of(zipped({"content.xml": entity('<!ENTITY a "a">', "<x>&a;</x>")})),
        refusal=DAMAGED,
        extension="ods",
    ),
    Case("three-million-deep-in-a-spreadsheet", nested, refusal=DAMAGED, extension="ods"),
    Case(
        "container-of-ones",
        bytes_of(compound(b"\1\0\0\0" * 128)),
        refusal=f"{{}} cannot be read: {ENDED}",
        extension="xls",
    ),
    Case(
        "container-of-zeros",
        bytes_of(compound(bytes(512))),
        refusal=f"{{}} cannot be read: {ENDED}",
        extension="xls",
    ),
    Case(
        "container-of-anything",
        bytes_of(compound(random.Random(2).randbytes(512))),  # noqa: S311 - the same every time
        refusal=DAMAGED,
        extension="xls",
    ),
    Case(
        "a-line-of-a-million-fields",
        text("", "1,", 1_000_000),
        cells=16_384,
        problems=("a-line-of-a-million-fields: Lines with more than 16,384 fields were cut: 1.",),
        extension="csv",
    ),
    Case(
        "a-field-of-50-mb",
        text('a,"', "x\n", 25_000_000),
        cells=1_048_577,
        problems=(
            (
                "a-field-of-50-mb: Lines with a quotation mark that is not closed, which was read "
                "as text: 1 (first: 1)."
            ),
            "a-field-of-50-mb: Only the first 1,048,576 lines were read.",
        ),
        extension="csv",
    ),
    Case(
        "a-text-of-zeros",
        text("a,b\n", "\0\0", 1_000_000),
        refusal="{} is no workbook: its content is that of no known format; it may be damaged.",
        extension="csv",
    ),
    Case(
        "formulas-and-commands",
        bytes_of(b"=cmd|'/C calc'!A0,@SUM(1),+1,-1\n"),
        cells=2,
        extension="csv",
    ),
    Case(
        "twelve-million-lines",
        text("", "1\n", 12_000_000),
        cells=1_048_576,
        problems=("twelve-million-lines: Only the first 1,048,576 lines were read.",),
        extension="csv",
    ),
)
