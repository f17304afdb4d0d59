"""The formula of one cell in words, with the cells that it refers to cited and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from tickmark.analyses.forms import ExplainForm
from tickmark.analyses.formula_view import FormulaView
from tickmark.analyses.kept_place import move_to, place_as_json, sentence
from tickmark.analyses.range_task import prompt_version, range_answer, range_task
from tickmark.engine.plan import Outcome, Plan
from tickmark.errors import AnswerUnusable, TickmarkError
from tickmark.ground.cited_text import as_json, check_text, from_json, words, written
from tickmark.ground.moves import Move
from tickmark.llm.answers import schema_of
from tickmark.llm.model import Prompt
from tickmark.model.address import RangeRef
from tickmark.model.range_content import RangeContent
from tickmark.templates import constant_text, render_text

LEVELS: Final = ("short", "steps", "business")

ANSWER_TOKENS: Final = 2000


@dataclass(frozen=True, slots=True)
class ExplainRequest:
    """How a formula is to be explained; `level` is one of LEVELS."""

    model: str
    level: str = "short"
    language: str = ""


def version() -> str:
    """Changes with the prompt."""
    return prompt_version("explain", ExplainForm)


def formula_only(content: RangeContent) -> RangeContent:
    """A cell without value and number format: what an explanation depends on."""
    return replace(content, values=((None,),), formats=())


def plan(views: Mapping[int, FormulaView], request: ExplainRequest) -> Plan:
    """One task for each formula, by its position among the items of a question."""
    return Plan(
        tuple(
            range_task(index, _prompt(view, request), ExplainForm) for index, view in views.items()
        )
    )


def conclude(
    views: Mapping[int, FormulaView], outcomes: Mapping[str, Outcome]
) -> dict[int, dict[str, object] | TickmarkError]:
    """For each formula with an outcome, the answer to be kept (JSON) or the error."""
    found: dict[int, dict[str, object] | TickmarkError] = {}
    for index, view in views.items():
        form = range_answer(outcomes, index, ExplainForm)
        if isinstance(form, ExplainForm) and not form.explanation.strip():
            found[index] = AnswerUnusable("The model gave an empty explanation.")
        elif isinstance(form, ExplainForm):
            found[index] = {
                "place": place_as_json(formula_only(view.content)),
                "text": as_json(check_text(form.explanation, view.grounds)),
                "copies": [area.a1 for area in view.copies],
                "saved_at": view.saved_at,
                "notes": list(view.notes),
            }
        elif form is not None:
            found[index] = form
    return found


def present(answer: Mapping[str, object], content: RangeContent) -> str:
    """A kept answer as text for a cell with the same formula. Raises ValueError.

    The labels are right for all copies that the saved sheet had; for another cell the text says
    whose labels they are.
    """
    move = move_to(answer.get("place"), formula_only(content))
    pieces = from_json(answer.get("text"))
    notes = [note for note in _texts(answer.get("notes")) if note]
    saved_at = answer.get("saved_at")
    if isinstance(saved_at, str) and saved_at:
        whose = "" if _is_copy(answer, move) else f" for {move.origin}"
        notes.append(f"labels as saved {saved_at}{whose}")
    if move.names_cells(words(pieces)):
        notes.append(f"addresses without brackets are those of {move.origin}")
    text = written(pieces, move)
    note = sentence(notes)
    return f"{text} {note}" if note else text


def _prompt(view: FormulaView, request: ExplainRequest) -> Prompt:
    return Prompt(
        model=request.model,
        system=constant_text("prompts/explain-system.md.j2"),
        data=view.text,
        user=render_text(
            "prompts/explain-user.md.j2", level=request.level, language=request.language
        ).strip(),
        schema=schema_of(ExplainForm),
        max_tokens=ANSWER_TOKENS,
        about=view.content.about,
    )


def _is_copy(answer: Mapping[str, object], move: Move) -> bool:
    if move.stays:
        return True
    areas = (RangeRef.parse(text) for text in _texts(answer.get("copies")))
    return move.origin.sheet == move.now.sheet and any(
        area.contains(move.now.top, move.now.left) for area in areas
    )


def _texts(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
