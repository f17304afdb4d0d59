"""Reasons and confidence of regions."""

from __future__ import annotations

from tests.books import book
from tests.structure.regions.pages import area, page, regions
from tickmark.model.region import Edge, Region, Role
from tickmark.structure.regions.confidence import confidence_of
from tickmark.structure.regions.detect import sheet_regions
from tickmark.structure.regions.headers import Header
from tickmark.structure.regions.tables import Likeness

TABLE = "Region|Units|Price\nNorth|12|3.5\nSouth|7|4.5\nWest|31|1.5"
EDGES = (Edge.TOP, Edge.LEFT, Edge.BOTTOM, Edge.RIGHT)

GOOD = Likeness(
    headed=True,
    marked=True,
    worded=True,
    keyed=True,
    long=True,
    wide=True,
    figured=True,
    dense=True,
    tall=True,
    alike=1.0,
    full=1.0,
    blank_rows=False,
    blank_columns=False,
    ruled_out=False,
)


def edges(found: Region) -> dict[Edge, str]:
    return {one.edge: one.cue for one in found.reasons if one.edge in EDGES}


def table(text: str) -> Region:
    return next(one for one in regions(page(text)) if one.role is Role.TABLE)


def test_every_edge_of_a_table_has_a_reason() -> None:
    assert edges(table("x\n\n\n\n" + TABLE)) == {
        Edge.TOP: "row 4 is blank",
        Edge.LEFT: "the sheet begins here",
        Edge.BOTTOM: "row 9 is blank",
        Edge.RIGHT: "column D is blank",
    }


def test_a_table_in_the_last_corner_ends_with_the_sheet() -> None:
    cells = {f"{at}{row}": row for at in ("XFB", "XFC", "XFD") for row in range(1048572, 1048577)}
    heads = {"XFB1048571": "Units", "XFC1048571": "Price", "XFD1048571": "Sum"}
    made = book({"S": {**heads, **cells}})
    (found,) = sheet_regions(made, made.sheets[0])
    assert edges(found) == {
        Edge.TOP: "row 1048570 is blank",
        Edge.LEFT: "column XFA is blank",
        Edge.BOTTOM: "the sheet ends here",
        Edge.RIGHT: "the sheet ends here",
    }


def test_titles_and_notes_that_were_left_out_are_told() -> None:
    long = "Source: statistics office, table 7, revised"
    found = edges(table("*Sales*\n" + TABLE + "\n" + long))
    assert found[Edge.TOP] == "row 1 is left out: the title A1"
    assert found[Edge.BOTTOM] == "row 6 is left out: the notes A6"


def test_the_role_has_its_reason() -> None:
    found = table(TABLE)
    (cue,) = [one.cue for one in found.reasons if one.edge is Edge.ROLE]
    assert cue.split(", ") == [
        "headings stand over its figures",
        "its rows have names",
        "its columns are alike from top to bottom",
    ]


def test_a_table_on_its_own_is_surer_than_one_that_touches_others() -> None:
    header = Header(rows=1)
    assert [confidence_of(GOOD, header, touched) for touched in range(4)] == [
        0.93,
        0.85,
        0.68,
        0.45,
    ]


def test_a_table_without_a_header_is_less_sure() -> None:
    assert confidence_of(GOOD, Header(rows=1), 0) > confidence_of(GOOD, Header(), 0)


def test_confidence_is_a_share() -> None:
    found = regions(page("*Sales*\n\n" + TABLE + "\n\n\n\nRate|0.05\nTerm|12\nStart|2024-03-31\n"))
    assert [one.role for one in found] == [Role.TITLE, Role.TABLE, Role.KEY_VALUE]
    assert all(0 <= one.confidence <= 1 for one in found)


def test_a_pivot_or_list_object_is_certain() -> None:
    (found,) = regions(page(TABLE, tables=["A1:C4"]))
    assert (found.range, found.confidence) == (area("A1:C4"), 0.99)
    assert edges(found) == dict.fromkeys(EDGES, "ListObject Table1 was drawn by the author")
