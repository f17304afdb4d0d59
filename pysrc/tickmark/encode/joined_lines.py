"""Lines that are told shorter together: equal lists, and neighbours in a row."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from dataclasses import replace
from typing import Final

from tickmark.encode.areas import address, addresses
from tickmark.encode.line import Line
from tickmark.encode.list_areas import BRIDGED
from tickmark.encode.merges import Merged
from tickmark.encode.parts import PartKind
from tickmark.encode.source import Source
from tickmark.structure.formulas import NO_TEMPLATE

LEAST_REPEATED: Final = 8
"""Tokens of a body from which on a line that repeats it names the first instead."""

LONGEST: Final = 12
"""A list of more cells is not joined with its neighbours."""


def indexed(lines: Sequence[Line]) -> list[Line]:
    """The lines with those of one value, each over its areas, joined into one."""
    found: list[Line] = []
    places: dict[str, int] = {}
    for line in lines:
        if line.constant:
            at = places.setdefault(line.body, len(found))
            if at < len(found):
                areas = found[at].areas + line.areas
                found[at] = replace(found[at], areas=areas)
                continue
        found.append(line)
    return [
        replace(line, addresses=addresses(line.areas))
        if line.constant and len(line.areas) > 1
        else line
        for line in found
    ]


def as_others(lines: Sequence[Line], tokens: Callable[[str], int]) -> list[Line]:
    """The lines with the bodies of lists that stood before replaced by `as A6`."""
    first: dict[tuple[int, int, str], str] = {}
    found = []
    for line in lines:
        if line.kind is PartKind.LIST and not line.constant and len(line.body) > LEAST_REPEATED:
            top, left, bottom, right = line.areas[0]
            key = (bottom - top, right - left, _without_places(line.body))
            own = address((top, left, top, left))
            before = first.setdefault(key, own)
            if before != own and tokens(line.body) >= LEAST_REPEATED:
                found.append(replace(line, addresses=address(line.areas[0]), body=f"as {before}"))
                continue
        found.append(line)
    return found


def _without_places(body: str) -> str:
    """A body without the row numbers at the front of its further lines."""
    first, *more = body.split("\n")
    return "\n".join((first, *(line.partition(" ")[2] for line in more)))


def chained(source: Source, lines: Sequence[Line], merged: Merged) -> list[Line]:
    """The lines with formulas of single cells joined to their neighbours in the row."""
    found: list[Line | None] = list(lines)
    at_cell = {line.areas[0][:2]: at for at, line in enumerate(lines) if _joins(line, merged)}
    for at in sorted(at_cell.values(), key=lambda one: lines[one].areas[0]):
        line = found[at]
        if line is None or not _single_or_list(source, line, at_cell):
            continue
        parts, formula, untold = [line.body], _is_formula(line), line.untold
        top, left, _, right = line.areas[0]
        while True:
            after = _next(source, top, right)
            if after is None or (top, after) not in at_cell:
                break
            other = found[at_cell[top, after]]
            if other is None or not _single_or_list(source, other, at_cell):
                break
            if not (formula or _is_formula(other)):
                break
            parts += [""] * (after - right - 1) + [other.body]
            formula = formula or _is_formula(other)
            untold += other.untold
            found[at_cell[top, after]] = None
            right = other.areas[0][3]
        if len(parts) > 1:
            first = address((top, left, top, left))
            area = (top, left, top, right)
            found[at] = Line(first, "|".join(parts), (area,), (), PartKind.FORMULA, untold=untold)
    return [line for line in found if line is not None]


def _joins(line: Line, merged: Merged) -> bool:
    """Whether a line tells a few cells of one row, each by itself."""
    if line.kind is PartKind.SUMMARY or len(line.areas) != 1 or line.excepted:
        return False
    top, left, bottom, right = line.areas[0]
    if top != bottom or right - left >= LONGEST:
        return False
    if line.kind is PartKind.FORMULA and left != right:
        return False
    if line.kind is PartKind.LIST and left != right and line.constant:
        return False
    plain = "\n" not in line.body and not line.body.startswith(("{", "as "))
    return plain and not any((top, column) in merged for column in range(left, right + 1))


def _is_formula(line: Line) -> bool:
    return line.kind is PartKind.FORMULA


def _single_or_list(source: Source, line: Line, near: Container[tuple[int, int]]) -> bool:
    """Whether a line is a list, or a formula that breaks no pattern around it."""
    if line.kind is PartKind.LIST:
        return True
    row, column = line.areas[0][:2]
    if (row, column - 1) in near or (row, column + 1) in near:
        return True
    return not any(
        _template(source, row - down, column - across)
        == _template(source, row + down, column + across)
        != NO_TEMPLATE
        for down, across in ((1, 0), (0, 1))
    )


def _template(source: Source, row: int, column: int) -> int:
    at = source.sheet.cells.position(row, column)
    return NO_TEMPLATE if at is None else int(source.formulas.template_of[at])


def _next(source: Source, row: int, column: int) -> int | None:
    """The column of the next filled cell of the row, if it is near."""
    cells = source.sheet.cells
    at = cells.position(row, column)
    if at is None or at + 1 >= len(cells) or int(cells.rows[at + 1]) != row:
        return None
    after = int(cells.columns[at + 1])
    return after if after - column <= BRIDGED else None
