"""The desk of this user on this machine, with everything behind it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from functools import partial
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final

from tickmark.errors import SettingError
from tickmark.hosts.functions.bodies import MODULES, bodies, load
from tickmark.hosts.functions.call import Caller
from tickmark.hosts.functions.control import Control
from tickmark.hosts.functions.desk import Desk
from tickmark.hosts.functions.kept import Kept
from tickmark.hosts.functions.key_search import KeySearch
from tickmark.hosts.functions.saved_books import SavedBooks
from tickmark.hosts.private_file import private_folder
from tickmark.llm.ledger import Ledger
from tickmark.settings import (
    Key,
    Settings,
    find_key,
    load_settings,
    state_folder,
    user_file,
)
from tickmark.wiring import (
    CellModels,
    Reader,
    calibrated,
    cell_models,
    cell_price,
    reader,
    reply_store,
    spending,
)

LOOK_EVERY: Final = 2.0
LOG_BYTES: Final = 1_000_000

_LOG: Final = logging.getLogger("tickmark.functions")


def open_desk(changed: Callable[[Sequence[Caller]], None]) -> Desk:
    """A desk over the user's settings, key, cache and record of spending; to be closed.

    `changed` gets, from a thread of the desk, the cells that are to be calculated again; it has to
    return soon. What is wrong with the settings stands in the cells.
    """
    keep_log()
    settings = UserSettings()
    ledger = spending()
    # Loaded ahead, so that the first calls wait for no import and no file.
    threading.Thread(target=_warm_up, args=(ledger,), name="warm-up", daemon=True).start()
    return Desk(
        settings=settings,
        bodies=bodies(),
        kept=Kept(reply_store(), reply_store()),
        open_model=_opened,
        keys=KeySearch(find_key),
        price=cell_price,
        learnt=calibrated,
        ledger=ledger,
        control=control(),
        saved=SavedBooks(reader=partial(_reader, settings)).get,
        changed=changed,
    )


def control() -> Control:
    """The user's wishes to all desks, as ribbon and command line write them."""
    return Control(state_folder() / "wishes")


def log_file() -> Path:
    """Where the log of worksheet functions is, whether it exists or not."""
    return state_folder() / "log" / "functions.log"


def keep_log() -> None:
    """Write failures of worksheet functions to their log, which only the user can read."""
    path = log_file()
    known = (one for one in _LOG.handlers if isinstance(one, RotatingFileHandler))
    if any(Path(one.baseFilename) == path for one in known):
        return
    try:
        private_folder(path.parent)
        path.touch(mode=0o600)
        handler = RotatingFileHandler(
            path, maxBytes=LOG_BYTES, backupCount=2, encoding="utf-8", delay=True
        )
    except OSError:
        return
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    _LOG.addHandler(handler)
    _LOG.setLevel(logging.INFO)
    _LOG.propagate = False


class UserSettings:
    """The settings of this moment: read again when the user's file has changed.

    Raises SettingError for as long as they are wrong. No file of the folder of a workbook is read.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._looked = float("-inf")
        self._stamp: tuple[int, int] | None = None
        self._found: Settings | SettingError | None = None

    def __call__(self) -> Settings:
        """The settings."""
        found = self._found
        if found is None or self._clock() - self._looked >= LOOK_EVERY:
            with self._lock:
                found = self._look()
        if isinstance(found, SettingError):
            raise SettingError(str(found))
        return found

    def _look(self) -> Settings | SettingError:
        file = user_file()
        try:
            state = file.stat()
            stamp = (state.st_mtime_ns, state.st_size)
        except OSError:
            stamp = None
        if self._found is None or stamp != self._stamp:
            try:
                self._found = load_settings(folder=file.parent)
            except SettingError as error:
                self._found = error.with_traceback(None)
            self._stamp = stamp
        self._looked = self._clock()
        return self._found


def _warm_up(ledger: Ledger) -> None:
    with suppress(SettingError):
        ledger.spent()
    for module in MODULES.values():
        try:
            load(module)
        except Exception as error:  # noqa: BLE001 - the call itself will say it in its cell
            _LOG.warning("the function of %s cannot be loaded: %s", module, type(error).__name__)


def _reader(settings: UserSettings) -> Reader:
    return reader(settings(), details=False, converts=False)


@contextmanager
def _opened(settings: Settings, key: Key | None, stop: threading.Event) -> Iterator[CellModels]:
    with (
        closing(spending()) as ledger,
        cell_models(settings, key, stop, ledger=ledger, say=_LOG.warning) as models,
    ):
        yield models
