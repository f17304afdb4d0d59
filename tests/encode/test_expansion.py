"""The exact cells behind a line of an encoding."""

from __future__ import annotations

import datetime as dt
import pickle
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.books import CellSpec, book, sheet
from tickmark.encode.decode import decode
from tickmark.encode.encoding import Encoding, Level
from tickmark.encode.expansion import expand
from tickmark.encode.search import find
from tickmark.encode.sheet import encode_sheet
from tickmark.encode.source import Source, sources_of
from tickmark.errors import AddressError, InputError
from tickmark.llm.tokens import estimate_tokens
from tickmark.model.address import RangeRef, cell_address
from tickmark.model.grid import FormulaGroup, FormulaKind
from tickmark.structure.formulas import formulas_of

HEADS = {"A3": "Day", "B3": "Units", "C3": "Price", "D3": "Sales"}
SALES: dict[str, CellSpec] = dict(HEADS)
for row in range(4, 24):
    units, price = row * 7 % 13, row * 11 % 17 + 0.25
    SALES |= {f"A{row}": dt.date(2024, 5, row), f"B{row}": units, f"C{row}": price}
    SALES[f"D{row}"] = (f"=B{row}*C{row}", units * price)


def source(spec: Mapping[str, object], *, hidden: bool = False) -> Source:
    (first, *_) = sources_of(formulas_of(book(spec)), hidden=hidden)
    return first


def encoding(spec: Mapping[str, object]) -> Encoding:
    return encode_sheet(source(spec), tokens=estimate_tokens)


def found(spec: Mapping[str, object], value: float | str | bool) -> list[str]:
    return [area.a1 for area in find(source(spec), value)]


def test_an_expansion_has_the_cells_of_a_range_exactly_and_no_others() -> None:
    short = encoding(SALES)

    made = short.expand("C4:D6")

    assert "10.25" not in short.text
    assert made.text.split("\n") == [
        "# Sheet1|C4:D6",
        "C4:C6 10.25|4.25|15.25",
        "D4:D6 =B4*C4 -> 20.5|38.25|45.75",
    ]
    assert (made.level, made.cells, made.shown_cells) == (Level.LOSSLESS, 6, 6)
    assert made.tokens == estimate_tokens(made.text)


def test_every_area_of_the_legend_can_be_expanded() -> None:
    short = encoding(SALES)

    cells = [short.expand(area).cells for areas in short.legend.values() for area in areas]

    assert sum(cells) >= short.cells
    assert all(cells)


@settings(max_examples=40, deadline=None)
@given(
    rows=st.tuples(st.integers(1, 26), st.integers(1, 26)),
    columns=st.tuples(st.integers(1, 5), st.integers(1, 5)),
)
def test_the_decoder_gives_back_the_cells_of_any_expansion(
    rows: tuple[int, int], columns: tuple[int, int]
) -> None:
    whole = source(SALES)
    area = RangeRef("Sheet1", min(rows), min(columns), max(rows), max(columns))

    (told,) = decode(expand(whole, area, tokens=estimate_tokens).text)

    known: dict[str, float | str | bool | None] = {}
    for claim in told.claims:
        values = claim.values or (claim.constant,) * sum(one.cells for one in claim.areas)
        for at, value in zip(claim.cells(), values, strict=True):
            assert value is not None
            known[cell_address(*at)] = value.value
    cells = whole.sheet.cells
    assert known == {cells[at].a1: cells[at].value for at in cells.within(area).tolist()}


def test_an_expansion_can_be_expanded_again() -> None:
    made = encoding(SALES).expand("A4:D9").expand("A5")

    assert made.text == "# Sheet1|A5\nA5 2024-05-05"


