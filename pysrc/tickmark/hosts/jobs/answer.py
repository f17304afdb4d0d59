"""Explain selection and Ask: one answer about cells, on a new sheet, its cited cells as links."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from tickmark.analyses.saved import Saved
from tickmark.engine.plan import Done, Failed
from tickmark.errors import (
    ArgumentPending,
    ArgumentRefused,
    InputError,
    SettingError,
    TickmarkError,
)
from tickmark.hosts.buttons import BUTTONS
from tickmark.hosts.functions.call import Call, Table
from tickmark.hosts.functions.question import Body, Question
from tickmark.hosts.jobs.answer_sheet import Told, answer_sheet
from tickmark.hosts.jobs.asking import asked, consent, may_ask, ribbon_settings
from tickmark.hosts.jobs.input_box import ask_user
from tickmark.hosts.jobs.job import Job
from tickmark.hosts.jobs.live_workbook import live_workbook
from tickmark.hosts.jobs.selection import parse_area, selected_content
from tickmark.model.range_content import RangeContent
from tickmark.model.usage import Usage
from tickmark.model.workbook import Workbook
from tickmark.settings import Settings, find_key
from tickmark.write.live import add_sheet

EXPLAIN_CELLS = (
    "Explain to a colleague what these cells show and how they are calculated, step by step, and "
    "name the inputs that matter most."
)
LEVEL = "steps"


def explain(job: Job) -> str:
    """Explain the selected cells."""
    settings = _settings()
    if not job.place.selection:
        raise InputError("No cells are selected; select the cells to explain first.")
    workbook = live_workbook(job, settings)
    content = selected_content(workbook, job.place.sheet, job.place.selection)
    if parse_area(job.place.selection, job.place.sheet).cells == 1:
        call = Call("LLM_EXPLAIN", (content, LEVEL))
    else:
        call = Call("LLM_ASK", (content, EXPLAIN_CELLS))
    return _answer(job, settings, workbook, call, "Explain selection")


def ask(job: Job) -> str:
    """Ask the user for a question and answer it from the selection, or from the active sheet."""
    settings = _settings()
    question = ask_user(job.book.app, "What do you want to know about these cells?").strip()
    if not question:
        return "No question was asked."
    workbook = live_workbook(job, settings)
    address = job.place.selection or "A1"
    if parse_area(address, job.place.sheet).cells == 1:
        address = "A:XFD"
    content = selected_content(workbook, job.place.sheet, address)
    return _answer(job, settings, workbook, Call("LLM_ASK", (content, question)), question)


def _settings() -> Settings:
    settings = ribbon_settings()
    if not may_ask(settings):
        raise SettingError(
            "An answer needs a model: run `tickmark key set` once, or set ANTHROPIC_API_KEY."
        )
    return settings


def _answer(job: Job, settings: Settings, workbook: Workbook, call: Call, asked_for: str) -> str:
    """Put one question and write what comes back."""
    # Pressed once and waited for: the better model, not the quick one of the cells.
    chosen = replace(settings, cell_model=settings.model)
    try:
        body = bodies()[call.function](call, chosen)
    except (ArgumentPending, ArgumentRefused) as error:
        message = f"{BUTTONS[job.tag].command}: {error}."
        raise InputError(message) from None
    saved = Saved(workbook, f"{dt.datetime.now(dt.UTC).astimezone():%H:%M}")
    if isinstance(body, Question):
        table, usage, model = _put(job, settings, body, saved)
        if table is None:
            return "Nothing was sent: the estimate was not agreed to."
    else:
        table, usage, model = body, Usage(), ""
    content = call.arguments[0]
    told = Told(
        question=asked_for,
        answer="\n".join(str(cell) for row in table for cell in row if cell is not None),
        cells=str(content.area) if isinstance(content, RangeContent) else "",
        model=model,
        usage=usage,
        run_id=job.run_id,
        notes=tuple(job.said),
    )
    job.show("writing the answer")
    add_sheet(job.book, answer_sheet(told, job.place))
    return f"Answered for {usage.usd:.4f} USD."


def _put(
    job: Job, settings: Settings, question: Question, saved: Saved
) -> tuple[Table | None, Usage, str]:
    """Ask what is to be asked; None for the table where the user did not agree to the cost."""
    tasks = question.plan(question.items, saved)
    models = {task.prompt_after({}).model for task in tasks}
    model = "".join(sorted(models)[:1])
    if not consent(job, tasks, settings):
        return None, Usage(), ""
    outcomes = asked(job, tasks, settings, find_key(), noun="question") if len(tasks) else {}
    usage = sum(
        (one.usage for one in outcomes.values() if isinstance(one, (Done, Failed))), Usage()
    )
    answers = question.conclude(question.items, saved, outcomes)
    found = []
    for position in range(len(question.items)):
        answer = answers.get(position)
        if isinstance(answer, TickmarkError):
            raise answer
        if answer is None:
            raise InputError("No answer came; the button Log has the details.")
        found.append(answer)
    return question.present(found), usage, model


def bodies() -> dict[str, Body]:
    """The bodies of the worksheet functions that these buttons share."""
    from tickmark.hosts.functions import ask as ask_function  # noqa: PLC0415 - load what is used
    from tickmark.hosts.functions import explain as explain_function  # noqa: PLC0415 - likewise

    return {"LLM_ASK": ask_function.body, "LLM_EXPLAIN": explain_function.body}
