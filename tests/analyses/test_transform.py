"""Texts rewritten, with scripted models."""

from __future__ import annotations

import pytest

from tests.analyses.rows import kinds, model_of, model_saying, outcomes_of
from tickmark.analyses.packing import plan
from tickmark.analyses.transform import conclude, task_of


def test_task_examples_and_texts_stand_in_the_block_and_results_come_back() -> None:
    task = task_of(
        'Capitals\nTexts:\n1: "x"',
        [("a b", "A B"), ('say "x"', "X")],
        model="claude-haiku-5-5",
        language="de",
        refresh="2",
    )
    model = model_of(lambda text: {"text": text.upper()})
    texts = ["one", "two\nthree"]

    found = conclude(outcomes_of(plan(task, texts), model))

    assert found == {0: "ONE", 1: "TWO\nTHREE"}
    assert model.prompts[0].data == (
        'Task: "Capitals\\nTexts:\\n1: \\"x\\""\n'
        "Examples:\n"
        '"a b" becomes "A B"\n'
        '"say \\"x\\"" becomes "X"\n'
        'Language of the answers: "de"\n'
        'Asked anew: "2"\n'
        "Texts:\n"
        '1: "one"\n'
        '2: "two\\nthree"'
    )


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        ("=1+1", "=1+1"),
        ("", ""),
        (" a\x07b ", "a b"),
        ("#LLM wait", "AnswerUnusable"),
        (7, "AnswerUnusable"),
        (None, "AnswerUnusable"),
        ({"text": "x"}, "AnswerUnusable"),
    ],
)
def test_results_are_plain_text_and_nothing_else(answer: object, result: str) -> None:
    task = task_of("x", model="claude-haiku-5-5")
    outcomes = outcomes_of(plan(task, ["a"]), model_saying({"row": 1, "text": answer}))

    assert kinds(conclude(outcomes)) == [result]
