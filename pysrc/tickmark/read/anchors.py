"""Where drawn objects lie: from the corners in the file to the range of cells that they cover."""

from __future__ import annotations

from dataclasses import dataclass, field

from tickmark.model.address import MAX_COLUMN, MAX_ROW, RangeRef
from tickmark.read.markup import number


@dataclass(slots=True, eq=False)
class Anchor:
    """An anchor while it is read: 0-based rows and columns by corner, such as `("to", "row")`."""

    numbers: dict[tuple[str, str], int] = field(default_factory=dict)

    def note(self, corner: str, axis: str, text: str) -> None:
        """Note a number of a corner."""
        self.numbers[corner, axis] = number(text.strip(), -1)

    def range(self, sheet: str) -> RangeRef | None:
        """The cells covered, cut at the edges of the sheet; None for one without a first cell."""
        top = self.numbers.get(("from", "row"), -1) + 1
        left = self.numbers.get(("from", "col"), -1) + 1
        if not (1 <= top <= MAX_ROW and 1 <= left <= MAX_COLUMN):
            return None
        bottom = min(self.numbers.get(("to", "row"), -1) + 1, MAX_ROW)
        right = min(self.numbers.get(("to", "col"), -1) + 1, MAX_COLUMN)
        return RangeRef(sheet, top, left, max(top, bottom), max(left, right))
