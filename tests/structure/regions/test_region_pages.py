"""Boxes of whole pages: those that a person would draw."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.structure.regions.pages import boxes, page

PAGES = {
    "tables below each other without a blank row": (
        """
        Region | 2024 | 2025
        North  | 10.5 | 11.5
        South  | 12.5 | 13.5
        Product | Price | Units
        Bolt    | 1.5   | 400.5
        Nut     | 0.5   | 900.5
        """,
        ["A1:C3", "A4:C6"],
        [],
    ),
    "a statement with signs in columns of their own": (
        """
         | | *2001* | | *2002*

        Revenue | | | |
        Trading | $ | 12.5 | $ | 14.5
        Other | | 3.5 | | 4.5

        *Total* | $ | 16.5 | $ | 19.5
        """,
        ["A1:E7"],
        [],
    ),
    "names indented over several columns, far from their numbers": (
        """
         | | | | | 2003 | | 2002
         | | | | | m | | m
        Investment | | | | | | |
         | Additions | | | | 568.7 | | 12.5
         | Disposals | | | | -70.6 | | -3.5
         | | Of these sold | | | 14.2 | | 8.5
        Total | | | | | 512.3 | | 17.5
        """,
        ["A1:H7"],
        [],
    ),
    "blocks under the same years": (
        """
        Drivers | 2023 | 2024 | 2025
        Revenue | 10.5 | 11.5 | 12.5
        Costs | 3.5 | 4.5 | 5.5

        Ratios | 2023 | 2024 | 2025
        Margin | 0.5 | 0.6 | 0.7
        Growth | 0.1 | 0.2 | 0.3
        """,
        ["A1:D3", "A5:D7"],
        [],
    ),
    "numbers that were typed as texts": (
        """
        Group | Homes | Share
        Low | '4,089,009 | '0.46
        Middle | '3,553,678 | '0.34
        High | '2,456,226 | '0.20
        """,
        ["A1:C4"],
        [],
    ),
    "a form that nobody has filled in": (
        """
        Debts | Owed | Paid | Left
        First bank | | |
        Second bank | | |
        Third bank | | |

        Total | 0 | 0 | 0
        """,
        ["A1:D6"],
        [],
    ),
    "pairs under titles": (
        """
        Rate | 0.5
        Years | 12

        Results
        Value | 100.5
        Yield | 0.7
        """,
        ["A1:B2", "A4", "A5:B6"],
        [],
    ),
    "values before their labels": (
        """
        12.5 | | Hours a day
        250.5 | | Days a year
        0.5 | | Share of overtime
        """,
        ["A1:C3"],
        [],
    ),
    "notes that wrap below a table": (
        """
        Region | 2023 | 2024
        North | 10.5 | 11.5
        South | 12.5 | 13.5
        (1) The figures of the south are those of its
        second half.
        """,
        ["A1:C3", "A4:A5"],
        [],
    ),
    "rows that only have names yet": (
        """
        Plan | 2025 | 2026
        Growth of the revenue over the year |
        Growth of the costs over the year |
        Working capital in per cent of sales |
        """,
        ["A1:C4"],
        [],
    ),
    "group heads above a blank row": (
        """
         | North | | South |

        Product | Units | Price | Units | Price
        Bolt | 10.5 | 1.5 | 11.5 | 1.6
        Nut | 20.5 | 0.5 | 21.5 | 0.6
        """,
        ["A1:E5"],
        [],
    ),
    "periods of years and months": (
        """
        *Region* | *202601* | *202602* | *Total*
        North | 18076.19 | 9747.93 | 27824.12
        *Total* | *18076.19* | *9747.93* | *27824.12*

        *Product* | *202601* | *202602* | *Total*
        Lamp | 9007.96 | 4679.93 | 13687.89
        *Total* | *9007.96* | *4679.93* | *13687.89*
        """,
        ["A1:D3", "A5:D7"],
        [],
    ),
    "heads far above their numbers": (
        """
         | Staff | Travel | Rent



        North | 10.5 | 11.5 | 12.5
        South | 13.5 | 14.5 | 15.5
        East | 16.5 | 17.5 | 18.5
        """,
        ["A1:D7"],
        [],
    ),
    "settings right above a full header": (
        """
        Rate | 0.5 | 0.7
        Region | Sales | Costs
        North | 10.5 | 11.5
        South | 13.5 | 14.5
        East | 16.5 | 17.5
        West | 16.5 | 17.5
        """,
        ["A1:C1", "A2:C6"],
        [],
    ),
    "a title above the middle": (
        """
         | | Sales report |
        Region | 2023 | 2024 | 2025
        North  | 10.5 | 11.5 | 12.5
        South  | 13.5 | 14.5 | 15.5
        """,
        ["C1", "A2:D4"],
        [],
    ),
    "a day between the title and the header": (
        """
        New hires
        2024-09-12
        Function | Percent | Number
        Audit | 10.5 | 11.5
        Sales | 12.5 | 13.5
        """,
        ["A1:A2", "A3:C5"],
        [],
    ),
    "three lines of title": (
        """
        Acme Ltd
        Income statement
        For the year 2024

         | 2023 | 2024 | 2025
        Revenue  | 10.5 | 11.5 | 12.5
        Costs  | 13.5 | 14.5 | 15.5
        """,
        ["A1:A3", "A5:D7"],
        [],
    ),
    "units below the names": (
        """
        Region | Sales | Margin
         | EUR m | %
        North  | 10.5 | 11.5
        South  | 13.5 | 14.5
        """,
        ["A1:C4"],
        [],
    ),
    "a form of two pairs over a table": (
        """
        Name: | Ann | | Date: | 2024-01-31
        City: | Oslo | | Clerk: | Bob
        Zip: | 0150 | | Room: | 12

        Item | Price | Units | Net | Gross
        Bolt | 1.5 | 3 | 4.5 | 5.5
        Nut | 2.5 | 4 | 10 | 12.2
        Total | | 7 | 14.5 | 17.7
        """,
        ["A1:B3", "D1:E3", "A5:E8"],
        [],
    ),
    "a remark beside one row": (
        """
        Region | 2023 | 2024 | 2025 | |
        North  | 10.5 | 11.5 | 12.5 | |
        South  | 13.5 | 14.5 | 15.5 | | closed in May, see the letter of the board
        East   | 13.5 | 14.5 | 15.5 | |
        West   | 13.5 | 14.5 | 15.5 | |
        Total   | 13.5 | 14.5 | 15.5 | |
        """,
        ["A1:D6", "F3"],
        [],
    ),
    "a date above a table": (
        """
        As of | 2024-01-31

        Region | 2023 | 2024 | 2025
        North  | 10.5 | 11.5 | 12.5
        South  | 13.5 | 14.5 | 15.5
        """,
        ["A1:B1", "A3:D5"],
        [],
    ),
    "labels indented by a column": (
        """
         | | 2023 | 2024
        Revenue | | 10.5 | 11.5
         | Goods | 4.5 | 5.5
         | Services | 6 | 6
        Costs | | 5.5 | 6.5
         | Wages | 5.5 | 6.5
        """,
        ["A1:D6"],
        [],
    ),
    "indented labels with subtotals and blank rows": (
        """
         | | 2023 | 2024
        Revenue | | |
         | Goods | 4.5 | 5.5
         | Services | 6 | 6
         | | 10.5 | 11.5

        Costs | | |
         | Wages | 5.5 | 6.5
         | Rent | 5.5 | 6.5
         | | 11 | 13
        """,
        ["A1:D10"],
        [],
    ),
    "a cross tabulation with a merged corner": (
        """
        Region | Year | |
         | 2023 | 2024 | 2025
        North | 1.5 | 2.5 | 3.5
        South | 1.5 | 2.5 | 3.5
        """,
        ["A1:D4"],
        ["A1:A2", "B1:D1"],
    ),
    "one title above two tables": (
        """
        Quarterly review

        Region | 2024 | | Product | Price
        North  | 10.5 | | Bolt    | 1.5
        South  | 12.5 | | Nut     | 0.5
        East  | 12.5 | | Washer     | 0.5
        """,
        ["A1", "A3:B6", "D3:E6"],
        [],
    ),
    "a title above each of two tables": (
        """
        Sales | | | | Prices
        Region | 2024 | 2025 | | Product | Price | Units
        North  | 10.5 | 11.5 | | Bolt    | 1.5   | 400.5
        South  | 12.5 | 13.5 | | Nut     | 0.5   | 900.5
        East   | 14.5 | 15.5 | | Washer  | 0.1   | 700.5
        """,
        ["A1", "E1", "A2:C5", "E2:G5"],
        [],
    ),
    "numbered records with a blank row": (
        """
        # | Name | City | Amount
        1 | Ann | Oslo | 10.5
        2 | Bob | Bergen | 11.5
        3 | Eve | Hamar | 12.5

        4 | Dan | Moss | 13.5
        5 | Liv | Oslo | 14.5
        """,
        ["A1:D7"],
        [],
    ),
    "a total after two blank rows": (
        """
        Name | Jan | Feb | Mar
        Ann | 1.5 | 2.5 | 3.5
        Bob | 1.5 | 2.5 | 3.5


        Total | 3 | 5 | 7
        """,
        ["A1:D6"],
        [],
    ),
    "numbered footnotes": (
        """
        Name | Jan | Feb | Mar
        Ann (1) | 1.5 | 2.5 | 3.5
        Bob | 1.5 | 2.5 | 3.5
        (1) since May
        (2) estimated
        """,
        ["A1:D3", "A4:A5"],
        [],
    ),
    "lines to sign below a table": (
        """
        Name | Jan | Feb | Mar
        Ann | 1.5 | 2.5 | 3.5
        Bob | 1.5 | 2.5 | 3.5


        Prepared by: | Ann
        Checked by: | Bob
        """,
        ["A1:D3", "A6:B7"],
        [],
    ),
    "tables of texts with bold headers": (
        """
        *Step* | *Owner* | *State*
        Plan | Ann | done
        Build | Bob | open

        *Risk* | *Owner* | *Level*
        Fire | Ann | low
        Flood | Bob | high
        """,
        ["A1:C3", "A5:C7"],
        [],
    ),
    "a table of rates below one of amounts": (
        """
        Region | 2023 | 2024 | 2025
        North  | 10.5 | 11.5 | 12.5
        South  | 13.5 | 14.5 | 15.5

        Growth | 2023 | 2024 | 2025
        North  | 0.05 | 0.15 | 0.25
        South  | 0.35 | 0.45 | 0.55
        """,
        ["A1:D3", "A5:D7"],
        [],
    ),
    "years over blocks": (
        """
        Year | | 2023 | 2024 | 2025

        Revenue | EUR | 10.5 | 11.5 | 12.5
        Growth | % | 0.1 | 0.2 | 0.3

        Costs | EUR | 10.5 | 11.5 | 12.5
        Margin | % | 0.1 | 0.2 | 0.3
        """,
        ["A1:E7"],
        [],
    ),
    "a list of texts": (
        """
        Cities
        Oslo
        Bergen
        Hamar
        """,
        ["A1:A4"],
        [],
    ),
    "a list of numbers": (
        """
        Amount
        10.5
        11.5
        12.5
        """,
        ["A1:A4"],
        [],
    ),
    "prices by day": (
        """
        Date | Open | Close
        2024-01-29 | 1.5 | 2.5
        2024-01-30 | 1.5 | 2.5
        2024-01-31 | 1.5 | 2.5
        """,
        ["A1:C4"],
        [],
    ),
    "days across over a blank row": (
        """
         | 2024-01-31 | 2024-02-29 | 2024-03-31

        Cash | 1.5 | 2.5 | 3.5
        Debt | 1.5 | 2.5 | 3.5
        """,
        ["A1:D4"],
        [],
    ),
    "two columns of pairs": (
        """
        Rent | 100.5 | | Wages | 200.5
        Food | 50.5 | | Interest | 20.5
        Fuel | 30.5 | | Other | 10.5
        Total | 181.5 | | Total | 231.5
        """,
        ["A1:B4", "D1:E4"],
        [],
    ),
}
"""Text, boxes and merges of pages."""


@pytest.mark.parametrize(("text", "drawn", "merges"), PAGES.values(), ids=PAGES.keys())
def test_pages_have_the_boxes_a_person_draws(
    text: str, drawn: list[str], merges: list[str]
) -> None:
    """Titles, notes and blocks of one kind each."""
    assert boxes(page(text, merges=merges)) == drawn


def test_a_header_is_known_by_its_border() -> None:
    """Bold, filled and bordered first rows count alike."""
    drawn = page(
        """
        Step | Owner
        Plan | Ann
        Build | Bob

        *Risk* | *Level*
        Fire | High
        Flood | Low
        """
    )
    plain = replace(drawn, styles=tuple(replace(one, bold=False) for one in drawn.styles))
    framed = replace(
        plain, styles=[replace(one, bordered=at > 0) for at, one in enumerate(drawn.styles)]
    )

    assert boxes(drawn) == ["A1:B3", "A5:B7"]
    assert boxes(framed) == ["A1:B3", "A5:B7"]
    assert boxes(plain) == ["A1:B7"]
