"""The formulas of a sheet: each text once, shared ones as master and members."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from tickmark.errors import AddressError
from tickmark.model.address import RangeRef, parse_cell
from tickmark.model.grid import NO_FORMULA, FormulaGroup, FormulaKind
from tickmark.read.addresses import range_or_none
from tickmark.read.markup import Attributes, true
from tickmark.read.problems import Problem, Problems

_REFERENCE_LOST: Final = "#REF!"
_PARENTHESES: Final = re.compile(r"""[()]|"[^"]*+"|'[^']*+'""")


@dataclass(slots=True, eq=False)
class Formulas:
    """Texts and groups of one sheet's formulas while the sheet is read.

    A shared formula whose members stand before their master has an empty text until it comes.
    """

    sheet: str
    longest: int
    deepest: int
    problems: Problems
    texts: list[str] = field(default_factory=list)
    groups: dict[int, FormulaGroup] = field(default_factory=dict)
    known: dict[str, int] = field(default_factory=dict)
    shared: dict[str, int] = field(default_factory=dict)

    def plain(self, text: str, address: str) -> int:
        """Index of an ordinary formula; NO_FORMULA for none."""
        if text[:1] == "=":
            text = text[1:]
        index = self.known.get(text)
        if index is not None:
            return index
        if not self._fits(text, address):
            return NO_FORMULA
        self.known[text] = index = len(self.texts)
        self.texts.append(text)
        return index

    def plain_texts(self, texts: Iterable[str]) -> list[int]:
        """Indexes of ordinary formulas, none empty, too long or deep, or with `=` in front."""
        listed = self.texts
        known = self.known.setdefault
        indexes: list[int] = []
        for text in texts:
            index = known(text, len(listed))
            if index == len(listed):
                listed.append(text)
            indexes.append(index)
        return indexes

    def special(self, text: str, attributes: Attributes, address: str) -> int:
        """Index of a formula whose element has attributes: shared, array or data table."""
        kind = attributes.get("t", "normal")
        if kind == "shared":
            return self._shared(text, attributes, address)
        if kind == "array":
            dynamic = "cm" in attributes
            return self._array(text, attributes, address, dynamic=dynamic)
        if kind == "dataTable":
            return self._data_table(attributes, address)
        return self.plain(text, address)

    def orphans(self) -> set[int]:
        """Indexes of shared formulas that have members and no master."""
        return {index for index in self.shared.values() if index not in self.groups}

    def _append(self, text: str) -> int:
        self.texts.append(text)
        return len(self.texts) - 1

    def _fits(self, text: str, address: str) -> bool:
        if len(text) > self.longest:
            self.problems.add(Problem.LONG_FORMULA, address)
            return False
        if text.count("(") > self.deepest and _depth(text) > self.deepest:
            self.problems.add(Problem.DEEP_FORMULA, address)
            return False
        return bool(text)

    def _shared(self, text: str, attributes: Attributes, address: str) -> int:
        key = attributes.get("si", "")
        known = self.shared.get(key)
        if not text:  # a member, perhaps before its master
            if known is None:
                known = self.shared[key] = self._append("")
            return known
        waiting = known is not None and known not in self.groups
        if known is not None and not waiting and "ref" not in attributes:
            return self.plain(text, address)  # a member that repeats a text of its own
        if not self._fits(text, address):
            return NO_FORMULA
        index = known if waiting and known is not None else self._append("")
        self.shared[key] = index
        self.texts[index] = text.removeprefix("=")
        self._group(index, FormulaKind.SHARED, attributes, address)
        return index

    def _array(self, text: str, attributes: Attributes, address: str, *, dynamic: bool) -> int:
        if not self._fits(text, address):
            return NO_FORMULA
        index = self._append(text.removeprefix("="))
        kind = FormulaKind.DYNAMIC_ARRAY if dynamic else FormulaKind.ARRAY
        self._group(index, kind, attributes, address)
        return index

    def _data_table(self, attributes: Attributes, address: str) -> int:
        first = _input(attributes, "r1", "del1")
        second = _input(attributes, "r2", "del2")
        if true(attributes.get("dt2D")):
            inputs = f"{first},{second}"
        else:
            inputs = f"{first}," if true(attributes.get("dtr")) else f",{first}"
        index = self._append(f"TABLE({inputs})")
        self._group(index, FormulaKind.DATA_TABLE, attributes, address)
        return index

    def _group(self, index: int, kind: FormulaKind, attributes: Attributes, address: str) -> None:
        try:
            row, column = parse_cell(address)
        except AddressError:
            return  # the cell itself is skipped for its address
        span = RangeRef(self.sheet, row, column, row, column)
        fills = attributes.get("ref")
        if fills != address:
            told = range_or_none(fills, self.sheet)
            span = told if told is not None and told.contains(row, column) else span
        self.groups[index] = FormulaGroup(kind, row, column, span)


def _depth(text: str) -> int:
    """How deep parentheses stand inside each other, those in texts left out."""
    deepest = depth = 0
    for mark in _PARENTHESES.findall(text):
        depth += 1 if mark == "(" else -1 if mark == ")" else 0
        deepest = max(deepest, depth)
    return deepest


def _input(attributes: Attributes, name: str, lost: str) -> str:
    return _REFERENCE_LOST if true(attributes.get(lost)) else attributes.get(name, "")
