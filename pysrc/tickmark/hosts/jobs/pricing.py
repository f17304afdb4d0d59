"""Estimate: what an analysis would send and cost; sends nothing."""

from __future__ import annotations

from tickmark.errors import InputError
from tickmark.hosts.estimate import estimate
from tickmark.hosts.jobs.analysis import part, tasks_of
from tickmark.hosts.jobs.asking import ribbon_settings, words
from tickmark.hosts.jobs.job import Job
from tickmark.hosts.jobs.live_workbook import live_workbook, prepared
from tickmark.wiring import calibrated, price_of


def price_sheet_and_workbook(job: Job) -> str:
    """Show calls, tokens and USD for the active sheet and for the workbook."""
    settings = ribbon_settings()
    whole = prepared(live_workbook(job, settings), settings, ask=True)
    learnt = calibrated()
    lines = []
    for label, sheet in ((f"Sheet {job.place.sheet}", job.place.sheet), ("Workbook", "")):
        try:
            tasks = tasks_of(part(whole, sheet), settings, sheet)
        except InputError as error:
            lines.append(str(error))
        else:
            priced = estimate(tasks, settings.model, price_of(settings), learnt)
            lines.append(f"{label}: {words(priced, settings.model)}")
    limit = f"The limit of one run is {settings.max_cost:.2f} USD. Nothing was sent."
    job.tell("\n\n".join([*lines, limit]))
    return " ".join(lines)
