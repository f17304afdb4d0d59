"""Values of fields from text, by type."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickmark.structure.dates import serial_to_datetime
from tickmark.structure.field_types import FieldType, date_serial, number_of, value_of


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12.0),
        ("-1234.5", -1234.5),
        ("+7", 7.0),
        (".5", 0.5),
        ("1.234", 1.234),
        ("0,5", 0.5),
        ("12,50", 12.5),
        ("0,123", 0.123),
        ("1234,567", 1234.567),
        ("1,234.56", 1234.56),
        ("1.234,56", 1234.56),
        ("1.234.567", 1234567.0),
        ("1,234,567", 1234567.0),
        ("12,345,678.9", 12345678.9),
        ("1 234 567,89", 1234567.89),
        ("1\u202f234,50", 1234.5),
        ("1'234.50", 1234.5),
        ("1\u2019234.50", 1234.5),
        ("1,234.50 EUR", 1234.5),
        ("EUR 1.234,50", 1234.5),
        ("$5", 5.0),
        ("-$5", -5.0),
        ("$-5", -5.0),
        ("US$ 5.25", 5.25),
        ("5€", 5.0),
        ("100 kr", 100.0),
        ("(1,234.50)", -1234.5),
        ("($5)", -5.0),
        ("\N{MINUS SIGN}3", -3.0),
        ("12.5%", 0.125),
        ("12,5 %", 0.125),
        ("1e3", 1000.0),
        ("123456789012345", 123456789012345.0),
        ("100000000000000000000", 1e20),
        ("0.12345678901234567", 0.12345678901234566),
    ],
)
def test_an_amount_whose_marks_leave_no_doubt_is_a_number(text: str, number: float) -> None:
    assert number_of(text) == number


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no number"),
        ("about 5k", "no number"),
        ("5k", "no number"),
        ("12 MIO", "no number"),
        ("12 M$", "no number"),
        ("EUR", "no number"),
        ("1.2.3", "no number"),
        ("1,23,456", "no number"),
        ("1,234,56", "no number"),
        ("1.234.56", "no number"),
        ("1,234.567,8", "no number"),
        ("--5", "no number"),
        ("(-5)", "no number"),
        ("12 34", "no number"),
        ("1e999", "no number"),
        ("inf", "no number"),
        ("nan", "no number"),
        ("=1+1", "no number"),
        ("٣", "no number"),
        ("9" * 61, "no number"),
        ("1,234", "a number with an unclear comma"),
        ("$12,345", "a number with an unclear comma"),
        ("1234567890123456", "a number of too many digits"),
    ],
)
def test_what_could_be_another_number_or_none_is_refused(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{reason}$"):
        number_of(text)


@given(st.integers(-(10**14), 10**14), st.integers(0, 99))
def test_both_conventions_of_an_amount_give_one_number(whole: int, cents: int) -> None:
    english = f"{whole:,}.{cents:02}"
    german = english.replace(",", " ").replace(".", ",").replace(" ", ".")

    assert number_of(english) == number_of(german) == float(f"{whole}.{cents:02}")


@pytest.mark.parametrize(
    ("text", "serial"),
    [
        ("2024-05-01", 45413.0),
        ("2024-5-1", 45413.0),
        ("2024/05/01", 45413.0),
        ("2024.05.01", 45413.0),
        ("2024-05-01T13:30:00", 45413.0),
        ("01.05.2024", 45413.0),
        ("1.5.2024", 45413.0),
        ("13/05/2024", 45425.0),
        ("05/13/2024", 45425.0),
        ("05/05/2024", 45417.0),
        ("1900-01-01", 1.0),
        ("1900-02-28", 59.0),
        ("1900-03-01", 61.0),
        ("9999-12-31", 2958465.0),
    ],
)
def test_a_date_is_its_serial_number(text: str, serial: float) -> None:
    assert date_serial(text) == serial


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("01/05/2024", "a date with unclear day and month"),
        ("01-05-2024", "a date with unclear day and month"),
        ("2024-02-30", "no date"),
        ("05.13.2024", "no date"),
        ("13/13/2024", "no date"),
        ("2024-05", "no date"),
        ("1 May 2024", "no date"),
        ("01.05.24", "no date"),
        ("tomorrow", "no date"),
        ("45413", "no date"),
        ("1899-12-31", "a date before 1900"),
        ("0001-01-01", "a date before 1900"),
    ],
)
def test_what_could_be_another_date_or_none_is_refused(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{reason}$"):
        date_serial(text)


@given(st.dates(min_value=dt.date(1900, 3, 1)))
def test_a_serial_number_is_that_of_workbooks(date: dt.date) -> None:
    moment = serial_to_datetime(date_serial(date.isoformat()))

    assert moment is not None
    assert moment.date() == date


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (FieldType.TEXT, " 007 ", "007"),
        (FieldType.NUMBER, "007", 7.0),
        (FieldType.INTEGER, "1.234.567", 1234567.0),
        (FieldType.DATE, " 2024-05-01 ", 45413.0),
        (FieldType.BOOL, "True", True),
        (FieldType.BOOL, "no", False),
        (FieldType.LIST, "a; b", "a; b"),
    ],
)
def test_each_type_reads_its_own_way(kind: FieldType, text: str, value: object) -> None:
    assert value_of(text, kind) == value
    assert type(value_of(text, kind)) is type(value)


@pytest.mark.parametrize(
    ("kind", "text", "reason"),
    [
        (FieldType.INTEGER, "1.5", "no whole number"),
        (FieldType.INTEGER, "many", "no number"),
        (FieldType.BOOL, "perhaps", "neither true nor false"),
        (FieldType.BOOL, "1", "neither true nor false"),
        (FieldType.DATE, "soon", "no date"),
    ],
)
def test_what_is_not_of_the_type_is_refused(kind: FieldType, text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{reason}$"):
        value_of(text, kind)
