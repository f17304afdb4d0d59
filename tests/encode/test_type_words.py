"""Words of summaries for single cells and for cells together."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.books import book, sheet
from tickmark.encode.claim import TypeWord
from tickmark.encode.type_words import (
    CODE_OF,
    NO_RESULT,
    WORDS,
    type_codes,
    word_of,
    words_of_groups,
)


def codes(*words: str) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    """Codes of words; "" is a formula without a result."""
    return np.array([CODE_OF[TypeWord(word)] if word else NO_RESULT for word in words], np.uint8)


def test_each_cell_has_the_most_specific_word_of_its_kind_and_format() -> None:
    spec = sheet(
        {
            "A1": 12,
            "A2": 12.5,
            "A3": 1,
            "A4": 12,
            "A5": 3.5,
            "A6": dt.date(2024, 5, 1),
            "A7": dt.datetime(1899, 12, 30, 14, 30),  # noqa: DTZ001 - spreadsheets know no time zone
            "A8": dt.datetime(2024, 5, 1, 14, 30),  # noqa: DTZ001 - spreadsheets know no time zone
            "A9": dt.datetime(1900, 1, 1, 12),  # noqa: DTZ001 - spreadsheets know no time zone
            "B1": "12",
            "B2": True,
            "B3": "#N/A",
            "B4": "=A1",
            "B5": ("=A1*2", 24),
            "B6": 1e300,
            "B7": -7,
            "B8": "5%",
        },
        formats={
            "A3": "0%",
            "A4": '"$"0',
            "A5": "#,##0.00 [$€-407]",
            "A7": "h:mm",
            "A8": "h:mm",
            "A9": "[h]:mm",
            "B8": "0%",
        },
    )
    workbook = book({"S": spec})
    page = workbook.sheets[0]
    found = type_codes(workbook, page)
    told = {
        cell.a1: WORDS[code].value if code != NO_RESULT else ""
        for cell, code in zip(page.cells, found.tolist(), strict=True)
    }
    assert told == {
        "A1": "int",
        "A2": "num",
        "A3": "%",
        "A4": "cur",
        "A5": "cur",
        "A6": "date",
        "A7": "time",
        "A8": "date",
        "A9": "time",
        "B1": "text",
        "B2": "bool",
        "B3": "error",
        "B4": "",
        "B5": "int",
        "B6": "num",
        "B7": "int",
        "B8": "text",
    }


@pytest.mark.parametrize(
    ("words", "word"),
    [
        (("int",), "int"),
        (("int", "int"), "int"),
        (("int", "num"), "num"),
        (("%", "%"), "%"),
        (("%", "num"), "num"),
        (("cur", "int"), "num"),
        (("cur", "cur"), "cur"),
        (("cur", "%"), "num"),
        (("date", "time"), "date"),
        (("time", "time"), "time"),
        (("text",), "text"),
        (("bool", "bool"), "bool"),
        (("error", "error"), "error"),
        (("text", "int"), "any"),
        (("date", "int"), "any"),
        (("bool", "int"), "any"),
        (("int", ""), "any"),
        (("",), "any"),
        (("any",), "any"),
        ((), "any"),
    ],
)
def test_the_word_of_cells_together_is_true_for_each(words: tuple[str, ...], word: str) -> None:
    assert word_of(codes(*words)) == word


@given(st.lists(st.lists(st.integers(0, len(WORDS) - 1), min_size=1), max_size=8))
def test_the_words_of_groups_are_those_of_each_group(groups: list[list[int]]) -> None:
    together = np.array([code for group in groups for code in group], np.uint8)
    starts = np.cumsum([0, *map(len, groups)][:-1] if groups else [], dtype=np.intp)
    found = words_of_groups(together, starts)
    assert [WORDS[code] for code in found.tolist()] == [
        word_of(np.array(group, np.uint8)) for group in groups
    ]


def test_no_cells_have_no_codes() -> None:
    workbook = book({"S": {}})
    assert type_codes(workbook, workbook.sheets[0]).tolist() == []
