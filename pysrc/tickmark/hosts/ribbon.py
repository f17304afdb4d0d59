"""Bodies of the ribbon's buttons: they check, act at once or start a job, and return."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from tickmark.errors import InputError, TickmarkError
from tickmark.hosts.buttons import BUTTONS, Button
from tickmark.hosts.job_log import log, log_file, trace
from tickmark.hosts.jobs.detached import Launch, job_command, launch
from tickmark.hosts.jobs.lock import job_lock
from tickmark.hosts.jobs.order import leave_order, new_order
from tickmark.hosts.jobs.walk import walk
from tickmark.hosts.open_book import BookPlace, calling_book, place_of
from tickmark.hosts.private_file import private_folder
from tickmark.settings import debugging, state_folder

if TYPE_CHECKING:
    from xlwings import Book

    from tickmark.hosts.functions.control import Control

TITLE: Final = "Tickmark"


def press(tag: str, arguments: Sequence[str] = (), *, start: Launch = launch) -> None:
    """Do what a button is for, in well under a second; what goes wrong is shown as a sentence.

    `arguments` are those that RunPython gave, as in sys.argv. Raises KeyError for a tag of no
    button, and TickmarkError only where there is no Excel to show it in.
    """
    button = BUTTONS[tag]
    book = calling_book(arguments or sys.argv[1:])
    try:
        place = place_of(book)
        sentence = begin(button, place, start) if button.detached else AT_ONCE[tag](book, place)
    except TickmarkError as error:
        sentence = str(error)
        log(tag, sentence)
    except Exception as error:
        if debugging():
            raise
        log(tag, f"{button.command} could not start.", trace(error))
        sentence = (
            f"{button.command} could not start (unexpected {type(error).__name__}); the button Log "
            "has the details."
        )
    if sentence:
        book.app.alert(sentence, TITLE, "ok", "info")


def begin(button: Button, place: BookPlace, start: Launch) -> str:
    """Start the job of a button, unless it runs already; a sentence where it was not started."""
    order = new_order(button.tag, place)
    lock = job_lock(button.tag, place.key, order.id)
    try:
        if not lock.acquire():
            return f"{button.command} is already running for {place.name}."
        leave_order(order)
        lock.hand_over(start(job_command(button.tag, order.id), private_folder(state_folder())))
    except OSError as error:
        lock.release()
        reason = error.strerror or type(error).__name__
        message = f"{button.command} could not be started: {reason} ({state_folder()})."
        raise InputError(message) from error
    return ""


def _next(book: Book, place: BookPlace) -> str:
    walk(book, place.key, 1)
    return ""


def _previous(book: Book, place: BookPlace) -> str:
    walk(book, place.key, -1)
    return ""


def _log(_book: Book, _place: BookPlace) -> str:
    from tickmark.hosts.opening import open_text  # noqa: PLC0415 - only for this button

    if not log_file().exists():
        log("log", "The log begins.")
    open_text(log_file())
    return ""


def _settings(_book: Book, _place: BookPlace) -> str:
    from tickmark.hosts.opening import open_text  # noqa: PLC0415 - only for this button
    from tickmark.hosts.settings_file import ensure_settings_file  # noqa: PLC0415 - likewise

    open_text(ensure_settings_file())
    return ""


def _help(_book: Book, _place: BookPlace) -> str:
    from tickmark.hosts.help_page import help_page  # noqa: PLC0415 - only for this button
    from tickmark.hosts.opening import open_page  # noqa: PLC0415 - likewise

    open_page(help_page())
    return ""


def _cost(_book: Book, _place: BookPlace) -> str:
    from tickmark.hosts.jobs.cost_label import cost_sentence, leave_label  # noqa: PLC0415 - likewise

    leave_label()
    return cost_sentence()


def _run(_book: Book, _place: BookPlace) -> str:
    _control().run_queued()
    return ""


def _pause(_book: Book, _place: BookPlace) -> str:
    control = _control()
    paused = not control.read().paused
    control.pause(paused=paused)
    if paused:
        return "Paused: worksheet functions ask nothing new until you press the button again."
    return "Worksheet functions go on asking."


def _refresh(book: Book, place: BookPlace) -> str:
    from tickmark.hosts.jobs import llm_cells  # noqa: PLC0415 - only for this button

    sheet = book.sheets[place.sheet]
    areas = llm_cells.used(sheet, place.selection) if place.selection else []
    cells = llm_cells.calls_in(sheet, areas)
    if not cells and sum(area.cells for area in areas) <= 1:
        areas = llm_cells.whole_sheet(sheet)
        cells = llm_cells.calls_in(sheet, areas)
    if not cells:
        return f"No LLM functions are here; select cells of {place.sheet} that hold some."
    question = (
        f"Ask the model anew for {cells:,} cell{'s' if cells > 1 else ''} with LLM functions? "
        "Their answers are sent and paid again."
    )
    if book.app.alert(question, TITLE, "yes_no", "info") == "yes":
        _control().refresh(book.fullname, areas)
    return ""


def _control() -> Control:
    from tickmark.hosts.functions.local_desk import control  # noqa: PLC0415 - for three buttons

    return control()


AT_ONCE: Final[Mapping[str, Callable[[Book, BookPlace], str]]] = {
    "run": _run,
    "pause": _pause,
    "refresh": _refresh,
    "cost": _cost,
    "next": _next,
    "previous": _previous,
    "log": _log,
    "settings": _settings,
    "help": _help,
}
