"""Settings to a provider, its wrappers, the cache and the records."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from threading import Event
from typing import Final

from tickmark.engine.journal import Journal
from tickmark.engine.journaled import JournaledModel
from tickmark.engine.journaled_budget import JournaledBudget
from tickmark.errors import SettingError
from tickmark.llm.allowance import OnAllowances
from tickmark.llm.batch_model import BatchModel
from tickmark.llm.cached import CachedModel
from tickmark.llm.calibration import Calibrated, CalibratingModel, Calibration
from tickmark.llm.call_log import FILE_NAME, CallLog
from tickmark.llm.fenced import FencedBatches, FencedModel
from tickmark.llm.flow.flow import Flow
from tickmark.llm.flow.limits import Limits
from tickmark.llm.ledger import DailyBudget, JointBudget, Ledger
from tickmark.llm.limited import LimitedModel
from tickmark.llm.logged import LoggedBatches, LoggedModel
from tickmark.llm.metered import Budget, Meter, MeteredModel
from tickmark.llm.model import LanguageModel, Prompt
from tickmark.llm.prices import Price, free, halved, price
from tickmark.llm.providers.anthropic import BASE_URL, AnthropicModel
from tickmark.llm.providers.batches import AnthropicBatches
from tickmark.llm.providers.door import Door, open_provider
from tickmark.llm.retrying import RetryingModel
from tickmark.llm.store import ReplyStore
from tickmark.llm.write_behind import LINGER_SECONDS
from tickmark.model.usage import Usage
from tickmark.settings import Key, Settings, cache_file, state_folder

FIRST_CALLS: Final = 16
"""Calls that may be in flight before the first answer has told the limits."""


@dataclass(frozen=True, slots=True)
class _Stack:
    """What is open for a run: the provider and all that its wrappers write to."""

    settings: Settings
    provider: AnthropicModel
    flow: Flow
    store: ReplyStore
    learnt: Calibration
    log: CallLog | None
    stop: Event
    run: str

    def asking(
        self, budget: Budget, price: Price, show: Callable[[Prompt], None] | None = None
    ) -> LanguageModel:
        """A model that retries, waits for its turn, keeps to the budget and writes a record."""
        sent: LanguageModel = CalibratingModel(FencedModel(self.provider, show=show), self.learnt)
        if self.log is not None:
            sent = LoggedModel(
                sent, self.log, run=self.run, host=identity_of(self.settings), price=price
            )
        metered = MeteredModel(sent, budget, price=price, bound=self.learnt.bound)
        limited = LimitedModel(metered, self.flow, prepare=self.provider.wire.open)
        return RetryingModel(limited, stop=self.stop)

    def kept(self, model: LanguageModel, *, fresh: bool = False) -> LanguageModel:
        """A model that looks for kept answers first, and keeps new ones."""
        return CachedModel(
            model, self.store, identity=identity_of(self.settings), fresh=fresh, stop=self.stop
        )


@contextmanager
def _open(
    settings: Settings, key: Key | None, *, stop: Event, say: Callable[[str], None], run: str
) -> Iterator[_Stack]:
    flow = Flow(
        concurrency=settings.jobs,
        limits=Limits(settings.rpm, settings.itpm, settings.otpm),
        # A server of one's own tells no limits that would be worth waiting for.
        first_calls=0 if settings.base_url and settings.server != "anthropic" else FIRST_CALLS,
        stop=stop,
    )
    provider = _provider(settings, key, on_allowances=flow.told)
    stack = _Stack(
        settings, provider, flow, reply_store(), calibration(), call_log(settings), stop, run
    )
    try:
        yield stack
    finally:
        stack.learnt.close()
        stack.store.close()
        warnings = [stack.store.warning, stack.learnt.warning]
        if stack.log is not None:
            stack.log.close()
            warnings.append(stack.log.warning)
        for warning in filter(None, warnings):
            say(warning)
        provider.close()


@contextmanager
def language_model(
    settings: Settings,
    key: Key | None,
    *,
    stop: Event,
    say: Callable[[str], None],
    show: Callable[[Prompt], None] | None = None,
    ledger: Ledger | None = None,
    journal: Journal | None = None,
    meter: Meter | None = None,
    gathering: LanguageModel | None = None,
    run: str = "",
) -> Iterator[LanguageModel]:
    """The model of a run: journalled, cached, retried, limited, within the budget, recorded.

    A kept answer needs neither slot nor budget; each send, repeats too, is checked against the
    budget. `key` None is for local servers that ask for none. `stop` ends all waiting; `say` takes
    sentences for the user; `show` sees every prompt as it is sent. With a `ledger` the run keeps
    to the limit of the day too; a `meter` knows what the run has spent before. What `journal`
    holds is answered from there. `gathering` stands in the place of all that sends. `run` names the
    run in the record of calls. Raises SettingError for a model of unknown price, since no limit
    could be kept.
    """
    price_now = price_of(settings)
    if price_now(settings.model, Usage(input_tokens=1)) is None:
        raise SettingError(
            f"The price of the model {settings.model!r} is not known, so --max-cost cannot be "
            "kept; name another model with --model."
        )
    meter = meter or Meter(settings.max_cost)
    budget: Budget = meter
    if ledger is not None:
        budget = JointBudget(meter, DailyBudget(ledger, settings.daily_cost, stop=stop))
    noted = JournaledBudget(budget, journal) if journal is not None else None
    with _open(settings, key, stop=stop, say=say, run=run) as stack:
        try:
            model = stack.kept(gathering or stack.asking(noted or budget, price_now, show))
            if journal is not None:
                identity = identity_of(settings)
                model = JournaledModel(model, journal, identity=identity, budget=noted)
            yield model
        finally:
            if meter.doubtful_usd:
                say(
                    f"Up to {meter.doubtful_usd:.4f} USD more may be charged, for calls whose "
                    "answers were lost on the way."
                )


@contextmanager
def batch_model(
    settings: Settings, key: Key | None, *, say: Callable[[str], None], run: str = ""
) -> Iterator[BatchModel]:
    """Message batches: what is handed in is fenced, and recorded.

    Raises SettingError where the server has none.
    """
    provider = _provider(settings, key)
    log = call_log(settings)
    try:
        batches: BatchModel = FencedBatches(AnthropicBatches(provider))
        if log is not None:
            batches = LoggedBatches(
                batches,
                log,
                run=run,
                host=identity_of(settings),
                price=halved(price),
                asked=settings.model,
            )
        yield batches
    finally:
        if log is not None:
            log.close()
            if log.warning:
                say(log.warning)
        provider.close()


@dataclass(frozen=True, slots=True)
class CellModels:
    """The model of worksheet functions; `fresh` asks for every answer anew and keeps it."""

    kept: LanguageModel
    fresh: LanguageModel


@contextmanager
def cell_models(
    settings: Settings,
    key: Key | None,
    stop: Event,
    *,
    ledger: Ledger,
    say: Callable[[str], None],
) -> Iterator[CellModels]:
    """The model of worksheet functions: as `language_model`, within the limit of the day."""
    with _open(settings, key, stop=stop, say=say, run="cells") as stack:
        budget = DailyBudget(ledger, settings.daily_cost, stop=stop)
        asking = stack.asking(budget, cell_price(settings))
        yield CellModels(stack.kept(asking), stack.kept(asking, fresh=True))


def identity_of(settings: Settings) -> str:
    """Who answers: kept answers of two servers are never shared."""
    place = settings.base_url or BASE_URL
    if settings.provider == "anthropic":
        return place
    return f"{settings.provider} {settings.region} {settings.project} {settings.base_url}".strip()


def call_log(settings: Settings) -> CallLog | None:
    """The record of calls in the user's state folder; None where none is wanted."""
    if settings.log == "off":
        return None
    return CallLog(state_folder() / FILE_NAME, texts=settings.log == "texts", linger=LINGER_SECONDS)


