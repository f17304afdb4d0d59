"""The desk answers at once, asks each thing once, and says in the cell what goes wrong."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tests.hosts.functions.desk_bench import (
    BOOK,
    KEY,
    QUICK,
    Bench,
    answering,
    ask,
    cell,
    content,
    settled,
    single,
    value,
)
from tickmark.errors import AnswerUnusable
from tickmark.hosts.functions.call import Call
from tickmark.hosts.functions.steward import Pace
from tickmark.llm.model import Prompt, Reply
from tickmark.model.address import RangeRef
from tickmark.settings import Settings

WAIT = "#LLM wait"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.close()
    assert not [t for t in threading.enumerate() if t.name.startswith("tickmark")]


class Held:
    """A model that answers nothing until it is let go."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.reached = threading.Event()

    def __call__(self, prompt: Prompt) -> Reply:
        self.reached.set()
        assert self.go.wait(20)
        return answering(prompt)


def test_a_cell_waits_is_told_and_then_has_its_answer(bench: Bench) -> None:
    desk = bench.desk()

    assert ask(desk, "why") == WAIT
    settled(desk)
    assert bench.told == [cell(1, 9)]
    assert ask(desk, "why") == "answer to why"
    assert bench.sent == ["why"]


def test_a_hundred_recalculations_send_one_question(bench: Bench) -> None:
    desk = bench.desk()
    for _ in range(50):
        assert ask(desk, "why") == WAIT
    settled(desk)
    for _ in range(50):
        assert ask(desk, "why") == "answer to why"

    assert bench.sent == ["why"]
    assert bench.told == [cell(1, 9)]


def test_recalculations_while_the_answer_is_on_its_way_send_nothing_more(tmp_path: Path) -> None:
    held = Held()
    bench = Bench(tmp_path, held)
    desk = bench.desk()
    ask(desk, "why")
    assert held.reached.wait(20)
    for row in range(1, 101):
        assert ask(desk, "why", row) == WAIT
    held.go.set()
    settled(desk)

    assert bench.sent == ["why"]
    assert sorted(bench.told) == [cell(row, 9) for row in range(1, 101)]
    bench.close()


def test_twenty_cells_have_returned_before_the_first_answer(tmp_path: Path) -> None:
    held = Held()
    bench = Bench(tmp_path, held)
    desk = bench.desk()

    assert [ask(desk, f"why {n}", n) for n in range(1, 21)] == [WAIT] * 20
    assert held.reached.wait(20)
    assert bench.told == []
    held.go.set()
    settled(desk)
    assert len(bench.sent) == 20
    assert [ask(desk, f"why {n}", n) for n in range(1, 21)] == [
        f"answer to why {n}" for n in range(1, 21)
    ]
    bench.close()


def test_cells_filled_down_with_equal_questions_share_one_answer(bench: Bench) -> None:
    desk = bench.desk()
    for row in range(1, 201):
        assert ask(desk, "why", row) == WAIT
    settled(desk)

    assert bench.sent == ["why"]
    assert {ask(desk, "why", row) for row in range(1, 201)} == {"answer to why"}


def test_a_reopened_workbook_has_its_answers_at_once(bench: Bench) -> None:
    first = bench.desk()
    ask(first, "why")
    settled(first)
    first.close()
    again = bench.desk()

    assert ask(again, "why") == "answer to why"
    assert bench.opened == 1


def test_many_threads_at_once_send_one_question(bench: Bench) -> None:
    desk = bench.desk()
    with ThreadPoolExecutor(8) as threads:
        values = list(threads.map(lambda row: ask(desk, f"why {row % 3}", row), range(1, 61)))
    settled(desk)

    assert set(values) <= {WAIT, "answer to why 0", "answer to why 1", "answer to why 2"}
    assert sorted(bench.sent) == ["why 0", "why 1", "why 2"]


