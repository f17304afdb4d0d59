"""Questions drawn from a sheet, and answers from what a text tells."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.benchmarks.encode_scores.answers import judged
from tests.benchmarks.encode_scores.claim_check import SheetTruth
from tests.benchmarks.encode_scores.formula_keys import keys_of, relative
from tests.benchmarks.encode_scores.plain_cells import plain_sheets
from tests.benchmarks.encode_scores.probes import Probe, probes_of
from tests.benchmarks.encode_scores.told_index import ToldIndex, without
from tests.benchmarks.encode_scores.told_sheet import ToldSheet, whole
from tests.benchmarks.encode_scores.vanilla import vanilla_lines, vanilla_told
from tests.books import book, sheet
from tickmark.encode.claim import Claim, FormulaText, Summary, TypeWord, Value
from tickmark.model.address import RangeRef
from tickmark.model.grid import CellKind
from tickmark.model.workbook import Workbook
from tickmark.structure.formulas import formulas_of
from tickmark.structure.regions.detect import regions_of


def area(a1: str) -> RangeRef:
    return RangeRef.parse(a1, sheet="Sheet1")


def prices() -> Workbook:
    cells: dict[str, object] = {"A1": "Item", "B1": "Price", "C1": "Amount", "D1": "Total"}
    for row in range(2, 22):
        cells[f"A{row}"] = f"thing {row}"
        cells[f"B{row}"] = row * 1.25
        cells[f"C{row}"] = float(row % 3)
        cells[f"D{row}"] = (f"=B{row}*C{row}", row * 1.25 * (row % 3))
    cells["D9"] = 7.0
    return book(cells)


def probes(made: Workbook) -> list[Probe]:
    return probes_of(made, regions_of(formulas_of(made)), seed=3)


def test_questions_of_each_kind_are_drawn_and_the_same_each_time() -> None:
    found = probes(prices())

    assert Counter(probe.kind for probe in found) == {
        "value": 60,
        "lookup": 50,
        "type": 4,
        "min": 3,
        "max": 3,
        "sum": 3,
        "sharing": 1,
        "odd": 1,
    }
    assert found == probes(prices())


def test_a_whole_vanilla_text_answers_all_that_is_no_formula() -> None:
    made = prices()
    text = "\n".join(vanilla_lines(plain_sheets(made)[0]))
    told = {"Sheet1": ToldIndex(vanilla_told("Sheet1", text, cut=False))}

    formulas = {"sharing", "odd"}
    asked = probes(made)
    assert {judged(probe, told) for probe in asked if probe.kind not in formulas} == {True}
    assert {judged(probe, told) for probe in asked if probe.kind in formulas} == {None}


def test_a_vanilla_text_cut_short_says_nothing_wrong() -> None:
    made = prices()
    lines = [*vanilla_lines(plain_sheets(made)[0])][:6]
    told = {"Sheet1": ToldIndex(vanilla_told("Sheet1", "\n".join(lines), cut=True))}

    found = {(probe.kind, judged(probe, told)) for probe in probes(made)}
    assert {kind for kind, right in found if right} == {"value", "lookup", "type"}
    assert not any(right is False for _, right in found)


def skeleton() -> ToldIndex:
    """What a skeleton of `prices` tells."""
    text = Value(CellKind.TEXT, "Item")
    claims = (
        Claim("Sheet1", (area("A1"),), constant=text),
        Claim("Sheet1", (area("A2:A21"),), summary=Summary(TypeWord.TEXT, distinct=20)),
        Claim(
            "Sheet1", (area("B2:B21"),), summary=Summary(TypeWord.NUMBER, 2.5, 26.25, total=287.5)
        ),
        Claim(
            "Sheet1",
            (area("C2:C21"),),
            summary=Summary(TypeWord.INTEGER, -10, 10, bounds_exact=False),
        ),
        Claim("Sheet1", (area("D2:D21"),), (area("D9"),), formula=FormulaText("=B2*C2")),
        Claim("Sheet1", (area("D9"),), constant=Value(CellKind.NUMBER, 7.0)),
    )
    return ToldIndex(ToldSheet("Sheet1", claims, (whole("Sheet1"),)))


@pytest.mark.parametrize(
    ("probe", "right"),
    [
        (Probe("type", "Sheet1", CellKind.TEXT, area=area("A2:A21")), True),
        (Probe("type", "Sheet1", CellKind.NUMBER, area=area("A2:A21")), False),
        (Probe("min", "Sheet1", 2.5, area=area("B2:B21")), True),
        (Probe("max", "Sheet1", 26.25, area=area("B2:B21")), True),
        (Probe("sum", "Sheet1", 287.5, area=area("B2:B21")), True),
        (Probe("sum", "Sheet1", 287.6, area=area("B2:B21")), False),
        (Probe("sum", "Sheet1", 287.5, area=area("B2:B20")), None),
        (Probe("min", "Sheet1", 0.0, area=area("C2:C21")), None),
        (Probe("value", "Sheet1", Value(CellKind.NUMBER, 7.0), cell=(9, 4)), True),
        (Probe("value", "Sheet1", Value(CellKind.NUMBER, 8.0), cell=(8, 4)), None),
        (
            Probe(
                "sharing",
                "Sheet1",
                frozenset((row, 4) for row in range(2, 22) if row != 9),
                cell=(3, 4),
            ),
            True,
        ),
        (Probe("sharing", "Sheet1", frozenset({(9, 4)}), cell=(9, 4)), None),
        (Probe("odd", "Sheet1", frozenset({(9, 4)}), area=area("D2:D21")), True),
        (Probe("odd", "Sheet1", frozenset({(10, 4)}), area=area("D2:D21")), False),
        (Probe("odd", "Other", frozenset({(10, 4)}), area=area("D2:D21")), None),
    ],
)
def test_a_skeleton_answers_what_it_tells_and_no_more(probe: Probe, right: bool | None) -> None:
    assert judged(probe, {"Sheet1": skeleton()}) is right


def test_a_summary_tells_its_ends_and_what_all_cells_share() -> None:
    first, last = Value(CellKind.NUMBER, 1.0), Value(CellKind.NUMBER, 3.0)
    claims = (
        Claim("Sheet1", (area("A1:A9"),), summary=Summary(TypeWord.NUMBER, first=first, last=last)),
        Claim("Sheet1", (area("B1:B9"),), summary=Summary(TypeWord.NUMBER, 5.0, 5.0)),
    )
    index = ToldIndex(ToldSheet("Sheet1", claims))

    def told(row: int, column: int) -> Value | None:
        part = index.part_at(row, column)
        return None if part is None else part.value_at(row, column)

    assert (told(1, 1), told(5, 1), told(9, 1)) == (first, None, last)
    assert told(4, 2) == Value(CellKind.NUMBER, 5.0)


def test_a_blank_is_known_only_where_nothing_was_left_out() -> None:
    numbers = tuple(Value(CellKind.NUMBER, float(row)) for row in range(1, 4))
    claims = (Claim("Sheet1", (area("A1:A3"),), values=numbers),)
    probe = Probe("sum", "Sheet1", 6.0, area=area("A1:A5"))

    known = ToldIndex(ToldSheet("Sheet1", claims, (whole("Sheet1"),)))
    left_out = ToldIndex(ToldSheet("Sheet1", claims, (whole("Sheet1"),), (area("A4:A9"),)))
    unknown = ToldIndex(ToldSheet("Sheet1", claims))

    assert [judged(probe, {"Sheet1": one}) for one in (known, left_out, unknown)] == [
        True,
        None,
        None,
    ]


def test_no_cell_is_called_odd_while_another_may_have_been_left_out() -> None:
    formula = Claim("Sheet1", (area("A1:A8"),), formula=FormulaText("=B1"))
    other = Claim("Sheet1", (area("A9"),), formula=FormulaText("=C9"))
    probe = Probe("odd", "Sheet1", frozenset({(9, 1), (10, 1)}), area=area("A1:A12"))

    begun = Claim("Sheet1", (area("A9"),), formula=FormulaText("=C9", length=900))
    left_out = ToldSheet("Sheet1", (formula, other), (whole("Sheet1"),), (area("A10:A20"),))
    cut = ToldSheet("Sheet1", (formula, begun), (whole("Sheet1"),))
    known = ToldSheet("Sheet1", (formula, other), (whole("Sheet1"),))

    assert judged(probe, {"Sheet1": ToldIndex(left_out)}) is None
    assert judged(probe, {"Sheet1": ToldIndex(cut)}) is None
    assert judged(probe, {"Sheet1": ToldIndex(known)}) is False


def test_what_is_left_of_areas_are_the_cells_around_the_holes() -> None:
    left = without([area("A1:D4")], [area("B2:C3"), area("D4")])
    cells = {
        (row, column)
        for one in left
        for row in range(one.top, one.bottom + 1)
        for column in range(one.left, one.right + 1)
    }

    assert sum(one.cells for one in left) == len(cells) == 11
    assert not cells & {(2, 2), (2, 3), (3, 2), (3, 3), (4, 4)}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SUM(A1:B2)+$C$1", "SUM(A2:B3)+$C$1"),
        ("SUM(3:3)", "SUM(4:4)"),
        ("'A1 x'!B2&\"A1\"", "'A1 x'!B3&\"A1\""),
        ("T[[#This Row],[A1]]*A$1", "T[[#This Row],[A1]]*A$1"),
        ("LOG10(A1)", "LOG10(A2)"),
        ("[1]S!A1", "[1]S!A2"),
        ("A1048576", "A1"),
    ],
)
def test_a_formula_copied_one_row_down_has_the_same_key(one: str, other: str) -> None:
    assert relative(one, 5, 3) == relative(other, 6, 3)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A1", "A1"),
        ("A$1", "A$2"),
        ("A1", "B2"),
        ('"A1"', '"A2"'),
        ("S1!A1", "S2!A2"),
        ("F1", "G1"),
    ],
)
def test_another_formula_one_row_down_has_another_key(one: str, other: str) -> None:
    assert relative(one, 5, 3) != relative(other, 6, 3)


def test_keys_of_shared_formulas_are_those_of_own_texts() -> None:
    made = book({"S": sheet({"B4": "=A4*2"}, shared={"B2:B3": "=A2*2"})})

    assert len(set(keys_of(made.sheets[0]).values())) == 1
    assert SheetTruth(made.sheets[0]).address(0) == "S!B2"
