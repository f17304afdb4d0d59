"""Structural anchors: the rows and columns of a sheet that must be read, and the cells dropped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.books import CellSpec, book, sheet
from tickmark.model.address import RangeRef, cell_address
from tickmark.model.grid import CellKind, Cells
from tickmark.model.region import Region, Role
from tickmark.model.workbook import Sheet, Style
from tickmark.read.workbook import read_workbook
from tickmark.structure.formulas import sheet_formulas
from tickmark.structure.regions.anchors import Anchors, anchors_of


def anchors(
    cells: Mapping[str, CellSpec],
    *,
    k: int = 0,
    regions: tuple[Region, ...] = (),
    **rest: object,
) -> tuple[list[int], list[int]]:
    """Rows and columns kept of a sheet."""
    made = book({"S": sheet(cells, **rest)})
    found = anchors_of(made.sheets[0], made.styles, regions=regions, k=k)
    return found.rows.tolist(), found.columns.tolist()


def grid(*lines: str, top: int = 1, left: int = 1) -> dict[str, CellSpec]:
    """Cells by letters: `t` a text, `n` a number, `y` a year, `f` a formula, `e` an error."""
    values: dict[str, CellSpec] = {
        "t": "word",
        "n": 12.5,
        "y": 2026,
        "f": ("=PI()", 3.14),
        "e": "#N/A",
        "b": ("=T(0)", ""),
        "s": " ",
    }
    return {
        cell_address(top + row, left + column): values[letter]
        for row, line in enumerate(lines)
        for column, letter in enumerate(line)
        if letter != "."
    }


LEDGER = grid("tttt", *["tnnn"] * 10, "tfff")


def test_rows_that_are_alike_inside_a_table_are_dropped() -> None:
    """Header, first row of data, last row; the columns of numbers are alike too."""
    assert anchors(LEDGER) == ([1, 2, 12], [1, 2, 4])


def test_neighbours_of_a_blurred_anchor_are_kept_and_none_of_a_sharp_one() -> None:
    """Row 2 begins other rows, so 1 and 3 stay; row 12 is the last for certain."""
    assert anchors(LEDGER, k=1) == ([1, 2, 3, 12], [1, 2, 3, 4])
    assert anchors(LEDGER, k=2) == ([1, 2, 3, 4, 11, 12], [1, 2, 3, 4])


def test_tables_below_each_other_keep_their_own_edges() -> None:
    """Each of three tables begins with a header and ends above a blank row."""
    block = ["ttt", "tnn", "tnn", "tnn", "tnn", "..."]
    assert anchors(grid(*block * 3)) == ([1, 2, 5, 7, 8, 11, 13, 14, 17], [1, 2, 3])


def test_tables_beside_each_other_keep_their_own_edges() -> None:
    """A blank column parts two tables of unlike height."""
    lines = ["tttt.tttt", *["tnnn.tnnn"] * 6, *["tnnn....."] * 4]
    assert anchors(grid(*lines)) == ([1, 2, 7, 11], [1, 2, 4, 6, 7, 9])


def test_single_values_that_lack_change_nothing() -> None:
    """A gap or a remark in one of many columns is no edge."""
    rows = ["tnnnnn"] * 9
    rows[3] = "tnn.nn"
    rows[6] = "tnnntn"
    assert anchors(grid("tttttt", *rows)) == ([1, 2, 10], [1, 2, 6])


def test_a_sparse_header_beside_a_longer_table_is_an_anchor() -> None:
    """Its texts stand three columns apart; most cells of its row belong to the other table."""
    lines = ["nnnnnnnnnnnn"] * 4 + ["nnnnnnnnnnnn....t..t..t"]
    lines += ["nnnnnnnnnnnn...tnnnnnnn"] * 2 + ["nnnnnnnnnnnn"] * 3
    assert anchors(grid(*lines))[0] == [1, 5, 6, 7, 10]


def test_a_pair_of_cells_in_a_wide_row_ends_its_own_table() -> None:
    """A short table of two columns, one blank column beside a long one."""
    lines = ["nnnnnn.nn", "nnnnnn.nn", "nnnnnn.nn", *["nnnnnn..."] * 5]
    assert anchors(grid(*lines))[0] == [1, 3, 8]


def test_one_column_of_a_list_begins_and_ends() -> None:
    """A run of four cells has edges, one of three has not."""
    lines = ["nnnnnn", "nnnnnn", *["nnnnnn...n"] * 4, "nnnnnn", "nnnnnn"]
    assert anchors(grid(*lines))[0] == [1, 3, 6, 8]
    lines[5] = "nnnnnn"
    assert anchors(grid(*lines))[0] == [1, 8]


def test_a_column_that_is_filled_in_here_and_there_is_a_sharp_edge_only() -> None:
    """Columns B and D look alike over C, so their other neighbours are not kept."""
    lines = [*["nn.nnnn"] * 3, *["nnnnnnn"] * 3, *["nn.nnnn"] * 2]
    assert anchors(grid(*lines), k=1)[1] == [1, 2, 4, 7]


def test_errors_are_failed_numbers() -> None:
    """A row of #N/A belongs to the numbers around it."""
    assert anchors(grid("ttt", "tnn", "tee", "tnn")) == ([1, 2, 4], [1, 2, 3])


