"""Values as text: nothing a cell holds can pass for a number, a formula or another cell."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickmark.encode.values import formula_value, number_value, quoted, text_value


@pytest.mark.parametrize(
    "text",
    [
        "Revenue",
        "2024 Budget",
        "R&D: total",
        "5%",
        "1,200",
        "Q1/Q2",
        "naïve 数据 🙂",
        "1 -2",
    ],
)
def test_an_ordinary_text_stands_as_it_is(text: str) -> None:
    assert text_value(text, 100) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        " x",
        "x ",
        "120",
        "-1.5e3",
        "TRUE",
        "=A1",
        "#REF!",
        "2024-05-01",
        "2024-05-01T10:00:00",
        "36:15:00",
        "(not calculated)",
        'say "x"',
        "a | B9: 5",
        "a; b",
        "120 -> 5",
        "-> 5",
        "12 numbers, first 3",
        "line\nB9: 5",
        "tab\there",
        "line\u2028B9: 5",
        "next\x85B9: 5",
        "right\u202eto left",
        "zero\u200bwidth",
        "half \ud800 pair",
        "tag \U000e0041",
    ],
)
def test_a_text_that_could_pass_for_more_is_quoted(text: str) -> None:
    shown = text_value(text, 100)
    assert shown[0] == shown[-1] == '"'
    assert json.loads(shown) == text
    assert shown.isprintable()


def test_a_long_text_is_cut_and_its_length_told() -> None:
    assert text_value("x" * 500, 5) == '"xxxxx" (first 5 of 500 characters)'


def test_a_long_formula_is_cut_and_its_length_told() -> None:
    assert formula_value("=" + "A1+" * 99, 4) == '"=A1+" (first 4 of 298 characters)'


@pytest.mark.parametrize("text", ['=A1&"; "&B1', "=SUM(A1:B2)", "=A1 & B1"])
def test_an_ordinary_formula_stands_as_it_is(text: str) -> None:
    assert formula_value(text, 100) == text


@pytest.mark.parametrize(
    "text", ['="a | B9: 5"', '="x -> 5"', "=A1\n+B1", '="x (copied down)"', '="\u202e"']
)
def test_a_formula_whose_strings_could_pass_for_more_is_quoted(text: str) -> None:
    assert json.loads(formula_value(text, 100)) == text


@given(st.text(max_size=60))
def test_every_text_can_be_read_back_and_stays_on_its_line(text: str) -> None:
    shown = text_value(text, 100)
    assert len(shown.splitlines()) == 1
    assert (json.loads(shown) if shown.startswith('"') else shown) == text
    assert json.loads(quoted(text)) == text


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (120.0, "120"),
        (-0.5, "-0.5"),
        (0.1 + 0.2, "0.3"),
        (1 / 3, "0.333333333333"),
        (123456789012345.0, "123456789012345"),
        (1e20, "1e+20"),
        (float("inf"), "inf"),
        (float("nan"), "nan"),
    ],
)
def test_numbers_are_short_and_whole_ones_whole(number: float, expected: str) -> None:
    assert number_value(number) == expected
