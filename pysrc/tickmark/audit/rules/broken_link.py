"""The rule `broken-link`."""

from __future__ import annotations

from collections.abc import Iterator

from tickmark.audit.rule import Facts, rule
from tickmark.audit.wording import addresses, counted, listed
from tickmark.model.finding import Finding, Severity
from tickmark.structure.links import LinkState, LinkUse, OtherWorkbook, other_workbooks

CODE = "broken-link"

_SEVERITIES = {
    LinkState.LOST: Severity.HIGH,
    LinkState.PERSONAL: Severity.MEDIUM,
    LinkState.DRIVE: Severity.LOW,
}


@rule(CODE, severity=Severity.HIGH)
def broken_link(facts: Facts) -> Iterator[Finding]:
    r"""A link to another workbook leads nowhere, or only on one person's machine.

    What it finds:
        Formulas and names that depend on a link without a target (high), on a file in somebody's
        own folders, a temporary, download or mail attachment folder (medium), or on a drive letter
        that others may not have (low).

    Why it matters:
        The link cannot be updated by anybody else: the numbers stay as they last were, or turn
        into errors, and the source cannot be checked.

    Example:
        `=[2]Rates!$B$2`, where the second link leads to `C:\Users\kim\Downloads\rates.xlsx`.

    Fix:
        Put the other workbook where every reader can open it and change the link, or replace the
        formulas by values with their source.

    Source:
        The target as the workbook file states it; whether the file exists is not looked up.

    Known false alarms:
        A drive letter that the whole team shares.
    """
    for other in other_workbooks(facts.formulas):
        if other.state is LinkState.OPEN:
            continue
        for use in other.uses:
            yield _used(other, use)
        if not other.uses:
            yield _unused(other)


def _used(other: OtherWorkbook, use: LinkUse) -> Finding:
    ranges = addresses(use.cells)
    verb = "depends" if use.count == 1 else "depend"
    return Finding(
        rule=CODE,
        severity=_SEVERITIES[other.state],
        message=f"{counted(use.count, 'formula')} {verb} on {_where(other)} ({listed(ranges)}).",
        sheet=use.sheet,
        ranges=ranges,
        evidence={
            "target": other.target or f"[{other.book}] is not known",
            "formula": use.formula,
            "formulas": str(use.count),
        },
        fix="Put the other workbook where every reader can open it and change the link, or "
        "replace the formulas by values with their source.",
        key=other.target or other.book,
    )


def _unused(other: OtherWorkbook) -> Finding:
    evidence = {"target": other.target or f"[{other.book}] is not known"}
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
        key=other.target or other.book,
    )


def _where(other: OtherWorkbook) -> str:
    match other.state:
        case LinkState.PERSONAL:
            return f"a file in one person's folders, {other.target}"
        case LinkState.DRIVE:
            return f"a file on a drive that others may not have, {other.target}"
        case _:
            return f"another workbook that is not known any more ([{other.book}])"
