"""Workbooks from files to `Prepared`, in worker processes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from threading import Event

from tickmark.analyses.prepared import Prepared, prepare
from tickmark.errors import TickmarkError
from tickmark.hosts.sources import Source
from tickmark.hosts.watch import Progress
from tickmark.hosts.workers import (
    SECONDS_PER_WORKBOOK,
    Lost,
    fault,
    in_processes,
    processes_each,
)
from tickmark.llm.tokens import estimate_tokens
from tickmark.read.own_sheets import without_own_sheets
from tickmark.settings import Settings
from tickmark.wiring import Reader, reader


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of a run: sources, the paths as typed, question, password, processes.

    `workers` are the reading processes, over workbooks first, over the sheets of few workbooks
    then. `ask_model` False makes facts and findings only; `debug` lets faults of Tickmark through.
    """

    sources: Sequence[Source]
    paths: tuple[str, ...] = ()
    question: str = ""
    password: str | None = None
    workers: int = 1
    ask_model: bool = False
    debug: bool = False


@dataclass(frozen=True, slots=True)
class Unprepared:
    """A workbook that could not be prepared, and the sentence that says why."""

    message: str


@dataclass(frozen=True, slots=True)
class Preparation:
    """What a worker is asked: the file, the path to show, and the budget of one sheet's text.

    Where that is too small for all of a sheet, what the `question` names comes first.
    """

    path: str
    shown: str
    budget: int
    model: str
    read: Reader
    question: str = ""
    password: str | None = None
    debug: bool = False


def prepare_all(
    request: Request, settings: Settings, watch: Progress, *, stop: Event | None = None
) -> Iterator[tuple[int, Prepared | Unprepared]]:
    """Read all sources; yields (number of the source, result) as each is through.

    A set `stop` ends it.
    """
    read = reader(settings, processes=processes_each(request.workers, len(request.sources)))
    jobs = [
        Preparation(
            path=str(source.path),
            shown=source.shown,
            budget=settings.sheet_tokens if request.ask_model else 0,
            model=settings.model,
            read=read,
            question=request.question,
            password=request.password,
            debug=request.debug,
        )
        for source in request.sources
    ]
    watch.phase("Reading", len(jobs))
    for number, result in in_processes(
        prepare_file, jobs, workers=request.workers, seconds=SECONDS_PER_WORKBOOK, stop=stop
    ):
        shown = request.sources[number].shown
        watch.step(shown)
        if isinstance(result, Lost):
            yield number, Unprepared(f"{shown}: {result.message}; it was skipped.")
        else:
            yield number, result


def prepare_file(job: Preparation) -> Prepared | Unprepared:
    """Read, audit and encode one workbook; never raises unless debugging."""
    try:
        workbook = without_own_sheets(job.read(job.path, password=job.password))
        prepared = prepare(
            workbook,
            budget=job.budget,
            tokens=lambda text: estimate_tokens(text, job.model),
            question=job.question,
        )
        return replace(prepared, path=job.shown)
    except TickmarkError as error:
        return Unprepared(str(error).replace(job.path, job.shown))
    except MemoryError:
        return Unprepared(f"{job.shown} needs more memory than there is; it was skipped.")
    except Exception as error:
        if job.debug:
            raise
        return Unprepared(fault(job.shown, error))
