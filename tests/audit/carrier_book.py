"""A real .xlsx with a text in every place that carries one, part by part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from tests.read.drawn import A, C, anchored, drawing, frame, shape
from tests.read.made_workbooks import ANN, BOB, REPLY, THREAD, THREADED
from tests.read.parts import MAIN, OFFICE, SHEET, Content, parts, relationships
from tickmark.audit.instructions.carried_text import Carrier

_CORE: Final = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
_METADATA: Final = "http://schemas.openxmlformats.org/package/2006/relationships/metadata"
_TYPES: Final = "http://schemas.openxmlformats.org/officeDocument/2006"
_X14: Final = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"


def carrier_book(texts: Mapping[Carrier, str]) -> dict[str, Content]:
    """The parts of a workbook in which each carrier holds its text.

    The sheet `Data` holds 1 and a sum of it, the sheet of the text of SHEET_NAME is empty.
    """
    one = {carrier: escape(text) for carrier, text in texts.items()}
    attribute = {carrier: quoteattr(text) for carrier, text in texts.items()}
    file = parts(
        book_before="",
        book=(
            f"<externalReferences><externalReference r:id='x1'/></externalReferences>"
            f"<definedNames><definedName name='Policy'>&quot;{one[Carrier.NAME]}&quot;"
            "</definedName></definedNames>"
        ),
        styles=_styles(attribute[Carrier.NUMBER_FORMAT]),
    )
    file["xl/workbook.xml"] = str(file["xl/workbook.xml"]).replace(
        "</sheets>", f'<sheet name={attribute[Carrier.SHEET_NAME]} sheetId="2" r:id="s2"/></sheets>'
    )
    file["xl/_rels/workbook.xml.rels"] = relationships(
        ("rId1", "worksheet", "worksheets/sheet1.xml"),
        ("s2", "worksheet", "worksheets/sheet2.xml"),
        ("rId2", "styles", "styles.xml"),
        ("rId3", "sharedStrings", "sharedStrings.xml"),
        ("x1", "externalLink", "externalLinks/externalLink1.xml"),
        ("c1", "slicerCache", "slicerCaches/one.xml"),
        ("p1", "person", "persons/person.xml"),
    )
    file["xl/worksheets/sheet2.xml"] = f'<worksheet xmlns="{MAIN}"><sheetData/></worksheet>'
    file[SHEET] = _sheet(one, attribute)
    file |= _beside_sheet(one, attribute)
    file |= _properties(one)
    return file


def _styles(number_format: str) -> str:
    code = '"' + ";;;" + "&quot;" + number_format[1:-1] + "&quot;" + '"'
    return (
        f'<numFmts count="1"><numFmt numFmtId="170" formatCode={code}/></numFmts>'
        '<fonts count="1"><font><sz val="11"/></font></fonts>'
        '<fills count="1"><fill><patternFill patternType="none"/></fill></fills>'
        '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0"/>'
        '<xf numFmtId="170" fontId="0" fillId="0"/></cellXfs>'
    )


def _sheet(one: Mapping[Carrier, str], attribute: Mapping[Carrier, str]) -> str:
    rows = (
        f'<row r="1"><c r="A1" t="inlineStr"><is><t>{one[Carrier.CELL]}</t></is></c></row>'
        f'<row r="2"><c r="A2" t="str"><f>"{one[Carrier.FORMULA]}"&amp;B2</f><v>x</v></c>'
        '<c r="B2"><v>1</v></c><c r="C2"><f>SUM(B2:B2)</f><v>1</v></c></row>'
        '<row r="3"><c r="B3" s="1"><v>1</v></c></row>'
        f'<row r="5"><c r="A5" t="inlineStr"><is><t>{one[Carrier.TABLE]}</t></is></c></row>'
        '<row r="6"><c r="A6"><v>1</v></c></row>'
    )
    return (
        f'<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheetData>{rows}</sheetData>'
        f'<scenarios><scenario name="Best" count="1" user="Kim" '
        f"comment={attribute[Carrier.SCENARIO]}>"
        '<inputCells r="B2" val="2"/></scenario></scenarios>'
        '<conditionalFormatting sqref="B2"><cfRule type="containsText" priority="1" '
        f'operator="containsText" text={attribute[Carrier.CONDITIONAL_FORMAT]}>'
        '<formula>NOT(ISERROR(SEARCH("x",B2)))</formula></cfRule></conditionalFormatting>'
        '<dataValidations count="1"><dataValidation type="whole" showInputMessage="1" '
        f'allowBlank="1" prompt={attribute[Carrier.VALIDATION]} sqref="B2"><formula1>0</formula1>'
        "</dataValidation></dataValidations>"
        f'<hyperlinks><hyperlink ref="B2" r:id="h1" tooltip={attribute[Carrier.LINK]}/>'
        "</hyperlinks>"
        f"<headerFooter><oddFooter>&amp;L{one[Carrier.PAGE_TEXT]}</oddFooter></headerFooter>"
        '<drawing r:id="d1"/><tableParts count="1"><tablePart r:id="t1"/></tableParts>'
        "</worksheet>"
    )


def _beside_sheet(
    one: Mapping[Carrier, str], attribute: Mapping[Carrier, str]
) -> dict[str, Content]:
    chart = '<c:chart r:id="rId1"/>'
    objects = anchored(shape("Box", one[Carrier.SHAPE], box=True), (8, 4), (10, 8))
    described = shape("Picture", properties=f" descr={attribute[Carrier.ALT_TEXT]}")
    objects += anchored(described, (12, 4), (14, 8)) + anchored(frame("Chart", chart))
    comments = (
        f'<comments xmlns="{MAIN}"><authors><author>Kim</author><author>tc={THREAD}</author>'
        '</authors><commentList><comment ref="C2" authorId="0"><text><t>'
        f"{one[Carrier.COMMENT]}</t></text></comment>"
        '<comment ref="B2" authorId="1"><text><t>[Threaded comment]</t></text></comment>'
        "</commentList></comments>"
    )
    thread = (
        f'<ThreadedComments xmlns="{THREADED}"><threadedComment ref="B2" personId="{ANN}" '
        f'id="{THREAD}"><text>Why 1?</text></threadedComment><threadedComment ref="B2" '
        f'personId="{BOB}" id="{REPLY}" parentId="{THREAD}"><text>{one[Carrier.REPLY]}</text>'
        "</threadedComment></ThreadedComments>"
    )
    people = (
        f'<personList xmlns="{THREADED}"><person displayName="Ann" id="{ANN}"/>'
        f'<person displayName="Bob" id="{BOB}"/></personList>'
    )
    return {
        "xl/worksheets/_rels/sheet1.xml.rels": relationships(
            ("d1", "drawing", "../drawings/drawing1.xml"),
            ("t1", "table", "../tables/table1.xml"),
            ("m1", "comments", "../comments1.xml"),
            ("m2", "threadedComment", "../threadedComments/threadedComment1.xml"),
            ("q1", "pivotTable", "../pivotTables/pivotTable1.xml"),
            ("l1", "slicer", "../slicers/slicer1.xml"),
            ("h1", "hyperlink", "!https://example.org/"),
        ),
        "xl/drawings/drawing1.xml": drawing(objects),
        "xl/drawings/_rels/drawing1.xml.rels": relationships(
            ("rId1", "chart", "../charts/chart1.xml")
        ),
        "xl/charts/chart1.xml": (
            f'<c:chartSpace xmlns:c="{C}" xmlns:a="{A}"><c:chart><c:title><c:tx><c:rich><a:p><a:r>'
            f"<a:t>{one[Carrier.CHART]}</a:t></a:r></a:p></c:rich></c:tx></c:title><c:plotArea>"
            "<c:barChart><c:ser><c:idx val='0'/><c:val><c:numRef><c:f>Data!$B$2</c:f></c:numRef>"
            "</c:val></c:ser></c:barChart></c:plotArea></c:chart></c:chartSpace>"
        ),
        "xl/tables/table1.xml": (
            f'<table xmlns="{MAIN}" id="1" name="Sales" displayName="Sales" ref="A5:A6">'
            f'<tableColumns count="1"><tableColumn id="1" name={attribute[Carrier.TABLE]}/>'
            "</tableColumns></table>"
        ),
        "xl/comments1.xml": comments,
        "xl/threadedComments/threadedComment1.xml": thread,
        "xl/persons/person.xml": people,
        "xl/pivotTables/pivotTable1.xml": (
            f'<pivotTableDefinition xmlns="{MAIN}" name="By region" cacheId="7" dataCaption="D">'
            '<location ref="H3:K9" firstHeaderRow="1" firstDataRow="2" firstDataCol="1"/>'
            f'<pivotFields count="1"><pivotField name={attribute[Carrier.PIVOT]} axis="axisRow"/>'
            '</pivotFields><rowFields><field x="0"/></rowFields></pivotTableDefinition>'
        ),
        "xl/pivotTables/_rels/pivotTable1.xml.rels": relationships(
            ("c", "pivotCacheDefinition", "cache.xml")
        ),
        "xl/pivotTables/cache.xml": (
            f'<pivotCacheDefinition xmlns="{MAIN}" xmlns:r="{OFFICE}"><cacheSource '
            'type="worksheet"><worksheetSource ref="A5:A6" sheet="Data"/></cacheSource>'
            '<cacheFields><cacheField name="Region"/></cacheFields></pivotCacheDefinition>'
        ),
        "xl/slicers/slicer1.xml": (
            f'<slicers xmlns="{_X14}"><slicer name="Region" cache="One" '
            f"caption={attribute[Carrier.SLICER]}/></slicers>"
        ),
        "xl/slicerCaches/one.xml": (
            f'<slicerCacheDefinition xmlns="{_X14}" name="One" sourceName="Region"/>'
        ),
        "xl/externalLinks/externalLink1.xml": (
            f'<externalLink xmlns="{MAIN}" xmlns:r="{OFFICE}"><externalBook r:id="rId1"/>'
            "</externalLink>"
        ),
        "xl/externalLinks/_rels/externalLink1.xml.rels": relationships(
            ("rId1", "externalLinkPath", "!" + attribute[Carrier.OTHER_BOOK][1:-1] + ".xlsx")
        ),
    }


def _properties(one: Mapping[Carrier, str]) -> dict[str, Content]:
    own = f"{_TYPES}/relationships"
    main = relationships(("rId1", "officeDocument", "xl/workbook.xml")).removesuffix(
        "</Relationships>"
    )
    return {
        "_rels/.rels": (
            f'{main}<Relationship Id="k" Type="{_METADATA}/core-properties" '
            'Target="docProps/core.xml"/>'
            f'<Relationship Id="o" Type="{own}/custom-properties" Target="docProps/custom.xml"/>'
            "</Relationships>"
        ),
        "docProps/core.xml": (
            f'<cp:coreProperties xmlns:cp="{_CORE}" xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<dc:description>{one[Carrier.PROPERTY]}</dc:description></cp:coreProperties>"
        ),
        "docProps/custom.xml": (
            f'<Properties xmlns="{_TYPES}/custom-properties" '
            f'xmlns:vt="{_TYPES}/docPropsVTypes"><property fmtid="x" pid="2" name="Reviewed">'
            f"<vt:lpwstr>{one[Carrier.CUSTOM_PROPERTY]}</vt:lpwstr></property></Properties>"
        ),
    }
