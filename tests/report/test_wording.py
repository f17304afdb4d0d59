from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickmark.model.usage import Usage
from tickmark.report.wording import (
    cost,
    counted,
    dollars,
    duration,
    first_few,
    listed,
    moment,
    plain,
)


@given(st.text(st.characters()), st.integers(1, 50))
def test_plain_text_can_be_written_as_utf8_and_keeps_its_limit(text: str, limit: int) -> None:
    shown = plain(text, limit)
    shown.encode()
    assert len(shown) <= limit


def test_plain_text_keeps_lines_and_letters_of_all_scripts() -> None:
    assert plain("a\r\nb\tc\nß 売上 العربية 🙂") == "a\nb\tc\nß 売上 العربية 🙂"


@pytest.mark.parametrize("letter", ["\x00", "\x1b", "\x7f", "\x9b", "\u202e", "\ud800", "\uffff"])
def test_what_cannot_be_shown_is_marked(letter: str) -> None:
    assert plain(f"a{letter}b") == "a\ufffdb"


def test_long_text_is_cut_with_an_ellipsis() -> None:
    assert plain("abcdef", 4) == "abc…"


@pytest.mark.parametrize(
    ("usd", "text"),
    [
        (0, "$0.00"),
        (0.00001, "under $0.0001"),
        (0.0042, "$0.0042"),
        (0.42, "$0.42"),
        (1234.5, "$1,234.50"),
        (math.inf, "no limit"),
    ],
)
def test_small_amounts_keep_their_digits(usd: float, text: str) -> None:
    assert dollars(usd) == text


def test_tokens_without_a_price_are_not_called_free() -> None:
    assert cost(Usage(calls=1, input_tokens=10)) == "price not known"
    assert cost(Usage(cached_calls=1)) == "$0.00"


def test_times_are_written_for_people() -> None:
    assert moment("2026-11-20T14:03:12+01:00") == "20 Nov 2026, 14:03 UTC+01:00"
    assert moment("2026-01-02T03:04:05") == "2 Jan 2026, 03:04"
    assert moment("yesterday\x00") == "yesterday\ufffd"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.44, "0.4 s"),
        (12.4, "12 s"),
        (185, "3 min 5 s"),
        (7800, "2 h 10 min"),
        (math.nan, ""),
        (-1, ""),
    ],
)
def test_durations_are_as_fine_as_they_need_to_be(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_counts_agree_with_their_noun() -> None:
    assert counted(1, "sheet") == "1 sheet"
    assert counted(2400, "cell") == "2,400 cells"
    assert counted(0, "path was", "paths were") == "0 paths were"


def test_lists_read_as_prose_and_say_what_they_leave_out() -> None:
    assert [listed(["a", "b", "c"][:n]) for n in range(4)] == ["", "a", "a and b", "a, b and c"]
    assert first_few(["a", "b", "c"], 2) == "a, b and 1 more"
