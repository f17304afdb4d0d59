"""Newer charts such as waterfalls: their titles, kinds and the ranges that their series show."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.read.drawn import CX, A, anchored, frame, with_drawing
from tests.read.parts import OFFICE, Content, read
from tickmark.model.address import RangeRef
from tickmark.model.drawing import Chart, ChartSeries

HERE = RangeRef("Data", 2, 1, 5, 4)


def extended(layout: str) -> dict[str, Content]:
    new, old = frame("New", '<cx:chart r:id="rId1"/>'), frame("Old", "")
    shown = anchored(
        f'<mc:AlternateContent><mc:Choice Requires="cx1">{new}</mc:Choice>'
        f"<mc:Fallback>{old}</mc:Fallback></mc:AlternateContent>"
    )
    made = with_drawing(shown)
    made["xl/drawings/_rels/drawing1.xml.rels"] = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Type="http://schemas.microsoft.com/office/2014/relationships/'
        'chartEx" Target="../charts/chartEx1.xml"/></Relationships>'
    )
    made["xl/charts/chartEx1.xml"] = (
        f'<cx:chartSpace xmlns:cx="{CX}" xmlns:a="{A}" xmlns:r="{OFFICE}"><cx:chartData>'
        '<cx:data id="0"><cx:strDim type="cat"><cx:f>Data!$A$2:$A$6</cx:f></cx:strDim>'
        '<cx:numDim type="val"><cx:f>Data!$B$2:$B$6</cx:f></cx:numDim></cx:data></cx:chartData>'
        "<cx:chart><cx:title><cx:tx><cx:txData><cx:v>Bridge</cx:v></cx:txData></cx:tx></cx:title>"
        f'<cx:plotArea><cx:plotAreaRegion><cx:series layoutId="{layout}"><cx:tx><cx:txData>'
        '<cx:f>Data!$B$1</cx:f><cx:v>Effect</cx:v></cx:txData></cx:tx><cx:dataId val="0"/>'
        '</cx:series></cx:plotAreaRegion><cx:axis id="0"><cx:title><cx:tx><cx:rich><a:p><a:r>'
        "<a:t>Step</a:t></a:r></a:p></cx:rich></cx:tx></cx:title></cx:axis></cx:plotArea>"
        "</cx:chart></cx:chartSpace>"
    )
    return made


@pytest.mark.parametrize(
    ("layout", "kind"), [("waterfall", "waterfall"), ("clusteredColumn", "histogram")]
)
def test_the_newer_kinds_of_charts_are_read_too(tmp_path: Path, layout: str, kind: str) -> None:
    sheet = read(tmp_path, extended(layout))["Data"]
    assert sheet.problems == ()
    assert sheet.details.charts == (
        Chart(
            "New",
            "Bridge",
            kinds=(kind,),
            series=(ChartSeries("Effect", "Data!$B$1", "Data!$A$2:$A$6", "Data!$B$2:$B$6"),),
            axis_titles=("Step",),
            anchor=HERE,
        ),
    )


def test_names_that_hide_the_ranges_of_newer_charts_are_resolved(tmp_path: Path) -> None:
    made = extended("waterfall")
    part = str(made["xl/charts/chartEx1.xml"])
    for place, formula in enumerate(("Data!$A$2:$A$6", "Data!$B$2:$B$6", "Data!$B$1")):
        part = part.replace(f">{formula}<", f">_xlchart.v1.{place}<")
    made["xl/charts/chartEx1.xml"] = part
    made["xl/workbook.xml"] = str(made["xl/workbook.xml"]).replace(
        "</sheets>",
        '</sheets><definedNames><definedName name="_xlchart.v1.0" hidden="1">Data!$A$2:$A$6'
        '</definedName><definedName name="_xlchart.v1.1" hidden="1">Data!$B$2:$B$6</definedName>'
        "</definedNames>",
    )
    sheet = read(tmp_path, made)["Data"]
    assert sheet.problems == ()
    assert sheet.details.charts[0].series == (
        ChartSeries("Effect", "_xlchart.v1.2", "Data!$A$2:$A$6", "Data!$B$2:$B$6"),
    )


@pytest.mark.parametrize("role", ["size", "colorVal"])
def test_the_areas_of_a_treemap_and_the_colours_of_a_map_are_values(
    tmp_path: Path, role: str
) -> None:
    made = extended("treemap")
    part = str(made["xl/charts/chartEx1.xml"])
    made["xl/charts/chartEx1.xml"] = part.replace('type="val"', f'type="{role}"')
    assert read(tmp_path, made)["Data"].details.charts[0].series == (
        ChartSeries("Effect", "Data!$B$1", "Data!$A$2:$A$6", "Data!$B$2:$B$6"),
    )


def test_what_a_newer_chart_says_of_its_look_is_no_title(tmp_path: Path) -> None:
    made = extended("funnel")
    look = "<cx:txPr><a:p><a:r><a:t>Bridge</a:t></a:r></a:p></cx:txPr></cx:title><cx:plotArea>"
    part = str(made["xl/charts/chartEx1.xml"])
    made["xl/charts/chartEx1.xml"] = part.replace("</cx:title><cx:plotArea>", look)
    assert read(tmp_path, made)["Data"].details.charts[0].title == "Bridge"
