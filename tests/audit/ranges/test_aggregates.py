"""The ranges that aggregates take, and what they come to along their own lines."""

from __future__ import annotations

import pytest

from tests.books import CellSpec, book, sheet
from tickmark.audit.lines.cell_lines import ACROSS, DOWN, cell_lines
from tickmark.audit.ranges.aggregate_stretches import stretches_of
from tickmark.audit.ranges.aggregates import FUNCTIONS, aggregates_of
from tickmark.audit.ranges.paired_ranges import ALIKE, ALL, LONGER, Pair, pairs_of
from tickmark.model.workbook import DefinedName, Workbook
from tickmark.structure.formulas import formulas_of

Cells = dict[str, CellSpec]


def _entries(workbook: Workbook, number: int = 0) -> list[tuple[str, list[int], bool]]:
    found = aggregates_of(formulas_of(workbook))[number]
    return [
        (FUNCTIONS[function], area, sums)
        for function, area, sums in zip(
            found.function.tolist(), found.areas.tolist(), found.sums.tolist(), strict=True
        )
    ]


@pytest.mark.parametrize(
    ("formula", "entries"),
    [
        ("=SUM(B2:B5)", [("SUM", [2, 2, 5, 2], True)]),
        ("=SUM(B2:B5)/2", [("SUM", [2, 2, 5, 2], False)]),
        ("=SUM(B2:B5,B7)", [("SUM", [2, 2, 5, 2], True), ("+", [7, 2, 7, 2], True)]),
        ("=B2+B3", [("+", [2, 2, 2, 2], True), ("+", [3, 2, 3, 2], True)]),
        ("=B2+B3-B4", [("+", [2, 2, 2, 2], False), ("+", [3, 2, 3, 2], False)]),
        ("=MAX(B2:B5)-MIN(C2:C5)", [("MAX", [2, 2, 5, 2], False), ("MIN", [2, 3, 5, 3], False)]),
        ("=SUM(B:B)", []),
        ("=ROWS(B2:B5)", []),
        ("=SUM([1]Sheet1!B2:B5)", []),
        ("=VLOOKUP(1,B2:C5,2)", []),
        ("=B2*B3", []),
    ],
)
def test_a_formula_gives_its_ranges_and_what_takes_them(
    formula: str, entries: list[tuple[str, list[int], bool]]
) -> None:
    assert _entries(book({"F1": formula})) == entries


def test_copies_are_seen_from_their_own_cells() -> None:
    page = sheet({"A1": 1.0}, shared={"B9:C9": "=SUM(B$2:B8)"})

    assert [area for _, area, _ in _entries(book({"S": page}))] == [[2, 2, 8, 2], [2, 3, 8, 3]]


def test_a_name_means_its_range() -> None:
    names = [DefinedName("Sales", "Sheet1!$B$2:$B$9")]

    assert _entries(book({"F1": "=SUM(Sales)"}, names=names)) == [("SUM", [2, 2, 9, 2], True)]


def test_stretches_join_what_touches_and_keep_gaps_apart() -> None:
    cells: Cells = {"B12": "=SUM(B2:B4,B5:B6,B9:B10)", "F3": "=SUM(B3:D3)", "A20": "=SUM(C2:C9)"}
    formulas = formulas_of(book(cells))

    found = stretches_of(formulas, 0)

    assert found.axis.tolist() == [DOWN, DOWN, ACROSS]
    assert found.line.tolist() == [2, 2, 3]
    assert (found.first.tolist(), found.last.tolist()) == ([2, 9, 2], [6, 10, 4])
    assert found.before.tolist() == [0, 6, 0]
    assert found.behind.tolist() == [9, 0, 0]
    assert found.ranges.tolist() == [2, 1, 1]


def test_cell_lines_find_cells_and_count_numbers_both_ways() -> None:
    cells: Cells = {"B2": 1.0, "B3": "x", "B4": 2.0, "C4": 3.0}
    page = book(cells).sheets[0]
    lines = cell_lines(page)

    assert [page.cells[at].a1 for at in lines.span(DOWN, 2, 1, 9).tolist()] == ["B2", "B3", "B4"]
    assert [page.cells[at].a1 for at in lines.span(ACROSS, 4, 1, 9).tolist()] == ["B4", "C4"]
    two = lines.keys[DOWN][:1] * 0 + 2
    assert lines.number_counts(DOWN, two, two, two + 2).tolist() == [2]
    assert lines.positions(DOWN, two, two + 5).tolist() == [-1]


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ('SUMIF(A2:A9,"x",B2:B9)', (Pair("SUMIF", 0, 1),)),
        ('SUMIF(A2:A9,"x")', ()),
        ("SUMIFS(C2:C9,A2:A9,1,B2:B9,2)", (Pair("SUMIFS", 0, 1), Pair("SUMIFS", 0, 2))),
        ("SUMPRODUCT(A2:A9,B2:B9)", (Pair("SUMPRODUCT", 0, 1, aligned=False),)),
        ("XLOOKUP(1,A2:A9,B2:B9)", (Pair("XLOOKUP", 0, 1, LONGER, ALIKE),)),
        ("INDEX(B2:B9,MATCH(1,A2:A9,0))", (Pair("INDEX and MATCH", 0, 1, LONGER, LONGER),)),
        ("INDEX(B2:B9,MATCH(1,A2:A9,0)+1)", ()),
        ("SUM(A2:A9", ()),
    ],
)
def test_pairs_are_the_ranges_that_one_call_reads_side_by_side(
    text: str, pairs: tuple[Pair, ...]
) -> None:
    assert pairs_of(text) == pairs
    assert all(pair.one_way != ALL or pair.other_way == ALL for pair in pairs)
