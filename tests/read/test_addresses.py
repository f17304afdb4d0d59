"""Many addresses at once agree with one at a time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickmark.errors import AddressError
from tickmark.model.address import MAX_COLUMN, MAX_ROW, cell_address, parse_cell
from tickmark.read.addresses import rows_and_columns


def one_by_one(text: str) -> tuple[int, int]:
    """What the parser of single addresses says; (0, 0) where it refuses."""
    if "$" in text:
        return 0, 0
    try:
        return parse_cell(text)
    except AddressError:
        return 0, 0


def pairs(texts: list[str]) -> list[tuple[int, int]]:
    rows, columns = rows_and_columns(texts)
    return list(zip(rows.tolist(), columns.tolist(), strict=True))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("A1", (1, 1)),
        ("xfd1048576", (1_048_576, 16_384)),
        ("XFE1", (0, 0)),
        ("A1048577", (0, 0)),
        ("A0", (0, 0)),
        ("A01", (0, 0)),
        ("$A$1", (0, 0)),
        ("AAAA1", (0, 0)),
        ("A12345678", (0, 0)),
        ("1A", (0, 0)),
        ("A1B", (0, 0)),
        ("A", (0, 0)),
        ("1", (0, 0)),
        ("", (0, 0)),
        ("A\n1", (0, 0)),
        ("Ä1", (0, 0)),
        ("A\uff11", (0, 0)),
        (" A1", (0, 0)),
    ],
)
def test_good_and_bad_addresses(text: str, place: tuple[int, int]) -> None:
    assert pairs(["B2", text, "C3"]) == [(2, 2), place, (3, 3)]


def test_no_addresses_at_all() -> None:
    assert pairs([]) == []


@given(st.lists(st.text(alphabet="ABXFDZaz019$\n:é", max_size=12)))
def test_any_texts_are_read_as_one_by_one(texts: list[str]) -> None:
    assert pairs(texts) == [one_by_one(text) for text in texts]


@given(st.lists(st.tuples(st.integers(1, MAX_ROW), st.integers(1, MAX_COLUMN))))
def test_every_address_comes_back(places: list[tuple[int, int]]) -> None:
    assert pairs([cell_address(row, column) for row, column in places]) == places
