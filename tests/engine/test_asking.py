"""One task's question, whole or in parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from pydantic import BaseModel

from tickmark.engine.asking import outcome_of
from tickmark.engine.plan import Done, Failed, Split, Task
from tickmark.errors import (
    AnswerCut,
    AnswerPending,
    AnswerUnusable,
    ModelBusy,
    PromptTooLong,
    TickmarkError,
)
from tickmark.llm.cached import found
from tickmark.llm.model import Prompt, Reply
from tickmark.llm.scripted import ScriptedModel
from tickmark.model.usage import Usage

ASKED = Usage(1, 10, 5)
REFUSED = Usage(1, 7, 0)
PROMPT = Prompt("m", "s", "u")


class Letters(BaseModel):
    letters: str


def halves(prompt: Prompt) -> tuple[Prompt, Prompt] | None:
    middle = len(prompt.user) // 2
    if not middle:
        return None
    return replace(prompt, user=prompt.user[:middle]), replace(prompt, user=prompt.user[middle:])


def joined(values: Sequence[object]) -> object:
    return "+".join(str(value) for value in values)


def task(user: str, **more: object) -> Task:
    return Task("t", Prompt("m", "s", user), split=Split(halves, joined), **more)  # type: ignore[arg-type]


def model(refuse: Callable[[str], TickmarkError | None], usage: Usage = ASKED) -> ScriptedModel:
    def answer(prompt: Prompt) -> Reply:
        error = refuse(prompt.user)
        if error is not None:
            raise error
        return Reply(prompt.user, usage)

    return ScriptedModel(answer)


def longer_than(
    most: int, kind: Callable[[str], PromptTooLong | AnswerCut] = PromptTooLong
) -> Callable[[str], TickmarkError | None]:
    def refuse(user: str) -> TickmarkError | None:
        if len(user) <= most:
            return None
        error = kind("Too long.")
        error.usage = REFUSED
        return error

    return refuse


@pytest.mark.parametrize("kind", [PromptTooLong, AnswerCut])
def test_what_is_too_long_is_asked_in_halves_and_everything_paid_is_counted(
    kind: Callable[[str], PromptTooLong | AnswerCut],
) -> None:
    asked = model(longer_than(3, kind))

    outcome = outcome_of(task("abcdefgh"), asked, {})

    assert [prompt.user for prompt in asked.prompts] == [
        "abcdefgh", "abcd", "ab", "cd", "efgh", "ef", "gh",
    ]  # fmt: skip
    assert outcome == Done("ab+cd+ef+gh", Usage(7, 3 * 7 + 4 * 10, 4 * 5), parts=4)


def test_only_the_half_that_is_too_long_is_cut_again() -> None:
    asked = model(lambda user: PromptTooLong("No.") if "x" in user and len(user) > 1 else None)

    assert outcome_of(task("abcx"), asked, {}) == Done("ab+c+x", Usage(3, 30, 15), parts=3)


def test_what_cannot_be_cut_any_more_fails_with_the_error_that_it_had() -> None:
    errors = {size: PromptTooLong(f"{size} letters.") for size in (1, 2)}
    asked = model(lambda user: errors[len(user)])

    assert outcome_of(task("ab"), asked, {}) == Failed(errors[1], Usage())


def test_it_is_cut_five_times_and_no_more() -> None:
    asked = model(longer_than(2))

    outcome = outcome_of(task("a" * 128), asked, {})

    assert isinstance(outcome, Failed)
    assert isinstance(outcome.error, PromptTooLong)
    assert [len(prompt.user) for prompt in asked.prompts] == [128, 64, 32, 16, 8, 4]
    assert outcome.usage == Usage(6, 42, 0)

    whole = outcome_of(task("a" * 64), model(longer_than(2)), {})
    assert isinstance(whole, Done)
    assert whole.parts == 32


def test_one_failed_part_fails_the_task_with_the_whole_usage() -> None:
    error = AnswerUnusable("Refused.")
    error.usage = Usage(1, 3, 1)

    def refuse(user: str) -> TickmarkError | None:
        return error if user == "cd" else longer_than(2)(user)

    asked = model(refuse)

    assert outcome_of(task("abcdef"[:4]), asked, {}) == Failed(error, Usage(3, 7 + 10 + 3, 5 + 1))
    assert [prompt.user for prompt in asked.prompts] == ["abcd", "ab", "cd"]


def test_parts_that_are_collected_later_are_all_handed_in() -> None:
    pending = AnswerPending("Handed in.")

    def refuse(user: str) -> TickmarkError | None:
        return longer_than(2)(user) or (pending if user != "cd" else None)

    asked = model(refuse)
    outcome = outcome_of(task("abcdefgh"), asked, {})

    assert outcome == Failed(pending, Usage(4, 31, 5))
    assert [prompt.user for prompt in asked.prompts if len(prompt.user) == 2] == [
        "ab", "cd", "ef", "gh",
    ]  # fmt: skip


def test_without_a_way_to_split_it_fails() -> None:
    plain = Task("t", Prompt("m", "s", "abcd"))

    outcome = outcome_of(plain, model(longer_than(2)), {})

    assert isinstance(outcome, Failed)
    assert outcome.usage == REFUSED


def test_once_stopped_no_further_part_is_asked() -> None:
    asked = model(longer_than(2))
    outcome = outcome_of(
        task("abcd"), asked, {}, why_not=lambda: "Stopped." if len(asked.prompts) > 1 else ""
    )

    assert isinstance(outcome, Failed)
    assert isinstance(outcome.error, ModelBusy)
    assert outcome.usage == REFUSED + ASKED
    assert len(asked.prompts) == 2


def test_parts_have_the_form_of_the_whole() -> None:
    def answer(prompt: Prompt) -> Reply:
        if len(prompt.user) > 2:
            raise PromptTooLong("No.")
        return Reply(f'{{"letters": "{prompt.user}"}}', ASKED)

    whole = replace(
        task("abcd"),
        form=Letters,
        split=Split(halves, lambda found: "".join(one.letters for one in found)),  # type: ignore[attr-defined]
    )

    assert outcome_of(whole, ScriptedModel(answer), {}) == Done("abcd", Usage(2, 20, 10), parts=2)


def test_parts_that_are_all_kept_cost_nothing_and_are_marked() -> None:
    def answer(prompt: Prompt) -> Reply:
        if len(prompt.user) > 2:
            raise PromptTooLong("No.")
        return found(Reply(prompt.user))

    assert outcome_of(task("abcd"), ScriptedModel(answer), {}) == Done(
        "ab+cd", Usage(cached_calls=2), cached=True, parts=2
    )


def test_an_answer_that_was_paid_before_is_marked_in_every_form() -> None:
    """Such as one from the journal, which tells what it cost an earlier part of the run."""
    paid = ScriptedModel(lambda _: Reply('{"letters": "x"}', ASKED, cached=True))
    for form in (None, Letters):
        outcome = outcome_of(Task("t", PROMPT, form), paid, {})

        assert isinstance(outcome, Done)
        assert (outcome.usage, outcome.cached) == (ASKED, True)


def test_an_answer_that_needed_a_call_for_its_correction_is_not_marked() -> None:
    replies = iter(
        [Reply("no JSON", Usage(cached_calls=1), cached=True), Reply('{"letters": "x"}')]
    )
    outcome = outcome_of(Task("t", PROMPT, Letters), ScriptedModel(lambda _: next(replies)), {})

    assert isinstance(outcome, Done)
    assert not outcome.cached


def test_a_failure_keeps_no_frame_of_what_was_handled_beside_its_cause() -> None:
    def answer(prompt: Prompt) -> Reply:
        try:
            return Reply(str(int(prompt.user)))
        except ValueError:
            raise ModelBusy("No.") from LookupError("elsewhere")

    outcome = outcome_of(Task("t", PROMPT), ScriptedModel(answer), {})

    assert isinstance(outcome, Failed)
    handled = outcome.error.__context__
    assert isinstance(handled, ValueError)
    assert handled.__traceback__ is None


def test_a_failure_keeps_no_frame_of_itself_or_its_causes() -> None:
    def answer(prompt: Prompt) -> Reply:
        try:
            return Reply(str(int(prompt.user)))
        except ValueError as cause:
            raise AnswerUnusable("No.") from cause

    outcome = outcome_of(task("ab"), ScriptedModel(answer), {})

    assert isinstance(outcome, Failed)
    assert outcome.error.__traceback__ is None
    assert isinstance(outcome.error.__cause__, ValueError)
    assert outcome.error.__cause__.__traceback__ is None
