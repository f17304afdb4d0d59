"""`tickmark ask`: one question about a workbook, answered with citations that code checks."""

from __future__ import annotations

import json
import sys
import textwrap
from typing import TYPE_CHECKING, Final

import typer

from tickmark.errors import BudgetExceeded, ModelError, SettingError
from tickmark.hosts.cli.options import AS_JSON, LIMIT, MAX_FILE_MB, PASSWORD, QUIET, WORKERS
from tickmark.hosts.cli.output import emit, printable, terminal_width
from tickmark.settings import Key, Settings, find_key, load_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tickmark.analyses.asked_book import AskedBook, BookAnswer
    from tickmark.analyses.cited_values import CheckedCitation
    from tickmark.hosts.asking import AskEstimate
    from tickmark.llm.model import Prompt
    from tickmark.llm.reading import LookedUp

SCHEMA_VERSION: Final = 1
INCOMPLETE: Final = 3
MOST_ROUNDS: Final = 20
LONGEST_VALUE: Final = 40
LONGEST_LINE: Final = 140


def ask(
    book: str = typer.Argument(metavar="BOOK", help="The workbook."),
    question: str = typer.Argument(metavar="QUESTION", help="What you want to know, in quotes."),
    cells: str = typer.Option(
        "",
        "-r",
        "--range",
        metavar="RANGE",
        help="Only about these cells: 'Sheet!A1:F20', a defined name or a table.",
    ),
    model: str | None = typer.Option(None, "--model", metavar="NAME", help="The model to ask."),
    max_cost: float | None = typer.Option(
        None, "--max-cost", metavar="USD", help="Spending limit [default: 1]."
    ),
    rounds: int = typer.Option(
        6,
        "--rounds",
        metavar="N",
        min=0,
        max=MOST_ROUNDS,
        help="How often the model may look things up before it answers; 0 for never.",
    ),
    language: str = typer.Option(
        "", "--language", metavar="NAME", help="Language of the answer [default: the question's]."
    ),
    dry_run: bool = typer.Option(False, "--dry-run", help="Price the question and send nothing."),
    show_prompt: bool = typer.Option(
        False,
        "--show-prompt",
        help="Print every prompt exactly as it is sent (on stderr with --json).",
    ),
    password: str | None = PASSWORD,
    workers: int | None = WORKERS,
    max_file_mb: int | None = MAX_FILE_MB,
    limit: list[str] = LIMIT,
    as_json: bool = AS_JSON,
    quiet: bool = QUIET,
) -> int:
    """Ask a model one question about a workbook, or about a range of it.

    The model gets the workbook as `tickmark encode` shows it, what the question names first, and
    may look up exact cells, precedents and dependents, and where something stands. Each cell that
    it cites is checked: a tick says that the model was shown the cell and quotes its value right.
    Hidden cells are never sent. Exits with 3 where a part of the workbook could not be read.

    \b
    Example:
      tickmark ask model.xlsx "What drives net income in 2027?"
      tickmark ask model.xlsx -r "P&L!A1:F40" "Which costs grow faster than revenue?" --json
    """
    settings = load_settings({"model": model, "max_cost": max_cost})
    key = None if dry_run else _key(settings)
    from tickmark.analyses.asked_book import BookQuestion
    from tickmark.hosts.asking import prepared, priced
    from tickmark.hosts.cli.book import problems_of, read_book
    from tickmark.wiring import calibrated, price_of

    workbook = read_book(
        book, password=password, workers=workers, max_file_mb=max_file_mb, limits=limit
    )
    problems = problems_of(workbook)
    for sentence in problems:
        _say(sentence, quiet=quiet)
    request = BookQuestion(question, settings.model, cells, language, rounds)
    asked = prepared(workbook, request, settings)
    estimate = priced(asked, settings, price_of(settings), calibrated())
    if dry_run:
        _priced(asked, estimate, settings, as_json=as_json, show_prompt=show_prompt)
        return INCOMPLETE if problems else 0
    _say(estimate.sentence(settings.model, settings.max_cost), quiet=quiet)
    answer = _answered(asked, settings, key, as_json=as_json, quiet=quiet, show_prompt=show_prompt)
    if as_json:
        emit(json.dumps(_record(asked, answer, problems)))
    else:
        emit("\n".join(map(printable, _lines(answer, settings.model, terminal_width()))))
    return INCOMPLETE if problems else 0


def _key(settings: Settings) -> Key | None:
    """The key, None for a local server that asks for none; raises SettingError without one."""
    key = find_key()
    if key is None and settings.needs_key:
        raise SettingError(
            "A question needs a model: set ANTHROPIC_API_KEY or run `tickmark key set`."
        )
    return key


def _answered(
    asked: AskedBook,
    settings: Settings,
    key: Key | None,
    *,
    as_json: bool,
    quiet: bool,
    show_prompt: bool,
) -> BookAnswer:
    from threading import Event

    from tickmark.hosts.asking import answered
    from tickmark.hosts.run_folder import call_run_id
    from tickmark.llm.model import spent_on
    from tickmark.wiring import language_model

    def say(sentence: str) -> None:
        _say(sentence, quiet=quiet)

    show = (lambda prompt: _show(prompt, as_json=as_json)) if show_prompt else None
    stop = Event()
    try:
        opened = language_model(
            settings, key, stop=stop, say=say, show=show, run=call_run_id("ask")
        )
        with opened as model:
            return answered(asked, model, watch=lambda one: say(_look_up_line(one)), say=say)
    except (ModelError, BudgetExceeded) as error:
        spent = spent_on(error)
        if spent.usd:
            # Behind the sentence of the error, which is said last.
            error.add_note(f"The calls up to then cost {spent.usd:.4f} USD.")
        raise


