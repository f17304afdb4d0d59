"""Workbooks with a drawing on their sheet, and the charts that it shows, for tests."""

from __future__ import annotations

from tests.read.parts import OFFICE, STRICT, STRICT_OFFICE, Content, parts, relationships

XDR = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
STRICT_XDR = "http://purl.oclc.org/ooxml/drawingml/spreadsheetDrawing"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
STRICT_A = "http://purl.oclc.org/ooxml/drawingml/main"
C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
STRICT_C = "http://purl.oclc.org/ooxml/drawingml/chart"
CX = "http://schemas.microsoft.com/office/drawing/2014/chartex"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
DRAWING = "xl/drawings/drawing1.xml"


def anchored(objects: str, first: tuple[int, int] = (1, 0), last: tuple[int, int] = (4, 3)) -> str:
    """An anchor from and to a 0-based (row, column)."""
    corners = "".join(
        f"<xdr:{corner}><xdr:col>{column}</xdr:col><xdr:colOff>9</xdr:colOff>"
        f"<xdr:row>{row}</xdr:row><xdr:rowOff>9</xdr:rowOff></xdr:{corner}>"
        for corner, (row, column) in (("from", first), ("to", last))
    )
    return f"<xdr:twoCellAnchor>{corners}{objects}<xdr:clientData/></xdr:twoCellAnchor>"


def shape(name: str, text: str = "", *, box: bool = False, properties: str = "") -> str:
    """A shape with paragraphs, whose text is split at line breaks."""
    paragraphs = "".join(
        f"<a:p><a:r><a:t>{line}</a:t></a:r></a:p>" for line in text.split("\n") if text
    )
    return (
        f'<xdr:sp macro="" textlink=""><xdr:nvSpPr><xdr:cNvPr id="2" name="{name}"{properties}/>'
        f"<xdr:cNvSpPr{' txBox=' + chr(34) + '1' + chr(34) if box else ''}/></xdr:nvSpPr>"
        f"<xdr:txBody>{paragraphs}</xdr:txBody></xdr:sp>"
    )


def frame(name: str, inside: str, properties: str = "") -> str:
    """A frame that shows what `inside` names, such as a chart."""
    return (
        f'<xdr:graphicFrame><xdr:nvGraphicFramePr><xdr:cNvPr id="3" name="{name}"{properties}/>'
        f"<xdr:cNvGraphicFramePr/></xdr:nvGraphicFramePr><a:graphic><a:graphicData>{inside}"
        "</a:graphicData></a:graphic></xdr:graphicFrame>"
    )


def drawing(objects: str, *, strict: bool = False) -> str:
    """A drawing part of anchored objects."""
    xdr, a, c, office = (
        (STRICT_XDR, STRICT_A, STRICT_C, STRICT_OFFICE) if strict else (XDR, A, C, OFFICE)
    )
    return (
        f'<xdr:wsDr xmlns:xdr="{xdr}" xmlns:a="{a}" xmlns:c="{c}" xmlns:cx="{CX}" xmlns:mc="{MC}" '
        f'xmlns:r="{office}">{objects}</xdr:wsDr>'
    )


def with_drawing(
    objects: str, *charts: str, strict: bool = False, sheet_tail: str = "", **rest: str
) -> dict[str, Content]:
    """The parts of a workbook whose sheet has a drawing with chart parts `rId1`, `rId2`, …"""
    office = STRICT_OFFICE if strict else OFFICE
    made = (
        parts(main=STRICT, office=STRICT_OFFICE, after=f'<drawing r:id="rId1"/>{sheet_tail}')
        if strict
        else parts(after=f'<drawing r:id="rId1"/>{sheet_tail}')
    )
    made["xl/worksheets/_rels/sheet1.xml.rels"] = relationships(
        ("rId1", "drawing", "../drawings/drawing1.xml"), office=office
    )
    made[DRAWING] = drawing(objects, strict=strict)
    made["xl/drawings/_rels/drawing1.xml.rels"] = relationships(
        *(
            (f"rId{place}", "chart", f"../charts/chart{place}.xml")
            for place in range(1, len(charts) + 1)
        ),
        office=office,
    )
    for place, chart in enumerate(charts, start=1):
        made[f"xl/charts/chart{place}.xml"] = chart
    return made | rest
