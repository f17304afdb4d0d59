"""The values of areas as lists, and back."""

from __future__ import annotations

import datetime as dt
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tickmark
from tests.books import CellSpec, Value, book
from tickmark.encode.claim import Value as Told
from tickmark.encode.decode import decode
from tickmark.encode.lists.bodies import BLANK, list_body, results_body
from tickmark.encode.literals.cells import literals_of
from tickmark.llm.tokens import estimate_tokens
from tickmark.model.address import RangeRef, cell_address
from tickmark.model.grid import CellKind
from tickmark.model.workbook import Workbook

Merged = Mapping[tuple[int, int], tuple[int, int]]
MARKS = '|"=<#{}@?~*>.%- ()\\:+0129aTE\n\u200b\xa0é中'


def grid(rows: Sequence[Sequence[Value]], top: int = 1, left: int = 1) -> tuple[Workbook, RangeRef]:
    """A sheet with the values from a corner on; None is a blank cell."""
    cells: dict[str, CellSpec] = {
        # A text that begins like a formula stands as the result of one.
        cell_address(top + down, left + across): ("=A1", value)
        if isinstance(value, str) and value.startswith("=")
        else value
        for down, row in enumerate(rows)
        for across, value in enumerate(row)
        if value is not None
    }
    area = RangeRef("S", top, left, top + len(rows) - 1, left + len(rows[0]) - 1)
    return book({"S": cells}), area


def positions_in(workbook: Workbook, area: RangeRef) -> list[int]:
    cells = workbook["S"].cells
    return [
        BLANK if (at := cells.position(row, column)) is None else at
        for row in range(area.top, area.bottom + 1)
        for column in range(area.left, area.right + 1)
    ]


def body(
    rows: Sequence[Sequence[Value]],
    *,
    top: int = 1,
    left: int = 1,
    merged: Merged | None = None,
    numbered: int = 20,
    packed: bool = True,
) -> str:
    workbook, area = grid(rows, top, left)
    return list_body(
        literals_of(workbook, workbook["S"]),
        area,
        positions_in(workbook, area),
        tokens=estimate_tokens,
        merged=merged,
        numbered=numbered,
        packed=packed,
    )


def column(*values: Value, **options: bool | int) -> str:
    return body([[value] for value in values], **options)  # type: ignore[arg-type]


def told(area: RangeRef, text: str) -> tuple[list[Told], tuple[RangeRef, ...]]:
    """The values and merges that a body tells of an area."""
    (page,) = decode(f"# S|{area.a1}\n{area.a1} {text}")
    (claim,) = page.claims
    if claim.constant is not None:
        return [claim.constant] * area.cells, claim.merged
    assert claim.values is not None
    return list(claim.values), claim.merged


def expected(workbook: Workbook, positions: Sequence[int]) -> list[Told]:
    cells = workbook["S"].cells
    return [
        Told(CellKind.EMPTY, None)
        if at == BLANK
        else Told(CellKind(int(cells.kinds[at])), cells.value(at))
        for at in positions
    ]


def exactly(values: Sequence[Told]) -> list[tuple[CellKind, object]]:
    return [
        (one.kind, struct.pack("<d", one.value) if isinstance(one.value, float) else one.value)
        for one in values
    ]


def test_a_column_goes_down_and_a_row_to_the_right() -> None:
    assert column("Cash", 120, "Debtors", 1.5) == "Cash|120|Debtors|1.5"
    assert body([["Item", 2023.0, None, True]]) == "Item|2023||TRUE"


def test_values_that_are_all_the_same_are_one_literal() -> None:
    assert column("EUR", "EUR", "EUR") == "EUR"
    assert body([[0, 0], [0, 0]]) == "0"
    assert column("a|b", "a|b") == '"a|b"'


def test_values_in_a_row_are_told_with_their_count() -> None:
    assert column("EUR", "EUR", "EUR", "USD", 5, 5, 1234, 1234) == "EUR*3|USD|5|5|1234*2"


def test_blank_cells_are_empty_items() -> None:
    assert column(None, "x", None, "y") == "|x||y"
    assert column("x", *[None] * 7, "y", None) == "x|*7|y|"


def test_each_row_of_a_block_has_its_own_line() -> None:
    rows: list[list[Value]] = [["Cash", 1, 2, 3], ["Debt", 7, None, 7], ["Debt", 7, 7, 7]]

    assert body(rows, top=5, left=2) == "Cash|1..3\n6 Debt|7||7\n7 Debt|7*3"


