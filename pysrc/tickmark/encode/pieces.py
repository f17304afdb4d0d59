"""The text of one claim: an address, a colon, and what stands there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from tickmark.encode.claims import ClaimKind
from tickmark.encode.detail import Detail
from tickmark.encode.values import (
    NOT_CALCULATED,
    counted,
    formula_value,
    number_value,
    text_value,
)
from tickmark.model.address import RangeRef
from tickmark.model.grid import CellKind
from tickmark.model.workbook import Workbook
from tickmark.structure.dates import date_text
from tickmark.structure.formulas import NO_TEMPLATE, SheetFormulas, Template

LONGEST_FORMULA = 600
SAMPLES = 5
SAMPLE_TEXT = 40

Positions = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Writer:
    """Writes claims of one sheet; `merged` maps the first cell of a merge to the last's address."""

    workbook: Workbook
    formulas: SheetFormulas
    hidden: npt.NDArray[np.bool_]
    detail: Detail
    merged: Mapping[tuple[int, int], str] = field(default_factory=dict)

    def piece(self, area: RangeRef, kind: int) -> str:
        """`C5: 120`, `D5: =C5*2 -> 240`, `D6:D40: =C6*2 (copied down) -> …` or a summary."""
        cells = self.formulas.sheet.cells
        inside = cells.within(area)
        inside = inside[~self.hidden[inside]]
        if kind == ClaimKind.CELL:
            last = self.merged.get((area.top, area.left))
            merged = f" (merged to {last})" if last else ""
            return f"{area.a1}{merged}: {self._cell(int(inside[0]))}"
        if kind == ClaimKind.VALUE:
            return f"{area.a1}: -> {self.value(int(inside[0]), self.detail.text)}"
        if kind == ClaimKind.SUMMARY:
            return f"{area.a1}: {self._summary(inside)}"
        template = self.formulas.templates[int(self.formulas.template_of[inside[0]])]
        text = formula_value(
            "=" + template.text_at(area.top, area.left), min(LONGEST_FORMULA, self.detail.text * 4)
        )
        return f"{area.a1}: {text} ({_spread(template, area)}) -> {self._values(inside)}"

    def value(self, position: int, longest: int) -> str:
        """The value at a position of the sheet's arrays."""
        cells = self.formulas.sheet.cells
        raw = float(cells.values[position])
        match CellKind(int(cells.kinds[position])):
            case CellKind.NUMBER:
                return number_value(raw)
            case CellKind.TEXT:
                return text_value(cells.texts[int(raw)], longest)
            case CellKind.ERROR:
                return cells.texts[int(raw)]
            case CellKind.BOOL:
                return "TRUE" if raw else "FALSE"
            case CellKind.DATE:
                style = self.workbook.styles[int(cells.styles[position])]
                return date_text(
                    raw, date1904=self.workbook.date1904, number_format=style.number_format
                )
            case CellKind.EMPTY:
                return NOT_CALCULATED

    def _cell(self, position: int) -> str:
        cells = self.formulas.sheet.cells
        template = int(self.formulas.template_of[position])
        value = self.value(position, self.detail.text)
        if template == NO_TEMPLATE:
            return value
        text = self.formulas.templates[template].text_at(
            int(cells.rows[position]), int(cells.columns[position])
        )
        return f"{formula_value('=' + text, LONGEST_FORMULA)} -> {value}"

    def _values(self, positions: Positions) -> str:
        """The values of copies by rows, or a summary of many."""
        if len(positions) > self.detail.values:
            return self._summary(positions)
        return "; ".join(self.value(at, SAMPLE_TEXT) for at in positions.tolist())

    def _summary(self, positions: Positions) -> str:
        cells = self.formulas.sheet.cells
        templates = self.formulas.template_of[positions]
        parts = []
        if templates[0] != NO_TEMPLATE and len(np.unique(templates)) > 1:
            first = self.formulas.templates[int(templates[0])]
            at = positions[0]
            text = "=" + first.text_at(int(cells.rows[at]), int(cells.columns[at]))
            parts.append(
                f"{counted(len(positions), 'formula')}, {len(np.unique(templates))} different, "
                f"first {formula_value(text, self.detail.text)}"
            )
        kinds = cells.kinds[positions]
        for kind, tell in self._kinds():
            chosen = positions[kinds == kind]
            if len(chosen):
                parts.append(tell(chosen))
        return ", ".join(parts)

    def _kinds(self) -> tuple[tuple[CellKind, Callable[[Positions], str]], ...]:
        return (
            (CellKind.NUMBER, self._ordered("number")),
            (CellKind.DATE, self._ordered("date")),
            (CellKind.TEXT, self._texts),
            (CellKind.BOOL, self._truths),
            (CellKind.ERROR, self._errors),
            (CellKind.EMPTY, lambda chosen: f"{len(chosen)} not calculated"),
        )

    def _ordered(self, noun: str) -> Callable[[Positions], str]:
        def tell(chosen: Positions) -> str:
            values = self.formulas.sheet.cells.values[chosen]
            told = {
                "first": chosen[0],
                "last": chosen[-1],
                "min": chosen[np.argmin(values)],
                "max": chosen[np.argmax(values)],
            }
            return f"{counted(len(chosen), noun)}, " + ", ".join(
                f"{word} {self.value(int(at), SAMPLE_TEXT)}" for word, at in told.items()
            )

        return tell

    def _texts(self, chosen: Positions) -> str:
        cells = self.formulas.sheet.cells
        numbers, firsts = np.unique(cells.values[chosen], return_index=True)
        shown = [
            text_value(cells.texts[int(cells.values[chosen[at]])], SAMPLE_TEXT)
            for at in sorted(firsts.tolist())[:SAMPLES]
        ]
        more = "; …" if len(numbers) > SAMPLES else ""
        return (
            f"{counted(len(chosen), 'text')}, {len(numbers)} different: " + "; ".join(shown) + more
        )

    def _truths(self, chosen: Positions) -> str:
        true = int(np.count_nonzero(self.formulas.sheet.cells.values[chosen]))
        return f"{counted(len(chosen), 'truth value')}, {true} TRUE"

    def _errors(self, chosen: Positions) -> str:
        cells = self.formulas.sheet.cells
        found = {cells.texts[int(number)] for number in np.unique(cells.values[chosen])}
        return f"{counted(len(chosen), 'error')}: {'; '.join(sorted(found))}"


def _spread(template: Template, area: RangeRef) -> str:
    """How one formula fills an area."""
    if template.fills is not None:
        return "array" if template.computed else "data table"
    if area.left == area.right:
        return "copied down"
    return "copied right" if area.top == area.bottom else "copied down and right"
