"""The rule unsorted-lookup: lookups that search by halves in keys out of order."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.books import CellSpec, Value, book
from tickmark.audit.rule import Facts
from tickmark.audit.rules.unsorted_lookup import unsorted_lookup
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.model.workbook import Workbook
from tickmark.structure.formulas import formulas_of

Cells = dict[str, CellSpec]


def _findings(workbook: Workbook) -> list[Finding]:
    return list(unsorted_lookup.check(Facts(workbook, formulas_of(workbook))))


def _down(keys: Sequence[Value], *, column: str = "D", top: int = 2) -> Cells:
    """Keys below each other, each with its number to the right of it."""
    beside = chr(ord(column) + 1)
    cells: Cells = {}
    for row, key in enumerate(keys, top):
        if key is not None:
            cells[f"{column}{row}"] = key
        cells[f"{beside}{row}"] = float(row)
    return cells


FRUIT = ["Kiwi", "Apple", "Mango", "Banana", "Cherry", "Fig"]


def test_a_wrong_hit_is_high_and_names_both_keys() -> None:
    cells = _down(FRUIT) | {"A2": "Banana", "B2": ("=VLOOKUP(A2,$D$2:$E$7,2)", 3.0)}

    (finding,) = _findings(book(cells))

    assert finding == Finding(
        rule="unsorted-lookup",
        severity=Severity.HIGH,
        message='B2 takes the keys in D2:D7 for sorted, but D2 "Kiwi" stands before D3 "Apple"; '
        'it looks for "Banana" and shows 3, which does not belong to D5 "Banana".',
        sheet="Sheet1",
        ranges=("B2",),
        evidence={
            "found": "=VLOOKUP(A2,$D$2:$E$7,2)",
            "keys": "D2:D7",
            "out of order": 'D2 "Kiwi" stands before D3 "Apple"',
            "lookups": "1",
            "wrong key": "1",
        },
        fix="Use FALSE as the last argument for an exact match, or sort the keys.",
        confidence=0.95,
        key="VLOOKUP(RC[-1],R2C4:R7C5,2)",
    )


@pytest.mark.parametrize(
    "formula",
    [
        "=VLOOKUP(A2,$D$2:$E$7,2)",
        "=VLOOKUP(A2,$D$2:$E$7,2,TRUE)",
        "=VLOOKUP(A2,$D$2:$E$7,2,1)",
        "=VLOOKUP(A2,$D:$E,2)",
        "=MATCH(A2,$D$2:$D$7)",
        "=MATCH(A2,$D$2:$D$7,1)",
        "=LOOKUP(A2,$D$2:$D$7,$E$2:$E$7)",
        "=LOOKUP(A2,$D$2:$E$7)",
        "=INDEX($E$2:$E$7,MATCH(A2,$D$2:$D$7))",
        "=_xlfn.XLOOKUP(A2,$D$2:$D$7,$E$2:$E$7,0,0,2)",
        "=_xlfn.XMATCH(A2,$D$2:$D$7,0,2)",
    ],
)
def test_every_function_that_searches_by_halves_is_looked_at(formula: str) -> None:
    (finding,) = _findings(book(_down(FRUIT) | {"A2": "Banana", "B2": (formula, -1.0)}))

    assert (finding.severity, finding.ranges) == (Severity.HIGH, ("B2",))


@pytest.mark.parametrize(
    "formula",
    [
        "=VLOOKUP(A2,$D$2:$E$7,2,FALSE)",
        "=VLOOKUP(A2,$D$2:$E$7,2,0)",
        "=VLOOKUP(A2,$D$2:$E$7,2,)",
        "=VLOOKUP(A2,$D$2:$E$7,2,A3)",
        "=MATCH(A2,$D$2:$D$7,0)",
        "=MATCH(A2,$D$2:$D$7,)",
        "=_xlfn.XLOOKUP(A2,$D$2:$D$7,$E$2:$E$7)",
        "=_xlfn.XLOOKUP(A2,$D$2:$D$7,$E$2:$E$7,0,-1)",
        "=_xlfn.XMATCH(A2,$D$2:$D$7,1)",
        '=LOOKUP(REPT("z",255),$D$2:$D$7)',
        '=LOOKUP("zzz",$D$2:$D$7)',
        "=LOOKUP(2,1/($D$2:$D$7=A2),$E$2:$E$7)",
        "=VLOOKUP(A2,OFFSET($D$2:$E$7,0,0),2)",
        "=COUNTIF($D$2:$D$7,A2)",
        "=VLOOKUP(A2,[1]Prices!$D$2:$E$7,2)",
    ],
)
def test_exact_lookups_and_the_last_entry_stay_silent(formula: str) -> None:
    assert _findings(book(_down(FRUIT) | {"A2": "Banana", "B2": (formula, -1.0)})) == []


@pytest.mark.parametrize(
    "keys",
    [
        [1, 2, 2, 3, 5, 8],
        [-3, 0, 0.5, 100],
        ["apple", "Banana", "cherry", "DATE", "fig"],
        ["a", "A", "b"],
        ["Key", 1, 2, 3],
        [1, None, 2, None, 3],
        [1, 2, "n/a", 3, 4],
        [1, 5, "a", "b", False, True],
        [3, "b", "c", 4],
        ["co-op", "coop", "Cöop", "cop"],
        ["Élan", "elm"],
        [None, None],
    ],
)
def test_sorted_keys_stay_silent(keys: list[Value]) -> None:
    cells = _down(keys) | {"A2": 3, "B2": ("=VLOOKUP(A2,$D$2:$E$20,2)", 1.0)}

    assert _findings(book(cells)) == []


def test_keys_of_another_kind_than_the_one_looked_for_do_not_matter() -> None:
    cells = _down(["b", "a", 1, 2, 3]) | {"A2": 2, "B2": ("=VLOOKUP(A2,$D$2:$E$6,2)", 5.0)}

    assert _findings(book(cells)) == []


def test_unsorted_keys_where_the_saved_result_is_right_are_medium() -> None:
    cells = _down(FRUIT) | {"A2": "Mango", "B2": ("=VLOOKUP(A2,$D$2:$E$7,2)", 4.0)}

    (finding,) = _findings(book(cells))

    assert (finding.severity, finding.tier, finding.confidence) == (
        Severity.MEDIUM,
        Tier.DEFAULT,
        0.5,
    )


def test_unsorted_keys_where_the_value_is_computed_are_medium() -> None:
    cells = _down(FRUIT) | {"A2": "Ban", "B2": ('=VLOOKUP(A2&"ana",$D$2:$E$7,2)', 3.0)}

    assert [one.severity for one in _findings(book(cells))] == [Severity.MEDIUM]


def test_a_bracket_out_of_order_is_high() -> None:
    cells = _down([0, 1000, 100, 5000, 10000])
    cells |= {"A2": 1200, "B2": ("=10*VLOOKUP(A2,$D$2:$E$6,2)", 40.0)}

    (finding,) = _findings(book(cells))

    assert finding.severity is Severity.HIGH
    assert finding.message.endswith("it looks for 1200 and finds D4 100 instead of D3 1000.")


def test_falling_keys_are_right_for_match_minus_one_and_wrong_for_match_one() -> None:
    keys = _down([50, 40, 30, 20, 10]) | {"A2": 35}

    assert _findings(book(keys | {"B2": ("=MATCH(A2,$D$2:$D$6,-1)", 2.0)})) == []
    (finding,) = _findings(book(keys | {"B2": ("=MATCH(A2,$D$2:$D$6,1)", "#N/A")}))
    assert finding.severity is Severity.HIGH
    assert "D2 50 stands before D3 40" in finding.message


def test_rising_keys_are_wrong_for_match_minus_one() -> None:
    cells = _down([10, 20, 30, 40, 50]) | {"A2": 35, "B2": ("=MATCH(A2,$D$2:$D$6,-1)", "#N/A")}

    (finding,) = _findings(book(cells))

    assert "takes the keys in D2:D6 for falling, but D2 10 stands before" in finding.message


def test_keys_in_a_row_are_looked_at_by_hlookup_and_by_match() -> None:
    cells: Cells = {"D2": 30, "E2": 10, "F2": 20, "D3": 1, "E3": 2, "F3": 3, "A2": 20}
    for formula in ("=HLOOKUP(A2,$D$2:$F$3,2)", "=MATCH(A2,$D$2:$F$2)", "=LOOKUP(A2,$D$2:$F$3)"):
        (finding,) = _findings(book(cells | {"B9": (formula, 1.0)}))
        assert finding.evidence["keys"] == "D2:F2"


def test_all_lookups_in_one_range_are_one_finding_with_all_their_cells() -> None:
    cells = _down(FRUIT)
    for row in range(2, 8):
        cells[f"A{row}"] = FRUIT[row - 2]
        cells[f"B{row}"] = (f"=VLOOKUP(A{row},$D$2:$E$7,2)", float(row))
    cells["B5"] = ("=VLOOKUP(A5,$D$2:$E$7,2)", 3.0)

    (finding,) = _findings(book(cells))

    assert (finding.severity, finding.ranges) == (Severity.HIGH, ("B2:B7",))
    assert finding.evidence["wrong key"] == "1"
    assert finding.message.endswith("(6 lookups in these keys).")


def test_two_tables_in_one_column_are_two_findings() -> None:
    cells = _down(FRUIT) | _down(FRUIT, top=20)
    cells |= {
        "A2": "Banana",
        "B2": ("=MATCH(A2,$D$2:$D$7)", 1.0),
        "B3": ("=MATCH(A2,$D$20:$D$25)", 1.0),
    }

    assert [one.ranges for one in _findings(book(cells))] == [("B2",), ("B3",)]


def test_a_range_that_moves_with_its_formula_is_looked_at_where_it_lies() -> None:
    cells = _down([1, 2, 3, 9, 4, 5, 6, 7, 8, 10]) | {"A1": 3}
    for row in (2, 3, 7, 8):
        cells[f"B{row}"] = (f"=MATCH($A$1,D{row}:D{row + 3})", 1.0)

    assert [one.ranges for one in _findings(book(cells))] == [("B3",)]


def test_keys_on_another_sheet_are_named_with_it() -> None:
    prices = _down(FRUIT)
    own: Cells = {"A2": "Banana", "B2": ("=VLOOKUP(A2,'Price list'!$D$2:$E$7,2)", 3.0)}

    (finding,) = _findings(book({"Price list": prices, "Bill": own}))

    assert (finding.sheet, finding.evidence["keys"]) == ("Bill", "'Price list'!D2:D7")


def test_an_array_constant_out_of_order_is_found() -> None:
    grades = '=LOOKUP(A2,{0,60,80,70},{"F","D","B","C"})'

    (finding,) = _findings(book({"A2": 75, "B2": (grades, "D")}))

    assert finding.evidence["out of order"] == "80 stands before 70"
    assert finding.severity is Severity.HIGH


@pytest.mark.parametrize(
    "formula",
    [
        '=LOOKUP(A2,{0,60,70,80},{"F","D","C","B"})',
        '=VLOOKUP(A2,{-5,"a";0,"b";60,"c"},2)',
        '=MATCH(A2,{"a";"b"},0)',
    ],
)
def test_sorted_array_constants_stay_silent(formula: str) -> None:
    assert _findings(book({"A2": 75, "B2": (formula, "D")})) == []


def test_texts_looked_up_without_asking_for_an_exact_match_are_told_when_asked_for() -> None:
    cells = _down(sorted(FRUIT)) | {"A2": "Banana", "B2": ("=VLOOKUP(A2,$D$2:$E$7,2)", 3.0)}

    (finding,) = _findings(book(cells))

    assert (finding.severity, finding.tier) == (Severity.LOW, Tier.MORE)


def test_two_lookups_of_one_formula_in_the_same_keys_are_told_once() -> None:
    cells = _down(sorted(FRUIT)) | {
        "A2": "Banana",
        "B2": ("=MATCH(A2,$D$2:$D$7)-MATCH(A2,$D$2:$D$7)", 0.0),
    }

    assert [one.ranges for one in _findings(book(cells))] == [("B2",)]


def test_a_text_that_is_not_among_the_keys_is_medium_and_alone_accused() -> None:
    cells = _down(sorted(FRUIT))
    wanted = ["Banana", "Apple", "Melon", "Fig"]
    for row, text in enumerate(wanted, 2):
        cells |= {f"A{row}": text, f"B{row}": (f"=VLOOKUP(A{row},$D$2:$E$7,2)", 3.0)}

    (finding,) = _findings(book(cells))

    assert (finding.severity, finding.tier, finding.ranges) == (
        Severity.MEDIUM,
        Tier.DEFAULT,
        ("B4",),
    )
    assert finding.message == (
        'B4 looks for "Melon", which is not among the keys in D2:D7, and takes the entry before it.'
    )


@pytest.mark.parametrize(
    "formula",
    [
        "=VLOOKUP(A2,$D$2:$E$7,2,TRUE)",
        '=IF(VLOOKUP(A2,$D$2:$E$7,1)=A2,VLOOKUP(A2,$D$2:$E$7,2),"")',
        "=LOOKUP(A2,$D$2:$D$7,$E$2:$E$7)",
    ],
)
def test_an_approximate_match_that_is_stated_or_checked_stays_silent(formula: str) -> None:
    cells = _down(sorted(FRUIT)) | {"A2": "Melon", "B2": (formula, 3.0)}

    assert _findings(book(cells)) == []


def test_blank_and_missing_values_stay_silent() -> None:
    cells = _down(FRUIT) | {"B2": ("=VLOOKUP(A2,$D$2:$E$7,2)", "#N/A")}

    assert _findings(book(cells)) == []


def test_letters_of_control_do_not_get_into_a_message() -> None:
    keys: list[Value] = ["b\x1b[31m", "a\u202e", "c"]
    cells = _down(keys) | {"A2": "c", "B2": ("=VLOOKUP(A2,$D$2:$E$4,2)", 4.0)}

    (finding,) = _findings(book(cells))

    assert finding.message.isprintable()
