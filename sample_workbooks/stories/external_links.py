"""A quotation that takes its prices from a workbook in somebody's download folder."""

from __future__ import annotations

from collections.abc import Mapping

import openpyxl
from openpyxl.packaging.relationship import Relationship
from openpyxl.workbook.external_link.external import (
    ExternalBook,
    ExternalCell,
    ExternalLink,
    ExternalRow,
    ExternalSheetData,
    ExternalSheetDataSet,
    ExternalSheetNames,
)
from openpyxl.worksheet.worksheet import Worksheet

from sample_workbooks import looks
from sample_workbooks.formulas import Place, Value

TARGET = "file:///C:\\Users\\m.okafor\\Downloads\\prices.xlsx"
PRICES: tuple[tuple[str, str, float], ...] = (
    ("HP-08", "Heat pump 8 kW", 4150.0),
    ("HP-12", "Heat pump 12 kW", 5290.0),
    ("CY-200", "Cylinder 200 l", 1180.0),
    ("CY-300", "Cylinder 300 l", 1465.0),
    ("RD-22", "Radiator type 22", 168.5),
    ("TS-01", "Room thermostat", 92.0),
    ("PI-15", "Copper pipe 15 mm, 3 m", 21.4),
)
WANTED = (("HP-12", 1), ("CY-300", 1), ("RD-22", 9), ("TS-01", 3), ("PI-15", 46))


def external_links() -> openpyxl.Workbook:
    """The planted story: prices of a lost workbook, and a discount whose cell was deleted.

    `Quotation` looks up B6:B10 and D6:D10 in `[1]Prices`; the formula of E12 names `#REF!`, which
    E14 and E15 show too.
    """
    workbook = openpyxl.Workbook()
    page = workbook.worksheets[0]
    page.title = "Quotation"
    _quotation(page)
    _labour(workbook.create_sheet("Labour"))
    workbook._external_links.append(_link())  # type: ignore[attr-defined]  # noqa: SLF001 - openpyxl has no public way
    return workbook


def linked_prices() -> Mapping[Place, Value]:
    """What the quotation last saw in the other workbook."""
    return {
        ("[1]Prices", row, column): value
        for row, record in enumerate(PRICES, start=2)
        for column, value in enumerate[Value](record, start=1)
    }


def _quotation(page: Worksheet) -> None:
    looks.title(page, "Quotation 26-0117", "Heating for 4 Mill Lane, GBP without VAT")
    looks.put(page, "A5", [("Item", "Description", "Quantity", "Unit price", "Amount")])
    looks.header(page, "A5:E5", align="center")
    for row, (item, quantity) in enumerate(WANTED, start=6):
        page[f"A{row}"] = item
        page[f"B{row}"] = f"=VLOOKUP(A{row},[1]Prices!$A$2:$C$8,2,FALSE)"
        page[f"C{row}"] = quantity
        page[f"D{row}"] = f"=VLOOKUP(A{row},[1]Prices!$A$2:$C$8,3,FALSE)"
        page[f"E{row}"] = f"=C{row}*D{row}"
    looks.put(
        page,
        "A11",
        [
            ("Material", None, None, None, "=SUM(E6:E10)"),
            ("Discount", None, None, None, "=-E11*#REF!"),
        ],
    )
    looks.put(page, "A13", [("Labour", None, None, None, "=Labour!D8")])
    looks.put(page, "A14", [("Total", None, None, None, "=SUM(E11:E13)")])
    looks.put(page, "A15", [("Deposit of 30%", None, None, None, "=ROUND(E14*30%,2)")])
    looks.typed(page, "A6:A10")
    looks.typed(page, "C6:C10")
    looks.number_format(page, "D6:E15", looks.CENTS)
    looks.total(page, "A11:E11")
    looks.total(page, "A14:E14", final=True)
    looks.widths(page, "ABCDE", (16, 27, 10, 13, 14))


def _labour(page: Worksheet) -> None:
    looks.title(page, "Labour", "Hours by trade, GBP")
    looks.put(
        page,
        "A4",
        [
            ("Trade", "Hours", "Rate", "Amount"),
            ("Heating engineer", 34, 48.0, "=B5*C5"),
            ("Electrician", 9, 46.5, "=B6*C6"),
            ("Apprentice", 30, 19.0, "=B7*C7"),
            ("Total", "=SUM(B5:B7)", None, "=SUM(D5:D7)"),
        ],
    )
    looks.header(page, "A4:D4")
    looks.typed(page, "B5:C7")
    looks.number_format(page, "C5:D8", looks.CENTS)
    looks.total(page, "A8:D8", final=True)
    looks.widths(page, "ABCD", (20, 10, 11, 13))


def _link() -> ExternalLink:
    rows = [
        ExternalRow(
            r=row,
            cell=[
                ExternalCell(r=f"A{row}", t="str", v=item),
                ExternalCell(r=f"B{row}", t="str", v=text),
                ExternalCell(r=f"C{row}", t="n", v=f"{price:g}"),
            ],
        )
        for row, (item, text, price) in enumerate(PRICES, start=2)
    ]
    names = ExternalSheetNames(sheetName=["Prices"])
    data = ExternalSheetDataSet(sheetData=[ExternalSheetData(sheetId=0, row=rows)])
    book = ExternalBook(sheetNames=names, sheetDataSet=data, id="rId1")
    link = ExternalLink(externalBook=book)
    link.file_link = Relationship(
        type="externalLinkPath", Target=TARGET, TargetMode="External", Id="rId1"
    )
    return link
