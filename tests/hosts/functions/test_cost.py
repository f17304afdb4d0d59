"""LLM_COST: what cells, sheets, workbooks and the day cost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.hosts.functions.desk_bench import (
    BOOK,
    QUICK,
    Bench,
    answering,
    ask,
    cell,
    content,
    settled,
)
from tickmark.hosts.functions.call import Argument, Call, Caller, Unpacked
from tickmark.hosts.functions.desk import Desk
from tickmark.llm.model import Prompt, Reply
from tickmark.model.address import RangeRef
from tickmark.model.range_content import RangeContent
from tickmark.settings import Settings


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.close()


def cost(desk: Desk, *arguments: Argument, caller: Caller | None = None) -> object:
    ((value,),) = desk.answer(Call("LLM_COST", arguments, caller or cell(99, 9)))
    return value


def of_cell(row: int, text: str = "#LLM wait", *, book: str = BOOK) -> RangeContent:
    return replace(content(text, top=row, column=9), book=book)


def test_a_cell_costs_what_its_answer_did(bench: Bench) -> None:
    desk = bench.desk()
    ask(desk, "why")
    settled(desk)

    assert cost(desk, of_cell(1, "answer")) == pytest.approx(0.005)


def test_before_its_answer_a_cell_costs_its_estimate(tmp_path: Path) -> None:
    bench = Bench(tmp_path, settings=Settings(consent_calls=0))
    desk = bench.desk()
    ask(desk, "why")
    settled(desk)

    assert cost(desk, of_cell(1)) == pytest.approx(0.01)
    assert cost(desk, "today") == 0.0
    bench.close()


def test_while_a_call_is_in_flight_its_estimate_stands(tmp_path: Path) -> None:
    go, reached = threading.Event(), threading.Event()

    def model(prompt: Prompt) -> Reply:
        reached.set()
        assert go.wait(20)
        return answering(prompt)

    bench = Bench(tmp_path, model)
    desk = bench.desk()
    ask(desk, "why")
    assert reached.wait(20)
    assert cost(desk, of_cell(1)) == pytest.approx(0.01)
    assert cost(desk, "left") == pytest.approx(0.99)
    go.set()
    settled(desk)
    assert cost(desk, "left") == pytest.approx(0.995)
    bench.close()


def test_an_answer_from_an_earlier_session_costs_nothing(bench: Bench) -> None:
    first = bench.desk()
    ask(first, "why")
    settled(first)
    again = bench.desk()
    ask(again, "why")

    assert cost(again, of_cell(1, "answer to why")) == 0.0
    assert cost(again, "today") == pytest.approx(0.005)


def test_equal_questions_of_a_sheet_are_counted_once(bench: Bench) -> None:
    desk = bench.desk()
    for row in range(1, 5):
        ask(desk, "why", row)
    ask(desk, "else", 5)
    desk.answer(Call("ASK", ("other sheet",), cell(1, 9, sheet="Notes")))
    desk.answer(Call("ASK", ("other book",), cell(1, 9, book="C:\\other.xlsx")))
    settled(desk)

    assert cost(desk, of_cell(3)) == pytest.approx(0.005)
    assert cost(desk, "sheet") == pytest.approx(0.01)
    assert cost(desk, "book") == pytest.approx(0.015)
    assert cost(desk, " Today ") == pytest.approx(0.02)
    assert cost(desk) == pytest.approx(0.02)


def test_texts_of_one_call_bear_its_cost_in_equal_shares(bench: Bench) -> None:
    desk = bench.desk()
    desk.answer(Call("PACK", (content("row 1", "row 2"),), cell(1, 9)))
    desk.answer(Call("PACK", (content("row 1"),), cell(2, 9)))
    settled(desk)

    assert cost(desk, of_cell(1)) == pytest.approx(0.005)
    assert cost(desk, of_cell(2)) == pytest.approx(0.0025)


def test_a_cell_inside_an_array_formula_is_that_formula(bench: Bench) -> None:
    desk = bench.desk()
    desk.answer(Call("ASK", ("why",), Caller(BOOK, "Data", 1, 8, 4, 2)))
    settled(desk)

    assert cost(desk, of_cell(3)) == pytest.approx(0.005)


def test_a_cell_of_a_book_that_is_not_named_is_one_of_the_calling_book(bench: Bench) -> None:
    desk = bench.desk()
    ask(desk, "why")
    settled(desk)

    assert cost(desk, of_cell(1, book="")) == pytest.approx(0.005)


def test_a_cell_that_holds_the_name_of_a_scope_is_that_scope(bench: Bench) -> None:
    desk = bench.desk()
    ask(desk, "why")
    settled(desk)

    assert cost(desk, of_cell(50, "today")) == pytest.approx(0.005)
    assert cost(desk, of_cell(51, "anything")) == 0.0


@pytest.mark.parametrize(
    "wrong",
    [
        "month",
        7.0,
        True,
        content("a", "b"),
        RangeContent((("a",),)),
        RangeContent((("a", "b"),), RangeRef("Data", 1, 1, 1, 2)),
    ],
)
def test_another_scope_is_a_wrong_argument(bench: Bench, wrong: Argument) -> None:
    assert cost(bench.desk(), wrong) == (
        '#LLM value: scope is a cell with an LLM function, "sheet", "book", "today" or "left"'
    )


def test_an_argument_that_did_not_arrive_says_why(bench: Bench) -> None:
    assert cost(bench.desk(), Unpacked("several areas")) == "#LLM value: several areas"


def test_a_scope_around_an_unknown_cell_is_refused(bench: Bench) -> None:
    ((value,),) = bench.desk().answer(Call("LLM_COST", ("sheet",)))

    assert value == "#LLM value: the calling cell is not known here; name a cell instead"


def test_cells_that_show_costs_are_told_with_those_that_have_answers(bench: Bench) -> None:
    # Long enough for a busy machine to have both within it.
    desk = bench.desk(replace(QUICK, tell=0.5))
    cost(desk, "today")
    ask(desk, "why")
    settled(desk)

    assert bench.batches == [[cell(1, 9), cell(99, 9)]]
