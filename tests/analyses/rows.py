"""Scripted answers about numbered texts."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

from tests.packed_answers import texts_in
from tickmark.engine.plan import Outcome, Plan
from tickmark.engine.run import run
from tickmark.llm.scripted import ScriptedModel


def model_of(entry: Callable[[str], Mapping[str, object]]) -> ScriptedModel:
    """A model that answers each text with an entry of its own."""
    return ScriptedModel(
        lambda prompt: json.dumps(
            {
                "rows": [
                    {"row": number, **entry(text)} for number, text in texts_in(prompt.data).items()
                ]
            }
        )
    )


def model_saying(*rows: object) -> ScriptedModel:
    """A model that answers whatever it is asked with these rows."""
    return ScriptedModel(lambda _prompt: json.dumps({"rows": rows}))


def outcomes_of(plan: Plan, model: ScriptedModel) -> dict[str, Outcome]:
    """The outcomes of a plan."""
    return run(plan, model, jobs=2)


def kinds(found: Mapping[int, object]) -> Sequence[object]:
    """What each position got, errors as the names of their classes."""
    return [
        type(one).__name__ if isinstance(one, Exception) else one
        for _, one in sorted(found.items())
    ]