def test_years_over_numbers_are_a_header() -> None:
    """A row of years differs from rows of numbers."""
    assert anchors(grid(".yyyy", *["tnnnn"] * 5)) == ([1, 2, 6], [1, 2, 5])


def test_bold_texts_over_texts_are_a_header() -> None:
    """The look alone tells the header of a table of texts; without it nothing does."""
    words = grid(*["tttt"] * 6)
    assert anchors(words, bold=("A1", "B1", "C1", "D1")) == ([1, 2, 6], [1, 4])
    assert anchors(words) == ([1, 6], [1, 4])


def test_another_number_format_alone_is_no_anchor() -> None:
    """A row of per cents among amounts is still a row of numbers."""
    formats = dict.fromkeys(("A3", "B3", "C3"), "0%")
    assert anchors(grid(*["nnn"] * 5), formats=formats) == ([1, 5], [1, 3])


def test_stripes_of_bold_rows_change_nothing_after_the_first() -> None:
    """Two looks that take turns are one pattern."""
    bold = tuple(f"{column}{row}" for row in (2, 4, 6, 8, 10) for column in "ABC")
    assert anchors(grid(*["nnn"] * 10), bold=bold) == ([1, 2, 3, 10], [1, 3])


def test_a_merged_title_differs_from_the_header_below_it() -> None:
    """The merge alone parts two rows of texts."""
    cells = grid("t...", "tttt", *["tttt"] * 4)
    assert anchors(cells, merges=("A1:D1",)) == ([1, 2, 6], [1, 4])


def test_a_formula_that_shows_nothing_is_part_of_its_table() -> None:
    """The copied formulas end in row 8, the values in row 4."""
    cells = grid("ttt", *["tnn"] * 3, *["bbb"] * 4, "...", "t..")
    assert anchors(cells)[0] == [1, 2, 5, 8, 10]


def test_blank_texts_that_were_typed_are_empty() -> None:
    """Blanks below a table do not make it longer; the used range has them all the same."""
    assert anchors(grid("ttt", *["tnn"] * 3, "sss", "s..")) == ([1, 2, 4, 6], [1, 2, 3])


def region(area: str, **rest: object) -> Region:
    """A table of the sheet S."""
    return Region(RangeRef.parse(area, sheet="S"), Role.TABLE, 1.0, **rest)  # type: ignore[arg-type]


def test_edges_headers_and_totals_of_regions_are_anchors() -> None:
    """A table in the midst of numbers that only the detector knows."""
    found = region(
        "C4:E9", header_rows=2, header_columns=1, total_rows=(RangeRef("S", 8, 3, 8, 5),)
    )
    cells = grid(*["nnnnnnn"] * 12)
    assert anchors(cells) == ([1, 12], [1, 7])
    assert anchors(cells, regions=(found,)) == ([1, 4, 6, 8, 9, 12], [1, 3, 4, 5, 7])


def test_titles_and_notes_add_no_anchors() -> None:
    """Only what has rows and columns has edges."""
    notes = replace(region("C4:E9"), role=Role.NOTES)
    assert anchors(grid(*["nnnnnnn"] * 12), regions=(notes,)) == ([1, 12], [1, 7])


def test_blank_rows_inside_the_data_of_a_long_table_are_no_anchors() -> None:
    """Without the detector each of the sixteen blocks has a first and a last row."""
    lines = ["ttt", *(["tnn", "tnn", "tnn", "..."] * 16)[:-1]]
    alone, _ = anchors(grid(*lines))
    assert (len(alone), alone[:6]) == (33, [1, 2, 4, 6, 8, 10])
    assert anchors(grid(*lines), regions=(region("A1:C64", header_rows=1),))[0] == [1, 2, 64]


