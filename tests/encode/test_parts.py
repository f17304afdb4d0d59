"""A sheet parted into lists, summaries and formulas."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.books import CellSpec, SheetSpec, sheet
from tests.encode.prepared_sheets import prepared
from tests.structure.regions.pages import cells
from tickmark.encode.areas import addresses
from tickmark.encode.parts import Part, PartKind, parts_of
from tickmark.encode.type_words import type_codes
from tickmark.model.address import RangeRef, cell_address

LIST, SUMMARY, FORMULA = PartKind.LIST, PartKind.SUMMARY, PartKind.FORMULA


def parts(page: SheetSpec, *exact: str, apart: bool = False) -> list[tuple[PartKind, str]]:
    """The parts of a sheet whose cells in some ranges are told exactly."""
    own = prepared(page)
    mask = np.zeros(len(own.source.sheet.cells), np.bool_)
    for area in exact:
        mask[own.source.sheet.cells.within(RangeRef.parse(area, sheet="S"))] = True
    words = type_codes(own.source.workbook, own.source.sheet)[own.cells.positions]
    found = parts_of(own.index, own.cells, mask[own.cells.positions], words, apart=apart)
    return [(one.kind, _addresses(one) + " told" * one.told) for one in found]


def _addresses(part: Part) -> str:
    text = addresses(part.areas)
    return f"{text} except {addresses(part.excepted)}" if part.excepted else text


def grid(rows: int, columns: int) -> dict[str, CellSpec]:
    return {
        cell_address(row, column): row * column * 1.37
        for row in range(1, rows + 1)
        for column in range(1, columns + 1)
    }


def test_exact_cells_are_lists_down_or_across_whichever_is_cheaper() -> None:
    assert parts(sheet(grid(9, 1)), "A1:A9") == [(LIST, "A1:A9")]
    assert parts(sheet(grid(1, 9)), "A1:I1") == [(LIST, "A1:I1")]
    assert parts(sheet(grid(4, 9)), "A1:I4") == [(LIST, "A1:I4")]


def test_a_list_goes_on_over_a_few_blank_cells() -> None:
    some: dict[str, CellSpec] = {f"A{row}": f"x{row}" for row in (1, 2, 4, 5, 7, 11, 12)}
    page = sheet(some | {f"B{row}": row * 1.37 for row in range(1, 13)})
    assert [text for kind, text in parts(page, "A1:A20") if kind is LIST] == ["A1:A7", "A11:A12"]


def test_a_list_ends_at_a_hidden_or_other_cell() -> None:
    page = sheet({f"A{row}": row * 1.37 for row in range(1, 8)}, hidden_rows=((4, 4),))
    assert parts(page, "A1:A7") == [(LIST, "A1:A3"), (LIST, "A5:A7")]
    page = sheet({f"A{row}": "=1" if row == 4 else row * 1.37 for row in range(1, 8)})
    assert parts(page, "A1:A7") == [(LIST, "A1:A3"), (FORMULA, "A4 told"), (LIST, "A5:A7")]


def test_a_list_goes_on_behind_a_merged_cell() -> None:
    page = sheet({"A1": "x", "F1": "y", "G1": "z"}, merges=("A1:E1",))
    assert parts(page, "A1:G1") == [(LIST, "A1:G1")]


def test_cells_of_one_kind_are_summed_up_over_their_region() -> None:
    rows: list[list[CellSpec]] = [["a", "b", "c"]]
    rows += ([row * 1.37, row + 100, row * 25_000.5] for row in range(1, 6))
    page = sheet(cells(rows))
    assert parts(page, "A1:C1") == [(LIST, "A1:C1"), (SUMMARY, "A2:C6")]
    assert parts(page, "A1:C1", apart=True) == [
        (LIST, "A1:C1"),
        *((SUMMARY, f"{letter}2:{letter}6") for letter in "ABC"),
    ]


def test_lines_are_summed_up_along_the_rows_where_these_differ_in_size() -> None:
    rows: list[list[CellSpec]] = [["a", "b", "c", "d"]]
    rows += ([10.0**row * column for column in range(1, 5)] for row in range(1, 7))
    assert parts(sheet(cells(rows)), "A1:D1", apart=True)[1:] == [
        (SUMMARY, f"A{row}:D{row}") for row in range(2, 8)
    ]


def test_a_column_alone_is_summed_up_down_though_its_rows_differ() -> None:
    rows: list[list[CellSpec]] = [["a", "b"]]
    rows += ([f"x{row}", row**5 * 1.37] for row in range(1, 30))
    page = sheet(cells(rows))
    assert parts(page, "A1:B1", apart=True) == [
        (LIST, "A1:B1"),
        (SUMMARY, "A2:A30"),
        (SUMMARY, "B2:B30"),
    ]


def test_exceptions_are_taken_out_of_a_box() -> None:
    page = grid(12, 4) | {"B5": "x", "C9": "y"}
    found = parts(sheet(page), "B5", "C9")
    assert (SUMMARY, "A1:D12 except B5,C9") in found


def test_copies_are_one_part_and_errors_among_them_another() -> None:
    page: dict[str, CellSpec] = {f"B{row}": (f"=A{row}*2", row) for row in range(1, 9)}
    page["B4"] = ("=A4*2", "#N/A")
    assert parts(sheet(page)) == [(FORMULA, "B1:B3,B5:B8"), (FORMULA, "B4 told")]
    assert parts(sheet(page), "B1:B2") == [
        (FORMULA, "B1:B2 told"),
        (FORMULA, "B3,B5:B8"),
        (FORMULA, "B4 told"),
    ]


def test_labels_stand_by_rows_where_formulas_of_their_own_follow() -> None:
    page: dict[str, CellSpec] = {}
    for row in range(1, 5):
        page |= {f"A{row}": f"Line {row}", f"B{row}": (f"=C9*{row}+{row}", row)}
    assert [part for part in parts(sheet(page), "A1:A4") if part[0] is LIST] == [
        (LIST, f"A{row}") for row in range(1, 5)
    ]


CELLS = st.dictionaries(
    st.tuples(st.integers(1, 14), st.integers(1, 9)),
    st.sampled_from([1.5, 2.0, "x", "y", True, "#N/A", ("=A1", 3.0), ("=$B$2*2", "#N/A"), "=C3"]),
    min_size=1,
    max_size=60,
)
AREAS = st.tuples(*[st.integers(1, 14)] * 2, *[st.integers(0, 5)] * 2).map(
    lambda one: RangeRef("S", one[0], one[1], one[0] + one[2], one[1] + one[3]).a1
)


@settings(max_examples=60, deadline=None)
@given(
    CELLS,
    st.lists(AREAS, max_size=3),
    st.sampled_from([(), ((3, 4),)]),
    st.booleans(),
    st.integers(0, 1 << 32),
)
def test_each_visible_cell_is_in_one_part_and_no_other_cell(
    some: dict[tuple[int, int], CellSpec],
    merges: list[str],
    hidden: tuple[tuple[int, int], ...],
    apart: bool,
    seed: int,
) -> None:
    page = sheet(
        {cell_address(*cell): value for cell, value in some.items()},
        merges=tuple(merges),
        hidden_rows=hidden,
    )
    own = prepared(page)
    chosen = np.random.default_rng(seed).random(len(own.cells)) < 0.5
    words = type_codes(own.source.workbook, own.source.sheet)[own.cells.positions]
    counts = np.zeros(len(own.source.sheet.cells), np.int64)
    for part in parts_of(own.index, own.cells, chosen, words, apart=apart):
        inside = [own.index.within(edges) for edges in part.areas]
        out = [own.index.within(edges) for edges in part.excepted]
        sizes = [RangeRef("S", *edges).cells for edges in (*part.areas, *part.excepted)]
        for at in inside:
            counts[at] += 1
        for at in out:
            counts[at] -= 1
        if part.kind is not LIST:
            told = sum(map(len, inside)) - sum(map(len, out))
            assert told == sum(sizes[: len(inside)]) - sum(sizes[len(inside) :])
    assert counts.tolist() == own.source.visible.astype(int).tolist()