def test_many_threads_that_ask_again_and_again_pay_each_question_once(tmp_path: Path) -> None:
    roomy = Settings(consent_calls=1000, consent_cost=100.0, daily_cost=100.0)
    bench = Bench(tmp_path, settings=roomy)
    desk = bench.desk(Pace(quiet=0.0, longest=0.001, tell=0.0, look=60.0))

    def ask_until_answered(seed: int) -> None:
        numbers = list(range(40))
        random.Random(seed).shuffle(numbers)  # noqa: S311 - an order, no secret
        while numbers:
            shown = ask(desk, f"why {numbers[-1]}", seed)
            if shown == f"answer to why {numbers[-1]}":
                numbers.pop()
            else:
                assert shown == WAIT
                random.Random(len(numbers)).shuffle(numbers)  # noqa: S311 - an order, no secret

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(ask_until_answered, range(1, 7)))
    settled(desk)

    assert sorted(bench.sent) == sorted(f"why {n}" for n in range(40))
    bench.close()


def test_a_close_does_not_wait_longer_than_told_and_what_is_paid_for_comes_home(
    tmp_path: Path,
) -> None:
    held = Held()
    bench = Bench(tmp_path, held)
    desk = bench.desk()
    ask(desk, "why")
    assert held.reached.wait(20)
    desk.close(0.0)
    held.go.set()
    for thread in threading.enumerate():
        if thread.name.startswith("tickmark"):
            thread.join(20)

    again = bench.desk()
    ask(again, "why")
    settled(again)
    assert ask(again, "why") == "answer to why"
    assert bench.sent == ["why"]
    bench.close()


def test_texts_of_all_cells_of_one_gathering_share_the_calls(bench: Bench) -> None:
    desk = bench.desk()
    for row in range(1, 9):
        assert value(desk, "PACK", (content(f"row {row}", "row 1"),), row) == WAIT
    settled(desk)

    assert sorted(bench.sent) == [
        "row 1\nrow 2\nrow 3\nrow 4",
        "row 5\nrow 6\nrow 7\nrow 8",
    ]
    assert desk.answer(Call("PACK", (content("row 8", "row 1"),), cell(8, 9))) == (
        ("answer to row 8",),
        ("answer to row 1",),
    )


def test_one_changed_row_of_many_sends_one_text(bench: Bench) -> None:
    desk = bench.desk()
    rows = [f"row {n}" for n in range(1, 11)]
    desk.answer(Call("PACK", (content(*rows),), cell(1)))
    settled(desk)
    rows[4] = "row changed"
    assert desk.answer(Call("PACK", (content(*rows),), cell(1))) == ((WAIT,),)
    settled(desk)

    assert bench.sent[3:] == ["row changed"]
    assert desk.answer(Call("PACK", (content(*rows),), cell(1)))[4] == ("answer to row changed",)


def test_a_cell_with_many_texts_is_told_once_when_all_are_there(bench: Bench) -> None:
    desk = bench.desk()
    desk.answer(Call("PACK", (content(*[f"row {n}" for n in range(20)]),), cell(1)))
    settled(desk)

    assert len(bench.sent) == 5
    assert bench.told == [cell(1)]


def test_what_an_answer_left_out_is_asked_once_more_and_then_there(tmp_path: Path) -> None:
    def forgetful(prompt: Prompt) -> Reply:
        whole = answering(prompt)
        lines = whole.text.splitlines()
        return replace(whole, text="\n".join(lines[: max(1, len(lines) - 1)]))

    bench = Bench(tmp_path, forgetful)
    desk = bench.desk()
    desk.answer(Call("PACK", (content("row a", "row b", "row c"),), cell(1)))
    settled(desk)

    assert bench.sent == ["row a\nrow b\nrow c", "row c"]
    assert desk.answer(Call("PACK", (content("row a", "row c"),), cell(1))) == (
        ("answer to row a",),
        ("answer to row c",),
    )
    bench.close()


