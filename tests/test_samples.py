"""The sample workbooks: rebuilt alike, computed right, and their stories where they should be."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import openpyxl
import pytest

from sample_workbooks.build import STORIES, build
from sample_workbooks.stories.hidden_injection import IN_COLUMN, IN_ROW, IN_SHEET
from tickmark.analyses.analyze import plan
from tickmark.analyses.prepared import prepare
from tickmark.audit.audit import audit
from tickmark.engine.plan import Skipped
from tickmark.model.address import RangeRef
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.model.grid import NO_FORMULA
from tickmark.model.workbook import ExternalLink, SheetState, Workbook
from tickmark.read import read_workbook

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "sample_workbooks"
SAMPLES = sorted(FOLDER.glob("*.xlsx"))


def values(path: Path) -> dict[tuple[str, str], object]:
    """Every cached value of a workbook, as openpyxl reads it."""
    book = openpyxl.load_workbook(path, data_only=True)
    return {
        (page.title, cell.coordinate): cell.value
        for page in book.worksheets
        for row in page.iter_rows()
        for cell in row
        if cell.value is not None
    }


def formulas(path: Path) -> set[tuple[str, str]]:
    """The cells of a workbook that hold formulas."""
    book = openpyxl.load_workbook(path)
    return {
        (page.title, cell.coordinate)
        for page in book.worksheets
        for row in page.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }


def test_every_sample_is_built_by_a_story() -> None:
    assert [path.name for path in SAMPLES] == sorted(STORIES)


def test_a_rebuild_gives_the_same_bytes(tmp_path: Path) -> None:
    for path in build(tmp_path):
        assert path.read_bytes() == (FOLDER / path.name).read_bytes(), path.name


ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


@pytest.fixture(scope="module")
def recalculated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The samples after LibreOffice has computed every formula, circular ones by iteration."""
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("LibreOffice is not installed")
    folder = tmp_path_factory.mktemp("recalculated")
    for path in SAMPLES:
        book = openpyxl.load_workbook(path)
        book.calculation.iterate = True
        book.calculation.iterateCount = 1000
        book.calculation.iterateDelta = 1e-9
        book.save(folder / path.name)
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    settings = profile / "user" / "registrymodifications.xcu"
    settings.write_text(ALWAYS_RECALCULATE, encoding="utf-8")
    subprocess.run(  # noqa: S603 - the system's LibreOffice
        [
            soffice,
            f"-env:UserInstallation={profile.as_uri()}",
            *("--headless", "--convert-to", "xlsx", "--outdir", str(folder / "out")),
            *(str(folder / path.name) for path in SAMPLES),
        ],
        capture_output=True,
        check=True,
        timeout=120,
    )
    return folder / "out"


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_libreoffice_computes_the_same_values(path: Path, recalculated: Path) -> None:
    ours, theirs = values(path), values(recalculated / path.name)
    computed = sorted(formulas(path))

    assert computed
    for place in computed:
        if isinstance(theirs[place], str):
            assert ours[place] == theirs[place], place
        else:
            assert ours[place] == pytest.approx(theirs[place], rel=1e-7, abs=1e-9), place


def content(workbook: Workbook, sheet: str, address: str) -> tuple[str, object]:
    """Formula (empty without one) and value of a cell."""
    area = RangeRef.parse(address, sheet=sheet)
    cell = workbook[sheet].cell(area.top, area.left)
    assert cell is not None
    texts = workbook[sheet].cells.formula_texts
    return ("" if cell.formula == NO_FORMULA else "=" + texts[cell.formula]), cell.value


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_every_cell_is_read_as_openpyxl_reads_it(path: Path) -> None:
    workbook = read_workbook(path)

    read = {
        (sheet.name, cell.a1)
        for sheet in workbook.sheets
        for cell in sheet.cells
        if cell.value is not None
    }
    assert read == set(values(path))
    assert workbook.formula_count == len(formulas(path))
    assert (workbook.failures, workbook.notes) == ((), ())


@pytest.mark.parametrize(
    ("name", "sheet", "address", "formula", "value"),
    [
        ("three_statement_model", "Cash flow", "G12", "=SUM(G6:G11)", 3034.5587),
        ("three_statement_model", "Cash flow", "H12", "=SUM(H6:H10)", 3099.2731),
        ("three_statement_model", "Balance sheet", "G23", "=ROUND(G11-G21,1)", 0.0),
        ("three_statement_model", "Balance sheet", "H23", "=ROUND(H11-H21,1)", -82.7),
        ("sales_ledger", "Summary", "G21", "=COUNTIFS(Ledger!$J$5:$J$300,G$4)", 35.0),
        ("sales_ledger", "Ledger", "J316", "=YEAR(A316)*100+MONTH(A316)", 202606.0),
        ("budget_hardcode", "Budget", "I11", "=-Drivers!I11*Drivers!I12", -14324.25),
        ("budget_hardcode", "Budget", "J11", "", -12950.0),
        ("merged_headers", "Regional report", "H10", "=G10/D10-1", "#DIV/0!"),
        ("merged_headers", "Regional report", "H11", "=AVERAGE(H6:H10)", "#DIV/0!"),
        ("merged_headers", "Regional report", "I11", "=SUM(I6:I10)", "#DIV/0!"),
        ("cross_sheet_circular", "Debt", "C5", "='P&L'!C12-'P&L'!C7", 1083.1859),
        ("cross_sheet_circular", "P&L", "C9", "=-Debt!C11", -357.2862),
        ("hidden_injection", "Vendors", "H9", "", IN_COLUMN),
        ("hidden_injection", "Vendors", "B20", "", IN_ROW),
        ("hidden_injection", "_cfg", "A1", "", IN_SHEET),
        ("external_links", "Quotation", "D6", "=VLOOKUP(A6,[1]Prices!$A$2:$C$8,3,FALSE)", 5290.0),
        ("external_links", "Quotation", "E12", "=-E11*#REF!", "#REF!"),
        ("external_links", "Quotation", "E15", "=ROUND(E14*30%,2)", "#REF!"),
    ],
)
def test_the_story_stands_where_it_was_planted(
    name: str, sheet: str, address: str, formula: str, value: object
) -> None:
    found = content(read_workbook(FOLDER / f"{name}.xlsx"), sheet, address)

    expected = pytest.approx(value, abs=1e-4) if isinstance(value, float) else value
    assert found == (formula, expected)


