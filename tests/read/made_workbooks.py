"""Workbooks of what real ones rarely hold, written part by part; MADE has them by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from tests.read.made_package import Part, packed, strings, styles, workbook, worksheet
from tests.read.parts import MAIN, OFFICE, STRICT, STRICT_OFFICE, Content

X14: Final = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
XM: Final = "http://schemas.microsoft.com/office/excel/2006/main"
THREADED: Final = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
VML: Final = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    ' xmlns:x="urn:schemas-microsoft-com:office:excel"><v:shapetype id="_x0000_t202" '
    'coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe"/><v:shape '
    'id="_x0000_s1025" type="#_x0000_t202" style="visibility:hidden"><x:ClientData '
    'ObjectType="Note"><x:Anchor>1,15,0,2,3,15,3,16</x:Anchor><x:Row>0</x:Row><x:Column>0'
    "</x:Column></x:ClientData></v:shape></xml>"
)
ANN: Final = "{11111111-1111-4111-8111-111111111111}"
BOB: Final = "{22222222-2222-4222-8222-222222222222}"
THREAD: Final = "{33333333-3333-4333-8333-333333333333}"
REPLY: Final = "{44444444-4444-4444-8444-444444444444}"
RULES: Final = (
    '<metadata xmlns="{0}" xmlns:xda="http://schemas.microsoft.com/office/spreadsheetml/2017/'
    'dynamicarray"><metadataTypes count="1"><metadataType name="XLDAPR" minSupportedVersion='
    '"120000" copy="1" pasteAll="1" pasteValues="1" merge="1" splitFirst="1" rowColShift="1" '
    'clearFormats="1" clearComments="1" assign="1" coerce="1" cellMeta="1"/></metadataTypes>'
    '<futureMetadata name="XLDAPR" count="1"><bk><extLst><ext uri="{{bdbb8cdc-fa1e-496e-a857-'
    '3c3f30c029c3}}"><xda:dynamicArrayProperties fDynamic="1" fCollapsed="0"/></ext></extLst></bk>'
    '</futureMetadata><cellMetadata count="1"><bk><rc t="1" v="0"/></bk></cellMetadata></metadata>'
)


def strict() -> dict[str, Content]:
    """Strict namespaces everywhere, dates as ISO 8601 texts."""
    cells = (
        '<c r="A1" s="1" t="d"><v>2024-02-29</v></c>'
        '<c r="B1" s="3" t="d"><v>2024-02-29T13:30:00</v></c>'
        '<c r="C1" s="4" t="d"><v>13:30:00</v></c><c r="D1" t="s"><v>0</v></c>'
        '<c r="E1"><f>YEAR(A1)</f><v>2024</v></c><c r="F1" s="1"><v>45351</v></c>'
        '<c r="G1" s="1" t="d"><v>1900-01-31</v></c>'
    )
    return packed(
        [
            workbook("Data", main=STRICT, office=STRICT_OFFICE),
            worksheet(cells, main=STRICT, office=STRICT_OFFICE),
            styles(STRICT),
            strings("<si><t>Text</t></si>", STRICT),
        ],
        office=STRICT_OFFICE,
    )


def days_of_1904() -> dict[str, Content]:
    """The other date system: days, moments, times and durations, some below zero."""
    cells = (
        '<c r="A1" s="1"><v>0</v></c><c r="B1" s="1"><v>43889</v></c>'
        '<c r="C1" s="3"><v>43889.5625</v></c><c r="D1" s="4"><v>0.5625</v></c>'
        '<c r="E1" s="2"><v>1.5</v></c><c r="F1" s="2"><v>-0.25</v></c><c r="G1"><v>43889</v></c>'
    )
    book = workbook("Data", before='<workbookPr date1904="1"/>')
    return packed([book, worksheet(cells), styles()])


def data_tables() -> dict[str, Content]:
    """Data tables of one input, in a row or in a column, and of two."""
    rows = (
        '<row r="1"><c r="A1"><v>2</v></c><c r="B1"><v>3</v></c></row>'
        '<row r="2"><c r="B2"><f>A1*B1</f><v>6</v></c></row>'
        '<row r="3"><c r="A3"><v>10</v></c><c r="B3"><f t="dataTable" ref="B3:B4" dt2D="0" '
        'dtr="0" r1="A1"/><v>30</v></c></row>'
        '<row r="4"><c r="A4"><v>20</v></c><c r="B4"><v>60</v></c></row>'
        '<row r="6"><c r="B6"><v>5</v></c><c r="C6"><v>7</v></c></row>'
        '<row r="7"><c r="A7"><f>A1*B1</f><v>6</v></c><c r="B7"><f t="dataTable" ref="B7:C7" '
        'dt2D="0" dtr="1" r1="B1"/><v>10</v></c><c r="C7"><v>14</v></c></row>'
        '<row r="9"><c r="A9"><f>A1*B1</f><v>6</v></c><c r="B9"><v>5</v></c><c r="C9"><v>7</v></c>'
        '</row><row r="10"><c r="A10"><v>10</v></c><c r="B10"><f t="dataTable" ref="B10:C11" '
        'dt2D="1" dtr="1" r1="B1" r2="A1"/><v>50</v></c><c r="C10"><v>70</v></c></row>'
        '<row r="11"><c r="A11"><v>20</v></c><c r="B11"><v>100</v></c><c r="C11"><v>140</v></c>'
        "</row>"
    )
    return packed([workbook("Data"), worksheet(rows), styles()])


def arrays() -> dict[str, Content]:
    """A dynamic array, which spills, beside an array formula of the old kind."""
    rows = (
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1" cm="1"><f t="array" ref="B1:B3">A1:A3*2</f>'
        '<v>2</v></c><c r="C1"><f t="array" ref="C1:C3">A1:A3*3</f><v>3</v></c>'
        '<c r="D1" cm="1"><f t="array" ref="D1">SUM(A1:A3*A1:A3)</f><v>14</v></c></row>'
        '<row r="2"><c r="A2"><v>2</v></c><c r="B2"><v>4</v></c><c r="C2"><v>6</v></c></row>'
        '<row r="3"><c r="A3"><v>3</v></c><c r="B3"><v>6</v></c><c r="C3"><v>9</v></c></row>'
    )
    metadata = Part("xl/metadata.xml", "sheetMetadata", RULES.format(MAIN))
    return packed([workbook("Data"), worksheet(rows), styles(), metadata])


def threaded_comments() -> dict[str, Content]:
    """A thread with a reply, and the note that repeats it for older programs."""
    sheet = worksheet('<c r="A1"><v>1</v></c>', after='<legacyDrawing r:id="rId3"/>')
    note = (
        f'<comments xmlns="{MAIN}"><authors><author>tc={THREAD}</author></authors><commentList>'
        '<comment ref="A1" authorId="0" shapeId="0"><text><t>[Threaded comment] Why?</t></text>'
        "</comment></commentList></comments>"
    )
    thread = (
        f'<ThreadedComments xmlns="{THREADED}"><threadedComment ref="A1" '
        f'dT="2024-03-01T10:00:00.00" personId="{ANN}" id="{THREAD}" done="1"><text>Why 1?</text>'
        "</threadedComment>"
        f'<threadedComment ref="A1" dT="2024-03-02T11:00:00.00" personId="{BOB}" id="{REPLY}" '
        f'parentId="{THREAD}"><text>Agreed.</text></threadedComment></ThreadedComments>'
    )
    people = (
        f'<personList xmlns="{THREADED}"><person displayName="Ann" id="{ANN}" userId="ann" '
        f'providerId="None"/><person displayName="Bob" id="{BOB}" userId="bob" providerId="None"/>'
        "</personList>"
    )
    return packed(
        [
            workbook("Data"),
            sheet,
            styles(),
            Part("xl/persons/person.xml", "person", people),
            Part("xl/comments1.xml", "comments", note, source=sheet.name),
            Part(
                "xl/threadedComments/threadedComment1.xml",
                "threadedComment",
                thread,
                source=sheet.name,
            ),
            Part("xl/drawings/vmlDrawing1.vml", "vmlDrawing", VML, source=sheet.name),
        ]
    )


def locked() -> dict[str, Content]:
    """A workbook with locked structure and a protected sheet with a range that may be edited."""
    book = workbook(
        "Data",
        before='<fileSharing readOnlyRecommended="1"/><workbookProtection lockStructure="1" '
        'workbookAlgorithmName="SHA-512" workbookHashValue="AAAA" workbookSaltValue="AAAA" '
        'workbookSpinCount="100000"/>',
    )
    sheet = worksheet(
        '<c r="A1"><v>1</v></c>',
        after='<sheetProtection sheet="1" objects="1" scenarios="1" formatCells="0"/>'
        '<protectedRanges><protectedRange sqref="B2:B9" name="Inputs"/></protectedRanges>',
    )
    return packed([book, sheet, styles()])


def sparklines() -> dict[str, Content]:
    """Two groups of small charts inside cells, in the extension that holds them."""
    group = (
        "<x14:sparklineGroup{0}><x14:sparklines><x14:sparkline><xm:f>Data!{1}</xm:f><xm:sqref>{2}"
        "</xm:sqref></x14:sparkline></x14:sparklines></x14:sparklineGroup>"
    )
    groups = group.format("", "A1:C1", "D1") + group.format(' type="column"', "A1:C1", "E1")
    after = (
        f'<extLst><ext uri="{{05C60535-1F16-4fd2-B633-F4F36F0B64E0}}" xmlns:x14="{X14}">'
        f'<x14:sparklineGroups xmlns:xm="{XM}">{groups}</x14:sparklineGroups></ext></extLst>'
    )
    cells = '<c r="A1"><v>1</v></c><c r="B1"><v>3</v></c><c r="C1"><v>2</v></c>'
    return packed([workbook("Data"), worksheet(cells, after=after), styles()])


def hidden() -> dict[str, Content]:
    """Hidden and very hidden sheets, rows and columns, and outlines of two levels."""
    rows = (
        '<row r="1"><c r="A1"><v>1</v></c></row>'
        '<row r="2" outlineLevel="1"><c r="A2"><v>2</v></c></row>'
        '<row r="3" hidden="1" outlineLevel="2"><c r="A3"><v>3</v></c></row>'
        '<row r="4" hidden="1" outlineLevel="2"><c r="A4"><v>4</v></c></row>'
        '<row r="5" outlineLevel="1" collapsed="1"><c r="A5"><v>5</v></c></row>'
        '<row r="6"><c r="A6"><v>6</v></c></row>'
    )
    before = (
        '<sheetFormatPr defaultRowHeight="15" outlineLevelRow="2" outlineLevelCol="1"/>'
        '<cols><col min="2" max="3" width="9" hidden="1" outlineLevel="1"/>'
        '<col min="4" max="4" width="9" collapsed="1"/></cols>'
    )
    book = workbook("Data", "Hidden:hidden", "Deep:veryHidden")
    sheets = [
        worksheet(rows, before=before),
        worksheet('<c r="A1"><v>7</v></c>', number=2),
        worksheet('<c r="A1"><v>8</v></c>', number=3),
    ]
    return packed([book, *sheets, styles()])


def utf_16() -> dict[str, Content]:
    """Every part in UTF-16, with a mark of its byte order."""
    sheet = worksheet(
        '<c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>Größe €</t></is></c>'
        '<c r="C1"><f>LEN("日本")</f><v>2</v></c>'
    )
    parts = [workbook("Übersicht"), sheet, styles(), strings("<si><t>日本 😀</t></si>")]
    head = '<?xml version="1.0" encoding="UTF-16"?>'
    return {
        name: f"{head}{content}".encode("utf-16") if isinstance(content, str) else content
        for name, content in packed(parts).items()
    }


def prefixed() -> dict[str, Content]:
    """A prefix before every element, as some libraries write it."""
    space = f'xmlns:x="{MAIN}" xmlns:rel="{OFFICE}"'
    book = (
        f'<x:workbook {space}><x:workbookPr date1904="true"/><x:sheets>'
        '<x:sheet name="Data" sheetId="1" rel:id="rId1"/></x:sheets><x:definedNames>'
        '<x:definedName name="one">Data!$A$1</x:definedName></x:definedNames></x:workbook>'
    )
    sheet = (
        f'<x:worksheet {space}><x:sheetData><x:row r="1"><x:c r="A1" t="s"><x:v>0</x:v></x:c>'
        '<x:c r="B1"><x:f>1+1</x:f><x:v>2</x:v></x:c><x:c r="C1" t="inlineStr"><x:is><x:t>in'
        '</x:t></x:is></x:c></x:row></x:sheetData><x:mergeCells count="1">'
        '<x:mergeCell ref="D1:E1"/></x:mergeCells></x:worksheet>'
    )
    text = f'<x:sst xmlns:x="{MAIN}"><x:si><x:t>Text</x:t></x:si></x:sst>'
    return packed(
        [
            Part("xl/workbook.xml", "officeDocument", book, source=""),
            Part("xl/worksheets/sheet1.xml", "worksheet", sheet),
            Part("xl/sharedStrings.xml", "sharedStrings", text),
        ]
    )


def odd_names() -> dict[str, Content]:
    """Parts under unusual names, found by absolute and encoded targets, sheets in another order."""
    cells = '<c r="A1"><v>{0}</v></c>'
    first, second = worksheet(cells.format(1)).content, worksheet(cells.format(2)).content
    return packed(
        [
            Part("book/main.xml", "officeDocument", workbook("One", "Two").content, source=""),
            Part("data/Tab%20B.xml", "worksheet", first, "book/main.xml", "/data/Tab%20B.xml"),
            Part("data/a.xml", "worksheet", second, "book/main.xml", "../data/a.xml"),
            Part("looks.xml", "styles", styles().content, "book/main.xml"),
        ]
    )


def shared_formulas() -> dict[str, Content]:
    """Shared formulas: down, across with fixed references, a member before its master."""
    rows = (
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><f t="shared" ref="B1:B3" si="0">A1*2</f>'
        '<v>2</v></c><c r="C1"><f t="shared" si="2"/><v>6</v></c>'
        '<c r="D1"><f t="shared" ref="C1:D1" si="2">$A1+SUM(B$1:C$3)*0+5</f><v>6</v></c></row>'
        '<row r="2"><c r="A2"><v>2</v></c><c r="B2"><f t="shared" si="0"/><v>4</v></c></row>'
        '<row r="3"><c r="A3"><v>3</v></c><c r="B3"><f t="shared" si="0"/><v>6</v></c></row>'
    )
    return packed([workbook("Data"), worksheet(rows), styles()])


def texts() -> dict[str, Content]:
    """Texts in all their spellings: rich, phonetic, with blanks, escapes and nothing inside."""
    listed = (
        '<si><t xml:space="preserve">  two  </t></si>'
        "<si><r><t>rich </t></r><r><rPr><b/></rPr><t>text</t></r></si>"
        '<si><t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh><phoneticPr fontId="0"/></si>'
        "<si><t>a_x000D_\nb</t></si><si><t>_x005F_x000D_</t></si><si><t/></si>"
        "<si><t>=1+1</t></si><si><t>&lt;b&gt; &amp; ]]&gt;</t></si>"
    )
    cells = "".join(
        f'<c r="{letter}1" t="s"><v>{at}</v></c>' for at, letter in enumerate("ABCDEFGH")
    )
    inline = (
        '<c r="I1" t="inlineStr"><is><r><t xml:space="preserve">in </t></r><r><t>line</t></r>'
        '<rPh sb="0" eb="1"><t>x</t></rPh></is></c>'
        '<c r="J1" t="str"><f>"a"&amp;"b"</f><v>ab</v></c><c r="K1" t="str"><f>""</f><v></v></c>'
    )
    return packed([workbook("Data"), worksheet(cells + inline), styles(), strings(listed)])


def errors() -> dict[str, Content]:
    """Each error value, those of newer programs too."""
    values = (
        "#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA",
        "#SPILL!", "#CALC!", "#FIELD!",
    )  # fmt: skip
    cells = "".join(
        f'<c r="{letter}1" t="e"><v>{value}</v></c>'
        for letter, value in zip("ABCDEFGHIJK", values, strict=True)
    )
    return packed([workbook("Data"), worksheet(cells), styles()])


def without_addresses() -> dict[str, Content]:
    """Rows and cells that do not say where they stand, among some that do."""
    rows = (
        "<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>"
        '<row r="5"><c r="C5"><v>4</v></c><c><v>5</v></c></row><row><c><v>6</v></c></row>'
    )
    return packed([workbook("Data"), worksheet(rows), styles()])


def numbers() -> dict[str, Content]:
    """Numbers and truth values as programs spell them."""
    values = (
        "12345678901234567", "0.1", "1E3", "1.5e-7", "-1E+2", "1.", ".5", "007", " 8 ",
        "1.7976931348623157E308", "4.9406564584124654E-324", "0.30000000000000004", "-0", "+1",
    )  # fmt: skip
    cells = "".join(
        f'<c r="{letter}1"><v>{value}</v></c>'
        for letter, value in zip("ABCDEFGHIJKLMN", values, strict=True)
    )
    truths = '<c r="O1" t="b"><v>1</v></c><c r="P1" t="b"><v>0</v></c><c r="Q1" t="n"><v>3</v></c>'
    return packed([workbook("Data"), worksheet(cells + truths), styles()])


MADE: Final[Mapping[str, Callable[[], dict[str, Content]]]] = {
    one.__name__: one
    for one in (
        strict, days_of_1904, data_tables, arrays, threaded_comments, locked, sparklines, hidden,
        utf_16, prefixed, odd_names, shared_formulas, texts, errors, without_addresses, numbers,
    )
}  # fmt: skip
