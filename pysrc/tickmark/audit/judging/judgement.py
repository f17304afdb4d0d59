"""What becomes of findings: shown and counted, or hidden for a reason that is told."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from tickmark.audit.judging.baseline import Baseline, BaselineEntry, Known
from tickmark.audit.judging.suppression import Place, Suppression
from tickmark.model.analysis import Status
from tickmark.model.audited import AuditedWorkbook
from tickmark.model.explanation import Explanation
from tickmark.model.finding import Finding, Severity, Tier

ID_LENGTH: Final = 8


class Disposition(StrEnum):
    """What becomes of a finding; only the open ones count for the exit code."""

    OPEN = "open"
    BASELINE = "baseline"
    SUPPRESSED = "suppressed"
    DISMISSED = "dismissed"
    MORE = "more"
    LEFT_OUT = "left-out"


HIDDEN: Final = tuple(one for one in Disposition if one is not Disposition.OPEN)


@dataclass(frozen=True, slots=True)
class JudgedFinding:
    """A finding with its name in this run; `reason` and `origin` say why and where it is hidden.

    `explanation` is what was said about it where that was asked for.
    """

    finding: Finding
    id: str
    disposition: Disposition = Disposition.OPEN
    reason: str = ""
    origin: str = ""
    explanation: Explanation | None = None


@dataclass(frozen=True, slots=True)
class JudgedWorkbook:
    """A workbook with what becomes of its findings; `fixed` are gone since the baseline."""

    audited: AuditedWorkbook
    findings: tuple[JudgedFinding, ...] = ()
    fixed: tuple[BaselineEntry, ...] = ()

    def of(self, *dispositions: Disposition) -> tuple[JudgedFinding, ...]:
        """The findings with one of some dispositions, in order."""
        return tuple(one for one in self.findings if one.disposition in dispositions)


@dataclass(frozen=True, slots=True)
class JudgedRun:
    """All workbooks of an audit in input order.

    `complete` is False where a workbook failed or lacks something, or the run was stopped.
    `baseline` and `settings` are the files that hid something, "" for none; `notes` are sentences
    about the run as a whole. `show_dismissed` has dismissed findings listed with the open ones.
    """

    workbooks: tuple[JudgedWorkbook, ...] = ()
    complete: bool = True
    baseline: str = ""
    notes: tuple[str, ...] = ()
    show_dismissed: bool = False

    @property
    def shown(self) -> tuple[Disposition, ...]:
        """The dispositions of findings that are listed."""
        dismissed = (Disposition.DISMISSED,) if self.show_dismissed else ()
        return (Disposition.OPEN, *dismissed)

    @property
    def findings(self) -> Iterator[JudgedFinding]:
        """All findings, the hidden ones too."""
        return (one for book in self.workbooks for one in book.findings)

    @property
    def formulas(self) -> int:
        """Number of formula cells over all workbooks."""
        return sum(book.audited.formulas for book in self.workbooks)

    @property
    def fixed(self) -> int:
        """Number of findings that are gone since the baseline."""
        return sum(entry.count for book in self.workbooks for entry in book.fixed)

    def counts(self, disposition: Disposition) -> Mapping[Severity, int]:
        """Number of findings of each severity with a disposition, zeros included."""
        return severities(self.findings, disposition)

    def total(self, disposition: Disposition) -> int:
        """Number of findings with a disposition."""
        return sum(self.counts(disposition).values())

    def worst(self) -> Severity | None:
        """The highest severity of an open finding."""
        found = (one for one in self.findings if one.disposition is Disposition.OPEN)
        return max((one.finding.severity for one in found), default=None)

    def finding(self, name: str) -> JudgedFinding | None:
        """The finding with an id, or None."""
        return next((one for one in self.findings if one.id == name), None)


def severities(
    found: Iterator[JudgedFinding] | tuple[JudgedFinding, ...], disposition: Disposition
) -> dict[Severity, int]:
    """Number of findings of each severity with a disposition, worst first, zeros included."""
    counts = Counter(one.finding.severity for one in found if one.disposition is disposition)
    return {one: counts[one] for one in sorted(Severity, reverse=True)}


@dataclass(frozen=True, slots=True)
class Policy:
    """What is shown: the rules that are applied, the tier, and what is known or accepted.

    `place` tells a path as seen from the folder of a settings file or baseline.
    """

    rules: Collection[str]
    place: Place
    today: dt.date
    tier: Tier = Tier.DEFAULT
    suppressions: tuple[Suppression, ...] = ()
    baseline: Baseline | None = None


@dataclass(slots=True)
class Judge:
    """Judges the workbooks of a run one after the other.

    Ids are the first digits of the fingerprints; one that is taken in the run gets a number.
    """

    policy: Policy
    _ids: Counter[str] = field(default_factory=Counter)
    _tried: set[int] = field(default_factory=set)
    _used: set[int] = field(default_factory=set)

    def judged(self, audited: AuditedWorkbook) -> JudgedWorkbook:
        """What becomes of the findings of the next workbook."""
        policy = self.policy
        holding = [
            (at, one)
            for at, one in enumerate(policy.suppressions)
            if one.holds(policy.today) and one.fits_path(audited.path, policy.place)
        ]
        if audited.status is Status.OK:
            self._tried.update(at for at, _ in holding)
        path, known = "", Known()
        if policy.baseline is not None:
            path = policy.place(policy.baseline.origin, audited.path)
            known = policy.baseline.known(path)
        findings = tuple(self._judged(one, holding, known) for one in audited.findings)
        fixed: tuple[BaselineEntry, ...] = ()
        if policy.baseline is not None and audited.status is Status.OK:
            fixed = policy.baseline.fixed(path, audited.findings, policy.rules)
        return JudgedWorkbook(audited, findings, fixed)

    def sentences(self) -> tuple[str, ...]:
        """What is to be told about the suppressions once all workbooks are judged.

        An unused one is told only where a whole workbook was looked through that it speaks of,
        with its rule.
        """
        told = []
        for at, one in enumerate(self.policy.suppressions):
            if not one.holds(self.policy.today):
                told.append(f"{one.name} expired on {one.expires}; it does not hold any more.")
            elif at in self._tried - self._used and (not one.rule or one.rule in self.policy.rules):
                told.append(f"{one.name} suppressed nothing; take it out if it is not needed.")
        return tuple(told)

    def _judged(
        self, finding: Finding, holding: list[tuple[int, Suppression]], known: Known
    ) -> JudgedFinding:
        fitting = [(at, one) for at, one in holding if one.fits(finding)]
        self._used.update(at for at, _ in fitting)
        name = self._name(finding)
        left_out = self._left_out(finding)
        if left_out is not None:
            reason = finding.dismissed if left_out is Disposition.DISMISSED else ""
            return JudgedFinding(finding, name, left_out, reason)
        if fitting:
            first = fitting[0][1]
            return JudgedFinding(finding, name, Disposition.SUPPRESSED, first.reason, first.origin)
        return self._compared(finding, name, known)

    def _left_out(self, finding: Finding) -> Disposition | None:
        """Why a finding is none that was asked for, if it is not."""
        if finding.rule not in self.policy.rules:
            return Disposition.LEFT_OUT
        if finding.tier is Tier.MORE and self.policy.tier is not Tier.MORE:
            return Disposition.MORE
        return Disposition.DISMISSED if finding.dismissed else None

    def _compared(self, finding: Finding, name: str, known: Known) -> JudgedFinding:
        """A finding beside the baseline: known, new, or known with fewer cells."""
        baseline = self.policy.baseline
        before = known.cells[finding.fingerprint] if known.counts[finding.fingerprint] else 0
        if baseline is not None and known.meets(finding):
            reason = "known before"
            return JudgedFinding(finding, name, Disposition.BASELINE, reason, baseline.origin)
        grown = f"known before with fewer cells: {before:,}" if before else ""
        return JudgedFinding(finding, name, reason=grown)

    def _name(self, finding: Finding) -> str:
        short = finding.fingerprint[:ID_LENGTH]
        self._ids[short] += 1
        count = self._ids[short]
        return short if count == 1 else f"{short}-{count}"
