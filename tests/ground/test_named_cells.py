"""Addresses in prose: what counts as one, and where it ends."""

from __future__ import annotations

import pytest

from tickmark.ground.named_cells import named_cells
from tickmark.model.address import MAX_COLUMN, MAX_ROW, RangeRef


def areas(text: str, *sheets: str) -> list[str]:
    return [
        str(one.area) if one.area is not None and one.area.sheet else one.text
        for one in named_cells(text, sheets)
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("J11 is off, see (K12) and [L13].", ["J11", "K12", "L13"]),
        ("The sum C4:$C$9 ends early.", ["C4:$C$9"]),
        ("z99 counts as well", ["z99"]),
        ("In Costs!C5, not in 'Old costs'!C6:C7.", ["Costs!C5", "'Old costs'!C6:C7"]),
        ("'It''s'!A1", ["'It''s'!A1"]),
        ("=C5+D6*Rates!B2", ["C5", "D6", "Rates!B2"]),
        ("Q1 was a good quarter", ["Q1"]),
        ("whole column C:C and Costs!5:9", ["C:C", f"Costs!A5:XFD{9}"]),
        ("R[-1]C, R5C9 and RC[2] are relative", ["R[-1]C", "R5C9", "RC[2]"]),
        ("单元格C5的值", ["C5"]),
    ],
)
def test_an_address_is_found_wherever_it_stands(text: str, found: list[str]) -> None:
    assert areas(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "no address here",
        "LOG10(x) and ATAN2(y)",
        "version v2.1 of the year 2025",
        "XFE1 and A1048577 are on no sheet",
        "ABCD12, A0 and B_3",
        "at 10:30",
        "RC of the formula",
    ],
)
def test_what_is_no_address_is_left_alone(text: str) -> None:
    assert areas(text) == []


def test_a_known_sheet_may_stand_without_its_quotes() -> None:
    assert areas("P&L!C5 and My Sheet!D6", "P&L", "My Sheet") == ["'P&L'!C5", "'My Sheet'!D6"]
    assert areas("My Sheet!D6") == ["Sheet!D6"]


def test_whole_rows_and_columns_reach_to_the_end_of_the_sheet() -> None:
    (columns,) = named_cells("D:B")
    (rows,) = named_cells("S!9:5")

    assert columns.area == RangeRef("", 1, 2, MAX_ROW, 4)
    assert rows.area == RangeRef("S", 5, 1, 9, MAX_COLUMN)


def test_the_word_of_an_address_has_no_dollar_signs_and_no_case() -> None:
    assert [one.word for one in named_cells("$J$11 and 'P&L'!c5")] == ["j11", "'p&l'!c5"]
