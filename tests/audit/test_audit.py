"""What `audit` does with the findings of the rules: label, effect, dismissal, overlap, order."""

from __future__ import annotations

from dataclasses import replace

from tests.books import CellSpec, book, sheet
from tickmark.audit.audit import audit
from tickmark.audit.overlap import without_overlap
from tickmark.model.address import RangeRef
from tickmark.model.cell_rules import IgnoredErrors
from tickmark.model.finding import Effect, Finding, Severity, Tier
from tickmark.model.workbook import Workbook

Cells = dict[str, CellSpec]


def _plan(typed: float = 999.0) -> Cells:
    """Six months of price times pieces with a typed number in April, and their total."""
    cells: Cells = {"A1": "Plan", "A2": "Price", "A3": "Pieces", "A4": "Amount"}
    for at, letter in enumerate("BCDEFG"):
        price, pieces = 3.0 + at, 11.0 + at
        cells |= {f"{letter}1": f"Month {at + 1}", f"{letter}2": price, f"{letter}3": pieces}
        cells[f"{letter}4"] = (f"={letter}2*{letter}3", price * pieces)
    cells |= {"E4": typed, "A6": "Year", "B6": ("=SUM(B4:G4)", 1234.0)}
    return cells


def _of(workbook: Workbook, rule: str) -> Finding:
    (finding,) = [one for one in audit(workbook) if one.rule == rule]
    return finding


def test_a_finding_says_what_its_cell_is_called_and_what_depends_on_it() -> None:
    finding = _of(book({"S": _plan()}), "number-among-formulas")
    assert (finding.ranges, finding.label) == (("E4",), "Amount, Month 4")
    assert finding.effect == Effect(dependents=1, outputs=1, labels=("Year, Month 1",))


def test_inserted_rows_leave_the_fingerprint_as_it_is() -> None:
    moved: Cells = {"A1": "Plan of the year"}
    for address, spec in _plan().items():
        row = int(address[1:])
        text = spec
        if isinstance(spec, tuple):
            formula = spec[0]
            for old in (4, 3, 2):
                formula = formula.replace(str(old), str(old + 5))
            text = (formula, spec[1])
        moved[f"{address[0]}{row + 5}"] = text
    before = _of(book({"S": _plan()}), "number-among-formulas")
    after = _of(book({"S": moved}), "number-among-formulas")
    assert (before.ranges, after.ranges) == (("E4",), ("E9",))
    assert before.fingerprint == after.fingerprint


def test_another_cell_with_the_same_error_has_another_fingerprint() -> None:
    cells = _plan()
    cells |= {"E4": ("=E2*E3", 84.0), "D4": 999.0}
    one = _of(book({"S": _plan()}), "number-among-formulas")
    other = _of(book({"S": cells}), "number-among-formulas")
    assert one.fingerprint != other.fingerprint


def _dismissing(area: str, kind: str) -> Workbook:
    """Two cells of text numbers; the author switched a warning off for an area."""
    cells: Cells = {"A1": "Item", "B1": "Amount", "A8": "Total", "B8": ("=SUM(B2:B7)", 40.0)}
    for row in range(2, 8):
        cells |= {f"A{row}": f"Item {row}", f"B{row}": 10.0}
    cells |= {"B4": "10", "B5": "10"}
    workbook = book({"S": cells})
    (page,) = workbook.sheets
    ignored = IgnoredErrors((RangeRef.parse(area, sheet="S"),), (kind,))
    details = replace(page.details, ignored_errors=(ignored,))
    return replace(workbook, sheets=(replace(page, details=details),))


def test_a_warning_that_the_author_switched_off_dismisses_the_finding() -> None:
    finding = _of(_dismissing("B2:B7", "numberStoredAsText"), "text-number")
    assert finding.ranges == ("B4:B5",)
    assert finding.dismissed == (
        "dismissed in Excel: the warning numberStoredAsText is switched off for these cells"
    )


def test_another_warning_or_a_part_of_the_cells_dismisses_nothing() -> None:
    assert not _of(_dismissing("B2:B7", "formula"), "text-number").dismissed
    assert not _of(_dismissing("B4", "numberStoredAsText"), "text-number").dismissed


def _made(rule: str, ranges: tuple[str, ...], severity: Severity, **rest: object) -> Finding:
    return Finding(rule, severity, "m", "S", ranges, **rest)  # type: ignore[arg-type]


def test_of_two_rules_of_a_family_that_accuse_one_cell_the_stronger_stays() -> None:
    weak = _made("number-among-formulas", ("C3",), Severity.MEDIUM, confidence=0.5)
    strong = _made("pasted-value", ("C2:C4",), Severity.MEDIUM, confidence=0.9)
    assert without_overlap([weak, strong]) == (strong,)


def test_what_only_informs_never_takes_the_place_of_what_is_shown() -> None:
    shown = _made("number-among-formulas", ("C3",), Severity.LOW, confidence=0.2)
    more = _made("missing-formula", ("C2:C4",), Severity.HIGH, tier=Tier.MORE)
    assert without_overlap([more, shown]) == (shown, more)


def test_a_text_in_arithmetic_takes_the_place_of_the_error_it_causes() -> None:
    cells: Cells = {"A1": "note", "A2": 3.0, "B1": ("=A1*2", "#VALUE!"), "B2": ("=A2*2", 6.0)}
    assert [one.rule for one in audit(book(cells)) if one.ranges == ("B1",)] == [
        "text-in-arithmetic"
    ]


def test_rules_of_other_families_and_other_cells_stay() -> None:
    found = [
        _made("pasted-value", ("C3",), Severity.MEDIUM),
        _made("omitted-cells", ("C3",), Severity.HIGH),
        _made("number-among-formulas", ("C3:C4",), Severity.MEDIUM),
        replace(_made("number-among-formulas", ("C3",), Severity.MEDIUM), sheet="T"),
    ]
    assert len(without_overlap(found)) == 4


def test_only_the_named_rules_run() -> None:
    workbook = book({"S": _plan(), "Hidden": sheet({"A1": 1}, state="veryHidden")})
    rules = {finding.rule for finding in audit(workbook, only={"number-among-formulas"})}
    assert rules == {"number-among-formulas"}


def test_no_two_findings_share_a_fingerprint() -> None:
    cells = _plan()
    cells |= {f"{address[0]}{int(address[1:]) + 20}": spec for address, spec in _plan().items()}
    for letter in "BCDEFG":
        if letter != "E":
            cells[f"{letter}24"] = (f"={letter}22*{letter}23", 1.0)
    found = audit(book({"S": cells, "T": _plan()}))
    assert len({finding.fingerprint for finding in found}) == len(found)
