"""Headless runs over many workbooks: read in processes, ask in threads, write in order."""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath
from threading import Event

from tickmark import __version__
from tickmark.analyses.analyze import conclude, plan
from tickmark.analyses.prepared import Prepared
from tickmark.engine.bottlenecks import bottlenecks
from tickmark.engine.interrupt import ctrl_c_sets
from tickmark.engine.run import Runner
from tickmark.engine.trace import TaskTrace
from tickmark.engine.traced_tasks import traced_tasks
from tickmark.errors import InputError, TickmarkError, WriteRefused
from tickmark.hosts.estimate import Estimate, estimate
from tickmark.hosts.preparation import Request, Unprepared, prepare_all
from tickmark.hosts.results import Results
from tickmark.hosts.run_folder import RunFolder, companion, output_places
from tickmark.hosts.sight import Sight
from tickmark.hosts.spool import Spool
from tickmark.hosts.timeline import write_timelines
from tickmark.hosts.watch import Watch
from tickmark.hosts.watched_runner import watched_runner
from tickmark.hosts.workers import fault
from tickmark.llm.model import LanguageModel
from tickmark.model.analysis import Analysis, Status
from tickmark.model.run import Run
from tickmark.report.sheet import result_sheet
from tickmark.report.timeline_record import bottlenecks_record
from tickmark.report.wording import counted, first_few
from tickmark.settings import Settings
from tickmark.wiring import calibrated, price_of
from tickmark.write import PATCHABLE, write_analysed, write_companion

# At least; where more calls can be in flight, as many as those.
WORKBOOKS_AT_ONCE = 8
# A set stop, and on Windows Ctrl-C, is seen between two waits.
HEARTBEAT_SECONDS = 0.5


def run_folder(
    request: Request,
    settings: Settings,
    folder: RunFolder,
    *,
    run_id: str,
    model: LanguageModel | None,
    watch: Watch,
    stop: Event | None = None,
    sight: Sight | None = None,
    hand_in: Callable[[], str] | None = None,
    priced: bool = True,
) -> Run:
    """Analyse all sources into a run folder; `model` None asks none: rules only.

    Of a folder that is resumed, workbooks that an earlier run was through with and that have not
    changed since are taken as they are. `sight` follows every question; with it the folder gets the
    timeline of the run. `hand_in` is called when all have been put: it hands in what was
    gathered for message batches and gives a sentence about it, or raises a TickmarkError that stops
    the run. The price is told before the first question, unless `priced` is False. `stop`, once
    set, ends the run: what is under way is brought to its end, and what is done is kept. The first
    Ctrl-C sets it; a second one gives up what is under way. Never raises for a bad workbook or a
    failing provider; raises InputError where the folder cannot be written.
    """
    stop = stop or Event()
    sight = sight or Sight(settings.jobs)
    results = Results(folder, tell=watch.result)
    places = output_places([source.place for source in request.sources])
    analysing = _Analysing(
        request, settings, folder, run_id, results, watch, stop, places, sight, hand_in, priced
    )
    with ctrl_c_sets(stop):
        started, clock = now(), time.monotonic()
        analysing.carry_out(model)
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
            bottlenecks=analysing.timelines(),
        )
        folder.close(run)
    return run


def now() -> str:
    """The present in ISO 8601, with offset, to the second."""
    return dt.datetime.now(dt.UTC).astimezone().isoformat(timespec="seconds")


