"""What goes wrong stands in the cell, is logged without a word of it, and passes."""

from __future__ import annotations

import datetime as dt
import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.hosts.functions.desk_bench import (
    BODIES,
    Bench,
    answering,
    ask,
    cell,
    content,
    settled,
    single,
    value,
)
from tickmark.errors import (
    AnswerUnusable,
    ArgumentRefused,
    BudgetExceeded,
    ModelBusy,
    ModelDenied,
    ModelUnreachable,
    PromptTooLong,
    RequestInvalid,
    SettingError,
)
from tickmark.hosts.functions.call import Call
from tickmark.hosts.functions.failures import Failures
from tickmark.llm.model import Prompt, Reply
from tickmark.settings import Settings

WAIT = "#LLM wait"
NOON = dt.datetime(2026, 11, 20, 12, 0, 0, tzinfo=dt.UTC)


class Faulty:
    """Fails until it is mended."""

    def __init__(self, error: Callable[[], Exception]) -> None:
        self.error: Callable[[], Exception] | None = error

    def __call__(self, prompt: Prompt) -> Reply:
        if self.error is not None:
            raise self.error()
        return answering(prompt)


@pytest.fixture
def log() -> Iterator[list[str]]:
    lines: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger("tickmark.functions")
    logger.addHandler(handler)
    yield lines
    logger.removeHandler(handler)


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (
            ModelUnreachable("https://api.anthropic.com cannot be reached; mend the connection."),
            "#LLM offline: https://api.anthropic.com cannot be reached",
        ),
        (
            ModelDenied("The host refuses the API key: invalid; set another with `tickmark key`."),
            "#LLM key: the host refuses the API key: invalid",
        ),
        (
            BudgetExceeded("Today's 1.00 USD are spent; raise daily_cost in your settings."),
            "#LLM budget: today's 1.00 USD are spent",
        ),
        (ModelBusy("busy", retry_after=2400.0), "#LLM rate, retry 12:40"),
        (ModelBusy("busy"), "#LLM rate, retry 12:01"),
        (ArgumentRefused("categories is empty"), "#LLM value: categories is empty"),
    ],
)
def test_each_kind_of_failure_has_its_text(error: Exception, text: str) -> None:
    shown = Failures(now=lambda: NOON).text("ASK", error)

    assert shown == text


@pytest.mark.parametrize(
    ("error", "start"),
    [
        (AnswerUnusable("The model refused to answer."), "the model refused to answer"),
        (PromptTooLong("The question is longer than the model can take: 9."), "the question is"),
        (RequestInvalid("No model of this name."), "no model of this name"),
        (SettingError("TICKMARK_JOBS: jobs is 0."), "TICKMARK_JOBS: jobs is 0"),
        (LookupError("the text of a cell"), "a fault of Tickmark; the log names it"),
    ],
)
def test_other_failures_have_a_short_reason_and_an_id(
    log: list[str], error: Exception, start: str
) -> None:
    shown = Failures().text("ASK", error)

    found = re.fullmatch(r"#LLM error: (.+) \[([0-9a-f]{6})\]", shown)
    assert found
    assert found[1].startswith(start)
    (line,) = log
    assert line.startswith(f"[{found[2]}] ASK: {type(error).__name__}: ")
    assert "the text of a cell" not in line


def test_the_same_failure_has_one_id_and_one_line(log: list[str]) -> None:
    failures = Failures()
    texts = {failures.text("ASK", LookupError("x")) for _ in range(100)}

    assert len(texts) == 1
    assert len(log) == 1


def test_a_text_of_a_failure_is_one_line_without_invisible_characters() -> None:
    shown = Failures().text("ASK", AnswerUnusable("a\nb\u202e\x00c" + "y" * 500))

    assert shown.startswith("#LLM error: a b cyyy")
    assert "\u202e" not in shown
    assert len(shown) < 200


def test_a_failing_item_rests_twice_as_long_each_time() -> None:
    now = [0.0]
    failures = Failures(clock=lambda: now[0])
    rests = []
    for _ in range(9):
        failures.note(["k"], "ASK", AnswerUnusable("no"))
        before = now[0]
        while failures.resting(["k"]):
            now[0] += 10
        rests.append(now[0] - before)

    assert rests == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    failures.forget(["k"])
    failures.note(["k"], "ASK", AnswerUnusable("no"))
    now[0] += 31
    assert failures.resting(["k"]) is None


def test_a_rate_limit_rests_as_long_as_the_provider_said() -> None:
    now = [0.0]
    failures = Failures(clock=lambda: now[0])
    failures.note(["k"], "ASK", ModelBusy("busy", retry_after=900))
    now[0] = 899
    assert failures.resting(["k"])
    now[0] = 900
    assert failures.resting(["k"]) is None


@pytest.mark.parametrize(
    ("error", "start"),
    [
        (lambda: ModelUnreachable("nobody there"), "#LLM offline: nobody there"),
        (lambda: ModelDenied("refused"), "#LLM key: refused"),
        (lambda: BudgetExceeded("no credit"), "#LLM budget: no credit"),
        (lambda: ModelBusy("busy"), "#LLM rate, retry "),
        (lambda: AnswerUnusable("cut"), "#LLM error: cut ["),
        (lambda: SettingError("wrong"), "#LLM error: wrong ["),
        (
            lambda: ZeroDivisionError("secret"),
            "#LLM error: a fault of Tickmark; the log names it [",
        ),
    ],
)
def test_cells_are_told_of_a_failure_and_recover_without_a_restart(
    tmp_path: Path, error: Callable[[], Exception], start: str
) -> None:
    model = Faulty(error)
    bench = Bench(tmp_path, model)
    desk = bench.desk()
    assert ask(desk, "why") == WAIT
    settled(desk)
    assert bench.told == [cell(1, 9)]
    assert str(ask(desk, "why")).startswith(start)
    calls = len(bench.sent)
    bench.clock += 29
    assert str(ask(desk, "why")).startswith(start)
    assert len(bench.sent) == calls

    model.error = None
    bench.clock += 2
    assert ask(desk, "why") == WAIT
    settled(desk)
    assert ask(desk, "why") == "answer to why"
    bench.close()


