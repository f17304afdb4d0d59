"""What a model is told of a finding: its facts and the cells around it, never a hidden one."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from tickmark.analyses.shown_sheets import ShownSheets
from tickmark.audit.instructions.instruction import instruction
from tickmark.audit.instructions.untold import may_be_told
from tickmark.audit.rule import Facts
from tickmark.encode.values import NOT_CALCULATED, counted, formula_value, number_value, text_value
from tickmark.ground.evidence import Evidence, evidence_of
from tickmark.ground.named_cells import named_cells
from tickmark.model.address import RangeRef, quote_sheet_name
from tickmark.model.finding import Finding
from tickmark.model.grid import Cell, CellKind
from tickmark.structure.dates import date_text
from tickmark.structure.formulas import NO_TEMPLATE
from tickmark.structure.reference import Reference
from tickmark.structure.references import references

MOST_AREAS: Final = 14
"""Areas around a finding that are told, one a line."""

MOST_ACCUSED: Final = 4
MOST_PRECEDENTS: Final = 6
MOST_NAMED: Final = 1_000
MOST_RANGES: Final = 12
MOST_EVIDENCE: Final = 12
LONGEST_TEXT: Final = 120
LONGEST_EVIDENCE: Final = 300
LONGEST_MESSAGE: Final = 600
FIRST_CELLS: Final = 4
LAST_CELLS: Final = 2

_QUOTED: Final = re.compile(r'"[^"\n]*"')


@dataclass(frozen=True, slots=True)
class ToldFinding:
    """A finding as a model is told of it, and what may be said about it.

    The text has one fact a line and no id, so that equal facts have equal texts.
    """

    rule: str
    sheet: str
    text: str
    evidence: Evidence = field(repr=False)


def told_findings(
    facts: Facts, findings: Sequence[Finding], wanted: Collection[int]
) -> dict[int, ToldFinding]:
    """The findings at some places of the list of all, as a model may be told of them.

    One is missing where its cells are hidden, where its words come from such cells or name a hidden
    sheet, and where it quotes what reads like an order to a model.
    """
    shown = ShownSheets(facts, findings)
    return {
        at: _told(shown, findings[at])
        for at in sorted(wanted)
        if may_be_told(findings[at]) and not _is_hidden(shown, findings[at])
    }


def _is_hidden(shown: ShownSheets, finding: Finding) -> bool:
    if finding.sheet and shown.is_hidden(finding.sheet):
        return True
    if any(shown.holds_back(area) for area in _accused(finding)):
        return True
    if any(map(shown.betrays, (finding.message, finding.fix, *finding.evidence.values()))):
        return True
    return any(shown.holds_back(area, whole=True) for area in _named(finding))


def _accused(finding: Finding) -> list[RangeRef]:
    return [RangeRef.parse(text, sheet=finding.sheet) for text in finding.ranges]


def _named(finding: Finding) -> Iterator[RangeRef]:
    """The cells that the words of a rule name, those in formulas and in quoted texts aside."""
    formulas = sorted(_formulas(finding), key=len, reverse=True)
    for text in (finding.message, finding.fix, *finding.evidence.values()):
        if text.startswith("="):
            continue
        plain = _QUOTED.sub(" ", text)
        for formula in formulas:
            plain = plain.replace(formula, " ")
        for one in named_cells(plain, (finding.sheet,)):
            if one.area is not None:
                area = one.area
                yield area if area.sheet else RangeRef(finding.sheet, *_edges(area))


def _edges(area: RangeRef) -> tuple[int, int, int, int]:
    return area.top, area.left, area.bottom, area.right


def _formulas(finding: Finding, *, r1c1: bool = True) -> tuple[str, ...]:
    """The formulas in the evidence and the fix of a finding."""
    named = (text for name, text in finding.evidence.items() if r1c1 or "R1C1" not in name)
    return tuple(text for text in (finding.fix, *named) if text.startswith("=") and len(text) > 1)


def _told(shown: ShownSheets, finding: Finding) -> ToldFinding:
    number = shown.number(finding.sheet) if finding.sheet else None
    around = (
        tuple(islice(_around(shown, number, finding), MOST_AREAS)) if number is not None else ()
    )
    lines = list(_facts(shown, number, finding))
    formulas = list(_formulas(finding))
    values: list[float] = []
    if around:
        lines.append("cells:")
    for area in around:
        line = _line(shown, finding.sheet, area)
        lines.append(f"  {line.text}")
        formulas += line.formulas
        values += line.numbers
    text = "\n".join(lines)
    siblings = [RangeRef.parse(one, sheet=finding.sheet) for one in finding.siblings]
    meant = _meant(shown, number, finding) if number is not None else ()
    cells = (*_accused(finding)[:MOST_NAMED], *siblings, *around, *meant, *_named(finding))
    evidence = evidence_of(
        finding.sheet, text, cells=dict.fromkeys(cells), formulas=formulas, numbers=values
    )
    return ToldFinding(finding.rule, finding.sheet, text, evidence)


def _facts(shown: ShownSheets, number: int | None, finding: Finding) -> Iterator[str]:
    """The lines about a finding itself."""
    yield f"rule: {finding.rule} ({finding.severity.word})"
    if finding.ranges:
        more = len(finding.ranges) - MOST_RANGES
        cells = ", ".join(finding.ranges[:MOST_RANGES])
        yield f"accused: {cells}{f' and {more} more' if more > 0 else ''}"
        count = sum(area.cells for area in _accused(finding))
        if count > 1:
            yield f"accused cells: {count}"
    if number is not None and finding.ranges:
        first = _accused(finding)[0]
        cell = RangeRef(finding.sheet, first.top, first.left, first.top, first.left)
        label = shown.label(number, cell)
        if label:
            yield f"label: {text_value(label, LONGEST_TEXT)}"
    yield f"what: {text_value(finding.message, LONGEST_MESSAGE)}"
    for name, text in list(finding.evidence.items())[:MOST_EVIDENCE]:
        yield f"{text_value(name, LONGEST_TEXT)}: {_written(text)}"
    if finding.fix:
        yield f"fix: {_written(finding.fix)}"
    if finding.siblings:
        yield f"cells that show the pattern: {', '.join(finding.siblings)}"
    effect = finding.effect
    if effect is not None:
        results = counted(effect.outputs, "result") + " of the workbook"
        labels = (one for one in effect.labels if not _is_secret(shown, one))
        named = "; ".join(text_value(one, LONGEST_TEXT) for one in labels)
        names = f": {named}" if named else ""
        cells = counted(effect.dependents, "formula cell")
        told = f"{cells}, among them {results}{names}" if effect.dependents else "no formula cell"
        yield f"depend on it: {told}"


def _is_secret(shown: ShownSheets, text: str) -> bool:
    return shown.betrays(text) or instruction(text, concealed=True) is not None


def _written(text: str) -> str:
    longest = LONGEST_EVIDENCE
    return formula_value(text, longest) if text.startswith("=") else text_value(text, longest)


def _around(shown: ShownSheets, number: int, finding: Finding) -> Iterator[RangeRef]:
    """The accused cells, those that show the pattern, and what the formulas refer to."""
    seen: set[RangeRef] = set()
    listed: list[RangeRef] = []
    accused = _accused(finding)
    siblings = [RangeRef.parse(one, sheet=finding.sheet) for one in finding.siblings]
    precedents = (
        *_meant(shown, number, finding),
        *(area for one in siblings for area in _precedents(shown, number, one)),
        *_named(finding),
    )
    for area in (*accused[:MOST_ACCUSED], *siblings, *precedents):
        known = area in seen or any(_holds(one, area) for one in listed)
        if not known and not shown.holds_back(area, whole=True):
            seen.add(area)
            if 1 < area.cells <= FIRST_CELLS + LAST_CELLS + 1:
                listed.append(area)
            yield area


def _holds(one: RangeRef, other: RangeRef) -> bool:
    return (
        one.sheet.casefold() == other.sheet.casefold()
        and one.contains(other.top, other.left)
        and one.contains(other.bottom, other.right)
    )


def _meant(shown: ShownSheets, number: int, finding: Finding) -> tuple[RangeRef, ...]:
    """What the formulas of the first accused cell refer to: the one found, the one expected."""
    accused = _accused(finding)
    if not accused:
        return ()
    found = list(_precedents(shown, number, accused[0]))
    first = accused[0]
    at = RangeRef(finding.sheet, first.top, first.left, first.top, first.left)
    scope = shown.facts.formulas.scope
    for text in _formulas(finding, r1c1=False):
        read = references(text[1:], finding.sheet, first.top, first.left)
        found += islice(_areas(scope.all_resolved(read, at)), MOST_PRECEDENTS)
    return tuple(dict.fromkeys(found))


def _precedents(shown: ShownSheets, number: int, area: RangeRef) -> Iterator[RangeRef]:
    """What the formula in the first cell of an area refers to."""
    formulas = shown.facts.formulas
    own = formulas.sheets[number]
    position = own.sheet.cells.position(area.top, area.left)
    template = int(own.template_of[position]) if position is not None else NO_TEMPLATE
    if template != NO_TEMPLATE:
        distance = own.templates[template].distance(area.top, area.left)
        found = formulas.precedents[number][template]
        yield from islice(_areas(found, *distance), MOST_PRECEDENTS)


def _areas(found: Iterable[Reference], rows: int = 0, columns: int = 0) -> Iterator[RangeRef]:
    for one in found:
        if one.area is not None:
            yield RangeRef(one.sheet, *one.edges(rows, columns))


@dataclass(frozen=True, slots=True)
class _Line:
    """The line about some cells, with the formulas and numbers that stand in it."""

    text: str
    formulas: tuple[str, ...] = ()
    numbers: tuple[float, ...] = ()


def _line(shown: ShownSheets, own: str, area: RangeRef) -> _Line:
    number = shown.number(area.sheet)
    if number is None:
        return _Line(_address(own, area))
    sheet = shown.sheet(number)
    if area.cells == 1:
        position = sheet.cells.position(area.top, area.left)
        cell = sheet.cells[position] if position is not None else None
        return _cell(shown, number, own, area, cell)
    inside = sheet.cells.within(area)
    some = inside.tolist()
    if len(some) > FIRST_CELLS + LAST_CELLS + 1:
        some = some[:FIRST_CELLS] + some[-LAST_CELLS:]
    told: list[_Line] = []
    before = NO_TEMPLATE
    for cell in (sheet.cells[at] for at in some):
        at = RangeRef(area.sheet, cell.row, cell.column, cell.row, cell.column)
        template = _template(shown, number, cell)
        told.append(_cell(shown, number, own, at, cell, copied=template == before))
        before = template
    texts = [one.text for one in told]
    if len(some) < len(inside):
        texts.insert(FIRST_CELLS, "…")
    filled = counted(len(inside), "filled cell")
    return _Line(
        f"{_address(own, area)} {filled}" + (f": {'; '.join(texts)}" if texts else ""),
        tuple(formula for one in told for formula in one.formulas),
        tuple(value for one in told for value in one.numbers),
    )


def _cell(
    shown: ShownSheets,
    number: int,
    own: str,
    area: RangeRef,
    cell: Cell | None,
    *,
    copied: bool = False,
) -> _Line:
    """One cell; the formula of one that is copied from the cell before is not repeated."""
    label = shown.label(number, area)
    named = f" ({text_value(label, LONGEST_TEXT)})" if label else ""
    head = _address(own, area) + named
    if cell is None:
        return _Line(f"{head} (blank)")
    value, numbers = _value(shown, cell)
    template = _template(shown, number, cell)
    if template == NO_TEMPLATE:
        return _Line(f"{head} {value}", (), numbers)
    formulas = shown.facts.formulas.sheets[number].templates
    formula = f"={formulas[template].text_at(cell.row, cell.column)}"
    if instruction(formula, concealed=True) is not None:
        return _Line(f"{head} (a formula that is kept back)")
    written = "(copy)" if copied else formula_value(formula, LONGEST_EVIDENCE)
    return _Line(f"{head} {written} -> {value}", (formula,), numbers)


def _address(own: str, area: RangeRef) -> str:
    if area.sheet.casefold() == own.casefold():
        return area.a1
    return f"{quote_sheet_name(area.sheet)}!{area.a1}"


def _template(shown: ShownSheets, number: int, cell: Cell) -> int:
    own = shown.facts.formulas.sheets[number]
    position = own.sheet.cells.position(cell.row, cell.column)
    return int(own.template_of[position]) if position is not None else NO_TEMPLATE


def _value(shown: ShownSheets, cell: Cell) -> tuple[str, tuple[float, ...]]:
    """A value as it is told, and the numbers that may be stated of it."""
    workbook = shown.facts.workbook
    match cell.value:
        case None:
            return NOT_CALCULATED, ()
        case bool():
            return ("TRUE" if cell.value else "FALSE"), ()
        case str():
            return _text(cell.value, cell.kind), ()
        case number if cell.kind == CellKind.DATE:
            code = workbook.styles[cell.style].number_format
            return date_text(number, date1904=workbook.date1904, number_format=code), ()
        case number:
            return number_value(number), (number,)


def _text(text: str, kind: CellKind) -> str:
    if kind == CellKind.ERROR:
        return text
    kept_back = instruction(text, concealed=True) is not None
    return "(a text that is kept back)" if kept_back else text_value(text, LONGEST_TEXT)
