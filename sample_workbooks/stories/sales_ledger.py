"""A ledger of invoices with a summary that was made before the last invoices came in."""

from __future__ import annotations

import datetime as dt
import random

import openpyxl
from openpyxl.chart import BarChart, Reference
from openpyxl.styles import Alignment
from openpyxl.worksheet.worksheet import Worksheet

from sample_workbooks import looks

INVOICES = 312
SUMMED = 300
"""Last row of the ledger that the summary reaches; the ledger itself ends in row 316."""

REGIONS = ("North", "Midlands", "South", "Wales", "Scotland")
PRODUCTS = (
    ("Desk lamp", 34.5),
    ("Floor lamp", 89.0),
    ("Pendant", 62.75),
    ("Wall light", 41.2),
    ("Bulb pack", 11.9),
    ("Dimmer", 18.4),
)
CUSTOMERS = (
    *("Ashdown Interiors", "Bright & Bell", "Calder Homeware", "Denholm Stores", "Eastgate Living"),
    *("Fenwick Studio", "Gable & Co", "Hallam Trading", "Inglewood Design", "Jura Lighting"),
    *("Kestrel Retail", "Larkspur Home"),
)
PERIODS = (202601, 202602, 202603, 202604, 202605, 202606)


def sales_ledger() -> openpyxl.Workbook:
    """The planted story: each SUMIFS and COUNTIFS of `Summary` stops at row 300 of the ledger."""
    workbook = openpyxl.Workbook()
    ledger = workbook.worksheets[0]
    ledger.title = "Ledger"
    _ledger(ledger)
    _summary(workbook.create_sheet("Summary"))
    workbook.active = 1
    ledger.sheet_view.tabSelected = False
    return workbook


def _ledger(page: Worksheet) -> None:
    looks.title(page, "Invoices issued, first half of 2026", "Luma Lighting Ltd, amounts in GBP")
    titles = ("Date", "Invoice", "Customer", "Region", "Product", "Units", "Unit price", "Discount")
    looks.put(page, "A4", [(*titles, "Net amount", "Period")])
    looks.header(page, "A4:J4", align="center")
    looks.widths(page, "ABCDEFGHIJ", (12, 11, 20, 11, 13, 8, 11, 10, 13, 9))
    page.freeze_panes = "A5"
    last = 4 + INVOICES
    page.auto_filter.ref = f"A4:J{last}"
    page.print_title_rows = "4:4"
    draw = random.Random(2026)  # noqa: S311 - made-up invoices, no secret
    for number in range(INVOICES):
        row = 5 + number
        day = dt.date(2026, 1, 2) + dt.timedelta(days=number * 179 // (INVOICES - 1))
        product, price = PRODUCTS[int(draw.random() * len(PRODUCTS))]
        customer = int(draw.random() * len(CUSTOMERS))
        units = 4 + int(draw.random() ** 2 * 90)
        discount = 0.0 if units < 24 else 0.05 if units < 60 else 0.1  # noqa: PLR2004 - price list
        looks.put(
            page,
            f"A{row}",
            [
                (
                    *(day, f"INV-{2601 + number}", CUSTOMERS[customer]),
                    *(REGIONS[customer % len(REGIONS)], product, units, price, discount),
                    f"=ROUND(F{row}*G{row}*(1-H{row}),2)",
                    f"=YEAR(A{row})*100+MONTH(A{row})",
                )
            ],
        )
    looks.number_format(page, f"A5:A{last}", looks.DATE)
    for cell in looks.cells(page, f"A5:A{last}"):
        cell.alignment = Alignment(horizontal="left")
    looks.number_format(page, f"G5:G{last}", "#,##0.00")
    looks.number_format(page, f"H5:H{last}", "0%")
    looks.number_format(page, f"I5:I{last}", looks.CENTS)


def _summary(page: Worksheet) -> None:
    looks.title(page, "Net sales by region and month", "Luma Lighting Ltd, GBP, from the ledger")
    page.page_setup.fitToHeight = 1
    _matrix(page, top=4, name="Region", labels=REGIONS, keys="D")
    products = tuple(name for name, _ in PRODUCTS)
    _matrix(page, top=12, name="Product", labels=products, keys="E")
    looks.put(page, "A21", [("Number of invoices",)])
    looks.across(page, 21, "BCDEFG", f"=COUNTIFS(Ledger!$J$5:$J${SUMMED},{{c}}$4)")
    page["H21"] = "=SUM(B21:G21)"
    looks.total(page, "A21:H21")
    looks.widths(page, "ABCDEFGH", (21, *[13] * 6, 14))
    page.freeze_panes = "B5"
    chart = BarChart()
    chart.title = "Net sales by month"
    chart.legend = None
    chart.add_data(Reference(page, min_col=2, max_col=7, min_row=10), from_rows=True)
    chart.set_categories(Reference(page, min_col=2, max_col=7, min_row=4))
    chart.height, chart.width = 7, 20
    page.add_chart(chart, "A24")


def _matrix(page: Worksheet, *, top: int, name: str, labels: tuple[str, ...], keys: str) -> None:
    looks.put(page, f"A{top}", [(name, *PERIODS, "Total")])
    looks.header(page, f"A{top}:H{top}")
    looks.number_format(page, f"B{top}:G{top}", '0000"-"00')
    end = top + len(labels)
    for row, label in enumerate(labels, start=top + 1):
        page[f"A{row}"] = label
        looks.across(
            page,
            row,
            "BCDEFG",
            f"=SUMIFS(Ledger!$I$5:$I${SUMMED},Ledger!${keys}$5:${keys}${SUMMED},$A{row},"
            f"Ledger!$J$5:$J${SUMMED},{{c}}${top})",
        )
        page[f"H{row}"] = f"=SUM(B{row}:G{row})"
    page[f"A{end + 1}"] = "Total"
    looks.across(page, end + 1, "BCDEFGH", f"=SUM({{c}}{top + 1}:{{c}}{end})")
    looks.number_format(page, f"B{top + 1}:H{end + 1}", looks.CENTS)
    looks.total(page, f"A{end + 1}:H{end + 1}", final=True)
