"""Numbers in prose: read as they are written, and compared with those that are known."""

from __future__ import annotations

import pytest

from tickmark.ground.stated_numbers import numbers_in, unknown_number

KNOWN = frozenset({9.0, 12950.0, 1234567.8, 0.1234, 2025.0, 82.69324897392})


@pytest.mark.parametrize(
    "text",
    [
        "It feeds 9 cells.",
        "-12950, 12,950, 12.950 or 12 950 USD",
        "about 1.2 million, exactly 1,234,567.8",
        "a share of 12.3% or 12 percent",
        "in 2025",
        "82.7 or 82.69 too low",
        "FY2030 and R2D2 are words",
        "nothing at all",
    ],
)
def test_a_number_that_agrees_is_known(text: str) -> None:
    assert unknown_number(text, KNOWN) == ""


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("It feeds 8 cells.", "8"),
        ("It is 12951 instead of 12950.", "12951"),
        ("a share of 13.3%", "13.3%"),
        ("in 2026", "2026"),
        ("about 1.3 million", "1.3"),
        ("83 cells", "83"),
        ("4-9 of them", "4"),
    ],
)
def test_another_number_is_told(text: str, number: str) -> None:
    assert unknown_number(text, KNOWN) == number


def test_a_small_whole_number_has_to_be_known_exactly() -> None:
    assert unknown_number("5 cells", {4.9}) == "5"
    assert unknown_number("5.0 cells", {4.98}) == ""


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("-13450", [13450.0]),
        ("1,234.5", [1234.5]),
        ("1.234,5", [1234.5]),
        ("1.234", [1.234, 1234.0]),
        ("30% of it", [30.0, 0.3]),
        ("2e3", [2000.0]),
        ("1e999", []),
        ("5 to 316", [5.0, 316.0]),
        ("FY2025", []),
    ],
)
def test_numbers_are_read_in_every_way_that_they_can_mean(text: str, numbers: list[float]) -> None:
    assert list(numbers_in(text)) == numbers
