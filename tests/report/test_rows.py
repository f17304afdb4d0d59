from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickmark.model.analysis import Citation, Verdict
from tickmark.model.finding import Finding, Severity
from tickmark.report.rows import cited_place, fair_shares, groups, where


@pytest.mark.parametrize(
    ("sheet", "ranges", "text"),
    [
        ("Inputs", ("C5",), "Inputs!C5"),
        ("P&L", ("C5:C9", "D7"), "'P&L'!C5:C9, D7"),
        ("It's", ("A1",), "'It''s'!A1"),
        ("S", tuple(f"A{row}" for row in range(1, 10)), "S!A1, A2, A3, A4, A5, A6 and 3 more"),
        ("P&L", (), "P&L"),
        ("", ("A1",), "A1"),
        ("", (), "workbook"),
    ],
)
def test_a_place_reads_as_excel_writes_it(sheet: str, ranges: tuple[str, ...], text: str) -> None:
    assert where(Finding("r", Severity.LOW, "m", sheet, ranges)) == text


def test_a_cited_place_may_lack_its_sheet() -> None:
    assert cited_place(Citation("P&L", "B2", Verdict.SUPPORTED)) == "'P&L'!B2"
    assert cited_place(Citation("", "B2", Verdict.SUPPORTED)) == "B2"


@given(st.lists(st.integers(0, 1000), max_size=20), st.integers(0, 500))
def test_shares_never_exceed_wish_or_total_and_waste_nothing(wishes: list[int], most: int) -> None:
    shares = fair_shares(wishes, most)
    assert sum(shares) == min(most, sum(wishes))
    assert all(0 <= share <= wish for share, wish in zip(shares, wishes, strict=True))


def test_a_loud_rule_does_not_crowd_out_the_others() -> None:
    assert fair_shares([1, 3997, 1, 1], 200) == [1, 197, 1, 1]
    assert fair_shares([500, 500, 20], 100) == [40, 40, 20]


def test_findings_are_grouped_by_severity_then_rule_and_keep_their_numbers() -> None:
    found = [
        Finding("b", Severity.HIGH, "1"),
        Finding("a", Severity.LOW, "2"),
        Finding("a", Severity.HIGH, "3"),
        Finding("b", Severity.HIGH, "4"),
    ]
    made = groups(list(enumerate(found, 1)), "w7f", 200)
    assert [(one.severity, one.rule, [row.anchor for row in one.rows]) for one in made] == [
        (Severity.HIGH, "b", ["w7f1", "w7f4"]),
        (Severity.HIGH, "a", ["w7f3"]),
        (Severity.LOW, "a", ["w7f2"]),
    ]


def test_a_fix_that_all_findings_of_a_group_share_is_said_once() -> None:
    same = [Finding("r", Severity.LOW, str(n), fix="Do this.") for n in range(3)]
    (group,) = groups(list(enumerate(same, 1)), "f", 200)
    assert (group.fix, [row.fix for row in group.rows]) == ("Do this.", ["", "", ""])


def test_fixes_that_differ_stand_with_their_findings() -> None:
    found = [Finding("r", Severity.LOW, "m", fix=text) for text in ("=A1", "=B1")]
    (group,) = groups(list(enumerate(found, 1)), "f", 200)
    assert (group.fix, [row.fix for row in group.rows]) == ("", ["=A1", "=B1"])


def test_a_group_says_how_many_it_leaves_out() -> None:
    found = [Finding("r", Severity.LOW, "m")] * 30
    (group,) = groups(list(enumerate(found, 1)), "f", 20)
    assert (group.total, len(group.rows), group.more) == (30, 20, 10)
