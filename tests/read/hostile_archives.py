"""Hostile archives and relationships: bombs, lies about members, targets that lead elsewhere."""

from __future__ import annotations

import itertools
import random
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

from tests.read.hostile import (
    BOOK,
    BOOK_RELS,
    CELL,
    HEAD,
    STRINGS,
    STYLES,
    Case,
    Numbered,
    Repeated,
    Streamed,
    book,
    failed,
    sheet_relationships,
    write,
)
from tests.read.parts import MAIN, OFFICE, RELATIONSHIPS, SHEET, parts, relationships, zipped

BLANKS = Repeated(" " * 1_000, 1_000_000, f"{HEAD}<sheetData>", "</sheetData></worksheet>")
OTHER = f'{HEAD}<sheetData><row r="1"><c r="A1"><v>666</v></c></row></sheetData></worksheet>'


def bytes_of(data: bytes) -> Callable[[Path], None]:
    """What writes these bytes."""

    def make(path: Path) -> None:
        path.write_bytes(data)

    return make


def patched(old: bytes, new: bytes, *, last: bool = False) -> Callable[[Path], None]:
    """What writes a good workbook with bytes of its archive replaced."""

    def make(path: Path) -> None:
        data = zipped(parts(CELL))
        at = data.rindex(old) if last else data.index(old)
        path.write_bytes(data[:at] + new + data[at + len(old) :])

    return make


def flipped(path: Path) -> None:
    """The sheet's data do not fit their checksum."""
    data = bytearray(zipped(parts(CELL)))
    data[data.index(SHEET.encode()) + len(SHEET) + 20] ^= 0xFF
    path.write_bytes(data)


def method(number: int, flags: int = 0) -> Callable[[Path], None]:
    """What writes a workbook whose sheet is said to be packed by a method of zip."""

    def make(path: Path) -> None:
        data = bytearray(zipped(parts(CELL)))
        for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            begin = data.index(SHEET.encode(), data.index(mark))
            begin = data.rindex(mark, 0, begin)
            data[begin + at : begin + at + 4] = struct.pack("<HH", flags, number)
        path.write_bytes(data)

    return make


def shorter_than_it_is(path: Path) -> None:
    """The directory says that the sheet has 10 bytes."""
    data = bytearray(zipped(parts(CELL)))
    begin = data.rindex(b"PK\x01\x02", 0, data.rindex(SHEET.encode()))
    data[begin + 24 : begin + 28] = struct.pack("<I", 10)
    path.write_bytes(data)


def overlapping(path: Path) -> None:
    """Forty members over one stream of 60 MB, each quoting the next one's header (D. Fifield)."""
    names = ["xl/workbook.bin", *(f"xl/worksheets/sheet{n}.bin" for n in range(1, 40))]
    plain = bytes(60_000_000)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(plain) + packer.flush()
    checksum, size = zlib.crc32(plain), len(plain)
    files: list[tuple[bytes, int]] = []
    body = packed
    for name in reversed(names):
        if files:  # a stored block around the header of the next member, then its data
            quoted = files[-1][0]
            block = b"\0" + struct.pack("<HH", len(quoted), len(quoted) ^ 0xFFFF)
            body = block + body
            plain = quoted + plain
            checksum, size = zlib.crc32(plain), len(plain)
        fields = (20, 0, 8, 0, 0x21, checksum, len(body), size, len(name), 0)
        header = b"PK\x03\x04" + struct.pack("<5H3L2H", *fields) + name.encode()
        files.append((header, len(body)))
        body = header + body
    rels = relationships(("rId1", "officeDocument", "xl/workbook.bin")).encode()
    ordinary = zipped({"_rels/.rels": rels})
    start = ordinary.index(b"PK\x01\x02")
    end = ordinary.index(b"PK\x05\x06")
    entries = ordinary[start:end]
    for header, length in reversed(files):
        entries += b"PK\x01\x02" + struct.pack("<H", 20) + header[4:30]
        entries += struct.pack("<3H2L", 0, 0, 0, 0, start + len(body) - length - len(header))
        entries += header[30:]
    count = len(names) + 1
    ending = struct.pack(
        "<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(entries), start + len(body), 0
    )
    path.write_bytes(ordinary[:start] + body + entries + ending)


