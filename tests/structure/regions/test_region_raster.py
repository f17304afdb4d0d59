"""Cells as they look to a reader, and windows of a sheet as arrays."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.books import CellSpec, book, sheet
from tests.structure.regions.pages import NAME, area, random_pages
from tickmark.model.address import RangeRef
from tickmark.model.grid import CellKind
from tickmark.model.workbook import Style, Workbook
from tickmark.structure.formulas import NO_TEMPLATE
from tickmark.structure.regions.appearance import Appearance, appearance_of
from tickmark.structure.regions.places import places_of
from tickmark.structure.regions.raster import Box, Raster, raster_of


def appearance(cells: dict[str, CellSpec], **rest: object) -> Appearance:
    """What the cells of a sheet look like."""
    workbook = book({NAME: sheet(cells, **rest)})
    return appearance_of(workbook.sheets[0], workbook.styles)


def raster(cells: dict[str, CellSpec], window: str, **rest: object) -> Raster:
    """A window of a sheet."""
    return raster_of(appearance(cells, **rest), area(window))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("5", 5.0),
        (" 12.50 ", 12.5),
        ("1,250.00", 1250.0),
        ("1,234,567", 1234567.0),
        ("-7", -7.0),
        ("(1,250.5)", -1250.5),
        ("$5", 5.0),
        ("£1,000", 1000.0),
        ("12%", 12.0),
        (".5", 0.5),
        ("0.05", 0.05),
    ],
)
def test_texts_that_are_numbers_to_a_reader_are_numbers(text: str, number: float) -> None:
    """With signs, separators, currencies and brackets."""
    made = appearance({"A1": text})
    assert made.kinds.tolist() == [CellKind.NUMBER]
    assert made.values.tolist() == [number]
    assert made.filled_in.tolist() == [True]


@pytest.mark.parametrize(
    "text",
    ["007", "1,25", "12,5", "5 apples", "1.2.3", "Q1", "٣", "1e5", "2024-01-31", "9" * 25, "1 250"],
)
def test_texts_that_only_look_like_numbers_stay_texts(text: str) -> None:
    """Codes, versions, other scripts, and digits without end."""
    made = appearance({"A1": text})
    assert made.kinds.tolist() == [CellKind.TEXT]
    assert math.isnan(made.values[0])


def test_blank_texts_are_empty() -> None:
    """One that was typed is no content; one that a formula gives is."""
    made = appearance({"A1": " ", "B1": "\t\n", "C1": ("=T(0)", ""), "D1": "x"})
    assert made.kinds.tolist() == [CellKind.EMPTY] * 3 + [CellKind.TEXT]
    assert made.filled_in.tolist() == [False, False, True, True]


def test_placeholders_are_like_blanks() -> None:
    """They stand for a value that is missing."""
    made = appearance({"A1": "n/a", "B1": "N.A.", "C1": "tbd", "D1": "North"})
    assert made.blank_like.tolist() == [True, True, True, False]
    assert made.filled_in.all()


def test_formulas_without_a_value_count_as_numbers() -> None:
    """The file was never calculated; errors stay what they are."""
    made = appearance({"A1": "=B1*2", "B1": ("=1/0", "#DIV/0!"), "C1": ("=T(5)", "five")})
    assert made.kinds.tolist() == [CellKind.NUMBER, CellKind.ERROR, CellKind.TEXT]
    assert np.isnan(made.values).all()
    assert made.templates.tolist() == [0, 0, 0]


def test_looks_are_those_of_the_styles() -> None:
    """Only styles that the sheet uses count."""
    workbook = book({NAME: sheet({"A1": 1, "B1": 2, "C1": 3})})
    cells = replace(workbook.sheets[0].cells, styles=np.array([2, 0, 3], np.int32))
    styles = (
        Style(),
        Style("0%", bold=True),
        Style("0.00", bold=True, filled=True),
        Style("0.00", bordered=True),
    )
    made = appearance_of(replace(workbook.sheets[0], cells=cells), styles)
    assert made.bold.tolist() == [True, False, False]
    assert made.filled.tolist() == [True, False, False]
    assert made.bordered.tolist() == [False, False, True]
    assert made.formats[1] == -1
    assert made.formats[0] == made.formats[2] >= 0


CELLS: dict[str, CellSpec] = {
    "B2": "Head",
    "C2": 2024,
    "B3": "North",
    "C3": ("=D9*2", 10.5),
    "D9": dt.date(2024, 1, 31),
    "C4": "1,250",
    "E4": "#N/A",
}


def test_a_window_holds_its_cells_and_no_others() -> None:
    """Two rows and three columns from B3 on."""
    made = raster(CELLS, "B3:D4", bold=("B3",))
    assert made.kinds.tolist() == [
        [CellKind.TEXT, CellKind.NUMBER, CellKind.EMPTY],
        [CellKind.EMPTY, CellKind.NUMBER, CellKind.EMPTY],
    ]
    assert np.nan_to_num(made.values, nan=-1).tolist() == [[-1, 10.5, -1], [-1, 1250, -1]]
    assert made.templates.tolist() == [
        [NO_TEMPLATE, 0, NO_TEMPLATE],
        [NO_TEMPLATE, NO_TEMPLATE, NO_TEMPLATE],
    ]
    assert made.bold.tolist() == [[True, False, False], [False, False, False]]
    assert made.occupied.tolist() == [[True, True, False], [False, True, False]]
    assert [made.text(0, 0), made.text(0, 1), made.text(1, 1)] == ["North", "", "1,250"]
    assert made.whole == Box(0, 0, 1, 2)


def test_boxes_are_ranges_of_the_sheet() -> None:
    """And back, cut at the window."""
    made = raster(CELLS, "B3:D9")
    assert made.range_of(Box(1, 1, 2, 2)) == area("C4:D5")
    assert made.box_of(area("C4:D5")) == Box(1, 1, 2, 2)
    assert made.box_of(area("A1:C99")) == Box(0, 0, 6, 1)
    assert made.moved(Box(3, 2, 3, 2)) == Box(0, 0, 0, 0)


def test_a_box_is_fitted_to_what_is_in_it() -> None:
    """Blank rows and columns at its edges are left out."""
    made = raster(CELLS, "A1:F9")
    assert made.fitted(made.whole) == Box(1, 1, 8, 4)
    assert made.fitted(Box(0, 0, 3, 2)) == Box(1, 1, 3, 2)
    assert made.fitted(Box(5, 0, 7, 5)) is None


def test_years_and_months_are_numbers_that_may_head_a_column() -> None:
    """Whole years, years with a month, no others."""
    numbers: dict[str, CellSpec] = {
        "A1": 2024,
        "B1": 1899,
        "C1": 202512,
        "D1": 202513,
        "E1": 2024.5,
        "F1": "2025",
    }
    assert raster(numbers, "A1:F1").years(Box(0, 0, 0, 5)).tolist() == [
        [True, False, True, False, False, True]
    ]


def test_merges_are_cut_at_the_window() -> None:
    """Those that show nothing or begin elsewhere are left out."""
    made = raster(CELLS, "B2:D4", merges=("B2:F2", "D3:E4", "A1:A2", "C4:C20"))
    assert made.merges == (Box(0, 0, 0, 2), Box(2, 1, 2, 1))
    assert made.merge_of.tolist() == [[1, 1, 1], [0, 0, 0], [0, 2, 0]]
    assert made.occupied[0].tolist() == [True, True, True]


def test_merges_that_cover_a_window_again_and_again_are_passed_over() -> None:
    """Twice its places at most."""
    whole = ("A1:C3",) * 5
    made = raster({"A1": "x", "C3": 5}, "A1:C3", merges=whole)
    assert made.merges == (Box(0, 0, 2, 2), Box(0, 0, 2, 2))


def test_merges_of_a_box_begin_in_its_rows() -> None:
    """They may begin left of it."""
    made = raster(
        {"A1": "a", "E1": "b", "A3": "c", "C3": "d"},
        "A1:F4",
        merges=("A1:B2", "E1:F1", "A3:B3", "C3:D4"),
    )
    assert made.merges_in(Box(0, 0, 3, 1)) == (Box(0, 0, 1, 1), Box(2, 0, 2, 1))
    assert made.merges_in(Box(1, 1, 3, 2)) == (Box(2, 0, 2, 1), Box(2, 2, 3, 3))
    assert made.merges_in(Box(3, 0, 3, 1)) == ()


WINDOWS = st.builds(
    lambda top, left, high, wide: RangeRef(NAME, top, left, top + high, left + wide),
    st.integers(1, 20),
    st.integers(1, 60),
    st.integers(0, 20),
    st.integers(0, 60),
)


@settings(max_examples=100, deadline=None)
@given(random_pages(), WINDOWS)
def test_the_cells_of_a_range_are_found(workbook: Workbook, window: RangeRef) -> None:
    """By rows or by columns, whichever are fewer."""
    cells = workbook.sheets[0].cells
    found = places_of(cells).within(window)
    assert found.tolist() == cells.within(window).tolist()


@settings(max_examples=100, deadline=None)
@given(random_pages(), WINDOWS)
def test_a_window_shows_what_the_whole_sheet_shows_there(
    workbook: Workbook, window: RangeRef
) -> None:
    """Merges aside, which count where they begin."""
    one = appearance_of(replace(workbook.sheets[0], merges=()), workbook.styles)
    whole, made = raster_of(one, area("A1:EZ60")), raster_of(one, window)
    rows = slice(window.top - 1, window.bottom)
    columns = slice(window.left - 1, window.right)
    for name in ("kinds", "values", "text_of", "templates", "formats", "bold", "occupied"):
        own, other = getattr(made, name), getattr(whole, name)[rows, columns]
        assert np.array_equal(own, other, equal_nan=name == "values")
