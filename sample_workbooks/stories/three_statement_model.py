"""A model of three statements whose balance sheet does not balance in its last year."""

from __future__ import annotations

import openpyxl
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from sample_workbooks import looks

YEARS = "DEFGH"
ALL = "CDEFGH"
HEADER = ("GBP thousand", None, "FY2025A", "FY2026E", "FY2027E", "FY2028E", "FY2029E", "FY2030E")


def three_statement_model() -> openpyxl.Workbook:
    """The planted story: `Cash flow!H12` sums H6:H10 and leaves out row 11."""
    workbook = openpyxl.Workbook()
    assumptions = workbook.worksheets[0]
    assumptions.title = "Assumptions"
    _assumptions(assumptions)
    _income_statement(workbook.create_sheet("Income statement"))
    _balance_sheet(workbook.create_sheet("Balance sheet"))
    _cash_flow(workbook.create_sheet("Cash flow"))
    return workbook


def _frame(page: Worksheet, name: str) -> None:
    looks.title(
        page, f"Alder & Finch Instruments Ltd, {name.lower()}", "Five-year plan, March year-end"
    )
    looks.put(page, "A4", [HEADER])
    looks.header(page, "A4:H4")
    looks.widths(page, "ABCDEFGH", (44, 8, *[11] * 6))
    page.freeze_panes = "C5"


def _assumptions(page: Worksheet) -> None:
    _frame(page, "Assumptions")
    lines = [
        ("Revenue growth", "%", (0.06, 0.065, 0.07, 0.06, 0.05)),
        ("Cost of sales, share of revenue", "%", (0.585, 0.58, 0.578, 0.575, 0.575)),
        ("Operating expenses, share of revenue", "%", (0.262, 0.26, 0.258, 0.255, 0.252)),
        ("Capital expenditure, share of revenue", "%", (0.045, 0.05, 0.04, 0.04, 0.04)),
        ("Depreciation, share of opening fixed assets", "%", (0.14,) * 5),
        ("Interest rate on opening bank loan", "%", (0.062, 0.06, 0.0575, 0.055, 0.055)),
        ("Tax rate", "%", (0.25,) * 5),
        ("Dividends, share of net income", "%", (0.3, 0.3, 0.35, 0.35, 0.4)),
        ("Repayment of bank loan", "k", (400, 400, 500, 500, 600)),
        ("Receivable days", "days", (48, 47, 46, 45, 45)),
        ("Inventory days", "days", (72, 70, 70, 68, 68)),
        ("Payable days", "days", (41, 41, 42, 42, 42)),
        ("Accrued expenses, share of operating expenses", "%", (0.08, 0.085, 0.085, 0.09, 0.1)),
    ]
    for row, (label, unit, numbers) in enumerate(lines, start=5):
        looks.put(page, f"A{row}", [(label, unit, None, *numbers)])
        code = {"%": looks.PERCENT, "k": looks.AMOUNT, "days": "0"}[unit]
        looks.number_format(page, f"D{row}:H{row}", code)
    looks.typed(page, "D5:H17")


def _income_statement(page: Worksheet) -> None:
    _frame(page, "Income statement")
    looks.put(
        page,
        "A5",
        [
            ("Revenue", None, 18400),
            ("Cost of sales", None, -10856),
            ("Gross profit",),
            ("Gross margin", "%"),
            ("Operating expenses", None, -4870),
            ("EBITDA",),
            ("Depreciation", None, -842),
            ("Operating profit",),
            ("Interest expense", None, -322),
            ("Profit before tax",),
            ("Tax", None, -377),
            ("Net income",),
        ],
    )
    looks.across(page, 5, YEARS, "={p}5*(1+Assumptions!{c}5)")
    looks.across(page, 6, YEARS, "=-{c}5*Assumptions!{c}6")
    looks.across(page, 7, ALL, "={c}5+{c}6")
    looks.across(page, 8, ALL, "={c}7/{c}5")
    looks.across(page, 9, YEARS, "=-{c}5*Assumptions!{c}7")
    looks.across(page, 10, ALL, "={c}7+{c}9")
    looks.across(page, 11, YEARS, "=-'Balance sheet'!{p}10*Assumptions!{c}9")
    looks.across(page, 12, ALL, "={c}10+{c}11")
    looks.across(page, 13, YEARS, "=-'Balance sheet'!{p}16*Assumptions!{c}10")
    looks.across(page, 14, ALL, "={c}12+{c}13")
    looks.across(page, 15, YEARS, "=-MAX(0,{c}14)*Assumptions!{c}11")
    looks.across(page, 16, ALL, "={c}14+{c}15")
    looks.number_format(page, "C5:H16", looks.AMOUNT)
    looks.number_format(page, "C8:H8", looks.PERCENT)
    for area in ("C5:C6", "C9", "C11", "C13", "C15"):
        looks.typed(page, area)
    for row in (7, 10, 12, 14):
        looks.total(page, f"A{row}:H{row}")
    looks.total(page, "A16:H16", final=True)
    for cell in looks.cells(page, "A8:H8"):
        cell.font = Font(name="Calibri", italic=True, color="595959")


