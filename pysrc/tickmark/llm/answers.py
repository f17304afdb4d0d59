"""Structured answers: the schema that is asked for, and the answer read and checked."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar, get_origin

from tickmark.errors import AnswerUnusable, BudgetExceeded, ModelError
from tickmark.llm.model import LanguageModel, Prompt, Reply, spent_on
from tickmark.llm.schema import legal_schema

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

    Form = TypeVar("Form", bound=BaseModel)

# Openings that are tried where an answer does not begin with its JSON.
OPENINGS_TRIED = 40
MISFITS_NAMED = 3

_FENCED = re.compile(r"```(?:json)?[ \t]*\n(.*?)\n?[ \t]*```", re.DOTALL)
_THOUGHTS = re.compile(r"\A\s*<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL | re.IGNORECASE)
# Of an object, or of a list of objects, texts or lists; addresses in brackets are none.
_OPENING = re.compile(r'\{|\[(?=\s*[{"\[\]])')
# A text to its end, so that nothing inside of it is taken for a comma too many.
_EXTRA_COMMA = re.compile(r'"(?:[^"\\]|\\.)*(?:"|$)|,(?=\s*[}\]])', re.DOTALL)
_NO_NAME = re.compile(r"[^A-Za-z0-9_.]+")


@lru_cache(maxsize=64)
def schema_of(form: type[BaseModel]) -> Mapping[str, object]:
    """The JSON schema of a form, as the Messages API enforces it; not to be changed."""
    return legal_schema(form.model_json_schema())


def parse_answer(reply: Reply, form: type[Form]) -> Form:
    """The answer as an instance of its form.

    Servers that do not enforce a schema put prose or a code fence around the JSON, or give a list
    where an object with one list is asked: it is found there too. Raises AnswerUnusable with one
    sentence that says what does not fit.
    """
    fitting, misfit = _read(reply.text, form)
    if fitting is None:
        error = AnswerUnusable(f"The model's answer is not of the asked form: {misfit}.")
        error.usage = reply.usage
        raise error
    return fitting


def ask(model: LanguageModel, prompt: Prompt, form: type[Form]) -> tuple[Form, Reply]:
    """The answer to a prompt in its form, and the reply it stands in; asks again on a misfit.

    It asks once again; the reply has the usage of both calls then. The form's schema is added to a
    prompt that has none. Raises what the model raises, and AnswerUnusable on a second misfit, with
    the usage of both calls.
    """
    if prompt.schema is None:
        prompt = replace(prompt, schema=schema_of(form))
    reply = model.complete(prompt)
    fitting, misfit = _read(reply.text, form)
    if fitting is not None:
        return fitting, reply
    correction = f"An earlier answer was not of the asked form: {misfit}. Answer with JSON only."
    try:
        again = replace(prompt, user=f"{prompt.user}\n\n{correction}", corrects=True)
        second = model.complete(again)
        fitting = parse_answer(second, form)
    except (ModelError, BudgetExceeded) as error:
        error.usage = reply.usage + spent_on(error)
        raise
    usage, cached = reply.usage + second.usage, reply.cached and second.cached
    return fitting, replace(second, usage=usage, cached=cached)


def json_objects(text: str) -> list[dict[str, object]]:
    """The JSON objects of a text: the whole text, else its code fences, else those in its prose.

    The thinking that some models put before their answer does not count. A list with one object
    alone counts as that object. Commas before a closing bracket are forgiven.
    """
    found = (_lone(value) for value in _json_values(text))
    return [value for value in found if isinstance(value, dict)]


def _lone(value: object) -> object:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _json_values(text: str) -> list[object]:
    """The JSON objects and lists of a text; behind those as they are, those of it when mended."""
    said = _THOUGHTS.sub("", text)
    with suppress(ValueError, RecursionError):
        whole = json.loads(said)
        return [whole] if isinstance(whole, (dict, list)) else []
    found = _values_of(said)
    mended = _EXTRA_COMMA.sub(_kept, said)
    return found if mended == said else [*found, *_values_of(mended)]


def _kept(match: re.Match[str]) -> str:
    """What is kept of a match: texts, but no comma."""
    return "" if match[0] == "," else match[0]


def _values_of(text: str) -> list[object]:
    """The objects and lists in the code fences of a text, else in its prose."""
    decoder = json.JSONDecoder()
    found: list[object] = []
    for candidate in (text, *(match[1] for match in _FENCED.finditer(text))):
        with suppress(ValueError, RecursionError):
            found.append(decoder.decode(candidate))
    start = -1 if not found else len(text)
    for _ in range(OPENINGS_TRIED):
        opening = _OPENING.search(text, start + 1)
        if opening is None:
            break
        start = opening.start()
        with suppress(ValueError, RecursionError):
            value, end = decoder.raw_decode(text, start)
            found.append(value)
            start = end - 1
    return [value for value in found if isinstance(value, (dict, list))]


def _read(text: str, form: type[Form]) -> tuple[Form | None, str]:
    """The first value of a text that fits, else why the first does not.

    A bare list fits where the form has one list alone.
    """
    from pydantic import ValidationError  # noqa: PLC0415 - costs start-up time

    misfit = ""
    for value in _json_values(text):
        for candidate in _readings(value, form):
            try:
                return form.model_validate(candidate), ""
            except ValidationError as error:
                misfit = misfit or _misfit(error)
    return None, misfit or "it holds no JSON object"


def _readings(value: object, form: type[BaseModel]) -> list[object]:
    """The objects that a value may stand for."""
    if isinstance(value, dict):
        return [value]
    lone = _lone(value)
    objects: list[object] = [lone] if isinstance(lone, dict) else []
    if len(form.model_fields) == 1:
        ((name, field),) = form.model_fields.items()
        if get_origin(field.annotation) in {list, tuple}:
            objects.append({field.alias or name: value})
    return objects


def _misfit(error: ValidationError) -> str:
    """Where and why, without a word of the answer itself."""
    named = [
        f"{_NO_NAME.sub('_', '.'.join(map(str, one['loc'])))[:80] or 'the whole'}: {one['msg']}"
        for one in error.errors(include_input=False, include_url=False, include_context=False)
    ]
    more = len(named) - MISFITS_NAMED
    return "; ".join(named[:MISFITS_NAMED]) + (f"; and {more} more" if more > 0 else "")
