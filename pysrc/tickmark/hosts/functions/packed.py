"""Questions about many cells at once, each distinct text asked, kept and paid by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from tickmark.analyses.packing import (
    PackedTask,
    plan,
    task_address,
    text_address,
    text_tokens,
)
from tickmark.analyses.saved import Saved
from tickmark.engine.plan import Outcome, Plan
from tickmark.errors import ArgumentRefused, TickmarkError
from tickmark.hosts.functions import states
from tickmark.hosts.functions.call import Table
from tickmark.hosts.functions.cell_texts import Fault
from tickmark.hosts.functions.question import Answer, Item, Question
from tickmark.model.range_content import RangeContent

LONGEST_TEXT: Final = 20_000
"""Tokens of one text; a longer one is refused for its row."""

LONGEST_HEADING: Final = 8_000
"""Tokens of the categories, fields or examples, which every call repeats."""

TOO_LONG: Final = Fault("text too long")

# More than any character costs, escapes of invisible ones included.
_TOKENS_A_CHARACTER: Final = 8

Concluded = TypeVar("Concluded")
Conclude = Callable[[Mapping[str, Outcome]], Mapping[int, Concluded | TickmarkError]]


@dataclass(frozen=True, slots=True)
class Cells:
    """Texts of a rectangle, row by row, "" for a blank one; one too long is a fault."""

    rows: tuple[tuple[str | Fault, ...], ...]
    positions: Mapping[str, int]

    @property
    def texts(self) -> tuple[str, ...]:
        """The distinct texts, in the order of their first cells."""
        return tuple(self.positions)


def cells_to_ask(
    rows: Sequence[Sequence[str | Fault]], model: str, longest: int = LONGEST_TEXT
) -> Cells:
    """The rectangle with its distinct texts; `longest` bounds the tokens of one."""
    positions: dict[str, int] = {}
    too_long: set[str] = set()
    for text in (text for row in rows for text in row):
        if not isinstance(text, str) or not text or text in positions:
            continue
        if _is_longer(text, model, longest):
            too_long.add(text)
        else:
            positions[text] = len(positions)
    checked = tuple(tuple(TOO_LONG if text in too_long else text for text in row) for row in rows)
    return Cells(checked, positions)


def packed_question(
    function: str,
    task: PackedTask,
    cells: Cells,
    *,
    conclude: Conclude[Concluded],
    kept: Callable[[Concluded], Answer],
    present: Callable[[Sequence[Answer]], Table],
    max_cost: float | None,
) -> Table | Question:
    """What has to be asked about the cells; the table at once where none has a text.

    `kept` makes of what was concluded about one text what is kept of it.
    """
    if task.heading_tokens > LONGEST_HEADING:
        raise ArgumentRefused("categories, fields or examples are too long; give fewer words")
    if not cells.texts:
        return present(())

    def planned(items: Sequence[Item], _saved: Saved | None) -> Plan:
        return plan(task, _texts(items))

    def concluded(
        _items: Sequence[Item], _saved: Saved | None, outcomes: Mapping[str, Outcome]
    ) -> Mapping[int, Answer | TickmarkError]:
        return {
            position: found if isinstance(found, TickmarkError) else kept(found)
            for position, found in conclude(outcomes).items()
        }

    group = task_address(task)
    return Question(
        function=function,
        group=group,
        items=tuple(Item((text_address(group, text),), text) for text in cells.texts),
        plan=planned,
        conclude=concluded,
        present=present,
        max_cost=max_cost,
    )


def fault_text(fault: Fault) -> str:
    """What a cell shows whose text cannot be asked about."""
    return states.value(fault.reason)


def _is_longer(text: str, model: str, longest: int) -> bool:
    # Most texts are so short that no estimate is needed.
    return _TOKENS_A_CHARACTER * len(text) > longest and text_tokens(text, model) > longest


def _texts(items: Sequence[Item]) -> list[str]:
    return [item.content for item in items if not isinstance(item.content, RangeContent)]
