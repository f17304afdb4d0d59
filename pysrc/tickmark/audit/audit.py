"""Runs every rule over a workbook."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import replace

from tickmark.audit.broken_checks import with_broken_checks
from tickmark.audit.calibration import calibrated
from tickmark.audit.catalogue import rules
from tickmark.audit.dismissal import dismissal
from tickmark.audit.effect import effect_of, label_at
from tickmark.audit.memo import forget
from tickmark.audit.overlap import without_overlap
from tickmark.audit.rule import Facts
from tickmark.model.address import RangeRef
from tickmark.model.finding import Finding, Tier
from tickmark.model.workbook import Workbook
from tickmark.structure.formulas import formulas_of


def audit(workbook: Workbook, *, only: Collection[str] = ()) -> tuple[Finding, ...]:
    """The findings of all rules, or of those named in `only` by code.

    Worst first, then in the order of sheets, cells and rules; findings about the workbook as a
    whole come before those about a sheet.
    """
    return findings_of(Facts(workbook, formulas_of(workbook)), only=only)


def findings_of(facts: Facts, *, only: Collection[str] = ()) -> tuple[Finding, ...]:
    """The findings on facts that are known, in the same order."""
    chosen = [rule for rule in rules() if not only or rule.code in only]
    try:
        told = without_overlap(finding for rule in chosen for finding in rule.check(facts))
        found = with_broken_checks(facts, told)
    finally:
        forget()
    order = {sheet.name: number for number, sheet in enumerate(facts.workbook.sheets)}
    ordered = sorted(
        found,
        key=lambda finding: (
            -finding.severity,
            order.get(finding.sheet, -1),
            _place(finding),
            finding.rule,
            finding.message,
        ),
    )
    return _told_apart(_completed(facts, finding, order) for finding in ordered)


def _completed(facts: Facts, finding: Finding, order: dict[str, int]) -> Finding:
    """A finding with what its rule need not know: label, effect, confidence, dismissal."""
    confidence = calibrated(finding.rule, finding.confidence)
    number = order.get(finding.sheet)
    if number is None or not finding.ranges:
        return replace(finding, confidence=confidence)
    areas = [RangeRef.parse(text, sheet=finding.sheet) for text in finding.ranges]
    return replace(
        finding,
        confidence=confidence,
        label=label_at(facts, number, areas[0].top, areas[0].left),
        effect=effect_of(facts, areas) if finding.tier is Tier.DEFAULT else None,
        dismissed=dismissal(
            finding.rule, areas, facts.workbook.sheets[number].details.ignored_errors
        ),
    )


def _told_apart(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings of which no two have one fingerprint: the second of a kind says so in its key."""
    seen: Counter[str] = Counter()
    made = []
    for finding in findings:
        seen[finding.fingerprint] += 1
        count = seen[finding.fingerprint]
        made.append(finding if count == 1 else replace(finding, key=f"{finding.key}\x1f{count}"))
    return tuple(made)


def _place(finding: Finding) -> tuple[int, int]:
    """Row and column of the first accused cell; before all cells where there is none."""
    if not finding.ranges:
        return 0, 0
    area = RangeRef.parse(finding.ranges[0])
    return area.top, area.left