def sha256_of(path: Path) -> str:
    """Fingerprint of a file's bytes. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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
    sight: Sight
    hand_in: Callable[[], str] | None
    priced: bool
    left: bool = False

    def carry_out(self, model: LanguageModel | None) -> None:
        """Read, ask and write, until all is done or the run is stopped."""
        try:
            with Spool[Prepared]() as spool:
                pending = self.prepare(spool, asked=model is not None)
                if model is not None and pending and not self.stop.is_set():
                    self.ask(model, spool, pending)
                    self.hand_over()
        except KeyboardInterrupt:
            self.stop.set()
        except OSError as error:
            message = f"The run cannot go on: {error.strerror}; make room for temporary files."
            raise InputError(message) from error
        if self.stop.is_set():
            self.results.interrupt()
            self.watch.say("Stopped; what is done has been kept.")
        self.results.finish()

    def prepare(self, spool: Spool[Prepared], *, asked: bool) -> list[int]:
        """Read every workbook; finish it at once if no model is asked, else lay it aside."""
        pending: list[int] = []
        questions = 0
        total, learnt = Estimate(), calibrated()
        batch = self.hand_in is not None
        price = price_of(self.settings, batch=batch)
        left = self.take_kept()
        request = replace(self.request, sources=[self.request.sources[n] for n in left])
        for place, prepared in prepare_all(request, self.settings, self.watch, stop=self.stop):
            number = left[place]
            source = self.request.sources[number]
            if isinstance(prepared, Unprepared):
                failed = Analysis(source.shown, Status.FAILED, error=prepared.message)
                self.results.add(number, failed)
            elif prepared.own_output:
                self.results.skip(number, source.shown)
            elif not asked:
                made = self.whole(number, partial(self.ruled, prepared, number))
                self.results.add(number, made)
            else:
                tasks = plan(prepared, model=self.settings.model, question=self.request.question)
                questions += len(tasks)
                total += estimate(tasks, self.settings.model, price, learnt)
                spool.put(number, prepared, secret=self.request.password is not None)
                pending.append(number)
        if asked and self.priced and not self.stop.is_set():
            told = total.sentence(
                self.settings.model,
                self.settings.max_cost,
                batch=batch,
                resumed=self.folder.resumed,
            )
            self.watch.say(told)
        self.sight.expect(plans=len(pending), tasks=questions)
        return sorted(pending)

    def hand_over(self) -> None:
        """Hand in what was gathered, unless the run ends."""
        if self.hand_in is None or self.stop.is_set() or self.results.stopped:
            return
        try:
            sentence = self.hand_in()
        except TickmarkError as error:
            self.results.stopped_by(error)
            sentence = str(error)
        if sentence:
            self.watch.say(sentence)

    def take_kept(self) -> list[int]:
        """Add what an earlier run was through with; the numbers of the others."""
        left: list[int] = []
        changed: list[str] = []
        gone: list[str] = []
        for number, source in enumerate(self.request.sources):
            kept = self.folder.kept.get(source.shown)
            if kept is None:
                left.append(number)
                continue
            found = _fingerprint(source.path)
            if found not in (kept.sha256, ""):
                changed.append(source.shown)
                left.append(number)
                continue
            if not found:
                gone.append(source.shown)
            self.results.add(number, kept)
        if self.folder.kept:
            done = counted(len(self.request.sources) - len(left), "workbook")
            self.watch.say(f"Taken from the earlier run: {done}.")
        if changed:
            self.watch.say(f"Changed since the earlier run, analysed anew: {first_few(changed)}.")
        if gone:
            self.watch.say(f"Not to be read any more, told as before: {first_few(gone)}.")
        return left

    def ask(self, model: LanguageModel, spool: Spool[Prepared], pending: list[int]) -> None:
        """Put the questions about all waiting workbooks, several workbooks at once."""
        threads = ThreadPoolExecutor(self.at_once, thread_name_prefix="workbook")

        def submit(number: int) -> Future[Analysis]:
            return threads.submit(self.analysed, runner, spool, number)

        with (
            watched_runner(
                model, self.settings, stop=self.stop, say=self.watch.say, run=self.run_id
            ) as runner,
            self.watch.asking(self.sight.totals),
        ):
            try:
                self.collect(submit, iter(pending))
            except KeyboardInterrupt:
                self.left = True
                threads.shutdown(wait=False, cancel_futures=True)
                raise
            except BaseException:
                self.stop.set()
                threads.shutdown()
                raise
            finally:
                if runner.stopped_by is not None:
                    self.results.stopped_by(runner.stopped_by)
            threads.shutdown()

    @property
    def at_once(self) -> int:
        """Workbooks whose questions are put at the same time."""
        return max(WORKBOOKS_AT_ONCE, self.settings.jobs)

    def collect(self, submit: Callable[[int], Future[Analysis]], numbers: Iterator[int]) -> None:
        """Hand workbooks out, few at a time, and take their results until all are through."""
        waiting: dict[Future[Analysis], int] = {}
        told = False
        try:
            while True:
                while not self.stop.is_set() and len(waiting) < 2 * self.at_once:
                    number = next(numbers, None)
                    if number is None:
                        break
                    waiting[submit(number)] = number
                if self.stop.is_set() and not told:
                    told = True
                    self.give_up(waiting)
                if not waiting:
                    return
                done, _ = wait(waiting, HEARTBEAT_SECONDS, FIRST_COMPLETED)
                self.take(done, waiting)
        except KeyboardInterrupt:
            self.take([future for future in waiting if future.done()], waiting)
            raise

    def give_up(self, waiting: dict[Future[Analysis], int]) -> None:
        """Take back what no thread has begun, and say what is waited for."""
        for future in [future for future in waiting if future.cancel()]:
            del waiting[future]
        self.watch.say("Stopping: waiting for the calls under way; Ctrl-C again leaves at once.")

    def take(self, done: Iterable[Future[Analysis]], waiting: dict[Future[Analysis], int]) -> None:
        """Add the results of finished workbooks."""
        for future in sorted(done, key=waiting.__getitem__):
            number = waiting.pop(future)
            self.results.add(number, future.result())

    def analysed(self, runner: Runner, spool: Spool[Prepared], number: int) -> Analysis:
        """One workbook: its questions, its conclusion, its copy."""
        return self.whole(number, lambda: self.asked(runner, spool.take(number), number))

    def asked(self, runner: Runner, prepared: Prepared, number: int) -> Analysis:
        """One workbook whose questions are put."""
        clock = time.monotonic()
        question = self.request.question
        tasks = plan(prepared, model=self.settings.model, question=question)
        ended: list[TaskTrace] = []
        follow = self.sight.follow(tasks, prepared.path, ended.append)
        outcomes = runner.run(tasks, follow, name=prepared.path)
        self.results.heard(outcomes.values())
        trace = traced_tasks(ended, [task.id for task in tasks])
        analysis = conclude(
            prepared,
            outcomes,
            model=self.settings.model,
            question=question,
            seconds=round(time.monotonic() - clock, 3),
        )
        analysis = replace(analysis, trace=trace, trace_left_out=len(tasks) - len(trace))
        return self.written(number, analysis)

    def timelines(self) -> Mapping[str, object]:
        """Write the timeline of the questions, if any were put; what bounded them."""
        trace = self.sight.trace()
        if not trace.tasks:
            return {}
        found = bottlenecks(trace)
        try:
            write_timelines(self.folder.path, trace, found, name=self.run_id)
        except InputError as error:
            self.watch.say(str(error))
        return bottlenecks_record(found)

    def ruled(self, prepared: Prepared, number: int) -> Analysis:
        """One workbook by rules only."""
        return self.written(number, conclude(prepared, {}))

    def whole(self, number: int, make: Callable[[], Analysis]) -> Analysis:
        """What `make` gives; a fault of Tickmark costs this workbook and no other."""
        try:
            return make()
        except Exception as error:
            if self.request.debug:
                raise
            shown = self.request.sources[number].shown
            return Analysis(shown, Status.FAILED, error=fault(shown, error))

    def written(self, number: int, analysis: Analysis) -> Analysis:
        """Write the analysed copy, or a companion where the workbook cannot be patched.

        Nothing of a run that was left: nobody takes its result any more.
        """
        if self.left:
            return analysis
        source, place = self.request.sources[number], self.places[number]
        sheet = result_sheet(analysis, version=__version__, run_id=self.run_id, finished=now())
        target = self.folder.path / place
        try:
            if sha256_of(source.path) != analysis.sha256:
                return _lacking(analysis, "The workbook was changed during the run; run it again.")
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
            return _lacking(analysis, f"The analysed copy could not be written: {reason}")
        return replace(analysis, output=place.as_posix())


def _fingerprint(path: Path) -> str:
    """That of a file; "" where it cannot be read."""
    try:
        return sha256_of(path)
    except OSError:
        return ""


def _lacking(analysis: Analysis, problem: str) -> Analysis:
    problems = (*analysis.problems, problem)
    return replace(analysis, status=Status.INCOMPLETE, problems=problems)
