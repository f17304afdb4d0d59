"""Settings to adapters: the only place that builds a provider, its wrappers and the cache."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event

from tickmark.errors import SettingError
from tickmark.llm.cached import CachedModel
from tickmark.llm.fenced import FencedModel
from tickmark.llm.limited import LimitedModel
from tickmark.llm.metered import Meter, MeteredModel
from tickmark.llm.model import LanguageModel, Prompt
from tickmark.llm.prices import Price, free, price
from tickmark.llm.providers.anthropic import BASE_URL, AnthropicModel
from tickmark.llm.retrying import RetryingModel
from tickmark.llm.store import ReplyStore
from tickmark.model.usage import Usage
from tickmark.settings import Key, Settings, cache_file


@contextmanager
def language_model(
    settings: Settings,
    key: Key | None,
    *,
    stop: Event,
    say: Callable[[str], None],
    show: Callable[[Prompt], None] | None = None,
) -> Iterator[LanguageModel]:
    """The model of a run: cached, retried, limited, within the budget, its data fenced.

    A kept answer needs neither slot nor budget; each send, repeats too, is checked against the
    budget. `key` None is for local servers that ask for none. `stop` ends all waiting; `say` takes
    sentences for the user; `show` sees every prompt as it is sent. Raises SettingError for a model
    of unknown price, since no limit could be kept.
    """
    price_now = price_of(settings)
    if price_now(settings.model, Usage(input_tokens=1)) is None:
        raise SettingError(
            f"The price of the model {settings.model!r} is not known, so --max-cost cannot be "
            "kept; name another model with --model."
        )
    provider = _provider(settings, key)
    store = reply_store()
    meter = Meter(settings.max_cost)
    try:
        sent = FencedModel(provider, show=show)
        metered = MeteredModel(sent, meter, price=price_now)
        limited = LimitedModel(metered, concurrency=settings.jobs, stop=stop)
        retrying = RetryingModel(limited, stop=stop)
        yield CachedModel(retrying, store, identity=settings.base_url or BASE_URL)
    finally:
        if store.warning:
            say(store.warning)
        if meter.doubtful_usd:
            say(
                f"Up to {meter.doubtful_usd:.4f} USD more may be charged, for calls whose answers "
                "were lost on the way."
            )
        store.close()
        provider.close()


def price_of(settings: Settings) -> Price:
    """What a call costs; nothing for a server of one's own with a model of unknown price."""
    known = price(settings.model, Usage(input_tokens=1)) is not None
    return price if known or not settings.base_url else free


def check_key(settings: Settings, key: Key) -> None:
    """Ask the provider whether it takes the key; raises the ModelError family."""
    provider = _provider(settings, key)
    try:
        provider.check()
    finally:
        provider.close()


def reply_store() -> ReplyStore:
    """The store of kept answers in the user's cache folder."""
    return ReplyStore(cache_file())


def _provider(settings: Settings, key: Key | None) -> AnthropicModel:
    return AnthropicModel(
        api_key=key.secret if key else "none",
        base_url=settings.base_url or None,
        timeout=settings.timeout,
        connections=settings.jobs,
    )
