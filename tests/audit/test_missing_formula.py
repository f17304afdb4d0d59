"""The rule missing-formula: lines of numbers that follow from their neighbours, and chance."""

from __future__ import annotations

import pytest

from tests.books import CellSpec, book
from tickmark.audit.rule import Facts
from tickmark.audit.rules.missing_formula import missing_formula
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.structure.formulas import formulas_of

Cells = dict[str, CellSpec]

ROWS = range(2, 8)
FIRST = {2: 417.0, 3: 388.0, 4: 951.0, 5: 127.0, 6: 633.0, 7: 274.0}
SECOND = {2: 58.0, 3: 91.0, 4: 37.0, 5: 84.0, 6: 29.0, 7: 66.0}


def _findings(cells: Cells) -> list[Finding]:
    workbook = book(cells)
    return list(missing_formula.check(Facts(workbook, formulas_of(workbook))))


def _table(third: dict[int, CellSpec], *, head: str = "Result") -> Cells:
    cells: Cells = {"A1": "Item", "B1": "First", "C1": "Second", "D1": head}
    for row in ROWS:
        cells |= {f"A{row}": f"Item {row}", f"B{row}": FIRST[row], f"C{row}": SECOND[row]}
        cells[f"D{row}"] = third[row]
    return cells


@pytest.mark.parametrize(
    ("values", "formula"),
    [
        ({row: FIRST[row] + SECOND[row] for row in ROWS}, "=SUM(B2:C2)"),
        ({row: FIRST[row] - SECOND[row] for row in ROWS}, "=B2-C2"),
        ({row: FIRST[row] * SECOND[row] for row in ROWS}, "=B2*C2"),
        ({row: round(FIRST[row] / SECOND[row], 3) for row in ROWS}, "=B2/C2"),
        ({row: round(100 * SECOND[row] / FIRST[row], 2) for row in ROWS}, "=100*C2/B2"),
    ],
)
def test_a_column_that_follows_from_two_others_is_told_when_asked(
    values: dict[int, CellSpec], formula: str
) -> None:
    doubled: Cells = {f"E{row}": (f"=B{row}*2", 2 * FIRST[row]) for row in ROWS}
    (finding,) = _findings(_table(values) | {"E1": "Double"} | doubled)
    assert (finding.ranges, finding.fix, finding.tier, finding.severity) == (
        ("D2:D7",),
        formula,
        Tier.MORE,
        Severity.INFO,
    )


def test_a_region_without_formulas_is_searched_for_sums_only() -> None:
    sums: dict[int, CellSpec] = {row: FIRST[row] + SECOND[row] for row in ROWS}
    (finding,) = _findings(_table(sums))
    assert (finding.ranges, finding.fix) == (("D2:D7",), "=SUM(B2:C2)")
    assert _findings(_table({row: FIRST[row] * SECOND[row] for row in ROWS})) == []


def test_a_column_that_does_not_follow_stays_silent() -> None:
    values: dict[int, CellSpec] = {2: 13.0, 3: 977.0, 4: 205.0, 5: 618.0, 6: 44.0, 7: 359.0}
    assert _findings(_table(values)) == []


def test_one_number_that_differs_too_many_stays_silent() -> None:
    values: dict[int, CellSpec] = {row: FIRST[row] + SECOND[row] for row in ROWS}
    assert _findings(_table(values | {4: 1.0})) == []


def test_a_column_from_which_another_is_calculated_is_an_input() -> None:
    """D is First minus Second; Second is typed and is First minus D as well."""
    values: dict[int, CellSpec] = {
        row: (f"=B{row}-C{row}", FIRST[row] - SECOND[row]) for row in ROWS
    }
    assert _findings(_table(values)) == []


def test_numbers_whose_twin_column_divides_by_one_number_are_shown_without_asking() -> None:
    cells: Cells = {"A1": "Group", "B1": "2000", "D1": "1995"}
    cells |= {"A2": "Name", "B2": "Amount", "C2": "Share", "D2": "Amount", "E2": "Share"}
    for row, (first, second) in enumerate(zip(FIRST.values(), SECOND.values(), strict=True), 3):
        cells |= {
            f"A{row}": f"Name {row}",
            f"B{row}": first * 1001,
            f"C{row}": first * 1001 / 2331288562,
            f"D{row}": second * 997,
            f"E{row}": (f"=D{row}/1959668327", second * 997 / 1959668327),
        }
    found = _findings(cells)
    assert [(one.ranges, one.fix, one.tier) for one in found] == [
        (("C3:C8",), "=B3/2331288562", Tier.DEFAULT)
    ]
    assert found[0] == Finding(
        rule="missing-formula",
        severity=Severity.MEDIUM,
        message="6 plain numbers (C3:C8) can be calculated from the cells near by: C3 holds "
        "0.000179049906907234, which is B3/2331288562.",
        sheet="Sheet1",
        ranges=("C3:C8",),
        evidence={"found": "0.000179049906907234", "expected": "=B3/2331288562", "cells": "6"},
        fix="=B3/2331288562",
        confidence=0.7,
        key="share column [-1]",
    )


def test_lines_that_grow_at_one_rate_are_no_products_of_each_other() -> None:
    cells: Cells = {"A1": "Item"}
    cells |= {f"{letter}1": f"Plan {letter}" for letter in "BCDEFGH"}
    for row in range(2, 9):
        cells[f"A{row}"] = f"Item {row}"
        for at, letter in enumerate("BCDEFGH"):
            cells[f"{letter}{row}"] = round(113.7 * row * row * 1.03**at, 6)
    assert [one for one in _findings(cells) if one.tier is Tier.DEFAULT] == []
    assert all("*" not in one.fix and "/" not in one.fix for one in _findings(cells))


def test_a_row_that_is_partly_a_sum_and_partly_typed_is_shown_without_asking() -> None:
    cells: Cells = {"A1": "Item", "A2": "North", "A3": "South", "A4": "West", "A5": "All shops"}
    for at, letter in enumerate("BCDEFGH"):
        parts = [101.0 + 37 * at, 257.0 + 11 * at, 93.0 + 53 * at]
        cells[f"{letter}1"] = f"Week {at}"
        cells |= {f"{letter}{row}": value for row, value in enumerate(parts, 2)}
        cells[f"{letter}5"] = sum(parts)
    cells |= {"G5": ("=G2+G3+G4", 916.0), "H5": ("=H2+H3+H4", 1017.0)}
    found = [one for one in _findings(cells) if one.tier is Tier.DEFAULT]
    assert [(one.ranges, one.fix) for one in found] == [(("B5:F5",), "=SUM(B2:B4)")]
