"""The workbook part and what hangs on it: sheets, names, external links."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.read.parts import (
    MAIN,
    OFFICE,
    SHEET,
    STRICT,
    STRICT_OFFICE,
    parts,
    read,
    relationships,
    values,
)
from tickmark.errors import WorkbookRefused
from tickmark.model.book_details import BookDetails, BookProtection, Calculation
from tickmark.model.workbook import DefinedName, ExternalLink, SheetState
from tickmark.read import Limits


def two_sheets(
    second: str = '<sheet name="Two" sheetId="2" r:id="rId9"/>', kind: str = "worksheet"
) -> dict[str, str | bytes]:
    """A workbook of `Data` and another sheet."""
    file = parts('<c r="A1"><v>1</v></c>')
    content = str(file["xl/workbook.xml"])
    file["xl/workbook.xml"] = content.replace("</sheets>", f"{second}</sheets>")
    file["xl/_rels/workbook.xml.rels"] = relationships(
        ("rId1", "worksheet", "worksheets/sheet1.xml"), ("rId9", kind, "worksheets/sheet2.xml")
    )
    file["xl/worksheets/sheet2.xml"] = str(file[SHEET]).replace("<v>1<", "<v>2<")
    return file


def test_sheets_come_in_the_order_of_the_workbook(tmp_path: Path) -> None:
    book = read(tmp_path, two_sheets('<sheet name="A &amp; B" state="hidden" r:id="rId9"/>'))
    assert [(one.name, one.state) for one in book.sheets] == [
        ("Data", SheetState.VISIBLE),
        ("A & B", SheetState.HIDDEN),
    ]
    assert values(book["A & B"]) == {"A1": 2.0}


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("chartsheet", "is a chart sheet; it has no cells."),
        ("dialogsheet", "is a dialog sheet; it was not read."),
        ("xlMacrosheet", "is a sheet of Excel 4.0 macros; it was not read."),
    ],
)
def test_sheets_without_cells_are_named_and_no_failure(
    tmp_path: Path, kind: str, words: str
) -> None:
    book = read(tmp_path, two_sheets(kind=kind))
    assert [sheet.name for sheet in book.sheets] == ["Data"]
    assert book.failures == ()
    assert book.notes == (f"'Two' {words}",)
    assert book.has_macros is (kind == "xlMacrosheet")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"xl/worksheets/sheet2.xml": None}, "its part xl/worksheets/sheet2.xml is missing"),
        (
            {"xl/worksheets/sheet2.xml": "<worksheet><sheetData>"},
            "its part xl/worksheets/sheet2.xml is no well-formed XML (line 1: no element found)",
        ),
        (
            {"xl/worksheets/sheet2.xml": f'<chartsheet xmlns="{MAIN}"/>'},
            "its part xl/worksheets/sheet2.xml is not that of a worksheet",
        ),
        (
            {"xl/worksheets/sheet2.xml": '<?xml version="1.0" encoding="utf-7"?><worksheet/>'},
            "one of its parts is in the encoding 'utf-7'",
        ),
        (
            {"xl/worksheets/sheet2.xml": f'<worksheet xmlns="{MAIN}">{"<a>" * 300}'},
            (
                "its part xl/worksheets/sheet2.xml nests its elements more than 256 deep; "
                "--limit depth=N allows more"
            ),
        ),
        (
            {"xl/worksheets/sheet2.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{"<row>" * 300}'},
            (
                "its part xl/worksheets/sheet2.xml nests its elements more than 256 deep; "
                "--limit depth=N allows more"
            ),
        ),
        (
            {
                "xl/worksheets/sheet2.xml": f'<worksheet xmlns="{MAIN}"><sheetData><row><c>'
                f"{'<v>' * 200_000}{'</v>' * 200_000}</c></row></sheetData></worksheet>"
            },
            "its values stand inside each other",
        ),
    ],
)
def test_a_sheet_that_cannot_be_read_is_a_failure_and_the_others_are_read(
    tmp_path: Path, change: dict[str, str | None], reason: str
) -> None:
    file = two_sheets()
    for name, content in change.items():
        del file[name]
        if content is not None:
            file[name] = content
    book = read(tmp_path, file)
    assert values(book["Data"]) == {"A1": 1.0}
    assert [(one.sheet, one.message) for one in book.failures] == [
        ("Two", f"{tmp_path}/book.xlsx: sheet 'Two' could not be read: {reason}.")
    ]


def test_a_sheet_without_relationship_or_with_a_name_twice_is_a_failure(tmp_path: Path) -> None:
    unknown = read(tmp_path, two_sheets('<sheet name="Two" r:id="nowhere"/>'))
    twice = read(tmp_path, two_sheets('<sheet name="DATA" r:id="rId9"/>'))
    assert "the workbook does not say where it is" in unknown.failures[0].message
    assert "another sheet has the same name" in twice.failures[0].message


def test_a_sheet_whose_part_is_too_large_is_a_failure(tmp_path: Path) -> None:
    file = two_sheets()
    file["xl/worksheets/sheet2.xml"] = str(file[SHEET]) + " " * 100_000
    file["xl/media/image1.png"] = hashlib.shake_256(b"x").digest(20_000)  # makes the file large
    by_size = read(tmp_path, file, limits=Limits(part_bytes=50_000))
    by_ratio = read(tmp_path, file, limits=Limits(ratio_from=50_000, ratio=20))
    assert "unpacks to more than 0.05 MB" in by_size.failures[0].message
    assert "unpacks to more than 20 times its size" in by_ratio.failures[0].message
    assert [sheet.name for sheet in by_size.sheets] == ["Data"]


def test_all_parts_together_too_large_refuse_the_workbook(tmp_path: Path) -> None:
    file = two_sheets()
    file["xl/worksheets/sheet2.xml"] = str(file[SHEET]) + " " * 100_000
    with pytest.raises(WorkbookRefused, match=r"book\.xlsx unpacks to more than 5e-05 GB"):
        read(tmp_path, file, limits=Limits(total_bytes=50_000))


def test_cells_of_the_whole_workbook_are_bounded(tmp_path: Path) -> None:
    book = read(tmp_path, two_sheets(), limits=Limits(workbook_cells=1))
    assert values(book["Data"]) == {"A1": 1.0}
    assert "already hold 1 cells; --limit workbook_cells=N allows more" in book.failures[0].message


def test_names_have_their_sheet_as_scope(tmp_path: Path) -> None:
    names = (
        '<definedNames><definedName name="rate">=Data!$A$1</definedName>'
        '<definedName name="_xlnm.Print_Area" localSheetId="0" hidden="1">Data!$A:$B</definedName>'
        '<definedName name="lost" localSheetId="7">#REF!</definedName></definedNames>'
    )
    book = read(tmp_path, parts(book=names))
    assert book.names == (
        DefinedName("rate", "Data!$A$1"),
        DefinedName("_xlnm.Print_Area", "Data!$A:$B", "Data", hidden=True),
        DefinedName("lost", "#REF!"),
    )


def test_names_over_the_limit_are_counted(tmp_path: Path) -> None:
    names = "<definedNames>" + '<definedName name="n">1</definedName>' * 5 + "</definedNames>"
    book = read(tmp_path, parts(book=names), limits=Limits(ranges=3))
    assert len(book.names) == 3
    assert book.problems == (
        (
            "2 defined names left out, for there are more than 3 or they are longer than 8,192 "
            "characters; --limit ranges=N allows more of them, --limit formula_length=N allows "
            "more characters."
        ),
    )


def test_external_links_keep_the_numbers_by_which_formulas_call_them(tmp_path: Path) -> None:
    file = parts(
        book='<externalReferences><externalReference r:id="x1"/><externalReference r:id="x2"/>'
        '<externalReference r:id="x3"/><externalReference r:id="x4"/>'
        '<externalReference r:id="x5"/></externalReferences>'
    )
    file["xl/_rels/workbook.xml.rels"] = relationships(
        ("rId1", "worksheet", "worksheets/sheet1.xml"),
        ("x1", "externalLink", "externalLinks/book.xml"),
        ("x2", "externalLink", "externalLinks/dde.xml"),
        ("x3", "externalLink", "externalLinks/ole.xml"),
        ("x4", "externalLink", "externalLinks/gone.xml"),
    )
    link = f'<externalLink xmlns="{MAIN}" xmlns:r="{OFFICE}">'
    file["xl/externalLinks/book.xml"] = (
        f'{link}<externalBook r:id="t"><sheetNames/></externalBook></externalLink>'
    )
    file["xl/externalLinks/_rels/book.xml.rels"] = relationships(
        ("t", "externalLinkPath", "!file:///C:\\Budget.xlsx")
    )
    file["xl/externalLinks/dde.xml"] = (
        f'{link}<ddeLink ddeService="cmd" ddeTopic="/C calc"/></externalLink>'
    )
    file["xl/externalLinks/ole.xml"] = f'{link}<oleLink r:id="none" progId="x"/></externalLink>'
    book = read(tmp_path, file)
    assert book.external_links == (
        ExternalLink(1, "file:///C:\\Budget.xlsx"),
        ExternalLink(2, "cmd|/C calc", "dde"),
        ExternalLink(3, "", "ole"),
        ExternalLink(4, ""),
        ExternalLink(5, ""),
    )
    assert book.problems == (
        "An external link 4 could not be read: its part xl/externalLinks/gone.xml is missing.",
    )


def test_a_lost_styles_part_is_noted_on_each_sheet(tmp_path: Path) -> None:
    file = two_sheets()
    file["xl/_rels/workbook.xml.rels"] = str(file["xl/_rels/workbook.xml.rels"]).replace(
        "</Relationships>",
        f'<Relationship Id="s" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>',
    )
    file["xl/styles.xml"] = "<styleSheet"
    book = read(tmp_path, file)
    assert values(book["Two"]) == {"A1": 2.0}
    for sheet in book.sheets:
        assert sheet.problems[0].startswith(
            "Formats are unknown, dates look like numbers: its part"
        )


def test_texts_in_front_of_a_damaged_place_are_kept(tmp_path: Path) -> None:
    file = parts('<c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c>')
    file["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}"><si><t>kept</t></si><si><t>lo'
    sheet = read(tmp_path, file)["Data"]
    assert values(sheet) == {"A1": "kept"}
    assert sheet.problems == (
        (
            "Texts are missing from the workbook: its part xl/sharedStrings.xml is no well-formed "
            "XML (line 1: no element found)."
        ),
        "1 cell read without value: the text is missing from the shared strings (first: B1).",
    )


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ("", Calculation()),
        (
            'calcMode="manual" calcOnSave="0" calcCompleted="0"',
            Calculation(mode="manual", on_save=False, completed=False),
        ),
        (
            'calcMode="autoNoTable" refMode="R1C1" fullPrecision="false" fullCalcOnLoad="true"',
            Calculation(mode="autoNoTable", r1c1=True, as_displayed=True, on_load=True),
        ),
        (
            'iterate="1" iterateCount="25" iterateDelta="1E-4" fullPrecision="1"',
            Calculation(iterates=True, most_iterations=25, most_change=0.0001),
        ),
        (
            'calcMode="?" iterateCount="many" iterateDelta="INF" refMode="?"',
            Calculation(),
        ),
    ],
)
def test_calculation_has_the_defaults_of_the_format(
    tmp_path: Path, attributes: str, expected: Calculation
) -> None:
    book = read(tmp_path, parts(book=f"<calcPr {attributes}/>"))
    assert book.details.calculation == expected
    assert book.problems == ()


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ("", BookProtection()),
        ("<workbookProtection/>", BookProtection()),
        (
            '<workbookProtection workbookPassword="CC1A" lockStructure="1"/>',
            BookProtection(structure=True, password=True),
        ),
        (
            (
                '<workbookProtection workbookHashValue="aGFzaA==" workbookSaltValue="c2FsdA==" '
                'workbookSpinCount="100000" lockStructure="true" lockWindows="1"/>'
            ),
            BookProtection(structure=True, windows=True, password=True),
        ),
        (
            (
                '<fileSharing readOnlyRecommended="1" userName="Ann" hashValue="aGFzaA=="/>'
                '<workbookProtection lockWindows="1"/>'
            ),
            BookProtection(windows=True, read_only=True, write_password=True),
        ),
    ],
)
def test_what_is_locked_is_told_and_no_hash_is_kept(
    tmp_path: Path, elements: str, expected: BookProtection
) -> None:
    book = read(tmp_path, parts(book_before=elements))
    assert book.details.protection == expected


def test_a_strict_workbook_part_in_utf_16_with_a_prefix_is_read(tmp_path: Path) -> None:
    file = parts(main=STRICT, office=STRICT_OFFICE)
    file["xl/workbook.xml"] = (
        f'<?xml version="1.0" encoding="UTF-16"?><s:workbook xmlns:s="{STRICT}" '
        f'xmlns:o="{STRICT_OFFICE}"><s:sheets><s:sheet name="Data" sheetId="1" o:id="rId1"/>'
        '</s:sheets><s:definedNames><s:definedName name="Größe">Data!$A$1</s:definedName>'
        '</s:definedNames><s:workbookProtection lockStructure="1"/><s:calcPr iterate="1"/>'
        "</s:workbook>"
    ).encode("utf-16")
    book = read(tmp_path, file)
    assert book.names == (DefinedName("Größe", "Data!$A$1"),)
    assert book.details == BookDetails(
        calculation=Calculation(iterates=True), protection=BookProtection(structure=True)
    )


def test_external_links_without_end_cost_little_and_are_told_once(tmp_path: Path) -> None:
    listed = '<externalReference r:id="x1"/>' * 30 + "".join(
        f'<externalReference r:id="gone{number}"/>' for number in range(30)
    )
    file = parts(book=f"<externalReferences>{listed}</externalReferences>")
    file["xl/_rels/workbook.xml.rels"] = relationships(
        ("rId1", "worksheet", "worksheets/sheet1.xml"),
        ("x1", "externalLink", "externalLinks/dde.xml"),
        *((f"gone{number}", "externalLink", f"gone{number}.xml") for number in range(30)),
    )
    file["xl/externalLinks/dde.xml"] = (
        f'<externalLink xmlns="{MAIN}"><ddeLink ddeService="a" ddeTopic="b"/></externalLink>'
    )
    book = read(tmp_path, file, limits=Limits(ranges=55))
    assert book.external_links[29] == ExternalLink(30, "a|b", "dde")
    assert book.external_links[54] == ExternalLink(55, "")
    assert len(book.external_links) == 55
    assert len(book.problems) == 22
    assert book.problems[19:] == (
        "An external link 50 could not be read: its part xl/gone19.xml is missing.",
        "An external link could not be read, 5 more times.",
        "5 external links left out; --limit ranges=N allows more.",
    )
