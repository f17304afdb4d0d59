"""The rule `hidden-input`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.audit.hidden_parts import Hidden, HiddenPart, hidden_parts
from tickmark.audit.quoting import quoted
from tickmark.audit.rule import Facts, rule
from tickmark.audit.wording import addresses, counted, listed
from tickmark.model.address import RangeRef
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.model.grid import CellKind
from tickmark.model.workbook import SheetState
from tickmark.structure.coverage import areas_of, covered
from tickmark.structure.formulas import NO_TEMPLATE
from tickmark.structure.rectangles import rectangles

CODE = "hidden-input"
MOST_AREAS: Final = 100
MOST_LABELS: Final = 3
CONFIDENCE: Final = 0.9

Flags = npt.NDArray[np.bool_]


@rule(CODE, severity=Severity.LOW)
def hidden_input(facts: Facts) -> Iterator[Finding]:
    """Hidden cells feed results that are shown.

    What it finds:
        Rows, columns and sheets that are hidden and hold cells which visible formulas depend on,
        directly or over other cells: how many formulas, and which results. Low where typed numbers
        are among them, else for information, as are rows and columns that an outline folds up.

    Why it matters:
        A reader checks what is shown. Numbers that come from elsewhere cannot be followed on the
        page, and an old assumption in a hidden column stays in use.

    Example:
        Column H with last year's rates is hidden, and `=G5*H5` in column I uses them.

    Fix:
        Show the cells, or move them to a sheet of assumptions that everybody sees.

    Source:
        Visibility as the file states it, dependents from the formula graph.

    Known false alarms:
        Settings and lists are often hidden on purpose. Rows that a filter hides are passed over.
        The rule hidden-sheet tells of hidden sheets as such.
    """
    sheets = facts.workbook.sheets
    parts = [part for at, sheet in enumerate(sheets) for part in hidden_parts(at, sheet)]
    if not parts or not facts.workbook.formula_count:
        return
    used = facts.graph.outputs.used
    shown = [~sheet.hidden_cells() for sheet in sheets]
    for part in parts:
        chosen = part.cells(sheets[part.sheet]) & used[part.sheet]
        chosen &= sheets[part.sheet].cells.kinds != CellKind.EMPTY
        if chosen.any():
            finding = _finding(facts, part, chosen, used, shown)
            if finding is not None:
                yield finding


def _finding(
    facts: Facts, part: HiddenPart, chosen: Flags, used: Sequence[Flags], shown: Sequence[Flags]
) -> Finding | None:
    """What to say of a part; None where nothing shown depends on it."""
    own = facts.formulas.sheets[part.sheet]
    sheet, cells = own.sheet, own.sheet.cells
    areas = _areas(sheet.name, cells.rows[chosen], cells.columns[chosen])
    behind = _behind(facts, areas, shown)
    count = sum(int(flags.sum()) for flags in behind)
    if not count:
        return None
    labels = _labels(facts, [flags & ~one for flags, one in zip(behind, used, strict=True)])
    numbers = np.isin(cells.kinds, (CellKind.NUMBER, CellKind.DATE, CellKind.BOOL))
    typed = int((chosen & numbers & (own.template_of == NO_TEMPLATE)).sum())
    subject = _subject(facts, part)
    message = f"{subject} {'feeds' if _is_single(part) else 'feed'} "
    message += f"{counted(count, 'formula')} that {'is' if count == 1 else 'are'} shown"
    if labels:
        message += f", such as {listed([quoted(label) for label in labels], most=MOST_LABELS)}"
    evidence = {
        "cells used": f"{int(chosen.sum()):,}",
        "typed numbers": f"{typed:,}",
        "formulas shown": f"{count:,}",
    }
    if labels:
        evidence["results"] = ", ".join(labels)
    of_sheet = part.what is Hidden.SHEET
    return Finding(
        rule=CODE,
        severity=Severity.LOW if typed and not part.grouped else Severity.INFO,
        message=message + ".",
        sheet=sheet.name,
        ranges=() if of_sheet else addresses(areas),
        evidence=evidence,
        fix="Show the cells and check them, or move them to where a reader sees them.",
        confidence=CONFIDENCE,
        tier=Tier.MORE,
        key=f"{part.what} {_first_text(facts, part)}",
    )


def _areas(sheet: str, rows: npt.ArrayLike, columns: npt.ArrayLike) -> tuple[RangeRef, ...]:
    """The cells as rectangles, or the one around them where they are too scattered."""
    found = rectangles(sheet, rows, columns)
    if len(found) <= MOST_AREAS:
        return found
    return (
        RangeRef(
            sheet,
            min(area.top for area in found),
            min(area.left for area in found),
            max(area.bottom for area in found),
            max(area.right for area in found),
        ),
    )


def _behind(facts: Facts, areas: Sequence[RangeRef], shown: Sequence[Flags]) -> list[Flags]:
    """For each sheet, which of its shown formula cells depend on some areas."""
    numbers, edges = areas_of(facts.graph.reach.dependents(areas).lattices)
    return [
        covered(own.sheet.cells, edges[numbers == at]) & shown[at]
        for at, own in enumerate(facts.formulas.sheets)
    ]


def _labels(facts: Facts, results: Sequence[Flags]) -> list[str]:
    """What the first few results are called."""
    found: dict[str, None] = {}
    for at, flags in enumerate(results):
        cells = facts.workbook.sheets[at].cells
        for position in np.flatnonzero(flags)[: 4 * MOST_LABELS].tolist():
            row, column = cells.place(position)
            parts = facts.labels(at).parts(RangeRef("", row, column, row, column))
            label = ", ".join(text for text in parts if text)
            if label:
                found[label] = None
        if len(found) >= MOST_LABELS:
            break
    return list(found)[:MOST_LABELS]


def _subject(facts: Facts, part: HiddenPart) -> str:
    if part.what is Hidden.SHEET:
        very = facts.workbook.sheets[part.sheet].state is SheetState.VERY_HIDDEN
        return "The very hidden sheet" if very else "The hidden sheet"
    noun = part.what.value[:-1] if _is_single(part) else part.what.value
    how = "folded" if part.grouped else "hidden"
    if len(part.intervals) > 1:
        return f"{part.lines:,} {how} {noun}"
    return f"The {how} {noun} {part.text}"


def _is_single(part: HiddenPart) -> bool:
    return part.what is Hidden.SHEET or part.lines == 1


def _first_text(facts: Facts, part: HiddenPart) -> str:
    """The first text in a part, which goes with it when lines are inserted."""
    cells = facts.workbook.sheets[part.sheet].cells
    if part.what is Hidden.SHEET:
        return ""
    inside = part.cells(facts.workbook.sheets[part.sheet]) & (cells.kinds == CellKind.TEXT)
    at = np.flatnonzero(inside)
    return cells.texts[int(cells.values[at[0]])] if len(at) else ""
