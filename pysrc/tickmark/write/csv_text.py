"""Texts of cells in a CSV file: none of them becomes a formula where a spreadsheet opens it."""

from __future__ import annotations

import re
from typing import Final

# A spreadsheet may take a tab or semicolon for the separator, whatever the quotes around a field
# say: a line break inside it then begins a row. Blanks and signs without width hide a formula.
_BEFORE_FORMULA: Final = re.compile(
    "(^|[\t\r\n;])(?=[ \xa0\u2007\u202f\u3000\v\f\0\u200b\ufeff']*[=+\\-@\uff1d\uff0b\uff0d\uff20])"
)
_HARMLESS: Final = re.compile(r"[+-]?(?:\d[\d.,]*|[.,]\d+)%?|[^\w';]+")


def guarded(text: str) -> str:
    """The text with an apostrophe where a spreadsheet would begin to read a formula.

    That is before `=`, `+`, `-` or `@` at the begin of the text and behind a tab, line break or
    semicolon; a number such as `-5%` and a text without letters or digits such as `--` stay as
    they are. An apostrophe that stands there already gets another, so that taking one away gives
    the text back.
    """
    if _BEFORE_FORMULA.search(text) is None or _HARMLESS.fullmatch(text) is not None:
        return text
    return _BEFORE_FORMULA.sub(r"\1'", text)
