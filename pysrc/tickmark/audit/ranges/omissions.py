"""Numbers right beside the cells that an aggregate takes, which it leaves out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.audit.lines.cell_lines import DOWN, CellLines, cell_lines
from tickmark.audit.lines.cell_roles import CellRoles, cell_roles
from tickmark.audit.memo import once
from tickmark.audit.number_text import number_in
from tickmark.audit.ranges.aggregate_stretches import Stretches, stretches_of
from tickmark.audit.rule import Facts
from tickmark.model.grid import CellKind
from tickmark.structure.formulas import NO_TEMPLATE, SheetFormulas
from tickmark.structure.labels import periods
from tickmark.structure.number_formats import shows_date, shows_percent
from tickmark.structure.regions.header_words import shape
from tickmark.structure.regions.total_labels import Label, labels_of

Numbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

FEWEST_NUMBERS: Final = 2
FEWEST_TERMS: Final = 3
FEWEST_ACCUSED: Final = 2
"""Totals of a line that omit the same rows or columns, for the copies of them to do so too."""
MOST_OMITTED: Final = 3
WIDEST_GAP: Final = 2
MOST_CANDIDATES: Final = 5_000
"""Cells beside a range that are looked at more closely, for each sheet."""

_STEP: Final = 1 << 24


class Where(StrEnum):
    """Where the cells left out stand, seen from the range and its formula."""

    NEAR = "near"
    """Between the two."""
    FAR = "far"
    """Beyond the other end of the range."""
    GAP = "gap"
    """Between two ranges of the formula."""


@dataclass(frozen=True, slots=True)
class Omission:
    """A stretch of cells taken by an aggregate, and the cells beside it that are left out.

    `stretch` is the number of the stretch among those of the sheet, `first` and `last` the places
    of the cells left out in its line. `text` tells that they are numbers stored as text,
    `agreeing` how many totals beside this one take the cells of the same rows or columns.
    """

    stretch: int
    where: Where
    first: int
    last: int
    text: bool
    agreeing: int


@once
def omissions_of(facts: Facts, number: int) -> tuple[Omission, ...]:
    """What the aggregates of the sheet with a number leave out; found once for all that ask."""
    found = stretches_of(facts.formulas, number)
    if not len(found):
        return ()
    search = _Search(facts, number, facts.formulas.sheets[number], found)
    made = list(search.omissions())
    return (*made, *search.beside(made))


class _Search:
    """What is asked about the aggregates of one sheet."""

    def __init__(self, facts: Facts, number: int, own: SheetFormulas, found: Stretches) -> None:
        self.facts = facts
        self.number = number
        self.own = own
        self.found = found
        self.lines: CellLines = cell_lines(own.sheet)
        self.roles: CellRoles = cell_roles(facts)[number]
        self.numeric = own.sheet.cells.kinds == CellKind.NUMBER
        self.heads = periods(own.sheet.cells)
        keys = found.axis * _STEP + found.place
        self.by_place = np.argsort(keys, kind="stable")
        self.place_keys = keys[self.by_place]
        self.left = MOST_CANDIDATES

    def omissions(self) -> Iterator[Omission]:
        found = self.found
        data = self.lines
        counts = np.zeros(len(found), np.int64)
        for axis in (0, 1):
            own = found.axis == axis
            counts[own] = data.number_counts(
                axis, found.line[own], found.first[own], found.last[own]
            )
        terms = found.ranges * FEWEST_TERMS + found.cells
        enough = (counts >= FEWEST_NUMBERS) & (terms >= FEWEST_TERMS)
        below = found.place > found.last
        yield from self._beside(enough & below & (found.behind == 0), 1, Where.NEAR)
        yield from self._beside(enough & ~below & (found.before == 0), -1, Where.NEAR)
        far = enough & (found.ranges > 0)
        yield from self._beside(far & below & (found.before == 0), -1, Where.FAR)
        yield from self._beside(far & ~below & (found.behind == 0), 1, Where.FAR)
        gap = found.behind - found.last - 1
        narrow = (found.behind > 0) & (gap >= 1) & (gap <= WIDEST_GAP)
        last_two = np.zeros(len(found), np.bool_)
        last_two[:-1] = (found.before[:-1] == 0) & (found.behind[1:] == 0)
        joint = np.zeros(len(found), np.int64)
        joint[:-1] = terms[:-1] + terms[1:]
        yield from self._beside(narrow & last_two & (joint >= FEWEST_TERMS + 1), 1, Where.GAP)

    def beside(self, made: Sequence[Omission]) -> Iterator[Omission]:
        """The copies of totals on their line that omit the same rows or columns.

        What they leave out may be a sum itself, which alone would be no reason to accuse them.
        """
        found = self.found
        groups: dict[tuple[int, ...], list[Omission]] = {}
        for one in made:
            stretch = one.stretch
            line = (int(values[stretch]) for values in (found.template, found.axis, found.place))
            groups.setdefault((*line, one.first, one.last), []).append(one)
        accused = {one.stretch for one in made}
        for (template, axis, formula, first, last), group in groups.items():
            if len(group) < FEWEST_ACCUSED:
                continue
            model = group[0]
            at = self._on_line(axis, formula)
            at = at[found.template[at] == template]
            for name in ("first", "last", "before", "behind"):
                values = getattr(found, name)
                at = at[values[at] == values[model.stretch]]
            good = np.array([one not in accused for one in at.tolist()], np.bool_)
            regions = {self._region(axis, found.line[one.stretch], first) for one in group}
            for place in range(first, last + 1):
                position = self.lines.positions(axis, found.line[at], np.full(len(at), place))
                good &= (position >= 0) & self.numeric[np.maximum(position, 0)]
            for one in at[good].tolist():
                if self._region(axis, found.line[one], first) in regions:
                    yield replace(model, stretch=one, text=False)

    def _region(self, axis: int, line: int, place: int) -> int:
        position = int(self.lines.positions(axis, np.array([line]), np.array([place]))[0])
        return int(self.roles.region[position])

    def _on_line(self, axis: int, formula: int) -> Numbers:
        """The stretches whose formulas stand at a place of their lines."""
        low, high = np.searchsorted(
            self.place_keys, [axis * _STEP + formula, axis * _STEP + formula + 1]
        )
        return np.asarray(self.by_place[low:high], np.int64)

    def _beside(self, chosen: Mask, step: int, where: Where) -> Iterator[Omission]:
        """The omissions next to the end (step 1) or the start (step -1) of some stretches."""
        found = self.found
        at = np.flatnonzero(chosen)
        if not len(at):
            return
        edge = (found.last if step > 0 else found.first)[at]
        place = edge + step
        position = np.full(len(at), -1, np.int64)
        for axis in (0, 1):
            own = found.axis[at] == axis
            position[own] = self.lines.positions(axis, found.line[at][own], place[own])
        good = (position >= 0) & (place != found.place[at])
        good &= found.covering(found.axis[at], found.line[at], place) == 0
        good[good] = self._is_amount(position[good])
        for index in np.flatnonzero(good)[: self.left].tolist():
            self.left -= 1
            one = self._omission(int(at[index]), int(place[index]), step, where)
            if one is not None:
                yield one

    def _is_amount(self, position: Numbers) -> Mask:
        """Which cells are numbers of data, or texts that say a number; no years and headers."""
        cells = self.own.sheet.cells
        good = self.roles.is_data(position) & ~self.heads[position]
        text = (cells.kinds[position] == CellKind.TEXT) & (
            self.own.template_of[position] == NO_TEMPLATE
        )
        numbers = cells.values[np.where(text & good, position, 0)]
        for at in np.flatnonzero(text & good).tolist():
            text[at] = number_in(cells.texts[int(numbers[at])]) is not None
        return np.asarray(good & (self.numeric[position] | text), np.bool_)

    def _omission(self, at: int, place: int, step: int, where: Where) -> Omission | None:
        found = self.found
        axis, line = int(found.axis[at]), int(found.line[at])
        run = self._run(at, place, step, where)
        if not run:
            return None
        agreeing, others = self._beside_total(axis, int(found.place[at]), place, line)
        if agreeing <= others:
            agreeing = 0
        if not self._is_alike(at, run, where, agreeing):
            return None
        alone = where == Where.FAR and not agreeing
        # What follows the parts of a total above them may be the next item of the list.
        if alone and (others or step > 0 or not self._begins_part(run[-1], axis, step)):
            return None
        first, last = sorted((place, place + step * (len(run) - 1)))
        cells = self.own.sheet.cells
        return Omission(
            at, where, first, last, bool(cells.kinds[run[0]] == CellKind.TEXT), agreeing
        )

    def _run(self, at: int, place: int, step: int, where: Where) -> list[int]:
        """The positions of the cells left out, from the range on; none where they are too many."""
        found = self.found
        axis, line, formula = int(found.axis[at]), int(found.line[at]), int(found.place[at])
        if where == Where.GAP:
            end = int(found.behind[at])
        else:
            end = formula if where == Where.NEAR else place + step * (MOST_OMITTED + 1)
        places = np.arange(place, end, step, dtype=np.int64)[: MOST_OMITTED + 1]
        if not len(places):
            return []
        positions = self.lines.positions(axis, np.full(len(places), line), places)
        good = positions >= 0
        good[good] = self._is_amount(positions[good])
        count = int(np.argmin(np.append(good, False)))
        limit = min(MOST_OMITTED, int(found.last[at] - found.first[at]))
        if where == Where.GAP:
            limit = min(WIDEST_GAP, count) if count == len(places) else 0
        elif where == Where.NEAR and self._goes_on(axis, line, place + step * count, formula):
            return []
        return positions[:count].tolist() if count <= max(limit, 1) else []

    def _goes_on(self, axis: int, line: int, place: int, formula: int) -> bool:
        """Whether further numbers stand between a place and the formula: a block of its own."""
        first, last = (place, formula - 1) if place <= formula else (formula + 1, place)
        found = self.lines.span(axis, line, first, last)
        return bool(self.numeric[found].any())

    def _is_alike(self, at: int, run: Sequence[int], where: Where, agreeing: int) -> bool:
        """Whether the cells left out are data of the kind that the range holds."""
        found = self.found
        axis, line = int(found.axis[at]), int(found.line[at])
        taken = self.lines.span(axis, line, int(found.first[at]), int(found.last[at]))
        taken = taken[self.numeric[taken]]
        before = _place(self.own, run[0], axis) < int(found.first[at])
        near = int(taken[0] if before else taken[-1])
        roles = self.roles
        if not roles.is_data(np.array([near]))[0] or roles.region[near] != roles.region[run[0]]:
            return False
        if axis == DOWN and roles.part[near] != roles.part[run[0]]:
            return False
        # A copy of what the range holds is as much an item as the others, whatever it refers to.
        others = [one for one in run if not self._is_copy(one, near)]
        if self._taken_by_formula(at, run) or any(self._is_derived(one, axis) for one in others):
            return False
        if any(self._feeds(one, taken) for one in run):
            return False
        return self._same_format(near, run[0]) and (
            agreeing > 0 or self._same_kind(taken, run[0], where, axis)
        )

    def _same_format(self, near: int, omitted: int) -> bool:
        styles = self.facts.workbook.styles
        cells = self.own.sheet.cells
        codes = [styles[int(cells.styles[one])].number_format for one in (near, omitted)]
        if any(map(shows_date, codes)):
            return False
        return shows_percent(codes[0]) == shows_percent(codes[1])

    def _same_kind(self, taken: Numbers, omitted: int, where: Where, axis: int) -> bool:
        template_of = self.own.template_of
        typed = template_of[omitted] == NO_TEMPLATE
        # An opening figure is typed, what follows from it is calculated.
        if where == Where.FAR and typed and not np.any(template_of[taken] == NO_TEMPLATE):
            return False
        if axis == DOWN:
            return not self._is_set_apart(omitted)
        return self._same_heads(int(taken[-1]), omitted)

    def _is_set_apart(self, omitted: int) -> bool:
        """Whether the label of the row tells that it is no line of the list."""
        cells = self.own.sheet.cells
        row, column = cells.place(omitted)
        label = self.facts.labels(self.number).left_of(row, column)
        if label is None:
            return False
        words = set(label.text.lower().replace("/", " ").split())
        found = labels_of([label.text], [0]).get(0, Label.NONE)
        return found is not Label.NONE or bool(words & _APART)

    def _same_heads(self, near: int, omitted: int) -> bool:
        """Whether the columns are called alike, as months or years are."""
        grid = self.facts.grids[self.number][int(self.roles.region[near])]
        paths = grid.region.column_paths
        if not paths:
            return True
        columns = self.own.sheet.cells.columns
        heads = [paths[int(columns[one]) - grid.area.left] for one in (near, omitted)]
        if not all(heads):
            return not any(heads)
        return shape(heads[0][-1]) == shape(heads[1][-1])

    def _taken_by_formula(self, at: int, run: Sequence[int]) -> bool:
        """Whether the formula names one of the cells in another place."""
        position = int(self.found.position[at])
        return any(self._names(position, one) for one in run)

    def _is_copy(self, one: int, other: int) -> bool:
        template = int(self.own.template_of[one])
        return template != NO_TEMPLATE and template == int(self.own.template_of[other])

    def _is_derived(self, omitted: int, axis: int) -> bool:
        """Whether the cell is calculated from others of its line, as a share or a subtotal is."""
        cells = self.own.sheet.cells
        row, column = cells.place(omitted)
        for top, left, bottom, right in self._edges(omitted):
            if axis == DOWN and left <= column <= right and not top <= row <= bottom:
                return True
            if axis != DOWN and top <= row <= bottom and not left <= column <= right:
                return True
        return False

    def _feeds(self, omitted: int, taken: Numbers) -> bool:
        """Whether a cell that is taken is calculated from the cell left out."""
        nearest = taken[np.argsort(np.abs(taken - omitted), kind="stable")][:8]
        return any(self._names(int(one), omitted) for one in nearest)

    def _names(self, formula: int, other: int) -> bool:
        cells = self.own.sheet.cells
        row, column = cells.place(other)
        return any(
            top <= row <= bottom and left <= column <= right
            for top, left, bottom, right in self._edges(formula)
        )

    def _edges(self, position: int) -> Iterator[tuple[int, int, int, int]]:
        """What a cell refers to on its own sheet."""
        number = int(self.own.template_of[position])
        if number == NO_TEMPLATE:
            return
        cells = self.own.sheet.cells
        template = self.own.templates[number]
        moved = template.distance(*cells.place(position))
        for one in self.facts.formulas.precedents[self.number][number]:
            if one.area is not None and one.sheet == self.own.sheet.name and not one.book:
                yield one.edges(*moved)

    def _beside_total(self, axis: int, formula: int, place: int, line: int) -> tuple[int, int]:
        """How many totals at the same place of lines beside take a place, and how many do not."""
        found = self.found
        at = self._on_line(axis, formula)
        beside = (found.line[at] != line) & (found.ranges[at] > 0)
        beside &= (found.first[at] <= place + 1) & (found.last[at] >= place - 1)
        takes = beside & (found.first[at] <= place) & (found.last[at] >= place)
        return int(takes.sum()), int((beside & ~takes).sum())

    def _begins_part(self, position: int, axis: int, step: int) -> bool:
        """Whether the part or region of a cell has no further number beyond it."""
        cells = self.own.sheet.cells
        row, column = cells.place(position)
        row, column = (row + step, column) if axis == DOWN else (row, column + step)
        beyond = cells.position(row, column)
        if beyond is None or not self.numeric[beyond]:
            return True
        return not bool(self.roles.is_data(np.array([beyond]))[0])


_APART: Final = frozenset(
    """
    opening beginning brought forward b/f bf prior previous memo headcount fte rate number count
    index code id year month
    """.split()  # noqa: SIM905 - quoted words would be harder to read
)


def _place(own: SheetFormulas, position: int, axis: int) -> int:
    cells = own.sheet.cells
    return int(cells.rows[position] if axis == DOWN else cells.columns[position])
