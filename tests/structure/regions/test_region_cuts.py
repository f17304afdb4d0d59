"""Boxes of small sheets: those that a person would draw."""

from __future__ import annotations

from tests.structure.regions.pages import boxes, page


def test_tables_below_each_other_are_two() -> None:
    """A blank row parts them, and each has a header."""
    stacked = page("""
        Region | 2024 | 2025
        North  | 10.5 | 11.5
        South  | 12.5 | 13.5

        Product | Price | Units
        Bolt    | 1.5   | 400.5
        Nut     | 0.5   | 900.5
    """)
    assert boxes(stacked) == ["A1:C3", "A5:C7"]


def test_tables_below_each_other_with_titles_are_four_boxes() -> None:
    """A title stands alone above its table."""
    stacked = page("""
        Sales

        Region | 2024 | 2025
        North  | 10.5 | 11.5
        South  | 12.5 | 13.5

        Prices

        Product | Price | Units
        Bolt    | 1.5   | 400.5
        Nut     | 0.5   | 900.5
    """)
    assert boxes(stacked) == ["A1", "A3:C5", "A7", "A9:C11"]


def test_tables_beside_each_other_are_two() -> None:
    """A blank column parts them, and each has its own labels."""
    beside = page("""
        Region | 2024 | 2025 | | Product | Price | Units
        North  | 10.5 | 11.5 | | Bolt    | 1.5   | 400.5
        South  | 12.5 | 13.5 | | Nut     | 0.5   | 900.5
        East   | 14.5 | 15.5 | | Washer  | 0.1   | 700.5
    """)
    assert boxes(beside) == ["A1:C4", "E1:G4"]


def test_tables_of_unlike_height_beside_each_other_are_two() -> None:
    """The second one ends three rows earlier."""
    beside = page("""
        Region | 2024 | 2025 | | Product | Price
        North  | 10.5 | 11.5 | | Bolt    | 1.5
        South  | 12.5 | 13.5 | | Nut     | 0.5
        East   | 14.5 | 15.5 | |         |
        West   | 16.5 | 17.5 | |         |
        Centre | 18.5 | 19.5 | |         |
    """)
    assert boxes(beside) == ["A1:C6", "E1:F3"]


def test_tables_in_a_grid_are_four() -> None:
    """Two rows and two columns of them."""
    four = page("""
        Region | 2024 | 2025 | | Product | Price | Units
        North  | 10.5 | 11.5 | | Bolt    | 1.5   | 400.5
        South  | 12.5 | 13.5 | | Nut     | 0.5   | 900.5

        City   | 2024 | 2025 | | Staff   | Hours | Rate
        Oslo   | 20.5 | 21.5 | | Ann     | 8.5   | 40.5
        Bergen | 22.5 | 23.5 | | Bob     | 7.5   | 50.5
    """)
    assert boxes(four) == ["A1:C3", "E1:G3", "A5:C7", "E5:G7"]


def test_narrow_spacer_columns_are_inside_one_table() -> None:
    """Between each two columns one is blank, as in printed reports."""
    spaced = page("""
        Region | | 2023 | | 2024 | | 2025
        North  | | 10.5 | | 11.5 | | 12.5
        South  | | 13.5 | | 14.5 | | 15.5
        Total  | | 24   | | 26   | | 28
    """)
    assert boxes(spaced) == ["A1:G4"]


def test_a_blank_column_before_the_total_is_inside_the_table() -> None:
    """The last column is headed like the others."""
    spaced = page("""
        Region | 2023 | 2024 | 2025 | | Total
        North  | 10.5 | 11.5 | 12.5 | | 34.5
        South  | 13.5 | 14.5 | 15.5 | | 43.5
        East   | 16.5 | 17.5 | 18.5 | | 52.5
        West   | 19.5 | 20.5 | 21.5 | | 61.5
    """)
    assert boxes(spaced) == ["A1:F5"]


def test_labels_far_left_belong_to_their_numbers() -> None:
    """Four blank columns stand between, on every row."""
    far = page("""
                | | | | | 2023 | 2024 | 2025
        Revenue | | | | | 10.5 | 11.5 | 12.5
        Costs   | | | | | 13.5 | 14.5 | 15.5
        Tax     | | | | | 16.5 | 17.5 | 18.5
        Profit  | | | | | 19.5 | 20.5 | 21.5
    """)
    assert boxes(far) == ["A1:H5"]


