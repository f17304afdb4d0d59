"""The arithmetic of the engine's figures, and the limits and draws of their server."""

from __future__ import annotations

import pytest

from tests.benchmarks.engine_load.bucket import Bucket
from tests.benchmarks.engine_load.children import judged
from tests.benchmarks.engine_load.limits import Case, of_limit
from tests.benchmarks.engine_load.load import Load, answer_to, drawn
from tests.benchmarks.engine_load.questions import question, questions
from tests.benchmarks.engine_load.scheduling import KINDS, shape
from tests.benchmarks.engine_load.scores import (
    critical_path,
    greedy_span,
    lower_bound,
    percentile,
    share_of_ideal,
    steady_rate,
)
from tests.benchmarks.engine_load.sheets import book

# a (1 s) and b (4 s), then c (2 s) after both, d (1 s) after nothing.
SECONDS = {"a": 1.0, "b": 4.0, "c": 2.0, "d": 1.0}
AFTER = {"c": ("a", "b")}


def test_the_ideal_is_all_threads_busy_all_the_time() -> None:
    assert share_of_ideal(100, 2.0, 10, 0.2) == 1.0
    assert share_of_ideal(100, 4.0, 10, 0.2) == 0.5
    assert share_of_ideal(100, 0.0, 10, 0.2) == 0.0


def test_a_percentile_is_one_of_the_values() -> None:
    values = [float(value) for value in range(200, 0, -1)]

    assert [percentile(values, percent) for percent in (0, 50, 99, 100)] == [1, 100, 198, 200]
    assert percentile([], 99) == 0.0


def test_the_steady_rate_leaves_out_the_start_and_the_end() -> None:
    events = [(0.0, 9.0), (0.5, 9.0), (2.0, 1.0), (3.0, 2.0), (4.0, 9.0)]

    assert steady_rate(events, 2.0, 4.0) == 1.5
    assert steady_rate(events, 4.0, 4.0) == 0.0


def test_no_order_of_tasks_beats_the_bound() -> None:
    assert critical_path(SECONDS, AFTER) == 6.0
    assert [lower_bound(SECONDS, AFTER, limit) for limit in (1, 2)] == [8.0, 6.0]
    assert [greedy_span(SECONDS, AFTER, limit) for limit in (1, 2, 3)] == [8.0, 6.0, 6.0]


def test_slots_take_tasks_in_the_order_of_input() -> None:
    assert greedy_span({"short": 1.0, "middle": 1.0, "long": 2.0}, {}, 2) == 3.0
    assert greedy_span({"long": 2.0, "short": 1.0, "middle": 1.0}, {}, 2) == 2.0


def test_a_bucket_holds_its_burst_and_fills_with_time() -> None:
    bucket = Bucket.full(600, 2.0, 100.0)
    bucket.take(20, 100.0)

    assert bucket.lacks(1, 100.0) == pytest.approx(0.1)
    assert bucket.lacks(5, 100.5) == 0.0
    assert bucket.lacks(20, 1000.0) == 0.0
    assert bucket.lacks(1_000, 1000.0) == 0.0, "more than fits is there when it is full"


def test_what_is_given_back_does_not_overflow_a_bucket() -> None:
    bucket = Bucket.full(60, 10.0, 0.0)
    bucket.take(8, 0.0)
    bucket.take(-100, 0.0)

    assert (bucket.level, bucket.whole(0.0)) == (10.0, 0.0)


def test_a_bucket_below_nothing_has_to_fill_up_first() -> None:
    bucket = Bucket.full(60, 1.0, 0.0)
    bucket.take(5, 0.0)

    assert bucket.lacks(1, 0.0) == 5.0


def test_latencies_have_their_median_and_are_the_same_each_time() -> None:
    load = Load(latency=0.2, spread=0.5)
    seconds = sorted(load.seconds(f"item {number}") for number in range(2_000))

    assert seconds[1_000] == pytest.approx(0.2, rel=0.05)
    assert seconds[0] < 0.06
    assert 0.7 < seconds[-1] <= 1.2
    assert load.seconds("item 7") == Load(latency=0.2, spread=0.5).seconds("item 7")
    assert Load(latency=0.2).seconds("item 7") == 0.2


def test_faults_have_their_shares_and_a_second_attempt_has_its_own() -> None:
    load = Load(overloaded=0.05, dropped=0.01, cut=0.02)
    faults = [load.fault(f"item {number}", 1) for number in range(10_000)]
    again = [load.fault(f"item {number}", 2) for number in range(10_000)]
    kinds = ("overloaded", "dropped", "cut", "")

    assert [faults.count(kind) for kind in kinds] == pytest.approx([500, 100, 200, 9_200], rel=0.2)
    assert sum(bool(one and other) for one, other in zip(faults, again, strict=True)) < 100


def test_the_share_of_a_limit_weighs_what_the_limit_counts() -> None:
    # Two a second of 10 input and 3 output tokens, after a burst of five.
    events = [[0.0, 10, 3]] * 5 + [[at / 2, 10, 3] for at in range(8, 20)]
    server = {"taken": events, "done": events[:-2], "fresh": 10.0}
    load = Load(rpm=120)

    assert of_limit(Case("requests", load, 2, 0), server) == pytest.approx(12 / 7 / 2)
    assert of_limit(Case("input", load, 20, 1), server) == pytest.approx(12 / 7 / 2)
    assert of_limit(Case("output", load, 6, 2, at_end=True), server) == pytest.approx(10 / 7 / 2)


def test_answers_are_told_apart_as_right_wrong_and_lost() -> None:
    class One:
        def __init__(self, text: str, problem: str = "") -> None:
            self.text = text
            self.problem = problem

    texts = questions("a test", 4, 100)
    answers = [One(answer_to(texts[0], 50)), One(answer_to(texts[0], 50)), One("", "late"), One("")]

    assert judged(answers, texts, 50) == {
        "count": 4,
        "right": 1,
        "wrong": 1,
        "lost": 2,
        "problems": {"late": 1, "empty": 1},
    }


def test_questions_differ_in_name_and_size() -> None:
    made = questions("a test", 200, 1_000, 0.5)

    assert len({text.partition("\n")[0] for text in made}) == 200
    assert min(map(len, made)) < 600
    assert max(map(len, made)) > 1_400
    assert question("a name", 3) == "a name"
    assert 0 <= drawn(1, "a") < 1


def test_the_workbook_has_three_levels() -> None:
    made = book()

    assert [len(level) for level in made.levels] == [80, 10, 1]
    assert len(made.after) == 91
    assert made.after["sheet 3 summary"][0] == "sheet 3 question 0"


@pytest.mark.parametrize("kind", KINDS)
def test_the_graphs_of_the_scheduler_have_parents_before_children(kind: str) -> None:
    graph = shape(kind, 100)
    places = {name: place for place, name in enumerate(graph)}

    assert len(graph) == 100
    assert all(places[p] < places[name] for name, parents in graph.items() for p in parents)
    assert any(graph.values()) is (kind != "alone")
