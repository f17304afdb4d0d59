"""The picture of a workbook's regions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from tests.books import book, sheet
from tests.report.regions_made import BOOK, REGIONS, TABLE, area
from tickmark.model.address import RangeRef
from tickmark.model.grid import CellKind, Cells
from tickmark.model.region import Edge, Reason, Region, Role
from tickmark.model.workbook import Sheet, Workbook
from tickmark.report.regions_boxes import ROLE_COLOURS
from tickmark.report.regions_svg import MOST_SHEETS, regions_svg
from tickmark.report.regions_words import parts

if TYPE_CHECKING:
    from playwright.sync_api import Browser

LIMIT = 2_000_000
SVG = "{http://www.w3.org/2000/svg}"
ELEMENTS = {"svg", "title", "style", "defs", "pattern", "path", "circle", "rect", "text", "g"}
HOSTILE = '"\'><script>x</script><a href="javascript:x">&amp;]]>\x00\x1b\u202e\u2067\ud800'


def drawn(
    workbook: Workbook, regions: Mapping[str, Sequence[Region]], *, hidden: bool = False
) -> tuple[ET.Element, str]:
    text = regions_svg(workbook, regions, hidden=hidden)
    return ET.fromstring(text), text  # noqa: S314 - our own file


def texts(root: ET.Element) -> list[str]:
    return [one.text or "" for one in root.iter(f"{SVG}text")]


def filled(name: str, height: int, width: int, **rest: object) -> Sheet:
    """A sheet full of numbers."""
    count = height * width
    cells = Cells(
        rows=np.repeat(np.arange(1, height + 1, dtype=np.int32), width),
        columns=np.tile(np.arange(1, width + 1, dtype=np.int16), height),
        kinds=np.full(count, CellKind.NUMBER, np.uint8),
        values=np.arange(count, dtype=np.float64) + 0.123456789,
        styles=np.zeros(count, np.int32),
        formulas=np.full(count, -1, np.int32),
    )
    return replace(Sheet(name, cells), **rest)  # type: ignore[arg-type]


def test_boxes_have_labels_and_cells_their_texts() -> None:
    root, _ = drawn(BOOK, REGIONS)

    shown = texts(root)
    assert "Regions of sales.xlsx" in shown
    assert "A1:E11: 1 table, 1 title and 1 block of notes" in shown
    assert "A3:E9 table 80%  Sales by month" in shown
    assert {"A1 title 90%", "A11 notes 75%"} < set(shown)
    assert {"Q1", "Europe", "Item 5", "7.5", "Total", "39", "Source: own counts"} < set(shown)
    boxes = [one for one in root.iter(f"{SVG}rect") if one.get("class") == "box r-table"]
    told = [one.findtext(f"{SVG}title", "").splitlines() for one in boxes[1:]]
    assert told == [
        [
            "A3:E9 table, 80% sure",
            "Sales by month",
            ", ".join(parts(TABLE)),
            "top: row 2 is blank",
            "bottom: row 10 is blank",
            "bottom: row 9 sums the rows above",
        ]
    ]


def test_headers_totals_and_sections_are_marked() -> None:
    _, whole = drawn(BOOK, {"P&L": (TABLE,)})
    _, plain = drawn(BOOK, {"P&L": (Region(TABLE.range, Role.TABLE, 0.8),)})

    for mark, more in (
        ('class="head r-table"', 2),
        ('class="rule r-table"', 2),
        ('fill="url(#total)"', 2),
        ('fill="url(#section)"', 1),
    ):
        assert whole.count(mark) - plain.count(mark) == more


def test_rows_and_columns_can_be_found() -> None:
    root, _ = drawn(BOOK, REGIONS)

    axis = [one.text for one in root.iter(f"{SVG}text") if one.get("class", "").startswith("axis")]
    assert axis == ["12", *map(str, range(1, 12)), *"ABCDE"]


def test_hidden_rows_and_columns_stand_in_another_look() -> None:
    made = book({"S": sheet({"A1": 1, "C4": 2}, hidden_rows=((2, 3),), hidden_columns=((2, 2),))})

    root, _ = drawn(made, {})

    assert [one.text for one in root.iter(f"{SVG}text") if "hid" in one.get("class", "")] == [
        "12",
        "2",
        "3",
        "B",
    ]


def test_visible_sheets_stand_below_each_other_and_hidden_ones_are_named() -> None:
    root, _ = drawn(BOOK, REGIONS)
    names = [one.text for one in root.iter(f"{SVG}text") if one.get("class") == "name"]
    assert names == ["P&L", "Blank"]
    assert "Not drawn: 1 hidden sheet, Away." in texts(root)

    root, _ = drawn(BOOK, REGIONS, hidden=True)
    names = [one.text for one in root.iter(f"{SVG}text") if one.get("class") == "name"]
    assert names == ["P&L", "Blank", "Away (hidden)"]


def test_the_picture_is_as_large_as_what_is_in_it() -> None:
    root, _ = drawn(BOOK, REGIONS)

    width, height = int(root.get("width", "")), int(root.get("height", ""))
    assert root.get("viewBox") == f"0 0 {width} {height}"
    groups = [one for one in root if one.tag == f"{SVG}g"]
    for group in groups:
        above = int(group.get("transform", "").removeprefix("translate(0 ").rstrip(")"))
        for one in group.iter(f"{SVG}rect"):
            right = int(one.get("x", "")) + int(one.get("width", ""))
            assert right <= width
            assert above + int(one.get("y", "")) + int(one.get("height", "")) <= height


def test_no_text_of_a_workbook_is_markup() -> None:
    made = book(
        {
            HOSTILE: sheet({"A1": HOSTILE, "A2": HOSTILE, "B2": ("=1/0", "#DIV/0!")}),
            "plain": {"A1": HOSTILE * 2_000},
        },
        path=f"x/{HOSTILE}",
    )
    region = Region(
        area("A1:B2", HOSTILE),
        Role.TABLE,
        0.5,
        reasons=(Reason(Edge.TOP, HOSTILE),),
        name=HOSTILE,
        list_object=HOSTILE,
    )

    root, text = drawn(made, {HOSTILE: (region,)})

    assert {one.tag.removeprefix(SVG) for one in root.iter()} == ELEMENTS
    assert not any(
        name.startswith("on") or "href" in name for e in root.iter() for name in e.attrib
    )
    assert not set("\x00\x1b\u202e\u2067\ud800") & set(text)
    assert text.count("http") == 1
    assert "url(" in text
    assert text.count("url(") == text.count("url(#")
    assert len(text) < 20_000


def test_a_long_table_shows_its_top_and_its_bottom() -> None:
    made = replace(BOOK, sheets=(filled("S", 50_000, 3),))
    region = Region(area("A1:C50000", "S"), Role.TABLE, 0.5, header_rows=1)

    root, text = drawn(made, {"S": (region,)})

    shown = texts(root)
    assert "A1:C50000: 1 table. 49,973 rows left out at the breaks." in shown
    assert "49,973 rows" in shown
    assert {"1", "14", "49988", "50000", "⋮"} < set(shown)
    assert "15" not in shown
    assert len(text) < 30_000


@pytest.mark.parametrize(("height", "width"), [(3_000, 300), (290, 60), (300_000, 3)])
def test_a_large_sheet_without_long_runs_is_bounded(height: int, width: int) -> None:
    made = replace(BOOK, sheets=tuple(filled(f"S{one}", height, width) for one in range(2)))
    rows = range(1, height, max(3, height // 1_000))
    regions = {
        one.name: [
            Region(RangeRef(one.name, row, 1, row + 1, width), Role.TABLE, 0.5, name="x" * 500)
            for row in rows
        ]
        for one in made.sheets
    }

    root, text = drawn(made, regions)

    assert 50_000 < len(text.encode()) < LIMIT
    assert sum(one.get("class") == "name" for one in root.iter(f"{SVG}text")) == 2


def test_a_sheet_with_very_many_islands_is_drawn_in_tiles() -> None:
    cells = {f"{'AC'[at % 2]}{1 + 2 * (at // 2)}": at for at in range(6_000)}
    made = book({"S": cells})
    regions = [Region(area(text, "S"), Role.CELLS, 0.5) for text in cells]

    root, text = drawn(made, {"S": regions})

    told = next(one for one in texts(root) if one.startswith("A1:C5999"))
    assert "each tile shows 25 rows by 1 column" in told.lower()
    assert "3,000 smaller regions have no box" in told
    assert len(text.encode()) < LIMIT


def test_cells_at_the_far_corner_cost_nothing() -> None:
    made = book({"A1": "first", "XFD1048576": "last"})

    root, text = drawn(made, {})

    assert {"first", "last", "XFD", "1048576"} < set(texts(root))
    assert len(text) < 20_000


def test_very_many_sheets_are_bounded_and_what_is_missing_is_told() -> None:
    made = replace(BOOK, sheets=tuple(filled(f"S{at}", 60, 30) for at in range(MOST_SHEETS + 10)))
    regions = {
        one.name: [Region(area("A1:AD60", one.name), Role.TABLE, 0.5)] for one in made.sheets
    }

    root, text = drawn(made, regions)

    assert len(text.encode()) < LIMIT
    assert sum(one.get("class") == "name" for one in root.iter(f"{SVG}text")) == MOST_SHEETS
    (told,) = (one for one in texts(root) if one.startswith("Not drawn for want of room"))
    assert told.startswith("Not drawn for want of room: 10 sheets, S60, S61")
    assert told.endswith("--sheet NAME draws one.")


def test_regions_outside_of_the_used_range_and_sheets_of_one_name_do_no_harm() -> None:
    twice = replace(BOOK, sheets=(BOOK.sheets[0], replace(BOOK.sheets[2], name="P&L")))
    far = Region(area("XA900:XFD1048576"), Role.TABLE, 0.5, header_rows=3, header_columns=2)

    root, _ = drawn(twice, {"P&L": (TABLE, far)}, hidden=True)

    assert "kept" in texts(root)


def test_each_role_has_a_colour_of_its_own_and_stands_in_the_legend() -> None:
    root, _ = drawn(BOOK, {})

    assert ROLE_COLOURS.keys() == set(Role)
    assert len(set(ROLE_COLOURS.values())) == len(Role)
    assert set(map(str, Role)) < set(texts(root))


def test_a_browser_shows_it_and_asks_for_nothing(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "regions.svg"
    path.write_text(regions_svg(BOOK, REGIONS), encoding="utf-8")
    page = browser.new_page()
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(request.url))
    page.goto(path.as_uri())
    cut_off = page.evaluate(
        """() => [...document.querySelectorAll('text.label')].filter(one => {
             const tab = one.previousElementSibling.getBBox(), box = one.getBBox();
             return box.x + box.width > tab.x + tab.width + 1;
           }).map(one => one.textContent)"""
    )
    page.close()

    assert asked == {path.as_uri()}
    assert cut_off == []
