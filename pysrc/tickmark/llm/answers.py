"""Structured answers: the schema that is asked for, and the answer read and checked."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from tickmark.errors import AnswerUnusable, BudgetExceeded, ModelError
from tickmark.llm.model import LanguageModel, Prompt, Reply, spent_on
from tickmark.llm.schema import legal_schema
from tickmark.model.usage import Usage

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

    Form = TypeVar("Form", bound=BaseModel)

# Openings that are tried where an answer does not begin with its JSON.
OPENINGS_TRIED = 40
MISFITS_NAMED = 3

_FENCED = re.compile(r"```(?:json)?[ \t]*\n(.*?)\n?[ \t]*```", re.DOTALL)
_NO_NAME = re.compile(r"[^A-Za-z0-9_.]+")


@lru_cache(maxsize=64)
def schema_of(form: type[BaseModel]) -> Mapping[str, object]:
    """The JSON schema of a form, as the Messages API enforces it; not to be changed."""
    return legal_schema(form.model_json_schema())


def parse_answer(reply: Reply, form: type[Form]) -> Form:
    """The answer as an instance of its form.

    Servers that do not enforce a schema put prose or a code fence around the JSON: it is found
    there too. Raises AnswerUnusable with one sentence that says what does not fit.
    """
    fitting, misfit = _read(reply.text, form)
    if fitting is None:
        error = AnswerUnusable(f"The model's answer is not of the asked form: {misfit}.")
        error.usage = reply.usage
        raise error
    return fitting


def ask(model: LanguageModel, prompt: Prompt, form: type[Form]) -> tuple[Form, Usage]:
    """The answer to a prompt in its form, and what it cost; asks once again on a misfit.

    The form's schema is added to a prompt that has none. Raises what the model raises, and
    AnswerUnusable on a second misfit, with the usage of both calls.
    """
    if prompt.schema is None:
        prompt = replace(prompt, schema=schema_of(form))
    reply = model.complete(prompt)
    fitting, misfit = _read(reply.text, form)
    if fitting is not None:
        return fitting, reply.usage
    correction = f"An earlier answer was not of the asked form: {misfit}. Answer with JSON only."
    try:
        second = model.complete(replace(prompt, user=f"{prompt.user}\n\n{correction}"))
        return parse_answer(second, form), reply.usage + second.usage
    except (ModelError, BudgetExceeded) as error:
        error.usage = reply.usage + spent_on(error)
        raise


def json_objects(text: str) -> list[dict[str, object]]:
    """The JSON objects of a text: the whole text, else its code fences, else those in its prose."""
    decoder = json.JSONDecoder()
    found: list[object] = []
    for candidate in (text, *(match[1] for match in _FENCED.finditer(text))):
        try:
            found.append(decoder.decode(candidate))
        except (ValueError, RecursionError):
            continue
        if candidate is text:
            break
    start = -1 if not found else len(text)
    for _ in range(OPENINGS_TRIED):
        start = text.find("{", start + 1)
        if start < 0:
            break
        try:
            value, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            continue
        found.append(value)
        start = end - 1
    return [value for value in found if isinstance(value, dict)]


def _read(text: str, form: type[Form]) -> tuple[Form | None, str]:
    """The first object of a text that fits, else why the first does not."""
    from pydantic import ValidationError  # noqa: PLC0415 - costs start-up time

    misfit = ""
    for value in json_objects(text):
        try:
            return form.model_validate(value), ""
        except ValidationError as error:
            misfit = misfit or _misfit(error)
    return None, misfit or "it holds no JSON object"


def _misfit(error: ValidationError) -> str:
    """Where and why, without a word of the answer itself."""
    named = [
        f"{_NO_NAME.sub('_', '.'.join(map(str, one['loc'])))[:80] or 'the whole'}: {one['msg']}"
        for one in error.errors(include_input=False, include_url=False, include_context=False)
    ]
    more = len(named) - MISFITS_NAMED
    return "; ".join(named[:MISFITS_NAMED]) + (f"; and {more} more" if more > 0 else "")
