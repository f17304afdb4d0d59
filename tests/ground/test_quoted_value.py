"""Values as a model quotes them, against the cell."""

from __future__ import annotations

import pytest

from tickmark.ground.quoted_value import agrees
from tickmark.model.range_content import ErrorValue, Scalar


@pytest.mark.parametrize(
    ("quoted", "value"),
    [
        ("1234.5678", 1234.5678),
        ("1,234.57", 1234.5678),
        ("1.234,57", 1234.5678),
        ("1 235", 1234.5678),
        ("1'234.6", 1234.5678),
        ("EUR 1,234.57", 1234.5678),
        ("$1,235", 1234.5678),
        ("1,235 USD", 1234.5678),
        ("1.2 million", 1_234_567.0),
        ("1.23m", 1_234_567.0),
        ("1,235 k", 1_234_567.0),
        ("2.5bn", 2_500_000_000.0),
        ("12.5%", 0.125),
        ("13 %", 0.125),
        ("12.5%", 12.5),
        ("-5", -5.0),
        ("\N{MINUS SIGN}5.0", -5.0),
        ("(1,234)", -1234.0),
        ("1,234", 1.234),
        ("1,234", 1234.0),
        ("1.5E+6", 1_500_000.0),
        ("0", 0.0),
        (".5", 0.5),
        ("North", "north"),
        ('"North  East"', "North East"),
        ("TRUE", True),
        ("#DIV/0!", ErrorValue("#DIV/0!")),
        ("", None),
        ("blank", None),
        ("", "any text"),
    ],
)
def test_a_quote_agrees_rounded_scaled_and_in_either_notation(quoted: str, value: Scalar) -> None:
    assert agrees(quoted, value)


@pytest.mark.parametrize(
    ("quoted", "value"),
    [
        ("1234.6", 1234.4),
        ("1,300", 1234.5678),
        ("5", -5.0),
        ("-5", 5.0),
        ("1.2 million", 1_290_000.0),
        ("1.2", 1_200_000.0),
        ("12.5", 0.125),
        ("", 5.0),
        ("five", 5.0),
        ("#N/A", ErrorValue("#DIV/0!")),
        ("", ErrorValue("#DIV/0!")),
        ("FALSE", True),
        ("South", "North"),
        ("0", None),
        ("2024-05-02", 45413.0),
    ],
)
def test_what_is_not_the_cells_value_does_not_agree(quoted: str, value: Scalar) -> None:
    assert not agrees(quoted, value)


def test_a_date_agrees_as_iso_text_or_serial_number_where_the_format_shows_one() -> None:
    assert agrees("2024-05-01", 45413.0, number_format="dd.mm.yyyy")
    assert agrees("45413", 45413.0, number_format="dd.mm.yyyy")
    assert agrees("2024-05-01", 45413.5, number_format="dd.mm.yyyy hh:mm")
    assert not agrees("2024-05-02", 45413.0, number_format="dd.mm.yyyy")
    assert agrees("2028-05-02", 45413.0, number_format="dd.mm.yyyy", date1904=True)


def test_a_format_in_per_cent_makes_a_bare_number_one() -> None:
    assert agrees("12.5", 0.125, number_format="0.0%")
    assert not agrees("12.5", 0.25, number_format="0.0%")


def test_a_quote_without_end_takes_no_time() -> None:
    assert not agrees("1,234," * 100_000, 5.0)
