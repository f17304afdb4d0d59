"""Message batches of a run: handed in, noted in its journal, collected by a later part of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Final

from tickmark.engine.journal import Journal, JournaledBatch
from tickmark.engine.journal_lines import FOR_GOOD, Submitting
from tickmark.errors import BudgetExceeded, ModelBusy, ModelError, RequestInvalid, SettingError
from tickmark.llm.batch_model import MOST_BYTES, MOST_PROMPTS, BatchModel, BatchState
from tickmark.llm.metered import Meter
from tickmark.llm.model import Prompt, Reply, spent_on
from tickmark.llm.prices import BATCH_SHARE, Price, worst_usage
from tickmark.llm.tokens import TokenCounter, token_bound
from tickmark.model.usage import Usage

# What a request holds beside its texts: names, roles, the fences; and JSON escapes.
FRAME_BYTES: Final = 2000
ESCAPED: Final = 2

EARLIER: Final = 600.0
LATER: Final = 3600.0
"""A batch was made at most so many seconds before and after it was noted: clocks differ, and a
large one travels for a while."""

Keep = Callable[[bytes, Reply], None]
"""Takes an answer by its content key, such as into the cache."""


@dataclass(frozen=True, slots=True)
class Collected:
    """What came of the batches of a run.

    `answered` are questions that were collected now, `waiting` those whose batch has not ended;
    `failures` are by the name of the question, those of earlier parts of the run too. What is to be
    asked again is in none of them.
    """

    answered: int = 0
    waiting: frozenset[str] = frozenset()
    failures: Mapping[str, ModelError] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HandedIn:
    """Batches that were handed in: how many, of how many questions, for at most how much.

    `left_out` are questions that the spending limit has no room for.
    """

    batches: int = 0
    questions: int = 0
    usd: float = 0.0
    left_out: int = 0


def collect(batches: BatchModel, journal: Journal, keep: Keep, price: Price) -> Collected:
    """Take the answers of all batches that have ended into the journal.

    `price` is that of a call; a batch costs half of it. An answer that cannot be used fails its
    question for good; a question that was not asked in time is asked again. Raises the ModelError
    family.
    """
    answered = 0
    waiting: set[str] = set()
    failures = {key.hex(): error for key, error in journal.failures.items()}
    for batch in journal.batches():
        if not _state(batches, batch, journal).ended:
            waiting |= {key.hex() for key in batch.keys}
            continue
        # What a part of the run that was killed has taken in counts once.
        wanted = {key for key in batch.keys if key not in journal.failures}
        for name, answer in batches.answers(batch.id):
            key = _key(name)
            if key not in wanted or journal.get(key) is not None:
                continue
            usage = answer.usage if isinstance(answer, Reply) else spent_on(answer)
            usd = price(_model_of(answer, batch.model), usage) or 0.0
            usage = replace(usage, usd=usd * BATCH_SHARE)
            if isinstance(answer, Reply):
                kept = replace(answer, usage=usage)
                journal.append(key, kept)
                keep(key, kept)
                answered += 1
                continue
            answer.usage = usage
            if isinstance(answer, FOR_GOOD):
                journal.unanswered(key, answer)
            elif usage != Usage():
                journal.paid(key, usage)
            if not isinstance(answer, ModelBusy):
                failures[name] = answer
        journal.collected(batch.id)
    return Collected(answered, frozenset(waiting), failures)


def any_ended(batches: BatchModel, journal: Journal) -> bool:
    """Whether answers can be collected, or none is awaited. Raises the ModelError family."""
    awaited = journal.batches()
    return not awaited or any(_state(batches, batch, journal).ended for batch in awaited)


def recover(batches: BatchModel, journal: Journal) -> None:
    """Find the batch that was being handed in when the process died, if the provider has it.

    One that ended is known by the names of its answers, one at work by its size and time: where it
    turns out to be another's, its questions are asked again. Raises the ModelError family.
    """
    lost = journal.submitting
    if lost is None:
        return
    found = _found(batches, journal, lost)
    if found:
        journal.submitted(found, lost.keys, lost.usd, lost.model)
    else:
        journal.withdrawn()


def hand_in(
    batches: BatchModel,
    prompts: Mapping[str, Prompt],
    journal: Journal,
    meter: Meter,
    price: Price,
    *,
    bound: TokenCounter = token_bound,
    most_prompts: int = MOST_PROMPTS,
    most_bytes: int = MOST_BYTES,
    clock: Callable[[], float] = time.time,
) -> HandedIn:
    """Hand in questions by their names, in as many batches as they need.

    The most that they can cost at half price is set aside first; what the spending limit has no
    room for is left out. Raises the ModelError family, WriteRefused where the journal cannot be
    written, and SettingError for a model without a known price where there is a limit.
    """
    fitting: dict[str, Prompt] = {}
    reserved: dict[str, float] = {}
    for name, prompt in prompts.items():
        worst = price(prompt.model, worst_usage(prompt, bound))
        if worst is None and meter.limit_usd is not None:
            raise SettingError(
                f"The price of the model {prompt.model!r} is not known, so a spending limit "
                "cannot be kept; name another model with --model."
            )
        usd = (worst or 0.0) * BATCH_SHARE
        if meter.reserve_now(usd):
            fitting[name], reserved[name] = prompt, usd
    if prompts and not fitting:
        raise BudgetExceeded(
            "The spending limit leaves no room for any question of the batch; set a higher limit "
            "with --max-cost."
        )
    count = 0
    for names in _lots(fitting, most_prompts, most_bytes):
        model = fitting[names[0]].model
        usd = sum(reserved[name] for name in names)
        keys = [_key(name) for name in names]
        journal.about_to_submit(keys, usd, model, at=clock())
        # After the note, which is in the way of paying twice.
        journal.check()
        batch = batches.submit({name: fitting[name] for name in names})
        journal.submitted(batch, keys, usd, model)
        count += 1
    return HandedIn(count, len(fitting), sum(reserved.values()), len(prompts) - len(fitting))


def _state(batches: BatchModel, batch: JournaledBatch, journal: Journal) -> BatchState:
    try:
        return batches.state(batch.id)
    except RequestInvalid as error:
        if error.status != HTTPStatus.NOT_FOUND:
            raise
        refused = RequestInvalid(
            f"The provider knows no message batch {batch.id}: use the key that it was handed in "
            f"with, or remove {journal.path} to ask all anew."
        )
        refused.status = error.status
        raise refused from None


def _found(batches: BatchModel, journal: Journal, lost: Submitting) -> str:
    """The id of the batch that was being handed in; "" where the provider has none like it."""
    known = {batch.id for batch in journal.batches()}
    names = {key.hex() for key in lost.keys}
    at_work = ""
    for one in batches.recent():
        if one.id in known or one.prompts != len(names):
            continue
        if not lost.at - EARLIER <= one.created <= lost.at + LATER:
            continue
        if not one.ended:
            at_work = at_work or one.id
        elif any(name in names for name, _ in batches.answers(one.id)):
            return one.id
    return at_work


def _lots(prompts: Mapping[str, Prompt], most_prompts: int, most_bytes: int) -> Iterator[list[str]]:
    """Names of the questions that share a batch: of one model, within the limits of a batch."""
    lot: list[str] = []
    size = 0
    for name, prompt in sorted(prompts.items(), key=lambda one: one[1].model):
        more = _size(prompt)
        full = len(lot) >= most_prompts or size + more > most_bytes
        if lot and (full or prompts[lot[0]].model != prompt.model):
            yield lot
            lot, size = [], 0
        lot.append(name)
        size += more
    if lot:
        yield lot


def _size(prompt: Prompt) -> int:
    """Bytes that a question takes in a batch at most."""
    texts = sum(len(text.encode("utf-8", "surrogatepass")) for text in prompt.texts)
    pictures = sum(len(image.content) for image in prompt.images)
    return FRAME_BYTES + ESCAPED * texts + pictures * 4 // 3


def _key(name: str) -> bytes:
    """The content key of a question; a name that is none of ours has none."""
    try:
        return bytes.fromhex(name)
    except ValueError:
        return b""


def _model_of(answer: Reply | ModelError, asked: str) -> str:
    return (answer.model if isinstance(answer, Reply) else "") or asked
