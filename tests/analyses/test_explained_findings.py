"""Findings explained: what is asked, what of the answers stays, and what is said without asking."""

from __future__ import annotations

import json
from dataclasses import replace

from tickmark.analyses.explained_findings import (
    MOST_TOGETHER,
    NOT_ANSWERED,
    ExplainFindings,
    Subject,
    answer_key,
    conclude,
    documented,
    kept,
    plan,
)
from tickmark.analyses.told_findings import ToldFinding
from tickmark.engine.run import run
from tickmark.errors import AnswerUnusable
from tickmark.ground.evidence import evidence_of
from tickmark.llm.model import Prompt
from tickmark.llm.scripted import ScriptedModel
from tickmark.model.address import RangeRef
from tickmark.model.explanation import Author, Explanation

REQUEST = ExplainFindings("m")


def subject(name: str, cell: str, sheet: str = "Costs", rule: str = "omitted-cells") -> Subject:
    text = f"rule: {rule} (high)\naccused: {cell}\nomitted: 7 cells\nfix: =SUM({cell})"
    area = RangeRef.parse(cell, sheet=sheet)
    evidence = evidence_of(sheet, text, cells=[area], formulas=[f"=SUM({cell})"])
    return Subject(name, ToldFinding(rule, sheet, text, evidence))


def answering(*entries: dict[str, str]) -> ScriptedModel:
    return ScriptedModel(lambda _prompt: json.dumps({"findings": list(entries)}))


def entry(name: str, cause: str = "C", effect: str = "E", fix: str = "F") -> dict[str, str]:
    return {"id": name, "cause": cause, "effect": effect, "fix": fix}


def test_findings_of_one_sheet_share_a_prompt_and_the_words_on_their_rules() -> None:
    subjects = [
        subject("aa", "B5"),
        subject("bb", "D2", "Sales"),
        subject("cc", "B9"),
        subject("dd", "B1", rule="error-value"),
    ]

    first, second = [task.prompt_after({}) for task in plan(subjects, REQUEST)]

    assert [line for line in first.data.split("\n") if line.startswith(("Sheet", "Finding"))] == [
        "Sheet: Costs",
        "Finding aa",
        "Finding cc",
        "Finding dd",
    ]
    assert first.data.count("- omitted-cells: A total leaves out") == 1
    assert "- error-value: " in first.data
    assert "Why it matters: " in first.data
    assert "accused: B9\nomitted: 7 cells\nfix: =SUM(B9)" in first.data
    assert second.data.startswith("Sheet: Sales\n")
    assert first.max_tokens > second.max_tokens


def test_a_prompt_holds_few_findings_and_no_stranger_s_word_outside_the_data() -> None:
    subjects = [subject(f"id{n}", f"B{n}", "SECRET") for n in range(1, 2 * MOST_TOGETHER + 2)]

    prompts = [task.prompt_after({}) for task in plan(subjects, REQUEST)]

    assert [one.data.count("\nFinding ") for one in prompts] == [MOST_TOGETHER, MOST_TOGETHER, 1]
    assert not [one for one in prompts if "SECRET" in one.system + one.user]
    assert len({one.system for one in prompts}) == 1


def test_long_findings_stand_alone() -> None:
    long = [
        replace(one, told=replace(one.told, text=one.told.text + "x" * 9_000))
        for one in (subject("aa", "B5"), subject("bb", "B6"))
    ]

    assert len(plan(long, REQUEST)) == 2


def test_a_sheet_s_name_cannot_open_a_line() -> None:
    (task,) = plan([subject("aa", "B5", "a\nFinding bb")], REQUEST)

    assert task.prompt_after({}).data.count("\nFinding ") == 1


def test_the_language_is_asked_for_on_one_line() -> None:
    (task,) = plan([subject("aa", "B5")], ExplainFindings("m", "Deutsch,\nbitte"))

    assert task.prompt_after({}).user.endswith("Write in this language: Deutsch, bitte.")


