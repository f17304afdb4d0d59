"""What replies teach about the token estimate, kept for all runs of a user.

Each reply tells how many input tokens its prompt really had. The ratio to the estimate is averaged
for each model, and scales what is foretold in tokens and money: prices, estimates, reservations.
Texts are never cut, packed or encoded by it: the same sheet would become another text, and be paid
for again, whenever the average moves. Budgets of texts are counted with the plain estimate.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from math import ceil, exp, isfinite, sqrt
from pathlib import Path
from typing import Final, TypeVar

from tickmark.errors import ModelError
from tickmark.llm.model import LanguageModel, Prompt, Reply, spent_on
from tickmark.llm.ranked_lock import Rank, RankedLock
from tickmark.llm.tokens import ESTIMATOR, estimate_tokens, prompt_tokens, token_bound
from tickmark.llm.write_ahead import shared_file
from tickmark.model.usage import Usage

T = TypeVar("T")

FULL_TOKENS: Final = 2000
"""A prompt of so many estimated tokens counts as one whole call; a larger one no more."""

MEMORY_CALLS: Final = 50.0
"""After so many whole calls a ratio has lost two thirds of its weight."""

PRIOR_CALLS: Final = 2.0
PRIOR_SPREAD: Final = 0.25
"""The first guess: the estimate is right within so much, worth so many whole calls."""

LEAST_SPREAD: Final = 0.15
"""Other kinds of text than those seen so far differ by at least so much."""

BOUND_SPREADS: Final = 2.0
OUTLIER_SPREADS: Final = 3.0
LEAST_RATIO: Final = 0.25
MOST_RATIO: Final = 4.0

LONGEST_NAME: Final = 200
BUSY_SECONDS: Final = 2.0
WRITTEN_AT_ONCE: Final = 16
"""Calls are written down in lots; what a killed process had not written is soon learnt anew."""

_TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS ratios (model TEXT NOT NULL, estimator INTEGER NOT NULL, "
    "calls INTEGER NOT NULL, weight REAL NOT NULL, mean REAL NOT NULL, variance REAL NOT NULL, "
    "PRIMARY KEY (model, estimator))"
)
_READ: Final = "SELECT model, calls, weight, mean, variance FROM ratios WHERE estimator = ?"
_WRITE: Final = "INSERT OR REPLACE INTO ratios VALUES (?, ?, ?, ?, ?, ?)"


@dataclass(frozen=True, slots=True)
class Ratios:
    """Counted to estimated input tokens of a model's calls: an exponentially weighted average.

    `weight` is in whole calls, at most MEMORY_CALLS and one; `mean` and `variance` are those of
    the ratios alone, without the first guess.
    """

    calls: int = 0
    weight: float = 0.0
    mean: float = 1.0
    variance: float = 0.0

    @property
    def factor(self) -> float:
        """By how much the estimate is to be multiplied; near 1 after few or tiny calls."""
        return (self.weight * self.mean + PRIOR_CALLS) / (self.weight + PRIOR_CALLS)

    @property
    def spread(self) -> float:
        """The standard deviation of the ratios around the factor, first guess and all."""
        factor = self.factor
        seen = self.weight * (self.variance + (self.mean - factor) ** 2)
        guessed = PRIOR_CALLS * (PRIOR_SPREAD**2 + (1 - factor) ** 2)
        return max(LEAST_SPREAD, sqrt((seen + guessed) / (self.weight + PRIOR_CALLS)))

    @property
    def most(self) -> float:
        """The factor of what must not be underestimated; never less than the plain estimate."""
        return max(1.0, self.factor + BOUND_SPREADS * self.spread)

    def with_call(self, estimated: int, counted: int) -> Ratios:
        """With one more call; one without a count, or with nothing to count, changes nothing.

        What the provider adds to a prompt shifts the ratio by the inverse of its size, so a call
        weighs with the square of its size. A ratio far from all others counts as the nearest one
        that is not.
        """
        if estimated <= 0 or counted <= 0:
            return self
        reach = OUTLIER_SPREADS * self.spread
        low = max(LEAST_RATIO, self.factor - reach)
        high = min(MOST_RATIO, self.factor + reach)
        # A provider may name any number, one too large for a float, too.
        ratio = min(high, max(low, min(counted, ceil(MOST_RATIO) * estimated) / estimated))
        more = min(1.0, estimated / FULL_TOKENS) ** 2
        kept = self.weight * exp(-more / MEMORY_CALLS)
        weight = kept + more
        apart = ratio - self.mean
        return Ratios(
            self.calls + 1,
            weight,
            self.mean + more / weight * apart,
            kept / weight * (self.variance + more / weight * apart**2),
        )


@dataclass(frozen=True, slots=True)
class Calibrated:
    """The token estimate scaled by what was learnt, for each model by its name."""

    ratios: Mapping[str, Ratios] = field(default_factory=dict)

    def tokens(self, text: str, model: str = "") -> int:
        """About how many tokens a text costs; at least 1 unless the text is empty."""
        return ceil(self._of(model).factor * estimate_tokens(text, model))

    def bound(self, text: str, model: str = "") -> int:
        """More tokens than a text can be expected to cost."""
        return token_bound(text, model, self._of(model).most)

    def _of(self, model: str) -> Ratios:
        return self.ratios.get(model, Ratios())


UNCALIBRATED: Final = Calibrated()
"""The plain estimate."""


class Calibration:
    """The ratios of all models in one SQLite file; safe for many threads and several processes.

    The file is read when it is first asked for, and holds names of models and figures, nothing
    else. One that cannot be used never stops a run: what was learnt is then forgotten with the
    run, and `warning` holds one sentence that says so (it is "" while all is well).
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = RankedLock(Rank.CALIBRATION)
        self._ratios: dict[str, Ratios] | None = None
        self._unwritten: list[tuple[str, int, int]] = []
        self._connection: sqlite3.Connection | None = None
        self.warning = ""

    def learnt(self) -> Calibrated:
        """The estimate as it is calibrated now."""
        with self._lock:
            return Calibrated(dict(self._known()))

    def bound(self, text: str, model: str) -> int:
        """More tokens than a text can be expected to cost, as it is calibrated now."""
        with self._lock:
            most = self._known().get(model, Ratios()).most
        return token_bound(text, model, most)

    def observe(self, model: str, estimated: int, counted: int) -> None:
        """Learn from one call: its estimated input tokens, and those of its usage."""
        named = 0 < len(model) <= LONGEST_NAME and model.isprintable()
        if not named or estimated <= 0 or counted <= 0:
            return
        with self._lock:
            known = self._known()
            known[model] = known.get(model, Ratios()).with_call(estimated, counted)
            self._unwritten.append((model, estimated, counted))
            if len(self._unwritten) >= WRITTEN_AT_ONCE:
                self._write()

    def close(self) -> None:
        """Write down what is not written yet, and let go of the file; the next use opens it."""
        with self._lock:
            if self._unwritten:
                self._write()
            self._let_go()

    def _known(self) -> dict[str, Ratios]:
        if self._ratios is None:
            self._ratios = self._safely(_read) if self._path.is_file() else None
            self._ratios = self._ratios or {}
        return self._ratios

    def _write(self) -> None:
        """Add the unwritten calls to what other processes have written meanwhile."""
        calls, self._unwritten = self._unwritten, []
        merged = self._safely(lambda connection: _merged(connection, calls))
        if merged is not None:
            self._ratios = merged

    def _safely(self, act: Callable[[sqlite3.Connection], T]) -> T | None:
        """Do it with the file open; a failing file is left alone from then on."""
        if self.warning:
            return None
        try:
            return act(self._connection or self._open())
        except (sqlite3.Error, OSError) as error:
            self._let_go()
            self.warning = (
                f"The record of token counts at {self._path} cannot be used ({error}), so "
                "estimates stay uncalibrated; delete the file to begin a new one."
            )
            return None

    def _open(self) -> sqlite3.Connection:
        self._connection = shared_file(
            self._path, BUSY_SECONDS, "PRAGMA synchronous=NORMAL", _TABLE
        )
        return self._connection

    def _let_go(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class CalibratingModel:
    """A model whose replies teach how many tokens its prompts have.

    It stands next to the provider, where no answer comes from a cache, but outside of the fence:
    prompts are estimated before they have one, and what it costs is part of the estimate.
    """

    def __init__(self, model: LanguageModel, calibration: Calibration) -> None:
        self._model = model
        self._calibration = calibration

    def complete(self, prompt: Prompt) -> Reply:
        """Answer one prompt."""
        try:
            reply = self._model.complete(prompt)
        except ModelError as error:
            self._learn(prompt, spent_on(error))
            raise
        self._learn(prompt, reply.usage)
        return reply

    def _learn(self, prompt: Prompt, usage: Usage) -> None:
        counted = usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens
        if counted:
            self._calibration.observe(prompt.model, prompt_tokens(prompt), counted)


def _read(connection: sqlite3.Connection) -> dict[str, Ratios]:
    return dict(_sound(connection.execute(_READ, (ESTIMATOR,)).fetchall()))


def _merged(
    connection: sqlite3.Connection, calls: Iterable[tuple[str, int, int]]
) -> dict[str, Ratios]:
    """Add calls to the file in one transaction; gives what it holds then."""
    connection.execute("BEGIN IMMEDIATE")
    known = _read(connection)
    for model, estimated, counted in calls:
        known[model] = known.get(model, Ratios()).with_call(estimated, counted)
    for model in dict.fromkeys(model for model, _, _ in calls):
        one = known[model]
        connection.execute(
            _WRITE, (model, ESTIMATOR, one.calls, one.weight, one.mean, one.variance)
        )
    connection.execute("COMMIT")
    return known


def _sound(rows: Iterable[tuple[object, ...]]) -> Iterable[tuple[str, Ratios]]:
    """The rows with possible figures: a file can be damaged and still be read."""
    for row in rows:
        match row:
            case (str(model), int(calls), float(weight), float(mean), float(variance)) if (
                calls > 0
                and 0 < weight <= MEMORY_CALLS + 1
                and LEAST_RATIO <= mean <= MOST_RATIO
                and 0 <= variance <= MOST_RATIO**2
                and all(map(isfinite, (weight, mean, variance)))
            ):
                yield model, Ratios(calls, weight, mean, variance)
