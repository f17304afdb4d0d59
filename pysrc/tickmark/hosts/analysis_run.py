"""A run of `analyze` from its request to its end, or the next part of one that was broken off."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Event

from tickmark.engine.interrupt import ctrl_c_sets
from tickmark.engine.trace import Trace
from tickmark.errors import InputError
from tickmark.hosts.folder import now, run_folder
from tickmark.hosts.line import JOURNAL_FILE, await_batch, open_line, opened, told
from tickmark.hosts.preparation import Request
from tickmark.hosts.run_folder import RunFolder, default_out, new_run_id
from tickmark.hosts.run_request import RunRequest, write_request
from tickmark.hosts.sight import Sight
from tickmark.hosts.watch import Watch
from tickmark.llm.model import Prompt
from tickmark.model.run import Run
from tickmark.read.limits import meanings
from tickmark.settings import Key, Settings

OUT = "tickmark-out"


@dataclass(frozen=True, slots=True)
class Conduct:
    """How a run is carried out: nothing here shapes its questions.

    `wait` waits for message batches until the run is whole.
    """

    key: Key | None
    watch: Watch
    stop: Event
    show: Callable[[Prompt], None] | None = None
    wait: bool = False


def begin(
    request: Request, settings: Settings, out: Path | None, *, batch: bool
) -> tuple[RunFolder, RunRequest]:
    """The folder of a new run, with its request in it. Raises InputError."""
    run_id = new_run_id(dt.datetime.now(dt.UTC).astimezone())
    folder = RunFolder(out or default_out(Path(OUT)) / run_id)
    asked = RunRequest(
        id=run_id,
        started=now(),
        paths=request.paths,
        sources=tuple(request.sources),
        question=request.question,
        model=settings.model if request.ask_model else "",
        max_cost=settings.max_cost,
        sheet_tokens=settings.sheet_tokens,
        fail_on=settings.fail_on,
        max_file_mb=settings.max_file_mb,
        batch=batch,
        limits={name: float(getattr(settings.limits, name)) for name, _, _ in meanings()},
    )
    write_request(folder.path, asked)
    return folder, asked


def find_run(name: str) -> Path:
    """The folder of a run by its path or, below ./tickmark-out, its id. Raises InputError."""
    for place in (Path(name), Path(OUT) / name):
        if place.is_dir():
            return place
    raise InputError(
        f"{name} is no folder of a run; name one, such as ./{OUT}/20261121-021530-9f3c."
    )


def carry_out(
    request: Request,
    settings: Settings,
    folder: RunFolder | Path,
    asked: RunRequest,
    conduct: Conduct,
) -> tuple[Run, Trace]:
    """Carry out a new run in its folder, or the next part of one in the folder of this path.

    Gives the run and what its questions went through. Raises InputError where the folder cannot be
    written, WriteRefused where another process is at work on the run, and the ModelError family
    where its batches cannot be collected.
    """
    priced = True
    while True:
        run, trace = _part(request, settings, folder, asked, conduct, priced=priced)
        priced = False
        if not conduct.wait or run.stopped != "batch" or conduct.stop.is_set():
            return run, trace
        folder = folder.path if isinstance(folder, RunFolder) else folder
        with (
            ctrl_c_sets(conduct.stop),
            opened(folder / JOURNAL_FILE, conduct.watch.say) as journal,
        ):
            ended = await_batch(
                settings, conduct.key, journal, stop=conduct.stop, say=conduct.watch.say
            )
        if not ended:
            return run, trace


def _part(
    request: Request,
    settings: Settings,
    folder: RunFolder | Path,
    asked: RunRequest,
    conduct: Conduct,
    *,
    priced: bool,
) -> tuple[Run, Trace]:
    sight = Sight(settings.jobs)
    carry = partial(
        run_folder,
        request,
        settings,
        run_id=asked.id,
        watch=conduct.watch,
        stop=conduct.stop,
        sight=sight,
        priced=priced,
    )
    if not request.ask_model:
        return carry(_opened(folder), model=None), sight.trace()
    path = folder.path if isinstance(folder, RunFolder) else folder
    with open_line(
        settings,
        conduct.key,
        stop=conduct.stop,
        say=conduct.watch.say,
        show=conduct.show,
        journal=path / JOURNAL_FILE,
        batch=asked.batch,
        run=asked.id,
    ) as line:
        # Now that the journal is ours, nobody else is at work on the run.
        run = carry(
            _opened(folder),
            model=line.model,
            hand_in=(lambda: told(line.hand_in())) if asked.batch else None,
        )
    return run, sight.trace()


def _opened(folder: RunFolder | Path) -> RunFolder:
    return folder if isinstance(folder, RunFolder) else RunFolder(folder, resumed=True)
