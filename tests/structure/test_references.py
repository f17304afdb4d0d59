"""References: all forms, what is none, and what a formula takes of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickmark.model.address import RangeRef
from tickmark.structure.calls import Use
from tickmark.structure.references import Reference, ReferenceKind, references

# Book, first sheet, last sheet and cells (or name) of each reference of a formula on sheet Own.
FORMS: list[tuple[str, list[str]]] = [
    ("SUM(Jan:Mar!B2:B5)", ["|Jan|Mar|B2:B5"]),
    ("SUM('Jan 1:Mar 1'!B2)", ["|Jan 1|Mar 1|B2"]),
    ("Sales[[#This Row],[Col A]]*2", ["|||Sales[[#This Row],[Col A]]"]),
    ("Sales[@Price]*Sales[@[Unit Qty]]", ["|||Sales[@Price]", "|||Sales[@[Unit Qty]]"]),
    ("SUM(Sales[a'[b'] c])", ["|||Sales[a'[b'] c]"]),
    ("SUM(A:A)+SUM($B:C)", ["|Own||A1:A1048576", "|Own||B1:C1048576"]),
    ("SUM(1:3)", ["|Own||A1:XFD3"]),
    ("SUM(A1#)", ["|Own||A1"]),
    ("SUM(_xlfn.ANCHORARRAY(A1))", ["|Own||A1"]),
    ("[1]Sheet1!A1+1", ["1|Sheet1||A1"]),
    ("[prices.xlsx]Sheet1!A1+1", ["prices.xlsx|Sheet1||A1"]),
    (r"'C:\dir\[Book2.xlsx]Sheet 1'!$A$1", [r"C:\dir\Book2.xlsx|Sheet 1||A1"]),
    ("[0]!Rate", ["|||Rate"]),
    ("Rate*Sheet1!Local_x", ["|||Rate", "|Sheet1||Local_x"]),
    ("[1]!'an item'", ["1|||'an item'"]),
    ("_xlfn.LET(_xlpm.x,A1,_xlpm.x*2)", ["|Own||A1"]),
    ("_xlfn.LAMBDA(_xlpm.x,_xlpm.x+1)(A1)", ["|Own||A1"]),
    ("A1:C3 B2:D4", ["|Own||A1:C3", "|Own||B2:D4"]),
    ("SUM((A1:A2,C1:C2))", ["|Own||A1:A2", "|Own||C1:C2"]),
    ("SUM(A1:INDEX(B:B,3))", ["|Own||A1", "|Own||B1:B1048576"]),
    ("SUM({1,2;3,4}*A1:B2)", ["|Own||A1:B2"]),
    ("LOG10(A1)+ATAN2(B1,C1)", ["|Own||A1", "|Own||B1", "|Own||C1"]),
    ("'It''s'!A1", ["|It's||A1"]),
    ('"A1:B2"&C3', ["|Own||C3"]),
    ("SUM(#REF!)+Sheet1!#REF!+A1", ["|||#REF!", "|Sheet1||Sheet1!#REF!", "|Own||A1"]),
    ("#REF!A1+B2", ["|||#REF!A1", "|Own||B2"]),
    ("[2]#REF!$A$1", ["2|||[2]#REF!$A$1"]),
    ("@A1:A10", ["|Own||A1:A10"]),
    ("Übersicht!A1+'数据'!B2", ["|Übersicht||A1", "|数据||B2"]),
    ("SUM(Sheet1!A1:Sheet1!B2)", ["|Sheet1||A1:B2"]),
    ("sum(a1:b2)", ["|Own||A1:B2"]),
    ("B2:A1", ["|Own||A1:B2"]),
    ("-A1%^2", ["|Own||A1"]),
    ('INDIRECT("A"&B1)', ["|Own||B1"]),
    ("SUM(OFFSET(A1,0,0,B1,1))", ["|Own||A1", "|Own||B1"]),
    ("IF(TRUE,1,FALSE)", []),
    ("1+2*PI()", []),
    ("#DIV/0!", []),
    ("Sheet1!(A1)", ["|Own||A1"]),
    ("", []),
    ("LET(x,A1,x*2)+x", ["|Own||A1", "|||x"]),
    ("A1:B2:C3", ["|Own||A1:C3"]),
    ("R[-1]C", ["|Own||A1048576"]),
]


def _told(reference: Reference) -> str:
    last = reference.area.a1 if reference.area else reference.name or reference.text
    if reference.kind is ReferenceKind.TABLE:
        last = reference.text
    return f"{reference.book}|{reference.sheet}|{reference.last_sheet}|{last}"


@pytest.mark.parametrize(("text", "expected"), FORMS)
def test_every_form_of_reference_is_found_and_nothing_else(text: str, expected: list[str]) -> None:
    assert [_told(reference) for reference in references(text, "Own")] == expected


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("A1", [ReferenceKind.AREA]),
        ("Rate", [ReferenceKind.NAME]),
        ("Sales[Price]", [ReferenceKind.TABLE]),
        ("#REF!+[2]#REF!A1", [ReferenceKind.BROKEN, ReferenceKind.BROKEN]),
    ],
)
def test_a_reference_tells_its_kind(text: str, kinds: list[ReferenceKind]) -> None:
    assert [reference.kind for reference in references(text)] == kinds


@pytest.mark.parametrize(
    ("text", "uses"),
    [
        ("A1+B1", ["value", "value"]),
        ("IF(A1,B1,C1)", ["value", "conditional", "conditional"]),
        ("IF(A1,SUM(B1:B9),2)+C1", ["value", "conditional", "value"]),
        ("IFERROR(A1,B1)", ["value", "conditional"]),
        ("_xlfn.IFS(A1,B1,C1,D1)", ["value", "conditional", "conditional", "conditional"]),
        ("CHOOSE(A1,(B1),C1)", ["value", "conditional", "conditional"]),
        ("ROW(A1)+COLUMNS((A1:C1))", ["position", "position"]),
        ("OFFSET(A1,B1,0)", ["position", "value"]),
        ("ROW(INDEX(A1:A9,B1))", ["selected", "value"]),
        ("INDEX(A1:A9,MATCH(B1,C1:C9,0))", ["selected", "value", "value"]),
        ("SUM(A1:A9)*2", ["value"]),
        ("A1:A9*2", ["selected"]),
        ("ROUND(A1:A9,0)", ["selected"]),
        ("A1:C3 B2:D4", ["selected", "selected"]),
        ("SUM({1,2},A1)", ["value"]),
        ("IF(1,{1,2},A1)+B1", ["conditional", "value"]),
        ("SUM(@A1:A9)", ["selected"]),
        ("SUM(_xlfn.SINGLE(A1:A9))", ["selected"]),
        ("SUM(_xlfn.SINGLE(A1))", ["value"]),
        ("SUM(_xlfn.ANCHORARRAY(A1))", ["value"]),
        ("ROWS(_xlfn._TRO_ALL(A1:A9))", ["position"]),
        ("SUM(A1:A9 A3:C3)", ["selected", "selected"]),
    ],
)
def test_a_reference_tells_what_is_taken_of_it(text: str, uses: list[str]) -> None:
    assert [reference.use.value for reference in references(text)] == uses


@pytest.mark.parametrize(
    ("text", "spill"),
    [
        ("A1#", [True]),
        ("SUM(_xlfn.ANCHORARRAY(A1),B1)", [True, False]),
        ("A1#:B1", [True, False]),
        ("Spilled#", [True]),
        ("#REF!", [False]),
    ],
)
def test_a_reference_tells_whether_all_that_is_filled_is_meant(
    text: str, spill: list[bool]
) -> None:
    assert [reference.spill for reference in references(text)] == spill


@pytest.mark.parametrize(
    ("text", "ends"),
    [("First:Last", [True, False]), ("A1:Last", [True, False]), ("A1:B2:C3", [False])],
)
def test_a_reference_tells_that_a_range_leads_on_to_the_next(text: str, ends: list[bool]) -> None:
    assert [reference.to_next for reference in references(text)] == ends


def test_references_in_r1c1_notation_count_from_the_cell() -> None:
    found = references("R[-1]C+SUM(RC1:RC[-1])", "S", 5, 3)
    assert [reference.area for reference in found] == [
        RangeRef("S", 4, 3, 4, 3),
        RangeRef("S", 1, 471, 1, 471),
        RangeRef("S", 5, 2, 5, 2),
    ]
    assert found[0].relative == (True, True, True, True)


def test_relative_edges_move_with_the_formula_and_fixed_ones_stay() -> None:
    reference = references("SUM(B$2:$D9)", "S")[0]
    assert reference.relative == (False, True, True, False)
    assert reference.edges(3, 1) == (2, 3, 12, 4)


def test_a_moved_area_comes_in_again_on_the_other_side() -> None:
    assert references("A1", "S")[0].edges(-1, -1) == (1_048_576, 16_384, 1_048_576, 16_384)


def test_a_whole_column_moves_sideways_only() -> None:
    assert references("A:B", "S")[0].edges(5, 2) == (1, 3, 1_048_576, 4)


def test_a_reference_without_area_has_no_edges() -> None:
    with pytest.raises(ValueError, match="Rate is no area"):
        references("Rate")[0].edges()


def test_the_function_around_a_reference_is_told() -> None:
    found = references("_xlfn.XLOOKUP(A1,(B1:B9),C1:C9)+D1", "S")
    assert [one.function for one in found] == ["XLOOKUP", "XLOOKUP", "XLOOKUP", ""]
    assert found[1].area == RangeRef("S", 1, 2, 9, 2)
    assert found[1].use is Use.VALUE


@given(st.text(alphabet="A1$:!#'[](),\" IFROWx@{};", max_size=60))
def test_any_text_has_references_without_an_exception(text: str) -> None:
    for reference in references(text, "S"):
        assert reference.text
