"""LLM_STATUS: how far a cell with a worksheet function is, in words."""

from __future__ import annotations

from collections import Counter
from typing import Protocol

from tickmark.errors import ArgumentRefused
from tickmark.hosts.functions import states
from tickmark.hosts.functions.call import Call, Table, Unpacked
from tickmark.hosts.functions.registry import Entry
from tickmark.hosts.functions.waiting import Stage
from tickmark.model.range_content import RangeContent

_STAGES = {
    Stage.GATHERED: "queued",
    Stage.HELD: "needs consent",
    Stage.QUEUED: "queued",
    Stage.RUNNING: "running",
}
_WORDS = {
    "wait": "queued",
    "consent": "needs consent",
    "budget": "over budget",
    "offline": "offline",
    "paused": "paused",
    "preview": "not asked yet",
}


class StatusView(Protocol):
    """What LLM_STATUS sees of the desk."""

    def entry(self, content: RangeContent, call: Call) -> Entry | None:
        """What is known of the one cell of a range."""
        ...

    def entries(self) -> list[Entry]:
        """All known cells."""
        ...

    def stage_of(self, entry: Entry) -> Stage | None:
        """How far the items of a cell are that have no answer yet."""
        ...

    def was_paid(self, entry: Entry) -> bool:
        """Whether any answer of the cell came from the model in this session."""
        ...


def status(call: Call, view: StatusView) -> Table:
    """The status of one cell, or one line about all; raises ArgumentRefused."""
    match call.argument(0):
        case None:
            return states.single(_of_all(view))
        case RangeContent(area=area, shape=(1, 1)) as content if area is not None:
            entry = view.entry(content, call)
            if entry is not None and _still_ours(content):
                return states.single(_of_cell(entry, view))
            return states.single(_of_text(content))
        case Unpacked(reason=reason):
            raise ArgumentRefused(reason)
        case _:
            raise ArgumentRefused("cell is one cell with an LLM function, such as B5")


def _of_cell(entry: Entry, view: StatusView) -> str:
    if not entry.state:
        return "done" if view.was_paid(entry) or not entry.keys else "cached"
    stage = view.stage_of(entry)
    return _STAGES[stage] if stage is not None else words_of(entry.state)


def _still_ours(content: RangeContent) -> bool:
    """Whether the cell still holds a function of ours, as far as its formula was seen."""
    return not content.formulas or "LLM_" in content.formulas[0][0].upper()


def _of_text(content: RangeContent) -> str:
    value = content.values[0][0]
    if isinstance(value, str) and states.is_state(value):
        return words_of(value)
    if content.formulas and _still_ours(content):
        return "done"
    return "no LLM function"


def words_of(state: str) -> str:
    """The status that a state's text stands for; "done" for an answer."""
    if not states.is_state(state):
        return "done"
    rest = state.removeprefix(states.PREFIX)
    kind = rest.partition(":")[0].partition(" ")[0].partition(",")[0]
    if kind in _WORDS:
        return _WORDS[kind]
    return f"error: {rest.removeprefix('error: ')}"


def _of_all(view: StatusView) -> str:
    """Counts of cells by their status, those that are done first.

    A cell that only waits for another one is not counted: that one is.
    """
    counts: Counter[str] = Counter()
    for entry in view.entries():
        if entry.keys or entry.state != states.WAIT:
            counts[_of_cell(entry, view).partition(":")[0]] += 1
    if not counts:
        return "no LLM functions calculated yet"
    order = ("done", "cached", "running", "queued", "needs consent", "paused", "over budget")
    known = [word for word in order if word in counts]
    return ", ".join(
        f"{counts[word]:,} {word}" for word in (*known, *sorted(counts.keys() - set(order)))
    )
