"""The rule `volatile-function`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.audit.places import address_at
from tickmark.audit.ranges.read_areas import template_cells
from tickmark.audit.ranges.whole_columns import whole_columns_in
from tickmark.audit.rule import Facts, rule
from tickmark.audit.wording import addresses, counted
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.model.grid import FormulaKind
from tickmark.structure.coverage import areas_of, covered
from tickmark.structure.formulas import SheetFormulas
from tickmark.structure.pieces import split
from tickmark.structure.rectangles import rectangles
from tickmark.structure.reference import Reference, ReferenceKind
from tickmark.structure.scope import Scope
from tickmark.structure.skeleton import skeleton

CODE = "volatile-function"

WIDE_REACH: Final = 0.1
FEWEST_REACHED: Final = 20
MOST_AREAS: Final = 2_000
MOST_NAMES: Final = 50
CONFIDENCE: Final = 0.9

_RANDOM: Final = frozenset({"RAND", "RANDBETWEEN", "RANDARRAY"})
_CLOCK: Final = frozenset({"NOW", "TODAY"})
_VOLATILE: Final = _RANDOM | _CLOCK | {"OFFSET", "INDIRECT", "CELL", "INFO"}
_ARRAYS: Final = frozenset({FormulaKind.ARRAY, FormulaKind.DYNAMIC_ARRAY})
WHOLE: Final = "whole columns"

_FIXES: Final = {
    "OFFSET": "Use INDEX in its place, which is calculated only when its cells change.",
    "INDIRECT": "Refer to the cells themselves, or choose among them with INDEX or CHOOSE.",
    "CELL": "Write down what it tells, or keep it in one cell that little depends on.",
    "INFO": "Write down what it tells, or keep it in one cell that little depends on.",
    WHOLE: "Refer to the rows that hold data, or make a table of them and name its columns.",
}
_WHYS: Final = {
    "OFFSET": "what it refers to is not seen in the formula",
    "INDIRECT": "what it refers to is not seen in the formula and does not move with the cells",
    WHOLE: "each cell of over a million rows is calculated",
}


@rule(CODE, severity=Severity.MEDIUM)
def volatile_function(facts: Facts) -> Iterator[Finding]:
    """Formulas are calculated again at each change, whatever was changed.

    What it finds:
        NOW, TODAY, RAND, RANDBETWEEN, RANDARRAY, OFFSET, INDIRECT, CELL and INFO, also in defined
        names, and whole columns in SUMPRODUCT and in array formulas. One finding for each function
        and sheet, with the number of formulas that are calculated again because of it. Medium where
        these are more than a tenth of the workbook, or where chance or the clock decides about
        other cells, else low.

    Why it matters:
        A result that depends on the clock or on chance is another one tomorrow, and nobody can
        repeat it. The others make the workbook slow, and INDIRECT and OFFSET hide from Excel and
        from readers which cells they take.

    Example:
        `=SUM(OFFSET(B2,0,0,A1,1))` on which a whole sheet depends.

    Fix:
        Enter a date once as an input, replace OFFSET by INDEX and INDIRECT by plain references, and
        name the rows that hold data.

    Source:
        The list of volatile functions in the documentation of Excel; the reach is counted in the
        formula graph.

    Known false alarms:
        A date of printing or a simulation is meant to change. The finding informs; it is shown only
        when asked for.
    """
    names = _Names(facts.formulas.scope, {})
    total = facts.workbook.formula_count
    for number, own in enumerate(facts.formulas.sheets):
        calling: dict[str, list[int]] = {}
        arrays = _arrays(own)
        for at, template in enumerate(own.templates):
            found = _volatile_calls(template.text)
            for one in facts.formulas.references[number][at]:
                if one.kind is ReferenceKind.NAME and not one.book:
                    found |= names.calls(one, own.sheet.name)
            if whole_columns_in(template.text, is_array=at in arrays):
                found |= {WHOLE}
            for function in found:
                calling.setdefault(function, []).append(at)
        cells = template_cells(own) if calling else []
        for function in sorted(calling):
            templates = calling[function]
            positions = np.sort(np.concatenate([cells[at] for at in templates]))
            if len(positions):
                yield _finding(facts, number, function, positions, total)


def _arrays(own: SheetFormulas) -> set[int]:
    """The templates that stand in array formulas, also in those of one cell."""
    cells = own.sheet.cells
    groups = [one for one in cells.formula_groups.values() if one.kind in _ARRAYS]
    positions = [cells.position(one.row, one.column) for one in groups]
    return {int(own.template_of[at]) for at in positions if at is not None}


_ANY_VOLATILE: Final = re.compile("|".join(sorted(_VOLATILE)), re.IGNORECASE)


def _volatile_calls(text: str) -> frozenset[str]:
    if _ANY_VOLATILE.search(text) is None:
        return frozenset()
    return skeleton(split(text)).calls & _VOLATILE


@dataclass(frozen=True, slots=True)
class _Names:
    """The volatile functions behind defined names; `known` by folded name and sheet."""

    scope: Scope
    known: dict[tuple[str, str], frozenset[str]]

    def calls(self, reference: Reference, sheet: str) -> frozenset[str]:
        """The volatile functions behind a name, followed through other names."""
        place = reference.sheet or sheet
        key = (reference.name.casefold(), place.casefold())
        if key not in self.known:
            self.known[key] = frozenset()
            name = self.scope.name(reference.name, place)
            if name is not None and len(self.known) <= MOST_NAMES * MOST_NAMES:
                found = _volatile_calls(name.refers_to)
                for inner in _names_in(name.refers_to):
                    found |= self.calls(inner, place)
                self.known[key] = found
        return self.known[key]


def _names_in(text: str) -> Sequence[Reference]:
    slots = skeleton(split(text)).slots
    return [
        slot.reference
        for slot in slots
        if slot.reference.kind is ReferenceKind.NAME and not slot.reference.book
    ][:MOST_NAMES]


def _finding(
    facts: Facts, number: int, function: str, positions: npt.NDArray[np.intp], total: int
) -> Finding:
    own = facts.formulas.sheets[number]
    cells = own.sheet.cells
    areas = rectangles(own.sheet.name, cells.rows[positions], cells.columns[positions])
    behind = _reached(facts, number, positions)
    reached = behind + len(positions)
    share = reached / max(total, 1)
    first = int(positions[0])
    address = address_at(own.sheet, first)
    template = own.templates[int(own.template_of[first])]
    text = template.text_at(*cells.place(first))
    decides = bool(behind) and function in _RANDOM | _CLOCK
    wide = share > WIDE_REACH and reached >= FEWEST_REACHED and function != WHOLE
    return Finding(
        rule=CODE,
        severity=Severity.MEDIUM if decides or wide else Severity.LOW,
        message=_message(function, address, len(positions), behind, share),
        sheet=own.sheet.name,
        ranges=addresses(areas),
        evidence={
            "found": f"={text}",
            "formulas with it": f"{len(positions):,}",
            "formulas behind": f"{behind:,}",
            "share of all formulas": f"{share:.1%}",
        },
        fix=_FIXES.get(function, "Enter the value once as an input, and let formulas refer to it."),
        confidence=CONFIDENCE,
        tier=Tier.MORE,
        key=function,
    )


def _message(function: str, address: str, count: int, behind: int, share: float) -> str:
    subject = "A whole column is calculated" if function == WHOLE else f"{function} is called"
    message = f"{subject} in {counted(count, 'formula')}, first in {address}"
    if behind:
        verb = "depends" if behind == 1 else "depend"
        message += f"; {counted(behind, 'more formula')} {verb} on {'it' if count == 1 else 'them'}"
    if function != WHOLE:
        message += f" ({share:.1%} of the workbook are calculated at each change)"
    why: Mapping[str, str] = _WHYS
    return f"{message}; {why[function]}." if function in why else f"{message}."


def _reached(facts: Facts, number: int, positions: npt.NDArray[np.intp]) -> int:
    """How many other formula cells depend on some cells of a sheet."""
    own = facts.formulas.sheets[number]
    cells = own.sheet.cells
    areas = rectangles(own.sheet.name, cells.rows[positions], cells.columns[positions])
    sheets, edges = areas_of(facts.graph.reach.dependents(areas[:MOST_AREAS]).lattices)
    found = 0
    for at, one in enumerate(facts.formulas.sheets):
        inside = covered(one.sheet.cells, edges[sheets == at])
        if at == number:
            inside[positions] = False
        found += int(inside.sum())
    return found