def test_a_text_that_spoils_its_call_is_set_apart_from_the_others(tmp_path: Path) -> None:
    def refusing(prompt: Prompt) -> Reply:
        if "row x" in prompt.data:
            message = "The model refused to answer."
            raise AnswerUnusable(message)
        return answering(prompt)

    bench = Bench(tmp_path, refusing)
    desk = bench.desk()
    desk.answer(Call("PACK", (content("row a", "row b", "row x", "row d"),), cell(1)))
    settled(desk)

    assert bench.sent == [
        "row a\nrow b\nrow x\nrow d",
        "row a\nrow b",
        "row x\nrow d",
        "row x",
        "row d",
    ]
    assert desk.answer(Call("PACK", (content("row a", "row d"),), cell(2))) == (
        ("answer to row a",),
        ("answer to row d",),
    )
    spoilt = desk.answer(Call("PACK", (content("row x"),), cell(3)))[0][0]
    assert str(spoilt).startswith("#LLM error: ")
    bench.close()


def test_what_is_left_out_twice_fails_and_what_came_is_kept(tmp_path: Path) -> None:
    def blind(prompt: Prompt) -> Reply:
        whole = answering(prompt)
        lines = [line for line in whole.text.splitlines() if "row x" not in line]
        return replace(whole, text="\n".join(lines))

    bench = Bench(tmp_path, blind)
    desk = bench.desk()
    desk.answer(Call("PACK", (content("row a", "row x"),), cell(1)))
    settled(desk)

    shown = desk.answer(Call("PACK", (content("row a", "row x"),), cell(1)))[0][0]
    assert str(shown).startswith("#LLM error: the model left this out of its answer twice [")
    assert desk.answer(Call("PACK", (content("row a"),), cell(2))) == (("answer to row a",),)
    assert bench.sent == ["row a\nrow x", "row x"]
    bench.close()


def test_the_function_wizard_sends_nothing_but_shows_what_is_kept(bench: Bench) -> None:
    desk = bench.desk()
    preview = Call("ASK", ("why",), cell(1), wizard=True)

    assert desk.answer(preview) == (("#LLM preview: press OK to ask",),)
    settled(desk)
    assert bench.sent == []
    ask(desk, "why")
    settled(desk)
    assert desk.answer(preview) == (("answer to why",),)


def test_a_free_question_needs_neither_key_nor_consent_nor_money(tmp_path: Path) -> None:
    settings = Settings(consent_calls=0, consent_cost=0.0, daily_cost=0.0)
    bench = Bench(tmp_path, key=None, settings=settings)
    bench.control.pause()
    desk = bench.desk()

    assert value(desk, "FREE", ("cells",)) == WAIT
    settled(desk)
    assert value(desk, "FREE", ("cells",)) == "counted cells"
    assert bench.opened == 0
    bench.close()


def test_without_a_key_nothing_is_sent_and_cells_recover_when_there_is_one(tmp_path: Path) -> None:
    bench = Bench(tmp_path, key=None)
    desk = bench.desk()
    assert ask(desk, "why") == WAIT
    settled(desk)
    assert bench.told == [cell(1, 9)]
    assert ask(desk, "why") == "#LLM key: none is set; run tickmark key set"
    assert bench.opened == 0

    bench.key = KEY
    again = bench.desk()
    assert ask(again, "why") == WAIT
    settled(again)
    assert ask(again, "why") == "answer to why"
    bench.close()


def test_a_server_of_ones_own_needs_no_key(tmp_path: Path) -> None:
    bench = Bench(tmp_path, key=None, settings=Settings(base_url="http://127.0.0.1:9"))
    desk = bench.desk()
    ask(desk, "why")
    settled(desk)

    assert ask(desk, "why") == "answer to why"
    bench.close()


def test_two_servers_never_share_answers(bench: Bench) -> None:
    desk = bench.desk()
    ask(desk, "why")
    settled(desk)
    bench.settings = replace(bench.settings, base_url="http://127.0.0.1:9")

    assert ask(desk, "why") == WAIT
    settled(desk)


def test_an_argument_that_waits_itself_makes_the_cell_wait_and_asks_nothing(bench: Bench) -> None:
    desk = bench.desk()

    assert ask(desk, WAIT) == WAIT
    settled(desk)
    assert bench.sent == []


