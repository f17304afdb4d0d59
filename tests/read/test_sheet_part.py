"""Cells, layout and formats of .xlsx sheets, written part by part."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from tests.read.parts import (
    MACRO_TYPE,
    MAIN,
    OFFICE,
    SHEET,
    STRICT,
    STRICT_OFFICE,
    formulas,
    parts,
    read,
    read_sheet,
    relationships,
    values,
)
from tickmark.model.address import RangeRef
from tickmark.model.grid import CellKind
from tickmark.model.workbook import SheetState, Style, Table
from tickmark.read import Limits

STRINGS = "<si><t>hello</t></si><si><r><t>rich </t></r><r><rPr><b/></rPr><t>text</t></r></si>"


@pytest.mark.parametrize(
    ("cell", "kind", "value"),
    [
        ('<c r="A1"><v>2.5</v></c>', CellKind.NUMBER, 2.5),
        ('<c r="A1" t="n"><v>-1E-3</v></c>', CellKind.NUMBER, -0.001),
        ('<c r="A1"><v>\n 7 </v></c>', CellKind.NUMBER, 7.0),
        ('<c r="A1" s="1"><v>45351</v></c>', CellKind.DATE, 45351.0),
        ('<c r="A1" s="2"><v>0.5</v></c>', CellKind.DATE, 0.5),
        ('<c r="A1" s="3"><v>45351</v></c>', CellKind.NUMBER, 45351.0),
        ('<c r="A1" t="d"><v>2024-02-29T12:00:00</v></c>', CellKind.DATE, 45351.5),
        ('<c r="A1" t="b"><v>1</v></c>', CellKind.BOOL, True),
        ('<c r="A1" t="b"><v>false</v></c>', CellKind.BOOL, False),
        ('<c r="A1" t="e"><v>#DIV/0!</v></c>', CellKind.ERROR, "#DIV/0!"),
        ('<c r="A1" t="s"><v>0</v></c>', CellKind.TEXT, "hello"),
        ('<c r="A1" t="s"><v>1</v></c>', CellKind.TEXT, "rich text"),
        ('<c r="A1" s="1" t="s"><v>0</v></c>', CellKind.TEXT, "hello"),
        ('<c r="A1" t="str"><f>B1</f><v>1.50</v></c>', CellKind.TEXT, "1.50"),
        ('<c r="A1" t="str"><f>""</f><v></v></c>', CellKind.TEXT, ""),
        ('<c r="A1" t="str"><v>nan</v></c>', CellKind.TEXT, "nan"),
        ('<c r="A1" t="inlineStr"><is><t>in</t></is></c>', CellKind.TEXT, "in"),
        ("<c r='A1'><is><r><t>a</t></r><r><t>b</t></r></is></c>", CellKind.TEXT, "ab"),
        ('<c r="A1" t="inlineStr"><is><t/></is></c>', CellKind.TEXT, ""),
        (
            '<c r="A1" t="inlineStr"><is><t>東京</t><rPh sb="0" eb="2"><t>トウ</t></rPh></is></c>',
            CellKind.TEXT,
            "東京",
        ),
        ('<c r="A1"><f>B1</f></c>', CellKind.EMPTY, None),
        ('<c r="A1"><f>B1</f><v/></c>', CellKind.EMPTY, None),
    ],
)
def test_a_cell_has_the_kind_and_value_that_the_part_says(
    tmp_path: Path, cell: str, kind: CellKind, value: object
) -> None:
    sheet = read_sheet(tmp_path, cell, strings=STRINGS)
    assert [(one.kind, one.value) for one in sheet.cells] == [(kind, value)]
    assert sheet.problems == ()


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="A1"/>',
        '<c r="A1" s="2"/>',
        '<c r="A1" s="2"><v/></c>',
        '<c r="A1" t="s"><v> </v></c>',
        '<c r="A1"><f></f></c>',
    ],
)
def test_a_cell_without_value_and_formula_is_not_stored(tmp_path: Path, cell: str) -> None:
    sheet = read_sheet(tmp_path, cell)
    assert len(sheet.cells) == 0
    assert sheet.used_range is None
    assert sheet.problems == ()


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("a_x000D_\nb", "a\r\nb"),
        ("_x0041_", "A"),
        ("_x005F_x0041_", "_x0041_"),
        ("_xD83D__xDE00_", "😀"),
        ("_xD83D_", "�"),
        ("_x41_ _X0041_ x0041_", "_x41_ _X0041_ x0041_"),
        ("  spaces  ", "  spaces  "),
        ("&lt;&amp;&#10;é", "<&\né"),
        ("<![CDATA[<b>]]>", "<b>"),
    ],
)
def test_texts_are_unescaped_and_otherwise_left_alone(
    tmp_path: Path, written: str, text: str
) -> None:
    sheet = read_sheet(
        tmp_path,
        f'<c r="A1" t="s"><v>0</v></c><c r="B1" t="str"><v>{written}</v></c>'
        f'<c r="C1" t="inlineStr"><is><t>{written}</t></is></c>',
        strings=f"<si><t>{written}</t></si>",
    )
    assert values(sheet) == {"A1": text, "B1": text, "C1": text}


def test_a_sheet_keeps_only_the_texts_that_its_cells_use(tmp_path: Path) -> None:
    sheet = read_sheet(
        tmp_path,
        '<c r="A1" t="s"><v>2</v></c><c r="B1" t="str"><v>own</v></c><c r="C1" t="s"><v>2</v></c>',
        strings="<si><t>a</t></si><si><t>b</t></si><si><t>c</t></si>",
    )
    assert sheet.cells.texts == ("c", "own")
    assert values(sheet) == {"A1": "c", "B1": "own", "C1": "c"}


def test_cells_without_address_follow_the_cell_before_them(tmp_path: Path) -> None:
    sheet = read_sheet(
        tmp_path,
        "<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>"
        '<row r="7"><c><v>4</v></c><c r="D7"><v>5</v></c><c><v>6</v></c></row>',
    )
    assert values(sheet) == {"A1": 1.0, "B1": 2.0, "A2": 3.0, "A7": 4.0, "D7": 5.0, "E7": 6.0}


def test_far_cells_and_a_dimension_that_lies_cost_nothing(tmp_path: Path) -> None:
    sheet = read_sheet(
        tmp_path,
        '<row r="1"><c r="A1"><v>1</v></c></row>'
        '<row r="1048576"><c r="XFD1048576"><v>2</v></c></row>',
        before='<dimension ref="A1:XFD1048576"/>',
    )
    assert values(sheet) == {"A1": 1.0, "XFD1048576": 2.0}
    assert sheet.used_range == RangeRef("Data", 1, 1, 1_048_576, 16_384)


def test_cells_in_disorder_are_sorted(tmp_path: Path) -> None:
    sheet = read_sheet(
        tmp_path,
        '<row r="2"><c r="B2"><v>4</v></c><c r="A2"><f>B2</f><v>3</v></c></row>'
        '<row r="1"><c r="A1" t="str"><v>x</v></c></row>',
    )
    assert list(values(sheet).items()) == [("A1", "x"), ("A2", 3.0), ("B2", 4.0)]
    assert formulas(sheet) == {"A2": "B2"}
    assert sheet.problems == ()


def test_of_two_cells_with_one_address_the_last_is_kept_and_noted(tmp_path: Path) -> None:
    sheet = read_sheet(
        tmp_path, '<c r="A1"><v>1</v></c><c r="B1"><v>2</v></c><c r="A1"><v>3</v></c>'
    )
    assert values(sheet) == {"A1": 3.0, "B1": 2.0}
    assert sheet.problems == ("1 cell found twice in the file: the last one was read (first: A1).",)


@pytest.mark.parametrize(
    ("cell", "left", "note"),
    [
        (
            '<c r="XFE1"><v>1</v></c>',
            {},
            "1 cell skipped: what stands as address is none (first: XFE1).",
        ),
        (
            '<c r="B1048577"><v>1</v></c><c r="$B$1"><v>1</v></c><c r="B0"><v>1</v></c>',
            {},
            "3 cells skipped: what stands as address is none (first: B1048577).",
        ),
        (
            '<c r="B1" t="s"><v>9</v></c>',
            {},
            "1 cell read without value: the text is missing from the shared strings (first: B1).",
        ),
        (
            '<c r="B1" t="s"><v>-1</v></c><c r="C1" t="s"><f>A1</f><v>0.5</v></c>',
            {"C1": None},
            "2 cells read without value: the text is missing from the shared strings (first: B1).",
        ),
        (
            '<c r="B1"><v>12abc</v></c>',
            {"B1": "12abc"},
            "1 cell read as text: the value is no number (first: B1).",
        ),
        (
            '<c r="B1"><v>1_000</v></c><c r="C1"><v>inf</v></c><c r="D1"><v>1e999</v></c>',
            {"B1": "1_000", "C1": "inf", "D1": "1e999"},
            "3 cells read as text: the value is no number (first: B1).",
        ),
        (
            '<c r="B1" t="d"><v>2024-13-01</v></c>',
            {"B1": "2024-13-01"},
            "1 cell read as text: the value is no number (first: B1).",
        ),
        (
            '<c r="B1" s="77"><v>1</v></c><c r="C1" s="-1"><v>2</v></c>',
            {"B1": 1.0, "C1": 2.0},
            "2 cells read without format: the style is missing (first: B1).",
        ),
        (
            '<c r="B1" s="x"><v>1</v></c>',
            {"B1": 1.0},
            "1 cell read without format: the style is missing (first: B1).",
        ),
    ],
)
def test_a_bad_cell_is_noted_and_costs_no_other(
    tmp_path: Path, cell: str, left: dict[str, object], note: str
) -> None:
    sheet = read_sheet(tmp_path, f'<c r="A1"><v>1</v></c>{cell}')
    assert values(sheet) == {"A1": 1.0, **left}
    assert sheet.problems == (note,)


def test_namespace_prefix_strict_and_utf_16_read_alike(tmp_path: Path) -> None:
    cells = '<c r="A1" t="s"><v>0</v></c><c r="B1" s="1"><f>1+1</f><v>2</v></c>'
    after = '<mergeCells><mergeCell ref="A3:B4"/></mergeCells>'
    plain = parts(cells, after=after, strings=STRINGS)
    strict = parts(cells, after=after, strings=STRINGS, main=STRICT, office=STRICT_OFFICE)
    prefixed = {
        name: content.replace("<", "<x:")
        .replace("<x:/", "</x:")
        .replace(f'xmlns="{MAIN}"', f'xmlns:x="{MAIN}"')
        if name in {SHEET, "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml"}
        and isinstance(content, str)
        else content
        for name, content in plain.items()
    }
    wide = {
        name: ('<?xml version="1.0" encoding="UTF-16"?>' + content).encode("utf-16")
        for name, content in plain.items()
        if isinstance(content, str)
    }
    for file in (plain, strict, prefixed, wide):
        book = read(tmp_path, file)
        sheet = book["Data"]
        assert values(sheet) == {"A1": "hello", "B1": 2.0}
        assert formulas(sheet) == {"B1": "1+1"}
        assert sheet.cells.kinds.tolist() == [CellKind.TEXT, CellKind.DATE]
        assert sheet.merges == (RangeRef("Data", 3, 1, 4, 2),)
        assert book.failures == ()


def test_elements_of_other_vocabularies_are_no_cells(tmp_path: Path) -> None:
    sheet = read_sheet(
        tmp_path,
        '<c r="A1"><v>1</v></c>',
        after='<extLst><ext><x14:f xmlns:x14="urn:x"><x14:c r="B1"><x14:v>2</x14:v></x14:c></x14:f>'
        '<x14:mergeCell xmlns:x14="urn:x" ref="A1:B2"/></ext></extLst>',
    )
    assert values(sheet) == {"A1": 1.0}
    assert sheet.merges == ()


def test_blanks_and_line_breaks_between_elements_mean_nothing(tmp_path: Path) -> None:
    sheet = read_sheet(
        tmp_path,
        '<row r="1">\n <c r="A1" t="str">\n  <f>B1</f>\n  <v>x</v>\n </c>\n <c r="B1">\n <v>2</v>\n'
        ' </c>\n <c r="C1" t="inlineStr">\n <is>\n <t>y</t>\n </is>\n </c>\n</row>',
    )
    assert values(sheet) == {"A1": "x", "B1": 2.0, "C1": "y"}
    assert formulas(sheet) == {"A1": "B1"}


def test_a_sheet_longer_than_a_block_reads_like_a_short_one(tmp_path: Path) -> None:
    """70,000 cells in rows of 7: block borders fall inside rows and between values and formulas."""
    rows = "".join(
        f'<row r="{row}">'
        + "".join(
            f'<c r="{column}{row}" s="{place % 4}"><f>{column}{row + 1}</f>'
            f"<v>{row * 10 + place}</v></c>"
            for place, column in enumerate("ABCDEFG")
        )
        + "</row>"
        for row in range(1, 10_001)
    )
    sheet = read_sheet(tmp_path, rows)
    cells = sheet.cells
    assert len(cells) == 70_000
    assert np.array_equal(cells.rows, np.repeat(np.arange(1, 10_001), 7))
    assert np.array_equal(cells.columns, np.tile(np.arange(1, 8), 10_000))
    assert np.array_equal(cells.values, cells.rows * 10.0 + cells.columns - 1)
    assert np.array_equal(cells.formulas, np.arange(70_000))
    assert cells.formula_texts[34_999] == "G5001"
    assert [cells[at].kind for at in range(4)] == [1, 5, 5, 1]


def test_styles_are_told_apart_by_what_carries_meaning(tmp_path: Path) -> None:
    book = read(
        tmp_path,
        parts(
            "".join(f'<c r="{column}1" s="{at}"><v>1</v></c>' for at, column in enumerate("ABCDE"))
        ),
    )
    sheet = book["Data"]
    assert book.styles == (
        Style(),
        Style("mm-dd-yy"),
        Style("yyyy\\-mm", bold=True, filled=True, bordered=True),
        Style("#,##0.00"),
    )
    assert sheet.cells.styles.tolist() == [0, 1, 2, 3, 0]


def test_hidden_rows_and_columns_are_joined_intervals(tmp_path: Path) -> None:
    sheet = read_sheet(
        tmp_path,
        '<row r="1"/><row r="3" hidden="1"/><row r="2" hidden="true"/><row r="9" ht="0"/>'
        '<row r="10" ht="15"/>',
        before='<cols><col min="2" max="3" hidden="1"/><col min="4" max="4" width="0"/>'
        '<col min="6" max="6" width="9"/><col min="16384" max="99999" hidden="1"/></cols>',
    )
    assert sheet.hidden_rows == ((2, 3), (9, 9))
    assert sheet.hidden_columns == ((2, 4), (16384, 16384))


def test_rows_hidden_unless_said_otherwise(tmp_path: Path) -> None:
    sheet = read_sheet(
        tmp_path,
        '<row r="2"><c r="A2"><v>1</v></c></row><row r="4" hidden="1"/><row r="5"/>',
        before='<sheetFormatPr zeroHeight="1"/>',
    )
    assert sheet.hidden_rows == ((1, 1), (3, 4), (6, 1_048_576))


def test_merges_are_read_and_bad_ones_noted(tmp_path: Path) -> None:
    sheet = read_sheet(
        tmp_path,
        after='<mergeCells><mergeCell ref="B2:A1"/><mergeCell ref="C3"/><mergeCell ref="x"/>'
        '<mergeCell/><mergeCell ref="A5:XFD1048576"/></mergeCells>',
    )
    assert sheet.merges == (
        RangeRef("Data", 1, 1, 2, 2),
        RangeRef("Data", 5, 1, 1_048_576, 16_384),
    )
    assert sheet.problems == ("Merged ranges skipped because they name no range: 2.",)


def test_tables_come_through_the_relationships_of_the_sheet(tmp_path: Path) -> None:
    file = parts(
        after='<tableParts><tablePart r:id="t1"/><tablePart r:id="t2"/><tablePart r:id="t3"/>'
        "</tableParts>"
    )
    file["xl/worksheets/_rels/sheet1.xml.rels"] = relationships(
        ("t1", "table", "..\\Tables\\table1.xml"), ("t2", "table", "/xl/tables/gone.xml")
    )
    file["xl/tables/table1.xml"] = (
        f'<table xmlns="{MAIN}" name="x" displayName="Sales" ref="B2:C9" totalsRowCount="1">'
        '<tableColumns><tableColumn name="Two_x000a_lines"/><tableColumn name="b"/></tableColumns>'
        "</table>"
    )
    sheet = read(tmp_path, file)["Data"]
    span = RangeRef("Data", 2, 2, 9, 3)
    assert sheet.tables == (Table("Sales", span, ("Two\nlines", "b"), 1, 1),)
    assert sheet.problems == (
        "A table could not be read: its part xl/tables/gone.xml is missing.",
        "A table could not be read: its relationship is missing.",
    )


def test_a_sheet_over_the_limit_of_cells_is_cut_and_what_follows_still_read(
    tmp_path: Path,
) -> None:
    rows = "".join(
        f'<row r="{row}"><c r="A{row}"><v>{row}</v></c></row>' for row in range(1, 40_001)
    )
    file = parts(rows, after='<mergeCells><mergeCell ref="A1:B2"/></mergeCells>')
    sheet = read(tmp_path, file, limits=Limits(sheet_cells=1_000))["Data"]
    assert len(sheet.cells) == 1_000
    assert sheet.cells.rows[-1] == 1_000
    assert sheet.merges == (RangeRef("Data", 1, 1, 2, 2),)
    assert sheet.problems == (
        "Only the first 1,000 cells were read; --limit sheet_cells=N allows more.",
    )


def test_a_sheet_at_the_limit_of_cells_is_whole(tmp_path: Path) -> None:
    cells = "".join(f'<c r="{column}1"><v>1</v></c>' for column in "ABC")
    sheet = read(tmp_path, parts(cells), limits=Limits(sheet_cells=3))["Data"]
    assert len(sheet.cells) == 3
    assert sheet.problems == ()


def test_values_of_an_unknown_type_are_read_as_text_and_told(tmp_path: Path) -> None:
    sheet = read_sheet(
        tmp_path, '<c r="A1" t="zz"><v>0</v></c><c r="B1" t="n"><v>1</v></c><c r="C1" t="Z"/>'
    )
    assert values(sheet) == {"A1": "0", "B1": 1.0}
    assert sheet.problems == (
        "2 cells read as text: the type of the value is unknown (first: A1).",
    )


def test_long_texts_formulas_and_many_merges_are_cut_with_a_note(tmp_path: Path) -> None:
    cells = (
        f'<c r="A1" t="str"><v>{"x" * 50}</v></c><c r="B1"><f>{"1+" * 50}1</f><v>51</v></c>'
        '<c r="C1"><f t="array" ref="C1">' + "1+" * 50 + "1</f></c>"
    )
    after = "<mergeCells>" + '<mergeCell ref="A1:B2"/>' * 5 + "</mergeCells>"
    limits = Limits(string_length=10, formula_length=20, ranges=2)
    sheet = read(tmp_path, parts(cells, after=after), limits=limits)["Data"]
    assert values(sheet) == {"A1": "x" * 10, "B1": 51.0}
    assert formulas(sheet) == {}
    assert len(sheet.merges) == 2
    assert sheet.problems == (
        (
            "1 cell read in part: the text is too long (first: A1); --limit string_length=N allows "
            "more."
        ),
        (
            "2 cells read without formula: it is too long (first: B1); --limit formula_length=N "
            "allows more."
        ),
        "3 merged ranges left out; --limit ranges=N allows more.",
    )


def test_a_text_of_many_megabytes_is_cut_without_being_kept(tmp_path: Path) -> None:
    """Ten megabytes come in many pieces, of which only as many as the limit asks stay."""
    long = "y" * 10_000_000
    sheet = read_sheet(
        tmp_path,
        f'<c r="A1" t="str"><v>{long}</v></c><c r="B1" t="s"><v>0</v></c><c r="C1"><v>3</v></c>',
        strings=f"<si><t>{long}</t></si>",
    )
    assert [len(text) for text in sheet.cells.texts] == [1_000_000, 1_000_000]
    assert sheet.cells.value(2) == 3.0
    assert sheet.problems == (
        "Texts of the workbook cut for their length: 1; --limit string_length=N allows more.",
        (
            "1 cell read in part: the text is too long (first: A1); --limit string_length=N allows "
            "more."
        ),
    )


def test_states_macros_and_date_system_of_the_workbook(tmp_path: Path) -> None:
    file = parts(
        '<c r="A1" t="d"><v>1904-01-02</v></c>',
        book_before='<workbookPr date1904="1"/>',
        book_type=MACRO_TYPE,
    )
    content = str(file["xl/workbook.xml"])
    file["xl/workbook.xml"] = content.replace("<sheet ", '<sheet state="veryHidden" ')
    book = read(tmp_path, file, name="book.xlsm")
    assert (book.date1904, book.has_macros, book.format) == (True, True, "xlsm")
    assert book["Data"].state is SheetState.VERY_HIDDEN
    assert values(book["Data"]) == {"A1": 1.0}


def test_a_plain_workbook_has_no_macros_and_travels_between_processes(tmp_path: Path) -> None:
    book = read(tmp_path, parts('<c r="A1" t="s"><v>0</v></c>', strings=STRINGS))
    copy = pickle.loads(pickle.dumps(book))  # noqa: S301 - our own bytes
    assert (book.has_macros, book.date1904, book.formulas_available) == (False, False, True)
    assert values(copy["Data"]) == {"A1": "hello"}
    assert copy.sha256 == book.sha256


def test_office_relationships_are_known_by_their_last_word(tmp_path: Path) -> None:
    file = parts('<c r="A1"><v>1</v></c>')
    file["xl/_rels/workbook.xml.rels"] = relationships(
        ("rId1", "worksheet", "/XL/Worksheets/SHEET1.xml"), office=OFFICE
    )
    book = read(tmp_path, file)
    assert values(book["Data"]) == {"A1": 1.0}
