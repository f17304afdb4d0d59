"""Formulas of an open workbook spelled as its file spells them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.books import book
from tickmark.model.workbook import ExternalLink
from tickmark.structure.link_numbers import as_filed
from tickmark.structure.relative import formula_text

LINKS = (
    ExternalLink(1, "file:///C:/Users/m/prices%2026.xlsx"),
    ExternalLink(2, "it's.xlsx"),
    ExternalLink(3, "a/twice.xlsx"),
    ExternalLink(4, "b/twice.xlsx"),
)
SAVED = replace(book({"A1": 1}), external_links=LINKS)


@pytest.mark.parametrize(
    ("live", "filed"),
    [
        ("='C:\\Users\\m\\[Prices 26.xlsx]Q1'!$A$2", "=[1]Q1!$A$2"),
        ("='[Prices 26.xlsx]Price list'!A2*2", "='[1]Price list'!A2*2"),
        ("='https://x.example/d/[it''s.xlsx]O''Hara'!A1", "='[2]O''Hara'!A1"),
        ("=[it's.xlsx]Q1!A1", "=[it's.xlsx]Q1!A1"),
        ("=[other.xlsx]Q1!A1", "=[other.xlsx]Q1!A1"),
        ("=[twice.xlsx]Q1!A1", "=[twice.xlsx]Q1!A1"),
        ("=\"'[Prices 26.xlsx]Q1'!A1\"", "=\"'[Prices 26.xlsx]Q1'!A1\""),
        ("=Table1[Prices 26.xlsx]", "=Table1[Prices 26.xlsx]"),
    ],
)
def test_other_workbooks_are_named_by_the_numbers_of_their_links(live: str, filed: str) -> None:
    sheet = as_filed(book({"A1": (live, 1)}), SAVED).sheets[0]

    assert formula_text(sheet, 0) == filed


def test_without_links_nothing_changes() -> None:
    live = book({"A1": ("=[x.xlsx]Q1!A1", 1)})

    assert as_filed(live, book({"A1": 1})) is live
