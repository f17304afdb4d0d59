"""Titles: which texts name which regions."""

from __future__ import annotations

from tests.structure.regions.pages import area, page, regions
from tickmark.model.address import RangeRef
from tickmark.model.region import Region, Role
from tickmark.model.workbook import Workbook

TABLE = "Region|Units|Price\nNorth|12|3.5\nSouth|7|4.5\nWest|31|1.5"


def tables(workbook: Workbook) -> list[Region]:
    return [one for one in regions(workbook) if one.role is Role.TABLE]


def titles(workbook: Workbook) -> list[RangeRef]:
    return [one.range for one in regions(workbook) if one.role is Role.TITLE]


def named(workbook: Workbook) -> list[tuple[str, str | None, str]]:
    return [
        (one.range.a1, one.title.a1 if one.title else None, one.name) for one in tables(workbook)
    ]


def test_a_text_right_above_a_table_is_its_title() -> None:
    made = page("Sales  by\t region\n" + TABLE)
    assert titles(made) == [area("A1")]
    assert named(made) == [("A2:C5", "A1", "Sales by region")]


def test_a_title_may_stand_two_blank_rows_above_and_no_more() -> None:
    assert named(page("Sales\n\n\n" + TABLE)) == [("A4:C7", "A1", "Sales")]
    assert named(page("|x\n\nSales\n\n\n\n" + TABLE)) == [("A7:C10", None, "")]


def test_a_name_has_at_most_eighty_characters() -> None:
    made = page("Sales of the whole group " + "by region " * 7 + "\n\n" + TABLE)
    (found,) = tables(made)
    assert len(found.name) == 80
    assert found.name.endswith("…")


def test_the_nearest_of_two_titles_names_the_table() -> None:
    made = page("*Plan of 2024*\n\n*Sales*\n" + TABLE)
    assert titles(made) == [area("A1"), area("A3")]
    assert named(made) == [("A4:C7", "A3", "Sales")]


def test_a_bold_title_goes_before_a_plain_text_below_it() -> None:
    made = page("*Sales*\n\nback to the contents\n\n" + TABLE)
    assert named(made) == [("A5:C8", "A1", "Sales")]


def test_a_title_of_the_sheet_over_several_tables_names_none() -> None:
    made = page("*Plan of 2024*\n\n" + TABLE + "\n\n\n\n" + TABLE)
    assert titles(made) == [area("A1")]
    assert [one.title for one in tables(made)] == [None, None]


def test_each_table_has_the_title_above_it() -> None:
    made = page("*Plan*\n" + TABLE + "\n\n*Actual*\n" + TABLE)
    assert named(made) == [("A2:C5", "A1", "Plan"), ("A8:C11", "A7", "Actual")]


def test_a_merged_title_over_tables_side_by_side_names_none() -> None:
    rows = ["Plan and actual||||||", ""]
    rows += [f"{line}||{line}" for line in TABLE.split("\n")]
    made = page("\n".join(rows), merges=["A1:G1"])
    assert titles(made) == [area("A1:G1")]
    assert [one.title for one in tables(made)] == [None, None]


def test_a_title_reaches_over_the_notes_below_it() -> None:
    made = page("*Sales*\nSource: statistics office, table 7\n\n" + TABLE)
    (found,) = tables(made)
    assert (found.title, found.notes) == (area("A1"), (area("A2"),))


def test_a_text_left_of_the_first_row_is_a_title() -> None:
    rows = TABLE.split("\n")
    made = page("Sales||" + rows[0] + "\n" + "\n".join("||" + row for row in rows[1:]))
    found = tables(made)
    assert [one.title for one in found if one.range == area("C1:E4")] in ([area("A1")], [])


def test_a_key_value_block_has_a_title_as_well() -> None:
    made = page("Inputs\n\nRate|0.05\nStart|2024-03-31\nTerm|12")
    found = next(one for one in regions(made) if one.role is Role.KEY_VALUE)
    assert (found.title, found.name) == (area("A1"), "Inputs")


def test_a_caption_right_below_the_notes_of_another_table_is_a_title() -> None:
    text = """
        Grade | 2001 | 2002
        A | 12 | 14
        B | 23 | 25

        Note: girls and boys
        Chart 2.5: Grades in all schools, whole year
        (Counted in May)

        Grade | 2001 | 2002
        A | 31 | 35
        B | 43 | 46
    """
    found = [(one.range.a1, one.role, one.title and one.title.a1) for one in regions(page(text))]
    assert found == [
        ("A1:C3", Role.TABLE, None),
        ("A5", Role.NOTES, None),
        ("A6:A7", Role.TITLE, None),
        ("A9:C11", Role.TABLE, "A6:A7"),
    ]


def test_a_number_is_no_title() -> None:
    assert [one.title for one in tables(page("2024\n\n" + TABLE))] == [None]


def test_items_above_a_list_do_not_name_it() -> None:
    found = regions(page("WACC\nGrowth\n\nNPV\nTerminal value\nEnterprise value\nEquity"))
    assert all(one.title is None for one in found)
