"""Templates: a formula is read once however many cells hold a copy."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.books import book, sheet
from tickmark.model.address import RangeRef
from tickmark.model.grid import FormulaGroup, FormulaKind
from tickmark.model.workbook import Sheet
from tickmark.structure.formulas import NO_TEMPLATE, formulas_of, sheet_formulas
from tickmark.structure.relative import formula_text, r1c1


def _page(*texts: tuple[str, str]) -> Sheet:
    return book({address: "=" + text for address, text in texts}).sheets[0]


def test_copies_down_and_right_share_one_template() -> None:
    found = sheet_formulas(
        _page(("B2", "A2*2"), ("B3", "A3*2"), ("C2", "B2*2"), ("D9", "$A$1"), ("D10", "$A$1"))
    )
    assert [template.r1c1 for template in found.templates] == ["RC[-1]*2", "R1C1"]
    assert found.template_of.tolist() == [0, 0, 0, 1, 1]
    assert found.counts().tolist() == [3, 2]
    assert found.cells_of(1).tolist() == [3, 4]


def test_a_formula_that_only_looks_like_the_one_above_is_another() -> None:
    found = sheet_formulas(_page(("B2", "A2*2"), ("B3", "A2*2"), ("B4", "A4*3")))
    assert found.template_of.tolist() == [0, 1, 2]


def test_a_shared_formula_and_the_same_typed_out_share_one_template() -> None:
    page = book({"S": sheet({"B4": "=A4*2", "C1": 1}, shared={"B2:B3": "=A2*2"})}).sheets[0]
    found = sheet_formulas(page)
    assert [template.text for template in found.templates] == ["A2*2"]
    assert found.template_of.tolist() == [NO_TEMPLATE, 0, 0, 0]
    assert found.templates[0].text_at(4, 2) == "A4*2"


def _with_group(kind: FormulaKind, area: str) -> Sheet:
    page = book({"S": {"A1": ("=B1:B3*2", 1), "A2": 2, "A3": 3, "A4": 4}}).sheets[0]
    span = RangeRef.parse(area, sheet="S")
    page.cells.formula_groups[0] = FormulaGroup(kind, 1, 1, span)  # type: ignore[index]
    return page


def test_all_cells_of_an_array_formula_count_as_formula_cells() -> None:
    found = sheet_formulas(_with_group(FormulaKind.ARRAY, "A1:A3"))
    assert found.template_of.tolist() == [0, 0, 0, NO_TEMPLATE]
    assert found.templates[0].text_at(3, 1) == "B1:B3*2"
    assert found.templates[0].distance(3, 1) == (0, 0)
    assert found.templates[0].computed


def test_a_data_table_is_not_computed_by_references() -> None:
    found = sheet_formulas(_with_group(FormulaKind.DATA_TABLE, "A1:A2"))
    assert not found.templates[0].computed


def test_an_array_formula_in_one_cell_is_like_any_other() -> None:
    found = sheet_formulas(_with_group(FormulaKind.ARRAY, "A1:A1"))
    assert found.templates[0].fills is None


FORMULAS = st.sampled_from(
    ["A{r}*2", "A{p}+1", "$A$1", "SUM(B$1:B{r})", "A{r}%", '"A{r}"', "Rate", "A1", "A{n}", "1:{r}"]
)


@given(st.dictionaries(st.tuples(st.integers(2, 9), st.integers(3, 6)), FORMULAS, min_size=1))
def test_each_cell_finds_its_own_text_and_relative_form(
    cells: dict[tuple[int, int], str],
) -> None:
    spec = {
        f"{chr(64 + column)}{row}": "=" + text.format(r=row, p=row - 1, n=row + 1)
        for (row, column), text in cells.items()
    }
    page = book(spec).sheets[0]
    found = sheet_formulas(page)
    for at, cell in enumerate(page.cells):
        template = found.templates[int(found.template_of[at])]
        assert "=" + template.text_at(cell.row, cell.column) == formula_text(page, at)
        assert template.r1c1 == r1c1(formula_text(page, at)[1:], cell.row, cell.column)
    assert len({template.r1c1 for template in found.templates}) == len(found.templates)


def test_precedents_are_listed_for_each_template() -> None:
    formulas = formulas_of(book({"A": {"B2": "=A2+B!$C$3"}, "B": {"A1": "=A!A1:B2+Gone!A1"}}))
    assert [str(area.area) for area in formulas.precedents[0][0]] == ["A!A2", "B!C3"]
    assert [str(area.area) for area in formulas.precedents[1][0]] == ["A!A1:B2"]
    assert formulas.complete


def test_a_workbook_without_formulas_has_no_templates() -> None:
    formulas = formulas_of(book({"A1": 1}))
    assert formulas.sheets[0].templates == ()
    assert np.all(formulas.sheets[0].template_of == NO_TEMPLATE)
