"""Links, sparklines, protection, views, page texts, scenarios of hand-made sheet parts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.read.parts import parts, read, read_sheet, relationships
from tickmark.model.address import CellRef, RangeRef
from tickmark.model.annotation import Hyperlink
from tickmark.model.drawing import Sparkline
from tickmark.model.scenario import Consolidation, Scenario, ScenarioInput
from tickmark.model.sheet_details import ProtectedRange, SheetDetails, SheetProtection
from tickmark.model.workbook import Sheet

RELS = "xl/worksheets/_rels/sheet1.xml.rels"
X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
XM = "http://schemas.microsoft.com/office/excel/2006/main"


def at(text: str) -> RangeRef:
    return RangeRef.parse(text, sheet="Data")


def linked(tmp_path: Path, after: str, *targets: tuple[str, str, str]) -> Sheet:
    """The sheet with these elements behind its cells and these relationships."""
    return read(tmp_path, {**parts(after=after), RELS: relationships(*targets)})["Data"]


def details(tmp_path: Path, *, before: str = "", after: str = "") -> SheetDetails:
    sheet = read_sheet(tmp_path, before=before, after=after)
    assert sheet.problems == ()
    return sheet.details


def test_a_hyperlink_says_where_it_leads_and_is_not_followed(tmp_path: Path) -> None:
    sheet = linked(
        tmp_path,
        '<hyperlinks><hyperlink ref="A1" r:id="rId1" tooltip="Go _x0026_ see" display="here"/>'
        '<hyperlink ref="B2:C3" r:id="rId2" location="Sheet 2!A1"/>'
        '<hyperlink ref="D4" location="\'P&amp;L\'!A1" display="P&amp;L"/>'
        '<hyperlink ref="E5" r:id="rId3"/><hyperlink ref="F6" r:id=""/>'
        '<hyperlink ref="G7" r:id="rId3" location="#Notes!B7"/></hyperlinks>',
        ("rId1", "hyperlink", "!http://example.com/a?b=1&amp;c=%20"),
        ("rId2", "hyperlink", "!file:///C:/secret.xlsx"),
        ("rId3", "hyperlink", "!#Notes!B7"),
    )
    assert sheet.details.hyperlinks == (
        Hyperlink(at("A1"), "http://example.com/a?b=1&c=%20", "", "here", "Go & see"),
        Hyperlink(at("B2:C3"), "file:///C:/secret.xlsx", "Sheet 2!A1"),
        Hyperlink(at("D4"), "", "'P&L'!A1", "P&L"),
        Hyperlink(at("E5"), "", "Notes!B7"),
        Hyperlink(at("F6")),
        Hyperlink(at("G7"), "", "Notes!B7"),
    )
    assert sheet.problems == ()


def test_a_hyperlink_without_its_relationship_is_kept_and_said(tmp_path: Path) -> None:
    sheet = linked(
        tmp_path,
        '<hyperlinks><hyperlink ref="A1" r:id="rId7" display="lost"/><hyperlink ref="A2" '
        'r:id="rId8"/><hyperlink ref="A3" r:id="rId1"/><hyperlink ref="Z"/></hyperlinks>',
        ("rId1", "hyperlink", "!mailto:a@b.c"),
    )
    assert sheet.details.hyperlinks == (
        Hyperlink(at("A1"), display="lost"),
        Hyperlink(at("A2")),
        Hyperlink(at("A3"), "mailto:a@b.c"),
    )
    assert sheet.problems == (
        "Ranges of hyperlinks skipped because they name no range: 1.",
        "Hyperlinks read without target because it is missing: 2.",
    )


@pytest.mark.parametrize(
    ("group", "kind"),
    [("", "line"), (' type="column"', "column"), (' type="stacked" displayXAxis="1"', "stacked")],
)
def test_sparklines_stand_in_their_cells(tmp_path: Path, group: str, kind: str) -> None:
    found = details(
        tmp_path,
        after=f'<extLst><ext uri="{{x}}" xmlns:x14="{X14}" xmlns:xm="{XM}">'
        f"<x14:sparklineGroups><x14:sparklineGroup{group}>"
        '<x14:colorSeries rgb="FF376092"/><xm:f>Dates!A1:F1</xm:f><x14:sparklines><x14:sparkline>'
        "<xm:f>Data!B2:F2</xm:f><xm:sqref>G2</xm:sqref></x14:sparkline><x14:sparkline>"
        "<xm:sqref>G3</xm:sqref></x14:sparkline></x14:sparklines></x14:sparklineGroup>"
        "</x14:sparklineGroups></ext></extLst>",
    )
    assert found.sparklines == (
        Sparkline(CellRef("Data", 2, 7), kind, "Data!B2:F2"),
        Sparkline(CellRef("Data", 3, 7), kind, ""),
    )


SELECTING = ("selectLockedCells", "selectUnlockedCells")


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ('sheet="1"', SheetProtection(allowed=("objects", "scenarios", *SELECTING))),
        ('sheet="1" objects="1" scenarios="1"', SheetProtection(allowed=SELECTING)),
        (
            (
                'password="CB31" sheet="1" objects="1" scenarios="1" selectLockedCells="1" '
                'selectUnlockedCells="true"'
            ),
            SheetProtection(password=True),
        ),
        (
            (
                'algorithmName="SHA-512" hashValue="aGFzaA==" saltValue="c2FsdA==" spinCount="9" '
                'sheet="true" objects="1" scenarios="1" formatCells="0" formatColumns="0" '
                'formatRows="0" insertColumns="0" insertRows="0" insertHyperlinks="0" '
                'deleteColumns="0" deleteRows="0" sort="0" autoFilter="0" pivotTables="0"'
            ),
            SheetProtection(
                password=True,
                allowed=(
                    "formatCells",
                    "formatColumns",
                    "formatRows",
                    "insertColumns",
                    "insertRows",
                    "insertHyperlinks",
                    "deleteColumns",
                    "deleteRows",
                    "selectLockedCells",
                    "sort",
                    "autoFilter",
                    "pivotTables",
                    "selectUnlockedCells",
                ),
            ),
        ),
        ('password="" sheet="1" objects="1" scenarios="1"', SheetProtection(allowed=SELECTING)),
        ('password="CB31" objects="1" scenarios="1"', None),
        ('sheet="0" formatCells="0"', None),
    ],
)
def test_what_stays_possible_on_a_protected_sheet(
    tmp_path: Path, attributes: str, expected: SheetProtection | None
) -> None:
    assert details(tmp_path, after=f"<sheetProtection {attributes}/>").protection == expected


def test_ranges_excepted_from_the_protection(tmp_path: Path) -> None:
    found = details(
        tmp_path,
        after='<protectedRanges><protectedRange name="Inputs" sqref="B2:B9 D1"/>'
        '<protectedRange password="CC7C" name="Rates" sqref="C1"/></protectedRanges>'
        f'<extLst><ext uri="{{x}}" xmlns:x14="{X14}" xmlns:xm="{XM}"><x14:protectedRanges>'
        '<x14:protectedRange name="More" hashValue="aGFzaA=="><xm:sqref>E1:E2</xm:sqref>'
        "</x14:protectedRange></x14:protectedRanges></ext></extLst>",
    )
    assert found.protected_ranges == (
        ProtectedRange("Inputs", (at("B2:B9"), at("D1"))),
        ProtectedRange("Rates", (at("C1"),), password=True),
        ProtectedRange("More", (at("E1:E2"),), password=True),
    )


@pytest.mark.parametrize(
    ("pane", "rows", "columns"),
    [
        ('xSplit="2" ySplit="3" topLeftCell="C4" state="frozen"', 3, 2),
        ('ySplit="1.0" state="frozenSplit"', 1, 0),
        ('xSplit="43540" topLeftCell="BI1"', 0, 0),
        ('ySplit="600" state="split"', 0, 0),
        ('xSplit="1e999" ySplit="nan" state="frozen"', 0, 0),
        ('xSplit="-1" ySplit="9999999" state="frozen"', 0, 0),
        ('xSplit="x" state="frozen"', 0, 0),
    ],
)
def test_what_is_frozen_in_the_first_view(
    tmp_path: Path, pane: str, rows: int, columns: int
) -> None:
    found = details(
        tmp_path,
        before=f'<sheetViews><sheetView showZeros="0" workbookViewId="0"><pane {pane}/></sheetView>'
        '<sheetView workbookViewId="1"><pane xSplit="9" ySplit="9" state="frozen"/></sheetView>'
        "</sheetViews>",
    )
    assert (found.frozen_rows, found.frozen_columns) == (rows, columns)
    assert found.hides_zeros


def test_a_second_view_does_not_freeze_the_first(tmp_path: Path) -> None:
    found = details(
        tmp_path,
        before='<sheetViews><sheetView workbookViewId="0"/><sheetView workbookViewId="1" '
        'showZeros="0"><pane xSplit="9" ySplit="9" state="frozen"/></sheetView></sheetViews>',
    )
    assert found == SheetDetails()


def test_headers_and_footers_are_those_with_a_text(tmp_path: Path) -> None:
    found = details(
        tmp_path,
        after='<headerFooter differentOddEven="1" differentFirst="1"><oddHeader>&amp;L&amp;"Arial"'
        "Draft_x000D_\n2</oddHeader><oddFooter>&amp;P</oddFooter><evenHeader/><evenFooter> "
        "</evenFooter><firstHeader>First</firstHeader></headerFooter>",
    )
    assert found.headers_and_footers == {
        "oddHeader": '&L&"Arial"Draft\r\n2',
        "oddFooter": "&P",
        "firstHeader": "First",
    }


def test_the_filter_and_the_settings_of_the_sheet(tmp_path: Path) -> None:
    found = details(
        tmp_path,
        before='<sheetPr transitionEvaluation="1" filterMode="1"><tabColor rgb="FFFF0000"/>'
        '<outlinePr summaryBelow="0" summaryRight="0"/></sheetPr>',
        after='<autoFilter ref="A1:D20"><filterColumn colId="0"><filters><filter val="x"/>'
        '</filters></filterColumn><sortState ref="A2:D20"><sortCondition ref="B2"/></sortState>'
        "</autoFilter>",
    )
    assert found == SheetDetails(
        filter_range=at("A1:D20"), summary_below=False, summary_right=False, lotus_rules=True
    )


def test_what_a_custom_view_says_is_not_said_of_the_sheet(tmp_path: Path) -> None:
    found = details(
        tmp_path,
        after='<customSheetViews><customSheetView guid="{1}"><pane xSplit="2" state="frozen"/>'
        "<headerFooter><oddHeader>old</oddHeader></headerFooter>"
        '<autoFilter ref="A1:B2"/></customSheetView></customSheetViews>',
    )
    assert found == SheetDetails()


def test_scenarios_hold_the_values_of_their_cells(tmp_path: Path) -> None:
    found = details(
        tmp_path,
        after='<scenarios current="0" sqref="D1"><scenario name="Worst_x0021_" user="Ann" '
        'comment="If all fails" hidden="1"><inputCells r="B1" val="0.5"/>'
        '<inputCells r="B2" val="n/a" numFmtId="9"/><inputCells r="B3" deleted="1" val="1"/>'
        '</scenario><scenario name="Best"><inputCells r="B1" val="2"/></scenario>'
        '<scenario name="Gone"><inputCells r="B9" deleted="1" val="2"/></scenario></scenarios>',
    )
    assert found.scenarios == (
        Scenario(
            name="Worst!",
            inputs=(
                ScenarioInput(CellRef("Data", 1, 2), "0.5"),
                ScenarioInput(CellRef("Data", 2, 2), "n/a"),
            ),
            comment="If all fails",
            user="Ann",
            hidden=True,
        ),
        Scenario("Best", (ScenarioInput(CellRef("Data", 1, 2), "2"),)),
    )


def test_the_sources_of_a_consolidation(tmp_path: Path) -> None:
    sheet = linked(
        tmp_path,
        '<dataConsolidate function="average" topLabels="1" link="1"><dataRefs count="4">'
        '<dataRef ref="A1:B9" sheet="North"/><dataRef ref="A1:B9" sheet="South &amp; East"/>'
        '<dataRef name="Table1"/><dataRef ref="C1:C3" sheet="Q1" r:id="rId1"/></dataRefs>'
        "</dataConsolidate>",
        ("rId1", "externalLinkPath", "!plan.xlsx"),
    )
    assert sheet.details.consolidation == Consolidation(
        function="average",
        sources=("North!A1:B9", "'South & East'!A1:B9", "Table1", "'[plan.xlsx]Q1'!C1:C3"),
        links=True,
    )


def test_a_consolidation_without_sources_is_none(tmp_path: Path) -> None:
    assert details(tmp_path, after='<dataConsolidate link="1"/>') == SheetDetails()
