"""A loan model whose interest depends on the balance that the interest itself determines."""

from __future__ import annotations

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from sample_workbooks import looks

YEARS = "CDEFG"
HEADER = ("EUR thousand", "Unit", 2026, 2027, 2028, 2029, 2030)


def cross_sheet_circular() -> openpyxl.Workbook:
    """The planted story: interest -> profit -> repayment -> closing balance -> interest, each year.

    The loop runs through `Debt` rows 7 to 11 and `P&L` rows 9 to 12.
    """
    workbook = openpyxl.Workbook()
    assumptions = workbook.worksheets[0]
    assumptions.title = "Assumptions"
    _assumptions(assumptions)
    _debt(workbook.create_sheet("Debt"))
    _profit(workbook.create_sheet("P&L"))
    return workbook


def _frame(page: Worksheet, name: str) -> None:
    looks.title(page, f"Solar park Dornberg, {name}", "Loan case of the lender, EUR thousand")
    looks.put(page, "A4", [HEADER])
    looks.header(page, "A4:G4")
    looks.widths(page, "ABCDEFG", (38, 8, *[11] * 5))
    page.freeze_panes = "C5"


def _assumptions(page: Worksheet) -> None:
    _frame(page, "assumptions")
    lines = (
        ("Electricity produced", "GWh", "0.0", (28.4, 28.3, 28.1, 28.0, 27.8)),
        ("Price per MWh", "EUR", "0.00", (71.5, 72.2, 72.9, 73.7, 74.4)),
        ("Running costs", "k", looks.AMOUNT, (410, 418, 427, 435, 444)),
        ("Depreciation", "k", looks.AMOUNT, (620,) * 5),
        ("Interest rate", "%", "0.00%", (0.0485, 0.0485, 0.046, 0.046, 0.046)),
        ("Tax rate", "%", looks.PERCENT, (0.28,) * 5),
        (
            "Share of free cash that repays the loan",
            "%",
            looks.PERCENT,
            (0.8, 0.8, 0.8, 0.75, 0.75),
        ),
        ("Loan at the start", "k", looks.AMOUNT, (7800,)),
    )
    for row, (label, unit, code, numbers) in enumerate(lines, start=5):
        looks.put(page, f"A{row}", [(label, unit, *numbers)])
        looks.number_format(page, f"C{row}:G{row}", code)
    looks.typed(page, "C5:G12")


def _debt(page: Worksheet) -> None:
    _frame(page, "loan")
    labels = (
        *("Free cash before repayment", "Opening balance", "Repayment", "Closing balance"),
        *("Average balance", "Interest rate", "Interest"),
    )
    looks.put(page, "A5", [(label,) for label in labels])
    looks.across(page, 5, YEARS, "='P&L'!{c}12-'P&L'!{c}7")
    page["C6"] = "=Assumptions!C12"
    looks.across(page, 6, "DEFG", "={p}8")
    looks.across(page, 7, YEARS, "=-MIN({c}6,MAX(0,{c}5*Assumptions!{c}11))")
    looks.across(page, 8, YEARS, "={c}6+{c}7")
    looks.across(page, 9, YEARS, "=AVERAGE({c}6,{c}8)")
    looks.across(page, 10, YEARS, "=Assumptions!{c}9")
    looks.across(page, 11, YEARS, "={c}9*{c}10")
    looks.number_format(page, "C5:G11", looks.AMOUNT)
    looks.number_format(page, "C10:G10", "0.00%")
    looks.total(page, "A8:G8")
    looks.total(page, "A11:G11", final=True)


def _profit(page: Worksheet) -> None:
    _frame(page, "profit and loss")
    labels = (
        *("Revenue", "Running costs", "Depreciation", "Operating profit", "Interest"),
        *("Profit before tax", "Tax", "Net profit"),
    )
    looks.put(page, "A5", [(label,) for label in labels])
    looks.across(page, 5, YEARS, "=Assumptions!{c}5*Assumptions!{c}6")
    looks.across(page, 6, YEARS, "=-Assumptions!{c}7")
    looks.across(page, 7, YEARS, "=-Assumptions!{c}8")
    looks.across(page, 8, YEARS, "=SUM({c}5:{c}7)")
    looks.across(page, 9, YEARS, "=-Debt!{c}11")
    looks.across(page, 10, YEARS, "={c}8+{c}9")
    looks.across(page, 11, YEARS, "=-MAX(0,{c}10)*Assumptions!{c}10")
    looks.across(page, 12, YEARS, "={c}10+{c}11")
    looks.number_format(page, "C5:G12", looks.AMOUNT)
    looks.total(page, "A8:G8")
    looks.total(page, "A10:G10")
    looks.total(page, "A12:G12", final=True)