def test_regions_that_reach_beyond_the_used_range_add_nothing_there() -> None:
    """A ListObject may be longer than what is filled in."""
    cells = grid("ttt", "nnn", "nnn", top=3, left=2)
    long = region("A1:Z900", header_rows=1)
    assert anchors(cells, regions=(long,), k=1) == ([3, 4, 5], [2, 4])


def test_cells_are_kept_where_row_and_column_are() -> None:
    """Of the 48 cells of the ledger the corners and the header's end are left."""
    made = book(LEDGER)
    found = anchors_of(made.sheets[0], made.styles, k=0)
    assert found.keeps(2, 4)
    assert not found.keeps(2, 3)
    assert not found.keeps(3, 1)
    assert not found.keeps(99, 1)
    assert found.cells_kept(made.sheets[0]) == 9
    kept = [cell.a1 for cell, keep in zip(made.sheets[0].cells, found.kept(made.sheets[0])) if keep]  # noqa: B905 - of one length
    assert kept == ["A1", "B1", "D1", "A2", "B2", "D2", "A12", "B12", "D12"]


def test_anchors_of_one_sheet_keep_cells_of_another() -> None:
    """Cells beyond the anchors of a smaller sheet are dropped, not an error."""
    small, large = book({"A1": 1}).sheets[0], book({"A1": 1, "F9": 2}).sheets[0]
    assert anchors_of(small, (Style(),)).kept(large).tolist() == [True, False]


def test_an_empty_sheet_and_one_of_blanks_have_no_more_than_their_used_range() -> None:
    """Nothing is kept of nothing."""
    assert anchors({}) == ([], [])
    assert anchors({"B2": " ", "D5": " "}) == ([2, 5], [2, 4])
    empty = book({}).sheets[0]
    assert anchors_of(empty, (Style(),)).cells_kept(empty) == 0


def test_a_negative_neighbourhood_is_refused() -> None:
    """The message names the value."""
    with pytest.raises(ValueError, match=r"k is -1; it must be 0 or more\."):
        anchors({"A1": 1}, k=-1)


VALUES = st.sampled_from([1.5, 2026, "word", " ", True, "#N/A", ("=A1", ""), ("=A1", 7.0)])
PLACES = st.tuples(st.integers(1, 24), st.integers(1, 14)).map(lambda at: cell_address(*at))
CELLS = st.dictionaries(PLACES, VALUES, min_size=1, max_size=120)


@given(CELLS, st.integers(0, 5))
def test_all_kept_lies_in_the_used_range_with_its_first_and_last_lines(
    cells: dict[str, CellSpec], k: int
) -> None:
    """Rows and columns are sorted and single, too."""
    made = book(cells)
    used = made.sheets[0].used_range
    assert used is not None
    found = anchors_of(made.sheets[0], made.styles, k=k)
    for kept, first, last in (
        (found.rows.tolist(), used.top, used.bottom),
        (found.columns.tolist(), used.left, used.right),
    ):
        assert kept == sorted(set(kept))
        assert (kept[0], kept[-1]) == (first, last)


@given(CELLS, st.integers(0, 5))
def test_a_wider_neighbourhood_keeps_all_that_a_narrower_one_does(
    cells: dict[str, CellSpec], k: int
) -> None:
    """And the same sheet has the same anchors each time."""
    made = book(cells)
    few, again, more = (anchors_of(made.sheets[0], made.styles, k=one) for one in (k, k, k + 1))
    assert (few.rows.tolist(), few.columns.tolist()) == (
        again.rows.tolist(),
        again.columns.tolist(),
    )
    assert set(few.rows.tolist()) <= set(more.rows.tolist())
    assert set(few.columns.tolist()) <= set(more.columns.tolist())


@given(CELLS, st.integers(0, 900), st.integers(0, 400))
def test_anchors_move_with_their_sheet(cells: dict[str, CellSpec], down: int, right: int) -> None:
    """Where a table stands does not matter."""
    here = book(cells).sheets[0]
    there = replace(
        here,
        cells=replace(
            here.cells,
            rows=here.cells.rows + np.int32(down),
            columns=here.cells.columns + np.int16(right),
        ),
    )
    first, second = (anchors_of(one, (Style(),)) for one in (here, there))
    assert (first.rows + down).tolist() == second.rows.tolist()
    assert (first.columns + right).tolist() == second.columns.tolist()