def test_a_changed_question_is_answered_and_the_old_one_is_not_sent(bench: Bench) -> None:
    desk = bench.desk()
    ask(desk, "old")
    ask(desk, "new")
    settled(desk)

    assert bench.sent == ["new"]
    assert bench.told == [cell(1, 9)]


def test_a_cell_that_asked_something_else_meanwhile_is_not_told_of_the_old_answer(
    tmp_path: Path,
) -> None:
    held = Held()
    bench = Bench(tmp_path, held)
    desk = bench.desk(replace(QUICK, formula=0.0))
    ask(desk, "old", 1)
    ask(desk, "old", 2)
    assert held.reached.wait(20)
    desk.answer(Call("NOW", (), cell(1, 9)))
    held.go.set()
    settled(desk)

    assert bench.told == [cell(2, 9)]
    bench.close()


def test_a_call_without_known_cell_is_answered_too(bench: Bench) -> None:
    desk = bench.desk()
    assert desk.answer(Call("ASK", ("why",))) == ((WAIT,),)
    settled(desk)

    assert desk.answer(Call("ASK", ("why",))) == (("answer to why",),)
    assert bench.told == []


def test_a_table_that_needs_no_question_is_shown_at_once(bench: Bench) -> None:
    assert bench.desk().answer(Call("NOW", ())) == (("at once", True),)


@pytest.mark.parametrize(
    ("letter", "length"), [("x", 32_767), ("\N{SLIGHTLY SMILING FACE}", 16_387)]
)
def test_long_texts_are_cut_with_a_mark_to_what_a_cell_holds(
    tmp_path: Path, letter: str, length: int
) -> None:
    """Excel counts UTF-16 units, of which a smiling face has two."""
    bench = Bench(tmp_path, lambda _: Reply(letter * 40_000))
    desk = bench.desk()
    ask(desk, "why")
    settled(desk)

    shown = ask(desk, "why")
    assert isinstance(shown, str)
    assert len(shown) == length
    assert shown.endswith(f"{letter} … [cut]")
    bench.close()


def test_refreshed_cells_ask_anew_once_and_are_told(bench: Bench) -> None:
    desk = bench.desk()
    ask(desk, "why", 1)
    ask(desk, "why", 2)
    ask(desk, "else", 3)
    settled(desk)
    bench.told.clear()
    desk.refresh([cell(1, 9)])
    settled(desk)

    assert bench.told == [cell(1, 9)]
    assert ask(desk, "why", 1) == WAIT
    settled(desk)
    assert ask(desk, "why", 2) == "answer to why"
    assert ask(desk, "else", 3) == "answer to else"
    assert sorted(bench.sent) == ["else", "why", "why"]


def test_refresh_of_everything_reaches_all_cells_and_counts_as_new_calls(bench: Bench) -> None:
    desk = bench.desk()
    for row in range(1, 6):
        ask(desk, f"why {row}", row)
    settled(desk)
    bench.told.clear()
    bench.settings = replace(bench.settings, consent_calls=4)
    bench.control.refresh_all()
    settled(desk)
    assert sorted(bench.told) == [cell(row, 9) for row in range(1, 6)]
    for row in range(1, 6):
        assert ask(desk, f"why {row}", row) == WAIT
    settled(desk)

    assert ask(desk, "why 1", 1) == "#LLM consent: 5 calls, about 0.05 USD"
    assert len(bench.sent) == 5


def test_refresh_of_some_cells_leaves_the_others_their_answers(bench: Bench) -> None:
    desk = bench.desk()
    for row in range(1, 6):
        ask(desk, f"why {row}", row)
    settled(desk)
    bench.told.clear()
    bench.control.refresh(BOOK, [RangeRef("Data", 2, 1, 3, 20), RangeRef("Other", 1, 1, 9, 9)])
    settled(desk)

    assert sorted(bench.told) == [cell(2, 9), cell(3, 9)]
    shown = [ask(desk, f"why {row}", row) for row in range(1, 6)]
    assert shown == ["answer to why 1", WAIT, WAIT, "answer to why 4", "answer to why 5"]
    settled(desk)
    assert len(bench.sent) == 7