def test_blank_rows_between_sections_are_inside_one_table() -> None:
    """A statement with one header and three sections."""
    statement = page("""
        Item        | 2023 | 2024 | 2025
        Revenue     | 10.5 | 11.5 | 12.5
        Costs       | 13.5 | 14.5 | 15.5

        Staff
        Wages       | 16.5 | 17.5 | 18.5
        Pensions    | 19.5 | 20.5 | 21.5

        Other
        Rent        | 22.5 | 23.5 | 24.5
        Energy      | 25.5 | 26.5 | 27.5
    """)
    assert boxes(statement) == ["A1:D11"]


def test_a_blank_row_before_the_total_is_inside_the_table() -> None:
    """The total has the columns of the rows above."""
    spaced = page("""
        Region | 2023 | 2024 | 2025
        North  | 10.5 | 11.5 | 12.5
        South  | 13.5 | 14.5 | 15.5

        Total  | 24   | 26   | 28
    """)
    assert boxes(spaced) == ["A1:D5"]


def test_a_blank_row_below_the_header_is_inside_the_table() -> None:
    """Header, blank row, data."""
    spaced = page("""
        Region | 2023 | 2024 | 2025

        North  | 10.5 | 11.5 | 12.5
        South  | 13.5 | 14.5 | 15.5
    """)
    assert boxes(spaced) == ["A1:D4"]


def test_a_header_of_two_rows_over_a_blank_row_is_inside_the_table() -> None:
    """Group heads and names, blank row, data."""
    spaced = page(
        """
               | Actual |      | Plan |
        Region | 2023   | 2024 | 2023 | 2024

        North  | 10.5   | 11.5 | 12.5 | 13.5
        South  | 14.5   | 15.5 | 16.5 | 17.5
        """,
        merges=["B1:C1", "D1:E1"],
    )
    assert boxes(spaced) == ["A1:E5"]


def test_merged_group_heads_join_what_spacer_columns_part() -> None:
    """Actual and plan stand in two groups of one table."""
    grouped = page(
        """
               | Actual |      | | Plan |
        Region | 2023   | 2024 | | 2023 | 2024
        North  | 10.5   | 11.5 | | 12.5 | 13.5
        South  | 14.5   | 15.5 | | 16.5 | 17.5
        East   | 18.5   | 19.5 | | 20.5 | 21.5
        """,
        merges=["B1:C1", "E1:F1"],
    )
    assert boxes(grouped) == ["A1:F5"]


def test_a_merged_head_over_a_spacer_column_joins_both_sides() -> None:
    """It spans the blank column itself."""
    grouped = page(
        """
        Region | Actual |      | |      | Note
               | 2023   | 2024 | | 2025 |
        North  | 10.5   | 11.5 | | 12.5 | a
        South  | 14.5   | 15.5 | | 16.5 | b
        East   | 18.5   | 19.5 | | 20.5 | c
        """,
        merges=["B1:E1"],
    )
    assert boxes(grouped) == ["A1:F5"]


def test_a_merged_title_over_two_tables_does_not_join_them() -> None:
    """It stands above both."""
    titled = page(
        """
        Report of the year | | | | | |

        Region | 2024 | 2025 | | Product | Price | Units
        North  | 10.5 | 11.5 | | Bolt    | 1.5   | 400.5
        South  | 12.5 | 13.5 | | Nut     | 0.5   | 900.5
        East   | 14.5 | 15.5 | | Washer  | 0.1   | 700.5
        """,
        merges=["A1:G1"],
    )
    assert boxes(titled) == ["A1:G1", "A3:C6", "E3:G6"]


def test_a_title_is_apart_from_its_table() -> None:
    """With and without a blank row between."""
    near = page("""
        Sales by region
        Region | 2023 | 2024 | 2025
        North  | 10.5 | 11.5 | 12.5
        South  | 13.5 | 14.5 | 15.5
    """)
    assert boxes(near) == ["A1", "A2:D4"]
    apart = page("""
        Sales by region

        Region | 2023 | 2024 | 2025
        North  | 10.5 | 11.5 | 12.5
        South  | 13.5 | 14.5 | 15.5
    """)
    assert boxes(apart) == ["A1", "A3:D5"]