def many_sheets(count: int) -> dict[str, Streamed]:
    """A workbook that names so many sheets, without their parts."""
    made: dict[str, Streamed] = {**parts(CELL)}
    listed = (f'<sheet name="S{n}" sheetId="{n}" r:id="s{n}"/>' for n in range(1, count + 1))
    made[BOOK] = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{"".join(listed)}</sheets></workbook>'
    )
    named = ((f"s{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in range(1, count + 1))
    made[BOOK_RELS] = relationships(*named)
    del made[SHEET]
    return made


def large_parts(path: Path) -> None:
    """Sheets of 80 MB, each of which is below what a part alone is checked from."""
    blank = [itertools.islice(BLANKS, 80) for _ in range(3)]
    named = {f"xl/worksheets/sheet{n}.xml": part for n, part in enumerate(blank, start=1)}
    write(path, {**many_sheets(3), **named})


def target(kind: str, leads: str, *, type_: str = "", mode: str = "") -> Callable[[Path], None]:
    """What writes a workbook in which the relationship of a kind leads elsewhere."""
    ids = {"worksheet": "rId1", "styles": "rId2", "sharedStrings": "rId3"}
    usual = {
        "worksheet": "worksheets/sheet1.xml",
        "styles": "styles.xml",
        "sharedStrings": "sharedStrings.xml",
    }
    entries = "".join(
        f'<Relationship Id="{ids[one]}" Type="{OFFICE}/{(type_ or one) if one == kind else one}" '
        f'Target="{leads if one == kind else place}"{mode if one == kind else ""}/>'
        for one, place in usual.items()
    )
    rels = f'<Relationships xmlns="{RELATIONSHIPS}">{entries}</Relationships>'
    return book(replaced={BOOK_RELS: rels})


def outside(leads: str) -> str:
    """The refusal of a file that names a part outside."""
    return f"{{}} was refused: one of its parts is said to lie outside the file ({leads!r})."


EXTERNAL = ' TargetMode="External"'
DAMAGED = (
    "{} is damaged: its zip archive cannot be opened; restore it from a backup or save it again."
)
INSIDE = failed(f"its part {SHEET} is damaged inside the zip archive")
METHOD = failed(f"its part {SHEET} is packed in a way that workbooks never are")
RATIO = failed(
    f"its part {SHEET} unpacks to more than 200 times its size, which is the mark of a zip bomb; "
    "--limit ratio=N allows more"
)
BOMB = (
    "{} unpacks to more than 200 times its size and was refused as a possible zip bomb; --limit "
    "ratio=N allows more."
)

CASES = (
    Case("empty", bytes_of(b""), refusal="{} is empty."),
    Case(
        "text-renamed",
        bytes_of(b"a,b\n1,2\n"),
        refusal="{} is a text file and no workbook; if it is a table of values, name it .csv.",
    ),
    Case(
        "random",
        bytes_of(random.Random(1).randbytes(5_000)),  # noqa: S311 - the same every time
        refusal="{} is no workbook: its content is that of no known format; it may be damaged.",
    ),
    Case("truncated", bytes_of(zipped(parts(CELL))[:900]), refusal=DAMAGED),
    Case("checksum", flipped, problems=(INSIDE,)),
    Case("shorter-than-it-is", shorter_than_it_is, problems=(INSIDE,)),
    Case("deflate64", method(9), problems=(METHOD,)),
    Case("bzip2", method(12), problems=(METHOD,)),
    Case("lzma", method(14), problems=(METHOD,)),
    Case("encrypted-member", method(8, flags=1), problems=(METHOD,)),
    Case(
        "another-local-name",
        patched(SHEET.encode(), b"xl/worksheets/sheet2.xml"),
        problems=(INSIDE,),
    ),
    Case(
        "member-name-twice",
        bytes_of(zipped(parts(CELL), again=((SHEET.upper(), OTHER),))),
        refusal=(
            "{} was refused: it holds two parts of the name 'xl/worksheets/sheet1.xml', and "
            "programs differ in which of them they read."
        ),
    ),
    Case(
        "names-of-paths",
        book(replaced={"../../evil.txt": "x", "/abs/evil.txt": "x", "C:\\evil.txt": "x"}),
        cells=1,
    ),
    Case(
        "thirty-thousand-members",
        book(replaced={f"x/{n}": "" for n in range(30_000)}),
        refusal=(
            "{} holds more than 20,000 parts and was refused as a possible zip bomb; --limit "
            "zip_members=N allows more."
        ),
    ),
    Case(
        "archive-in-archive",
        book(replaced={SHEET: zipped(parts())}),
        problems=(
            failed(
                f"its part {SHEET} is no well-formed XML (line 1: not well-formed (invalid token))"
            ),
        ),
    ),
    Case("a-gigabyte-of-blanks", book(replaced={SHEET: BLANKS}, level=6), problems=(RATIO,)),
    Case("many-large-parts", large_parts, refusal=BOMB),
    Case("overlapping-members", overlapping, refusal=BOMB, extension="xlsb"),
    Case(
        "a-gigabyte-of-one-text",
        book(
            '<c r="A1" t="s"><v>0</v></c><c r="B1"><v>2</v></c>',
            replaced={
                STRINGS: Repeated(
                    "A" * 1_000, 1_000_000, f'<sst xmlns="{MAIN}"><si><t>', "</t></si></sst>"
                )
            },
            level=6,
        ),
        cells=1,
        problems=(
            (
                "Data: Texts are missing from the workbook: its part xl/sharedStrings.xml unpacks "
                "to more than 200 times its size, which is the mark of a zip bomb; --limit ratio=N "
                "allows more."
            ),
            (
                "Data: 1 cell read without value: the text is missing from the shared strings "
                "(first: A1)."
            ),
        ),
    ),
    # Targets.
    Case(
        "sheet-outside",
        target("worksheet", "../../../../etc/passwd"),
        refusal=outside("../../../../etc/passwd"),
    ),
    Case(
        "sheet-at-absolute-path",
        target("worksheet", "/etc/passwd"),
        problems=(failed("its part etc/passwd is missing"),),
    ),
    Case(
        "sheet-at-file-address",
        target("worksheet", "file:///etc/passwd", mode=EXTERNAL),
        refusal=outside("file:///etc/passwd"),
    ),
    Case(
        "sheet-on-a-share",
        target("worksheet", r"\\192.0.2.1\share\a.xml", mode=EXTERNAL),
        refusal=outside(r"\\192.0.2.1\share\a.xml"),
    ),
    Case(
        "sheet-on-a-share-said-to-be-inside",
        target("worksheet", r"\\192.0.2.1\share\a.xml"),
        problems=(failed("its part 192.0.2.1/share/a.xml is missing"),),
    ),
    Case(
        "styles-on-the-web",
        target("styles", "http://192.0.2.1/styles.xml", mode=EXTERNAL),
        refusal=outside("http://192.0.2.1/styles.xml"),
    ),
    Case(
        "texts-on-the-web",
        target("sharedStrings", "http://192.0.2.1/s.xml", mode=EXTERNAL),
        refusal=outside("http://192.0.2.1/s.xml"),
    ),
    Case(
        "escaped-path",
        target("worksheet", "%2e%2e/%2e%2e/%2e%2e/etc/passwd"),
        problems=(failed("its part xl/../../../etc/passwd is missing"),),
    ),
    Case(
        "sheet-is-the-workbook",
        target("worksheet", "workbook.xml"),
        problems=(failed("its part xl/workbook.xml is not that of a worksheet"),),
    ),
    Case(
        "sheet-is-its-own-relationships",
        target("worksheet", "_rels/workbook.xml.rels"),
        problems=(failed("its part xl/_rels/workbook.xml.rels is not that of a worksheet"),),
    ),
    Case(
        "sheet-of-another-type",
        target("worksheet", "worksheets/sheet1.xml", type_="printerSettings"),
        cells=1,
    ),
    # Missing parts.
    Case(
        "no-sheet-part", book(dropped=[SHEET]), problems=(failed(f"its part {SHEET} is missing"),)
    ),
    Case(
        "no-styles-part",
        book(dropped=[STYLES]),
        cells=1,
        problems=(
            (
                "Data: Formats are unknown, dates look like numbers: its part xl/styles.xml is "
                "missing."
            ),
        ),
    ),
    Case(
        "no-texts-part",
        book('<c r="A1" t="s"><v>0</v></c><c r="B1"><v>2</v></c>', dropped=[STRINGS]),
        cells=1,
        problems=(
            "Data: Texts are missing from the workbook: its part xl/sharedStrings.xml is missing.",
            (
                "Data: 1 cell read without value: the text is missing from the shared strings "
                "(first: A1)."
            ),
        ),
    ),
    Case(
        "no-workbook-part",
        book(dropped=[BOOK]),
        refusal="{} cannot be read: its part xl/workbook.xml is missing.",
    ),
    Case(
        "no-relationships-of-the-workbook",
        book(dropped=[BOOK_RELS]),
        problems=(failed("the workbook does not say where it is"),),
    ),
    Case(
        "no-relationships",
        book(dropped=["_rels/.rels"]),
        refusal="{} is a zip archive, but it holds no workbook.",
    ),
    Case("no-content-types", book(dropped=["[Content_Types].xml"]), cells=1),
    Case(
        "a-million-relationships",
        book(
            replaced={
                "xl/worksheets/_rels/sheet1.xml.rels": Numbered(
                    lambda n: f'<Relationship Id="r{n}" Type="t/hyperlink" Target="a"/>',
                    1_100_000,
                    f'<Relationships xmlns="{RELATIONSHIPS}">',
                    "</Relationships>",
                )
            }
        ),
        cells=1,
        problems=(
            (
                "Data: What belongs to the sheet could not be read: its part "
                "xl/worksheets/_rels/sheet1.xml.rels has more than 1,000,000 elements; --limit "
                "elements=N allows more."
            ),
        ),
    ),
    Case(
        "ten-thousand-sheets",
        lambda path: write(path, many_sheets(10_000)),
        problems=(
            *(
                f"{{}}: sheet 'S{n}' could not be read: its part xl/worksheets/sheet{n}.xml is "
                "missing."
                for n in range(1, 5_001)
            ),
            "5,000 sheets left out of 10,000; --limit sheets=N allows more.",
        ),
    ),
    Case(
        "drawing-that-names-itself",
        book(
            after='<drawing r:id="rId1"/>',
            replaced={
                **sheet_relationships(("rId1", "drawing", "../drawings/drawing1.xml")),
                "xl/drawings/drawing1.xml": (
                    '<d:wsDr xmlns:d="http://schemas.openxmlformats.org/drawingml/2006/'
                    f'spreadsheetDrawing" xmlns:r="{OFFICE}"><d:graphicFrame><c:chart '
                    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
                    'r:id="rId1"/></d:graphicFrame></d:wsDr>'
                ),
                "xl/drawings/_rels/drawing1.xml.rels": relationships(
                    ("rId1", "chart", "drawing1.xml"), ("rId2", "drawing", "drawing1.xml")
                ),
            },
        ),
        cells=1,
        problems=(
            (
                "Data: A chart could not be read: its part xl/drawings/drawing1.xml is not that "
                "of a chart."
            ),
        ),
    ),
    Case(
        "pivot-cache-that-names-itself",
        book(
            replaced={
                **sheet_relationships(("rId1", "pivotTable", "../pivotTables/p.xml")),
                "xl/pivotTables/p.xml": (
                    f'<pivotTableDefinition xmlns="{MAIN}" name="P" cacheId="1"><location '
                    'ref="A1:B2"/></pivotTableDefinition>'
                ),
                "xl/pivotTables/_rels/p.xml.rels": relationships(
                    ("rId1", "pivotCacheDefinition", "p.xml"), ("rId2", "pivotTable", "p.xml")
                ),
            }
        ),
        cells=1,
        problems=(
            (
                "Data: The data of a pivot table could not be read in full: its part "
                "xl/pivotTables/p.xml is not that of a pivot cache."
            ),
        ),
    ),
    Case(
        "no-members",
        lambda path: write(path, {}),
        refusal="{} is a zip archive, but it holds no workbook.",
    ),
)
