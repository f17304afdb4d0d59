"""The workbook behind an open one: a saved copy of it, read like every other file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tickmark.errors import PasswordNeeded, TickmarkError, WorkbookRefused
from tickmark.model.workbook import Workbook
from tickmark.read.limits import SUPPORTED
from tickmark.read.own_sheets import without_own_sheets
from tickmark.read.workbook import read_workbook

if TYPE_CHECKING:
    from xlwings import Book

SAVE_COPY_MACRO: Final = "Tickmark.xlam!TickmarkSaveCopy"
"""Our VBA that saves a copy, where Excel offers that to VBA only."""

_COPY: Final = "workbook"


def read_live(
    book: Book, folder: Path, read: Callable[[Path], Workbook] = read_workbook
) -> Workbook:
    """Read an open workbook, unsaved changes included, without the sheets that we wrote into it.

    A copy goes into `folder`, which has to be private and is the caller's to delete; the open
    workbook keeps its path and its saved state. `path` of the result is where it is or would be.
    Raises WorkbookRefused where no copy can be made or read.
    """
    copy = folder / f"{_COPY}.{_extension(book.name)}"
    _save_copy(book, copy)
    if not copy.is_file():
        raise WorkbookRefused(
            f"{book.name} cannot be copied; save it once, then press the button again."
        )
    try:
        workbook = read(copy)
    except PasswordNeeded:
        raise PasswordNeeded(
            f"{book.name} is encrypted, and so is every copy of it; run `tickmark analyze "
            "--password -` over the file, or take the password off."
        ) from None
    except TickmarkError as error:
        raise WorkbookRefused(str(error).replace(str(copy), book.name)) from None
    return without_own_sheets(replace(workbook, path=book.fullname))


def _extension(name: str) -> str:
    """The extension of a book's name where it is one that can be read; a new book is .xlsx."""
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    return extension if extension in SUPPORTED else "xlsx"


def _save_copy(book: Book, copy: Path) -> None:
    """Save a copy through what the engine has for it; none of it is public in xlwings."""
    save: Callable[[str], object] | None = getattr(book.api, "SaveCopyAs", None)
    if callable(save):  # Windows: COM
        save(str(copy))
        return
    own: Callable[[str], object] | None = getattr(book.impl, "save_copy", None)
    if callable(own):
        own(str(copy))
        return
    book.app.macro(SAVE_COPY_MACRO)(book.name, str(copy))
