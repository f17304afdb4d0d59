"""What LLM_COST and LLM_STATUS see of the desk."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tickmark.hosts.functions.call import Call
from tickmark.hosts.functions.outbox import Outbox
from tickmark.hosts.functions.registry import Entry, Registry
from tickmark.hosts.functions.waiting import Stage, Waiting
from tickmark.llm.ledger import Ledger
from tickmark.model.range_content import RangeContent
from tickmark.settings import Settings


class DeskView:
    """Cells, their stages and their money, to be read at any time from any thread."""

    def __init__(
        self,
        registry: Registry,
        waiting: Waiting,
        outbox: Outbox,
        ledger: Ledger,
        settings: Callable[[], Settings],
    ) -> None:
        self._registry = registry
        self._waiting = waiting
        self._outbox = outbox
        self._ledger = ledger
        self._settings = settings

    def entry(self, content: RangeContent, call: Call) -> Entry | None:
        """What is known of the one cell of a range."""
        area = content.area
        if area is None:
            return None
        book = content.book or (call.caller.book if call.caller else "")
        return self._registry.at(book, area.sheet, area.top, area.left)

    def entries(self) -> list[Entry]:
        """All known cells."""
        return self._registry.entries()

    def entries_on(self, book: str, sheet: str | None) -> list[Entry]:
        """All known cells of a sheet or of a workbook."""
        return self._registry.on(book, sheet)

    def stage_of(self, entry: Entry) -> Stage | None:
        """The last stage among the items of a cell that have no answer yet."""
        stages = (self._waiting.stage(keys) for keys in entry.keys)
        return max((stage for stage in stages if stage is not None), default=None)

    def was_paid(self, entry: Entry) -> bool:
        """Whether any answer of the cell came from the model in this session."""
        return any(self._outbox.payment(keys) is not None for keys in entry.keys)

    def usd_of(self, entries: Sequence[Entry]) -> float:
        """What these cells cost in this session, each item once; estimated where none is there."""
        total = 0.0
        counted: set[int] = set()
        for entry in entries:
            for keys in entry.keys:
                payment, parcel = self._outbox.payment(keys), self._waiting.parcel(keys)
                for one in (payment, parcel):
                    if one is not None and id(one) not in counted:
                        counted.add(id(one))
                        total += one.usd
        return total

    def spent_today(self) -> float:
        """What all processes of the user spent today."""
        return self._ledger.spent().usd

    def left_today(self) -> float:
        """What the limit of the day has room for."""
        return self._ledger.spent().left_of(self._settings().daily_cost)
