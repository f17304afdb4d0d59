"""An engine of xlwings without a spreadsheet program: names, selections, alerts, a status bar."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import xlwings


class FakeRange:
    """Cells that can be selected and nothing else."""

    def __init__(self, sheet: FakeSheet, address: str) -> None:
        self.sheet = sheet
        self.address = address

    def select(self) -> None:
        self.sheet.book.app.selection = self


@dataclass
class FakeSheet:
    """A sheet with a name."""

    book: FakeBook
    name: str
    visible: bool = True

    def range(self, arg1: str, arg2: object = None) -> FakeRange:
        del arg2
        return FakeRange(self, arg1)

    def activate(self) -> None:
        self.book.sheets.active = self


class FakeSheets(list[FakeSheet]):
    """The sheets of a book, one of them active."""

    active: FakeSheet

    def __call__(self, key: int | str) -> FakeSheet:
        if isinstance(key, int):
            return self[key - 1]
        return next(sheet for sheet in self if sheet.name == key)


class FakeBook:
    """A book; a copy of it is a copy of the file `content`."""

    def __init__(
        self, app: FakeApp, fullname: str, sheets: list[str], content: Path | None
    ) -> None:
        self.app = app
        self.fullname = fullname
        self.name = fullname.rpartition("/")[2]
        self.sheets = FakeSheets(FakeSheet(self, name) for name in sheets)
        self.sheets.active = self.sheets[0]
        self._content = content

    @property
    def api(self) -> Self:
        return self

    def activate(self) -> None:
        self.app.books.remove(self)
        self.app.books.insert(0, self)

    def SaveCopyAs(self, path: str) -> None:  # noqa: N802 - the name in Excel
        if self._content is not None:
            shutil.copyfile(self._content, path)


class FakeBooks(list[FakeBook]):
    """The open books, the first of them active."""

    @property
    def active(self) -> FakeBook:
        return self[0]

    def __call__(self, key: int | str) -> FakeBook:
        if isinstance(key, int):
            return self[key - 1]
        return next(book for book in self if book.name == key)


@dataclass
class FakeApp:
    """An Excel that writes down what it is told; `answer` is the button of every alert."""

    engine: FakeEngine
    pid: int = 4242
    hwnd: int = 77
    books: FakeBooks = field(default_factory=FakeBooks)
    selection: FakeRange | None = None
    alerts: list[str] = field(default_factory=list)
    status: list[str | bool] = field(default_factory=list)
    answer: str = "ok"
    broken: Callable[[], None] = lambda: None

    @property
    def status_bar(self) -> str | bool:
        return self.status[-1] if self.status else False

    @status_bar.setter
    def status_bar(self, value: str | bool) -> None:
        self.broken()
        self.status.append(value)

    def alert(self, prompt: str, *_rest: object) -> str:
        self.broken()
        self.alerts.append(prompt)
        return self.answer

    def activate(self, steal_focus: bool) -> None:
        del steal_focus

    def run(self, macro: str, args: tuple[Any, ...]) -> None:
        del args
        message = f"no macro {macro}"
        raise LookupError(message)

    def open(self, fullname: str, *sheets: str, content: Path | None = None) -> xlwings.Book:
        """Open a book with these sheets."""
        book = FakeBook(self, fullname, list(sheets or ("Sheet1",)), content)
        self.books.append(book)
        return xlwings.Book(impl=book)


class FakeApps(list[FakeApp]):
    """The running apps."""

    def keys(self) -> list[int]:
        return [app.pid for app in self]


class FakeEngine:
    """What xlwings takes for a spreadsheet program."""

    name = "fake"
    type = "desktop"

    def __init__(self) -> None:
        self.apps = FakeApps()


@contextmanager
def fake_excel() -> Iterator[FakeApp]:
    """One app, the only one that xlwings sees until the block ends."""
    impl = FakeEngine()
    app = FakeApp(impl)
    impl.apps.append(app)
    engine = xlwings.Engine(impl=impl)
    kept = xlwings.engines.active
    xlwings.engines.active = engine  # type: ignore[assignment]
    try:
        yield app
    finally:
        xlwings.engines.active = kept