def test_a_note_is_apart_from_its_table() -> None:
    """Source lines right below and after a blank row."""
    noted = page("""
        Region | 2023 | 2024 | 2025
        North  | 10.5 | 11.5 | 12.5
        South  | 13.5 | 14.5 | 15.5
        Source: annual reports of the company

        * without East
    """)
    assert boxes(noted) == ["A1:D3", "A4", "A6"]


def test_inputs_above_a_table_are_apart_from_it() -> None:
    """Labels with a value each, a blank row, a table."""
    inputs = page("""
        Company  | Acme
        Currency | EUR
        Rate     | 0.05

        Region | 2023 | 2024 | 2025
        North  | 10.5 | 11.5 | 12.5
        South  | 13.5 | 14.5 | 15.5
    """)
    assert boxes(inputs) == ["A1:B3", "A5:D7"]


def test_inputs_below_a_table_are_apart_from_it() -> None:
    """They use two of its columns and are no rows of it."""
    inputs = page("""
        Region | 2022 | 2023 | 2024 | 2025
        North  | 10.5 | 11.5 | 12.5 | 13.5
        South  | 14.5 | 15.5 | 16.5 | 17.5

        Company  | Acme
        Currency | EUR
        Auditor  | Smith
    """)
    assert boxes(inputs) == ["A1:E3", "A5:B7"]


def test_inputs_beside_a_table_are_apart_from_it() -> None:
    """A blank column parts labels with a value each from the table."""
    inputs = page("""
        Region | 2023 | 2024 | 2025 | | Company  | Acme
        North  | 10.5 | 11.5 | 12.5 | | Currency | EUR
        South  | 13.5 | 14.5 | 15.5 | | Auditor  | Smith
        East   | 16.5 | 17.5 | 18.5 | |          |
        West   | 19.5 | 20.5 | 21.5 | |          |
    """)
    assert boxes(inputs) == ["A1:D5", "F1:G3"]


def test_merged_banners_part_sections_of_one_table() -> None:
    """Each names the rows below it; the header is not written again."""
    banners = page(
        """
        City   | 2022 | 2023 | 2024 | 2025
        Europe |      |      |      |
        Oslo   | 10.5 | 11.5 | 12.5 | 13.5
        Bergen | 14.5 | 15.5 | 16.5 | 17.5
        Asia   |      |      |      |
        Hanoi  | 20.5 | 21.5 | 22.5 | 23.5
        Seoul  | 24.5 | 25.5 | 26.5 | 27.5
        """,
        merges=["A2:E2", "A5:E5"],
    )
    assert boxes(banners) == ["A1:E7"]


def test_merged_banners_over_headers_part_tables() -> None:
    """Each is the title of a table with a header of its own."""
    banners = page(
        """
        Sales  |      |      |      |
        City   | 2022 | 2023 | 2024 | 2025
        Oslo   | 10.5 | 11.5 | 12.5 | 13.5
        Bergen | 14.5 | 15.5 | 16.5 | 17.5
        Staff  |      |      |      |
        Team   | Head | Full | Part | Open
        Sales  | 20.5 | 21.5 | 22.5 | 23.5
        Legal  | 24.5 | 25.5 | 26.5 | 27.5
        """,
        merges=["A1:E1", "A5:E5"],
    )
    assert boxes(banners) == ["A1:E1", "A2:E4", "A5:E5", "A6:E8"]


def test_a_header_written_anew_stays_in_its_table() -> None:
    """Without a blank row before it, as at the top of a printed page."""
    repeated = page("""
        Region | 2023 | 2024 | 2025
        North  | 10.5 | 11.5 | 12.5
        South  | 13.5 | 14.5 | 15.5
        Region | 2023 | 2024 | 2025
        East   | 16.5 | 17.5 | 18.5
        West   | 19.5 | 20.5 | 21.5
    """)
    assert boxes(repeated) == ["A1:D6"]


