"""Errors are put where nothing is accused yet, with the values that Excel would show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from random import Random

import pytest

from tests.benchmarks.audit_scores.accusations import Accusation
from tests.benchmarks.audit_scores.calibration import Bin, bins, rising
from tests.benchmarks.audit_scores.edited_book import At, Value
from tests.benchmarks.audit_scores.injection import Injection, Subject
from tests.benchmarks.audit_scores.mutation_kinds import MutationKind
from tests.benchmarks.audit_scores.mutations import Trial, tried, wilson
from tests.benchmarks.audit_scores.own_audit import OwnAudit
from tests.books import book
from tickmark.model.grid import CellKind
from tickmark.model.workbook import Workbook

ROWS = range(2, 8)


@dataclass
class FixedValues:
    """Gives each cell that is wanted the same number; trusts all but the cells named."""

    value: float = 77.0
    doubted: frozenset[At] = frozenset()
    asked: list[Mapping[At, str | None]] = field(default_factory=list)

    def trusts(self, at: At) -> bool:
        return at not in self.doubted

    def after(
        self, changes: Mapping[At, str | None], wanted: Iterable[At]
    ) -> dict[At, Value] | None:
        self.asked.append(changes)
        return dict.fromkeys(wanted, self.value)


@dataclass
class NoFindings(OwnAudit):
    """An audit that accuses what it was told to."""

    told: list[Accusation] = field(default_factory=list)

    def accusations(self, workbook: Workbook) -> list[Accusation]:  # noqa: ARG002 - the seam
        return self.told


def draws(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - the same draws each time


def ledger() -> Workbook:
    cells: dict[str, object] = {"A1": "n", "B1": "double", "D1": "spare"}
    for row in ROWS:
        cells |= {f"A{row}": row, f"B{row}": (f"=A{row}*2+D$2", 2 * row + 5), f"D{row}": 5}
    cells |= {"B9": ("=SUM(B2:B7)", 84), "B10": ("=B9+A2", 86)}
    return book({"Plan": cells, "Actual": {f"A{row}": 3 for row in ROWS}})


def subject(auditor: OwnAudit | None = None, **values: object) -> Subject:
    return Subject("book.xlsx", ledger(), FixedValues(**values), auditor or NoFindings())  # type: ignore[arg-type]


def one(kind: MutationKind, of: Subject | None = None) -> Injection:
    return next((of or subject()).injections(kind, 5, draws(1)))


@pytest.mark.parametrize("kind", [kind for kind in MutationKind if kind is not MutationKind.ROW])
def test_one_formula_differs_from_the_twin_and_no_other(kind: MutationKind) -> None:
    for injection in subject().injections(kind, 5, draws(2)):
        before, after = injection.twin.workbook, injection.workbook
        [place] = injection.wrong
        changed = {
            (sheet.name, cell.row, cell.column)
            for sheet, other in zip(before.sheets, after.sheets, strict=True)
            for cell, new in zip(sheet.cells, other.cells, strict=True)
            if _formula(before, sheet.name, cell.formula)
            != _formula(after, sheet.name, new.formula)
        }
        assert changed == {place}
        assert place == ("Plan", injection.site.row, injection.site.column)


def test_the_wrong_cell_and_all_that_depend_on_it_get_new_values() -> None:
    injection = one(MutationKind.UNIT)
    sheet = injection.workbook["Plan"]

    assert injection.site.in_run
    assert {cell.a1 for cell in sheet.cells if cell.value == 77} == {
        sheet.cell(injection.site.row, injection.site.column).a1,  # type: ignore[union-attr]
        "B9",
        "B10",
    }


def test_a_value_in_place_of_a_formula_changes_no_value() -> None:
    injection = one(MutationKind.VALUE)
    before, after = injection.twin.workbook["Plan"], injection.workbook["Plan"]

    assert [cell.value for cell in after.cells] == [cell.value for cell in before.cells]
    assert after.cell(injection.site.row, injection.site.column).formula == -1  # type: ignore[union-attr]


def test_a_deleted_row_leaves_lost_references_behind() -> None:
    found = list(subject().injections(MutationKind.ROW, 5, draws(3)))

    assert found
    for injection in found:
        assert injection.row is not None
        number, _row = injection.row
        assert "#REF!" in injection.after
        assert max(injection.workbook.sheets[number].cells.rows) == 9
        assert injection.wrong
        assert not injection.wrong & injection.needing
        for _, line, column in injection.wrong:
            cell = injection.workbook["Plan"].cell(line, column)
            assert cell is not None
            assert "#REF!" in _formula(injection.workbook, "Plan", cell.formula)
            assert (cell.kind, cell.value) == (CellKind.NUMBER, 77)


def test_no_formula_is_made_to_depend_on_itself() -> None:
    for kind in (MutationKind.EXTENDED, MutationKind.OFF_BY_ONE):
        for injection in subject().injections(kind, 30, draws(4)):
            if (injection.site.row, injection.site.column) == (9, 2):
                assert "B9" not in injection.after
                assert "B10" not in injection.after


def test_cells_that_are_accused_without_any_error_are_left_alone() -> None:
    every = frozenset(("Plan", row, 2) for row in (*ROWS, 9))
    auditor = NoFindings(told=[Accusation("noise", every)])

    found = [made.site.row for made in subject(auditor).injections(MutationKind.VALUE, 9, draws(5))]

    assert set(found) == {10}


def test_what_cannot_be_recalculated_gets_no_error() -> None:
    plan = ledger()["Plan"].cells
    total = (0, plan.position(9, 2) or 0)

    found = list(subject(doubted=frozenset({total})).injections(MutationKind.UNIT, 9, draws(6)))

    assert {(made.site.row, made.site.column) for made in found} == {(10, 2)}


def test_caught_is_a_finding_on_the_wrong_cell() -> None:
    noise = Accusation("noise", frozenset({("Plan", 1, 1)}), 0.5)
    injection = one(MutationKind.UNIT, subject(NoFindings(told=[noise])))
    right = Accusation("right", injection.wrong | {("Plan", 9, 2)}, 0.9)
    stray = Accusation("stray", frozenset({("Plan", 5, 4)}), 0.4)
    effect = Accusation("effect", frozenset({("Plan", 10, 2)}), 0.4)

    trial = tried(injection, "book.xlsx", [noise, right, stray, effect])
    missed = tried(injection, "book.xlsx", [noise])

    assert (trial.by, trial.cells, trial.scores) == (("right",), 2, {"right": 0.9})
    assert (trial.others, trial.twin) == (3, 1)
    assert (trial.fresh, trial.effects) == ((("stray", 0.4),), ("effect",))
    assert (missed.caught, missed.others, missed.fresh) == (False, 1, ())


def test_findings_that_moved_with_a_deleted_row_are_the_same_findings() -> None:
    below = Accusation("noise", frozenset({("Plan", 10, 1)}))
    injection = one(MutationKind.ROW, subject(NoFindings(told=[below])))
    number, row = injection.row or (0, 0)
    moved = Accusation("noise", frozenset({("Plan", 9 if number == 0 else 10, 1)}))

    assert row < 10
    assert tried(injection, "book.xlsx", [moved]).fresh == ()


def test_the_interval_of_a_share() -> None:
    low, high = wilson(8, 10)

    assert (round(low, 3), round(high, 3)) == (0.49, 0.943)
    assert wilson(0, 0) == (0, 1)


def test_scores_are_binned_by_rule_and_injected_errors_are_a_prior() -> None:
    trial = Trial("k", "b", "S!A1", "", "", in_run=True, scores={"r": 0.81}, fresh=(("r", 0.5),))

    found = bins([("r", 0.8, True), ("r", 0.79, False)], [trial], [("r", 0.8), ("q", 0.3)])

    assert found == {"r": [Bin(0.5, stray=1), Bin(0.8, 1, 1, 1, 0, 1)]}
    assert round(found["r"][1].share, 3) == round((1 + 6 * 2 / 3) / 8, 3)


def test_shares_never_fall_with_the_score() -> None:
    own = [Bin(0.5, 9, 1), Bin(0.7, 5, 5), Bin(0.9, 10, 0)]

    pairs = rising(own)

    assert [score for score, _ in pairs] == [0.5, 0.7, 0.9]
    assert pairs[0][1] == pairs[1][1] < pairs[2][1]


def _formula(workbook: Workbook, sheet: str, number: int) -> str:
    return "" if number < 0 else workbook[sheet].cells.formula_texts[number]
