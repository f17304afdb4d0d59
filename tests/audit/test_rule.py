"""The mechanism of rules: documentation, codes, catalogue, order of findings."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from tests.books import book, sheet
from tickmark.audit.audit import audit
from tickmark.audit.catalogue import rule_named, rules
from tickmark.audit.rule import HEADINGS, Facts, rule
from tickmark.model.finding import Finding, Severity
from tickmark.model.workbook import DefinedName


def _documented(_facts: Facts) -> Iterable[Finding]:
    """A cell is red.

    What it finds:
        Red cells.

    Why it matters:
        They are
        red.

    Example:
        A1.

    Fix:
        Paint it.

    Source:
        None.

    Known false alarms:
        Blue cells.
    """
    return ()


def _without_fix(_facts: Facts) -> Iterable[Finding]:
    """A cell is red.

    What it finds:
        Red cells.
    """
    return ()


def _undocumented(_facts: Facts) -> Iterable[Finding]:
    return ()


def test_a_rule_reads_its_documentation_from_the_docstring() -> None:
    made = rule("red-cell", severity=Severity.LOW)(_documented)
    assert (made.code, made.severity, made.summary) == ("red-cell", Severity.LOW, "A cell is red.")
    assert tuple(made.sections) == HEADINGS
    assert made.sections["Why it matters"] == "They are\nred."
    assert made.check is _documented


def test_a_missing_heading_is_named() -> None:
    with pytest.raises(ValueError, match="red-cell-b lacks Why it matters, Example, Fix, Source"):
        rule("red-cell-b", severity=Severity.LOW)(_without_fix)


def test_a_rule_without_docstring_is_refused() -> None:
    with pytest.raises(ValueError, match="The documentation of the rule red-cell-c lacks"):
        rule("red-cell-c", severity=Severity.LOW)(_undocumented)


@pytest.mark.parametrize("code", ["Red", "red_cell", "red-", "", "r2"])
def test_a_code_is_lower_case_words(code: str) -> None:
    with pytest.raises(ValueError, match="is no rule code"):
        rule(code, severity=Severity.LOW)(_documented)


def test_a_code_belongs_to_one_module() -> None:
    assert rule_named("error-value") is not None
    with pytest.raises(ValueError, match="both define the rule error-value"):
        rule("error-value", severity=Severity.LOW)(_documented)


def test_the_catalogue_holds_every_rule_sorted_by_code() -> None:
    assert [(one.code, one.severity.word) for one in rules()] == [
        ("anchor-slip", "high"),
        ("blank-in-range", "low"),
        ("broken-link", "high"),
        ("broken-reference", "high"),
        ("circular-reference", "high"),
        ("complex-formula", "low"),
        ("concealed-text", "medium"),
        ("dead-end", "low"),
        ("double-count", "high"),
        ("empty-reference", "medium"),
        ("error-value", "high"),
        ("external-link", "low"),
        ("failing-check", "high"),
        ("hard-coded-number", "medium"),
        ("header-in-range", "high"),
        ("hidden-input", "low"),
        ("hidden-sheet", "medium"),
        ("inconsistent-formula", "high"),
        ("instruction-text", "high"),
        ("missing-formula", "medium"),
        ("number-among-formulas", "high"),
        ("omitted-cells", "high"),
        ("outward-formula", "high"),
        ("pasted-value", "medium"),
        ("plugged-total", "high"),
        ("repeated-constant", "low"),
        ("scale-break", "medium"),
        ("stopped-range", "high"),
        ("table-column-exception", "medium"),
        ("text-in-arithmetic", "high"),
        ("text-number", "high"),
        ("uneven-ranges", "high"),
        ("unlocked-formula", "low"),
        ("unsorted-lookup", "high"),
        ("unused-input", "low"),
        ("volatile-function", "medium"),
    ]


def test_an_unknown_code_names_no_rule() -> None:
    assert rule_named("no-such-rule") is None


def test_findings_come_worst_first_then_by_sheet_and_cell() -> None:
    workbook = book(
        {
            "Z": {"C3": ("=1/0", "#DIV/0!"), "A9": ("=NA()", "#N/A"), "B2": ("=0/0", "#DIV/0!")},
            "A": {"A1": "=A1"},
            "H": sheet({"A1": 1}, state="veryHidden"),
        },
        names=[DefinedName("Old", "#REF!")],
    )
    assert [(f.severity.word, f.rule, f.sheet, f.ranges) for f in audit(workbook)] == [
        ("high", "error-value", "Z", ("B2",)),
        ("high", "error-value", "Z", ("C3",)),
        ("high", "circular-reference", "A", ("A1",)),
        ("medium", "hidden-sheet", "H", ()),
        ("low", "broken-reference", "", ()),
        ("low", "error-value", "Z", ("A9",)),
    ]


def test_a_clean_workbook_has_no_findings() -> None:
    assert audit(book({"A1": "Price", "A2": 3, "A3": ("=A2*2", 6)})) == ()


def test_an_empty_workbook_has_no_findings() -> None:
    assert audit(book({"S": sheet({})})) == ()
