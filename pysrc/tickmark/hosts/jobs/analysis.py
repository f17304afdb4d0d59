"""Analyze and Audit: the job that every other way of use runs, over the open workbook."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from tickmark import __version__
from tickmark.analyses.analyze import WORKBOOK_TASK, conclude, plan
from tickmark.analyses.prepared import Prepared
from tickmark.engine.plan import Outcome, Plan
from tickmark.hosts.folder import now
from tickmark.hosts.jobs.asking import asked, consent, may_ask, ribbon_settings
from tickmark.hosts.jobs.job import Job
from tickmark.hosts.jobs.live_workbook import live_workbook, only, prepared
from tickmark.hosts.jobs.memory import remember
from tickmark.model.analysis import Analysis
from tickmark.report.sheet import live_sheet
from tickmark.report.verdict import workbook_verdict
from tickmark.settings import Settings, find_key
from tickmark.write.live import add_sheet

ANALYSIS_SHEET = "Tickmark analysis"
AUDIT_SHEET = "Tickmark audit"
NO_KEY = "Rules only: no API key is set (`tickmark key set`, or ANTHROPIC_API_KEY)."


@dataclass(frozen=True, slots=True)
class Scope:
    """What is looked at: one sheet by name or "" for the workbook, and whether a model is asked."""

    title: str
    sheet: str = ""
    ask: bool = False


def analyze_sheet(job: Job) -> str:
    """What deserves attention in the active sheet, on a new sheet."""
    return carry_out(job, Scope(ANALYSIS_SHEET, job.place.sheet, ask=True))


def analyze_workbook(job: Job) -> str:
    """What deserves attention in the workbook, on a new sheet."""
    return carry_out(job, Scope(ANALYSIS_SHEET, ask=True))


def audit_sheet(job: Job) -> str:
    """The findings of the fixed rules in the active sheet, on a new sheet."""
    return carry_out(job, Scope(AUDIT_SHEET, job.place.sheet))


def audit_workbook(job: Job) -> str:
    """The findings of the fixed rules in the workbook, on a new sheet."""
    return carry_out(job, Scope(AUDIT_SHEET))


def carry_out(job: Job, scope: Scope) -> str:
    """Read, ask where asking is wished and agreed to, and write the new sheet."""
    started, clock = now(), time.monotonic()
    settings = ribbon_settings()
    asks = scope.ask and may_ask(settings)
    ready = part(prepared(live_workbook(job, settings), settings, ask=asks), scope.sheet)
    outcomes: dict[str, Outcome] = {}
    model = ""
    if asks:
        tasks = tasks_of(ready, settings, scope.sheet)
        if not consent(job, tasks, settings):
            return "Nothing was sent: the estimate was not agreed to."
        if len(tasks):
            outcomes, model = asked(job, tasks, settings, find_key()), settings.model
    elif scope.ask:
        job.say(NO_KEY)
    analysis = concluded(ready, outcomes, model, scope)
    analysis = replace(
        analysis,
        notes=(*job.said, *analysis.notes),
        seconds=round(time.monotonic() - clock, 3),
    )
    write(job, analysis, scope.title)
    remember(job.place, analysis, run_id=job.run_id, started=started, max_cost=settings.max_cost)
    return workbook_verdict(analysis)


def part(whole: Prepared, sheet: str) -> Prepared:
    """The sheet with this name, or the whole workbook. Raises InputError."""
    return only(whole, sheet) if sheet else whole


def tasks_of(ready: Prepared, settings: Settings, sheet: str) -> Plan:
    """The questions; one sheet needs no summary of the workbook."""
    tasks = plan(ready, model=settings.model)
    return Plan([one for one in tasks if one.id != WORKBOOK_TASK]) if sheet else tasks


def concluded(ready: Prepared, outcomes: dict[str, Outcome], model: str, scope: Scope) -> Analysis:
    """The analysis; what the model says about the only sheet stands for the whole."""
    analysis = conclude(ready, outcomes, model=model)
    if not scope.sheet:
        return analysis
    (sheet,) = analysis.sheets
    return replace(analysis, summary=sheet.summary, sheets=(replace(sheet, summary=""),))


def write(job: Job, analysis: Analysis, title: str) -> None:
    """Write the result sheet; its fingerprint would be that of a copy that is gone."""
    job.show("writing the result")
    # All sheets of an open workbook can be linked to, whatever the format of its file.
    shown = replace(analysis, sha256="", format="")
    sheet = live_sheet(shown, name=title, version=__version__, run_id=job.run_id, finished=now())
    add_sheet(job.book, sheet)
