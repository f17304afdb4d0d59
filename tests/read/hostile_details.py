"""Hostile things around the cells: names, rules, links, comments, drawings, in endless numbers."""

from __future__ import annotations

from tests.read.hostile import (
    BOOK,
    ROW,
    Case,
    Numbered,
    Repeated,
    Streamed,
    book,
    failed,
    sheet,
    sheet_relationships,
)
from tests.read.parts import MAIN, OFFICE, SHEET, relationships

WHOLE = "A1:XFD1048576"
DATA = f"<sheetData>{ROW}</sheetData>"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
BOOK_HEAD = (
    f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="Data" sheetId="1" '
    'r:id="rId1"/></sheets>'
)
DRAWING_HEAD = (
    f'<d:wsDr xmlns:d="{DRAWING}/spreadsheetDrawing" xmlns:a="{DRAWING}/main" xmlns:r="{OFFICE}">'
)


def tail(around: str, piece: str, *problems: str) -> Case:
    """A sheet behind whose cells an element holds 300,000 others; `#` is their number."""
    name = around.partition(" ")[0]
    pieces = Numbered(
        lambda n: piece.replace("#", str(n)), 300_000, f"{DATA}<{around}>", f"</{name}>"
    )
    return Case(f"300,000-in-{name}", sheet(pieces), cells=1, problems=problems)


def named(kind: str, part: Streamed, *, inner: str = "") -> dict[str, Streamed]:
    """The parts for a sheet that names another one by a relationship."""
    made = {**sheet_relationships(("rId1", kind, f"../x/{kind}.xml")), f"xl/x/{kind}.xml": part}
    if inner:
        made[f"xl/x/_rels/{kind}.xml.rels"] = inner
    return made


