"""Runs every rule over a workbook."""

from __future__ import annotations

from tickmark.audit.catalogue import rules
from tickmark.audit.rule import Facts
from tickmark.model.address import RangeRef
from tickmark.model.finding import Finding
from tickmark.model.workbook import Workbook
from tickmark.structure.formulas import formulas_of


def audit(workbook: Workbook) -> tuple[Finding, ...]:
    """The findings of all rules: worst first, then in the order of sheets, cells and rules.

    Findings about the workbook as a whole come before those about a sheet.
    """
    return findings_of(Facts(workbook, formulas_of(workbook)))


def findings_of(facts: Facts) -> tuple[Finding, ...]:
    """The findings of all rules on facts that are known, in the same order."""
    order = {sheet.name: number for number, sheet in enumerate(facts.workbook.sheets)}
    found = [finding for rule in rules() for finding in rule.check(facts)]
    return tuple(
        sorted(
            found,
            key=lambda finding: (
                -finding.severity,
                order.get(finding.sheet, -1),
                _place(finding),
                finding.rule,
                finding.message,
            ),
        )
    )


def _place(finding: Finding) -> tuple[int, int]:
    """Row and column of the first accused cell; before all cells where there is none."""
    if not finding.ranges:
        return 0, 0
    area = RangeRef.parse(finding.ranges[0])
    return area.top, area.left
