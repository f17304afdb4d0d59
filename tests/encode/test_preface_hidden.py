"""No line of a header tells anything of hidden cells, whatever part of the file repeats it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import openpyxl
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.chart import BarChart, Reference
from openpyxl.worksheet.datavalidation import DataValidation as OpenpyxlValidation

from tests.books import SheetSpec, book, sheet
from tickmark.encode.book_preface import book_preface
from tickmark.encode.preface import preface
from tickmark.encode.preface_hidden import hidden_of
from tickmark.encode.preface_links import sheet_links
from tickmark.encode.source import Source, sources_of
from tickmark.model.address import CellRef, RangeRef
from tickmark.model.annotation import Comment, Hyperlink
from tickmark.model.book_details import BookDetails, ChartSheet
from tickmark.model.cell_rules import ConditionalFormat, DataValidation
from tickmark.model.drawing import Chart, ChartSeries, Shape
from tickmark.model.pivot import PivotTable, Slicer
from tickmark.model.scenario import Scenario
from tickmark.model.sheet_details import ProtectedRange, SheetDetails, SheetProtection
from tickmark.model.workbook import DefinedName, ExternalLink, Table, Workbook
from tickmark.read.workbook import read_workbook
from tickmark.structure.formulas import formulas_of

S = "Open"


def _lines(source: Source) -> Iterator[str]:
    told = preface(source)
    yield told.first
    yield from (*told.hidden, *told.hidden_short, *told.dates)
    yield from (line.text for line in told.essential + told.further)


def _all_lines(workbook: Workbook) -> list[str]:
    formulas = formulas_of(workbook)
    lines = [line for one in sources_of(formulas) for line in _lines(one)]
    return [*lines, *book_preface(formulas)]


def _area(text: str, name: str = S) -> RangeRef:
    return RangeRef.parse(text, sheet=name)


def _canary_book() -> Workbook:
    """A sheet with hidden rows 6:8 and columns D:E and a hidden sheet, all full of canaries."""
    cells: dict[str, object] = {"A1": "Item", "B1": "Group", "D1": "canary head", "D2": "canary"}
    cells |= {"E2": "canary sub", "F2": "Plan", "G2": "Actual", "B2": "One", "C2": "Two"}
    for row in range(3, 13):
        mark = "canary" if row in range(6, 9) else "seen"
        cells |= {f"A{row}": f"{mark} {row}", f"D{row}": "#N/A" if row == 3 else "canary"}
        cells |= {f"{letter}{row}": row for letter in "BCEFG"}
    cells |= {"A6": "canary total", "B6": "=SUM(canary_name)", "C6": "=canary_sheet!A1"}
    series = ChartSeries("canary", "Open!$D$1", "canary_sheet!$A$1:$A$5", "Open!$A$6:$C$8")
    charts = (
        Chart("n", "canary", title_reference="Open!$D$1", kinds=("bar",)),
        Chart("n", "canary", kinds=("pie",), series=(series,), alt_text="canary"),
        Chart("n", "canary", kinds=("line",), anchor=_area("A6:C8")),
    )
    pivots = (
        PivotTable("P", _area("I1:K3"), "canary_sheet!A1:C9", rows=("canary",), values=("canary",)),
        PivotTable("P", _area("I5:K6"), "canary_table", columns=("canary",)),
        PivotTable("P", _area("I7:K8"), "Open!A1:G12", filters=("canary head",)),
        PivotTable("canary", _area("D1:E9"), "Open!A1:B12"),
    )
    details = SheetDetails(
        charts=charts,
        pivots=pivots,
        validations=(
            DataValidation((_area("B3"),), "list", formulas=("canary",), prompt="canary"),
        ),
        conditional_formats=(ConditionalFormat((_area("B3"),), "text", text="canary"),),
        comments=(Comment(CellRef(S, 3, 2), "canary", "canary"),),
        hyperlinks=(Hyperlink(_area("A3"), "canary", "canary", "canary", "canary"),),
        shapes=(Shape("canary", "text box", "canary", "canary", link="Open!D1"),),
        slicers=(Slicer("canary", "canary", "canary", ("canary",)),),
        headers_and_footers={"oddHeader": "canary"},
        protection=SheetProtection(),
        protected_ranges=(ProtectedRange("canary", (_area("A1"),)),),
        scenarios=(Scenario("canary", ()),),
    )
    spec = sheet(cells, hidden_rows=((6, 8),), hidden_columns=((4, 5),), merges=("D1:G1",))  # type: ignore[arg-type]
    workbook = book(
        {
            S: spec,
            "canary_sheet": sheet({"A1": "canary", "B1": "=Open!A3"}, state="hidden"),
            "Other": {"A1": "=canary_name+Rate"},
        },
        names=[
            DefinedName("canary_name", "canary_sheet!$A$1"),
            DefinedName("canary_cell", "Open!$D$3"),
            DefinedName("canary_row", "Open!$A$6:$G$8"),
            DefinedName("canary_own", '"canary"', sheet="canary_sheet"),
            DefinedName("canary_word", '"canary"', hidden=True),
            DefinedName("Rate", "canary_name*2"),
        ],
        links=[ExternalLink(1, "/home/canary/Budget.xlsx")],
    )
    opened, secret, other = workbook.sheets
    tables = (Table("canary_table", _area("A6:C8"), ("canary",), filtered=("canary",)),)
    opened = replace(opened, details=details, tables=tables)
    secret = replace(secret, tables=(Table("canary_far", _area("A1:B1", secret.name)),))
    return replace(
        workbook,
        sheets=(opened, secret, other),
        details=BookDetails({"title": "canary"}, chart_sheets=(ChartSheet("canary", charts),)),
    )


def test_nothing_of_hidden_cells_is_told_by_whatever_repeats_it() -> None:
    lines = _all_lines(_canary_book())
    # The name of a hidden sheet stands in its own first line only.
    assert [line for line in lines if "canary" in line] == ["# canary_sheet|A1:B1"]


def test_the_canaries_sing_where_hidden_cells_may_be_shown() -> None:
    formulas = formulas_of(_canary_book())
    links = sheet_links(formulas, hidden=True)
    source = sources_of(formulas, hidden=True)[0]
    text = "\n".join(line.text for line in preface(source, links[S]).further)
    assert "canary_cell=D3" in text
    assert "# chart pie|plots A6:C8 by canary_sheet!A1:A5|titled canary" in text


HEADS = st.sampled_from(["", "2023", "2024", "Plan", "Actual", "Total", "North", "Sum of x"])


@settings(max_examples=60, deadline=None)
@given(
    heads=st.lists(st.lists(HEADS, min_size=7, max_size=7), min_size=1, max_size=3),
    hidden=st.sets(st.integers(1, 7), min_size=1, max_size=4),
    rows=st.sets(st.integers(1, 3), max_size=1),
    merge=st.tuples(st.integers(1, 6), st.integers(0, 3)),
)
def test_headers_of_hidden_columns_and_rows_are_never_told(
    heads: list[list[str]], hidden: set[int], rows: set[int], merge: tuple[int, int]
) -> None:
    cells: dict[str, object] = {}
    for row, texts in enumerate(heads, 1):
        for column, text in enumerate(texts, 1):
            mark = "canary" if column in hidden or row in rows else "seen"
            if text:
                cells[f"{'ABCDEFG'[column - 1]}{row}"] = f"{mark} {text}"
    for row in range(len(heads) + 1, len(heads) + 9):
        cells |= {f"{letter}{row}": row for letter in "ABCDEFG"}
    first, last = merge[0], min(7, merge[0] + merge[1])
    spec = SheetSpec(
        cells,  # type: ignore[arg-type]
        merges=(f"{'ABCDEFG'[first - 1]}1:{'ABCDEFG'[last - 1]}1",) if last > first else (),
        hidden_rows=tuple((row, row) for row in rows),
        hidden_columns=tuple((column, column) for column in hidden),
    )
    assert "canary" not in "\n".join(_all_lines(book({S: spec})))


NASTY = st.text(
    st.sampled_from(list("ab |\"'\n\r\t=#,/*>\\\u2028\u202e\ud800!;")), min_size=1, max_size=12
)


@settings(max_examples=60, deadline=None)
@given(texts=st.lists(NASTY, min_size=9, max_size=9))
def test_no_text_of_an_author_can_break_a_line(texts: list[str]) -> None:
    name, other, title, table, label, field, kind, target, error = texts
    details = SheetDetails(
        charts=(Chart("c", title, kinds=(kind,), anchor=_area("A1:B2", name)),),
        pivots=(PivotTable(table, _area("F1:G2", name), rows=(field,), external=True),),
        validations=(DataValidation((_area("A1", name),), kind),),
    )
    workbook = book(
        {
            name: {"A1": label, "A2": "=[1]x!A1", "A3": f"=Rate+{other}!A1", "B2": 1},
            other + "2": {},
        },
        names=[DefinedName("Rate", title), DefinedName(label, f"'{name}'!$A$1")],
        links=[ExternalLink(1, target)],
    )
    first = workbook.sheets[0]
    first = replace(
        first,
        details=details,
        tables=(Table(table, _area("A1:B2", name), (field, label)),),
        cells=replace(first.cells, texts=(*first.cells.texts[:-1], error)),
    )
    for line in _all_lines(replace(workbook, sheets=(first, *workbook.sheets[1:]))):
        assert line.startswith("# ")
        assert line.isprintable()
        assert line.splitlines() == [line]


def test_a_header_stays_short_whatever_a_file_holds() -> None:
    many = 100_000
    rules = tuple(
        ConditionalFormat((RangeRef(S, at, 1, at, 1),), "cellIs") for at in range(1, many + 1)
    )
    comments = tuple(Comment(CellRef(S, at, 1), "", "") for at in range(1, many + 1))
    series = tuple(
        ChartSeries("x" * 32_767, values=f"Open!$A${at}:$A${at + 1}") for at in range(1, 2_000, 3)
    )
    details = SheetDetails(
        conditional_formats=rules,
        comments=comments,
        charts=tuple(Chart("c", "t" * 32_767, series=series) for _ in range(300)),
        pivots=tuple(PivotTable("p" * 999, _area("A1"), rows=("f" * 99,) * 999) for _ in range(99)),
    )
    cells = {"A1": "#REF!", "B1048576": "=" + "+".join(f"N{at}" for at in range(1, 99))}
    workbook = book(
        {S: cells}, names=[DefinedName(f"N{at}", f"Open!$A${at}") for at in range(1, many + 1)]
    )
    merges = tuple(RangeRef(S, at, 1, at, 2) for at in range(2, many))
    first = replace(workbook.sheets[0], details=details, merges=merges)
    lines = _all_lines(replace(workbook, sheets=(first,)))
    assert len(lines) < 40
    assert sum(map(len, lines)) < 20_000


def test_a_range_is_covered_by_hidden_rows_or_columns_and_touched_by_some() -> None:
    spec = sheet({"A1": 1}, hidden_rows=((9, 12), (2, 4), (5, 6)), hidden_columns=((3, 3),))
    workbook = book({S: spec})
    hidden = hidden_of(workbook, workbook.sheets[0])
    assert hidden.rows == ((2, 6), (9, 12))
    areas = ["A2:B6", "A2:B7", "C1:C99", "C1:D1", "A7:B8", "A12", "A13"]
    assert [hidden.covers(_area(one)) for one in areas] == [
        True, False, True, False, False, True, False,
    ]  # fmt: skip
    assert [hidden.touches(_area(one)) for one in areas] == [
        True, True, True, True, False, True, False,
    ]  # fmt: skip


def test_charts_and_validations_of_a_real_file_are_told(tmp_path: Path) -> None:
    target = openpyxl.Workbook()
    page = target.create_sheet("Sales", 0)
    for row in (("Month", "Units"), ("Jan", 3), ("Feb", 5), ("Mar", 8), ("Apr", 13)):
        page.append(row)
    chart = BarChart()
    chart.title = "Units by month"
    chart.add_data(Reference(page, min_col=2, min_row=1, max_row=5), titles_from_data=True)
    chart.set_categories(Reference(page, min_col=1, min_row=2, max_row=5))
    page.add_chart(chart, "D2")
    rule = OpenpyxlValidation(type="whole", operator="greaterThan", formula1="0")
    rule.add("B2:B5")
    page.add_data_validation(rule)
    path = tmp_path / "sales.xlsx"
    target.save(path)
    source = sources_of(formulas_of(read_workbook(path)))[0]
    lines = list(_lines(source))
    assert lines[0] == "# Sales|A1:B5"
    assert "# validated whole B2:B5" in lines
    charts = [line for line in lines if line.startswith("# chart")]
    assert charts == ["# chart bar at D2|plots B2:B5 by A2:A5|titled Units by month"]


def test_real_workbooks_have_headers_of_clean_lines(corpus: Path) -> None:
    seen = 0
    for path in sorted(corpus.glob("*.xls[xm]")):
        if path.stat().st_size > 400_000:
            continue
        try:
            workbook = read_workbook(path)
        except Exception:  # noqa: BLE001, S112 - some are broken on purpose
            continue
        for line in _all_lines(workbook):
            assert line.startswith("# ")
            assert line.isprintable()
            assert len(line) < 3_000
        seen += 1
    assert seen > 10
