"""A table as cells can hold it: texts within Excel's limit."""

from __future__ import annotations

from typing import Final

from tickmark.hosts.functions.call import Table
from tickmark.write.xml_text import LONGEST_TEXT, cut_to

CUT: Final = " … [cut]"


def within_limits(table: Table) -> Table:
    """The table with each text cut to 32,767 characters as Excel counts them, its end marked."""
    return tuple(
        tuple(cut_to(v, LONGEST_TEXT, CUT) if isinstance(v, str) else v for v in row)
        for row in table
    )
