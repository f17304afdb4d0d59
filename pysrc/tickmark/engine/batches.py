"""Message batches of a run: handed in, noted in its journal, collected by a later part of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from tickmark.engine.journal import Journal
from tickmark.errors import BudgetExceeded, ModelBusy, ModelError, SettingError
from tickmark.llm.batch_model import MOST_BYTES, MOST_PROMPTS, BatchModel
from tickmark.llm.metered import Meter
from tickmark.llm.model import Prompt, Reply, spent_on
from tickmark.llm.prices import BATCH_SHARE, Price, worst_usage
from tickmark.llm.tokens import TokenCounter, token_bound
from tickmark.model.usage import Usage

# What a request holds beside its texts: names, roles, the fences; and JSON escapes.
FRAME_BYTES: Final = 2000
ESCAPED: Final = 2

Keep = Callable[[bytes, Reply], None]
"""Takes an answer by its content key, such as into the cache."""


@dataclass(frozen=True, slots=True)
class Collected:
    """What came of the batches of a run.

    `answered` are questions, `waiting` those whose batch has not ended; `failures` are by the name
    of the question. What is to be asked again is in none of them.
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
    question; a question that was not asked in time is asked again. Raises the ModelError family.
    """
    answered = 0
    waiting: set[str] = set()
    failures: dict[str, ModelError] = {}
    for batch in journal.batches():
        if not batches.state(batch.id).ended:
            waiting |= {key.hex() for key in batch.keys}
            continue
        known = set(batch.keys)
        for name, answer in batches.answers(batch.id):
            key = _key(name)
            if key not in known:
                continue
            usage = answer.usage if isinstance(answer, Reply) else spent_on(answer)
            usd = price(_model_of(answer, batch.model), usage) or 0.0
            usage = replace(usage, usd=usd * BATCH_SHARE)
            if isinstance(answer, Reply):
                kept = replace(answer, usage=usage)
                journal.append(key, kept)
                keep(key, kept)
                answered += 1
            else:
                if usage != Usage():
                    journal.paid(key, usage)
                if not isinstance(answer, ModelBusy):
                    answer.usage = usage
                    failures[name] = answer
        journal.collected(batch.id)
    return Collected(answered, frozenset(waiting), failures)


def hand_in(
    batches: BatchModel,
    prompts: Mapping[str, Prompt],
    journal: Journal,
    meter: Meter,
    price: Price,
    *,
    bound: TokenCounter = token_bound,
) -> HandedIn:
    """Hand in questions by their names, in as many batches as they need.

    The most that they can cost at half price is set aside first; what the spending limit has no
    room for is left out. Raises the ModelError family, and SettingError for a model without a
    known price where there is a limit.
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
    for names in _lots(fitting):
        journal.check()
        model = fitting[names[0]].model
        usd = sum(reserved[name] for name in names)
        batch = batches.submit({name: fitting[name] for name in names})
        journal.submitted(batch, map(_key, names), usd, model)
        count += 1
    return HandedIn(count, len(fitting), sum(reserved.values()), len(prompts) - len(fitting))


def _lots(prompts: Mapping[str, Prompt]) -> Iterator[list[str]]:
    """Names of the questions that share a batch, within the limits of one."""
    lot: list[str] = []
    size = 0
    for name, prompt in prompts.items():
        more = _size(prompt)
        if lot and (len(lot) >= MOST_PROMPTS or size + more > MOST_BYTES):
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
