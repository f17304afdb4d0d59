"""Questions of worksheet functions about a range, answered once by a scripted model."""

from __future__ import annotations

import json
from collections.abc import Mapping

from tickmark.analyses.saved import Saved
from tickmark.engine.run import run
from tickmark.errors import TickmarkError
from tickmark.hosts.functions.call import Argument, Call, Table
from tickmark.hosts.functions.question import Answer, Body, Question
from tickmark.llm.scripted import ScriptedModel
from tickmark.model.workbook import Workbook
from tickmark.settings import Settings

SETTINGS = Settings(model="claude-sonnet-5-5", cell_model="claude-haiku-5-5")


def question(body: Body, *arguments: Argument, settings: Settings = SETTINGS) -> Question:
    """What a call asks; the body may not answer by itself."""
    asked = body(Call("LLM", arguments), settings)
    assert isinstance(asked, Question)
    return asked


def replying(**fields: object) -> ScriptedModel:
    """A model that gives one answer to everything."""
    return ScriptedModel(lambda _prompt: json.dumps(fields))


def kept(
    asked: Question, model: ScriptedModel, saved: Workbook | None = None, *, at: str = "10:42"
) -> Answer:
    """The answer of the one item, as it comes back from the store."""
    found = results(asked, model, saved, at=at)[0]
    assert not isinstance(found, TickmarkError)
    answer = json.loads(json.dumps(found))
    assert isinstance(answer, dict)
    return answer


def results(
    asked: Question, model: ScriptedModel, saved: Workbook | None = None, *, at: str = "10:42"
) -> Mapping[int, Answer | TickmarkError]:
    """What was concluded about each item."""
    behind = Saved(saved, at) if saved is not None and asked.book else None
    outcomes = run(asked.plan(asked.items, behind), model, jobs=1)
    return asked.conclude(asked.items, behind, outcomes)


def answered(
    body: Body, *arguments: Argument, model: ScriptedModel, saved: Workbook | None = None
) -> Table:
    """The table of a call, from its question to its cell."""
    asked = question(body, *arguments)
    return asked.present([kept(asked, model, saved)])
