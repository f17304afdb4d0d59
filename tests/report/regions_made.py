"""Regions made by hand for the tests of what is told of them."""

from __future__ import annotations

from tests.books import book, sheet
from tickmark.model.address import RangeRef
from tickmark.model.region import Edge, Reason, Region, Role

SHEET = "P&L"


def area(text: str, sheet_name: str = SHEET) -> RangeRef:
    return RangeRef.parse(text, sheet=sheet_name)


BOOK = book(
    {
        SHEET: sheet(
            {
                "A1": "Sales by month",
                **{f"{column}3": f"Q{number}" for number, column in enumerate("BCDE", 1)},
                "A4": "Europe",
                **{f"A{row}": f"Item {row}" for row in range(5, 9)},
                **{f"{column}{row}": row * 1.5 for row in range(5, 9) for column in "BCDE"},
                "A9": "Total",
                **{f"{column}9": (f"=SUM({column}5:{column}8)", 39.0) for column in "BCDE"},
                "A11": "Source: own counts",
            },
            bold=("A1", "B3", "C3", "D3", "E3"),
        ),
        "Blank": {},
        "Away": sheet({"A1": "kept", "B1": True}, state="hidden"),
    },
    path="folder/sales.xlsx",
)

TITLE = Region(
    area("A1"), Role.TITLE, 0.9, reasons=(Reason(Edge.ROLE, "one bold text above a table"),)
)
TABLE = Region(
    area("A3:E9"),
    Role.TABLE,
    0.8,
    reasons=(
        Reason(Edge.TOP, "row 2 is blank"),
        Reason(Edge.BOTTOM, "row 10 is blank"),
        Reason(Edge.BOTTOM, "row 9 sums the rows above"),
    ),
    header_rows=1,
    header_columns=1,
    sections=(area("A4:E4"),),
    total_rows=(area("A9:E9"),),
    total_columns=(area("E3:E9"),),
    column_paths=((), *(("2024", f"Q{number}") for number in range(1, 5))),
    cross_tabulation=True,
    name="Sales by month",
    title=area("A1"),
    notes=(area("A11"),),
)
NOTES = Region(area("A11"), Role.NOTES, 0.75)
REGIONS = {SHEET: (TITLE, TABLE, NOTES)}
