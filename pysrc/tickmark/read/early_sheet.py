"""A sheet that is read before its turn, in this process or in a child.

Whether it may be read at all shows only in its turn: what it is worth then, the workbook's reader
decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path
from typing import Final, cast

import numpy as np
import numpy.typing as npt

from tickmark.errors import WorkbookRefused
from tickmark.model.workbook import Sheet
from tickmark.read.book_part import SheetEntry
from tickmark.read.limits import Limits
from tickmark.read.package import Package, PartUnreadable
from tickmark.read.sheet_part import BookFacts, read_sheet

HOME: Final = str(Path(__file__).parent)
"""Where this package lies: a child that finds another one there must not answer."""

_SHORTEST_CELL: Final = len("<c/>")


@dataclass(frozen=True, slots=True)
class SheetPlace:
    """A worksheet to read: its position in the workbook, its part, the bytes declared for it."""

    number: int
    part: str
    entry: SheetEntry
    size: int


@dataclass(frozen=True, slots=True)
class Workplace:
    """What a child has to know before it reads sheets; the package of `size` bytes follows.

    Of the shared strings the facts have the number only, see `counted`.
    """

    home: str
    path: str
    size: int
    inflated: int
    sheets: int
    limits: Limits
    facts: BookFacts


@dataclass(frozen=True, slots=True)
class EarlySheet:
    """A sheet as it is read with nothing before it, or the clause that says why it cannot be.

    `inflated` counts the bytes unpacked for it.
    """

    sheet: Sheet | None
    why: str = ""
    inflated: int = 0

    def holds(self, most: int, limits: Limits) -> bool:
        """Whether reading it with room for `most` cells would give the same."""
        return most >= limits.sheet_cells or self.inflated // _SHORTEST_CELL <= most


def read_early(package: Package, place: SheetPlace, facts: BookFacts) -> EarlySheet | None:
    """A sheet before its turn; None where the workbook is to be refused, which is told in turn."""
    before = package.inflated
    most = package.limits.sheet_cells
    try:
        sheet = read_sheet(package, place.part, place.entry, facts, most=most)
    except PartUnreadable as error:
        return EarlySheet(None, str(error), package.inflated - before)
    except WorkbookRefused:
        return None
    return EarlySheet(sheet, "", package.inflated - before)


def counted(facts: BookFacts) -> BookFacts:
    """The facts for a child: each shared string is its own index, an `int`, and costs nothing."""
    return replace(facts, strings=cast("Sequence[str]", range(len(facts.strings))))


def indexed(early: EarlySheet) -> tuple[EarlySheet, npt.NDArray[np.int64]]:
    """The sheet without the shared strings that it uses, and their indexes; facts were `counted`.

    They stand in front of its own texts.
    """
    if early.sheet is None:
        return early, np.zeros(0, np.int64)
    texts = early.sheet.cells.texts
    shared = list(takewhile(lambda text: isinstance(text, int), texts))
    return _with_texts(early, early.sheet, texts[len(shared) :]), np.array(shared, np.int64)


def spelt(early: EarlySheet, shared: npt.NDArray[np.int64], strings: Sequence[str]) -> EarlySheet:
    """The sheet with its shared strings; the reverse of `indexed`."""
    if early.sheet is None:
        return early
    texts = (*map(strings.__getitem__, shared.tolist()), *early.sheet.cells.texts)
    return _with_texts(early, early.sheet, texts)


def _with_texts(early: EarlySheet, sheet: Sheet, texts: Sequence[str]) -> EarlySheet:
    return replace(early, sheet=replace(sheet, cells=replace(sheet.cells, texts=texts)))
