"""Boxes are matched one-to-one, and scores follow from counts."""

from __future__ import annotations

import numpy as np
import pytest

from tests.benchmarks.region_scores.labels import (
    LabelledSheet,
    LabelledTable,
    exactly,
    just,
)
from tests.benchmarks.region_scores.matching import boxes_of, matched, nearest
from tests.benchmarks.region_scores.parts import Part, RoleCounts, parts_of, roles_of
from tests.benchmarks.region_scores.scores import (
    Counts,
    Score,
    SheetCounts,
    counted,
    micro,
    per_workbook,
    size_class,
)
from tests.books import book
from tickmark.model.address import RangeRef
from tickmark.model.region import Region, Role


def boxes(*areas: str) -> np.ndarray:
    return boxes_of(RangeRef.parse(area) for area in areas)


def test_the_nearest_boxes_are_matched_first_and_each_once() -> None:
    drawn, found = boxes("A1:C9", "A1:C8"), boxes("A1:C8", "A1:C10", "F1:G9")

    assert matched(drawn, found, 0) == [(1, 0)]
    assert matched(drawn, found, 1) == [(0, 1), (1, 0)]


def test_the_worst_edge_decides() -> None:
    drawn = boxes("C5:F20")

    assert matched(drawn, boxes("A3:H22"), 2) == [(0, 0)]
    assert matched(drawn, boxes("C5:F23"), 2) == []


def test_nothing_matches_nothing() -> None:
    assert matched(boxes(), boxes("A1"), 2) == []
    assert matched(boxes("A1"), boxes(), 2) == []
    assert nearest(boxes(), boxes("A1")[0]) is None


def test_the_nearest_box_is_the_one_that_shares_most() -> None:
    box = boxes("B2:C9")[0]

    assert nearest(boxes("A1:Z99", "B2:C8", "B4"), box) == 1
    assert nearest(boxes("E1:F9"), box) is None


def test_a_sheet_is_counted_by_both_tolerances() -> None:
    drawn = boxes("A1:C9", "E1:G9")
    found = boxes("A1:C9", "E1:G8", "F9:F12", "A20:C30")

    assert counted(drawn, found) == Counts(drawn=2, found=4, touching=3, exact=1, close=2)


def test_strict_precision_counts_every_found_box_and_the_other_one_those_on_labels() -> None:
    counts = Counts(drawn=2, found=8, touching=4, exact=1, close=2)

    assert counts.score(close=False) == pytest.approx(Score(0.125, 0.5, 0.2, 0.25, 1 / 3))
    assert counts.score(close=True) == pytest.approx(Score(0.25, 1.0, 0.4, 0.5, 2 / 3))
    assert Counts().score(close=True) == Score(0.0, 0.0, 0.0, 0.0, 0.0)


def test_each_workbook_weighs_the_same_in_the_mean_and_by_its_tables_in_the_sum() -> None:
    sheets = [
        SheetCounts("a", "< 4k", Counts(1, 1, 1, 1, 1)),
        SheetCounts("b", "< 4k", Counts(2, 2, 2, 0, 1)),
        SheetCounts("b", "4-8k", Counts(1, 2, 2, 0, 0)),
        SheetCounts("without a table", "< 4k", Counts(0, 5, 0, 0, 0)),
    ]

    assert micro(sheets) == Counts(4, 10, 5, 1, 2)
    assert per_workbook(sheets, close=False) == Score(0.5, 0.5, 0.5, 0.5, 0.5)
    assert per_workbook([], close=False) == Score(0.0, 0.0, 0.0, 0.0, 0.0)


def test_sheets_are_classed_by_estimated_tokens() -> None:
    assert [size_class(cells) for cells in (0, 799, 800, 1_600, 6_399, 6_400)] == [
        *("< 4k", "< 4k", "4-8k", "8-32k", "8-32k", "> 32k")
    ]


def test_parts_are_judged_on_right_boxes_only() -> None:
    area = RangeRef.parse("S!A1:C5")
    label = LabelledSheet(
        "a.xlsx",
        "S",
        (
            LabelledTable(
                area,
                header_rows=exactly(1),
                header_columns=exactly(1),
                total_rows=just(frozenset({5})),
                total_columns=just(frozenset()),
            ),
            LabelledTable(RangeRef.parse("S!E1:G5"), header_rows=exactly(1)),
        ),
    )
    found = [
        Region(
            area,
            Role.TABLE,
            1.0,
            header_rows=1,
            header_columns=2,
            total_rows=(RangeRef.parse("S!A5:C5"),),
        ),
        Region(RangeRef.parse("S!E1:G4"), Role.TABLE, 1.0, header_rows=1),
    ]

    assert list(parts_of(label, found)) == [
        Part("header rows", "a.xlsx", area, right=True, drawn="1", found="1"),
        Part("header columns", "a.xlsx", area, right=False, drawn="1", found="2"),
        Part(
            "totals",
            "a.xlsx",
            area,
            right=True,
            drawn="rows [5] columns []",
            found="rows [5] columns []",
        ),
        Part(
            "totals, where any is drawn",
            "a.xlsx",
            area,
            right=True,
            drawn="rows [5] columns []",
            found="rows [5] columns []",
        ),
    ]


def test_roles_are_counted_by_filled_cells() -> None:
    sheet = book({"A1": "Prices", "A3": "Date", "B3": 7, "A4": "Rate", "B5": 1}).sheets[0]
    label = LabelledSheet(
        "a.xlsx",
        "Sheet1",
        (),
        whole=True,
        key_value=(RangeRef.parse("A3:B4"),),
        titles=(RangeRef.parse("A1:C1"),),
    )
    found = [
        Region(RangeRef.parse("A1"), Role.TITLE, 1.0),
        Region(RangeRef.parse("A3:B5"), Role.KEY_VALUE, 1.0),
    ]

    assert roles_of(label, sheet, found) == {
        "table": RoleCounts(0, 0, 0),
        "key-value": RoleCounts(both=3, drawn=0, found=1),
        "title": RoleCounts(both=1, drawn=0, found=0),
        "notes": RoleCounts(0, 0, 0),
    }
