"""Whole packages written part by part, as legitimate as those of a spreadsheet program."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tests.read.parts import CONTENT_TYPES, MAIN, OFFICE, RELATIONSHIPS, Content

BOOK: Final = "xl/workbook.xml"
MICROSOFT: Final = "http://schemas.microsoft.com/office/2017/10/relationships"
_SPREADSHEET: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_TYPES: Final = {
    "officeDocument": f"{_SPREADSHEET}.sheet.main+xml",
    "worksheet": f"{_SPREADSHEET}.worksheet+xml",
    "styles": f"{_SPREADSHEET}.styles+xml",
    "sharedStrings": f"{_SPREADSHEET}.sharedStrings+xml",
    "sheetMetadata": f"{_SPREADSHEET}.sheetMetadata+xml",
    "table": f"{_SPREADSHEET}.table+xml",
    "comments": f"{_SPREADSHEET}.comments+xml",
    "theme": "application/vnd.openxmlformats-officedocument.theme+xml",
    "vmlDrawing": "application/vnd.openxmlformats-officedocument.vmlDrawing",
    "threadedComment": "application/vnd.ms-excel.threadedcomments+xml",
    "person": "application/vnd.ms-excel.person+xml",
}
_OF_MICROSOFT: Final = {"threadedComment", "person"}

STYLES: Final = (
    '<numFmts count="3"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="[h]:mm"/>'
    '<numFmt numFmtId="166" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="6"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="166" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="21" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
)
"""Cell formats 1 to 5: a day, a duration, a moment, a time, bold."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part and the relationship that leads to it; `target` is as written, by default relative."""

    name: str
    kind: str
    content: Content
    source: str = BOOK
    target: str = ""
    key: str = ""


def packed(parts: Sequence[Part], *, office: str = OFFICE) -> dict[str, Content]:
    """Parts with their content types and relationships; ids are rId1, rId2, … for each source."""
    types = "".join(
        f'<Override PartName="/{part.name}" ContentType="{_TYPES[part.kind]}"/>' for part in parts
    )
    made: dict[str, Content] = {
        "[Content_Types].xml": (
            f'<Types xmlns="{CONTENT_TYPES}"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/>{types}</Types>'
        )
    }
    for source in dict.fromkeys(part.source for part in parts):
        folder, name = posixpath.split(source)
        listed = [part for part in parts if part.source == source]
        made[posixpath.join(folder, "_rels", f"{name}.rels")] = _relationships(listed, office)
    return made | {part.name: part.content for part in parts}


def _relationships(parts: Sequence[Part], office: str) -> str:
    items = "".join(
        f'<Relationship Id="{part.key or f"rId{number}"}" '
        f'Type="{MICROSOFT if part.kind in _OF_MICROSOFT else office}/{part.kind}" '
        f'Target="{part.target or _relative(part)}"/>'
        for number, part in enumerate(parts, start=1)
    )
    return f'<Relationships xmlns="{RELATIONSHIPS}">{items}</Relationships>'


def _relative(part: Part) -> str:
    folder = posixpath.dirname(part.source)
    return posixpath.relpath(part.name, folder) if folder else part.name


def workbook(
    *names: str, before: str = "", after: str = "", main: str = MAIN, office: str = OFFICE
) -> Part:
    """The workbook part; sheets are related as rId1, rId2, …, states stand behind a colon."""
    sheets = "".join(
        f'<sheet name="{name.partition(":")[0]}" sheetId="{number}" '
        + (f'state="{name.partition(":")[2]}" ' if ":" in name else "")
        + f'r:id="rId{number}"/>'
        for number, name in enumerate(names, start=1)
    )
    conformance = ' conformance="strict"' if main != MAIN else ""
    return Part(
        BOOK,
        "officeDocument",
        f'<workbook xmlns="{main}" xmlns:r="{office}"{conformance}>{before}'
        f"<sheets>{sheets}</sheets>{after}</workbook>",
        source="",
    )


def worksheet(
    rows: str,
    *,
    before: str = "",
    after: str = "",
    number: int = 1,
    main: str = MAIN,
    office: str = OFFICE,
) -> Part:
    """The part of a sheet; `rows` are its rows, or cells of the first one."""
    if not rows.startswith("<row"):
        rows = f'<row r="1">{rows}</row>'
    return Part(
        f"xl/worksheets/sheet{number}.xml",
        "worksheet",
        f'<worksheet xmlns="{main}" xmlns:r="{office}">{before}<sheetData>{rows}</sheetData>'
        f"{after}</worksheet>",
    )


def styles(main: str = MAIN) -> Part:
    """The styles part with STYLES."""
    return Part("xl/styles.xml", "styles", f'<styleSheet xmlns="{main}">{STYLES}</styleSheet>')


def strings(items: str, main: str = MAIN) -> Part:
    """The shared strings of `<si>` items."""
    return Part("xl/sharedStrings.xml", "sharedStrings", f'<sst xmlns="{main}">{items}</sst>')
