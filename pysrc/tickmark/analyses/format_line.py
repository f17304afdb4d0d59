"""What number formats say that the numbers do not: per cent, currencies, units, thousands."""

from __future__ import annotations

import re
from typing import Final

from tickmark.encode.values import quoted
from tickmark.model.address import RangeRef
from tickmark.model.range_content import RangeContent
from tickmark.structure.number_formats import GENERAL, shows_date
from tickmark.structure.rectangles import rectangles

MOST_FORMATS: Final = 8
MOST_AREAS: Final = 4
LONGEST_CODE: Final = 60

_SAYS_NOTHING = re.compile(
    r"_.|\*."  # a space of a letter's width, a repeated letter
    r"|\[\$-[^\]]*\]|\[(?!\$)[^\]]*\]"  # languages, colours and conditions; not [$€-407]
    r"|general|standard|e[+-]",
    re.IGNORECASE | re.DOTALL,
)
_DIGITS: Final = frozenset("0123456789#?.,/+-() \\\"'@\xa0")
_THOUSANDS = re.compile(r"[0#?],+(?![0#?,])")


def format_line(content: RangeContent, place: RangeRef) -> str:
    """A header line that tells which numbers of a range its sheet shows in which unit, or ""."""
    found: dict[str, tuple[list[int], list[int]]] = {}
    for down, codes in enumerate(content.formats):
        if all(code == GENERAL for code in codes):
            continue
        for across, code in enumerate(codes):
            value = content.values[down][across]
            if isinstance(value, (int, float)) and not isinstance(value, bool) and tells(code):
                rows, columns = found.setdefault(code, ([], []))
                rows.append(place.top + down)
                columns.append(place.left + across)
    if not found:
        return ""
    parts = [
        f"{_areas(place.sheet, rows, columns)} {_code(code)}"
        for code, (rows, columns) in list(found.items())[:MOST_FORMATS]
    ]
    if len(found) > MOST_FORMATS:
        parts.append(f"and {len(found) - MOST_FORMATS} more")
    return f"# number formats, of which only per cent is applied here|{'|'.join(parts)}"


def tells(code: str) -> bool:
    """Whether a format says more than digits do; its first section decides, dates are told so."""
    if code == GENERAL or shows_date(code):
        return False
    section = _SAYS_NOTHING.sub("", _first_section(code))
    return bool(set(section) - _DIGITS) or _THOUSANDS.search(section) is not None


def _code(code: str) -> str:
    return quoted(_first_section(code)[:LONGEST_CODE])


def _first_section(code: str) -> str:
    return code.partition(";")[0]


def _areas(sheet: str, rows: list[int], columns: list[int]) -> str:
    areas = rectangles(sheet, rows, columns)
    more = f" and {len(areas) - MOST_AREAS} more areas" if len(areas) > MOST_AREAS else ""
    return ",".join(area.a1 for area in areas[:MOST_AREAS]) + more
