"""Hand-made workbooks that hold a little of everything, for mutations to start from."""

from __future__ import annotations

from pathlib import Path

from tests.read.parts import (
    MAIN,
    OFFICE,
    SHEET,
    STRICT,
    STRICT_OFFICE,
    Content,
    binary_workbook,
    open_document,
    parts,
    relationships,
    zipped,
)

MICROSOFT = "http://schemas.microsoft.com/office"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
X14 = f"{MICROSOFT}/spreadsheetml/2009/9/main"
XM = f"{MICROSOFT}/excel/2006/main"
THREADED = f"{MICROSOFT}/spreadsheetml/2018/threadedcomments"

ROWS = (
    '<row r="1" spans="1:5" ht="15" customHeight="1" outlineLevel="1">'
    '<c r="A1" t="s" s="2"><v>0</v></c><c r="B1" t="inlineStr"><is><r><t>Rich</t></r><r><t> text'
    '</t></r><rPh sb="0" eb="1"><t>x</t></rPh></is></c><c r="C1" t="e"><v>#N/A</v></c>'
    '<c r="D1" t="b"><v>1</v></c><c r="E1" t="d"><v>2024-02-29T12:00:00</v></c></row>'
    '<row r="2" hidden="1"><c r="A2" s="1"><v>45000.5</v></c><c r="B2"><f>A2*2</f><v>90001</v></c>'
    '<c r="C2"><f t="shared" ref="C2:C4" si="0">B2+$A$1</f><v>1</v></c>'
    '<c r="D2"><f t="array" ref="D2:D4">A2:A4*2</f><v>2</v></c>'
    '<c r="E2"><f t="dataTable" ref="E2:F4" dt2D="1" dtr="1" r1="A1" r2="B1"/><v>3</v></c></row>'
    '<row r="3"><c r="C3"><f t="shared" si="0"/><v>2</v></c><c r="D3" t="str"><f>"a"&amp;"b"</f>'
    '<v>ab</v></c><c r="XFD3"><v>-1.5E-3</v></c></row>'
    '<row r="4"><c r="C4"><f t="shared" si="0"/><v>3</v></c><c r="D4" t="s"><v>1</v></c></row>'
    '<row r="1048576"><c r="A1048576"><v>7</v></c></row>'
)
BEFORE = (
    '<sheetPr codeName="Sheet1"><tabColor rgb="FFFF0000"/><outlinePr summaryBelow="0"/></sheetPr>'
    '<dimension ref="A1:XFD1048576"/><sheetViews><sheetView workbookViewId="0"><pane xSplit="1" '
    'ySplit="2" topLeftCell="B3" state="frozen"/></sheetView></sheetViews><sheetFormatPr '
    'defaultRowHeight="15" outlineLevelRow="1"/><cols><col min="1" max="2" width="12" '
    'customWidth="1"/><col min="4" max="4" hidden="1" outlineLevel="2" collapsed="1"/></cols>'
)
AFTER = (
    '<sheetProtection sheet="1" password="CC1A" formatCells="0" selectLockedCells="1"/>'
    '<protectedRanges><protectedRange sqref="A1:A4" name="In"/></protectedRanges>'
    '<autoFilter ref="A1:E4"><filterColumn colId="0"><filters><filter val="x"/></filters>'
    '</filterColumn></autoFilter><mergeCells count="2"><mergeCell ref="A6:B7"/>'
    '<mergeCell ref="C6:D6"/></mergeCells><conditionalFormatting sqref="A2:A4 C2:C4">'
    '<cfRule type="cellIs" dxfId="0" priority="1" operator="greaterThan"><formula>5</formula>'
    '</cfRule><cfRule type="colorScale" priority="2"><colorScale><cfvo type="min"/><cfvo '
    'type="max"/><color rgb="FFF8696B"/><color theme="4"/></colorScale></cfRule>'
    '</conditionalFormatting><dataValidations count="2"><dataValidation type="list" sqref="B2:B4" '
    'allowBlank="1" showErrorMessage="1" errorTitle="No" error="Not so" promptTitle="Pick" '
    'prompt="One"><formula1>"a,b"</formula1></dataValidation><dataValidation type="whole" '
    'operator="between" sqref="A2"><formula1>1</formula1><formula2>9</formula2></dataValidation>'
    '</dataValidations><hyperlinks><hyperlink ref="A1" r:id="rId9" tooltip="There"/>'
    '<hyperlink ref="B1" location="Data!A2" display="Here"/></hyperlinks><printOptions '
    'gridLines="1"/><pageMargins left="1" right="1" top="1" bottom="1" header="1" footer="1"/>'
    '<headerFooter differentFirst="1"><oddHeader>&amp;CTop &amp;P</oddHeader><firstFooter>&amp;L'
    'End</firstFooter></headerFooter><rowBreaks count="1"><brk id="3" max="16383"/>'
    '</rowBreaks><ignoredErrors><ignoredError sqref="A1:A4" numberStoredAsText="1"/>'
    '</ignoredErrors><drawing r:id="rId1"/><legacyDrawing r:id="rId2"/><tableParts count="1">'
    f'<tablePart r:id="rId4"/></tableParts><extLst><ext xmlns:x14="{X14}" uri="{{A}}">'
    f'<x14:sparklineGroups xmlns:xm="{XM}"><x14:sparklineGroup type="column"><x14:sparklines>'
    "<x14:sparkline><xm:f>Data!A2:A4</xm:f><xm:sqref>F2</xm:sqref></x14:sparkline>"
    "</x14:sparklines></x14:sparklineGroup></x14:sparklineGroups></ext>"
    f'<ext xmlns:x14="{X14}" uri="{{B}}"><x14:dataValidations xmlns:xm="{XM}" count="1">'
    '<x14:dataValidation type="list"><x14:formula1><xm:f>Lists!A1:A3</xm:f></x14:formula1>'
    "<xm:sqref>E2:E3</xm:sqref></x14:dataValidation></x14:dataValidations></ext>"
    f'<ext xmlns:x14="{X14}" uri="{{C}}"><x14:conditionalFormattings><x14:conditionalFormatting '
    f'xmlns:xm="{XM}"><x14:cfRule type="dataBar" id="{{D}}" priority="3"><x14:dataBar>'
    '<x14:cfvo type="autoMin"/><x14:cfvo type="autoMax"/></x14:dataBar></x14:cfRule>'
    "<xm:sqref>A2:A4</xm:sqref></x14:conditionalFormatting></x14:conditionalFormattings></ext>"
    f'<ext xmlns:x14="{X14}" uri="{{E}}"><x14:slicerList><x14:slicer r:id="rId8"/></x14:slicerList>'
    "</ext></extLst>"
)
BOOK_BEFORE = (
    '<fileVersion appName="xl"/><workbookPr date1904="0" codeName="ThisWorkbook"/>'
    '<workbookProtection lockStructure="1" workbookPassword="CC1A"/><bookViews><workbookView/>'
    "</bookViews>"
)
BOOK_AFTER = (
    '<externalReferences><externalReference r:id="rId5"/></externalReferences><definedNames>'
    '<definedName name="Rate">Data!$A$2</definedName><definedName name="_xlnm.Print_Area" '
    'localSheetId="0">Data!$A$1:$E$4</definedName><definedName name="_xlnm.Print_Titles" '
    'localSheetId="0">Data!$1:$2</definedName><definedName name="Self" hidden="1">Self+1'
    '</definedName></definedNames><calcPr calcId="191029" iterate="1" iterateCount="5" '
    'iterateDelta="0.01" fullPrecision="0"/><pivotCaches><pivotCache cacheId="1" r:id="rId6"/>'
    "</pivotCaches>"
)
STRINGS = (
    '<si><t xml:space="preserve"> Total_x000D_ </t></si><si><r><rPr><b/></rPr><t>Part</t></r><r>'
    '<t>ly</t></r><rPh sb="0" eb="1"><t>p</t></rPh></si>'
)
_SHAPE = (
    "<xdr:twoCellAnchor><xdr:from><xdr:col>1</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>2"
    "</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:to><xdr:col>3</xdr:col><xdr:colOff>0"
    "</xdr:colOff><xdr:row>5</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:to>{}<xdr:clientData/>"
    "</xdr:twoCellAnchor>"
)
_DRAWING = (
    f'<xdr:wsDr xmlns:xdr="{DRAWING}/spreadsheetDrawing" xmlns:a="{DRAWING}/main" '
    f'xmlns:r="{OFFICE}">'
    + _SHAPE.format(
        '<xdr:sp><xdr:nvSpPr><xdr:cNvPr id="2" name="Note" descr="Alt text"/><xdr:cNvSpPr '
        'txBox="1"/></xdr:nvSpPr><xdr:spPr/><xdr:txBody><a:bodyPr/><a:p><a:r><a:t>Boxed</a:t></a:r>'
        "</a:p></xdr:txBody></xdr:sp>"
    )
    + _SHAPE.format(
        '<xdr:graphicFrame><xdr:nvGraphicFramePr><xdr:cNvPr id="3" name="Chart 1"/>'
        f'</xdr:nvGraphicFramePr><a:graphic><a:graphicData uri="{DRAWING}/chart"><c:chart '
        f'xmlns:c="{DRAWING}/chart" r:id="rId1"/></a:graphicData></a:graphic></xdr:graphicFrame>'
    )
    + _SHAPE.format(
        '<xdr:pic><xdr:nvPicPr><xdr:cNvPr id="4" name="Logo" descr="A logo"/></xdr:nvPicPr>'
        '<xdr:blipFill><a:blip r:embed="rId2"/></xdr:blipFill></xdr:pic>'
    )
    + "</xdr:wsDr>"
)
_CHART = (
    f'<c:chartSpace xmlns:c="{DRAWING}/chart" xmlns:a="{DRAWING}/main"><c:chart><c:title><c:tx>'
    "<c:rich><a:p><a:r><a:t>Sales</a:t></a:r></a:p></c:rich></c:tx></c:title><c:plotArea>"
    '<c:barChart><c:ser><c:idx val="0"/><c:tx><c:strRef><c:f>Data!$A$1</c:f></c:strRef></c:tx>'
    "<c:cat><c:strRef><c:f>Data!$B$2:$B$4</c:f></c:strRef></c:cat><c:val><c:numRef><c:f>Data!"
    '$C$2:$C$4</c:f><c:numCache><c:pt idx="0"><c:v>1</c:v></c:pt></c:numCache></c:numRef></c:val>'
    "</c:ser></c:barChart><c:valAx><c:title><c:tx><c:strRef><c:f>Data!$A$1</c:f></c:strRef></c:tx>"
    "</c:title></c:valAx></c:plotArea></c:chart></c:chartSpace>"
)
_PIVOT = (
    f'<pivotTableDefinition xmlns="{MAIN}" name="Pivot1" cacheId="1"><location ref="H1:I5" '
    'firstHeaderRow="1" firstDataRow="2" firstDataCol="1"/><pivotFields count="2"><pivotField '
    'axis="axisRow"><items count="1"><item x="0"/></items></pivotField><pivotField dataField="1"/>'
    '</pivotFields><rowFields count="1"><field x="0"/></rowFields><dataFields count="1"><dataField '
    'name="Sum" fld="1"/></dataFields></pivotTableDefinition>'
)
_CACHE = (
    f'<pivotCacheDefinition xmlns="{MAIN}" xmlns:r="{OFFICE}" r:id="rId1"><cacheSource '
    'type="worksheet"><worksheetSource ref="A1:B4" sheet="Data"/></cacheSource><cacheFields '
    'count="2"><cacheField name="Kind"><sharedItems count="1"><s v="a"/></sharedItems></cacheField>'
    '<cacheField name="Amount" formula="a*2"/></cacheFields></pivotCacheDefinition>'
)
_TABLE = (
    f'<table xmlns="{MAIN}" id="1" name="Sales" displayName="Sales" ref="A1:B4" totalsRowCount="1">'
    '<autoFilter ref="A1:B3"/><tableColumns count="2"><tableColumn id="1" name="Kind"/>'
    '<tableColumn id="2" name="Amount" totalsRowFunction="sum"><calculatedColumnFormula>1+1'
    "</calculatedColumnFormula></tableColumn></tableColumns></table>"
)
_VML = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:x="urn:schemas-microsoft-com:office:excel">'
    '<v:shape id="s1" style="visibility:hidden"><v:textbox><div>Button</div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:Row>1</x:Row><x:Column>0</x:Column></x:ClientData>'
    "</v:shape></xml>"
)


