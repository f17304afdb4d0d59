"""The rule `external-link`."""

from __future__ import annotations

from collections.abc import Iterator

from tickmark.audit.link_cells import linked_workbooks
from tickmark.audit.rule import Facts, rule
from tickmark.audit.wording import addresses, counted, listed
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.structure.links import LinkState, LinkUse, OtherWorkbook

CODE = "external-link"


@rule(CODE, severity=Severity.LOW)
def external_link(facts: Facts) -> Iterator[Finding]:
    """Formulas or names depend on another workbook.

    What it finds:
        For each other workbook and each sheet, the formulas that take values from it, by address
        or through a name; and links that only names or no formula at all use.

    Why it matters:
        The values change with a file that a reader may not have, or they stay as they were when
        the link was last updated and nobody sees how old they are.

    Example:
        `=[Prices.xlsx]List!$B$4*C7`

    Fix:
        Bring the numbers in as labelled inputs with their source and date, or keep the files
        together.

    Source:
        The links are listed in the workbook file itself.

    Known false alarms:
        Planned links between the files of one model. A link that no formula uses may serve a
        chart, a validation list or a conditional format. Links that cannot work for others are
        left to broken-link, those to servers and running programs to outward-formula.
    """
    for other in linked_workbooks(facts.formulas):
        if other.state is not LinkState.OPEN:
            continue
        if not other.uses:
            yield _unused(other)
        for use in other.uses:
            yield _used(other, use)


def _used(other: OtherWorkbook, use: LinkUse) -> Finding:
    ranges = addresses(use.cells)
    verb = "depends" if use.count == 1 else "depend"
    return Finding(
        rule=CODE,
        severity=Severity.LOW,
        message=f"{counted(use.count, 'formula')} {verb} on {_what(other)} ({listed(ranges)}).",
        sheet=use.sheet,
        ranges=ranges,
        evidence={"target": other.target, "formula": use.formula, "formulas": str(use.count)},
        fix="Bring the values in as inputs with source and date, or keep the files together.",
        tier=Tier.MORE,
        key=other.target,
    )


def _unused(other: OtherWorkbook) -> Finding:
    evidence = {"target": other.target}
    if other.names:
        evidence["names"] = listed(other.names, most=50)
        many = len(other.names) > 1
        message = (
            f"The name{'s' if many else ''} {listed(other.names)} "
            f"depend{'' if many else 's'} on {_what(other)}; no formula does."
        )
    else:
        message = f"The workbook has a link to {_what(other)} that no formula uses."
    return Finding(
        rule=CODE,
        severity=Severity.INFO,
        message=message,
        evidence=evidence,
        fix="Break the link under Data, Edit Links, unless a chart or a validation list needs it.",
        tier=Tier.MORE,
        key=other.target,
    )


def _what(other: OtherWorkbook) -> str:
    if other.kind == "workbook":
        return f"the other workbook {other.target}"
    return f"the {other.kind.upper()} link {other.target}"
