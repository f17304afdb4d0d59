"""What a question can cost, told before it is asked and kept by what it then costs."""

from __future__ import annotations

import json
from functools import cache

from tests.books import book
from tickmark.analyses.asked_book import AskedBook, BookQuestion
from tickmark.hosts.asking import AskEstimate, answered, prepared, priced
from tickmark.llm.calibration import UNCALIBRATED
from tickmark.llm.fenced import FencedModel
from tickmark.llm.metered import Meter, MeteredModel
from tickmark.llm.model import Prompt, Reply, ToolCall
from tickmark.llm.prices import price
from tickmark.llm.scripted import ScriptedModel
from tickmark.settings import Settings

SETTINGS = Settings()
TALL = book({"S": {f"{column}{row}": row * 1.37 for column in "ABCDEF" for row in range(1, 1500)}})


@cache
def asked(rounds: int, cells: str = "") -> AskedBook:
    request = BookQuestion("What is it?", SETTINGS.model, cells, rounds=rounds)
    return prepared(TALL, request, SETTINGS)


def test_the_text_keeps_to_the_tokens_of_the_settings() -> None:
    assert asked(0).book.tokens(asked(0).prompt.data) <= 2 * SETTINGS.sheet_tokens
    one = asked(0, "S!A1:F1400")
    assert (
        SETTINGS.sheet_tokens / 2 < one.book.tokens(one.prompt.data) < 1.1 * SETTINGS.sheet_tokens
    )


def test_more_rounds_can_cost_more() -> None:
    found = [priced(asked(rounds), SETTINGS, price, UNCALIBRATED) for rounds in (0, 1, 6)]

    assert [one.calls for one in found] == [1, 2, 7]
    most = [one.most or 0.0 for one in found]
    assert 0 < most[0] < most[1] < most[2] < SETTINGS.max_cost
    assert all(0 < (one.likely or 0.0) < (one.most or 0.0) for one in found)


def test_a_model_that_looks_up_all_it_can_stays_within_the_estimate() -> None:
    """The worst case of the budget is what each send sets aside."""
    reserved: list[float] = []

    class Noting(Meter):
        """A meter that notes what is set aside."""

        def reserve(self, usd: float) -> None:
            reserved.append(usd)
            super().reserve(usd)

    def greedy(prompt: Prompt) -> str | Reply:
        number = len(prompt.turns)
        if number == 3:
            return json.dumps({"found": True, "answer": "Much [S!A1].", "citations": []})
        calls = tuple(
            ToolCall(
                f"{number} {one}",
                "expand",
                {
                    "sheet": "S",
                    "range": f"A{480 * number + 120 * one + 1}:F{480 * number + 120 * one + 120}",
                },
            )
            for one in range(4)
        )
        return Reply("", stop_reason="tool_use", calls=calls)

    question = asked(3)
    estimate = priced(question, SETTINGS, price, UNCALIBRATED)
    meter = Noting(10.0)
    sent = FencedModel(ScriptedModel(greedy))
    answer = answered(question, MeteredModel(sent, meter, price=price))

    assert len(answer.look_ups) == 12
    assert sum(one.cells for one in answer.look_ups) > 4000
    assert len(reserved) == 4
    assert sum(reserved) <= (estimate.most or 0.0)


def test_the_estimate_is_a_sentence() -> None:
    assert AskEstimate(1, 1200, 0.01, 0.04).sentence("m", 1.0) == (
        "Estimate: 1 call to m, about 1,200 tokens in the first, likely 0.01 USD and at most "
        "0.04 USD; the limit is 1.00 USD."
    )
    assert AskEstimate(7, 1200, 2.0, 4.0).sentence("m", 1.0) == (
        "Estimate: 1 to 7 calls to m, about 1,200 tokens in the first, likely 2.00 USD and at "
        "most 4.00 USD; the limit is 1.00 USD. The limit will stop it before the end; raise it "
        "with --max-cost."
    )
    assert AskEstimate(7, 1200, None, None).sentence("m", 1.0) == (
        "Estimate: 1 to 7 calls to m, about 1,200 tokens in the first; its price is not known."
    )
