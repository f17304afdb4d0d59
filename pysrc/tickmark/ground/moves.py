"""Where cited cells stand now, after the range that an answer is about was found elsewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from tickmark.model.address import MAX_COLUMN, MAX_ROW, RangeRef, quote_sheet_name
from tickmark.structure.fingerprints import Spelling

Follows = tuple[bool, bool]
"""Whether the rows and the columns of a reference move when its formula is copied."""


@dataclass(frozen=True, slots=True)
class Move:
    """A range when it was asked about and the same content now.

    `how` is the way in which its cells came there, and so tells what became of the cells outside
    that they refer to.
    """

    origin: RangeRef
    now: RangeRef
    how: Spelling = Spelling.TOGETHER

    @property
    def stays(self) -> bool:
        """Whether the range is where it was."""
        return self.origin == self.now

    def area(self, area: RangeRef, follows: Follows = (False, False)) -> RangeRef | None:
        """Where an area is now; None where it left the sheet."""
        own = area.sheet.casefold() == self.origin.sheet.casefold()
        if own:
            area = replace(area, sheet=self.now.sheet)
        rows, columns = self._distance(area, follows, own=own)
        moved = RangeRef(
            area.sheet,
            area.top + rows,
            area.left + columns,
            area.bottom + rows,
            area.right + columns,
        )
        inside = moved.top >= 1 and moved.left >= 1
        return moved if inside and moved.bottom <= MAX_ROW and moved.right <= MAX_COLUMN else None

    def text(self, text: str) -> str:
        """A sentence of a rule with its addresses moved; dollar signs tell which are fixed."""
        return text if self.stays else _ADDRESS.sub(self._written, text)

    def names_cells(self, text: str) -> bool:
        """Whether a text names cells of the range by addresses that are not true any more."""
        if self.stays:
            return False
        areas = (RangeRef.parse(match["first"]) for match in _ADDRESS.finditer(text))
        return any(self.origin.contains(area.top, area.left) for area in areas)

    def _distance(self, area: RangeRef, follows: Follows, *, own: bool) -> tuple[int, int]:
        rows, columns = self.now.top - self.origin.top, self.now.left - self.origin.left
        inside = self.origin.contains(area.top, area.left) and self.origin.contains(
            area.bottom, area.right
        )
        if own and (inside or self.how is Spelling.TOGETHER):
            return rows, columns
        if self.how is Spelling.COPIED:
            return rows * follows[0], columns * follows[1]
        return 0, 0

    def _written(self, match: re.Match[str]) -> str:
        corners = (match["first"], match["last"] or match["first"])
        area = RangeRef.parse(":".join(corners), sheet=self.origin.sheet)
        prefix = match["sheet"] or ""
        if prefix:
            name = RangeRef.parse(f"{prefix}!A1").sheet
            area = replace(area, sheet=name)
        follows = (
            _PLAIN_ROW.search(corners[0]) is not None,
            not corners[0].startswith("$"),
        )
        moved = self.area(area, follows)
        if moved is None:
            return "#REF!"
        sheet = f"{quote_sheet_name(moved.sheet)}!" if prefix else ""
        first, _, last = moved.a1.partition(":")
        if match["last"]:
            return f"{sheet}{_dollars(first, corners[0])}:{_dollars(last or first, corners[1])}"
        return sheet + _dollars(first, corners[0])


def move_of(
    origin: RangeRef, asked: Mapping[str, str], now: RangeRef, found: Mapping[Spelling, str]
) -> Move:
    """The move from the content addresses of a range when it was asked about and now."""
    for how in (Spelling.TOGETHER, Spelling.BESIDE, Spelling.COPIED):
        if asked.get(how.value) == found[how]:
            return Move(origin, now, how)
    return Move(origin, now, Spelling.BESIDE)


_ADDRESS = re.compile(
    r"(?<![\w.$!:'])(?:(?P<sheet>'(?:[^']|'')+'|\w[\w.]*)!)?"
    r"(?P<first>\$?[A-Z]{1,3}\$?[1-9]\d{0,6})(?::(?P<last>\$?[A-Z]{1,3}\$?[1-9]\d{0,6}))?"
    r"(?![\w(!]|:[\w$]|\.\w)"
)
_PLAIN_ROW = re.compile(r"[A-Z]\d")


def _dollars(address: str, pattern: str) -> str:
    """An address with dollar signs where another has them."""
    letters = address.rstrip("0123456789")
    digits = address[len(letters) :]
    row = "" if _PLAIN_ROW.search(pattern) else "$"
    return f"{'$' if pattern.startswith('$') else ''}{letters}{row}{digits}"
