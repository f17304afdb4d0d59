"""Keys of lookups that are text on one side and numbers on the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.audit.lines.cell_lines import ACROSS, cell_lines
from tickmark.audit.number_text import number_in
from tickmark.audit.ranges.read_areas import areas_at, template_cells
from tickmark.model.address import RangeRef
from tickmark.model.grid import CellKind, Cells
from tickmark.structure.expression import Call, Expression, Referred, expression, walk
from tickmark.structure.formulas import Formulas
from tickmark.structure.reference import Reference, ReferenceKind

MOST_KEYS: Final = 2_000
"""So many copies of one lookup are looked into."""

_LOOKUPS: Final = frozenset({"VLOOKUP", "HLOOKUP", "MATCH", "XLOOKUP", "XMATCH", "LOOKUP"})


@dataclass(frozen=True, slots=True, eq=False)
class MistypedKeys:
    """Cells whose text says a number that a lookup knows as a real number, or seeks as one.

    `sheet` and `positions` are those of the cells. `in_table` tells that they stand among the keys
    that are searched, otherwise they are sought. The formula is the template `template` of the
    sheet `user`; `failed` (positions there) are its cells that find nothing because of it.
    """

    sheet: int
    positions: tuple[int, ...]
    in_table: bool
    user: int
    template: int
    failed: tuple[int, ...]


def mistyped_keys(formulas: Formulas) -> Iterator[MistypedKeys]:
    """The cells in a workbook's lookups that hold a key of the wrong type; each cell once."""
    told: set[tuple[int, int]] = set()
    known: dict[tuple[int, RangeRef], _Keys] = {}
    for number, own in enumerate(formulas.sheets):
        lookups = [
            (at, call, call is tree)
            for at, template in enumerate(own.templates)
            if "LOOKUP(" in (text := template.text.upper()) or "MATCH(" in text
            for tree in [expression(template.text)]
            if tree is not None
            for call in walk(tree)
            if isinstance(call, Call) and call.function in _LOOKUPS and len(call.arguments) > 1
        ]
        copies = template_cells(own) if lookups else []
        for at, call, whole in lookups:
            for found in _in_lookup(
                formulas, number, at, call, copies[at], known=known, whole=whole
            ):
                new = tuple(one for one in found.positions if (found.sheet, one) not in told)
                told.update((found.sheet, one) for one in new)
                if new:
                    yield MistypedKeys(
                        found.sheet, new, found.in_table, found.user, found.template, found.failed
                    )


def _in_lookup(
    formulas: Formulas,
    number: int,
    at: int,
    call: Call,
    copies: npt.NDArray[np.intp],
    *,
    known: dict[tuple[int, RangeRef], _Keys],
    whole: bool,
) -> Iterator[MistypedKeys]:
    key = _area(formulas, number, at, call.arguments[0])
    table = _area(formulas, number, at, call.arguments[1])
    if key is None or table is None or key.area is None or key.area.cells > 1:
        return
    own, sheets = formulas.sheets[number], formulas.scope.sheets
    keys_on, table_on = (sheets.get(one.sheet.casefold(), -1) for one in (key, table))
    copies = copies[:MOST_KEYS]
    if whole:  # a lookup that finds something has no trouble with its key
        copies = copies[own.sheet.cells.kinds[copies] == CellKind.ERROR]
    if not len(copies) or min(keys_on, table_on) < 0:
        return
    template = own.templates[at]
    line = _line(areas_at(own, template, table, copies[:1])[0].tolist(), call.function)
    searched = known.get((table_on, line))
    if searched is None:
        searched = _Keys.of(formulas.sheets[table_on].sheet.cells, line)
        known[table_on, line] = searched
    sheet = formulas.sheets[keys_on].sheet
    places = areas_at(own, template, key, copies)
    positions = cell_lines(sheet).positions(ACROSS, places[:, 0], places[:, 1])
    suspect = positions >= 0
    suspect[suspect] &= searched.may_miss(sheet.cells.kinds[positions[suspect]])
    wrong: dict[bool, tuple[set[int], list[int]]] = {}
    for copy, position in zip(copies[suspect].tolist(), positions[suspect].tolist(), strict=True):
        in_table, accused = searched.wrong(sheet.cells, position)
        if accused is not None:
            found, failed = wrong.setdefault(in_table, (set(), []))
            found.add(accused)
            failed.append(copy)
    for in_table, (found, failed) in wrong.items():
        told = tuple(sorted(found))
        on = table_on if in_table else keys_on
        yield MistypedKeys(on, told, in_table, number, at, tuple(failed))


@dataclass(frozen=True, slots=True, eq=False)
class _Keys:
    """The keys that are searched: numbers; numbers written as text, with their cells; texts."""

    numbers: frozenset[float]
    written: dict[float, int]
    texts: frozenset[str]

    @classmethod
    def of(cls, cells: Cells, area: RangeRef) -> _Keys:
        inside = cells.within(area)
        kinds = cells.kinds[inside]
        numeric = (kinds == CellKind.NUMBER) | (kinds == CellKind.DATE)
        texts: set[str] = set()
        written: dict[float, int] = {}
        for position in inside[kinds == CellKind.TEXT].tolist():
            text = cells.texts[int(cells.values[position])]
            texts.add(text.casefold())
            number = number_in(text)
            if number is not None:
                written.setdefault(number, position)
        return cls(frozenset(cells.values[inside[numeric]].tolist()), written, frozenset(texts))

    def may_miss(self, kinds: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
        """Which kinds of a key may have its like among those that are searched, of another type."""
        numeric = (kinds == CellKind.NUMBER) | (kinds == CellKind.DATE)
        found = (kinds == CellKind.TEXT) & bool(self.numbers) | numeric & bool(self.written)
        return np.asarray(found, np.bool_)

    def wrong(self, cells: Cells, position: int) -> tuple[bool, int | None]:
        """Whether a searched cell has the wrong type for a key, and that cell or the key's own.

        None where the key has its like among those that are searched, or nothing like it.
        """
        match cells.value(position):
            case bool():
                return False, None
            case float(value) if value not in self.numbers:
                return True, self.written.get(value)
            case str(text) if text.casefold() not in self.texts:
                return False, position if number_in(text) in self.numbers else None
            case _:
                return False, None


def _area(formulas: Formulas, number: int, at: int, one: Expression) -> Reference | None:
    """The cells of this workbook that an argument is, if it is nothing but a reference."""
    if not isinstance(one, Referred):
        return None
    written = formulas.references[number][at][one.number]
    if written.kind is ReferenceKind.AREA:
        return None if written.book or written.last_sheet else written
    template = formulas.sheets[number].templates[at]
    sheet = formulas.sheets[number].sheet.name
    here = RangeRef(sheet, template.row, template.column, template.row, template.column)
    meant = tuple(formulas.scope.all_resolved((written,), here))
    return meant[0] if len(meant) == 1 else None


def _line(edges: list[int], function: str) -> RangeRef:
    """The row or column of a table that a lookup searches."""
    top, left, bottom, right = edges
    tall = bottom - top >= right - left
    if function == "VLOOKUP" or (function == "LOOKUP" and tall):
        right = left
    elif function in {"HLOOKUP", "LOOKUP"}:
        bottom = top
    return RangeRef("", top, left, bottom, right)
