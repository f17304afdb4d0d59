"""Settings to adapters: the only place that builds a provider, its wrappers and the cache.

The order of the wrappers is the meaning: a kept answer costs nothing, so the cache is outermost;
the fence is drawn for what is really sent; the budget sees every send; a retry passes the limiter
again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tickmark.llm.cached import CachedModel
from tickmark.llm.fenced import FencedModel
from tickmark.llm.limited import LimitedModel
from tickmark.llm.metered import Meter, MeteredModel
from tickmark.llm.model import LanguageModel, Prompt
from tickmark.llm.providers.anthropic import AnthropicModel
from tickmark.llm.retrying import RetryingModel
from tickmark.llm.store import ReplyStore
from tickmark.settings import Key, Settings, cache_file

DEFAULT_URL = "https://api.anthropic.com"


@contextmanager
def language_model(
    settings: Settings, key: Key | None, *, show: Callable[[Prompt], None] | None = None
) -> Iterator[LanguageModel]:
    """The model of a run: cached, fenced, within the budget, retried, limited.

    `key` None is for local servers that ask for none. `show` sees every prompt as it is sent.
    """
    provider = _provider(settings, key)
    store = reply_store()
    try:
        sent: LanguageModel = RetryingModel(LimitedModel(provider, concurrency=settings.jobs))
        metered = MeteredModel(sent, Meter(settings.max_cost))
        yield CachedModel(
            FencedModel(metered, show=show), store, endpoint=settings.base_url or DEFAULT_URL
        )
    finally:
        store.close()
        provider.close()


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
