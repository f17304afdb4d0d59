"""The small picture of a sheet."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from tests.books import CellSpec, book, sheet
from tickmark.structure.outline import outline


def test_each_cell_of_a_small_sheet_is_a_letter() -> None:
    page = book(
        {
            "S": sheet(
                {
                    "B2": "Title",
                    "C2": 1,
                    "D2": dt.date(2024, 1, 1),
                    "E2": True,
                    "B4": "=C2",
                    "C4": ("=C2/0", "#DIV/0!"),
                    "D4": 1,
                    "F4": 2,
                },
                hidden_columns=((4, 4),),
            )
        }
    ).sheets[0]
    assert outline(page) == ("tnhb.", ".....", "feh.n")


@pytest.mark.parametrize(
    ("cells", "letter"),
    [
        ({"A1": "x", "A2": 1, "A3": "=A1", "A4": "#N/A"}, "e"),
        ({"A1": "x", "A2": 1, "A3": "=A1"}, "f"),
        ({"A1": "x", "A2": 1, "A3": dt.date(2024, 1, 1)}, "n"),
        ({"A1": "x", "A2": True}, "b"),
        ({"A1": "x"}, "t"),
    ],
)
def test_a_tile_shows_its_most_telling_cell(cells: dict[str, CellSpec], letter: str) -> None:
    assert outline(book(cells).sheets[0], max_rows=1) == (letter,)


def test_a_hidden_cell_does_not_speak_for_a_tile_with_visible_ones() -> None:
    page = book({"S": sheet({"A1": "x", "A2": "#N/A", "A9": 1}, hidden_rows=((2, 2), (9, 9)))})
    assert outline(page.sheets[0], max_rows=3) == ("t", ".", "h")


def test_cells_that_count_as_hidden_may_be_others() -> None:
    page = book({"A1": "x", "B1": 2}).sheets[0]
    assert outline(page, unseen=np.array([True, False])) == ("hn",)


def test_all_of_a_hidden_sheet_is_hidden() -> None:
    assert outline(book({"S": sheet({"A1": 1, "B1": 2}, state="hidden")}).sheets[0]) == ("hh",)


def test_a_large_sheet_keeps_to_the_bounds() -> None:
    page = book({"A1": 1, "XFD1048576": 2}).sheets[0]
    picture = outline(page)
    assert len(picture) == 48
    assert {len(row) for row in picture} == {64}
    assert picture[0][0] == picture[-1][-1] == "n"


def test_an_empty_sheet_has_no_picture() -> None:
    assert outline(book({"S": sheet({})}).sheets[0]) == ()
