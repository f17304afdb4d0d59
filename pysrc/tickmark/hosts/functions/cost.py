"""LLM_COST: what worksheet functions cost, in USD."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from tickmark.errors import ArgumentRefused
from tickmark.hosts.functions import states
from tickmark.hosts.functions.call import Call, Table, Unpacked
from tickmark.hosts.functions.registry import Entry
from tickmark.model.range_content import RangeContent

_SCOPES = ("sheet", "book", "today", "left")
_WANTED = 'scope is a cell with an LLM function, "sheet", "book", "today" or "left"'


class CostView(Protocol):
    """What LLM_COST sees of the desk."""

    def entry(self, content: RangeContent, call: Call) -> Entry | None:
        """What is known of the one cell of a range."""
        ...

    def entries_on(self, book: str, sheet: str | None) -> list[Entry]:
        """All known cells of a sheet or of a workbook."""
        ...

    def usd_of(self, entries: Sequence[Entry]) -> float:
        """What these cells cost in this session, each item once; estimated where none is there."""
        ...

    def spent_today(self) -> float:
        """What all processes of the user spent today."""
        ...

    def left_today(self) -> float:
        """What the limit of the day has room for."""
        ...


def cost(call: Call, view: CostView) -> Table:
    """The cost of a cell or of a scope; raises ArgumentRefused."""
    match call.argument(0):
        case None:
            return states.single(view.spent_today())
        case str(scope):
            return states.single(_of_scope(scope, call, view))
        case RangeContent(area=area, shape=(1, 1)) as content if area is not None:
            entry = view.entry(content, call)
            value = content.values[0][0]
            if entry is None and isinstance(value, str) and value.strip().lower() in _SCOPES:
                return states.single(_of_scope(value, call, view))
            return states.single(0.0 if entry is None else round(view.usd_of([entry]), 6))
        case Unpacked(reason=reason):
            raise ArgumentRefused(reason)
        case _:
            raise ArgumentRefused(_WANTED)


def _of_scope(scope: str, call: Call, view: CostView) -> float:
    match scope.strip().lower():
        case "today":
            return view.spent_today()
        case "left":
            return view.left_today()
        case "sheet" | "book" as where:
            if call.caller is None:
                raise ArgumentRefused("the calling cell is not known here; name a cell instead")
            sheet = call.caller.sheet if where == "sheet" else None
            return round(view.usd_of(view.entries_on(call.caller.book, sheet)), 6)
        case _:
            raise ArgumentRefused(_WANTED)
