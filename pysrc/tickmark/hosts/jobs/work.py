"""One order from its file to its end: found, carried out, told, unlocked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from tickmark.errors import TickmarkError
from tickmark.hosts.buttons import BUTTONS
from tickmark.hosts.job_log import log, trace
from tickmark.hosts.jobs.analysis import (
    analyze_sheet,
    analyze_workbook,
    audit_sheet,
    audit_workbook,
)
from tickmark.hosts.jobs.answer import ask, explain
from tickmark.hosts.jobs.cost_label import leave_label
from tickmark.hosts.jobs.examination import examination
from tickmark.hosts.jobs.freezing import freeze
from tickmark.hosts.jobs.job import COST_MACRO, Job, status_bar
from tickmark.hosts.jobs.lock import job_lock
from tickmark.hosts.jobs.order import Order, take_order
from tickmark.hosts.jobs.pricing import price_sheet_and_workbook
from tickmark.hosts.jobs.removal import remove_results
from tickmark.hosts.jobs.reporting import open_report
from tickmark.hosts.open_book import find_book

Body = Callable[[Job], str]
"""Does a button's work and gives back the sentence for the log. Raises TickmarkError."""

BODIES: Final[Mapping[str, Body]] = {
    "analyze-sheet": analyze_sheet,
    "analyze-workbook": analyze_workbook,
    "explain": explain,
    "ask": ask,
    "audit-sheet": audit_sheet,
    "audit-workbook": audit_workbook,
    "freeze": freeze,
    "estimate": price_sheet_and_workbook,
    "report": open_report,
    "doctor": examination,
    "remove": remove_results,
}


def main(arguments: Sequence[str]) -> int:
    """Carry out the order with this tag and id; 0 where its work was done."""
    tag, order_id = (*arguments, "", "")[:2]
    if tag not in BODIES:
        return 2
    try:
        order = take_order(order_id)
    except TickmarkError as error:
        log(tag, str(error))
        return 2
    try:
        return int(not carry_out(order, BODIES[tag]))
    finally:
        job_lock(tag, order.place.key, order.id).release()


def carry_out(order: Order, body: Body) -> bool:
    """Do the work of an order; what goes wrong is told in one sentence, the rest is in the log."""
    job: Job | None = None
    sentence = detail = ""
    try:
        job = Job(order.tag, order.place, find_book(order.place))
        with status_bar(job):
            log(order.tag, body(job))
    except TickmarkError as error:
        sentence = str(error)
    except Exception as error:  # noqa: BLE001 - each engine has its errors, and all end here
        sentence = fault(order.tag, error)
        detail = trace(error)
    leave_label()
    if job is not None:
        _quietly(job, job.book.app.macro(COST_MACRO))
    if not sentence:
        return True
    log(order.tag, sentence, detail)
    if job is not None and not _quietly(job, lambda: job.tell(sentence)):
        log(order.tag, "The message could not be shown.")
    return False


def fault(tag: str, error: Exception) -> str:
    """The sentence for an error that nobody foresaw; nothing of its own text."""
    command = BUTTONS[tag].command
    return (
        f"{command} stopped: Excel or Tickmark met an unexpected {type(error).__name__}; the "
        "button Log has the details."
    )


def _quietly(job: Job, act: Callable[[], object]) -> bool:
    """Whether a thing that may fail without harm went well, such as a message to Excel."""
    try:
        act()
    except Exception as error:  # noqa: BLE001 - Excel may be gone, and each engine has its errors
        log(job.tag, f"Excel did not take a call ({type(error).__name__}).")
        return False
    return True
