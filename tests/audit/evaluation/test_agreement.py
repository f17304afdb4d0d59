"""Whether two numbers agree, and how many digits say so."""

from __future__ import annotations

import pytest

from tickmark.audit.evaluation.agreement import agreeing_digits, decimals, digits, same


@pytest.mark.parametrize(
    ("typed", "computed"),
    [
        (0.593, 0.59301),
        (0.593, 0.5925),
        (0.13, 0.125),
        (5, 5.3),
        (-12.5, -12.46),
        (460712.31, 460712.3099999999),
        (0.1 + 0.2, 0.3),
        (1 / 3, 1 / 3 * (1 + 1e-12)),
        (0, 0),
        (0, 0.4),
    ],
)
def test_a_number_is_the_same_as_one_that_rounds_to_it(typed: float, computed: float) -> None:
    assert same(typed, computed)


@pytest.mark.parametrize(
    ("typed", "computed"),
    [
        (0.593, 0.5936),
        (0.593, -0.593),
        (5, 5.6),
        (460712.31, 460712.33),
        (1 / 3, 0.3333),
        (float("nan"), float("nan")),
        (1, float("nan")),
    ],
)
def test_other_numbers_are_not(typed: float, computed: float) -> None:
    assert not same(typed, computed)


def test_the_decimals_that_are_shown_take_the_place_of_those_that_are_typed() -> None:
    assert same(0.59312, 0.594, shown=2)
    assert not same(0.59, 0.594, shown=3)


@pytest.mark.parametrize(
    ("number", "found"),
    [(0.5, 1), (1000, 1), (1050, 3), (460712.31, 8), (0.0012, 2), (1 / 3, 15), (-7, 1), (0, 0)],
)
def test_zeros_before_and_behind_are_no_significant_digits(number: float, found: int) -> None:
    assert digits([number]).tolist() == [found]


def test_digits_agree_only_of_numbers_that_do() -> None:
    assert agreeing_digits(460712.31, 460712.3102) == 8
    assert agreeing_digits(5, 5.3) == 1
    assert agreeing_digits(460712.31, 460712.5) == 0


def test_decimals_are_those_that_a_number_is_written_with() -> None:
    assert decimals([5, 0.5, 12.25, 1e-7, 1 / 3, 1234567.891]).tolist() == [0, 1, 2, 7, 15, 3]
