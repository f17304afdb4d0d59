"""Places as short texts: the address is always whole, only the name of the sheet is cut."""

from __future__ import annotations

import pytest

from tickmark.model.address import CellRef, RangeRef
from tickmark.report.place_text import place_text, places_text

LONG = RangeRef("Discounted Cash Flow", 20, 2, 24, 11)


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (40, "'Discounted Cash Flow'!B20:K24"),
        (30, "'Discounted Cash Flow'!B20:K24"),
        (24, "'Discounted Ca…'!B20:K24"),
        (5, "'Dis…'!B20:K24"),
    ],
)
def test_the_name_of_the_sheet_is_cut_to_the_width(width: int, shown: str) -> None:
    assert place_text(LONG, width) == shown


def test_more_cells_stand_behind() -> None:
    assert place_text(CellRef("Debt", 5, 3), 30, more=48) == "Debt!C5 +48 cells"


def test_a_sheet_is_named_where_it_changes() -> None:
    found = [
        RangeRef("A", 1, 1, 2, 2),
        RangeRef("A", 9, 1, 9, 1),
        RangeRef("P&L", 1, 1, 1, 1),
        RangeRef("A", 3, 3, 3, 3),
    ]

    assert places_text(found, 60) == "A!A1:B2, A9, 'P&L'!A1, A!C3"
    assert places_text(found, 20) == "A!A1:B2, A9, …"
    assert places_text(found, 60, most=2) == "A!A1:B2, A9, …"
