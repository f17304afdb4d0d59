"""Failures as texts of cells, with a rest before the same is asked again, and a line in the log."""

from __future__ import annotations

import datetime as dt
import logging
import re
import secrets
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from tickmark.errors import (
    ArgumentRefused,
    BudgetExceeded,
    ModelBusy,
    ModelDenied,
    ModelError,
    ModelUnreachable,
    SettingError,
    TickmarkError,
)
from tickmark.hosts.functions import states
from tickmark.hosts.functions.lru import Lru

FIRST_REST: Final = 30.0
LONGEST_REST: Final = 3600.0
LONGEST_REASON: Final = 160
REMEMBERED: Final = 20_000
CAUSES: Final = 4

_LOG: Final = logging.getLogger("tickmark.functions")
_UNSEEN: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_FAULT: Final = "a fault of Tickmark; the log names it"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an item has no answer: the text of its cells, and until when nothing is asked."""

    text: str
    until: float
    rest: float
    passes: bool = False


class Failures:
    """Remembers, for a while, what failed; safe for many threads.

    After a failure an item rests 30 seconds, then twice as long each time, at most an hour; after
    a rate limit at least as long as the provider said. `clock` counts seconds and never goes back,
    `now` tells the local time. The log gets a line for each failure with its id, the function and
    the reason; for a fault of Tickmark the places in the code too, but never the text of an
    exception that is not ours, since it may quote a cell.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC).astimezone(),
        first_rest: float = FIRST_REST,
    ) -> None:
        self._clock = clock
        self._now = now
        self._first_rest = first_rest
        self._failures: Lru[str, Failure] = Lru(REMEMBERED)
        self._ids: Lru[tuple[str, str], str] = Lru(1000)

    def note(self, keys: Sequence[str], function: str, error: BaseException) -> Failure:
        """Remember that an item failed; `passes` tells that it may be gone after its rest."""
        before = self._failures.get(keys[0])
        rest = min(LONGEST_REST, 2 * before.rest if before else self._first_rest)
        text = self.text(function, error, rest)
        asked = error.retry_after if isinstance(error, ModelBusy) else None
        failure = Failure(
            text,
            self._clock() + max(rest, asked or 0.0),
            rest,
            passes=isinstance(error, (ModelBusy, ModelUnreachable)),
        )
        for key in keys:
            self._failures.put(key, failure)
        return failure

    def resting(self, keys: Sequence[str]) -> Failure | None:
        """The failure of an item that is not to be asked again yet."""
        for key in keys:
            failure = self._failures.get(key)
            if failure is not None and self._clock() < failure.until:
                return failure
        return None

    def over(self, failure: Failure) -> bool:
        """Whether the rest after a failure is over."""
        return self._clock() >= failure.until

    def forget(self, keys: Sequence[str]) -> None:
        """The item has an answer, or is to be asked at once."""
        for key in keys:
            self._failures.forget(key)

    def text(self, function: str, error: BaseException, rest: float = FIRST_REST) -> str:
        """What a cell shows for an error; the log gets its line."""
        match error:
            case ArgumentRefused():
                return states.value(_short(str(error)))
            case BudgetExceeded():
                text = f"{states.PREFIX}budget: {_clause(error)}"
            case ModelDenied():
                text = f"{states.PREFIX}key: {_clause(error)}"
            case ModelUnreachable():
                text = f"{states.PREFIX}offline: {_clause(error)}"
            case ModelBusy():
                seconds = max(rest, error.retry_after or 0.0)
                # Rounded up, so that it is over when the clock shows it.
                at = self._now() + dt.timedelta(seconds=seconds + 59)
                text = f"{states.PREFIX}rate, retry {at:%H:%M}"
            case TickmarkError():
                # Errors about arguments quote them; those about the model and settings do not.
                quotes = not isinstance(error, (ModelError, SettingError))
                reason = _places(error) if quotes else _short(str(error))
                name = self._logged(function, type(error).__name__, reason)
                return f"{states.PREFIX}error: {_clause(error)} [{name}]"
            case _:
                name = self._logged(function, type(error).__name__, _places(error))
                return f"{states.PREFIX}error: {_FAULT} [{name}]"
        self._logged(function, type(error).__name__, _short(str(error)))
        return text

    def _logged(self, function: str, kind: str, reason: str) -> str:
        """The id of a failure; one that is known already is not told again."""
        function = _short(function)[:40]
        known = self._ids.get((function, kind + reason))
        if known is not None:
            return known
        name = secrets.token_hex(3)
        self._ids.put((function, kind + reason), name)
        _LOG.warning("[%s] %s: %s: %s", name, function, kind, reason)
        return name


def _short(text: str) -> str:
    line = " ".join(_UNSEEN.sub(" ", text).split())
    return line if len(line) <= LONGEST_REASON else f"{line[: LONGEST_REASON - 1]}…"


def _clause(error: BaseException) -> str:
    """The first part of a sentence, as it reads behind a colon."""
    text = _short(str(error).partition("; ")[0]).rstrip(".")
    if text[:2].istitle() and not text[:2].isupper():
        text = text[0].lower() + text[1:]
    return text or type(error).__name__


def _places(error: BaseException) -> str:
    """Where in the code an exception arose, without its text and without the values there."""
    parts: list[str] = []
    seen: BaseException | None = error
    while seen is not None and len(parts) < CAUSES:
        frames = traceback.extract_tb(seen.__traceback__)[-12:]
        places = (f"{f.filename.rpartition('tickmark')[2]}:{f.lineno} {f.name}" for f in frames)
        parts.append(f"{type(seen).__name__} at {' < '.join(reversed(list(places)))}")
        seen = seen.__cause__ or seen.__context__
    return "; from ".join(parts)
