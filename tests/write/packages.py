"""Hand-made packages: workbooks as few programs write them, and what their members hold."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path

from tickmark.model.edit import AddSheet, CellStyle, WrittenCell

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_RELATIONS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
CONTENT = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def parts(*, main: str = MAIN, relations: str = RELATIONS, names: str = "") -> dict[str, str]:
    """The parts of a workbook with one sheet "Data" and no styles; `names` are defined names."""
    return {
        "[Content_Types].xml": (
            f'<Types xmlns="{PACKAGE}/content-types">'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{CONTENT}.sheet.main+xml"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" '
            f'ContentType="{CONTENT}.worksheet+xml"/></Types>'
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": (
            f'<workbook xmlns="{main}" xmlns:r="{relations}"><bookViews>'
            '<workbookView activeTab="0"/></bookViews><sheets><sheet name="Data" sheetId="1" '
            f'r:id="rId1"/></sheets>{names}<calcPr calcId="191029"/></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
        ),
        "xl/worksheets/sheet1.xml": (
            f'<worksheet xmlns="{main}"><sheetData><row r="1"><c r="A1"><v>7</v></c></row>'
            "</sheetData></worksheet>"
        ),
    }


def strict_parts() -> dict[str, str]:
    """The same workbook as "Strict Open XML Spreadsheet"."""
    return parts(main=STRICT_MAIN, relations=STRICT_RELATIONS)


def pack(path: Path, content: Mapping[str, str | bytes], *, stored: bool = False) -> Path:
    """Write parts as a zip file, in the order given."""
    method = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return path


def packed_members(path: Path) -> dict[str, tuple[int, int, int, bytes]]:
    """For each member in order: checksum, size, compression, and the bytes as they are packed."""
    found = {}
    with path.open("rb") as stream, zipfile.ZipFile(stream) as archive:
        for info in archive.infolist():
            stream.seek(info.header_offset + 26)
            name, extra = struct.unpack("<2H", stream.read(4))
            stream.seek(name + extra, 1)
            data = stream.read(info.compress_size)
            found[info.filename] = (info.CRC, info.file_size, info.compress_type, data)
    return found


def part(path: Path, name: str) -> str:
    """The text of one part."""
    with zipfile.ZipFile(path) as archive:
        return archive.read(name).decode()


def rows(*lines: tuple[object, ...]) -> tuple[tuple[WrittenCell, ...], ...]:
    """Rows of a sheet from plain values and whole cells."""
    return tuple(
        tuple(one if isinstance(one, WrittenCell) else WrittenCell(one) for one in line)  # type: ignore[arg-type]
        for line in lines
    )


def report(*lines: tuple[object, ...], name: str = "Tickmark analysis") -> AddSheet:
    """A sheet with the given rows, or with a title only."""
    return AddSheet(name, rows(*(lines or ((WrittenCell("Done", CellStyle.TITLE),),))))
