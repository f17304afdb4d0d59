"""The findings of one workbook file, as a worker process gives them."""

from __future__ import annotations

from dataclasses import dataclass

from tickmark.audit.audit import findings_of
from tickmark.audit.rule import Facts
from tickmark.errors import TickmarkError
from tickmark.hosts.workers import fault
from tickmark.model.address import quote_sheet_name
from tickmark.model.analysis import Status
from tickmark.model.audited import AuditedWorkbook
from tickmark.model.workbook import Workbook
from tickmark.read.own_sheets import is_own_output, without_own_sheets
from tickmark.structure.formulas import formulas_of
from tickmark.wiring import Reader


@dataclass(frozen=True, slots=True)
class AuditJob:
    """What a worker is asked: the file, the path to show, how to read it."""

    path: str
    shown: str
    read: Reader
    password: str | None = None
    debug: bool = False


def audit_file(job: AuditJob) -> AuditedWorkbook:
    """Read and audit one workbook; never raises unless debugging."""
    try:
        workbook = without_own_sheets(job.read(job.path, password=job.password))
        if is_own_output(workbook):
            return AuditedWorkbook(job.shown, own_output=True)
        return _audited(workbook, job)
    except TickmarkError as error:
        return failed(job.shown, str(error).replace(job.path, job.shown))
    except MemoryError:
        return failed(job.shown, f"{job.shown} needs more memory than there is; it was skipped.")
    except Exception as error:
        if job.debug:
            raise
        return failed(job.shown, fault(job.shown, error))


def _audited(workbook: Workbook, job: AuditJob) -> AuditedWorkbook:
    facts = Facts(workbook, formulas_of(workbook))
    findings = findings_of(facts)
    problems = [one.replace(job.path, job.shown) for one in _problems(workbook)]
    if not facts.formulas.complete:
        problems.append(f"{job.shown} has too many references to follow all of them.")
    return AuditedWorkbook(
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
