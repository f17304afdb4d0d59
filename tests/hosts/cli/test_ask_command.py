"""`tickmark ask`, end to end over real HTTP on this machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.books import save, sheet
from tests.hosts.test_incomplete import SECOND, without
from tests.messages_api import Fault, MessagesApi
from tests.read.parts import zipped
from tests.request_answers import user_text
from tickmark.hosts.cli.app import run
from tickmark.llm.reading import ANSWER_NOW

QUESTION = "What is net income?"
WIDTH = 80
HIDDEN = "Not done: The sheet Vault is hidden; its cells are not shown"


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A small model with a hidden row and a hidden sheet."""
    monkeypatch.chdir(tmp_path)
    save(
        Path("model.xlsx"),
        {
            "P&L": sheet(
                {
                    "A1": "Net income",
                    "B1": 1250.5,
                    "A2": "Tax rate",
                    "B2": 0.25,
                    "A3": "CANARY row",
                    "B3": 1,
                },
                hidden_rows=((3, 3),),
                formats={"B2": "0%"},
            ),
            "Notes": {"A1": "Net income is after tax", "A2": "Far", "B2": 77},
            "Vault": sheet({"A1": "CANARY sheet"}, state="hidden"),
        },
    )
    return "model.xlsx"


def rounds(content: dict[str, Any]) -> int:
    return sum(one["role"] == "assistant" for one in content["messages"])


def tool_use(*calls: tuple[str, dict[str, object]]) -> dict[str, Any]:
    """Fields of a message that asks for look-ups."""
    blocks = [
        {"type": "tool_use", "id": f"toolu_{number}", "name": name, "input": arguments}
        for number, (name, arguments) in enumerate(calls)
    ]
    text = {"type": "text", "text": "Let me look."}
    return {"stop_reason": "tool_use", "content": [text, *blocks]}


def form(text: str, *cited: tuple[str, str], found: bool = True) -> str:
    citations = [{"cells": cells, "value": value} for cells, value in cited]
    return json.dumps({"found": found, "answer": text, "citations": citations})


RIGHT = form(
    "Net income is 1,250.5 ['P&L'!B1] at a tax rate of 25% ['P&L'!B2].",
    ("'P&L'!B1", "1250.5"),
    ("'P&L'!B2", "25%"),
)


def reading(content: dict[str, Any]) -> str | dict[str, Any]:
    """Looks up twice at once, then once more, then answers."""
    match rounds(content):
        case 0:
            return tool_use(
                ("find", {"text": "net income"}), ("expand", {"sheet": "Vault", "range": "A1:C9"})
            )
        case 1:
            return tool_use(("trace", {"cell": "'P&L'!B1", "direction": "dependents"}))
        case _:
            return RIGHT


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[MessagesApi]:
    with MessagesApi(reading) as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        monkeypatch.setenv("ANTHROPIC_API_KEY", "test-key")
        yield server


def results(request: dict[str, Any]) -> list[str]:
    """The texts of all results in a request."""
    found = []
    for message in request["messages"]:
        if isinstance(message["content"], list):
            found += [
                block["content"]
                for block in message["content"]
                if block.get("type") == "tool_result"
            ]
    return found


@pytest.mark.usefixtures("api")
def test_the_answer_stands_with_its_checked_cells_and_its_cost(
    model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["ask", model, QUESTION]) == 0

    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert lines[:6] == [
        "Net income is 1,250.5 ['P&L'!B1] at a tax rate of 25% ['P&L'!B2].",
        "",
        "  ✓  'P&L'!B1  1250.5",
        "  ✓  'P&L'!B2  0.25",
        "",
        "3 hidden cells were not shown to the model.",
    ]
    assert lines[-1].startswith("3 calls to claude-sonnet-5-5, 3 look-ups, 0.0")
    assert max(map(len, lines)) <= WIDTH
    said = err.splitlines()
    assert said[0].startswith("tickmark: Estimate: 1 to 7 calls to claude-sonnet-5-5, about ")
    assert said[1:] == [
        "tickmark: Look-up 1: find net income",
        f"tickmark: Look-up 2: expand Vault, A1:C9 ({HIDDEN})",
        "tickmark: Look-up 3: trace 'P&L'!B1, dependents",
    ]


