"""Serial numbers of dates, and the number formats that show them."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.datetime import to_excel

from tickmark.read.dates import serial_number, serial_of_iso
from tickmark.structure.number_formats import shows_date


@pytest.mark.parametrize(
    ("day", "serial"),
    [
        (dt.datetime(1900, 1, 1), 1.0),  # noqa: DTZ001 - spreadsheets know no time zone
        (dt.datetime(1900, 2, 28), 59.0),  # noqa: DTZ001 - spreadsheets know no time zone
        (dt.datetime(1900, 3, 1), 61.0),  # noqa: DTZ001 - spreadsheets know no time zone
        (dt.datetime(2024, 2, 29, 18), 45351.75),  # noqa: DTZ001 - spreadsheets know no time zone
    ],
)
def test_days_are_counted_as_excel_does(day: dt.datetime, serial: float) -> None:
    assert serial_number(day) == serial


@given(st.datetimes(dt.datetime(1900, 3, 1), dt.datetime(9999, 12, 31)))  # noqa: DTZ001 - spreadsheets know no time zone
def test_serial_numbers_equal_those_of_openpyxl(moment: dt.datetime) -> None:
    expected = to_excel(moment)  # type: ignore[no-untyped-call] # openpyxl has no types here
    assert serial_number(moment) == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize(
    ("text", "serial"),
    [
        ("2024-02-29", 45351.0),
        ("2024-02-29T12:00:00", 45351.5),
        ("2024-02-29T12:00:00.000Z", 45351.5),
        ("12:00:00", 0.5),
        ("2024-02-30", None),
        ("2024-02-29T25:00", None),
        ("1800-01-01", None),
        ("29.02.2024", None),
        ("", None),
        ("Z", None),
    ],
)
def test_iso_texts(text: str, serial: float | None) -> None:
    assert serial_of_iso(text) == serial


def test_the_date_system_of_1904_counts_from_its_own_day() -> None:
    assert serial_of_iso("1904-01-02", date1904=True) == 1.0
    assert serial_of_iso("1903-12-31", date1904=True) is None


@pytest.mark.parametrize(
    "code",
    [
        "mm-dd-yy",
        "yyyy\\-mm\\-dd",
        "[$-409]d\\-mmm\\-yyyy;@",
        "[h]:mm:ss",
        "[mm]:ss",
        "h:mm AM/PM",
        "dddd",
        "D",
        '"on "yyyy',
        "[Red]yyyy",
        'yyyy"年"m"月"',
    ],
)
def test_formats_that_show_dates(code: str) -> None:
    assert shows_date(code)


@pytest.mark.parametrize(
    "code",
    [
        "General",
        "GENERAL",
        "Standard",
        "0.00",
        "0.00E+00",
        "##0.0E+0",
        '0" days"',
        "0\\d",
        "0_d",
        "*d0",
        "[Red]0",
        "[$USD-409]0",
        "[>=1000]0,\\k",
        "@",
        '"Yes";"Yes";"No"',
        '0;"day"',
        "0;dd",
        "",
        ";;;",
        "# ?/?",
    ],
)
def test_formats_that_do_not(code: str) -> None:
    assert not shows_date(code)