def test_nothing_of_a_block_goes_on_over_the_end_of_a_row() -> None:
    assert body([[1, 2, 3], [4, 5, 6]]) == "1..3\n2 4..6"
    assert body([["x", 9, 9], [9, 9, 9]]) == "x|9|9\n2 9*3"


def test_a_long_list_begins_lines_with_the_row_of_the_next_item() -> None:
    values = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 8, 8, 9, 7]

    assert column(*values, numbered=5) == "3|1|4|1|5\n6 9|2|6|5|3\n11 5|8*3|9|7"
    assert column(*values, numbered=0) == "3|1|4|1|5|9|2|6|5|3|5|8*3|9|7"


def test_a_wide_row_begins_lines_with_the_column_of_the_next_item() -> None:
    values = [3, 1, 4, 1, 5, 9, 2, 6]

    assert body([values], left=26, numbered=3) == "3|1|4\nAC 1|5|9\nAF 2|6"
    assert body([values], left=26, numbered=4) == "3|1|4|1|5|9|2|6"


def test_merged_cells_are_told_where_they_stand() -> None:
    row: list[Value] = ["Costs", None, None, "Sales", None, "x"]

    assert body([row], merged={(1, 1): (1, 3), (1, 4): (2, 2)}) == "Costs>3|Sales>2x2|x"
    assert body([row], merged={(1, 6): (3, 1)}) == "Costs|||Sales||x>1x3"
    assert column("Costs", None, None, "x", merged={(1, 1): (3, 1)}) == "Costs>1x3|x"  # type: ignore[arg-type]
    assert column("Costs", "x", merged={(1, 1): (1, 4)}) == "Costs>4|x"  # type: ignore[arg-type]
    assert body([["Title"]], merged={(1, 1): (1, 6)}) == "Title>6"
    assert body([["Title"]], merged={(1, 1): (2, 1)}) == "Title>1x2"
    assert body([["A", None], ["B", "C"]], merged={(1, 1): (1, 2)}) == "A>2\n2 B|C"


@pytest.mark.parametrize(
    "merged",
    [
        {(1, 1): (1, 3)},  # covers a filled cell
        {(1, 4): (1, 2)},  # reaches over the end of the area
        {(1, 2): (1, 2)},  # a blank one
        {(1, 1): (1, 1)},
        {(5, 1): (1, 2)},
    ],
)
def test_merges_that_the_list_cannot_hold_are_not_told(merged: Merged) -> None:
    assert body([["a", None, "b", "c"]], merged=merged) == "a||b|c"
    assert body([["a", None], ["b", "c"]], merged={(1, 1): (2, 2)}) == "a|\n2 b|c"


def test_long_texts_that_come_again_get_short_names() -> None:
    paid, open_ = "Paid by bank transfer", "Open since more than a month"
    values: list[Value] = [paid, open_, paid, open_, paid, "a", paid, open_, open_, open_, 5]

    assert column(*values) == (
        '{a=Paid by bank transfer|b=Open since more than a month}|a|b|a|b|a|"a"|a|b*3|5'
    )
    assert column(*values, packed=False).startswith(f"{paid}|{open_}|{paid}|")


def test_texts_that_are_cut_get_no_short_names() -> None:
    workbook, area = grid(
        [[text] for text in ["Paid by bank transfer"] * 3 + ["Open since May"]] * 2
    )

    text = list_body(
        literals_of(workbook, workbook["S"]),
        area,
        positions_in(workbook, area),
        tokens=estimate_tokens,
        longest=15,
    )

    cut = '"Paid by bank tr"+6'
    assert text == f"{cut}*3|Open since May|{cut}*3|Open since May"


def test_short_texts_keep_their_names() -> None:
    values = ["Paid", "Open"] * 20

    assert column(*values, numbered=0) == "|".join(values)


def test_what_all_texts_share_is_told_once() -> None:
    values = [f"https://example.org/orders/{number}" for number in ("001", "7*2", "x y", "")]

    assert column(*values) == '{https://example.org/orders/*}|001|"7*2"|x y|""'
    assert column(*(f"{name} Limited Company" for name in ("Baker", "Cook", "Smith", "Doe"))) == (
        "{* Limited Company}|Baker|Cook|Smith|Doe"
    )
    assert column(*values, 5).startswith("https://example.org/orders/001|")


def test_what_texts_share_ends_with_a_word() -> None:
    values = [f"Warehouse of district {number}" for number in (110, 112, 117, 118)]

    assert column(*values) == "{Warehouse of district *}|110|112|117|118"


