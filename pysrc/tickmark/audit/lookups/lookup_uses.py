"""Lookups in the cells of a workbook that search by halves, gathered by the keys they search."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.audit.lookups.approximate_lookup import (
    LOOKUPS,
    ApproximateLookup,
    KeyLayout,
    approximate_lookups,
    constant_number,
)
from tickmark.audit.lookups.key_line import Key, KeyLine
from tickmark.audit.ranges.read_areas import areas_at, template_cells
from tickmark.model.address import RangeRef, quote_sheet_name
from tickmark.model.grid import CellKind
from tickmark.structure.expression import Array, Constant, Expression, Operation, Referred
from tickmark.structure.expression import expression as tree_of
from tickmark.structure.formulas import Formulas
from tickmark.structure.reference import Reference
from tickmark.structure.tokens import TokenKind, tokens

Numbers = npt.NDArray[np.int64]

IN_FORMULA: Final = -1
"""The number of the sheet of keys that an array constant holds."""

_COUNTED: Final = (CellKind.NUMBER, CellKind.DATE, CellKind.TEXT, CellKind.BOOL)


@dataclass(frozen=True, slots=True)
class KeyPlace:
    """The row (`across`) or column of a sheet with keys, or the array constant that holds them."""

    sheet: int
    across: bool
    line: int
    descending: bool
    array: str = ""

    def area(self, formulas: Formulas, begin: int, end: int) -> RangeRef:
        """The cells of a stretch of the line."""
        name = formulas.sheets[self.sheet].sheet.name
        if self.across:
            return RangeRef(name, self.line, begin, self.line, end)
        return RangeRef(name, begin, self.line, end, self.line)

    def text(self, formulas: Formulas, own: int, begin: int, end: int) -> str:
        """The stretch as a formula of a sheet names it."""
        if self.sheet == IN_FORMULA:
            return self.array
        area = self.area(formulas, begin, end)
        if self.sheet == own:
            return area.a1
        return f"{quote_sheet_name(area.sheet)}!{area.a1}"


@dataclass(frozen=True, slots=True, eq=False)
class LookupUse:
    """One lookup of a template in n of its cells; `place` is the line of its keys.

    `positions` (n) are the cells in the arrays of their sheet, `begins` and `ends` (n) the stretch
    of the key line that each looks in, `areas` (n, 4) the whole range that it names.
    """

    place: KeyPlace
    sheet: int
    template: int
    lookup: ApproximateLookup
    positions: npt.NDArray[np.intp]
    begins: Numbers
    ends: Numbers
    areas: Numbers


def lookup_uses(formulas: Formulas) -> dict[KeyPlace, list[LookupUse]]:
    """The uses of all lookups that search by halves, by the line of their keys."""
    found: dict[KeyPlace, list[LookupUse]] = {}
    for number, own in enumerate(formulas.sheets):
        at = [t for t, one in enumerate(own.templates) if _may_look_up(one.text)]
        positions = template_cells(own) if at else []
        for template in at:
            tree = tree_of(own.templates[template].text)
            for lookup in approximate_lookups(tree) if tree is not None else ():
                for use in _uses(formulas, number, template, lookup, positions[template]):
                    found.setdefault(use.place, []).append(use)
    return found


def key_line(formulas: Formulas, place: KeyPlace, begin: int, end: int) -> KeyLine:
    """The keys of a place in a stretch."""
    if place.sheet == IN_FORMULA:
        return _of_array(place)
    cells = formulas.sheets[place.sheet].sheet.cells
    at = cells.within(place.area(formulas, begin, end))
    at = at[np.isin(cells.kinds[at], _COUNTED)]
    kinds = cells.kinds[at].copy()
    kinds[kinds == CellKind.DATE] = CellKind.NUMBER
    places = (cells.columns if place.across else cells.rows)[at].astype(np.int64)
    keys = [cells.value(one) for one in at.tolist()]
    return KeyLine(places, kinds, [key for key in keys if key is not None], place.descending)


def area_of(formulas: Formulas, sheet: int, template: int, one: Expression) -> Reference | None:
    """The one area of this workbook that an argument names, as the template's first cell sees it.

    None for anything else.
    """
    if not isinstance(one, Referred):
        return None
    reference = formulas.references[sheet][template][one.number]
    if reference.to_next:
        return None
    made = formulas.sheets[sheet].templates[template]
    name = formulas.sheets[sheet].sheet.name
    at = RangeRef(name, made.row, made.column, made.row, made.column)
    found = [one for one in formulas.scope.resolved(reference, at) if one.area is not None]
    return found[0] if len(found) == 1 else None


def looked_for(formulas: Formulas, use: LookupUse, chosen: Sequence[int]) -> list[Key | None]:
    """What some cells of a use look for, on the saved values.

    `chosen` are the numbers of the cells among those of the use. None where it is not known, ""
    where a cell is looked for that is blank or holds an error.
    """
    value = use.lookup.value
    if isinstance(value, Constant) and value.kind in {CellKind.TEXT, CellKind.BOOL}:
        return [value.value] * len(chosen)
    stated = constant_number(value) if isinstance(value, Constant | Operation) else None
    reference = area_of(formulas, use.sheet, use.template, value)
    if stated is not None or reference is None:
        return [stated] * len(chosen)
    own = formulas.sheets[use.sheet]
    cells = areas_at(own, own.templates[use.template], reference, use.positions[list(chosen)])
    found: list[Key | None] = []
    sheet = formulas.scope.sheets[reference.sheet.casefold()]
    for top, left, bottom, right in cells.tolist():
        key = cell_key(formulas, sheet, top, left)
        single = top == bottom and left == right
        found.append(("" if key is None else key) if single else None)
    return found


def cell_key(formulas: Formulas, sheet: int, row: int, column: int) -> Key | None:
    """The saved value of a cell of the sheet with a number; None for a blank and for an error."""
    cells = formulas.sheets[sheet].sheet.cells
    at = cells.position(row, column)
    return cells.value(at) if at is not None and cells.kinds[at] in _COUNTED else None


def _may_look_up(text: str) -> bool:
    upper = text.upper()
    return any(name in upper for name in LOOKUPS)


def _uses(
    formulas: Formulas,
    sheet: int,
    template: int,
    lookup: ApproximateLookup,
    positions: npt.NDArray[np.intp],
) -> Iterator[LookupUse]:
    if isinstance(lookup.keys, Array):
        yield from _use_of_array(sheet, template, lookup, positions)
        return
    reference = area_of(formulas, sheet, template, lookup.keys)
    target = formulas.scope.sheets.get(reference.sheet.casefold()) if reference else None
    if reference is None or target is None:
        return
    own = formulas.sheets[sheet]
    areas = areas_at(own, own.templates[template], reference, positions)
    across = _is_across(areas, lookup.layout)
    if across is None:
        return
    lines = areas[:, 0 if across else 1]
    begins, ends = (areas[:, 1], areas[:, 3]) if across else (areas[:, 0], areas[:, 2])
    for line in np.unique(lines).tolist():
        at = np.flatnonzero(lines == line)
        place = KeyPlace(target, across, line, lookup.descending)
        yield LookupUse(
            place, sheet, template, lookup, positions[at], begins[at], ends[at], areas[at]
        )


def _is_across(areas: Numbers, layout: KeyLayout) -> bool | None:
    """Whether the keys stand in a row; None for a range that has no one line of them."""
    height = int((areas[:, 2] - areas[:, 0]).max(initial=0)) + 1
    width = int((areas[:, 3] - areas[:, 1]).max(initial=0)) + 1
    match layout:
        case KeyLayout.FIRST_COLUMN:
            return False
        case KeyLayout.FIRST_ROW:
            return True
        case KeyLayout.ONE_LINE:
            return height == 1 if 1 in {height, width} else None
        case KeyLayout.LONGER_SIDE:
            return width > height


def _use_of_array(
    sheet: int,
    template: int,
    lookup: ApproximateLookup,
    positions: npt.NDArray[np.intp],
) -> Iterator[LookupUse]:
    if not isinstance(lookup.keys, Array):
        return
    rows = _elements(lookup.keys.text)
    height, width = len(rows), max(map(len, rows))
    across = _is_across(np.array([[1, 1, height, width]]), lookup.layout)
    if across is None:
        return
    size = len(positions)
    ends = np.full(size, width if across else height)
    none = np.zeros((size, 4), np.int64)
    place = KeyPlace(IN_FORMULA, across, 0, lookup.descending, lookup.keys.text)
    yield LookupUse(place, sheet, template, lookup, positions, np.ones(size, np.int64), ends, none)


def _of_array(place: KeyPlace) -> KeyLine:
    rows = _elements(place.array)
    keys = rows[0] if place.across else [row[0] for row in rows if row]
    known = [(number, key) for number, key in enumerate(keys, 1) if key is not None]
    kinds = [
        CellKind.TEXT
        if isinstance(key, str)
        else CellKind.BOOL
        if isinstance(key, bool)
        else CellKind.NUMBER
        for _, key in known
    ]
    return KeyLine(
        np.array([number for number, _ in known], np.int64),
        np.array(kinds, np.uint8),
        [key for _, key in known],
        place.descending,
    )


def _elements(text: str) -> list[list[Key | None]]:
    """The rows of an array constant; None for an error among its elements."""
    rows: list[list[Key | None]] = [[]]
    sign = 1.0
    for kind, piece in tokens(text.strip("{}")):
        if kind is TokenKind.NUMBER:
            rows[-1].append(sign * float(piece))
        elif kind is TokenKind.TEXT:
            rows[-1].append(piece[1:-1].replace('""', '"'))
        elif kind is TokenKind.NAME:
            rows[-1].append(piece.upper() == "TRUE")
        elif kind is TokenKind.ERROR:
            rows[-1].append(None)
        elif piece == ";":
            rows.append([])
        sign = -1.0 if piece == "-" else 1.0
    return rows