def _balance_sheet(page: Worksheet) -> None:
    _frame(page, "Balance sheet")
    looks.put(
        page,
        "A5",
        [
            ("Assets",),
            ("Cash", None, 1260),
            ("Trade receivables", None, 2450),
            ("Inventories", None, 2180),
            ("Current assets",),
            ("Property, plant and equipment", None, 6120),
            ("Total assets",),
            (),
            ("Liabilities and equity",),
            ("Trade payables", None, 1215),
            ("Accrued expenses", None, 385),
            ("Bank loan", None, 5200),
            ("Total liabilities",),
            ("Share capital", None, 1500),
            ("Retained earnings", None, 3710),
            ("Equity",),
            ("Total liabilities and equity",),
            (),
            ("Check: assets less liabilities and equity",),
        ],
    )
    looks.across(page, 6, YEARS, "='Cash flow'!{c}24")
    looks.across(page, 7, YEARS, "='Income statement'!{c}5*Assumptions!{c}14/365")
    looks.across(page, 8, YEARS, "=-'Income statement'!{c}6*Assumptions!{c}15/365")
    looks.across(page, 9, ALL, "=SUM({c}6:{c}8)")
    looks.across(page, 10, YEARS, "={p}10-'Cash flow'!{c}14+'Income statement'!{c}11")
    looks.across(page, 11, ALL, "={c}9+{c}10")
    looks.across(page, 14, YEARS, "=-'Income statement'!{c}6*Assumptions!{c}16/365")
    looks.across(page, 15, YEARS, "=-'Income statement'!{c}9*Assumptions!{c}17")
    looks.across(page, 16, YEARS, "={p}16-Assumptions!{c}13")
    looks.across(page, 17, ALL, "=SUM({c}14:{c}16)")
    looks.across(page, 18, YEARS, "={p}18")
    looks.across(page, 19, YEARS, "={p}19+'Income statement'!{c}16+'Cash flow'!{c}18")
    looks.across(page, 20, ALL, "=SUM({c}18:{c}19)")
    looks.across(page, 21, ALL, "={c}17+{c}20")
    looks.across(page, 23, ALL, "=ROUND({c}11-{c}21,1)")
    looks.number_format(page, "C6:H21", looks.AMOUNT)
    looks.number_format(page, "C23:H23", '#,##0.0;-#,##0.0;"ok"')
    for area in ("C6:C8", "C10", "C14:C16", "C18:C19"):
        looks.typed(page, area)
    for row in (5, 13):
        looks.section(page, f"A{row}:H{row}")
    for row in (9, 17, 20):
        looks.total(page, f"A{row}:H{row}")
    for row in (11, 21):
        looks.total(page, f"A{row}:H{row}", final=True)
    red = Font(bold=True, color="C00000")
    off = CellIsRule(operator="notEqual", formula=["0"], font=red)  # type: ignore[no-untyped-call]
    page.conditional_formatting.add("C23:H23", off)


def _cash_flow(page: Worksheet) -> None:
    _frame(page, "Cash flow")
    looks.put(
        page,
        "A5",
        [
            ("Operating activities",),
            ("Net income",),
            ("Depreciation",),
            ("(Increase) decrease in receivables",),
            ("(Increase) decrease in inventories",),
            ("Increase (decrease) in payables",),
            ("Increase (decrease) in accrued expenses",),
            ("Net cash from operating activities",),
            ("Investing activities",),
            ("Capital expenditure",),
            ("Net cash used in investing activities",),
            ("Financing activities",),
            ("Repayment of bank loan",),
            ("Dividends paid",),
            ("Net cash used in financing activities",),
            (),
            ("Net change in cash",),
            (),
            ("Opening cash",),
            ("Closing cash",),
        ],
    )
    looks.across(page, 6, YEARS, "='Income statement'!{c}16")
    looks.across(page, 7, YEARS, "=-'Income statement'!{c}11")
    looks.across(page, 8, YEARS, "='Balance sheet'!{p}7-'Balance sheet'!{c}7")
    looks.across(page, 9, YEARS, "='Balance sheet'!{p}8-'Balance sheet'!{c}8")
    looks.across(page, 10, YEARS, "='Balance sheet'!{c}14-'Balance sheet'!{p}14")
    looks.across(page, 11, YEARS, "='Balance sheet'!{c}15-'Balance sheet'!{p}15")
    looks.across(page, 12, "DEFG", "=SUM({c}6:{c}11)")
    looks.across(page, 12, "H", "=SUM({c}6:{c}10)")
    looks.across(page, 14, YEARS, "=-'Income statement'!{c}5*Assumptions!{c}8")
    looks.across(page, 15, YEARS, "={c}14")
    looks.across(page, 17, YEARS, "='Balance sheet'!{c}16-'Balance sheet'!{p}16")
    looks.across(page, 18, YEARS, "=-'Income statement'!{c}16*Assumptions!{c}12")
    looks.across(page, 19, YEARS, "=SUM({c}17:{c}18)")
    looks.across(page, 21, YEARS, "={c}12+{c}15+{c}19")
    looks.across(page, 23, YEARS, "='Balance sheet'!{p}6")
    looks.across(page, 24, YEARS, "={c}21+{c}23")
    looks.number_format(page, "C6:H24", looks.AMOUNT)
    for row in (5, 13, 16):
        looks.section(page, f"A{row}:H{row}")
    for row in (12, 15, 19, 21):
        looks.total(page, f"A{row}:H{row}")
    looks.total(page, "A24:H24", final=True)
