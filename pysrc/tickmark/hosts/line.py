"""The line from a run to its model, with a journal and, where wanted, message batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Final

from tickmark.engine.batches import Collected, HandedIn, any_ended, collect, hand_in, recover
from tickmark.engine.journal import Journal
from tickmark.errors import ModelBusy, ModelUnreachable
from tickmark.llm.batch_model import BatchModel
from tickmark.llm.gathering import GatheringModel
from tickmark.llm.metered import Meter
from tickmark.llm.model import LanguageModel, Prompt
from tickmark.llm.retrying_batches import RetryingBatches
from tickmark.model.usage import Usage
from tickmark.report.wording import counted
from tickmark.settings import Key, Settings
from tickmark.wiring import (
    batch_model,
    calibrated,
    identity_of,
    language_model,
    price_of,
    reply_store,
)

JOURNAL_FILE = "journal.jsonl"

POLL_SECONDS: Final = 60.0
MOST_LOST_POLLS: Final = 30
"""So often in a row the provider may be out of reach while batches are waited for."""


@dataclass(frozen=True, slots=True)
class Line:
    """A model to ask, and what became of earlier batches of the run."""

    model: LanguageModel
    collected: Collected
    _settings: Settings
    _meter: Meter
    _journal: Journal | None = None
    _gathering: GatheringModel | None = None
    _batches: BatchModel | None = None

    @property
    def idle(self) -> bool:
        """Whether all that was handed in is still waited for, so that nothing can go on."""
        return bool(self.collected.waiting) and not (
            self.collected.answered or self.collected.failures
        )

    def hand_in(self) -> HandedIn:
        """Hand in what was gathered. Raises the ModelError family and BudgetExceeded."""
        if self._gathering is None or self._batches is None or self._journal is None:
            return HandedIn()
        return hand_in(
            self._batches,
            self._gathering.gathered,
            self._journal,
            self._meter,
            price_of(self._settings),
            bound=calibrated().bound,
        )


@contextmanager
def open_line(
    settings: Settings,
    key: Key | None,
    *,
    stop: Event,
    say: Callable[[str], None],
    show: Callable[[Prompt], None] | None = None,
    journal: Path | Journal | None = None,
    batch: bool = False,
    run: str = "",
) -> Iterator[Line]:
    """The model of a run, as `wiring.language_model`, answered from its journal first.

    What a journal says was paid counts towards the spending limit. A journal that is open already
    stays open. With `batch`, which needs a journal, the batches that have ended are collected, and
    questions are gathered, not sent.
    """
    with ExitStack() as stack:
        kept = stack.enter_context(opened(journal, say)) if isinstance(journal, Path) else journal
        collected, gathering, batches = Collected(), None, None
        set_aside = 0.0
        if batch and kept is not None:
            batches = stack.enter_context(_batches(settings, key, stop=stop, say=say, run=run))
            collected = _collected(batches, kept, settings, say)
            set_aside = sum(one.usd for one in kept.batches())
            gathering = GatheringModel(
                identity=identity_of(settings),
                submitted=collected.waiting,
                failures=collected.failures,
            )
        # After the batches, whose answers are paid by now.
        spent = (kept.usage if kept is not None else Usage()) + Usage(usd=set_aside)
        doubtful_usd = kept.content.doubtful_usd if kept is not None else 0.0
        meter = Meter(settings.max_cost, spent, doubtful_usd)
        model = stack.enter_context(
            language_model(
                settings,
                key,
                stop=stop,
                say=say,
                show=show,
                journal=kept,
                meter=meter,
                gathering=gathering,
                run=run,
            )
        )
        yield Line(model, collected, settings, meter, kept, gathering, batches)


@contextmanager
def opened(path: Path, say: Callable[[str], None]) -> Iterator[Journal]:
    """The journal at a path; what is wrong with it is said when it is closed.

    Raises InputError and WriteRefused as Journal does.
    """
    journal = Journal(path)
    try:
        yield journal
    finally:
        journal.close()
        if journal.warning:
            say(journal.warning)


def can_collect(
    settings: Settings,
    key: Key | None,
    journal: Journal,
    *,
    stop: Event,
    say: Callable[[str], None],
) -> bool:
    """Whether a message batch of a run has ended. Raises the ModelError family."""
    with _batches(settings, key, stop=stop, say=say, run="") as batches:
        return any_ended(batches, journal)


def await_batch(
    settings: Settings,
    key: Key | None,
    journal: Journal,
    *,
    stop: Event,
    say: Callable[[str], None],
) -> bool:
    """Wait until a message batch of a run has ended; False where the stop came first.

    Raises the ModelError family, for a provider out of reach only after half an hour.
    """
    say("Waiting for message batches; Ctrl-C leaves them at work.")
    lost = 0
    while not stop.wait(POLL_SECONDS):
        try:
            if can_collect(settings, key, journal, stop=stop, say=say):
                return True
            lost = 0
        except (ModelBusy, ModelUnreachable):
            lost += 1
            if lost >= MOST_LOST_POLLS:
                raise
    return False


def told(handed_in: HandedIn) -> str:
    """What was handed in, as a sentence; "" for nothing."""
    if not handed_in.batches:
        return ""
    questions = counted(handed_in.questions, "question")
    batches = counted(handed_in.batches, "message batch", "message batches")
    left_out = (
        f" The spending limit has no room for {counted(handed_in.left_out, 'more question')}."
        if handed_in.left_out
        else ""
    )
    return (
        f"Handed in {questions} in {batches}, at most {handed_in.usd:.2f} USD. Most batches end "
        f"within an hour, all within a day.{left_out}"
    )


@contextmanager
def _batches(
    settings: Settings, key: Key | None, *, stop: Event, say: Callable[[str], None], run: str
) -> Iterator[BatchModel]:
    with batch_model(settings, key, say=say, run=run) as batches:
        yield RetryingBatches(batches, stop=stop)


def _collected(
    batches: BatchModel, journal: Journal, settings: Settings, say: Callable[[str], None]
) -> Collected:
    recover(batches, journal)
    awaited = bool(journal.batches())
    store = reply_store()
    try:
        found = collect(batches, journal, store.put, price_of(settings))
    finally:
        store.close()
    if awaited:
        say(
            f"Message batches: {counted(found.answered, 'answer')} collected, "
            f"{len(found.failures)} failed, {len(found.waiting)} still waited for."
        )
    return found