def test_texts_that_look_like_numbers_need_no_quotes_where_all_are_texts() -> None:
    assert column("007", "008", "2024-01-01", "TRUE") == "{*}|007|008|2024-01-01|TRUE"
    assert column("007", "008", 9) == '"007"|"008"|9'


@pytest.mark.parametrize(
    "texts",
    [
        [f"a={number} is the rule of the house" for number in (1, 22, 333, 4)],
        [f"=sum of all parts {number}" for number in (1, 22, 333, 4)],
        [f"x*{number} y}} long enough end" for number in (1, 22, 333, 4)],
        [f"one -> two {number}" for number in (1, 22, 333, 4)],
        [f'"quoted" long beginning {number}' for number in (1, 22, 333, 4)],
        ["aaaaaaaaa", "aaaaaaaaaa", "aaaaaaaaaaaa", "aaaaaaaa"],
        ["abcabcabcabc", "abcabc", "abcabcabc", "abcabc"],
        ["zz=long beginning 1", "zz=long beginning 2", "zz=long beginning 3", "zz=long 4"],
    ],
)
def test_marks_of_the_notation_in_shared_parts_do_no_harm(texts: list[str]) -> None:
    workbook, area = grid([[text] for text in texts])

    values, _ = told(area, column(*texts))

    assert values == expected(workbook, positions_in(workbook, area))


def results(
    rows: Sequence[Sequence[Value]], areas: Sequence[str], *, numbered: int = 20
) -> tuple[str, list[Told]]:
    """The results of a formula that stands in areas of a sheet, and the values behind them."""
    workbook, _ = grid(rows)
    ranges = [RangeRef.parse(area, sheet="S") for area in areas]
    positions = [at for area in ranges for at in positions_in(workbook, area)]
    text = results_body(
        literals_of(workbook, workbook["S"]),
        ranges,
        positions,
        tokens=estimate_tokens,
        numbered=numbered,
    )
    return text, expected(workbook, positions)


def read_results(areas: Sequence[str], text: str) -> list[Told]:
    (page,) = decode(f"# S|A1:Z99\n{','.join(areas)} =Z1 -> {text}")
    (claim,) = page.claims
    if claim.constant is not None:
        return [claim.constant] * sum(area.cells for area in claim.areas)
    assert claim.values is not None
    return list(claim.values)


ROWS: list[list[Value]] = [[3, 1, 4, 1, 5], [9, 2, 6, 5, 3], [5, 8, 9, 7, 9], [7, 7, 7, 7, 7]]


@pytest.mark.parametrize(
    ("areas", "numbered", "text"),
    [
        (["A1:A3"], 20, "3|9|5"),
        (["A4:E4"], 20, "7"),
        (["A4:B4", "D4:E4"], 20, "7"),
        (["A1:C2"], 20, "3|1|4\n2 9|2|6"),
        (["A1:A4", "C1:C3"], 20, "3|9|5|7|4|6|9"),
        (["A1:A4", "C1:C3"], 3, "3|9|5\n4 7|4|6\n3 9"),
        (["A1:E1", "A3:E3"], 3, "3|1|4\nD 1|5|5\nB 8|9|7\nE 9"),
        (["A1", "C1", "D1", "D2"], 1, "3\nC 4\nD 1\n2 5"),
    ],
)
def test_results_go_through_the_areas_in_order(areas: list[str], numbered: int, text: str) -> None:
    found, values = results(ROWS, areas, numbered=numbered)

    assert found == text
    assert read_results(areas, found) == values


def test_a_result_that_is_not_stored_is_told() -> None:
    workbook = book({"S": {f"A{row}": "=1+1" if row < 4 else ("=1+1", 2) for row in range(1, 6)}})

    text = results_body(
        literals_of(workbook, workbook["S"]),
        [RangeRef("S", 1, 1, 5, 1)],
        np.arange(5),
        tokens=estimate_tokens,
    )

    assert text == "?*3|2|2"


TEXTS = st.one_of(
    st.text(MARKS, max_size=8),
    st.sampled_from(["EUR", "a", "b", "aa", "Paid by bank transfer", "Open since long ago", "007"]),
    st.integers(0, 99).map(lambda number: f"https://example.org/{number}"),
    st.integers(0, 99).map(lambda number: f"{number} years after the beginning"),
)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(dt.date(1900, 3, 1), dt.date(2100, 1, 1)),
    st.sampled_from(["#REF!", "#N/A"]),
    TEXTS,
)


def _series(start: float, step: float, count: int) -> list[Value]:
    return [start + step * at for at in range(count)]


def _dates(first: dt.date, step: int, count: int) -> list[Value]:
    return [first + dt.timedelta(step * at) for at in range(count)]