def _say(sentence: str, *, quiet: bool) -> None:
    if not quiet:
        print(f"tickmark: {printable(sentence)}", file=sys.stderr, flush=True)


def _look_up_line(one: LookedUp) -> str:
    told = ", ".join(str(value) for value in one.call.arguments.values())
    line = f"Look-up {one.number}: {one.call.name} {told}"
    failed = "" if one.done else f" ({one.text.rstrip('.')})"
    return textwrap.shorten(f"{line}{failed}", LONGEST_LINE, placeholder="…")


def _show(prompt: Prompt, *, as_json: bool) -> None:
    """Print a prompt as it is sent, with its tools and what was looked up so far."""
    rule = "=" * 20
    parts = [f"{rule} system ({prompt.model}) {rule}", prompt.system]
    for tool in prompt.tools:
        parts += [f"{rule} tool {tool.name} {rule}", tool.description, json.dumps(tool.schema)]
    parts += [f"{rule} user {rule}", "\n\n".join(filter(None, (prompt.data, prompt.user)))]
    for turn in prompt.turns:
        parts.append(f"{rule} model {rule}")
        parts += [json.dumps(dict(block), ensure_ascii=False) for block in turn.said]
        parts.append(f"{rule} looked up {rule}")
        parts += [text for _, text in turn.results]
    text = "\n".join((*parts, f"{rule} end {rule}"))
    stream = sys.stderr if as_json else sys.stdout
    if stream.isatty():
        text = "\n".join(map(printable, text.split("\n")))
    if as_json:
        print(text, file=sys.stderr, flush=True)
    else:
        emit(text)


def _priced(
    asked: AskedBook,
    estimate: AskEstimate,
    settings: Settings,
    *,
    as_json: bool,
    show_prompt: bool,
) -> None:
    """The outcome of a dry run."""
    import secrets

    from tickmark.llm.fenced import fenced

    if show_prompt:
        _show(fenced(asked.prompt, secrets.token_bytes(32)), as_json=as_json)
    if as_json:
        record = {
            "schema_version": SCHEMA_VERSION,
            **_asked_record(asked),
            "max_cost": settings.max_cost,
            "estimate": estimate.record,
        }
        emit(json.dumps(record))
    else:
        emit(estimate.sentence(settings.model, settings.max_cost))


def _asked_record(asked: AskedBook) -> dict[str, object]:
    area = asked.area
    place = None if area is None else {"sheet": area.sheet, "range": area.a1}
    return {
        "workbook": asked.book.formulas.workbook.path,
        "range": place,
        "question": asked.request.question,
        "model": asked.request.model,
    }


def _record(asked: AskedBook, answer: BookAnswer, problems: Sequence[str]) -> dict[str, object]:
    from tickmark.report.records import usage_record

    return {
        "schema_version": SCHEMA_VERSION,
        **_asked_record(asked),
        "answer": answer.answer,
        "found": answer.found,
        "citations": [
            {
                "sheet": one.sheet,
                "range": one.range,
                "value": one.value,
                "quoted": one.quoted or None,
                "verdict": one.verdict.value,
                "reason": one.reason or None,
            }
            for one in answer.citations
        ],
        "look_ups": [
            {
                "tool": one.looked_up.call.name,
                "arguments": dict(one.looked_up.call.arguments),
                "done": one.looked_up.done,
                "cells": one.cells,
            }
            for one in answer.look_ups
        ],
        "notes": list(answer.notes),
        "usage": usage_record(answer.usage),
        "problems": list(problems),
        "complete": not problems,
    }


def _lines(answer: BookAnswer, model: str, width: int) -> list[str]:
    """The answer for a terminal: the text, the checked cells, what else to know, the cost."""
    lines: list[str] = []
    for paragraph in answer.answer.split("\n"):
        lines += textwrap.wrap(printable(paragraph), width) or [""]
    if answer.citations:
        lines += ["", *_cited(answer.citations, width)]
    if answer.notes:
        lines.append("")
    for note in answer.notes:
        lines += textwrap.wrap(note, width)
    usage = answer.usage
    calls = "1 call" if usage.calls == 1 else f"{usage.calls:,} calls"
    kept = f" and {usage.cached_calls:,} kept" if usage.cached_calls else ""
    looked = len(answer.look_ups)
    look_ups = "1 look-up" if looked == 1 else f"{looked:,} look-ups"
    cost = f"{calls}{kept} to {model}, {look_ups}, {usage.usd:.4f} USD."
    return [*lines, "", *textwrap.wrap(cost, width)]


def _cited(citations: Sequence[CheckedCitation], width: int) -> list[str]:
    """One line a citation: a tick or a cross, the cell, its value, what is wrong."""
    from tickmark.model.address import quote_sheet_name
    from tickmark.model.analysis import Verdict
    from tickmark.report.terminal_text import fitted, in_columns

    right, wrong = _marks()
    rows = []
    for one in citations:
        place = f"{quote_sheet_name(one.sheet)}!{one.range}" if one.sheet else one.range
        mark = right if one.verdict is Verdict.SUPPORTED else wrong
        value = fitted(one.text, LONGEST_VALUE)
        said = f"quoted as {one.quoted}: {one.reason}" if one.quoted else one.reason
        rows.append(
            [mark, printable(place), printable(value), printable(said if one.reason else "")]
        )
    return in_columns(rows, most=[1 if len(right) == 1 else 5, width // 2, width // 3], width=width)


def _marks() -> tuple[str, str]:
    """A tick and a cross, in words where stdout cannot show them."""
    try:
        "✓✗".encode(sys.stdout.encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return "right", "wrong"
    return "✓", "✗"
