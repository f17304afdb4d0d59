"""LLM_ANALYZE, from its arguments to its table."""

from __future__ import annotations

import pytest

from tests.books import book
from tests.range_questions import SETTINGS, answered, kept, question, replying
from tests.ranges import live
from tickmark.errors import ArgumentRefused
from tickmark.hosts.functions.analyze import body
from tickmark.hosts.functions.call import Argument, Call
from tickmark.model.range_content import ErrorValue

HEADER = ("Finding", "Evidence", "Value", "Check", "Confidence")
CONTENT = live(
    {
        "A1": "Day",
        "B1": "Net",
        "C1": "Share",
        "A2": 45_413,
        "B2": 1234.56,
        "C2": ("=B2/10000", 0.123456),
        "A3": "open",
        "B3": ErrorValue("#N/A"),
    },
    formats={"A2": "dd.mm.yyyy", "C2": "0.0%"},
)


def finding(text: str, cells: list[str], value: str = "", confidence: str = "high") -> object:
    return {"finding": text, "cells": cells, "value": value, "confidence": confidence}


def rows(*findings: object) -> tuple[tuple[object, ...], ...]:
    return answered(body, CONTENT, model=replying(findings=list(findings)))[1:]


def test_a_table_has_a_header_and_a_row_for_each_finding() -> None:
    model = replying(
        findings=[
            finding("Net is 1,235 [B2].", ["B2", "B3"], "1,235", "medium"),
            finding("Day [A2] is open.", ["A2"], "2024-05-01", "low"),
        ]
    )

    assert answered(body, CONTENT, model=model) == (
        HEADER,
        ("Net is 1,235 [Plan!B2].", "Plan!B2, Plan!B3", 1234.56, "ok", "medium"),
        ("Day [Plan!A2] is open.", "Plan!A2", "2024-05-01", "ok", "low"),
    )


@pytest.mark.parametrize(
    ("cells", "quoted", "evidence", "value", "check"),
    [
        (["C2"], "12.3%", "Plan!C2", "12.3%", "ok"),
        (["C2"], "0.1235", "Plan!C2", "12.3%", "ok"),
        (["B3"], "#N/A", "Plan!B3", "#N/A", "ok"),
        (["A3"], "Open", "Plan!A3", "open", "ok"),
        (["B2"], "1,300", "Plan!B2", 1234.56, "partly"),
        (["B2"], "", "Plan!B2", 1234.56, "partly"),
        (["B2", "Z9"], "1,235", "Plan!B2, Z9 (not in data)", 1234.56, "partly"),
        (["Z9", "B2"], "1,235", "Z9 (not in data), Plan!B2", 1234.56, "partly"),
        (["Z9"], "1,235", "Z9 (not in data)", "", "unsupported"),
        (["C3"], "", "C3 (not in data)", "", "unsupported"),
        ([], "1,235", "", "", "unsupported"),
    ],
)
def test_evidence_and_value_are_checked_by_code(
    cells: list[str], quoted: str, evidence: str, value: object, check: str
) -> None:
    assert rows(finding("x", cells, quoted)) == (("x", evidence, value, check, "high"),)


def test_the_value_is_the_cells_own_and_never_the_models() -> None:
    ((_, _, value, check, _),) = rows(finding("x", ["B2"], "999"))

    assert (value, check) == (1234.56, "partly")


def test_nothing_found_is_a_row_of_its_own() -> None:
    assert answered(body, CONTENT, model=replying(findings=[])) == (
        HEADER,
        ("Nothing found", "", "", "", ""),
    )


def test_the_header_can_be_left_out_and_asks_nothing_new() -> None:
    bare = question(body, CONTENT, None, "header=no")
    answer = kept(bare, replying(findings=[]))

    assert bare.present([answer]) == (("Nothing found", "", "", "", ""),)
    assert bare.items[0].keys == question(body, CONTENT).items[0].keys


def test_values_of_precedents_are_those_that_were_saved() -> None:
    saved = book({"Plan": {"B5": ("=Rates!B2*2", 0.4)}, "Rates": {"A2": "Tax", "B2": 0.2}})
    model = replying(findings=[finding("Tax [Rates!B2].", ["Rates!B2"], "0.2")])

    assert answered(body, live({"B5": ("=Rates!B2*2", 0.4)}), model=model, saved=saved)[1:] == (
        ("Tax [Rates!B2].", "Rates!B2", 0.2, "ok", "high"),
        ("(Labels and precedents as saved 10:42.)", "", "", "", ""),
    )


def test_a_copy_with_equal_content_names_its_own_cells() -> None:
    first = live({"B5": 2, "C5": ("=B5*$A$1", 4)})
    below = live({"B9": 2, "C9": ("=B9*$A$1", 4)})
    asked = question(body, first)
    answer = kept(asked, replying(findings=[finding("x [C5]", ["C5", "B5"], "4")]))

    copied = question(body, below)

    assert set(asked.items[0].keys) & set(copied.items[0].keys)
    assert copied.present([answer])[1:] == (("x [Plan!C9]", "Plan!C9, Plan!B9", 4.0, "ok", "high"),)


def test_a_question_from_a_cell_is_data() -> None:
    model = replying(findings=[])

    answered(body, CONTENT, live({"H1": "Why does it fall?"}), model=model)
    answered(body, CONTENT, "Why does it fall?", model=model)

    taken, typed = model.prompts
    assert 'cell Plan!H1: "Why does it fall?"' in taken.data
    assert "fall" not in taken.user + taken.system
    assert "fall" not in typed.data
    assert "Why does it fall?" in typed.user


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1", "-1", "@x"])
def test_findings_that_look_like_formulas_are_texts(text: str) -> None:
    ((shown, *_),) = rows(finding(text, ["B2"]))

    assert shown == text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "range is empty"),
        ((live({"A1": None}),), "range is empty"),
        ((live({"B2": "#LLM offline"}),), "B2 holds #LLM offline; it has no answer yet"),
        (
            (CONTENT, "why?", "cite=no"),
            "'cite' is no option here; known are model, lang, max_cost, refresh, header",
        ),
    ],
)
def test_a_wrong_argument_is_refused(arguments: tuple[Argument, ...], message: str) -> None:
    with pytest.raises(ArgumentRefused) as refused:
        body(Call("LLM_ANALYZE", arguments), SETTINGS)
    assert str(refused.value) == message
