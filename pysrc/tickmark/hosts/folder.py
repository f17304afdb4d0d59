"""Headless runs over many workbooks: read in processes, ask in threads, write in order."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from threading import Event

from tickmark import __version__
from tickmark.analyses.analyze import conclude, plan
from tickmark.analyses.prepared import Prepared
from tickmark.engine.run import Runner
from tickmark.errors import TickmarkError, WriteRefused
from tickmark.hosts.estimate import Estimate, estimate
from tickmark.hosts.preparation import Request, Unprepared, prepare_all
from tickmark.hosts.results import Results
from tickmark.hosts.run_folder import RunFolder, companion, output_places
from tickmark.hosts.spool import Spool
from tickmark.hosts.watch import Watch
from tickmark.llm.model import LanguageModel
from tickmark.model.analysis import Analysis, Status
from tickmark.model.run import Run
from tickmark.report.sheet import result_sheet
from tickmark.settings import Settings
from tickmark.wiring import price_of
from tickmark.write import PATCHABLE, write_analysed, write_companion

WORKBOOKS_AT_ONCE = 8


def run_folder(
    request: Request,
    settings: Settings,
    folder: RunFolder,
    *,
    run_id: str,
    model: LanguageModel | None,
    watch: Watch,
    stop: Event | None = None,
) -> Run:
    """Analyse all sources into a run folder; `model` None asks none: rules only.

    `stop`, once set, ends the asking. Never raises for a bad workbook or a failing provider;
    Ctrl-C leaves what is done.
    """
    started = now()
    clock = time.monotonic()
    results = Results(folder, tell=watch.result)
    places = output_places([source.place for source in request.sources])
    analysing = _Analysing(
        request, settings, folder, run_id, results, watch, stop or Event(), places
    )
    try:
        with Spool[Prepared]() as spool:
            pending = analysing.prepare(spool, asked=model is not None)
            if model is not None and pending:
                analysing.ask(model, spool, pending)
    except KeyboardInterrupt:
        results.stopped = "interrupted"
        watch.say("Stopped; what is done has been kept.")
    results.finish()
    code = results.exit_code(settings.fail_on)
    run = Run(
        id=run_id,
        version=__version__,
        started=started,
        finished=now(),
        paths=request.paths,
        model=settings.model if model is not None else "",
        question=request.question,
        max_cost=settings.max_cost,
        workbooks=results.workbooks,
        failed=results.failed,
        incomplete=results.incomplete,
        skipped=tuple(results.skipped),
        complete=code in (0, 1),
        stopped=results.stopped,
        exit_code=code,
        usage=results.usage,
        seconds=round(time.monotonic() - clock, 3),
    )
    folder.close(run)
    return run


def now() -> str:
    """The present in ISO 8601, with offset, to the second."""
    return dt.datetime.now(dt.UTC).astimezone().isoformat(timespec="seconds")


@dataclass(slots=True)
class _Analysing:
    request: Request
    settings: Settings
    folder: RunFolder
    run_id: str
    results: Results
    watch: Watch
    stop: Event
    places: Sequence[PurePosixPath]

    def prepare(self, spool: Spool[Prepared], *, asked: bool) -> list[int]:
        """Read every workbook; finish it at once if no model is asked, else lay it aside."""
        pending: list[int] = []
        total = Estimate()
        for number, prepared in prepare_all(self.request, self.settings, self.watch):
            source = self.request.sources[number]
            if isinstance(prepared, Unprepared):
                failed = Analysis(source.shown, Status.FAILED, error=prepared.message)
                self.results.add(number, failed)
            elif prepared.own_output:
                self.results.skip(number, source.shown)
            elif not asked:
                self.results.add(number, self.written(number, conclude(prepared, {})))
            else:
                tasks = plan(prepared, model=self.settings.model, question=self.request.question)
                total += estimate(tasks, self.settings.model, price_of(self.settings))
                spool.put(number, prepared, secret=self.request.password is not None)
                pending.append(number)
        if asked:
            self.watch.say(total.sentence(self.settings.model, self.settings.max_cost))
        return sorted(pending)

    def ask(self, model: LanguageModel, spool: Spool[Prepared], pending: list[int]) -> None:
        """Put the questions about all waiting workbooks, several workbooks at once."""
        self.watch.phase("Analysing", len(pending))
        with (
            Runner(model, jobs=self.settings.jobs, stop=self.stop) as runner,
            ThreadPoolExecutor(WORKBOOKS_AT_ONCE, thread_name_prefix="workbook") as threads,
        ):
            futures: dict[Future[Analysis], int] = {
                threads.submit(self.analysed, runner, spool, number): number for number in pending
            }
            try:
                for future in as_completed(futures):
                    number = futures[future]
                    self.watch.step(self.request.sources[number].shown)
                    self.results.add(number, future.result())
            except KeyboardInterrupt:
                self.stop.set()
                threads.shutdown(wait=True, cancel_futures=True)
                for future, number in futures.items():
                    if future.done() and not future.cancelled():
                        self.results.add(number, future.result())
                raise
            finally:
                if runner.stopped_by is not None:
                    self.results.stopped_by(runner.stopped_by)

    def analysed(self, runner: Runner, spool: Spool[Prepared], number: int) -> Analysis:
        """One workbook: its questions, its conclusion, its copy."""
        clock = time.monotonic()
        prepared = spool.take(number)
        question = self.request.question
        outcomes = runner.run(plan(prepared, model=self.settings.model, question=question))
        self.results.heard(outcomes.values())
        analysis = conclude(
            prepared,
            outcomes,
            model=self.settings.model,
            question=question,
            seconds=round(time.monotonic() - clock, 3),
        )
        return self.written(number, analysis)

    def written(self, number: int, analysis: Analysis) -> Analysis:
        """Write the analysed copy, or a companion where the workbook cannot be patched."""
        source, place = self.request.sources[number], self.places[number]
        sheet = result_sheet(analysis, version=__version__, run_id=self.run_id, finished=now())
        target = self.folder.path / place
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            if analysis.format not in PATCHABLE:
                write_companion([sheet], target)
                return replace(analysis, output=place.as_posix())
            try:
                write_analysed(source.path, [sheet], target)
            except WriteRefused as refused:
                notes = (*analysis.notes, f"A companion was written, no copy: {refused}")
                analysis = replace(analysis, notes=notes)
                if target.suffix.lower() != ".xlsx":
                    place = companion(source.place)
                write_companion([sheet], self.folder.path / place)
        except (OSError, TickmarkError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            notes = (*analysis.notes, f"The analysed copy could not be written: {reason}")
            return replace(analysis, status=Status.INCOMPLETE, notes=notes)
        return replace(analysis, output=place.as_posix())