def cell_price(settings: Settings) -> Price:
    """What a call of any model costs; nothing for one of unknown price on a server of one's own."""
    if not settings.base_url:
        return price

    def price_or_free(model: str, usage: Usage) -> float:
        known = price(model, usage)
        return free(model, usage) if known is None else known

    return price_or_free


def spending() -> Ledger:
    """The record of what worksheet functions and ribbon spend, in the user's state folder."""
    return Ledger(state_folder() / "spending.sqlite")


def calibration() -> Calibration:
    """What replies taught about token counts, in the user's state folder."""
    return Calibration(state_folder() / "tokens.sqlite")


def calibrated() -> Calibrated:
    """The token estimate as it is calibrated now; uncalibrated where nothing can be read."""
    with closing(calibration()) as record:
        return record.learnt()


def price_of(settings: Settings, *, batch: bool = False) -> Price:
    """What a call costs; nothing for a server of one's own with a model of unknown price.

    With `batch` it is the price of a question of a message batch.
    """
    known = price(settings.model, Usage(input_tokens=1)) is not None
    one = price if known or not settings.base_url else free
    return halved(one) if batch else one


def check_key(settings: Settings, key: Key) -> None:
    """Ask the provider whether it takes the key; raises the ModelError family."""
    provider = _provider(settings, key)
    try:
        provider.check()
    finally:
        provider.close()


def reply_store() -> ReplyStore:
    """The store of kept answers in the user's cache folder."""
    return ReplyStore(cache_file(), linger=LINGER_SECONDS)


def _provider(
    settings: Settings, key: Key | None, *, on_allowances: OnAllowances | None = None
) -> AnthropicModel:
    return open_provider(
        Door(
            provider=settings.provider,
            # The key of Anthropic opens no other door.
            key=key.secret if key is not None and settings.provider == "anthropic" else "",
            base_url=settings.base_url,
            region=settings.region,
            project=settings.project,
            server=settings.server,
            timeout=settings.timeout,
            connections=settings.jobs,
            on_allowances=on_allowances,
            telemetry=settings.telemetry == "on",
        )
    )
