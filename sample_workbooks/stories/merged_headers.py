"""A report page with several tables under merged headers, and a division by zero that spreads."""

from __future__ import annotations

import openpyxl
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from sample_workbooks import looks

GROWTH = '+0.0%;-0.0%;"-"'


def merged_headers() -> openpyxl.Workbook:
    """The planted story: `H10` divides by the sales of a year without any; four cells follow it."""
    workbook = openpyxl.Workbook()
    page = workbook.worksheets[0]
    page.title = "Regional report"
    looks.title(
        page, "Regional report, half-year to June 2026", "Northwind Cafés Ltd, GBP thousand"
    )
    _sales(page)
    _staff(page)
    _openings(page)
    looks.widths(page, "ABCDEFGHIJKLMN", (15, *[9.5] * 7, 13, 3, 15, 11, 11, 13))
    for row in (4, 5, 15, 16):
        page.row_dimensions[row].height = 19
    page["A27"] = "Nordics opened in March 2026."
    page["A27"].font = Font(name="Calibri", size=9, italic=True, color="595959")
    return workbook


def _merged(page: Worksheet, area: str, text: str) -> None:
    first = area.partition(":")[0]
    page[first] = text
    page.merge_cells(area)
    page[first].alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)


def _sales(page: Worksheet) -> None:
    looks.header(page, "A4:I5")
    _merged(page, "A4:A5", "Region")
    _merged(page, "B4:D4", "Half-year 2025")
    _merged(page, "E4:G4", "Half-year 2026")
    _merged(page, "H4:H5", "Growth")
    _merged(page, "I4:I5", "Forecast, half-year 2027")
    looks.put(page, "B5", [("Q1", "Q2", "Total", "Q1", "Q2", "Total")])
    looks.put(
        page,
        "A6",
        [
            ("London", 812, 866, None, 845, 931),
            ("South East", 540, 571, None, 552, 603),
            ("North West", 388, 402, None, 371, 395),
            ("Scotland", 264, 283, None, 290, 311),
            ("Nordics", 0, 0, None, 46, 118),
        ],
    )
    for row in range(6, 11):
        page[f"D{row}"] = f"=SUM(B{row}:C{row})"
        page[f"G{row}"] = f"=SUM(E{row}:F{row})"
        page[f"H{row}"] = f"=G{row}/D{row}-1"
        page[f"I{row}"] = f"=G{row}*(1+H{row})"
    page["A11"] = "All regions"
    looks.across(page, 11, "BCDEFGI", "=SUM({c}6:{c}10)")
    page["H11"] = "=AVERAGE(H6:H10)"
    looks.boxed(page, "A6:I10")
    looks.number_format(page, "B6:I11", looks.AMOUNT)
    looks.number_format(page, "H6:H11", GROWTH)
    looks.total(page, "A11:I11", final=True)


def _staff(page: Worksheet) -> None:
    looks.header(page, "K4:N5")
    _merged(page, "K4:K5", "Region")
    _merged(page, "L4:M4", "Staff, June 2026")
    _merged(page, "N4:N5", "Sales per full-time post")
    looks.put(page, "L5", [("Full-time", "Part-time")])
    looks.put(
        page,
        "K6",
        [
            ("London", 94, 61),
            ("South East", 61, 48),
            ("North West", 44, 37),
            ("Scotland", 30, 25),
            ("Nordics", 14, 6),
        ],
    )
    for row in range(6, 11):
        page[f"N{row}"] = f"=G{row}/L{row}"
    page["K11"] = "All regions"
    looks.across(page, 11, "LM", "=SUM({c}6:{c}10)")
    page["N11"] = "=G11/L11"
    looks.boxed(page, "K6:N10")
    looks.number_format(page, "L6:M11", "0")
    looks.number_format(page, "N6:N11", "0.0")
    looks.total(page, "K11:N11", final=True)


def _openings(page: Worksheet) -> None:
    looks.header(page, "A15:G16")
    _merged(page, "A15:B16", "Country")
    _merged(page, "C15:C16", "City")
    _merged(page, "D15:E15", "Sites")
    _merged(page, "F15:G15", "Investment")
    looks.put(page, "D16", [("Open", "Planned", "Spent", "To come")])
    rows: tuple[tuple[str | None, str, int, int, int, int], ...] = (
        ("England", "Leeds", 2, 1, 310, 145),
        (None, "Bristol", 1, 2, 160, 290),
        (None, "York", 1, 0, 148, 0),
        ("Scotland", "Leith", 1, 1, 155, 150),
        (None, "Perth", 0, 1, 12, 140),
        ("Denmark", "Aarhus", 2, 1, 402, 205),
        (None, "Odense", 1, 0, 188, 0),
    )
    for row, (country, city, *numbers) in enumerate(rows, start=17):
        looks.put(page, f"A{row}", [(country, None, city, *numbers)])
    for area in ("A17:B19", "A20:B21", "A22:B23"):
        page.merge_cells(area)
        page[area.partition(":")[0]].alignment = Alignment(vertical="center")
    page["A24"] = "All countries"
    looks.across(page, 24, "DEFG", "=SUM({c}17:{c}23)")
    looks.boxed(page, "A17:G23")
    looks.number_format(page, "D17:E24", "0")
    looks.number_format(page, "F17:G24", looks.AMOUNT)
    looks.total(page, "A24:G24", final=True)
