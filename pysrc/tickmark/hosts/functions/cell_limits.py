"""A table as cells can hold it: texts within Excel's limit, none that poses as a state of ours."""

from __future__ import annotations

from typing import Final

from tickmark.hosts.functions import states
from tickmark.hosts.functions.call import Table
from tickmark.write.xml_text import LONGEST_TEXT, cut_to

CUT: Final = " … [cut]"


def within_limits(table: Table) -> Table:
    """The table with each text cut to 32,767 characters as Excel counts them, its end marked.

    A text of an answer that begins like a state, such as `#LLM wait`, comes in quotes: whatever
    refers to its cell would wait for it.
    """
    return tuple(tuple(_text(v) if isinstance(v, str) else v for v in row) for row in table)


def _text(text: str) -> str:
    if states.is_state(text):
        text = f'"{text}"'
    return cut_to(text, LONGEST_TEXT, CUT)
