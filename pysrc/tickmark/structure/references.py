"""What a formula refers to, read from its text alone."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from tickmark.model.address import MAX_COLUMN, MAX_ROW, RangeRef
from tickmark.structure.calls import Use
from tickmark.structure.pieces import (
    BOTTOM,
    COLUMNS,
    LEFT,
    RIGHT,
    ROWS,
    TOP,
    TWO,
    Area,
    placed_area,
    split,
    written_area,
)
from tickmark.structure.reference import Edges, Reference, ReferenceKind, taken
from tickmark.structure.skeleton import Skeleton, Slot, skeleton

__all__ = ["Edges", "Reference", "ReferenceKind", "references", "split_references", "taken"]


@lru_cache(maxsize=4_096)
def references(text: str, sheet: str = "", row: int = 1, column: int = 1) -> tuple[Reference, ...]:
    """All references of a formula (without `=`), in order; `sheet` is the one it stands on.

    Parameters of LET and LAMBDA, functions and truth values are no references. What INDIRECT or
    OFFSET reach is not known from the text; their arguments are references like all others. `row`
    and `column` are those of the formula's cell, from which references in R1C1 notation count.
    """
    found = split(text)
    return split_references(found, skeleton(found), sheet, row, column)


def split_references(
    found: list[tuple[str, str]], made: Skeleton, sheet: str, row: int, column: int
) -> tuple[Reference, ...]:
    """The references of a formula that is split into texts and addresses, with its skeleton."""
    addresses = [address for _, address in found]
    return tuple([_reference(slot, addresses, sheet, row, column) for slot in made.slots])


def _reference(slot: Slot, addresses: list[str], sheet: str, row: int, column: int) -> Reference:
    given, text = slot.reference, slot.reference.text
    if slot.r1c1 is not None:
        return _area(slot, text, placed_area(slot.r1c1, row, column), sheet)
    if not slot.prefixes:
        return given
    written = addresses[slot.first : slot.first + len(slot.prefixes)]
    text = slot.prefixes[0] + written[0]
    if given.kind is ReferenceKind.BROKEN:
        return replace(given, text=text)
    area = written_area(written[0])
    for prefix, address in zip(slot.prefixes[1:], written[1:], strict=True):
        text += prefix + address
        area = _joined(area, written_area(address))
    return _area(slot, text, area, sheet)


def _area(slot: Slot, text: str, area: Area, sheet: str) -> Reference:
    """The reference to an area with numbers; corners may be written in any order."""
    given = slot.reference
    name = sheet if slot.own else given.sheet
    if not area[0] & TWO:
        form, top, left, _, _ = area
        return Reference(
            ReferenceKind.AREA,
            text,
            name,
            given.last_sheet,
            given.book,
            RangeRef(name, top, left, top, left),
            _CELL_MOVES[form],
            "",
            "",
            given.function,
            given.use,
            given.spill,
            given.to_next,
        )
    form, top, left, bottom, right = _both_corners(area)
    up, down = bool(form & TOP), bool(form & BOTTOM)
    before, behind = bool(form & LEFT), bool(form & RIGHT)
    if top > bottom:
        top, up, bottom, down = bottom, down, top, up
    if left > right:
        left, before, right, behind = right, behind, left, before
    single = slot.ranges or (top == bottom and left == right)
    return Reference(
        ReferenceKind.AREA,
        text,
        name,
        given.last_sheet,
        given.book,
        RangeRef(name, top, left, bottom, right),
        (up, before, down, behind),
        function=given.function,
        use=given.use if single else Use.SELECTED,
        spill=given.spill,
        to_next=given.to_next,
    )


_CELL_MOVES = {
    form: (bool(form & TOP), bool(form & LEFT)) * 2 for form in (0, TOP, LEFT, TOP | LEFT)
}


def _both_corners(area: Area) -> Area:
    """An area with numbers, with the second corner of a cell and all edges of whole rows."""
    form, top, left, bottom, right = area
    if not form & TWO:
        form |= (BOTTOM if form & TOP else 0) | (RIGHT if form & LEFT else 0)
        return form, top, left, top, left
    if form & COLUMNS:
        top, bottom = 1, MAX_ROW
    if form & ROWS:
        left, right = 1, MAX_COLUMN
    return form, top, left, bottom, right


def _joined(one: Area, other: Area) -> Area:
    """The smallest area around two that the range operator joins."""
    rows: list[tuple[int, bool]] = []
    columns: list[tuple[int, bool]] = []
    for area in (one, other):
        form, top, left, bottom, right = _both_corners(area)
        rows += [(top, bool(form & TOP)), (bottom, bool(form & BOTTOM))]
        columns += [(left, bool(form & LEFT)), (right, bool(form & RIGHT))]
    (top, up), (bottom, down) = min(rows), max(rows)
    (left, before), (right, behind) = min(columns), max(columns)
    form = TWO | (TOP if up else 0) | (BOTTOM if down else 0)
    form |= (LEFT if before else 0) | (RIGHT if behind else 0)
    return form, top, left, bottom, right
