"""Formulas as LibreOffice exports them, and as Excel would have written them."""

from __future__ import annotations

import numpy as np
import pytest

from tickmark.model.grid import NO_FORMULA, CellKind, Cells
from tickmark.model.workbook import DefinedName, ExternalLink, Sheet
from tickmark.read.conversion import INSIDE, PREFIX
from tickmark.read.office_formulas import as_excel_writes, mended_name, mended_sheet
from tickmark.read.office_links import told_link


@pytest.mark.parametrize(
    ("exported", "mended"),
    [
        ("VLOOKUP(A1,B:C,2,FALSE())", "VLOOKUP(A1,B:C,2,FALSE)"),
        ("IF(TRUE(),1,TRUE( ))", "IF(TRUE,1,TRUE( ))"),
        ("'[1]'!E65+1", "[1]#REF!E65+1"),
        (
            "_xlfn._xlws.filter(A1:A9,_xlfn.unique(B1))",
            "_xlfn._xlws.FILTER(A1:A9,_xlfn.UNIQUE(B1))",
        ),
        ("_xlfn.STDEV.S(A1)", "_xlfn.STDEV.S(A1)"),
        ("'[1]P&L'!A1", "'[1]P&L'!A1"),
        ("[2]Data!A1", "[2]Data!A1"),
        ('"TRUE()"&"\'[1]\'!A1"', '"TRUE()"&"\'[1]\'!A1"'),
        ('"a""FALSE()"', '"a""FALSE()"'),
        ("'TRUE()'!A1", "'TRUE()'!A1"),
        ("'it''s TRUE()'!A1", "'it''s TRUE()'!A1"),
        ("IS.TRUE()", "IS.TRUE()"),
        ("myfunction(A1)", "myfunction(A1)"),
        ("", ""),
    ],
)
def test_what_libreoffice_alone_writes_is_mended(exported: str, mended: str) -> None:
    assert as_excel_writes(exported) == mended


def test_names_are_mended() -> None:
    name = DefinedName("n", "IF(TRUE(),1)", "S", hidden=True)
    assert mended_name(name) == DefinedName("n", "IF(TRUE,1)", "S", hidden=True)


def test_truth_values_of_excels_formats_are_no_formulas() -> None:
    cells = Cells(
        rows=np.array([1, 2, 3], np.int32),
        columns=np.array([1, 1, 1], np.int16),
        kinds=np.array([CellKind.BOOL, CellKind.BOOL, CellKind.NUMBER], np.uint8),
        values=np.array([1.0, 0.0, 1.0]),
        styles=np.zeros(3, np.int32),
        formulas=np.array([0, 1, 2], np.int32),
        formula_texts=("TRUE()", "NOT(A1)", "1"),
    )
    from_excel = mended_sheet(Sheet("S", cells), from_excel=True).cells
    assert from_excel.formulas.tolist() == [NO_FORMULA, 1, 2]
    other = mended_sheet(Sheet("S", cells), from_excel=False).cells
    assert [other.formula_texts[at] for at in other.formulas] == ["TRUE", "NOT(A1)", "1"]


@pytest.mark.parametrize(
    ("exported", "told"),
    [
        (f"file:///home/u/c/{PREFIX}x1/{INSIDE}/Rates.xls", "Rates.xls"),
        (f"file:///home/u/c/{PREFIX}x1/{INSIDE}/a/b%20c.xls", "a/b%20c.xls"),
        (f"file:///C:/u/{PREFIX}x1/{INSIDE.rpartition('/')[0]}/up.xls", "../up.xls"),
        ("file:///C:/books/a%2523.xls", "file:///C:/books/a%23.xls"),
        ("http://host/a.xls", "http://host/a.xls"),
        ("", ""),
    ],
)
def test_targets_of_links_are_told_as_the_file_does(exported: str, told: str) -> None:
    assert told_link(ExternalLink(1, exported)) == ExternalLink(1, told)


def test_links_to_programs_stay() -> None:
    link = ExternalLink(1, "excel|a%2523", "dde")
    assert told_link(link) == link
