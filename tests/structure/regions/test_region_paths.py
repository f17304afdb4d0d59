"""Header paths of columns and rows."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.books import CellSpec
from tests.structure.regions.pages import Grid, raster
from tickmark.structure.regions.headers import Header
from tickmark.structure.regions.paths import Path, column_paths, row_paths
from tickmark.structure.regions.raster import Box


def columns(
    rows: Grid, header_rows: int, keys: int = 1, *, date1904: bool = False, **rest: object
) -> tuple[Path, ...]:
    made = raster(rows, **rest)
    header = Header(rows=header_rows, columns=keys)
    return column_paths(made, made.whole, header, date1904=date1904)


def test_merged_heads_count_in_all_their_columns() -> None:
    rows: Grid = [
        ["Region", "Plan", None, "Actual", None],
        [None, "Units", "Price", "Units", "Price"],
        ["North", 1, 2, 3, 4],
    ]
    assert columns(rows, 2, merges=("A1:A2", "B1:C1", "D1:E1")) == (
        ("Region",),
        ("Plan", "Units"),
        ("Plan", "Price"),
        ("Actual", "Units"),
        ("Actual", "Price"),
    )


def test_heads_that_are_not_merged_spread_over_names_that_come_again() -> None:
    rows: Grid = [
        [None, "CTRL", None, "CSC", None],
        [None, "AVG", "SEM", "AVG", "SEM"],
        [0, 1, 2, 3, 4],
    ]
    assert columns(rows, 2) == (
        (),
        ("CTRL", "AVG"),
        ("CTRL", "SEM"),
        ("CSC", "AVG"),
        ("CSC", "SEM"),
    )


def test_few_heads_spread_over_many_different_names() -> None:
    rows: Grid = [
        ["Identity", None, "Military", None, None, "Bonuses", None],
        ["Race", "Home", "Attack", "Defence", "Cost", "Growth", "Food"],
        ["Human", "Plain", 1, 2, 3, 4, 5],
    ]
    assert columns(rows, 2, keys=2) == (
        ("Identity", "Race"),
        ("Identity", "Home"),
        ("Military", "Attack"),
        ("Military", "Defence"),
        ("Military", "Cost"),
        ("Bonuses", "Growth"),
        ("Bonuses", "Food"),
    )


def test_years_spread_over_what_is_told_of_each_year() -> None:
    rows: Grid = [
        [None, 2022, None, 2023, None, None],
        ["Item", "Plan", "Actual", "Plan", "Actual", "Left"],
        ["Tea", 1, 2, 3, 4, 5],
    ]
    assert columns(rows, 2)[1:] == (
        ("2022", "Plan"),
        ("2022", "Actual"),
        ("2023", "Plan"),
        ("2023", "Actual"),
        ("2023", "Left"),
    )


def test_names_written_in_two_rows_do_not_spread() -> None:
    rows: Grid = [
        [None, "Net", None, "Gross"],
        ["Item", "income", "Rank", "profit"],
        ["Tea", 1, 2, 3],
    ]
    assert columns(rows, 2) == (
        ("Item",),
        ("Net", "income"),
        ("Rank",),
        ("Gross", "profit"),
    )


def test_names_that_go_on_in_the_next_row_name_no_groups() -> None:
    rows: Grid = [
        [None, "Rig", None, None, "Depth", None, None],
        ["#", "No.", "Division", "Type", "(feet)", "HP", "Mud"],
        [1, 6, "East", "Electric", 3, 4, 5],
    ]
    assert columns(rows, 2, keys=1)[1:] == (
        ("Rig", "No."),
        ("Division",),
        ("Type",),
        ("Depth", "(feet)"),
        ("HP",),
        ("Mud",),
    )


def test_heads_spread_past_blank_columns_that_keep_groups_apart() -> None:
    rows: Grid = [
        [None, "2000 Plan", None, None, None],
        [None, "RC 1", None, "RC 2", None],
        ["Margin", 1, None, 3, None],
    ]
    assert columns(rows, 2) == ((), ("2000 Plan", "RC 1"), (), ("2000 Plan", "RC 2"), ())


def test_a_head_over_the_keys_does_not_name_data() -> None:
    rows: Grid = [["Identity", None, None], ["Race", "Home", "Cost"], ["Human", "Plain", 3]]
    assert columns(rows, 2, keys=2) == (("Identity", "Race"), ("Identity", "Home"), ("Cost",))


def test_the_last_header_row_does_not_spread() -> None:
    rows: Grid = [[None, 2015, None, None, 2020], ["Tea", 1, 2, 3, 4]]
    assert columns(rows, 1) == ((), ("2015",), (), (), ("2020",))


def test_dates_are_iso_texts_and_follow_the_date_system() -> None:
    rows: Grid = [[None, dt.date(2024, 1, 31), dt.datetime(2024, 2, 29, 12, 30)], ["a", 1, 2]]  # noqa: DTZ001 - spreadsheets know no time zone
    assert columns(rows, 1) == ((), ("2024-01-31",), ("2024-02-29T12:30:00",))
    assert columns(rows, 1, date1904=True)[1] == ("2028-02-01",)


def test_numbers_and_spaces_are_written_plainly() -> None:
    rows: Grid = [["  Net \n sales  ", 2024, 0.5, "#REF!", " "], ["a", 1, 2, 3, 4]]
    assert columns(rows, 1) == (("Net sales",), ("2024",), ("0.5",), (), ())


def test_blank_header_rows_and_repeated_texts_say_nothing() -> None:
    rows: Grid = [["Total", "Cost"], [None, None], ["Total", "kg"], ["a", 1]]
    assert columns(rows, 3) == (("Total",), ("Cost", "kg"))


def test_a_box_without_header_rows_has_empty_paths() -> None:
    assert columns([["a", 1], ["b", 2]], 0) == ((), ())


def test_a_merge_that_begins_left_of_the_box_says_nothing_in_it() -> None:
    made = raster([["All", None, None], ["a", "b", "c"], [1, 2, 3]], merges=("A1:C1",))
    assert column_paths(made, Box(0, 1, 2, 2), Header(rows=2)) == (("b",), ("c",))


def test_all_columns_of_a_sheet() -> None:
    width = 16_384
    rows: Grid = [["All", *[None] * (width - 1)], [f"c{at}" for at in range(width)], [1] * width]
    paths = columns(rows, 2, keys=0)
    assert (paths[0], paths[-1], len(paths)) == (("All", "c0"), ("All", "c16383"), width)


OUTLINE: Grid = [
    ["Country", "City", "Sales"],
    ["EUROPE", None, None],
    ["France", "Paris", 1],
    [None, "Lyon", 2],
    ["Spain", "Madrid", 3],
    [None, None, 6],
    ["ASIA", None, None],
    [None, "Kyoto", 4],
    ["Japan", "Osaka", 5],
]


def test_row_paths_hold_sections_and_keys_of_an_outline() -> None:
    made = raster(OUTLINE)
    header = Header(rows=1, columns=2, sections=(1, 6))
    assert row_paths(made, made.whole, header, range(1, 9)) == (
        ("EUROPE",),
        ("EUROPE", "France", "Paris"),
        ("EUROPE", "France", "Lyon"),
        ("EUROPE", "Spain", "Madrid"),
        ("EUROPE",),
        ("ASIA",),
        ("ASIA", "Kyoto"),
        ("ASIA", "Japan", "Osaka"),
    )


def test_row_paths_are_made_for_the_rows_asked_for_only() -> None:
    made = raster(OUTLINE)
    header = Header(rows=1, columns=2, sections=(1, 6))
    assert row_paths(made, made.whole, header, [8, 3]) == (
        ("ASIA", "Japan", "Osaka"),
        ("EUROPE", "France", "Lyon"),
    )
    assert row_paths(made, made.whole, header, []) == ()


def test_merged_keys_name_all_their_rows() -> None:
    rows: Grid = [
        ["Plant", "Measure", "Q1"],
        ["Total", "Capacity", 1],
        [None, "Growth", 2],
        [None, None, 3],
        ["Fab 2", "Capacity", 4],
    ]
    made = raster(rows, merges=("A2:A4", "B3:B4"))
    assert row_paths(made, made.whole, Header(rows=1, columns=2), range(1, 5)) == (
        ("Total", "Capacity"),
        ("Total", "Growth"),
        ("Total", "Growth"),
        ("Fab 2", "Capacity"),
    )


def test_a_missing_key_of_records_stays_blank() -> None:
    head: list[CellSpec] = ["Town", "Name", "n"]
    records: list[list[CellSpec]] = [[f"t{at}", f"n{at}", at] for at in range(9)]
    rows: Grid = [head, *records, [None, "last", 9]]
    made = raster(rows)
    assert row_paths(made, made.whole, Header(rows=1, columns=2), [10]) == (("last",),)


def test_sections_right_below_one_another_stand_in_each_other() -> None:
    rows: Grid = [
        ["Item", "n"],
        ["Paper", None],
        ["Pads", None],
        ["A4", 1],
        ["Rolls", None],
        ["A0", 2],
    ]
    made = raster(rows)
    header = Header(rows=1, columns=1, sections=(1, 2, 4))
    assert row_paths(made, made.whole, header, [2, 3, 5]) == (
        ("Paper", "Pads"),
        ("Paper", "Pads", "A4"),
        ("Paper", "Rolls", "A0"),
    )


def test_dates_and_years_are_keys_too() -> None:
    rows: Grid = [["Day", "Year", "n"], [dt.date(2024, 5, 1), 2024, 3]]
    made = raster(rows)
    assert row_paths(made, made.whole, Header(rows=1, columns=2), [1]) == (("2024-05-01", "2024"),)


VALUES = st.one_of(st.none(), st.sampled_from(["a", "b", "2020", " "]), st.integers(1990, 2030))


@settings(deadline=None, max_examples=200)
@given(
    rows=st.lists(st.lists(VALUES, min_size=4, max_size=4), min_size=1, max_size=6),
    heads=st.integers(0, 6),
    keys=st.integers(0, 4),
    merge=st.sampled_from(["A1:D1", "A1:A6", "B2:C3", "A1:D6", "D1:D2"]),
)
@pytest.mark.parametrize("sections", [(), (1,), (1, 2, 4)])
def test_any_header_gives_a_path_for_each_column_and_row(
    rows: Grid, heads: int, keys: int, merge: str, sections: tuple[int, ...]
) -> None:
    made = raster(rows, merges=(merge,))
    heads = min(heads, len(rows))
    header = Header(
        rows=heads,
        columns=keys,
        sections=tuple(row for row in sections if heads <= row < len(rows)),
    )
    across = column_paths(made, made.whole, header)
    down = row_paths(made, made.whole, header, range(len(rows)))
    assert (len(across), len(down)) == (4, len(rows))
    assert all(text and text == " ".join(text.split()) for path in across + down for text in path)
