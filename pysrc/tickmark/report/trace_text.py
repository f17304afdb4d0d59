"""Precedents or dependents told in lines of a terminal: bounded, with totals where cut."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tickmark.model.address import quote_sheet_name
from tickmark.report.place_text import place_text
from tickmark.report.terminal_text import WIDTH, fitted, flowing, in_columns
from tickmark.report.trace_summary import Direction, Neighbour, TraceSummary
from tickmark.report.wording import counted
from tickmark.structure.unresolved import REASONS

DIRECT_SHOWN: Final = 20
SHEETS_SHOWN: Final = 20
LINES_OF_A_SHEET: Final = 3


def trace_text(summary: TraceSummary, *, width: int = WIDTH) -> str:
    """The traced cells, what is one step away, all there is by sheet, and what may be missing."""
    sections = [
        _place(summary, width),
        _direct(summary, width),
        _all(summary, width),
        _closing(summary, width),
    ]
    return "\n\n".join("\n".join(lines) for lines in map(list, sections) if lines)


def _place(summary: TraceSummary, width: int) -> Iterator[str]:
    first = summary.places[0]
    more = f" and {len(summary.places) - 1:,} more" if len(summary.places) > 1 else ""
    address = summary.named.rpartition("!")[2].replace("$", "").upper()
    named = f"{summary.named} = " if address != first.a1 else ""
    label = f": {summary.at.label}" if summary.at.label else ""
    yield fitted(f"{named}{first}{more}{label}", width)
    at = summary.at
    one = sum(area.cells for area in summary.places) == 1
    rows = [
        ["formula" if one else "first formula", at.formula],
        ["in R1C1", at.r1c1 if at.r1c1 != at.formula else ""],
        ["value" if one else "first value", at.value],
    ]
    shown = [row for row in rows if row[1]] or [["value", "none; the cell is empty"]]
    yield from in_columns(shown, width=width)


def _direct(summary: TraceSummary, width: int) -> Iterator[str]:
    what = summary.direction
    if not summary.direct_ranges:
        yield f"No {what}: {_why_none(summary)}"
        return
    total = counted(summary.direct_cells, "cell")
    ranges = counted(summary.direct_ranges, "rectangle")
    yield f"Direct {what}: {total} in {ranges}"
    rows = [
        [place_text(one.range, 2 * width // 5), one.label, _contents(one)]
        for one in summary.direct[:DIRECT_SHOWN]
    ]
    yield from in_columns(rows, most=[width, width // 3], width=width)
    if summary.direct_ranges > DIRECT_SHOWN:
        yield f"  and {summary.direct_ranges - DIRECT_SHOWN:,} more rectangles"


def _contents(one: Neighbour) -> str:
    """The formula of a rectangle, or the first one where it holds several; else its value."""
    several = one.formula and not one.r1c1 and one.range.cells > 1
    return f"first {one.formula}" if several else one.formula or one.value


def _why_none(summary: TraceSummary) -> str:
    if summary.direction is Direction.DEPENDENTS:
        return "no formula that was read refers to it."
    if not summary.formulas_available:
        return "the formulas of this workbook could not be read."
    return "its formula refers to no cells." if summary.at.formula else "it holds no formula."


def _all(summary: TraceSummary, width: int) -> Iterator[str]:
    if not summary.count or summary.depth == 1:
        return
    what = summary.direction
    head = f"All {what}" if summary.depth is None else f"Within {summary.depth:,} steps"
    total = counted(summary.count, "cell")
    yield f"{head}: {total} in {counted(summary.all_ranges, 'rectangle')}"
    by_sheet: dict[str, list[str]] = {}
    for area in summary.ranges:
        by_sheet.setdefault(area.sheet, []).append(area.a1)
    for sheet, cells in summary.sheets[:SHEETS_SHOWN]:
        yield f"  {fitted(quote_sheet_name(sheet), width // 2)}: {counted(cells, 'cell')}"
        parts = by_sheet.get(sheet, [])
        yield from flowing(parts, most=LINES_OF_A_SHEET, width=width, indent="    ")
    if len(summary.sheets) > SHEETS_SHOWN:
        rest = summary.sheets[SHEETS_SHOWN:]
        total = counted(sum(number for _, number in rest), "cell")
        yield f"  and {total} on {counted(len(rest), 'more sheet', 'more sheets')}"


def _closing(summary: TraceSummary, width: int) -> Iterator[str]:
    for text, reason in summary.unresolved:
        yield fitted(f"{text} leads nowhere: {REASONS[reason]}.", width)
    for book in summary.books:
        yield fitted(f"It also refers to another workbook: {book}.", width)
    if summary.unknown:
        formulas = counted(summary.unknown, "formula")
        if summary.direction is Direction.PRECEDENTS:
            told = f"{formulas} among these may need more cells (INDIRECT, OFFSET or the like)."
        else:
            told = f"{formulas} of the workbook may need it too (INDIRECT, OFFSET or the like)."
        yield fitted(told, width)
    if summary.direction is Direction.PRECEDENTS:
        yield _other_way(summary, "dependent", "--dependents")
    else:
        yield _other_way(summary, "precedent", "--precedents")


def _other_way(summary: TraceSummary, noun: str, option: str) -> str:
    found = counted(summary.opposite, noun) if summary.opposite else f"no {noun}s"
    return f"It has {found}" + (f" ({option} lists them)." if summary.opposite else ".")
