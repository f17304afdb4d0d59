"""The parts of the add-in's file, and the archive that holds them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape, quoteattr

ADDIN: Final = "application/vnd.ms-excel.addin.macroEnabled.main+xml"
WORKBOOK: Final = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
CODE_NAMES: Final = ("ThisWorkbook", "Sheet1")
"""Names of the modules that belong to the workbook and to its one sheet."""

_SPREADSHEET: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_MICROSOFT: Final = "http://schemas.microsoft.com/office"
_RELATIONS: Final = f"{_OFFICE}/relationships"
_CONTENT: Final = "application/vnd.openxmlformats"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# The dates of an archive begin here; a fixed one makes equal content equal bytes.
_DATE: Final = (1980, 1, 1, 0, 0, 0)
_CUSTOM: Final = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"


@dataclass(frozen=True, slots=True)
class Content:
    """What goes into the file; `pictures` are PNG by the name that the ribbon calls them by.

    `properties` are custom document properties, `notes` the texts in the first column of the one
    sheet; `visible` tells a workbook to look at from an add-in.
    """

    vba: bytes
    ribbon: str
    pictures: Mapping[str, bytes]
    thumbnail: bytes
    properties: Mapping[str, str]
    notes: Sequence[str]
    visible: bool = False


def package(content: Content) -> bytes:
    """The file; equal content gives equal bytes with the same zlib."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, part in parts(content).items():
            info = zipfile.ZipInfo(name, _DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 0
            archive.writestr(info, part, compresslevel=9)
    return out.getvalue()


def parts(content: Content) -> dict[str, bytes]:
    """Each part by its name, the list of content types first."""
    texts = {
        "[Content_Types].xml": _content_types(visible=content.visible),
        "_rels/.rels": _package_relations(),
        "xl/workbook.xml": _workbook(visible=content.visible),
        "xl/_rels/workbook.xml.rels": _workbook_relations(),
        "xl/worksheets/sheet1.xml": _sheet(content.notes),
        "xl/styles.xml": _STYLES,
        "docProps/app.xml": _APPLICATION,
        "docProps/core.xml": _core(content.notes),
        "docProps/custom.xml": _properties(content.properties),
        "customUI/customUI14.xml": content.ribbon,
        "customUI/_rels/customUI14.xml.rels": _relations(
            (name, f"{_RELATIONS}/image", f"images/{name}.png") for name in content.pictures
        ),
    }
    pictures = {f"customUI/images/{name}.png": png for name, png in content.pictures.items()}
    return {
        **{name: text.encode("utf-8") for name, text in texts.items()},
        "xl/vbaProject.bin": content.vba,
        "docProps/thumbnail.png": content.thumbnail,
        **pictures,
    }


def _content_types(*, visible: bool) -> str:
    defaults = {
        "rels": f"{_CONTENT}-package.relationships+xml",
        "xml": "application/xml",
        "png": "image/png",
        "bin": "application/vnd.ms-office.vbaProject",
    }
    document = f"{_CONTENT}-officedocument"
    overrides = {
        "/xl/workbook.xml": WORKBOOK if visible else ADDIN,
        "/xl/worksheets/sheet1.xml": f"{document}.spreadsheetml.worksheet+xml",
        "/xl/styles.xml": f"{document}.spreadsheetml.styles+xml",
        "/docProps/app.xml": f"{document}.extended-properties+xml",
        "/docProps/core.xml": f"{_CONTENT}-package.core-properties+xml",
        "/docProps/custom.xml": f"{document}.custom-properties+xml",
    }
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        + "".join(
            f'<Default Extension="{extension}" ContentType="{kind}"/>'
            for extension, kind in defaults.items()
        )
        + "".join(
            f'<Override PartName="{name}" ContentType="{kind}"/>'
            for name, kind in overrides.items()
        )
        + "</Types>"
    )


def _relations(relations: Iterable[tuple[str, str, str]]) -> str:
    inner = "".join(
        f'<Relationship Id={quoteattr(name)} Type="{kind}" Target={quoteattr(target)}/>'
        for name, kind, target in relations
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{inner}</Relationships>'


def _package_relations() -> str:
    meta = f"{_PACKAGE}/relationships/metadata"
    return _relations(
        (
            ("rId1", f"{_RELATIONS}/officeDocument", "xl/workbook.xml"),
            ("rId2", f"{meta}/core-properties", "docProps/core.xml"),
            ("rId3", f"{_RELATIONS}/extended-properties", "docProps/app.xml"),
            ("rId4", f"{_RELATIONS}/custom-properties", "docProps/custom.xml"),
            (
                "rId5",
                f"{_MICROSOFT}/2007/relationships/ui/extensibility",
                "customUI/customUI14.xml",
            ),
            ("rId6", f"{meta}/thumbnail", "docProps/thumbnail.png"),
        )
    )


def _workbook_relations() -> str:
    return _relations(
        (
            ("rId1", f"{_RELATIONS}/worksheet", "worksheets/sheet1.xml"),
            ("rId2", f"{_RELATIONS}/styles", "styles.xml"),
            ("rId3", f"{_MICROSOFT}/2006/relationships/vbaProject", "vbaProject.bin"),
        )
    )


def _workbook(*, visible: bool) -> str:
    view = "" if visible else ' visibility="hidden"'
    return (
        f'{_HEAD}<workbook xmlns="{_SPREADSHEET}" xmlns:r="{_RELATIONS}">'
        f'<workbookPr codeName="{CODE_NAMES[0]}"/>'
        f'<bookViews><workbookView{view} xWindow="0" yWindow="0" windowWidth="16000"'
        ' windowHeight="9000"/></bookViews>'
        '<sheets><sheet name="Tickmark" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )


def _sheet(notes: Sequence[str]) -> str:
    rows = "".join(
        f'<row r="{row}"><c r="A{row}" t="inlineStr"><is><t>{escape(note)}</t></is></c></row>'
        for row, note in enumerate(notes, 1)
    )
    return (
        f'{_HEAD}<worksheet xmlns="{_SPREADSHEET}"><sheetPr codeName="{CODE_NAMES[1]}"/>'
        f"<sheetData>{rows}</sheetData></worksheet>"
    )


_STYLES: Final = (
    f'{_HEAD}<styleSheet xmlns="{_SPREADSHEET}">'
    '<fonts count="1"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)

_APPLICATION: Final = (
    f'{_HEAD}<Properties xmlns="{_OFFICE}/extended-properties">'
    "<Application>Microsoft Excel</Application><AppVersion>16.0300</AppVersion></Properties>"
)


def _core(notes: Sequence[str]) -> str:
    # Excel's list of add-ins shows the title and, below it, the description.
    time = '<dcterms:{0} xsi:type="dcterms:W3CDTF">1980-01-01T00:00:00Z</dcterms:{0}>'
    return (
        f'{_HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>Tickmark</dc:title><dc:creator>Tickmark</dc:creator>"
        f"<dc:description>{escape(' '.join(notes[1:]))}</dc:description>"
        f"{time.format('created')}{time.format('modified')}</cp:coreProperties>"
    )


def _properties(properties: Mapping[str, str]) -> str:
    inner = "".join(
        f'<property fmtid="{_CUSTOM}" pid="{number}" name={quoteattr(name)}>'
        f"<vt:lpwstr>{escape(value)}</vt:lpwstr></property>"
        for number, (name, value) in enumerate(properties.items(), 2)
    )
    return (
        f'{_HEAD}<Properties xmlns="{_OFFICE}/custom-properties"'
        f' xmlns:vt="{_OFFICE}/docPropsVTypes">{inner}</Properties>'
    )
