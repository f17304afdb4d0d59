"""Edits: what is to be written into a workbook, as data; `write/` applies them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MARK: Final = "_Tickmark_Analysis"
"""Hidden defined name in every workbook that Tickmark wrote; such a one is not analysed again."""

SHEET_MARK: Final = "_Tickmark_Sheet"
"""Name on each sheet that Tickmark wrote into an open workbook; such sheets are passed over."""


class CellStyle(StrEnum):
    """The few looks that a written sheet knows."""

    PLAIN = "plain"
    TITLE = "title"
    HEADING = "heading"
    HEADER = "header"
    WRAPPED = "wrapped"
    MUTED = "muted"
    LINK = "link"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"
    GOOD = "good"


@dataclass(frozen=True, slots=True)
class WrittenCell:
    """One cell of a new sheet; text is always written as text, never as a formula.

    `link` is a place in the same workbook, such as `'P&L'!C5`; nothing else can be linked to.
    """

    value: str | float | int | bool | None
    style: CellStyle = CellStyle.PLAIN
    link: str = ""


@dataclass(frozen=True, slots=True)
class AddSheet:
    """A new sheet at the end of the workbook.

    `widths` are column widths in characters; `frozen_rows` stay visible while scrolling;
    `name` is a wish: the writer makes it legal and unique. `filter_range` is A1 or empty.
    """

    name: str
    rows: tuple[tuple[WrittenCell, ...], ...]
    widths: tuple[float, ...] = ()
    frozen_rows: int = 0
    filter_range: str = ""


Edit = AddSheet
