"""The rule `broken-link`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np

from tickmark.audit.link_cells import link_cells, link_users, linked_workbooks
from tickmark.audit.rule import Facts, rule
from tickmark.audit.wording import addresses, counted, listed
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.model.grid import CellKind
from tickmark.structure.links import LinkState, LinkUse, OtherWorkbook

CODE = "broken-link"
MOST_TARGETS: Final = 3
MOST_ACCUSED: Final = 20
MOST_LISTED: Final = 20
CERTAIN = 0.95
LIKELY = 0.7
POSSIBLE = 0.4

_FIX: Final = (
    "Put the other workbook where every reader can open it and change the link, or replace the "
    "formulas by values with their source."
)


@rule(CODE, severity=Severity.HIGH)
def broken_link(facts: Facts) -> Iterator[Finding]:
    r"""A link to another workbook leads nowhere, or only on one person's machine.

    What it finds:
        Formulas that depend on a link without a target (high): the cells are named, sheet by sheet.
        Links to files in somebody's own folders, or in a temporary, download or mail attachment
        folder (medium; high where the cells show errors): all of a workbook make one finding. It
        names the links and the first cells, and accuses the cells only where there are up to
        twenty on one sheet. Links to a drive letter that others may not have, and links
        that no formula uses, are listed with `--tier more` (low).

    Why it matters:
        The link cannot be updated by anybody else: the numbers stay as they last were, or turn
        into errors, and the source cannot be checked.

    Example:
        `=[2]Rates!$B$2`, where the second link leads to `C:\Users\kim\Downloads\rates.xlsx`.

    Fix:
        Put the other workbook where every reader can open it and change the link, or replace the
        formulas by values with their source.

    Source:
        The target as the workbook file states it; whether the file exists is not looked up. Errors
        that come out of such a link are counted here and belong to no other rule.

    Known false alarms:
        A drive letter that the whole team shares.
    """
    broken = [
        other
        for other in linked_workbooks(facts.formulas)
        if other.state not in {LinkState.OPEN, LinkState.REMOTE}
    ]
    for other in broken:
        if other.state is LinkState.LOST:
            for use in other.uses:
                yield _lost(facts, other, use)
    personal = [one for one in broken if one.state is LinkState.PERSONAL and one.uses]
    if personal:
        yield _personal(facts, personal)
    for other in broken:
        if not other.uses:
            yield _unused(other)
        elif other.state is LinkState.DRIVE:
            yield _on_drive(other)


def _lost(facts: Facts, other: OtherWorkbook, use: LinkUse) -> Finding:
    ranges = addresses(use.cells)
    verb = "depends" if use.count == 1 else "depend"
    evidence = {"target": _target(other), "formula": use.formula, "formulas": str(use.count)}
    errors = _errors(facts, [use])
    if errors:
        evidence["show an error"] = counted(errors, "cell")
    return Finding(
        rule=CODE,
        severity=Severity.HIGH,
        message=f"{counted(use.count, 'formula')} {verb} on {_where(other)} ({listed(ranges)}).",
        sheet=use.sheet,
        ranges=ranges,
        evidence=evidence,
        fix=_FIX,
        confidence=CERTAIN,
        key=_target(other),
    )


def _errors(facts: Facts, uses: Iterable[LinkUse]) -> int:
    """How many of the cells show an error."""
    errors = 0
    for use in uses:
        cells = facts.workbook[use.sheet].cells
        for area in use.cells:
            kinds = cells.kinds[cells.within(area)]
            errors += int(np.count_nonzero(kinds == CellKind.ERROR))
    return errors


def _personal(facts: Facts, others: Sequence[OtherWorkbook]) -> Finding:
    targets = [other.target for other in others]
    if len(others) == 1:
        what = f"A link leads to {_where(others[0])}"
    else:
        shown = listed(targets, most=MOST_TARGETS)
        what = f"{len(others)} links lead to files in one person's folders, {shown}"
    count = sum(other.count for other in others)
    verb = "depends" if count == 1 else "depend"
    message = f"{what}; {link_users(others)} {verb} on {'it' if len(others) == 1 else 'them'}"
    evidence = {
        "target": listed(targets, most=MOST_LISTED),
        "formula": others[0].uses[0].formula,
        "formulas": str(count),
        "cells": link_cells(others),
    }
    errors = _errors(facts, (use for other in others for use in other.uses))
    if errors:
        evidence["show an error"] = counted(errors, "cell")
        message += f", and {counted(errors, 'cell')} {'shows' if errors == 1 else 'show'} an error"
    return Finding(
        rule=CODE,
        severity=Severity.HIGH if errors else Severity.MEDIUM,
        message=message + ".",
        sheet=_only_sheet(others),
        ranges=_few_cells(others),
        evidence=evidence,
        fix=_FIX,
        confidence=CERTAIN if errors else LIKELY,
        key="\n".join(sorted(targets)),
    )


def _only_sheet(others: Sequence[OtherWorkbook]) -> str:
    """The sheet of all formulas; "" where they stand on several."""
    sheets = {use.sheet for other in others for use in other.uses}
    return sheets.pop() if len(sheets) == 1 else ""


def _few_cells(others: Sequence[OtherWorkbook]) -> tuple[str, ...]:
    """The cells of all formulas if they are few on one sheet; else the link alone is accused."""
    if not _only_sheet(others) or sum(other.count for other in others) > MOST_ACCUSED:
        return ()
    areas = [area for other in others for use in other.uses for area in use.cells]
    return addresses(sorted(dict.fromkeys(areas)))


def _on_drive(other: OtherWorkbook) -> Finding:
    verb = "depends" if other.count == 1 else "depend"
    return Finding(
        rule=CODE,
        severity=Severity.LOW,
        message=f"A link leads to {_where(other)}; {link_users([other])} {verb} on it.",
        sheet=_only_sheet([other]),
        ranges=_few_cells([other]),
        evidence={
            "target": other.target,
            "formula": other.uses[0].formula,
            "formulas": str(other.count),
            "cells": link_cells([other]),
        },
        fix=_FIX,
        confidence=POSSIBLE,
        tier=Tier.MORE,
        key=other.target,
    )


def _unused(other: OtherWorkbook) -> Finding:
    evidence = {"target": _target(other)}
    if other.names:
        evidence["names"] = listed(other.names, most=50)
    users = "no formula uses"
    if other.names:
        many = len(other.names) > 1
        users = f"only the name{'s' if many else ''} {listed(other.names)} use{'' if many else 's'}"
    return Finding(
        rule=CODE,
        severity=Severity.LOW,
        message=f"The workbook has a link to {_where(other)}; {users} it.",
        evidence=evidence,
        fix="Break the link under Data, Edit Links, unless a chart or a validation list needs it.",
        confidence=POSSIBLE,
        tier=Tier.MORE,
        key=_target(other),
    )


def _target(other: OtherWorkbook) -> str:
    return other.target or f"[{other.book}] is not known"


def _where(other: OtherWorkbook) -> str:
    match other.state:
        case LinkState.PERSONAL:
            return f"a file in one person's folders, {other.target}"
        case LinkState.DRIVE:
            return f"a file on a drive that others may not have, {other.target}"
        case _:
            return f"another workbook that is not known any more ([{other.book}])"
