"""The rule `unsorted-lookup`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from tickmark.audit.lookups.key_line import KINDS, NOTHING, Key, KeyLine
from tickmark.audit.lookups.lookup_suspects import (
    LookupSuspect,
    fetches_last,
    is_sentinel,
    lookup_suspects,
)
from tickmark.audit.lookups.lookup_uses import (
    IN_FORMULA,
    KeyPlace,
    LookupUse,
    key_line,
    looked_for,
    lookup_uses,
)
from tickmark.audit.places import ranges_at
from tickmark.audit.quoting import quoted
from tickmark.audit.rule import Facts, rule
from tickmark.audit.wording import counted, listed
from tickmark.model.address import cell_address
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.model.grid import CellKind
from tickmark.structure.expression import Call, Operation, walk
from tickmark.structure.expression import expression as tree_of
from tickmark.structure.tokens import displayed

CODE = "unsorted-lookup"
MOST_EVALUATED: Final = 2_000
"""Lookups of a workbook whose value is followed; the others are judged by the keys alone."""
SHOWN, FOUND, LIKELY, POSSIBLE, INFORMS = 0.95, 0.85, 0.5, 0.4, 0.3

_EXACTLY: Final = {
    "VLOOKUP": "FALSE as the last argument",
    "HLOOKUP": "FALSE as the last argument",
    "MATCH": "0 as the last argument",
    "XLOOKUP": "search mode 1",
    "XMATCH": "search mode 1",
    "LOOKUP": "an exact MATCH or VLOOKUP in its place",
}


@rule(CODE, severity=Severity.HIGH)
def unsorted_lookup(facts: Facts) -> Iterator[Finding]:
    """A lookup takes its keys for sorted, and they are not.

    What it finds:
        VLOOKUP and HLOOKUP without FALSE, MATCH without 0, LOOKUP, and XLOOKUP and XMATCH that
        search by halves, whose keys are out of order by the saved values. High where the values
        prove that a lookup hits another key than it should, else medium. One finding covers all
        lookups of a sheet in one range of keys. Also found: texts that are looked up in this way
        and are not among the keys (medium), and exact keys that are looked up so by chance
        (asked for only).

    Why it matters:
        Excel halves the range again and again and believes the order that it expects. With other
        orders it returns the value of another row, without any error.

    Example:
        `=VLOOKUP(A2,Prices!A2:C40,3)`, where Prices!A7 "Bolt" stands below Prices!A6 "Nut".

    Fix:
        Ask for an exact match (FALSE or 0 as the last argument), or sort the keys if a bracket is
        meant.

    Source:
        The documentation of these functions demands sorted keys; order and hits are computed from
        the saved values.

    Known false alarms:
        Texts are compared without regard to case, accents and marks where those decide, as Excel's
        order depends on its language. Lookups of a very large number or a last text, which fetch
        the last entry of a list, are passed over. Cumulated figures that are searched for a turning
        point may be meant.
    """
    left = MOST_EVALUATED
    for place, uses in lookup_uses(facts.formulas).items():
        begin = min(int(use.begins.min()) for use in uses)
        end = max(int(use.ends.max()) for use in uses)
        keys = key_line(facts.formulas, place, begin, end)
        suspects: list[LookupSuspect] = []
        texts: list[_TextLookup] = []
        for use in uses:
            broken = _broken(keys, use)
            suspects += lookup_suspects(facts.formulas, keys, use, broken, left)
            left = max(left - len(broken), 0)
            ordered = _in_order(keys, use)[:left]
            left -= len(ordered)
            texts += _texts(facts, keys, use, ordered)
        yield from _by_chance(facts, place, texts)
        yield from _findings(facts, place, keys, suspects)


def _broken(keys: KeyLine, use: LookupUse) -> list[int]:
    """The cells of a use that look in keys out of order, by their number."""
    if fetches_last(use.lookup.value):
        return []
    broken = np.zeros(len(use.positions), np.bool_)
    for kind in KINDS:
        broken |= keys.breaks(kind).inside(use.begins, use.ends)
    return [int(at) for at in np.flatnonzero(broken)]


def _in_order(keys: KeyLine, use: LookupUse) -> list[int]:
    """The cells of a use that look in sorted texts without asking how, by their number."""
    if use.lookup.stated or CellKind.TEXT not in keys.kinds:
        return []
    broken = keys.breaks(CellKind.TEXT).inside(use.begins, use.ends)
    return [int(at) for at in np.flatnonzero(~broken)]


def _findings(
    facts: Facts, place: KeyPlace, keys: KeyLine, suspects: Sequence[LookupSuspect]
) -> Iterator[Finding]:
    """One finding for each sheet and each range of keys; ranges that overlap are one."""
    by_sheet: dict[tuple[int, int], list[LookupSuspect]] = {}
    for one in suspects:
        template = one.use.template if place.sheet == IN_FORMULA else NOTHING
        by_sheet.setdefault((one.use.sheet, template), []).append(one)
    for alike in by_sheet.values():
        alike.sort(key=lambda one: int(one.use.begins[one.at]))
        group: list[LookupSuspect] = []
        reach = NOTHING
        for one in alike:
            if group and int(one.use.begins[one.at]) > reach:
                yield _finding(facts, place, keys, group)
                group, reach = [], NOTHING
            group.append(one)
            reach = max(reach, int(one.use.ends[one.at]))
        if group:
            yield _finding(facts, place, keys, group)


def _finding(
    facts: Facts, place: KeyPlace, keys: KeyLine, group: Sequence[LookupSuspect]
) -> Finding:
    sheet = group[0].use.sheet
    own = facts.formulas.sheets[sheet]
    group = sorted(group, key=lambda one: int(one.use.positions[one.at]))
    proven = [one for one in group if one.hit is not None]
    first = next((one for one in proven if one.shown), proven[0] if proven else group[0])
    begin, end = int(first.use.begins[first.at]), int(first.use.ends[first.at])
    template = own.templates[first.use.template]
    at = int(first.use.positions[first.at])
    row, column = own.sheet.cells.place(at)
    positions = np.unique([int(one.use.positions[one.at]) for one in group])
    where = place.text(facts.formulas, sheet, begin, end)
    pair = _pair(facts, place, keys, first)
    evidence = {
        "found": "=" + template.text_at(row, column),
        "keys": where,
        "out of order": pair,
        "lookups": str(len(positions)),
    }
    address = cell_address(row, column)
    order = "falling" if place.descending else "sorted"
    message = f"{address} takes the keys in {where} for {order}, but {pair}"
    if proven:
        evidence["wrong key"] = str(len({int(one.use.positions[one.at]) for one in proven}))
        message += "; " + _miss(facts, place, keys, first)
    if len(positions) > 1:
        message += f" ({counted(len(positions), 'lookup')} in these keys)"
    sureness = SHOWN if first.shown else FOUND if proven else LIKELY
    return Finding(
        rule=CODE,
        severity=Severity.HIGH if proven else Severity.MEDIUM,
        message=message + ".",
        sheet=own.sheet.name,
        ranges=ranges_at(own.sheet, positions),
        evidence=evidence,
        fix=f"Use {_EXACTLY[first.use.lookup.function]} for an exact match, or sort the keys.",
        confidence=sureness,
        key=f"{displayed(template.r1c1)}",
    )


def _pair(facts: Facts, place: KeyPlace, keys: KeyLine, suspect: LookupSuspect) -> str:
    """The first two keys out of order, as words."""
    begin, end = int(suspect.use.begins[suspect.at]), int(suspect.use.ends[suspect.at])
    kinds = [CellKind.TEXT if isinstance(suspect.value, str) else CellKind.NUMBER]
    if suspect.value is None or isinstance(suspect.value, bool):
        kinds = list(KINDS)
    found = [keys.breaks(kind).first_inside(begin, end) for kind in kinds]
    first, second = min(pair for pair in found if pair is not None)
    return f"{_named(facts, place, keys, first)} stands before {_named(facts, place, keys, second)}"


def _named(facts: Facts, place: KeyPlace, keys: KeyLine, at: int) -> str:
    """A key with its address."""
    shown = _shown(keys.key_at(at))
    if place.sheet == IN_FORMULA:
        return shown
    return f"{place.area(facts.formulas, at, at).a1} {shown}"


def _shown(key: Key) -> str:
    if isinstance(key, str):
        return quoted(key, most=30)
    return str(key).upper() if isinstance(key, bool) else f"{key:.15g}"


def _miss(facts: Facts, place: KeyPlace, keys: KeyLine, suspect: LookupSuspect) -> str:
    """What a lookup finds and what it should, as words."""
    value = "" if suspect.value is None else _shown(suspect.value)
    if suspect.shown and suspect.right is not None:
        cells = facts.formulas.sheets[suspect.use.sheet].sheet.cells
        saved = cells.value(int(suspect.use.positions[suspect.at]))
        right = _named(facts, place, keys, suspect.right)
        shown = "nothing" if saved is None else _shown(saved)
        return f"it looks for {value} and shows {shown}, which does not belong to {right}"
    hit = "nothing"
    if suspect.hit is not None and suspect.hit != NOTHING:
        hit = _named(facts, place, keys, suspect.hit)
    if suspect.right is None or suspect.right == NOTHING:
        return f"it looks for {value} and finds {hit}, where there is no such key"
    return (
        f"it looks for {value} and finds {hit} instead of "
        f"{_named(facts, place, keys, suspect.right)}"
    )


@dataclass(frozen=True, slots=True)
class _TextLookup:
    """A text that is looked up in sorted keys without asking how; `known` if it is among them."""

    use: LookupUse
    at: int
    value: str
    known: bool

    @property
    def position(self) -> int:
        """The place of the cell in the arrays of its sheet."""
        return int(self.use.positions[self.at])


def _texts(
    facts: Facts, keys: KeyLine, use: LookupUse, ordered: Sequence[int]
) -> Iterator[_TextLookup]:
    """The texts that a use looks up in sorted keys without asking how."""
    if not ordered or _is_checked(facts, use):
        return
    for at, value in zip(ordered, looked_for(facts.formulas, use, ordered), strict=True):
        begin, end = int(use.begins[at]), int(use.ends[at])
        if isinstance(value, str) and value and CellKind.TEXT in keys.kinds_inside(begin, end):
            last = is_sentinel(use.lookup.value, value)
            yield _TextLookup(use, at, value, known=last or keys.holds(value, begin, end))


def _by_chance(facts: Facts, place: KeyPlace, texts: Sequence[_TextLookup]) -> Iterator[Finding]:
    """One finding for each sheet that looks up texts in a line of keys without asking how."""
    by_sheet: dict[int, dict[int, _TextLookup]] = {}
    for one in texts:
        cells = by_sheet.setdefault(one.use.sheet, {})
        if one.position not in cells or not one.known:
            cells[one.position] = one
    for sheet in sorted(by_sheet):
        found = [by_sheet[sheet][position] for position in sorted(by_sheet[sheet])]
        strange = [one for one in found if not one.known]
        some = 0 < 2 * len(strange) < len(found) or len(strange) == len(found) == 1
        yield _chance(facts, place, strange if some else found, is_strange=some)


def _is_checked(facts: Facts, use: LookupUse) -> bool:
    """Whether the formula compares what it finds, as the quick form of an exact lookup does."""
    tree = tree_of(facts.formulas.sheets[use.sheet].templates[use.template].text)
    return tree is None or any(
        isinstance(one, Operation)
        and one.operator in {"=", "<>"}
        and any(isinstance(part, Call) for part in one.operands)
        for one in walk(tree)
    )


def _chance(
    facts: Facts, place: KeyPlace, found: Sequence[_TextLookup], *, is_strange: bool
) -> Finding:
    first = found[0]
    own = facts.formulas.sheets[first.use.sheet]
    cells, template = own.sheet.cells, own.templates[first.use.template]
    positions = [one.position for one in found]
    row, column = cells.place(first.position)
    begin, end = int(first.use.begins[first.at]), int(first.use.ends[first.at])
    where = place.text(facts.formulas, first.use.sheet, begin, end)
    ranges = ranges_at(own.sheet, positions)
    if is_strange:
        message = (
            f"{cell_address(row, column)} looks for {quoted(first.value, most=30)}, which is not "
            f"among the keys in {where}, and takes the entry before it"
        )
        if len(found) > 1:
            message += f" ({counted(len(found), 'lookup')} of this kind)"
    else:
        message = (
            f"{counted(len(found), 'lookup')} of texts in {where} ({listed(ranges)}) "
            f"{'asks' if len(found) == 1 else 'ask'} for no exact match; the keys are sorted today"
        )
    return Finding(
        rule=CODE,
        severity=Severity.MEDIUM if is_strange else Severity.LOW,
        message=message + ".",
        sheet=own.sheet.name,
        ranges=ranges,
        evidence={"found": "=" + template.text_at(row, column), "keys": where},
        fix=f"Use {_EXACTLY[first.use.lookup.function]} for an exact match.",
        confidence=POSSIBLE if is_strange else INFORMS,
        tier=Tier.DEFAULT if is_strange else Tier.MORE,
        key=f"not exact {displayed(template.r1c1)}",
    )
