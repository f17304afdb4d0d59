"""Data validations, conditional formats and ignored errors of hand-made sheet parts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.read.parts import read_sheet
from tickmark.model.address import RangeRef
from tickmark.model.cell_rules import ConditionalFormat, DataValidation, IgnoredErrors

X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
XM = "http://schemas.microsoft.com/office/excel/2006/main"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
X12AC = "http://schemas.microsoft.com/office/spreadsheetml/2011/1/ac"


def extension(content: str) -> str:
    """An extension list as Excel writes it."""
    return f'<extLst><ext uri="{{x}}" xmlns:x14="{X14}" xmlns:xm="{XM}">{content}</ext></extLst>'


def at(text: str) -> RangeRef:
    return RangeRef.parse(text, sheet="Data")


def validations(tmp_path: Path, after: str) -> tuple[DataValidation, ...]:
    sheet = read_sheet(tmp_path, after=after)
    assert sheet.problems == ()
    return sheet.details.validations


def formats(tmp_path: Path, after: str) -> tuple[ConditionalFormat, ...]:
    sheet = read_sheet(tmp_path, after=after)
    assert sheet.problems == ()
    return sheet.details.conditional_formats


def rule(attributes: str, content: str = "", sqref: str = "A1:A9") -> str:
    return (
        f'<conditionalFormatting sqref="{sqref}"><cfRule {attributes} priority="1">{content}'
        "</cfRule></conditionalFormatting>"
    )


def test_a_validation_holds_everything_that_the_part_says(tmp_path: Path) -> None:
    assert validations(
        tmp_path,
        '<dataValidations count="1"><dataValidation type="whole" errorStyle="warning" '
        'operator="notBetween" allowBlank="1" showInputMessage="1" showErrorMessage="1" '
        'errorTitle="Wrong" error="No _x000a_number" promptTitle="Units" prompt="In &amp; out" '
        'sqref="B2:B9 $D$4"><formula1>1</formula1><formula2>Limits!$B$1</formula2>'
        "</dataValidation></dataValidations>",
    ) == (
        DataValidation(
            ranges=(at("B2:B9"), at("D4")),
            kind="whole",
            operator="notBetween",
            formulas=("1", "Limits!$B$1"),
            allows_blank=True,
            error_style="warning",
            shows_error=True,
            error_title="Wrong",
            error="No \nnumber",
            shows_prompt=True,
            prompt_title="Units",
            prompt="In & out",
        ),
    )


def test_what_a_validation_does_not_say_has_the_value_of_the_format(tmp_path: Path) -> None:
    assert validations(
        tmp_path,
        '<dataValidations><dataValidation sqref="A1"/>'
        '<dataValidation type="decimal" sqref="A2"><formula1>0</formula1></dataValidation>'
        '<dataValidation type="list" operator="equal" showDropDown="1" sqref="A3">'
        '<formula1>"a,b"</formula1></dataValidation></dataValidations>',
    ) == (
        DataValidation((at("A1"),), "none"),
        DataValidation((at("A2"),), "decimal", "between", ("0",)),
        DataValidation((at("A3"),), "list", "", ('"a,b"',)),
    )


@pytest.mark.parametrize(
    ("formulas", "expected"),
    [
        ("<formula1>Lists!$A$1:$A$3</formula1>", ("Lists!$A$1:$A$3",)),
        ("<formula1> =A1 </formula1>", ("A1",)),
        ("<formula1/>", ()),
        ("<formula2>7</formula2>", ("", "7")),
        ('<formula1>"a&lt;b,c"</formula1><formula2>0</formula2>', ('"a<b,c"', "0")),
    ],
)
def test_the_formulas_of_a_validation_stand_in_their_places(
    tmp_path: Path, formulas: str, expected: tuple[str, ...]
) -> None:
    (one,) = validations(
        tmp_path,
        '<dataValidations><dataValidation type="list" sqref="A1">'
        f"{formulas}</dataValidation></dataValidations>",
    )
    assert one.formulas == expected


def test_prompts_that_are_switched_off_for_the_list_are_not_shown(tmp_path: Path) -> None:
    one = '<{}dataValidation type="list" showInputMessage="1" sqref="A1"/>'
    found = validations(
        tmp_path,
        f'<dataValidations disablePrompts="1">{one.format("")}</dataValidations>'
        + extension(
            f"<x14:dataValidations>{one.format('x14:')}</x14:dataValidations>"
            f'<x14:dataValidations disablePrompts="1">{one.format("x14:")}</x14:dataValidations>'
        ),
    )
    assert [validation.shows_prompt for validation in found] == [False, True, False]


def test_a_validation_of_the_extension_list_is_read_behind_the_plain_ones(tmp_path: Path) -> None:
    assert validations(
        tmp_path,
        '<dataValidations><dataValidation type="custom" sqref="C1"><formula1>C1&gt;0</formula1>'
        "</dataValidation></dataValidations>"
        + extension(
            '<x14:dataValidations count="1"><x14:dataValidation type="date" operator="lessThan" '
            'allowBlank="1" showErrorMessage="1" errorTitle="T" error="E" errorStyle="information">'
            "<x14:formula1><xm:f>Other!$A$1</xm:f></x14:formula1>"
            "<x14:formula2><xm:f>Other!$A$2</xm:f></x14:formula2>"
            "<xm:sqref>A1:A3 B:B</xm:sqref></x14:dataValidation></x14:dataValidations>"
        ),
    ) == (
        DataValidation((at("C1"),), "custom", "", ("C1>0",)),
        DataValidation(
            ranges=(at("A1:A3"), at("B1:B1048576")),
            kind="date",
            operator="lessThan",
            formulas=("Other!$A$1", "Other!$A$2"),
            allows_blank=True,
            error_style="information",
            shows_error=True,
            error_title="T",
            error="E",
        ),
    )


@pytest.mark.parametrize(
    ("requires", "expected"), [("x12ac", '"1,""2,3"",4"'), ("x99", '"1,2,3,4"')]
)
def test_a_list_with_commas_in_its_entries_is_read_once(
    tmp_path: Path, requires: str, expected: str
) -> None:
    (one,) = validations(
        tmp_path,
        '<dataValidations><dataValidation type="list" sqref="A1">'
        f'<mc:AlternateContent xmlns:mc="{MC}" xmlns:x12ac="{X12AC}" xmlns:x99="urn:x">'
        f'<mc:Choice Requires="{requires}"><x12ac:list>1,"2,3",4</x12ac:list></mc:Choice>'
        '<mc:Fallback><formula1>"1,2,3,4"</formula1></mc:Fallback></mc:AlternateContent>'
        "</dataValidation></dataValidations>",
    )
    assert one.formulas == (expected,)


@pytest.mark.parametrize(
    ("attributes", "content", "expected"),
    [
        (
            'type="cellIs" dxfId="0" stopIfTrue="1" operator="between"',
            "<formula>0</formula><formula>$B$1</formula>",
            ConditionalFormat((), "cellIs", "between", ("0", "$B$1"), stops=True),
        ),
        (
            'type="expression"',
            "<formula>ISODD($A3)</formula>",
            ConditionalFormat((), "expression", "", ("ISODD($A3)",)),
        ),
        (
            'type="containsText" operator="containsText" text="a_x0021_"',
            '<formula>NOT(ISERROR(SEARCH("a!",A1)))</formula>',
            ConditionalFormat(
                (), "containsText", "containsText", ('NOT(ISERROR(SEARCH("a!",A1)))',), "a!"
            ),
        ),
        ('type="duplicateValues"', "", ConditionalFormat((), "duplicateValues")),
        (
            'type="top10" percent="1" bottom="1" rank="5"',
            "",
            ConditionalFormat((), "top10", "bottom percent", ("5",)),
        ),
        ('type="top10" rank="10"', "", ConditionalFormat((), "top10", "", ("10",))),
        (
            'type="aboveAverage" aboveAverage="0" equalAverage="1" stdDev="2"',
            "",
            ConditionalFormat((), "aboveAverage", "below equal", ("2",)),
        ),
        ('type="aboveAverage"', "", ConditionalFormat((), "aboveAverage")),
        (
            'type="timePeriod" timePeriod="last7Days"',
            "<formula>TODAY()-A1&lt;7</formula>",
            ConditionalFormat((), "timePeriod", "last7Days", ("TODAY()-A1<7",)),
        ),
        (
            'type="colorScale"',
            (
                '<colorScale><cfvo type="min" val="0"/><cfvo type="percentile" val="50"/>'
                '<cfvo type="formula" val="$B$1*2"/><color rgb="FFFF0000"/><color rgb="FF00FF00"/>'
                '<color rgb="FF0000FF"/></colorScale>'
            ),
            ConditionalFormat(
                (),
                "colorScale",
                "",
                ("", "50", "$B$1*2"),
                thresholds=("min", "percentile", "formula"),
            ),
        ),
        (
            'type="dataBar"',
            (
                '<dataBar><cfvo type="num" val="-5"/><cfvo type="max"/><color rgb="FF0000FF"/>'
                "</dataBar>"
            ),
            ConditionalFormat((), "dataBar", "", ("-5", ""), thresholds=("num", "max")),
        ),
        (
            'type="iconSet"',
            (
                '<iconSet iconSet="3Arrows"><cfvo type="percent" val="0"/>'
                '<cfvo type="percent" val="33"/><cfvo type="num" val="7" gte="0"/></iconSet>'
            ),
            ConditionalFormat(
                (), "iconSet", "", ("0", "33", "7"), thresholds=("percent", "percent", "num")
            ),
        ),
    ],
)
def test_a_conditional_format_of_each_kind_says_its_conditions(
    tmp_path: Path, attributes: str, content: str, expected: ConditionalFormat
) -> None:
    assert formats(tmp_path, rule(attributes, content)) == (
        ConditionalFormat(
            ranges=(at("A1:A9"),),
            kind=expected.kind,
            operator=expected.operator,
            formulas=expected.formulas,
            text=expected.text,
            priority=1,
            stops=expected.stops,
            thresholds=expected.thresholds,
        ),
    )


def test_rules_of_the_same_ranges_are_told_one_by_one_in_file_order(tmp_path: Path) -> None:
    found = formats(
        tmp_path,
        '<conditionalFormatting sqref="A1 C3:D4"><cfRule type="expression" priority="2">'
        '<formula>A1</formula></cfRule><cfRule type="expression" priority="1">'
        "<formula>B1</formula></cfRule></conditionalFormatting>" + rule('type="uniqueValues"'),
    )
    assert [(one.ranges, one.formulas, one.priority) for one in found] == [
        ((at("A1"), at("C3:D4")), ("A1",), 2),
        ((at("A1"), at("C3:D4")), ("B1",), 1),
        ((at("A1:A9"),), (), 1),
    ]


def test_rules_of_the_extension_list_are_read_with_ranges_that_stand_behind_them(
    tmp_path: Path,
) -> None:
    assert formats(
        tmp_path,
        extension(
            f'<x14:conditionalFormattings><x14:conditionalFormatting xmlns:xm="{XM}">'
            '<x14:cfRule type="expression" priority="3" id="{1}"><xm:f>Other!$A$1&gt;A1</xm:f>'
            "<x14:dxf><font><b/></font></x14:dxf></x14:cfRule>"
            '<x14:cfRule type="iconSet" priority="4" id="{2}"><x14:iconSet custom="1">'
            '<x14:cfvo type="percent"><xm:f>0</xm:f></x14:cfvo>'
            '<x14:cfvo type="formula"><xm:f>Other!$B$1</xm:f></x14:cfvo>'
            '<x14:cfvo type="autoMax"><xm:f>9</xm:f></x14:cfvo>'
            '<x14:cfIcon iconSet="3Flags" iconId="0"/></x14:iconSet></x14:cfRule>'
            "<xm:sqref>B2:B8 D1</xm:sqref></x14:conditionalFormatting>"
            "</x14:conditionalFormattings>"
        ),
    ) == (
        ConditionalFormat((at("B2:B8"), at("D1")), "expression", "", ("Other!$A$1>A1",), "", 3),
        ConditionalFormat(
            (at("B2:B8"), at("D1")),
            "iconSet",
            "",
            ("0", "Other!$B$1", ""),
            "",
            4,
            thresholds=("percent", "formula", "autoMax"),
        ),
    )


def test_a_data_bar_that_the_extension_list_tells_again_counts_once(tmp_path: Path) -> None:
    bar = (
        '<x14:cfRule type="dataBar" id="{}"><x14:dataBar minLength="0"><x14:cfvo type="autoMin"/>'
        '<x14:cfvo type="autoMax"/></x14:dataBar></x14:cfRule>'
    )
    found = formats(
        tmp_path,
        rule(
            'type="dataBar"',
            '<dataBar><cfvo type="min"/><cfvo type="max"/><color rgb="FF0000FF"/></dataBar>'
            f'<extLst><ext uri="{{B}}" xmlns:x14="{X14}"><x14:id>{{00AF}}</x14:id></ext></extLst>',
        )
        + extension(
            "<x14:conditionalFormattings><x14:conditionalFormatting>"
            + bar.format("{00af}")
            + bar.format("{00B0}")
            + "<xm:sqref>A1:A9</xm:sqref></x14:conditionalFormatting></x14:conditionalFormattings>"
        ),
    )
    assert [(one.kind, one.thresholds) for one in found] == [
        ("dataBar", ("min", "max")),
        ("dataBar", ("autoMin", "autoMax")),
    ]


def test_ignored_errors_are_told_with_the_words_of_the_format(tmp_path: Path) -> None:
    sheet = read_sheet(
        tmp_path,
        after='<ignoredErrors><ignoredError sqref="A1:B2 D4" numberStoredAsText="1" '
        'evalError="true" formula="0"/><ignoredError sqref="F:F" formulaRange="1" '
        'unlockedFormula="1" emptyCellReference="1" listDataValidation="1" calculatedColumn="1" '
        'twoDigitTextYear="1" formula="1"/><ignoredError sqref="G1"/></ignoredErrors>'
        + extension(
            '<x14:ignoredErrors><x14:ignoredError formula="1"><xm:sqref>H1 H3</xm:sqref>'
            "</x14:ignoredError></x14:ignoredErrors>"
        ),
    )
    assert sheet.details.ignored_errors == (
        IgnoredErrors((at("A1:B2"), at("D4")), ("evalError", "numberStoredAsText")),
        IgnoredErrors(
            (at("F1:F1048576"),),
            (
                "twoDigitTextYear",
                "formula",
                "formulaRange",
                "unlockedFormula",
                "emptyCellReference",
                "listDataValidation",
                "calculatedColumn",
            ),
        ),
        IgnoredErrors((at("H1"), at("H3")), ("formula",)),
    )
    assert sheet.problems == ()
