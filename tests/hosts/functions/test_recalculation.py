"""Cells whose answers have come are calculated again, in batches, patiently."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

import pytest

from tickmark.hosts.functions.call import Caller
from tickmark.hosts.functions.recalculation import Recalculation

ONE = Caller("C:\\m.xlsx", "P&L", 2, 3)
TWO = Caller("C:\\m.xlsx", "P&L", 3, 3)


class Sink:
    """Notes the batches; says busy for the first ones, or fails."""

    def __init__(self, busy: int = 0, *, error: bool = False) -> None:
        self.batches: list[list[Caller]] = []
        self.done = threading.Event()
        self._busy = busy
        self._error = error

    def __call__(self, callers: Sequence[Caller]) -> Sequence[Caller]:
        self.batches.append(list(callers))
        if len(self.batches) <= self._busy:
            if self._error:
                message = "call was rejected by callee"
                raise OSError(message)
            return callers
        self.done.set()
        return []


@pytest.fixture
def recalculations() -> Iterator[list[Recalculation]]:
    made: list[Recalculation] = []
    yield made
    for one in made:
        one.close()
    assert not [t for t in threading.enumerate() if t.name == "recalculation"]


def test_cells_are_calculated_once_though_reported_twice(
    recalculations: list[Recalculation],
) -> None:
    hold, sink = threading.Event(), Sink()

    def slow(callers: Sequence[Caller]) -> Sequence[Caller]:
        hold.wait(10)
        return sink(callers)

    recalculations.append(one := Recalculation(slow))
    one.changed([ONE])
    one.changed([ONE, TWO])
    one.changed([TWO])
    hold.set()
    assert sink.done.wait(10)
    one.close()
    assert [cell for batch in sink.batches for cell in batch].count(TWO) == 1


@pytest.mark.parametrize("error", [False, True])
def test_a_busy_excel_is_asked_again(recalculations: list[Recalculation], error: bool) -> None:
    sink = Sink(busy=3, error=error)
    recalculations.append(one := Recalculation(sink, first_wait=0.001))
    one.changed([ONE, TWO])
    assert sink.done.wait(10)
    assert sink.batches == [[ONE, TWO]] * 4
