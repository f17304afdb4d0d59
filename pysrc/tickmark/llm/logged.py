"""A model whose calls are all recorded."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypedDict
from urllib.parse import urlsplit

from tickmark.errors import (
    AnswerCut,
    AnswerUnusable,
    BudgetExceeded,
    InputError,
    ModelBusy,
    ModelDenied,
    ModelError,
    ModelUnreachable,
    PromptTooLong,
    RequestInvalid,
    TickmarkError,
)
from tickmark.llm.batch_model import BatchModel, BatchState, ListedBatch
from tickmark.llm.call import current_call
from tickmark.llm.call_entry import CallEntry, canonical, digest, short, utc_text
from tickmark.llm.call_log import CallLog, Made
from tickmark.llm.model import LanguageModel, Prompt, Reply, spent_on
from tickmark.llm.prices import Price, price
from tickmark.model.usage import Usage

Texts = Mapping[str, object]

_ENDED: Final = frozenset({"end_turn", "stop_sequence"})
_REASONS: Final[tuple[tuple[type[TickmarkError], str], ...]] = (
    (ModelDenied, "denied"),
    (PromptTooLong, "too long"),
    (RequestInvalid, "invalid"),
    (BudgetExceeded, "spend limit"),
)


class LoggedModel:
    """Records every call that is sent: when, for whom, about what, how it ended, at what cost.

    It stands outside of the fence and inside of everything that repeats or finds answers: each
    attempt is an entry, a kept answer is none. The fence is random, so nobody could make the text
    with it again; the hashes here are taken of the prompt before it is fenced. Who has the workbook
    can make the same prompt and thereby prove that these cells, and no others, were sent; the same
    cells have the same hash in every run. `host` is cut to scheme, name and port. Where the log
    keeps texts, they are those of the prompt without its fence, of the answer or of the failure.
    """

    def __init__(
        self,
        model: LanguageModel,
        log: CallLog,
        *,
        run: str = "",
        host: str = "",
        price: Price = price,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._model = model
        self._log = log
        self._caller = _Caller(short(run), host_of(host), price)
        self._clock = clock

    def complete(self, prompt: Prompt) -> Reply:
        """Answer one prompt."""
        sent, start = self._clock(), time.monotonic()
        try:
            reply = self._model.complete(prompt)
        except InputError:
            # A setting in the way: nothing was sent.
            raise
        except BaseException as error:
            self._note(sent, start, prompt, error)
            raise
        self._note(sent, start, prompt, reply)
        return reply

    def _note(
        self, sent: float, start: float, prompt: Prompt, outcome: Reply | BaseException
    ) -> None:
        seconds, task = time.monotonic() - start, _task()
        if not isinstance(outcome, Reply):
            # Who passes a failure on may add to its usage what other calls cost.
            failed = self._caller.entry(sent, prompt, outcome, seconds=seconds, task=task)
            self._log.append(failed, _texts(prompt, outcome) if self._log.keeps_texts else None)
            return

        def make() -> Made:
            entry = self._caller.entry(sent, prompt, outcome, seconds=seconds, task=task)
            return entry, _texts(prompt, outcome) if self._log.keeps_texts else None

        self._log.append_made(make)


class LoggedBatches:
    """Records every prompt that is handed in, and every answer that is collected.

    The two entries of a prompt share the id of the batch and their name in it, since they may be
    written by different runs. `price` is that of batches; `asked` is the model that is asked, for
    answers that do not tell.
    """

    def __init__(
        self,
        model: BatchModel,
        log: CallLog,
        *,
        run: str = "",
        host: str = "",
        price: Price = price,
        asked: str = "",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._model = model
        self._log = log
        self._caller = _Caller(short(run), host_of(host), price, asked)
        self._clock = clock

    def submit(self, prompts: Mapping[str, Prompt]) -> str:
        """Hand in prompts by name; the id of the batch."""
        sent, start = self._clock(), time.monotonic()
        try:
            batch = self._model.submit(prompts)
        except InputError:
            raise
        except BaseException as error:
            self._note(sent, start, prompts, error)
            raise
        self._note(sent, start, prompts, None, batch)
        return batch

    def state(self, batch: str) -> BatchState:
        """How far a batch is."""
        return self._model.state(batch)

    def recent(self) -> Sequence[ListedBatch]:
        """The batches that were handed in last, whoever did it."""
        return self._model.recent()

    def answers(self, batch: str) -> Iterator[tuple[str, Reply | ModelError]]:
        """The answers of an ended batch by name; each is recorded before it is given."""
        for name, outcome in self._model.answers(batch):
            entry = self._caller.entry(
                self._clock(), None, outcome, task=_task(), batch=batch, item=name
            )
            self._log.append(entry, _texts(None, outcome) if self._log.keeps_texts else None)
            yield name, outcome

    def cancel(self, batch: str) -> None:
        """Ask to end a batch; what is answered already is charged."""
        self._model.cancel(batch)

    def _note(
        self,
        sent: float,
        start: float,
        prompts: Mapping[str, Prompt],
        error: BaseException | None,
        batch: str = "",
    ) -> None:
        seconds, task = time.monotonic() - start, _task()
        self._log.append_all(
            (
                self._caller.entry(
                    sent, one, error, task=task, seconds=seconds, batch=batch, item=name
                ),
                _texts(one, error) if self._log.keeps_texts else None,
            )
            for name, one in prompts.items()
        )


class _Asked(TypedDict, total=False):
    """What an entry tells of its prompt."""

    about: str
    model: str
    prompt: str
    data: str
    prompt_chars: int
    data_chars: int
    images: int


class _Told(TypedDict, total=False):
    """What an entry tells of its outcome."""

    answered_by: str
    answer: str
    answer_chars: int
    perhaps_charged: bool
    outcome: str
    reason: str
    status: int
    request_id: str


@dataclass(frozen=True, slots=True)
class _Caller:
    """Makes the entries of one run at one host."""

    run: str
    host: str
    price: Price
    model: str = ""

    def entry(
        self,
        sent: float,
        prompt: Prompt | None,
        outcome: Reply | BaseException | None,
        *,
        task: str,
        seconds: float = 0.0,
        batch: str = "",
        item: str = "",
    ) -> CallEntry:
        """The entry of a call; no prompt: collected from a batch, no outcome: handed in to one."""
        usage = _usage(outcome)
        answered_by = outcome.model if isinstance(outcome, Reply) else ""
        model = prompt.model if prompt is not None else answered_by or self.model
        asked: _Asked = _asked(prompt) if prompt is not None else {"model": short(model)}
        return CallEntry(
            time=utc_text(sent),
            run=self.run,
            task=task,
            host=self.host,
            input_tokens=usage.input_tokens,
            cache_read_tokens=usage.cache_read_tokens,
            cache_write_tokens=usage.cache_write_tokens,
            output_tokens=usage.output_tokens,
            usd=0.0 if usage == Usage() else self.price(model, usage),
            seconds=round(seconds, 3),
            batch=short(batch),
            item=short(item),
            **asked,
            **_told(outcome),
        )


def _task() -> str:
    """For which task this thread is at work."""
    call = current_call()
    return short(call.task) if call is not None else ""


def host_of(place: str) -> str:
    """Scheme, name and port of each URL in a place; other words, such as a region, stay.

    What stands before an @, in a path or in a query may be secret.
    """
    return short(" ".join(filter(None, map(_host, place.split()))))


def _host(word: str) -> str:
    if "//" not in word:
        return word.rpartition("@")[2]
    try:
        parts = urlsplit(word)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    name = parts.hostname or ""
    name = f"[{name}]" if ":" in name else name
    return f"{parts.scheme}://{name}{port}" if name else ""


def _usage(outcome: Reply | BaseException | None) -> Usage:
    if isinstance(outcome, Reply):
        return outcome.usage
    return spent_on(outcome) if isinstance(outcome, TickmarkError) else Usage()


def _asked(prompt: Prompt) -> _Asked:
    looked_up = sum(len(text) for turn in prompt.turns for _, text in turn.results)
    written = len(prompt.system) + len(prompt.user) + len(prompt.data) + len(prompt.answers)
    return {
        "about": short(prompt.about),
        "model": short(prompt.model),
        "prompt": prompt.key,
        "data": digest(prompt.data),
        "prompt_chars": written + looked_up,
        "data_chars": len(prompt.data),
        "images": len(prompt.images),
    }


def _told(outcome: Reply | BaseException | None) -> _Told:
    if outcome is None:
        return {"outcome": "handed in"}
    if isinstance(outcome, Reply):
        answer = outcome.text if not outcome.said else canonical({"said": outcome.said})
        return {
            "answered_by": short(outcome.model),
            "answer": digest(answer),
            "answer_chars": len(answer),
            "outcome": "answered",
            "reason": "" if outcome.stop_reason in _ENDED else short(outcome.stop_reason),
            "request_id": short(outcome.request_id),
        }
    ended, reason = _failure(outcome)
    told: _Told = {"outcome": ended, "reason": short(reason)}
    if isinstance(outcome, (ModelError, BudgetExceeded)):
        told["status"] = outcome.status
        told["request_id"] = short(outcome.request_id)
    if isinstance(outcome, ModelError):
        told["perhaps_charged"] = outcome.perhaps_charged
    return told


def _failure(error: BaseException) -> tuple[str, str]:
    """How a call without a usable answer ended, and why; words of ours, none of the provider's."""
    if isinstance(error, AnswerCut):
        return "cut", "limit of tokens"
    if isinstance(error, AnswerUnusable):
        refused = error.stop_reason == "refusal"
        return ("refused", "") if refused else ("unusable", error.stop_reason)
    if isinstance(error, ModelBusy):
        return "failed", "rate limit" if error.rate_limited else "overloaded"
    if isinstance(error, ModelUnreachable):
        late = "timed out" if error.timed_out else "no answer"
        return "failed", late if error.perhaps_charged else "not reached"
    for kind, reason in _REASONS:
        if isinstance(error, kind):
            return "failed", reason
    return "failed", type(error).__name__


def _texts(prompt: Prompt | None, outcome: Reply | BaseException | None) -> Texts:
    """What was asked and answered, in full; empty parts are left out."""
    texts: dict[str, object] = {}
    if prompt is not None:
        looked_up = [{"said": turn.said, "results": turn.results} for turn in prompt.turns]
        texts = {
            "system": prompt.system,
            "data": prompt.data,
            "user": prompt.user,
            "answers": prompt.answers,
            "turns": looked_up,
            "schema": prompt.schema,
        }
    if isinstance(outcome, Reply):
        texts |= {"answer": outcome.text, "said": outcome.said}
    elif isinstance(outcome, TickmarkError):
        texts["failure"] = str(outcome)
    return {name: text for name, text in texts.items() if text}
