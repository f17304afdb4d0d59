"""Notes: which running texts explain which regions."""

from __future__ import annotations

import pytest

from tests.structure.regions.pages import area, page, regions
from tickmark.model.region import Role
from tickmark.structure.regions.prose import is_running_text

TABLE = "Region|Units|Price\nNorth|12|3.5\nSouth|7|4.5\nWest|31|1.5"


def notes(text: str) -> list[tuple[str, tuple[str, ...]]]:
    """The tables with their notes."""
    return [
        (one.range.a1, tuple(note.a1 for note in one.notes))
        for one in regions(page(text))
        if one.role is Role.TABLE
    ]


def test_a_note_below_a_table_is_that_of_the_table() -> None:
    assert notes(TABLE + "\n\nSource: statistics office, table 7") == [("A1:C4", ("A6",))]


def test_notes_below_each_other_are_all_those_of_the_table() -> None:
    text = TABLE + "\n\nSource: office, table 7\n\n\nNote: before tax"
    assert notes(text) == [("A1:C4", ("A6", "A9"))]


def test_a_note_far_below_belongs_to_nothing() -> None:
    assert notes(TABLE + "\n\n\n\nSource: statistics office, table 7") == [("A1:C4", ())]


def test_a_note_belongs_to_the_table_above_it_and_not_to_the_one_below() -> None:
    text = TABLE + "\n\nSource: office, table 7\n\n" + TABLE
    assert notes(text) == [("A1:C4", ("A6",)), ("A8:C11", ())]


def test_a_note_beside_a_table_is_that_of_the_table() -> None:
    rows = TABLE.split("\n")
    rows[1] += "||The price of the north is that of March, since the shop was closed in April."
    found = regions(page("\n".join(rows)))
    note = next(one for one in found if one.role is Role.NOTES)
    assert note.range == area("E2")
    assert [one.notes for one in found if one.role is Role.TABLE] == [(area("E2"),)]


@pytest.mark.parametrize(
    "text",
    [
        "Note: before tax",
        "Notes",
        "Source: office",
        "* Excluding cash and deposits",
        "(1) Revised",
        "[Limit of the year = 0.084 ppm]",
        "https://example.org/data",
        "Because the shop was closed in April, the price of March was taken instead.",
    ],
)
def test_running_text(text: str) -> None:
    assert is_running_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Notes payable, net of current portion",
        "Sources and uses of funds",
        "*Overdraft",
        "Table 2.3: Commencing students by type of course, gender and broad field of study",
        "Sales (2024)",
    ],
)
def test_labels_and_titles_are_no_running_text(text: str) -> None:
    assert not is_running_text(text)