def test_sentences_stay_where_the_finding_s_own_facts_bear_them_out() -> None:
    subjects = [subject("aa", "B5"), subject("bb", "B6")]
    model = answering(
        entry("aa", "B5 is short. Z99 too.", "7 cells are missing, not 8.", "Write =SUM(B5)."),
        entry("Finding bb", "B6 is short.", "B5 is short too.", "Write =SUM(B5)."),
    )

    found = conclude(subjects, run(plan(subjects, REQUEST), model, jobs=1))

    assert found.explanations == {
        "aa": Explanation(
            "B5 is short. [struck: Z99 is not in the evidence]",
            "[struck: 8 is not in the evidence]",
            "Write =SUM(B5).",
            struck=2,
        ),
        "bb": Explanation(
            "B6 is short.",
            "[struck: B5 is not in the evidence]",
            "[struck: a formula that is not in the evidence]",
            struck=2,
        ),
    }
    assert found.missing == {}


def test_unknown_ids_are_left_out_and_missing_ones_are_told() -> None:
    subjects = [subject("aa", "B5"), subject("bb", "B6"), subject("cc", "B7")]
    model = answering(
        entry("zz"), entry("aa", "First."), entry("aa", "Second."), entry("cc", "", " ", "")
    )

    found = conclude(subjects, run(plan(subjects, REQUEST), model, jobs=1))

    assert found.explanations == {"aa": Explanation("First.", "E", "F")}
    assert found.missing == {"bb": NOT_ANSWERED, "cc": NOT_ANSWERED}


def test_a_failed_question_leaves_its_findings_unexplained_and_the_others_explained() -> None:
    def moody(prompt: Prompt) -> str:
        if "Sheet: Sales" in prompt.data:
            raise AnswerUnusable("The model refused.")
        return json.dumps({"findings": [entry("aa")]})

    subjects = [subject("aa", "B5"), subject("bb", "D2", "Sales")]

    found = conclude(subjects, run(plan(subjects, REQUEST), ScriptedModel(moody), jobs=1))

    assert list(found.explanations) == ["aa"]
    assert found.missing == {"bb": "The model refused."}


def test_without_outcomes_nothing_is_explained() -> None:
    assert conclude([subject("aa", "B5")], {}).missing == {"aa": NOT_ANSWERED}


def test_an_answer_is_kept_as_it_came_and_checked_again() -> None:
    subjects = [subject("aa", "B5")]
    model = answering(entry("aa", "B5 and Z99."))

    found = conclude(subjects, run(plan(subjects, REQUEST), model, jobs=1))

    assert found.answers == {"aa": '["B5 and Z99.", "E", "F"]'}
    assert kept(found.answers["aa"], subjects[0].told) == found.explanations["aa"]
    other = subject("aa", "Z99").told
    assert kept(found.answers["aa"], other) == Explanation(
        "[struck: B5 is not in the evidence]", "E", "F", struck=1
    )
    for broken in ("", "[]", '["a", "b"]', '{"a": 1}', '["a", "b", 3]'):
        assert kept(broken, other) is None


def test_an_answer_is_found_again_for_the_same_facts_only() -> None:
    told = subject("aa", "B5").told
    key = answer_key(told, REQUEST)

    assert answer_key(subject("other", "B5").told, REQUEST) == key
    assert (
        len(
            {
                key,
                answer_key(subject("aa", "B6").told, REQUEST),
                answer_key(subject("aa", "B5", "Sales").told, REQUEST),
                answer_key(subject("aa", "B5", rule="error-value").told, REQUEST),
                answer_key(told, ExplainFindings("other")),
                answer_key(told, ExplainFindings("m", "Deutsch")),
            }
        )
        == 6
    )


def test_a_rule_explains_what_no_model_may_be_told_of() -> None:
    made = documented("instruction-text")

    assert made is not None
    assert made.author is Author.RULE
    assert made.cause == "Text in the workbook speaks to a language model instead of a reader."
    assert made.effect
    assert made.fix.startswith("Find out who wrote the text")
    assert documented("no-such-rule") is None
