"""Serial numbers: the leap day that never was, both systems, times and durations."""

from __future__ import annotations

import datetime as dt

import pytest

from tickmark.structure.dates import date_text, serial_to_datetime, serial_to_duration


@pytest.mark.parametrize(
    ("serial", "expected"),
    [
        (0.5, dt.datetime(1899, 12, 31, 12)),  # noqa: DTZ001 - spreadsheets know no time zone
        (1, dt.datetime(1900, 1, 1)),  # noqa: DTZ001 - spreadsheets know no time zone
        (59, dt.datetime(1900, 2, 28)),  # noqa: DTZ001 - spreadsheets know no time zone
        (60, dt.datetime(1900, 3, 1)),  # noqa: DTZ001 - spreadsheets know no time zone
        (61, dt.datetime(1900, 3, 1)),  # noqa: DTZ001 - spreadsheets know no time zone
        (45000.75, dt.datetime(2023, 3, 15, 18)),  # noqa: DTZ001 - spreadsheets know no time zone
        (2958465, dt.datetime(9999, 12, 31)),  # noqa: DTZ001 - spreadsheets know no time zone
        (2958466, None),
        (-1, None),
        (float("nan"), None),
    ],
)
def test_a_serial_number_is_a_moment(serial: float, expected: dt.datetime | None) -> None:
    assert serial_to_datetime(serial) == expected


def test_the_1904_system_starts_four_years_later() -> None:
    assert serial_to_datetime(0, date1904=True) == dt.datetime(1904, 1, 1)  # noqa: DTZ001 - spreadsheets know no time zone
    assert serial_to_datetime(2957003, date1904=True) == dt.datetime(9999, 12, 31)  # noqa: DTZ001 - spreadsheets know no time zone
    assert serial_to_datetime(2957004, date1904=True) is None


@pytest.mark.parametrize(
    ("serial", "number_format", "expected"),
    [
        (45413, "yyyy-mm-dd", "2024-05-01"),
        (45413.5625, "General", "2024-05-01T13:30:00"),
        (0.5625, "h:mm", "13:30:00"),
        (0, "h:mm", "00:00:00"),
        (1.5, "[h]:mm", "36:00:00"),
        (1.5, "[hh]:mm:ss", "36:00:00"),
        (-0.25, "[h]:mm", "-6:00:00"),
        (-0.000001, "[h]:mm", "0:00:00"),
        (1.5, '"[h]" yyyy', "1900-01-01T12:00:00"),
        (45413.0000058, "d/m/y", "2024-05-01T00:00:00.501000"),
        (-5.5, "d/m/y", "-5.5"),
        (3e6, "d/m/y", "3000000"),
    ],
)
def test_dates_read_as_iso_text(serial: float, number_format: str, expected: str) -> None:
    assert date_text(serial, number_format=number_format) == expected


@pytest.mark.parametrize(
    ("serial", "number_format", "expected"),
    [
        (0, "yyyy-mm-dd", "1904-01-01"),
        (43889.5, "h:mm", "2024-02-29T12:00:00"),
        (0.5625, "h:mm", "13:30:00"),
        (0.5625, "yyyy-mm-dd h:mm", "1904-01-01T13:30:00"),
        (1.5, "[h]:mm", "36:00:00"),
        (-0.25, "[h]:mm", "-6:00:00"),
    ],
)
def test_dates_of_the_1904_system_read_as_iso_text(
    serial: float, number_format: str, expected: str
) -> None:
    assert date_text(serial, date1904=True, number_format=number_format) == expected


@pytest.mark.parametrize(
    ("serial", "expected"),
    [
        (1.5, dt.timedelta(hours=36)),
        (-0.25, dt.timedelta(hours=-6)),
        (0.0, dt.timedelta()),
        (3e6, None),
    ],
)
def test_durations(serial: float, expected: dt.timedelta | None) -> None:
    assert serial_to_duration(serial) == expected
