"""Addresses in and out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickmark.errors import AddressError
from tickmark.model.address import (
    MAX_COLUMN,
    MAX_ROW,
    CellRef,
    RangeRef,
    cell_address,
    column_letters,
    parse_cell,
    quote_sheet_name,
)


@given(st.integers(1, MAX_ROW), st.integers(1, MAX_COLUMN))
def test_an_address_reads_back(row: int, column: int) -> None:
    assert parse_cell(cell_address(row, column)) == (row, column)


@pytest.mark.parametrize(
    ("column", "letters"),
    [(1, "A"), (26, "Z"), (27, "AA"), (702, "ZZ"), (703, "AAA"), (16384, "XFD")],
)
def test_columns_count_as_in_the_sheet(column: int, letters: str) -> None:
    assert column_letters(column) == letters


@pytest.mark.parametrize(
    "text", ["", "A", "1", "A0", "XFE1", "A1048577", "A1B", "Ä1", "A1:B2", "R1C1"]
)
def test_what_is_no_cell_is_refused(text: str) -> None:
    with pytest.raises(AddressError):
        parse_cell(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("B2:D9", RangeRef("S", 2, 2, 9, 4)),
        ("$D$9:$B$2", RangeRef("S", 2, 2, 9, 4)),
        ("c5", RangeRef("S", 5, 3, 5, 3)),
        ("'P&L'!C5", RangeRef("P&L", 5, 3, 5, 3)),
        ("'It''s'!A1:A2", RangeRef("It's", 1, 1, 2, 1)),
        ("Inputs!B2", RangeRef("Inputs", 2, 2, 2, 2)),
    ],
)
def test_a_range_reads_with_and_without_sheet(text: str, expected: RangeRef) -> None:
    assert RangeRef.parse(text, sheet="S") == expected


@pytest.mark.parametrize("text", ["A:A", "1:1", "Sheet!", "A1:", "foo", "A1:B2:C3"])
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(AddressError):
        RangeRef.parse(text)


@pytest.mark.parametrize(
    ("name", "quoted"),
    [
        ("Inputs", "Inputs"),
        ("P&L", "'P&L'"),
        ("It's", "'It''s'"),
        ("2024", "'2024'"),
        ("AB12", "'AB12'"),
        ("R1C1", "'R1C1'"),
        ("R", "'R'"),
        ("Über", "Über"),
        ("a b", "'a b'"),
    ],
)
def test_sheet_names_are_quoted_where_a_formula_needs_it(name: str, quoted: str) -> None:
    assert quote_sheet_name(name) == quoted


def test_ranges_meet_where_they_share_a_cell() -> None:
    area = RangeRef("S", 2, 2, 4, 4)

    assert area.meets(RangeRef("S", 4, 4, 9, 9))
    assert not area.meets(RangeRef("S", 5, 2, 9, 4))
    assert not area.meets(RangeRef("S", 2, 5, 4, 9))
    assert area.cells == 9
    assert str(CellRef("P&L", 5, 3)) == "'P&L'!C5"
