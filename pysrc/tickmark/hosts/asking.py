"""One question about a workbook: what it can cost, and the answer of the wired model.

The loop of look-ups stands around the whole model, its cache too: each round is kept by its own
key, which holds what was looked up so far. So a question of a workbook that has changed is read
anew from the round on in which it differs, and nothing else is paid again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from tickmark.analyses.asked_book import AskedBook, BookAnswer, BookQuestion, answer, asked_book
from tickmark.hosts.estimate import LIKELY_ANSWER_TOKENS, Estimate
from tickmark.llm.calibration import Calibrated
from tickmark.llm.model import LanguageModel
from tickmark.llm.prices import Price, worst_usage
from tickmark.llm.reading import LookedUp
from tickmark.llm.tokens import estimate_tokens, prompt_tokens
from tickmark.model.usage import Usage
from tickmark.model.workbook import Workbook
from tickmark.settings import Settings

BOOK_SHARE: Final = 2
"""The text of a workbook may take so many times the tokens of one sheet."""

LIKELY_RESULT_TOKENS: Final = 1500
LETTERS_A_TOKEN: Final = 3


@dataclass(frozen=True, slots=True)
class AskEstimate:
    """What a question can cost: 1 to `calls` calls, the first of `input_tokens`.

    `likely` (with one round of look-ups) and `most` are USD, None for an unknown price.
    """

    calls: int
    input_tokens: int
    likely: float | None
    most: float | None

    @property
    def record(self) -> dict[str, object]:
        """The estimate for JSON, with the fields of those of whole runs."""
        return Estimate(self.calls, self.input_tokens, self.likely, self.most).record

    def sentence(self, model: str, limit: float) -> str:
        """The estimate in words, with the spending limit."""
        calls = "1 call" if self.calls == 1 else f"1 to {self.calls} calls"
        text = f"Estimate: {calls} to {model}, about {self.input_tokens:,} tokens in the first"
        if self.likely is None or self.most is None:
            return f"{text}; its price is not known."
        text += f", likely {self.likely:.2f} USD and at most {self.most:.2f} USD; "
        text += f"the limit is {limit:.2f} USD."
        if self.likely > limit:
            text += " The limit will stop it before the end; raise it with --max-cost."
        return text


def prepared(workbook: Workbook, request: BookQuestion, settings: Settings) -> AskedBook:
    """A workbook ready for a question; raises InputError."""
    share = 1 if request.cells else BOOK_SHARE
    tokens = partial(estimate_tokens, model=settings.model)
    return asked_book(workbook, request, budget=share * settings.sheet_tokens, tokens=tokens)


def priced(asked: AskedBook, settings: Settings, price: Price, learnt: Calibrated) -> AskEstimate:
    """What a question can cost; each round sends again what was said before."""
    prompt = asked.prompt
    first = prompt_tokens(prompt, learnt.tokens)
    rounds = asked.request.rounds
    results = asked.bounds.characters // LETTERS_A_TOKEN
    worst = worst_usage(prompt, learnt.bound)
    likely = [
        price(
            settings.model,
            Usage(
                input_tokens=first + number * LIKELY_RESULT_TOKENS,
                output_tokens=LIKELY_ANSWER_TOKENS,
            ),
        )
        for number in range(min(rounds, 1) + 1)
    ]
    most = [
        price(settings.model, worst + Usage(input_tokens=results if number else 0))
        for number in range(rounds + 1)
    ]
    return AskEstimate(rounds + 1, first, _sum(likely), _sum(most))


def answered(
    asked: AskedBook,
    model: LanguageModel,
    *,
    watch: Callable[[LookedUp], None] | None = None,
    say: Callable[[str], None] | None = None,
) -> BookAnswer:
    """The checked answer of a model as wiring builds it; raises the ModelError family."""
    return answer(asked, model, watch=watch, say=say)


def _sum(parts: list[float | None]) -> float | None:
    known = [one for one in parts if one is not None]
    return sum(known) if len(known) == len(parts) else None
