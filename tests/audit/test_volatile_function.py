"""The rule volatile-function: what is calculated anew at each change, and how far it reaches."""

from __future__ import annotations

import pytest

from tests.books import CellSpec, book
from tickmark.audit.rule import Facts
from tickmark.audit.rules.volatile_function import volatile_function
from tickmark.model.address import RangeRef
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.model.grid import FormulaGroup, FormulaKind
from tickmark.model.workbook import DefinedName, Workbook
from tickmark.structure.formulas import formulas_of


def _findings(workbook: Workbook) -> list[Finding]:
    return list(volatile_function.check(Facts(workbook, formulas_of(workbook))))


def _chain(first: str, length: int) -> dict[str, CellSpec]:
    """A formula in A1 and so many formulas below it, each of which needs the one above."""
    cells: dict[str, CellSpec] = {"A1": (first, 1.0)}
    for row in range(2, length + 2):
        cells[f"A{row}"] = (f"=A{row - 1}+1", 1.0)
    return cells


def _plain(count: int) -> dict[str, CellSpec]:
    return {f"F{row}": (f"=E{row}*2", 2.0) for row in range(1, count + 1)}


def test_chance_that_decides_about_other_cells_is_medium() -> None:
    (finding,) = _findings(book(_chain("=RAND()", 2) | _plain(97)))

    assert finding == Finding(
        rule="volatile-function",
        severity=Severity.MEDIUM,
        message="RAND is called in 1 formula, first in A1; 2 more formulas depend on it (3.0% of "
        "the workbook are calculated at each change).",
        sheet="Sheet1",
        ranges=("A1",),
        evidence={
            "found": "=RAND()",
            "formulas with it": "1",
            "formulas behind": "2",
            "share of all formulas": "3.0%",
        },
        fix="Enter the value once as an input, and let formulas refer to it.",
        confidence=0.9,
        tier=Tier.MORE,
        key="RAND",
    )


@pytest.mark.parametrize("function", ["RAND", "RANDBETWEEN", "_xlfn.RANDARRAY", "NOW", "TODAY"])
def test_the_clock_and_chance_are_medium_where_others_depend_on_them(function: str) -> None:
    severities = [one.severity for one in _findings(book(_chain(f"={function}()", 1) | _plain(98)))]

    assert severities == [Severity.MEDIUM]


@pytest.mark.parametrize("formula", ["=NOW()", "=TODAY()", "=RAND()", '=CELL("filename",A2)'])
def test_what_nothing_depends_on_is_low(formula: str) -> None:
    (finding,) = _findings(book(_plain(99) | {"A1": formula}))

    assert finding.severity is Severity.LOW
    assert "depend" not in finding.message


@pytest.mark.parametrize(
    ("behind", "others", "severity"),
    [(30, 100, Severity.MEDIUM), (5, 100, Severity.LOW), (5, 5, Severity.LOW)],
)
def test_offset_is_medium_where_it_reaches_a_tenth_of_the_formulas(
    behind: int, others: int, severity: Severity
) -> None:
    cells = _chain("=SUM(OFFSET(D1,0,0,3))", behind) | _plain(others)

    (finding,) = _findings(book(cells))

    assert (finding.severity, finding.key) == (severity, "OFFSET")
    assert finding.evidence["formulas behind"] == str(behind)


def test_one_finding_for_each_function_and_sheet() -> None:
    cells: dict[str, CellSpec] = {
        "A1": "=TODAY()",
        "A2": "=TODAY()+INDIRECT(B1)",
        "A5": '=INDIRECT("B"&2)',
    }

    found = _findings(book({"One": cells, "Two": {"C3": "=TODAY()"}}))

    assert [(one.sheet, one.key, one.ranges) for one in found] == [
        ("One", "INDIRECT", ("A2", "A5")),
        ("One", "TODAY", ("A1:A2",)),
        ("Two", "TODAY", ("C3",)),
    ]


def test_a_name_that_hides_a_volatile_function_counts() -> None:
    names = [
        DefinedName("Window", "OFFSET(Sheet1!$A$1,0,0,5)"),
        DefinedName("Twice", "SUM(Window)*2"),
    ]

    found = _findings(book({"A1": 1, "C1": "=SUM(Window)", "C2": "=Twice"}, names=names))

    assert [(one.key, one.ranges) for one in found] == [("OFFSET", ("C1:C2",))]


def test_names_in_a_circle_come_to_an_end() -> None:
    names = [DefinedName("One", "Two+1"), DefinedName("Two", "One+NOW()")]

    assert [one.key for one in _findings(book({"A1": "=One"}, names=names))] == ["NOW"]


@pytest.mark.parametrize(
    "formula",
    [
        '=SUMPRODUCT((A:A="x")*(B:B))',
        "=SUMPRODUCT(--(LEFT(A:A,2)=D1),B:B)",
        "=SUMPRODUCT(Data!$A:$C*1)",
        "=1+SUMPRODUCT(2:2*1)",
    ],
)
def test_whole_columns_in_sumproduct_are_told(formula: str) -> None:
    (finding,) = _findings(book({"D2": formula}))

    assert (finding.key, finding.severity) == ("whole columns", Severity.LOW)


def test_whole_columns_in_an_array_formula_are_told() -> None:
    workbook = book({"S": {"D2": ("=SUM(IF(A:A=D1,B:B))", 5)}})
    groups = workbook.sheets[0].cells.formula_groups
    groups[0] = FormulaGroup(FormulaKind.ARRAY, 2, 4, RangeRef("S", 2, 4, 2, 4))  # type: ignore[index]

    assert [one.key for one in _findings(workbook)] == ["whole columns"]


@pytest.mark.parametrize(
    "formula",
    [
        "=SUM(A:A)",
        "=SUMIFS(B:B,A:A,D1)",
        "=VLOOKUP(D1,A:B,2,FALSE)",
        "=INDEX(B:B,MATCH(D1,A:A,0))",
        "=SUMPRODUCT(A1:A9,B1:B9)",
        "=SUMPRODUCT(SUMIFS(B:B,A:A,D1:D3))",
        "=SUMPRODUCT(A1:A9)+SUM(B:B)",
        "=A1*2",
        '=IF(A1="NOW()","TODAY()","RAND")',
        "=TODAYS+1",
        "=MYRAND()",
        "=INDEX(A1:A9,3)",
    ],
)
def test_formulas_that_change_only_with_their_cells_stay_silent(formula: str) -> None:
    assert _findings(book({"D2": formula})) == []


def test_texts_stay_silent() -> None:
    assert _findings(book({"A1": "NOW()", "A2": "'=RAND()"})) == []
