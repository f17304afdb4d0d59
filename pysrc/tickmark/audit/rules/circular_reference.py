"""The rule `circular-reference`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tickmark.audit.rule import Facts, rule
from tickmark.audit.wording import addresses, counted
from tickmark.model.address import CellRef
from tickmark.model.finding import Finding, Severity
from tickmark.structure.cell_index import Place
from tickmark.structure.cycles import Cycle, cycles
from tickmark.structure.rectangles import rectangles

CODE = "circular-reference"
STEPS_SHOWN = 10


@rule(CODE, severity=Severity.HIGH)
def circular_reference(facts: Facts) -> Iterator[Finding]:
    """Formulas that need their own result.

    What it finds:
        Cells that depend on themselves through the references of formulas, by address, name or
        table, on one sheet or over several; one finding for all cells of one circle. It is of high
        severity where the circle closes at every calculation, of medium severity where it runs
        through a branch of IF, CHOOSE, IFERROR or the like and may stay open.

    Why it matters:
        Without iterative calculation Excel warns and shows 0; with it the result depends on the
        starting point and on the number of steps.

    Example:
        Interest in D9 is `=C9*D14`, the loan in D14 is `=D4+D9`.

    Fix:
        Take the balance at the start of the period, or solve for the value in closed form; if the
        circle is wanted, say so on the sheet and give it a switch.

    Source:
        The strongly connected components of the graph of cells, searched exactly.

    Known false alarms:
        A circle that is wanted, in a workbook with iterative calculation. References that only
        OFFSET, INDIRECT or INDEX reach, and workbooks with very many formulas, are not searched.
    """
    for cycle in cycles(facts.formulas) or ():
        yield _finding(facts, cycle)


def _finding(facts: Facts, cycle: Cycle) -> Finding:
    number, row, column = cycle.cells[0]
    own = facts.formulas.sheets[number]
    here = [place for place in cycle.cells if place[0] == number]
    position = own.sheet.cells.position(row, column)
    template = own.templates[int(own.template_of[position if position is not None else 0])]
    subject = "cell depends on itself"
    if len(cycle.cells) > 1:
        subject = "cells depend on each other in a circle"
    message = f"{len(cycle.cells):,} {subject}: {_way(facts, cycle.path)}"
    if not cycle.certain:
        message += ", if a condition in their formulas lets it"
    evidence = {
        "cells": counted(len(cycle.cells), "cell"),
        "formula": "=" + template.text_at(row, column),
    }
    elsewhere = _elsewhere(facts, cycle.cells, number)
    if elsewhere:
        evidence["also on"] = elsewhere
    return Finding(
        rule=CODE,
        severity=Severity.HIGH if cycle.certain else Severity.MEDIUM,
        message=message + ".",
        sheet=own.sheet.name,
        ranges=addresses(rectangles(own.sheet.name, *_rows_and_columns(here))),
        evidence=evidence,
        fix="Break the circle at one cell, for example by taking the balance at the start of the "
        "period.",
        confidence=1.0 if cycle.certain else 0.7,
        key=template.r1c1,
    )


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


def _elsewhere(facts: Facts, cells: tuple[Place, ...], number: int) -> str:
    """The cells of the circle on other sheets than the first."""
    texts: list[str] = []
    for other in sorted({place[0] for place in cells} - {number}):
        places = [place for place in cells if place[0] == other]
        name = facts.workbook.sheets[other].name
        texts.extend(str(area) for area in rectangles(name, *_rows_and_columns(places)))
    return ", ".join(texts)
