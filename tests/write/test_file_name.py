"""Names of files from texts of strangers."""

from __future__ import annotations

import string
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickmark.write.file_name import distinct_stems, file_stem


@pytest.mark.parametrize(
    ("text", "stem"),
    [
        ("Sales 2024", "Sales_2024"),
        ("P&L", "P_L"),
        ("Plan-2024", "Plan-2024"),
        ("../../etc/passwd", "etc_passwd"),
        ("C:\\Windows\\x", "C_Windows_x"),
        ("-rf", "rf"),
        (".hidden.", "hidden"),
        ("~$lock", "lock"),
        ("a\0b\nc\u202ed", "a_b_c_d"),
        ("Größe & Übersicht", "Größe_Übersicht"),
        ("売上", "売上"),
        ("हिन्दी", "हिन्दी"),
        ("\uff0e\uff0e\uff0fup", "up"),
        ("CON", "CON_"),
        ("nul.", "nul_"),
        ("Com\u00b9", "Com1_"),
        ("lpt9", "lpt9_"),
        ("CONSOLE", "CONSOLE"),
        ("a - b", "a-b"),
        ("\ud800x", "x"),
        ("…", ""),
        ("", ""),
    ],
)
def test_a_stem_has_only_letters_digits_and_lines(text: str, stem: str) -> None:
    assert file_stem(text) == stem


@given(st.text())
def test_no_text_leads_out_of_its_folder(text: str) -> None:
    stem = file_stem(text)
    assert not stem.startswith(("-", "_"))
    assert {unicodedata.category(one)[0] for one in stem} <= {*"LMN", "P"}
    assert set(stem) & set(string.punctuation) <= {*"-_"}
    assert len(stem) <= 81
    assert len(stem.encode()) <= 181


def test_long_texts_are_cut_between_characters() -> None:
    assert file_stem("x" * 300) == "x" * 80
    assert file_stem("\U00020000" * 300) == "\U00020000" * 45
    assert file_stem("abc_def", 4) == "abc"


def test_stems_differ_in_more_than_letter_case() -> None:
    stems = ["Sales", "sales", "SALES-2", "Sales", "Straße", "STRASSE"]
    assert distinct_stems(stems) == [
        "Sales",
        "sales-2",
        "SALES-2-2",
        "Sales-3",
        "Straße",
        "STRASSE-2",
    ]
