"""Regions of whole sheets: what always holds of them, on random, hostile and real ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.books import CellSpec, book, sheet
from tests.structure.regions.pages import (
    NAME,
    area,
    boxes,
    content,
    page,
    random_pages,
    regions,
)
from tickmark.errors import TickmarkError
from tickmark.model.address import RangeRef, cell_address
from tickmark.model.grid import NO_FORMULA, CellKind, Cells
from tickmark.model.pivot import PivotTable
from tickmark.model.region import Region, Role
from tickmark.model.sheet_details import SheetDetails
from tickmark.model.workbook import Sheet, Style, Table, Workbook
from tickmark.read import read_workbook
from tickmark.structure.formulas import formulas_of
from tickmark.structure.regions import windows
from tickmark.structure.regions.detect import regions_of, sheet_regions

MOST_CELLS = 20_000
"""Of larger real sheets there is no more to learn here."""


def assert_sound(one: Sheet, found: tuple[Region, ...]) -> None:
    """Regions are sorted and do not overlap; each cell with content is in just one."""
    assert list(found) == sorted(found, key=lambda region: region.range)
    for before, region in enumerate(found):
        for other in found[before + 1 :]:
            if other.range.top > region.range.bottom:
                break
            assert not region.range.meets(other.range), (region.range.a1, other.range.a1)
    held = np.zeros(len(one.cells), np.int64)
    for region in found:
        held[one.cells.within(region.range)] += 1
    lost = [one.cells[at].a1 for at in content(one).tolist() if held[at] != 1]
    assert lost == []


def assert_parts_are_sound(found: tuple[Region, ...]) -> None:
    """What a region says of its parts lies inside it; titles and notes are regions of their own."""
    known = {region.range for region in found}
    for region in found:
        own = region.range
        assert 0 <= region.confidence <= 1
        assert 0 <= region.header_rows <= own.bottom - own.top + 1
        assert 0 <= region.header_columns <= own.right - own.left + 1
        assert len(region.column_paths) in {0, own.right - own.left + 1}
        rows = (*region.sections, *region.repeated_headers, *region.total_rows)
        for part in (*rows, *region.total_columns):
            assert own.contains(part.top, part.left)
            assert own.contains(part.bottom, part.right)
        others = {*region.notes, *([region.title] if region.title else [])}
        assert others <= known - {own}


@settings(max_examples=300, deadline=None)
@given(random_pages())
def test_every_cell_with_content_is_in_just_one_region(workbook: Workbook) -> None:
    """On random sheets with merges, ListObjects and pivot tables that may overlap."""
    found = regions(workbook)
    assert_sound(workbook.sheets[0], found)
    assert_parts_are_sound(found)


@settings(max_examples=150, deadline=None)
@given(random_pages(), st.sampled_from([0, 40]), st.sampled_from([0, 1, 2]))
def test_every_cell_is_in_just_one_region_where_there_is_no_room_for_a_raster(
    workbook: Workbook, room: int, room_a_cell: int
) -> None:
    """Sheets are read window by window, and what is too sparse is not looked at."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(windows, "ROOM", room)
        patch.setattr(windows, "ROOM_A_CELL", room_a_cell)
        found = regions(workbook)
    assert_sound(workbook.sheets[0], found)
    assert_parts_are_sound(found)


@settings(max_examples=100, deadline=None)
@given(random_pages())
def test_formulas_do_not_change_the_boxes(workbook: Workbook) -> None:
    """Templates and sums tell of totals, not of edges; two calls say the same."""
    own = regions_of(formulas_of(workbook))[NAME]
    assert [region.range for region in own] == [region.range for region in regions(workbook)]
    assert regions_of(formulas_of(workbook))[NAME] == own


def test_every_cell_of_real_workbooks_is_in_just_one_region(corpus: Path) -> None:
    """So are ListObjects kept as their author drew them."""
    seen = 0
    for path in sorted(corpus.iterdir()):
        try:
            workbook = read_workbook(path)
        except (TickmarkError, OSError):
            continue
        for one in workbook.sheets:
            if not len(one.cells) or len(one.cells) > MOST_CELLS:
                continue
            found = sheet_regions(workbook, one)
            assert_sound(one, found)
            assert_parts_are_sound(found)
            named = {region.list_object: region.range for region in found if region.list_object}
            assert named == {
                table.name: table.range
                for table in one.tables
                if one.used_range is not None and table.range.meets(one.used_range)
            }
            seen += 1
    assert seen > 0


TABLE = """
    Region | 2024 | 2025
    North  | 10.5 | 11.5
    South  | 12.5 | 13.5
"""


def with_tables(workbook: Workbook, *tables: Table, **details: object) -> Workbook:
    """The workbook with other ListObjects, and with details of its sheet."""
    own = replace(
        workbook.sheets[0],
        tables=tables,
        details=SheetDetails(**details),  # type: ignore[arg-type]
    )
    return replace(workbook, sheets=(own,))


