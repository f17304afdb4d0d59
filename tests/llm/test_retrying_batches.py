"""Passing faults of message batches are no end."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from threading import Event

import pytest

from tickmark.errors import ModelBusy, ModelDenied, ModelError, ModelUnreachable
from tickmark.llm.batch_model import BatchState, ListedBatch
from tickmark.llm.model import Prompt, Reply
from tickmark.llm.retrying_batches import RetryingBatches

PROMPTS = {"a": Prompt("claude-sonnet-5-5", "", "Why?")}
ENDED = BatchState(ended=True)


class Flaky:
    """Fails in order with what `faults` says, each before anything else is done."""

    def __init__(self, *faults: ModelError) -> None:
        self.faults = deque(faults)
        self.tries = 0

    def _meet(self) -> None:
        self.tries += 1
        if self.faults:
            raise self.faults.popleft()

    def submit(self, prompts: Mapping[str, Prompt]) -> str:
        self._meet()
        return f"batch of {len(prompts)}"

    def state(self, batch: str) -> BatchState:
        self._meet()
        assert batch == "b"
        return ENDED

    def recent(self) -> Sequence[ListedBatch]:
        self._meet()
        return []

    def answers(self, batch: str) -> Iterator[tuple[str, Reply | ModelError]]:
        assert batch == "b"
        for number in range(4):
            if number == 2:
                self._meet()
            yield str(number), Reply(str(number))

    def cancel(self, batch: str) -> None:
        assert batch == "b"
        self._meet()


def retrying(flaky: Flaky, waits: list[float] | None = None) -> RetryingBatches:
    slept = waits if waits is not None else []
    return RetryingBatches(flaky, sleep=slept.append, jitter=lambda: 0.0)


def limited(wait: float | None = None) -> ModelBusy:
    return ModelBusy("slow down", retry_after=wait, rate_limited=True)


def overloaded(status: int = 529) -> ModelBusy:
    error = ModelBusy("overloaded")
    error.status = status
    return error


def unreachable(*, arrived: bool) -> ModelUnreachable:
    error = ModelUnreachable("gone")
    error.perhaps_charged = arrived
    return error


def test_what_passes_is_asked_for_again_ever_more_slowly() -> None:
    waits: list[float] = []
    flaky = Flaky(limited(7.0), overloaded(), unreachable(arrived=True))

    assert retrying(flaky, waits).state("b") is ENDED
    assert waits == [7.0, 1.0, 2.0]
    assert list(retrying(Flaky(overloaded())).recent()) == []
    retrying(Flaky(overloaded())).cancel("b")


def test_it_ends_with_the_last_error_after_six_tries() -> None:
    flaky = Flaky(*(overloaded() for _ in range(9)))

    with pytest.raises(ModelBusy, match="overloaded"):
        retrying(flaky).state("b")
    assert flaky.tries == 6


@pytest.mark.parametrize("fault", [ModelDenied("no"), limited(3600.0)])
def test_what_does_not_pass_is_no_matter_of_trying(fault: ModelError) -> None:
    flaky = Flaky(fault)

    with pytest.raises(type(fault)):
        retrying(flaky).state("b")
    assert flaky.tries == 1


@pytest.mark.parametrize("fault", [limited(), overloaded(), unreachable(arrived=False)])
def test_what_surely_did_not_arrive_is_handed_in_again(fault: ModelError) -> None:
    assert retrying(Flaky(fault)).submit(PROMPTS) == "batch of 1"


@pytest.mark.parametrize("fault", [overloaded(500), unreachable(arrived=True)])
def test_what_may_have_arrived_is_not_handed_in_twice(fault: ModelError) -> None:
    flaky = Flaky(fault)

    with pytest.raises(type(fault)):
        retrying(flaky).submit(PROMPTS)
    assert flaky.tries == 1


def test_answers_that_break_off_are_fetched_again_and_given_once() -> None:
    flaky = Flaky(unreachable(arrived=False), overloaded())

    names = [name for name, _ in retrying(flaky).answers("b")]

    assert names == ["0", "1", "2", "3"]
    assert flaky.tries == 3


def test_a_stop_ends_the_trying() -> None:
    stop = Event()
    stop.set()
    flaky = Flaky(*(overloaded() for _ in range(3)))

    with pytest.raises(ModelBusy):
        RetryingBatches(flaky, stop=stop).state("b")
    assert flaky.tries == 1