def test_the_injected_cells_are_hidden_and_the_white_one_is_not() -> None:
    workbook = read_workbook(FOLDER / "hidden_injection.xlsx")

    vendors = workbook["Vendors"]
    assert (vendors.hidden_rows, vendors.hidden_columns) == (((20, 20),), ((8, 8),))
    assert workbook["_cfg"].state is SheetState.VERY_HIDDEN
    assert [table.range.a1 for table in vendors.tables] == ["A4:H29"]


def test_the_link_leads_to_a_download_folder() -> None:
    workbook = read_workbook(FOLDER / "external_links.xlsx")

    assert workbook.external_links == (
        ExternalLink(1, "file:///C:\\Users\\m.okafor\\Downloads\\prices.xlsx"),
    )


Told = tuple[str, str, str, str]
"""Rule, severity and sheet of a finding, and the cells of the story that it accuses."""

TOLD: dict[str, list[Told]] = {
    "three_statement_model": [
        ("omitted-cells", "high", "Cash flow", "H12"),
        ("failing-check", "high", "Balance sheet", "H23"),
    ],
    "sales_ledger": [("stopped-range", "high", "Summary", "B5:G9 B13:G18 B21:G21")],
    "budget_hardcode": [("number-among-formulas", "high", "Budget", "J11")],
    "merged_headers": [("error-value", "high", "Regional report", "H10")],
    "cross_sheet_circular": [("circular-reference", "high", "Debt", "C5:G5 C7:G9 C11:G11")],
    "hidden_injection": [
        ("instruction-text", "high", "Vendors", "H9"),
        ("instruction-text", "high", "Vendors", "B20"),
        ("instruction-text", "high", "Vendors", "B32"),
        ("instruction-text", "high", "_cfg", "A1"),
        ("hidden-sheet", "medium", "_cfg", ""),
    ],
    "external_links": [
        ("broken-reference", "high", "Quotation", "E12"),
        ("broken-link", "medium", "Quotation", ""),
    ],
}


def cells_in(ranges: Iterable[str]) -> set[tuple[int, int]]:
    """Row and column of each cell of ranges."""
    return {
        (row, column)
        for area in map(RangeRef.parse, ranges)
        for row in range(area.top, area.bottom + 1)
        for column in range(area.left, area.right + 1)
    }


def tells(finding: Finding, told: Told) -> bool:
    """Whether a finding that is shown without asking accuses the cells of a story."""
    rule, severity, sheet, cells = told
    return (
        finding.tier is Tier.DEFAULT
        and (finding.rule, finding.severity.word, finding.sheet) == (rule, severity, sheet)
        and cells_in(cells.split()) <= cells_in(finding.ranges)
    )


def test_every_sample_has_a_story_to_tell() -> None:
    assert sorted(f"{name}.xlsx" for name in TOLD) == sorted(STORIES)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_rules_find_the_stories_and_nothing_else_is_high(path: Path) -> None:
    findings = audit(read_workbook(path))
    stories = TOLD[path.stem]

    missing = [told for told in stories if not any(tells(one, told) for one in findings)]
    others = [
        (one.rule, one.sheet, one.ranges)
        for one in findings
        if one.severity is Severity.HIGH and not any(tells(one, told) for told in stories)
    ]

    assert (missing, others) == ([], [])


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_no_more_cells_than_those_of_the_story_are_high(path: Path) -> None:
    high = {
        (one.sheet, *cell)
        for one in audit(read_workbook(path))
        if one.severity is Severity.HIGH
        for cell in cells_in(one.ranges)
    }

    assert high == {
        (sheet, *cell)
        for _, severity, sheet, cells in TOLD[path.stem]
        if severity == "high"
        for cell in cells_in(cells.split())
    }


def test_no_hidden_text_is_in_what_a_model_would_get() -> None:
    workbook = read_workbook(FOLDER / "hidden_injection.xlsx")

    tasks = list(plan(prepare(workbook, budget=20_000, tokens=len), model="any"))
    skipped = {task.id: Skipped("not asked") for task in tasks}
    prompts = [task.prompt_after(skipped) for task in tasks]
    sent = "".join(one.system + one.data + one.user for one in prompts)

    assert "Ulmen Consulting" in sent
    for hidden in (IN_COLUMN, IN_ROW, IN_SHEET):
        assert hidden[:30] not in sent
