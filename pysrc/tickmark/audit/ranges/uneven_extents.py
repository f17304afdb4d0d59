"""Aggregates that differ from those beside them in nothing but how far their range reaches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from tickmark.audit.lines.cell_lines import ACROSS, DOWN, CellLines, cell_lines
from tickmark.audit.lines.cell_roles import CellRoles, cell_roles
from tickmark.audit.ranges.aggregate_stretches import stretches_of
from tickmark.audit.ranges.aggregates import PLUS, Aggregates, aggregates_of
from tickmark.audit.rule import Facts
from tickmark.structure.formulas import SheetFormulas
from tickmark.structure.pieces import BOTTOM, COLUMNS, LEFT, RIGHT, ROWS, TOP, TWO, Area
from tickmark.structure.template import Template

Numbers = npt.NDArray[np.int64]
Extent: TypeAlias = tuple[int, int]
"""First and last place of a range along its line."""

FEWEST_ALIKE: Final = 2
_FEWEST_COPIES: Final = 3
"""Copies below each other that agree, for each that does not."""
_MOST_EXTENTS: Final = 4
"""Lines of totals with more different extents follow a pattern of their own, such as steps."""


@dataclass(frozen=True, slots=True)
class Uneven:
    """A formula whose range reaches from `found` where those beside it reach over `expected`.

    `axis` is the way in which the range runs, `line` its column or row, and `target` the number of
    its sheet. `position` is that of the formula, `reference` the number of the range in it;
    `siblings` are positions of formulas that have the expected extent, `alike` how many there are
    and `unlike` how many have another one.
    `numbers` counts the numbers in the cells that are left out or taken beyond, `fits` tells that
    only the expected extent fits the data.
    """

    position: int
    reference: int
    axis: int
    line: int
    target: int
    found: Extent
    expected: Extent
    siblings: tuple[int, ...]
    alike: int
    unlike: int
    numbers: int
    fits: bool
    statistics: bool = False
    """The formulas beside it are other aggregates of the same cells."""


def uneven_extents(facts: Facts, number: int) -> Iterator[Uneven]:
    """The formulas of a sheet whose ranges do not reach as far as those of their neighbours."""
    found = aggregates_of(facts.formulas)[number]
    ranged = found.function != PLUS
    for axis, ways in ((DOWN, found.upright), (ACROSS, found.level)):
        chosen = found.of(np.flatnonzero(ranged & ways))
        if len(chosen):
            yield from _beside(facts, number, chosen, axis)
    yield from _statistics(facts, number)


def _beside(facts: Facts, number: int, found: Aggregates, axis: int) -> Iterator[Uneven]:
    """Ranges among those of copies: totals side by side, and copies along the ranges themselves.

    Totals side by side take the same places of their lines. Copies below each other (of ranges that
    run down) take the same cells, or cells as far from themselves.
    """
    own = facts.formulas.sheets[number]
    shape = _shapes(own, found.template, axis)[found.template]
    region = cell_roles(facts)[number].region[found.position]
    beside, along = (found.row, found.column) if axis == DOWN else (found.column, found.row)
    still = np.zeros(len(found), np.int64)
    key = np.stack([shape, found.reference, beside, region, found.target], axis=1)
    for group in _groups(found, key, axis, still):
        yield from _of_group(facts, found, group, axis, still[group], side_by_side=True)
    key = np.stack([shape, found.reference, along, found.target], axis=1)
    order = np.lexsort((beside, *key.T[::-1]))
    apart = (key[order][1:] != key[order][:-1]).any(axis=1) | (np.diff(beside[order]) != 1)
    run = np.empty(len(found), np.int64)
    run[order] = np.concatenate(([0], np.cumsum(apart)))
    seen: set[int] = set()
    for base in (still, beside):
        for group in _groups(found, run[:, None], axis, base):
            for one in _of_group(facts, found, group, axis, base[group], side_by_side=False):
                if one.position not in seen:
                    seen.add(one.position)
                    yield one


def _groups(found: Aggregates, key: Numbers, axis: int, base: Numbers) -> Iterator[Numbers]:
    """The entries of equal keys whose extents, seen from a base, differ."""
    first, last = found.areas[:, axis] - base, found.areas[:, axis + 2] - base
    order = np.lexsort((found.position, *key.T[::-1]))
    sorted_key = key[order]
    new = np.ones(len(order), np.bool_)
    new[1:] = (sorted_key[1:] != sorted_key[:-1]).any(axis=1)
    starts = np.flatnonzero(new)
    sizes = np.diff(np.append(starts, len(order)))
    first, last = first[order], last[order]
    even = (np.minimum.reduceat(first, starts) == np.maximum.reduceat(first, starts)) & (
        np.minimum.reduceat(last, starts) == np.maximum.reduceat(last, starts)
    )
    for at in np.flatnonzero(~even & (sizes > 1)).tolist():
        yield order[starts[at] : starts[at] + sizes[at]]


def _shapes(own: SheetFormulas, used: Numbers, axis: int) -> Numbers:
    """For each template a number, the same for those that differ only in extents along an axis."""
    made = np.full(len(own.templates), -1, np.int64)
    known: dict[object, int] = {}
    for at in np.unique(used).tolist():
        made[at] = known.setdefault(_shape(own.templates[at], axis), len(known))
    return made


def _shape(template: Template, axis: int) -> tuple[object, ...]:
    return tuple(
        piece if isinstance(piece, str) else _without_extent(piece, axis)
        for piece in template.pieces
    )


def _without_extent(piece: Area, axis: int) -> object:
    form, top, left, bottom, right = piece
    if not form & TWO or form & (COLUMNS | ROWS):
        return piece
    if axis == DOWN and left == right and top != bottom:
        return "down", form & (LEFT | RIGHT), left
    if axis == ACROSS and top == bottom and left != right:
        return "across", form & (TOP | BOTTOM), top
    return piece


def _of_group(
    facts: Facts, found: Aggregates, which: Numbers, axis: int, base: Numbers, *, side_by_side: bool
) -> Iterator[Uneven]:
    first, last = found.areas[which, axis] - base, found.areas[which, axis + 2] - base
    extents: list[Extent] = list(zip(first.tolist(), last.tolist(), strict=True))
    distinct = set(extents)
    if len(distinct) > _MOST_EXTENTS:
        return
    counts = {one: extents.count(one) for one in sorted(distinct)}
    group = found.of(which)
    target = int(group.target[0])
    lines = cell_lines(facts.formulas.sheets[target].sheet)
    across = group.areas[:, 1 - axis]
    roles = cell_roles(facts)[target] if side_by_side else None
    expected, fits = _expected(counts, lines, roles, axis, across)
    if expected is None:
        return
    alike = [at for at, one in enumerate(extents) if one == expected]
    if not side_by_side and len(alike) < _FEWEST_COPIES * (len(group) - len(alike)):
        return
    siblings = tuple(int(group.position[at]) for at in alike[:2])
    for at, extent in enumerate(extents):
        if extent == expected or not _near(extent, expected):
            continue
        if not (side_by_side or _is_between(at, extents, expected)):
            continue
        line, moved = int(across[at]), int(base[at])
        here = (extent[0] + moved, extent[1] + moved)
        wanted = (expected[0] + moved, expected[1] + moved)
        yield Uneven(
            int(group.position[at]),
            int(group.reference[at]),
            axis,
            line,
            target,
            here,
            wanted,
            siblings,
            len(alike),
            len(group) - len(alike),
            difference(lines, axis, line, here, wanted),
            fits,
        )


def _expected(
    counts: dict[Extent, int],
    lines: CellLines,
    roles: CellRoles | None,
    axis: int,
    across: Numbers,
) -> tuple[Extent | None, bool]:
    """The extent that the others should have, and whether it alone fits the data.

    Either the only one that begins and ends with data, or the one of most of the formulas.
    """
    fitting = [one for one in counts if _fits(one, lines, roles, axis, across)] if roles else []
    total = sum(counts.values())
    best = max(counts, key=lambda one: counts[one])
    if len(fitting) == 1 and 3 * counts[fitting[0]] >= total:
        return fitting[0], True
    if counts[best] < FEWEST_ALIKE or 3 * counts[best] < 2 * total:
        return None, False
    return best, False


def _fits(extent: Extent, lines: CellLines, roles: CellRoles, axis: int, across: Numbers) -> bool:
    """Whether both ends of an extent hold a number of data in one of the lines at least."""
    for place in extent:
        at = lines.positions(axis, across, np.full(len(across), place, np.int64))
        at = at[at >= 0]
        if not len(at) or not bool(np.any(roles.is_data(at) & lines.is_number(at))):
            return False
    return True


def _is_between(at: int, extents: Sequence[Extent], expected: Extent) -> bool:
    """Whether copies on both sides agree: windows that grow at the start of a run are meant so."""
    return 0 < at < len(extents) - 1 and extents[at - 1] == extents[at + 1] == expected


def _near(one: Extent, other: Extent) -> bool:
    """Whether two extents share most of their cells."""
    shared = min(one[1], other[1]) - max(one[0], other[0]) + 1
    longest = max(one[1] - one[0], other[1] - other[0]) + 1
    return 2 * shared >= longest


def difference(lines: CellLines, axis: int, line: int, one: Extent, other: Extent) -> int:
    """How many numbers are in just one of two extents of a line that overlap."""
    total = 0
    spans = (
        (min(one[0], other[0]), max(one[0], other[0]) - 1),
        (min(one[1], other[1]) + 1, max(one[1], other[1])),
    )
    for first, last in spans:
        if last >= first:
            count = lines.number_counts(axis, np.array([line]), np.array([first]), np.array([last]))
            total += int(count[0])
    return total


def _statistics(facts: Facts, number: int) -> Iterator[Uneven]:
    """Different aggregates of one column (or row) right beside each other, such as SUM and MAX."""
    found = stretches_of(facts.formulas, number)
    whole = np.flatnonzero(
        (found.ranges == 1) & (found.cells == 0) & (found.before == 0) & (found.behind == 0)
    )
    if len(whole) <= FEWEST_ALIKE:
        return
    order = whole[np.lexsort((found.place[whole], found.line[whole], found.axis[whole]))]
    apart = (found.axis[order][1:] != found.axis[order][:-1]) | (
        found.line[order][1:] != found.line[order][:-1]
    )
    apart |= np.diff(found.place[order]) > 1
    starts = np.concatenate(([0], np.flatnonzero(apart) + 1))
    sizes = np.diff(np.append(starts, len(order)))
    lines = cell_lines(facts.formulas.sheets[number].sheet)
    for at in np.flatnonzero(sizes > FEWEST_ALIKE).tolist():
        block = order[starts[at] : starts[at] + sizes[at]]
        extents = list(zip(found.first[block].tolist(), found.last[block].tolist(), strict=True))
        counts: dict[Extent, int] = {}
        for one in extents:
            counts[one] = counts.get(one, 0) + 1
        best = max(counts, key=lambda one: counts[one])
        odd = [index for index, one in enumerate(extents) if one != best]
        functions = found.function[block]
        if counts[best] < FEWEST_ALIKE or len(odd) != 1 or len(np.unique(functions)) < len(block):
            continue
        index = int(block[odd[0]])
        one = extents[odd[0]]
        axis, line = int(found.axis[index]), int(found.line[index])
        numbers = difference(lines, axis, line, one, best)
        if not _near(one, best) or not numbers:
            continue
        siblings = tuple(
            int(found.position[block[n]]) for n, other in enumerate(extents) if other == best
        )
        yield Uneven(
            int(found.position[index]),
            0,
            axis,
            line,
            number,
            one,
            best,
            siblings[:2],
            len(siblings),
            len(extents) - len(siblings),
            numbers,
            fits=False,
            statistics=True,
        )
