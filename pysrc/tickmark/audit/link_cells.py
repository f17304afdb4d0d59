"""The cells that depend on another workbook, as findings about the link name them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from tickmark.audit.memo import once
from tickmark.audit.wording import counted, listed
from tickmark.structure.formulas import Formulas
from tickmark.structure.links import LinkState, OtherWorkbook, other_workbooks

MOST_AREAS: Final = 5

BROKEN: Final = frozenset({LinkState.LOST, LinkState.PERSONAL})
"""States in which what comes over a link is wrong because of the link."""

ERRORS: Final = frozenset({"#REF!", "#N/A", "#VALUE!", "#NAME?"})
"""What formulas show where a link cannot be followed."""


def broken_books(formulas: Formulas) -> frozenset[str]:
    """The other workbooks, as written in brackets, whose errors belong to the link."""
    found = (one for one in linked_workbooks(formulas) if one.state in BROKEN)
    return frozenset(one.book for one in found)


@once
def linked_workbooks(formulas: Formulas) -> tuple[OtherWorkbook, ...]:
    """Every other workbook that is mentioned, found once for all rules."""
    return other_workbooks(formulas)


def link_cells(others: Iterable[OtherWorkbook]) -> str:
    """The first few areas with their sheets, such as `Plan!B2:B9, 'P&L'!C4 and 3 more`."""
    areas = [str(area) for other in others for use in other.uses for area in use.cells]
    return listed(list(dict.fromkeys(areas)), most=MOST_AREAS)


def link_users(others: Iterable[OtherWorkbook]) -> str:
    """Who depends on other workbooks, as the end of a sentence: `12 formulas on 3 sheets`."""
    uses = [use for other in others for use in other.uses]
    sheets = dict.fromkeys(use.sheet for use in uses)
    on = next(iter(sheets), "") if len(sheets) == 1 else counted(len(sheets), "sheet")
    return f"{counted(sum(use.count for use in uses), 'formula')} on {on}"
