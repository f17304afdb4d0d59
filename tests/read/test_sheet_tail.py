"""Names, prefixes, alternatives and bounds of what stands around a sheet's cells."""

from __future__ import annotations

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
    read_sheet,
    relationships,
)
from tickmark.model.address import CellRef, RangeRef
from tickmark.model.annotation import Hyperlink
from tickmark.model.cell_rules import ConditionalFormat, DataValidation, IgnoredErrors
from tickmark.model.drawing import Sparkline
from tickmark.model.sheet_details import ProtectedRange, SheetDetails
from tickmark.model.workbook import Sheet
from tickmark.read import Limits
from tickmark.read.sheet_tail import SheetTail
from tickmark.read.text_budget import TextBudget

X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
XM = "http://schemas.microsoft.com/office/excel/2006/main"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
RELS = "xl/worksheets/_rels/sheet1.xml.rels"

TAIL = (
    '<{p}autoFilter ref="A1:B2"/><{p}conditionalFormatting sqref="A1"><{p}cfRule type="expression" '
    'priority="1"><{p}formula>A1&gt;0</{p}formula></{p}cfRule></{p}conditionalFormatting>'
    '<{p}hyperlinks><{p}hyperlink ref="A1" {r}:id="rId1"/></{p}hyperlinks>'
    "<{p}headerFooter><{p}oddHeader>&amp;A</{p}oddHeader></{p}headerFooter>"
    '<{p}extLst><{p}ext uri="{{x}}" xmlns:{e}="'
    + X14
    + '"><{e}:dataValidations xmlns:{f}="'
    + XM
    + '"><{e}:dataValidation type="list"><{e}:formula1><{f}:f>X!A1</{f}:f></{e}:formula1>'
    "<{f}:sqref>C1</{f}:sqref></{e}:dataValidation></{e}:dataValidations></{p}ext></{p}extLst>"
)


def at(text: str) -> RangeRef:
    return RangeRef.parse(text, sheet="Data")


READ = SheetDetails(
    validations=(DataValidation((at("C1"),), "list", formulas=("X!A1",)),),
    conditional_formats=(
        ConditionalFormat((at("A1"),), "expression", formulas=("A1>0",), priority=1),
    ),
    hyperlinks=(Hyperlink(at("A1"), "http://example.com"),),
    headers_and_footers={"oddHeader": "&A"},
    filter_range=at("A1:B2"),
)


def limited(tmp_path: Path, ranges: int, after: str) -> Sheet:
    return read(tmp_path, parts(after=after), limits=Limits(ranges=ranges))["Data"]


