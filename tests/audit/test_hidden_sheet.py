"""The rule hidden-sheet: what it names and what it leaves alone."""

from __future__ import annotations

import pytest

from tests.books import CellSpec, book, sheet
from tickmark.audit.rule import Facts
from tickmark.audit.rules.hidden_sheet import hidden_sheet
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.model.workbook import DefinedName, Workbook
from tickmark.structure.formulas import formulas_of


def _findings(workbook: Workbook) -> list[Finding]:
    return list(hidden_sheet.check(Facts(workbook, formulas_of(workbook))))


def test_a_hidden_sheet_that_visible_ones_read_is_told() -> None:
    workbook = book(
        {
            "Front": {"A1": "=Rates!A1", "A2": "=Rates!A1*2"},
            "Rates": sheet({"A1": 7}, state="hidden"),
        }
    )
    (finding,) = _findings(workbook)
    assert (finding.severity, finding.tier, finding.sheet, finding.ranges) == (
        Severity.INFO,
        Tier.MORE,
        "Rates",
        (),
    )
    assert finding.message == "The sheet is hidden; 2 formulas on Front read from it."
    assert "7" not in str(finding.evidence)


@pytest.mark.parametrize("reader", [{"A1": "=Rates!A1"}, {"A1": 1}])
def test_a_very_hidden_sheet_is_low_read_or_not(reader: dict[str, CellSpec]) -> None:
    workbook = book({"Front": reader, "Rates": sheet({"A1": 7}, state="veryHidden")})
    (finding,) = _findings(workbook)
    assert (finding.severity, finding.tier) == (Severity.LOW, Tier.DEFAULT)


def test_a_name_that_leads_to_the_hidden_sheet_counts() -> None:
    workbook = book(
        {"Front": {"A1": "=Rate"}, "Rates": sheet({"A1": 7}, state="hidden")},
        names=[DefinedName("Rate", "Rates!$A$1")],
    )
    assert len(_findings(workbook)) == 1


@pytest.mark.parametrize(
    "pages",
    [
        {"Front": {"A1": "=Rates!A1"}, "Rates": {"A1": 7}},
        {"Front": {"A1": 1}, "Lists": sheet({"A1": 7}, state="hidden")},
        {"Front": {"A1": 1}, "Empty": sheet({}, state="veryHidden")},
        {
            "Front": {"A1": 1},
            "H1": sheet({"A1": 7}, state="hidden"),
            "H2": sheet({"A1": "=H1!A1"}, state="hidden"),
        },
        {"Front": {"A1": '="Rates!A1"'}, "Rates": sheet({"A1": 7}, state="hidden")},
    ],
)
def test_a_hidden_sheet_that_nothing_visible_reads_stays_silent(
    pages: dict[str, object],
) -> None:
    assert _findings(book(pages)) == []