CASES = (
    tail(
        "mergeCells",
        '<mergeCell ref="A#:B#"/>',
        "Data: 100,000 merged ranges left out; --limit ranges=N allows more.",
    ),
    tail(
        "dataValidations",
        '<dataValidation type="whole" sqref="A#"><formula1>#</formula1></dataValidation>',
        (
            "Data: Ranges of data validations left out: 100,000; the limit is 200,000, --limit "
            "ranges=N allows more."
        ),
    ),
    tail("cols", '<col min="#" max="16384" hidden="1" outlineLevel="1"/>'),
    tail(
        "tableParts",
        '<tablePart r:id="rId#"/>',
        *["Data: A table could not be read: its relationship is missing."] * 20,
        "Data: A table could not be read: 199,980 more.",
    ),
    Case(
        "merge-of-the-whole-sheet",
        book(after=f'<mergeCells><mergeCell ref="{WHOLE}"/></mergeCells>'),
        cells=1,
    ),
    Case(
        "links-to-files-and-shares",
        book(
            after=(
                f'<hyperlinks><hyperlink ref="{WHOLE}" r:id="rId1"/><hyperlink ref="A1" '
                'r:id="rId2"/><hyperlink ref="A2" r:id="rId3"/><hyperlink ref="A3" r:id="rId4"/>'
                "</hyperlinks>"
            ),
            replaced=sheet_relationships(
                ("rId1", "hyperlink", "!file:///etc/passwd"),
                ("rId2", "hyperlink", r"!\\192.0.2.1\share\x.xlsx"),
                ("rId3", "hyperlink", "!http://192.0.2.1/"),
                ("rId4", "hyperlink", "!javascript:alert(1)"),
            ),
        ),
        cells=1,
    ),
    Case(
        "a-rule-over-a-million-ranges",
        sheet(
            Numbered(
                lambda n: f"A{n}:C{n} ",
                400_000,
                f'{DATA}<dataValidations><dataValidation type="list" sqref="',
                '"><formula1>1</formula1></dataValidation></dataValidations>',
            )
        ),
        cells=1,
        problems=(
            (
                "Data: Ranges of data validations left out: 200,000; the limit is 200,000, "
                "--limit ranges=N allows more."
            ),
        ),
    ),
    Case(
        "a-format-over-a-million-ranges",
        sheet(
            Numbered(
                lambda n: f"A{n} ",
                900_000,
                f'{DATA}<conditionalFormatting sqref="',
                '"><cfRule type="expression" priority="1"><formula>1</formula></cfRule>'
                "</conditionalFormatting>",
            )
        ),
        cells=1,
        problems=(
            (
                "Data: Ranges of conditional formats left out: 700,000; the limit is 200,000, "
                "--limit ranges=N allows more."
            ),
        ),
    ),
    Case(
        "a-format-of-many-rules",
        sheet(
            Numbered(
                lambda n: f'<cfRule type="cellIs" priority="{n}"><formula>{n}</formula></cfRule>',
                250_000,
                f'{DATA}<conditionalFormatting sqref="{WHOLE}">',
                "</conditionalFormatting>",
            )
        ),
        cells=1,
        problems=(
            (
                "Data: Conditional formats left out: 50,000; the limit is 200,000 ranges, "
                "--limit ranges=N allows more."
            ),
        ),
    ),
    Case(
        "a-footer-of-50-mb",
        sheet(
            Repeated(
                "&amp;C" * 200,
                50_000,
                f"{DATA}<headerFooter><oddFooter>",
                "</oddFooter></headerFooter>",
            )
        ),
        cells=1,
        problems=("Data: Texts of details cut behind 8,000,000 characters: 1.",),
    ),
    Case(
        "five-million-elements-behind-the-cells",
        sheet(Repeated("<brk/>", 5_000_000, f"{DATA}<rowBreaks>", "</rowBreaks>")),
        cells=1,
        problems=(
            (
                "Data: Only the first 3,000,000 elements were read; --limit sheet_elements=N "
                "allows "
                "more."
            ),
        ),
    ),
    Case(
        "deep-behind-too-many-cells",
        sheet(Repeated("<a>", 3_000_000, f"{DATA}")),
        problems=(
            failed(
                f"its part {SHEET} nests its elements more than 256 deep; --limit depth=N allows "
                "more"
            ),
        ),
    ),
    # The workbook part.
    Case(
        "three-hundred-thousand-names",
        book(
            replaced={
                BOOK: Numbered(
                    lambda n: f'<definedName name="n{n}">Data!$A$1</definedName>',
                    300_000,
                    f"{BOOK_HEAD}<definedNames>",
                    "</definedNames></workbook>",
                )
            }
        ),
        cells=1,
        problems=(
            (
                "100,000 defined names left out, for there are more than 200,000 or they are "
                "longer "
                "than 8,192 characters; --limit ranges=N allows more of them, --limit "
                "formula_length=N "
                "allows more characters."
            ),
        ),
    ),
    Case(
        "names-in-a-ring",
        book(
            '<c r="A1"><f>Up+Down</f><v>1</v></c>',
            book=(
                '<definedNames><definedName name="Up">Down</definedName><definedName name="Down">Up'
                '</definedName><definedName name="Up" localSheetId="99999999999999999999">Up'
                '</definedName><definedName name="" localSheetId="-1"/><definedName '
                f'name="{"x" * 100_000}">{"(" * 5_000}</definedName></definedNames>'
            ),
        ),
        cells=1,
    ),
    Case(
        "sheet-names",
        book(
            replaced={
                BOOK: BOOK_HEAD.replace(
                    "</sheets>",
                    '<sheet name="data" sheetId="2" r:id="rId1"/><sheet name="_x0000__xD800_&#10;" '
                    f'sheetId="-1" r:id="rId1"/><sheet name="{"n" * 100_000}" r:id="rId1" '
                    'state="q"/><sheet r:id="rId1"/></sheets></workbook>',
                )
            }
        ),
        cells=4,
        problems=("{}: sheet 'data' could not be read: another sheet has the same name.",),
    ),
    Case(
        "calculation-of-endless-numbers",
        book(
            book=f'<calcPr iterate="1" iterateCount="{"9" * 400}" iterateDelta="1e999" '
            'calcMode="x"/>',
            book_before='<workbookPr date1904="yes"/><workbookProtection lockStructure="x"/>',
        ),
        cells=1,
    ),
    # Other parts.
    Case(
        "comments-in-a-million-elements",
        book(
            replaced=named(
                "comments",
                Numbered(
                    lambda n: f'<comment ref="A{n}" authorId="{n}"><text><t>x</t></text></comment>',
                    350_000,
                    f'<comments xmlns="{MAIN}"><authors/><commentList>',
                    "</commentList></comments>",
                ),
            )
        ),
        cells=1,
        problems=(
            (
                "Data: Comments are missing from the sheet: its part xl/x/comments.xml has more "
                "than 1,000,000 elements; --limit elements=N allows more."
            ),
            "Data: 133,332 comments left out; --limit ranges=N allows more.",
        ),
    ),
    Case(
        "a-comment-text-of-90-mb",
        book(
            replaced=named(
                "comments",
                Repeated(
                    "x" * 1_000,
                    90_000,
                    f'<comments xmlns="{MAIN}"><authors/><commentList><comment ref="A1" '
                    'authorId="0"><text><t>',
                    "</t></text></comment></commentList></comments>",
                ),
            )
        ),
        cells=1,
        problems=("Data: Texts of comments that were too long and were cut: 1.",),
    ),
    Case(
        "comments-that-are-none",
        book(replaced=named("comments", "<html/>")),
        cells=1,
        problems=(
            (
                "Data: Comments are missing from the sheet: its part xl/x/comments.xml is not "
                "that of comments."
            ),
        ),
    ),
    Case(
        "a-hundred-thousand-shapes",
        book(
            after='<drawing r:id="rId1"/>',
            replaced=named(
                "drawing",
                Numbered(
                    lambda n: (
                        f"<d:oneCellAnchor><d:from><d:col>{n}</d:col><d:row>9999999999</d:row>"
                        f'</d:from><d:sp><d:nvSpPr><d:cNvPr id="{n}" name="s{n}" descr="x"/>'
                        "</d:nvSpPr></d:sp></d:oneCellAnchor>"
                    ),
                    100_000,
                    DRAWING_HEAD,
                    "</d:wsDr>",
                ),
            ),
        ),
        cells=1,
    ),
    Case(
        "a-chart-of-a-million-points",
        book(
            after='<drawing r:id="rId1"/>',
            replaced={
                **named(
                    "drawing",
                    f"{DRAWING_HEAD}<d:twoCellAnchor><d:graphicFrame><a:graphic><a:graphicData><c:"
                    f'chart xmlns:c="{DRAWING}/chart" r:id="rId1"/></a:graphicData></a:graphic>'
                    "</d:graphicFrame></d:twoCellAnchor></d:wsDr>",
                    inner=relationships(("rId1", "chart", "chart.xml")),
                ),
                "xl/x/chart.xml": Numbered(
                    lambda n: f'<c:pt idx="{n}"><c:v>{n}</c:v></c:pt>',
                    600_000,
                    f'<c:chartSpace xmlns:c="{DRAWING}/chart"><c:chart><c:plotArea><c:barChart>'
                    "<c:ser><c:val><c:numRef><c:f>Data!A1</c:f><c:numCache>",
                    "</c:numCache></c:numRef></c:val></c:ser></c:barChart></c:plotArea></c:chart>"
                    "</c:chartSpace>",
                ),
            },
        ),
        cells=1,
        problems=(
            (
                "Data: A chart could not be read: its part xl/x/chart.xml has more than "
                "1,000,000 elements; --limit elements=N allows more."
            ),
        ),
    ),
    Case(
        "a-table-of-a-million-columns",
        book(
            after='<tableParts><tablePart r:id="rId1"/></tableParts>',
            replaced=named(
                "table",
                Numbered(
                    lambda n: f'<tableColumn id="{n}" name="c{n}"/>',
                    900_000,
                    f'<table xmlns="{MAIN}" displayName="T" ref="{WHOLE}" headerRowCount="-5"><'
                    "tableColumns>",
                    "</tableColumns></table>",
                ),
            ),
        ),
        cells=1,
        problems=(
            (
                "Data: A table could not be read: its part xl/x/table.xml has more columns than "
                "a sheet."
            ),
        ),
    ),
    Case(
        "a-pivot-of-a-million-fields",
        book(
            replaced=named(
                "pivotTable",
                Numbered(
                    lambda n: f'<dataField name="d{n}" fld="{n}"/>',
                    900_000,
                    f'<pivotTableDefinition xmlns="{MAIN}" name="P" cacheId="1"><location '
                    f'ref="{WHOLE}"/><dataFields>',
                    "</dataFields></pivotTableDefinition>",
                ),
            )
        ),
        cells=1,
        problems=(
            (
                "Data: The data of a pivot table could not be read in full: the part "
                "xl/x/pivotTable.xml does not say where it is."
            ),
            "Data: 700,000 fields of pivot tables left out; --limit ranges=N allows more.",
        ),
    ),
    Case(
        "a-million-properties",
        book(
            replaced={
                "_rels/.rels": relationships(
                    ("rId1", "officeDocument", "xl/workbook.xml"),
                    ("rId2", "custom-properties", "docProps/custom.xml"),
                    ("rId3", "core-properties", "/docProps/custom.xml"),
                ),
                "docProps/custom.xml": Numbered(
                    lambda n: f'<property name="p{n}"><lpwstr>x</lpwstr></property>',
                    450_000,
                    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
                    'custom-properties">',
                    "</Properties>",
                ),
            }
        ),
        cells=1,
        problems=(
            (
                "Document properties are missing: its part docProps/custom.xml is not that of "
                "properties."
            ),
            "250,000 document properties left out; --limit ranges=N allows more.",
        ),
    ),
    Case(
        "an-external-link-that-names-itself",
        book(
            '<c r="A1"><f>[1]Far!A1</f><v>1</v></c>',
            book='<externalReferences><externalReference r:id="rId1"/><externalReference '
            'r:id="rId9"/><externalReference r:id="rId8"/></externalReferences>',
            replaced={
                "xl/_rels/workbook.xml.rels": relationships(
                    ("rId1", "worksheet", "worksheets/sheet1.xml"),
                    ("rId9", "externalLink", "externalLinks/a.xml"),
                ),
                "xl/externalLinks/a.xml": (
                    f'<externalLink xmlns="{MAIN}" xmlns:r="{OFFICE}"><externalBook r:id="rId1"/>'
                    "</externalLink>"
                ),
                "xl/externalLinks/_rels/a.xml.rels": relationships(
                    ("rId1", "externalLinkPath", r"!\\192.0.2.1\share\x.xlsx")
                ),
            },
        ),
        cells=1,
    ),
)