@pytest.mark.parametrize(
    ("main", "office", "prefixes"),
    [
        (MAIN, OFFICE, ("", "r", "x14", "xm")),
        (STRICT, STRICT_OFFICE, ("", "r", "x14", "xm")),
        (MAIN, OFFICE, ("x:", "rel", "ext2010", "f")),
        (STRICT, STRICT_OFFICE, ("main:", "xm", "r", "x14")),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_names_are_understood_whatever_their_prefix(
    tmp_path: Path, main: str, office: str, prefixes: tuple[str, str, str, str], encoding: str
) -> None:
    prefix, link, extension, formula = prefixes
    made = parts(main=main, office=office)
    made[RELS] = relationships(("rId1", "hyperlink", "!http://example.com"), office=office)
    own = f"xmlns:{prefix[:-1]}" if prefix else "xmlns"
    tail = TAIL.format(p=prefix, r=link, e=extension, f=formula)
    made[SHEET] = (
        f'<?xml version="1.0" encoding="{encoding}"?><{prefix}worksheet {own}="{main}" '
        f'xmlns:{link}="{office}"><{prefix}sheetData><{prefix}row r="1"><{prefix}c r="A1">'
        f"<{prefix}v>1</{prefix}v></{prefix}c></{prefix}row></{prefix}sheetData>{tail}"
        f"</{prefix}worksheet>"
    ).encode(encoding)
    sheet = read(tmp_path, made)["Data"]
    assert sheet.details == READ
    assert sheet.problems == ()
    assert len(sheet.cells) == 1


@pytest.mark.parametrize(
    "after",
    [
        '<f:autoFilter xmlns:f="urn:foreign" ref="A1:B2"/>',
        '<f:sheetViews xmlns:f="urn:foreign"><sheetView showZeros="0"/></f:sheetViews>',
        '<autoFilter xmlns="urn:foreign" ref="A1:B2"/>',
        '<f:autoFilter ref="A1:B2"/>',
        '<unknown><autoFilter ref="A1:B2"/></unknown>',
        '<hyperlinks><f:hyperlink xmlns:f="urn:foreign" ref="A1"/></hyperlinks>',
        '<hyperlink ref="A1"/><cfRule type="expression"/><oddHeader>x</oddHeader>',
        f'<extLst><ext><sparklineGroups xmlns="urn:x" xmlns:x14="{X14}"/></ext></extLst>',
    ],
)
def test_names_of_other_vocabularies_and_places_are_passed_over(tmp_path: Path, after: str) -> None:
    sheet = read_sheet(tmp_path, after=after)
    assert sheet.details == SheetDetails()
    assert sheet.problems == ()


def test_a_prefix_means_what_the_nearest_element_says(tmp_path: Path) -> None:
    sheet = read_sheet(
        tmp_path,
        after=f'<extLst xmlns:a="urn:x"><ext xmlns:a="{X14}" xmlns:b="urn:x"><a:sparklineGroups>'
        f'<a:sparklineGroup><sparklines xmlns="{X14}"><sparkline xmlns:b="{XM}">'
        "<b:f>A1:C1</b:f><b:sqref>D1</b:sqref></sparkline><sparkline><b:sqref>D2</b:sqref>"
        "</sparkline></sparklines></a:sparklineGroup></a:sparklineGroups></ext><a:ext/></extLst>",
    )
    assert sheet.details.sparklines == (Sparkline(CellRef("Data", 1, 4), "line", "A1:C1"),)
    assert sheet.problems == ("Ranges of sparklines skipped because they name no range: 1.",)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('<mc:Choice Requires="x14">{0}</mc:Choice><mc:Fallback>{1}</mc:Fallback>', "A1"),
        ('<mc:Choice Requires="q">{0}</mc:Choice><mc:Fallback>{1}</mc:Fallback>', "A2"),
        ('<mc:Choice Requires="x14 q">{0}</mc:Choice><mc:Fallback>{1}</mc:Fallback>', "A2"),
        ('<mc:Choice Requires="none">{0}</mc:Choice><mc:Fallback>{1}</mc:Fallback>', "A2"),
        ("<mc:Choice>{0}</mc:Choice><mc:Fallback>{1}</mc:Fallback>", "A2"),
        ('<mc:Choice Requires="q">{0}</mc:Choice><mc:Choice Requires="x14">{1}</mc:Choice>', "A2"),
        (
            '<mc:Choice Requires="x14">{0}</mc:Choice><mc:Choice Requires="x14">{1}</mc:Choice>',
            "A1",
        ),
        ('{0}<mc:Choice Requires="x14">{1}</mc:Choice>', "A2"),
        (
            (
                '<mc:Choice Requires="x14"><mc:AlternateContent><mc:Fallback>{0}</mc:Fallback>'
                "</mc:AlternateContent></mc:Choice><mc:Fallback>{1}</mc:Fallback>"
            ),
            "A1",
        ),
    ],
)
def test_of_alternatives_the_first_that_is_understood_is_read(
    tmp_path: Path, content: str, expected: str
) -> None:
    links = ('<hyperlink ref="A1" location="X"/>', '<hyperlink ref="A2" location="X"/>')
    sheet = read_sheet(
        tmp_path,
        after=f'<hyperlinks><mc:AlternateContent xmlns:mc="{MC}" xmlns:x14="{X14}" '
        f'xmlns:q="urn:q">{content.format(*links)}</mc:AlternateContent>'
        '<hyperlink ref="A3" location="X"/></hyperlinks>',
    )
    assert [link.range.a1 for link in sheet.details.hyperlinks] == [expected, "A3"]
    assert sheet.problems == ()


def test_elements_behind_the_limit_of_cells_are_read(tmp_path: Path) -> None:
    file = parts(
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>'
        '<row r="2"><c r="A2"><v>3</v></c></row>',
        after='<autoFilter ref="A1:B2"/>',
    )
    sheet = read(tmp_path, file, limits=Limits(sheet_cells=1))["Data"]
    assert sheet.details.filter_range == at("A1:B2")


def test_whole_rows_and_columns_are_ranges_and_bad_ones_are_counted(tmp_path: Path) -> None:
    sheet = read_sheet(
        tmp_path,
        after='<ignoredErrors><ignoredError formula="1" sqref="$B:$A 3:2 Data!A1 A0 #REF! XFE1 '
        'XFE:XFE 1048577:1048577 D4:C3&#10;E5"/><ignoredError formula="1" sqref=" "/>'
        '<ignoredError formula="1"/></ignoredErrors>',
    )
    assert sheet.details.ignored_errors == (
        IgnoredErrors(
            (at("A1:B1048576"), at("A2:XFD3"), at("C3:D4"), at("E5")),
            ("formula",),
        ),
    )
    assert sheet.problems == ("Ranges of ignored errors skipped because they name no range: 8.",)


