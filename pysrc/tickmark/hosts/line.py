"""The line from a run to its model, with a journal and, where wanted, message batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from tickmark.engine.batches import Collected, HandedIn, collect, hand_in
from tickmark.engine.journal import Journal
from tickmark.llm.batch_model import BatchModel
from tickmark.llm.gathering import GatheringModel
from tickmark.llm.metered import Meter
from tickmark.llm.model import LanguageModel, Prompt
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
    journal: Path | None = None,
    batch: bool = False,
    run: str = "",
) -> Iterator[Line]:
    """The model of a run, as `wiring.language_model`, answered from its journal first.

    What a journal says was paid counts towards the spending limit. With `batch`, which needs a
    journal, the batches that have ended are collected, and questions are gathered, not sent.
    """
    with ExitStack() as stack:
        kept = stack.enter_context(_journal(journal, say)) if journal is not None else None
        meter = Meter(settings.max_cost, kept.usage if kept is not None else None)
        collected, gathering, batches = Collected(), None, None
        if batch and kept is not None:
            batches = stack.enter_context(batch_model(settings, key, say=say, run=run))
            collected = _collected(batches, kept, settings, say)
            for handed_in in kept.batches():
                meter.reserve_now(handed_in.usd)
            gathering = GatheringModel(
                identity=identity_of(settings),
                submitted=collected.waiting,
                failures=collected.failures,
            )
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
def _journal(path: Path, say: Callable[[str], None]) -> Iterator[Journal]:
    journal = Journal(path)
    try:
        yield journal
    finally:
        journal.close()
        if journal.warning:
            say(journal.warning)


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


def _collected(
    batches: BatchModel, journal: Journal, settings: Settings, say: Callable[[str], None]
) -> Collected:
    if not journal.batches():
        return Collected()
    store = reply_store()
    try:
        found = collect(batches, journal, store.put, price_of(settings))
    finally:
        store.close()
    say(
        f"Message batches: {counted(found.answered, 'answer')} collected, "
        f"{len(found.failures)} failed, {len(found.waiting)} still waited for."
    )
    return found
