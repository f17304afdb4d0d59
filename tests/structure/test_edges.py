"""Edges say exactly what the references say, in few rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.books import book, sheet
from tests.structure.edge_pairs import told_by_edges, told_by_references
from tickmark.errors import TickmarkError
from tickmark.model.address import RangeRef, cell_address
from tickmark.model.grid import FormulaGroup, FormulaKind
from tickmark.model.workbook import DefinedName, Workbook
from tickmark.read.workbook import read_workbook
from tickmark.structure.blocks import blocks_of
from tickmark.structure.calls import Use
from tickmark.structure.edges import USES, Edges, edges_of
from tickmark.structure.formulas import Formulas, formulas_of
from tickmark.structure.relative import shift

Shown = tuple[int, str, tuple[int, int], tuple[int, ...], tuple[int, ...], tuple[int, ...]]


def _edges(spec: Mapping[str, object] | Workbook) -> Edges:
    formulas = formulas_of(spec if isinstance(spec, Workbook) else book(spec))
    edges = _both(formulas)
    assert told_by_edges(edges) == told_by_references(formulas)
    return edges


def _both(formulas: Formulas) -> Edges:
    return edges_of(formulas, blocks_of(formulas))


def _shown(edges: Edges) -> list[Shown]:
    """Each edge: sheet, dependents (with their steps), target, moves by row and by column."""
    found: list[Shown] = []
    for number, one in enumerate(edges.dependents):
        area = RangeRef("", one.top, one.left, one.bottom, one.right).a1.removeprefix("!")
        base, by_row = edges.base[number].tolist(), edges.by_row[number].tolist()
        steps = (one.row_step, one.column_step)
        by_column = edges.by_column[number].tolist()
        found.append((one.sheet, area, steps, tuple(base), tuple(by_row), tuple(by_column)))
    return found


def _filled(area: str, text: str, rows: int = 1, columns: int = 1) -> dict[str, object]:
    """A formula of the first cell filled into every few rows and columns of a range."""
    span = RangeRef.parse(area)
    return {
        cell_address(row, column): "=" + shift(text, row - span.top, column - span.left)
        for row in range(span.top, span.bottom + 1, rows)
        for column in range(span.left, span.right + 1, columns)
    }


STILL = (0, 0, 0, 0)
DOWN = (1, 0, 1, 0)
RIGHT = (0, 1, 0, 1)


def test_an_edge_for_each_reference_of_a_formula_filled_down() -> None:
    edges = _edges(_filled("C2:C9", "A2*$B$1+SUM(A$2:A2)"))
    assert _shown(edges) == [
        (0, "C2:C9", (1, 1), (2, 1, 2, 1), DOWN, STILL),
        (0, "C2:C9", (1, 1), (1, 2, 1, 2), STILL, STILL),
        (0, "C3:C9", (1, 1), (2, 1, 3, 1), (0, 0, 1, 0), STILL),
    ]
    assert (edges.pairs, len(edges)) == (23, 3)


def test_other_formulas_with_the_same_reference_share_its_edge() -> None:
    cells = {f"B{row}": f"=A{row}+{row}" for row in range(1, 9)}
    assert _shown(_edges(cells)) == [(0, "B1:B8", (1, 1), (1, 1, 1, 1), DOWN, STILL)]


def test_a_target_is_the_same_with_and_without_dollars() -> None:
    cells = {"B1": "=A1", "B2": "=A1*2", "B3": "=$A$1*3", "B4": "=A$1*4"}
    assert _shown(_edges(cells)) == [(0, "B1:B4", (1, 1), (1, 1, 1, 1), STILL, STILL)]


def test_every_second_to_fourth_row_or_column_is_one_edge() -> None:
    cells = {
        f"B{row}": ("=A1", "=C{r}", "=$E$1", "=D{r}*2")[row % 4].format(r=row)
        for row in range(1, 41)
    }
    assert _shown(_edges(cells)) == [
        (0, "B1:B37", (4, 1), (1, 3, 1, 3), (4, 0, 4, 0), STILL),
        (0, "B2:B38", (4, 1), (1, 5, 1, 5), STILL, STILL),
        (0, "B3:B39", (4, 1), (3, 4, 3, 4), (4, 0, 4, 0), STILL),
        (0, "B4:B40", (4, 1), (1, 1, 1, 1), STILL, STILL),
    ]


def test_a_summary_moves_on_by_a_year_for_each_row() -> None:
    cells = {f"B{row}": f"=SUM(A{12 * row - 11}:A{12 * row})" for row in range(1, 6)}
    assert _shown(_edges(cells)) == [
        (0, "B1:B5", (1, 1), (1, 1, 12, 1), (12, 0, 12, 0), STILL),
    ]


def test_a_transposed_area_is_one_edge() -> None:
    cells: dict[str, object] = {
        cell_address(row, column): "=Data!" + cell_address(column, row)
        for row in range(1, 6)
        for column in range(1, 8)
    }
    edges = _edges({"Out": cells, "Data": {}})
    assert _shown(edges) == [(0, "A1:G5", (1, 1), (1, 1, 1, 1), (0, 1, 0, 1), (1, 0, 1, 0))]


def test_the_fields_of_a_chessboard_are_two_patterns() -> None:
    cells: dict[str, object] = {
        cell_address(row, column): "=A1" if (row + column) % 2 else "=$B$1"
        for row in range(2, 10)
        for column in range(2, 10)
    }
    assert len(_edges(cells)) == 4


def test_a_side_that_passes_a_fixed_one_begins_another_edge() -> None:
    assert _shown(_edges(_filled("C1:C9", "SUM(A$5:A1)"))) == [
        (0, "C1:C5", (1, 1), (1, 1, 5, 1), (1, 0, 0, 0), STILL),
        (0, "C6:C9", (1, 1), (5, 1, 6, 1), (0, 0, 1, 0), STILL),
    ]


def test_what_leaves_the_sheet_comes_in_on_the_other_side() -> None:
    page = book({"S": sheet({}, shared={"B1:B4": "=A1048575"})})
    assert _shown(_edges(page)) == [
        (0, "B1:B2", (1, 1), (1048575, 1, 1048575, 1), DOWN, STILL),
        (0, "B3:B4", (1, 1), (1, 1, 1, 1), DOWN, STILL),
    ]


def test_the_cells_of_an_array_formula_all_mean_the_same_cells() -> None:
    page = book({"S": {"A1": ("=B1:B3*2", 1), "A2": 2, "A3": 3}})
    span = RangeRef.parse("A1:A3", sheet="S")
    page.sheets[0].cells.formula_groups[0] = FormulaGroup(  # type: ignore[index]
        FormulaKind.ARRAY, 1, 1, span
    )
    assert _shown(_edges(page)) == [(0, "A1:A3", (1, 1), (1, 2, 3, 2), STILL, STILL)]


def test_a_reference_through_sheets_leads_from_each() -> None:
    edges = _edges({"S": {"A1": "=SUM(T:V!B2)"}, "T": {}, "U": {}, "V": {}})
    assert edges.sheet.tolist() == [1, 2, 3]


def test_of_two_uses_of_the_same_cells_the_stronger_is_kept() -> None:
    edges = _edges({"A1": "=ROW(B1)+IF(C1,B1)", "A2": "=ROW(B2)"})
    used = [USES[number] for number in edges.use.tolist()]
    assert sorted(zip(used, edges.base[:, 1].tolist(), strict=True)) == [
        (Use.CONDITIONAL, 2),
        (Use.POSITION, 2),
        (Use.VALUE, 3),
    ]


def test_two_references_that_meet_in_some_cells_tell_them_once() -> None:
    edges = _edges(_filled("C1:D9", "A1+$A$5+A$5+SUM(A$5:A1)"))
    assert edges.pairs == len(told_by_edges(edges))


def test_a_pattern_that_returns_in_even_distances_is_kept_once() -> None:
    months: dict[str, object] = {}
    for month in range(6):
        top = 20 * month + 1
        months |= _filled(f"B{top}:D{top + 4}", f"A{top}*$H$1")
    edges = _edges(months)
    assert (len(edges), edges.kept) == (12, 2)


def test_a_pattern_may_return_in_other_distances_than_its_targets() -> None:
    months: dict[str, object] = {}
    for month in range(5):
        top, source = 20 * month + 1, 12 * month + 1
        months |= _filled(f"B{top}:D{top + 4}", f"Input!A{source}")
    edges = _edges({"Out": months, "Input": {}})
    assert (len(edges), edges.kept) == (5, 1)


def test_two_edges_are_no_repetition() -> None:
    edges = _edges(_filled("B1:B5", "$A$1") | _filled("B20:B24", "$A$1"))
    assert (len(edges), edges.kept) == (2, 2)


def test_references_in_no_order_keep_an_edge_each() -> None:
    targets = (17, 3, 29, 11, 41, 8, 2, 53)
    cells = {f"B{row}": f"=A{target}" for row, target in enumerate(targets, 1)}
    edges = _edges(cells)
    assert (len(edges), edges.kept, edges.pairs) == (8, 8, 8)


def test_a_workbook_without_formulas_has_no_edges() -> None:
    edges = _edges({"A1": 1})
    assert (len(edges), edges.kept, edges.pairs) == (0, 0, 0)
    assert edges.covers().shape == (0, 4)


def test_covers_surround_all_targets_of_an_edge() -> None:
    edges = _edges(_filled("C3:D9", "A1+B$2"))
    assert edges.covers().tolist() == [[1, 1, 7, 2], [2, 2, 2, 3]]


SIDES = st.sampled_from(["{c}{r}", "${c}{r}", "{c}${r}", "${c}${r}"])
CORNER = st.tuples(SIDES, st.sampled_from("ABCDE"), st.integers(1, 9)).map(
    lambda corner: corner[0].format(c=corner[1], r=corner[2])
)
AREA = st.one_of(CORNER, st.tuples(CORNER, CORNER).map(":".join), st.sampled_from(["B:$C", "2:$3"]))
FAR = st.sampled_from(["A1048575", "$A1048570:B$3", "XFC2", "XFD$1048576:A1", "A1048574:A2"])
OPERAND = st.one_of(
    AREA,
    AREA,
    AREA.map("Other!{}".format),
    AREA.map("ROW({})".format),
    AREA.map("IF(1,{})".format),
    FAR,
    st.sampled_from(["SUM(Main:Other!B2)", "Rate", "INDEX($A$1:$B$9,2)", "1"]),
)
FORMULA = st.lists(OPERAND, min_size=1, max_size=4).map("+".join)
FILL = st.tuples(
    st.integers(1, 9),
    st.integers(1, 7),
    st.integers(1, 7),
    st.integers(1, 5),
    st.integers(1, 4),
    st.integers(1, 4),
    FORMULA,
)


@st.composite
def workbooks(draw: st.DrawFn) -> Workbook:
    """Formulas filled over each other in even steps, and one array formula on top of them."""
    cells: dict[str, object] = {}
    for top, left, height, width, rows, columns, text in draw(st.lists(FILL, max_size=6)):
        for row in range(top, top + height * rows, rows):
            for column in range(left, left + width * columns, columns):
                moved = shift(text, row - top, column - left)
                cells[cell_address(row, column)] = "=" + moved
    found = book(
        {"Main": sheet(cells), "Other": {"A1": "=Main!A1"}},  # type: ignore[arg-type]
        names=[DefinedName("Rate", "Main!A2:$B$3")],
    )
    if not draw(st.booleans()):
        return found
    page = found.sheets[0]
    if not len(page.cells):
        return found
    span = draw(st.sampled_from(["A1:C3", "B2:B9", "A4:E4"]))
    area = RangeRef.parse(span, sheet="Main")
    groups = {0: FormulaGroup(FormulaKind.ARRAY, area.top, area.left, area)}
    cells_of = replace(page.cells, formula_groups=groups)
    return replace(found, sheets=(replace(page, cells=cells_of), found.sheets[1]))


@given(workbooks())
def test_edges_say_exactly_what_the_references_say(workbook: Workbook) -> None:
    formulas = formulas_of(workbook)
    edges = _both(formulas)
    assert told_by_edges(edges) == told_by_references(formulas)
    assert edges.pairs == len(told_by_references(formulas))
    assert edges.kept <= len(edges)


@given(workbooks())
def test_large_blocks_are_not_taken_apart_and_say_the_same(workbook: Workbook) -> None:
    formulas = formulas_of(workbook)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tickmark.structure.edges.LARGE", 3)
        edges = _both(formulas)
    assert told_by_edges(edges) == told_by_references(formulas)


@given(workbooks())
def test_blocks_that_are_looked_at_in_turn_say_the_same(workbook: Workbook) -> None:
    formulas = formulas_of(workbook)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tickmark.structure.block_references.MOST_AT_ONCE", 5)
        edges = _both(formulas)
    assert told_by_edges(edges) == told_by_references(formulas)
    assert edges.complete


def test_more_references_than_are_affordable_are_left_out_and_that_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    formulas = formulas_of(book({"A": {"B1": "=A1", "B3": "=A2*2"}, "B": {"B1": "=A1+A2"}}))
    monkeypatch.setattr("tickmark.structure.block_references.MOST_REFERENCES", 3)
    edges = _both(formulas)
    assert (edges.pairs, edges.complete) == (2, False)


@given(workbooks())
def test_repeated_edges_follow_from_the_first_one(workbook: Workbook) -> None:
    edges = _both(formulas_of(workbook))
    assert edges.repeats is not None
    for first in np.unique(edges.repeats).tolist():
        at = np.flatnonzero(edges.repeats == first)
        rows = np.column_stack([edges.dependents.table, edges.base])[at]
        assert at[0] == first
        assert len(at) == 1 or len(at) >= 3
        steps = np.diff(rows, axis=0)
        assert (steps == steps[:1]).all()
        rest = [edges.sheet, edges.by_row, edges.by_column, edges.use]
        assert all((one[at] == one[first]).all() for one in rest)


def test_edges_of_real_workbooks_say_exactly_what_the_references_say(corpus: Path) -> None:
    pairs = kept = 0
    for path in sorted(corpus.glob("*.xls*")):
        try:
            workbook = read_workbook(path, details=False, processes=1)
        except TickmarkError:
            continue
        formulas = formulas_of(workbook)
        edges = _both(formulas)
        told = told_by_edges(edges)
        assert told == told_by_references(formulas), path.name
        if len(told) > 5_000:
            pairs, kept = pairs + len(told), kept + edges.kept
    assert kept <= 0.02 * pairs