def test_ranges_over_the_limit_are_left_out_and_said_once_for_each_kind(tmp_path: Path) -> None:
    validation = '<dataValidation sqref="A1 A2"/>'
    link = '<hyperlink ref="A1:XFD1048576"/>'
    error = '<ignoredError formula="1" sqref="A1"/>'
    group = "<x14:sparkline><xm:sqref>A1</xm:sqref></x14:sparkline>"
    sheet = limited(
        tmp_path,
        3,
        '<protectedRanges><protectedRange name="P" sqref="A1 A2 A3 A4 A5"/></protectedRanges>'
        f"<dataValidations>{validation * 3}</dataValidations>"
        f"<hyperlinks>{link * 5}</hyperlinks><ignoredErrors>{error * 4}</ignoredErrors>"
        f'<extLst><ext xmlns:x14="{X14}" xmlns:xm="{XM}"><x14:sparklineGroups>'
        f"<x14:sparklineGroup><x14:sparklines>{group * 4}</x14:sparklines></x14:sparklineGroup>"
        "</x14:sparklineGroups></ext></extLst>",
    )
    details = sheet.details
    assert details.protected_ranges == (ProtectedRange("P", (at("A1"), at("A2"), at("A3"))),)
    assert [one.ranges for one in details.validations] == [(at("A1"), at("A2")), (at("A1"),)]
    assert details.hyperlinks == (Hyperlink(at("A1:XFD1048576")),) * 3
    assert len(details.ignored_errors) == len(details.sparklines) == 3
    told = "the limit is 3, --limit ranges=N allows more."
    assert sheet.problems == (
        f"Ranges of protection left out: 2; {told}",
        f"Ranges of data validations left out: 3; {told}",
        f"Ranges of hyperlinks left out: 2; {told}",
        f"Ranges of ignored errors left out: 1; {told}",
        f"Ranges of sparklines left out: 1; {told}",
    )


def test_conditional_formats_over_the_limit_are_left_out_with_all_their_ranges(
    tmp_path: Path,
) -> None:
    rules = "".join(f'<cfRule type="expression" priority="{n}"/>' for n in range(1, 5))
    sheet = limited(
        tmp_path,
        5,
        f'<conditionalFormatting sqref="A1 A2">{rules}</conditionalFormatting>'
        f'<conditionalFormatting sqref="B1">{rules}</conditionalFormatting>'
        f'<conditionalFormatting sqref="C1">{rules}</conditionalFormatting>',
    )
    assert [(one.ranges, one.priority) for one in sheet.details.conditional_formats] == [
        ((at("A1"), at("A2")), 1),
        ((at("A1"), at("A2")), 2),
        ((at("B1"),), 1),
    ]
    assert sheet.problems == (
        "Conditional formats left out: 9; the limit is 5 ranges, --limit ranges=N allows more.",
    )


def test_long_formulas_are_left_out_whole_and_long_texts_are_cut(tmp_path: Path) -> None:
    file = parts(
        after='<conditionalFormatting sqref="A1"><cfRule type="expression" priority="1">'
        "<formula>A1+B1+C1+D1</formula><formula>A1</formula></cfRule></conditionalFormatting>"
        f"<headerFooter><oddHeader>{'x' * 40_000}</oddHeader></headerFooter>"
    )
    sheet = read(tmp_path, file, limits=Limits(formula_length=8))["Data"]
    assert sheet.details.conditional_formats[0].formulas == ("", "A1")
    assert sheet.details.headers_and_footers == {"oddHeader": "x" * 32_767}
    assert sheet.problems == (
        "Texts of details that were too long and were cut: 1.",
        "Formulas of details left out because they are too long: 1.",
    )


def test_all_texts_of_a_sheet_together_are_bounded() -> None:
    texts = TextBudget(longest=10, longest_formula=10, left=12)
    assert [texts.text("a" * 8), texts.text("b" * 8), texts.formula("=C1"), texts.text("")] == [
        "a" * 8,
        "b" * 4,
        "",
        "",
    ]
    assert (texts.left, texts.cut, texts.lost_formulas) == (0, 1, 1)


