"""Charts: their titles, kinds and the ranges that their series show."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.read.drawn import MC, STRICT_A, STRICT_C, A, C, anchored, frame, with_drawing
from tests.read.parts import OFFICE, parts, read, relationships
from tickmark.model.address import RangeRef
from tickmark.model.drawing import Chart, ChartSeries
from tickmark.read import read_workbook
from tickmark.read.limits import Limits

HERE = RangeRef("Data", 2, 1, 5, 4)
SHOWN = anchored(frame("Chart 1", '<c:chart r:id="rId1"/>', ' descr="Sales by month"'))


def space(inside: str, *, c: str = C, a: str = A, after: str = "") -> str:
    return (
        f'<c:chartSpace xmlns:c="{c}" xmlns:a="{a}" xmlns:mc="{MC}"><c:chart>{inside}</c:chart>'
        f"{after}</c:chartSpace>"
    )


def rich(text: str) -> str:
    runs = "".join(f"<a:r><a:t>{run}</a:t></a:r>" for run in text.split("|"))
    return f"<c:title><c:tx><c:rich><a:p>{runs}</a:p></c:rich></c:tx></c:title>"


def linked(tag: str, formula: str, *values: str, kind: str = "num") -> str:
    points = "".join(f'<c:pt idx="{n}"><c:v>{value}</c:v></c:pt>' for n, value in enumerate(values))
    return (
        f"<c:{tag}><c:{kind}Ref><c:f>{formula}</c:f><c:{kind}Cache>{points}</c:{kind}Cache>"
        f"</c:{kind}Ref></c:{tag}>"
    )


def series(*pieces: str) -> str:
    return f'<c:ser><c:idx val="0"/>{"".join(pieces)}</c:ser>'


def chart(tmp_path: Path, part: str, **limits: int) -> Chart:
    sheet = read(tmp_path, with_drawing(SHOWN, part), limits=Limits(**limits))["Data"]
    assert sheet.problems == ()
    return sheet.details.charts[0]


@pytest.mark.parametrize("strict", [False, True])
def test_a_chart_tells_its_title_kind_series_and_axes(tmp_path: Path, *, strict: bool) -> None:
    body = (
        rich("Sales| 2026")
        + "<c:plotArea><c:layout/><c:barChart>"
        + series(
            linked("tx", "Data!$B$1", "Net", kind="str"),
            linked("cat", "Data!$A$2:$A$5", "Jan", "Feb", kind="str"),
            linked("val", "Data!$B$2:$B$5", "1", "2"),
        )
        + "</c:barChart><c:catAx>"
        + rich("Month")
        + "</c:catAx><c:valAx>"
        + rich("EUR")
        + "</c:valAx></c:plotArea>"
    )
    part = space(body, c=STRICT_C, a=STRICT_A) if strict else space(body)
    made = with_drawing(SHOWN, part, strict=strict)

    sheet = read(tmp_path, made)["Data"]

    assert sheet.problems == ()
    assert sheet.details.charts == (
        Chart(
            "Chart 1",
            "Sales 2026",
            kinds=("bar",),
            series=(ChartSeries("Net", "Data!$B$1", "Data!$A$2:$A$5", "Data!$B$2:$B$5"),),
            axis_titles=("Month", "EUR"),
            alt_text="Sales by month",
            anchor=HERE,
        ),
    )
    assert sheet.details.shapes == ()


def test_a_title_from_a_cell_is_told_with_its_reference(tmp_path: Path) -> None:
    title = f"<c:title>{linked('tx', 'Data!$A$1', 'From a cell', kind='str')}</c:title>"
    found = chart(tmp_path, space(f"{title}<c:plotArea/>"))
    assert (found.title, found.title_reference) == ("From a cell", "Data!$A$1")


def test_scatter_and_bubble_charts_tell_both_axes_and_sizes(tmp_path: Path) -> None:
    bubbles = series(
        linked("xVal", "Data!$A$1:$A$9"),
        linked("yVal", "Data!$B$1:$B$9"),
        linked("bubbleSize", "Data!$C$1:$C$9"),
    )
    found = chart(
        tmp_path, space(f"<c:plotArea><c:bubbleChart>{bubbles}</c:bubbleChart></c:plotArea>")
    )
    assert found.kinds == ("bubble",)
    assert found.series == (
        ChartSeries(categories="Data!$A$1:$A$9", values="Data!$B$1:$B$9", sizes="Data!$C$1:$C$9"),
    )


def test_a_chart_of_several_kinds_names_each_once(tmp_path: Path) -> None:
    plots = "".join(
        f"<c:{kind}></c:{kind}>" for kind in ("barChart", "lineChart", "bar3DChart", "barChart")
    )
    assert chart(tmp_path, space(f"<c:plotArea>{plots}</c:plotArea>")).kinds == (
        "bar",
        "line",
        "bar 3D",
    )


def test_values_written_into_the_chart_leave_the_reference_empty(tmp_path: Path) -> None:
    literal = '<c:val><c:numLit><c:pt idx="0"><c:v>5</c:v></c:pt></c:numLit></c:val>'
    named = series("<c:tx><c:v>Fixed</c:v></c:tx>", literal)
    found = chart(tmp_path, space(f"<c:plotArea><c:pieChart>{named}</c:pieChart></c:plotArea>"))
    assert found.series == (ChartSeries("Fixed"),)


def test_words_of_data_labels_belong_to_no_title(tmp_path: Path) -> None:
    words = rich("label").removeprefix("<c:title>").removesuffix("</c:title>")
    label = f"<c:dLbls><c:dLbl>{words}</c:dLbl></c:dLbls>"
    one = series(linked("tx", "Data!$B$1", "Net", kind="str"), label)
    found = chart(tmp_path, space(f"<c:plotArea><c:lineChart>{one}</c:lineChart></c:plotArea>"))
    assert found.series[0].name == "Net"


def plotted(*pieces: str, kind: str = "lineChart") -> str:
    return f"<c:plotArea><c:{kind}>{''.join(pieces)}</c:{kind}></c:plotArea>"


NAMED = series(linked("tx", "Data!$B$1", "Net", kind="str"), linked("val", "Data!$B$2:$B$5"))


@pytest.mark.parametrize(
    ("before", "plots", "expected"),
    [
        ("", plotted(NAMED), ("Net", "Data!$B$1")),
        ('<c:autoTitleDeleted val="0"/>', plotted(NAMED), ("Net", "Data!$B$1")),
        ("<c:title><c:overlay/></c:title>", plotted(NAMED), ("Net", "Data!$B$1")),
        ('<c:autoTitleDeleted val="1"/>', plotted(NAMED), ("", "")),
        ("<c:autoTitleDeleted/>", plotted(NAMED), ("", "")),
        ("", plotted(NAMED, NAMED), ("", "")),
        (rich("Own"), plotted(NAMED), ("Own", "")),
    ],
)
def test_the_only_series_gives_the_title_where_excel_shows_its_name(
    tmp_path: Path, before: str, plots: str, expected: tuple[str, str]
) -> None:
    found = chart(tmp_path, space(before + plots))
    assert (found.title, found.title_reference) == expected


def test_words_of_trend_lines_and_units_belong_to_no_name(tmp_path: Path) -> None:
    words = rich("words").removeprefix("<c:title>").removesuffix("</c:title>")
    trend = f"<c:trendline><c:name>T</c:name><c:trendlineLbl>{words}</c:trendlineLbl></c:trendline>"
    bars = f"<c:errBars><c:plus>{linked('x', 'Data!$Z$1')}</c:plus></c:errBars>"
    one = series(linked("tx", "Data!$B$1", "Net", kind="str"), trend, bars)
    units = f"<c:dispUnits><c:dispUnitsLbl>{words}</c:dispUnitsLbl></c:dispUnits>"
    plots = plotted(one).replace("</c:plotArea>", f"<c:valAx>{units}</c:valAx></c:plotArea>")
    found = chart(tmp_path, space(rich("Own") + plots))
    assert found == Chart(
        "Chart 1",
        "Own",
        kinds=("line",),
        series=(ChartSeries("Net", "Data!$B$1"),),
        alt_text="Sales by month",
        anchor=HERE,
    )


def test_lines_and_paragraphs_of_a_title_are_kept_apart(tmp_path: Path) -> None:
    made = rich("one|two").replace("</a:r><a:r>", "</a:r><a:br/><a:r>")
    more = made.replace("</c:rich>", "<a:p><a:r><a:t>three</a:t></a:r></a:p></c:rich>")
    assert chart(tmp_path, space(more)).title == "one\ntwo\nthree"


def test_series_that_a_filter_hides_are_no_series(tmp_path: Path) -> None:
    hidden = (
        '<c:extLst><c:ext><f:filteredLineSeries xmlns:f="http://x/c15"><f:ser>'
        f"{linked('tx', 'Data!$C$1', 'Gross', kind='str')}{linked('val', 'Data!$C$2:$C$5')}"
        "</f:ser></f:filteredLineSeries></c:ext></c:extLst>"
    )
    found = chart(tmp_path, space(plotted(NAMED, hidden)))
    assert found.series == (ChartSeries("Net", "Data!$B$1", values="Data!$B$2:$B$5"),)


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("area3DChart", "area 3D"),
        ("ofPieChart", "pie of pie"),
        ("stockChart", "stock"),
        ("surface3DChart", "surface 3D"),
        ("doughnutChart", "doughnut"),
        ("radarChart", "radar"),
    ],
)
def test_each_kind_of_chart_has_its_word(tmp_path: Path, kind: str, word: str) -> None:
    assert chart(tmp_path, space(plotted(kind=kind))).kinds == (word,)


def test_a_chart_whose_elements_have_no_prefix_is_read(tmp_path: Path) -> None:
    part = space(rich("Plain") + plotted(NAMED)).replace("c:", "").replace("xmlns:c=", "xmlns=")
    found = chart(tmp_path, part.replace(f'xmlns:c="{C}"', f'xmlns="{C}"'))
    assert (found.title, found.kinds, len(found.series)) == ("Plain", ("line",), 1)


def test_categories_of_several_levels_are_one_reference(tmp_path: Path) -> None:
    one = series(linked("cat", "Data!$A$2:$B$9", "x", kind="multiLvlStr"))
    found = chart(tmp_path, space(f"<c:plotArea><c:barChart>{one}</c:barChart></c:plotArea>"))
    assert found.series[0].categories == "Data!$A$2:$B$9"


def test_a_pivot_chart_names_its_pivot_table(tmp_path: Path) -> None:
    part = space("<c:plotArea/>").replace(
        "<c:chart>", "<c:pivotSource><c:name>Pivot!PivotTable1</c:name></c:pivotSource><c:chart>", 1
    )
    assert chart(tmp_path, part).pivot == "Pivot!PivotTable1"


def test_series_in_front_of_a_damage_are_kept(tmp_path: Path) -> None:
    part = space(rich("Own") + plotted(NAMED)).replace("</c:chart>", "<c:x></c:chart>")
    sheet = read(tmp_path, with_drawing(SHOWN, part))["Data"]
    assert [(one.title, len(one.series)) for one in sheet.details.charts] == [("Own", 1)]
    assert sheet.problems == (
        (
            "A chart could not be read: its part xl/charts/chart1.xml is no well-formed XML "
            "(line 1: mismatched tag)."
        ),
    )


def test_series_over_the_limit_are_left_out_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tickmark.read.charts.MOST_SERIES", 2)
    more = series(linked("val", "Data!$Z$9"))
    sheet = read(tmp_path, with_drawing(SHOWN, space(plotted(NAMED, NAMED, more))))["Data"]
    one = ChartSeries("Net", "Data!$B$1", values="Data!$B$2:$B$5")
    assert sheet.details.charts[0].series == (one, one)
    assert sheet.problems == (
        "A chart could not be read: 1 series of its part xl/charts/chart1.xml were left out.",
    )


def test_a_chart_that_many_frames_show_is_read_once(tmp_path: Path) -> None:
    part = space(plotted(NAMED)) + " " * 5_000_000
    limits = Limits(total_bytes=20_000_000)
    shown = "".join(anchored(frame(f"C{n}", '<c:chart r:id="rId1"/>')) for n in range(50))
    charts = read(tmp_path, with_drawing(shown, part), limits=limits)["Data"].details.charts
    assert [one.name for one in charts] == [f"C{n}" for n in range(50)]
    assert {one.title for one in charts} == {"Net"}


def test_a_chart_outside_the_file_is_not_looked_for(tmp_path: Path) -> None:
    made = with_drawing(SHOWN, space(plotted(NAMED)))
    made["xl/drawings/_rels/drawing1.xml.rels"] = relationships(
        ("rId1", "chart", "!file:///etc/chart.xml")
    )
    sheet = read(tmp_path, made)["Data"]
    assert sheet.details.charts == (Chart("Chart 1", alt_text="Sales by month", anchor=HERE),)
    assert sheet.problems == ("A chart could not be read: the drawing does not say where it is.",)


@pytest.mark.parametrize(
    "part",
    [
        f'<c:v xmlns:c="{C}">1</c:v>',
        f'<c:chartSpace xmlns:c="{C}"><c:f>A1</c:f></c:chartSpace>',
        f'<c:ser xmlns:c="{C}"><c:tx><c:v>1</c:v></c:tx></c:ser>',
        f'<a:t xmlns:a="{A}">1</a:t>',
    ],
)
def test_a_part_with_elements_in_odd_places_raises_nothing(tmp_path: Path, part: str) -> None:
    sheet = read(tmp_path, with_drawing(SHOWN, part))["Data"]
    assert [one.name for one in sheet.details.charts] == ["Chart 1"]


@pytest.mark.parametrize(
    ("part", "sentence"),
    [
        ("<c:chartSpace", "A chart could not be read: its part xl/charts/chart1.xml is no well"),
        ("<other/>", "A chart could not be read: its part xl/charts/chart1.xml is not that of a"),
    ],
)
def test_a_damaged_chart_keeps_its_name_and_its_place(
    tmp_path: Path, part: str, sentence: str
) -> None:
    made = with_drawing(SHOWN, part)
    sheet = read(tmp_path, made)["Data"]
    assert sheet.details.charts == (Chart("Chart 1", alt_text="Sales by month", anchor=HERE),)
    assert [one[: len(sentence)] for one in sheet.problems] == [sentence]


def test_a_chart_sheet_is_read_with_its_chart(tmp_path: Path) -> None:
    made = with_drawing(SHOWN, space(f"{rich('Alone')}<c:plotArea><c:pieChart/></c:plotArea>"))
    made["xl/workbook.xml"] = str(made["xl/workbook.xml"]).replace(
        "</sheets>", '<sheet name="Chart1" sheetId="2" r:id="rId9"/></sheets>'
    )
    made["xl/_rels/workbook.xml.rels"] = relationships(
        ("rId1", "worksheet", "worksheets/sheet1.xml"),
        ("rId9", "chartsheet", "chartsheets/sheet1.xml"),
    )
    made["xl/chartsheets/sheet1.xml"] = (
        f'<chartsheet xmlns="http://x" xmlns:r="{OFFICE}"><drawing r:id="rId1"/></chartsheet>'
    )
    made["xl/chartsheets/_rels/sheet1.xml.rels"] = made["xl/worksheets/_rels/sheet1.xml.rels"]

    book = read(tmp_path, made)

    assert [
        (one.name, one.charts[0].title, one.charts[0].kinds) for one in book.details.chart_sheets
    ] == [("Chart1", "Alone", ("pie",))]
    assert book.problems == ()


def test_charts_are_left_unread_where_no_details_are_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    read(tmp_path, with_drawing(SHOWN, space("<c:plotArea/>")))
    assert read_workbook(path, details=False)["Data"].details.charts == ()
    assert len(read_workbook(path)["Data"].details.charts) == 1


def test_a_sheet_that_names_no_drawing_reads_none(tmp_path: Path) -> None:
    assert read(tmp_path, parts())["Data"].details.charts == ()
