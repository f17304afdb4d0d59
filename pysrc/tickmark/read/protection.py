"""What of a sheet is locked, and which of its ranges are excepted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tickmark.model.address import RangeRef
from tickmark.model.sheet_details import ProtectedRange, SheetProtection
from tickmark.read.areas import Areas
from tickmark.read.element import Element
from tickmark.read.markup import Attributes, true
from tickmark.read.text_budget import TextBudget

_LOCKED = {
    "objects": "0",
    "scenarios": "0",
    "formatCells": "1",
    "formatColumns": "1",
    "formatRows": "1",
    "insertColumns": "1",
    "insertRows": "1",
    "insertHyperlinks": "1",
    "deleteColumns": "1",
    "deleteRows": "1",
    "selectLockedCells": "0",
    "sort": "1",
    "autoFilter": "1",
    "pivotTables": "1",
    "selectUnlockedCells": "0",
}
"""Each action and whether it is locked where the file does not say (ISO 29500-1, 18.3.1.85)."""

_PASSWORDS = ("password", "hashValue")


@dataclass(slots=True, eq=False)
class Protection:
    """The protection of a sheet; `open` is the excepted range that is open."""

    areas: Areas
    texts: TextBudget
    sheet: SheetProtection | None = None
    excepted: list[ProtectedRange] = field(default_factory=list)
    open: Attributes = field(default_factory=dict)
    ranges: tuple[RangeRef, ...] | None = None

    def elements(self) -> dict[str, Element]:
        """The elements of the sheet part that are looked at."""
        excepted = Element(start=self._start, end=self._end)
        return {
            "sheetProtection": Element(start=self._protection),
            "protectedRanges": Element(children={"protectedRange": excepted}),
        }

    def extensions(self) -> dict[str, Element]:
        """The elements of the extension list that are looked at."""
        sqref = Element(text=self._sqref)
        excepted = Element(start=self._start, end=self._end, children={"xm:sqref": sqref})
        return {"x14:protectedRanges": Element(children={"x14:protectedRange": excepted})}

    def _protection(self, attributes: Attributes) -> None:
        if true(attributes.get("sheet")):
            password = any(attributes.get(name) for name in _PASSWORDS)
            self.sheet = SheetProtection(password, tuple(_allowed(attributes)))

    def _start(self, attributes: Attributes) -> None:
        self.open = attributes
        self.ranges = None

    def _sqref(self, text: str) -> None:
        self.ranges = self.areas.of(text)

    def _end(self) -> None:
        get = self.open.get
        ranges = self.areas.of(get("sqref")) if self.ranges is None else self.ranges
        if ranges:
            password = any(get(name) for name in _PASSWORDS)
            self.excepted.append(ProtectedRange(self.texts.text(get("name")), ranges, password))


def _allowed(attributes: Attributes) -> Iterator[str]:
    for action, locked in _LOCKED.items():
        if not true(attributes.get(action, locked)):
            yield action
