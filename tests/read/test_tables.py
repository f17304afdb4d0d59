"""Table parts: columns, how they are calculated, totals and filters."""

from __future__ import annotations

from pathlib import Path

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
from tickmark.model.address import RangeRef
from tickmark.model.workbook import Table, TableColumn
from tickmark.read import Limits

TABLE = "xl/odd/Sales table.xml"
SHEET_RELATIONSHIPS = "xl/worksheets/_rels/sheet1.xml.rels"
WHOLE = (
    f'<table xmlns="{MAIN}" id="1" name="x" displayName="Sales" ref="B2:E9" totalsRowCount="1" '
    'tableType="queryTable"><autoFilter ref="B2:E8"><filterColumn colId="1"><filters>'
    '<filter val="a"/></filters></filterColumn><filterColumn colId="2" hiddenButton="1"/>'
    '</autoFilter><tableColumns count="4"><tableColumn id="1" name="Item" totalsRowLabel="Total"/>'
    '<tableColumn id="2" name="Kind" totalsRowFunction="none"/>'
    '<tableColumn id="3" name="Net" totalsRowFunction="sum">'
    "<calculatedColumnFormula>=Sales[[#This Row],[Gross]]*0.8</calculatedColumnFormula>"
    '</tableColumn><tableColumn id="4" name="Gross" totalsRowFunction="custom">'
    '<totalsRowFormula array="1"> SUM(Sales[Net])*2</totalsRowFormula></tableColumn>'
    "</tableColumns></table>"
)
SPAN = RangeRef("Data", 2, 2, 9, 5)
COLUMNS = ("Item", "Kind", "Net", "Gross")
NET = TableColumn("Net", formula="Sales[[#This Row],[Gross]]*0.8", total="sum")
READ = Table(
    "Sales",
    SPAN,
    COLUMNS,
    header_rows=1,
    totals_rows=1,
    calculated=(
        TableColumn("Item", total_label="Total"),
        NET,
        TableColumn("Gross", total="custom", total_formula="SUM(Sales[Net])*2"),
    ),
    kind="queryTable",
    filter_range=RangeRef("Data", 2, 2, 8, 5),
    filtered=("Kind",),
)


def book(table: Content = WHOLE) -> dict[str, Content]:
    file = parts(after='<tableParts><tablePart r:id="t"/></tableParts>')
    file[SHEET_RELATIONSHIPS] = relationships(("t", "table", "../odd/Sales%20table.xml"))
    file[TABLE] = table
    return file


def tables_of(
    tmp_path: Path, file: dict[str, Content], limits: Limits | None = None
) -> tuple[tuple[Table, ...], tuple[str, ...]]:
    sheet = read(tmp_path, file, limits=limits)["Data"]
    return sheet.tables, sheet.problems


def test_a_table_tells_how_its_columns_and_totals_are_calculated(tmp_path: Path) -> None:
    assert tables_of(tmp_path, book()) == ((READ,), ())


def test_a_strict_utf_16_part_with_a_prefix_is_read(tmp_path: Path) -> None:
    text = WHOLE.replace(f'xmlns="{MAIN}"', f'xmlns:s="{STRICT}"')
    text = text.replace("<", "<s:").replace("<s:/", "</s:")
    file = book(f'<?xml version="1.0" encoding="UTF-16"?>{text}'.encode("utf-16"))
    file[SHEET_RELATIONSHIPS] = str(file[SHEET_RELATIONSHIPS]).replace(OFFICE, STRICT_OFFICE)
    assert tables_of(tmp_path, file) == ((READ,), ())


def test_totals_of_a_row_that_is_not_there_are_dropped(tmp_path: Path) -> None:
    found, _ = tables_of(tmp_path, book(WHOLE.replace('totalsRowCount="1"', "")))
    assert found[0].calculated == (TableColumn("Net", formula=NET.formula),)


def test_columns_of_a_filter_count_from_its_own_range(tmp_path: Path) -> None:
    shifted = WHOLE.replace('autoFilter ref="B2:E8"', 'autoFilter ref="C2:E8"')
    found, _ = tables_of(tmp_path, book(shifted))
    assert found[0].filtered == ("Net",)


def test_columns_in_front_of_a_damaged_place_are_kept(tmp_path: Path) -> None:
    found, problems = tables_of(tmp_path, book(WHOLE[: WHOLE.index("Sales[Net]")]))
    assert [(one.columns, one.calculated[1]) for one in found] == [(COLUMNS[:3], NET)]
    assert problems == (
        (
            "A table could not be read: its part xl/odd/Sales table.xml is no well-formed XML "
            "(line 1: no element found)."
        ),
    )


def test_long_formulas_and_texts_are_left_out_with_a_sentence(tmp_path: Path) -> None:
    found, problems = tables_of(tmp_path, book(), Limits(formula_length=20, string_length=4))
    assert found[0].calculated == (
        TableColumn("Item", total_label="Tota"),
        TableColumn("Net", total="sum"),
        TableColumn("Gros", total="cust", total_formula="SUM(Sales[Net])*2"),
    )
    assert problems == (
        "Texts of tables that were too long and were cut: 4.",
        "Formulas of tables left out because they are too long: 1.",
    )


def test_a_table_that_is_named_twice_is_read_once(tmp_path: Path) -> None:
    file = book()
    named = '<tablePart r:id="t"/><tablePart r:id="u"/>' * 500
    file["xl/worksheets/sheet1.xml"] = str(file["xl/worksheets/sheet1.xml"]).replace(
        '<tablePart r:id="t"/>', named
    )
    file[SHEET_RELATIONSHIPS] = relationships(
        ("t", "table", "../odd/Sales%20table.xml"), ("u", "table", "../ODD/sales table.XML")
    )
    assert tables_of(tmp_path, file) == ((READ,), ())


def test_more_columns_than_a_sheet_has_are_refused(tmp_path: Path) -> None:
    columns = '<tableColumn name="a"/>' * 16_385
    table = f'<table xmlns="{MAIN}" name="T" ref="A1:B2"><tableColumns>{columns}</tableColumns>'
    found, problems = tables_of(tmp_path, book(f"{table}</table>"))
    assert len(found[0].columns) == 16_384
    assert problems == (
        "A table could not be read: its part xl/odd/Sales table.xml has more columns than a sheet.",
    )
