"""The rule `complex-formula`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from tickmark.audit.formula_measures import FormulaMeasures, measures_of
from tickmark.audit.places import ranges_at
from tickmark.audit.ranges.read_areas import template_cells
from tickmark.audit.rule import Facts, rule
from tickmark.audit.wording import counted
from tickmark.model.address import cell_address
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.structure.formulas import SheetFormulas
from tickmark.structure.tokens import TokenKind, displayed, tokens

CODE = "complex-formula"

MOST_LETTERS: Final = 400
MOST_CALLS: Final = 8
MOST_DEPTH: Final = 5
MOST_CHAIN: Final = 4
MOST_SHEETS: Final = 5
CONFIDENCES: Final = (0.4, 0.6, 0.8)
LONGEST_SHOWN: Final = 120

_REFERENCES: Final = frozenset(
    {TokenKind.AREA, TokenKind.CELL, TokenKind.COLUMNS, TokenKind.ROWS, TokenKind.R1C1}
)


@rule(CODE, severity=Severity.LOW)
def complex_formula(facts: Facts) -> Iterator[Finding]:
    """A formula is too long or too deep to be checked by reading it.

    What it finds:
        Formulas with more than 8 function calls, more than 5 functions in each other, more than 4
        IFs in each other, references to more than 5 sheets, or more than 400 letters without
        quoted texts. All copies of a formula, and formulas of a sheet that differ in nothing but
        addresses and constants, are one finding.

    Why it matters:
        Nobody can check such a formula at sight, so errors stay in it, and the next change makes
        another one.

    Example:
        `=IF(A2<10,1,IF(A2<20,2,IF(A2<50,3,IF(A2<100,4,IF(A2<500,5,6)))))`: a table of limits and a
        lookup say the same.

    Fix:
        Calculate the steps in cells of their own, or name them with LET; put chains of cases into a
        table and look the result up.

    Source:
        Limits as modelling standards name them; studies of spreadsheets see more errors and less
        understanding in long, deep formulas.

    Known false alarms:
        A long formula may be right, and one made by a program is not meant to be read.
    """
    for number, own in enumerate(facts.formulas.sheets):
        shapes: dict[str, list[tuple[int, FormulaMeasures]]] = {}
        for at, template in enumerate(own.templates):
            if template.computed and _may_be_complex(template.text):
                measures = measures_of(template.text, facts.formulas.references[number][at])
                if _reasons(measures):
                    shapes.setdefault(_shape(template.text), []).append((at, measures))
        cells = template_cells(own) if shapes else []
        for alike in shapes.values():
            positions = np.sort(np.concatenate([cells[at] for at, _ in alike]))
            yield _finding(own, alike, positions)


def _may_be_complex(text: str) -> bool:
    """Whether there is room in a text for a formula over one of the limits."""
    calls = text.count("(")
    return calls > MOST_CHAIN or text.count("!") > MOST_SHEETS or len(text) > MOST_LETTERS


def _shape(text: str) -> str:
    """A formula without what its addresses and constants say."""
    pieces = []
    for kind, piece in tokens(text):
        if kind in _REFERENCES:
            pieces.append("A")
        elif kind is TokenKind.NUMBER:
            pieces.append("1")
        elif kind is TokenKind.TEXT:
            pieces.append('""')
        elif kind not in {TokenKind.SHEET, TokenKind.SPACE}:
            pieces.append(piece.upper())
    return "".join(pieces)


def _reasons(measures: FormulaMeasures) -> list[str]:
    """Which limits a formula exceeds, as words."""
    found = []
    if measures.chain > MOST_CHAIN:
        found.append(f"{measures.chain} IFs in each other")
    if measures.depth > MOST_DEPTH:
        found.append(f"{measures.depth} functions in each other")
    if measures.calls > MOST_CALLS:
        found.append(f"{measures.calls} function calls")
    if measures.sheets > MOST_SHEETS:
        found.append(f"references to {measures.sheets} sheets")
    if measures.letters > MOST_LETTERS:
        found.append(f"{measures.letters:,} letters")
    return found


def _fix(measures: FormulaMeasures) -> str:
    if measures.chain > MOST_CHAIN:
        return "Put the cases into a table of limits and results, and look the result up in it."
    if measures.calls <= MOST_CALLS and measures.sheets > MOST_SHEETS:
        return "Bring the figures of the sheets into one block first, and calculate there."
    return "Calculate the inner steps in cells of their own and refer to these, or use LET."


def _finding(
    own: SheetFormulas,
    alike: Sequence[tuple[int, FormulaMeasures]],
    positions: np.ndarray[tuple[int], np.dtype[np.intp]],
) -> Finding:
    at, worst = max(alike, key=lambda one: (len(_reasons(one[1])), one[1].letters))
    template = own.templates[at]
    reasons = _reasons(worst)
    address = cell_address(template.row, template.column)
    text = displayed(template.text)
    shown = text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…"
    message = f"The formula in {address} has {_joined(reasons)}"
    if len(positions) > 1:
        message += f"; {counted(len(positions), 'cell')} have it or one of its kind"
    return Finding(
        rule=CODE,
        severity=Severity.LOW,
        message=message + ".",
        sheet=own.sheet.name,
        ranges=ranges_at(own.sheet, positions),
        evidence={
            "found": f"={shown}",
            "function calls": str(worst.calls),
            "functions in each other": str(worst.depth),
            "IFs in each other": str(worst.chain),
            "sheets": str(worst.sheets),
            "letters": str(worst.letters),
        },
        fix=_fix(worst),
        confidence=CONFIDENCES[min(len(reasons), len(CONFIDENCES)) - 1],
        tier=Tier.MORE,
        key=_shape(template.text),
    )


def _joined(reasons: Sequence[str]) -> str:
    if len(reasons) == 1:
        return reasons[0]
    return f"{', '.join(reasons[:-1])} and {reasons[-1]}"
