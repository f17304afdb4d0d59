"""Cells that an answer cites, checked against what the model was shown."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tickmark.errors import AddressError
from tickmark.model.address import RangeRef
from tickmark.model.analysis import Citation, Verdict
from tickmark.model.shown_cells import ShownCells

LONGEST = 60
LONGEST_LIST = 1000

_SEPARATOR = re.compile(r"[,;]\s*(?=(?:'(?:[^']|'')*'|[^'!,;]+)?!?\$?[A-Za-z]{1,3}\$?\d)")


def check_citations(
    cited: Iterable[str], *, sheet: str, shown: ShownCells, used_range: RangeRef
) -> tuple[Citation, ...]:
    """A verdict on each cited address, in order, without repetitions.

    Supported is a cell or range that names this sheet or none, lies inside the used range and
    holds one of the `shown` cells, those that stood in the text the model was given. Anything
    else, also a text that is no address, is `not in sheet` and kept as the model wrote it, cut to
    60 characters.
    """
    found: dict[tuple[str, str], Citation] = {}
    for text in cited:
        for part in _SEPARATOR.split(text[:LONGEST_LIST]):
            citation = _check(part.strip().strip("[]"), sheet, shown, used_range)
            found.setdefault((citation.sheet, citation.range), citation)
    return tuple(found.values())


def _check(text: str, sheet: str, shown: ShownCells, used_range: RangeRef) -> Citation:
    try:
        area = RangeRef.parse(text, sheet=sheet)
    except AddressError:
        return Citation(sheet, text[:LONGEST], Verdict.NOT_IN_SHEET)
    inside = (
        area.sheet.casefold() == sheet.casefold()
        and used_range.contains(area.top, area.left)
        and used_range.contains(area.bottom, area.right)
        and shown.meets(area)
    )
    verdict = Verdict.SUPPORTED if inside else Verdict.NOT_IN_SHEET
    return Citation(area.sheet[:LONGEST], area.a1, verdict)
