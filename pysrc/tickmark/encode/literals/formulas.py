"""Formulas as they stand in an encoding."""

from __future__ import annotations

import re
from typing import Final

from tickmark.encode.values import UNSEEN, quoted
from tickmark.structure.formulas import Template

WORTH_CUTTING: Final = 20
"""A formula that is longer by no more than this costs hardly more than its cut form."""

_NEEDS_QUOTES: Final = re.compile(rf"[{UNSEEN}|]| ->|\A[\\<]|\A\s*\Z")


def formula_text(template: Template, row: int, column: int, longest: int) -> str:
    """The formula of a cell that holds a copy, in braces where it is one for all its cells.

    Of one that is well over `longest` characters the beginning is told and how many it has more.
    """
    text = template.text_at(row, column)
    most = max(1, longest - 1)
    if len(text) > most + WORTH_CUTTING:
        written = f"=\\{quoted(text[:most])}+{len(text) - most}"
    elif _NEEDS_QUOTES.search(text):
        written = f"=\\{quoted(text)}"
    else:
        written = f"={text}"
    return f"{{{written}}}" if template.fills is not None else written
