"""Report: the page of the last run over the workbook, made by rules only where there was none."""

from __future__ import annotations

import time
from dataclasses import replace

from tickmark.analyses.analyze import conclude
from tickmark.hosts.folder import now
from tickmark.hosts.jobs.asking import ribbon_settings
from tickmark.hosts.jobs.job import Job
from tickmark.hosts.jobs.live_workbook import live_workbook, prepared
from tickmark.hosts.jobs.memory import recall, remember, run_report
from tickmark.hosts.opening import open_page


def open_report(job: Job) -> str:
    """Open the report in the browser; sends nothing."""
    memory = recall(job.place.key)
    if memory is not None and run_report(memory.run_id).is_file():
        open_page(run_report(memory.run_id))
        return f"Report of run {memory.run_id} opened."
    started, clock = now(), time.monotonic()
    settings = ribbon_settings()
    ready = prepared(live_workbook(job, settings), settings, ask=False)
    analysis = replace(conclude(ready, {}), seconds=round(time.monotonic() - clock, 3))
    remember(job.place, analysis, run_id=job.run_id, started=started, max_cost=settings.max_cost)
    open_page(run_report(job.run_id))
    return f"Report of run {job.run_id} made and opened."