def test_a_refused_key_is_tried_once_for_all_that_was_asked_together(tmp_path: Path) -> None:
    bench = Bench(tmp_path, Faulty(lambda: ModelDenied("refused")), settings=Settings(jobs=1))
    desk = bench.desk()
    for row in range(1, 11):
        ask(desk, f"why {row}", row)
    settled(desk)

    assert len(bench.sent) == 1
    assert {ask(desk, f"why {row}", row) for row in range(1, 11)} == {"#LLM key: refused"}
    assert bench.keys_sought == 1
    ask(desk, "later", 11)
    settled(desk)
    assert bench.keys_sought == 2
    bench.close()


def test_a_failure_is_not_kept_for_the_next_process(tmp_path: Path) -> None:
    model = Faulty(lambda: AnswerUnusable("cut"))
    bench = Bench(tmp_path, model)
    first = bench.desk()
    ask(first, "why")
    settled(first)
    first.close()
    model.error = None
    again = bench.desk()

    assert ask(again, "why") == WAIT
    settled(again)
    assert ask(again, "why") == "answer to why"
    bench.close()


def test_a_passing_failure_tells_its_cells_again_when_its_rest_is_over(tmp_path: Path) -> None:
    model = Faulty(lambda: ModelUnreachable("nobody there"))
    bench = Bench(tmp_path, model)
    desk = bench.desk()
    ask(desk, "why")
    settled(desk)
    settled(desk)
    assert bench.told == [cell(1, 9)]
    bench.clock += 31
    settled(desk)

    assert bench.told == [cell(1, 9), cell(1, 9)]
    bench.close()


def test_a_wrong_argument_is_told_at_once_and_a_fault_without_its_words(
    tmp_path: Path, log: list[str]
) -> None:
    bench = Bench(tmp_path)
    desk = bench.desk()

    assert value(desk, "ASK", (None,)) == "#LLM value: text is empty"
    assert value(desk, "LLM_NOTHING", ()) == "#LLM value: LLM_NOTHING is no function of Tickmark"
    shown = str(value(desk, "BUG", ("word of a cell",)))
    assert re.fullmatch(r"#LLM error: a fault of Tickmark; the log names it \[[0-9a-f]{6}\]", shown)
    (line,) = log
    assert shown[-7:-1] in line
    assert "LookupError" in line
    assert "_bug" in line
    assert "word of a cell" not in line
    bench.close()


@pytest.mark.parametrize("broken", ["plan", "conclude", "present"])
def test_a_fault_in_any_part_of_a_body_stands_in_its_cell(tmp_path: Path, broken: str) -> None:
    def fail(*_: object) -> Any:  # noqa: ANN401 - takes the place of three functions
        message = "word of a cell"
        raise RuntimeError(message)

    bench = Bench(tmp_path)
    parts: dict[str, Any] = {broken: fail}
    question = replace(single("why"), **parts)
    desk = bench.desk(bodies={**BODIES, "ASK": lambda _call, _settings: question})
    ask(desk, "why")
    settled(desk)

    assert str(ask(desk, "why")).startswith("#LLM error: a fault of Tickmark; the log names it [")
    assert value(desk, "FREE", ("x",), 2) == WAIT
    settled(desk)
    assert value(desk, "FREE", ("x",), 2) == "counted x"
    bench.close()


def test_an_answer_that_is_no_json_is_a_fault_of_its_cell(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    question = replace(single("why"), conclude=lambda *_: {0: {"text": object()}})
    desk = bench.desk(bodies={"ASK": lambda _call, _settings: question})
    ask(desk, "why")
    settled(desk)

    assert str(ask(desk, "why")).startswith("#LLM error: a fault of Tickmark; the log names it [")
    bench.close()


def test_wrong_settings_stand_in_the_cell(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    desk = bench.desk()

    bench.settings_error = SettingError("config.toml: jobs is 0; at least 1 is needed")

    assert str(ask(desk, "why")).startswith("#LLM error: config.toml: jobs is 0 [")
    bench.settings_error = None
    assert ask(desk, "why") == WAIT
    settled(desk)
    bench.close()


def test_one_failing_call_of_many_leaves_the_others_their_answers(tmp_path: Path) -> None:
    def model(prompt: Prompt) -> Reply:
        if "row 5" in prompt.data:
            raise AnswerUnusable("refused")
        return answering(prompt)

    bench = Bench(tmp_path, model)
    desk = bench.desk()
    rows = [f"row {n}" for n in range(8)]
    desk.answer(Call("PACK", (content(*rows),), cell(1)))
    settled(desk)

    shown = desk.answer(Call("PACK", (content(*rows),), cell(1)))
    assert str(shown[0][0]).startswith("#LLM error: refused [")
    assert desk.answer(Call("PACK", (content(*rows[:4]),), cell(2)))[3] == ("answer to row 3",)
    bench.close()


def test_a_desk_whose_listener_fails_goes_on(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.listener_error = OSError("Excel is busy")
    desk = bench.desk()
    ask(desk, "why")
    assert bench.told_any.wait(20)
    settled(desk)
    ask(desk, "else", 2)
    settled(desk)

    assert ask(desk, "else", 2) == "answer to else"
    bench.close()
