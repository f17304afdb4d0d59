"""Places in a workbook as short texts whose addresses are always whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from tickmark.model.address import CellRef, RangeRef, quote_sheet_name
from tickmark.report.terminal_text import fitted, shown_width

_SHORTEST_NAME = 6


def place_text(at: CellRef | RangeRef, width: int, *, more: int = 0) -> str:
    """A place such as `'P&L'!C5:D9`; to keep to the width, the name of the sheet is cut.

    `more` cells beyond it stand behind, as in `C5:C9 +12 cells`.
    """
    tail = f"!{at.a1}" + (f" +{more:,} cells" if more > 0 else "")
    sheet = quote_sheet_name(at.sheet)
    room = max(width - len(tail), _SHORTEST_NAME)
    if shown_width(sheet) > room:
        sheet = f"'{fitted(at.sheet, room - 2)}'"
    return sheet + tail


def places_text(found: Iterable[RangeRef], width: int, *, most: int = 50) -> str:
    """Places with commas, the sheet named where it changes, as many as fit; `…` for the others."""
    line = ""
    for number, part in enumerate(_parts(islice(found, most + 1))):
        joined = f"{line}, {part}" if line else part
        if shown_width(joined) > width - 3 or number == most:
            return f"{line}, …" if line else fitted(part, width)
        line = joined
    return line


def _parts(found: Iterable[RangeRef]) -> Iterator[str]:
    sheet = None
    for one in found:
        yield one.a1 if one.sheet == sheet else str(one)
        sheet = one.sheet
