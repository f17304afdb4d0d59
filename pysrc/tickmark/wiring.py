"""Settings to adapters: the only place that builds a provider, its wrappers and the cache."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Final, Protocol

from tickmark.errors import SettingError
from tickmark.llm.cached import CachedModel
from tickmark.llm.calibration import Calibrated, CalibratingModel, Calibration
from tickmark.llm.fenced import FencedModel
from tickmark.llm.ledger import DailyBudget, JointBudget, Ledger
from tickmark.llm.limited import LimitedModel
from tickmark.llm.metered import Meter, MeteredModel
from tickmark.llm.model import LanguageModel, Prompt
from tickmark.llm.prices import Price, free, price
from tickmark.llm.providers.anthropic import BASE_URL, AnthropicModel
from tickmark.llm.retrying import RetryingModel
from tickmark.llm.store import ReplyStore
from tickmark.model.usage import Usage
from tickmark.model.workbook import Workbook
from tickmark.settings import Key, Settings, cache_file, converted_folder, state_folder

if TYPE_CHECKING:
    from tickmark.read.converted_files import ConvertedFiles
    from tickmark.read.office import Office

OFF: Final = "off"
"""The value of the setting `soffice` with which no LibreOffice is started."""


class Reader(Protocol):
    """What reads a workbook file within the limits of the settings; it travels to processes."""

    def __call__(self, path: str | Path, *, password: str | None = None) -> Workbook:
        """Read a file; raises WorkbookRefused."""
        ...


def reader(
    settings: Settings, *, details: bool = True, processes: int = 1, converts: bool = True
) -> Reader:
    """The reader of workbook files that the settings ask for; `processes` 0 is one a core.

    `converts` False starts no LibreOffice, for those who cannot wait the seconds that it takes.
    Raises SettingError where the setting `soffice` names no program.
    """
    from tickmark.read.workbook import read_workbook  # noqa: PLC0415 - loads numpy and zip files

    limits = replace(settings.limits, file_bytes=settings.max_file_mb * 1_000_000)
    return partial(
        read_workbook,
        limits=limits,
        details=details,
        processes=processes,
        office=office(settings) if converts else None,
    )


def office(settings: Settings) -> Office | None:
    """The LibreOffice that converts old formats; None where none is found or wanted.

    Raises SettingError where the setting names no program.
    """
    from tickmark.excel.libreoffice import (  # noqa: PLC0415 - for few commands
        LibreOffice,
        find_libreoffice,
    )
    from tickmark.read.office import Office  # noqa: PLC0415 - likewise

    wanted = settings.soffice
    if wanted.lower() == OFF:
        return None
    found = find_libreoffice()
    program = found.tool("soffice") if found is not None else None
    if wanted:
        place = Path(wanted).expanduser()
        program = LibreOffice(place).tool("soffice") if place.is_dir() else place
        if not place.is_absolute() or not program.is_file():
            raise SettingError(
                f"soffice is {wanted!r}, where no program is; give the whole path of LibreOffice's "
                "soffice, or off."
            )
    return Office(program, converted_folder()) if program is not None else None


def converted_files() -> ConvertedFiles:
    """The workbooks of old formats that are kept as .xlsx in the user's cache folder."""
    from tickmark.read.converted_files import ConvertedFiles  # noqa: PLC0415 - for few commands

    return ConvertedFiles(converted_folder())


@contextmanager
def language_model(
    settings: Settings,
    key: Key | None,
    *,
    stop: Event,
    say: Callable[[str], None],
    show: Callable[[Prompt], None] | None = None,
    ledger: Ledger | None = None,
) -> Iterator[LanguageModel]:
    """The model of a run: cached, retried, limited, within the budget, its data fenced.

    A kept answer needs neither slot nor budget; each send, repeats too, is checked against the
    budget. `key` None is for local servers that ask for none. `stop` ends all waiting; `say` takes
    sentences for the user; `show` sees every prompt as it is sent. With a `ledger` the run keeps
    to the limit of the day too. Raises SettingError for a model of unknown price, since no limit
    could be kept.
    """
    price_now = price_of(settings)
    if price_now(settings.model, Usage(input_tokens=1)) is None:
        raise SettingError(
            f"The price of the model {settings.model!r} is not known, so --max-cost cannot be "
            "kept; name another model with --model."
        )
    provider = _provider(settings, key)
    store = reply_store()
    learnt = calibration()
    meter = Meter(settings.max_cost)
    try:
        sent = FencedModel(CalibratingModel(provider, learnt), show=show)
        budget = (
            JointBudget(meter, DailyBudget(ledger, settings.daily_cost, stop=stop))
            if ledger is not None
            else meter
        )
        metered = MeteredModel(sent, budget, price=price_now, bound=learnt.bound)
        limited = LimitedModel(metered, concurrency=settings.jobs, stop=stop)
        retrying = RetryingModel(limited, stop=stop)
        yield CachedModel(retrying, store, identity=settings.base_url or BASE_URL)
    finally:
        learnt.close()
        for warning in filter(None, (store.warning, learnt.warning)):
            say(warning)
        if meter.doubtful_usd:
            say(
                f"Up to {meter.doubtful_usd:.4f} USD more may be charged, for calls whose answers "
                "were lost on the way."
            )
        store.close()
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
    provider = _provider(settings, key)
    store = reply_store()
    learnt = calibration()
    try:
        budget = DailyBudget(ledger, settings.daily_cost, stop=stop)
        sent = FencedModel(CalibratingModel(provider, learnt))
        metered = MeteredModel(sent, budget, price=cell_price(settings), bound=learnt.bound)
        limited = LimitedModel(metered, concurrency=settings.jobs, stop=stop)
        retrying = RetryingModel(limited, stop=stop)
        place = settings.base_url or BASE_URL
        yield CellModels(
            CachedModel(retrying, store, identity=place),
            CachedModel(retrying, store, identity=place, fresh=True),
        )
    finally:
        learnt.close()
        for warning in filter(None, (store.warning, learnt.warning)):
            say(warning)
        store.close()
        provider.close()


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
