"""Print areas part what stands in one block."""

from __future__ import annotations

from dataclasses import replace

from tests.structure.regions.pages import page
from tickmark.model.address import RangeRef
from tickmark.model.sheet_details import SheetDetails
from tickmark.structure.regions.detect import sheet_regions
from tickmark.structure.regions.print_cuts import cut_by_print_areas
from tickmark.structure.regions.raster import Box

BOX = Box(0, 0, 9, 4)


def test_areas_below_each_other_part_rows() -> None:
    assert cut_by_print_areas(BOX, [Box(0, 0, 3, 4), Box(4, 0, 9, 4)]) == [
        Box(0, 0, 3, 4),
        Box(4, 0, 9, 4),
    ]


def test_areas_side_by_side_part_columns_and_leave_what_is_between() -> None:
    assert cut_by_print_areas(BOX, [Box(0, 0, 9, 1), Box(0, 3, 9, 4)]) == [
        Box(0, 0, 9, 1),
        Box(0, 2, 9, 2),
        Box(0, 3, 9, 4),
    ]


def test_one_area_or_overlapping_or_far_ones_part_nothing() -> None:
    assert cut_by_print_areas(BOX, [Box(0, 0, 3, 4)]) == [BOX]
    assert cut_by_print_areas(BOX, [Box(0, 0, 5, 3), Box(4, 2, 9, 4)]) == [BOX]
    assert cut_by_print_areas(BOX, [Box(20, 0, 25, 4), Box(30, 0, 35, 4)]) == [BOX]


def test_a_block_that_is_printed_on_two_pages_is_two_regions() -> None:
    workbook = page(
        """
        North | 10.5 | 11.5
        South | 12.5 | 13.5
        East  | 14.5 | 15.5
        Bolt  | 1.5  | 400.5
        Nut   | 0.5  | 900.5
        Gear  | 2.5  | 100.5
        """
    )
    sheet = workbook.sheets[0]
    areas = (RangeRef("S", 1, 1, 3, 3), RangeRef("S", 4, 1, 6, 3))
    printed = replace(sheet, details=SheetDetails(print_areas=areas))

    assert [one.range.a1 for one in sheet_regions(workbook, sheet)] == ["A1:C6"]
    assert [one.range.a1 for one in sheet_regions(workbook, printed)] == ["A1:C3", "A4:C6"]