def test_an_empty_sheet_has_no_regions() -> None:
    """Neither has one whose cells are blank texts."""
    assert boxes(book({NAME: {}})) == []
    assert boxes(book({NAME: {"B2": " ", "C9": ""}})) == []


def test_one_cell_is_one_region() -> None:
    """Wherever it stands."""
    assert boxes(book({NAME: {"A1": 5}})) == ["A1"]
    assert boxes(book({NAME: {"XFD1048576": "word"}})) == ["XFD1048576"]


def test_the_two_ends_of_a_sheet_are_two_regions() -> None:
    """What lies between is not looked at cell by cell."""
    assert boxes(book({NAME: {"A1": 5, "XFD1048576": 6}})) == ["A1", "XFD1048576"]


def test_a_row_across_the_whole_sheet_is_one_region() -> None:
    """A sheet of 16,384 columns has a header and two rows of numbers."""
    width = 16_384
    columns = np.tile(np.arange(1, width + 1, dtype=np.int16), 3)
    rows = np.repeat(np.arange(1, 4, dtype=np.int32), width)
    kinds = np.where(rows == 1, CellKind.TEXT, CellKind.NUMBER).astype(np.uint8)
    values = np.where(rows == 1, 0.0, columns + 0.5)
    assert boxes(made(rows, columns, kinds, values)) == ["A1:XFD3"]


def made(rows: np.ndarray, columns: np.ndarray, kinds: np.ndarray, values: np.ndarray) -> Workbook:
    """A workbook from arrays of its cells; its only text is `name`."""
    cells = Cells(
        rows=rows.astype(np.int32),
        columns=columns.astype(np.int16),
        kinds=kinds.astype(np.uint8),
        values=values.astype(np.float64),
        styles=np.zeros(len(rows), np.int32),
        formulas=np.full(len(rows), NO_FORMULA, np.int32),
        texts=("name",),
    )
    return Workbook("made.xlsx", "xlsx", "0", (Sheet(NAME, cells),))


def test_a_list_object_is_kept_as_it_was_drawn() -> None:
    """Also where a row below belongs to the same block, or its last rows are blank."""
    below = TABLE + "    East   | 14.5 | 15.5\n"
    drawn = page(below, tables=["A1:C3"])
    found = {region.range.a1: region.list_object for region in regions(drawn)}
    assert found == {"A1:C3": "Table1", "A4:C4": ""}
    assert boxes(page(TABLE, tables=["A1:C9"])) == ["A1:C9"]


def test_a_block_around_a_list_object_is_parted_around_it() -> None:
    """Notes that surround a table belong to what stands above, beside and below it."""
    around = page(
        """
        a | b | c | d | e
        a | x | y |   | e
        a | 1 | 2 |   | e
        a | b | c | d | e
        """,
        tables=["B2:C3"],
    )
    assert boxes(around) == ["A1:E1", "A2:A3", "B2:C3", "E2:E3", "A4:E4"]


REMARK = "These rows were added later and have not been audited by anyone so far, as it seems."


def test_a_table_does_not_go_on_past_running_text() -> None:
    """Rows with the same columns stand on both sides of it."""
    table = ["Region | 2023 | 2024 | 2025", *["North | 10.5 | 11.5 | 12.5"] * 4]
    rest = [*[""] * 4, *["South | 10.5 | 11.5 | 12.5"] * 4]
    assert boxes(page("\n".join([*table, *[""] * 4, *rest]))) == ["A1:D17"]
    remark = page("\n".join([*table, *[""] * 3, f" | {REMARK}", *rest]), merges=["B9:D10"])
    assert boxes(remark) == ["A1:D5", "B9:D10", "A14:D17"]


def test_of_list_objects_that_overlap_the_first_is_kept() -> None:
    """Such as a hostile file may have; what is left of the other is looked at like any cells."""
    workbook = with_tables(page(TABLE), Table("One", area("A1:B3")), Table("Two", area("B2:C3")))
    found = {region.range.a1: region.list_object for region in regions(workbook)}
    assert found == {"A1:B3": "One", "C1:C3": ""}


def test_a_list_object_wins_over_a_pivot_table() -> None:
    """A pivot table alone is a region as it was placed."""
    pivot = PivotTable("P", area("A1:C3"))
    assert boxes(with_tables(page(TABLE), pivots=(pivot,))) == ["A1:C3"]
    both = with_tables(page(TABLE), Table("One", area("A1:B3")), pivots=(pivot,))
    assert boxes(both) == ["A1:B3", "C1:C3"]


def test_a_list_object_of_the_whole_sheet_takes_all() -> None:
    """It needs no raster of its own, and says how it was drawn."""
    everything = area("A1:XFD1048576")
    corners = book({NAME: {"A1": "name", "XFD1048576": 6}})
    found = regions(with_tables(corners, Table("All", everything, header_rows=5)))
    assert [(one.range, one.role, one.list_object) for one in found] == [
        (everything, Role.TABLE, "All")
    ]


