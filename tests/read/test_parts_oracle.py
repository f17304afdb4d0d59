"""Comments, tables, names, pivots and properties of real workbooks, as openpyxl reads them."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

import openpyxl
import pytest
from openpyxl.pivot.table import TableDefinition
from openpyxl.workbook.workbook import Workbook as TheirBook
from openpyxl.worksheet.worksheet import Worksheet

from tickmark.model.address import quote_sheet_name
from tickmark.model.workbook import Sheet, Workbook
from tickmark.read import read_workbook

VALUES = -2

OURS = {
    # it has no core properties; openpyxl names itself
    "fivethirtyeight__biden_score_2023.xlsx": {"creator"},
}
"""Facts that differ because openpyxl changes what the file says."""

CORE = {
    "title",
    "subject",
    "creator",
    "description",
    "keywords",
    "lastModifiedBy",
    "category",
    "contentStatus",
    "revision",
    "version",
    "language",
    "identifier",
}


def differences(book: Workbook, path: Path) -> Iterator[str]:
    """Facts on which the two readings differ."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what openpyxl does not support
        theirs = openpyxl.load_workbook(path)
    for sheet in book.sheets:
        page = theirs[sheet.name]
        if comments(page) != [
            (one.cell.a1, one.author, one.text) for one in sheet.details.comments
        ]:
            yield f"{sheet.name} comments"
        if tables(page) != our_tables(sheet):
            yield f"{sheet.name} tables"
        if sorted(map(pivot, vars(page).get("_pivots", ()))) != our_pivots(sheet):
            yield f"{sheet.name} pivots"
    if names(theirs) != our_names(book):
        yield "names"
    properties = book.details.properties
    for name in sorted(CORE):
        if (getattr(theirs.properties, name) or "").strip() != properties.get(name, "").strip():
            yield name
    their_own = {one.name: one.value for one in vars(theirs)["custom_doc_props"].props}
    if set(book.details.custom_properties) != {
        name for name, value in their_own.items() if value not in {None, ""}
    }:
        yield "custom properties"
    mode = (theirs.calculation.calcMode or "auto", bool(theirs.calculation.iterate))
    if mode != (book.details.calculation.mode, book.details.calculation.iterates):
        yield "calculation"


def comments(page: Worksheet) -> list[tuple[str, str, str]]:
    return [
        (cell.coordinate, cell.comment.author or "", cell.comment.text)
        for row in page.iter_rows()
        for cell in row
        if cell.comment is not None
    ]


def tables(page: Worksheet) -> list[tuple[object, ...]]:
    return sorted(
        (
            one.displayName,
            one.ref,
            tuple(column.name for column in one.tableColumns),
            one.headerRowCount,
            one.totalsRowCount or 0,
            tuple(
                column.calculatedColumnFormula.attr_text
                for column in one.tableColumns
                if column.calculatedColumnFormula is not None
            ),
            one.autoFilter.ref if one.autoFilter is not None else "",
            one.tableType or "worksheet",
        )
        for one in page.tables.values()
    )


def our_tables(sheet: Sheet) -> list[tuple[object, ...]]:
    return sorted(
        (
            one.name,
            one.range.a1,
            one.columns,
            one.header_rows,
            one.totals_rows,
            tuple(column.formula for column in one.calculated if column.formula),
            one.filter_range.a1 if one.filter_range is not None else "",
            one.kind,
        )
        for one in sheet.tables
    )


def pivot(one: TableDefinition) -> tuple[object, ...]:
    cache = one.cache
    source = cache.cacheSource.worksheetSource
    origin = source.name or f"{quote_sheet_name(source.sheet)}!{source.ref}"

    def called(indexes: Sequence[int]) -> tuple[str, ...]:
        return tuple(
            one.dataCaption
            if index == VALUES
            else one.pivotFields[index].name or cache.cacheFields[index].name
            for index in indexes
        )

    return (
        one.name,
        one.location.ref,
        origin,
        called([field.x for field in one.rowFields]),
        called([field.x for field in one.colFields]),
        called([field.fld for field in one.pageFields]),
        tuple(field.name for field in one.dataFields),
    )


def our_pivots(sheet: Sheet) -> list[tuple[object, ...]]:
    return sorted(
        (one.name, one.range.a1, one.source, one.rows, one.columns, one.filters, one.values)
        for one in sheet.details.pivots
    )


def names(book: TheirBook) -> list[tuple[str, str, str, bool]]:
    found = [("", name, one) for name, one in book.defined_names.items()]
    for page in book.worksheets:
        found += [(page.title, name, one) for name, one in page.defined_names.items()]
    return sorted(
        (sheet, name, (one.attr_text or "").strip().removeprefix("="), bool(one.hidden))
        for sheet, name, one in found
    )


def our_names(book: Workbook) -> list[tuple[str, str, str, bool]]:
    return sorted(
        (one.sheet, one.name, one.refers_to, one.hidden)
        for one in book.names
        if not one.name.startswith("_xlnm.")  # openpyxl makes settings of them
    )


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("azure_checklists__review_checklist.xlsm", (0, 0, 0, 0)),
        ("closedxml__TemplateWithTableSourcePivotTables.xlsx", (1, 14, 14, 0)),
        ("closedxml__ceiling-floor.xlsx", (0, 0, 0, 0)),
        ("closedxml__input.xlsx", (0, 0, 1, 0)),
        ("excel_to_code__model.xlsx", (25, 64, 0, 0)),
        ("excel_to_code__model2.xlsx", (25, 20, 0, 0)),
        ("fivethirtyeight__biden_score_2023.xlsx", (0, 0, 0, 0)),
        ("poi__54399.xlsx", (0, 0, 0, 0)),
        ("tidyxl__enron-constants.xlsx", (9, 0, 0, 0)),
        ("umya__issue_216.xlsx", (9, 7, 0, 0)),
        ("web_models__Dashboard.xlsm", (0, 2, 13, 1)),
    ],
)
def test_a_real_workbook_says_the_same_to_openpyxl(
    corpus: Path, name: str, told: tuple[int, int, int, int]
) -> None:
    book = read_workbook(corpus / name)
    details = [sheet.details for sheet in book.sheets]
    assert told == (
        sum(len(one.comments) for one in details),
        sum(len(sheet.tables) for sheet in book.sheets),
        sum(len(one.pivots) for one in details),
        sum(len(one.slicers) for one in details),
    )
    assert set(differences(book, corpus / name)) == OURS.get(name, set())
