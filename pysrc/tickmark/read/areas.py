"""The ranges that details of a sheet cover, such as `A1:C9 E5 G:G`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tickmark.errors import AddressError
from tickmark.model.address import MAX_COLUMN, MAX_ROW, RangeRef, column_number
from tickmark.read.addresses import range_or_none
from tickmark.read.limits import allows_more

_COLUMNS = re.compile(r"\$?([A-Za-z]{1,3}):\$?([A-Za-z]{1,3})")
_ROWS = re.compile(r"\$?([1-9][0-9]{0,6}):\$?([1-9][0-9]{0,6})")


@dataclass(slots=True, eq=False)
class Areas:
    """Reads the ranges of one kind of detail and counts them: `most`, named or not, are read.

    `details` is the plural of the kind in sentences.
    """

    sheet: str
    most: int
    details: str
    seen: int = 0
    bad: int = 0
    left_out: int = 0

    def of(self, text: str | None) -> tuple[RangeRef, ...]:
        """The ranges in a text, separated by blanks; those that are none are counted."""
        room = self.most - self.seen
        pieces = (text or "").split(None, room)
        if len(pieces) > room:
            self.left_out += pieces.pop().rstrip().count(" ") + 1
        found = tuple(
            area for piece in pieces if (area := area_or_none(piece, self.sheet)) is not None
        )
        self.seen += len(pieces)
        self.bad += len(pieces) - len(found) + (not text or text.isspace())
        return found

    def one(self, text: str | None) -> RangeRef | None:
        """The one range in a text; None where there is none or no room for it."""
        if not self.room_for(1):
            self.left_out += 1
            return None
        area = area_or_none((text or "").strip(), self.sheet)
        self.bad += area is None
        return area

    def room_for(self, count: int) -> bool:
        """Whether so many ranges more may be kept; then they are counted."""
        if self.seen + count > self.most:
            return False
        self.seen += count
        return True

    def problems(self) -> tuple[str, ...]:
        """Sentences about ranges that were not read."""
        told: list[str] = []
        if self.left_out:
            told.append(
                f"Ranges of {self.details} left out: {self.left_out:,}; the limit is "
                f"{self.most:,}, {allows_more('ranges')}."
            )
        if self.bad:
            told.append(
                f"Ranges of {self.details} skipped because they name no range: {self.bad:,}."
            )
        return tuple(told)


def area_or_none(text: str, sheet: str) -> RangeRef | None:
    """A range on a sheet, whole rows and columns too; None where the text is none."""
    if "!" in text:
        return None  # a range of another sheet, which nothing here can cover
    area = range_or_none(text, sheet)
    if area is not None:
        return area
    if (columns := _COLUMNS.fullmatch(text)) is not None:
        try:
            left, right = sorted((column_number(columns[1]), column_number(columns[2])))
        except AddressError:
            return None
        return RangeRef(sheet, 1, left, MAX_ROW, right)
    if (rows := _ROWS.fullmatch(text)) is not None:
        top, bottom = sorted((int(rows[1]), int(rows[2])))
        return RangeRef(sheet, top, 1, bottom, MAX_COLUMN) if bottom <= MAX_ROW else None
    return None
