"""A worksheet function called and its question carried out with a scripted model."""

from __future__ import annotations

import json

from tests.packed_answers import rows_answered
from tickmark.engine.run import run
from tickmark.errors import TickmarkError
from tickmark.hosts.functions.call import Argument, Call, Table
from tickmark.hosts.functions.question import Body, Question
from tickmark.llm.model import LanguageModel
from tickmark.llm.scripted import ScriptedModel
from tickmark.model.address import RangeRef
from tickmark.model.range_content import RangeContent, Rows, Scalar
from tickmark.settings import Settings

SETTINGS = Settings(model="claude-opus-5-5", cell_model="claude-haiku-5-5")


def cells(a1: str, *values: Scalar, columns: int = 1, formats: str = "") -> RangeContent:
    """Values in cells from an address on, row by row; one number format for all of them."""
    rows: Rows = tuple(values[at : at + columns] for at in range(0, len(values), columns))
    first = RangeRef.parse(a1, sheet="Data")
    area = RangeRef(
        "Data", first.top, first.left, first.top + len(rows) - 1, first.left + columns - 1
    )
    codes = tuple((formats,) * columns for _ in rows) if formats else ()
    return RangeContent(rows, area, formats=codes)


def packed_model() -> ScriptedModel:
    """A model that answers from the block alone, as the loopback server does."""
    return ScriptedModel(
        lambda prompt: json.dumps({"rows": rows_answered(prompt.data, prompt.schema or {})})
    )


def asked(body: Body, *arguments: Argument, settings: Settings = SETTINGS) -> Table | Question:
    """What the function says before anything is sent."""
    return body(Call("LLM_TEST", arguments), settings)


def question(body: Body, *arguments: Argument) -> Question:
    """The question of a call that has one."""
    found = asked(body, *arguments)
    assert isinstance(found, Question)
    return found


def answered(
    body: Body,
    *arguments: Argument,
    model: LanguageModel | None = None,
    settings: Settings = SETTINGS,
) -> Table:
    """The table of the cell once everything is answered."""
    found = asked(body, *arguments, settings=settings)
    if not isinstance(found, Question):
        return found
    outcomes = run(found.plan(found.items, None), model or packed_model(), jobs=2)
    concluded = found.conclude(found.items, None, outcomes)
    answers = []
    for position in range(len(found.items)):
        answer = concluded[position]
        if isinstance(answer, TickmarkError):
            raise answer
        answers.append(json.loads(json.dumps(answer)))
    return found.present(answers)
