"""What a summary says of cells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.books import CellSpec, Value, book, sheet
from tickmark.encode.detail import Detail
from tickmark.encode.literals.cells import literals_of
from tickmark.encode.summaries import Summaries, rough_bounds
from tickmark.encode.type_words import type_codes

ROUGH = Detail(rough=1, sampled=1)
EXACT = Detail(stats=2, sampled=1)


def summed(
    values: Sequence[CellSpec], detail: Detail, number_format: str = "General"
) -> tuple[str, str]:
    """The one value, and the summary, of the cells of a column."""
    page = {f"A{row}": value for row, value in enumerate(values, 1)}
    formats = dict.fromkeys(page, number_format)
    workbook = book({"S": sheet(page, formats={} if number_format == "General" else formats)})
    own = workbook.sheets[0]
    summaries = Summaries(own.cells, literals_of(workbook, own), type_codes(workbook, own))
    positions = np.arange(len(own.cells))
    return summaries.same(positions, detail), summaries.body(positions, detail)


def body(values: Sequence[CellSpec], detail: Detail, number_format: str = "General") -> str:
    return summed(values, detail, number_format)[1]


def test_numbers_have_rough_bounds() -> None:
    assert body([3, 95, 12], ROUGH) == "<int 3..95>"
    assert body([123456.789, 3, 98765432.125], ROUGH) == "<num ~3..98800000>"
    assert body([-1234.5678, 9.25], ROUGH) == "<num ~-1240..9.25>"


def test_few_cells_have_no_bounds() -> None:
    assert body([3, 95, 12], Detail(rough=4)) == "<int>"
    assert body([True, False], Detail(rough=4)) == "<bool>"


def test_statistics_are_exact() -> None:
    assert body([3.5, 95, 0.1, 0.2], EXACT) == "<num 0.1..95 sum 98.8 first 3.5 last 0.2>"
    assert body([3.5, 95], Detail(stats=1)) == "<num 3.5..95 sum 98.5>"


def test_a_sum_too_large_for_a_number_is_not_told() -> None:
    assert (
        body([1.7e308, 1.6e308], EXACT) == "<num 1.6e+308..1.7e+308 first 1.7e+308 last 1.6e+308>"
    )


def test_dates_have_their_bounds_as_dates() -> None:
    days = [dt.date(2024, 5, day) for day in (9, 1, 30)]
    assert body(days, ROUGH) == "<date 2024-05-01..2024-05-30>"
    assert body(days, EXACT) == ("<date 2024-05-01..2024-05-30 first 2024-05-09 last 2024-05-30>")


def test_shares_and_money_are_called_so() -> None:
    assert body([0.05, 0.125], ROUGH, "0%") == "<% 0.05..0.125>"
    assert body([0.05, 0.125], EXACT, "0.0%") == "<% 5%..12.5% sum 0.175 first 5% last 12.5%>"
    assert body([5, 1.5], ROUGH, "$#,##0") == "<cur 1.5..5>"


def test_texts_are_counted_and_sampled_in_order() -> None:
    values = ["EUR", "USD", "EUR", "GBP", "CHF", "SEK", "NOK", "DKK"]
    assert body(values, Detail(sampled=1)) == "<text 7 distinct>|EUR|USD|GBP"
    assert body(values[:5], Detail(sampled=1)) == "<text 4 distinct>|EUR|USD|GBP|CHF"
    assert body(values, Detail(sampled=99)) == "<text>"
    assert body(values, Detail(sampled=1, samples=0)) == "<text>"


def test_long_samples_are_cut_and_hostile_ones_quoted() -> None:
    assert body(["x" * 30, "12", "a|b"], Detail(sampled=1)) == (
        f'<text 3 distinct>|"{"x" * 24}"+6|"12"|"a|b"'
    )


def test_a_text_that_the_file_holds_twice_is_one_value() -> None:
    workbook = book({"A1": "EUR", "A2": "USD", "A3": "GBP"})
    own = workbook.sheets[0]
    cells = own.cells
    twice = type(cells)(
        *(cells.rows, cells.columns, cells.kinds, cells.values, cells.styles, cells.formulas),
        texts=("EUR", "USD", "EUR"),
    )
    summaries = Summaries(twice, literals_of(workbook, own), type_codes(workbook, own))
    assert summaries.body(np.arange(3), Detail(sampled=1)).startswith("<text 2 distinct>|EUR|USD")


def test_truth_values_are_counted() -> None:
    assert body([True, False, True], ROUGH) == "<bool 2 true>"


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        (["#N/A", "#REF!"], "<error>"),
        ([1, "x"], "<any>"),
        ([1, 2.5], "<num 1..2.5>"),
        (["=A9", "=A9+1"], "<any>"),
        ([("=A9", 1), "=A9+1"], "<any>"),
    ],
)
def test_kinds_have_their_word(values: list[CellSpec], wanted: str) -> None:
    assert body(values, ROUGH).split("|")[0] == wanted


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        (["EUR", "EUR"], "EUR"),
        ([5, 5], "5"),
        ([True, True], "TRUE"),
        ([0.0, -0.0], ""),
        ([1, True], ""),
        ([5, 6], ""),
        (["=A9", "=A9"], ""),
        (["x" * 40, "x" * 40], ""),
        (["EUR"], "EUR"),
        (["Euros"], "Euros"),
        (["Some text"], ""),
    ],
)
def test_a_short_value_that_all_cells_have_is_told(values: list[CellSpec], wanted: str) -> None:
    assert summed(values, Detail())[0] == wanted


NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


@given(NUMBERS, NUMBERS)
def test_nothing_lies_outside_of_rough_bounds(one: float, other: float) -> None:
    values: list[Value] = [min(one, other), max(one, other)]
    text = rough_bounds(float(min(one, other)), float(max(one, other)))
    assert faults_of(text, [float(value) for value in values if isinstance(value, float)]) == []


def faults_of(text: str, values: list[float]) -> list[str]:
    """What is wrong with bounds, as the decoder reads them."""
    from tickmark.encode.decode import decode  # noqa: PLC0415 - for this alone

    summary = decode(f"# S|A1:A2\nA1:A2 <num {text}>")[0].claims[0].summary
    assert summary is not None
    assert summary.low is not None
    assert summary.high is not None
    low, high = min(values), max(values)
    if summary.bounds_exact:
        return [] if (summary.low, summary.high) == (low, high) else [f"{text} is not exact"]
    return [] if summary.low <= low <= high <= summary.high else [f"{text} is too narrow"]
