"""Many new calls wait for the user's word; pause and bounds hold calls back."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.hosts.functions.desk_bench import (
    KEY,
    QUICK,
    Bench,
    answering,
    ask,
    cell,
    content,
    settled,
    value,
)
from tickmark.hosts.functions.call import Call
from tickmark.llm.model import Prompt, Reply
from tickmark.settings import Settings

WAIT = "#LLM wait"
PAUSED = "#LLM paused: press Pause again to go on"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path, settings=Settings(consent_calls=5, consent_cost=0.2))
    yield made
    made.close()


def test_a_storm_is_held_whole_and_nothing_of_it_is_sent(bench: Bench) -> None:
    desk = bench.desk()
    for row in range(1, 313):
        assert ask(desk, f"why {row}", row) == WAIT
    settled(desk)

    assert bench.sent == []
    assert bench.opened == 0
    assert sorted(bench.told) == [cell(row, 9) for row in range(1, 313)]
    assert ask(desk, "why 312", 312) == "#LLM consent: 312 calls, about 3.12 USD"


def test_as_many_calls_as_allowed_are_sent_without_asking(bench: Bench) -> None:
    desk = bench.desk()
    for row in range(1, 6):
        ask(desk, f"why {row}", row)
    settled(desk)

    assert len(bench.sent) == 5


def test_a_dear_storm_is_held_however_few_its_calls_are(bench: Bench) -> None:
    bench.settings = replace(bench.settings, consent_cost=0.015)
    desk = bench.desk()
    ask(desk, "why 1", 1)
    ask(desk, "why 2", 2)
    settled(desk)

    assert ask(desk, "why 1", 1) == "#LLM consent: 2 calls, about 0.02 USD"
    assert bench.sent == []


def test_what_is_held_counts_for_what_comes_later(bench: Bench) -> None:
    desk = bench.desk()
    for row in range(1, 7):
        ask(desk, f"why {row}", row)
    settled(desk)
    bench.told.clear()
    ask(desk, "one more", 7)
    settled(desk)

    assert bench.sent == []
    assert sorted(bench.told) == [cell(row, 9) for row in range(1, 8)]
    assert ask(desk, "why 1", 1) == "#LLM consent: 7 calls, about 0.07 USD"


def test_what_is_under_way_counts_for_what_comes_later(tmp_path: Path) -> None:
    go, reached = threading.Event(), threading.Event()

    def model(prompt: Prompt) -> Reply:
        reached.set()
        assert go.wait(20)
        return answering(prompt)

    bench = Bench(tmp_path, model, settings=Settings(consent_calls=5))
    desk = bench.desk()
    for row in range(1, 5):
        ask(desk, f"why {row}", row)
    assert reached.wait(20)
    bench.told_any.clear()
    for row in range(5, 7):
        ask(desk, f"why {row}", row)
    assert bench.told_any.wait(20)

    assert ask(desk, "why 6", 6) == "#LLM consent: 2 calls, about 0.02 USD"
    go.set()
    settled(desk)
    assert len(bench.sent) == 4
    bench.close()


def test_the_users_word_sends_all_that_is_held_once(bench: Bench) -> None:
    desk = bench.desk()
    for row in range(1, 31):
        ask(desk, f"why {row}", row)
    settled(desk)
    bench.control.run_queued()
    settled(desk)

    assert sorted(bench.sent) == sorted(f"why {row}" for row in range(1, 31))
    assert ask(desk, "why 30", 30) == "answer to why 30"


def test_a_word_from_before_the_desk_was_opened_is_no_consent(bench: Bench) -> None:
    bench.control.run_queued()
    desk = bench.desk()
    for row in range(1, 31):
        ask(desk, f"why {row}", row)
    settled(desk)

    assert bench.sent == []


def test_a_held_cell_that_asks_something_else_is_not_sent(bench: Bench) -> None:
    desk = bench.desk(replace(QUICK, formula=0.0))
    for row in range(1, 8):
        ask(desk, f"why {row}", row)
    settled(desk)
    desk.answer(Call("NOW", (), cell(7, 9)))
    bench.control.run_queued()
    settled(desk)

    assert sorted(bench.sent) == [f"why {row}" for row in range(1, 7)]


def test_a_cell_joins_a_held_question_of_another_cell(bench: Bench) -> None:
    desk = bench.desk()
    for row in range(1, 8):
        ask(desk, f"why {row}", row)
    settled(desk)

    assert ask(desk, "why 1", 100) == "#LLM consent: 7 calls, about 0.07 USD"
    bench.control.run_queued()
    settled(desk)
    assert ask(desk, "why 1", 100) == "answer to why 1"
    assert len(bench.sent) == 7


def test_an_answer_of_another_process_is_not_paid_again_on_release(bench: Bench) -> None:
    desk, other = bench.desk(), bench.desk()
    for row in range(1, 8):
        ask(desk, f"why {row}", row)
    settled(desk)
    ask(other, "why 1", 1)
    settled(other)
    bench.control.run_queued()
    settled(desk)

    assert bench.sent.count("why 1") == 1
    assert ask(desk, "why 1", 1) == "answer to why 1"


def test_packed_texts_count_as_the_calls_that_they_need(bench: Bench) -> None:
    desk = bench.desk()
    desk.answer(Call("PACK", (content(*[f"row {n}" for n in range(20)]),), cell(1)))
    settled(desk)

    assert len(bench.sent) == 5


def test_a_paused_desk_sends_nothing_and_goes_on_when_resumed(bench: Bench) -> None:
    bench.control.pause()
    desk = bench.desk()
    settled(desk)
    assert ask(desk, "why") == PAUSED
    settled(desk)
    assert bench.sent == []

    bench.control.pause(paused=False)
    settled(desk)
    assert bench.told == [cell(1, 9)]
    assert ask(desk, "why") == WAIT
    settled(desk)
    assert ask(desk, "why") == "answer to why"


def test_a_pause_lets_calls_in_flight_come_home_and_begins_no_others(tmp_path: Path) -> None:
    go, reached = threading.Event(), threading.Event()

    def model(prompt: Prompt) -> Reply:
        reached.set()
        assert go.wait(20)
        return answering(prompt)

    bench = Bench(tmp_path, model, settings=Settings(jobs=1))
    desk = bench.desk()
    for row in range(1, 5):
        ask(desk, f"why {row}", row)
    assert reached.wait(20)
    bench.control.pause()
    desk.idle(0.05)
    go.set()
    settled(desk)

    (done,) = bench.sent
    shown = [ask(desk, f"why {row}", row) for row in range(1, 5)]
    assert sorted(map(str, shown)) == [PAUSED, PAUSED, PAUSED, f"answer to {done}"]
    bench.control.pause(paused=False)
    settled(desk)
    for row in range(1, 5):
        ask(desk, f"why {row}", row)
    settled(desk)
    assert sorted(bench.sent) == ["why 1", "why 2", "why 3", "why 4"]
    bench.close()


def test_what_is_held_stays_held_over_a_pause(bench: Bench) -> None:
    desk = bench.desk()
    for row in range(1, 8):
        ask(desk, f"why {row}", row)
    settled(desk)
    bench.control.pause()
    settled(desk)
    assert ask(desk, "why 1", 1) == PAUSED

    bench.control.pause(paused=False)
    settled(desk)
    assert ask(desk, "why 1", 1) == "#LLM consent: 7 calls, about 0.07 USD"
    bench.control.run_queued()
    settled(desk)
    assert len(bench.sent) == 7


def test_a_question_above_its_own_bound_is_not_sent(bench: Bench) -> None:
    desk = bench.desk()
    assert ask(desk, "why", 1, 0.005) == WAIT
    settled(desk)

    assert bench.told == [cell(1, 9)]
    assert ask(desk, "why", 1, 0.005) == "#LLM budget: about 0.0100 USD, more than its max_cost"
    assert bench.sent == []


def test_a_question_within_its_own_bound_is_sent(bench: Bench) -> None:
    desk = bench.desk()
    ask(desk, "why", 1, 0.05)
    settled(desk)

    assert ask(desk, "why", 1, 0.05) == "answer to why"


def test_another_cell_without_bound_still_gets_the_answer_and_both_show_it(bench: Bench) -> None:
    desk = bench.desk()
    ask(desk, "why", 1, 0.005)
    ask(desk, "why", 2)
    settled(desk)

    assert bench.sent == ["why"]
    assert ask(desk, "why", 1, 0.005) == "answer to why"


def test_a_key_that_comes_later_lets_cells_recover_without_a_restart(tmp_path: Path) -> None:
    bench = Bench(tmp_path, key=None)
    desk = bench.desk()
    ask(desk, "why")
    settled(desk)
    no_key = "#LLM key: none is set; run tickmark key set"
    assert ask(desk, "why") == no_key
    bench.key = KEY
    bench.told.clear()
    bench.clock += 6
    assert ask(desk, "why") == no_key
    settled(desk)
    assert bench.told == [cell(1, 9)]
    assert ask(desk, "why") == WAIT
    settled(desk)

    assert ask(desk, "why") == "answer to why"
    assert bench.keys_sought == 2
    bench.close()


def test_the_wait_text_of_an_input_is_never_sent(bench: Bench) -> None:
    desk = bench.desk()
    assert value(desk, "ASK", (WAIT,)) == WAIT
    settled(desk)

    assert bench.sent == []


def test_held_questions_that_no_cell_asks_any_more_are_not_counted(bench: Bench) -> None:
    """Else a formula that is tried out while others are held grows in what it claims to cost."""
    desk = bench.desk()
    for turn in range(3):
        for row in range(1, 8):
            ask(desk, f"why {row}, try {turn}", row)
        settled(desk)

    assert ask(desk, "why 1, try 2", 1) == "#LLM consent: 7 calls, about 0.07 USD"
    bench.control.run_queued()
    settled(desk)
    assert sorted(bench.sent) == [f"why {row}, try 2" for row in range(1, 8)]
