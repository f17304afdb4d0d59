"""The rule `hard-coded-number`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from tickmark.audit.places import ranges_at
from tickmark.audit.ranges.read_areas import template_cells
from tickmark.audit.rule import Facts, rule
from tickmark.audit.typed_constants import Part, TypedConstant, constants_in, only_typed
from tickmark.audit.wording import counted, listed
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.structure.expression import expression
from tickmark.structure.formulas import SheetFormulas
from tickmark.structure.groups import connected_groups
from tickmark.structure.tokens import displayed

CODE = "hard-coded-number"

LARGE: Final = 1_000
"""A typed amount from here on is worth a look of its own."""

_LARGEST_RATE: Final = 10
_MOST_JOINED: Final = 20_000
"""Of more cells than these with one number, each formula makes a finding of its own."""

_DOES: Final = {
    Part.FACTOR: "multiplies by",
    Part.DIVISOR: "divides by",
    Part.BASE: "takes a power of",
    Part.ADDEND: "adds or subtracts",
    Part.LIMIT: "compares with",
    Part.RESULT: "holds",
}
_SHOWN: Final = 3
_LONGEST: Final = 60
_ONLY_TYPED: Final = -1.0
_AMOUNT: Final = -2.0
"""Formulas of these kinds are alike whatever their numbers are."""

_DIGIT: Final = re.compile(r"\d")


@rule(CODE, severity=Severity.MEDIUM)
def hard_coded_number(facts: Facts) -> Iterator[Finding]:
    """A formula holds a typed number that is an assumption.

    What it finds:
        Numbers inside formulas, such as a rate, an amount or a limit. Rates with decimals that
        multiply or divide and amounts from 1,000 on are of medium severity, the others low. The
        cells with one number that touch each other, or hold copies of one formula, make one
        finding.

    Why it matters:
        Nobody sees the assumption, it has no name and no source, and when it changes every
        formula that holds it has to be found.

    Example:
        `=C5*1.19` in the column of gross prices.

    Fix:
        Put the number into a labelled input cell and let the formulas refer to it.

    Source:
        Modelling standards ask for assumptions in cells of their own.

    Known false alarms:
        Counts of months, days and hours, powers of ten, common conversions of units, years,
        positions, digits and other arguments that belong to a function's form are passed over, as
        is a number that is added to a total. Physical constants are not known to the rule.
    """
    for own in facts.formulas.sheets:
        yield from _of_sheet(own)


@dataclass(frozen=True, slots=True)
class _Use:
    """A typed number in one template, or all of them where there is nothing else: `only`."""

    template: int
    constants: tuple[TypedConstant, ...]
    severity: Severity
    only: bool = False


_Positions: TypeAlias = Sequence[npt.NDArray[np.intp]]


def _of_sheet(own: SheetFormulas) -> Iterator[Finding]:
    uses: dict[tuple[float, Severity], list[_Use]] = {}
    for at, template in enumerate(own.templates):
        if template.computed and any(map(_DIGIT.search, _texts(template.pieces))):
            for key, use in _uses(at, template.text):
                uses.setdefault((key, use.severity), []).append(use)
    positions = template_cells(own) if uses else []
    for alike in uses.values():
        for use, group in _groups(own, alike, positions):
            yield _finding(own, use, group)


def _uses(at: int, text: str) -> Iterator[tuple[float, _Use]]:
    """The typed numbers of a template, each with what is alike in others."""
    found, tree = constants_in(text), expression(text)
    if not found or tree is None:
        return
    if only_typed(tree):
        large = any(one.part is Part.ADDEND and abs(one.value) >= LARGE for one in found)
        yield _ONLY_TYPED, _Use(at, found, Severity.MEDIUM if large else Severity.LOW, only=True)
        return
    for one in reversed({abs(one.value): one for one in reversed(found)}.values()):
        if not one.beside_total:
            amount = one.part is Part.ADDEND and abs(one.value) >= LARGE
            yield _AMOUNT if amount else abs(one.value), _Use(at, (one,), _severity(one))


def _texts(pieces: Sequence[object]) -> list[str]:
    return [piece for piece in pieces if isinstance(piece, str)]


def _severity(one: TypedConstant) -> Severity:
    value = abs(one.value)
    rate = one.part in {Part.FACTOR, Part.DIVISOR, Part.BASE} and value % 1 != 0
    amount = one.part in {Part.ADDEND, Part.RESULT, Part.FACTOR} and value >= LARGE
    return Severity.MEDIUM if amount or (rate and value < _LARGEST_RATE) else Severity.LOW


def _groups(
    own: SheetFormulas, alike: Sequence[_Use], positions: _Positions
) -> Iterator[tuple[_Use, list[int]]]:
    """The cells with one typed number: copies and cells that touch, with the first one's use."""
    cells = own.sheet.cells
    sizes = [len(positions[use.template]) for use in alike]
    if len(alike) == 1 or sum(sizes) > _MOST_JOINED:
        for use in alike:
            yield use, positions[use.template].tolist()
        return
    at = np.concatenate([positions[use.template] for use in alike])
    which = np.repeat(np.arange(len(alike)), sizes)
    order = np.argsort(at, kind="stable")
    at, which = at[order], which[order]
    places = list(zip(cells.rows[at].tolist(), cells.columns[at].tolist(), strict=True))
    for group in connected_groups(places, which.tolist()):
        yield alike[int(which[group[0]])], [int(at[one]) for one in group]


def _finding(own: SheetFormulas, use: _Use, at: list[int]) -> Finding:
    cells = own.sheet.cells
    cell = cells[at[0]]
    template = own.templates[use.template]
    ranges = ranges_at(own.sheet, at)
    formula = "=" + template.text_at(cell.row, cell.column)
    fitted = formula if len(formula) <= _LONGEST else f"{formula[:_LONGEST]}…"
    texts = [one.text for one in use.constants]
    text = listed(texts, most=_SHOWN)
    if use.only:
        message = f"{cell.a1} calculates with typed numbers only ({fitted})"
        fix = "Put each number into a cell of its own, with a label and its source."
    else:
        message = f"{cell.a1} {_DOES[use.constants[0].part]} the typed number {text}"
        fix = f"Put {text} into a labelled input cell and refer to it."
    if len(at) > 1:
        verb = "does" if len(at) == 2 else "do"  # noqa: PLR2004 - one more cell, two more
        message += f"; so {verb} {counted(len(at) - 1, 'more cell')} ({listed(ranges)})"
    return Finding(
        rule=CODE,
        severity=use.severity,
        message=f"{message}.",
        sheet=own.sheet.name,
        ranges=ranges,
        evidence={
            "found": formula,
            "found R1C1": "=" + displayed(template.r1c1),
            "number": text,
            "cells": f"{len(at):,}",
        },
        fix=fix,
        confidence=_confidence(use),
        tier=Tier.MORE,
        key=f"{text} {template.r1c1}",
    )


def _confidence(use: _Use) -> float:
    part = use.constants[0].part
    if use.severity is Severity.LOW:
        return 0.3 if part is Part.LIMIT else 0.35
    return 0.6 if part in {Part.FACTOR, Part.ADDEND} and not use.only else 0.5