def everything(*, main: str = MAIN, office: str = OFFICE) -> dict[str, Content]:
    """The parts of a workbook with a little of everything that a sheet can have."""
    made = parts(
        ROWS,
        before=BEFORE,
        after=AFTER,
        book_before=BOOK_BEFORE,
        book=BOOK_AFTER,
        strings=STRINGS,
        main=main,
        office=office,
    )
    made["xl/workbook.xml"] = str(made["xl/workbook.xml"]).replace(
        "</sheets>",
        '<sheet name="Lists" sheetId="2" state="veryHidden" r:id="rId7"/>'
        '<sheet name="Chart" sheetId="3" r:id="rId8"/></sheets>',
    )
    made["xl/_rels/workbook.xml.rels"] = relationships(
        ("rId1", "worksheet", "worksheets/sheet1.xml"),
        ("rId2", "styles", "styles.xml"),
        ("rId3", "sharedStrings", "sharedStrings.xml"),
        ("rId4", "theme", "theme/theme1.xml"),
        ("rId5", "externalLink", "externalLinks/externalLink1.xml"),
        ("rId6", "pivotCacheDefinition", "pivotCache/pivotCacheDefinition1.xml"),
        ("rId7", "worksheet", "/xl/worksheets/sheet2.xml"),
        ("rId8", "chartsheet", "chartsheets/sheet1.xml"),
        ("rId10", "person", "persons/person.xml"),
        ("rId11", "slicerCache", "slicerCaches/slicerCache1.xml"),
        office=office,
    )
    made["xl/worksheets/_rels/sheet1.xml.rels"] = relationships(
        ("rId1", "drawing", "../drawings/drawing1.xml"),
        ("rId2", "vmlDrawing", "../drawings/vmlDrawing1.vml"),
        ("rId3", "comments", "../comments1.xml"),
        ("rId4", "table", "../tables/table1.xml"),
        ("rId5", "pivotTable", "../pivotTables/pivotTable1.xml"),
        ("rId7", "threadedComment", "../threadedComments/threadedComment1.xml"),
        ("rId8", "slicer", "../slicers/slicer1.xml"),
        ("rId9", "hyperlink", "!https://example.org/a?b=c"),
        office=office,
    )
    return made | _linked(main, office)


