"""Workbooks from files to their findings, in worker processes; asks no model, writes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from threading import Event

from tickmark.hosts.audit_file import AuditedFile, AuditJob, Wanted, audit_file, failed
from tickmark.hosts.sources import Source
from tickmark.hosts.watch import Progress
from tickmark.hosts.workers import SECONDS_PER_WORKBOOK, Lost, in_processes, processes_each
from tickmark.settings import Settings
from tickmark.wiring import reader


def audit_all(
    sources: Sequence[Source],
    settings: Settings,
    watch: Progress,
    *,
    workers: int,
    password: str | None = None,
    debug: bool = False,
    stop: Event | None = None,
    explain: Wanted | None = None,
) -> Iterator[AuditedFile]:
    """The findings of all sources, in their order, each as soon as those before it are through.

    With `explain` those that are wanted come with what a model may be told of them.

    A workbook that cannot be read or that meets a fault of Tickmark fails alone. A single one needs
    no process of its own. A set `stop` ends it.
    """
    read = reader(settings, processes=processes_each(workers, len(sources)))
    jobs = [
        AuditJob(str(source.path), source.shown, read, password, debug, explain)
        for source in sources
    ]
    if len(jobs) == 1:
        yield audit_file(jobs[0])
        return
    watch.phase("Auditing", len(jobs))
    waiting: dict[int, AuditedFile] = {}
    expected = 0
    for number, result in in_processes(
        audit_file, jobs, workers=workers, seconds=SECONDS_PER_WORKBOOK, stop=stop
    ):
        shown = sources[number].shown
        watch.step(shown)
        waiting[number] = (
            AuditedFile(failed(shown, f"{shown}: {result.message}; it was skipped."))
            if isinstance(result, Lost)
            else result
        )
        while expected in waiting:
            yield waiting.pop(expected)
            expected += 1
    for number in sorted(waiting):
        yield waiting[number]
