"""Prompts of everybody's own: how their lines are read, and how their answers are told."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickmark.engine.plan import Done, Failed, Outcome, Skipped
from tickmark.errors import AnswerPending, AnswerUnusable, InputError
from tickmark.hosts.prompts import InOrder, Prompts, journal_name, prompt_record, read_prompts
from tickmark.llm.model import Prompt
from tickmark.model.usage import Usage
from tickmark.settings import Settings

SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}


def read(*lines: object, name: str = "q.jsonl") -> Prompts:
    """The prompts of lines, each of which is bytes or a value to be written as JSON."""
    raw = (one if isinstance(one, bytes) else json.dumps(one).encode() + b"\n" for one in lines)
    return read_prompts(raw, name, Settings())


def refusal(*lines: object) -> str:
    with pytest.raises(InputError) as caught:
        read(*lines)
    return str(caught.value)


def asked(prompts: Prompts, task_id: str) -> Prompt:
    prompt = prompts.plan[task_id].prompt
    assert isinstance(prompt, Prompt)
    return prompt


def test_every_field_of_a_line_reaches_its_task() -> None:
    prompts = read(
        {"id": "a", "user": "Hi"},
        {
            "id": "b",
            "system": "Short.",
            "user": "Ho",
            "after": ["a", "a"],
            "model": "claude-haiku-5-5",
            "max_tokens": 7,
            "priority": -2,
            "schema": SCHEMA,
            "tolerant": True,
        },
    )

    assert asked(prompts, "a") == Prompt(
        "claude-sonnet-5-5", "", "Hi", max_tokens=4096, about="q.jsonl line 1"
    )
    task = prompts.plan["b"]
    assert asked(prompts, "b") == Prompt(
        "claude-haiku-5-5",
        "Short.",
        "Ho",
        schema={**SCHEMA, "additionalProperties": False},
        max_tokens=7,
        about="q.jsonl line 2",
    )
    assert (task.after, task.priority, task.tolerant) == (("a",), -2, True)
    assert task.form is not None
    assert prompts.models == ("claude-sonnet-5-5", "claude-haiku-5-5")


def test_windows_files_are_read_as_well() -> None:
    prompts = read(
        b'\xef\xbb\xbf{"user": "\xc3\xbc"}\r\n', b"\r\n", b"  \t\n", b'{"user": "x", "id": null}'
    )

    # A line without id goes by its number, blank ones counted.
    assert [task.id for task in prompts.plan] == ["1", "4"]
    assert asked(prompts, "1").user == "ü"


def test_ids_that_are_numbers_come_back_as_numbers() -> None:
    prompts = read({"id": 7, "user": "a"}, {"id": "8", "user": "b", "after": [7]})

    records = [prompts.record(task.id, Done("x"))["id"] for task in prompts.plan]

    assert records == [7, "8"]
    assert prompts.plan["8"].after == ("7",)


def test_a_huge_line_and_half_a_surrogate_pair_are_kept_as_they_are() -> None:
    prompts = read({"id": "\ud800", "user": "x" * 3_000_000 + "\udfff"})

    assert asked(prompts, "\ud800").user == "x" * 3_000_000 + "\udfff"
    line = json.dumps(prompts.record("\ud800", Done("\udcff")))
    assert line.isascii()
    assert json.loads(line)["text"] == "\udcff"


def test_instructions_that_are_the_same_take_their_place_once() -> None:
    prompts = read(*({"user": str(n), "system": "Be brief. " * 300} for n in range(3)))

    first, second, third = (asked(prompts, str(n)) for n in (1, 2, 3))
    assert first.system is second.system is third.system
    families = {task.family for task in prompts.plan}
    assert len(families) == 1
    # One of them goes ahead, so that the provider keeps them for the others.
    assert families != {""}
    assert {task.family for task in read({"user": "a", "system": "Brief."}).plan} == {""}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"x", "it is no JSON"),
        (b"[1]", "it is no JSON object"),
        (b'{"user": "a", "priority": NaN}', "it is no JSON"),
        (b"[" * 100_000, "it is no JSON"),
        (b'{"user": "\xff"}', "it is no UTF-8; save the file in that encoding"),
        (b'\xff\xfe{\x00"\x00', "it is no UTF-8"),
        ({"usr": "a"}, "'usr' is no field; known are after, id, max_tokens, model"),
        ({"id": "a"}, "user is missing"),
        ({"user": " \n"}, "user is missing"),
        ({"user": 5}, "user has to be a text"),
        ({"user": "a", "system": ["b"]}, "system has to be a text"),
        ({"user": "a", "id": 1.5}, "id has to be a text or a whole number"),
        ({"user": "a", "id": True}, "id has to be a text or a whole number"),
        ({"user": "a", "id": ""}, "id has to be a text or a whole number"),
        ({"user": "a", "after": "b"}, "after has to be a list of ids"),
        ({"user": "a", "after": [["b"]]}, "after has to be a list of ids"),
        ({"user": "a", "max_tokens": 0}, "max_tokens has to be a whole number of 1 or more"),
        ({"user": "a", "max_tokens": "9"}, "max_tokens has to be a whole number of 1 or more"),
        ({"user": "a", "priority": True}, "priority has to be a whole number"),
        ({"user": "a", "tolerant": 1}, "tolerant has to be true or false"),
        ({"user": "a", "schema": "x"}, "schema has to be a JSON schema"),
        ({"user": "a", "schema": {"type": "array"}}, "The root of a schema has to be an object"),
        ({"user": "a", "schema": {"type": "object", "required": 1}}, "required of the schema"),
        ({"user": "a", "after": ["b"]}, "after names 'b', which is no id"),
    ],
)
def test_a_wrong_line_is_named_with_what_is_wrong(line: object, said: str) -> None:
    sentence = refusal({"user": "well"}, line)

    assert sentence.startswith(f"q.jsonl, line 2: {said}")
    assert sentence.count("\n") == 0
    assert len(sentence) < 300


def test_all_wrong_lines_are_counted_and_the_first_five_named() -> None:
    lines = [{"user": "well"}, *({"id": "twice"} for _ in range(7))]

    assert refusal(*lines) == (
        "q.jsonl, line 2: user is missing; it is the text of the prompt; "
        + "; ".join(f"line {n}: the id 'twice' is that of line 2 already" for n in (3, 4, 5, 6))
        + "; and 2 more."
    )


def test_an_id_may_not_be_that_of_a_line_without_one() -> None:
    assert refusal({"user": "a"}, {"id": 1, "user": "b"}) == (
        "q.jsonl, line 2: the id '1' is that of line 1 already."
    )


def test_a_circle_is_told_with_its_path() -> None:
    chain = [{"id": str(n), "user": "x", "after": [str((n + 1) % 3)]} for n in range(3)]

    assert "'0' -> '2' -> '1' -> '0'" in refusal(*chain)
    assert "'0' -> '0'" in refusal({"id": "0", "user": "x", "after": ["0"]})
    long = [{"id": f"{n:06}", "user": "x", "after": [f"{(n + 1) % 900:06}"]} for n in range(900)]
    assert len(refusal(*long)) < 1200


@pytest.mark.parametrize("lines", [[], [b"\n", b" \r\n"], [b"\xef\xbb\xbf"]])
def test_a_file_without_prompts_says_what_one_looks_like(lines: Iterable[object]) -> None:
    assert refusal(*lines) == (
        'q.jsonl holds no prompt; give JSON lines such as {"user": "Hello"}.'
    )


def form_value() -> object:
    form = read({"user": "a", "schema": SCHEMA}).plan["1"].form
    assert form is not None
    return form.model_validate({"n": 5})


FAILURE = AnswerUnusable("refused")


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        (Done("yes", Usage(1, 9, 3, usd=0.5)), ["done", "yes", None, 1, False]),
        (Done("yes", Usage(cached_calls=1), cached=True), ["done", "yes", None, 0, True]),
        (Done(form_value(), Usage(2)), ["done", '{"n":5}', None, 2, False]),
        (Failed(FAILURE, Usage(2)), ["failed", None, "refused", 2, False]),
        (Failed(AnswerPending("later")), ["skipped", None, "later", 0, False]),
        (Skipped("its parent failed"), ["skipped", None, "its parent failed", 0, False]),
    ],
)
def test_each_outcome_has_its_record(outcome: Outcome, told: list[Any]) -> None:
    record = prompt_record("a", outcome)

    usage = record["usage"]
    assert isinstance(usage, dict)
    assert list(record) == ["id", "status", "text", "error", "usage", "cached"]
    assert [
        record["status"],
        record["text"],
        record["error"],
        usage["calls"],
        record["cached"],
    ] == told


@given(st.permutations(range(8)))
def test_answers_come_in_the_order_of_the_input_as_soon_as_they_can(places: list[int]) -> None:
    given_on: list[str] = []
    prompts = read(*({"id": f"p{n}", "user": "x"} for n in range(8)))
    order = InOrder(prompts.plan, lambda name, _: given_on.append(name))

    there: set[int] = set()
    for place in places:
        there.add(place)
        order.take(f"p{place}", Done("x"))
        ready = next((n for n in range(8) if n not in there), 8)
        assert given_on == [f"p{n}" for n in range(ready)]


def test_what_waits_for_a_batch_is_held_back_until_it_is_there() -> None:
    given_on: list[tuple[str, str]] = []
    plan = read(
        {"id": "a", "user": "x"},
        {"id": "b", "user": "x"},
        {"id": "c", "user": "x", "after": ["b"]},
        {"id": "d", "user": "x"},
    ).plan
    order = InOrder(plan, lambda name, one: given_on.append((name, type(one).__name__)), holds=True)
    pending, skipped = Failed(AnswerPending("later")), Skipped("b waits")

    for name, outcome in (("a", Done("1")), ("b", pending), ("c", skipped), ("d", Done("4"))):
        order.take(name, outcome)
    assert given_on == [("a", "Done")]
    # The next part of the run tells everything again.
    for name, outcome in (("a", Done("1")), ("b", Done("2")), ("c", pending), ("d", Done("4"))):
        order.take(name, outcome)
    assert given_on == [("a", "Done"), ("b", "Done")]
    order.end()
    assert given_on == [("a", "Done"), ("b", "Done"), ("c", "Failed"), ("d", "Done")]


def test_a_file_has_its_journal_by_its_path_and_stdin_by_its_content() -> None:
    assert journal_name("q.jsonl", "1") == journal_name("./q.jsonl", "2")
    assert journal_name("q.jsonl", "1") != journal_name("r.jsonl", "1")
    assert journal_name("-", "1") != journal_name("-", "2")
    assert read({"user": "a"}).digest != read({"user": "b"}).digest
