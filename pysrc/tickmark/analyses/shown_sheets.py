"""The sheets of a workbook with those cells alone that a model may be told of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.audit.instructions.instruction import instruction
from tickmark.audit.instructions.untold import UNTOLD
from tickmark.audit.rule import Facts
from tickmark.model.address import RangeRef
from tickmark.model.finding import Finding
from tickmark.model.grid import CellKind, Cells
from tickmark.model.workbook import Sheet, SheetState
from tickmark.structure.concealment import concealments
from tickmark.structure.labels import Labels

Mask = npt.NDArray[np.bool_]

LEAST_SECRET: Final = 12
"""Letters from which on a text that is kept back may stand nowhere inside another text."""

_QUOTED: Final = re.compile(r'"([^"\n]*)"')


@dataclass(frozen=True, eq=False)
class ShownSheets:
    """What a model may be told of a workbook's cells.

    Kept back is what a reader cannot see (hidden rows, columns and sheets, letters in the colour of
    the background) and what holds a text that gives orders, by the findings of the rules on that.
    """

    facts: Facts
    findings: Iterable[Finding] = field(repr=False)

    def number(self, name: str) -> int | None:
        """The place of a sheet in the workbook; of two with one name the first."""
        return self._numbers.get(name.casefold())

    def is_hidden(self, name: str) -> bool:
        """Whether a sheet is hidden or not there."""
        number = self.number(name)
        if number is None:
            return True
        return self.facts.workbook.sheets[number].state is not SheetState.VISIBLE

    def sheet(self, number: int) -> Sheet:
        """A sheet without the cells that are kept back."""
        if number not in self._sheets:
            sheet = self.facts.workbook.sheets[number]
            kept = np.flatnonzero(~self.kept_back(number))
            self._sheets[number] = replace(sheet, cells=sheet.cells.chosen(kept))
        return self._sheets[number]

    def labels(self, number: int) -> Labels:
        """The labels of a sheet; no cell that is kept back is one."""
        if number not in self._labels:
            date1904 = self.facts.workbook.date1904
            self._labels[number] = Labels(self.sheet(number), date1904=date1904)
        return self._labels[number]

    def label(self, number: int, area: RangeRef) -> str:
        """What an area is called, "" where nothing tells; a text that gives orders is no label."""
        parts = self.labels(number).parts(area)
        return ", ".join(one for one in parts if one and instruction(one, concealed=True) is None)

    def kept_back(self, number: int) -> Mask:
        """For each cell of a sheet, whether it is kept back."""
        if number not in self._masks:
            workbook = self.facts.workbook
            sheet = workbook.sheets[number]
            mask = concealments(workbook, sheet) > 0
            for area in self._accused.get(sheet.name, ()):
                mask[sheet.cells.within(area)] = True
            self._masks[number] = mask
        return self._masks[number]

    def holds_back(self, area: RangeRef, *, whole: bool = False) -> bool:
        """Whether a cell of an area is kept back, or with `whole` all that are filled."""
        number = self.number(area.sheet)
        if number is None:
            return False
        sheet = self.facts.workbook.sheets[number]
        if sheet.state is not SheetState.VISIBLE:
            return True
        inside = self.kept_back(number)[sheet.cells.within(area)]
        return bool(len(inside)) and bool(np.all(inside) if whole else np.any(inside))

    def betrays(self, text: str) -> bool:
        """Whether a text names a hidden sheet or holds a text of a cell that is kept back.

        A short text counts only where it stands in quotes or is a part of a list with commas.
        """
        folded = text.casefold()
        if any(name in folded for name in self._hidden_names):
            return True
        quotes = {text, *text.split(", ")}
        quotes.update(match[1] for match in _QUOTED.finditer(text))
        if quotes & self._secrets:
            return True
        heads = self._heads
        return bool(heads) and any(
            text[at : at + LEAST_SECRET] in heads for at in range(len(text) - LEAST_SECRET + 1)
        )

    @cached_property
    def _numbers(self) -> Mapping[str, int]:
        sheets = self.facts.workbook.sheets
        return {sheets[at].name.casefold(): at for at in reversed(range(len(sheets)))}

    @cached_property
    def _accused(self) -> Mapping[str, list[RangeRef]]:
        found: dict[str, list[RangeRef]] = {}
        for one in self.findings:
            if one.rule in UNTOLD and one.sheet:
                areas = [RangeRef.parse(text, sheet=one.sheet) for text in one.ranges]
                found.setdefault(one.sheet, []).extend(areas)
        return found

    @cached_property
    def _hidden_names(self) -> tuple[str, ...]:
        return tuple(
            f"{name}!".casefold()
            for sheet in self.facts.workbook.sheets
            if sheet.state is not SheetState.VISIBLE
            for name in (sheet.name, "'" + sheet.name.replace("'", "''") + "'")
        )

    @cached_property
    def _secrets(self) -> frozenset[str]:
        """The texts of cells that are kept back and stand in no other cell."""
        secret: set[str] = {""}
        sheets = self.facts.workbook.sheets
        for number, sheet in enumerate(sheets):
            secret.update(_texts(sheet.cells, self.kept_back(number)))
        secret.remove("")
        for number, sheet in enumerate(sheets if secret else ()):
            secret.difference_update(_texts(sheet.cells, ~self.kept_back(number)))
        return frozenset(secret)

    @cached_property
    def _heads(self) -> frozenset[str]:
        return frozenset(one[:LEAST_SECRET] for one in self._secrets if len(one) >= LEAST_SECRET)

    @cached_property
    def _masks(self) -> dict[int, Mask]:
        return {}

    @cached_property
    def _sheets(self) -> dict[int, Sheet]:
        return {}

    @cached_property
    def _labels(self) -> dict[int, Labels]:
        return {}


def _texts(cells: Cells, mask: Mask) -> Iterator[str]:
    numbers = cells.values[mask & (cells.kinds == CellKind.TEXT)]
    return (" ".join(cells.texts[at].split()) for at in np.unique(numbers).astype(int).tolist())
