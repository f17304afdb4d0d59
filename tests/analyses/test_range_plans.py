"""The questions about ranges by themselves, as a ribbon job asks them about a selection."""

from __future__ import annotations

import json

import pytest

from tests.books import book
from tests.ranges import live
from tickmark.analyses import analyze_range, ask, audit_range, explain
from tickmark.analyses.formula_view import formula_view
from tickmark.analyses.range_view import RangeView, range_view
from tickmark.analyses.saved import Saved
from tickmark.engine.plan import Done, Failed, Outcome, Skipped
from tickmark.engine.run import run
from tickmark.errors import AnswerUnusable, ModelError, TickmarkError
from tickmark.llm.model import Prompt
from tickmark.llm.scripted import ScriptedModel
from tickmark.model.address import RangeRef
from tickmark.model.range_content import ErrorValue, RangeContent

NORTH = live({"B2": "North", "C2": 120})
SOUTH = live({"B3": "South", "C3": 80})


def view(content: RangeContent) -> RangeView:
    return range_view(content, None, budget=500, tokens=len)


def first_word(prompt: Prompt) -> str:
    text = prompt.data.splitlines()[-1]
    address = text.partition(" ")[0]
    return json.dumps({"found": True, "answer": f"{text} [{address}]"})


def test_several_ranges_share_a_plan_and_each_has_its_own_answer() -> None:
    views = {0: view(NORTH), 3: view(SOUTH)}
    plan = ask.plan(views, ask.AskRequest("Which?", "m"))

    answers = ask.conclude(views, run(plan, ScriptedModel(first_word), jobs=2))

    assert [task.id for task in plan] == ["range 1", "range 4"]
    north, south = answers[0], answers[3]
    assert not isinstance(north, TickmarkError)
    assert not isinstance(south, TickmarkError)
    assert ask.present(north, NORTH) == "B2 North|120 [Plan!B2]"
    assert ask.present(south, SOUTH) == "B3 South|80 [Plan!B3]"


def test_failures_and_skipped_questions_are_told_and_others_are_left_open() -> None:
    views = {at: view(NORTH) for at in range(4)}
    error = ModelError("The provider is down.")
    outcomes: dict[str, Outcome] = {
        "range 1": Failed(error),
        "range 2": Skipped("The run was stopped."),
        "range 3": Done("no form"),
    }

    found = analyze_range.conclude(views, outcomes)

    assert list(found) == [0, 1, 2]
    assert found[0] is error
    assert str(found[1]) == "The run was stopped."
    assert isinstance(found[2], AnswerUnusable)


def test_versions_of_prompts_differ_and_stay() -> None:
    versions = [one.version() for one in (ask, analyze_range, explain, audit_range)]

    assert len(set(versions)) == 4
    assert versions == [one.version() for one in (ask, analyze_range, explain, audit_range)]


@pytest.mark.parametrize("level", explain.LEVELS)
def test_each_level_of_explanation_has_its_own_words(level: str) -> None:
    cell = formula_view(live({"D3": ("=B3*2", 1)}), None)
    others = {
        one: explain.plan({0: cell}, explain.ExplainRequest("m", one)) for one in explain.LEVELS
    }
    users = {one: plan["range 1"].prompt_after({}).user for one, plan in others.items()}

    assert [one for one, user in users.items() if user == users[level]] == [level]


def test_a_cell_without_formula_has_no_view() -> None:
    with pytest.raises(ValueError, match="Plan!D3 holds no formula"):
        formula_view(live({"D3": 5}), None)


def test_the_copies_of_a_formula_are_those_of_the_saved_sheet() -> None:
    saved = book({"Plan": {**{f"B{row}": (f"=A{row}", 1) for row in (1, 2, 3)}, "D5": ("=C5", 1)}})

    seen = formula_view(live({"B2": ("=A2", 1)}), Saved(saved, "10:42"))

    assert seen.copies == (RangeRef("Plan", 1, 2, 3, 2), RangeRef("Plan", 5, 4, 5, 4))


def test_a_model_is_told_no_more_findings_than_it_can_explain_and_never_without_asking() -> None:
    error = ErrorValue("#DIV/0!")
    content = live({f"A{2 * row}": (f"={row}/0", error) for row in range(1, 60)})

    def audited(request: audit_range.AuditRequest) -> audit_range.AuditedRange:
        return audit_range.audited(content, None, request, budget=500, tokens=len)

    silent = audited(audit_range.AuditRequest("m"))
    loud = audited(audit_range.AuditRequest("m", explain=True))

    assert (len(silent.findings), len(silent.told)) == (59, 0)
    assert (len(loud.findings), len(loud.told)) == (59, 40)
    (task,) = audit_range.plan({0: loud}, audit_range.AuditRequest("m", explain=True))
    assert "\n40. high error-value, A80: " in task.prompt_after({}).data
    assert "\n41. " not in task.prompt_after({}).data
