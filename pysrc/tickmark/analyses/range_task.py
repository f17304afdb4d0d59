"""The one question that is asked about a range: its task, its answer, the version of its prompt."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, TypeVar

from tickmark.engine.plan import Done, Failed, Outcome, Task
from tickmark.errors import AnswerUnusable, TickmarkError
from tickmark.llm.answers import schema_of
from tickmark.llm.model import Prompt
from tickmark.templates import constant_text, template_text

if TYPE_CHECKING:
    from pydantic import BaseModel

    Form = TypeVar("Form", bound=BaseModel)


def range_task(index: int, prompt: Prompt, form: type[BaseModel]) -> Task:
    """The task of the range at a position of its question."""
    return Task(id=_id(index), prompt=lambda _parents: prompt, form=form)


def range_answer(
    outcomes: Mapping[str, Outcome], index: int, form: type[Form]
) -> Form | TickmarkError | None:
    """What came back for the range at a position: its form, an error, None where nothing did."""
    outcome = outcomes.get(_id(index))
    match outcome:
        case None:
            return None
        case Failed():
            return outcome.error
        case Done(value=value) if isinstance(value, form):
            return value
        case Done():
            return AnswerUnusable("The model's answer had another form than was asked for.")
        case _:
            return AnswerUnusable(outcome.reason)


def answered(outcomes: Mapping[str, Outcome], count: int) -> tuple[int, ...]:
    """The positions, among so many, of the ranges that the outcomes are about."""
    return tuple(index for index in range(count) if _id(index) in outcomes)


@cache
def prompt_version(name: str, form: type[BaseModel]) -> str:
    """A hash over the system text of a prompt, the template of its question and its answer."""
    system = constant_text(f"prompts/{name}-system.md.j2")
    user = template_text(f"prompts/{name}-user.md.j2")
    text = json.dumps([system, user, schema_of(form)], sort_keys=True)
    return sha256(text.encode()).hexdigest()[:16]


def _id(index: int) -> str:
    return f"range {index + 1}"
