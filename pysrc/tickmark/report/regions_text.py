"""The regions of sheets told in lines of a terminal: bounded, with totals where a list is cut."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from tickmark.model.address import quote_sheet_name
from tickmark.model.region import Region
from tickmark.model.workbook import Sheet, SheetState, Workbook
from tickmark.report.place_text import place_text
from tickmark.report.regions_words import (
    called,
    column_names,
    parts,
    role_counts,
    sureness,
    weightiest,
)
from tickmark.report.terminal_text import WIDTH, fitted, flowing, in_columns, shown_width
from tickmark.report.wording import counted

SHEETS_SHOWN: Final = 40
REGIONS_SHOWN: Final = 30
LINES_OF_PARTS: Final = 3
LINES_OF_COLUMNS: Final = 2
LINES_OF_TEXT: Final = 3

_DEEP: Final = " " * 6


def regions_text(
    workbook: Workbook,
    regions: Mapping[str, Sequence[Region]],
    *,
    reasons: bool = False,
    width: int = WIDTH,
) -> str:
    """Each sheet with its regions; `reasons` adds why each is what it is.

    Of more than REGIONS_SHOWN regions of a sheet the weightiest are shown, in their order.
    """
    shown = workbook.sheets[:SHEETS_SHOWN]
    sections = [list(_head(workbook, regions, width))]
    sections += [
        list(_sheet(sheet, regions.get(sheet.name, ()), reasons=reasons, width=width))
        for sheet in shown
    ]
    left_out = len(workbook.sheets) - len(shown)
    if left_out:
        more = counted(left_out, "more sheet", "more sheets")
        sections.append([f"and {more} (--sheet NAME shows one, --json has all)"])
    return "\n\n".join("\n".join(lines) for lines in sections)


def _head(workbook: Workbook, regions: Mapping[str, Sequence[Region]], width: int) -> Iterator[str]:
    yield fitted(workbook.path, width)
    found = [one for sheet in workbook.sheets for one in regions.get(sheet.name, ())]
    sheets = counted(len(workbook.sheets), "sheet")
    counts = role_counts(found)
    yield from _wrapped(f"{sheets}: {counts}" if counts else f"{sheets}, all empty", width, "  ")


def _sheet(sheet: Sheet, found: Sequence[Region], *, reasons: bool, width: int) -> Iterator[str]:
    used = sheet.used_range
    state = "" if sheet.state is SheetState.VISIBLE else f" ({_STATES[sheet.state]})"
    if used is None:
        yield f"{fitted(quote_sheet_name(sheet.name), width - 24)}{state}: empty"
        return
    yield f"{place_text(used, width - 40)}{state}: {counted(len(found), 'region')}"
    shown = weightiest(found, REGIONS_SHOWN)
    rows = [
        [region.range.a1, str(region.role), sureness(region), called(sheet, region)]
        for region in shown
    ]
    lines = in_columns(rows, right=[2], most=[24, 12, 5], width=width)
    for region, line in zip(shown, lines, strict=True):
        yield line
        yield from _details(region, width)
        if reasons:
            yield from _reasons(region, width)
    if len(found) > len(shown):
        inside = set(map(id, shown))
        rest = [one for one in found if id(one) not in inside]
        yield from _wrapped(f"and {role_counts(rest)} (--json has all)", width, "  ")


_STATES: Final = {SheetState.HIDDEN: "hidden", SheetState.VERY_HIDDEN: "very hidden"}


def _details(region: Region, width: int) -> Iterator[str]:
    what = parts(region)
    if what:
        yield from flowing(what, most=LINES_OF_PARTS, width=width, indent=_DEEP)
    names = column_names(region)
    if names:
        names[0] = f"columns: {names[0]}"
        yield from flowing(names, most=LINES_OF_COLUMNS, width=width, indent=_DEEP)


def _reasons(region: Region, width: int) -> Iterator[str]:
    cues: dict[str, list[str]] = {}
    for reason in region.reasons:
        cues.setdefault(str(reason.edge), []).append(reason.cue)
    for edge, found in cues.items():
        lines = _wrapped(f"{edge}: {'; '.join(found)}", width, _DEEP + "  ")
        for number, line in enumerate(lines):
            yield line if number else f"{_DEEP}- {line.lstrip()}"


def _wrapped(text: str, width: int, indent: str) -> Iterator[str]:
    """A text over at most LINES_OF_TEXT lines; a cut is marked."""
    room = width - len(indent) - 2
    lines = [""]
    for word in text.split():
        joined = f"{lines[-1]} {word}".lstrip()
        if shown_width(joined) <= room:
            lines[-1] = joined
        elif len(lines) < LINES_OF_TEXT:
            lines.append(fitted(word, room))
        else:
            lines[-1] = fitted(joined, room)
            break
    return (indent + line for line in lines)
