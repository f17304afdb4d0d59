"""What a run will cost before anything is sent."""

from __future__ import annotations

from dataclasses import dataclass

from tickmark.engine.plan import Plan
from tickmark.llm.calibration import UNCALIBRATED, Calibrated
from tickmark.llm.prices import Price, worst_usage
from tickmark.llm.tokens import prompt_tokens
from tickmark.model.usage import Usage
from tickmark.report.wording import counted

# A sheet's reading is seldom longer; the worst case counts the whole `max_tokens`.
LIKELY_ANSWER_TOKENS = 700


@dataclass(frozen=True, slots=True)
class Estimate:
    """Calls, input tokens and USD; addable. `likely` and `most` are None for an unknown price."""

    calls: int = 0
    input_tokens: int = 0
    likely: float | None = 0.0
    most: float | None = 0.0

    def __add__(self, other: Estimate) -> Estimate:
        return Estimate(
            self.calls + other.calls,
            self.input_tokens + other.input_tokens,
            _sum(self.likely, other.likely),
            _sum(self.most, other.most),
        )

    @property
    def record(self) -> dict[str, object]:
        """The estimate for JSON; USD to a millionth."""
        return {
            "calls": self.calls,
            "input_tokens": self.input_tokens,
            "likely_usd": _rounded(self.likely),
            "most_usd": _rounded(self.most),
        }

    def sentence(
        self, model: str, limit: float, *, batch: bool = False, resumed: bool = False
    ) -> str:
        """The estimate in words, with the limit of the run.

        With `batch` it is that of message batches; of a run that is `resumed`, parts may be paid.
        """
        if not self.calls:
            return "Estimate: nothing to send."
        lead = "Estimate, kept answers and all" if resumed else "Estimate"
        calls = counted(self.calls, "call")
        tokens = f"about {self.input_tokens:,} tokens in"
        if self.likely is None or self.most is None:
            return f"{lead}: {calls} to {model}, {tokens}; its price is not known."
        text = (
            f"{lead}: {calls} to {model}, {tokens}, likely {self.likely:.2f} USD and at most "
            f"{self.most:.2f} USD; the limit of this run is {limit:.2f} USD."
        )
        if self.likely > limit:
            text += " The limit will stop it before the end; raise it with --max-cost."
        return f"{text} It is half the price of single calls." if batch else text


def estimate(plan: Plan, model: str, price: Price, learnt: Calibrated = UNCALIBRATED) -> Estimate:
    """Estimate of one workbook's plan; a prompt that needs earlier answers is priced without.

    `model` is asked where a prompt names none. `learnt` counts the tokens; `most` is what the calls
    would set aside of a spending limit.
    """
    total = Estimate()
    for task in plan:
        prompt = task.prompt_after({})
        quoted = LIKELY_ANSWER_TOKENS * len(task.after)
        tokens = prompt_tokens(prompt, learnt.tokens) + quoted
        likely = min(LIKELY_ANSWER_TOKENS, prompt.max_tokens)
        asked = prompt.model or model
        total += Estimate(
            1,
            tokens,
            price(asked, Usage(input_tokens=tokens, output_tokens=likely)),
            price(asked, worst_usage(prompt, learnt.bound) + Usage(input_tokens=quoted)),
        )
    return total


def _rounded(usd: float | None) -> float | None:
    return None if usd is None else round(usd, 6)


def _sum(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one + other
