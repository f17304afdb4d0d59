"""What a region is, in a few words each: its role, its headers, its totals, its contents."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from tickmark.model.address import RangeRef, column_letters
from tickmark.model.grid import CellKind
from tickmark.model.region import Region, Role
from tickmark.model.workbook import Sheet
from tickmark.report.wording import counted, listed, plain

ROLE_WORDS: Final[Mapping[Role, tuple[str, str]]] = {
    Role.TABLE: ("table", "tables"),
    Role.KEY_VALUE: ("key-value block", "key-value blocks"),
    Role.LIST: ("list", "lists"),
    Role.TITLE: ("title", "titles"),
    Role.NOTES: ("block of notes", "blocks of notes"),
    Role.CELLS: ("other range", "other ranges"),
}
"""Roles from the weightiest to the least, in singular and plural."""

_LONGEST: Final = 160
_STEERING: Final = re.compile(r"[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_LINES_NAMED: Final = 6
_CELLS_LOOKED_AT: Final = 40


def readable(text: str, longest: int = _LONGEST) -> str:
    """A stranger's text on one line, without characters that control or turn what follows."""
    line = " ".join(text[: 4 * longest].split())
    return plain(_STEERING.sub("\ufffd", line), longest)


def role_counts(regions: Iterable[Region]) -> str:
    """`3 tables, 1 list and 2 titles`; empty without regions."""
    found = Counter(region.role for region in regions)
    return listed(
        [counted(found[role], *words) for role, words in ROLE_WORDS.items() if found[role]]
    )


def weightiest(regions: Sequence[Region], most: int) -> list[Region]:
    """The regions that tell most, by role and size, in their order; at most so many."""
    ranks = {role: rank for rank, role in enumerate(ROLE_WORDS)}
    order = sorted(
        range(len(regions)),
        key=lambda at: (ranks[regions[at].role], -regions[at].range.cells, at),
    )
    return [regions[at] for at in sorted(order[:most])]


def sureness(region: Region) -> str:
    """The confidence in per cent."""
    return f"{region.confidence:.0%}"


def parts(region: Region) -> list[str]:
    """What is not data in a region, such as `header row 3` and `total rows 9 and 20`."""
    area = region.range
    top, left = area.top, area.left
    header = (top, top + region.header_rows - 1)
    key = (left, left + region.header_columns - 1)
    return [
        *([_rows("header row", [header])] if region.header_rows else []),
        *([_columns("header column", [key])] if region.header_columns else []),
        *_marked_rows("total row", region.total_rows),
        *_marked_columns("total column", region.total_columns),
        *_marked_rows("section row", region.sections),
        *_marked_rows("repeated header row", region.repeated_headers),
        *(["cross tabulation"] if region.cross_tabulation else []),
        *([f"Excel table {readable(region.list_object)}"] if region.list_object else []),
        *([f"titled by {region.title.a1}"] if region.title is not None else []),
        *(["notes in " + listed_few([one.a1 for one in region.notes])] if region.notes else []),
    ]


def column_names(region: Region, most: int = 1_000) -> list[str]:
    """The header path of each column that has one, such as `2024 / Q1`; "" for those beyond."""
    paths = [path for path in region.column_paths if path]
    names = [" / ".join(map(readable, path)) for path in paths[:most]]
    return names + [""] * (len(paths) - len(names))


def first_texts(sheet: Sheet, region: Region, most: int = 3) -> list[str]:
    """The first texts inside a region, in the order of reading."""
    cells = sheet.cells
    found: list[str] = []
    for at in cells.within(region.range)[:_CELLS_LOOKED_AT].tolist():
        if cells.kinds[at] == CellKind.TEXT and len(found) < most:
            text = readable(str(cells.value(at)))
            found += [text] if text else []
    return found


def name_of(region: Region) -> str:
    """What a region is called; empty where nothing tells."""
    return readable(region.name or region.list_object)


def called(sheet: Sheet, region: Region) -> str:
    """The name of a region, or the texts that tell most of what it holds."""
    one = region.role in {Role.TITLE, Role.NOTES}
    return name_of(region) or ", ".join(first_texts(sheet, region, 1 if one else 3))


def _marked_rows(noun: str, found: Sequence[RangeRef]) -> list[str]:
    return [_rows(noun, [(one.top, one.bottom) for one in found])] if found else []


def _marked_columns(noun: str, found: Sequence[RangeRef]) -> list[str]:
    return [_columns(noun, [(one.left, one.right) for one in found])] if found else []


def _rows(noun: str, runs: Sequence[tuple[int, int]]) -> str:
    return _named(noun, runs, [_run(str(first), str(last)) for first, last in runs])


def _columns(noun: str, runs: Sequence[tuple[int, int]]) -> str:
    letters = [_run(column_letters(first), column_letters(last)) for first, last in runs]
    return _named(noun, runs, letters)


def _named(noun: str, runs: Sequence[tuple[int, int]], names: Sequence[str]) -> str:
    several = sum(last - first + 1 for first, last in runs) > 1
    return f"{noun}{'s' if several else ''} {listed_few(names)}"


def _run(first: str, last: str) -> str:
    return first if first == last else f"{first}:{last}"


def listed_few(names: Sequence[str]) -> str:
    """The first few of some names, and how many more there are."""
    left = len(names) - _LINES_NAMED
    if left <= 1:
        return listed(names)
    return f"{', '.join(names[:_LINES_NAMED])} and {left:,} more"
