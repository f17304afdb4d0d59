"""Decoded claims as JSON records."""

from __future__ import annotations

import pytest

from tickmark.encode.decode import decode
from tickmark.errors import EncodingError
from tickmark.report.decoded_records import Record, decoded_records


def records(lines: str, header: str = "") -> list[Record]:
    """The records of one sheet, without its name."""
    (sheet,) = decode(f"# S|A1:Z99\n{header}{lines}\n")
    found = list(decoded_records(sheet))
    assert all(record.pop("sheet") == "S" for record in found)
    return found


def cell(place: str, kind: str, value: object, **rest: object) -> Record:
    return {"range": place, "kind": kind, "value": value, "exact": True, **rest}


def test_a_cell_has_its_kind_and_value() -> None:
    lines = "A1 Item|12.5|3||TRUE|#N/A|2024-05-01T12:00:00|-0"

    assert records(lines) == [
        cell("A1", "text", "Item"),
        cell("B1", "number", 12.5),
        cell("C1", "number", 3),
        cell("E1", "bool", value=True),
        cell("F1", "error", "#N/A"),
        cell("G1", "date", "2024-05-01T12:00:00", serial=45413.5),
        cell("H1", "number", -0.0),
    ]


def test_each_cell_has_its_own_shifted_formula() -> None:
    assert records("B1:B2 =A1*$C$1 -> 1|?\nD1:D2 {=A1:A2} -> 5") == [
        cell("B1", "number", 1, formula="=A1*$C$1"),
        cell("B2", "empty", None, formula="=A2*$C$1"),
        cell("D1", "number", 5, formula="=A1:A2", array=True),
        cell("D2", "number", 5, formula="=A1:A2", array=True),
    ]


def test_merged_cells_tell_their_range_and_those_they_cover_are_not_there() -> None:
    assert records("A1 Title>3|x") == [
        cell("A1", "text", "Title", merged="A1:C1"),
        cell("D1", "text", "x"),
    ]


def test_a_cut_text_is_not_exact() -> None:
    assert records('A1 "abc"+87') == [
        {"range": "A1", "kind": "text", "value": "abc", "length": 90, "exact": False}
    ]


def test_a_constant_has_a_record_for_each_cell_but_excepted_ones() -> None:
    found = records("A1:B2,D1 except B1 0")

    assert [record["range"] for record in found] == ["A1", "A2", "B2", "D1"]


def test_a_formula_without_results_is_told_by_rectangle() -> None:
    assert records("D4:D9 except D6 =C4-B4") == [
        {
            "range": "D4:D5",
            "kind": None,
            "exact": False,
            "formula": "=C4-B4",
            "formula_r1c1": "=RC[-1]-RC[-2]",
            "line": 2,
        },
        {
            "range": "D7:D9",
            "kind": None,
            "exact": False,
            "formula": "=C7-B7",
            "formula_r1c1": "=RC[-1]-RC[-2]",
            "line": 2,
        },
    ]


def test_of_a_cut_formula_the_beginning_is_told_where_it_stands() -> None:
    assert records('A1:A2 =\\"SUM(A"+444 -> 1|2') == [
        cell("A1", "number", 1, formula="=SUM(A", formula_length=450),
        cell("A2", "number", 2, formula=None, formula_length=450),
    ]


def test_a_row_of_values_and_formulas_is_told_cell_by_cell() -> None:
    lines = 'A4 =\\"SUM("+9\nA6 Total|=C5/2 -> 3.5||12|=B7|=<A4> -> ?'

    assert records(lines)[1:] == [
        cell("A6", "text", "Total"),
        cell("B6", "number", 3.5, formula="=C5/2"),
        cell("D6", "number", 12),
        {
            "range": "E6",
            "kind": None,
            "exact": False,
            "formula": "=B7",
            "formula_r1c1": "=R[1]C[-3]",
        },
        cell("F6", "empty", None, formula=None),
    ]


def test_a_summarised_rectangle_is_one_record_with_what_is_known() -> None:
    lines = "B5:B9 <num 1..50 sum 127.5 first 1 last 50 5 distinct>|1|2\nC5:C9 <bool 3 true>"

    assert records(lines) == [
        {
            "range": "B5:B9",
            "kind": "number",
            "exact": False,
            "type": "num",
            "min": 1,
            "max": 50,
            "sum": 127.5,
            "first": 1,
            "last": 50,
            "distinct": 5,
            "samples": [1, 2],
        },
        {"range": "C5:C9", "kind": "bool", "exact": False, "type": "bool", "true": 3},
    ]


def test_bounds_are_no_extremes() -> None:
    assert records("B5:B9 =A5 -> <date ~2024-01-01..2024-12-31>") == [
        {
            "range": "B5:B9",
            "kind": "date",
            "exact": False,
            "formula": "=A5",
            "formula_r1c1": "=RC[-1]",
            "type": "date",
            "at_least": "2024-01-01",
            "at_least_serial": 45292,
            "at_most": "2024-12-31",
            "at_most_serial": 45657,
        }
    ]


def test_what_holds_for_several_rectangles_together_is_told_once() -> None:
    lines = 'A1:A3,C1:C3 <any 1..9 sum 12>|1|"abc"+6'

    assert records(lines) == [
        {
            "range": "A1:A3",
            "kind": None,
            "exact": False,
            "line": 2,
            "type": "any",
            "at_least": 1,
            "at_most": 9,
            "together": {
                "cells": 6,
                "min": 1,
                "max": 9,
                "sum": 12,
                "samples": [1, {"value": "abc", "length": 9}],
            },
        },
        {
            "range": "C1:C3",
            "kind": None,
            "exact": False,
            "line": 2,
            "type": "any",
            "at_least": 1,
            "at_most": 9,
        },
    ]


def test_hidden_rows_and_columns_are_ranges_that_share_no_cell() -> None:
    assert records("", "# hidden|rows 2:3|columns B,Y:Z\n") == [
        {"range": area, "kind": "hidden", "exact": False}
        for area in ("A2:Z3", "B1", "B4:B99", "Y1:Z1", "Y4:Z99")
    ]


def test_dates_of_1904_are_told_as_such() -> None:
    assert records("A1 2024-05-01", "# dates 1904\n") == [
        cell("A1", "date", "2024-05-01", serial=43951)
    ]


def test_more_cells_than_any_workbook_has_are_refused() -> None:
    with pytest.raises(EncodingError, match="more than 20,000,000 cells"):
        records("A1:XFD1048576 0")