def test_a_header_written_anew_after_a_blank_row_begins_a_table() -> None:
    """A blank row and the same header: two tables."""
    repeated = page("""
        Region | Net  | Tax  | Gross
        North  | 10.5 | 11.5 | 12.5
        South  | 13.5 | 14.5 | 15.5

        Region | Net  | Tax  | Gross
        East   | 16.5 | 17.5 | 18.5
        West   | 19.5 | 20.5 | 21.5
    """)
    assert boxes(repeated) == ["A1:D3", "A5:D7"]


def test_a_header_repeated_to_the_right_parts_tables() -> None:
    """With and without a blank column between."""
    touching = page("""
        Name | Score | Name  | Score
        Ann  | 10.5  | Carol | 12.5
        Bob  | 11.5  | Dave  | 13.5
        Eve  | 14.5  | Frank | 15.5
    """)
    assert boxes(touching) == ["A1:B4", "C1:D4"]
    apart = page("""
        Name | Score | | Name  | Score
        Ann  | 10.5  | | Carol | 12.5
        Bob  | 11.5  | | Dave  | 13.5
        Eve  | 14.5  | | Frank | 15.5
    """)
    assert boxes(apart) == ["A1:B4", "D1:E4"]


PROSE = (
    "These figures are taken from the annual reports of the last three years and were not audited."
)


def test_a_merged_text_beside_a_table_is_apart_from_it() -> None:
    """A remark over several rows and columns."""
    remark = page(
        f"""
        Region | 2023 | 2024 | 2025 | {PROSE}
        North  | 10.5 | 11.5 | 12.5 |
        South  | 13.5 | 14.5 | 15.5 |
        East   | 16.5 | 17.5 | 18.5 |


        | | | | | | | end
        """,
        merges=["E1:H4"],
    )
    assert boxes(remark) == ["A1:D4", "E1:H4", "H7"]


def test_a_merged_text_above_a_table_is_apart_from_it() -> None:
    """Without a blank row between."""
    remark = page(
        f"""
        {PROSE}
               |      |      |
        Region | 2023 | 2024 | 2025
        North  | 10.5 | 11.5 | 12.5
        South  | 13.5 | 14.5 | 15.5
        """,
        merges=["A1:D2"],
    )
    assert boxes(remark) == ["A1:D2", "A3:D5"]


def test_rows_after_many_blank_ones_belong_to_the_table_above() -> None:
    """Five blank rows, no header below, the same columns."""
    joined = page("""
        Region | 2023 | 2024 | 2025
        North  | 10.5 | 11.5 | 12.5
        South  | 13.5 | 14.5 | 15.5
        East   | 16.5 | 17.5 | 18.5





        West   | 19.5 | 20.5 | 21.5
        Centre | 22.5 | 23.5 | 24.5
        Total  | 82.5 | 87.5 | 92.5
    """)
    assert boxes(joined) == ["A1:D12"]


def test_rows_far_below_are_another_box() -> None:
    """Twelve blank rows part what looks alike."""
    rows = "\n".join(
        [
            "Region | 2023 | 2024 | 2025",
            "North  | 10.5 | 11.5 | 12.5",
            "South  | 13.5 | 14.5 | 15.5",
            *[""] * 12,
            "West   | 19.5 | 20.5 | 21.5",
            "Centre | 22.5 | 23.5 | 24.5",
        ]
    )
    assert boxes(page(rows)) == ["A1:D3", "A16:D17"]


def test_a_long_list_of_records_is_one_table() -> None:
    """Texts only, under a bold header."""
    records = page("""
        *Name* | *City* | *State*
        Ann    | Oslo   | open
        Bob    | Bergen | closed
        Carol  | Oslo   | open
        Dave   | Hamar  | open
    """)
    assert boxes(records) == ["A1:C5"]


def test_gaps_in_the_last_columns_of_records_part_nothing() -> None:
    """Optional columns are blank in most rows."""
    records = page("""
        Name  | City   | Amount | Remark | Paid
        Ann   | Oslo   | 10.5   |        |
        Bob   | Bergen | 11.5   |        | 2024-01-31
        Carol |        | 12.5   |        |
        Dave  | Hamar  | 13.5   | late   |
    """)
    assert boxes(records) == ["A1:E5"]
