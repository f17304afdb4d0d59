"""One thing changes in a workbook and all else stays, as in Excel."""

from __future__ import annotations

import pytest

from tests.benchmarks.audit_scores.edited_book import (
    after_deletion,
    excerpt,
    prefix_of,
    with_formula,
    with_values,
    without_row,
)
from tests.books import book, sheet
from tickmark.model.grid import CellKind
from tickmark.model.workbook import DefinedName, Workbook
from tickmark.structure.formulas import formulas_of
from tickmark.structure.relative import formula_text


def told(workbook: Workbook) -> dict[str, dict[str, object]]:
    """Formulas and values by sheet and address; a formula stands with its value."""
    found: dict[str, dict[str, object]] = {}
    for one in workbook.sheets:
        own = found.setdefault(one.name, {})
        for index, cell in enumerate(one.cells):
            text = formula_text(one, index)
            own[cell.a1] = (text, cell.value) if text else cell.value
    return found


def test_one_formula_is_replaced_within_a_shared_one() -> None:
    before = book({"S": sheet({"A1": 1, "A2": 2, "A3": 3}, shared={"B1:B3": "=A1*2"})})
    at = before.sheets[0].cells.position(1, 2)

    after = with_formula(before, (0, at or 0), "A1*3")

    assert told(after)["S"] == told(before)["S"] | {"B1": ("=A1*3", None)}


def test_a_formula_becomes_the_value_that_it_had() -> None:
    before = book({"A1": 1, "A2": ("=A1*2", 2)})

    assert told(with_formula(before, (0, 1), None))["Sheet1"] == {"A1": 1, "A2": 2}


def test_values_change_with_their_kinds() -> None:
    before = book({"A1": ("=B1", 1), "A2": ("=B2", 2), "A3": ("=B3", "x"), "A4": ("=B4", 4)})

    after = with_values(before, {(0, 0): "#REF!", (0, 1): "y", (0, 2): 3.5, (0, 3): True})

    cells = after.sheets[0].cells
    assert [(cell.kind, cell.value) for cell in cells] == [
        (CellKind.ERROR, "#REF!"),
        (CellKind.TEXT, "y"),
        (CellKind.NUMBER, 3.5),
        (CellKind.BOOL, True),
    ]


@pytest.mark.parametrize(
    ("before", "sheet", "start"),
    [
        ("SUM(", None, 4),
        ("SUM(Plan!", "Plan", 4),
        ("2*'P&L, 2025'!", "P&L, 2025", 2),
        ("'It''s'!", "It's", 0),
        ("-_x.1!", "_x.1", 1),
    ],
)
def test_the_sheet_before_a_reference_is_found(before: str, sheet: str | None, start: int) -> None:
    assert prefix_of(before) == (start, sheet)


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("A4+A5+A6", "A4+#REF!+A5"),
        ("SUM(A2:A5)", "SUM(A2:A4)"),
        ("SUM(A5:A9)", "SUM(A5:A8)"),
        ("SUM(A6:A9)", "SUM(A5:A8)"),
        ("SUM(A5:C5)", "SUM(#REF!)"),
        ("SUM($A$1:$A$4)", "SUM($A$1:$A$4)"),
        ("SUM(A:A)", "SUM(A:A)"),
        ("Other!A5+'Own'!$A$5", "Other!A5+'Own'!#REF!"),
        ('"A5"&A7', '"A5"&A6'),
    ],
)
def test_references_follow_a_deleted_row(text: str, after: str) -> None:
    assert after_deletion(text, "Own", "Own", 5) == after


def test_only_what_is_lost_can_change_alone() -> None:
    assert after_deletion("SUM(A2:A9)+A5+A6", "S", "S", 5, moved=False) == "SUM(A2:A9)+#REF!+A6"


def test_a_row_goes_and_everything_below_moves_up() -> None:
    before = book(
        {
            "S": {"A1": 1, "A2": 2, "A3": 3, "A4": ("=SUM(A1:A3)", 6), "B4": ("=A2", 2)},
            "T": {"A1": ("=S!A4", 6), "A2": ("=S!A2*2", 4)},
        },
        names=[DefinedName("rate", "S!$A$3")],
    )

    after = without_row(formulas_of(before), 0, 2)

    assert after is not None
    assert told(after) == {
        "S": {"A1": 1, "A2": 3, "A3": ("=SUM(A1:A2)", 6), "B3": ("=#REF!", 2)},
        "T": {"A1": ("=S!A3", 6), "A2": ("=S!#REF!*2", 4)},
    }
    assert after.names == (DefinedName("rate", "S!$A$2"),)


def test_copies_of_a_shared_formula_follow_each_for_itself() -> None:
    before = book({"S": sheet({f"A{n}": n for n in range(1, 5)}, shared={"B2:B4": "=A1+A2"})})

    after = without_row(formulas_of(before), 0, 2)

    assert after is not None
    assert told(after)["S"] == {
        "A1": 1,
        "A2": 3,
        "A3": 4,
        "B2": ("=#REF!+A2", None),
        "B3": ("=A2+A3", None),
    }


def test_a_table_keeps_its_header() -> None:
    before = book({"S": sheet({"A1": "h", "A2": 1, "A3": 2}, tables=(("T", "A1:A3"),))})

    assert without_row(formulas_of(before), 0, 1) is None
    shorter = without_row(formulas_of(before), 0, 2)
    assert shorter is not None
    assert [table.range.a1 for table in shorter.sheets[0].tables] == ["A1:A2"]


def test_an_excerpt_has_one_sheet_whole_and_of_others_what_it_refers_to() -> None:
    before = book(
        {
            "S": {"A1": ("=T!B10*2", 4), "A2": ("=A1", 4)},
            "T": {"B2": 9, "B10": ("=1+1", 2), "B13": 5, "B14": 6},
        }
    )

    after, places = excerpt(formulas_of(before), 0)

    assert told(after) == {
        "S": {"A1": ("=T!B10*2", 4), "A2": ("=A1", 4)},
        "T": {"B10": 2, "B13": 5},
    }
    assert places == {(0, 0): (0, 0), (0, 1): (0, 1), (1, 1): (1, 0), (1, 2): (1, 1)}
