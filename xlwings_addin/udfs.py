"""What Excel calls through xlwings: one entry for all worksheet functions.

The functions themselves are generated VBA (vba/TickmarkFunctions.bas), which packs values,
formulas, number formats and place of every argument; xlwings carries them here unchanged.
"""

from __future__ import annotations

import atexit
import threading
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

import xlwings

from tickmark.hosts.functions.call import Table  # xlwings evaluates the types of `call`

if TYPE_CHECKING:
    from tickmark.hosts.functions.desk import Desk

_OPENING = threading.Lock()


@xlwings.func
@xlwings.arg("packed", "raw")
@xlwings.arg("context", "raw")
def call(function: str, packed: Sequence[object], context: Sequence[object]) -> Table:
    """The value of a worksheet function now: an answer, or a state such as `#LLM wait`."""
    from tickmark.hosts.functions.wire import call_from  # noqa: PLC0415 - quick start of the server

    with _OPENING:
        desk = _desk()
    return desk.answer(call_from(function, packed, context))


@cache
def _desk() -> Desk:
    from tickmark.hosts.functions.local_desk import open_desk  # noqa: PLC0415 - as above
    from tickmark.hosts.functions.marking import (  # noqa: PLC0415 - as above
        mark_in_excel,
        spare_other_excels,
    )
    from tickmark.hosts.functions.recalculation import Recalculation  # noqa: PLC0415 - as above

    spare_other_excels()
    desk = open_desk(Recalculation(mark_in_excel).changed)
    # So that what is paid for and on its way is kept when Excel is closed.
    atexit.register(desk.close)
    return desk
