"""The threads that put the questions of a run: within its limits, watched, with telemetry."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event
from typing import Final

from tickmark.engine.run import Runner
from tickmark.engine.telemetry import run_span
from tickmark.engine.watchdog import Watchdog
from tickmark.hosts.private_file import private_folder
from tickmark.llm.model import LanguageModel
from tickmark.settings import Settings, state_folder

STALLS_FILE: Final = "stalls.log"
"""In the user's state folder: what the threads of a run were doing that stood still."""


@contextmanager
def watched_runner(
    model: LanguageModel,
    settings: Settings,
    *,
    stop: Event,
    say: Callable[[str], None],
    run: str = "",
) -> Iterator[Runner]:
    """A Runner for the run of this id until the block ends.

    Where nothing moves for `settings.stall` seconds, `say` gets a sentence, from another thread,
    and the run goes on. With `settings.telemetry` the run and each of its tasks are spans.
    """
    with (
        run_span(run, on=settings.telemetry == "on") as spans,
        Runner(
            model,
            jobs=settings.jobs,
            stop=stop,
            max_failures=settings.max_failures,
            task_span=spans.task if spans.on else None,
        ) as runner,
        Watchdog(lambda: runner.progress, seconds=settings.stall, log=_log(), say=say, stop=stop),
    ):
        yield runner


def _log() -> Path:
    folder = state_folder()
    # What cannot be written is told when there is something to write.
    with suppress(OSError):
        private_folder(folder)
    return folder / STALLS_FILE
