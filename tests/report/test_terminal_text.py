"""Lines for a terminal: never wider than it, cut and padded by what is shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickmark.report.terminal_text import fitted, flowing, in_columns, padded, shown_width


@pytest.mark.parametrize(
    ("text", "columns"), [("abc", 3), ("数据", 4), ("e\u0301", 1), ("", 0), ("か", 2)]
)
def test_the_width_is_what_a_terminal_shows(text: str, columns: int) -> None:
    assert shown_width(text) == columns


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("short", 5, "short"),
        ("longer", 5, "long…"),
        ("two\n  lines", 20, "two lines"),
        ("数据表", 5, "数据…"),
        ("数据表", 6, "数据表"),
        ("word and", 6, "word…"),
    ],
)
def test_a_text_is_cut_to_its_width(text: str, width: int, shown: str) -> None:
    assert fitted(text, width) == shown


def test_blanks_fill_up_a_text() -> None:
    assert (padded("数", 4), padded("7", 3, right=True)) == ("数  ", "  7")


def test_columns_stand_under_each_other_and_the_last_takes_the_rest() -> None:
    rows = [["Inputs", "9", "", "from nothing at all"], ["収益計算シート", "1,234", "", "x"]]

    assert in_columns(rows, right=[1], most=[10], width=32) == [
        "  Inputs         9  from nothin…",
        "  収益計算…  1,234  x",
    ]


def test_nothing_is_no_lines() -> None:
    assert in_columns([]) == []


def test_parts_flow_and_what_does_not_fit_is_counted() -> None:
    parts = [f"A{number}" for number in range(1, 13)]

    assert flowing(parts, most=2, width=20) == ["  A1, A2, A3, A4,", "  A5, A6, and 6 more"]
    assert flowing(parts[:6], most=2, width=20) == ["  A1, A2, A3, A4,", "  A5, A6"]


@given(st.lists(st.text(max_size=30), min_size=1, max_size=30), st.integers(1, 4))
def test_no_line_is_wider_than_the_terminal(parts: list[str], lines: int) -> None:
    flown = flowing(parts, most=lines, width=40)
    rows = in_columns([[part, "12", part] for part in parts], most=[15, 5], width=40)

    assert len(flown) <= lines
    assert max(map(shown_width, flown + rows)) <= 40