def numbers(rows: np.ndarray, columns: np.ndarray) -> Sheet:
    """A sheet of numbers at places that are sorted."""
    count = len(rows)
    return Sheet(
        "S",
        Cells(
            rows=rows.astype(np.int32),
            columns=columns.astype(np.int16),
            kinds=np.full(count, CellKind.NUMBER, np.uint8),
            values=np.arange(count, dtype=np.float64) + 0.5,
            styles=np.zeros(count, np.int32),
            formulas=np.full(count, -1, np.int32),
        ),
    )


def counts(found: Anchors) -> tuple[int, int]:
    """Numbers of rows and columns kept."""
    return len(found.rows), len(found.columns)


def test_two_cells_in_the_far_corners_cost_nothing() -> None:
    """No array of the used range is made."""
    far = numbers(np.array([1, 1_048_576]), np.array([1, 16_384]))
    assert anchors_of(far, (Style(),), k=1).rows.tolist() == [1, 1_048_576]
    assert counts(anchors_of(far, (Style(),), k=3)) == (6, 6)
    assert counts(anchors_of(far, (Style(),), k=10**30)) == (1_048_576, 16_384)


def test_a_long_diagonal_has_no_structure() -> None:
    """No cell has another beside it."""
    at = np.arange(16_384) + 1
    assert counts(anchors_of(numbers(at, at), (Style(),))) == (2, 2)


def test_anchors_everywhere_are_capped() -> None:
    """Sixty thousand islands keep the first of their rows, up to 256."""
    rows, columns = np.divmod(np.arange(200 * 300), 200)
    islands = numbers(rows * 3 + 1, columns * 3 + 1)
    assert counts(anchors_of(islands, (Style(),), k=0)) == (257, 200)


def test_the_strongest_changes_outlive_the_cap() -> None:
    """Two columns change in each row, eight others in every hundredth only."""
    rows, columns = (part + 1 for part in np.divmod(np.arange(30_000), 10))
    columns[columns > 2] += 5
    turns = np.array([CellKind.TEXT, CellKind.NUMBER, CellKind.BOOL])[rows % 3]
    wide = np.where(rows % 100 == 0, CellKind.TEXT, CellKind.NUMBER)
    kinds = np.where(columns <= 2, turns, wide).astype(np.uint8)
    made = numbers(rows, columns)
    cells = replace(made.cells, kinds=kinds, values=np.zeros(30_000), texts=("word",))
    found = anchors_of(replace(made, cells=cells), (Style(),), k=0)
    assert len(found.rows) == 1_500
    assert set(range(100, 3_001, 100)) <= set(found.rows.tolist())


def test_merges_of_a_hostile_file_are_bounded() -> None:
    """Merges of whole rows and of all the sheet over each other fill no memory."""
    rows = np.arange(1, 20_001)
    whole = [RangeRef("S", 1, 1, 1_048_576, 16_384)]
    wide = [RangeRef("S", row, 1, row + 1, 16_384) for row in range(1, 20_000)]
    tall = [RangeRef("S", 1, 1, row, 2) for row in range(2, 20_000)]
    hostile = replace(numbers(rows, np.ones(20_000)), merges=(*whole, *wide, *tall))
    assert counts(anchors_of(hostile, (Style(),), k=0)) == (2, 1)


def filled(own: Sheet, area: RangeRef) -> bool:
    """Whether the first and the last row of a range hold cells; what is empty cannot be seen."""
    rows = own.cells.rows[own.cells.within(area)]
    return len(rows) > 0 and (rows[0], rows[-1]) == (area.top, area.bottom)


def test_author_drawn_tables_keep_their_edges_and_shed_most_cells(corpus: Path) -> None:
    """ListObjects of real workbooks, with the tables hidden from the anchors."""
    edges = missed = cells = kept = 0
    for name in (
        "excel_to_code__model.xlsx",
        "umya__issue_216.xlsx",
        "web_models__Dashboard.xlsm",
        "closedxml__TemplateWithTableSourcePivotTables.xlsx",
    ):
        workbook = read_workbook(corpus / name)
        for own in workbook.sheets:
            tables = [table.range for table in own.tables if filled(own, table.range)]
            if not tables:
                continue
            bare = replace(own, tables=())
            found = anchors_of(bare, workbook.styles, sheet_formulas(bare).template_of)
            rows, columns = set(found.rows.tolist()), set(found.columns.tolist())
            for area in tables:
                edges += 4
                missed += sum(row not in rows for row in (area.top, area.bottom))
                missed += sum(column not in columns for column in (area.left, area.right))
            cells += len(own.cells)
            kept += found.cells_kept(bare)
    assert edges > 200
    assert missed <= edges // 200
    assert kept < 0.25 * cells
