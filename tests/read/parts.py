"""A tiny language for workbook files written part by part, odd and hostile ones too.

`package(sheet='<c r="A1"><v>1</v></c>')` is the bytes of an .xlsx whose one sheet `Data` holds
that cell; the keywords replace or add parts.
"""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path

from tickmark.model.workbook import Sheet, Workbook
from tickmark.read import Limits, read_workbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
MACRO_TYPE = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"

SHEET = "xl/worksheets/sheet1.xml"
STYLES = (
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm"/></numFmts>'
    '<fonts count="2"><font/><font><b/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="solid"/></fill></fills>'
    '<borders count="2"><border><left/></border><border><left style="thin"/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="9"/></cellStyleXfs>'
    '<cellXfs count="5"><xf numFmtId="0"/><xf numFmtId="14"/>'
    '<xf numFmtId="164" fontId="1" fillId="1" borderId="1"/><xf numFmtId="4"/><xf numFmtId="0"/>'
    '</cellXfs><dxfs count="1"><dxf><font><b/></font><numFmt numFmtId="4" formatCode="0"/>'
    "</dxf></dxfs>"
)

Content = str | bytes


def zipped(parts: Mapping[str, Content], *, again: tuple[tuple[str, Content], ...] = ()) -> bytes:
    """A zip archive of parts; `again` adds some whose name may be there already."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a name written twice is what a test is about
        for name, content in (*parts.items(), *again):
            # Without the time of day, so that the same parts are the same bytes.
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def relationships(*entries: tuple[str, str, str], office: str = OFFICE) -> str:
    """A relationships part of (id, last word of the type, target); `!` before external targets."""
    items = "".join(
        f'<Relationship Id="{key}" Type="{office}/{kind}" Target="{target.removeprefix("!")}"'
        + (' TargetMode="External"/>' if target.startswith("!") else "/>")
        for key, kind, target in entries
    )
    return f'<Relationships xmlns="{RELATIONSHIPS}">{items}</Relationships>'


def parts(
    cells: str = "",
    *,
    before: str = "",
    after: str = "",
    strings: str = "",
    styles: str = STYLES,
    book: str = "",
    book_before: str = "",
    main: str = MAIN,
    office: str = OFFICE,
    book_type: str = WORKBOOK_TYPE,
) -> dict[str, Content]:
    """The parts of a small workbook, to be changed before they are zipped.

    `cells` stand in the row 1 of the sheet `Data`, or are whole rows; `before` and `after` stand
    around its cells, `book_before` and `book` around the workbook's list of sheets.
    """
    rows = cells if cells.startswith("<row") or not cells else f'<row r="1">{cells}</row>'
    return {
        "[Content_Types].xml": (
            f'<Types xmlns="{CONTENT_TYPES}"><Override PartName="/xl/workbook.xml" '
            f'ContentType="{book_type}"/></Types>'
        ),
        "_rels/.rels": relationships(("rId1", "officeDocument", "xl/workbook.xml"), office=office),
        "xl/_rels/workbook.xml.rels": relationships(
            ("rId1", "worksheet", "worksheets/sheet1.xml"),
            ("rId2", "styles", "styles.xml"),
            ("rId3", "sharedStrings", "sharedStrings.xml"),
            office=office,
        ),
        "xl/workbook.xml": (
            f'<workbook xmlns="{main}" xmlns:r="{office}">{book_before}<sheets>'
            f'<sheet name="Data" sheetId="1" r:id="rId1"/></sheets>{book}</workbook>'
        ),
        "xl/styles.xml": f'<styleSheet xmlns="{main}">{styles}</styleSheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{main}">{strings}</sst>',
        SHEET: (
            f'<worksheet xmlns="{main}" xmlns:r="{office}">{before}'
            f"<sheetData>{rows}</sheetData>{after}</worksheet>"
        ),
    }


def read(
    tmp_path: Path,
    file: Mapping[str, Content] | bytes,
    *,
    name: str = "book.xlsx",
    limits: Limits | None = None,
    password: str | None = None,
) -> Workbook:
    """The workbook that is read from parts or bytes under a file name."""
    path = tmp_path / name
    path.write_bytes(file if isinstance(file, bytes) else zipped(file))
    return read_workbook(path, limits or Limits(), password=password)


def read_sheet(tmp_path: Path, cells: str = "", **rest: str) -> Sheet:
    """The sheet `Data` read from its cells; the other keywords are those of `parts`."""
    return read(tmp_path, parts(cells, **rest))["Data"]


def values(sheet: Sheet) -> dict[str, object]:
    """Address to value."""
    return {cell.a1: cell.value for cell in sheet.cells}


def formulas(sheet: Sheet) -> dict[str, str]:
    """Address to the text of the formula, for members of a shared one that of the master."""
    return {
        cell.a1: sheet.cells.formula_texts[cell.formula]
        for cell in sheet.cells
        if cell.formula >= 0
    }


def open_document(*tables: str, mimetype: str = "", manifest: str = "<manifest/>") -> bytes:
    """An .ods file of tables such as `<table:table table:name="T">…</table:table>`."""
    urn = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<office:document-content xmlns:office="{urn}:office:1.0" xmlns:table="{urn}:table:1.0" '
        f'xmlns:text="{urn}:text:1.0"><office:body><office:spreadsheet>{"".join(tables)}'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    return zipped(
        {
            "mimetype": mimetype or "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content,
            "META-INF/manifest.xml": manifest,
        }
    )


def binary_workbook(*sheets: tuple[str, tuple[tuple[int, int, float], ...]]) -> bytes:
    """An .xlsb file of sheets, each with numbers at 0-based (row, column, number)."""
    listed = b"".join(
        _record(156, struct.pack("<II", 0, place) + _text(f"rId{place}") + _text(name))
        for place, (name, _) in enumerate(sheets, start=1)
    )
    made: dict[str, Content] = {
        "_rels/.rels": relationships(("rId1", "officeDocument", "xl/workbook.bin")),
        "xl/_rels/workbook.bin.rels": relationships(
            *(
                (f"rId{place}", "worksheet", f"worksheets/sheet{place}.bin")
                for place in range(1, len(sheets) + 1)
            )
        ),
        "xl/workbook.bin": _record(131) + _record(143) + listed + _record(144) + _record(132),
    }
    for place, (_, cells) in enumerate(sheets, start=1):
        made[f"xl/worksheets/sheet{place}.bin"] = _binary_sheet(cells)
    return zipped(made)


def _binary_sheet(cells: tuple[tuple[int, int, float], ...]) -> bytes:
    body = b"".join(
        _record(0, struct.pack("<I", row) + bytes(13))
        + _record(5, struct.pack("<IId", column, 0, number))
        for row, column, number in cells
    )
    dimension = struct.pack("<IIII", 0, cells[-1][0], 0, cells[-1][1])
    return (
        _record(129) + _record(148, dimension) + _record(145) + body + _record(146) + _record(130)
    )


def _record(kind: int, payload: bytes = b"") -> bytes:
    """A record of the binary format: type and length in groups of seven bits."""
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    return head + bytes([len(payload)]) + payload


def _text(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")