def test_marks_outside_of_the_cells_change_nothing() -> None:
    """ListObjects, pivot tables, print areas, filters and panes of a hostile file."""
    workbook = with_tables(
        page(TABLE),
        Table("Far", area("AA100:AC200")),
        pivots=(PivotTable("P", area("XFD1048576")),),
        print_areas=(area("A1:XFD1048576"), area("Z1:Z1")),
        filter_range=area("XFD1:XFD1048576"),
        frozen_rows=1_048_576,
        frozen_columns=16_384,
    )
    assert boxes(workbook) == ["A1:C3"]


def test_merges_of_a_hostile_file_leave_every_cell_its_region() -> None:
    """They cover the sheet again and again."""
    workbook = page(TABLE)
    whole = tuple(
        RangeRef(NAME, 1 + step % 3, 1 + step % 2, 1_048_576, 16_384) for step in range(500)
    )
    hostile = replace(workbook, sheets=(replace(workbook.sheets[0], merges=(*whole, *whole)),))
    assert_sound(hostile.sheets[0], regions(hostile))


def tables_apart(down: int, right: int) -> Workbook:
    """Nine tables far from each other, each with a title, and with labels five columns left."""
    cells: dict[str, CellSpec] = {}
    for block in range(3):
        for step in range(3):
            top, left = 1 + block * down, 1 + step * right
            cells[cell_address(top, left)] = f"Table {block} {step}"
            for column, year in ((5, "2024"), (6, "2025")):
                cells[cell_address(top + 2, left + column)] = year
            for row in range(3, 8):
                cells[cell_address(top + row, left)] = f"row {row}"
                for column in (5, 6):
                    cells[cell_address(top + row, left + column)] = row + column + 0.25
    return book({NAME: sheet(cells)})


@pytest.mark.parametrize(("down", "right"), [(20, 20), (30, 19), (18, 500)])
def test_windows_say_the_same_as_one_raster(
    monkeypatch: pytest.MonkeyPatch, down: int, right: int
) -> None:
    """Labels and what they name are read together, though they are islands of their own."""
    workbook = tables_apart(down, right)
    whole = regions(workbook)
    monkeypatch.setattr(windows, "ROOM", 0)
    monkeypatch.setattr(windows, "ROOM_A_CELL", 4)
    assert regions(workbook) == whole
    first = [region for region in whole if region.range.bottom < down and region.range.left < right]
    assert [(region.range.a1, region.role) for region in first] == [
        ("A1", Role.TITLE),
        ("A3:G8", Role.TABLE),
    ]
    assert len(whole) == 18


@settings(max_examples=50, deadline=None)
@given(st.lists(random_pages(rows=6, columns=6), min_size=2, max_size=4))
def test_pages_far_apart_are_read_as_if_alone(pages: list[Workbook]) -> None:
    """What stands 60 columns and 60 rows away never changes a region."""
    alone = [
        moved(region.range, 300 * at)
        for at, one in enumerate(pages)
        for region in regions(bare(one))
    ]
    for room in (0, windows.ROOM):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(windows, "ROOM", room)
            patch.setattr(windows, "ROOM_A_CELL", 64)
            together = regions(joined(pages))
        assert [region.range for region in together] == sorted(alone)


def bare(workbook: Workbook) -> Workbook:
    """A workbook without marks, merges, ListObjects and styles."""
    cells = workbook.sheets[0].cells
    plain = replace(cells, styles=np.zeros(len(cells), np.int32))
    return replace(workbook, sheets=(Sheet(NAME, plain),), styles=(Style(),))


def moved(span: RangeRef, by: int) -> RangeRef:
    """A range further down and right."""
    return RangeRef(span.sheet, span.top + by, span.left + by, span.bottom + by, span.right + by)


def joined(pages: Iterable[Workbook]) -> Workbook:
    """Pages on one sheet, each 300 rows and columns after the last."""
    parts = [page.sheets[0].cells for page in pages]
    texts: list[str] = []
    values = []
    for part in parts:
        textual = (part.kinds == CellKind.TEXT) | (part.kinds == CellKind.ERROR)
        values.append(np.where(textual, part.values + len(texts), part.values))
        texts += part.texts
    cells = Cells(
        rows=np.concatenate([part.rows + 300 * at for at, part in enumerate(parts)]),
        columns=np.concatenate([part.columns + 300 * at for at, part in enumerate(parts)]),
        kinds=np.concatenate([part.kinds for part in parts]),
        values=np.concatenate(values),
        styles=np.zeros(sum(map(len, parts)), np.int32),
        formulas=np.concatenate([part.formulas for part in parts]),
        texts=tuple(texts),
    )
    return Workbook("joined.xlsx", "xlsx", "0", (Sheet(NAME, cells),))
