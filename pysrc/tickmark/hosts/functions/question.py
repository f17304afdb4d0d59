"""What a worksheet function asks, as data: the desk finds, joins, pays and keeps the answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from tickmark.analyses.saved import Saved
from tickmark.engine.plan import Outcome, Plan
from tickmark.errors import TickmarkError
from tickmark.hosts.functions.call import Call, Table
from tickmark.model.range_content import RangeContent
from tickmark.settings import Settings

Answer: TypeAlias = dict[str, object]
"""What is kept for one item: JSON values under text keys."""


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """What is answered, kept and paid by itself: a range, or one text of many.

    `keys` are its content addresses (hex SHA-256 over everything that shapes the answer: function,
    version of the prompt, model, options, content). Any of them finds a kept answer, an answer is
    kept under all of them.
    """

    keys: tuple[str, ...]
    content: RangeContent | str


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """All that one call of a function needs to know from a model.

    `items` are distinct. Questions of one `group` differ in their items only, so that their items
    may share a plan; `plan` and `conclude` are then those of any of them. `plan` makes tasks
    without parents; `conclude` tells, for the items (by position) whose task is among the
    outcomes, the answer or the error. `present` turns the answers, in the order of `items`, into
    the table of the cell. `book` names a saved workbook that `plan` and `conclude` want to see, ""
    for none. A `free` question has an empty plan: `conclude` answers it by code alone. `max_cost`
    bounds the estimate of this question in USD, None for no bound of its own. `fresh` asks the
    model anew even where the cache of its answers holds this prompt: for the option `refresh`.
    """

    function: str
    group: str
    items: tuple[Item, ...]
    plan: Callable[[Sequence[Item], Saved | None], Plan]
    conclude: Callable[
        [Sequence[Item], Saved | None, Mapping[str, Outcome]],
        Mapping[int, Answer | TickmarkError],
    ]
    present: Callable[[Sequence[Answer]], Table]
    book: str = ""
    free: bool = False
    max_cost: float | None = None
    fresh: bool = False


Body: TypeAlias = Callable[[Call, Settings], Table | Question]
"""A function's body: the table at once, or what has to be asked first.

Raises ArgumentRefused, and ArgumentPending where an argument still waits for its own answer.
"""
