"""Which open workbook a button was pressed in, and how another process finds it again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tickmark.errors import InputError

if TYPE_CHECKING:
    from xlwings import App, Book


@dataclass(frozen=True, slots=True)
class BookPlace:
    """An open workbook: the process that has it open, its names, its active sheet and selection.

    All of it is data from strangers; it travels in files, never in a command line. `selection`
    is an address such as `$A$1:$C$9`, "" where no cells are selected.
    """

    pid: int
    name: str
    fullname: str
    sheet: str = ""
    selection: str = ""

    @property
    def key(self) -> str:
        """A name for files about this workbook; a workbook never saved counts once a process."""
        saved = any(separator in self.fullname for separator in "/\\")
        text = self.fullname if saved else f"{self.pid} {self.fullname}"
        return hashlib.sha256(text.casefold().encode("utf-8", "surrogatepass")).hexdigest()[:16]


def calling_book(arguments: Sequence[str]) -> Book:
    """The workbook in which RunPython was called, told by its arguments `--hwnd=` and `--wb=`.

    Excel waits meanwhile, so the active workbook is the one; a name only helps where an engine
    knows no active one, and one that was garbled on its way does no harm. Raises InputError.
    """
    app = _calling_app(_argument(arguments, "--hwnd="))
    name = _argument(arguments, "--wb=").casefold()
    books = list(app.books)
    named = [book for book in books if name and name in {book.name.casefold(), _full(book)}]
    if len(named) == 1:
        return named[0]
    if not books:
        raise InputError("No workbook is open; open one and press the button again.")
    return app.books.active


def find_book(place: BookPlace) -> Book:
    """The same workbook from another process. Raises InputError where it was closed."""
    import xlwings  # noqa: PLC0415 - slow to load, and only where Excel is met

    for app in xlwings.apps:
        if app.pid == place.pid:
            for book in app.books:
                if book.name == place.name:
                    return book
    message = f"{place.name} is not open any more; open it and press the button again."
    raise InputError(message)


def place_of(book: Book) -> BookPlace:
    """Where a workbook is open, with its active sheet and selection."""
    selection = book.app.selection
    here = selection is not None and selection.sheet.book.name == book.name
    return BookPlace(
        pid=book.app.pid,
        name=book.name,
        fullname=book.fullname,
        sheet=selection.sheet.name if selection is not None and here else book.sheets.active.name,
        selection=selection.address if selection is not None and here else "",
    )


def _calling_app(window: str) -> App:
    import xlwings  # noqa: PLC0415 - as above

    if window.isdigit() and int(window):
        for app in xlwings.apps:
            if app.hwnd == int(window):
                return app
    active = xlwings.apps.active
    if active is None:
        raise InputError("Excel is not running; open a workbook and press the button again.")
    return active


def _argument(arguments: Sequence[str], start: str) -> str:
    found = [text[len(start) :].strip() for text in arguments if text.startswith(start)]
    return found[-1] if found else ""


def _full(book: Book) -> str:
    return str(book.fullname).casefold()
