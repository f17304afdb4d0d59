"""The rule blank-in-range: totals that take in a blank row at the end, and others."""

from __future__ import annotations

from tests.books import CellSpec, book
from tickmark.audit.rule import Facts
from tickmark.audit.rules.blank_in_range import blank_in_range
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.structure.formulas import formulas_of

Cells = dict[str, CellSpec]


def _findings(**sheets: Cells) -> list[Finding]:
    workbook = book(dict(sheets))
    return list(blank_in_range.check(Facts(workbook, formulas_of(workbook))))


def _list(end: int, *, total: int = 9, filled: int = 6) -> Cells:
    """A list of numbers in B2 to B6 with a total that takes the rows up to `end`."""
    cells: Cells = {"A1": "Item", "B1": "Amount", f"A{total}": "Total"}
    for row in range(2, filled + 1):
        cells |= {f"A{row}": f"Item {row}", f"B{row}": 10.0 + row}
    return cells | {f"B{total}": (f"=SUM(B2:B{end})", 70.0)}


def test_a_total_that_takes_in_a_blank_row_beside_one_that_does_not() -> None:
    assert _findings(One=_list(7), Other=_list(6)) == [
        Finding(
            rule="blank-in-range",
            severity=Severity.LOW,
            message="B9 takes B2:B7, which ends with a blank row; the data end in B6, while 1 "
            "total of the workbook ends with the data.",
            sheet="One",
            ranges=("B9",),
            evidence={
                "found": "=SUM(B2:B7)",
                "expected": "=SUM(B2:B6)",
                "found R1C1": "=SUM(R[-7]C:R[-2]C)",
                "totals that end with a blank row": "1",
                "totals that end with the data": "1",
            },
            fix="=SUM(B2:B6)",
            confidence=0.6,
            tier=Tier.DEFAULT,
            key="SUM(R[-7]C:R[-2]C)",
        )
    ]


def test_where_all_totals_take_in_a_blank_row_it_is_told_only_when_asked() -> None:
    assert [one.tier for one in _findings(One=_list(7), Other=_list(8))] == [Tier.MORE, Tier.MORE]


def test_totals_that_end_with_the_data_stay_silent() -> None:
    assert _findings(One=_list(6), Other=_list(6)) == []


def test_a_row_that_is_not_blank_all_over_stays_silent() -> None:
    worded = _list(7) | {"A7": "Item 7, to come"}
    assert _findings(One=worded, Other=_list(6)) == []


def test_a_range_over_many_blank_rows_is_room_for_a_list_that_grows() -> None:
    assert _findings(One=_list(17, total=19), Other=_list(6)) == []


def test_a_formula_far_from_its_range_is_no_total() -> None:
    assert _findings(One=_list(7, total=40), Other=_list(6)) == []


def test_a_total_above_its_list_stays_silent() -> None:
    above: Cells = {"A1": "Total", "B1": ("=SUM(B2:B9)", 63.0)}
    above |= {f"B{row}": 10.0 for row in range(2, 8)}
    assert _findings(One=above, Other=_list(6)) == []


def test_totals_of_a_row_are_one_finding() -> None:
    cells = _list(7)
    cells |= {f"C{row}": 5.0 for row in range(2, 7)} | {"C9": ("=SUM(C2:C7)", 25.0)}
    (finding,) = _findings(One=cells, Other=_list(6))
    assert finding.ranges == ("B9:C9",)


def test_a_grand_total_over_blocks_with_blank_rows_between_them_stays_silent() -> None:
    cells: Cells = {"A1": "Shop", "B1": "Amount"}
    for top in (2, 6, 10):
        cells |= {f"A{top}": "One", f"B{top}": 10.0, f"A{top + 1}": "Two", f"B{top + 1}": 20.0}
        cells |= {f"A{top + 2}": "Total", f"B{top + 2}": (f"=SUBTOTAL(9,B{top}:B{top + 1})", 30.0)}
    cells |= {"A14": "All", "B14": ("=SUBTOTAL(9,B2:B13)", 90.0)}

    assert _findings(One=cells, Other=_list(6)) == []
