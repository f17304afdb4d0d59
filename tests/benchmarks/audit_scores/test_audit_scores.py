"""Accused cells are held against labelled ones, and set aside stays set aside."""

from __future__ import annotations

from hashlib import sha256

from tests.benchmarks.audit_scores.accusations import Accusation, accusations, without_facts
from tests.benchmarks.audit_scores.auditor_peer import accused
from tests.benchmarks.audit_scores.cell_scores import (
    CellCounts,
    FindingCounts,
    Scores,
    class_counts,
    finding_counts,
)
from tests.benchmarks.audit_scores.error_labels import (
    ALL,
    ASIDE,
    FORMULA,
    MISSING,
    labels_of,
    put_aside,
)
from tests.books import book
from tickmark.model.finding import Finding, Severity, Tier

LABELS = {
    ALL: frozenset({("S", 1, 1), ("S", 2, 1), ("S", 3, 1)}),
    FORMULA: frozenset({("S", 1, 1)}),
    MISSING: frozenset({("S", 2, 1), ("S", 3, 1)}),
}


def accusation(*cells: tuple[str, int, int], rule: str = "a") -> Accusation:
    return Accusation(rule, frozenset(cells))


def test_of_a_single_class_only_what_no_class_has_is_wrong() -> None:
    found = [accusation(("S", 1, 1), ("S", 2, 1)), accusation(("S", 2, 1), ("T", 1, 1))]

    assert class_counts(LABELS, found) == {
        ALL: CellCounts(2, 1, 1),
        FORMULA: CellCounts(1, 1, 0),
        MISSING: CellCounts(1, 1, 1),
    }


def test_scores_follow_from_counts_and_are_0_of_nothing() -> None:
    counts = CellCounts(6, 2, 6)

    assert (counts.precision, counts.recall, counts.f1) == (0.75, 0.5, 0.6)
    assert (CellCounts().precision, CellCounts().recall, CellCounts().f1) == (0, 0, 0)


def test_a_finding_is_right_where_half_of_its_cells_are_labelled() -> None:
    half = accusation(("S", 1, 1), ("S", 9, 9))
    less = accusation(("S", 1, 1), ("S", 8, 8), ("S", 9, 9))

    assert finding_counts(LABELS[ALL], half) == FindingCounts(1, 1, 1, 1)
    assert finding_counts(LABELS[ALL], less) == FindingCounts(1, 0, 1, 2)


def test_findings_are_summed_by_rule_and_those_without_cells_are_none() -> None:
    scores = Scores()
    scores.add(LABELS, [accusation(("S", 1, 1)), accusation(("S", 9, 9)), accusation(rule="b")])
    scores.add(LABELS, [accusation(("S", 2, 1), rule="c")])

    assert scores.rules == {"a": FindingCounts(2, 1, 1, 1), "c": FindingCounts(1, 1, 1, 0)}
    assert scores.findings == FindingCounts(3, 2, 2, 1)


def test_only_open_findings_of_the_tier_accuse() -> None:
    made = book({"S": {"A1": 1, "B2": 2}})
    shown = Finding("a", Severity.HIGH, "", "S", ("A1:B1", "B2"), confidence=0.8)
    more = Finding("b", Severity.LOW, "", "S", ("A1",), tier=Tier.MORE)
    dismissed = Finding("c", Severity.LOW, "", "S", ("A1",), dismissed="by its author")

    assert list(accusations(made, [shown, more, dismissed])) == [
        Accusation("a", frozenset({("S", 1, 1), ("S", 1, 2), ("S", 2, 2)}), 0.8, "", Severity.HIGH)
    ]


def test_of_a_large_range_only_filled_cells_are_accused() -> None:
    made = book({"S": {"A1": 1, "A900000": 2, "B1": 3}})
    found = Finding("a", Severity.HIGH, "", "S", ("A1:A1000000",))

    [one] = accusations(made, [found])

    assert one.cells == {("S", 1, 1), ("S", 900_000, 1)}


def test_rules_that_state_facts_can_be_left_out() -> None:
    mistake, fact = accusation(rule="omitted-cells"), accusation(rule="external-link")

    assert without_facts([mistake, fact]) == [mistake]


def test_labels_are_read_by_workbook_class_and_sheet() -> None:
    table = (
        "workbook,sheet,error_cells,serious,formula_error,missing_formula\n"
        'a.xls,One,"A1,B2",,A1,B2\n'
        "a.xls,Two,C3,,C3,\n"
        "b.xls,One,,,,\n"
    )

    assert labels_of(table) == {
        "a.xls": {
            ALL: {("One", 1, 1), ("One", 2, 2), ("Two", 3, 3)},
            FORMULA: {("One", 1, 1), ("Two", 3, 3)},
            MISSING: {("One", 2, 2)},
        },
        "b.xls": {ALL: set(), FORMULA: set(), MISSING: set()},
    }


def test_the_names_with_the_smallest_digests_are_set_aside() -> None:
    names = [f"{number}.xls" for number in range(33)]
    hidden = put_aside(names)
    digests = {name: sha256(name.encode()).hexdigest() for name in names}

    assert len(hidden) == ASIDE == 11
    assert max(digests[name] for name in hidden) < min(
        digests[name] for name in names if name not in hidden
    )


def test_the_peer_accuses_all_cells_that_a_finding_stands_for() -> None:
    made = book({"P&L, 2025": {"A1": 1}})
    told = [
        {"rule_id": "R", "title": "t", "members": ["P&L, 2025!B2", "P&L, 2025!c3:C4", "rate"]},
        {"rule_id": "Q", "title": "", "members": ["Elsewhere!A1"]},
    ]

    assert list(accused(made, told)) == [
        Accusation(
            "R",
            frozenset({("P&L, 2025", 2, 2), *(("P&L, 2025", n, 3) for n in (3, 4))}),
            message="t",
        ),
        Accusation("Q", frozenset()),
    ]
