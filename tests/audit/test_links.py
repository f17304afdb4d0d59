"""The rules external-link and broken-link: each link is accused by one of them at most."""

from __future__ import annotations

import pytest

from tests.books import CellSpec, book
from tickmark.audit.rule import Facts
from tickmark.audit.rules.broken_link import broken_link
from tickmark.audit.rules.external_link import external_link
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.model.workbook import DefinedName, ExternalLink, Workbook
from tickmark.structure.formulas import formulas_of

CELLS: dict[str, CellSpec] = {"A1": ("=[1]S!A1", 1), "A2": ("=[1]S!A2", 2), "C5": ("=B5*2", 0)}


def _findings(workbook: Workbook) -> list[Finding]:
    facts = Facts(workbook, formulas_of(workbook))
    return [*external_link.check(facts), *broken_link.check(facts)]


def _workbook(target: str, cells: dict[str, CellSpec] = CELLS, **rest: object) -> Workbook:
    return book(cells, links=[ExternalLink(1, target)], **rest)  # type: ignore[arg-type]


def test_formulas_that_depend_on_another_workbook_are_named_with_its_target() -> None:
    (finding,) = _findings(_workbook("../plans/Prices%202024.xlsx"))
    assert (finding.rule, finding.severity, finding.tier) == (
        "external-link",
        Severity.LOW,
        Tier.MORE,
    )
    assert (finding.sheet, finding.ranges) == ("Sheet1", ("A1:A2",))
    assert finding.message == (
        "2 formulas depend on the other workbook ../plans/Prices 2024.xlsx (A1:A2)."
    )
    assert finding.evidence == {
        "target": "../plans/Prices 2024.xlsx",
        "formula": "=[1]S!A1",
        "formulas": "2",
    }


@pytest.mark.parametrize(
    ("target", "severity", "words"),
    [
        ("", Severity.HIGH, "not known any more ([1])"),
        (
            "file:///C:/Users/kim/Downloads/a.xlsx",
            Severity.MEDIUM,
            "one person's folders, C:/Users",
        ),
        ("/Users/kim/a.xlsx", Severity.MEDIUM, "one person's folders, /Users/kim/a.xlsx"),
        ("S:/Finance/a.xlsx", Severity.LOW, "a drive that others may not have, S:/Finance"),
    ],
)
def test_a_link_that_others_cannot_follow_is_broken(
    target: str, severity: Severity, words: str
) -> None:
    (finding,) = _findings(_workbook(target))
    assert (finding.rule, finding.severity, finding.ranges) == ("broken-link", severity, ("A1:A2",))
    assert words in finding.message


def test_a_formula_with_a_number_that_no_link_has_is_broken() -> None:
    (finding,) = _findings(book({"A1": "=[3]S!A1"}))
    assert (finding.rule, finding.severity) == ("broken-link", Severity.HIGH)
    assert finding.evidence["target"] == "[3] is not known"


@pytest.mark.parametrize(
    ("target", "rule", "severity"),
    [
        ("a.xlsx", "external-link", Severity.INFO),
        ("C:/a.xlsx", "broken-link", Severity.LOW),
        ("", "broken-link", Severity.LOW),
    ],
)
def test_a_link_that_only_names_use_or_nothing_is_listed_on_request(
    target: str, rule: str, severity: Severity
) -> None:
    named = _workbook(target, {"A1": 1}, names=[DefinedName("Rate", "[1]S!$A$1")])
    (finding,) = _findings(named)
    assert (finding.rule, finding.severity, finding.tier) == (rule, severity, Tier.MORE)
    assert (finding.sheet, "name Rate" in finding.message) == ("", True)
    (finding,) = _findings(_workbook(target, {"A1": 1}))
    assert (finding.rule, finding.severity, finding.tier) == (rule, severity, Tier.MORE)
    assert "no formula uses" in finding.message


def test_links_into_personal_folders_are_one_finding_with_the_first_cells() -> None:
    pages = {
        "Plan": {f"B{row}": f"=[1]S!A{row}" for row in range(2, 9)} | {"D2": "=[2]S!A1"},
        "P&L": {"C4": ("=[2]S!A1*2", "#REF!")},
    }
    links = [ExternalLink(1, "C:/Users/kim/a.xlsx"), ExternalLink(2, "/TEMP/b.xlsx")]
    (finding,) = _findings(book(pages, links=links))
    assert finding == Finding(
        rule="broken-link",
        severity=Severity.HIGH,
        message="2 links lead to files in one person's folders, C:/Users/kim/a.xlsx, "
        "/TEMP/b.xlsx; 9 formulas on 2 sheets depend on them, and 1 cell shows an error.",
        evidence={
            "target": "C:/Users/kim/a.xlsx, /TEMP/b.xlsx",
            "formula": "=[1]S!A2",
            "formulas": "9",
            "cells": "Plan!B2:B8, Plan!D2, 'P&L'!C4",
            "show an error": "1 cell",
        },
        fix="Put the other workbook where every reader can open it and change the link, or "
        "replace the formulas by values with their source.",
        confidence=0.95,
        key="/TEMP/b.xlsx\nC:/Users/kim/a.xlsx",
    )


def test_many_cells_of_one_sheet_are_counted_and_not_accused() -> None:
    cells: dict[str, CellSpec] = {f"B{row}": f"=[1]S!A{row}" for row in range(1, 22)}
    (finding,) = _findings(_workbook("C:/Users/kim/a.xlsx", cells))
    assert (finding.sheet, finding.ranges) == ("Sheet1", ())
    assert (finding.evidence["formulas"], finding.evidence["cells"]) == ("21", "Sheet1!B1:B21")


def test_a_drive_letter_is_listed_on_request() -> None:
    (finding,) = _findings(_workbook("S:/Finance/a.xlsx"))
    assert (finding.severity, finding.tier) == (Severity.LOW, Tier.MORE)


def test_a_lost_link_tells_how_many_cells_show_an_error() -> None:
    cells: dict[str, CellSpec] = {"A1": ("=[1]S!A1", "#REF!"), "A2": ("=[1]S!A2", 5)}
    (finding,) = _findings(_workbook("", cells))
    assert finding.evidence["show an error"] == "1 cell"


def test_each_sheet_has_a_finding_of_its_own() -> None:
    workbook = book(
        {"A": {"A1": "=[1]S!A1"}, "B": {"B2": "=[1]S!A1", "B3": "=Rate"}},
        names=[DefinedName("Rate", "[1]S!$B$1")],
        links=[ExternalLink(1, "a.xlsx")],
    )
    assert [(f.sheet, f.ranges) for f in _findings(workbook)] == [
        ("A", ("A1",)),
        ("B", ("B2:B3",)),
    ]


@pytest.mark.parametrize(
    "cells",
    [
        {"A1": '="[1]S!A1"'},
        {"A1": "=Sales[1]"},
        {"A1": "=[0]!Rate"},
        {"A1": "[1]S!A1"},
        {"A1": "=Sheet1!B1"},
    ],
)
def test_what_only_looks_like_a_link_stays_silent(cells: dict[str, CellSpec]) -> None:
    assert _findings(book(cells)) == []
