"""Looks of cells: number formats, fonts, fills, borders, and colours in all their spellings."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.read.parts import (
    MAIN,
    OFFICE,
    STRICT,
    STRICT_OFFICE,
    Content,
    parts,
    read,
    relationships,
)
from tickmark.model.workbook import Style
from tickmark.read import colours

CELL = '<c r="A1" s="1"><v>1</v></c>'
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
STRICT_DRAWING = "http://purl.oclc.org/ooxml/drawingml/main"
COMPATIBILITY = "http://schemas.openxmlformats.org/markup-compatibility/2006"
THEME = (
    '<a:theme xmlns:a="{0}" name="T"><a:themeElements><a:clrScheme name="C">'
    '<a:dk1><a:sysClr val="windowText" lastClr="111111"/></a:dk1>'
    '<a:lt1><a:sysClr val="window"/></a:lt1><a:dk2><a:srgbClr val="222222"/></a:dk2>'
    '<a:lt2><a:srgbClr val="eeeeee"/></a:lt2><a:accent1><a:srgbClr val="4F81BD"/></a:accent1>'
    '<a:accent2><a:scrgbClr r="50000" g="0" b="0"/></a:accent2></a:clrScheme>'
    '<a:fontScheme name="F"/></a:themeElements></a:theme>'
)


def style(tmp_path: Path, *, font: str = "", fill: str = "", format_: str = "") -> Style:
    """The look of a cell with a font, a fill and the attributes of its number format."""
    return look(tmp_path, sections(font, fill, format_))


def sections(font: str, fill: str, format_: str = "", after: str = "") -> str:
    return (
        f"<fonts><font/><font>{font}</font></fonts><fills><fill/><fill>{fill}</fill></fills>"
        f'<borders><border/></borders><cellXfs><xf/><xf fontId="1" fillId="1" {format_}/></cellXfs>'
        f"{after}"
    )


def look(tmp_path: Path, styles: str) -> Style:
    book = read(tmp_path, parts(CELL, styles=styles))
    assert [sheet.problems for sheet in book.sheets] == [()]
    return book.styles[int(book["Data"].cells.styles[0])]


def themed(font: str, theme: str, *, main: str = MAIN, office: str = OFFICE) -> dict[str, Content]:
    """A workbook with a theme part, or without one where it is empty."""
    made = parts(CELL, styles=sections(font, ""), main=main, office=office)
    made["xl/_rels/workbook.xml.rels"] = relationships(
        ("rId1", "worksheet", "worksheets/sheet1.xml"),
        ("rId2", "styles", "styles.xml"),
        ("rId4", "theme", "theme/theme1.xml"),
        office=office,
    )
    return made | ({"xl/theme/theme1.xml": theme} if theme else {})


@pytest.mark.parametrize(
    ("colour", "expected"),
    [
        ('rgb="FFC00000"', "C00000"),
        ('rgb="00c00000"', "C00000"),
        ('rgb="C00000"', "C00000"),
        ('rgb="#C00000"', "C00000"),
        ('rgb="red"', ""),
        ('indexed="10"', "FF0000"),
        ('indexed="55"', "969696"),
        ('indexed="64"', ""),
        ('indexed="-1"', ""),
        ('auto="1"', ""),
        ("", ""),
        ('theme="0"', "FFFFFF"),
        ('theme="1"', "000000"),
        ('theme="2"', "EEECE1"),
        ('theme="3"', "1F497D"),
        ('theme="11"', "800080"),
        ('theme="12"', ""),
        ('theme="x"', ""),
        ('theme="0" tint="-0.15"', "D9D9D9"),
        ('rgb="FF4F81BD" tint="1"', "FFFFFF"),
        ('rgb="FF4F81BD" tint="7"', "FFFFFF"),
        ('rgb="FF4F81BD" tint="nan"', "4F81BD"),
        ('rgb="FF4F81BD" tint="much"', "4F81BD"),
        ('auto="1" tint="0.5"', ""),
    ],
)
def test_colours_of_fonts_and_fills(tmp_path: Path, colour: str, expected: str) -> None:
    found = style(
        tmp_path,
        font=f"<color {colour}/>",
        fill=f'<patternFill patternType="solid"><fgColor {colour}/><bgColor rgb="FF123456"/>'
        "</patternFill>",
    )
    assert found == Style(filled=True, font_colour=expected, fill_colour=expected)


@pytest.mark.parametrize(
    ("tint", "expected"),
    [
        # what Excel shows for the variants of its first accent in its palette
        (0.79998168889431442, "DCE6F1"),
        (0.59999389629810485, "B8CCE4"),
        (0.39997558519241921, "95B3D7"),
        (-0.249977111117893, "366092"),
        (-0.499984740745262, "244062"),
    ],
)
def test_a_tint_is_that_of_excel_within_a_step(tint: float, expected: str) -> None:
    found = list(bytes.fromhex(colours.tinted("4F81BD", tint)))  # Excel counts in whole numbers
    assert found == pytest.approx(list(bytes.fromhex(expected)), abs=1)


def test_the_theme_of_the_workbook_counts(tmp_path: Path) -> None:
    theme = THEME.format(DRAWING)
    found = [
        read(tmp_path, themed(f'<color theme="{place}"/><b/>', theme)).styles[1].font_colour
        for place in range(7)
    ]
    assert found == ["FFFFFF", "111111", "EEEEEE", "222222", "4F81BD", "", ""]


def test_a_strict_theme_is_read(tmp_path: Path) -> None:
    theme = THEME.format(STRICT_DRAWING)
    made = themed('<color theme="3"/>', theme, main=STRICT, office=STRICT_OFFICE)
    assert read(tmp_path, made).styles == (Style(), Style(font_colour="222222"))


@pytest.mark.parametrize(
    ("theme", "why"),
    [
        ("<a", "its part xl/theme/theme1.xml is no well-formed XML"),
        ("<theme/>", "its part xl/theme/theme1.xml names no colours"),
        ("", "its part xl/theme/theme1.xml is missing"),
    ],
)
def test_a_damaged_theme_is_told_and_the_rest_is_read(tmp_path: Path, theme: str, why: str) -> None:
    book = read(tmp_path, themed('<color theme="3"/><b/>', theme))
    (problem,) = book["Data"].problems
    lost = "Colours of the theme are unknown, those of Office stand here: "
    assert problem.startswith(lost + why)
    assert book.styles == (Style(), Style(bold=True, font_colour="1F497D"))


def test_a_palette_of_the_workbook_replaces_the_first_colours(tmp_path: Path) -> None:
    own = '<colors><indexedColors><rgbColor rgb="00ABCDEF"/></indexedColors></colors>'
    font, fill = '<color indexed="0"/>', ""
    assert look(tmp_path, sections(font, fill, after=own)).font_colour == "ABCDEF"
    font = '<color indexed="8"/>'
    assert look(tmp_path, sections(font, fill, after=own)).font_colour == "000000"


@pytest.mark.parametrize(
    ("font", "expected"),
    [
        ('<b/><sz val="8"/><name val="Arial"/>', Style(bold=True, font_size=8)),
        ('<b val="0"/><sz val="10.5"/>', Style(font_size=10.5)),
        ('<b val="true"/>', Style(bold=True)),
        ('<sz val="big"/>', Style()),
        ('<sz val="-1"/>', Style()),
        ('<sz val="inf"/>', Style()),
        ("<sz/>", Style()),
    ],
)
def test_fonts(tmp_path: Path, font: str, expected: Style) -> None:
    assert style(tmp_path, font=font) == expected


@pytest.mark.parametrize(
    ("fill", "expected"),
    [
        ('<patternFill patternType="none"><fgColor rgb="FF123456"/></patternFill>', Style()),
        ("<patternFill/>", Style()),
        ('<patternFill patternType="solid"/>', Style(filled=True)),
        (
            '<patternFill patternType="gray125"><fgColor rgb="FF123456"/></patternFill>',
            Style(filled=True),
        ),
        (
            '<gradientFill><stop position="0"><color rgb="FF123456"/></stop></gradientFill>',
            Style(filled=True),
        ),
    ],
)
def test_only_a_solid_fill_has_a_colour(tmp_path: Path, fill: str, expected: Style) -> None:
    assert style(tmp_path, fill=fill) == expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (0, "General"),
        (5, '"$"#,##0_);\\("$"#,##0\\)'),
        (8, '"$"#,##0.00_);[Red]\\("$"#,##0.00\\)'),
        (14, "mm-dd-yy"),
        (23, "General"),
        (27, "yyyy-mm-dd"),
        (32, "h:mm:ss"),
        (36, "yyyy-mm-dd"),
        (37, "#,##0_);(#,##0)"),
        (44, '_("$"* #,##0.00_);_("$"* \\(#,##0.00\\);_("$"* "-"??_);_(@_)'),
        (46, "[h]:mm:ss"),
        (50, "yyyy-mm-dd"),
        (58, "yyyy-mm-dd"),
        (61, "#,##0"),
        (71, "d/m/yyyy"),
        (163, "General"),
        (999, "General"),
        (-1, "General"),
    ],
)
def test_number_formats_that_are_built_in_and_unknown_ones(
    tmp_path: Path, number: int, expected: str
) -> None:
    assert style(tmp_path, format_=f'numFmtId="{number}"').number_format == expected


def test_a_number_format_of_the_workbook_goes_before_one_that_is_built_in(tmp_path: Path) -> None:
    own = '<numFmts><numFmt numFmtId="14" formatCode="dd_x002e_mm"/></numFmts>'
    found = look(tmp_path, own + sections("", "", 'numFmtId="14"'))
    assert found.number_format == "dd.mm"


def test_of_alternatives_the_one_that_all_programs_know_is_taken(tmp_path: Path) -> None:
    own = (
        f'<numFmts><mc:AlternateContent xmlns:mc="{COMPATIBILITY}"><mc:Choice Requires="x16r2">'
        '<numFmt numFmtId="164" formatCode="[$-x-new]0"/></mc:Choice><mc:Fallback>'
        '<numFmt numFmtId="164" formatCode="0.0"/></mc:Fallback></mc:AlternateContent>'
        '<numFmt numFmtId="165" formatCode="0.00"/></numFmts>'
    )
    assert look(tmp_path, own + sections("", "", 'numFmtId="164"')).number_format == "0.0"
    assert look(tmp_path, own + sections("", "", 'numFmtId="165"')).number_format == "0.00"


def test_formats_of_named_styles_and_differences_are_not_those_of_cells(tmp_path: Path) -> None:
    book = read(tmp_path, parts('<c r="A1" s="3"><v>1</v></c>'))
    assert book.styles == (
        Style(),
        Style("mm-dd-yy"),
        Style("yyyy\\-mm", bold=True, filled=True, bordered=True),
        Style("#,##0.00"),
    )


def test_the_default_colours_are_whole() -> None:
    assert (len(colours.OFFICE), len(colours.INDEXED)) == (12, 64)
    assert colours.Palette().colour({"indexed": "63"}) == "333333"


@pytest.mark.parametrize(
    ("child", "expected"),
    [
        ("", Style()),
        ("<protection/>", Style()),
        ('<protection hidden="1"/>', Style()),
        ('<protection locked="1"/>', Style()),
        ('<protection locked="0"/>', Style(locked=False)),
        ('<alignment/><protection locked="false" hidden="1"/>', Style(locked=False)),
    ],
)
def test_a_cell_is_locked_unless_its_format_says_no(
    tmp_path: Path, child: str, expected: Style
) -> None:
    assert look(tmp_path, f"<cellXfs><xf/><xf>{child}</xf></cellXfs>") == expected
