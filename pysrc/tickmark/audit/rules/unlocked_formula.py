"""The rule `unlocked-formula`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from tickmark.audit.rule import Facts, rule
from tickmark.audit.wording import addresses, counted, listed
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.structure.formulas import NO_TEMPLATE
from tickmark.structure.rectangles import rectangles

CODE: Final = "unlocked-formula"
CONFIDENCE: Final = 0.9


@rule(CODE, severity=Severity.LOW)
def unlocked_formula(facts: Facts) -> Iterator[Finding]:
    """Formulas on a protected sheet can be overwritten.

    What it finds:
        Formula cells without the format "locked" on a sheet that is protected. All of a sheet make
        one finding.

    Why it matters:
        The sheet was protected so that only its inputs can be changed. In these cells a user can
        still type over a formula, and nobody will notice.

    Example:
        A sheet with unlocked input cells in B2 to B9, where the total in B10 is unlocked as well.

    Fix:
        Select the cells, tick "Locked" under Format Cells, Protection, and protect the sheet again.

    Source:
        The protection of the sheet and the formats of its cells, as the file holds them; Excel
        marks the same cells.

    Known false alarms:
        Default formulas that a user may replace by a figure of his own.
    """
    unlocked = np.array([not style.locked for style in facts.workbook.styles], np.bool_)
    if not unlocked.any():
        return
    for own in facts.formulas.sheets:
        sheet, cells = own.sheet, own.sheet.cells
        if sheet.details.protection is None:
            continue
        formulas = own.template_of != NO_TEMPLATE
        at = np.flatnonzero(formulas & unlocked[cells.styles])
        if not len(at):
            continue
        ranges = addresses(rectangles(sheet.name, cells.rows[at], cells.columns[at]))
        row, column = cells.place(at[0])
        template = own.templates[int(own.template_of[at[0]])]
        verb = "is" if len(at) == 1 else "are"
        yield Finding(
            rule=CODE,
            severity=Severity.LOW,
            message=f"{counted(len(at), 'formula cell')} of the protected sheet {verb} not locked "
            f"and can be overwritten ({listed(ranges)}).",
            sheet=sheet.name,
            ranges=ranges,
            evidence={
                "found": "=" + template.text_at(row, column),
                "unlocked formulas": f"{len(at):,} of {int(np.count_nonzero(formulas)):,}",
            },
            fix="Lock the cells and protect the sheet again.",
            confidence=CONFIDENCE,
            tier=Tier.MORE,
            key="unlocked formulas",
        )