def test_what_is_looked_up_goes_back_fenced_and_without_hidden_cells(
    model: str, api: MessagesApi
) -> None:
    assert run(["ask", model, QUESTION, "--quiet"]) == 0

    first, _, last = (request.json for request in api.calls)
    assert [one["name"] for one in first["tools"]] == ["expand", "trace", "find"]
    assert QUESTION in user_text(first)
    told = results(last)
    assert len(told) == 3
    assert all(text.startswith('<data fence="') for text in told)
    assert "Notes!A1" in told[0]
    assert "A1 Net income|1250.5\n" in told[0]
    assert "is hidden; its cells are not shown" in told[1]
    assert b"CANARY" not in b"".join(api.requests)
    assert [message["role"] for message in last["messages"]] == [
        "user",
        "assistant",
        "user",
        "assistant",
        "user",
    ]


@pytest.mark.usefixtures("api")
def test_json_has_the_promised_shape(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ask", model, QUESTION, "-r", "'P&L'!A1:B3", "--json", "--quiet"]) == 0

    out, err = capsys.readouterr()
    made = json.loads(out)
    usage = made.pop("usage")
    assert made == {
        "schema_version": 1,
        "workbook": "model.xlsx",
        "range": {"sheet": "P&L", "range": "A1:B3"},
        "question": QUESTION,
        "model": "claude-sonnet-5-5",
        "answer": "Net income is 1,250.5 ['P&L'!B1] at a tax rate of 25% ['P&L'!B2].",
        "found": True,
        "citations": [
            {
                "sheet": "P&L",
                "range": "B1",
                "value": 1250.5,
                "quoted": "1250.5",
                "verdict": "supported",
                "reason": None,
            },
            {
                "sheet": "P&L",
                "range": "B2",
                "value": 0.25,
                "quoted": "25%",
                "verdict": "supported",
                "reason": None,
            },
        ],
        "look_ups": [
            {"tool": "find", "arguments": {"text": "net income"}, "done": True, "cells": 3},
            {
                "tool": "expand",
                "arguments": {"sheet": "Vault", "range": "A1:C9"},
                "done": False,
                "cells": 0,
            },
            {
                "tool": "trace",
                "arguments": {"cell": "'P&L'!B1", "direction": "dependents"},
                "done": True,
                "cells": 1,
            },
        ],
        "notes": ["3 hidden cells were not shown to the model."],
        "problems": [],
        "complete": True,
    }
    assert (usage["calls"], usage["cached_calls"]) == (3, 0)
    assert usage["usd"] > 0
    assert err == ""


def test_wrong_citations_are_crossed(
    model: str, api: MessagesApi, capsys: pytest.CaptureFixture[str]
) -> None:
    api.answer = lambda _: form(
        "Net income is 1,300 ['P&L'!B1], as [P&L!B3] and [Vault!A1] say; see [Z9].",
        ("'P&L'!B1", "1300"),
    )

    assert run(["ask", model, QUESTION, "--quiet"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[2:6] == [
        "  ✗  'P&L'!B1  1250.5  quoted as 1300: the cell holds another value",
        "  ✗  'P&L'!B3          it is blank or hidden",
        "  ✗  Vault!A1          there is no such sheet to be seen",
        "  ✗  Z9                it names no sheet",
    ]
    assert lines[7] == "1,300 stands in none of the cited cells; it may be computed."
    assert max(map(len, lines)) <= WIDTH


def test_an_answer_that_is_kept_is_not_paid_again(
    model: str, api: MessagesApi, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["ask", model, QUESTION, "--quiet"]) == 0
    sent = len(api.calls)
    first = capsys.readouterr().out.splitlines()
    assert run(["ask", model, QUESTION, "--quiet"]) == 0

    again = capsys.readouterr().out.splitlines()
    assert again[:-1] == first[:-1]
    assert len(api.calls) < 2 * sent
    assert "kept to claude-sonnet-5-5" in again[-1]


def test_a_model_that_only_looks_things_up_is_stopped(
    model: str, api: MessagesApi, capsys: pytest.CaptureFixture[str]
) -> None:
    def endless(content: dict[str, Any]) -> dict[str, Any]:
        return tool_use(("find", {"text": f"number {rounds(content)}"}))

    api.answer = endless

    assert run(["ask", model, QUESTION, "--rounds", "2"]) == 3
    assert len(api.calls) == 3
    assert ANSWER_NOW in json.dumps(api.calls[-1].json)
    err = capsys.readouterr().err
    assert "The model went on looking things up instead of answering." in err
    assert "The calls up to then cost 0.0" in err


def test_without_rounds_no_tools_are_offered(model: str, api: MessagesApi) -> None:
    api.answer = lambda _: RIGHT

    assert run(["ask", model, QUESTION, "--rounds", "0", "--quiet"]) == 0
    assert "tools" not in api.calls[0].json


def test_a_dry_run_sends_nothing(
    model: str, api: MessagesApi, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["ask", model, QUESTION, "--dry-run", "--show-prompt"]) == 0
    out = capsys.readouterr().out
    assert "==== tool expand ====" in out
    assert '<data fence="' in out
    assert "CANARY" not in out
    assert out.splitlines()[-1].startswith("Estimate: 1 to 7 calls")

    assert run(["ask", model, QUESTION, "--dry-run", "--json", "--rounds", "0"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["estimate"]["calls"] == 1
    assert 0 < made["estimate"]["likely_usd"] < made["estimate"]["most_usd"] < 1
    assert api.calls == []


def test_every_prompt_is_shown_as_it_is_sent(
    model: str, api: MessagesApi, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["ask", model, QUESTION, "--show-prompt", "--json", "--quiet"]) == 0

    out, err = capsys.readouterr()
    json.loads(out)
    assert err.count("==== system (claude-sonnet-5-5) ====") == 3
    for text in results(api.calls[-1].json):
        assert text in err


def test_without_a_key_one_sentence_says_what_to_do(
    model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["ask", model, QUESTION]) == 2

    assert capsys.readouterr() == (
        "",
        "tickmark: A question needs a model: set ANTHROPIC_API_KEY or run `tickmark key set`.\n",
    )


@pytest.mark.parametrize(
    ("status", "max_cost", "code"),
    [(401, "1", 5), (402, "1", 4), (200, "0.000001", 4), (400, "1", 3)],
)
def test_exit_codes_tell_what_stopped_it(  # noqa: PLR0917 - cases and fixtures
    status: int,
    max_cost: str,
    code: int,
    model: str,
    api: MessagesApi,
    capsys: pytest.CaptureFixture[str],
) -> None:
    api.faults.append(Fault(status=status))

    assert run(["ask", model, QUESTION, "--quiet", "--max-cost", max_cost]) == code

    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("tickmark: ")
    assert err.count("\n") == 1
    assert "test-key" not in err


def test_a_budget_that_ends_between_rounds_says_what_was_spent(
    model: str, api: MessagesApi, capsys: pytest.CaptureFixture[str]
) -> None:
    api.fault_of = lambda content: Fault(status=402) if rounds(content) else None

    assert run(["ask", model, QUESTION]) == 4
    assert "The calls up to then cost 0.0" in capsys.readouterr().err


def test_a_workbook_that_is_not_whole_is_answered_and_gives_three(
    api: MessagesApi,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("book.xlsx").write_bytes(zipped(without(SECOND)))
    api.answer = lambda _: form("It is so.")

    assert run(["ask", "book.xlsx", QUESTION, "--json"]) == 3

    out, err = capsys.readouterr()
    made = json.loads(out)
    assert made["complete"] is False
    assert len(made["problems"]) == 1
    assert "sheet 'More' could not be read" in err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["model.xlsx"], "Missing argument 'QUESTION'"),
        (["model.xlsx", " "], "The question is empty"),
        (["missing.xlsx", "Why?"], "missing.xlsx does not exist"),
        (["model.xlsx", "Why?", "-r", "Nope!A1"], "There is no sheet Nope; there are P&L, Notes."),
        (["model.xlsx", "Why?", "-r", "Vault!A1"], "The sheet Vault is hidden"),
        (["model.xlsx", "Why?", "--rounds", "-1"], "'--rounds'"),
    ],
)
def test_wrong_usage_is_one_sentence_and_exit_code_two(
    arguments: list[str],
    sentence: str,
    model: str,
    api: MessagesApi,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert Path(model).is_file()
    assert run(["ask", *arguments]) == 2

    out, err = capsys.readouterr()
    assert out == ""
    assert sentence in err
    assert err.count("\n") == 1
    assert api.calls == []
