"""Values that go on by the same step."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.books import Value, book, sheet
from tickmark.encode.lists.bodies import list_body
from tickmark.encode.literals.cells import literals_of
from tickmark.llm.tokens import estimate_tokens
from tickmark.model.address import RangeRef, cell_address


def body(*values: Value, formats: str = "", across: bool = False) -> str:
    area = RangeRef("S", 1, 1, *((1, len(values)) if across else (len(values), 1)))
    cells = {
        cell_address(*((1, at) if across else (at, 1))): value
        for at, value in enumerate(values, start=1)
    }
    workbook = book({"S": sheet(cells, formats=dict.fromkeys(cells, formats) if formats else None)})
    return list_body(
        literals_of(workbook, workbook["S"]),
        area,
        range(len(values)),
        tokens=estimate_tokens,
    )


def days(*texts: str) -> list[Value]:
    return [dt.date.fromisoformat(text) for text in texts]


@pytest.mark.parametrize(
    ("values", "items"),
    [
        ((1, 2, 3), "1..3"),
        ((50, 49, 48), "50..48"),
        ((2019, 2020, 2021, 2022), "2019..2022"),
        ((0, 5, 10, 15, 20), "0..20 by 5"),
        ((100, 95, 90, 85, 80), "100..80 by -5"),
        ((0.5, 1, 1.5, 2, 2.5, 3), "0.5..3 by 0.5"),
        ((7, 1, 2, 3, 4, 99), "7|1..4|99"),
        ((1, 2, 3, 4, 6, 8, 10, 12, 14), "1..4|6..14 by 2"),
        ((1, 2, 3, "x", 4, 5, 6), "1..3|x|4..6"),
        ((1, 2, 3, 3, 3, 4, 5, 6), "1|2|3*3|4..6"),
        ((-2, -1, 0, 1, 2), "-2..2"),
        ((1e300, 2e300, 3e300, 4e300), "1e+300..4e+300 by 1e+300"),
        ((0.5, 1.5, 2.5, 3.5, 4.5), "0.5..4.5 by 1"),
        ((10**9, 2 * 10**9, 3 * 10**9, 4 * 10**9), "1000000000..4000000000 by 1000000000"),
    ],
)
def test_numbers_by_the_same_step_are_one_item(values: tuple[Value, ...], items: str) -> None:
    assert body(*values) == items


@pytest.mark.parametrize(
    ("values", "items"),
    [
        ((1, 2), "1|2"),
        ((1, 3, 5, 7), "1|3|5|7"),
        ((100, 200, 300), "100|200|300"),
        # 0.1 + 2 * 0.1 is not 0.3.
        ((0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7), "0.1|0.2|0.3|0.4|0.5|0.6|0.7"),
        ((-2, -1, -0.0, 1, 2), "-2|-1|-0|1|2"),
        ((True, False, True), "TRUE|FALSE|TRUE"),
        (("1", "2", "3"), '"1"|"2"|"3"'),
        ((1, 2.0000000001, 3, 4), "1|2.0000000001|3|4"),
        ((1e15, 1e15 + 1, 1e15 + 2), "1000000000000000..1000000000000002"),
        ((-1e308, 1e308, -1e308, 1e308), "-1e+308|1e+308|-1e+308|1e+308"),
    ],
)
def test_other_numbers_stand_for_themselves(values: tuple[Value, ...], items: str) -> None:
    assert body(*values) == items


def test_numbers_shown_as_per_cent_are_no_series() -> None:
    assert body(1, 2, 3, 4, formats="0%") == "100%|200%|300%|400%"


@pytest.mark.parametrize(
    ("dates", "items"),
    [
        (("2024-01-01", "2024-01-02", "2024-01-03"), "2024-01-01..2024-01-03"),
        (
            ("2024-01-01", "2024-01-08", "2024-01-15", "2024-01-22"),
            "2024-01-01..2024-01-22 by 7",
        ),
        (
            ("2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30"),
            "2024-01-31..2024-04-30 by month",
        ),
        (
            ("2023-02-28", "2023-03-31", "2023-04-30", "2023-05-31"),
            "2023-02-28|2023-03-31..2023-05-31 by month",
        ),
        (("2022-12-31", "2023-12-31", "2024-12-31"), "2022-12-31..2024-12-31 by year"),
        (
            ("2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28"),
            "2024-02-29..2027-02-28 by year",
        ),
        (
            ("1974-03-31", "1974-06-30", "1974-09-30", "1974-12-31", "1975-03-31"),
            "1974-03-31..1975-03-31 by 3 month",
        ),
        (
            ("1974-06-30", "1974-09-30", "1974-12-31", "1975-03-31", "1975-06-30"),
            "1974-06-30|1974-09-30|1974-12-31..1975-06-30 by 3 month",
        ),
        (("2020-01-15", "2022-01-15", "2024-01-15"), "2020-01-15..2024-01-15 by 24 month"),
        (("2024-01-15", "2024-02-15", "2024-03-16"), "2024-01-15|2024-02-15|2024-03-16"),
        (("2024-01-01", "2024-02-01", "2024-03-01"), "2024-01-01..2024-03-01 by month"),
    ],
)
def test_dates_go_by_days_months_or_years(dates: tuple[str, ...], items: str) -> None:
    assert body(*days(*dates)) == items
    if "|" not in items:
        first, dots, rest = items.partition("..")
        last, by, step = rest.partition(" by ")
        step = f"-{step}" if step == "7" else step
        newest_first = f"{last}{dots}{first}{by}{step}"
        if not step.endswith(("month", "year")) or dates[0][-2:] == dates[-1][-2:]:
            assert body(*days(*reversed(dates))) == newest_first


def test_a_wide_row_of_quarter_ends_is_one_item() -> None:
    ends = [dt.date(1974 + at // 4, at % 4 * 3 + 3, (31, 30, 30, 31)[at % 4]) for at in range(205)]

    assert body(*ends, across=True) == "1974-03-31..2025-03-31 by 3 month"


def test_numbers_and_dates_make_no_series_together() -> None:
    assert body(45291, *days("2024-01-01", "2024-01-02")) == "45291|2024-01-01|2024-01-02"


def test_series_of_months_and_years_share_no_date() -> None:
    dates = ["2020-01-15", "2020-02-15", "2020-03-15", "2021-03-15", "2022-03-15", "2021-03-15"]

    assert body(*days(*dates)) == "2020-01-15..2020-03-15 by month|2021-03-15|2022-03-15|2021-03-15"
