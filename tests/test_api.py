"""The Python API gives the same answers as the command line."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

import tickmark
from tests.books import save
from tests.messages_api import MessagesApi
from tickmark.engine.journal import Journal
from tickmark.errors import RequestInvalid, SettingError, WriteRefused


def test_the_formula_graph_answers_by_address_and_by_name(tmp_path: Path) -> None:
    path = save(
        tmp_path / "model.xlsx",
        {"In": {"A1": 2}, "Calc": {"A1": "=In!A1*3", "A2": "=A1+Rate", "A3": "=A2"}},
        names={"Rate": "In!$A$1"},
    )

    graph = tickmark.formula_graph(tickmark.read_workbook(path))

    assert isinstance(graph, tickmark.FormulaGraph)
    assert graph.dependents("Rate").ranges == (tickmark.RangeRef.parse("Calc!A1:A3"),)
    assert graph.dependents("In!A1", 1).ranges == (tickmark.RangeRef.parse("Calc!A1:A2"),)
    assert graph.precedents(tickmark.RangeRef.parse("Calc!A3")).count == 3
    assert graph.sheet_graph().order == (("In",), ("Calc",))


def test_sheets_are_encoded_and_read_back(tmp_path: Path) -> None:
    path = save(
        tmp_path / "model.xlsx",
        {"In": {"A1": "Price", "B1": 2.5}, "Calc": {"A1": "=In!B1*3"}},
    )
    workbook = tickmark.read_workbook(path)

    made = tickmark.encode_workbook(workbook, level=tickmark.Level.LOSSLESS)
    alone = tickmark.encode_sheet(workbook, "In", budget=500)

    assert isinstance(made, tickmark.BookEncoding)
    assert isinstance(alone, tickmark.Encoding)
    assert made["In"].text == alone.text
    assert alone.find("price") == (tickmark.RangeRef.parse("In!A1"),)
    assert alone.expand("B1").text.endswith("2.5")
    assert tickmark.encode_workbook(workbook, budget=5).text == ""
    sheets = tickmark.decode(made.text)
    assert [one.name for one in sheets] == ["In", "Calc"]
    assert isinstance(sheets[0], tickmark.DecodedSheet)


def ask(text: str) -> tickmark.Prompt:
    return tickmark.Prompt("claude-haiku-5-5", "Answer briefly.", text)


PLAN = tickmark.Plan(
    [
        tickmark.Task("b", ask("Double it."), after=("a",)),
        tickmark.Task("a", ask("Name a prime.")),
        tickmark.Task("c", ask("Fail.")),
    ]
)


def answer(prompt: tickmark.Prompt) -> str:
    if prompt.user == "Fail.":
        raise RequestInvalid("not so")
    return f"{prompt.user} {prompt.answers}".strip()


def test_a_plan_is_answered_by_a_model_of_ones_own_in_the_order_of_the_plan() -> None:
    seen: list[str] = []

    outcomes = tickmark.run(
        PLAN,
        tickmark.ScriptedModel(answer),
        on_event=lambda event: seen.append(f"{event.task} {event.kind}"),
    )

    assert list(outcomes) == ["b", "a", "c"]
    done, failed = outcomes["b"], outcomes["c"]
    assert isinstance(done, tickmark.Done)
    assert done.value == "Double it. Answer to a:\nName a prime."
    assert isinstance(failed, tickmark.Failed)
    assert str(failed.error) == "not so"
    assert Counter(seen) == Counter(
        f"{n} {k}" for n in "abc" for k in ("ready", "started", "finished")
    )


def test_a_journal_saves_what_was_answered_by_any_model(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    first = tickmark.run(PLAN, tickmark.ScriptedModel(answer), journal=path)
    asked: list[str] = []

    def again(prompt: tickmark.Prompt) -> str:
        asked.append(prompt.user)
        return "now"

    second = tickmark.run(PLAN, tickmark.ScriptedModel(again), journal=str(path))

    assert asked == ["Fail."]
    done = second["b"]
    assert isinstance(done, tickmark.Done)
    assert (done.value, done.cached) == (getattr(first["b"], "value", None), True)


def test_a_plan_runs_in_any_thread(tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as threads:
        runs = [
            threads.submit(
                tickmark.run,
                PLAN,
                tickmark.ScriptedModel(answer),
                journal=tmp_path / f"{number}.jsonl",
            )
            for number in range(2)
        ]
    assert [len(one.result()) for one in runs] == [3, 3]


def test_two_runs_do_not_share_a_journal(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    with Journal(path), pytest.raises(WriteRefused, match="another run"):
        tickmark.run(PLAN, tickmark.ScriptedModel(answer), journal=path)


def test_settings_and_stop_hold_for_a_model_of_ones_own() -> None:
    asked: list[str] = []
    tasks = [tickmark.Task(str(number), ask("Fail.")) for number in range(9)]

    def failing(prompt: tickmark.Prompt) -> str:
        asked.append(prompt.user)
        return answer(prompt)

    outcomes = tickmark.run(
        tickmark.Plan(tasks),
        tickmark.ScriptedModel(failing),
        settings=tickmark.Settings(jobs=1, max_failures=2),
    )
    assert len(asked) == 2
    assert sum(isinstance(one, tickmark.Skipped) for one in outcomes.values()) == 7

    stop = Event()
    stop.set()
    outcomes = tickmark.run(PLAN, tickmark.ScriptedModel(failing), stop=stop)
    assert {type(one) for one in outcomes.values()} == {tickmark.Skipped}
    assert len(asked) == 2


def test_without_a_model_the_one_of_the_settings_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    with MessagesApi(lambda _: "yes") as api:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", api.url)
        monkeypatch.setenv("ANTHROPIC_API_KEY", "test-key")
        path = tmp_path / "journal.jsonl"
        outcomes = tickmark.run(PLAN, journal=path, say=said.append)
        again = tickmark.run(PLAN, journal=path)
        broke = tickmark.run(
            tickmark.Plan([tickmark.Task("x", ask("Another."))]),
            settings=tickmark.Settings(base_url=api.url, max_cost=0.0),
        )
        calls = len(api.calls)

    assert [getattr(one, "value", None) for one in outcomes.values()] == ["yes"] * 3
    assert sum(one.usage.usd for one in outcomes.values() if isinstance(one, tickmark.Done)) > 0
    assert all(isinstance(one, tickmark.Done) and one.cached for one in again.values())
    assert calls == 3
    assert said == []
    failed = broke["x"]
    assert isinstance(failed, tickmark.Failed)
    assert "spending limit of 0.0000 USD" in str(failed.error)


def test_without_model_and_key_nothing_runs() -> None:
    with pytest.raises(SettingError, match="Running a plan needs a model"):
        tickmark.run(PLAN)
