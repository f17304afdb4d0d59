"""A monthly budget in which one formula was overwritten by a number."""

from __future__ import annotations

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from sample_workbooks import looks

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
COLUMNS = "BCDEFGHIJKLM"
DRIVERS = (
    ("Opening days", "0", (24, 24, 26, 25, 26, 26, 27, 27, 26, 27, 25, 23)),
    ("Covers per day", "0", (118, 121, 130, 138, 146, 155, 168, 172, 150, 139, 128, 149)),
    ("Average spend", "0.00", (7.4, 7.4, 7.45, 7.45, 7.6, 7.6, 7.8, 7.8, 7.7, 7.7, 7.75, 8.1)),
    (
        "Wholesale orders",
        looks.AMOUNT,
        (5200, 5350, 5600, 5600, 5900, 6100, 6400, 6300, 6000, 5800, 5700, 6900),
    ),
    ("Ingredients, share of revenue", looks.PERCENT, (0.285,) * 6 + (0.29,) * 6),
    ("Packaging, share of counter sales", looks.PERCENT, (0.031,) * 12),
    ("Hours worked", "0", (905, 905, 960, 960, 985, 1010, 1060, 1065, 1000, 975, 945, 990)),
    ("Cost per hour", "0.00", (12.9,) * 3 + (13.45,) * 9),
    ("Pension, share of wages", looks.PERCENT, (0.03,) * 12),
)


def budget_hardcode() -> openpyxl.Workbook:
    """The planted story: `Budget!J11` (wages in September) is 12950, not hours times cost."""
    workbook = openpyxl.Workbook()
    budget = workbook.worksheets[0]
    budget.title = "Budget"
    _budget(budget)
    _drivers(workbook.create_sheet("Drivers"))
    return workbook


def _frame(page: Worksheet, name: str, corner: str, end: str) -> None:
    looks.title(page, f"Harbour Street Bakery, {name}", "Year 2026, GBP, prepared November 2025")
    looks.put(page, "A4", [(corner, *MONTHS, "Year")])
    looks.header(page, f"A4:{end}4")
    looks.widths(page, "ABCDEFGHIJKLMN", (33, *[9] * 12, 11))
    page.freeze_panes = "B5"


def _drivers(page: Worksheet) -> None:
    _frame(page, "drivers", "Driver", "M")
    page["N4"] = None
    for row, (label, code, numbers) in enumerate(DRIVERS, start=5):
        looks.put(page, f"A{row}", [(label, *numbers)])
        looks.number_format(page, f"B{row}:M{row}", code)
    looks.typed(page, "B5:M13")


def _budget(page: Worksheet) -> None:
    _frame(page, "budget", "GBP", "N")
    labels = (
        *("Counter sales", "Wholesale", "Revenue", "Ingredients", "Packaging", "Gross profit"),
        *("Wages", "Pension", "Rent", "Utilities", "Marketing", "Depreciation"),
        *("Operating costs", "Operating profit", "Operating margin"),
    )
    looks.put(page, "A5", [(label,) for label in labels])
    formulas = {
        5: "=Drivers!{c}5*Drivers!{c}6*Drivers!{c}7",
        6: "=Drivers!{c}8",
        7: "={c}5+{c}6",
        8: "=-{c}7*Drivers!{c}9",
        9: "=-{c}5*Drivers!{c}10",
        10: "=SUM({c}7:{c}9)",
        11: "=-Drivers!{c}11*Drivers!{c}12",
        12: "={c}11*Drivers!{c}13",
        17: "=SUM({c}11:{c}16)",
        18: "={c}10+{c}17",
        19: "={c}18/{c}7",
    }
    for row, formula in formulas.items():
        looks.across(page, row, COLUMNS, formula)
    page["J11"] = -12950
    typed = (
        [-2400] * 12,
        [-980, -960, -890, -820, -760, -740, -760, -760, -780, -840, -920, -990],
        [-300, -300, -350, -350, -350, -450, -450, -450, -350, -350, -500, -800],
        [-640] * 12,
    )
    looks.put(page, "B13", typed)
    looks.typed(page, "B13:M16")
    for row in range(5, 19):
        page[f"N{row}"] = f"=SUM(B{row}:M{row})"
    page["N19"] = "=N18/N7"
    looks.number_format(page, "B5:N18", looks.AMOUNT)
    looks.number_format(page, "B19:N19", looks.PERCENT)
    for row in (7, 10, 17):
        looks.total(page, f"A{row}:N{row}")
    looks.total(page, "A18:N18", final=True)
