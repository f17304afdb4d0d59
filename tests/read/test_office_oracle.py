"""Real workbooks of old formats, as LibreOffice by itself converts them and openpyxl reads that.

What differs is listed here with its reason; anything else is a fault.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell.cell import Cell as TheirCell
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.worksheet import Worksheet

from tests.read.real_office import plainly_converted, real_office
from tickmark.model.grid import CellKind
from tickmark.model.workbook import Sheet, Workbook
from tickmark.read import read_workbook
from tickmark.read.dates import serial_number, serial_of_time

NAMES = (
    "poi__31749.xls",
    "poi__45538_classic_Header.xls",
    "useeior__2-digit_2012_Codes.xls",
    "sheetjs_test_files__apachepoi_34775.xls.xlsb",
    "roo__Bibelbund.ods",
)

ROUNDED = "LibreOffice writes 15 digits of a number, the file holds 17"
SHEETS = {"sheetjs_test_files__apachepoi_34775.xls.xlsb": {"Chart1", "Chart2", "Chart3", "Chart4"}}
"""Chart sheets, which LibreOffice turns into worksheets without cells."""

DIFFERENT = {
    "poi__45538_classic_Header.xls": Counter({ROUNDED: 88}),
    "sheetjs_test_files__apachepoi_34775.xls.xlsb": Counter({ROUNDED: 239}),
}

Read = dict[str, tuple[Workbook, Path]]


@pytest.fixture(scope="module")
def readings(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Read:
    """Our reading of each workbook, and LibreOffice's own conversion of it."""
    folder = tmp_path_factory.mktemp("oracle")
    office = real_office(folder)
    paths = [corpus / name for name in NAMES]
    plain = plainly_converted(office, folder / "plain", paths, "xlsx")
    return {
        path.name: (read_workbook(path, office=office), made)
        for path, made in zip(paths, plain, strict=True)
    }


@pytest.mark.parametrize("name", NAMES)
def test_what_is_read_is_what_libreoffice_converts(readings: Read, name: str) -> None:
    ours, path = readings[name]
    theirs = openpyxl.load_workbook(path)
    cached = openpyxl.load_workbook(path, data_only=True)
    other = SHEETS.get(name, set())
    assert [one.name for one in ours.sheets] == [
        one for one in theirs.sheetnames if one not in other
    ]
    assert (ours.failures, ours.problems, ours.formulas_available) == ((), (), True)
    found: Counter[str] = Counter()
    for sheet in ours.sheets:
        found += _differences(ours, sheet, theirs[sheet.name], cached[sheet.name])
    assert found == DIFFERENT.get(name, Counter())
    assert {one.name for one in ours.names if not one.sheet} >= set(theirs.defined_names)


def _differences(
    book: Workbook, sheet: Sheet, formulas: Worksheet, values: Worksheet
) -> Counter[str]:
    found: Counter[str] = Counter()
    known = {(one.row, one.column): one for one in sheet.cells}
    assert {one.a1 for one in sheet.merges} == {str(one) for one in formulas.merged_cells.ranges}
    for row, cached in zip(formulas.iter_rows(), values.iter_rows(), strict=True):
        for theirs, value in zip(row, cached, strict=True):
            if theirs.value is None or not isinstance(theirs, TheirCell):
                continue
            ours = known.pop((theirs.row, theirs.column))
            assert _formula(theirs) == (
                "" if ours.formula < 0 else sheet.cells.formula_texts[ours.formula]
            ), ours.a1
            shown = book.styles[ours.style].number_format
            assert shown.casefold() == theirs.number_format.casefold(), ours.a1
            expected = _value(value.value)
            if ours.value == expected or (ours.value, expected) == ("", None):
                continue
            assert isinstance(ours.value, float), (ours.a1, ours.value, expected)
            assert ours.kind is not CellKind.TEXT
            assert ours.value == pytest.approx(expected, rel=1e-14, abs=0.0), ours.a1
            found[ROUNDED] += 1
    assert known == {}
    return found


def _formula(cell: TheirCell) -> str:
    value = cell.value
    text = value.text if isinstance(value, ArrayFormula) else value
    if cell.data_type != "f" or not isinstance(text, str):
        return ""
    return re.sub(r"\b(TRUE|FALSE)\(\)", r"\1", text.removeprefix("="))


def _value(value: object) -> object:
    if isinstance(value, dt.datetime):
        return serial_number(value)
    if isinstance(value, dt.time):
        return serial_of_time(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    return value
