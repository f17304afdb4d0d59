"""A job under way: the open workbook it works on, and how it speaks to the user."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tickmark.hosts.job_log import log
from tickmark.hosts.open_book import BookPlace
from tickmark.hosts.run_folder import new_run_id

if TYPE_CHECKING:
    from xlwings import Book

TITLE: Final = "Tickmark"
LONGEST_SENTENCE: Final = 1_000
COST_MACRO: Final = "Tickmark.xlam!TickmarkCostChanged"
"""Our VBA that has the label of today's cost drawn anew."""


@dataclass(slots=True)
class Job:
    """One press of a button at work; `said` are sentences that belong on the result sheet."""

    tag: str
    place: BookPlace
    book: Book
    run_id: str = field(default_factory=lambda: new_run_id(dt.datetime.now(dt.UTC).astimezone()))
    said: list[str] = field(default_factory=list)

    def show(self, progress: str) -> None:
        """Put a line into the status bar."""
        with suppress(AttributeError, NotImplementedError):
            self.book.app.status_bar = f"{TITLE}: {progress}"

    def tell(self, sentence: str) -> None:
        """Show a message that waits for OK."""
        self.book.app.alert(sentence[:LONGEST_SENTENCE], TITLE, "ok", "info")

    def agrees(self, question: str) -> bool:
        """Ask a question that is answered with yes or no."""
        return self.book.app.alert(question[:LONGEST_SENTENCE], TITLE, "yes_no", "info") == "yes"

    def say(self, sentence: str) -> None:
        """Keep a sentence for the result sheet and the log."""
        self.said.append(sentence)
        log(self.tag, sentence)


@contextmanager
def status_bar(job: Job) -> Iterator[None]:
    """Give the status bar back as it was, whatever happens."""
    before: str | bool = False
    with suppress(AttributeError, NotImplementedError):
        before = job.book.app.status_bar
    if isinstance(before, str) and (not before or before.startswith(TITLE)):
        before = False
    try:
        yield
    finally:
        with suppress(AttributeError, NotImplementedError):
            job.book.app.status_bar = before
