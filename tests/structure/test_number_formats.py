"""Numbers as their formats show them."""

from __future__ import annotations

import pytest

from tickmark.structure.number_formats import (
    decimals_shown,
    percent_text,
    shows_currency,
    shows_duration,
    shows_percent,
    shows_time_only,
)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("0%", "12%"),
        ("0.0%", "12.5%"),
        ("0.00%;[Red]-0.00%", "12.50%"),
        ("0.00", None),
        ('0" %"', None),
        ("0\\%", None),
        ("General", None),
    ],
)
def test_a_number_is_in_per_cent_only_where_the_format_says_so(code: str, text: str | None) -> None:
    assert (percent_text(0.125, code), shows_percent(code)) == (text, text is not None)


@pytest.mark.parametrize(
    ("code", "duration", "time_only"),
    [
        ("[h]:mm", True, True),
        ("[MM]:ss", True, True),
        ("[Red][ss]", True, True),
        ("h:mm AM/PM", False, True),
        ("mm:ss.0", False, True),
        ("yyyy-mm-dd hh:mm", False, False),
        ("mmm", False, False),
        ('0" [h]"', False, False),
        ("0;[h]", False, False),
        ("General", False, False),
    ],
)
def test_durations_and_times_are_told_from_days(code: str, duration: bool, time_only: bool) -> None:
    assert (shows_duration(code), shows_time_only(code)) == (duration, time_only)


@pytest.mark.parametrize(
    "code",
    [
        '"$"#,##0.00',
        "$#,##0",
        "\\$0",
        "[$€-407] #,##0.00",
        "#,##0.00 [$CHF]",
        "[$R$ -416]0",
        '_($* #,##0.00_);_($* (#,##0.00);_($* "-"??_);_(@_)',
        '#,##0 "EUR"',
        '0.00" kr"',
        '#,##0\\ "Kč"',
        '"US$ "0,,"m"',
        "￥#,##0",
        '0"元"',
        "[Red][>100]£0;0",
    ],
)
def test_money_is_told_by_the_sign_or_the_code_of_a_currency(code: str) -> None:
    assert shows_currency(code)


@pytest.mark.parametrize(
    "code",
    [
        "General",
        "0.00",
        "_(* #,##0.00_);_(* (#,##0.00)",
        "[$-409]d-mmm-yy",
        "[$-F400]h:mm:ss AM/PM",
        "_$0",
        "0;$0",
        '0" kroner"',
        '0" USDX"',
        "0.0%",
        "",
        '"',
        "[$",
    ],
)
def test_a_format_without_a_currency_shows_no_money(code: str) -> None:
    assert not shows_currency(code)


@pytest.mark.parametrize(
    ("code", "decimals"),
    [
        ("General", None),
        ("@", None),
        ("yyyy-mm-dd", None),
        ("0", 0),
        ("#,##0.00", 2),
        ('_(* #,##0.0_);_(* (#,##0.0);_(* "-"??_);_(@_)', 1),
        ("0%", 2),
        ("0.0%", 3),
        ("#,##0,", -3),
        ('"Q"0.000', 3),
    ],
)
def test_a_format_tells_how_many_decimals_it_shows(code: str, decimals: int | None) -> None:
    assert decimals_shown(code) == decimals
