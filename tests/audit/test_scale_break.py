"""The rule scale-break: what it accuses and what it leaves alone."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.books import CellSpec, Value, book, sheet
from tickmark.audit.rule import Facts
from tickmark.audit.rules.scale_break import scale_break
from tickmark.model.address import cell_address, parse_cell
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.model.workbook import Workbook
from tickmark.structure.formulas import formulas_of

Cells = dict[str, CellSpec]


def _findings(workbook: Workbook) -> list[Finding]:
    return list(scale_break.check(Facts(workbook, formulas_of(workbook))))


def _months(*rows: Sequence[CellSpec], labels: Sequence[str] = ()) -> Cells:
    """A table of items by months; each row has one item."""
    names = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    cells: Cells = {"A1": "Item"}
    cells |= {cell_address(1, 2 + at): names[at] for at in range(len(rows[0]))}
    for row, values in enumerate(rows, 2):
        cells[f"A{row}"] = labels[row - 2] if labels else f"Item {chr(63 + row)}"
        cells |= {cell_address(row, 2 + at): value for at, value in enumerate(values)}
    return cells


def _turned(cells: Cells) -> Cells:
    return {cell_address(*reversed(parse_cell(address))): value for address, value in cells.items()}


FUEL = (1180, 1210, 1250000, 1190, 1230, 1260, 1205)
OIL = (310, 325, 290, 330, 305, 315, 320)
GAS = (41, 44, 39, 42, 40, 45, 43)


def test_a_value_in_another_unit_is_accused_with_what_the_others_are_like() -> None:
    (finding,) = _findings(book(_months(FUEL, OIL, GAS)))

    assert finding == Finding(
        rule="scale-break",
        severity=Severity.MEDIUM,
        message="D2 holds 1250000, about 1,000 times the 6 other values of its row (1180 to 1260).",
        sheet="Sheet1",
        ranges=("D2",),
        evidence={
            "found": "1250000",
            "others": "6 values, 1180 to 1260",
            "expected": "1250",
        },
        fix="Check the value against its source and bring it to the unit of the others.",
        confidence=0.7,
        tier=Tier.MORE,
        key="1,000 Item A",
        siblings=("C2", "E2"),
    )


@pytest.mark.parametrize("odd", [1250000, 1.25, 124000, 12.4])
def test_values_too_large_and_too_small_are_found_in_rows_and_columns(odd: float) -> None:
    cells = _months((1180, 1210, odd, 1190, 1230, 1260, 1205), OIL, GAS)

    assert [one.ranges for one in _findings(book(cells))] == [("D2",)]
    assert [one.ranges for one in _findings(book(_turned(cells)))] == [("B4",)]


@pytest.mark.parametrize(
    "values",
    [
        (1180, 1210, 1250, 1190, 1230, 1260, 1205),
        (1180, 1210, 12500, 1190, 1230, 1260, 1205),
        (1180, 1210, 40000, 1190, 1230, 1260, 1205),
        (1180, 1210, 0, 1190, 1230, 1260, 1205),
        (1180, 1210, None, 1190, 1230, 1260, 1205),
        (1180, 1210, "n/a", 1190, 1230, 1260, 1205),
        (1250000, 1180, 1210, 1190, 1230, 1260, 1205),
        (1180, 1210, 1190, 1230, 1260, 1205, 1250000),
        (1180, 1250000, 1190, 1230, 1260, 1205),
        (1180, 1250000, 1190, 1230, 1250000, 1205, 1210, 1220),
        (1, 20, 300, 1250000, 50, 600, 7000),
        (2019, 2020, 2021, 2022, 2023, 2024, 2025),
    ],
)
def test_smooth_short_and_uneven_lines_and_their_ends_stay_silent(values: list[Value]) -> None:
    cells = _months(values, OIL[: len(values)])

    assert _findings(book(cells)) == []
    assert _findings(book(_turned(cells))) == []


def test_a_column_of_another_unit_stays_silent() -> None:
    rows = [[1000 * value if at == 2 else value for at, value in enumerate(r)] for r in (OIL, GAS)]

    assert _findings(book(_months(*rows))) == []


def test_copies_of_one_formula_stay_silent_and_a_formula_of_its_own_does_not() -> None:
    above = _months(FUEL, OIL, GAS)
    copies: Cells = {
        f"{c}3": (f"={c}2*2", 2.0 * value) for c, value in zip("BCDEFGH", FUEL, strict=True)
    }
    found = [one.ranges for one in _findings(book(above | copies))]
    own = above | copies | {"D2": 1250, "D3": ("=D2*2*1000", 2500000)}

    assert ("D3",) not in found
    assert [one.ranges for one in _findings(book(own))] == [("D3",)]


COSTS = (1180, 1210, -1250, 1190, 1230, 1260, 1205)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_cost_with_the_other_sign_is_accused(sign: int) -> None:
    values = [sign * value for value in COSTS]
    others = [[sign * value for value in row] for row in (OIL, GAS)]
    labels = ("Fuel costs", "Oil", "Gas")

    (finding,) = _findings(book(_months(values, *others, labels=labels)))

    assert (finding.ranges, finding.evidence["expected"]) == (("D2",), f"{sign * 1250}")


@pytest.mark.parametrize("label", ["Profit", "Net costs", "Cost variance", "Change in prices"])
def test_signs_of_what_may_be_negative_stay_silent(label: str) -> None:
    assert _findings(book(_months(COSTS, OIL, labels=(label, "Oil")))) == []


def test_a_negative_cost_in_a_column_of_negative_numbers_stays_silent() -> None:
    minus = [-value if at == 2 else value for at, value in enumerate(OIL)]

    assert _findings(book(_months(COSTS, minus, labels=("Fuel costs", "Oil costs")))) == []


def _formatted(cells: Cells, *shown: str) -> Workbook:
    return book({"S": sheet(cells, formats=dict.fromkeys(shown, "0.0%"))})


RATES = (0.051, 0.049, 0.052, 0.05, 0.048, 0.053, 0.051)


def test_one_number_without_per_cent_among_percentages_is_told() -> None:
    cells = _months(RATES, RATES)
    shown = [f"{c}{row}" for c in "BCDEFGH" for row in (2, 3)]

    (finding,) = _findings(_formatted(cells, *[one for one in shown if one != "D2"]))

    assert (finding.severity, finding.ranges) == (Severity.LOW, ("D2",))
    assert finding.message == (
        "D2 is shown not as a percentage, unlike the 6 other values of its row (0.048 to 0.053)."
    )


def test_five_among_five_per_cents_is_a_break_of_scale() -> None:
    cells = _months((0.051, 0.049, 5, 0.05, 0.048, 0.053, 0.051), RATES)
    shown = [f"{c}{row}" for c in "BCDEFGH" for row in (2, 3) if (c, row) != ("D", 2)]

    (finding,) = _findings(_formatted(cells, *shown))

    assert (finding.severity, finding.evidence["expected"]) == (Severity.MEDIUM, "0.05")


def test_a_row_of_percentages_below_numbers_stays_silent() -> None:
    cells = _months(FUEL[:2] + OIL[:5], OIL, RATES)

    assert _findings(_formatted(cells, *[f"{c}4" for c in "BCDEFGH"])) == []


def test_a_column_of_percentages_beside_numbers_stays_silent() -> None:
    cells = _months(RATES, RATES)

    assert _findings(_formatted(cells, "D2", "D3")) == []


def test_inputs_of_different_kinds_below_each_other_stay_silent() -> None:
    cells: Cells = {"A1": "Inputs"}
    inputs = (("Price", 1200), ("Cost", 1100), ("Rent", 1250000), ("Fee", 1300), ("Tax", 1150))
    for row, (name, value) in enumerate((*inputs, ("Wage", 1180), ("Freight", 1220)), 2):
        cells |= {f"A{row}": name, f"B{row}": value}

    assert _findings(book(cells)) == []
