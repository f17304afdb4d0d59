"""The rule `repeated-constant`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from tickmark.audit.rule import Facts, rule
from tickmark.audit.typed_constants import constants_in, digits_of
from tickmark.audit.wording import addresses, counted, listed
from tickmark.model.address import quote_sheet_name
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.model.grid import CellKind
from tickmark.structure.formulas import NO_TEMPLATE
from tickmark.structure.labels import periods
from tickmark.structure.rectangles import rectangles

CODE = "repeated-constant"

FEWEST_PLACES: Final = 3
_FEWEST_DIGITS: Final = 3
_DIGITS_OF_CELLS: Final = 7
"""Numbers that stand in cells alone are repeated by chance unless they are this long."""

_MOST_CELLS: Final = 60
"""A number that is typed in more cells is data."""

_MOST_ALIKE: Final = 2
"""More numbers that stand in the same regions are a table that was copied."""

_DIGIT: Final = re.compile(r"\d")


@rule(CODE, severity=Severity.LOW)
def repeated_constant(facts: Facts) -> Iterator[Finding]:
    """The same number is typed in many places.

    What it finds:
        A number of at least three digits, such as 1.19, 0.0275 or 1959668327, that is typed in
        three or more different formulas, formulas and cells, or, if it is long, in cells of three
        or more regions. One finding names all its places.

    Why it matters:
        The number is one assumption. When it changes and one of the places is forgotten, the
        workbook calculates with two values of it.

    Example:
        `=B7*1.19`, `=SUM(C4:C9)*1.19` and `=D3/1.19` on three sheets.

    Fix:
        Put the number into one labelled input cell and let all the places refer to it.

    Source:
        Copies of one formula count once; so do all cells with the number in one region.

    Known false alarms:
        Two assumptions that have the same value by chance. Short and round numbers, years and
        dates, conversions of units, and tables that repeat each other are passed over.
    """
    found = _in_formulas(facts)
    _add_cells(facts, found)
    for value in sorted(found):
        uses = found[value]
        if uses.places >= FEWEST_PLACES:
            yield _finding(facts, value, uses)


@dataclass(slots=True, eq=False)
class _Uses:
    """Where a number is typed: in which templates, and in which cells of which regions."""

    templates: dict[tuple[int, int], str] = field(default_factory=dict)
    cells: dict[tuple[int, int], list[int]] = field(default_factory=dict)

    @property
    def places(self) -> int:
        return len(self.templates) + len(self.cells)


def _in_formulas(facts: Facts) -> dict[float, _Uses]:
    found: dict[float, _Uses] = defaultdict(_Uses)
    for number, own in enumerate(facts.formulas.sheets):
        for at, template in enumerate(own.templates):
            texts = [piece for piece in template.pieces if isinstance(piece, str)]
            if not template.computed or not any(map(_DIGIT.search, texts)):
                continue
            for one in constants_in(template.text):
                if digits_of(one.value) >= _FEWEST_DIGITS:
                    found[abs(one.value)].templates.setdefault((number, at), one.text)
    return found


def _add_cells(facts: Facts, found: dict[float, _Uses]) -> None:
    """Add the cells with the numbers of formulas, and long numbers of cells alone."""
    typed: list[tuple[int, np.ndarray[tuple[int], np.dtype[np.intp]]]] = []
    for number, own in enumerate(facts.formulas.sheets):
        cells = own.sheet.cells
        plain = (cells.kinds == CellKind.NUMBER) & (own.template_of == NO_TEMPLATE)
        typed.append((number, np.flatnonzero(plain & ~periods(cells))))
    values = [np.abs(facts.workbook.sheets[n].cells.values[at]) for n, at in typed]
    if not sum(map(len, values)):
        return
    unique, counts = np.unique(np.concatenate(values), return_counts=True)
    few = (
        (counts >= FEWEST_PLACES)
        & (counts <= _MOST_CELLS)
        & (unique != np.rint(unique / 100) * 100)
    )
    known = set(found)
    alone = [v for v in unique[few].tolist() if v not in known and digits_of(v) >= _DIGITS_OF_CELLS]
    common = unique[counts > _MOST_CELLS]
    wanted = np.array(sorted((known - set(common.tolist())) | set(alone)))
    for (number, at), own_values in zip(typed, values, strict=True):
        chosen = at[np.isin(own_values, wanted)]
        if len(chosen):
            _add_places(facts, number, chosen, found)
    _drop_copied_tables(found, alone)


def _add_places(
    facts: Facts,
    number: int,
    chosen: np.ndarray[tuple[int], np.dtype[np.intp]],
    found: dict[float, _Uses],
) -> None:
    cells = facts.workbook.sheets[number].cells
    rows, columns = cells.rows[chosen], cells.columns[chosen]
    region = np.full(len(chosen), -1)
    for at, grid in enumerate(facts.grids[number]):
        area = grid.area
        inside = (rows >= area.top) & (rows <= area.bottom)
        region[inside & (columns >= area.left) & (columns <= area.right)] = at
    for position, at in zip(chosen.tolist(), region.tolist(), strict=True):
        value = abs(float(cells.values[position]))
        found[value].cells.setdefault((number, at), []).append(position)


def _drop_copied_tables(found: dict[float, _Uses], alone: Sequence[float]) -> None:
    alike: dict[frozenset[tuple[int, int]], list[float]] = defaultdict(list)
    for value in alone:
        alike[frozenset(found[value].cells)].append(value)
    for values in alike.values():
        if len(values) > _MOST_ALIKE:
            for value in values:
                del found[value]


def _finding(facts: Facts, value: float, uses: _Uses) -> Finding:
    by_sheet = _positions(facts, uses)
    first = min(by_sheet)
    ranges = _ranges(facts, first, by_sheet[first])
    text = next(iter(uses.templates.values()), f"{value:.15g}")
    others = [
        f"{quote_sheet_name(facts.workbook.sheets[number].name)}!{area}"
        for number in sorted(by_sheet)
        if number != first
        for area in _ranges(facts, number, by_sheet[number])
    ]
    places = " and ".join(
        part
        for part in (
            counted(len(uses.templates), "formula") if uses.templates else "",
            f"cells of {counted(len(uses.cells), 'region')}" if uses.cells else "",
        )
        if part
    )
    evidence = {"number": f"{value:.15g}", "places": f"{uses.places:,}"}
    if uses.templates:
        (number, at), _ = next(iter(uses.templates.items()))
        template = facts.formulas.sheets[number].templates[at]
        evidence["formula"] = "=" + template.text_at(template.row, template.column)
    if others:
        evidence["also in"] = listed(others, most=20)
    return Finding(
        rule=CODE,
        severity=Severity.LOW,
        message=f"The number {text} is typed in {places} ({listed([*ranges, *others])}).",
        sheet=facts.workbook.sheets[first].name,
        ranges=ranges,
        evidence=evidence,
        fix=f"Put {text} into one labelled input cell and let all the places refer to it.",
        confidence=_confidence(value, uses),
        tier=Tier.MORE,
        key=f"{value:.15g}",
    )


def _confidence(value: float, uses: _Uses) -> float:
    long = digits_of(value) > _FEWEST_DIGITS + 1
    if len(uses.templates) >= FEWEST_PLACES:
        return 0.7 if long else 0.55
    return 0.5 if uses.templates else 0.35


def _positions(facts: Facts, uses: _Uses) -> Mapping[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for (number, _), positions in uses.cells.items():
        found[number] += positions
    for number in {number for number, _ in uses.templates}:
        own = facts.formulas.sheets[number]
        wanted = [at for sheet, at in uses.templates if sheet == number]
        found[number] += np.flatnonzero(np.isin(own.template_of, wanted)).tolist()
    return found


def _ranges(facts: Facts, number: int, positions: Sequence[int]) -> tuple[str, ...]:
    sheet = facts.workbook.sheets[number]
    at = sorted(positions)
    return addresses(rectangles(sheet.name, sheet.cells.rows[at], sheet.cells.columns[at]))
