"""Data validations of a sheet part, and those of its extension list."""

from __future__ import annotations

from dataclasses import dataclass, field

from tickmark.model.address import RangeRef
from tickmark.model.cell_rules import DataValidation
from tickmark.read.areas import Areas
from tickmark.read.element import Element
from tickmark.read.markup import Attributes, true
from tickmark.read.text_budget import TextBudget

_COMPARING = frozenset({"whole", "decimal", "date", "time", "textLength"})


@dataclass(slots=True, eq=False)
class DataValidations:
    """The data validations found so far, and the one that is open.

    `silent` says that the prompts of the list that is open are switched off.
    """

    areas: Areas
    texts: TextBudget
    found: list[DataValidation] = field(default_factory=list)
    silent: bool = False
    open: Attributes = field(default_factory=dict)
    first: str = ""
    second: str = ""
    ranges: tuple[RangeRef, ...] | None = None

    def elements(self) -> dict[str, Element]:
        """The elements of the sheet part that are looked at."""
        children = {
            "formula1": Element(text=self._first),
            "formula2": Element(text=self._second),
            "x12ac:list": Element(text=self._list),
        }
        validation = Element(start=self._start, end=self._end, children=children)
        return {
            "dataValidations": Element(
                start=self._start_list, children={"dataValidation": validation}
            )
        }

    def extensions(self) -> dict[str, Element]:
        """The elements of the extension list that are looked at."""
        written_out = {"x12ac:list": Element(text=self._list)}
        children = {
            "x14:formula1": Element(children={"xm:f": Element(text=self._first), **written_out}),
            "x14:formula2": Element(children={"xm:f": Element(text=self._second)}),
            "xm:sqref": Element(text=self._sqref),
        }
        validation = Element(start=self._start, end=self._end, children=children)
        return {
            "x14:dataValidations": Element(
                start=self._start_list, children={"x14:dataValidation": validation}
            )
        }

    def _start_list(self, attributes: Attributes) -> None:
        self.silent = true(attributes.get("disablePrompts"))

    def _start(self, attributes: Attributes) -> None:
        self.open = attributes
        self.first = self.second = ""
        self.ranges = None

    def _sqref(self, text: str) -> None:
        self.ranges = self.areas.of(text)

    def _first(self, text: str) -> None:
        self.first = self.texts.formula(text)

    def _second(self, text: str) -> None:
        self.second = self.texts.formula(text)

    def _list(self, text: str) -> None:
        """A list written out whose entries hold commas: told as the formula of its text."""
        doubled = text.replace('"', '""')
        self.first = self.texts.formula(f'"{doubled}"')

    def _end(self) -> None:
        get = self.open.get
        ranges = self.areas.of(get("sqref")) if self.ranges is None else self.ranges
        if not ranges:
            return
        text = self.texts.text
        kind = text(get("type")) or "none"
        two = (self.first, self.second)
        self.found.append(
            DataValidation(
                ranges=ranges,
                kind=kind,
                operator=text(get("operator", "between")) if kind in _COMPARING else "",
                formulas=two if self.second else two[:1] if self.first else (),
                allows_blank=true(get("allowBlank")),
                error_style=text(get("errorStyle")) or "stop",
                shows_error=true(get("showErrorMessage")),
                error_title=text(get("errorTitle")),
                error=text(get("error")),
                shows_prompt=true(get("showInputMessage")) and not self.silent,
                prompt_title=text(get("promptTitle")),
                prompt=text(get("prompt")),
            )
        )
