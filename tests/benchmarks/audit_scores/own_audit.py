"""Tickmark's audit, rule by rule, so that one rule that raises spoils no measurement."""

from __future__ import annotations

import traceback
from collections import Counter
from dataclasses import dataclass, field

from tests.benchmarks.audit_scores.accusations import Accusation, accusations
from tests.benchmarks.region_scores.goals import Goal
from tickmark.audit.catalogue import rules
from tickmark.audit.dismissal import dismissal
from tickmark.audit.overlap import without_overlap
from tickmark.audit.rule import Facts
from tickmark.model.address import RangeRef
from tickmark.model.finding import Finding, Tier
from tickmark.model.workbook import Workbook
from tickmark.structure.formulas import formulas_of


@dataclass(slots=True)
class OwnAudit:
    """Runs all rules over workbooks and remembers which raised what, and how often."""

    raised: Counter[str] = field(default_factory=Counter)

    def findings(self, facts: Facts) -> tuple[Finding, ...]:
        """The findings of all tiers with the scores of their rules, overlaps left out."""
        found: list[Finding] = []
        for rule in rules():
            try:
                found += rule.check(facts)
            except Exception as error:  # noqa: BLE001 - counted and told, and a goal is missed
                last = traceback.extract_tb(error.__traceback__)[-1]
                where = f"{last.filename.rpartition('/')[2]}:{last.lineno}"
                self.raised[f"{rule.code}: {type(error).__name__} in {where}"] += 1
        return tuple(
            one for one in without_overlap(found) if one.sheet == "" or not _dismissed(facts, one)
        )

    def accusations(self, workbook: Workbook) -> list[Accusation]:
        """The findings of the default tier by cells."""
        facts = Facts(workbook, formulas_of(workbook))
        return list(accusations(workbook, self.findings(facts), Tier.DEFAULT))

    @property
    def lines(self) -> list[str]:
        """What was raised."""
        return [f"  RAISED {count} times: {what}" for what, count in self.raised.most_common()]

    def goal(self, figure: str) -> Goal:
        """No rule may raise on any workbook."""
        count = sum(self.raised.values())
        return Goal(f"exceptions of rules, {figure}", f"{count}", "0", not count)


def _dismissed(facts: Facts, finding: Finding) -> bool:
    areas = [RangeRef.parse(text, sheet=finding.sheet) for text in finding.ranges]
    return bool(
        areas
        and dismissal(finding.rule, areas, facts.workbook[finding.sheet].details.ignored_errors)
    )
