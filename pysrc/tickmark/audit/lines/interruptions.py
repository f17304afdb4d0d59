"""Typed numbers that interrupt the formulas of a line of a region."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.audit.lines.lines import Lines, Mask, copied_along
from tickmark.audit.memo import once
from tickmark.model.grid import CellKind
from tickmark.structure.expression import Referred, expression
from tickmark.structure.formulas import NO_TEMPLATE, Formulas
from tickmark.structure.reference import ReferenceKind

FEWEST_COPIES: Final = 4
LEAST_SHARE: Final = 0.7
FEWEST_TOTALS: Final = 2
FEWEST_SUMMED: Final = 3


@dataclass(frozen=True, slots=True)
class Interruption:
    """A typed number in a line of formulas, by its position among the cells of the sheet.

    `template` is the formula of the line, `siblings` are the nearest cells that hold it, `copies`
    is how many do. `inside` tells that copies stand on both sides, `total` that it is a total line.
    """

    position: int
    template: int
    siblings: tuple[int, ...]
    copies: int
    inside: bool
    total: bool


def interruptions(formulas: Formulas, lines: Lines) -> Iterator[Interruption]:
    """The typed numbers of a region whose line is otherwise one formula.

    At the end of a line, the other lines of formulas must go on there; a formula that follows the
    cell before it in its line begins with a number, and a place where most lines of formulas hold
    numbers is a decision of the author.
    """
    if not lines.template.size:
        return
    moving = moving_templates(formulas, lines.grid.sheet)
    typed = lines.typed
    if not typed.any():
        return
    copies = copied_along(lines) & _chosen(lines, moving)
    ruling = _ruling(lines, copies, typed)
    holds = copies & (lines.template == ruling[:, None])
    ruled = ruling != NO_TEMPLATE
    beside_formula = holds[ruled].sum(axis=0)
    beside_typed = typed[ruled].sum(axis=0)
    for line in np.flatnonzero(ruled & typed.any(axis=1)).tolist():
        own = np.flatnonzero(holds[line])
        chained = _is_chained(formulas, lines, int(ruling[line]))
        for place in np.flatnonzero(typed[line]).tolist():
            inside = bool(own[0] < place < own[-1])
            if lines.part[place] not in lines.part[own]:
                continue  # a part of a column without any formula was typed on purpose
            others, decided = int(beside_formula[place]), int(beside_typed[place]) - 1
            if not inside and (chained or others < 2 * max(decided, 1)):
                continue
            if inside and decided > max(others, 1):
                continue
            yield _interruption(lines, line, place, own, int(ruling[line]))
    yield from _in_totals(formulas, lines, _chosen(lines, moving), typed)


@once
def moving_templates(formulas: Formulas, sheet: int) -> Mask:
    """Which templates of a sheet refer to cells so that copies of them differ."""
    own = formulas.sheets[sheet]
    return np.array(
        [
            template.fills is None and any(any(one.relative) for one in found)
            for template, found in zip(own.templates, formulas.references[sheet], strict=True)
        ],
        np.bool_,
    )


def only_repeats(formulas: Formulas, sheet: int, template: int, *, across: bool) -> bool:
    """Whether a formula only repeats the cell beside its line, as `=H5` does down a column.

    Another number is often typed instead, such as the part of a bill that was paid.
    """
    own = formulas.sheets[sheet]
    made = own.templates[template]
    if not isinstance(expression(made.text), Referred):
        return False
    (one,) = formulas.references[sheet][template][:1] or (None,)
    if one is None or one.area is None or one.area.cells > 1 or one.sheet != own.sheet.name:
        return False
    if one.book:
        return False
    place = one.area.left - made.column if across else one.area.top - made.row
    return not place and one.relative[1 if across else 0]


def _chosen(lines: Lines, moving: Mask) -> Mask:
    chosen = lines.formula
    chosen[chosen] = moving[lines.template[chosen]]
    return chosen


def _ruling(lines: Lines, copies: Mask, typed: Mask) -> npt.NDArray[np.int32]:
    """For each line the template that most of its cells hold, or NO_TEMPLATE.

    NO_TEMPLATE for all where no number was typed in such a line.
    """
    ruling = np.full(len(lines.line), NO_TEMPLATE, np.int32)
    filled = lines.formula.sum(axis=1) + typed.sum(axis=1)
    likely = (copies.sum(axis=1) >= FEWEST_COPIES) & ~lines.total
    if not (likely & typed.any(axis=1)).any():
        return ruling
    for line in np.flatnonzero(likely).tolist():
        own = lines.template[line][copies[line]]
        if (own == own[0]).all():
            if len(own) >= LEAST_SHARE * filled[line]:
                ruling[line] = own[0]
            continue
        found, held = np.unique(own, return_counts=True)
        most = int(held.argmax())
        if held[most] >= max(FEWEST_COPIES, LEAST_SHARE * filled[line]):
            ruling[line] = found[most]
    return ruling


def _is_chained(formulas: Formulas, lines: Lines, template: int) -> bool:
    """Whether a formula refers to another cell of its own line, so that the first differs."""
    own = formulas.sheets[lines.grid.sheet].templates[template]
    for one in formulas.references[lines.grid.sheet][template]:
        if one.kind is ReferenceKind.AREA and one.area is not None and not one.book:
            first, last = (
                (one.area.top, one.area.bottom) if lines.across else (one.area.left, one.area.right)
            )
            if first <= (own.row if lines.across else own.column) <= last:
                return True
    return False


def _interruption(
    lines: Lines, line: int, place: int, own: npt.NDArray[np.intp], template: int
) -> Interruption:
    near = own[np.argsort(np.abs(own - place), kind="stable")][:2]
    return Interruption(
        position=int(lines.position[line, place]),
        template=template,
        siblings=tuple(lines.position[line, np.sort(near)].tolist()),
        copies=len(own),
        inside=bool(own[0] < place < own[-1]),
        total=bool(lines.total[line]),
    )


def _in_totals(
    formulas: Formulas, lines: Lines, formula: Mask, typed: Mask
) -> Iterator[Interruption]:
    """The typed numbers of total lines whose other cells are copies of one formula."""
    numbers = (lines.kind[~lines.total] == CellKind.NUMBER).sum(axis=0)
    for line in np.flatnonzero(lines.total & typed.any(axis=1)).tolist():
        found, held = np.unique(lines.template[line][formula[line]], return_counts=True)
        if not len(found) or held.max() < FEWEST_TOTALS:
            continue
        template = int(found[held.argmax()])
        if _is_chained(formulas, lines, template):
            continue
        own = np.flatnonzero(lines.template[line] == template)
        there = typed[line] & (numbers >= FEWEST_SUMMED) & np.isin(lines.part, lines.part[own])
        for place in np.flatnonzero(there).tolist():
            yield _interruption(lines, line, place, own, template)