def _months(first: dt.date, step: int, count: int) -> list[Value]:
    numbers = [first.year * 12 + first.month - 1 + step * at for at in range(count)]
    return [dt.date(one // 12, one % 12 + 1, min(first.day, 28)) for one in numbers]


RUNS: st.SearchStrategy[list[Value]] = st.one_of(
    st.lists(VALUES, max_size=6),
    st.tuples(VALUES, st.integers(1, 9)).map(lambda pair: [pair[0]] * pair[1]),
    st.builds(
        _series, st.integers(-5, 5), st.sampled_from([1, -1, 5, 0.5, 0.1]), st.integers(1, 9)
    ),
    st.builds(
        _dates,
        st.dates(dt.date(1990, 1, 1), dt.date(2050, 1, 1)),
        st.integers(-9, 9),
        st.integers(1, 6),
    ),
    st.builds(
        _months,
        st.dates(dt.date(1990, 1, 1), dt.date(2050, 1, 1)),
        st.sampled_from([1, -1, 12, -12]),
        st.integers(1, 6),
    ),
)
COLUMNS = st.lists(RUNS, min_size=1, max_size=6).map(
    lambda runs: [one for run in runs for one in run]
)
ONLY_TEXTS = st.lists(TEXTS, min_size=1, max_size=12).map(list[Value])


def check_round_trip(
    rows: Sequence[Sequence[Value]], merged: Merged, *, numbered: int, packed: bool
) -> None:
    workbook, area = grid(rows, 3, 25)
    positions = positions_in(workbook, area)

    text = list_body(
        literals_of(workbook, workbook["S"]),
        area,
        positions,
        tokens=estimate_tokens,
        merged=merged,
        numbered=numbered,
        packed=packed,
    )

    values, spans = told(area, text)
    assert exactly(values) == exactly(expected(workbook, positions))
    assert {(one.top, one.left) for one in spans} <= set(merged)
    assert all(
        (one.bottom - one.top + 1, one.right - one.left + 1) == merged[one.top, one.left]
        for one in spans
    )


MERGES = st.dictionaries(
    st.tuples(st.integers(3, 12), st.integers(25, 34)),
    st.tuples(st.integers(1, 3), st.integers(1, 3)),
    max_size=2,
)
LINES = st.integers(0, 5)


@settings(max_examples=300)
@given(st.one_of(COLUMNS, ONLY_TEXTS), st.booleans(), LINES, st.booleans())
def test_every_list_comes_back_exactly(
    values: list[Value], down: bool, numbered: int, packed: bool
) -> None:
    if all(value is None for value in values):
        values = [*values, "x"]
    rows = [[value] for value in values] if down else [values]

    check_round_trip(rows, {}, numbered=numbered, packed=packed)


@settings(max_examples=200)
@given(COLUMNS, st.integers(1, 4), MERGES, LINES)
def test_every_block_comes_back_exactly_with_merges_that_are_there(
    values: list[Value], width: int, merged: Merged, numbered: int
) -> None:
    rows = [values[at : at + width] for at in range(0, len(values), width)]
    rows = [[*row, *[None] * (width - len(row))] for row in rows] or [[None] * width]
    if all(value is None for row in rows for value in row):
        rows[0][0] = 1
    spans = {at: size for at, size in merged.items() if size != (1, 1)}
    first = next(iter(spans.items()), None)

    check_round_trip(rows, dict([first] if first else []), numbered=numbered, packed=True)


REAL = (
    "web_models__DCF.xlsx",
    "times_nz__Scen_Base_constraints.xlsx",
    "tidyxl__enron-constants.xlsx",
)


@pytest.mark.parametrize("name", REAL)
def test_columns_of_real_workbooks_come_back_exactly(corpus: Path, name: str) -> None:
    workbook = tickmark.read_workbook(corpus / name)

    for page in workbook.sheets:
        cells = page.cells
        literals = literals_of(workbook, page)
        for number in np.unique(cells.columns).tolist():
            inside = np.flatnonzero((cells.columns == number) & (cells.kinds != CellKind.EMPTY))
            if not len(inside):
                continue
            rows = cells.rows[inside]
            area = RangeRef("S", int(rows[0]), number, int(rows[-1]), number)
            positions = np.full(area.cells, BLANK)
            positions[rows - rows[0]] = inside

            values, _ = told(area, list_body(literals, area, positions, tokens=estimate_tokens))

            assert [(one.kind, one.value) for one in values if one.kind] == [
                (cells.kinds[at], cells.value(at)) for at in inside.tolist()
            ]
