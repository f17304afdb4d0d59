"""Blocks hold each formula cell once, in as few lattices as even steps allow."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.books import book
from tickmark.model.address import RangeRef, cell_address
from tickmark.model.grid import FormulaGroup, FormulaKind
from tickmark.model.workbook import Workbook
from tickmark.structure.blocks import Blocks, blocks_of
from tickmark.structure.formulas import Formulas, formulas_of
from tickmark.structure.lattices import MOST_STEP, Lattice


def _blocks(spec: Mapping[str, object] | Workbook) -> list[tuple[Lattice, str]]:
    """The blocks with the R1C1 text of each."""
    formulas = formulas_of(spec if isinstance(spec, Workbook) else book(spec))
    return _shown(formulas, blocks_of(formulas))


def _shown(formulas: Formulas, blocks: Blocks) -> list[tuple[Lattice, str]]:
    return [
        (lattice, formulas.sheets[lattice.sheet].templates[template].r1c1)
        for lattice, template in zip(blocks.lattices, blocks.templates.tolist(), strict=True)
    ]


def test_a_formula_filled_down_and_right_is_one_block() -> None:
    cells = {cell_address(r, c): f"={cell_address(r, c - 1)}" for r in (2, 3, 4) for c in (2, 3)}
    assert _blocks(cells) == [(Lattice(0, 2, 2, 3, 2), "RC[-1]")]


def test_blocks_come_by_sheet_top_and_left() -> None:
    found = _blocks({"A": {"B2": "=1", "A2": "=2", "C1": "=3"}, "B": {"A1": "=4"}})
    assert found == [
        (Lattice(0, 1, 3), "3"),
        (Lattice(0, 2, 1), "2"),
        (Lattice(0, 2, 2), "1"),
        (Lattice(1, 1, 1), "4"),
    ]


@pytest.mark.parametrize("step", [2, 3, 4])
def test_a_formula_in_every_few_rows_is_one_block(step: int) -> None:
    cells = {f"B{row}": f"=A{row}" for row in range(1, 10 * step, step)}
    assert _blocks(cells) == [(Lattice(0, 1, 2, 10, 1, step), "RC[-1]")]


@pytest.mark.parametrize("step", [2, 3, 4])
def test_a_formula_in_every_few_columns_is_one_block(step: int) -> None:
    cells = {cell_address(2, 1 + step * at): "=$A$1" for at in range(9)}
    assert _blocks(cells) == [(Lattice(0, 2, 1, 1, 9, 1, step), "R1C1")]


def test_steps_may_differ_down_and_right() -> None:
    cells = {cell_address(r, c): "=$A$99" for r in range(1, 20, 3) for c in range(2, 12, 2)}
    assert _blocks(cells) == [(Lattice(0, 1, 2, 7, 5, 3, 2), "R99C1")]


def test_a_step_of_more_than_four_is_none() -> None:
    cells = {f"A{row}": "=$B$1" for row in range(1, 21, 5)}
    assert [lattice.cells for lattice, _ in _blocks(cells)] == [1, 1, 1, 1]


def test_formulas_in_turn_are_a_block_each() -> None:
    cells = {f"B{row}": f"=A{row}*{row % 3}" for row in range(1, 301)}
    assert _blocks(cells) == [
        (Lattice(0, 1, 2, 100, 1, 3), "RC[-1]*1"),
        (Lattice(0, 2, 2, 100, 1, 3), "RC[-1]*2"),
        (Lattice(0, 3, 2, 100, 1, 3), "RC[-1]*0"),
    ]


def test_two_of_three_rows_are_two_blocks_and_not_one_a_pair() -> None:
    cells = {f"B{row}": "=$A$1" if row % 3 else "=$A$2" for row in range(1, 91)}
    assert [lattice for lattice, text in _blocks(cells) if text == "R1C1"] == [
        Lattice(0, 1, 2, 30, 1, 3),
        Lattice(0, 2, 2, 30, 1, 3),
    ]


def test_a_run_without_gap_comes_before_one_in_steps() -> None:
    cells = {f"A{row}": "=$B$1" for row in (1, 3, 5, 6, 7, 8, 10, 12)}
    assert [lattice for lattice, _ in _blocks(cells)] == [
        Lattice(0, 1, 1, 2, 1, 2),
        Lattice(0, 5, 1, 4),
        Lattice(0, 10, 1, 2, 1, 2),
    ]


def test_columns_of_unequal_length_are_not_joined() -> None:
    cells = {f"A{row}": "=$C$1" for row in range(1, 5)} | {"B1": "=$C$1", "B2": "=$C$1"}
    assert sorted(lattice.cells for lattice, _ in _blocks(cells)) in ([2, 4], [4, 2])


def test_a_long_row_is_one_block_too() -> None:
    cells = {cell_address(2, column): f"={cell_address(1, column)}" for column in range(1, 900)}
    assert _blocks(cells) == [(Lattice(0, 2, 1, 1, 899), "R[-1]C")]


def test_the_cells_of_an_array_formula_are_one_block() -> None:
    page = book({"S": {"A1": ("=B1:B3*2", 1), "A2": 2, "A3": 3}})
    span = RangeRef.parse("A1:A3", sheet="S")
    page.sheets[0].cells.formula_groups[0] = FormulaGroup(  # type: ignore[index]
        FormulaKind.ARRAY, 1, 1, span
    )
    assert [lattice for lattice, _ in _blocks(page)] == [Lattice(0, 1, 1, 3)]


def test_a_workbook_without_formulas_has_no_blocks() -> None:
    assert _blocks({"A1": 1}) == []


@given(
    st.dictionaries(
        st.tuples(st.integers(1, 14), st.integers(1, 9)), st.sampled_from(["$A$99", "1", "R2"])
    )
)
def test_each_formula_cell_is_in_exactly_one_block(cells: dict[tuple[int, int], str]) -> None:
    spec: dict[str, object] = {cell_address(*at): "=" + text for at, text in cells.items()}
    formulas = formulas_of(book({"S": spec}))
    blocks = blocks_of(formulas)
    found: list[tuple[int, int, int]] = []
    for lattice, template in zip(blocks.lattices, blocks.templates.tolist(), strict=True):
        assert lattice.row_step in range(1, MOST_STEP + 1 if lattice.height > 1 else 2)
        assert lattice.column_step in range(1, MOST_STEP + 1 if lattice.width > 1 else 2)
        found += [
            (lattice.top + i * lattice.row_step, lattice.left + j * lattice.column_step, template)
            for i in range(lattice.height)
            for j in range(lattice.width)
        ]
    own = formulas.sheets[0]
    rows, columns = own.sheet.cells.rows.tolist(), own.sheet.cells.columns.tolist()
    assert sorted(found) == list(zip(rows, columns, own.template_of.tolist(), strict=True))


def test_templates_and_lattices_have_one_length() -> None:
    blocks = blocks_of(formulas_of(book({"A1": "=1", "B2": "=2"})))
    assert len(blocks) == len(blocks.lattices) == 2
    assert blocks.templates.dtype == np.int64
