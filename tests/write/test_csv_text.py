"""Texts in CSV files that a spreadsheet must not take for formulas."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickmark.write.csv_text import guarded


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+49 170 1234567", "'+49 170 1234567"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("  =A1", "'  =A1"),
        ("\t=A1", "\t'=A1"),
        ("\ufeff=A1", "'\ufeff=A1"),
        ("\0=A1", "'\0=A1"),
        ("\uff1dA1", "'\uff1dA1"),
        ("a\n=A1", "a\n'=A1"),
        ("a\r\n-b", "a\r\n'-b"),
        ("a;=A1", "a;'=A1"),
        ("'=A1", "''=A1"),
        ("-1;=A1", "'-1;'=A1"),
    ],
)
def test_what_could_be_a_formula_gets_an_apostrophe(text: str, written: str) -> None:
    assert guarded(text) == written


@pytest.mark.parametrize(
    "text",
    ["", "a", "a=b", "a-b", "1-2", "-5", "-5%", "+1,234.50", "-", "--", "- -", "…", "'a", "a; b"],
)
def test_harmless_texts_stay(text: str) -> None:
    assert guarded(text) == text


@given(st.text(alphabet="=+-@'\t\r\n; a1\0\ufeff", max_size=12))
def test_taking_one_apostrophe_away_gives_the_text_back(text: str) -> None:
    begin = re.compile("(^|[\t\r\n;])'(?=[ \0\ufeff']*[=+\\-@])")
    assert begin.sub(r"\1", guarded(text)) == text


@given(st.text(alphabet="=+-@'\t\r\n; a1\0\ufeff", max_size=12))
def test_no_part_of_a_field_begins_like_a_formula_with_words(text: str) -> None:
    for part in re.split("[\t\r\n;]", guarded(text)):
        bare = part.lstrip(" \0\ufeff")
        assert (
            not re.match(r"[=+@-]", bare)
            or guarded(bare) == bare == text.strip()
            or (re.search("[a-z0-9]", text) is None)
        )