def test_a_cell_that_shows_a_status_is_told_when_a_call_begins(tmp_path: Path) -> None:
    held = Held()
    bench = Bench(tmp_path, held)
    desk = bench.desk()
    status = Call("LLM_STATUS", (content("", top=1, column=9),), cell(1, 10))
    assert ask(desk, "why") == WAIT
    assert desk.answer(status) == (("queued",),)
    assert held.reached.wait(20)
    while cell(1, 10) not in bench.told:
        bench.told_any.wait(20)
    assert desk.answer(status) == (("running",),)
    held.go.set()
    settled(desk)
    bench.close()


def test_a_desk_that_closes_keeps_what_comes_home(tmp_path: Path) -> None:
    held = Held()
    bench = Bench(tmp_path, held)
    desk = bench.desk()
    ask(desk, "why")
    assert held.reached.wait(20)
    threading.Timer(0.05, held.go.set).start()
    desk.close()

    assert ask(bench.desk(), "why") == "answer to why"
    assert bench.sent == ["why"]
    bench.close()


def test_a_closed_desk_still_answers_without_sending(bench: Bench) -> None:
    desk = bench.desk()
    ask(desk, "why")
    settled(desk)
    desk.close()

    assert ask(desk, "why") == "answer to why"
    assert ask(desk, "other") == WAIT
    assert bench.sent == ["why"]


def test_the_saved_workbook_is_asked_for_by_its_path(bench: Bench) -> None:
    paths: list[str] = []
    bench.saved = paths.append
    desk = bench.desk(
        bodies={"ASK": lambda call, _: replace(single(str(call.argument(0))), book="C:\\b.xlsx")}
    )
    ask(desk, "why")
    settled(desk)

    assert ask(desk, "why") == "answer to why"
    assert paths == ["C:\\b.xlsx"]


def test_a_function_inside_another_of_its_cell_is_answered(bench: Bench) -> None:
    """The outer one waits for the inner one, whose caller is the same cell."""
    desk = bench.desk()

    def calculated() -> object:
        inner = ask(desk, "inner")
        return ask(desk, inner if inner == WAIT else f"outer of {inner}")

    for turn in (1, 2):
        assert calculated() == WAIT
        settled(desk)
        assert bench.told == [cell(1, 9)] * turn
    assert calculated() == "answer to outer of answer to inner"
    assert bench.sent == ["inner", "outer of answer to inner"]


@pytest.mark.parametrize("beside", [("NOW", ()), ("ASK", ("",)), ("BUG", ())])
def test_two_functions_of_one_formula_do_not_undo_each_other(
    bench: Bench, beside: tuple[str, tuple[str, ...]]
) -> None:
    desk = bench.desk()

    assert ask(desk, "why") == WAIT
    desk.answer(Call(beside[0], beside[1], cell(1, 9)))
    settled(desk)

    assert bench.told == [cell(1, 9)]
    assert bench.sent == ["why"]


def test_two_questions_of_one_formula_are_both_answered(bench: Bench) -> None:
    desk = bench.desk()

    for _ in range(3):
        shown = (ask(desk, "one"), ask(desk, "two"))
        settled(desk)

    assert shown == ("answer to one", "answer to two")
    assert sorted(bench.sent) == ["one", "two"]


def test_what_a_question_costs_is_no_part_of_the_question(bench: Bench) -> None:
    """Else each answer would change its own question, and be paid without end."""
    desk = bench.desk()

    def calculated() -> object:
        cost = desk.answer(Call("LLM_COST", (), cell(5, 1)))[0][0]
        about = replace(
            content("why", str(cost), f"as {cost}"),
            formulas=(("",), ("=llm_cost()",), ('="as "&LLM_STATUS (A1)',)),
        )
        return desk.answer(Call("SEEN", (about,), cell(1, 9)))

    for _ in range(4):
        calculated()
        settled(desk)
    assert calculated() == (("answer to ('why', None, None)",),)
    assert len(bench.sent) == 1
