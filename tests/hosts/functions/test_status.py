"""LLM_STATUS: how far a cell is, from what the desk knows or from the cell's own text."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.hosts.functions.desk_bench import Bench, answering, ask, cell, content, settled
from tickmark.errors import AnswerUnusable, BudgetExceeded, ModelUnreachable
from tickmark.hosts.functions.call import Argument, Call
from tickmark.hosts.functions.desk import Desk
from tickmark.llm.model import Prompt, Reply
from tickmark.model.range_content import RangeContent
from tickmark.settings import Settings


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.close()


def status(desk: Desk, *arguments: Argument) -> object:
    ((value,),) = desk.answer(Call("LLM_STATUS", arguments, cell(99, 9)))
    return value


def of_cell(row: int, text: str | None = "x", formula: str | None = None) -> RangeContent:
    one = content(text, top=row, column=9)
    return one if formula is None else replace(one, formulas=((formula,),))


def test_a_paid_answer_is_done_and_one_from_before_is_cached(bench: Bench) -> None:
    first = bench.desk()
    ask(first, "why")
    settled(first)
    ask(first, "why")
    again = bench.desk()
    ask(again, "why")

    assert status(first, of_cell(1)) == "done"
    assert status(again, of_cell(1)) == "cached"


def test_a_cell_is_queued_then_running_then_done(tmp_path: Path) -> None:
    go, reached = threading.Event(), threading.Event()

    def model(prompt: Prompt) -> Reply:
        reached.set()
        assert go.wait(20)
        return answering(prompt)

    bench = Bench(tmp_path, model)
    desk = bench.desk()
    ask(desk, "why")
    assert status(desk, of_cell(1)) == "queued"
    assert reached.wait(20)
    assert status(desk, of_cell(1)) == "running"
    assert status(desk) == "1 running"
    go.set()
    settled(desk)
    ask(desk, "why")
    assert status(desk, of_cell(1)) == "done"
    bench.close()


def test_a_held_cell_needs_consent(tmp_path: Path) -> None:
    bench = Bench(tmp_path, settings=Settings(consent_calls=0))
    desk = bench.desk()
    ask(desk, "why")
    settled(desk)

    assert status(desk, of_cell(1)) == "needs consent"
    bench.close()


@pytest.mark.parametrize(
    ("error", "start"),
    [
        (ModelUnreachable("nobody there"), "offline"),
        (BudgetExceeded("Today's 1.00 USD are spent; wait"), "over budget"),
        (AnswerUnusable("The answer was cut."), "error: the answer was cut ["),
    ],
)
def test_a_failed_cell_says_why(tmp_path: Path, error: Exception, start: str) -> None:
    def model(_: Prompt) -> Reply:
        raise error

    bench = Bench(tmp_path, model)
    desk = bench.desk()
    ask(desk, "why")
    settled(desk)
    ask(desk, "why")

    assert str(status(desk, of_cell(1))).startswith(start)
    bench.close()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("#LLM wait", "queued"),
        ("#LLM consent: 312 calls, about 0.41 USD", "needs consent"),
        ("#LLM budget: today's 1.00 USD are spent", "over budget"),
        ("#LLM offline: nobody there", "offline"),
        ("#LLM paused: press Pause again to go on", "paused"),
        ("#LLM preview: press OK to ask", "not asked yet"),
        ("#LLM key: none is set; run tickmark key set", "error: key: none is set; run tickmark"),
        ("#LLM rate, retry 12:40", "error: rate, retry 12:40"),
        ("#LLM value: categories is empty", "error: value: categories is empty"),
        ("#LLM error: cut [a1b2c3]", "error: cut [a1b2c3]"),
    ],
)
def test_a_cell_that_the_desk_does_not_know_is_read_from_its_text(
    bench: Bench, text: str, shown: str
) -> None:
    assert str(status(bench.desk(), of_cell(1, text, "=LLM_ASK(A1,B1)"))).startswith(shown)


def test_an_unknown_cell_with_an_answer_is_done_and_one_without_function_is_none(
    bench: Bench,
) -> None:
    desk = bench.desk()

    assert status(desk, of_cell(1, "North", "=LLM_ASK(A1,B1)")) == "done"
    assert status(desk, of_cell(1, "North", "")) == "no LLM function"
    assert status(desk, of_cell(1, None, "")) == "no LLM function"


def test_a_cell_whose_function_was_replaced_is_none_any_more(bench: Bench) -> None:
    desk = bench.desk()
    ask(desk, "why")
    settled(desk)

    assert status(desk, of_cell(1, "typed", "")) == "no LLM function"


def test_a_range_of_many_cells_is_a_wrong_argument(bench: Bench) -> None:
    assert status(bench.desk(), content("a", "b")) == (
        "#LLM value: cell is one cell with an LLM function, such as B5"
    )


def test_one_line_tells_of_all_cells(tmp_path: Path) -> None:
    bench = Bench(tmp_path, settings=Settings(consent_calls=1))
    desk = bench.desk()
    assert status(desk) == "no LLM functions calculated yet"
    ask(desk, "why", 1)
    settled(desk)
    ask(desk, "why", 1)
    ask(desk, "a", 2)
    ask(desk, "b", 3)
    ask(desk, None, 4)
    settled(desk)

    assert status(desk) == "1 done, 2 needs consent, 1 error"
    bench.close()


def test_a_free_answer_of_this_session_is_done(bench: Bench) -> None:
    desk = bench.desk()
    call = Call("FREE", ("cells",), cell(1, 9))
    desk.answer(call)
    settled(desk)
    desk.answer(call)

    assert status(desk, of_cell(1)) == "done"


def test_a_cell_that_waits_for_another_one_is_not_counted(bench: Bench) -> None:
    desk = bench.desk()
    ask(desk, "why")
    ask(desk, "#LLM wait", 2)
    settled(desk)
    ask(desk, "why")

    assert status(desk) == "1 done"
    assert status(desk, of_cell(2)) == "queued"
