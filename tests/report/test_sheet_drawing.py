"""The map of sheets as boxes and curves."""

from __future__ import annotations

import pytest

from tickmark.report.sheet_drawing import (
    MOST_BOXES,
    MOST_LINKS,
    Box,
    Curve,
    Drawing,
    Station,
    drawing_of,
    fitted,
)


def test_a_precedent_stands_left_of_its_dependent() -> None:
    stations = [Station("Result", "2 formulas", always=True), Station("Inputs", "0 formulas")]
    assert drawing_of(stations, {(1, 0): 40, (0, 0): 3}) == Drawing(
        width=438,
        height=70,
        box_width=168,
        box_height=46,
        boxes=(
            Box(
                *(0, 258, 12.0, "Result", "2 formulas", "Sheet Result: 2 formulas"),
                is_book=False,
                circled=False,
            ),
            Box(
                *(1, 12, 12.0, "Inputs", "0 formulas", "Sheet Inputs: 0 formulas"),
                is_book=False,
                circled=False,
            ),
        ),
        curves=(
            Curve(
                link=(1, 0),
                path="M180 35C216 35 216 35 252 35",
                head="M258 35l-7-4v8z",
                width=6.0,
                title="Inputs to Result: 40 references",
                circled=False,
                backward=False,
            ),
        ),
        apart=(),
        left_out=(),
        links_left_out=0,
        circles=(),
    )


def test_other_workbooks_stand_at_the_left() -> None:
    stations = [Station("A", ""), Station("B", ""), Station("old.xlsx", "", is_book=True)]
    found = drawing_of(stations, {(0, 1): 1, (2, 1): 1})
    assert [(box.name, box.x, box.is_book) for box in found.boxes] == [
        ("A", 258, False),
        ("B", 504, False),
        ("old.xlsx", 12, True),
    ]


def test_sheets_that_feed_each_other_are_marked_and_the_lighter_arrow_runs_backwards() -> None:
    found = drawing_of([Station(name, "") for name in "AB"], {(0, 1): 9, (1, 0): 2})
    assert [box.circled for box in found.boxes] == [True, True]
    assert [(one.link, one.circled, one.backward) for one in found.curves] == [
        ((0, 1), True, False),
        ((1, 0), True, True),
    ]
    assert found.circles == ((0, 1),)
    assert found.curves[1].head.startswith("M180 ")  # its tip is at the right side of A


def test_stations_without_link_stand_below_if_they_are_always_drawn() -> None:
    stations = [Station("A", ""), Station("B", ""), Station("C", "", always=True), Station("D", "")]
    found = drawing_of(stations, {(0, 1): 1})
    assert [box.name for box in found.boxes] == ["A", "B", "C"]
    assert found.boxes[2].y >= found.boxes[0].y + found.box_height
    assert found.apart == (3,)
    assert found.height >= found.boxes[2].y + found.box_height


def test_of_too_many_the_heaviest_are_drawn() -> None:
    many = 2 * MOST_BOXES
    links = {(a, a + 1): a + 1 for a in range(many - 1)}
    found = drawing_of([Station(str(one), "") for one in range(many)], links)
    assert [box.number for box in found.boxes] == list(range(MOST_BOXES - 1, many - 1))
    assert found.left_out == (*range(MOST_BOXES - 1), many - 1)
    assert found.links_left_out == many - 1 - (MOST_BOXES - 1)
    links = {(a, b): 1 for a in range(40) for b in range(40) if a < b}
    found = drawing_of([Station(str(one), "") for one in range(40)], links)
    assert len(found.curves) == MOST_LINKS
    assert found.links_left_out == 780 - MOST_LINKS


def test_no_stations_make_an_empty_drawing() -> None:
    assert drawing_of([], {}).boxes == ()


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("Short", "Short"),
        ("  two \n lines ", "two lines"),
        ("Assumptions and more", "Assumptions…"),
        ("WWWWWWWWWWWW", "WWWWWWWWW…"),
        ("損益計算書の詳細", "損益計算書の…"),
        ("", ""),
    ],
)
def test_a_name_is_cut_to_the_width_of_its_box(text: str, cut: str) -> None:
    assert fitted(text, 12) == cut
