"""The bytes of a new sheet: values, rules, heights and links."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from tests.write.packages import MAIN, report, rows
from tickmark.model.edit import AddSheet, CellStyle, WrittenCell
from tickmark.write import links
from tickmark.write.layout import formats_of, formatted_rows
from tickmark.write.links import with_places
from tickmark.write.looks import CellFormat, Styles
from tickmark.write.row_height import row_height
from tickmark.write.sheet_part import sheet_xml

PLAIN, HEADER, LINK = CellStyle.PLAIN, CellStyle.HEADER, CellStyle.LINK
TARGETS: Mapping[str, str] = {"data": "Data", "p&l 'x": "P&L 'x"}


def xml(sheet: AddSheet) -> str:
    indices = {form: number for number, form in enumerate(formats_of([sheet]), 1)}
    return sheet_xml(sheet, namespace=MAIN, styles=Styles(indices)).decode()


def cells(*line: object) -> str:
    found = re.search("<sheetData>(.*)</sheetData>", xml(report(line)), re.DOTALL)
    return found[1] if found else ""


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (3, "><v>3</v>"),
        (-0.1, "><v>-0.1</v>"),
        (1e300, "><v>1e+300</v>"),
        (True, ' t="b"><v>1</v>'),
        (2**53, "><v>9007199254740992</v>"),
    ],
)
def test_values_of_cells(value: float, written: str) -> None:
    assert cells(value) == f'<row r="1"><c r="A1" s="1"{written}</c></row>'


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "a"),
        ("<f>1</f>", "&lt;f&gt;1&lt;/f&gt;"),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
        (2**53 + 1, "9007199254740993"),
    ],
)
def test_text_and_what_no_number_of_excel_can_hold(value: float | str, text: str) -> None:
    inline = f'<is><t xml:space="preserve">{text}</t></is>'
    assert cells(value) == f'<row r="1"><c r="A1" s="1" t="inlineStr">{inline}</c></row>'


@pytest.mark.parametrize("value", [None, ""])
def test_nothing_is_written_for_nothing(value: str | None) -> None:
    assert cells(value) == ""


def test_an_empty_sheet_is_a_sheet() -> None:
    text = xml(AddSheet("Empty", ()))
    assert '<dimension ref="A1"/>' in text
    assert "<sheetData></sheetData>" in text
    assert "<cols>" not in text
    assert "<hyperlinks>" not in text
    assert "<pane " not in text


def test_a_styled_blank_is_written() -> None:
    assert cells(WrittenCell(None, HEADER)) == '<row r="1"><c r="A1" s="1"/></row>'


def test_text_that_could_be_a_formula_is_guarded_against_editing() -> None:
    sheet = report(("=1", "1"), (WrittenCell("-x", CellStyle.WRAPPED),))
    assert formats_of([sheet]) == (
        CellFormat(PLAIN),
        CellFormat(PLAIN, as_text=True),
        CellFormat(CellStyle.WRAPPED, as_text=True),
    )


def test_bodies_of_tables_are_ruled_as_far_as_their_headers_reach() -> None:
    head = (WrittenCell("A", HEADER), WrittenCell("B", HEADER), WrittenCell("C", HEADER))
    lines = [("before", 1), head, ("x",) * 2, ("x",) * 4, ("a note",), ("x",) * 3, (), ("x", "y")]
    ruled = [
        "".join("-" if form.ruled else "." for _, form in row)
        for row in formatted_rows(report(*lines))
    ]
    assert ruled == ["..", "...", "---", "---.", ".", "...", "", ".."]


def test_links_become_places() -> None:
    line = (
        WrittenCell("x", LINK, "Data!A1"),
        WrittenCell("", LINK, "'P&L ''x'!B2:C3"),
        WrittenCell("=cmd|' /C calc'!A0", LINK, "=cmd|' /C calc'!A0"),
        WrittenCell("z", PLAIN, "DATA!$B$2"),
        WrittenCell(None, LINK, "file:///etc/passwd"),
    )
    (settled,) = with_places(report(line), TARGETS).rows
    assert settled == (
        WrittenCell("x", LINK, "'Data'!A1"),
        WrittenCell("'P&L ''x'!B2:C3", LINK, "'P&L ''x'!B2:C3"),
        WrittenCell("=cmd|' /C calc'!A0", CellStyle.WRAPPED),
        WrittenCell("z", PLAIN, "'Data'!B2"),
        WrittenCell("file:///etc/passwd", CellStyle.WRAPPED),
    )


def test_places_are_escaped() -> None:
    line = (WrittenCell('<a "b"\n>', LINK, "'P&L ''x'!B2"),)
    assert (
        "<hyperlinks><hyperlink ref=\"A1\" location=\"'P&amp;L ''x'!B2\" "
        'display="&lt;a &quot;b&quot;&#10;&gt;"/></hyperlinks>'
    ) in xml(with_places(report(line), TARGETS))


def test_links_beyond_excels_number_are_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "MOST_LINKS", 2)
    line = (WrittenCell("x", LINK, "Data!A1"),) * 3
    (settled,) = with_places(report(line), TARGETS).rows
    assert [cell.link for cell in settled] == ["'Data'!A1", "'Data'!A1", ""]


def test_widths_are_bounded_and_zero_is_left_out() -> None:
    text = xml(AddSheet("W", (), widths=(0, 300, 12.5)))
    assert (
        '<cols><col min="2" max="2" width="255" customWidth="1"/>'
        '<col min="3" max="3" width="12.5" customWidth="1"/></cols>'
    ) in text


@pytest.mark.parametrize(
    ("cell", "width", "height"),
    [
        (WrittenCell("one line", CellStyle.WRAPPED), 20, None),
        (WrittenCell("one line that is not wrapped however long", PLAIN), 5, None),
        (WrittenCell("two\nlines", CellStyle.WRAPPED), 20, 30),
        (WrittenCell("one two three", CellStyle.WRAPPED), 5, 45),
        (WrittenCell("漢字漢字漢字", CellStyle.WRAPPED), 6, 30),
        (WrittenCell("x" * 50_000, CellStyle.WRAPPED), 10, 409),
        (WrittenCell("Title", CellStyle.TITLE), 5, 21.82),
        (WrittenCell(None, CellStyle.TITLE), 5, None),
        (WrittenCell(5, CellStyle.WRAPPED), 5, None),
    ],
)
def test_rows_are_as_high_as_their_lines(
    cell: WrittenCell, width: float, height: float | None
) -> None:
    assert row_height([WrittenCell("a"), cell], [8, width], 11) == height


def test_a_smaller_font_needs_less_height() -> None:
    assert row_height(rows(("a", WrittenCell("b\nc", HEADER)))[0], [], 10) == 27.28
