"""Which cells an encoding tells about, and which of them one by one; the decoder is the judge."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.books import CellSpec, book, sheet
from tickmark.encode.claim import Claim
from tickmark.encode.decode import decode
from tickmark.encode.encoding import Encoding, Level
from tickmark.encode.sheet import encode_sheet
from tickmark.encode.source import source_of
from tickmark.errors import InputError
from tickmark.model.address import RangeRef
from tickmark.model.grid import CellKind
from tickmark.model.shown_cells import ShownCells

GRID: dict[str, CellSpec] = {
    f"{column}{row}": row * 37 % 11 + row / 7 + place / 13
    for row in range(2, 40)
    for place, column in enumerate("BCDEF")
}
"""Numbers without a pattern in B2:F39, of which a skeleton tells one summary."""


def encoded(
    cells: dict[str, CellSpec],
    *,
    budget: int | None = None,
    level: Level | None = None,
    hidden_rows: tuple[tuple[int, int], ...] = (),
) -> Encoding:
    workbook = book({"S": sheet(cells, hidden_rows=hidden_rows)})
    source = source_of(workbook, workbook["S"])
    return encode_sheet(source, tokens=lambda text: len(text) // 4 + 1, budget=budget, level=level)


def cells_of(shown: ShownCells) -> set[tuple[int, int]]:
    return {
        (row, column)
        for top, left, bottom, right in shown.edges.tolist()
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
    }


def counted(claim: Claim) -> tuple[set[tuple[int, int]], int]:
    """The filled cells of a claim, and how many of them it does not tell by themselves."""
    cells = list(claim.cells())
    if claim.values is None:
        exact = claim.constant is not None and claim.constant.exact
        return set(cells), 0 if exact else len(cells)
    filled = [
        (cell, value)
        for cell, value in zip(cells, claim.values, strict=True)
        if value.kind is not CellKind.EMPTY or claim.formula is not None
    ]
    return {cell for cell, _ in filled}, sum(not value.exact for _, value in filled)


def told(encoding: Encoding) -> tuple[set[tuple[int, int]], int]:
    """The same of all lines."""
    found: set[tuple[int, int]] = set()
    summarised = 0
    for decoded in decode(encoding.text):
        for claim in decoded.claims:
            if not claim.hidden:
                cells, some = counted(claim)
                found |= cells
                summarised += some
    return found, summarised


def test_neither_blank_nor_hidden_cells_in_a_box_are_told() -> None:
    cells: dict[str, CellSpec] = {**GRID, "C7": "n/a"}
    del cells["D9"]

    shown = encoded(cells, level=Level.SKELETON, hidden_rows=((20, 20),)).shown()

    assert len(cells_of(shown)) == 5 * 37 - 1
    assert [shown.meets(RangeRef.parse(one)) for one in ("C7", "D9", "D20", "D9:E9")] == [
        True,
        False,
        False,
        True,
    ]


def test_what_is_summed_up_cut_or_without_results_is_not_told_one_by_one() -> None:
    cells: dict[str, CellSpec] = {
        **GRID,
        **{f"J{row}": (f"=B{row}*2", row / 3) for row in range(2, 40)},
        "H2": "long " * 100,
        "H4": "short",
        "H6": ("=1/0", "#DIV/0!"),
    }
    encoding = encoded(cells, level=Level.SKELETON)

    assert encoding.summarised_cells == len(GRID) + 38 + 1
    assert encoding.longest == 200
    assert encoded(cells, level=Level.LOSSLESS).summarised_cells == 0


def test_cells_without_room_are_neither_told_nor_summed_up() -> None:
    cells: dict[str, CellSpec] = {f"A{row}": f"text number {row}" for row in range(1, 400, 2)}

    encoding = encoded(cells, budget=60)
    shown, summarised = told(encoding)

    assert encoding.left_out
    assert 0 < encoding.shown_cells == len(shown) < 200
    assert cells_of(encoding.shown()) == shown
    assert encoding.summarised_cells == summarised


VALUES = st.one_of(
    st.integers(-50, 50),
    st.floats(-1e3, 1e3).map(lambda value: round(value, 2)),
    st.sampled_from(["EUR", "USD", "a text", "long " * 60, "#N/A", True]),
    st.sampled_from([("=A1+1", 2.0), ("=SUM(A1:A9)", 45.0), ("=1/0", "#DIV/0!"), "=NOW()"]),
)
PLACES = st.tuples(st.sampled_from("ABCDEFG"), st.integers(1, 30)).map(lambda at: f"{at[0]}{at[1]}")


@settings(max_examples=60, deadline=None)
@given(
    cells=st.dictionaries(PLACES, VALUES, min_size=1, max_size=60),
    budget=st.sampled_from([None, 25, 60, 150, 400, 3000]),
    hidden=st.sampled_from([(), ((4, 6),)]),
)
def test_the_cells_told_are_those_that_the_decoder_finds(
    cells: dict[str, CellSpec], budget: int | None, hidden: tuple[tuple[int, int], ...]
) -> None:
    encoding = encoded(cells, budget=budget, hidden_rows=hidden)

    shown, summarised = told(encoding) if encoding.text else (set[tuple[int, int]](), 0)

    assert cells_of(encoding.shown()) == shown
    assert encoding.shown_cells == len(shown)
    assert encoding.summarised_cells == summarised


def test_ten_thousands_of_rectangles_are_looked_through_at_once() -> None:
    cells: dict[str, CellSpec] = {
        f"{column}{row}": row for row in range(1, 400) for column in "ACEGIKMOQSUWY"
    }
    shown = encoded(cells, level=Level.LOSSLESS).shown()
    many = ShownCells(np.tile(shown.edges, (1000, 1)))

    assert len(many.edges) >= 13_000
    assert not many.meets(RangeRef.parse("B1:B399"))
    assert many.meets(RangeRef.parse("B399:C399"))


def test_an_encoding_that_travelled_has_no_cells_to_look_at() -> None:
    travelled = pickle.loads(pickle.dumps(encoded({"A1": 1})))  # noqa: S301 - our own

    with pytest.raises(InputError, match="travelled without its cells"):
        travelled.shown()
