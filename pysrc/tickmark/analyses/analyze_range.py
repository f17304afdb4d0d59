"""What deserves attention in a range: findings with the cells that prove them, checked by code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tickmark.analyses.ask import question_line
from tickmark.analyses.forms import RangeFindingForm, RangeForm
from tickmark.analyses.kept_place import move_to, notes_of, place_as_json, sentence
from tickmark.analyses.range_task import prompt_version, range_answer, range_task
from tickmark.analyses.range_view import RangeView, shown
from tickmark.engine.plan import Outcome, Plan
from tickmark.errors import TickmarkError
from tickmark.ground.cited_text import (
    CitedCells,
    as_json,
    cells_as_json,
    cells_from_json,
    cells_text,
    check_list,
    check_text,
    from_json,
    words,
    written,
)
from tickmark.ground.moves import Move
from tickmark.ground.quoted_value import agrees
from tickmark.llm.answers import schema_of
from tickmark.llm.model import Prompt
from tickmark.model.range_content import RangeContent
from tickmark.templates import constant_text, render_text

HEADER: Final = ("Finding", "Evidence", "Value", "Check", "Confidence")
NOTHING_FOUND: Final = "Nothing found"

OK: Final = "ok"
PARTLY: Final = "partly"
UNSUPPORTED: Final = "unsupported"

ANSWER_TOKENS: Final = 4000
MOST_FINDINGS: Final = 50
MOST_CELLS: Final = 20

Value = float | str | bool | None
Row = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class AnalyzeRequest:
    """What is asked beside the range; `asked_in` is the cell of the question, "" if typed."""

    model: str
    question: str = ""
    language: str = ""
    asked_in: str = ""


def version() -> str:
    """Changes with the prompt."""
    return prompt_version("range", RangeForm)


def plan(views: Mapping[int, RangeView], request: AnalyzeRequest) -> Plan:
    """One task for each range, by its position among the items of a question."""
    return Plan(
        tuple(range_task(index, _prompt(view, request), RangeForm) for index, view in views.items())
    )


def conclude(
    views: Mapping[int, RangeView], outcomes: Mapping[str, Outcome]
) -> dict[int, dict[str, object] | TickmarkError]:
    """For each range with an outcome, the answer to be kept (JSON) or the error."""
    found: dict[int, dict[str, object] | TickmarkError] = {}
    for index, view in views.items():
        form = range_answer(outcomes, index, RangeForm)
        if isinstance(form, RangeForm):
            found[index] = {
                "place": place_as_json(view.content),
                "findings": [_finding(view, one) for one in form.findings[:MOST_FINDINGS]],
                "saved_at": view.saved_at,
                "notes": list(view.notes),
            }
        elif form is not None:
            found[index] = form
    return found


def present(
    answer: Mapping[str, object], content: RangeContent, *, header: bool = True
) -> tuple[Row, ...]:
    """A kept answer as a table, its citations where the range is now. Raises ValueError."""
    move = move_to(answer.get("place"), content)
    findings = _list(answer.get("findings"))
    rows = [_row(one, move) for one in findings]
    if not rows:
        rows.append((NOTHING_FOUND, "", "", "", ""))
    told = " ".join(_words(findings))
    note = sentence(notes_of(answer, move, words=told))
    if note:
        rows.append((note, "", "", "", ""))
    return (HEADER, *rows) if header else tuple(rows)


def _prompt(view: RangeView, request: AnalyzeRequest) -> Prompt:
    asked = bool(request.asked_in and request.question)
    lines = [view.text]
    if asked:
        lines += ["", question_line(request.question, request.asked_in)]
    return Prompt(
        model=request.model,
        system=constant_text("prompts/range-system.md.j2"),
        data="\n".join(lines),
        user=render_text(
            "prompts/range-user.md.j2",
            asked=asked,
            question=request.question,
            language=request.language,
        ).strip(),
        schema=schema_of(RangeForm),
        max_tokens=ANSWER_TOKENS,
        about=view.content.about,
    )


def _finding(view: RangeView, form: RangeFindingForm) -> dict[str, object]:
    cells = check_list(form.cells, view.grounds)[:MOST_CELLS]
    first = next((one for one in cells if one.supported), None)
    value: Value = ""
    agreeing = False
    if first is not None:
        date1904 = view.workbook.date1904
        scalar, number_format = view.value(first)
        value = shown(scalar, number_format, date1904=date1904)
        agreeing = agrees(form.value, scalar, number_format=number_format, date1904=date1904)
    return {
        "text": as_json(check_text(form.finding, view.grounds)),
        "cells": [cells_as_json(one) for one in cells],
        "value": value,
        "check": _check(cells, agreeing=agreeing),
        "confidence": form.confidence,
    }


def _check(cells: Sequence[CitedCells], *, agreeing: bool) -> str:
    """How far code can confirm a finding: its cells were shown, and the value is theirs."""
    if not any(one.supported for one in cells):
        return UNSUPPORTED
    return OK if agreeing and all(one.supported for one in cells) else PARTLY


def _row(finding: object, move: Move) -> Row:
    match finding:
        case {
            "text": text,
            "cells": list(cells),
            "value": str() | int() | float() | None as value,
            "check": str(check),
            "confidence": str(confidence),
        }:
            evidence = ", ".join(cells_text(cells_from_json(one), move) for one in cells)
            return (written(from_json(text), move), evidence, value, check, confidence)
        case _:
            raise ValueError("a kept finding has another form")


def _words(findings: Sequence[object]) -> Iterator[str]:
    for finding in findings:
        if isinstance(finding, dict):
            yield words(from_json(finding.get("text")))


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise ValueError("a kept answer has no list of findings")  # noqa: TRY004 - as its siblings
    return value
