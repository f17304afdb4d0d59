"""A question about a workbook: what the model gets, what it may cite, what its answer is worth."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence

import pytest

from tests.books import book, sheet
from tickmark.analyses.asked_book import AskedBook, BookAnswer, BookQuestion, answer, asked_book
from tickmark.errors import AnswerUnusable, BudgetExceeded, InputError
from tickmark.llm.model import Prompt, Reply, ToolCall
from tickmark.llm.scripted import ScriptedModel
from tickmark.llm.tokens import estimate_tokens
from tickmark.model.usage import Usage
from tickmark.model.workbook import Workbook

MODEL = book(
    {
        "Inputs": {"A1": "Price", "B1": 3, "A2": "Start", "B2": dt.date(2026, 1, 31)},
        "P&L": sheet(
            {
                "B1": "Plan",
                "A2": "Revenue",
                "B2": ("=Inputs!B1*400", 1200),
                "A3": "canary",
                "B3": 9,
                "A4": "Margin",
                "B4": 0.125,
                "A5": "Check",
                "B5": ("=B9", "#REF!"),
            },
            hidden_rows=((3, 3),),
            formats={"B4": "0.0%"},
        ),
        "Vault": sheet({"A1": "canary", "B1": 5}, state="hidden"),
    }
)

Look = tuple[str, dict[str, object]]


def asked(
    question: str = "What is revenue?", workbook: Workbook = MODEL, **rest: object
) -> AskedBook:
    request = BookQuestion(question, "claude-sonnet-5-5", **rest)  # type: ignore[arg-type]
    return asked_book(workbook, request, budget=4000, tokens=estimate_tokens)


def form(text: str, *cited: tuple[str, str], found: bool = True) -> str:
    citations = [{"cells": cells, "value": value} for cells, value in cited]
    return json.dumps({"found": found, "answer": text, "citations": citations})


def model(text: str, *rounds: Sequence[Look]) -> ScriptedModel:
    """Asks for look-ups round by round, then answers."""

    def reply(prompt: Prompt) -> str | Reply:
        if len(prompt.turns) >= len(rounds):
            return text
        calls = tuple(
            ToolCall(str(number), name, arguments)
            for number, (name, arguments) in enumerate(rounds[len(prompt.turns)])
        )
        return Reply("", stop_reason="tool_use", calls=calls)

    return ScriptedModel(reply)


def verdicts(found: BookAnswer) -> list[tuple[str, str, str]]:
    return [(f"{one.sheet}!{one.range}", one.verdict.value, one.reason) for one in found.citations]


def test_the_model_gets_the_visible_workbook_as_data_and_the_question_beside_it() -> None:
    prompt = asked("What is revenue? Ignore nothing.").prompt

    assert prompt.data.splitlines()[0] == "# book sheets Inputs A1:B2|'P&L' A1:B5|1 hidden sheet"
    assert "canary" not in prompt.data
    assert "Vault" not in prompt.data
    assert "Revenue" in prompt.data
    assert prompt.user == (
        "Answer this question of the user about the workbook in the block above:\n"
        "What is revenue? Ignore nothing."
    )
    assert [one.name for one in prompt.tools] == ["expand", "trace", "find"]
    assert prompt.shared
    assert prompt.about == "book.xlsx"


def test_a_range_and_a_language_narrow_the_question() -> None:
    prompt = asked(cells="P&L!A1:B2", language="German", rounds=0).prompt

    assert prompt.data == (
        "# P&L|A1:B2\n# only A1:B2 is asked about; the workbook holds more\n"
        "B1 Plan\nA2 Revenue|=Inputs!B1*400 -> 1200"
    )
    assert prompt.user == (
        "Answer this question of the user about the cells A1:B2 in the block above:\n"
        "What is revenue?\n\nWrite the answer in this language: German."
    )
    assert prompt.tools == ()
    assert not prompt.shared


@pytest.mark.parametrize(
    ("question", "cells", "sentence"),
    [
        ("  ", "", "The question is empty; ask something about the workbook."),
        ("Why?", "P&L!A3:B3", "'P&L'!A3:B3 has no cells that can be shown."),
        ("Why?", "Vault!A1", "The sheet Vault is hidden; its cells are not shown."),
        ("Why?", "Nope!A1", "There is no sheet Nope; there are Inputs, P&L."),
        ("Why?", "A1", "A1 is no cell, range, name or table; write it like Inputs!B2."),
    ],
)
def test_a_question_that_cannot_be_asked_says_why(question: str, cells: str, sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        asked(question, cells=cells)

    assert str(caught.value) == sentence


def test_a_workbook_without_visible_cells_is_not_asked_about() -> None:
    hidden = book({"S": sheet({"A1": 1}, state="hidden")})

    with pytest.raises(InputError, match="has no cells that can be shown"):
        asked(workbook=hidden)


def test_citations_with_their_right_values_are_supported() -> None:
    text = "Revenue is 1,200 ['P&L'!B2], from price 3 [Inputs!B1]."
    found = answer(
        asked(),
        model(
            form(
                text,
                ("'P&L'!B2", "1200"),
                ("P&L!B4", "12.5%"),
                ("Inputs!B2", "2026-01-31"),
                ("P&L!B5", "#REF!"),
                ("P&L!A2", "revenue"),
                ("P&L!B2", "=Inputs!B1*400"),
                ("P&L!A1:B5", "1200"),
            )
        ),
    )

    assert found.answer == text
    assert {verdict for _, verdict, _ in verdicts(found)} == {"supported"}
    assert [(one.range, one.value, one.text) for one in found.citations] == [
        ("B2", 1200.0, "1200"),
        ("B4", 0.125, "0.125"),
        ("B2", "2026-01-31", "2026-01-31"),
        ("B5", "#REF!", "#REF!"),
        ("A2", "Revenue", "Revenue"),
        ("B2", 1200.0, "1200"),
        ("A1:B5", None, ""),
        ("B1", 3.0, "3"),
    ]
    assert found.notes == ("4 hidden cells were not shown to the model.",)


def test_wrong_citations_are_told_with_what_is_wrong() -> None:
    found = answer(
        asked(),
        model(
            form(
                "It is 1,300 ['P&L'!B2] or 9 [P&L!B3] or [Z1] or [Vault!B1], see [sic].",
                ("'P&L'!B2", "1300"),
                ("P&L!A1:B5", "77"),
                ("the total", "5"),
                ("Nope!A1", ""),
                ("P&L!C9", "x"),
            )
        ),
    )

    assert verdicts(found) == [
        ("P&L!B2", "contradicted", "the cell holds another value"),
        ("P&L!A1:B5", "contradicted", "no cell of it holds that value"),
        ("!the total", "not-in-sheet", "it is no cell address"),
        ("Nope!A1", "not-in-sheet", "there is no such sheet to be seen"),
        ("P&L!C9", "not-in-sheet", "it is blank or hidden"),
        ("P&L!B3", "not-in-sheet", "it is blank or hidden"),
        ("!Z1", "not-in-sheet", "it names no sheet"),
        ("Vault!B1", "not-in-sheet", "there is no such sheet to be seen"),
    ]
    # Hidden values do not come out by way of a citation either.
    assert [one.value for one in found.citations] == [1200.0, *[None] * 7]
    assert found.notes[0].startswith("1,300 stands in none of the cited cells")


def test_a_cell_outside_of_the_range_may_be_cited_only_where_it_was_looked_up() -> None:
    text = form("Price is 3 [Inputs!B1].", ("Inputs!B1", "3"))
    unseen = answer(asked(cells="P&L!A1:B2"), model(text))
    look: Look = ("expand", {"sheet": "Inputs", "range": "B1"})
    seen = answer(asked(cells="P&L!A1:B2"), model(text, [look]))
    refused: Look = ("expand", {"sheet": "Inputs", "range": "XYZ"})
    failed = answer(asked(cells="P&L!A1:B2"), model(text, [refused]))

    wrong = [("Inputs!B1", "not-in-sheet", "the model was not shown it")]
    assert verdicts(unseen) == wrong
    assert verdicts(failed) == wrong
    assert verdicts(seen) == [("Inputs!B1", "supported", "")]
    made = seen.look_ups[0]
    assert (made.looked_up.call.name, made.cells, made.looked_up.done) == ("expand", 1, True)
    assert (failed.look_ups[0].cells, failed.look_ups[0].looked_up.done) == (0, False)


def test_an_address_without_sheet_is_one_of_the_range_or_of_the_only_sheet() -> None:
    found = answer(asked(cells="P&L!A1:B2"), model(form("It is 1200 [B2].")))
    only = book({"S": {"A1": "Cost", "B1": 7}})
    alone = answer(asked(workbook=only), model(form("It is 7 [B1].")))

    assert verdicts(found) == [("P&L!B2", "supported", "")]
    assert verdicts(alone) == [("S!B1", "supported", "")]
    assert alone.notes == ()


def test_an_answer_that_is_not_found_or_cites_nothing_says_so() -> None:
    lost = answer(asked(), model(form("", found=False)))
    bare = answer(asked(), model(form("It is fine.")))

    assert (lost.found, lost.answer) == (False, "The cells do not hold the answer.")
    assert (bare.found, bare.notes[0]) == (True, "The answer cites no cell.")


def test_characters_that_steer_a_terminal_do_not_stay_in_the_answer() -> None:
    found = answer(asked(), model(form("It\x1b[31m is\u202e fine\nand well [P&L!B2].")))

    assert found.answer == "It [31m is  fine\nand well [P&L!B2]."


def test_numbers_that_no_cited_cell_holds_are_pointed_out() -> None:
    def notes(text: str, question: str = "What is revenue?") -> tuple[str, ...]:
        return answer(asked(question), model(form(text))).notes[:-1]

    assert notes("Revenue is 1.2k [P&L!B2], in 2026, of 3 kinds.") == ()
    assert notes("Revenue is 1200 [P&L!B2], above 1150.", "Is it above 1150?") == ()
    assert notes("The margin is 12.5% [P&L!B4].") == ()
    assert notes("Revenue is 1200 [P&L!B2] and costs 845.5.") == (
        "845.5 stands in none of the cited cells; it may be computed.",
    )


def test_a_misfit_is_asked_again_and_only_what_the_second_reading_saw_counts() -> None:
    good = form("Price is 3 [Inputs!B1].")
    look = ToolCall("1", "expand", {"sheet": "Inputs", "range": "B1"})

    def reply(prompt: Prompt) -> str | Reply:
        if "not of the asked form" in prompt.user:
            return good
        return "no JSON" if prompt.turns else Reply("", stop_reason="tool_use", calls=(look,))

    found = answer(asked(cells="P&L!A1:B2"), ScriptedModel(reply))

    assert found.usage.calls == 3
    assert found.look_ups == ()
    assert verdicts(found) == [("Inputs!B1", "not-in-sheet", "the model was not shown it")]


def test_what_all_rounds_cost_stands_in_answer_and_error() -> None:
    spent = Usage(calls=1, usd=0.5)
    look = ToolCall("1", "find", {"text": "Revenue"})

    def reply(prompt: Prompt) -> Reply:
        if prompt.turns:
            raise BudgetExceeded("The limit is reached.")
        return Reply("", spent, stop_reason="tool_use", calls=(look,))

    with pytest.raises(BudgetExceeded) as caught:
        answer(asked(), ScriptedModel(reply))
    assert caught.value.usage == spent

    with pytest.raises(AnswerUnusable) as unusable:
        answer(asked(), ScriptedModel(lambda _: Reply("no JSON", spent)))
    assert unusable.value.usage == spent + spent


def test_each_look_up_is_seen_as_it_is_made() -> None:
    seen: list[str] = []
    looks: list[Look] = [("find", {"text": "Revenue"}), ("find", {"text": "Price"})]

    found = answer(
        asked(), model(form("ok [P&L!B2]"), looks), watch=lambda one: seen.append(one.call.name)
    )

    assert seen == ["find", "find"]
    assert [one.cells for one in found.look_ups] == [2, 2]
