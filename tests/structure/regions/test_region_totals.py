"""Total rows and columns of boxes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.books import CellSpec, book, sheet
from tests.structure.regions.pages import Grid, cells
from tickmark.model.address import RangeRef, cell_address, column_letters
from tickmark.model.region import Edge, Reason
from tickmark.model.workbook import DefinedName, Workbook
from tickmark.read import read_workbook
from tickmark.structure.formulas import formulas_of
from tickmark.structure.pieces import pieces
from tickmark.structure.regions.appearance import appearance_of
from tickmark.structure.regions.headers import Header
from tickmark.structure.regions.raster import raster_of
from tickmark.structure.regions.sums import Sums, sums_of
from tickmark.structure.regions.total_labels import Label, labels_of
from tickmark.structure.regions.total_line import Proof, Total
from tickmark.structure.regions.total_terms import Figure, terms_of
from tickmark.structure.regions.totals import Totals, totals_of
from tickmark.structure.template import Template


def found_in(workbook: Workbook, area: str, header: Header, declared: int = 0) -> Totals:
    """The totals of a range of the first sheet."""
    formulas = formulas_of(workbook)
    own = formulas.sheets[0]
    window = RangeRef.parse(area, sheet=own.sheet.name)
    raster = raster_of(appearance_of(own.sheet, workbook.styles, own.template_of), window)
    return totals_of(raster, raster.whole, header, sums_of(formulas, own.sheet.name), declared)


def found(
    rows: Grid, header: Header | None = None, declared: int = 0, **rest: object
) -> tuple[list[int], str]:
    """Sheet rows and column letters of the totals of a table that begins in A1."""
    workbook = book({"S": sheet(cells(rows), **rest)})
    area = f"A1:{cell_address(len(rows), max(map(len, rows)))}"
    totals = found_in(workbook, area, header or Header(1, 1), declared)
    letters = "".join(column_letters(column + 1) for column in totals.columns)
    return [row + 1 for row in totals.rows], letters


SALES: Grid = [
    ["Region", "2019", "2020"],
    ["North", 120, 131],
    ["South", 244, 267],
    ["West", 371, 390],
]


def below(*last: Sequence[CellSpec]) -> Grid:
    return [*SALES, *last]


# Formulas


@pytest.mark.parametrize(
    "row",
    [
        ["x", "=SUM(B2:B4)", "=SUM(C2:C4)"],
        ["x", "=SUM(B1:B4)", "=SUM(C1:C4)"],
        ["x", "=SUBTOTAL(9,B2:B4)", "=SUBTOTAL(109,C2:C4)"],
        ["x", "=AGGREGATE(9,6,B2:B4)", "=AGGREGATE(9,6,C2:C4)"],
        ["x", "=B2+B3+B4", "=C2+C3+C4"],
        ["x", "=+B2+B3+B4", "=+C2+C3+C4"],
        ["x", "=SUM(B2,B3,B4)", "=SUM(C2,C3,C4)"],
        ["x", "=SUM(B2:B3)-B4", "=SUM(C2:C3)-C4"],
        ["x", "=ROUND(SUM(B2:B4),0)", "=ROUND(SUM(C2:C4),0)"],
        ["x", '=IF(B2="","",SUM(B2:B4))', '=IF(C2="","",SUM(C2:C4))'],
        ["x", "=IFERROR(SUM(B2:B4),0)", "=IFERROR(SUM(C2:C4),0)"],
        ["x", "=AVERAGE(B2:B4)", "=AVERAGE(C2:C4)"],
        ["x", "=SUM(B2:B4)/COUNT(B2:B4)", "=SUM(C2:C4)/COUNT(C2:C4)"],
        ["x", "=MAX(B2:B4)", "=MIN(C2:C4)"],
        ["x", "=COUNT(B2:B4)", "=STDEV(C2:C4)"],
        ["x", "=S!B2+S!B3+S!B4", "=SUM(S!C2:C4)"],
    ],
)
def test_row_of_formulas_that_sum_up_their_columns_is_a_total(row: Sequence[CellSpec]) -> None:
    assert found(below(row)) == ([5], "")


@pytest.mark.parametrize(
    "row",
    [
        ["x", "=B2*2", "=C2*2"],
        ["x", "=B4", "=C4"],
        ["x", '=SUMIF($A$2:$A$4,"North",B2:B4)', '=SUMIF($A$2:$A$4,"North",C2:C4)'],
        ["x", "=SUMPRODUCT(B2:B4,C2:C4)", "=SUMPRODUCT(C2:C4,B2:B4)"],
        ["x", "=SUM(Other!B2:B9)", "=SUM(Other!C2:C9)"],
        ["x", "=SUM(B20:B30)", "=SUM(C20:C30)"],
        ["x", "=SUM(C2:C4)", "=SUM(D2:D4)"],
        ["x", "=1-(B2+B3)", "=1-(C2+C3)"],
        ["x", "=AVERAGE(B2,B4)", "=AVERAGE(C2,C4)"],
        ["x", "=SUM(B2:B4)*1.2", "=SUM(C2:C4)*1.2"],
        ["Difference", "=B4-B3", "=C4-C3"],
        ["Check", "=B2+B3-B4", "=C2+C3-C4"],
        ["% of total", "=B2-B3", "=C2-C3"],
    ],
)
def test_row_of_other_formulas_is_no_total(row: Sequence[CellSpec]) -> None:
    workbook = book({"S": cells(below(row)), "Other": {"B2": 1}})

    assert found_in(workbook, "A1:C5", Header(1, 1)).rows == ()


def test_names_and_structured_references_count_as_the_cells_they_mean() -> None:
    rows = below(["x", "=SUM(Early)", "=SUBTOTAL(109,Sales[2020])"])
    workbook = book(
        {"S": sheet(cells(rows), tables=(("Sales", "A1:C4"),))},
        names=[DefinedName("Early", "S!$B$2:$B$4")],
    )

    assert found_in(workbook, "A1:C5", Header(1, 1)).rows == (4,)


def test_subtotals_and_their_total_are_totals_with_what_they_add_up() -> None:
    rows: Grid = [
        ["", "Amount"],
        ["a", 1],
        ["b", 2],
        ["s", "=SUM(B2:B3)"],
        ["c", 3],
        ["d", 4],
        ["s", "=SUM(B5:B6)"],
        ["t", "=B4+B7"],
    ]

    totals = found_in(book({"S": cells(rows)}), "A1:B8", Header(1, 1))

    assert totals == Totals(
        rows=(3, 6, 7),
        reasons=(
            Reason(Edge.TOTAL_ROWS, "row 4 sums up rows 2 to 3"),
            Reason(Edge.TOTAL_ROWS, "row 7 sums up rows 5 to 6"),
            Reason(Edge.TOTAL_ROWS, "row 8 sums up row 4 and row 7"),
        ),
        of_rows=(
            Total(3, Proof.FORMULAS, ((1, 2),)),
            Total(6, Proof.FORMULAS, ((4, 5),)),
            Total(7, Proof.FORMULAS, ((3, 3), (6, 6))),
        ),
    )


def test_net_line_tells_what_it_takes_away() -> None:
    rows: Grid = [
        ["", "2020", "2021"],
        ["Revenue", 10, 12],
        ["Costs", 4, 5],
        ["Gross profit", "=B2-B3", "=C2-C3"],
    ]

    totals = found_in(book({"S": cells(rows)}), "A1:C4", Header(1, 1))

    assert totals.of_rows == (Total(3, Proof.FORMULAS, ((1, 1),), ((2, 2),)),)
    assert [reason.cue for reason in totals.reasons] == ["row 4 sums up row 2 less row 3"]


def test_places_are_those_of_the_sheet_in_reasons_and_of_the_raster_in_totals() -> None:
    workbook = book(
        {
            "S": {
                "C10": "Item",
                "D10": "Jan",
                "E10": "Feb",
                "F10": "All",
                "C11": "a",
                "D11": 1,
                "E11": 2,
                "F11": "=SUM(D11:E11)",
                "C12": "b",
                "D12": 3,
                "E12": 4,
                "F12": "=SUM(D12:E12)",
                "C13": "Total",
                "D13": "=SUM(D11:D12)",
                "E13": "=SUM(E11:E12)",
                "F13": "=SUM(F11:F12)",
            }
        }
    )

    totals = found_in(workbook, "C10:F13", Header(1, 1))

    assert (totals.rows, totals.columns) == ((3,), (3,))
    assert totals.reasons == (
        Reason(Edge.TOTAL_ROWS, "row 13 sums up rows 11 to 12"),
        Reason(Edge.TOTAL_COLUMNS, "column F sums up columns D to E"),
    )


def test_total_above_its_parts_is_one() -> None:
    rows: Grid = [["", "A"], ["All", "=SUM(B3:B5)"], ["a", 1], ["b", 2], ["c", 3]]

    assert found(rows) == ([2], "")


def test_ratios_in_a_total_row_do_not_hide_it() -> None:
    rows: Grid = [
        ["", "N", "%"],
        ["a", 1, "=B2/B$4"],
        ["b", 3, "=B3/B$4"],
        ["c", "=SUM(B2:B3)", "=B4/B$4"],
    ]

    assert found(rows) == ([4], "")


def test_running_sums_and_forecasts_are_no_totals() -> None:
    rows: Grid = [
        ["Day", "Amount", "So far", "Trend"],
        ["1", 5, "=SUM(B$2:B2)", 1],
        ["2", 7, "=SUM(B$2:B3)", 1],
        ["3", 4, "=SUM(B$2:B4)", "=D2+D3"],
        ["4", 8, "=SUM(B$2:B5)", "=D3+D4"],
        ["5", 2, "=C5+B6", "=D4+D5"],
    ]

    assert found(rows) == ([], "")


def test_total_columns_in_steps_over_others_are_found() -> None:
    rows: Grid = [
        ["", "Men", "Women", "Men", "Women", "M", "W"],
        ["a", 1, 2, 3, 4, "=B2+D2", "=C2+E2"],
        ["b", 5, 6, 7, 8, "=B3+D3", "=C3+E3"],
        ["c", 5, 6, 7, 9, "=B4+D4", "=C4+E4"],
    ]

    assert found(rows) == ([], "FG")


def test_difference_of_two_columns_is_no_total_column_unless_called_so() -> None:
    rows: Grid = [["", "In", "Out", "Left"], ["a", 5, 2, "=B2-C2"], ["b", 7, 3, "=B3-C3"]]
    called: Grid = [["", "In", "Out", "Total"], *rows[1:]]

    assert found(rows) == ([], "")
    assert found(called) == ([], "D")


@pytest.mark.parametrize(
    ("names", "totals"),
    [(("Farm, both", "Gap of farms"), []), (("Total farm", "Net farm"), [6, 7])],
)
def test_rows_of_picked_cells_are_totals_only_where_they_are_called_so(
    names: tuple[str, str], totals: list[int]
) -> None:
    rows: Grid = [
        ["Use", "2019", "2020"],
        ["Farm", 12, 15],
        ["Boats", 31, 33],
        ["Farm, other", 25, 26],
        ["Boats, other", 14, 19],
        [names[0], "=B2+B4", "=C2+C4"],
        [names[1], "=B2-B4", "=C2-C4"],
    ]
    assert found(rows) == (totals, "")


def test_result_between_blank_rows_is_a_total_without_a_known_name() -> None:
    rows: Grid = [
        ["Use", "2019", "2020"],
        ["Sales", 112, 115],
        ["Rent", 31, 33],
        [None, None, None],
        ["What is kept", "=B2-B3", "=C2-C3"],
    ]
    assert found(rows) == ([5], "")


def test_columns_called_a_total_in_the_words_of_another_are_totals() -> None:
    rows: Grid = [
        ["Land", "Heads", None, None, "Percentage", None, None],
        [None, "Men", "Women", "Total", "Men", "Women", "Total"],
        ["North", 179.1, 159.3, 338.4, 52.9, 47.1, 100],
        ["South", 590.7, 630.2, 1220.9, 48.4, 51.6, 100],
        ["West", 101.6, 101.8, 203.4, 50.0, 50.0, 100],
    ]
    merges = ("B1:D1", "E1:G1")
    assert found(rows, Header(2, 1), merges=merges) == ([], "DG")


def test_total_may_be_less_than_its_parts_where_some_are_taken_away() -> None:
    rows: Grid = [
        ["Equity", "2019", "2020"],
        ["Paid in", 16644, 15588],
        ["Retained", 12366, 8342],
        ["Own shares", 8507, 6872],
        ["Currency", -198, -150],
        ["Total equity", 20305, 16908],
    ]
    assert found(rows) == ([6], "")


def test_maximums_and_averages_of_a_place_are_totals() -> None:
    rows: Grid = [
        ["Site", "1st", "2nd"],
        ["Ash", 5.1, 4.4],
        ["Oak", 5.0, 4.7],
        ["Elm", 4.9, 4.6],
        [None, None, None],
        ["State Wide Average =>", 5.0, 4.57],
        ["State Wide Maximums =>", 5.1, 4.7],
    ]
    assert found(rows) == ([6, 7], "")


def test_form_that_nobody_has_filled_in_has_its_results_and_its_last_column() -> None:
    rows: Grid = [
        ["Item", "Jan", "Feb", "Mar", "Total"],
        ["Income", 0, 0, 0, 0],
        [None, None, None, None, None],
        ["Gross profit", 0, 0, 0, 0],
        [None, None, None, None, None],
        ["Rent", 0, 0, 0, 0],
    ]
    assert found(rows) == ([4], "E")


def test_array_formula_does_not_move_from_cell_to_cell() -> None:
    rows: Grid = [["", "A", "B"], ["a", 1, 2], ["b", 3, 4], ["t", None, None]]
    workbook = book({"S": sheet(cells(rows), shared={"B4:C4": "=SUM(B2:B3)"})})

    assert found_in(workbook, "A1:C4", Header(1, 1)).rows == (3,)


@pytest.mark.parametrize(
    ("text", "figure", "signed"),
    [
        ("SUM(A1:A5)", Figure.SUM, ((1, 0),)),
        ("A1+A2-A3", Figure.SUM, ((1, 0), (1, 1), (-1, 2))),
        ("A1-(A2-A3)", Figure.SUM, ((1, 0), (-1, 1), (1, 2))),
        ("-A1+A2", Figure.SUM, ((-1, 0), (1, 1))),
        ("SUM(A1,-A2)+100", Figure.SUM, ((1, 0), (-1, 1))),
        ("SUBTOTAL(101,A1:A5)", Figure.MEAN, ((1, 0),)),
        ("SUBTOTAL(3,A1:A5)", Figure.OTHER, ((1, 0),)),
        ("AGGREGATE(9,5,A1:A5)", Figure.SUM, ((1, 0),)),
        ("(A1+A2+A3)/3", Figure.MEAN, ((1, 0), (1, 1), (1, 2))),
        ("MEDIAN(A1:A5)", Figure.OTHER, ((1, 0),)),
        ('IF($I6="","",SUM(J6:N6))', Figure.SUM, ((1, 1),)),
        ("IF(SUM(A1:A5)=0,0,SUM(B1:B5))", Figure.SUM, ((1, 1),)),
        ("'My sheet'!A1+Other!B2:C3", Figure.SUM, ((1, 0), (1, 1))),
        ("SUM(Sales[2020],Name)", Figure.SUM, ((1, 0), (1, 1))),
    ],
)
def test_terms_of_formulas_that_add_up(
    text: str, figure: Figure, signed: tuple[tuple[int, int], ...]
) -> None:
    terms = terms_of(Template(text, pieces(text, 20, 20), 20, 20))

    assert terms is not None
    assert (terms.figure, terms.signed) == (figure, signed)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1+2",
        "A1*2",
        "A1/A2",
        "A1&A2",
        "SUM(A1:A5)*2",
        "SUM(A1:A5)^2",
        "SUM(A1:A5)%",
        "-SUM(A1:A5)",
        "SUM(A1:A5>3)",
        "SUMIF(A1:A5,1)",
        "AVERAGE(A1:A5)+AVERAGE(B1:B5)",
        "SUM(OFFSET(A1,0,0,5,1))",
        "SUM(A1:INDEX(A1:A9,3))",
        "SUM((A1:A5",
        "SUM(A1:A5))",
        "SUM(A1:A5 A3:A9)",
        "IF(A1,SUM(A1:A5),SUM(B1:B5))",
        "LET(x,A1,x+A2)",
        "SUM({1,2})",
        "ROUND(A1,B1)",
        "(" * 3_000 + "A1" + ")" * 3_000,
        "+".join(["A1"] * 10_000),
    ],
)
def test_other_formulas_have_no_terms(text: str) -> None:
    assert terms_of(Template(text, pieces(text, 20, 20), 20, 20)) is None


# Labels


@pytest.mark.parametrize(
    "text",
    [
        "Total",
        "TOTAL:",
        "Grand Total",
        "Sub-total",
        "Subtotal",
        "Totals (all)",
        "Total 2019",
        "Sum",
        "Summe",
        "Gesamt",
        "Zwischensumme",
        "Somme",
        "Ensemble",
        "Total général",
        "Totale",
        "Totaal",
        "Suma",
        "Итого",
        "\u0412\u0441\u0435\u0433\u043e:",
        "合计",
        "总计",
        "小计",
        "合計",
        "小計",
        "합계",
    ],
)
def test_text_that_is_nothing_but_a_total_word_calls_a_total(text: str) -> None:
    rows: Grid = [["", "A"], ["x", 5], ["y", 8], [text, 29]]

    assert labels_of([text], [0]) == {0: Label.WHOLLY}
    assert found(rows) == ([4], "")


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Total expenses", Label.PARTLY),
        ("North total", Label.PARTLY),
        ("Gesamtkosten", Label.PARTLY),
        ("本期合计", Label.PARTLY),
        ("Annual average", Label.FIGURE),
        ("Std. Dev.", Label.FIGURE),
        ("Standard deviation", Label.FIGURE),
        ("Net income", Label.NET),
        ("Earnings before tax %TR", Label.NET),
        ("Change in cash", Label.APART),
        ("% of total", Label.APART),
        ("Total cost per unit", Label.NONE),
        ("Running total", Label.NONE),
        ("Totally new", Label.NONE),
        ("Summary", Label.NONE),
        ("Summer", Label.NONE),
        ("Middle income households", Label.NONE),
        ("2019", Label.NONE),
        ("", Label.NONE),
        ("total " * 50, Label.NONE),
    ],
)
def test_labels_by_their_words(text: str, label: Label) -> None:
    assert labels_of([text], [0]).get(0, Label.NONE) is label


def test_labels_of_many_texts_are_those_of_each() -> None:
    texts = [f"Customer {number}" for number in range(500)]
    texts[7], texts[8], texts[499] = "Total", "a\0b", "Net profit"

    assert labels_of(texts, range(500)) == {7: Label.WHOLLY, 499: Label.NET}
    assert labels_of(texts, [7, 499]) == {7: Label.WHOLLY, 499: Label.NET}


def test_words_that_stand_in_all_rows_call_none() -> None:
    rows: list[Sequence[CellSpec]] = [["", "Value"]]
    rows += [(f"Total of {name}", 17 * at) for at, name in enumerate("abcdefgh")]

    assert found(rows) == ([], "")


def test_total_word_in_the_first_row_of_data_calls_nothing_above() -> None:
    rows: Grid = [["", "2020", "2021"], ["Total revenue", 91, 97], ["Staff", 7, 9], ["Tax", 3, 5]]

    assert found(rows) == ([], "")


def test_total_without_numbers_in_an_empty_form_is_one() -> None:
    rows: Grid = [["Item", "Cost"], ["Rent", 0], ["Food", None], ["Total", None]]

    assert found(rows) == ([4], "")


def test_section_that_is_called_total_is_no_total() -> None:
    rows: Grid = [
        ["", "2020", "2021"],
        ["x", 1, 2],
        ["Total population", None, None],
        ["Men", 31, 37],
        ["Women", 33, 41],
    ]

    assert found(rows) == ([], "")


def test_figures_behind_the_data_are_totals_and_names_in_it_are_not() -> None:
    rows: Grid = [["", "A"], ["Max", 31], ["Sven", 45], ["Ada", 77], ["Mean", 51], ["Max", 77]]

    assert found(rows) == ([5, 6], "")


def test_label_right_before_the_numbers_counts_like_one_at_the_left() -> None:
    rows: Grid = [
        ["Item", "Note", "Unit", "Cost"],
        ["a", "x", "kg", 31],
        ["b", "y", "kg", 45],
        [None, None, "Total", 99],
    ]

    assert found(rows) == ([4], "")


def test_pivot_names_its_totals_after_what_they_sum_up() -> None:
    rows: Grid = [
        ["Company", "Way", "Paid", "Items", "Total Paid", "Total Items"],
        ["Acme", "Card", 134.85, 2, 134.85, 2],
        [None, "Card Total", 134.85, 2, 134.85, 2],
        ["Acme Total", None, 134.85, 2, 134.85, 2],
        ["Grand Total", None, 134.85, 2, 134.85, 2],
    ]

    assert found(rows, Header(1, 2)) == ([3, 4, 5], "EF")


@pytest.mark.parametrize("head", ["Total cost per unit", "Total", "Sum", "Average"])
def test_header_word_alone_makes_no_total_column(head: str) -> None:
    rows: Grid = [["", "Count", head, "Price"], ["a", 3, 41, 7], ["b", 5, 93, 8], ["c", 9, 31, 6]]

    assert found(rows) == ([], "")


# Values


def test_last_row_that_equals_the_sum_is_a_total_without_a_label() -> None:
    totals = found_in(book({"S": cells(below([None, 735, 788]))}), "A1:C5", Header(1, 1))

    assert totals.of_rows == (Total(4, Proof.VALUES, ((1, 3),)),)
    assert [one.cue for one in totals.reasons] == ["row 5 equals the sum of rows 2 to 4"]


def test_values_that_miss_the_sum_make_no_total() -> None:
    assert found(below([None, 751, 799])) == ([], "")


def test_sum_within_rounding_is_a_total() -> None:
    rows: Grid = [
        ["", "2019", "2020"],
        ["a", 1203.4, 1311.3],
        ["b", 2441.4, 2671.3],
        ["c", 3711.4, 3901.3],
        ["Total", 7356, 7884],
    ]
    exact = [row[:] for row in rows[:4]]

    assert found(rows) == ([5], "")
    assert found([*exact, ["all", 7356.1, 7884.0]]) == ([5], "")


def test_subtotals_and_the_total_of_them_are_found_by_values() -> None:
    rows: Grid = [
        ["", "A", "B"],
        ["a", 1203, 877],
        ["b", 2441, 654],
        ["ab", 3644, 1531],
        ["c", 5127, 909],
        ["d", 1188, 431],
        ["cd", 6315, 1340],
        ["all", 9959, 2871],
    ]

    totals = found_in(book({"S": cells(rows)}), "A1:C8", Header(1, 1))

    assert totals.of_rows == (
        Total(3, Proof.VALUES, ((1, 2),)),
        Total(6, Proof.VALUES, ((4, 5),)),
        Total(7, Proof.VALUES, ((3, 3), (6, 6))),
    )


def test_totals_above_their_parts_are_found_by_values() -> None:
    rows: Grid = [
        ["", "A", "B"],
        ["ab", 3644, 1531],
        ["a", 1203, 877],
        ["b", 2441, 654],
        ["cd", 6315, 1340],
        ["c", 5127, 909],
        ["d", 1188, 431],
        ["all", 9959, 2871],
    ]

    assert found(rows) == ([2, 5, 8], "")


def test_statement_with_results_is_read_from_the_top() -> None:
    rows: Grid = [
        ["", "2020", "2021"],
        ["Revenue", 21454, 17772],
        ["Direct costs", 9675, 8170],
        ["Gross profit", 11779, 9602],
        ["Selling", 5709, 4727],
        ["Research", 2642, 2085],
        ["Other", 139, 71],
        ["Total operating costs", 8490, 6883],
        ["Operating income", 3289, 2719],
        ["Tax", 863, 539],
        ["Net income", 2426, 2180],
    ]

    totals = found_in(book({"S": cells(rows)}), "A1:C11", Header(1, 1))

    assert totals.of_rows == (
        Total(3, Proof.VALUES, ((1, 1),), ((2, 2),)),
        Total(7, Proof.VALUES, ((4, 6),)),
        Total(8, Proof.VALUES, ((3, 3),), ((7, 7),)),
        Total(10, Proof.VALUES, ((8, 8),), ((9, 9),)),
    )


def test_what_is_left_of_a_row_does_not_make_that_row_a_total() -> None:
    rows: Grid = [
        ["", "2020", "2021"],
        ["Sales", 941, 872],
        ["Costs", 410, 333],
        ["Profit", 531, 539],
    ]

    assert found(rows) == ([4], "")


@pytest.mark.parametrize(
    "rows",
    [
        [["", "A", "B"], ["a", 0, 0], ["b", 0, 0], ["c", 0, 0]],
        [["", "A", "B"], ["a", 4711, 815], ["b", 0, 0], ["c", 4711, 815]],
        [["", "A", "B"], ["a", 1, 10], ["b", 2, 20], ["c", 3, 30]],
        [["", "A", "B"], ["a", 1, 1], ["b", 1, 1], ["c", 1, 1], ["d", 1, 1]],
        [["", "x1", "x2", "x3"], *([f"r{n}", n, 2 * n, 3 * n] for n in range(1, 8))],
        [["", "A"], ["HO-1", 0.242], ["HO-2", 0.549], ["HO-3", 0.209], ["No", 1], ["x", 7]],
        [["Year", "A"], *([year, 100 + 37 * year % 89] for year in range(2000, 2012))],
    ],
)
def test_sums_that_say_nothing_make_no_totals(rows: Grid) -> None:
    assert found(rows) == ([], "")


def test_columns_are_totals_by_their_values() -> None:
    rows: Grid = [
        ["", "Jan", "Feb", "Mar", "Quarter"],
        ["a", 1203, 877, 431, 2511],
        ["b", 2441, 654, 909, 4004],
        ["c", 5127, 909, 188, 6224],
    ]

    totals = found_in(book({"S": cells(rows)}), "A1:E4", Header(1, 1))

    assert totals.of_columns == (Total(4, Proof.VALUES, ((1, 3),)),)
    assert totals.reasons == (
        Reason(Edge.TOTAL_COLUMNS, "column E equals the sum of columns B to D"),
    )


def test_two_quantities_that_make_up_a_third_need_a_name() -> None:
    spans: Grid = [["", "Start", "Length", "End"], ["a", 1203, 877, 2080], ["b", 2441, 654, 3095]]
    people: Grid = [["", "Men", "Women", "Total"], *spans[1:]]

    assert found([*spans, ["c", 5127, 909, 6036]]) == ([], "")
    assert found([*people, ["c", 5127, 909, 6036]]) == ([], "D")


def test_shares_between_columns_are_stepped_over() -> None:
    rows: Grid = [
        ["", "Total", "Yes", "%", "No", "%"],
        ["a", 71, 39, 39 / 71, 32, 32 / 71],
        ["b", 58, 34, 34 / 58, 24, 24 / 58],
        ["c", 35, 29, 29 / 35, 6, 6 / 35],
    ]

    assert found(rows) == ([], "B")


def test_columns_under_the_same_inner_header_are_added_up() -> None:
    rows: Grid = [
        ["", "East", None, "West", None, "Total", None],
        ["", "Men", "Women", "Men", "Women", "Men", "Women"],
        ["a", 1203, 877, 431, 212, 1634, 1089],
        ["b", 2441, 654, 909, 313, 3350, 967],
        ["c", 5127, 909, 188, 544, 5315, 1453],
    ]

    assert found(rows, Header(2, 1), merges=("B1:C1", "D1:E1", "F1:G1")) == ([], "FG")


# What a box may be


def test_rows_declared_by_the_author_are_totals() -> None:
    workbook = book({"S": cells(below(["x", 5, 6]))})

    totals = found_in(workbook, "A1:C5", Header(1, 1), declared=1)

    assert totals.of_rows == (Total(4, Proof.AUTHOR),)
    assert totals.reasons == (Reason(Edge.TOTAL_ROWS, "row 5 is a totals row of the table"),)


def test_repeated_headers_are_no_totals() -> None:
    rows: Grid = [*SALES, ["Total", 2019, 2020], *SALES[1:]]

    assert found(rows, Header(1, 1, repeated=(4,))) == ([], "")


@pytest.mark.parametrize("header", [Header(0, 0), Header(9, 1), Header(1, 9), Header(2, 2)])
def test_any_header_fits_a_small_box(header: Header) -> None:
    rows: Grid = [["Total", "=SUM(B2:B3)"], ["Total", 4]]

    totals = found_in(book({"S": cells(rows)}), "A1:B2", header)

    assert all(row >= header.rows for row in totals.rows)
    assert all(column >= header.columns for column in totals.columns)


def test_total_row_alone_below_its_header_is_one() -> None:
    assert found([["Item", "Planned", "Actual"], ["Total", 0, 0]]) == ([2], "")


def test_first_reasons_are_told_and_the_rest_counted() -> None:
    rows: list[Sequence[CellSpec]] = [["", "A"]]
    for at in range(20):
        row = len(rows) + 1
        rows += [["a", at], ["b", 2], ["s", f"=SUM(B{row}:B{row + 1})"]]

    totals = found_in(book({"S": cells(rows)}), "A1:B61", Header(1, 1))

    assert len(totals.rows) == 20
    assert len(totals.reasons) == 13
    assert totals.reasons[0].cue == "row 4 sums up rows 2 to 3"
    assert totals.reasons[-1].cue == "8 more rows likewise"


def test_long_tables_find_totals_that_are_set_off() -> None:
    numbers = np.random.default_rng(5).integers(1, 9999, (30_000, 2))
    rows: list[list[CellSpec]] = [["Key", "A", "B"]]
    rows += [[f"k{at}", int(one), int(two)] for at, (one, two) in enumerate(numbers)]
    rows += [["", *(int(one) for one in numbers.sum(axis=0))]]

    assert found(rows) == ([30_002], "")


def test_sums_without_formulas_go_by_values_and_labels() -> None:
    workbook = book({"S": cells(below(["Total", ("=SUM(B2:B4)", 735), ("=SUM(C2:C4)", 788)]))})
    own = workbook.sheets[0]
    raster = raster_of(appearance_of(own, workbook.styles), RangeRef.parse("A1:C5", sheet="S"))

    assert totals_of(raster, raster.whole, Header(1, 1), Sums()).of_rows == (
        Total(4, Proof.VALUES, ((1, 3),)),
    )


VALUES = st.one_of(
    st.none(),
    st.integers(-5, 5),
    st.integers(-(10**15), 10**15),
    st.floats(allow_nan=False),
    st.sampled_from(["Total", "Net profit", "x", "", "#REF!", "=SUM(B1:B3)", "=B1-B2", "=A1"]),
    st.booleans(),
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.lists(VALUES, min_size=1, max_size=7), min_size=1, max_size=12),
    st.integers(0, 3),
    st.integers(0, 3),
)
def test_totals_of_any_cells_lie_in_the_data(rows: Grid, heads: int, keys: int) -> None:
    workbook = book({"S": cells(rows)})
    width = max(map(len, rows))

    totals = found_in(workbook, f"A1:{cell_address(len(rows), width)}", Header(heads, keys))

    assert all(heads <= row < len(rows) for row in totals.rows)
    assert all(keys <= column < width for column in totals.columns)
    for total in (*totals.of_rows, *totals.of_columns):
        assert all(first <= last for first, last in (*total.adds, *total.takes))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.integers(101, 99_999), min_size=3, max_size=3), min_size=3, max_size=30)
)
def test_labelled_sum_is_found_whatever_the_values(numbers: list[list[int]]) -> None:
    data: list[Sequence[CellSpec]] = [[f"k{at}", *row] for at, row in enumerate(numbers)]
    last: Sequence[CellSpec] = ["Total", *(sum(one) for one in zip(*numbers, strict=True))]

    rows, _ = found([["", "A", "B", "C"], *data, last])

    assert len(numbers) + 2 in rows


def test_totals_of_a_real_statement(corpus: Path) -> None:
    workbook = read_workbook(corpus / "web_models__DCF.xlsx")
    own = next(one for one in workbook.sheets if one.name == "Discounted Cash Flow")

    totals = found_in(replace(workbook, sheets=(own,)), "A1:K16", Header(1, 1))

    assert [row + 1 for row in totals.rows] == [4, 8, 10, 12, 16]
    assert totals.columns == ()


def test_totals_of_real_values_without_formulas(corpus: Path) -> None:
    workbook = read_workbook(corpus / "poi__45538_classic_Header.xls")
    own = next(one for one in workbook.sheets if one.name == "Hires by Function")

    totals = found_in(replace(workbook, sheets=(own,)), "A6:F28", Header(3, 1))

    assert [row + 6 for row in totals.rows] == [11, 22, 28]
    assert totals.columns == ()