def test_an_endless_text_is_cut_between_two_ranges() -> None:
    tail = SheetTail("Data", 10)
    tail.start("worksheet", {"xmlns": MAIN, "xmlns:e": X14, "xmlns:m": XM})
    inside = ("extLst", "ext", "e:ignoredErrors", "e:ignoredError", "m:sqref")
    for name in inside:
        tail.start(name, {"formula": "1"})
    for piece in ("A1 ", " " * 7_999_990, "B2:C30 D4:E50 F6"):
        tail.text(piece)
    for name in reversed(inside):
        tail.end(name)
    assert tail.details({}).ignored_errors == (
        IgnoredErrors((at("A1"), at("B2:C30")), ("formula",)),
    )
    assert tail.problems() == ("Texts of details cut behind 8,000,000 characters: 1.",)


def test_many_rules_on_the_whole_sheet_cost_no_cells(tmp_path: Path) -> None:
    whole = "A1:XFD1048576"
    rule = (
        f'<conditionalFormatting sqref="{whole}"><cfRule type="expression" priority="1"><formula>'
        "A1&gt;1</formula></cfRule></conditionalFormatting>"
    )
    file = parts(
        after=f'<autoFilter ref="{whole}"/><mergeCells><mergeCell ref="{whole}"/></mergeCells>'
        f'{rule * 300_000}<dataValidations><dataValidation sqref="{whole}"/></dataValidations>'
        f'<hyperlinks><hyperlink ref="{whole}" location="A1"/></hyperlinks>'
    )
    sheet = read(tmp_path, file)["Data"]
    assert len(sheet.details.conditional_formats) == 200_000
    assert sheet.details.hyperlinks == (Hyperlink(at(whole), location="A1"),)
    assert sheet.details.validations == (DataValidation((at(whole),), "none"),)
    assert sheet.problems == (
        (
            "Conditional formats left out: 100,000; the limit is 200,000 ranges, "
            "--limit ranges=N allows more."
        ),
    )


def test_one_sqref_of_many_ranges_is_read_to_the_limit(tmp_path: Path) -> None:
    many = " ".join(f"A{row}:B{row}" for row in range(1, 30_001))
    sheet = limited(
        tmp_path, 20_000, f'<dataValidations><dataValidation sqref="{many}"/></dataValidations>'
    )
    (validation,) = sheet.details.validations
    assert len(validation.ranges) == 20_000
    assert validation.ranges[-1] == at("A20000:B20000")
    assert sheet.problems == (
        (
            "Ranges of data validations left out: 10,000; the limit is 20,000, --limit ranges=N "
            "allows more."
        ),
    )


@pytest.mark.parametrize(
    "after",
    [
        (
            "<sheetProtection/><sheetViews><pane/></sheetViews><autoFilter/><scenarios><scenario/>"
            "</scenarios>"
        ),
        (
            "<conditionalFormatting><cfRule><colorScale><cfvo/></colorScale></cfRule>"
            "</conditionalFormatting><dataValidations><dataValidation/></dataValidations>"
        ),
        (
            f'<extLst><ext xmlns:a="{X14}" xmlns:b="{XM}"><a:conditionalFormattings>'
            "<a:conditionalFormatting><a:cfRule><a:dataBar><a:cfvo><b:f>1</b:f></a:cfvo></a:dataBar>"
            "<b:f/></a:cfRule><b:sqref/></a:conditionalFormatting></a:conditionalFormattings>"
            "<a:sparklineGroups><a:sparklineGroup><a:sparklines><a:sparkline/></a:sparklines>"
            "</a:sparklineGroup></a:sparklineGroups></ext></extLst>"
        ),
        '<conditionalFormatting sqref="A1"><cfRule priority="'
        + "9" * 5_000
        + '" rank="x" type="top10"/></conditionalFormatting>',
        '<dataConsolidate><dataRefs><dataRef/><dataRef r:id="no"/></dataRefs></dataConsolidate>',
        f'<mc:AlternateContent xmlns:mc="{MC}"/><mc:Choice xmlns:mc="{MC}" Requires="mc"/>',
    ],
)
def test_elements_without_what_belongs_to_them_lose_nothing_else(
    tmp_path: Path, after: str
) -> None:
    sheet = read_sheet(
        tmp_path,
        '<c r="A1"><v>1</v></c>',
        after=f'{after}<hyperlinks><hyperlink ref="B2"/></hyperlinks>',
    )
    assert len(sheet.cells) == 1
    assert sheet.details.hyperlinks == (Hyperlink(at("B2")),)
