"""The findings of one workbook file, as a worker process gives them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from tickmark.analyses.told_findings import ToldFinding, told_findings
from tickmark.audit.audit import findings_of
from tickmark.audit.rule import Facts
from tickmark.errors import TickmarkError
from tickmark.hosts.workers import fault
from tickmark.model.address import quote_sheet_name
from tickmark.model.analysis import Status
from tickmark.model.audited import AuditedWorkbook
from tickmark.model.finding import Finding, Tier
from tickmark.model.workbook import Workbook
from tickmark.read.own_sheets import is_own_output, without_own_sheets
from tickmark.structure.formulas import formulas_of
from tickmark.wiring import Reader

MOST_TOLD: Final = 2_000
"""Findings of one workbook that are made ready to be explained, the first ones."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which findings are to be explained: of some rules, of a tier, or those with some ids."""

    rules: frozenset[str]
    tier: Tier = Tier.DEFAULT
    ids: tuple[str, ...] = ()

    def among(self, findings: Sequence[Finding]) -> Iterator[int]:
        """The places of the findings that may be meant; a baseline or a setting can hide some."""
        starts = tuple(one.partition("-")[0] for one in self.ids)
        for at, one in enumerate(findings):
            fits = one.tier is Tier.DEFAULT or self.tier is Tier.MORE
            named = not starts or one.fingerprint.startswith(starts)
            if one.rule in self.rules and fits and named and not one.dismissed:
                yield at


@dataclass(frozen=True, slots=True)
class AuditJob:
    """What a worker is asked: the file, the path to show, how to read it, what to explain."""

    path: str
    shown: str
    read: Reader
    password: str | None = None
    debug: bool = False
    explain: Wanted | None = None


@dataclass(frozen=True, slots=True)
class AuditedFile:
    """A workbook with its findings; `told` are those that a model may be told of, by place."""

    workbook: AuditedWorkbook
    told: Mapping[int, ToldFinding] = field(default_factory=dict)


def audit_file(job: AuditJob) -> AuditedFile:
    """Read and audit one workbook; never raises unless debugging."""
    try:
        workbook = without_own_sheets(job.read(job.path, password=job.password))
        if is_own_output(workbook):
            return AuditedFile(AuditedWorkbook(job.shown, own_output=True))
        return _audited(workbook, job)
    except TickmarkError as error:
        return AuditedFile(failed(job.shown, str(error).replace(job.path, job.shown)))
    except MemoryError:
        message = f"{job.shown} needs more memory than there is; it was skipped."
        return AuditedFile(failed(job.shown, message))
    except Exception as error:
        if job.debug:
            raise
        return AuditedFile(failed(job.shown, fault(job.shown, error)))


def _audited(workbook: Workbook, job: AuditJob) -> AuditedFile:
    facts = Facts(workbook, formulas_of(workbook))
    findings = findings_of(facts)
    problems = [one.replace(job.path, job.shown) for one in _problems(workbook)]
    if not facts.formulas.complete:
        problems.append(f"{job.shown} has too many references to follow all of them.")
    told: Mapping[int, ToldFinding] = {}
    if job.explain is not None:
        told = told_findings(facts, findings, tuple(islice(job.explain.among(findings), MOST_TOLD)))
    audited = AuditedWorkbook(
        path=job.shown,
        status=Status.INCOMPLETE if problems else Status.OK,
        sha256=workbook.sha256,
        format=workbook.format,
        sheets=len(workbook.sheets),
        cells=sum(len(sheet.cells) for sheet in workbook.sheets),
        formulas=sum(sheet.cells.formula_count for sheet in workbook.sheets),
        findings=findings,
        problems=tuple(problems),
        notes=workbook.notes,
    )
    return AuditedFile(audited, told)


def _problems(workbook: Workbook) -> list[str]:
    found = [one.message for one in workbook.failures]
    found += workbook.problems
    found += [
        f"{quote_sheet_name(sheet.name)}: {problem}"
        for sheet in workbook.sheets
        for problem in sheet.problems
    ]
    if not workbook.formulas_available:
        found += workbook.notes or ("The formulas could not be read.",)
    return found


def failed(shown: str, error: str) -> AuditedWorkbook:
    """A workbook that could not be audited, with the sentence that says why."""
    return AuditedWorkbook(shown, Status.FAILED, error=error)
