"""The rule complex-formula: what is too long or too deep to be read."""

from __future__ import annotations

import pytest

from tests.books import CellSpec, book, sheet
from tickmark.audit.rule import Facts
from tickmark.audit.rules.complex_formula import complex_formula
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.model.workbook import Workbook
from tickmark.structure.formulas import formulas_of

FIVE_IFS = "=IF(A2<1,1,IF(A2<2,2,IF(A2<3,3,IF(A2<4,4,IF(A2<5,5,6)))))"


def _findings(workbook: Workbook) -> list[Finding]:
    return list(complex_formula.check(Facts(workbook, formulas_of(workbook))))


def _nested(function: str, depth: int) -> str:
    return "=" + f"{function}(" * depth + "A1" + ")" * depth


def test_a_chain_of_five_ifs_is_told_with_its_numbers() -> None:
    (finding,) = _findings(book({"B2": FIVE_IFS, "B3": FIVE_IFS.replace("A2", "A3")}))

    assert finding == Finding(
        rule="complex-formula",
        severity=Severity.LOW,
        message="The formula in B2 has 5 IFs in each other; 2 cells have it or one of its kind.",
        sheet="Sheet1",
        ranges=("B2:B3",),
        evidence={
            "found": FIVE_IFS,
            "function calls": "5",
            "functions in each other": "5",
            "IFs in each other": "5",
            "sheets": "1",
            "letters": "56",
        },
        fix="Put the cases into a table of limits and results, and look the result up in it.",
        confidence=0.4,
        tier=Tier.MORE,
        key="IF(A<1,1,IF(A<1,1,IF(A<1,1,IF(A<1,1,IF(A<1,1,1)))))",
    )


@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        (_nested("ABS", 6), "6 functions in each other"),
        ("=" + "+".join(f"ABS(A{row})" for row in range(1, 10)), "9 function calls"),
        ("=" + "+".join(f"S{number}!A1" for number in range(1, 7)), "references to 6 sheets"),
        ("=" + "+".join(f"$A${row}" for row in range(100, 170)), "489 letters"),
        ("=A1+" + FIVE_IFS[1:], "5 IFs in each other"),
        ("=_xlfn.LET(_xlpm.x,A1," + _nested("ABS", 5)[1:] + "+_xlpm.x)", "6 functions"),
    ],
)
def test_each_limit_counts(formula: str, reason: str) -> None:
    (finding,) = _findings(book({"B2": formula}))

    assert reason in finding.message


@pytest.mark.parametrize(
    "formula",
    [
        _nested("ABS", 5),
        "=" + "+".join(f"ABS(A{row})" for row in range(1, 9)),
        "=" + "+".join(f"S{number}!A1" for number in range(1, 6)),
        "=SUM(Jan:Dec!A1)",
        "=S1!A1+S1!A2+S1!A3+S1!A4+S1!A5+S1!A6+S1!A7",
        "=IF(A2<1,1,IF(A2<2,2,IF(A2<3,3,IF(A2<4,4,5))))",
        "=IF(A1,1,2)+IF(A2,1,2)+IF(A3,1,2)+IF(A4,1,2)+IF(A5,1,2)",
        '="' + "a long remark " * 50 + '"&A1',
        "=((((((((((A1))))))))))",
        "=SUM(A1:A9)",
        "=A1",
    ],
)
def test_what_keeps_to_the_limits_stays_silent(formula: str) -> None:
    assert _findings(book({"B2": formula})) == []


def test_constants_and_texts_stay_silent() -> None:
    assert _findings(book({"A1": "x" * 1000, "A2": 5, "A3": FIVE_IFS[1:]})) == []


def test_formulas_that_differ_in_addresses_and_constants_are_one_finding() -> None:
    cells: dict[str, CellSpec] = {
        "B2": FIVE_IFS,
        "D9": FIVE_IFS.replace("A2", "$F$1").replace("<5", "<50"),
        "E9": FIVE_IFS.replace("<", ">"),
    }

    assert [one.ranges for one in _findings(book(cells))] == [("B2", "D9"), ("E9",)]


def test_each_sheet_has_its_own_finding() -> None:
    found = _findings(book({"One": {"B2": FIVE_IFS}, "Two": {"B2": FIVE_IFS}}))

    assert [one.sheet for one in found] == ["One", "Two"]


def test_members_of_a_shared_formula_are_told() -> None:
    (finding,) = _findings(book({"S": sheet({}, shared={"B2:B9": FIVE_IFS})}))

    assert finding.ranges == ("B2:B9",)


def test_what_exceeds_several_limits_is_surer() -> None:
    formula = "=" + "+".join(_nested("ABS", 6)[1:] for _ in range(20))

    (finding,) = _findings(book({"B2": formula}))

    assert finding.confidence == 0.8
    assert finding.message == (
        "The formula in B2 has 6 functions in each other, 120 function calls and 659 letters."
    )