def test_an_expansion_keeps_to_its_budget() -> None:
    short = encoding(SALES)

    whole = short.expand("A3:D23")
    tight = short.expand("A3:D23", budget=whole.tokens // 2)

    assert tight.tokens <= whole.tokens // 2
    assert short.expand("A3:D23", budget=whole.tokens).text == whole.text


def test_hidden_cells_stay_hidden_in_an_expansion() -> None:
    spec = {"S": sheet({"A1": "seen", "A2": "unseen", "A3": "seen too"}, hidden_rows=((2, 2),))}

    made = expand(source(spec), RangeRef("S", 1, 1, 3, 1), tokens=estimate_tokens)

    assert made.text == "# S|A1:A3\n# hidden 1 cell|rows 2\nA1 seen\nA3 seen too"
    told = expand(source(spec, hidden=True), RangeRef("S", 2, 1, 2, 1), tokens=estimate_tokens)
    assert told.text.endswith("A2 unseen")


def test_a_table_is_told_where_it_lies_inside_and_not_where_it_is_cut() -> None:
    short = encoding({"S": sheet({**SALES, "F30": "far"}, tables=(("Sales", "A3:D23"),))})

    assert "# table " in short.expand("A1:E40").text
    assert "# table " not in short.expand("A3:C23").text


def test_a_range_without_cells_gives_a_heading_only() -> None:
    assert encoding(SALES).expand("XFD1048576").text == "# Sheet1|"


@pytest.mark.parametrize("area", ["Other!A1", "nonsense", "A0", ""])
def test_what_is_no_range_of_the_sheet_is_refused(area: str) -> None:
    with pytest.raises(AddressError):
        encoding(SALES).expand(area)


def test_a_part_of_an_array_formula_is_told_as_one() -> None:
    workbook = book({"A1": 1, "A2": 2, "B1": ("=A1:A2*2", 2), "B2": ("=A1:A2*2", 4)})
    own = workbook.sheets[0]
    group = FormulaGroup(FormulaKind.ARRAY, 1, 2, RangeRef("Sheet1", 1, 2, 2, 2))
    cells = replace(own.cells, formula_groups={0: group})
    workbook = replace(workbook, sheets=(replace(own, cells=cells),))
    (first,) = sources_of(formulas_of(workbook))

    made = expand(first, RangeRef("Sheet1", 2, 2, 2, 2), tokens=estimate_tokens)

    assert made.text == "# Sheet1|B2\nB2 {=A1:A2*2} -> 4"


def test_an_encoding_travels_without_its_workbook_and_says_so() -> None:
    large = encoding({f"A{row}": row * 1.1 for row in range(1, 3_000)})

    packed = pickle.dumps(large)
    there = pickle.loads(packed)  # noqa: S301 - our own bytes

    assert len(packed) < 2_000
    assert (there.text, there.legend, there.tokens) == (large.text, large.legend, large.tokens)
    for bare in (there, large.without_source()):
        assert bare.source is None
        with pytest.raises(InputError, match="travelled without its cells"):
            bare.expand("A1")
        with pytest.raises(InputError, match="travelled without its cells"):
            bare.find(1.1)
    assert large.source is not None


def test_a_number_is_found_exactly_wherever_it_stands() -> None:
    spec = {"A1": 12.5, "A2": 12.5, "B7": ("=A1", 12.5), "C1": 12.54, "C2": "12.5"}

    assert encoding(spec).find(12.5) == (
        RangeRef("Sheet1", 1, 1, 2, 1),
        RangeRef("Sheet1", 7, 2, 7, 2),
    )


@pytest.mark.parametrize(
    ("value", "cells"),
    [
        (12.35, ["A1"]),  # 12.3456 to two digits
        (12.3, ["A1"]),
        (12, ["A1"]),
        (12.36, []),
        (-4.5, ["A2"]),  # -4.45 rounds away from zero
        (1e-7, ["A3"]),
        (1_234_568, ["A4"]),
        (1e15, []),
        (10**400, []),
        (float("nan"), []),
        (float("inf"), []),
    ],
)
def test_a_rounded_number_is_found_where_none_is_equal(value: float, cells: list[str]) -> None:
    assert found({"A1": 12.3456, "A2": -4.45, "A3": 1.2e-7, "A4": 1_234_567.8}, value) == cells


def test_a_rounded_number_does_not_hide_an_equal_one() -> None:
    assert found({"A1": 12.4, "A2": 12}, 12) == ["A2"]


@pytest.mark.parametrize(
    ("value", "cells"),
    [
        ("total", ["A1:A2"]),
        (" TOTAL ", ["A1:A2"]),
        ("Total costs", ["A3"]),
        ("cost", ["A3", "B9"]),
        ("#div/0!", ["A4"]),
        ("straße", ["A5"]),
        ("nothing like it", []),
        ("", []),
        (" ", []),
    ],
)
def test_a_text_is_found_without_regard_to_case_and_blanks(value: str, cells: list[str]) -> None:
    spec = {
        "A1": "Total",
        "A2": " total",
        "A3": "Total  costs",
        "A4": ("=1/0", "#DIV/0!"),
        "A5": "STRASSE",
        "B9": "costly",
    }
    assert found(spec, value) == cells


def test_an_empty_text_is_found_by_an_empty_text() -> None:
    assert found({"A1": ("=T(1)", ""), "A2": "x"}, "") == ["A1"]


def test_a_text_finds_numbers_and_dates_as_the_encoding_writes_them() -> None:
    spec = {
        "S": sheet(
            {"A1": dt.date(2024, 5, 1), "A2": 0.125, "A3": 45413, "A4": "1 of 2024-05-01"},
            formats={"A2": "0.0%"},
        )
    }

    assert found(spec, "2024-05-01") == ["A1"]
    assert found(spec, "12.5%") == ["A2"]
    assert found(spec, "11%") == []
    assert found(spec, "13%") == ["A2"]
    assert found(spec, "0.12500") == ["A2"]
    assert found(spec, "0.12501") == []
    assert found(spec, 0.125) == ["A2"]
    assert found(spec, 45413) == ["A3"]
    assert found(spec, "45413") == ["A3"]
    assert found(spec, "1 of") == ["A4"]


def test_truth_values_are_no_numbers() -> None:
    spec = {"A1": True, "A2": 1, "A3": False, "A4": "TRUE"}

    assert found(spec, value=True) == ["A1"]
    assert found(spec, value=False) == ["A3"]
    assert found(spec, 1) == ["A2"]


def test_hidden_cells_are_not_found_unless_they_are_shown() -> None:
    spec = {"S": sheet({"A1": "key", "B1": "key", "A2": 5}, hidden_columns=((2, 2),))}

    assert found(spec, "key") == ["A1"]
    assert find(source(spec, hidden=True), "key") == (RangeRef("S", 1, 1, 1, 2),)
