"""A formula graph told in lines of a terminal: bounded, with totals where a list is cut."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, TypeVar

from tickmark.model.address import quote_sheet_name
from tickmark.report.graph_summary import Circle, GraphSummary, SheetLine, Step
from tickmark.report.place_text import place_text, places_text
from tickmark.report.terminal_text import WIDTH, fitted, flowing, in_columns
from tickmark.report.wording import counted
from tickmark.structure.unresolved import REASONS

SHEETS_SHOWN: Final = 40
FEEDS_SHOWN: Final = 6
CIRCLES_SHOWN: Final = 8
STEPS_SHOWN: Final = 12
LEVELS_SHOWN: Final = 10
INPUTS_SHOWN: Final = 10
UNUSED_SHOWN: Final = 8
UNRESOLVED_SHOWN: Final = 12
UNKNOWN_SHOWN: Final = 8

One = TypeVar("One")


def graph_text(summary: GraphSummary, *, width: int = WIDTH) -> str:
    """The graph in sections; texts of the workbook are cut to their line."""
    sections = [
        _head(summary, width),
        _sheets(summary, width),
        _circles(summary, width),
        _levels(summary, width),
        _critical(summary, width),
        _inputs(summary, width),
        _unused(summary, width),
        _unresolved(summary, width),
        _unknown(summary, width),
    ]
    return "\n\n".join("\n".join(lines) for lines in map(list, sections) if lines)


def _head(summary: GraphSummary, width: int) -> Iterator[str]:
    yield fitted(summary.path, width)
    if not summary.formulas_available:
        yield "  Formulas could not be read from this file."
        return
    if not summary.formulas:
        yield f"  {counted(len(summary.sheets), 'sheet')}, no formulas"
        return
    with_formulas = sum(sheet.formulas > 0 for sheet in summary.sheets)
    where = f"on {with_formulas:,} of {counted(len(summary.sheets), 'sheet')}"
    different = f"{summary.unique_formulas:,} different, in {counted(summary.blocks, 'block')}"
    edges = f"kept as {counted(summary.edges, 'edge')} ({summary.edge_ratio:.2%})"
    rows = [
        ["Formulas", f"{summary.formulas:,} {where}; {different}"],
        ["Filled", _filled(summary)],
        ["References", f"{summary.references:,}, {edges}" if summary.references else "none"],
        ["Circular", _circle_count(summary)],
        ["Levels", _level_count(summary)],
        ["Unresolved", counted(len(summary.unresolved), "reference") if summary.unresolved else ""],
        ["Unknown", _unknown_count(summary)],
        ["Other books", _books(summary)],
    ]
    yield from in_columns([row for row in rows if row[1]], width=width)
    if not summary.complete:
        yield "  The workbook has too many references to follow all; some are missing here."


def _filled(summary: GraphSummary) -> str:
    cells = counted(summary.filled, "more cell")
    return f"{cells} by array formulas and data tables" if summary.filled else ""


def _level_count(summary: GraphSummary) -> str:
    steps = f"{counted(summary.steps, 'cell')} one after the other on the longest way"
    return f"{summary.level_count:,}; {steps}"


def _circle_count(summary: GraphSummary) -> str:
    if not summary.circles:
        return "none" if summary.circles_complete else "none found, but not all could be looked at"
    cells = sum(circle.cells for circle in summary.circles)
    more = "" if summary.circles_complete else ", perhaps more"
    found = counted(len(summary.circles), "circular reference")
    return f"{found} over {counted(cells, 'cell')}{more}"


def _unknown_count(summary: GraphSummary) -> str:
    if not summary.unknown:
        return ""
    cells = counted(sum(one.cells for one in summary.unknown), "formula")
    return f"{cells} with INDIRECT, OFFSET or the like"


def _books(summary: GraphSummary) -> str:
    names = [f"{one.index} {one.target}".strip() for one in summary.books]
    more = f" and {len(names) - 3:,} more" if len(names) > 3 else ""  # noqa: PLR2004 - a line's worth
    return f"{len(names):,}: {', '.join(names[:3])}{more}" if names else ""


def _sheets(summary: GraphSummary, width: int) -> Iterator[str]:
    if not summary.formulas:
        return
    yield "Sheets in the order of analysis"
    lines = {sheet.name: sheet for sheet in summary.sheets}
    outside: dict[str, list[str]] = {}
    for book in summary.books:
        for sheet, references in book.feeds:
            outside.setdefault(sheet, []).append(f"{book.index} {references:,}")
    rows = [["", "sheet", "formulas", "fed by (references)"]]
    for number, group in enumerate(summary.order, 1):
        for at, name in enumerate(group):
            mark = f"{number:,}{'*' if len(group) > 1 else ''}" if not at else "*"
            rows.append(_sheet_row(mark, lines[name], outside.get(name, [])))
    shown = rows[: SHEETS_SHOWN + 1]
    yield from in_columns(shown, right=[0, 2], most=[6, max(16, width // 3), 12], width=width)
    if len(rows) > len(shown):
        yield f"  and {len(rows) - len(shown):,} more sheets"
    if any(len(group) > 1 for group in summary.order):
        yield "  * these sheets need each other"


def _sheet_row(mark: str, sheet: SheetLine, books: list[str]) -> list[str]:
    name = quote_sheet_name(sheet.name) + (f" ({sheet.state})" if sheet.state else "")
    feeds = [f"{quote_sheet_name(one)} {number:,}" for one, number in sheet.feeds] + books
    more = f", {len(feeds) - FEEDS_SHOWN:,} more" if len(feeds) > FEEDS_SHOWN else ""
    told = f"{', '.join(feeds[:FEEDS_SHOWN])}{more}"
    return [mark, name, f"{sheet.formulas:,}" if sheet.formulas else "-", told]


def _circles(summary: GraphSummary, width: int) -> Iterator[str]:
    if not summary.circles:
        return
    yield f"Circular references: {len(summary.circles):,}"
    for circle in summary.circles[:CIRCLES_SHOWN]:
        yield from flowing([_around(circle)], most=2, width=width)
        yield f"    {counted(circle.cells, 'cell')}, {_certainty(circle)}"
    if len(summary.circles) > CIRCLES_SHOWN:
        yield f"  and {len(summary.circles) - CIRCLES_SHOWN:,} more"


def _certainty(circle: Circle) -> str:
    if circle.intended:
        return "meant to be: the workbook is calculated in rounds"
    return "whenever it is calculated" if circle.certain else "only if a branch of IF is taken"


def _around(circle: Circle) -> str:
    """The way around, sheets named where they change; cut in the middle where it is long."""
    path = [*circle.path, circle.path[0]] if circle.path else []
    shown = path if len(path) <= 7 else [*path[:4], *path[-2:]]  # noqa: PLR2004 - fits a line
    parts = [str(shown[0])] if shown else []
    for before, cell in pairwise(shown):
        parts.append(cell.a1 if cell.sheet == before.sheet else str(cell))
    if len(shown) < len(path):
        parts.insert(4, f"({len(path) - len(shown):,} more)")
    return " → ".join(parts)


def _levels(summary: GraphSummary, width: int) -> Iterator[str]:
    levels = summary.levels
    if not levels:
        return
    yield f"Levels: {summary.level_count:,}; the cells of one need only cells of those before it"
    shown = _cut(levels, LEVELS_SHOWN)
    rows = [
        [f"{level.number:,}", counted(level.cells, "cell"), places_text(level.ranges, width)]
        for level in shown
    ]
    lines = in_columns(rows, right=[0, 1], width=width)
    left_out = summary.level_count - len(shown)
    if left_out:
        cells = summary.formulas + summary.filled - sum(level.cells for level in shown)
        lines.insert(-1, f"  … {counted(left_out, 'level')} with {counted(cells, 'cell')}")
    yield from lines


def _cut(found: Sequence[One], most: int) -> Sequence[One]:
    """The first few and the last one where there are more than `most`, with room for a line."""
    return found if len(found) <= most else [*found[: most - 2], found[-1]]


def _critical(summary: GraphSummary, width: int) -> Iterator[str]:
    path = _cut(summary.critical, STEPS_SHOWN)
    if len(path) < 2 and summary.steps < 2:  # noqa: PLR2004 - one formula is no way
        return
    stages = counted(summary.stage_count, "stage")
    yield f"Longest way: {counted(summary.steps, 'cell')} one after the other, in {stages}"
    rows = [
        [
            *_place(stage.at, width),
            f"{stage.steps:,} steps" if stage.steps > 1 else "",
            _contents(stage.at),
        ]
        for stage in path
    ]
    lines = in_columns(rows, right=[2], most=[width, width // 4, 16], width=width)
    left_out = summary.stage_count - len(path)
    if left_out:
        lines.insert(-1, f"  … {counted(left_out, 'more stage', 'more stages')}")
    yield from lines


def _inputs(summary: GraphSummary, width: int) -> Iterator[str]:
    if not summary.inputs:
        if summary.constants:
            yield f"Inputs: {summary.constants:,}; too many formulas to tell on which most depends"
        return
    yield "Inputs with the most formulas that depend on them"
    rows = [
        [
            *_place(one.at, width),
            f"{'' if one.exact else '≤ '}{one.dependents:,}",
            _contents(one.at),
        ]
        for one in summary.inputs[:INPUTS_SHOWN]
    ]
    rows.insert(0, ["input", "", "formulas", "value"])
    yield from in_columns(rows, right=[2], most=[width, width // 3, 12], width=width)
    yield f"  of {counted(summary.constants, 'constant')} that formulas refer to"
    if not summary.inputs_complete:
        yield "  (too many formulas to be sure that none with more is missing)"


def _unused(summary: GraphSummary, width: int) -> Iterator[str]:
    found = [one for one in summary.unused if one.certain]
    if not found:
        return
    yield f"Numbers that look like inputs and that nothing uses: {len(found):,}"
    rows = [
        [
            place_text(one.range, width // 2),
            f"{one.cells:,} cells" if one.cells > 1 else "",
            one.label,
        ]
        for one in found[:UNUSED_SHOWN]
    ]
    yield from in_columns(rows, right=[1], most=[width, 14], width=width)
    if len(found) > UNUSED_SHOWN:
        yield f"  and {len(found) - UNUSED_SHOWN:,} more"


def _unresolved(summary: GraphSummary, width: int) -> Iterator[str]:
    found = summary.unresolved
    if not found:
        return
    yield f"References that lead nowhere: {len(found):,}"
    rows = [
        [
            place_text(one.cell, width // 3),
            f"{one.cells:,} cells" if one.cells > 1 else "",
            one.text,
            REASONS[one.reason],
        ]
        for one in found[:UNRESOLVED_SHOWN]
    ]
    yield from in_columns(rows, right=[1], most=[width, 14, width // 3], width=width)
    if len(found) > UNRESOLVED_SHOWN:
        yield f"  and {len(found) - UNRESOLVED_SHOWN:,} more"


def _unknown(summary: GraphSummary, width: int) -> Iterator[str]:
    found = summary.unknown
    if not found:
        return
    yield "These formulas may depend on more cells than can be told without calculating"
    rows = [
        [
            place_text(one.cell, width // 3),
            f"{one.cells:,} cells" if one.cells > 1 else "",
            one.formula,
        ]
        for one in found[:UNKNOWN_SHOWN]
    ]
    yield from in_columns(rows, right=[1], most=[width, 14], width=width)
    if len(found) > UNKNOWN_SHOWN:
        cells = sum(one.cells for one in found[UNKNOWN_SHOWN:])
        yield f"  and {len(found) - UNKNOWN_SHOWN:,} more in {counted(cells, 'cell')}"


def _place(at: Step, width: int) -> tuple[str, str]:
    """The place of a step, with how many cells it has beyond its rectangle, and its label."""
    return place_text(at.range, width // 3, more=at.cells - at.range.cells), at.label


def _contents(at: Step) -> str:
    return at.formula or at.value
