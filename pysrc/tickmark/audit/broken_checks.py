"""Checks that fail, and the findings about cells that they are calculated from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from tickmark.audit.rule import Facts
from tickmark.model.address import RangeRef, quote_sheet_name
from tickmark.model.finding import Finding, Severity, Tier

CHECK: Final = "failing-check"

CAUSES: Final = frozenset(
    {
        "inconsistent-formula",
        "omitted-cells",
        "plugged-total",
        "number-among-formulas",
        "pasted-value",
    }
)
"""Rules about formulas and numbers that make a check fail."""

MOST_CHECKS: Final = 20
MOST_AREAS: Final = 200


def with_broken_checks(facts: Facts, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings; likely causes of a check that fails are of high severity and say which one.

    Looked at are the first MOST_CHECKS findings of high severity about checks.
    """
    causes = [
        finding
        for finding in findings
        if finding.rule in CAUSES and finding.severity is Severity.MEDIUM and _is_shown(finding)
    ]
    if not causes:
        return tuple(findings)
    breaks: dict[int, str] = {}
    for check in _checks(findings):
        needed: dict[str, list[RangeRef]] = {}
        for area in facts.graph.reach.precedents(_areas(check)).ranges:
            needed.setdefault(area.sheet, []).append(area)
        for finding in causes:
            if id(finding) not in breaks and _meets(_areas(finding), needed):
                breaks[id(finding)] = f"{quote_sheet_name(check.sheet)}!{check.ranges[0]}"
    return tuple(
        _raised(finding, breaks[id(finding)]) if id(finding) in breaks else finding
        for finding in findings
    )


def _checks(findings: Iterable[Finding]) -> Iterator[Finding]:
    found = 0
    for finding in findings:
        if finding.rule == CHECK and finding.severity is Severity.HIGH and _is_shown(finding):
            yield finding
            found += 1
            if found == MOST_CHECKS:
                return


def _is_shown(finding: Finding) -> bool:
    return finding.tier is Tier.DEFAULT and bool(finding.ranges)


def _areas(finding: Finding) -> list[RangeRef]:
    return [RangeRef.parse(text, sheet=finding.sheet) for text in finding.ranges[:MOST_AREAS]]


def _meets(areas: Iterable[RangeRef], needed: dict[str, list[RangeRef]]) -> bool:
    return any(area.meets(other) for area in areas for other in needed.get(area.sheet, ()))


def _raised(finding: Finding, check: str) -> Finding:
    return replace(finding, severity=Severity.HIGH, evidence={**finding.evidence, "breaks": check})
