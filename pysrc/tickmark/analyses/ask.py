"""One question about a range, answered in a text that cites its cells.

A question that the user typed into the formula is the user's instruction. One that was taken from a
cell may be a stranger's text: it goes into the data block, as the text of that cell, and the
instructions stay the same whatever it says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tickmark.analyses.forms import AskForm
from tickmark.analyses.kept_place import move_to, notes_of, place_as_json, sentence
from tickmark.analyses.range_task import prompt_version, range_answer, range_task
from tickmark.analyses.range_view import RangeView
from tickmark.encode.values import quoted, text_value
from tickmark.engine.plan import Outcome, Plan
from tickmark.errors import TickmarkError
from tickmark.ground.cited_text import as_json, check_text, cited, from_json, words, written
from tickmark.llm.answers import schema_of
from tickmark.llm.model import Prompt
from tickmark.model.range_content import RangeContent
from tickmark.templates import constant_text, render_text

NOT_IN_DATA: Final = "Not in data"
"""The whole answer where the cells do not hold one."""

ANSWER_TOKENS: Final = 2000
LONGEST_QUESTION: Final = 8000
LONGEST_PLACE: Final = 120


@dataclass(frozen=True, slots=True)
class AskRequest:
    """What is asked; `asked_in` is the cell that the question was taken from, "" if typed."""

    question: str
    model: str
    language: str = ""
    asked_in: str = ""


def version() -> str:
    """Changes with the prompt."""
    return prompt_version("ask", AskForm)


def plan(views: Mapping[int, RangeView], request: AskRequest) -> Plan:
    """One task for each range, by its position among the items of a question."""
    return Plan(
        tuple(range_task(index, _prompt(view, request), AskForm) for index, view in views.items())
    )


def conclude(
    views: Mapping[int, RangeView], outcomes: Mapping[str, Outcome]
) -> dict[int, dict[str, object] | TickmarkError]:
    """For each range with an outcome, the answer to be kept (JSON) or the error."""
    found: dict[int, dict[str, object] | TickmarkError] = {}
    for index, view in views.items():
        form = range_answer(outcomes, index, AskForm)
        if isinstance(form, AskForm):
            found[index] = _answer(view, form)
        elif form is not None:
            found[index] = form
    return found


def present(answer: Mapping[str, object], content: RangeContent, *, cite: bool = True) -> str:
    """A kept answer as text, its citations where the range is now. Raises ValueError."""
    if answer.get("found") is not True:
        return NOT_IN_DATA
    move = move_to(answer.get("place"), content)
    pieces = from_json(answer.get("text"))
    cite = cite and answer.get("citable") is True
    text = written(pieces, move, cite=cite)
    if cite and not cited(pieces):
        text += " [no cell cited]"
    note = sentence(notes_of(answer, move, words=words(pieces)))
    return f"{text} {note}" if note else text


def question_line(question: str, asked_in: str) -> str:
    """A question from a cell as a line of the data block."""
    place = text_value(asked_in, LONGEST_PLACE)
    return f"Question, as it stands in cell {place}: {quoted(question[:LONGEST_QUESTION])}"


def _answer(view: RangeView, form: AskForm) -> dict[str, object]:
    pieces = check_text(form.answer, view.grounds)
    return {
        "place": place_as_json(view.content),
        "found": form.found and bool(form.answer.strip()),
        "text": as_json(pieces),
        "citable": view.citable,
        "saved_at": view.saved_at,
        "notes": list(view.notes),
    }


def _prompt(view: RangeView, request: AskRequest) -> Prompt:
    asked = bool(request.asked_in)
    lines = [view.text]
    if asked:
        lines += ["", question_line(request.question, request.asked_in)]
    return Prompt(
        model=request.model,
        system=constant_text("prompts/ask-system.md.j2"),
        data="\n".join(lines),
        user=render_text(
            "prompts/ask-user.md.j2",
            asked=asked,
            question=request.question[:LONGEST_QUESTION],
            language=request.language,
        ).strip(),
        schema=schema_of(AskForm),
        max_tokens=ANSWER_TOKENS,
        about=view.content.about,
    )
