"""Header rows, key columns, sections and repeated headers of boxes."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.books import CellSpec, Value
from tests.structure.regions.pages import Grid, raster
from tickmark.model.address import RangeRef
from tickmark.model.region import Edge, Reason
from tickmark.model.workbook import Sheet, Table, Workbook
from tickmark.read import read_workbook
from tickmark.structure.regions.appearance import appearance_of
from tickmark.structure.regions.evidence import Evidence, evidence_of
from tickmark.structure.regions.headers import Header, header_of
from tickmark.structure.regions.raster import raster_of


def header(rows: Grid, evidence: Evidence | None = None, **rest: object) -> Header:
    made = raster(rows, **rest)
    return header_of(made, made.whole, evidence or Evidence())


def shape(rows: Grid, evidence: Evidence | None = None, **rest: object) -> tuple[int, int]:
    found = header(rows, evidence, **rest)
    return found.rows, found.columns


SALES: Grid = [
    ["Region", "Units", "Price"],
    ["North", 12, 3.5],
    ["South", 7, 4.25],
    ["West", 31, 1.5],
]


def test_texts_over_numbers_are_the_header_and_the_reasons_say_so() -> None:
    assert header(SALES, bold=("A1", "B1", "C1")) == Header(
        rows=1,
        columns=1,
        reasons=(
            Reason(Edge.HEADER_ROWS, "row 1 is bold text over numbers"),
            Reason(Edge.HEADER_COLUMNS, "column A holds texts that name the rows"),
        ),
    )


def test_merged_group_heads_stand_above_the_names_of_the_columns() -> None:
    rows: Grid = [
        [None, "Plan", None, "Actual", None],
        ["Region", "Units", "Price", "Units", "Price"],
        ["North", 12, 3.5, 11, 3.4],
        ["South", 7, 4.25, 9, 4.0],
    ]
    assert shape(rows, merges=("B1:C1", "D1:E1")) == (2, 1)


def test_a_header_ends_where_the_merges_that_begin_in_it_end() -> None:
    rows: Grid = [
        ["Region", "Sales", "Rank"],
        [None, "2023", None],
        ["North", 12, 3],
        ["South", 7, 4],
    ]
    assert shape(rows, merges=("A1:A2", "C1:C2")) == (2, 1)


@pytest.mark.parametrize(
    "years",
    [
        (2020, 2021, 2022, 2023),
        ("2020", "2021", "2022", "2023"),
        (2010, 2015, 2020, 2030),
        tuple(dt.date(year, 12, 31) for year in (2020, 2021, 2022, 2023)),
        (2023, None, None, 2020),
        (202311, 202312, 202401, 202402),
        (2020, 2030, 2020, 2030),
    ],
)
def test_runs_of_years_and_dates_are_a_header(years: tuple[Value, ...]) -> None:
    rows: Grid = [
        [None, *years],
        ["Rent", 800, 810, 820, 840],
        ["Food", 310.5, 305, 322, 340],
        ["Total", 1110.5, 1115, 1142, 1180],
    ]
    assert shape(rows) == (1, 1)


def test_years_in_a_column_of_years_are_data() -> None:
    rows: Grid = [
        ["Name", "Born", "Score"],
        ["Ada", 1815, 3],
        ["Alan", 1912, 5],
        ["Grace", 1906, 8],
    ]
    assert shape(rows) == (1, 1)
    assert header(rows[1:]).rows == 0


@pytest.mark.parametrize("unit", ["£m", "%", "(kg)", "R'000", "USD", "kWh", "[t]"])
def test_a_row_of_units_is_part_of_the_header(unit: str) -> None:
    rows: Grid = [
        ["Region", "Sales", "Cost"],
        ["Unit", unit, unit],
        ["North", 12, 3],
        ["South", 7, 4],
    ]
    assert header(rows).rows == 2


def test_blank_rows_between_header_and_data_count() -> None:
    found = header([SALES[0], [None] * 3, [None] * 3, *SALES[1:]])
    assert (found.rows, found.columns) == (3, 1)
    assert found.reasons[:3] == (
        Reason(Edge.HEADER_ROWS, "row 1 is text over numbers"),
        Reason(Edge.HEADER_ROWS, "row 2 is blank"),
        Reason(Edge.HEADER_ROWS, "row 3 is blank"),
    )


def test_numbers_of_the_columns_below_their_names_are_header() -> None:
    rows: Grid = [
        ["Item", "Plan", "Actual", "Left"],
        [1, 2, 3, 4],
        ["Roads", 500, 420, 80],
        ["Schools", 900, 910, -10],
    ]
    assert header(rows).rows == 2


def test_a_first_record_1_2_3_whose_first_column_goes_on_is_data() -> None:
    rows: Grid = [["No", "x", "y"], [1, 2, 3], [2, 5, 8], [3, 1, 9]]
    assert header(rows).rows == 1


def test_numbers_in_steps_head_a_table_of_other_numbers() -> None:
    rows: Grid = [
        ["Age", 0, 10, 20, 30],
        ["Men", 41, 38.5, 22, 17],
        ["Women", 44, 39, 25, 16],
    ]
    assert shape(rows) == (1, 1)


def test_bold_numbers_over_plain_ones_are_the_header_unless_they_are_totals() -> None:
    rows: Grid = [
        ["Code", "Boiler", 9, 1, 3],
        ["a", "Gas", 0.5, 0.25, 0.75],
        ["b", "Oil", 0.125, 0.5, 0.25],
        ["c", "Coal", 0.5, 0.5, 0.5],
    ]
    bold = ("A1", "B1", "C1", "D1", "E1")
    assert header(rows, bold=bold).rows == 1
    assert header([["Total", None, 9, 1, 3], *rows[1:]], bold=bold).rows == 0


def test_a_title_and_weights_above_the_header_are_above_it() -> None:
    rows: Grid = [
        [None, None, "Grades", None],
        [None, 0.25, None, None],
        ["Id", "Exam 1", "Exam 2", "Exam 3"],
        [1000, 41, 38, 22],
        [1007, 44, 39, 25],
        [1003, 24, 29, 35],
    ]
    assert header(rows).rows == 3


def test_days_below_months_stand_above_the_names_of_the_other_columns() -> None:
    rows: Grid = [
        [None, None, "April", None, None, "May", None, None, None, None, None],
        [None, None, 31, 7, 14, 5, 12, 19, None, None, None],
        ["Data", None, None, None, None, None, None, None, None, None, None],
        ["Key", "Days", None, None, None, None, None, None, "Price", "Seats", "Left"],
        ["FND400", 1, 21, None, 3, None, 19, None, 289, 12, 4],
        ["EDB100", 2, 25, 4, None, 9, None, 23, 350, 15, 0],
        ["EDB200", 4, None, 8, 12, 6, 13, None, 420, 11, 7],
    ]
    assert header(rows, merges=("C1:E1", "F1:H1")).rows == 4


def test_a_table_of_plain_numbers_has_no_header() -> None:
    assert shape([[1, 4], [2, 5], [3, 6]]) == (0, 0)
    assert shape([[3, 1, 7, 9], [2, 5, 4, 4], [8, 8, 1, 2]]) == (0, 0)


def test_labels_beside_numbers_have_no_header_row() -> None:
    assert shape([["Human", 5], ["Nomad", 9], ["Dwarf", 13]]) == (0, 1)


def test_a_section_right_below_the_header_is_data() -> None:
    rows: Grid = [
        ["State", "No.", "Pct."],
        ["Florida", None, None],
        ["Test 1", 48, 0.48],
        ["Test 2", 44, 0.5],
        ["New York", None, None],
        ["Test 1", 26, 0.21],
        ["Test 2", 30, 0.32],
    ]
    found = header(rows)
    assert (found.rows, found.columns, found.sections) == (1, 1, (1, 4))


def test_a_record_whose_figures_are_missing_is_data() -> None:
    rows: Grid = [
        ["Name", "City", "Amount", "Rate"],
        ["Ada", "London", None, "n/a"],
        ["Alan", "Wilmslow", 3, 0.5],
        ["Grace", "New York", 4, 0.25],
    ]
    assert header(rows).rows == 1


def test_errors_and_formulas_that_show_nothing_are_figures() -> None:
    rows: Grid = [
        ["Unit", "Offence", "Cost"],
        ["Archer", "#REF!", ("=B2*2", "")],
        ["Knight", "#REF!", ("=B3*2", "")],
    ]
    assert shape(rows) == (1, 1)


def test_placeholders_for_numbers_are_no_header() -> None:
    rows: Grid = [
        ["Asset", "Opening", "Closing"],
        [None, "R'000", "R'000"],
        [None, None, None],
        ["Land", "-", "n/a"],
        ["Plant", 20, 30],
        ["Tools", 40, 50],
    ]
    assert header(rows).rows == 3


def test_totals_on_top_of_the_header_are_above_it() -> None:
    rows: Grid = [
        [None, 19, 9.25],
        ["Region", "Units", "Price"],
        ["North", 12, 3.5],
        ["South", 7, 5.75],
    ]
    assert header(rows).rows == 2


NAMES: Grid = [
    ["Code", "Name", "Town"],
    ["AC-1", "Policy", "Paris"],
    ["AC-2", "Account", "Lyon"],
    ["AC-3", "Access", "Paris"],
]


def test_texts_over_texts_are_a_header_where_they_are_built_otherwise() -> None:
    assert shape(NAMES) == (1, 2)
    assert header(NAMES, bold=("A1", "B1", "C1")).reasons[0] == Reason(
        Edge.HEADER_ROWS, "row 1 is bold text over plain cells"
    )


def test_texts_of_the_same_shape_have_no_header() -> None:
    assert header(NAMES[1:]).rows == 0
    assert header([["r1 c1", "r1 c2"], ["r2 c1", "r2 c2"], ["r3 c1", "r3 c2"]]).rows == 0


def test_texts_that_come_again_below_are_no_header() -> None:
    rows: Grid = [["red", "small"], ["red", "large"], ["blue", "small"], ["red", "small"]]
    assert header(rows).rows == 0


def test_bold_rows_of_texts_are_the_header_of_texts() -> None:
    rows: Grid = [
        ["Staff", None, "Shift"],
        ["First", "Last", "Monday"],
        ["Ada", "King", "early"],
        ["Alan", "Turing", "late"],
        ["Grace", "Hopper", "late"],
    ]
    bold = ("A1", "C1", "A2", "B2", "C2")
    assert header(rows, bold=bold).rows == 2


def test_frozen_panes_tell_the_header_of_texts() -> None:
    rows: Grid = [["red", "x"], ["red", "y"], ["blue", "y"], ["green", "z"]]
    assert header(rows).rows == 0
    frozen = [["colour", "x"], *rows[1:]]
    assert header(frozen, Evidence(frozen_rows=1)).reasons[0] == Reason(
        Edge.HEADER_ROWS, "the panes are frozen below row 1"
    )


def test_the_first_row_of_a_filter_is_the_last_of_the_header() -> None:
    rows: Grid = [["a", "b"], ["c", "d"], ["e", "f"], ["g", "h"]]
    evidence = Evidence(filter_range=RangeRef("S", 2, 1, 4, 2))
    found = header(rows, evidence)
    assert (found.rows, found.reasons[0].cue) == (2, "row 2 has the buttons of a filter")


def test_a_list_object_tells_its_header_rows() -> None:
    rows: Grid = [[1, 2], [3, 4], [5, 6]]
    none = Evidence(tables=(Table("T", RangeRef("S", 1, 1, 3, 2), header_rows=0),))
    one = Evidence(tables=(Table("T", RangeRef("S", 1, 1, 3, 2)),))
    assert header(SALES[:3], none).rows == 1
    assert header(rows, none).rows == 0
    assert header(rows, one).rows == 1


def test_a_form_whose_cells_are_still_blank_has_a_header() -> None:
    rows: Grid = [
        [None, "Tier 1", None, "Tier 2", None],
        [None, "Medical", "Drug", "Medical", "Drug"],
        ["Deductible", None, None, None, None],
        ["Coinsurance", None, None, None, None],
        ["Maximum", None, None, None, None],
    ]
    assert shape(rows, merges=("B1:C1", "D1:E1")) == (2, 1)


@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        ([["Id", "Name", "Age"], [17, "Ada", 36], [23, "Alan", 41], [29, "Ada", 85]], 1),
        ([["Id", "Name", "Age"], [17, "Ada", 36], [23, "Alan", 41], [29, "Grace", 85]], 2),
        (
            [
                ["Date", "Text", "Amount"],
                [dt.date(2024, 1, 2), "Rent", 800],
                [dt.date(2024, 1, 5), "Food", 23],
                [dt.date(2024, 1, 6), "Food", 51],
            ],
            1,
        ),
        (
            [
                ["Country", "City", "2022", "2023"],
                ["France", "Paris", 3.5, 4],
                [None, "Lyon", 7, 1],
                ["Spain", "Madrid", 2, 9],
                [None, "Seville", 5, 3],
            ],
            2,
        ),
        ([["Year", "Sales", "Cost"], [2021, 4, 3.5], [2022, 7, 3], [2023, 5, 9]], 1),
        (
            [
                ["Product", "Region", "Year", "Sales"],
                ["Tea", "North", 2021, 4],
                ["Tea", "North", 2022, 7],
                ["Tea", "South", 2021, 5],
                ["Tea", "South", 2022, 3],
            ],
            3,
        ),
        ([["Low", "High"], [7, 9], [3, 4], [5, 8]], 0),
        ([["Region", None, "Units"], ["North", None, 12], ["South", None, 7]], 2),
        (
            [
                ["Name", "Amount", "Unit", "Place"],
                ["Ammonia", 5, "kg", "air"],
                ["Methanol", 4, "kg", "air"],
                ["Acid", 1, "kg", "water"],
            ],
            1,
        ),
        (
            [
                ["Code", "Description", "Comment"],
                ["A1", "Burnt fuel", "By mass"],
                ["A2", "Lost gas", None],
                ["B1", "Processes", "New"],
            ],
            1,
        ),
        (
            [
                ["Control ID", "Control", "Kind", "Threat"],
                ["AC-1", "Limits of a session", "covers", "T12"],
                ["AC-1", "Limits of a session", "covers", "T19"],
                ["AC-2", "Locks on a device", "covers", "T12"],
                ["AC-2", "Locks on a device", "covers", "T31"],
            ],
            2,
        ),
        (
            [
                ["Seq. No.", "Code", "Title"],
                [1, 11, "Crops"],
                [2, 113, "Soy beans"],
                [3, 12, "Oil seeds"],
                [4, 31, "Trees"],
            ],
            2,
        ),
        (
            [
                ["Severity", "Status", "Topic", "Place"],
                ["High", "Open", "Network", "Leeds"],
                ["Low", "Closed", "Backup", "York"],
                [None, "Waived", "Access", "Hull"],
                [None, None, "Cost", "Bath"],
                [None, None, "Speed", None],
            ],
            0,
        ),
        (
            [
                ["Slice", "Attribute", "Process", "Bound"],
                [None, "Limit", "Store 1", 7.5],
                [None, "Limit", "Store 2", 3.25],
                [None, "Cost", "Store 1", 4.5],
            ],
            0,
        ),
    ],
    ids=[
        "ids without names",
        "ids and their names",
        "a ledger by date",
        "an outline of two columns",
        "years",
        "several columns before numbers",
        "figures alone",
        "a blank column behind the names",
        "a record by name",
        "codes and what they mean",
        "codes that come again with their names",
        "two columns of ids",
        "lists side by side",
        "records whose first field is blank",
    ],
)
def test_key_columns_name_the_rows(rows: Grid, columns: int) -> None:
    assert shape(rows) == (1, columns)


def test_growing_figures_are_no_ids_where_all_columns_grow() -> None:
    rows: Grid = [
        ["North", "South", "West"],
        [144_400, 1_218_300, 368_400],
        [146_000, 1_255_800, 373_400],
        [147_900, 1_297_600, 379_200],
        [149_500, 1_326_000, 384_500],
    ]
    assert shape(rows) == (1, 0)


def test_frozen_columns_tell_the_key_columns() -> None:
    rows: Grid = [
        ["Code", "Name", "Kind", "Units"],
        ["a", "Tea", "leaf", 3],
        ["b", "Rice", "corn", 1],
        ["c", "Salt", "rock", 2],
    ]
    found = header(rows, Evidence(frozen_columns=1))
    assert found.columns == 1
    assert found.reasons[-1] == Reason(
        Edge.HEADER_COLUMNS, "the panes are frozen right of column A"
    )


def test_columns_repeated_on_each_page_tell_the_key_columns() -> None:
    rows: Grid = [
        ["Code", "Name", "Kind", "Units"],
        ["a", "Tea", "leaf", 3],
        ["b", "Rice", "corn", 1],
        ["c", "Salt", "rock", 2],
    ]
    found = header(rows, Evidence(title_columns=(1, 2)))
    assert found.columns == 2
    assert found.reasons[-1] == Reason(
        Edge.HEADER_COLUMNS, "column B is the last that repeats on each printed page"
    )


def test_headers_written_anew_are_repeated_headers() -> None:
    rows: Grid = [
        [None, "Plan", "Actual"],
        ["Item", "Euro", "Euro"],
        ["Roads", 5, 4],
        ["Schools", 9, 9],
        [None, "Plan", "Actual"],
        ["Item", "Euro", "Euro"],
        ["Parks", 2, 1],
        ["Zoos", 3, 5],
    ]
    found = header(rows)
    assert (found.rows, found.repeated, found.sections) == (2, (4, 5), ())


def test_sections_stand_out_among_records() -> None:
    rows: Grid = [
        ["Item", "Plan", "Actual"],
        ["REVENUE:", None, None],
        ["Taxes", 5, 4],
        ["Fees", None, None],
        ["Grants", 9, 9],
        ["COSTS:", None, None],
        ["Staff", 2, 1],
        ["Total", None, None],
    ]
    assert header(rows).sections == (1, 5)


def test_items_without_values_are_no_sections() -> None:
    rows: Grid = [["Item", "Plan"], ["a", 1], ["b", None], ["c", None], ["d", None], ["e", 4]]
    assert header(rows).sections == ()


@pytest.mark.parametrize(
    "rows",
    [
        [
            ["Item", "Q1", "Q2"],
            ["a", 1, 2],
            ["b", 3, 4],
            ["c", None, None],
            ["d", 5, 6],
            ["e", 7, 8],
        ],
        [
            ["Staff", "Q1", "Q2"],
            ["Traders", 1, 2],
            ["Clerks", 3, 5],
            ["Subtotal", 4, 7],
            ["Contractors", None, None],
            ["Total", 4, 7],
        ],
        [
            ["Place", "Q1", "Q2"],
            ["North", 1, 2],
            ["South", 3, 5],
            ["(1) Figures are those of the owners", None, None],
            ["West", 4, 7],
        ],
        [
            ["Mark", "Q1", "Q2"],
            *[row for number in range(5) for row in (["N1", None, None], ["Z1", number, 7])],
        ],
    ],
    ids=[
        "between items of one look",
        "between a subtotal and a total",
        "a note",
        "spacers that all have one mark",
    ],
)
def test_rows_whose_figures_are_missing_are_no_sections(rows: Grid) -> None:
    assert header(rows).sections == ()


@pytest.mark.parametrize(
    ("rows", "sections"),
    [
        (
            [
                ["Item", "Q1", "Q2"],
                ["Sales", None, None],
                ["  Tea", 1, 2],
                ["  Milk", 3, 4],
                ["Costs", None, None],
                ["  Rent", 5, 6],
                ["  Power", 7, 8],
            ],
            (1, 4),
        ),
        (
            [
                ["Age", "Q1", "Q2"],
                ["Men", None, None],
                ["0 to 14", 1, 2],
                ["15 to 64", 3, 4],
                ["Women", None, None],
                ["0 to 14", 5, 6],
                ["15 to 64", 7, 9],
            ],
            (1, 4),
        ),
        (
            [
                ["Item", "Q1", "Q2"],
                ["Sales", 7, 9],
                ["Costs", 3, 4],
                ["Net income", 4, 5],
                ["Balance sheet", None, None],
                ["Cash", 5, 6],
                ["Stock", 1, 2],
            ],
            (4,),
        ),
    ],
    ids=["indented items", "items that come again", "after a result"],
)
def test_plain_rows_that_begin_a_group_are_sections(rows: Grid, sections: tuple[int, ...]) -> None:
    assert header(rows).sections == sections


def test_a_merge_over_the_whole_width_is_a_section() -> None:
    rows: Grid = [
        ["Code", "Name", "Price"],
        ["Paper", None, None],
        ["17-A", "Pad", 2],
        ["18-B", "Roll", 3],
        ["Pens", None, None],
        ["19-C", "Ink", 4],
    ]
    assert header(rows, merges=("A2:C2", "A5:C5")).sections == (1, 4)


@pytest.mark.parametrize(
    ("heads", "expected"),
    [
        (("2021", "2022", "2023"), True),
        ((2021, 2022, 2023), True),
        (("Jan", "Feb", "Mar"), True),
        (("Q1 2024", "Q2 2024", "Q3 2024"), True),
        (("FY23", "FY24", "FY25e"), True),
        (("Week 1", "Week 2", "Week 3"), True),
        (("Group 1", "Group 2", "Group 3"), True),
        (("North", "South", "Total"), False),
        (("North", "South", "West", "Total"), True),
        (("Units", "Price", "Amount"), False),
        (("2021", "2022", "Change"), False),
    ],
)
def test_cross_tabulations_have_values_of_one_kind_for_heads(
    heads: tuple[Value, ...], expected: bool
) -> None:
    count = len(heads)
    rows: Grid = [
        ["Item", *heads],
        ["Tea", *[4.5, 2, 7, 9][:count]],
        ["Rice", *[1, 1.5, 6, 8][:count]],
        ["Salt", *[9, 3, 2.5, 1][:count]],
    ]
    assert header(rows).cross_tabulation is expected


def test_columns_of_different_formats_are_no_cross_tabulation() -> None:
    rows: Grid = [["Item", "2022", "2023"], ["Tea", 4, 2], ["Rice", 1, 6]]
    formats = {"B2": "0%", "B3": "0%", "C2": "0.00", "C3": "0.00"}
    assert header(rows).cross_tabulation
    assert not header(rows, formats=formats).cross_tabulation


@pytest.mark.parametrize(
    "rows",
    [
        [["x"]],
        [[1]],
        [["a", "b", 3]],
        [["a"], ["b"], [3]],
        [["a"], [1]],
        [[None, "a"], [None, None], ["b", None]],
        [[2020], [2021]],
        [["#REF!", True], [True, "#N/A"]],
    ],
)
def test_one_row_and_one_column_at_least_are_data(rows: Grid) -> None:
    found = header(rows)
    width = max(len(row) for row in rows)
    assert found.rows < max(len(rows), 1)
    assert found.columns < max(width, 1)


def test_a_merge_over_the_whole_box_leaves_a_row_of_data() -> None:
    rows: Grid = [["All", None], [None, None], [None, None]]
    assert shape(rows, merges=("A1:B3",)) == (0, 0)


def test_a_box_of_all_columns_of_a_sheet() -> None:
    width = 16_384
    rows: Grid = [[f"c{at}" for at in range(width)], [*range(width)], [7] * width]
    assert shape(rows) == (1, 0)


def test_a_box_of_many_rows_with_headers_on_every_page() -> None:
    count = 50_000
    head: list[CellSpec] = ["Day", "Sales"]
    days: list[list[CellSpec]] = [[f"d{at}", at % 7] for at in range(count)]
    rows = [head, *(head if at % 50 == 49 else day for at, day in enumerate(days))]
    found = header(rows)
    assert (found.rows, found.columns, len(found.repeated)) == (1, 1, count // 50)
    assert found.sections == ()


VALUES = st.one_of(
    st.none(),
    st.sampled_from(["a", "Total", "2020", "-", "12", "£m", "Q1", " ", "#REF!", "x:"]),
    st.integers(1990, 2030),
    st.floats(-5, 5, allow_nan=False),
    st.booleans(),
    st.dates(dt.date(2000, 1, 1), dt.date(2030, 1, 1)),
)


@settings(deadline=None, max_examples=200)
@given(
    rows=st.lists(st.lists(VALUES, min_size=4, max_size=4), min_size=1, max_size=9),
    merge=st.sampled_from(["A1:D1", "A1:A9", "B2:C3", "A1:D9", "D1:D2"]),
)
def test_any_box_gets_a_header_inside_of_it(rows: Grid, merge: str) -> None:
    made = raster(rows, merges=(merge,))
    box = made.whole
    found = header_of(made, box, Evidence(frozen_rows=2, frozen_columns=2))
    inside = range(found.rows, len(rows))
    assert 0 <= found.rows < max(2, len(rows))
    assert 0 <= found.columns < 4
    assert set(found.sections) | set(found.repeated) <= set(inside)
    assert not set(found.sections) & set(found.repeated)
    assert np.array_equal(np.sort(found.sections), np.array(found.sections, np.float64))


def test_list_objects_that_are_hidden_have_the_header_row_that_they_tell(corpus: Path) -> None:
    workbook = read_workbook(corpus / "excel_to_code__model.xlsx")
    found = [
        (own.tables[at].header_rows, _hidden(workbook, own, own.tables[at].range))
        for own in workbook.sheets
        for at in range(len(own.tables))
    ]
    assert len(found) > 20
    assert sum(told == rows for told, rows in found) >= 0.9 * len(found)


def _hidden(workbook: Workbook, own: Sheet, area: RangeRef) -> int:
    made = raster_of(appearance_of(own, workbook.styles), area)
    return header_of(made, made.whole, replace(evidence_of(own), tables=())).rows
