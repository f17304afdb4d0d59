"""Warnings that are switched off on a sheet."""

from __future__ import annotations

from dataclasses import dataclass, field

from tickmark.model.address import RangeRef
from tickmark.model.cell_rules import IgnoredErrors
from tickmark.read.areas import Areas
from tickmark.read.element import Element
from tickmark.read.markup import Attributes, true

_KINDS = (
    "evalError",
    "twoDigitTextYear",
    "numberStoredAsText",
    "formula",
    "formulaRange",
    "unlockedFormula",
    "emptyCellReference",
    "listDataValidation",
    "calculatedColumn",
)


@dataclass(slots=True, eq=False)
class IgnoredErrorList:
    """The ignored errors found so far; `kinds` and `ranges` are those of the entry that is open."""

    areas: Areas
    found: list[IgnoredErrors] = field(default_factory=list)
    kinds: tuple[str, ...] = ()
    ranges: tuple[RangeRef, ...] = ()

    def elements(self) -> dict[str, Element]:
        """The elements of the sheet part that are looked at."""
        entry = Element(start=self._start, end=self._end)
        return {"ignoredErrors": Element(children={"ignoredError": entry})}

    def extensions(self) -> dict[str, Element]:
        """The elements of the extension list that are looked at."""
        sqref = Element(text=self._sqref)
        entry = Element(start=self._start_extension, end=self._end, children={"xm:sqref": sqref})
        return {"x14:ignoredErrors": Element(children={"x14:ignoredError": entry})}

    def _start(self, attributes: Attributes) -> None:
        self._start_extension(attributes)
        self._sqref(attributes.get("sqref", ""))

    def _start_extension(self, attributes: Attributes) -> None:
        self.kinds = tuple(kind for kind in _KINDS if true(attributes.get(kind)))
        self.ranges = ()

    def _sqref(self, text: str) -> None:
        self.ranges = self.areas.of(text)

    def _end(self) -> None:
        if self.ranges and self.kinds:
            self.found.append(IgnoredErrors(self.ranges, self.kinds))