def _linked(main: str, office: str) -> dict[str, Content]:
    """The parts that those of the workbook and its sheets name."""
    return {
        "xl/worksheets/sheet2.xml": (
            f'<worksheet xmlns="{main}"><sheetData><row><c><v>1</v></c><c t="s"><v>0</v></c></row>'
            "<row><c><v>3</v></c></row></sheetData></worksheet>"
        ),
        "xl/chartsheets/sheet1.xml": (
            f'<chartsheet xmlns="{main}" xmlns:r="{office}"><drawing r:id="rId1"/></chartsheet>'
        ),
        "xl/chartsheets/_rels/sheet1.xml.rels": relationships(
            ("rId1", "drawing", "../drawings/drawing1.xml"), office=office
        ),
        "xl/comments1.xml": (
            f'<comments xmlns="{main}"><authors><author>Ann</author><author>tc={{1}}</author>'
            '</authors><commentList><comment ref="A2" authorId="0"><text><r><t>Why '
            "</t></r><r><t>so?"
            '</t></r></text></comment><comment ref="B2" authorId="1"><text><t>[Threaded]</t></text>'
            "</comment></commentList></comments>"
        ),
        "xl/threadedComments/threadedComment1.xml": (
            f'<ThreadedComments xmlns="{THREADED}"><threadedComment ref="B2" '
            'dT="2024-01-01T00:00:00.00" personId="{P}" id="{1}"><text>First</text>'
            '</threadedComment><threadedComment ref="B2" dT="2024-01-02T00:00:00.00" '
            'personId="{P}" '
            'id="{2}" parentId="{1}" done="1"><text>Second</text></threadedComment>'
            "</ThreadedComments>"
        ),
        "xl/persons/person.xml": (
            f'<personList xmlns="{THREADED}"><person displayName="Bob" id="{{P}}" userId="b"/>'
            "</personList>"
        ),
        "xl/drawings/drawing1.xml": _DRAWING,
        "xl/drawings/vmlDrawing1.vml": _VML,
        "xl/drawings/_rels/drawing1.xml.rels": relationships(
            ("rId1", "chart", "../charts/chart1.xml"), ("rId2", "image", "../media/image1.png")
        ),
        "xl/charts/chart1.xml": _CHART,
        "xl/media/image1.png": b"\x89PNG\r\n\x1a\n",
        "xl/tables/table1.xml": _TABLE,
        "xl/pivotTables/pivotTable1.xml": _PIVOT,
        "xl/pivotTables/_rels/pivotTable1.xml.rels": relationships(
            ("rId1", "pivotCacheDefinition", "../pivotCache/pivotCacheDefinition1.xml")
        ),
        "xl/pivotCache/pivotCacheDefinition1.xml": _CACHE,
        "xl/slicers/slicer1.xml": (
            f'<slicers xmlns="{X14}"><slicer name="Kind" cache="Slicer_Kind" caption="Kind"/>'
            "</slicers>"
        ),
        "xl/slicerCaches/slicerCache1.xml": (
            f'<slicerCacheDefinition xmlns="{X14}" name="Slicer_Kind" sourceName="Kind">'
            '<pivotTables><pivotTable tabId="1" '
            'name="Pivot1"/></pivotTables></slicerCacheDefinition>'
        ),
        "xl/externalLinks/externalLink1.xml": (
            f'<externalLink xmlns="{main}" xmlns:r="{office}"><externalBook '
            'r:id="rId1"><sheetNames>'
            '<sheetName val="Far"/></sheetNames></externalBook></externalLink>'
        ),
        "xl/externalLinks/_rels/externalLink1.xml.rels": relationships(
            ("rId1", "externalLinkPath", "!file:///other.xlsx"), office=office
        ),
        "xl/theme/theme1.xml": (
            f'<a:theme xmlns:a="{DRAWING}/main"><a:themeElements><a:clrScheme name="Office"><a:dk1>'
            '<a:sysClr val="windowText" lastClr="000000"/></a:dk1><a:lt1><a:srgbClr val="FFFFFF"/>'
            "</a:lt1></a:clrScheme></a:themeElements></a:theme>"
        ),
        "docProps/core.xml": (
            '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/'
            'core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>All</dc:title>'
            "<dc:creator>Ann</dc:creator></cp:coreProperties>"
        ),
        "docProps/custom.xml": (
            '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-'
            'properties"><property pid="2" name="State"><lpwstr>draft</lpwstr></property>'
            "</Properties>"
        ),
        "_rels/.rels": relationships(
            ("rId1", "officeDocument", "xl/workbook.xml"),
            ("rId2", "core-properties", "docProps/core.xml"),
            ("rId3", "custom-properties", "docProps/custom.xml"),
            office=office,
        ),
    }


def hand_made(folder: Path) -> list[Path]:
    """Files of every kind that is read, written into a folder."""
    plain = parts('<c r="A1"><v>1</v></c><c r="B1" t="s"><v>0</v></c>', strings="<si><t>x</t></si>")
    plain[SHEET] = str(plain[SHEET]).encode("utf-16")
    table = (
        '<table:table table:name="T"><table:table-row><table:table-cell office:value-type="float" '
        'office:value="1"><text:p>1</text:p></table:table-cell></table:table-row></table:table>'
    )
    files = {
        "everything.xlsx": zipped(everything()),
        "again.xlsm": zipped(everything()),
        "strict.xlsx": zipped(everything(main=STRICT, office=STRICT_OFFICE)),
        "utf16.xlsx": zipped(plain),
        "binary.xlsb": binary_workbook(("One", ((0, 0, 1.0), (2, 3, 2.5)))),
        "open.ods": open_document(table),
        "text.csv": b'a;b;c\n1;2,5;"x\ny"\n2024-01-01;TRUE;\n',
        "text.tsv": "a\tb\n1\t=cmd|x\n".encode("utf-16"),
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return [folder / name for name in files]
