"""Other workbooks: how a link reads, who uses it, and whether others can follow it."""

from __future__ import annotations

import pytest

from tests.books import book
from tickmark.model.workbook import DefinedName, ExternalLink
from tickmark.structure.formulas import formulas_of
from tickmark.structure.links import LinkState, link_state, other_workbooks, readable_target


@pytest.mark.parametrize(
    ("target", "readable", "state"),
    [
        ("rates.xlsx", "rates.xlsx", LinkState.OPEN),
        ("../data/R%26D%20plan.xlsx", "../data/R&D plan.xlsx", LinkState.OPEN),
        ("https://example.org/rates.xlsx", "https://example.org/rates.xlsx", LinkState.REMOTE),
        ("file:///\\\\server\\share\\a.xlsx", "\\\\server\\share\\a.xlsx", LinkState.REMOTE),
        ("file:////server/share/a.xlsx", "//server/share/a.xlsx", LinkState.REMOTE),
        ("/Finance/Plan.xls", "/Finance/Plan.xls", LinkState.OPEN),
        ("templates/users.xlsx", "templates/users.xlsx", LinkState.OPEN),
        ("file:///C:/data/a%20b.xlsx", "C:/data/a b.xlsx", LinkState.PERSONAL),
        ("file:///C:\\Users\\kim\\a.xlsx", "C:\\Users\\kim\\a.xlsx", LinkState.PERSONAL),
        ("/Users/kim/Documents/a.xlsx", "/Users/kim/Documents/a.xlsx", LinkState.PERSONAL),
        ("file:///home/kim/a.ods", "/home/kim/a.ods", LinkState.PERSONAL),
        ("\\\\pc\\Users\\kim\\a.xlsx", "\\\\pc\\Users\\kim\\a.xlsx", LinkState.PERSONAL),
        ("I:/INetCache/Content.Outlook/X/a.xlsx",) * 2 + (LinkState.PERSONAL,),
        ("/TEMP/a.xls", "/TEMP/a.xls", LinkState.PERSONAL),
        ("S:/Finance/a.xlsx", "S:/Finance/a.xlsx", LinkState.DRIVE),
        ("", "", LinkState.LOST),
        ("#REF", "#REF", LinkState.LOST),
        ("bad%FFescape.xlsx", "bad%FFescape.xlsx", LinkState.OPEN),
    ],
)
def test_a_target_is_readable_and_judged(target: str, readable: str, state: LinkState) -> None:
    assert readable_target(target) == readable
    assert link_state(target) is state


def test_a_link_to_a_running_program_is_remote_whatever_its_name() -> None:
    links = [ExternalLink(1, "Server|Topic", kind="dde")]
    (other,) = other_workbooks(formulas_of(book({"A1": "=[1]!Item"}, links=links)))
    assert (other.state, other.count) == (LinkState.REMOTE, 1)


def test_the_users_of_a_link_are_listed_by_sheet() -> None:
    workbook = book(
        {
            "A": {"A1": "=[1]S!A1", "A2": "=[1]S!A2", "C3": "=Rate*2", "D4": '="[1]S!A1"'},
            "B": {"B2": "=SUM('[1]My Sheet'!A1:A9)+[7]S!A1"},
        },
        names=[DefinedName("Rate", "[1]S!$B$1"), DefinedName("Quiet", "[1]S!$B$1", hidden=True)],
        links=[ExternalLink(1, "prices.xlsx"), ExternalLink(2, "unused.xlsx")],
    )
    first, second, third = other_workbooks(formulas_of(workbook))
    assert [(use.sheet, [area.a1 for area in use.cells], use.count) for use in first.uses] == [
        ("A", ["A1:A2", "C3"], 3),
        ("B", ["B2"], 1),
    ]
    assert first.uses[0].formula == "=[1]S!A1"
    assert (first.target, first.names, first.state) == ("prices.xlsx", ("Rate",), LinkState.OPEN)
    assert (second.target, second.uses, second.names) == ("unused.xlsx", (), ())
    assert (third.book, third.target, third.state) == ("7", "", LinkState.LOST)


def test_a_path_in_the_formula_is_a_target_of_its_own() -> None:
    workbook = book({"A1": r"='C:\data\[Rates.xlsx]S 1'!$A$1"})
    (other,) = other_workbooks(formulas_of(workbook))
    assert (other.target, other.state) == (r"C:\data\Rates.xlsx", LinkState.PERSONAL)


def test_a_workbook_without_links_has_none() -> None:
    assert other_workbooks(formulas_of(book({"A1": "=B1", "B1": "[1]S!A1"}))) == ()
