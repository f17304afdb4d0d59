"""The part of a structured reference in brackets, as producers of files write it."""

from __future__ import annotations

import pytest

from tickmark.model.address import RangeRef
from tickmark.model.workbook import Table
from tickmark.structure.tables import table_areas

TABLE = Table("T", RangeRef("S", 3, 2, 9, 5), ("Net", "#Headers", "a@b,c", "Unit Qty"))


@pytest.mark.parametrize(
    ("item", "areas"),
    [
        ("'#Headers", ["C4:C9"]),
        ("['#Headers]", ["C4:C9"]),
        ("[#Headers],['#Headers]", ["C3"]),
        ("[#This Row],['#Headers]", ["C5"]),
        ("#Headers", ["B3:E3"]),
        ("[#This Row],Net", ["B5"]),
        ("[#This Row], Unit Qty ", ["E5"]),
        ("[#This Row],a'@b,c", []),
        ("[#This Row],[a'@b,c]", ["D5"]),
        ("[#Data],Net:Unit Qty", ["B4:E9"]),
        ("[#This Row],Gone", []),
        ("@[Net]:[Unit Qty]", ["B5:E5"]),
        ("@", ["B5:E5"]),
        ("[#All] , [Net] : [a'@b,c]", ["B3:D9"]),
    ],
)
def test_items_and_columns_are_told_apart(item: str, areas: list[str]) -> None:
    assert [area.a1 for area, _ in table_areas(TABLE, item, 5)] == areas
