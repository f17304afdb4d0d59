"""The rule `circular-reference`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tickmark.audit.rule import Facts, rule
from tickmark.audit.wording import addresses, counted
from tickmark.model.address import CellRef
from tickmark.model.finding import Finding, Severity
from tickmark.structure.cell_index import Place
from tickmark.structure.cycles import Cycle
from tickmark.structure.formulas import NO_TEMPLATE
from tickmark.structure.rectangles import rectangles

CODE = "circular-reference"
STEPS_SHOWN = 10


@rule(CODE, severity=Severity.HIGH)
def circular_reference(facts: Facts) -> Iterator[Finding]:
    """Formulas that need their own result.

    What it finds:
        Cells that depend on themselves through the references of formulas, by address, name or
        table, on one sheet or over several; one finding for all cells of one circle and for the
        circles of copies of the same formulas. It is of high severity where the circle closes at
        every calculation, of medium severity where it runs through a branch of IF, CHOOSE, IFERROR
        or the like and may stay open. Where the workbook is set to iterative calculation, circles
        are meant to be: then it is of medium and of low severity.

    Why it matters:
        Without iterative calculation Excel warns and shows 0; with it the result depends on the
        starting point and on the number of steps.

    Example:
        Interest in D9 is `=C9*D14`, the loan in D14 is `=D4+D9`.

    Fix:
        Take the balance at the start of the period, or solve for the value in closed form; if the
        circle is wanted, say so on the sheet and give it a switch.

    Source:
        The strongly connected components of the formula graph, those that may hold a circle
        searched cell by cell.

    Known false alarms:
        A circle that is wanted, in a workbook with iterative calculation. References that only
        OFFSET, INDIRECT or INDEX reach are not searched, nor are groups of formulas with very many
        cells that may depend on each other.
    """
    alike: dict[object, list[Cycle]] = {}
    for cycle in facts.graph.cycles().found:
        templates = frozenset((place[0], _template(facts, place)) for place in cycle.cells)
        alike.setdefault((cycle.certain, templates), []).append(cycle)
    for group in alike.values():
        yield _finding(facts, group)


def _template(facts: Facts, place: Place) -> int:
    number, row, column = place
    own = facts.formulas.sheets[number]
    position = own.sheet.cells.position(row, column)
    return NO_TEMPLATE if position is None else int(own.template_of[position])


def _finding(facts: Facts, group: Sequence[Cycle]) -> Finding:
    first = group[0]
    number, row, column = first.cells[0]
    own = facts.formulas.sheets[number]
    cells = [place for cycle in group for place in cycle.cells]
    here = [place for place in cells if place[0] == number]
    template = own.templates[_template(facts, first.cells[0])]
    subject = "cell depends on itself"
    if len(cells) > 1:
        subject = "cells depend on each other in a circle"
    if len(group) > 1:
        subject = f"cells depend on themselves in {len(group):,} circles of one kind"
    message = f"{len(cells):,} {subject}: {_way(facts, first.path)}"
    if not first.certain:
        message += ", if a condition in their formulas lets it"
    if first.intended:
        message += "; the workbook is set to calculate circles in rounds"
    evidence = {
        "cells": counted(len(cells), "cell"),
        "formula": "=" + template.text_at(row, column),
    }
    elsewhere = _elsewhere(facts, cells, number)
    if elsewhere:
        evidence["also on"] = elsewhere
    if first.intended:
        rounds = facts.workbook.details.calculation.most_iterations
        evidence["iterative calculation"] = f"up to {counted(rounds, 'round')}"
    return Finding(
        rule=CODE,
        severity=_severity(first),
        message=message + ".",
        sheet=own.sheet.name,
        ranges=addresses(rectangles(own.sheet.name, *_rows_and_columns(here))),
        evidence=evidence,
        fix="Break the circle at one cell, for example by taking the balance at the start of the "
        "period.",
        confidence=1.0 if first.certain else 0.7,
        key=_key(facts, first),
    )


def _severity(cycle: Cycle) -> Severity:
    if cycle.intended:
        return Severity.MEDIUM if cycle.certain else Severity.LOW
    return Severity.HIGH if cycle.certain else Severity.MEDIUM


def _key(facts: Facts, cycle: Cycle) -> str:
    """The formulas of a circle, wherever they stand."""
    sheets = facts.formulas.sheets
    found = {sheets[place[0]].templates[_template(facts, place)].r1c1 for place in cycle.cells}
    return "\n".join(sorted(found))


def _rows_and_columns(places: Iterable[Place]) -> tuple[list[int], list[int]]:
    pairs = [(row, column) for _, row, column in places]
    return [row for row, _ in pairs], [column for _, column in pairs]


def _way(facts: Facts, path: tuple[Place, ...]) -> str:
    """The steps of a circle, sheets named where the circle leaves the first one."""
    sheets = facts.workbook.sheets
    one_sheet = len({number for number, _, _ in path}) == 1
    cells = [CellRef(sheets[number].name, row, column) for number, row, column in path]
    texts = [cell.a1 if one_sheet else str(cell) for cell in (*cells, cells[0])]
    if len(texts) > STEPS_SHOWN:
        texts = [*texts[: STEPS_SHOWN - 2], "…", texts[-1]]
    return " refers to ".join(texts[:2]) + "".join(f", to {text}" for text in texts[2:])


def _elsewhere(facts: Facts, cells: Sequence[Place], number: int) -> str:
    """The cells of the circle on other sheets than the first."""
    texts: list[str] = []
    for other in sorted({place[0] for place in cells} - {number}):
        places = [place for place in cells if place[0] == other]
        name = facts.workbook.sheets[other].name
        texts.extend(str(area) for area in rectangles(name, *_rows_and_columns(places)))
    return ", ".join(texts)
