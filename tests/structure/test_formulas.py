"""Templates: a formula is read once however many cells hold a copy."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.books import CellSpec, book, sheet
from tests.structure.formula_texts import JUNK
from tickmark.model.address import CellRef, RangeRef, cell_address
from tickmark.model.grid import FormulaGroup, FormulaKind
from tickmark.model.workbook import DefinedName, Sheet, Table
from tickmark.structure.calls import Use
from tickmark.structure.formulas import NO_TEMPLATE, Formulas, Unparsed, formulas_of, sheet_formulas
from tickmark.structure.pieces import pieces
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


LINES = st.tuples(
    st.integers(1, 120),
    st.sampled_from(["A{r}*B{r}", "A{r}", "$A$1", "SUM(B$1:B{r})", "A{p}+A{n}", '"%"&1:{r}']),
    st.sampled_from(["", "+1", "+A$9"]),
)


@given(st.lists(st.lists(LINES, min_size=1, max_size=4), min_size=1, max_size=3))
def test_long_columns_are_parted_as_reading_each_cell_would(
    columns: list[list[tuple[int, str, str]]],
) -> None:
    spec: dict[str, CellSpec] = {}
    for column, runs in enumerate(columns, start=3):
        row = 2
        for length, text, rest in runs:
            for _ in range(length):
                spec[cell_address(row, column)] = "=" + text.format(r=row, p=row - 1, n=row + 1)
                row += 1
            spec[cell_address(row, column)] = f"=A{row}{rest}"
            row += 2
    page = book(spec).sheets[0]
    found = sheet_formulas(page)
    first: dict[object, int] = {}
    for at, cell in enumerate(page.cells):
        made = pieces(page.cells.formula_texts[cell.formula], cell.row, cell.column)
        template = int(found.template_of[at])
        assert found.templates[template].pieces == made
        assert first.setdefault(made, template) == template
    assert len(first) == len(found.templates)


def test_a_row_filled_to_the_right_is_one_template_whatever_stands_above() -> None:
    found = sheet_formulas(
        _page(
            *((f"{column}2", f"{before}1*2") for column, before in ("BA", "CB", "DC", "ED")),
            *((f"{column}3", f"{column}2+$A3") for column in "BCDE"),
            *((f"{column}4", f"SUM({column}$2:{column}3)") for column in "BCDE"),
        )
    )
    assert found.template_of.tolist() == [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]


def _grouped(cells: dict[str, CellSpec], *groups: tuple[str, FormulaKind, str, str]) -> Formulas:
    """A workbook of one sheet S with groups of formulas: text, kind, master and range."""
    page = book({"S": cells}).sheets[0]
    numbers = {text: number for number, text in enumerate(page.cells.formula_texts)}
    for text, kind, cell, area in groups:
        place = RangeRef.parse(cell, sheet="S")
        group = FormulaGroup(kind, place.top, place.left, RangeRef.parse(area, sheet="S"))
        page.cells.formula_groups[numbers[text]] = group  # type: ignore[index]
    return formulas_of(replace(book({"S": {}}), sheets=(page,)))


def _areas(formulas: Formulas, cell: str, sheet: int = 0) -> list[str]:
    """The areas that a formula cell means, seen from itself."""
    own = formulas.sheets[sheet]
    place = RangeRef.parse(cell)
    position = own.sheet.cells.position(place.top, place.left)
    assert position is not None
    index = int(own.template_of[position])
    distance = own.templates[index].distance(place.top, place.left)
    return [
        RangeRef(one.sheet, *one.edges(*distance)).a1 for one in formulas.precedents[sheet][index]
    ]


def test_a_member_of_a_shared_formula_is_an_area_away_from_its_master() -> None:
    page = sheet({"A1": 1}, shared={"B2:C9": "=SUM(A$1:A1)"})
    formulas = formulas_of(book({"S": page}))
    assert _areas(formulas, "C9") == ["B1:B8"]
    assert formulas.sheets[0].counts().tolist() == [16]


def test_an_array_formula_means_the_same_cells_in_each_of_its_cells() -> None:
    formulas = _grouped(
        {"A1": "=B1:B3*2", "A2": 2, "A3": 3}, ("B1:B3*2", FormulaKind.ARRAY, "A1", "A1:A3")
    )
    assert [_areas(formulas, cell) for cell in ("A1", "A2", "A3")] == [["B1:B3"]] * 3


@pytest.mark.parametrize(
    ("text", "areas"),
    [
        ("TABLE(B1,B2)", ["B1", "B2", "D4:F4", "C5:C9", "C4"]),
        ("TABLE(B1,)", ["B1", "D4:F4", "C5:C9"]),
        ("TABLE(,B2)", ["B2", "D4:F4", "C5:C9"]),
        ("TABLE(#REF!,B2)", ["B2", "D4:F4", "C5:C9", "C4"]),
    ],
)
def test_a_data_table_is_calculated_from_inputs_values_and_formulas_beside_it(
    text: str, areas: list[str]
) -> None:
    formulas = _grouped({"D5": f"={text}", "F9": 1}, (text, FormulaKind.DATA_TABLE, "D5", "D5:F9"))
    assert _areas(formulas, "F9") == areas
    assert formulas.unparsed == ()


def test_copies_that_mean_dynamic_arrays_of_different_sizes_are_parted() -> None:
    formulas = _grouped(
        {
            "A1": "=SEQUENCE(3)",
            "A4": "=SEQUENCE(3,1,1)",
            "A7": "=SEQUENCE(2)",
            "F1": "=SUM(_xlfn.ANCHORARRAY(A1))+B1",
            "F4": "=SUM(_xlfn.ANCHORARRAY(A4))+B4",
            "F7": "=SUM(_xlfn.ANCHORARRAY(A7))+B7",
            "F9": "=SUM(_xlfn.ANCHORARRAY(A9))+B9",
        },
        ("SEQUENCE(3)", FormulaKind.DYNAMIC_ARRAY, "A1", "A1:A3"),
        ("SEQUENCE(3,1,1)", FormulaKind.DYNAMIC_ARRAY, "A4", "A4:A6"),
        ("SEQUENCE(2)", FormulaKind.DYNAMIC_ARRAY, "A7", "A7:C8"),
    )
    assert [_areas(formulas, cell) for cell in ("F1", "F4", "F7", "F9")] == [
        ["A1:A3", "B1"],
        ["A4:A6", "B4"],
        ["A7:C8", "B7"],
        ["A9", "B9"],
    ]
    own = formulas.sheets[0]
    assert own.counts().sum() == 7
    for at, cell in enumerate(own.sheet.cells):
        template = own.templates[int(own.template_of[at])]
        assert "=" + template.text_at(cell.row, cell.column) == formula_text(own.sheet, at)


def test_a_text_that_is_no_formula_is_told_with_its_place() -> None:
    formulas = formulas_of(book({"S": {"A1": "=B1+(C1", "A2": "=B2+)", "A3": '=B1&"x'}}))
    assert formulas.unparsed == (
        Unparsed(CellRef("S", 1, 1), "B1+(C1", 6),
        Unparsed(CellRef("S", 2, 1), "B2+)", 3),
        Unparsed(CellRef("S", 3, 1), 'B1&"x', 3),
    )
    assert _areas(formulas, "A1") == ["B1", "C1"]


def test_unknown_cells_are_told_through_names() -> None:
    names = [
        DefinedName("Moving", "OFFSET(S!$A$1,0,0,S!$B$1,1)"),
        DefinedName("Through", "SUM(Moving)"),
        DefinedName("Still", "S!$A$1"),
    ]
    formulas = formulas_of(
        book({"S": {"C1": "=Through+1", "C2": "=Still", "C3": "=A1:INDEX(B:B,2)"}}, names=names)
    )
    assert formulas.unknown == ((True, False, True),)
    assert _areas(formulas, "C1") == ["A1", "B1"]


def test_a_name_that_is_used_in_two_ways_is_told_in_both() -> None:
    formulas = formulas_of(
        book({"S": {"C1": "=ROW(Rate)+Rate+Rate"}}, names=[DefinedName("Rate", "S!$A$1")])
    )
    uses = [(one.use, one.function) for one in formulas.precedents[0][0]]
    assert uses == [(Use.POSITION, "ROW"), (Use.VALUE, "")]


def test_no_more_names_are_followed_for_a_formula_than_its_share() -> None:
    names = [DefinedName("n_0", "S!$A$1")]
    names += [DefinedName(f"n_{at}", f"n_{at - 1}+n_{at - 1}") for at in range(1, 90)]
    terms = "+".join(f"SUM(n_{at}:A{at + 1})" for at in range(90))
    formulas = formulas_of(book({"S": {"C1": f"={terms}", "C2": "=n_89"}}, names=names))
    assert _areas(formulas, "C2") == ["A1"]
    followed = ["A1", *(f"A1:A{row}" for row in range(2, 20))]  # 1 + 2 + … + 19 names
    assert _areas(formulas, "C1") == [*followed, *(f"A{row}" for row in range(20, 91))]


def test_names_that_lead_to_each_other_end_somewhere() -> None:
    names = [DefinedName(f"n_{at}", f"n_{at + 1}+S!$A${at + 1}") for at in range(300)]
    formulas = formulas_of(
        book({"S": {"C1": "=n_0", "C2": "=Loop"}}, names=[*names, DefinedName("Loop", "Loop+1")])
    )
    assert len(formulas.precedents[0][0]) == 101
    assert formulas.precedents[0][1] == ()
    assert formulas.unknown == ((False, False),)


def test_a_lambda_that_calls_itself_is_followed_once() -> None:
    names = [DefinedName("FACT", "_xlfn.LAMBDA(_xlpm.n,IF(_xlpm.n<S!$B$1,1,FACT(_xlpm.n-1)))")]
    formulas = formulas_of(book({"S": {"C1": "=FACT(A1)"}}, names=names))
    assert _areas(formulas, "C1") == ["A1", "B1"]


def test_the_own_table_of_a_formula_needs_no_name() -> None:
    made = book({"S": {"A2": 1, "B2": "=[@Net]*2", "B3": "=[@Net]*2"}})
    table = Table("Sales", RangeRef("S", 1, 1, 3, 2), ("Net", "Gross"))
    formulas = formulas_of(replace(made, sheets=(replace(made.sheets[0], tables=(table,)),)))
    assert (_areas(formulas, "B2"), _areas(formulas, "B3")) == (["A2"], ["A3"])


LONG = ["A1+", "A1:", "SUM(", "LET(a,", "LAMBDA(a,", "(A1)+", "@", "{1,", "A1 ", "x:", "-", "T[a]:"]


@pytest.mark.parametrize("piece", LONG)
def test_the_longest_formulas_of_one_repeated_piece_are_read(piece: str) -> None:
    text = (piece * 32_767)[:32_766] + "1"  # takes minutes if anything is quadratic
    formulas = formulas_of(book({"S": {"A1": "=" + text}}))
    assert formulas.sheets[0].templates[0].text == text


@given(st.lists(JUNK.filter(bool), min_size=1, max_size=6))
def test_no_text_in_a_cell_ends_in_an_exception(texts: list[str]) -> None:
    cells: dict[str, CellSpec] = {f"B{at}": f"={one}" for at, one in enumerate(texts, start=1)}
    names = [DefinedName("x", texts[0]), DefinedName("Rate", texts[-1], sheet="S")]
    formulas = formulas_of(book({"S": cells}, names=names))
    assert formulas.sheets[0].counts().sum() == len(texts)
